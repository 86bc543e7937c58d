"""Favourites: one person's own, kept, changed, withdrawn."""

from __future__ import annotations

import pytest

from lanterne.practice.errors import NotAllowed, Refusal
from lanterne.practice.prescriptions.facts import Line, TemplateKept
from lanterne.practice.prescriptions.templates import KeepTemplate, WithdrawTemplate, templates_of
from lanterne.practice.record import Record
from lanterne.practice.recording import record as door
from tests.practice.stage import Machine, folded, nothing_written

LINE = Line(typed="paracétamol 1 g 3/j", substance="paracétamol", treatment="ab" * 16, before="?")
ANGINE = TemplateKept(person="", title="Angine", lines=[LINE])


def titles(record: Record) -> list[str]:
    return [one.body.title for one in templates_of(record.connection(), record.writer().person)]


def test_kept_changed_and_withdrawn(garance: Record) -> None:
    first = door(garance, KeepTemplate(ANGINE)).facts[0]
    [held] = templates_of(garance.connection(), garance.writer().person)
    assert (held.body.person, held.body.lines[0].treatment, held.body.lines[0].before) == (
        garance.writer().person,
        "",
        "",
    )
    changed = TemplateKept(person="", title="Angine, adulte", lines=[LINE])
    second = door(garance, KeepTemplate(changed, (first,))).facts[0]
    assert titles(garance) == ["Angine, adulte"]
    with nothing_written(garance), pytest.raises(Refusal) as refused:
        door(garance, KeepTemplate(changed, (first,)))
    assert refused.value.code == "template_gone"
    door(garance, WithdrawTemplate((second,)))
    assert titles(garance) == []
    assert len(folded(garance)) == 64


def test_they_are_nobody_elses(machine: Machine) -> None:
    garance, theo = machine.open("Garance"), machine.open("Théo")
    held = door(garance, KeepTemplate(ANGINE)).facts[0]
    assert titles(theo) == []
    for command in (KeepTemplate(ANGINE, (held,)), WithdrawTemplate((held,))):
        with nothing_written(theo), pytest.raises(Refusal) as refused:
            door(theo, command)
        assert refused.value.code == "template_of_another"
    with pytest.raises(NotAllowed):
        door(machine.open("Inès"), KeepTemplate(ANGINE))


@pytest.mark.parametrize(
    ("template", "code"),
    [
        (TemplateKept(person="", title=" ", lines=[LINE]), "field_missing"),
        (TemplateKept(person="", title="x" * 201, lines=[LINE]), "prescription_text_long"),
        (TemplateKept(person="", title="x", lines=[]), "prescription_empty"),
        (TemplateKept(person="", title="x", lines=[LINE], comment="x" * 2001), "prescription_text_long"),
        (TemplateKept(person="", title="x", lines=[LINE], renewals=-1), "value_not_in_list"),
    ],
)
def test_what_is_no_favourite(garance: Record, template: TemplateKept, code: str) -> None:
    with nothing_written(garance), pytest.raises(Refusal) as refused:
        door(garance, KeepTemplate(template))
    assert refused.value.code == code
