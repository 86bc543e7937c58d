"""Forms of what arranges the agenda: hours as people type them (8h-12h 14h-18h30), kinds, absences, notes of a day."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from lanterne.desk.forms.agenda import HourField
from lanterne.desk.forms.fields import WhenField, choice, words
from lanterne.desk.sentences import sentence
from lanterne.practice.agenda.facts import (
    AbsenceStated,
    AgendaNoteWritten,
    HoursDescribed,
    Opening,
    ServiceDescribed,
)
from lanterne.practice.agenda.hours import Week
from lanterne.practice.agenda.rules import (
    ABSENCES,
    COMMENT_CHARACTERS,
    LABEL_CHARACTERS,
    REGION_NAMES,
    WEEKS_MOST,
)
from lanterne.practice.errors import Refusal

DAYS = {
    1: _("Lundi"),
    2: _("Mardi"),
    3: _("Mercredi"),
    4: _("Jeudi"),
    5: _("Vendredi"),
    6: _("Samedi"),
    7: _("Dimanche"),
}
# After an end, two digits are its minutes unless they begin the next hours: "12h 14h-18h30".
_SPAN = re.compile(
    r"(\d{1,2})(?:\s*[h:]\s?(\d{2})?)?\s*(?:-|–|à|a)\s*(\d{1,2})(?:\s*[h:](?:\s?(\d{2})(?!\s*[-–àah:]))?)?",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\s,;/]*(?:et)?[\s,;/]*", re.IGNORECASE)


class SpansField(forms.CharField):
    """Hours of a day. Its value is a list of ("08:00", "12:00"); empty: closed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=120, **kwargs)
        self.widget.attrs.update({"autocomplete": "off", "placeholder": "8h-12h 14h-18h30"})

    def clean(self, value: Any) -> list[tuple[str, str]]:
        """Pairs of hours, or a sentence that quotes what was typed."""
        typed = str(super().clean(value) or "").strip()
        found, at = [], 0
        while at < len(typed):
            match = _SPAN.match(typed, at)
            if match is None:
                raise ValidationError(
                    now("« %(typed)s » n’est pas un horaire : écrivez 8h-12h 14h-18h30."),
                    params={"typed": typed[at:]},
                )
            begun, over = (
                f"{int(match[hour]):02}:{int(match[minute] or 0):02}" for hour, minute in ((1, 2), (3, 4))
            )
            found.append((begun, over))
            at = match.end()
            at += len(_BETWEEN.match(typed, at)[0])  # type: ignore[index]  # it matches nothing at least
        return found


def spans_text(spans: Sequence[tuple[int, int]]) -> str:
    """Minutes of a day as they are typed: "8h-12h 14h-18h30"."""

    def hour(minute: int) -> str:
        return f"{minute // 60}h{minute % 60:02}" if minute % 60 else f"{minute // 60}h"

    return " ".join(f"{hour(start)}-{hour(end)}" for start, end in spans)


class Arranging(forms.Form):
    """What these forms share. `shown`: the version the form showed."""

    error_css_class = "wrong"

    shown = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal of the record beside its field, or above the form."""
        self.add_error(refusal.field if refusal.field in self.fields else None, sentence(refusal))


class HoursForm(Arranging):
    """The week of a practitioner."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day, name in DAYS.items():
            self.fields[f"day_{day}"] = SpansField(label=name)
        self.fields["on_holidays"] = forms.BooleanField(
            label=_("Reçoit aussi les jours fériés"), required=False
        )

    @staticmethod
    def initial_of(week: Week) -> dict[str, Any]:
        """What fields hold of a week."""
        return {f"day_{day}": spans_text(spans) for day, spans in week.items()}

    def stated(self, practitioner: str) -> HoursDescribed:
        """The week the valid form states."""
        held = self.cleaned_data
        openings = [
            Opening(day=day, start=start, end=end) for day in DAYS for start, end in held[f"day_{day}"]
        ]
        return HoursDescribed(practitioner=practitioner, openings=openings, on_holidays=held["on_holidays"])


class ServiceForm(Arranging):
    """A kind of appointment."""

    label = words(_("Nom"), limit=LABEL_CHARACTERS, required=True)
    minutes = forms.IntegerField(label=_("Durée (minutes)"), min_value=5, max_value=1440)
    offered = forms.BooleanField(label=_("Proposé pour un nouveau rendez-vous"), required=False, initial=True)

    def stated(self, code: str) -> ServiceDescribed:
        """The kind the valid form states."""
        held = self.cleaned_data
        return ServiceDescribed(
            code=code, label=held["label"], minutes=held["minutes"], offered=held["offered"]
        )


class CalendarForm(Arranging):
    """Which public holidays are kept."""

    region = choice(_("Jours fériés"), list(REGION_NAMES.items()), initial="metropole")


class OptionalHour(HourField):
    """An hour, or nothing."""

    def clean(self, value: Any) -> str:
        """ "HH:MM", empty, or a sentence."""
        return super().clean(value) if str(value or "").strip() else ""


class AbsenceForm(Arranging):
    """A practitioner is away."""

    practitioner = choice(_("Qui"), [])
    reason = choice(_("Pourquoi"), list(ABSENCES.items()), initial="leave")
    first = WhenField(label=_("Premier jour"), required=True, help_text=_("jj/mm/aaaa"))
    last = WhenField(
        label=_("Dernier jour"), help_text=_("jj/mm/aaaa ; vide avec des jours de semaine : sans fin")
    )
    start = OptionalHour(label=_("De"), required=False, help_text=_("vide : toute la journée"))
    end = OptionalHour(label=_("À"), required=False)
    weekdays = forms.MultipleChoiceField(
        label=_("Seulement ces jours"),
        choices=[(str(day), name) for day, name in DAYS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    every = forms.IntegerField(
        label=_("Une semaine sur"), min_value=1, max_value=WEEKS_MOST, required=False, initial=1
    )
    covered_by = choice(_("Remplacé(e) par"), [])
    comment = words(_("Note"), limit=200)

    def __init__(self, *args: Any, practitioners: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["practitioner"].choices = practitioners  # type: ignore[attr-defined]
        self.fields["covered_by"].choices = [("", _("personne")), *practitioners]  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(raw: Mapping[str, Any]) -> dict[str, Any]:
        """What fields hold of an absence as it was written."""
        weekdays = raw.get("weekdays")
        return {
            **{name: raw[name] for name in AbsenceStated.__struct_fields__ if name in raw},
            "weekdays": [str(day) for day in weekdays] if isinstance(weekdays, list) else [],
        }

    def stated(self) -> AbsenceStated:
        """The absence the valid form states."""
        held = self.cleaned_data
        return AbsenceStated(
            **{
                name: held[name]
                for name in ("practitioner", "first", "last", "start", "end", "covered_by", "comment")
            },
            reason=held["reason"] or "leave",
            weekdays=sorted(int(day) for day in held["weekdays"]),
            every=held["every"] or 1,
        )


class NoteForm(Arranging):
    """A few words for a day."""

    text = words(_("Note"), limit=COMMENT_CHARACTERS, rows=3, required=True)
    day = WhenField(label=_("Jour"), required=True, help_text=_("jj/mm/aaaa"))
    practitioner = choice(_("Pour"), [])

    def __init__(self, *args: Any, practitioners: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["practitioner"].choices = [("", _("tout le cabinet")), *practitioners]  # type: ignore[attr-defined]

    def stated(self) -> AgendaNoteWritten:
        """The note the valid form states."""
        held = self.cleaned_data
        return AgendaNoteWritten(day=held["day"], text=held["text"], practitioner=held["practitioner"])
