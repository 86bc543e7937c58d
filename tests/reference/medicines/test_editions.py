"""What befalls a file: damage is said and the file is not used; a load that is cut leaves what was there."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import textwrap
from datetime import date
from pathlib import Path

import pytest

from lanterne.reference.medicines import edition, editions, load, opened, schema
from tests.reference.medicines import made
from tests.reference.medicines.conftest import TODAY

MARCH, JUNE = date(2026, 3, 1), date(2026, 6, 1)


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A data directory with editions of March and June; the files they came from lie in `files` beside it."""
    files = made.published(tmp_path / "files")
    for day in (MARCH, JUNE):
        load.load(files, tmp_path / "data", today=TODAY, dated=day)
    return tmp_path / "data"


def whole(data: Path) -> bool:
    """Whether the edition of March answers."""
    base = edition(data, MARCH)
    return not base.edition.starter and base.search("amox 1g")[0].substance == "amoxicilline"


@pytest.mark.parametrize("harm", ["flip", "cut", "longer", "emptied", "no digest", "other digest"])
def test_a_damaged_edition_is_said_and_not_used(two: Path, harm: str) -> None:
    path = editions.path_of(two, JUNE)
    digest = path.with_name(path.name + ".sha256")
    content = path.read_bytes()
    if harm == "flip":
        half = len(content) // 2
        path.write_bytes(content[:half] + bytes([content[half] ^ 1]) + content[half + 1 :])
    elif harm == "cut":
        path.write_bytes(content[: len(content) // 3])
    elif harm == "longer":
        path.write_bytes(content + b"\0")
    elif harm == "emptied":
        path.write_bytes(b"")
    elif harm == "no digest":
        digest.unlink()
    else:
        digest.write_text("0" * 64 + "\n")
    base = opened(two)
    assert base.edition.dated == MARCH
    assert base.edition.damaged == (path.name,)
    assert base.search("doliprane")[0].substance == "paracétamol"


def test_when_every_edition_is_damaged_the_starter_list_answers_and_says_so(two: Path) -> None:
    for day in (MARCH, JUNE):
        editions.path_of(two, day).write_bytes(b"not a database")
    base = opened(two)
    assert base.edition.starter
    assert base.edition.damaged == ("2026-06-01.sqlite", "2026-03-01.sqlite")
    assert base.search("doliprane")


def test_an_edition_of_another_format_is_not_used(two: Path) -> None:
    def build(connection: sqlite3.Connection) -> None:
        schema.create(connection)
        connection.execute("INSERT INTO meta VALUES ('format', '999')")

    editions.write(two, date(2026, 7, 1), build)
    base = opened(two)
    assert base.edition.dated == JUNE
    assert base.edition.damaged == ("2026-07-01.sqlite",)


def test_other_files_are_no_editions(two: Path) -> None:
    folder = editions.folder(two)
    for name in ("2026-13-45.sqlite", "latest.sqlite", "2026-07-01.sqlite.new", "2026-07-01.txt"):
        (folder / name).write_bytes(b"x")
    (folder / "2026-08-01.sqlite").mkdir()
    assert [one.dated for one in editions.present(two)] == [JUNE, MARCH]


def test_a_write_that_fails_leaves_the_former_edition(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = editions.path_of(two, JUNE).read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left"):
            load.load(two.parent / "files", two, today=TODAY, dated=JUNE)
    assert editions.path_of(two, JUNE).read_bytes() == before
    assert opened(two).edition.dated == JUNE
    assert opened(two).edition.damaged == ()
    assert list(editions.folder(two).glob("*.new*")) == []


def test_a_build_that_fails_leaves_the_former_edition(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(connection: sqlite3.Connection, dated: date) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(schema, "finish", broken)
        with pytest.raises(ZeroDivisionError):
            load.load(two.parent / "files", two, today=TODAY, dated=JUNE)
    assert opened(two).edition.dated == JUNE
    assert whole(two)


MOMENTS = ("_flush", "_put", "_flush_folder")


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("time", [1, 2])
def test_a_load_killed_at_any_moment_leaves_a_whole_edition(
    two: Path, moment: str, before: bool, time: int
) -> None:
    """The process is killed at each step of putting the new edition of June in its place: the one before or the new one
    answers, whole; then the same load goes through.
    """
    files = two.parent / "files"
    made.add(files / "CIS_CPD_bdpm.txt", f"{made.DOLIPRANE}\tliste II\r\n".encode())
    code = f"""
        import os
        from datetime import date
        from pathlib import Path
        from lanterne.reference.medicines import editions, load
        kept, calls = editions.{moment}, []
        def killing(*args):
            calls.append(1)
            if {before} and len(calls) == {time}:
                os._exit(9)
            kept(*args)
            if len(calls) == {time}:
                os._exit(9)
        editions.{moment} = killing
        load.load(Path({str(files)!r}), Path({str(two)!r}), today=date(2026, 11, 22), dated=date(2026, 6, 1))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False, capture_output=True)
    assert done.returncode == 9, done.stderr.decode()
    base = opened(two)
    assert base.edition.damaged == ()
    assert base.edition.dated == JUNE
    medicine = base.medicine(made.DOLIPRANE)
    assert medicine is not None
    assert medicine.list in ("", "II")
    assert whole(two)
    load.load(files, two, today=TODAY, dated=JUNE)
    medicine = opened(two).medicine(made.DOLIPRANE)
    assert medicine is not None
    assert medicine.list == "II"
    assert list(editions.folder(two).glob("*.new*")) == []


def test_two_loads_do_not_mix(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from filelock import FileLock

    monkeypatch.setattr(editions, "LOCK_S", 0.01)
    with FileLock(editions.folder(two) / "lock"), pytest.raises(editions.Busy):
        load.load(two.parent / "files", two, today=TODAY, dated=JUNE)
    assert opened(two).edition.dated == JUNE


def test_a_base_is_asked_from_several_threads(two: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    base = opened(two)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: base.search("amox 1g")[0].title, range(64)))
    assert set(found) == {base.search("amox 1g")[0].title}
