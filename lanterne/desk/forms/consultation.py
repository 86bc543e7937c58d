"""The consultation editor's forms."""

from __future__ import annotations

from typing import Any

import msgspec
from django import forms
from django.utils.translation import gettext_lazy as _

from lanterne.desk.forms.base import ItemForm
from lanterne.desk.forms.fields import choice, words
from lanterne.desk.forms.figures import IN_CONSULTATION, components, measure_fields
from lanterne.practice.consultations.facts import ConsultationRecorded
from lanterne.practice.kinds import Body
from lanterne.practice.measures.facts import MeasureRecorded


class ConsultationForm(ItemForm):
    """Reason, history, findings, conclusion, free text."""

    noun = "consultation"
    body_type = ConsultationRecorded
    title = _("Consultation")
    correct_title = _("Corriger la consultation")

    reason = words(_("Motif"), limit=500, autofocus="autofocus")
    history = words(_("Anamnèse"), rows=4, limit=50_000)
    findings = words(_("Examen"), rows=4, limit=50_000)
    conclusion = words(_("Conclusion"), rows=3, limit=50_000)
    text = words(_("Texte libre"), rows=3, limit=100_000)
    place = choice(
        _("Lieu"),
        [
            ("office", _("Au cabinet")),
            ("home", _("À domicile")),
            ("remote", _("À distance")),
            ("elsewhere", _("Ailleurs")),
        ],
        initial="office",
    )

    def body(self) -> Body:
        """See ItemForm.body; the problems it was about are kept by a correction."""
        return msgspec.structs.replace(super().body(), problems=list(self.initial.get("problems", [])))


class DayMeasuresForm(forms.Form):
    """Vital signs of the day, beside the consultation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields.update(measure_fields(IN_CONSULTATION))

    def body(self) -> MeasureRecorded | None:
        """What was measured, or None when nothing was."""
        found = components(self.cleaned_data, IN_CONSULTATION)
        return MeasureRecorded(components=found) if found else None
