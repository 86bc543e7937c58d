"""The disk fills up while people write: they read it in French, keep their text, lose nothing acknowledged.

The practice lies on a file system of its own (tmpfs, in a mount namespace of the server's own), filled to the last
byte from outside. Needs Linux and the right to make such a namespace; skipped elsewhere with the reason. The simulated
disk of tests/journal fails every single call on every system.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.system.browser import Answer, Browser, Form
from tests.system.stage import GARANCE, INES, JEAN, LUCIE, Practice, Server, serving

SENTENCE = "e disque est plein"
NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount")


def refused() -> str:
    """Why no file system of our own can be made here; empty when it can."""
    if sys.platform != "linux":
        return "a full file system without root needs Linux's mount namespaces"
    if shutil.which("unshare") is None:
        return "unshare (util-linux) is not installed"
    done = subprocess.run(
        [*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True, text=True, check=False
    )
    return f"this system gives no mount namespace: {done.stderr.strip()}" if done.returncode else ""


@pytest.fixture(scope="module", autouse=True)
def possible() -> None:
    if why := refused():
        pytest.skip(why)


class SmallDisk:
    """The server's own file system, seen from here through /proc."""

    def __init__(self, server: Server) -> None:
        self.root = Path(f"/proc/{server.pid}/root{server.practice.root}")
        self.filler = self.root / "logs" / "filler"
        self.filler.parent.mkdir(exist_ok=True)
        self.practice = replace(server.practice, root=self.root)

    def fill(self, left: int = 0) -> None:
        """Take everything but some bytes (whole pages)."""
        with self.filler.open("ab", buffering=0) as stream:
            for size in (1 << 20, 4096, 1):
                try:
                    while True:
                        stream.write(bytes(size))
                except OSError:
                    continue
        if left:
            os.truncate(self.filler, max(0, self.filler.stat().st_size - left))

    def clear(self) -> None:
        self.filler.unlink()


@pytest.fixture
def disk(practice: Practice, tmp_path: Path) -> Iterator[tuple[Server, SmallDisk]]:
    mount = 'mount -t tmpfs -o size=48m tmpfs "$1" && cp -a "$0/." "$1" && shift && exec "$@"'
    own = tmp_path / "small"
    own.mkdir()
    prefix = (*NAMESPACE, "sh", "-c", mount, str(practice.root), str(own))
    for server in serving(replace(practice, root=own), tmp_path / "desk", prefix=prefix):
        yield server, SmallDisk(server)


def told(answer: Answer) -> bool:
    """Whether the user reads that the disk is full: in a page, or in what the script shows."""
    return SENTENCE in answer.text or SENTENCE in answer.get("hx-trigger").encode().decode("unicode_escape")


@pytest.mark.parametrize("left", [0, 4096, 16_384, 65_536, 262_144])
def test_the_disk_fills_while_writing(disk: tuple[Server, SmallDisk], left: int) -> None:
    """Writing until it is refused. What was acknowledged stands; with space back, the refused form passes, once."""
    server, small = disk
    patient = server.practice.patients[JEAN]
    url = f"/dossier/{patient}/ajouter/note"
    garance = server.browser(GARANCE)
    garance.write(url, {"text": "avant"})
    small.fill(left)
    written, answer, form = write_until_refused(garance, url)
    assert told(answer), f"{answer.status}: {answer.text[:3000]}"
    text = f"note {len(written)} " + "x" * 3000
    # Without a script: the form again, or (when not even the chart can be read) the way back to it.
    assert shown_again(answer, form, text) or "Revenez en arrière" in answer.text
    # With it: the sentence, and nothing that takes the place of the form.
    htmx = garance.send(form, {"text": text}, HX_Request="true")
    assert told(htmx), f"{htmx.status} {htmx.fields} {htmx.text[:2000]}"
    assert htmx.status >= 400
    texts = notes(small.practice)
    assert [one for one in written if one not in texts] == []
    small.clear()
    again = garance.send(form, {"text": text})
    assert again.acknowledged, again.text[:2000]
    more = garance.write(url, {"text": "après"})
    assert more.acknowledged
    texts = notes(small.practice)
    assert [texts.count(one) for one in (*written, text, "après")] == [1] * (len(written) + 2)
    page = garance.page(f"/dossier/{patient}/histoire?genre=note").text
    assert "après" in page
    assert small.practice.faults() == []


def write_until_refused(browser: Browser, url: str) -> tuple[list[str], Answer, Form]:
    """(what was acknowledged, the refusal, the form refused)."""
    written: list[str] = []
    form = browser.open_form(url)
    while len(written) < 400:
        text = f"note {len(written)} " + "x" * 3000
        answer = browser.send(form, {"text": text})
        if not answer.acknowledged:
            return written, answer, form
        written.append(text)
        opened = browser.get(url)
        if opened.status != 200:
            # Even the form can no longer be opened; the one in hand, under a fact of its own, is what a tab would send.
            form.values["fact"] = os.urandom(16).hex()
            continue
        form = opened.form(url)
    raise AssertionError("the disk is never full")


def shown_again(answer: Answer, form: Form, text: str) -> bool:
    """Whether the page that refuses holds the form with what was typed."""
    return any(one.action == form.action and one.values.get("text") == text for one in answer.forms)


def notes(practice: Practice) -> list[str]:
    """Texts of the notes in the journal."""
    return [str(body["text"]) for kind, body in practice.facts().values() if kind == "note.recorded"]


def test_charts_open_on_a_full_disk(disk: tuple[Server, SmallDisk]) -> None:
    """The reserve is there for the trace: reading a chart goes on, for who was here and for who comes."""
    server, small = disk
    garance = server.browser(GARANCE)
    small.fill()
    for patient in server.practice.patients.values():
        page = garance.get(f"/dossier/{patient}")
        assert page.status == 200, page.text[:2000]
        assert "xylophobie" in page.text


def test_a_document_and_a_draft_on_a_full_disk(disk: tuple[Server, SmallDisk]) -> None:
    """Refused in words; a document is in no chart, nothing half made is left once space is back."""
    server, small = disk
    ines, garance = server.browser(INES), server.browser(GARANCE)
    url = f"/dossier/{server.practice.patients[LUCIE]}"
    deposit, editor = ines.open_form(f"{url}/documents/classer"), garance.open_form(f"{url}/consultation")
    assert garance.keep_draft(editor, {"text": "premier jet"}, 1).status == 204
    small.fill()
    answer = ines.send(deposit, {"title_": "Scan"}, files=[("files", "scan.txt", b"bonjour " * 100_000)])
    assert not answer.acknowledged
    assert told(answer), f"{answer.status} {answer.text[:2000]}"
    draft = garance.keep_draft(editor, {"text": "premier jet, et la suite" * 2000}, 2)
    assert draft.status != 204
    small.clear()
    assert garance.open_form(f"{url}/consultation").values["text"] == "premier jet"
    assert garance.keep_draft(editor, {"text": "premier jet, et la suite"}, 3).status == 204
    assert garance.open_form(f"{url}/consultation").values["text"] == "premier jet, et la suite"
    again = ines.send(deposit, {"title_": "Scan"}, files=[("files", "scan.txt", b"bonjour " * 100_000)])
    assert again.acknowledged
    assert sum(kind == "document.filed" for kind, _ in small.practice.facts().values()) == 3
    assert small.practice.faults() == []
