"""What a form states, and what a correction must not lose on the way."""

from __future__ import annotations

from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.kinds import Coding
from lanterne.practice.measures.facts import Component, MeasureRecorded
from lanterne.reference import measures
from tests.desk.stage import engine

engine()

from lanterne.desk.forms.base import ItemForm  # noqa: E402  Django is set up first
from lanterne.desk.forms.figures import MeasureForm  # noqa: E402
from lanterne.desk.forms.medical import AllergyForm  # noqa: E402

CODED = AllergyRecorded(
    substance="Amoxicilline", coding=Coding(system="urn:oid:2.16.840.1.113883.6.73", code="J01CA04", display="Amoxicilline")
)  # fmt: skip


def corrected(form_type: type[ItemForm], before: object, **changed: str) -> object:
    """The body after a correction that changes only these fields."""
    initial = form_type.initial_of(before, None)  # type: ignore[arg-type]
    shown = {name: "" if value is None else str(value) for name, value in initial.items()}
    form = form_type({**shown, **changed}, initial=initial)
    assert form.is_valid(), form.errors
    return form.body()


def test_a_code_survives_a_correction_that_leaves_its_words() -> None:
    after = corrected(AllergyForm, CODED, reaction="urticaire")
    assert isinstance(after, AllergyRecorded)
    assert (after.coding, after.reaction) == (CODED.coding, "urticaire")


def test_a_code_goes_with_the_words_it_coded() -> None:
    after = corrected(AllergyForm, CODED, substance="Latex")
    assert isinstance(after, AllergyRecorded)
    assert after.coding is None


def test_every_measure_survives_the_correction_of_one() -> None:
    before = MeasureRecorded(
        components=[
            Component(code=one.code, label=one.label, value="21", unit=one.unit) for one in measures.ALL
        ]
        + [Component(code="99999-9", label="D’une version plus récente", value="3", unit="1")]
    )
    weight = measures.BY_KEY["weight"].code
    after = corrected(MeasureForm, before, weight="72,5")
    assert isinstance(after, MeasureRecorded)
    values = {one.code: one.value for one in after.components}
    assert values == {one.code: "72.5" if one.code == weight else one.value for one in before.components}
