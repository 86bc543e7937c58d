"""Forms of figures: measures taken here, laboratory results typed by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from lanterne.desk.forms.base import ItemForm, moment_field
from lanterne.desk.forms.fields import NumberField, choice, words
from lanterne.practice.kinds import Body
from lanterne.practice.measures.facts import Component, MeasureRecorded
from lanterne.practice.results.facts import ResultRecorded
from lanterne.reference import laboratory, measures, units

# Those typed at most visits come first; the rest of the table follows on the same form.
USUAL = (
    "weight",
    "height",
    "systolic",
    "diastolic",
    "heart_rate",
    "temperature",
    "spo2",
    "waist",
    "head",
    "pain",
)
EVERY = (*USUAL, *(measure.key for measure in measures.ALL if measure.key not in USUAL))
IN_CONSULTATION = ("weight", "height", "systolic", "diastolic", "heart_rate", "temperature", "spo2")


def unit_text(unit: str) -> str:
    """A UCUM unit as French readers write it."""
    return units.shown(unit)


def measure_fields(keys: Iterable[str]) -> dict[str, NumberField]:
    """One number field per measure of the reference table."""
    fields = {}
    for key in keys:
        measure = measures.BY_KEY[key]
        unit = "" if measure.label.endswith(")") else unit_text(measure.unit)
        fields[key] = NumberField(label=f"{measure.label} ({unit})" if unit else measure.label)
    return fields


def components(values: dict[str, Any], keys: Iterable[str]) -> list[Component]:
    """The components of the fields that were filled."""
    found = []
    for key in keys:
        if values.get(key):
            measure = measures.BY_KEY[key]
            found.append(
                Component(code=measure.code, label=measure.label, value=values[key], unit=measure.unit)
            )
    return found


class MeasureForm(ItemForm):
    """What was measured, all at once."""

    noun = "measure"
    body_type = MeasureRecorded
    title = _("Nouvelles mesures")
    correct_title = _("Corriger les mesures")
    tight = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.update(measure_fields(EVERY))
        self.fields["at"] = moment_field(_("Date"))
        self.fields["comment"] = words(_("Commentaire"), rows=2, limit=2_000)
        self.fields["weight"].widget.attrs["autofocus"] = "autofocus"

    def body(self) -> Body:
        """See ItemForm.body; measures of the corrected statement that have no field here are kept."""
        kept = [c for c in self.initial.get("components", []) if measures.BY_CODE.get(c.code) is None]
        return MeasureRecorded(
            components=[*components(self.cleaned_data, EVERY), *kept], comment=self.cleaned_data["comment"]
        )

    @classmethod
    def initial_of(cls, body: Body, at: str | None) -> dict[str, Any]:
        """A field per component."""
        values = super().initial_of(body, at)
        for component in values["components"]:
            measure = measures.BY_CODE.get(component.code)
            if measure is not None:
                values[measure.key] = component.value
        return values


class ResultForm(ItemForm):
    """A laboratory result typed by hand."""

    noun = "result"
    body_type = ResultRecorded
    title = _("Nouveau résultat")
    correct_title = _("Corriger le résultat")

    label = words(_("Examen"), required=True, limit=200, autofocus="autofocus")
    comparator = choice(_("Signe"), [("", "="), ("<", "<"), (">", ">"), ("<=", "≤"), (">=", "≥")])
    value = words(_("Valeur"), required=True, limit=2_000)
    unit = words(_("Unité"), limit=40)
    low = NumberField(label=_("Borne basse"))
    high = NumberField(label=_("Borne haute"))
    flag = choice(
        _("Interprétation"),
        [
            ("", _("d’après les bornes")),
            ("N", _("Normal")),
            ("L", _("Bas")),
            ("H", _("Élevé")),
            ("LL", _("Très bas")),
            ("HH", _("Très élevé")),
            ("A", _("Anormal")),
        ],
    )
    at = moment_field(_("Date du prélèvement"))
    laboratory = words(_("Laboratoire"), limit=200)
    comment = words(_("Commentaire"), rows=2, limit=2_000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["label"].widget.attrs.update({"list": "tests", "data-suggest": "/references/examens"})

    def clean_value(self) -> str:
        """A number typed with a comma is stored with a point; words stay words."""
        typed = str(self.cleaned_data["value"])
        try:
            return NumberField(required=True).clean(typed)
        except forms.ValidationError:
            return typed

    def body(self) -> Body:
        """See ItemForm.body; a test of the reference list carries its LOINC code when the unit is the list's."""
        body = cast(ResultRecorded, super().body())
        known = next(
            (test for test in laboratory.every() if test.label.casefold() == body.label.casefold()), None
        )
        code = known.code if known is not None and body.unit in ("", known.unit) else ""
        if not code and body.label == self.initial.get("label"):
            code = str(self.initial.get("code", ""))
        names = body.__struct_fields__
        kept = {
            name: self.initial[name] for name in names if name in self.initial and name not in self.fields
        }
        stated = {name: getattr(body, name) for name in names if name in self.fields}
        return ResultRecorded(**{**kept, **stated, "code": code})
