"""Two devices that prescribe without each other: nothing is lost, and both show the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from lanterne.practice.chart.statements import standing
from lanterne.practice.errors import Refusal
from lanterne.practice.prescriptions.commands import Prescribe
from lanterne.practice.prescriptions.facts import Line, PrescriptionIssued, Substance
from lanterne.practice.prescriptions.renewing import Renew
from lanterne.practice.record import Record
from lanterne.practice.recording import record as door
from lanterne.practice.treatments.facts import TreatmentRecorded
from lanterne.wire.names import FactId
from tests.cast import JEAN_BAPTISTE
from tests.practice.prescriptions.pharmacy import Pharmacy
from tests.practice.stage import Machine, Practice, chart, deliver, entries, folded


@pytest.fixture(autouse=True)
def pharmacy(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("knowing", "renewing"):
        monkeypatch.setattr(f"lanterne.practice.prescriptions.{module}.base_of", lambda look: Pharmacy())


def bisoprolol(strength: str, treatment: str = "") -> Line:
    return Line(
        typed=f"bisoprolol {strength} le matin", substance="bisoprolol", substances=[Substance(name="bisoprolol")],
        strength=strength, posology={"drug": "bisoprolol", "strength": strength, "moments": {"matin": 1}}, long_term=True,
        treatment=treatment,
    )  # fmt: skip


class Desks:
    """Dr Morel's machine and Dr Lambert's, which both know one treatment."""

    def __init__(self, practice: Practice, folder: Path) -> None:
        first = practice.machine(folder / "garance")
        self.garance = first.open("Garance")
        door(self.garance, Prescribe(JEAN_BAPTISTE, (bisoprolol("2,5 mg"),), duration_d=90))
        second = Machine(folder / "theo", practice.seats)
        practice.machine(folder / "theo")
        self.theo = second.open("Théo")
        self.meet()
        self.machines = (first, second)
        self.treatment = FactId(standing(chart(self.garance), TreatmentRecorded)[0].id)

    def meet(self) -> None:
        """Each receives what the other wrote."""
        both = entries(self.garance.journal, self.theo.journal)
        for record in (self.garance, self.theo):
            deliver(record.journal, both)
            record.catch_up()

    def agree(self) -> None:
        """Both show the same, and so does a machine that folds everything anew."""
        assert folded(self.garance) == folded(self.theo)
        before = folded(self.theo)
        self.theo.fold_anew()
        assert folded(self.theo) == before


@pytest.fixture
def desks(practice: Practice, tmp_path: Path) -> Desks:
    return Desks(practice, tmp_path)


def both(record: Record) -> list[PrescriptionIssued]:
    return [item.body for item in standing(chart(record), PrescriptionIssued) if item.body is not None]


def test_two_renewals_at_once_both_stand_and_the_list_is_as_it_was(desks: Desks) -> None:
    for record in (desks.garance, desks.theo):
        door(record, Renew(JEAN_BAPTISTE, duration_d=90))
    desks.meet()
    desks.agree()
    for record in (desks.garance, desks.theo):
        assert [body.renewal for body in both(record)] == [True, True, False]
        [treatment] = standing(chart(record), TreatmentRecorded)
        assert (treatment.id, treatment.conflict) == (desks.treatment, False)


def test_two_changes_at_once_are_two_versions_to_settle(desks: Desks) -> None:
    for record, strength in ((desks.garance, "5 mg"), (desks.theo, "1,25 mg")):
        changes = {desks.treatment: bisoprolol(strength)}
        door(record, Renew(JEAN_BAPTISTE, changes=changes, duration_d=90))
    desks.meet()
    desks.agree()
    for record in (desks.garance, desks.theo):
        assert len(both(record)) == 3
        found = standing(chart(record), TreatmentRecorded)
        assert sorted(item.body.substance for item in found if item.body) == [
            "bisoprolol 1,25 mg",
            "bisoprolol 5 mg",
        ]
        assert all(item.conflict for item in found)


def test_a_change_here_and_a_renewal_there(desks: Desks) -> None:
    """What one doctor renewed as it was, another changed meanwhile: the change stands, both prescriptions do."""
    door(desks.garance, Renew(JEAN_BAPTISTE, changes={desks.treatment: bisoprolol("5 mg")}, duration_d=90))
    door(desks.theo, Renew(JEAN_BAPTISTE, duration_d=90))
    desks.meet()
    desks.agree()
    [treatment] = standing(chart(desks.theo), TreatmentRecorded)
    assert treatment.body is not None
    assert (treatment.body.substance, treatment.conflict) == ("bisoprolol 5 mg", False)
    assert len(both(desks.theo)) == 3


def test_versions_to_settle_are_not_renewed(desks: Desks) -> None:
    test_two_changes_at_once_are_two_versions_to_settle(desks)
    with pytest.raises(Refusal) as refused:
        door(desks.garance, Renew(JEAN_BAPTISTE, duration_d=90))
    assert refused.value.code == "treatment_to_settle"
