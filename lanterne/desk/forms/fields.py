"""Fields as French people type: dates at the precision known, numbers with a comma. A refusal quotes what was typed."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lanterne.practice.chart.when import earliest
from lanterne.practice.errors import Refusal

PARIS = ZoneInfo("Europe/Paris")

_YEAR = re.compile(r"^\d{4}$")
_MONTH = re.compile(r"^(\d{1,2})[/.\- ](\d{4})$")
_DAY = re.compile(r"^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})$")
_COMPACT = re.compile(r"^(\d{2})(\d{2})(\d{4})$")
_NUMBER = re.compile(r"^[+-]?\d+(?:[.,]\d+)?$")


class WhenField(forms.CharField):
    """A date at the precision known: 2019, 04/2019, 03/04/2019. Its value is ISO ("2019-04"), or empty."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("help_text", _("jj/mm/aaaa, mm/aaaa ou aaaa"))
        kwargs.setdefault("max_length", 20)
        super().__init__(**kwargs)
        self.widget.attrs.update({"inputmode": "numeric", "autocomplete": "off", "size": "12"})

    def clean(self, value: Any) -> str:
        """ISO text, or a sentence."""
        typed = str(super().clean(value) or "").strip()
        if not typed:
            return ""
        iso = iso_of(typed)
        try:
            earliest(iso)
        except Refusal as error:
            raise ValidationError(
                _("« %(typed)s » n’est pas une date : écrivez 03/04/2019, 04/2019 ou 2019."),
                params={"typed": typed},
            ) from error
        return iso

    def prepare_value(self, value: Any) -> Any:
        """ISO shown as a French date."""
        return french(value) if isinstance(value, str) else value


def iso_of(typed: str) -> str:
    """ISO of a date typed in French; what is not one comes back as it was, for `earliest` to refuse."""
    for form, order in ((_DAY, (3, 2, 1)), (_COMPACT, (3, 2, 1)), (_MONTH, (2, 1))):
        match = form.match(typed)
        if match:
            return "-".join(match[part].zfill(2) for part in order)
    return typed


def french(iso: str) -> str:
    """A date in French at its precision; a moment by its day in Paris; anything else unchanged."""
    if "T" in iso:
        try:
            moment = datetime.fromisoformat(iso)
        except ValueError:
            return iso
        local = moment.astimezone(PARIS) if moment.tzinfo else moment
        return local.strftime("%d/%m/%Y")
    parts = iso.split("-")
    return "/".join(reversed(parts)) if all(part.isdigit() for part in parts) else iso


class NumberField(forms.CharField):
    """A decimal typed with a comma or a point. Its value is decimal text with a point, or empty."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("max_length", 20)
        super().__init__(**kwargs)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off", "size": "7"})

    def clean(self, value: Any) -> str:
        """Decimal text, or a sentence."""
        typed = str(super().clean(value) or "").replace("\u202f", "").replace("\u00a0", "").replace(" ", "")
        if not typed:
            return ""
        if not _NUMBER.match(typed):
            raise ValidationError(_("« %(typed)s » n’est pas un nombre."), params={"typed": typed})
        return typed.replace(",", ".")

    def prepare_value(self, value: Any) -> Any:
        """Shown with a comma."""
        return value.replace(".", ",") if isinstance(value, str) else value


def words(
    label: Any, *, required: bool = False, rows: int = 0, limit: int = 500, **attrs: str
) -> forms.CharField:
    """A field of words: one line, or `rows` lines."""
    widget: forms.Widget = (
        forms.Textarea(attrs={"rows": str(rows), **attrs}) if rows else forms.TextInput(attrs=attrs)
    )
    field = forms.CharField(label=label, required=required, max_length=limit, widget=widget, strip=True)
    field.widget.attrs.setdefault("autocomplete", "off")
    return field


def choice(label: Any, choices: list[tuple[str, Any]], *, initial: str = "") -> forms.ChoiceField:
    """One of a few words."""
    return forms.ChoiceField(label=label, choices=choices, initial=initial, required=False)
