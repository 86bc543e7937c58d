"""Two devices meet: what is to settle is shown to both, settled by a fact, and can be taken back."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from lanterne.practice.agenda import queries as agenda
from lanterne.practice.agenda.commands import Book, Move
from lanterne.practice.agenda.facts import AppointmentMoved
from lanterne.practice.agenda.rules import day_minutes
from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.chart.commands import Record as State
from lanterne.practice.chart.statements import standing, thread
from lanterne.practice.conflicts import queries
from lanterne.practice.conflicts.commands import (
    TellApart,
    UndoTellApart,
    Unsettle,
    keep,
    restored_id,
    settled_id,
)
from lanterne.practice.conflicts.queries import Doubt
from lanterne.practice.conflicts.rules import key, one_thing
from lanterne.practice.consultations.facts import ConsultationRecorded
from lanterne.practice.errors import NotAllowed, Refusal, UnknownFact
from lanterne.practice.kinds import Body, Coding
from lanterne.practice.patients.commands import RegisterPatient
from lanterne.practice.patients.facts import PatientIdentified
from lanterne.practice.patients.queries import identity
from lanterne.practice.patients.tying import DeclareDistinct, MergePatients, UndoDistinct, UndoMerge
from lanterne.practice.reading import Traces, open_doubts
from lanterne.practice.record import Record
from lanterne.practice.recording import record
from lanterne.practice.settling import settle_all
from lanterne.practice.treatments.facts import TreatmentRecorded
from lanterne.wire.names import FactId, PatientId, Stream
from lanterne.wire.part import Fact
from tests.cast import JEAN_BAPTISTE
from tests.practice import stage
from tests.practice.agenda.test_agenda import MONDAY, exchange, slot, to
from tests.practice.stage import MADELEINE, Clock, chart, deliver, entries, fact, nothing_written, write
from tests.practice.test_ahead import ahead_of

LONG_AGO = day_minutes(date(2000, 1, 1))[0]
Two = tuple[Record, Record]


@pytest.fixture
def two(practice: stage.Practice, tmp_path: Path) -> Two:
    """Dr Morel's device and Dr Lambert's, that do not hear each other."""
    return (
        practice.machine(tmp_path / "one").open("Garance"),
        practice.machine(tmp_path / "other").open("Théo"),
    )


def state(held: Record, body: Body, *, replaces: tuple[FactId, ...] = (), at: str | None = None) -> FactId:
    return record(held, State(JEAN_BAPTISTE, body, at, replaces)).facts[0]


def doubts(held: Record) -> list[Doubt]:
    return queries.of_chart(chart(held))


def said(held: Record) -> list[list[str]]:
    """What each doubt lists, in the words of its sides."""
    return [sorted(str(getattr(side.body, "posology", "") or getattr(side.body, "criticality", "")) for side in one.sides)
            for one in doubts(held)]  # fmt: skip


def counted(held: Record) -> int:
    held.catch_up()
    return queries.count(held.tables.read(), LONG_AGO, medical=True)


PENICILLIN = AllergyRecorded(substance="Pénicilline", criticality="high")
MILD = AllergyRecorded(substance="pénicillines", criticality="low")
MORNING = TreatmentRecorded(substance="Bisoprolol 2,5 mg", posology="1 le matin")
EVENING = TreatmentRecorded(substance="bisoprolol 5 mg", posology="1 le soir")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Pénicilline", "penicillines", True),
        ("Bisoprolol 2,5 mg", "BISOPROLOL 10 mg", True),
        ("Amoxicilline", "Pénicilline", False),
        ("Vitamine D3 100 000 UI", "Vitamine B12", False),
        ("", "", False),
        ("100 mg", "100 mg", False),
    ],
)
def test_one_thing_under_two_labels(one: str, other: str, same: bool) -> None:
    assert one_thing("treatment.recorded", ("", one), ("", other)) is same
    assert one_thing("treatment.recorded", ("C07AB07", one), ("C07AB07", other))
    assert len(key("allergy.recorded", "mot " * 400).split()) < 10


def test_two_allergies_written_apart_are_shown_to_both_with_their_authors(two: Two) -> None:
    one, other = two
    state(one, PENICILLIN)
    state(other, MILD)
    assert doubts(one) == doubts(other) == []
    exchange(one, other)
    for held in two:
        (doubt,) = doubts(held)
        assert doubt.kind == "allergy.recorded"
        assert {(side.body.criticality, side.seat) for side in doubt.sides} == {
            ("high", one.seat.id),
            ("low", other.seat.id),
        }
        (line,) = queries.charts(open_doubts(held, Traces()))
        assert (line.patient, line.kinds) == (JEAN_BAPTISTE, ("allergy.recorded",))
        assert counted(held) == 1


def test_what_was_written_knowing_of_the_other_is_no_doubt(two: Two) -> None:
    one, other = two
    first = state(one, MORNING)
    exchange(one, other)
    other.catch_up()
    state(other, EVENING)  # two lines of one medicine, on purpose
    exchange(one, other)
    assert doubts(one) == doubts(other) == []
    # Corrected on both sides at once: still the two lines that each knew of.
    one.catch_up()
    state(one, TreatmentRecorded(substance="Bisoprolol 2,5 mg", posology="1 à midi"), replaces=(first,))
    exchange(one, other)
    assert doubts(one) == doubts(other) == []
    # One hand, one device: knew.
    state(one, TreatmentRecorded(substance="Aspirine", posology="1 le matin"))
    state(one, TreatmentRecorded(substance="Aspirine", posology="1 le soir"))
    assert doubts(one) == []


def test_the_same_written_twice_is_no_doubt_and_another_chart_neither(two: Two) -> None:
    one, other = two
    state(one, PENICILLIN)
    state(other, AllergyRecorded(substance="Pénicilline", criticality="high", comment="dit par le patient"))
    record(one, State(MADELEINE, MORNING))
    state(other, EVENING)
    exchange(one, other)
    assert doubts(one) == []
    assert counted(one) == 0


def test_a_code_makes_one_thing_of_two_names(two: Two) -> None:
    one, other = two
    coding = Coding(system="http://www.whocc.no/atc", code="C07AB07")
    state(one, TreatmentRecorded(substance="Bisoprolol", coding=coding, posology="1 le matin"))
    state(other, TreatmentRecorded(substance="Cardensiel", coding=coding, posology="1 le soir"))
    exchange(one, other)
    assert said(one) == said(other) == [["1 le matin", "1 le soir"]]


def corrected_apart(one: Record, other: Record) -> FactId:
    """One allergy, corrected on both devices without knowing of each other."""
    first = state(one, AllergyRecorded(substance="Pénicilline"))
    exchange(one, other)
    other.catch_up()
    state(one, PENICILLIN, replaces=(first,))
    state(other, MILD, replaces=(first,))
    exchange(one, other)
    return first


def written_apart(one: Record, other: Record) -> None:
    state(one, PENICILLIN)
    state(other, MILD)
    exchange(one, other)


MADE: list[Callable[[Record, Record], object]] = [corrected_apart, written_apart]


@pytest.mark.parametrize("made", MADE)
def test_kept_alike_on_both_devices_it_is_one_fact(
    two: Two, made: Callable[[Record, Record], object]
) -> None:
    one, other = two
    made(one, other)
    for held in two:
        (doubt,) = doubts(held)
        kept = next(side.id for side in doubt.sides if side.body.criticality == "high")
        record(held, keep(held, JEAN_BAPTISTE, doubt, kept))
        assert doubts(held) == []
    exchange(one, other)
    for held in two:
        assert doubts(held) == []
        assert [item.body for item in standing(chart(held), AllergyRecorded)] == [PENICILLIN]
        ((settled, told),) = queries.settled_in(chart(held), 0)
        assert settled.what == "statement"
        assert {item.body.criticality for item in told} == {"high", "low"}
    assert stage.folded(one) == stage.folded(other)


@pytest.mark.parametrize("made", MADE)
def test_kept_otherwise_on_the_two_both_stand_and_are_shown_again(
    two: Two, made: Callable[[Record, Record], object]
) -> None:
    """Never one that loses the other: nobody chose between the two choices."""
    one, other = two
    made(one, other)
    for held, wanted in zip(two, ("high", "low"), strict=True):
        (doubt,) = doubts(held)
        kept = next(side.id for side in doubt.sides if side.body.criticality == wanted)
        record(held, keep(held, JEAN_BAPTISTE, doubt, kept))
    exchange(one, other)
    assert said(one) == said(other) == [["high", "low"]]


@pytest.mark.parametrize("made", MADE)
def test_a_third_value_replaces_both(two: Two, made: Callable[[Record, Record], object]) -> None:
    one, other = two
    made(one, other)
    (doubt,) = doubts(one)
    third = AllergyRecorded(substance="Amoxicilline", criticality="high")
    state(one, third, replaces=doubt.ids)
    exchange(one, other)
    for held in two:
        assert doubts(held) == []
        assert [item.body for item in standing(chart(held), AllergyRecorded)] == [third]


@pytest.mark.parametrize("made", MADE)
def test_taken_back_both_stand_again_as_they_were(two: Two, made: Callable[[Record, Record], object]) -> None:
    one, other = two
    made(one, other)
    (doubt,) = doubts(one)
    settlement = record(one, keep(one, JEAN_BAPTISTE, doubt, doubt.sides[0].id)).facts[0]
    exchange(one, other)
    for held in two:  # both take it back at once: it is one
        held.catch_up()
        record(held, Unsettle(settlement, JEAN_BAPTISTE, restored_id(held, settlement)))
        assert said(held) == [["high", "low"]]
        with pytest.raises(Refusal, match="conflict_undone"), nothing_written(held):
            record(held, Unsettle(settlement, JEAN_BAPTISTE, restored_id(held, settlement)))
    exchange(one, other)
    assert said(one) == said(other) == [["high", "low"]]
    assert queries.settled_in(chart(one), 0) == []
    assert len(standing(chart(one), AllergyRecorded)) == 2
    # And settled again the same way: another fact than the first time.
    (doubt,) = doubts(one)
    again = record(one, keep(one, JEAN_BAPTISTE, doubt, doubt.sides[0].id)).facts[0]
    assert again != settlement
    assert doubts(one) == []
    assert len(thread(chart(one), again)) >= 5


def test_nothing_is_taken_back_while_a_version_has_not_come(
    two: Two, practice: stage.Practice, tmp_path: Path
) -> None:
    """Stated again without it, the other allergy would be in no chart: it is named as replaced, by nobody left."""
    one, other = two
    state(one, PENICILLIN)
    state(other, MILD)
    exchange(one, other)
    (doubt,) = doubts(one)
    settlement = record(one, keep(one, JEAN_BAPTISTE, doubt, doubt.sides[0].id)).facts[0]
    everything = entries(one.journal)
    mine = [raw for raw in everything if _is_of(raw, one)]
    new = practice.machine(tmp_path / "new").open("Paul")
    deliver(new.journal, mine)
    assert [item.body.criticality for item in standing(chart(new), AllergyRecorded)]
    with pytest.raises(Refusal, match="conflict_unfinished"), nothing_written(new):
        record(new, Unsettle(settlement, JEAN_BAPTISTE, restored_id(new, settlement)))
    deliver(new.journal, everything)
    record(new, Unsettle(settlement, JEAN_BAPTISTE, restored_id(new, settlement)))
    assert said(new) == [["high", "low"]]


def _is_of(raw: bytes, held: Record) -> bool:
    return raw[6] == Stream.MEMBERS or held.seat.id in raw[:80].hex()


@pytest.mark.parametrize("made", MADE)
def test_both_hold_and_can_be_doubted_again(two: Two, made: Callable[[Record, Record], object]) -> None:
    one, other = two
    made(one, other)
    told = []
    for held in two:
        (doubt,) = doubts(held)
        told.append(record(held, TellApart(JEAN_BAPTISTE, doubt.ids)).facts[0])
        assert doubts(held) == []
        assert [item.conflict for item in standing(chart(held), AllergyRecorded)] == [False, False]
        with pytest.raises(Refusal, match="conflict_gone"), nothing_written(held):
            record(held, TellApart(JEAN_BAPTISTE, doubt.ids[:1]))
    exchange(one, other)
    assert doubts(one) == doubts(other) == []
    # Corrected since, each is still the one that was told apart.
    item = next(
        held for held in standing(chart(one), AllergyRecorded) if held.body and held.body.criticality == "low"
    )
    state(
        one,
        AllergyRecorded(substance="Pénicilline", criticality="low", reaction="rougeur"),
        replaces=(item.id,),
    )
    exchange(one, other)
    assert doubts(one) == doubts(other) == []
    record(other, UndoTellApart(JEAN_BAPTISTE, told[0]))  # takes back both facts that say so
    exchange(one, other)
    assert said(one) == said(other) == [["high", "low"]]
    with pytest.raises((Refusal, UnknownFact), match="conflict_undone"):
        record(one, UndoTellApart(JEAN_BAPTISTE, told[1]))


def test_a_consultation_corrected_on_both_is_to_settle(two: Two) -> None:
    one, other = two
    first = state(one, ConsultationRecorded(reason="toux"))
    exchange(one, other)
    other.catch_up()
    state(one, ConsultationRecorded(reason="toux", conclusion="bronchite"), replaces=(first,))
    state(other, ConsultationRecorded(reason="toux", conclusion="grippe"), replaces=(first,))
    exchange(one, other)
    for held in two:
        (doubt,) = doubts(held)
        assert {side.body.conclusion for side in doubt.sides} == {"bronchite", "grippe"}
    (doubt,) = doubts(one)
    kept = next(side for side in doubt.sides if side.body.conclusion == "grippe")
    record(one, keep(one, JEAN_BAPTISTE, doubt, kept.id))
    exchange(one, other)
    assert doubts(one) == doubts(other) == []
    assert [item.body for item in standing(chart(other), ConsultationRecorded)] == [kept.body]


def test_a_secretary_sees_what_is_of_the_office_alone(practice: stage.Practice, tmp_path: Path) -> None:
    one = practice.machine(tmp_path / "one").open("Garance")
    machine = practice.machine(tmp_path / "other")
    other, ines = machine.open("Théo"), machine.open("Inès")
    written_apart(one, other)
    record(one, Book(slot(one, "10:00")))
    ines.catch_up()
    record(ines, Book(slot(ines, "10:10", patient=MADELEINE)))
    exchange(one, ines)
    ines.catch_up()
    assert queries.count(ines.tables.read(), LONG_AGO, medical=False) == 1
    assert counted(one) == 2
    with pytest.raises(NotAllowed):
        open_doubts(ines, Traces())
    assert [one.what for one in queries.settled(ines.tables.read(), 0, medical=False)] == []


def test_the_list_is_traced_once_and_a_chart_when_it_is_opened(two: Two) -> None:
    one, other = two
    written_apart(one, other)
    before = stage.counted(one.journal)
    traces = Traces()
    open_doubts(one, traces)
    open_doubts(one, traces)
    one.journal.refresh()
    assert stage.counted(one.journal)["TRACE"] == before["TRACE"] + 1


def twice_registered(one: Record, other: Record) -> tuple[PatientId, PatientId]:
    held = []
    for device, given in ((one, "Chloé"), (other, "CHLOE")):
        new = PatientIdentified(
            birth_name="Vasseur", first_given=given, sex="female", birth_date="1991-05-12"
        )
        patient = PatientId(device.draw_id())
        record(device, RegisterPatient(new, patient=patient, confirmed_new=True))
        held.append(patient)
    return held[0], held[1]


def merging(held: Record, survivor: PatientId, absorbed: PatientId) -> MergePatients:
    connection = held.connection()
    shown = [identity(connection, who) for who in (survivor, absorbed)]
    return MergePatients(survivor, absorbed, *(who.fact for who in shown if who is not None))


def doubles(held: Record) -> list[set[PatientId]]:
    held.catch_up()
    return [
        {pair.one.patient, pair.other.patient}
        for pair in queries.office(held.tables.read(), LONG_AGO).doubles
    ]


def test_one_person_registered_on_two_devices(two: Two) -> None:
    one, other = two
    pair = twice_registered(one, other)
    assert doubles(one) == []
    exchange(one, other)
    assert doubles(one) == doubles(other) == [set(pair)]
    assert counted(one) == counted(other) == 1
    (double,) = queries.office(one.tables.read(), LONG_AGO).doubles
    assert {seat for seat, _at in double.registered} == {one.seat.id, other.seat.id}
    said_so = record(one, DeclareDistinct(*pair)).facts[0]
    exchange(one, other)
    assert doubles(one) == doubles(other) == []
    assert [found.what for found in queries.settled(other.tables.read(), 0, medical=True)] == ["two_persons"]
    record(other, UndoDistinct(pair[0], said_so))
    exchange(one, other)
    assert doubles(one) == doubles(other) == [set(pair)]
    # Merged both ways at once: one person, nothing left to settle.
    merges = [record(one, merging(one, *pair)).facts[0], record(other, merging(other, *pair[::-1])).facts[0]]
    exchange(one, other)
    assert doubles(one) == doubles(other) == []
    assert counted(one) == 0
    survivor = queries.settled(one.tables.read(), 0, medical=True)
    assert {found.fact for found in survivor} == set(merges)
    for done in merges:
        record(one, UndoMerge(pair[0], done))
    exchange(one, other)
    assert doubles(one) == doubles(other) == [set(pair)]


def test_an_old_suspicion_is_not_listed(two: Two) -> None:
    """Whoever registered the second knew the first: they were asked, and said it is another person."""
    one, other = two
    new = PatientIdentified(birth_name="Vasseur", first_given="Chloé", sex="female", birth_date="1991-05-12")
    record(one, RegisterPatient(new))
    exchange(one, other)
    other.catch_up()
    record(other, RegisterPatient(new, confirmed_new=True))
    exchange(one, other)
    assert doubles(one) == doubles(other) == []


def test_an_appointment_moved_twice_at_once_is_listed_kept_and_taken_back(two: Two) -> None:
    one, other = two
    first = slot(one, "10:00")
    booked = record(one, Book(first)).facts[0]
    exchange(one, other)
    other.catch_up()
    record(one, Move((booked,), to(first, "11:00")))
    record(other, Move((booked,), to(first, "16:00")))
    exchange(one, other)
    for held in two:
        held.catch_up()
        (moved,) = queries.office(held.tables.read(), LONG_AGO).moved
        assert counted(held) == 1
        ids = tuple(version.fact for version in moved.versions)
        kept = next(version for version in moved.versions if version.body.start.endswith("16:00"))
        body = AppointmentMoved(**{name: getattr(kept.body, name) for name in kept.body.__struct_fields__})
        record(held, Move(ids, body, id=settled_id(held, kept.fact, ids)))
    exchange(one, other)
    assert counted(one) == counted(other) == 0
    assert [held.body.start[11:] for held in agenda.day(one.tables.read(), MONDAY)] == ["16:00"]
    (settled,) = queries.settled(one.tables.read(), 0, medical=True)
    assert (settled.what, settled.patient) == ("moved", None)
    for held in two:
        record(held, Unsettle(settled.fact, None, restored_id(held, settled.fact)))
    exchange(one, other)
    assert counted(one) == counted(other) == 1
    assert [held.body.start[11:] for held in agenda.day(other.tables.read(), MONDAY)] == ["11:00", "16:00"]


def test_settling_what_moved_meanwhile_is_refused(two: Two) -> None:
    one, other = two
    written_apart(one, other)
    (doubt,) = doubts(one)
    state(one, MORNING)  # something else
    state(
        one,
        AllergyRecorded(substance="Pénicilline", criticality="high", reaction="choc"),
        replaces=doubt.ids[:1],
    )
    with pytest.raises(Refusal, match="changed_meanwhile"), nothing_written(one):
        record(one, keep(one, JEAN_BAPTISTE, doubt, doubt.sides[0].id))
    with pytest.raises(Refusal, match="conflict_gone"), nothing_written(one):
        record(one, TellApart(JEAN_BAPTISTE, doubt.ids))
    with pytest.raises(Refusal, match="conflict_gone"):
        keep(one, JEAN_BAPTISTE, doubt, FactId("ab" * 16))
    with pytest.raises(Refusal, match="other_patient"), nothing_written(one):
        record(one, TellApart(MADELEINE, doubt.ids))
    with pytest.raises(UnknownFact), nothing_written(one):
        record(one, Unsettle(doubt.ids[0], MADELEINE, restored_id(one, doubt.ids[0])))


def test_the_number_in_the_bar_walks_no_table(garance: Record) -> None:
    """Every page counts: whatever the number of patients, only what is in doubt is looked at."""
    garance.catch_up()
    connection = garance.tables.read()
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    queries.count(connection, LONG_AGO, medical=True)
    connection.set_trace_callback(None)
    plans = [str(row[3]) for query in asked for row in connection.execute(f"EXPLAIN QUERY PLAN {query}")]
    small = ("statement_in_conflict", "SCAN t", "SCAN c", "SCAN (subquery", "SCAN (join")
    walked = [line for line in plans if line.startswith("SCAN") and not any(word in line for word in small)]
    assert len(asked) >= 4
    assert walked == []


def shown(held: Record) -> dict[str, list[Any]]:
    """What is in doubt, by ids, as two devices can compare it."""
    connection = held.tables.read()
    return {
        "conflict": connection.execute(
            "SELECT f.id FROM statement s JOIN fact f ON f.no = s.fact WHERE s.conflict = 1 ORDER BY f.id"
        ).fetchall(),
        "twin": connection.execute(
            "SELECT min(f.id, g.id), max(f.id, g.id) FROM twin t JOIN fact f ON f.no = t.one JOIN fact g ON g.no = t.other"
            " ORDER BY 1, 2"
        ).fetchall(),
        "patients": connection.execute(
            "SELECT min(p.id, q.id), max(p.id, q.id) FROM patient_twin t JOIN subject p ON p.no = t.one"
            " JOIN subject q ON q.no = t.other ORDER BY 1, 2"
        ).fetchall(),
        "declared": connection.execute(
            "SELECT d.target, f.id FROM declared_distinct d JOIN fact f ON f.no = d.fact ORDER BY 1, 2"
        ).fetchall(),
        "heard": connection.execute(
            "SELECT c.seat, c.incarnation, o.seat, o.incarnation, h.other_seq, h.seq FROM heard h"
            " JOIN chain c ON c.no = h.chain JOIN chain o ON o.no = h.other ORDER BY 1, 2, 3, 4, 5, 6"
        ).fetchall(),
    }  # fmt: skip


def test_what_its_author_knew_may_come_later_than_what_he_wrote(
    two: Two, practice: stage.Practice, tmp_path: Path
) -> None:
    """An entry that came ahead seems not to know of another; the one before it, which names it, says otherwise."""
    one, other = two
    state(one, MORNING)
    exchange(one, other)
    other.catch_up()
    record(other, State(MADELEINE, AllergyRecorded(substance="Latex")))  # names what it knows
    state(other, EVENING)  # names nothing more
    raws = entries(one.journal, other.journal)
    last = [
        arrived.entry.raw
        for arrived in other.journal.since(Stream.CARE)
        if arrived.entry.head.seat == other.seat.id
    ][-1]
    reader = practice.machine(tmp_path / "reader").open("Garance")
    deliver(reader.journal, entries(one.journal))
    ahead_of(reader.journal, [last])
    assert said(reader) == [["1 le matin", "1 le soir"]]
    deliver(reader.journal, raws)
    assert said(reader) == []


def story(dice: random.Random, known: list[str]) -> tuple[Fact, PatientId]:
    """One fact, often about what others wrote."""
    told = dice.sample(known, k=min(len(known), dice.choice((1, 1, 2, 3))))
    word, strength = dice.choice(("Bisoprolol", "Aspirine", "Ramipril")), dice.choice((2, 5))
    patient = dice.choice((JEAN_BAPTISTE, JEAN_BAPTISTE, MADELEINE))
    id_ = dice.choice(known) if known and dice.random() < 0.05 else ""
    body: dict[str, Any] = {"substance": f"{word} {strength} mg", "posology": dice.choice(("matin", "soir"))}
    match dice.randrange(9):
        case 0 | 1 | 2:
            return fact("treatment.recorded", body, id=id_), patient
        case 3 | 4:
            return fact("treatment.recorded", body, replaces=told), patient
        case 5:
            return fact("chart.entered_in_error", {}, replaces=told[:1]), patient
        case 6:
            return fact("chart.distinct", {"statements": told}), patient
        case 7:
            return fact("chart.distinct_withdrawn", {}, replaces=told), patient
        case _:
            born = dice.choice(("1991-05-12", "1991-12-05", "1980-01-01"))
            new = {
                "birth_name": dice.choice(("Vasseur", "Vaseur")),
                "first_given": "Chloé",
                "birth_date": born,
            }
            return fact("patient.identified", new), PatientId(
                f"{dice.randrange(8):032x}".replace("0", "7", 1)
            )


@pytest.mark.parametrize("seed", range(5))
def test_any_order_gives_the_same_doubts(practice: stage.Practice, tmp_path: Path, seed: int) -> None:
    dice = random.Random(f"conflicts/{seed}")
    clock = Clock(stage.FOUNDED + 86_400_000)
    writers = [practice.machine(tmp_path / who).open(who, clock=clock) for who in ("Garance", "Paul", "Théo")]
    known: list[str] = []
    for _step in range(80):
        said_now, patient = story(dice, known)
        write(dice.choice(writers), said_now, patient=patient)
        known.append(said_now.id)
        if dice.random() < 0.15:
            exchange(*dice.sample(writers, k=2))
    raws = entries(*(held.journal for held in writers))
    expected: dict[str, list[Any]] = {}
    for order in range(4):
        reader = practice.machine(tmp_path / f"reader {order}").open("Garance", clock=Clock())
        reader.catch_up()
        for batch in stage.batches(raws, dice) if order else [raws]:
            if order > 1 and dice.random() < 0.5:
                ahead_of(reader.journal, batch)  # before what they stand on
            else:
                deliver(reader.journal, batch)
            if dice.random() < 0.6:
                reader.catch_up()
        deliver(reader.journal, raws)
        reader.catch_up()
        expected = expected or shown(reader)
        assert shown(reader) == expected
        with reader.tables.transaction() as connection:
            settle_all(connection)
        assert shown(reader) == expected
        reader.folder.rebuild()
        assert shown(reader) == expected
    assert len(expected["heard"]) > 10
    assert expected["conflict"] or expected["twin"]
