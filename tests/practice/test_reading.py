"""The door out: no chart without the right, no chart without its trace, and nobody else makes one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lanterne.journal.errors import DiskFull
from lanterne.practice.chart.commands import Record as WriteStatement
from lanterne.practice.chart.statements import count_by_kind, one, page, standing, thread, withdrawals
from lanterne.practice.documents.commands import FileDocument
from lanterne.practice.documents.facts import DocumentFiled
from lanterne.practice.documents.files import content_of, keep
from lanterne.practice.errors import NotAllowed, UnknownFact, UnknownPatient
from lanterne.practice.notes.facts import NoteRecorded
from lanterne.practice.reading import TRACE_COVERS_MS, OpenChart, Traces, open_chart, trace
from lanterne.practice.record import Record
from lanterne.practice.recording import record
from lanterne.practice.traces.queries import accesses
from lanterne.wire.names import FactId, PatientId, Stream
from tests.cast import JEAN_BAPTISTE
from tests.practice.stage import MADELEINE, Clock, Machine, chart, fact, nothing_written, write


def test_the_trace_is_on_the_disk_before_the_chart_is_returned(
    garance: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = garance.journal.count(Stream.TRACE)
    made: list[int] = []
    real = OpenChart.__post_init__

    def watching(self: OpenChart) -> None:
        made.append(garance.journal.count(Stream.TRACE))
        real(self)

    monkeypatch.setattr(OpenChart, "__post_init__", watching)
    chart(garance)
    assert made == [before + 1]
    assert [(one.patient, one.what) for one in accesses(garance)][0] == (JEAN_BAPTISTE, "chart")


def test_no_trace_no_chart(garance: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    from lanterne.journal.errors import DiskFailed

    def fails(*_: object, **__: object) -> None:
        raise DiskFailed("the disk refused")

    garance.catch_up()
    monkeypatch.setattr(garance.journal, "write", fails)
    with pytest.raises(DiskFailed):
        chart(garance)


def test_a_trace_covers_ten_minutes_of_one_look(machine: Machine) -> None:
    clock = Clock()
    garance, traces = machine.open("Garance", clock=clock), Traces()
    held = garance.journal.count(Stream.TRACE)
    for seconds, patient, what, more in (
        (0, JEAN_BAPTISTE, "chart", 1),
        (5, JEAN_BAPTISTE, "chart", 0),
        (0, MADELEINE, "chart", 1),  # another patient
        (0, JEAN_BAPTISTE, "identity", 1),  # another purpose
        (0, JEAN_BAPTISTE, "chart", 0),
        (TRACE_COVERS_MS // 1000, JEAN_BAPTISTE, "chart", 1),
    ):
        clock.now += seconds * 1000
        open_chart(garance, traces, patient, what=what)
        held += more
        assert garance.journal.count(Stream.TRACE) == held
    clock.now -= 86_400_000  # a clock set back silences nothing
    open_chart(garance, traces, JEAN_BAPTISTE)
    assert garance.journal.count(Stream.TRACE) == held + 1


def test_another_session_traces_anew(garance: Record) -> None:
    chart(garance)
    held = garance.journal.count(Stream.TRACE)
    chart(garance, traces=Traces())
    assert garance.journal.count(Stream.TRACE) == held + 1


def test_the_secretary_opens_no_chart_and_leaves_no_trace_of_one(machine: Machine) -> None:
    ines = machine.open("Inès")
    with nothing_written(ines):
        for what in ("chart", "document", "history", "print"):
            with pytest.raises(NotAllowed):
                open_chart(ines, Traces(), JEAN_BAPTISTE, what=what)


def test_the_secretary_reads_who_it_is_and_nothing_medical(machine: Machine) -> None:
    garance, ines = machine.open("Garance"), machine.open("Inès")
    [written] = record(garance, WriteStatement(JEAN_BAPTISTE, NoteRecorded(text="Marqueur zinzolin"))).facts
    seen = open_chart(ines, Traces(), JEAN_BAPTISTE, what="identity")
    assert not seen.medical
    assert standing(seen, NoteRecorded) == []
    assert page(seen, [], limit=10) == []
    assert count_by_kind(seen) == {}
    for ask in (one, thread, withdrawals):
        with pytest.raises(UnknownFact):
            ask(seen, written)


def test_no_medical_row_lies_in_the_secretarys_tables(machine: Machine) -> None:
    garance, ines = machine.open("Garance"), machine.open("Inès")
    record(garance, WriteStatement(JEAN_BAPTISTE, NoteRecorded(text="Marqueur zinzolin")))
    ines.catch_up()
    assert ines.tables.name == "office"
    connection = ines.tables.read()
    kinds = {
        row[0]
        for row in connection.execute("SELECT DISTINCT k.name FROM fact f JOIN kind k ON k.no = f.kind")
    }
    assert kinds == {"patient.identified", "person.described", "practice.described"}
    assert connection.execute("SELECT count(*) FROM fact WHERE compartment <> 1").fetchone()[0] == 0
    dump = "".join(repr(row) for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
                   for row in connection.execute(f"SELECT * FROM {name}"))  # fmt: skip
    assert "zinzolin" not in dump
    assert "note.recorded" not in dump
    assert unread_count(ines) == 0, "what she may not read is no fault"


def unread_count(record_: Record) -> int:
    return int(record_.tables.read().execute("SELECT count(*) FROM unread").fetchone()[0])


def test_the_secretary_files_a_letter_she_cannot_read_back(machine: Machine) -> None:
    garance, ines = machine.open("Garance"), machine.open("Inès")
    letter = b"%PDF-1.7 compte rendu de coloscopie"
    kept = keep(ines, letter)
    described = DocumentFiled(
        blob=kept.blob,
        key=kept.key,
        size=kept.size,
        media_type=kept.media_type,
        title="Coloscopie",
        document_kind="letter",
    )
    [filed, received] = record(ines, FileDocument(JEAN_BAPTISTE, described)).facts
    kinds = {
        row[0] for row in ines.connection().execute("SELECT k.name FROM fact f JOIN kind k ON k.no = f.kind")
    }
    assert "document.received" in kinds, "she can prove that she filed it"
    assert "document.filed" not in kinds
    with pytest.raises(NotAllowed):
        chart(ines)
    read = one(chart(garance), filed)
    assert isinstance(read.body, DocumentFiled)
    assert read.body.title == "Coloscopie"
    assert content_of(garance, read.body) == letter
    assert received != filed


def test_personal_notes_are_their_authors(machine: Machine) -> None:
    garance, theo = machine.open("Garance"), machine.open("Théo")
    [shared] = record(theo, WriteStatement(JEAN_BAPTISTE, NoteRecorded(text="Sonner deux fois"))).facts
    [own] = record(
        theo, WriteStatement(JEAN_BAPTISTE, NoteRecorded(text="Il ment sur le tabac", personal=True))
    ).facts
    assert {item.id for item in standing(chart(theo), NoteRecorded)} == {shared, own}
    seen = chart(garance)
    assert [item.id for item in standing(seen, NoteRecorded)] == [shared]
    assert [item.id for item in page(seen, ["note.recorded"], limit=10)] == [shared]
    assert count_by_kind(seen) == {"note.recorded": 1}
    for ask in (one, thread, withdrawals):
        with pytest.raises(UnknownFact):
            ask(seen, own)


def test_an_open_chart_is_made_nowhere_else(garance: Record) -> None:
    seen = chart(garance)
    with pytest.raises(TypeError, match=r"practice\.reading"):
        OpenChart(
            seen.patient,
            seen.subjects,
            seen.connection,
            seen.reader,
            seen.person_of,
            medical=True,
            _maker=object(),
        )


def test_a_statement_is_read_from_its_own_chart_only(garance: Record) -> None:
    [hers] = record(garance, WriteStatement(MADELEINE, NoteRecorded(text="À elle"))).facts
    seen = chart(garance)
    for ask in (one, thread, withdrawals):
        with pytest.raises(UnknownFact):
            ask(seen, hers)


@pytest.mark.parametrize("unknown", ["ff" * 16, "0" * 32, "", "../../etc", "FF" * 20, "é" * 32])
def test_nobody_is_opened(garance: Record, unknown: str) -> None:
    with nothing_written(garance), pytest.raises(UnknownPatient):
        open_chart(garance, Traces(), PatientId(unknown))


def test_traces_are_read_by_administrators_and_page_by_place(machine: Machine) -> None:
    garance, theo = machine.open("Garance"), machine.open("Théo")
    with pytest.raises(NotAllowed):
        accesses(theo)
    for _ in range(3):
        chart(theo)
        chart(theo, MADELEINE)
    everything = accesses(garance)
    assert len(everything) == 6
    paged, before = [], None
    while found := accesses(garance, limit=2, before=before):
        paged += found
        before = found[-1].number
    assert paged == everything
    assert {one.patient for one in accesses(garance, patient=MADELEINE)} == {MADELEINE}
    assert accesses(garance, before=10**300)[:1] == everything[:1], "a number nobody gave is no fault"


def test_a_list_opened_concerns_nobody(garance: Record) -> None:
    trace(garance, Traces(), what="list")
    assert accesses(garance)[0].patient is None


def test_the_story_pages_without_losing_or_repeating(garance: Record) -> None:
    for number in range(7):  # several of one day, several of one entry
        write(
            garance,
            fact(NoteRecorded(text=f"a{number}"), at="2025-03-0" + str(1 + number % 2)),
            fact(NoteRecorded(text=f"b{number}"), at="2025-03-01"),
        )
    seen = chart(garance)
    whole = page(seen, ["note.recorded"], limit=100)
    assert len(whole) == 14
    walked, after = [], None
    while found := page(seen, ["note.recorded"], limit=3, after=after):
        walked += found
        after = (found[-1].day, found[-1].number)
    assert [item.id for item in walked] == [item.id for item in whole]
    assert page(seen, [], limit=5, after=("2025-03-01", 10**400))[:1]


def test_what_withdrew_a_fact_is_said(garance: Record) -> None:
    from lanterne.practice.chart.commands import MarkEnteredInError

    [note] = record(garance, WriteStatement(JEAN_BAPTISTE, NoteRecorded(text="Erreur"))).facts
    record(garance, MarkEnteredInError(JEAN_BAPTISTE, (note,), reason="mauvais patient"))
    [(_, seat, _, reason)] = withdrawals(chart(garance), note)
    assert (seat, reason) == (garance.seat.id, "mauvais patient")
    assert not standing(chart(garance), NoteRecorded)
    assert one(chart(garance), note).body == NoteRecorded(text="Erreur")


def test_a_frozen_chart_stays_as_it_was_opened(garance: Record) -> None:
    seen = chart(garance)
    with pytest.raises(TypeError):
        replace(seen, medical=False, _maker=None)


def test_a_fact_id_is_hex(garance: Record) -> None:
    with pytest.raises(UnknownFact):
        one(chart(garance), FactId("n’est pas un id"))


def test_a_look_that_cannot_be_traced_is_not_refused_and_the_gap_is_told(
    garance: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full and the reserve spent: care goes on, and the trace says so once space is back (DESIGN 2)."""
    traces = Traces()
    real = garance.journal.write

    def full(*arguments: object, **words: object) -> object:
        raise DiskFull("disk full while appending", doing="appending", errno="ENOSPC")

    monkeypatch.setattr(garance.journal, "write", full)
    assert open_chart(garance, traces, JEAN_BAPTISTE).medical
    assert open_chart(garance, traces, MADELEINE).medical
    assert traces.gap_looks == 2
    monkeypatch.setattr(garance.journal, "write", real)
    open_chart(garance, traces, JEAN_BAPTISTE)
    assert traces.gap_looks == 0
    told = [(one.what, one.object) for one in accesses(garance)]
    assert told[:2] == [("gap", "2"), ("chart", "")]
