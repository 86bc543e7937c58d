"""The forms of tasks, calls, messages and recalls: days and delays as people type them, a patient found by a name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from lanterne.desk.forms.fields import choice, french, iso_of, words
from lanterne.desk.sentences import sentence
from lanterne.practice.errors import Refusal
from lanterne.practice.tasks.facts import Task
from lanterne.practice.tasks.rules import (
    ATTEMPTS,
    CALL,
    CODES,
    COMMENT_CHARACTERS,
    DETAIL_CHARACTERS,
    MESSAGE,
    OUTCOMES,
    PHONE_CHARACTERS,
    RECALL,
    TASK,
    TEXT_CHARACTERS,
    after,
    day_of,
)

NOBODY = "none"
_UNITS = {"j": "D", "s": "W", "m": "M", "a": "Y"}
_DELAY = re.compile(
    r"^(?:dans\s+|tou(?:s|tes)\s+les\s+)?(\d{1,4}|une?)\s*(j|jours?|s|sem|semaines?|m|mois|ans?)$"
)
_SHORT_DAY = re.compile(r"^(\d{1,2})[/.\- ](\d{1,2})$")
_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_NEAR = {"auj": 0, "aujourd'hui": 0, "demain": 1, "après-demain": 2}


class Due(NamedTuple):
    """A day (ISO), and how it was reckoned: from which day, by which ISO 8601 duration; empty when it was named."""

    day: str
    counted_from: str = ""
    interval: str = ""


def delay_of(typed: str) -> str:
    """The ISO 8601 duration of a delay typed in French ("2 semaines", "6 mois", "15 j"); empty when it is none."""
    match = _DELAY.match(typed.strip().lower())
    if match is None:
        return ""
    count = 1 if match[1].startswith("un") else int(match[1])
    return f"P{count}{_UNITS[match[2][0]]}" if count else ""


def due_of(typed: str, today: date) -> Due | None:
    """The day somebody typed: a date, a delay, a day of the week; None when it is none of these."""
    said = typed.strip().lower().replace("’", "'")
    duration = delay_of(said)
    if duration:
        try:
            return Due(after(today, duration).isoformat(), today.isoformat(), duration)
        except Refusal:
            return None
    if said in _NEAR:
        return Due((today + timedelta(days=_NEAR[said])).isoformat())
    if said in _WEEKDAYS:
        days = (_WEEKDAYS.index(said) - today.weekday()) % 7 or 7
        return Due((today + timedelta(days=days)).isoformat())
    short = _SHORT_DAY.match(said)
    if short is not None:  # the next such day
        years = (f"{year}-{int(short[2]):02}-{int(short[1]):02}" for year in (today.year, today.year + 1))
        found = next((one for one in years if day_of(one) and one >= today.isoformat()), "")
        return Due(found) if found else None
    iso = iso_of(said)
    return Due(iso) if day_of(iso) is not None else None


class DueField(forms.CharField):
    """By when. Its value is a Due."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("jj/mm/aaaa, demain, lundi, 2 semaines, 6 mois"))
        kwargs.setdefault("max_length", 30)
        super().__init__(**kwargs)
        self.today = date(2000, 1, 1)
        self.widget.attrs.update({"autocomplete": "off", "size": "14"})

    def clean(self, value: Any) -> Any:
        """A Due, or a sentence."""
        typed = str(super().clean(value) or "")
        found = due_of(typed, self.today)
        if found is None:
            raise ValidationError(
                now("« %(typed)s » n’est ni un jour ni un délai : écrivez 03/04/2027, demain ou 2 semaines."),
                params={"typed": typed},
            )
        return found

    def prepare_value(self, value: Any) -> Any:
        """ISO shown as a French date."""
        return french(value) if isinstance(value, str) and day_of(value) else value


class EveryField(forms.CharField):
    """How often a recall comes again. Its value is an ISO 8601 duration, or empty."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("max_length", 30)
        super().__init__(**kwargs)
        self.widget.attrs.update({"autocomplete": "off", "size": "10"})

    def clean(self, value: Any) -> str:
        """A duration, or a sentence."""
        typed = str(super().clean(value) or "").strip()
        if not typed:
            return ""
        found = delay_of(typed)
        if not found:
            raise ValidationError(
                now("« %(typed)s » n’est pas un délai : écrivez 2 semaines, 3 mois ou 1 an."),
                params={"typed": typed},
            )
        return found

    def prepare_value(self, value: Any) -> Any:
        """The duration as people type it."""
        return spoken(value) if isinstance(value, str) else value


def spoken(duration: str) -> str:
    """A duration in French ("2 semaines"); what is none comes back as it was."""
    match = re.fullmatch(r"P(\d+)([DWMY])", duration)
    if match is None:
        return duration
    singular = {"D": now("jour"), "W": now("semaine"), "M": now("mois"), "Y": now("an")}
    plural = {"D": now("jours"), "W": now("semaines"), "M": now("mois"), "Y": now("ans")}
    names = singular if match[1] == "1" else plural
    return f"{match[1]} {names[match[2]]}"


class WhoWidget(forms.TextInput):
    """A name typed; below it the patients it may mean, to choose from. `found` are those of a form that asks."""

    find_url = ""
    found: Sequence[tuple[str, str]] = ()
    chosen = ""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The field, and the place where the answer comes."""
        self.attrs |= {
            "hx-post": self.find_url,
            "hx-trigger": "input changed delay:150ms",
            "hx-target": "#who-found",
            "hx-params": f"{name},csrfmiddlewaretoken",
            "hx-sync": "this:replace",
        }
        return format_html(
            '{}<div id="who-found" class="who-found" aria-live="polite">{}</div>',
            super().render(name, value, attrs, renderer),
            choices(self.found, self.chosen),
        )


def choices(found: Sequence[tuple[str, str]], chosen: str = "") -> SafeString:
    """Patients to choose from, and that it is none of them; none is chosen but by a person."""
    if not found:
        return SafeString("")
    every = [*found, (NOBODY, now("Aucun de ceux-là : sans dossier"))]
    return format_html_join(
        "",
        '<label><input type="radio" name="patient" value="{}"{}> <span>{}</span></label>',
        ((value, SafeString(" checked") if value == chosen else "", text) for value, text in every),
    )


class TaskForm(forms.Form):
    """What is to be done. `patient` is hidden when it comes from a chart; else `who` is typed and one of the patients
    found is chosen.
    """

    error_css_class = "wrong"

    who = forms.CharField(label=_("Patient"), required=False, max_length=100, widget=WhoWidget)
    caller = words(_("Qui a appelé, si ce n’est pas le patient"), limit=TEXT_CHARACTERS)
    phone = words(_("Numéro à rappeler"), limit=PHONE_CHARACTERS, inputmode="tel")
    description = words(_("En quelques mots (lu aussi par le secrétariat)"), limit=TEXT_CHARACTERS)
    detail = words(_("Ce qui a été dit (lu par les soignants seuls)"), rows=3, limit=DETAIL_CHARACTERS)
    to = choice(_("Pour qui"), [])
    due = DueField(label=_("Pour quand"))
    code = choice(_("Genre"), list(CODES.items()), initial=TASK)
    every = EveryField(label=_("Revient tous les"), help_text=_("2 semaines, 3 mois, 1 an ; vide : une fois"))
    urgent = forms.BooleanField(label=_("Urgent"), required=False)

    def __init__(
        self,
        *args: Any,
        to: list[tuple[str, str]],
        today: date,
        find_url: str = "",
        patient: str = "",
        amends: bool = False,
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.patient = patient
        self.fields["to"].choices = to  # type: ignore[attr-defined]
        self.fields["due"].today = today  # type: ignore[attr-defined]
        code = (self.data.get("code") if self.is_bound else None) or self.initial.get("code", TASK)
        gone = ["to", "due"] if amends else []
        gone += ["who"] if patient else []
        gone += ["caller"] if code in (TASK, RECALL) else []
        gone += ["phone"] if code in (TASK, RECALL) and not amends else []
        gone += ["every"] if code != RECALL else []
        for name in gone:
            del self.fields[name]
        if amends:
            self.fields["detail"].label = _("À ajouter à ce qui a été dit (lu par les soignants seuls)")
        if "who" in self.fields:
            self.fields["who"].widget.find_url = find_url
        first = {MESSAGE: "who", CALL: "who", RECALL: "who"}.get(str(code), "description")
        self.fields[first if first in self.fields else "description"].widget.attrs["autofocus"] = "autofocus"

    @property
    def chosen(self) -> str:
        """The patient chosen of those found, NOBODY, or empty: not said."""
        return str(self.data.get("patient", ""))[:32] if self.is_bound and not self.patient else self.patient

    def offer(self, found: Sequence[tuple[str, str]], chosen: str = "") -> None:
        """Patients of the practice that the name typed may mean."""
        if "who" in self.fields:
            widget = self.fields["who"].widget
            widget.found, widget.chosen = found, chosen

    def ask_which(self) -> None:
        """None of those offered was chosen."""
        self.add_error("who", now("Des patients du cabinet portent ce nom : dites si c’est l’un d’eux."))

    def stated(self, kind: type[Task], patient: str) -> Any:
        """The task the valid form states, about this patient; a name typed that is no patient's is who called."""
        held = self.cleaned_data
        typed = "" if patient else held.get("who", "")
        due: Due = held.get("due") or Due("")
        owner, role = parted(held.get("to", ""))
        return kind(
            code=held["code"] or TASK,
            description=held["description"],
            due=due.day,
            owner=owner,
            role=role,
            patient=patient,
            caller=" · ".join(filter(None, (typed, held.get("caller", "")))),
            phone=held.get("phone", ""),
            priority="urgent" if held["urgent"] else "routine",
            counted_from=due.counted_from,
            interval=due.interval,
            every=held.get("every", ""),
        )

    @staticmethod
    def initial_of(body: Task) -> dict[str, Any]:
        """What fields hold when the form changes a task."""
        return {
            "code": body.code if body.code in CODES else TASK,
            "caller": body.caller,
            "phone": body.phone,
            "description": body.description,
            "every": body.every,
            "urgent": body.priority == "urgent",
        }

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal of the record beside its field, or above the form."""
        field = {"owner": "to", "patient": "who"}.get(refusal.field, refusal.field)
        self.add_error(field if field in self.fields else None, sentence(refusal))


def parted(to: str) -> tuple[str, str]:
    """(owner, role) of a choice of "for whom": "p:" and an id, or "r:" and a role."""
    kind, _sep, word = to.partition(":")
    return (word, "") if kind == "p" else ("", word)


class _Small(forms.Form):
    """A form of two fields in a dialog."""

    error_css_class = "wrong"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal of the record beside its field, or above the form."""
        self.add_error(refusal.field if refusal.field in self.fields else None, sentence(refusal))


def _radio(label: Any, options: dict[str, str]) -> forms.ChoiceField:
    widget = forms.RadioSelect(attrs={"autofocus": "autofocus"})
    return forms.ChoiceField(label=label, choices=list(options.items()), widget=widget)


class DoneForm(_Small):
    """It is done, with a word."""

    outcome = _radio(_("Résultat"), OUTCOMES)
    comment = words(_("Un mot (lu aussi par le secrétariat)"), limit=COMMENT_CHARACTERS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = self.initial.get("outcome")  # first, where the focus comes
        options = sorted(OUTCOMES.items(), key=lambda option: option[0] != usual)
        self.fields["outcome"].choices = options  # type: ignore[attr-defined]


class AttemptForm(_Small):
    """Somebody tried to call."""

    outcome = _radio(_("Résultat de l’appel"), ATTEMPTS)
    comment = words(_("Un mot (lu aussi par le secrétariat)"), limit=COMMENT_CHARACTERS)


class PostponeForm(_Small):
    """Another day."""

    due = DueField(label=_("Reporter à"))
    reason = words(_("Pourquoi (facultatif)"), limit=COMMENT_CHARACTERS)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due"].today = today  # type: ignore[attr-defined]
        self.fields["due"].widget.attrs["autofocus"] = "autofocus"


class AssignForm(_Small):
    """Somebody else. `shown` are the assignments the form showed."""

    to = choice(_("Pour qui"), [])
    shown = forms.CharField(required=False, max_length=2_000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, to: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = to  # type: ignore[attr-defined]
        self.fields["to"].widget.attrs["autofocus"] = "autofocus"

    def refuse(self, refusal: Refusal) -> None:
        """See _Small."""
        self.add_error("to" if refusal.field == "owner" else None, sentence(refusal))
