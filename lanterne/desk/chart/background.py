"""What lies behind a patient, in few lines: past problems, acts, family, way of life; and the vaccinations.

Law: nothing of it is as urgent as what stands above it on the page, so it flows as text, each item one click from its
history; "none" and "never asked" still differ, subject by subject.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lanterne.desk.chart import view
from lanterne.desk.chart.page import decimal, newer, provenance
from lanterne.desk.forms.medical import RELATIONS, TOPICS
from lanterne.desk.frame.build import day_only
from lanterne.desk.opening import Opened
from lanterne.practice.chart.statements import Statement, newest_of_each
from lanterne.practice.family.facts import FamilyRecorded
from lanterne.practice.immunizations.facts import ImmunizationRecorded
from lanterne.practice.lifestyle.facts import LifestyleRecorded
from lanterne.practice.problems.facts import ProblemRecorded
from lanterne.practice.procedures.facts import ProcedureRecorded

# Two lines of each subject: what leaves the whole summary above the fold at 1366 × 768.
CHARACTERS = 92
CHARACTERS_OF_VACCINES = 120
# Their words say nothing without their subject: "occasionnel".
BARE = ("tobacco", "alcohol", "drugs", "exposure", "activity", "diet")


def background(opened: Opened) -> tuple[view.PastLine, ...]:
    """Four subjects, each filled, looked for and none, or never asked."""
    of = opened.must_know.background
    lived = sorted(_only(of, LifestyleRecorded), key=_weight)
    return (
        _line(opened, _("Médicaux"), "problem", "problems", _only(of, ProblemRecorded), _problem),
        _line(opened, _("Actes"), "procedure", "procedures", _only(of, ProcedureRecorded), _procedure),
        _line(opened, _("Famille"), "family", "family", _only(of, FamilyRecorded), _family),
        _line(opened, _("Mode de vie"), "lifestyle", "lifestyle", lived, _lifestyle),
    )


def vaccinations(opened: Opened) -> view.PastLine:
    """The newest injection of each vaccine."""
    found = newest_of_each(opened.chart, ImmunizationRecorded)
    return _line(
        opened, _("Vaccinations"), "vaccination", "immunizations", found, _vaccine,
        characters=CHARACTERS_OF_VACCINES,
    )  # fmt: skip


def _weight(item: Statement[Any]) -> tuple[bool, int]:
    """What may harm first: a risk said to be one, then tobacco, alcohol and the like, then the rest."""
    topic = item.raw.get("topic")
    return not item.raw.get("at_risk"), BARE.index(topic) if topic in BARE else len(BARE)


def _only(found: Sequence[Statement[Any]], kind: type[Any]) -> list[Statement[Any]]:
    return [item for item in found if item.kind == kind.KIND]


def _line(
    opened: Opened, label: str, noun: str, section: str, found: Sequence[Statement[Any]],
    words: Callable[[Any, Statement[Any]], str], *, characters: int = CHARACTERS,
) -> view.PastLine:  # fmt: skip
    patient = opened.chart.patient
    items: list[view.PastItem] = []
    for item in found:
        text = words(item.body, item) if item.body is not None else newer(item)
        if items and sum(len(one.text) for one in items) + len(text) > characters:
            break
        items.append(view.PastItem(text, reverse("item", args=[patient, item.id])))
    empty = opened.must_know.empty_sections.get(section)  # type: ignore[call-overload]
    # Nobody lives in no way; and "aucun problème" was said of active and past ones together: it does not
    # speak of the past once one is active.
    silent = section == "lifestyle" or (section == "problems" and bool(opened.must_know.problems))
    return view.PastLine(
        label=label,
        items=tuple(items),
        looked_for=provenance(opened, empty) if empty is not None and not items else None,
        hidden=len(found) - len(items),
        all_url=reverse("timeline", args=[patient]) + f"?genre={noun}",
        add_url=reverse("item-add", args=[patient, noun]) if opened.may_write else "",
        none_url=reverse("section-none", args=[patient, section]) if opened.may_write and not silent else "",
    )


def _dated(label: str, *dates: str) -> str:
    """A label and the year of the first date known: the month of an operation of 1987 helps nobody at a glance."""
    year = next((one[:4] for one in dates if one), "")
    return f"{label} ({year})" if year else label


def _problem(body: ProblemRecorded, item: Statement[Any]) -> str:
    label = (
        _("%(label)s, en rémission") % {"label": body.label} if body.clinical == "remission" else body.label
    )
    return _dated(label, body.onset, body.abatement)


def _procedure(body: ProcedureRecorded, item: Statement[Any]) -> str:
    return _dated(body.label, item.at or "")


def _family(body: FamilyRecorded, item: Statement[Any]) -> str:
    parts = [_("%(age)s ans") % {"age": body.age_at_onset}] if body.age_at_onset >= 0 else []
    parts += [_("décès")] if body.died_of_it else []
    said = f"{RELATIONS[body.relation]} : {body.label}"
    return f"{said} ({', '.join(parts)})" if parts else said


def _lifestyle(body: LifestyleRecorded, item: Statement[Any]) -> str:
    amount = f"{decimal(body.quantity)} {body.unit}".strip() if body.quantity else ""
    said = ", ".join(part for part in (body.label, amount) if part)
    return f"{TOPICS[body.topic]} : {said}" if body.topic in BARE else said


def _vaccine(body: ImmunizationRecorded, item: Statement[Any]) -> str:
    if body.status != "completed":
        return _("%(vaccine)s : non fait") % {"vaccine": body.vaccine}
    when = day_only(item.day).text
    return f"{body.vaccine} {when[3:] if len(when) == 10 else when}"
