"""The form of an appointment: hours as people type them (9, 9h15, 0915), a name or a patient of the practice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from lanterne.desk.forms.fields import WhenField, choice, words
from lanterne.desk.sentences import sentence
from lanterne.practice.agenda.arrangements import Service
from lanterne.practice.agenda.facts import ZONE, Appointment
from lanterne.practice.errors import Refusal

_HOUR = re.compile(r"^(\d{1,2})(?:\s*[h:.]\s*(\d{2})?)?$|^(\d{2})(\d{2})$", re.IGNORECASE)
NOBODY_YET = "none"


class HourField(forms.CharField):
    """An hour of the day. Its value is "09:15"."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 8)
        super().__init__(**kwargs)
        self.widget.attrs.update({"inputmode": "numeric", "autocomplete": "off", "size": "6"})

    def clean(self, value: Any) -> str:
        """ "HH:MM", or a sentence."""
        typed = str(super().clean(value) or "").strip()
        match = _HOUR.match(typed)
        hour, minute = (int(match[1] or match[3]), int(match[2] or match[4] or 0)) if match else (99, 99)
        if hour > 23 or minute > 59:
            raise ValidationError(
                now("« %(typed)s » n’est pas une heure : écrivez 9h15 ou 9:15."), params={"typed": typed}
            )
        return f"{hour:02}:{minute:02}"


class AppointmentForm(forms.Form):
    """A slot. `patient` is hidden and comes from a chart; else `name` is typed, and `chosen` asks which patient of
    that name it is.
    """

    error_css_class = "wrong"

    name = words(_("Pour qui"), limit=200)
    phone = words(_("Téléphone"), limit=50, inputmode="tel")
    date = WhenField(label=_("Jour"), required=True, help_text=_("jj/mm/aaaa"))
    hour = HourField(label=_("Heure"), help_text=_("9h15, 9:15 ou 0915"))
    minutes = forms.IntegerField(
        label=_("Durée (minutes)"),
        min_value=5,
        max_value=1440,
        required=False,
        help_text=_("vide : celle du genre"),
    )
    practitioner = choice(_("Avec"), [])
    service = choice(_("Genre"), [], initial="consultation")
    reason = words(_("Motif (lu aussi par le secrétariat)"), limit=200)
    comment = words(_("Note pour le cabinet"), limit=2000)
    patient = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)
    shown = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        practitioners: list[tuple[str, str]],
        services: Mapping[str, Service],
        patient_name: str = "",
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["practitioner"].choices = practitioners  # type: ignore[attr-defined]
        self._services = services
        held = self.initial.get("service", "consultation")
        self.fields["service"].choices = [  # type: ignore[attr-defined]
            (one.code, now("%(kind)s (%(n)s min)") % {"kind": now(one.label), "n": one.minutes})
            for one in services.values()
            if one.offered or one.code == held
        ]
        if patient_name:
            del self.fields["name"], self.fields["phone"]
            self.fields["hour"].widget.attrs["autofocus"] = "autofocus"
        else:
            self.fields["name"].widget.attrs["autofocus"] = "autofocus"

    def ask_which(self, candidates: list[tuple[str, str]]) -> None:
        """Patients of the practice that the name typed may mean."""
        self.fields["chosen"] = forms.ChoiceField(
            label=_("Est-ce l’un de ces patients ?"),
            choices=[*candidates, (NOBODY_YET, _("Non : garder le nom tel qu’il est tapé"))],
            widget=forms.RadioSelect,
            required=False,
        )
        self.order_fields(["chosen"])

    def ask_overlap(self) -> None:
        """The slot is taken: both may be wanted."""
        self.fields["overlap_wanted"] = forms.BooleanField(
            label=_("Les deux rendez-vous sont voulus"), required=False
        )

    def ask_absence(self) -> None:
        """The practitioner is away: it may be wanted all the same."""
        self.fields["absence_known"] = forms.BooleanField(
            label=_("Prendre le rendez-vous malgré l’absence"), required=False
        )

    def stated(self, kind: type[Appointment]) -> Any:
        """The appointment the valid form states."""
        held = self.cleaned_data
        return kind(
            practitioner=held["practitioner"],
            start=f"{held['date']}T{held['hour']}",
            minutes=held["minutes"] or self._services[held["service"] or "consultation"].minutes,
            zone=ZONE,
            service=held["service"] or "consultation",
            patient=held.get("patient", ""),
            name="" if held.get("patient") else held.get("name", ""),
            phone="" if held.get("patient") else held.get("phone", ""),
            reason=held["reason"],
            comment=held["comment"],
        )

    @staticmethod
    def initial_of(body: Appointment) -> dict[str, Any]:
        """What fields hold when the form moves an appointment."""
        return {
            "name": body.name,
            "phone": body.phone,
            "date": body.start[:10],
            "hour": body.start[11:16],
            "minutes": body.minutes,
            "practitioner": body.practitioner,
            "service": body.service,
            "reason": body.reason,
            "comment": body.comment,
            "patient": body.patient,
        }

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal of the record beside its field, or above the form."""
        field = {"start": "hour"}.get(refusal.field, refusal.field)
        self.add_error(field if field in self.fields else None, sentence(refusal))
