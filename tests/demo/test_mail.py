"""The week of mail: the same bytes for the same practice, and every format read by the product's own readers."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec
import pytest

from lanterne.demo import generate, letters
from lanterne.demo.events import digest
from lanterne.demo.founding import found_demo
from lanterne.demo.mail import Piece, cda, folders, hl7, hprim, paper, week
from lanterne.demo.mail.addressees import Addressee, Book
from lanterne.demo.mail.charset import cp1252
from lanterne.demo.mail.reports import report
from lanterne.intake import detect
from lanterne.intake.filing.filer import Filer
from lanterne.intake.filing.leaves import attention, leaves
from lanterne.intake.reading import Document, Limits, Unreadable
from lanterne.journal import founding
from lanterne.journal.journal import Journal
from lanterne.practice.record import Record
from lanterne.practice.results.facts import ResultRecorded
from lanterne.practice.treatments.facts import TreatmentRecorded
from lanterne.seal import unlock
from lanterne.seal.seat import SeatKeys
from lanterne.wire.names import PatientId

SEED = 20
TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def mail() -> list[Piece]:
    return week(seed=SEED, patients=150, today=TODAY)


@pytest.fixture(scope="module")
def read(mail: list[Piece]) -> dict[str, Document | Unreadable]:
    return {piece.name: attempt(piece) for piece in mail}


def attempt(piece: Piece) -> Document | Unreadable:
    try:
        return detect.read(piece.content, Limits(), piece.name)
    except Unreadable as error:
        return error


def test_same_seed_same_day_same_bytes(mail: list[Piece]) -> None:
    assert week(seed=SEED, patients=150, today=TODAY) == mail


def test_another_seed_or_another_day_is_other_mail(mail: list[Piece]) -> None:
    contents = {piece.content for piece in mail}
    for other in (
        week(seed=SEED + 1, patients=150, today=TODAY),
        week(seed=SEED, patients=150, today=TODAY + timedelta(days=7)),
    ):
        assert not contents & {piece.content for piece in other}


def test_a_larger_practice_has_the_same_mail(mail: list[Piece]) -> None:
    assert week(seed=SEED, patients=400, today=TODAY) == mail


def test_about_forty_files_of_every_format(mail: list[Piece], read: dict[str, Document | Unreadable]) -> None:
    assert 38 <= len(mail) <= 46
    formats = Counter(document.format for document in read.values() if isinstance(document, Document))
    assert set(formats) == {"hprim", "cda", "hl7v2", "xdm", "pdf", "image", "csv", "text"}
    assert formats["hprim"] >= 10
    broken = [name for name, found in read.items() if isinstance(found, Unreadable)]
    assert len(broken) == 1
    assert len({piece.content for piece in mail}) == len(mail) - 1  # one came twice


@pytest.mark.parametrize(
    "today", [date(2026, 1, 1), date(2024, 2, 29), date(2026, 5, 4), date(2026, 12, 26), date(2027, 3, 13)]
)
def test_any_day_can_be_today_and_nothing_is_of_today_or_older_than_ten_days(today: date) -> None:
    for piece in week(seed=3, patients=150, today=today):
        found = attempt(piece)
        if isinstance(found, Document):
            for leaf in leaves(found):
                at = leaf.document.at
                if at:
                    assert today - timedelta(days=10) <= date.fromisoformat(at[:10]) < today, piece.name


@pytest.mark.parametrize("patients", [0, 1, 4, 15])
def test_a_practice_of_a_few_patients_receives_less(patients: int) -> None:
    few = week(seed=SEED, patients=patients, today=TODAY)
    assert 0 < len(few) < 38


def test_headers_of_hprim_medecin_have_twelve_lines_in_cp1252(mail: list[Piece]) -> None:
    messages = [piece.content for piece in mail if b"****LAB****" in piece.content]
    assert messages
    for content in messages:
        lines = content.decode("cp1252").split("\r\n")
        assert lines[11] == "MOREL Garance"
        assert lines[12] == ""
        assert lines[-2] == "****FINFICHIER****"
    with pytest.raises(UnicodeDecodeError):
        b"".join(messages).decode("utf-8")


def test_a_letter_windows_has_not_loses_its_mark_and_no_more() -> None:
    assert cp1252("Ayşe Kőszegi, née d’Été – œuvre 名") == "Ayse Koszegi, née d’Été – œuvre ?".encode(
        "cp1252"
    )


# ---------------------------------------------------------------------- what the writers write is what is read


@pytest.fixture(scope="module")
def baptiste() -> Addressee:
    book = Book(SEED, generate(seed=SEED, patients=2, today=TODAY))
    found = book.named("jean")
    assert found is not None
    return found


def test_the_book_knows_what_the_practice_knows(baptiste: Addressee) -> None:
    assert baptiste.identity.birth_name == "BAPTISTE"
    assert baptiste.takes("B01AA")
    assert not baptiste.takes("A10")
    assert baptiste.has("Fibrillation")
    assert baptiste.results["6301-6"] == "4.80"


def test_each_writer_of_results_says_the_same(baptiste: Addressee) -> None:
    from lanterne.demo.events import moment

    made = report(
        random.Random(1), baptiste, moment(date(2026, 11, 19), 7, 35), ("hemoglobine", "potassium", "crp"),
        given={"hemoglobine": "11.2", "potassium": "6.1", "crp": "3.0"}, comments={"potassium": "Contrôlé."},
    )  # fmt: skip
    whole = cda.laboratory(made, paper.pdf("x", paper.report_text(made), made.written))
    written = {
        "médecin": hprim.medecin(made), "santé": hprim.sante(made), "oru": hl7.results(made), "cda": whole,
        "oru with cda": hl7.carrying(made, whole), "csv": paper.table(made),
    }  # fmt: skip
    for name, content in written.items():
        (leaf,) = leaves(detect.read(content, Limits(), ""))
        document = leaf.document
        bodies = [one.body for one in document.statements if isinstance(one.body, ResultRecorded)]
        assert [(body.value, body.low, body.high) for body in bodies] == [
            ("11.2", "13.0" if name not in ("médecin", "santé", "csv") else bodies[0].low, bodies[0].high),
            ("6.1", bodies[1].low, bodies[1].high),
            ("3.0", "", bodies[2].high),
        ], name
        assert [float(body.high) for body in bodies] == [17.5, 5.0, 5.0], name
        identity = document.identity
        assert identity is not None
        assert (identity.birth_name, identity.first_given, identity.birth_date) == (
            "BAPTISTE", "Jean", baptiste.identity.birth_date,
        ), name  # fmt: skip
        if name != "csv":
            assert attention(document) == "critical", name
            assert baptiste.identity.ins is not None
            assert identity.matricule == baptiste.identity.ins.matricule, name
            assert identity.key_agrees, name
            # As it is named, without the sender's code before it.
            assert (document.author.organisation or bodies[0].laboratory) in letters.LABORATORIES, name


def test_a_replacement_names_what_it_replaces(mail: list[Piece]) -> None:
    messages = [piece for piece in mail if piece.name.endswith("-2.hl7")]
    assert len(messages) == 1
    (leaf,) = leaves(detect.read(messages[0].content, Limits(), ""))
    assert leaf.document.act == "replacement"
    assert leaf.document.replaces


def test_a_letter_proposes_treatments_and_encloses_nothing_hidden(mail: list[Piece]) -> None:
    letter = next(piece for piece in mail if piece.name == "lettre-de-liaison.xml")
    document = detect.read(letter.content, Limits(), "")
    treatments = [one for one in document.statements if isinstance(one.body, TreatmentRecorded)]
    assert len(treatments) == 3
    assert all(one.proposal for one in treatments)
    assert [one.body.posology for one in treatments if isinstance(one.body, TreatmentRecorded)] == [
        "1 comprimé matin et midi", "1 comprimé le matin", "1 comprimé matin et soir",
    ]  # fmt: skip
    assert "Déplétion par furosémide" in document.narrative


def test_a_folder_is_the_same_bytes_and_says_whose_it_is(baptiste: Addressee) -> None:
    from lanterne.demo.events import moment

    at = moment(date(2026, 11, 19), 7, 35)
    author = cda.Author("AMIEL", "Hugues", "DR", "Cabinet de cardiologie")
    held = [folders.Held(b"Cher confrere", "DOC0001.TXT", "1.2^1", "Courrier", "text/plain", "11488-4")]
    content = folders.xdm(baptiste, held, author, at)
    assert folders.xdm(baptiste, held, author, at) == content
    (document,) = detect.read(content, Limits(), "").parts
    identity = document.identity
    assert identity is not None
    assert (identity.birth_name, identity.birth_date) == ("BAPTISTE", baptiste.identity.birth_date)


# ---------------------------------------------------------------------- filed by the doctor


@dataclass
class Filed:
    """The demonstration on a disk, its doctor's record open, and what became of each kind of file."""

    record: Record
    mail: dict[str, int]


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filed]:
    root = tmp_path_factory.mktemp("mail") / "data"
    words = "lilas blanc du matin"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unlock, "ARGON2_MEMORY_KIB", 64)
        made = found_demo(
            root, patients=150, seed=SEED, today=TODAY,
            passphrases={"doctor": words, "locum": words, "secretary": words},
        )  # fmt: skip
        journal = Journal.open(root)
        keys: SeatKeys | None = None
        for card in founding.list_seats(root):
            if card.label == made.names["doctor"]:
                keys, keyring = founding.open_seat(journal, card.seat, words)
        assert keys is not None
    record = Record(root, journal, keys, keyring)
    yield Filed(record, dict(made.mail))
    record.close()


def test_the_week_ends_as_a_week_does(filed: Filed, mail: list[Piece]) -> None:
    assert sum(filed.mail.values()) == len(mail)
    assert filed.mail["structured"] >= 24
    assert filed.mail["to_attach"] == 7
    assert (filed.mail["duplicate"], filed.mail["quarantined"], filed.mail["document"]) == (1, 1, 4)


def test_the_arrival_list_is_full_and_the_inr_is_critical(filed: Filed) -> None:
    connection = filed.record.connection()
    (waiting,) = connection.execute("SELECT count(*) FROM inbox").fetchone()
    assert waiting >= sum(filed.mail.values()) - 4
    jean = PatientId(digest("cast", SEED, "jean"))
    rows = connection.execute(
        "SELECT f.body FROM fact f JOIN kind k ON k.no = f.kind JOIN subject s ON s.no = f.subject"
        " WHERE k.name = 'result.recorded' AND s.id = ? ORDER BY f.no DESC LIMIT 20",
        (bytes.fromhex(jean),),
    ).fetchall()
    found = [msgspec.msgpack.decode(row[0], type=dict) for row in rows]
    assert any(body["label"] == "INR" and body["value"] == "5.40" and body["flag"] == "HH" for body in found)


def test_the_same_week_again_changes_nothing(filed: Filed, mail: list[Piece]) -> None:
    (before,) = filed.record.connection().execute("SELECT count(*) FROM fact").fetchone()
    outcomes = list(Filer(filed.record).take_many((piece.name, piece.content) for piece in mail))
    assert {one.outcome for one in outcomes} == {"duplicate", "quarantined"}
    (after,) = filed.record.connection().execute("SELECT count(*) FROM fact").fetchone()
    assert after == before


def test_a_wrong_key_is_flagged_and_its_document_filed_by_traits(filed: Filed) -> None:
    rows = filed.record.connection().execute(
        "SELECT f.body FROM fact f JOIN kind k ON k.no = f.kind WHERE k.name = 'document.filed'"
    )
    wrong = [body for (row,) in rows if (body := msgspec.msgpack.decode(row, type=dict)).get("ins_key_wrong")]
    assert len(wrong) == 1
