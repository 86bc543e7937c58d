"""Nothing of a chart stays in the front: its memory is read, byte by byte, after charts have passed
through it.

With only the secretary unlocked, no process of ours may hold medical text, not even what passed through
the front while the doctor was there. Linux only: elsewhere a process cannot read another's memory without
special rights.
"""

from __future__ import annotations

import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from tests.front.stage import GARANCE, INES, PHRASES, Browser, connect, lines, read_answer
from tests.front.test_server import browser_of, process, workers_of

__all__ = ["process"]  # the fixture

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/mem").exists(), reason="reading the memory of another process needs Linux's /proc"
)


def occurrences(pid: int, words: bytes) -> int:
    """How often these bytes lie in the writable memory of a process."""
    found = 0
    with Path(f"/proc/{pid}/maps").open() as maps, Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
        for line in maps:
            span, rights, *_ = line.split()
            if "r" not in rights or line.rstrip().endswith(("[vvar]", "[vsyscall]", "[vvar_vclock]")):
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            memory.seek(start)
            try:
                found += memory.read(end - start).count(words)
            except OSError:  # a mapping the kernel does not let anybody read
                continue
    return found


def test_no_chart_stays_in_the_front(process: subprocess.Popen[str], tmp_path: Path) -> None:
    """Through answers, through what is typed, through addresses, cookies and file names; short and long."""
    marker = f"pénicilline-{uuid.uuid4().hex}"
    (tmp_path / "practice" / "marker").write_text(marker, "utf-8")
    doctor = browser_of(process)
    assert doctor.unlock(GARANCE).status == 303
    (worker,) = workers_of(process)

    doctor.jar["messages"] = marker.replace("é", "e")
    typed = marker.encode()
    ascii_marker = marker.replace("é", "e")
    assert len(doctor.get("/marker").body) > 100_000  # a long chart, with a file name in its head
    assert (
        doctor.get(f"/echo?q={ascii_marker}", HX_Current_URL=ascii_marker).told["path"].endswith(ascii_marker)
    )
    assert doctor.post("/notes", typed).told["size"] == len(typed)  # a short note
    assert doctor.post("/notes", typed * 10_000).told["size"] == len(typed) * 10_000  # a long one
    assert doctor.get(f"/nothttp?{ascii_marker}").status == 502
    assert doctor.ask("PUT", f"/{ascii_marker}").status == 405
    assert doctor.post("/ouvrir", typed).status == 400
    words = marker.split("-")[1].encode()
    kept = connect(doctor.port)  # a browser's connection that stays, a chart having passed through it
    kept.sendall(
        lines("GET /marker HTTP/1.1", f"Host: {doctor.host}", f"Cookie: lanterne={doctor.jar['lanterne']}")
    )
    assert words in read_answer(kept).body
    # The front wipes after its last byte has left, which we may read sooner; one more answer comes later.
    assert doctor.get("/etat").status == 200

    assert occurrences(worker.pid, words) > 0, "the reading works: the worker has seen the chart"
    assert occurrences(process.pid, doctor.jar["lanterne"].encode()) > 0, "and it reads the front's own table"
    assert occurrences(process.pid, words) == 0

    doctor.post("/verrouiller")
    secretary = Browser(doctor.port)
    assert secretary.unlock(INES).status == 303
    for one in (process.pid, *(worker.pid for worker in workers_of(process))):
        assert occurrences(one, words) == 0, "with only the secretary unlocked, no process holds it"
    kept.close()


def test_no_passphrase_stays_in_the_front(process: subprocess.Popen[str]) -> None:
    """Neither a right one nor a wrong one, which is often a right one mistyped, or that of something else."""
    browser = browser_of(process)
    wrong = f"mistyped {uuid.uuid4().hex}"
    assert browser.unlock(GARANCE, wrong).status == 403
    assert browser.unlock(INES).status == 303
    assert browser.unlock(INES).status == 303  # the verification of a second browser
    assert occurrences(process.pid, wrong.partition(" ")[2].encode()) == 0
    # tests/front/stage.py itself is loaded there, in clear; what came by the network was form-encoded
    encoded = PHRASES[INES.seat].replace(" ", "+").encode()
    assert occurrences(process.pid, encoded) == 0


def test_the_reading_would_find_it() -> None:
    """A test that cannot fail proves nothing: a plain asyncio server that handles the text does keep it."""
    words = uuid.uuid4().hex
    code = "import sys; kept = sys.stdin.readline().strip(); print('read', flush=True); sys.stdin.readline()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        other.stdin.write(words + "\n")
        other.stdin.flush()
        other.stdout.readline()
        assert occurrences(other.pid, words.encode()) > 0
        other.stdin.close()
