"""A statement field by field, in the words of its form: for its own page and its earlier versions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _

from lanterne.desk.chart.page import decimal
from lanterne.desk.forms.fields import NumberField, WhenField, french
from lanterne.desk.forms.figures import unit_text
from lanterne.desk.forms.registry import FORMS
from lanterne.practice.chart.statements import Statement
from lanterne.practice.measures.facts import MeasureRecorded
from lanterne.practice.prescriptions.checks.sentences import (
    CHECKS,
    SEVERITIES,
    fired_sentence,
    unchecked_sentence,
)
from lanterne.practice.prescriptions.facts import PrescriptionIssued
from lanterne.practice.prescriptions.rules import ORDERS
from lanterne.practice.treatments.commands import as_treatment
from lanterne.practice.treatments.facts import TreatmentProposed


def lines(item: Statement[Any]) -> list[tuple[str, str]]:
    """(label, value) of what is filled; the raw map of what a newer Lanterne wrote."""
    if item.body is None:
        return [(str(name), str(value)) for name, value in item.raw.items()]
    if isinstance(item.body, MeasureRecorded):
        found = [(c.label, f"{decimal(c.value)} {unit_text(c.unit)}") for c in item.body.components]
        return found + ([(_("Commentaire"), item.body.comment)] if item.body.comment else [])
    if isinstance(item.body, PrescriptionIssued):
        return _prescription(item.body)
    body = as_treatment(item.body) if isinstance(item.body, TreatmentProposed) else item.body
    form = next((form for form in FORMS.values() if form.body_type is type(body)), None)
    if form is None:
        return [(str(name), str(value)) for name, value in item.raw.items() if name not in ("key", "blob")]
    shown = []
    values = form.initial_of(body, item.at)
    for name, field in form().fields.items():
        value = _shown(field, values.get(name))
        if value:
            shown.append((str(field.label), value))
    if item.code:
        shown.append((_("Code"), item.code))
    return shown


def _prescription(body: PrescriptionIssued) -> list[tuple[str, str]]:
    """Its lines, what the checks found and why it was passed, and what was not checked."""
    found = [(_("Genre"), _(ORDERS[body.order]))]
    for line in body.lines:
        name = " ".join(part for part in (line.substance or line.brand or line.typed, line.strength) if part)
        brand = f"({line.brand})" if line.brand and line.substance else ""
        marks = [_("au long cours")] if line.long_term else []
        marks += [_("ALD")] if line.ald else []
        marks += (
            [_("non substituable (%(reason)s)") % {"reason": line.reason}] if line.non_substitutable else []
        )
        marks += [_("avant : %(before)s") % {"before": line.before}] if line.before else []
        said = ", ".join(part for part in (line.words, line.quantity, *marks) if part)
        found.append((" ".join(part for part in (name, brand) if part), said or line.typed))
    if body.duration_d:
        found.append((_("Durée"), _("%(days)s jours") % {"days": body.duration_d}))
    if body.renewals:
        found.append((_("Renouvellements"), str(body.renewals)))
    if body.comment:
        found.append((_("Commentaire"), body.comment))
    for fired in body.fired:
        why = fired_sentence(fired, _)
        if fired.passed:
            why = _("%(why)s Passé outre : %(reason)s") % {"why": why, "reason": fired.passed}
        found.append((_(SEVERITIES[fired.severity]), why))
    found += [(_(CHECKS[one.check]), unchecked_sentence(one, _)) for one in body.unchecked]
    return found


def choices_of(field: forms.ChoiceField) -> list[tuple[str, str]]:
    """Value and words of each choice; our fields have no groups."""
    held = list(cast("Iterable[tuple[object, object]]", field.choices))
    return [(str(value), str(words)) for value, words in held]


def _shown(field: forms.Field, value: object) -> str:
    if isinstance(field, forms.BooleanField):
        return _("oui") if value else ""
    if value in (None, ""):
        return ""
    if isinstance(field, forms.ChoiceField):
        return dict(choices_of(field)).get(str(value), str(value))
    if isinstance(field, WhenField):
        return french(str(value))
    return decimal(str(value)) if isinstance(field, NumberField) else str(value)
