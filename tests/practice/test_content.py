"""Two machines that hold the same facts show the same record, whatever the order in which the facts came.

Dr Garance Morel and Dr Théo Lambert write on two copies of one directory, neither knowing of the other; then
everything is carried to bare machines, shuffled, in one go and little by little.
"""

from __future__ import annotations

import itertools
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from lanterne.journal import founding
from lanterne.journal.journal import Journal, Received
from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.chart.commands import MarkEnteredInError
from lanterne.practice.chart.commands import Record as WriteStatement
from lanterne.practice.check import check_record
from lanterne.practice.content import content
from lanterne.practice.notes.facts import NoteRecorded
from lanterne.practice.opening import add_person, create_practice, parse_name
from lanterne.practice.patients.commands import CorrectIdentity, RegisterPatient
from lanterne.practice.patients.facts import ContactsRecorded, PatientIdentified, Phone
from lanterne.practice.patients.tying import MergePatients
from lanterne.practice.record import Record
from lanterne.practice.recording import record as write
from lanterne.seal import unlock
from lanterne.seal.keyring import Keyring
from lanterne.wire.names import FactId, PatientId, Stream

WORDS = "lilas blanc du matin"


@pytest.fixture(autouse=True, scope="module")
def light_passphrases() -> Iterator[None]:
    """What a guess costs is tested where it is decided (tests/seal)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unlock, "ARGON2_MEMORY_KIB", 64)
        yield


class Clock:
    """One second passes at every look."""

    def __init__(self) -> None:
        self._now = itertools.count(1_767_225_600_000, 1000)

    def __call__(self) -> int:
        return next(self._now)


class Play:
    """What was written, by whom, and how to read it elsewhere."""

    def __init__(self, root: Path) -> None:
        clock = Clock()
        opened = create_practice(
            root / "garance",
            practice_name="Lilas",
            person_name="Dr Garance Morel",
            passphrase=WORDS,
            clock_ms=clock,
        )
        garance = opened.record
        admitted = add_person(garance, name="Dr Théo Lambert", role="locum", passphrase=WORDS)
        jean = self.register(garance, "Baptiste", "Jean", "1952-04-03")
        again = self.register(garance, "Baptiste", "Jean-Paul", "1952-04-30")
        first = write(garance, WriteStatement(jean, AllergyRecorded(substance="Amoxicilline"))).facts[0]
        garance.close()

        shutil.copytree(root / "garance", root / "theo", ignore=shutil.ignore_patterns("read"))
        garance = Record(root / "garance", garance.journal, garance.seat, garance.keyring, clock_ms=clock)
        theirs = Journal.open(root / "theo")
        theo = Record(
            root / "theo", theirs, *founding.open_seat(theirs, admitted.seat, WORDS), clock_ms=clock
        )

        worse = AllergyRecorded(substance="Amoxicilline", criticality="high")
        better = AllergyRecorded(substance="Amoxicilline", verification="refuted")
        write(garance, WriteStatement(jean, worse, replaces=(first,)))
        write(theo, WriteStatement(jean, better, replaces=(first,)))
        note = write(theo, WriteStatement(jean, NoteRecorded(text="À revoir"), at="2019-04")).facts[0]
        write(theo, MarkEnteredInError(jean, (note,)))
        self.correct(garance, jean, "BAPTISTE")
        self.correct(theo, jean, "Batiste")
        write(theo, MergePatients(jean, again, self.shown(theo, jean), self.shown(theo, again)))
        for number in range(12):
            write(garance if number % 3 else theo, WriteStatement(jean, NoteRecorded(text=f"Note {number}")))

        raws = {
            arrived.entry.raw: None
            for record in (garance, theo)
            for stream in Stream
            for arrived in record.journal.since(stream)
        }
        self.raws = list(raws)
        self.seat, self.keyring = garance.seat, garance.keyring
        self.bare = root / "garance"
        garance.close()
        theo.close()

    @staticmethod
    def register(record: Record, name: str, given: str, born: str) -> PatientId:
        identity = PatientIdentified(birth_name=name, first_given=given, birth_date=born, sex="male")
        contacts = ContactsRecorded(phones=[Phone(number="06 39 98 12 34")], city="Lilas")
        patient = PatientId(record.draw_id())
        write(record, RegisterPatient(identity, contacts, patient=patient, confirmed_new=True))
        return patient

    @staticmethod
    def shown(record: Record, patient: PatientId) -> FactId:
        """The identity a form would have shown."""
        row = (
            record.connection()
            .execute(
                "SELECT f.id FROM latest l JOIN fact f ON f.no = l.fact JOIN subject s ON s.no = l.subject"
                " JOIN kind k ON k.no = l.kind WHERE s.id = ? AND k.name = ?",
                (bytes.fromhex(patient), PatientIdentified.KIND),
            )
            .fetchone()
        )
        return FactId(bytes(row[0]).hex())

    def correct(self, record: Record, patient: PatientId, name: str) -> None:
        identity = PatientIdentified(birth_name=name, first_given="Jean", birth_date="1952-04-03", sex="male")
        write(record, CorrectIdentity(patient, self.shown(record, patient), identity))

    def elsewhere(self, root: Path) -> Record:
        """A machine that knows of the practice and holds none of its entries."""
        root.mkdir()
        for name in ("format", "format2", "genesis", "genesis2"):
            shutil.copy(self.bare / name, root / name)
        journal = Journal.open(root)
        return Record(root, journal, self.seat, Keyring(self.seat, journal.membership))


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Play:
    return Play(tmp_path_factory.mktemp("play"))


def hashed(record: Record) -> str:
    return content(record.connection(), record.tables.name)


def carry(record: Record, raws: list[bytes]) -> None:
    """Give entries until all are taken: a member's admission may come after what they wrote."""
    left = raws
    while left:
        answers = record.journal.receive_many(left)
        refused = [raw for raw, answer in zip(left, answers, strict=True) if not isinstance(answer, Received)]
        assert len(refused) < len(left), answers
        left = refused


@pytest.fixture(scope="module")
def expected(play: Play, tmp_path_factory: pytest.TempPathFactory) -> str:
    record = play.elsewhere(tmp_path_factory.mktemp("first") / "data")
    carry(record, play.raws)
    return hashed(record)


@pytest.mark.parametrize("seed", range(6))
def test_any_order_gives_the_same_content(play: Play, expected: str, tmp_path: Path, seed: int) -> None:
    raws = list(play.raws)
    random.Random(seed).shuffle(raws)
    record = play.elsewhere(tmp_path / "data")
    carry(record, raws)
    assert hashed(record) == expected


@pytest.mark.parametrize("seed", range(6))
def test_folding_little_by_little_gives_the_same_content(
    play: Play, expected: str, tmp_path: Path, seed: int
) -> None:
    raws = list(play.raws)
    random.Random(seed).shuffle(raws)
    record = play.elsewhere(tmp_path / "data")
    left = raws
    while left:
        refused = []
        for raw in left:
            answer = record.journal.receive_many([raw])[0]
            if isinstance(answer, Received):
                record.catch_up()
            else:
                refused.append(raw)
        assert len(refused) < len(left)
        left = refused
    assert hashed(record) == expected


def test_the_play_is_not_too_easy(play: Play, tmp_path: Path) -> None:
    """Two colleagues disagree, one record is absorbed, one note is withdrawn."""
    record = play.elsewhere(tmp_path / "data")
    carry(record, play.raws)
    read = record.connection()
    assert read.execute("SELECT count(*) FROM statement WHERE conflict = 1").fetchone()[0] == 2
    assert read.execute("SELECT count(*) FROM patient WHERE merged_into <> 0").fetchone()[0] == 1
    assert read.execute("SELECT count(*) FROM statement WHERE live = 0").fetchone()[0] == 2


def test_burnt_tables_come_back_the_same(play: Play, expected: str, tmp_path: Path) -> None:
    record = play.elsewhere(tmp_path / "data")
    carry(record, play.raws)
    before = hashed(record)
    record.close()
    shutil.rmtree(tmp_path / "data" / "read")
    again = Record(record.root, Journal.open(record.root), play.seat, record.keyring)
    assert hashed(again) == before == expected


def test_one_fact_less_is_another_content(play: Play, expected: str, tmp_path: Path) -> None:
    record = play.elsewhere(tmp_path / "data")
    carry(record, play.raws[:-1])
    assert hashed(record) != expected


def test_the_check_finds_nothing_wrong_and_the_same_content(
    play: Play, expected: str, tmp_path: Path
) -> None:
    record = play.elsewhere(tmp_path / "data")
    carry(record, play.raws)
    record.catch_up()
    checked = check_record(record.root, record.journal, play.seat, record.keyring)
    assert checked.faults == []
    assert checked.content == expected
    assert checked.facts > 20
    assert not list((record.root / "read").glob("check-*"))


def test_a_row_that_lies_is_found(play: Play, tmp_path: Path) -> None:
    record = play.elsewhere(tmp_path / "data")
    carry(record, play.raws)
    record.catch_up()
    with record.tables.transaction() as connection:
        connection.execute("UPDATE statement SET live = 1 WHERE live = 0")
    found = check_record(record.root, record.journal, play.seat, record.keyring).faults
    assert [fault.place for fault in found] == ["content"]


@pytest.mark.parametrize("place", ["medical-000001.db", "medical.key", "medical.current"])
def test_a_flipped_bit_in_the_read_tables_is_found(play: Play, tmp_path: Path, place: str) -> None:
    record = play.elsewhere(tmp_path / "data")
    carry(record, play.raws)
    record.catch_up()
    record.tables.verify()  # checkpoints: what is in -wal is outside the promise
    record.close()
    path = record.root / "read" / place
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)
    journal = Journal.open(record.root)
    found = check_record(record.root, journal, play.seat, record.keyring).faults
    assert found
    assert all(fault.file.startswith("read/medical") for fault in found)
    healed = Record(record.root, Journal.open(record.root), play.seat, record.keyring)
    healed.folder.rebuild()
    assert check_record(record.root, healed.journal, play.seat, healed.keyring).faults == []


def test_a_missing_document_is_found(play: Play, tmp_path: Path) -> None:
    from lanterne.practice.documents.commands import FileDocument
    from lanterne.practice.documents.facts import DocumentFiled
    from lanterne.practice.documents.files import keep

    opened = create_practice(
        tmp_path / "data", practice_name="Lilas", person_name="Dr Garance Morel", passphrase=WORDS
    )
    record = opened.record
    patient = Play.register(record, "Baptiste", "Jean", "1952-04-03")
    kept = keep(record, b"Une lettre")
    filed = DocumentFiled(
        blob=kept.blob, key=kept.key, size=kept.size, media_type=kept.media_type, title="Lettre"
    )
    write(record, FileDocument(patient, filed))
    assert check_record(record.root, record.journal, record.seat, record.keyring).faults == []
    record.journal.layout.blob(kept.blob).unlink()
    found = check_record(record.root, record.journal, record.seat, record.keyring).faults
    assert [fault.file for fault in found] == [f"blobs/{kept.blob[:2]}/{kept.blob}"]


@pytest.mark.parametrize(
    ("typed", "title", "given", "family"),
    [
        ("Dr Garance Morel", "Dr", "Garance", "Morel"),
        ("docteur Jean-Pierre DE LA TOUR", "Dr", "Jean-Pierre", "DE LA TOUR"),
        ("Inès Caron", "", "Inès", "Caron"),
        ("Marie de La Tour", "", "Marie", "de La Tour"),
        ("Mme MARTIN", "Mme", "", "MARTIN"),
        ("Morel", "", "", "Morel"),
        ("Jean Paul MARTIN", "", "Jean Paul", "MARTIN"),
    ],
)
def test_names_in_one_line(typed: str, title: str, given: str, family: str) -> None:
    name = parse_name(typed)
    assert (name.title, name.given, name.family) == (title, given, family)
