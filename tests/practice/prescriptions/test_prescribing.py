"""Prescribing through the door: what is written, what is refused, what becomes of the list of treatments."""

from __future__ import annotations

from typing import Any

import pytest

from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.chart.commands import Record as State
from lanterne.practice.chart.commands import StateNoneKnown
from lanterne.practice.chart.statements import one, standing
from lanterne.practice.errors import NotAllowed, Refusal
from lanterne.practice.kinds import Coding
from lanterne.practice.prescriptions import understanding
from lanterne.practice.prescriptions.checks.answers import key_of
from lanterne.practice.prescriptions.commands import Prescribe, ReasonNeeded, Withdraw
from lanterne.practice.prescriptions.facts import Line, PrescriptionIssued, Substance
from lanterne.practice.prescriptions.queries import last_change, prescriptions, preview, renewable
from lanterne.practice.prescriptions.renewing import Renew, StopTreatment
from lanterne.practice.record import Record
from lanterne.practice.recording import record as door
from lanterne.practice.treatments.facts import TreatmentRecorded
from lanterne.wire.names import FactId
from tests.cast import JEAN_BAPTISTE
from tests.practice.prescriptions.pharmacy import Pharmacy
from tests.practice.stage import Machine, chart, counted, fact, folded, nothing_written, write

ID = FactId("5a" * 16)


@pytest.fixture(autouse=True)
def pharmacy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The base of these tests."""
    for module in ("knowing", "renewing"):
        monkeypatch.setattr(f"lanterne.practice.prescriptions.{module}.base_of", lambda look: Pharmacy())
    assert understanding.base_of


def asked(name: str, strength: str = "5 mg", **said: Any) -> Line:
    """One tablet in the morning, three months, unless said."""
    posology = said.pop("posology", {"moments": {"matin": 1}, "duration_d": 90})
    return Line(
        typed=f"{name} {strength}", substance=name, substances=[Substance(name=name)], strength=strength,
        posology={"drug": name, "strength": strength, **posology}, **said,
    )  # fmt: skip


def prescribe(record: Record, *lines: Line, **said: Any) -> PrescriptionIssued:
    """Prescribed, and read back from the chart."""
    written = door(record, Prescribe(JEAN_BAPTISTE, lines, **said))
    body = one(chart(record), written.facts[0]).body
    assert isinstance(body, PrescriptionIssued)
    return body


def listed(record: Record) -> dict[str, TreatmentRecorded]:
    """The list of treatments, by substance; of several versions in conflict, any."""
    return {
        item.body.substance: item.body for item in standing(chart(record), TreatmentRecorded) if item.body
    }


def ids(record: Record) -> dict[str, FactId]:
    return {item.body.substance: item.id for item in standing(chart(record), TreatmentRecorded) if item.body}


# ---------------------------------------------------------------------- one prescription


def test_a_prescription_and_its_treatment_are_one_entry(garance: Record) -> None:
    before = counted(garance.journal)["CARE"]
    body = prescribe(garance, asked("bisoprolol", long_term=True, ald=True), id=ID)
    assert counted(garance.journal)["CARE"] == before + 1
    assert (body.title, body.order, body.lines[0].ald) == ("bisoprolol", "medicines", True)
    assert body.lines[0].coding == Coding(
        system="http://www.whocc.no/atc", code="C07AB07", display="bisoprolol"
    )
    assert body.base is not None
    assert (body.base.dated, body.base.starter) == ("2026-11-01", False)
    treatment = listed(garance)["bisoprolol 5 mg"]
    assert (treatment.long_term, treatment.until, treatment.since) == (True, "", "2026-01-02")
    assert body.lines[0].treatment == ids(garance)["bisoprolol 5 mg"]


def test_a_form_sent_twice_prescribes_once(garance: Record) -> None:
    command = Prescribe(JEAN_BAPTISTE, (asked("bisoprolol"),), id=ID)
    first = door(garance, command)
    with nothing_written(garance):
        assert door(garance, command).facts[0] == first.facts[0]


def test_a_short_course_leaves_the_list_by_itself(garance: Record) -> None:
    prescribe(
        garance, asked("amoxicilline", "1 g", posology={"dose": 1, "times_per_day": 3, "duration_d": 6})
    )
    assert (listed(garance)["amoxicilline 1 g"].until, listed(garance)["amoxicilline 1 g"].long_term) == (
        "2026-01-07",
        False,
    )


def test_a_number_of_boxes_alone_ends_within_the_month(garance: Record) -> None:
    prescribe(
        garance,
        asked("paracétamol", "1 g", quantity="2 boîtes", posology={"as_needed": True, "max_per_day": 3}),
    )
    treatment = listed(garance)["paracétamol 1 g"]
    assert (treatment.until, treatment.as_needed) == ("2026-01-31", True)
    assert treatment.comment.startswith("Fin estimée")


def test_no_treatment_known_is_no_longer_said(garance: Record) -> None:
    door(garance, StateNoneKnown(JEAN_BAPTISTE, "treatments"))
    body = prescribe(garance, asked("bisoprolol"))
    assert "treatments_never_filled" not in {said.code for said in body.unchecked}
    assert len(folded(garance)) == 64


def test_decimals_are_kept(garance: Record) -> None:
    body = prescribe(
        garance, asked("bisoprolol", posology={"dose": "0.5", "times_per_day": 1, "duration_d": 8})
    )
    assert body.lines[0].posology["dose"] == "0.5"


def test_another_order_is_text_and_touches_no_treatment(garance: Record) -> None:
    body = prescribe(garance, Line(typed="NFS, créatinine, kaliémie à jeun"), order="laboratory")
    assert (body.title, body.fired, body.unchecked, listed(garance)) == (
        "NFS, créatinine, kaliémie à jeun",
        [],
        [],
        {},
    )


@pytest.mark.parametrize(
    ("lines", "said", "code"),
    [
        ((), {}, "prescription_empty"),
        ((asked("bisoprolol"),) * 31, {}, "prescription_long"),
        ((Line(typed="?"),), {}, "prescription_drug_missing"),
        ((Line(typed="bisoprolol", substance="bisoprolol"),), {}, "prescription_posology_missing"),
        ((Line(typed="x", substance="x", words="1 le matin"),), {}, "prescription_posology_missing"),
        ((asked("bisoprolol", posology={"dose": ["a"]}),), {}, "prescription_posology_missing"),
        ((asked("bisoprolol", posology={"dose": 1}),), {}, "prescription_length_missing"),
        ((asked("bisoprolol"),), {"renewals": 5}, "prescription_too_long"),
        ((asked("bisoprolol", non_substitutable=True),), {}, "prescription_not_substitutable"),
        ((asked("bisoprolol"),), {"comment": "x" * 2001}, "prescription_text_long"),
        ((asked("bisoprolol", quantity="x" * 501),), {}, "prescription_text_long"),
        ((asked("bisoprolol"),), {"reasons": {"a": "x" * 501}}, "prescription_text_long"),
        ((asked("bisoprolol"),), {"duration_d": -1}, "value_not_in_list"),
        ((asked("bisoprolol", treatment="ab" * 16),), {}, "treatment_gone"),
    ],
)
def test_what_is_no_prescription(
    garance: Record, lines: tuple[Line, ...], said: dict[str, Any], code: str
) -> None:
    with nothing_written(garance), pytest.raises(Refusal) as refused:
        door(garance, Prescribe(JEAN_BAPTISTE, lines, **said))
    assert refused.value.code == code


def test_the_generic_command_prescribes_nothing(garance: Record) -> None:
    body = PrescriptionIssued(order="medicines", lines=[asked("bisoprolol")], title="x", prescriber="a" * 32)
    with pytest.raises(Refusal) as refused:
        door(garance, State(JEAN_BAPTISTE, body))
    assert refused.value.code == "prescription_another_way"


# ---------------------------------------------------------------------- reasons


def _allergic(record: Record) -> None:
    door(record, State(JEAN_BAPTISTE, AllergyRecorded(substance="Pénicillines")))


def test_a_contraindication_needs_a_reason_and_keeps_it(garance: Record) -> None:
    _allergic(garance)
    line = asked("amoxicilline", "1 g")
    with nothing_written(garance), pytest.raises(ReasonNeeded) as refused:
        door(garance, Prescribe(JEAN_BAPTISTE, (line,)))
    [key] = refused.value.missing
    for reason in ("", "  ", "ok"):
        with nothing_written(garance), pytest.raises(ReasonNeeded):
            door(garance, Prescribe(JEAN_BAPTISTE, (line,), reasons={key: reason}))
    body = prescribe(garance, line, reasons={key: "Testé en 2025, tolérée."})
    [found] = [said for said in body.fired if said.check == "allergy"]
    assert (found.severity, found.passed, key_of(found)) == (
        "contraindicated",
        "Testé en 2025, tolérée.",
        key,
    )


def test_a_reason_passes_what_it_was_written_for_and_nothing_else(garance: Record) -> None:
    _allergic(garance)
    with pytest.raises(ReasonNeeded) as refused:
        door(garance, Prescribe(JEAN_BAPTISTE, (asked("amoxicilline", "1 g"),)))
    reasons = dict.fromkeys(refused.value.missing, "Tolérée depuis")
    prescribe(garance, asked("simvastatine", "20 mg", long_term=True))
    both = (asked("amoxicilline", "1 g"), asked("clarithromycine", "500 mg"))
    with nothing_written(garance), pytest.raises(ReasonNeeded) as again:
        door(garance, Prescribe(JEAN_BAPTISTE, both, reasons=reasons))
    assert len(again.value.missing) == 1
    assert not set(again.value.missing) & set(reasons)


def test_what_was_not_checked_is_written(garance: Record) -> None:
    body = prescribe(garance, asked("bisoprolol"))
    said = {(item.check, item.code) for item in body.unchecked}
    assert {("allergy", "allergies_never_filled"), ("interaction", "treatments_never_filled")} <= said


def test_what_is_discouraged_or_asks_for_care_stops_nobody(garance: Record) -> None:
    prescribe(garance, asked("warfarine", long_term=True), asked("ramipril", long_term=True))
    body = prescribe(garance, asked("ibuprofène", "400 mg"))
    severities = [item.severity for item in body.fired if item.check == "interaction"]
    assert severities == ["discouraged", "precaution"]


# ---------------------------------------------------------------------- the list of treatments


def test_a_change_of_dose_replaces_and_says_what_was_before(garance: Record) -> None:
    prescribe(garance, asked("bisoprolol", "2,5 mg", long_term=True))
    first = ids(garance)["bisoprolol 2,5 mg"]
    body = prescribe(garance, asked("bisoprolol", "5 mg", long_term=True, treatment=first))
    assert body.lines[0].treatment != first
    assert body.lines[0].before
    assert list(listed(garance)) == ["bisoprolol 5 mg"]
    assert not one(chart(garance), first).live


def test_a_line_that_changes_nothing_writes_nothing_on_the_list(garance: Record) -> None:
    prescribe(garance, asked("bisoprolol", long_term=True))
    first = ids(garance)["bisoprolol 5 mg"]
    longer = {"moments": {"matin": 1}, "duration_d": 30, "renewals": 2}
    body = prescribe(garance, asked("bisoprolol", long_term=True, treatment=first, posology=longer))
    assert body.lines[0].treatment == first
    assert ids(garance) == {"bisoprolol 5 mg": first}


def test_the_whole_treatment_is_renewed_in_one_entry(garance: Record) -> None:
    prescribe(
        garance, asked("bisoprolol", long_term=True), asked("ramipril", long_term=True), asked("simvastatine", long_term=True)
    )  # fmt: skip
    held = ids(garance)
    before = counted(garance.journal)["CARE"]
    written = door(
        garance,
        Renew(
            JEAN_BAPTISTE, duration_d=28, renewals=2,
            changes={held["ramipril 5 mg"]: asked("ramipril", "10 mg", long_term=True)},
            stops={held["simvastatine 5 mg"]: "myalgies"}, added=(asked("paracétamol", "1 g"),),
        ),
    )  # fmt: skip
    assert counted(garance.journal)["CARE"] == before + 1
    body = one(chart(garance), written.facts[0]).body
    assert body.renewal
    assert {line.substance: line.strength for line in body.lines} == {
        "ramipril": "10 mg", "bisoprolol": "5 mg", "paracétamol": "1 g",
    }  # fmt: skip
    carried = next(line for line in body.lines if line.substance == "bisoprolol")
    assert carried.treatment == held["bisoprolol 5 mg"]
    assert carried.posology == {"drug": "bisoprolol", "strength": "5 mg", "moments": {"matin": 1}}
    stopped = next(
        item.body for item in standing(chart(garance), TreatmentRecorded) if item.body.status == "stopped"
    )
    assert (stopped.substance, stopped.stop_reason) == ("simvastatine 5 mg", "myalgies")
    assert "ramipril 10 mg" in listed(garance)


def test_what_is_left_out_goes_on(garance: Record) -> None:
    prescribe(garance, asked("bisoprolol", long_term=True), asked("ramipril", long_term=True))
    held = ids(garance)
    written = door(garance, Renew(JEAN_BAPTISTE, left_out=frozenset({held["ramipril 5 mg"]}), duration_d=90))
    assert [line.substance for line in one(chart(garance), written.facts[0]).body.lines] == ["bisoprolol"]
    assert ids(garance) == held


def test_a_treatment_in_the_words_of_a_document_is_carried_on_in_them(garance: Record) -> None:
    identifier = FactId(
        write(garance, fact(TreatmentRecorded(substance="Granules", posology="au besoin des jours")))[0]
    )
    written = door(garance, Renew(JEAN_BAPTISTE, duration_d=90))
    body = one(chart(garance), written.facts[0]).body
    assert (body.lines[0].words, body.lines[0].posology, body.lines[0].treatment) == (
        "au besoin des jours",
        {},
        identifier,
    )
    assert ("dose", "substance_unknown") in {(said.check, said.code) for said in body.unchecked}
    assert ids(garance) == {"Granules": identifier}


def test_the_words_of_a_document_are_not_put_into_other_words(garance: Record) -> None:
    identifier = write(
        garance, fact(TreatmentRecorded(substance="Granules", posology="au besoin des jours"))
    )[0]
    line = Line(typed="Granules", substance="Granules", words="trois fois plus", treatment=identifier)
    with nothing_written(garance), pytest.raises(Refusal) as refused:
        door(garance, Prescribe(JEAN_BAPTISTE, (line,), duration_d=30))
    assert refused.value.code == "prescription_posology_missing"


def test_nothing_to_renew(garance: Record) -> None:
    with pytest.raises(Refusal) as refused:
        door(garance, Renew(JEAN_BAPTISTE))
    assert refused.value.code == "nothing_to_renew"


def test_stopping_asks_for_a_reason_and_is_remembered(garance: Record) -> None:
    prescribe(garance, asked("ramipril", long_term=True))
    treatment = ids(garance)["ramipril 5 mg"]
    with nothing_written(garance), pytest.raises(Refusal) as refused:
        door(garance, StopTreatment(JEAN_BAPTISTE, treatment, " "))
    assert refused.value.code == "field_missing"
    door(garance, StopTreatment(JEAN_BAPTISTE, treatment, "toux", intolerance=True))
    stopped = standing(chart(garance), TreatmentRecorded)[0].body
    assert stopped is not None
    assert (stopped.status, stopped.until, stopped.stop_reason) == (
        "stopped",
        "2026-01-02",
        "Intolérance\u00a0: toux",
    )
    body = prescribe(garance, asked("ramipril", "2,5 mg"))
    assert ("intolerance", "stopped") in {(said.check, said.code) for said in body.fired}
    with pytest.raises(Refusal) as gone:
        door(garance, StopTreatment(JEAN_BAPTISTE, treatment, "toux"))
    assert gone.value.code == "treatment_gone"


def test_withdrawing_takes_back_what_it_started_and_what_it_changed(garance: Record) -> None:
    prescribe(garance, asked("bisoprolol", "2,5 mg", long_term=True))
    before = ids(garance)["bisoprolol 2,5 mg"]
    written = door(
        garance,
        Prescribe(
            JEAN_BAPTISTE, (asked("bisoprolol", "5 mg", long_term=True, treatment=before), asked("ramipril"))
        ),
    )
    door(garance, Withdraw(JEAN_BAPTISTE, written.facts[0], "mauvais patient"))
    assert list(listed(garance)) == ["bisoprolol 2,5 mg"]
    assert not one(chart(garance), written.facts[0]).live
    with pytest.raises(Refusal) as refused:
        door(garance, Withdraw(JEAN_BAPTISTE, written.facts[0]))
    assert refused.value.code == "prescription_gone"


def test_withdrawing_leaves_what_somebody_decided_since(garance: Record) -> None:
    written = door(garance, Prescribe(JEAN_BAPTISTE, (asked("ramipril", long_term=True),)))
    door(garance, StopTreatment(JEAN_BAPTISTE, ids(garance)["ramipril 5 mg"], "toux"))
    door(garance, Withdraw(JEAN_BAPTISTE, written.facts[0]))
    assert [item.body.status for item in standing(chart(garance), TreatmentRecorded) if item.body] == [
        "stopped"
    ]


# ---------------------------------------------------------------------- rights


def test_who_prescribes(machine: Machine) -> None:
    line = asked("bisoprolol")
    assert prescribe(machine.open("Théo"), line).prescriber
    paul = machine.open("Paul")
    with nothing_written(paul), pytest.raises(Refusal) as refused:
        door(paul, Prescribe(JEAN_BAPTISTE, (line,)))
    assert refused.value.code == "prescription_not_of_role"
    assert prescribe(paul, Line(typed="Compresses stériles 10 × 10"), order="device").order == "device"
    with pytest.raises(NotAllowed):
        door(machine.open("Inès"), Prescribe(JEAN_BAPTISTE, (line,)))


# ---------------------------------------------------------------------- what pages ask


def test_the_last_change_of_a_dose_is_seen(garance: Record) -> None:
    prescribe(garance, asked("bisoprolol", "2,5 mg", long_term=True))
    first = ids(garance)["bisoprolol 2,5 mg"]
    assert last_change(chart(garance), first) is None
    prescribe(garance, asked("bisoprolol", "5 mg", long_term=True, treatment=first))
    now = ids(garance)["bisoprolol 5 mg"]
    changed = last_change(chart(garance), now)
    assert changed is not None
    assert changed.before.startswith("bisoprolol 2,5 mg")
    assert changed.day[:10] == "2026-01-02"


def test_what_the_door_would_say_is_what_it_says(garance: Record) -> None:
    _allergic(garance)
    command = Prescribe(JEAN_BAPTISTE, (asked("amoxicilline", "1 g"),))
    opened = chart(garance)
    with nothing_written(garance):
        seen = preview(opened, garance, command)
        with pytest.raises(ReasonNeeded) as refused:
            door(garance, command)
    assert seen.outcome == refused.value.outcome
    assert seen.lines[0].coding is not None


def test_prescriptions_of_a_chart_newest_first(garance: Record) -> None:
    for name in ("bisoprolol", "ramipril"):
        prescribe(garance, asked(name))
    assert [item.body.title for item in prescriptions(chart(garance)) if item.body] == [
        "ramipril",
        "bisoprolol",
    ]
    assert renewable(chart(garance), garance, common_length=True) == []
