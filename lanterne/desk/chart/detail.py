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
from lanterne.practice.treatments.commands import as_treatment
from lanterne.practice.treatments.facts import TreatmentProposed


def lines(item: Statement[Any]) -> list[tuple[str, str]]:
    """(label, value) of what is filled; the raw map of what a newer Lanterne wrote."""
    if item.body is None:
        return [(str(name), str(value)) for name, value in item.raw.items()]
    if isinstance(item.body, MeasureRecorded):
        found = [(c.label, f"{decimal(c.value)} {unit_text(c.unit)}") for c in item.body.components]
        return found + ([(_("Commentaire"), item.body.comment)] if item.body.comment else [])
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
