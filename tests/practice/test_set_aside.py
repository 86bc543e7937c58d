"""What an act emptied is set aside until somebody who reads charts saw that nothing names it; what names it keeps it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from lanterne.desk.following import Following
from lanterne.journal.check import check_store
from lanterne.journal.errors import BlobDamaged, DiskFailed
from lanterne.journal.files import OsFiles
from lanterne.journal.journal import Journal
from lanterne.journal.layout import Layout
from lanterne.practice.arrivals.commands import ReceiveArrival
from lanterne.practice.arrivals.facts import ArrivalReceived
from lanterne.practice.arrivals.queries import waiting
from lanterne.practice.catalogue import KINDS
from lanterne.practice.chart.commands import MarkEnteredInError
from lanterne.practice.check import check_record
from lanterne.practice.documents.commands import ClassifyDocument, FileDocument
from lanterne.practice.documents.facts import DocumentFiled, Rendition
from lanterne.practice.documents.files import content_of, keep_named
from lanterne.practice.erasing import rescuing
from lanterne.practice.erasing.commands import choose, empty
from lanterne.practice.erasing.rescuing import PATIENCE_MS, Looked, Rescuer, look
from lanterne.practice.notes.facts import NoteRecorded
from lanterne.practice.reading import Traces, open_inbox
from lanterne.practice.record import Record
from lanterne.practice.recording import record as carry_out
from lanterne.seal.changing import revoke_seat
from lanterne.wire.names import EntryHash, FactId, PatientId
from tests.cast import JEAN_BAPTISTE
from tests.practice.stage import MADELEINE, Clock, Machine, Practice, deliver, entries, fact, folded, write

PDF = b"%PDF-1.4 a file that came by itself"
TEXT = b"what is shown in its place"


def body_of(record: Record, content: bytes = PDF, shown: bytes = b"") -> DocumentFiled:
    kept = keep_named(record, content, "application/pdf")
    renditions = []
    if shown:
        one = keep_named(record, shown, "text/plain")
        renditions = [Rendition(blob=one.blob, key=one.key, size=one.size, media_type=one.media_type)]
    return DocumentFiled(
        blob=kept.blob, key=kept.key, size=kept.size, media_type=kept.media_type, title="Courrier",
        renditions=renditions,
    )  # fmt: skip


def put(record: Record, patient: PatientId, shown: bytes = b"") -> tuple[DocumentFiled, EntryHash, FactId]:
    body = body_of(record, shown=shown)
    done = carry_out(record, FileDocument(patient, body))
    return body, done.entry, done.facts[0]


def standing(record: Record, patient: PatientId = MADELEINE) -> list[DocumentFiled]:
    """The documents that stand in a chart."""
    return [body for _, body in told(record, patient)]


def told(record: Record, patient: PatientId = MADELEINE) -> list[tuple[FactId, DocumentFiled]]:
    rows = (
        record.connection()
        .execute(
            "SELECT f.id, f.version, f.body FROM statement s JOIN fact f ON f.no = s.fact JOIN kind k ON k.no = s.kind"
            " JOIN subject p ON p.no = s.subject WHERE k.name = ? AND s.live = 1 AND p.id = ? ORDER BY f.id",
            (DocumentFiled.KIND, bytes.fromhex(patient)),
        )
        .fetchall()
    )
    kind = KINDS[DocumentFiled.KIND]
    found = []
    for identifier, version, raw in rows:
        body = kind.read(version, msgspec.msgpack.decode(raw))
        assert isinstance(body, DocumentFiled)
        found.append((FactId(bytes(identifier).hex()), body))
    return found


def meet(*records: Record) -> None:
    """Everybody hears everything, and the files that are handed out."""
    for here in records:
        for there in records:
            if here is there:
                continue
            deliver(there.journal, entries(here.journal))
            for name in list(here.journal.blobs.names()):
                if not there.journal.blobs.has(name) and name not in there.journal.membership.emptied_blobs:
                    size = here.journal.blobs.size(name) or 0
                    data = here.journal.blobs.read(name, 0, size)
                    there.journal.blobs.take(name, 0, data, last=True)


def on_disk(root: Path, name: str) -> list[str]:
    return sorted(path.name for path in root.rglob(f"{name}*"))


@pytest.fixture
def two(practice: Practice, tmp_path: Path) -> Iterator[tuple[Record, Record]]:
    """Garance here, Théo there; neither has heard of the other's day."""
    here, there = practice.machine(tmp_path / "here"), practice.machine(tmp_path / "there")
    yield here.open("Garance"), there.open("Théo")
    here.close()
    there.close()


def sound(record: Record) -> None:
    report = check_store(record.root)
    assert not report.faults, report.faults
    checked = check_record(record.root, record.journal, record.seat, record.keyring)
    assert not checked.faults, checked.faults


def misfiled(garance: Record, theo: Record, shown: bytes = b"") -> tuple[DocumentFiled, FactId]:
    """The file lies in two charts, on two devices; Garance empties it where she knows it."""
    wrong, entry, _ = put(garance, JEAN_BAPTISTE, shown)
    right, _, filed = put(theo, MADELEINE, shown)
    assert wrong.blob == right.blob
    empty(garance, choose(garance, [entry]), "error")
    return right, filed


def test_what_another_chart_names_is_kept_on(two: tuple[Record, Record]) -> None:
    garance, theo = two
    was, _ = misfiled(garance, theo)
    assert on_disk(garance.root, was.blob) == [], "nothing names it here"
    deliver(theo.journal, entries(garance.journal))
    assert on_disk(theo.root, was.blob) == [f"{was.blob}.emptied"]
    assert content_of_standing(theo) is None
    sound(theo)
    assert len(look(theo).restated) == 1
    (now,) = standing(theo)
    assert now.blob != was.blob
    assert now.title == "Courrier"
    assert content_of(theo, now) == PDF
    assert on_disk(theo.root, was.blob) == []
    meet(theo, garance)
    assert content_of(garance, standing(garance)[0]) == PDF
    assert standing(garance, JEAN_BAPTISTE) == []
    assert folded(garance) == folded(theo)
    assert look(garance) == look(theo) == Looked()
    sound(theo)
    sound(garance)


def content_of_standing(record: Record) -> bytes | None:
    (one,) = standing(record)
    return content_of(record, one) if record.journal.blobs.has(one.blob) else None


def test_the_entry_comes_before_the_act(
    practice: Practice, two: tuple[Record, Record], tmp_path: Path
) -> None:
    """A third device heard Madeleine's entry and has the file; then the act comes, there and to Théo at once."""
    garance, theo = two
    paul = practice.machine(tmp_path / "paul").open("Paul")
    was, _ = misfiled(garance, theo, TEXT)
    meet(theo, paul)
    assert content_of_standing(paul) == PDF
    for record in (theo, paul):
        deliver(record.journal, entries(garance.journal))
    first, second = look(theo), look(paul)
    assert first.restated == second.restated != ()
    assert first.gone == second.gone == tuple(sorted([was.blob, was.renditions[0].blob]))
    meet(theo, paul, garance)
    assert folded(theo) == folded(paul) == folded(garance)
    for record in (theo, paul, garance):
        (now,) = standing(record)
        assert content_of(record, now) == PDF
        assert content_of(record, now.renditions[0]) == TEXT
        sound(record)


def test_the_act_comes_before_the_entry(
    practice: Practice, two: tuple[Record, Record], tmp_path: Path
) -> None:
    """A third device hears of the act first and let the file go; it has it again from who filed it."""
    garance, theo = two
    paul = practice.machine(tmp_path / "paul").open("Paul")
    was = body_of(paul)
    misfiled(garance, theo)
    deliver(paul.journal, entries(garance.journal))
    assert look(paul).gone == (was.blob,)
    deliver(paul.journal, entries(theo.journal))
    assert look(paul) == Looked()
    deliver(theo.journal, entries(paul.journal))
    look(theo)
    meet(theo, paul, garance)
    assert content_of(paul, standing(paul)[0]) == PDF
    assert folded(paul) == folded(theo)
    sound(paul)


def test_files_set_aside_are_no_document_for_anybody(two: tuple[Record, Record]) -> None:
    garance, theo = two
    was, _ = misfiled(garance, theo)
    blobs = theo.journal.blobs
    sealed = blobs.read(was.blob, 0, blobs.size(was.blob) or 0)
    deliver(theo.journal, entries(garance.journal))
    assert blobs.aside() == [was.blob]
    assert was.blob not in [*blobs.names(), *blobs.every_name()]
    assert blobs.size(was.blob) is None
    assert not blobs.has(was.blob)
    assert not blobs.any_of(was.blob)
    with pytest.raises(BlobDamaged, match="was emptied"):
        blobs.take(was.blob, 0, sealed, last=True)
    assert blobs.get_aside(was.blob, bytes.fromhex(was.key)) == PDF


@pytest.mark.parametrize("step", ["get_aside", "keep_named", "carry_out", "forget_aside"])
@pytest.mark.parametrize("done", [False, True])
def test_stopped_between_two_steps(
    practice: Practice, two: tuple[Record, Record], monkeypatch: pytest.MonkeyPatch, step: str, done: bool
) -> None:
    """Before the step, or right after it: the next start does the rest, and it is one fact."""
    garance, theo = two
    was, _ = misfiled(garance, theo)
    deliver(theo.journal, entries(garance.journal))
    owner: object = theo.journal.blobs if step.endswith("aside") else rescuing
    real: Callable[..., object] = getattr(owner, step)

    def stops(*args: object) -> object:
        if done:
            real(*args)
        raise PowerCut

    with monkeypatch.context() as patch:
        patch.setattr(owner, step, stops)
        with pytest.raises(PowerCut):
            look(theo)
    again = practice_machine(practice, theo)
    look(again)
    assert on_disk(again.root, was.blob) == []
    (now,) = standing(again)
    assert content_of(again, now) == PDF
    assert (
        again.connection()
        .execute(
            "SELECT count(*) FROM fact f JOIN kind k ON k.no = f.kind WHERE k.name = ?", (DocumentFiled.KIND,)
        )
        .fetchone()[0]
        == 2
    )
    sound(again)


class PowerCut(BaseException):
    """The machine stops here."""


def practice_machine(practice: Practice, record: Record) -> Record:
    """The same directory, opened by the next process."""
    return Machine(record.root, practice.seats).open("Théo")


@pytest.mark.parametrize("call", ["rename", "fsync_directory", "remove"])
def test_what_the_disk_refuses_is_done_at_the_next_start(
    practice: Practice, two: tuple[Record, Record], call: str
) -> None:
    garance, theo = two
    was, _ = misfiled(garance, theo)
    theirs = entries(garance.journal)
    nth = 0
    while True:
        nth += 1
        files = Refusing(call, nth)
        journal = Journal.open(theo.root, files=files)
        deliver(journal, theirs)
        held = journal.blobs.has(was.blob), journal.blobs.aside() == [was.blob]
        assert any(held), "nothing is lost"
        if not files.refused:
            break
        Journal.open(theo.root)
        assert theo.journal.blobs.aside() == [was.blob]
        # And back, for the next time.
        theo.journal.blobs.take_back(was.blob)
    look(theo)
    assert content_of_standing(theo) == PDF


class Refusing(OsFiles):
    """Refuses one call about documents."""

    def __init__(self, call: str, nth: int) -> None:
        self._call, self._left, self.refused = call, nth, False

    def _now(self, call: str, path: Path) -> None:
        if call != self._call or "blobs" not in path.parts:
            return
        self._left -= 1
        if not self._left:
            self.refused = True
            raise OSError(5, "injected")

    def rename(self, source: Path, target: Path) -> None:
        self._now("rename", source)
        super().rename(source, target)

    def fsync_directory(self, path: Path) -> None:
        self._now("fsync_directory", path)
        super().fsync_directory(path)

    def remove(self, path: Path) -> None:
        self._now("remove", path)
        super().remove(path)


def test_a_disk_that_fails_while_letting_go_says_so(two: tuple[Record, Record]) -> None:
    garance, theo = two
    body_of(theo)
    _, entry, _ = put(garance, JEAN_BAPTISTE)
    empty(garance, choose(garance, [entry]), "error")
    deliver(theo.journal, entries(garance.journal))
    theo.journal.blobs._files = Refusing("remove", 1)
    rescuer = Rescuer(theo)
    rescuer.turn()
    assert isinstance(theo.clock_ms, Clock)
    theo.clock_ms.now += PATIENCE_MS
    with pytest.raises(DiskFailed):
        rescuer.turn()
    assert len(rescuer.turn().gone) == 1
    assert theo.journal.blobs.aside() == []


def test_an_import_about_to_file_it_finds_it(two: tuple[Record, Record]) -> None:
    """The file was put on the disk, then the act came, then the entry is written under the name it had."""
    garance, theo = two
    before = body_of(theo)
    _, entry, _ = put(garance, JEAN_BAPTISTE)
    empty(garance, choose(garance, [entry]), "error")
    deliver(theo.journal, entries(garance.journal))
    following = Following(theo)
    following.turn()
    carry_out(theo, FileDocument(MADELEINE, before))
    following.turn()
    assert content_of_standing(theo) == PDF
    assert theo.journal.blobs.aside() == []


def test_what_nothing_names_goes_after_a_while(two: tuple[Record, Record]) -> None:
    garance, theo = two
    before = body_of(theo)
    _, entry, _ = put(garance, JEAN_BAPTISTE)
    empty(garance, choose(garance, [entry]), "error")
    assert on_disk(garance.root, before.blob) == [], "at once where it was emptied"
    deliver(theo.journal, entries(garance.journal))
    following = Following(theo)
    following.turn()
    assert on_disk(theo.root, before.blob) == [f"{before.blob}.emptied"]
    assert isinstance(theo.clock_ms, Clock)
    theo.clock_ms.now += PATIENCE_MS
    following.turn()
    assert on_disk(theo.root, before.blob) == []


def test_who_reads_no_chart_leaves_it_aside(practice: Practice, two: tuple[Record, Record]) -> None:
    garance, theo = two
    was, _ = misfiled(garance, theo)
    ines = Machine(theo.root, practice.seats).open("Inès")
    deliver(ines.journal, entries(garance.journal))
    assert look(ines) == Rescuer(ines).turn() == Looked()
    Following(ines).turn()
    assert ines.journal.blobs.aside() == [was.blob]
    Following(theo).turn()
    assert ines.journal.blobs.aside() == []
    assert content_of_standing(theo) == PDF


def test_the_thread_of_an_unlocked_seat_does_it(two: tuple[Record, Record]) -> None:
    garance, theo = two
    misfiled(garance, theo)
    following = Following(theo)
    following.turn()
    assert content_of_standing(theo) == PDF
    deliver(theo.journal, entries(garance.journal))
    following.turn()
    assert content_of_standing(theo) == PDF
    (entry,) = (
        theo.connection()
        .execute(
            "SELECT e.seat FROM fact f JOIN entry e ON e.no = f.entry WHERE f.id = ?",
            (bytes.fromhex(told(theo)[0][0]),),
        )
        .fetchone()
    )
    assert bytes(entry).hex() == theo.seat.id, "it says who wrote it"


def test_what_is_withdrawn_stays_readable_behind(two: tuple[Record, Record]) -> None:
    """Named by an entry that stays, though it stands no more: it is not ours to drop, and nothing revives it."""
    garance, theo = two
    was, filed = misfiled(garance, theo)
    carry_out(theo, MarkEnteredInError(MADELEINE, (filed,)))
    deliver(theo.journal, entries(garance.journal))
    assert look(theo) == Looked(left=(was.blob,))
    assert theo.journal.blobs.get_aside(was.blob, bytes.fromhex(was.key)) == PDF
    assert standing(theo) == []
    sound(theo)


def test_what_it_stated_and_how_it_was_described_go_with_it(two: tuple[Record, Record]) -> None:
    garance, theo = two
    wrong, entry, _ = put(garance, JEAN_BAPTISTE)
    right = body_of(theo)
    filed, note = write(theo, fact(right), fact(NoteRecorded(text="Elle tousse.")), patient=MADELEINE)
    better = msgspec.structs.replace(right, title="Courrier du Dr Petit")
    carry_out(theo, ClassifyDocument(MADELEINE, FactId(filed), better, "2020-02-03"))
    empty(garance, choose(garance, [entry]), "error")
    deliver(theo.journal, entries(garance.journal))
    assert look(theo).gone == (wrong.blob,)
    (now,) = standing(theo)
    assert (now.title, now.also) == ("Courrier du Dr Petit", [note])
    assert content_of(theo, now) == PDF


def test_a_file_in_no_chart_is_kept_on_too(two: tuple[Record, Record]) -> None:
    garance, theo = two
    _, entry, _ = put(garance, JEAN_BAPTISTE)
    kept = keep_named(theo, PDF, "application/pdf")
    arrival = ArrivalReceived(
        outcome="quarantined", digest="ab" * 32, blob=kept.blob, key=kept.key, size=kept.size,
        media_type=kept.media_type, why="unreadable",
    )  # fmt: skip
    carry_out(theo, ReceiveArrival(arrival, FactId("ab" * 16)))
    empty(garance, choose(garance, [entry]), "error")
    deliver(theo.journal, entries(garance.journal))
    look(theo)
    (item,) = waiting(open_inbox(theo, Traces()))
    assert item.arrival is not None
    assert content_of(theo, item.arrival) == PDF
    assert on_disk(theo.root, kept.blob) == []


def test_an_act_that_falls_gives_it_back(
    practice: Practice, two: tuple[Record, Record], tmp_path: Path
) -> None:
    """Its signer was revoked where it was not known; whoever only set the file aside has it again."""
    garance, theo = two
    before = body_of(theo)
    _, entry, _ = put(garance, JEAN_BAPTISTE)
    elsewhere = practice.machine(tmp_path / "elsewhere").open("Garance")
    ring = elsewhere.keyring.with_membership(elsewhere.journal.membership)
    said = revoke_seat(
        ring, garance.seat.id, cuts=[], reason="stolen", at=garance.clock_ms(), random=secrets.token_bytes
    )
    elsewhere.journal.write_members(ring, said, garance.clock_ms())
    empty(garance, choose(garance, [entry]), "error")
    deliver(theo.journal, entries(garance.journal))
    assert theo.journal.blobs.aside() == [before.blob]
    deliver(theo.journal, entries(elsewhere.journal))
    assert theo.journal.membership.emptied_blobs == {}
    assert theo.journal.blobs.aside() == []
    assert theo.journal.blobs.get(before.blob, bytes.fromhex(before.key)) == PDF


def test_damage_is_let_go_and_check_knows_the_form(two: tuple[Record, Record]) -> None:
    garance, theo = two
    was, _ = misfiled(garance, theo)
    deliver(theo.journal, entries(garance.journal))
    report = check_store(theo.root)
    assert (report.faults, [note.code for note in report.notes if "unknown" in note.code]) == ([], [])
    aside = Layout(theo.root).blob_aside(was.blob)
    aside.write_bytes(aside.read_bytes()[:-1] + b"?")
    assert look(theo) == Looked(left=(was.blob,)), "nothing is written of what does not verify"
