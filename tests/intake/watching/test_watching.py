"""Files dropped in a folder: filed once whole, put away once filed, and never lost whatever happens between."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

import pytest

from lanterne.intake import watching
from lanterne.intake.filing.filer import File, Filer
from lanterne.intake.filing.outcomes import Outcome
from lanterne.intake.watching import PUT_AWAY, SETTLED_S, Looked, WatchedFolder
from lanterne.journal.errors import DiskFull
from lanterne.practice.record import Record
from tests.intake.watching.reports import report

MONTH = Path(PUT_AWAY) / "2026-01"


class Notebook:
    """What a seat remembers, in memory."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    def get(self, name: str) -> bytes | None:
        return self.held.get(name)

    def put(self, name: str, data: bytes) -> None:
        self.held[name] = data


class Reader:
    """Stands for the filer: remembers what it was given, and says it is filed."""

    def __init__(self) -> None:
        self.files: list[tuple[str, bytes]] = []

    def __call__(self, files: Iterable[File]) -> Iterator[Outcome]:
        for name, content in files:
            assert isinstance(content, bytes)
            self.files.append((name, content))
            yield Outcome(name, "document", "filed")


def watched(folder: Path, notebook: Notebook | None = None) -> WatchedFolder:
    return WatchedFolder(folder, notebook or Notebook(), today=lambda: date(2026, 1, 15))


def relieve(folder: WatchedFolder, looked: Looked, take: object, stop: object = None) -> dict[str, int]:
    return dict(
        folder.relieve(looked.ready, take, stop=stop or (lambda: False), told=lambda _: None)  # type: ignore[arg-type]
    )


def settled(folder: WatchedFolder) -> Looked:
    """Two looks, far enough apart."""
    folder.look(0.0)
    return folder.look(SETTLED_S)


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_file_is_whole_once_two_looks_find_it_unchanged(dropped: Path) -> None:
    folder = watched(dropped)
    file = dropped / "lettre.txt"
    file.write_bytes(b"Cher conf")
    assert (folder.look(0.0).ready, folder.look(1.0).settling) == ((), 1)
    with file.open("ab") as stream:
        stream.write(b"rere")
    assert folder.look(SETTLED_S).ready == ()  # it grew: the clock starts again
    assert folder.look(SETTLED_S + 1).ready == ()
    (ready,) = folder.look(2 * SETTLED_S).ready
    assert (ready.name, ready.size) == ("lettre.txt", 13)


def test_rewritten_with_the_same_length_is_still_a_change(dropped: Path) -> None:
    folder = watched(dropped)
    file = dropped / "a.txt"
    file.write_bytes(b"un")
    os.utime(file, ns=(1, 1_000_000_000))
    folder.look(0.0)
    file.write_bytes(b"de")
    os.utime(file, ns=(1, 2_000_000_000))
    assert folder.look(SETTLED_S).ready == ()


@pytest.mark.parametrize(
    ("content", "whole"),
    [
        (report(), True),
        (report().replace(b"\n", b"\r\n"), True),
        (report(end="****FIN****\n"), False),
        (report()[:-9], False),
        (report() + b"4513\nAUTRE\n", False),
        (b"H|~^\\&|A12.HPR||L~Labo||ORU\rP|1||B77\rL|1\r", True),
        (b"H|~^\\&|A12.HPR||L~Labo||ORU\rP|1||B77\rOBX|1|NM|K||4", False),
        (b"une lettre\nL|1\n", False),
    ],
)
def test_the_end_mark_of_its_format_spares_a_file_the_wait(
    dropped: Path, content: bytes, whole: bool
) -> None:
    (dropped / "labo.hpr").write_bytes(content)
    assert bool(watched(dropped).look(0.0).ready) is whole


def test_an_empty_file_waits_for_its_words(dropped: Path) -> None:
    folder = watched(dropped)
    (dropped / "a.txt").touch()
    assert settled(folder).settling == 1
    assert len(folder.look(watching.EMPTY_S).ready) == 1  # nobody ever wrote in it: it is said


@pytest.mark.parametrize(
    "name", [".cache.txt", "~$lettre.doc", "a.tmp", "A.TMP", "b.part", "c.crdownload", "Thumbs.db", "x.OK"]
)
def test_what_is_no_file_of_a_laboratory_is_left(dropped: Path, name: str) -> None:
    (dropped / name).write_bytes(b"x")
    folder = watched(dropped)
    assert settled(folder).ready == ()
    assert names(dropped) == [name]


def test_folders_and_links_are_not_entered(dropped: Path, tmp_path: Path) -> None:
    (dropped / "sous").mkdir()
    (dropped / "sous" / "a.txt").write_bytes(b"x")
    secret = tmp_path / "secret.txt"
    secret.write_bytes(b"x")
    try:
        (dropped / "b.txt").symlink_to(secret)
    except OSError:
        pytest.skip("this system makes no links for this account")
    assert settled(watched(dropped)).ready == ()


def test_filed_then_put_away_with_its_witness(dropped: Path) -> None:
    (dropped / "A12.HPR").write_bytes(report())
    (dropped / "A12.OK").write_bytes(b"")
    (dropped / "B13.OK").write_bytes(b"")
    folder, reader = watched(dropped), Reader()
    assert relieve(folder, folder.look(0.0), reader) == {"document": 1}
    assert reader.files == [("A12.HPR", report())]
    assert names(dropped) == ["B13.OK", f"{MONTH.as_posix()}/A12.HPR", f"{MONTH.as_posix()}/A12.OK"]
    assert folder.look(1.0).ready == ()


def test_a_name_already_put_away_is_never_written_over(dropped: Path) -> None:
    folder = watched(dropped)
    for value in ("1", "2", "3"):
        (dropped / "resultat.hpr").write_bytes(report(value))
        (dropped / "sans-fin").write_bytes(report(value))
        relieve(folder, folder.look(0.0), Reader())
    put = {path.name: path.read_bytes() for path in (dropped / MONTH).iterdir()}
    assert put == {
        "resultat.hpr": report("1"), "resultat-2.hpr": report("2"), "resultat-3.hpr": report("3"),
        "sans-fin": report("1"), "sans-fin-2": report("2"), "sans-fin-3": report("3"),
    }  # fmt: skip


def test_the_oldest_first_so_that_a_correction_follows(dropped: Path) -> None:
    for name, moment in (("a.hpr", 30), ("b.hpr", 10), ("c.hpr", 20)):
        (dropped / name).write_bytes(report(reference=name))
        os.utime(dropped / name, (moment, moment))
    folder, reader = watched(dropped), Reader()
    relieve(folder, folder.look(0.0), reader)
    assert [name for name, _ in reader.files] == ["b.hpr", "c.hpr", "a.hpr"]


def test_a_file_that_changes_while_it_is_filed_is_not_moved(dropped: Path) -> None:
    file = dropped / "a.hpr"
    file.write_bytes(report("1"))
    folder = watched(dropped)
    looked = folder.look(0.0)
    reader = Reader()

    def meanwhile(files: Iterable[File]) -> Iterator[Outcome]:
        for outcome in reader(files):
            file.write_bytes(report("22"))
            yield outcome

    relieve(folder, looked, meanwhile)
    assert names(dropped) == ["a.hpr"]
    relieve(folder, folder.look(1.0), reader)
    assert [content for _, content in reader.files] == [report("1"), report("22")]
    assert (dropped / MONTH / "a.hpr").read_bytes() == report("22")


def test_written_between_the_last_look_and_the_move_it_comes_back(
    dropped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = dropped / "a.hpr"
    file.write_bytes(report("1"))
    folder, reader = watched(dropped), Reader()
    move = WatchedFolder._move

    def late(self: WatchedFolder, name: str, to: Path) -> Path:
        monkeypatch.setattr(WatchedFolder, "_move", move)
        file.write_bytes(report("22"))
        return move(self, name, to)

    monkeypatch.setattr(WatchedFolder, "_move", late)
    relieve(folder, folder.look(0.0), reader)
    assert file.read_bytes() == report("22")
    relieve(folder, folder.look(1.0), reader)
    assert [content for _, content in reader.files] == [report("1"), report("22")]


def test_changed_or_gone_before_it_is_read_it_waits(dropped: Path) -> None:
    (dropped / "a.hpr").write_bytes(report())
    (dropped / "b.hpr").write_bytes(report())
    folder, reader = watched(dropped), Reader()
    looked = folder.look(0.0)
    (dropped / "a.hpr").write_bytes(report("77"))
    (dropped / "b.hpr").unlink()
    assert relieve(folder, looked, reader) == {}
    assert reader.files == []


def test_a_full_disk_leaves_every_file_where_it_is(dropped: Path) -> None:
    for number in range(40):
        (dropped / f"{number:02}.hpr").write_bytes(report(str(number)))
    folder, reader = watched(dropped), Reader()

    def full(files: Iterable[File]) -> Iterator[Outcome]:
        if len(reader.files) >= watching.CHUNK_FILES:
            raise DiskFull("full")
        yield from reader(files)

    with pytest.raises(DiskFull):
        relieve(folder, folder.look(0.0), full)
    left = [name for name in names(dropped) if "/" not in name]
    assert len(left) == 40 - watching.CHUNK_FILES
    assert relieve(folder, folder.look(1.0), reader) == {"document": 40 - watching.CHUNK_FILES}
    assert len(reader.files) == 40


def test_stopped_it_goes_on_later_where_it_was(dropped: Path) -> None:
    for number in range(40):
        (dropped / f"{number:02}.hpr").write_bytes(report(str(number)))
    folder, reader = watched(dropped), Reader()
    relieve(folder, folder.look(0.0), reader, lambda: bool(reader.files))
    assert len(reader.files) == watching.CHUNK_FILES
    relieve(folder, folder.look(1.0), reader)
    assert sorted(content for _, content in reader.files) == sorted(report(str(one)) for one in range(40))


@pytest.fixture
def read_only(dropped: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder nobody may write in, for whoever runs the tests, root too: the system's answer is forged."""
    mkdir = Path.mkdir

    def refuse(self: Path, *args: object, **words: object) -> None:
        if dropped in self.parents:
            raise PermissionError(13, "read only")
        mkdir(self, *args, **words)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "mkdir", refuse)
    return dropped


def test_in_a_folder_one_may_only_read_each_file_is_filed_once(read_only: Path) -> None:
    notebook, reader = Notebook(), Reader()
    folder = watched(read_only, notebook)
    for name in ("DUPONT Jean.hpr", "b.hpr"):
        (read_only / name).write_bytes(report(reference=name))
    relieve(folder, folder.look(0.0), reader)
    assert (folder.look(1.0).ready, folder.look(1.0).stuck) == ((), 2)
    again = watched(read_only, notebook)  # after a lock
    assert again.look(0.0).ready == ()
    (read_only / "b.hpr").write_bytes(report("99"))  # a new file under an old name
    assert [sight.name for sight in again.look(1.0).ready] == ["b.hpr"]
    assert not any(b"DUPONT" in held for held in notebook.held.values())


def test_what_stayed_is_put_away_once_it_can(read_only: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook, reader = Notebook(), Reader()
    folder = watched(read_only, notebook)
    (read_only / "a.hpr").write_bytes(report())
    relieve(folder, folder.look(0.0), reader)
    monkeypatch.undo()
    folder.move_stuck()
    assert names(read_only) == [f"{MONTH.as_posix()}/a.hpr"]
    assert folder.look(1.0).stuck == 0
    assert notebook.held == {watching.SEEN: b""}


def test_a_link_in_the_place_of_our_folder_is_not_followed(dropped: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "ailleurs"
    elsewhere.mkdir()
    try:
        (dropped / PUT_AWAY).symlink_to(elsewhere, target_is_directory=True)
    except OSError:
        pytest.skip("this system makes no links for this account")
    (dropped / "a.hpr").write_bytes(report())
    folder = watched(dropped)
    relieve(folder, folder.look(0.0), Reader())
    assert list(elsewhere.iterdir()) == []
    assert (dropped / "a.hpr").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows names files in Unicode")
def test_a_name_in_the_charset_of_another_system(dropped: Path) -> None:
    name = os.fsdecode("Hémogramme.hpr".encode("cp1252"))
    (dropped / name).write_bytes(report())
    folder, reader = watched(dropped), Reader()
    relieve(folder, folder.look(0.0), reader)
    assert reader.files[0][0] == "Hémogramme.hpr"
    assert [os.fsencode(path.name) for path in (dropped / MONTH).iterdir()] == [
        "Hémogramme.hpr".encode("cp1252")
    ]


# ---------------------------------------------------------------------- with the real filer


def documents(record: Record) -> int:
    return int(
        record.connection()
        .execute("SELECT count(*) FROM fact f JOIN kind k ON k.no = f.kind WHERE k.name = 'document.filed'")
        .fetchone()[0]
    )


def test_a_crash_between_filing_and_moving_files_once(dropped: Path, garance: Record) -> None:
    (dropped / "a.hpr").write_bytes(report())
    before = documents(garance)
    folder = WatchedFolder(dropped, garance.local, today=lambda: date(2026, 1, 15))

    class Crash(BaseException):
        """The process ends here."""

    def crash(*_: object) -> Path:
        raise Crash

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WatchedFolder, "_move", crash)
        with pytest.raises(Crash):
            relieve(folder, folder.look(0.0), Filer(garance).take_many)
    assert documents(garance) == before + 1
    assert (dropped / "a.hpr").exists()
    after = WatchedFolder(dropped, garance.local, today=lambda: date(2026, 1, 15))
    assert relieve(after, after.look(0.0), Filer(garance).take_many) == {"duplicate": 1}
    assert documents(garance) == before + 1
    assert names(dropped) == [f"{MONTH.as_posix()}/a.hpr"]


def test_a_hostile_file_is_put_aside_and_put_away(dropped: Path, garance: Record) -> None:
    (dropped / "bombe.xml").write_bytes(
        b'<!DOCTYPE x [<!ENTITY a "b">]><ClinicalDocument>&a;</ClinicalDocument>'
    )
    (dropped / "a.hpr").write_bytes(report())
    folder = WatchedFolder(dropped, garance.local, today=lambda: date(2026, 1, 15))
    counts = relieve(folder, settled(folder), Filer(garance).take_many)
    assert counts == {"quarantined": 1, "structured": 1}
    assert [name for name in names(dropped) if "/" not in name] == []
