"""What an appointment must be, its hours on the wall, and what may be said of hours, absences and who came. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lanterne.practice.agenda.facts import (
    ZONE,
    AbsenceStated,
    AgendaNoteWritten,
    Appointment,
    HoursDescribed,
    ServiceDescribed,
)
from lanterne.practice.errors import Refusal
from lanterne.reference.holidays import REGIONS
from lanterne.wire.names import is_id

SHORTEST_MINUTES = 5
# A slot closed for a whole day.
LONGEST_MINUTES = 24 * 60
TEXT_CHARACTERS = 200
COMMENT_CHARACTERS = 2_000
LABEL_CHARACTERS = 60
# Hours of one day: mornings, evenings, and then some.
OPENINGS_MOST = 6
WEEKS_MOST = 12
_YEARS = range(2000, 2100)
_START = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")
# Hours on the wall are counted as if they were UTC: every day has 1,440 minutes.
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _(text: str) -> str:
    """Mark a French msgid for gettext."""
    return text


CLOSED = "closed"
SERVICES: dict[str, str] = {
    "consultation": _("Consultation"),
    "visit": _("Visite à domicile"),
    "remote": _("Téléconsultation"),
    "phone": _("Appel téléphonique"),
    "nursing": _("Soins"),
    CLOSED: _("Fermé"),
}

# How long each usually takes, until the practice describes it otherwise.
MINUTES: Mapping[str, int] = {
    "consultation": 15, "visit": 30, "remote": 15, "phone": 10, "nursing": 15, CLOSED: 30,
}  # fmt: skip

ABSENCES: dict[str, str] = {
    "leave": _("Congés"),
    "training": _("Formation"),
    "sick": _("Arrêt"),
    "duty": _("Garde ailleurs"),
    "other": _("Absence"),
}

REGION_NAMES: dict[str, str] = {
    "metropole": _("France métropolitaine"),
    "alsace_moselle": _("Alsace et Moselle (Vendredi saint et 26 décembre fériés)"),
    "guadeloupe": _("Guadeloupe"),
    "martinique": _("Martinique"),
    "guyane": _("Guyane"),
    "reunion": _("La Réunion"),
    "mayotte": _("Mayotte"),
    "none": _("Aucun jour férié"),
}

ATTENDANCE: dict[str, str] = {
    "booked": _("attendu"),
    "arrived": _("arrivé"),
    "in_progress": _("en consultation"),
    "finished": _("sorti"),
    "noshow": _("non venu"),
}

CANCELLED_BY: dict[str, str] = {
    "patient": _("le patient"),
    "practice": _("le cabinet"),
    "mistake": _("une erreur de saisie"),
}

SENTENCES: dict[str, str] = {
    "agenda_start_invalid": _("« %(value)s » n’est pas une date et une heure."),
    "agenda_duration": _("La durée va de %(least)s minutes à 24 heures."),
    "agenda_nobody": _("Dites pour qui : un patient du cabinet, ou un nom."),
    "agenda_practitioner": _("Ce praticien n’est pas du cabinet."),
    "agenda_zone": _("Ce fuseau horaire n’est pas connu."),
    "agenda_service": _("Ce genre de rendez-vous n’est pas dans la liste."),
    "agenda_text_long": _("Ce texte est trop long : %(limit)s caractères au plus."),
    "agenda_overlap": _(
        "Ce créneau est déjà pris. Choisissez une autre heure, ou dites que les deux rendez-vous sont voulus."
    ),
    "agenda_gone": _("Ce rendez-vous a été déplacé ou annulé entre-temps. Rechargez la page."),
    "agenda_not_cancelled": _("Ce rendez-vous n’est pas annulé."),
    "agenda_one_only": _("Dites lesquels : il faut deux rendez-vous au moins."),
    "agenda_absent": _(
        "Ce praticien est absent à cette heure. Choisissez une autre heure, ou dites que le rendez-vous est voulu."
    ),
    "agenda_label": _("Donnez un nom à ce genre de rendez-vous : %(limit)s caractères au plus."),
    "agenda_closed_kind": _("Le genre « Fermé » garde son nom."),
    "agenda_hours": _("« %(value)s » n’est pas un horaire : écrivez 8h-12h 14h-18h30."),
    "agenda_hours_cross": _("Deux plages d’un même jour se chevauchent."),
    "agenda_hours_many": _("%(limit)s plages par jour au plus."),
    "agenda_region": _("Ces jours fériés ne sont pas connus."),
    "agenda_day_invalid": _("« %(value)s » n’est pas une date."),
    "agenda_days_reversed": _("Le dernier jour vient avant le premier."),
    "agenda_days_endless": _("Dites jusqu’à quand, ou quels jours de la semaine."),
    "agenda_every": _("La répétition va de 1 à %(limit)s semaines."),
    "agenda_absence": _("Ce genre d’absence n’est pas dans la liste."),
    "agenda_covered_by_self": _("Le remplaçant est quelqu’un d’autre."),
    "agenda_absence_gone": _("Cette absence a été changée ou retirée entre-temps. Rechargez la page."),
    "agenda_note_gone": _("Cette note a été changée ou retirée entre-temps. Rechargez la page."),
    "agenda_note_empty": _("Écrivez quelques mots."),
    "agenda_attendance": _("Cela n’est pas dans la liste : arrivé, en consultation, sorti, non venu."),
    "agenda_attendance_changed": _(
        "Quelqu’un l’a noté autrement entre-temps : regardez la page avant de noter."
    ),
    "agenda_nobody_comes": _("Un créneau fermé n’attend personne."),
    "agenda_not_wanted": _("Cela a déjà été repris. Rechargez la page."),
}


def minute_of(start: object) -> int | None:
    """Minutes from 1970-01-01T00:00 to a local date and time, by the clock on the wall; None when it is none."""
    if not isinstance(start, str) or _START.fullmatch(start) is None:
        return None
    try:
        moment = datetime.fromisoformat(start).replace(tzinfo=UTC)
    except ValueError:
        return None
    return int((moment - _EPOCH) / timedelta(minutes=1))


def start_of(minute: int) -> str:
    """The other way: "2026-11-23T09:15"."""
    return (_EPOCH + timedelta(minutes=minute)).isoformat()[:16]


def day_minutes(day: date) -> tuple[int, int]:
    """The first minute of a day and of the next."""
    first = (day - _EPOCH.date()).days * 24 * 60
    return first, first + 24 * 60


def minute_at(now_ms: int, zone: str = ZONE) -> int:
    """The minute the wall shows at a moment, in milliseconds since 1970 UTC."""
    shown = datetime.fromtimestamp(now_ms / 1000, ZoneInfo(zone)).replace(tzinfo=UTC)
    return int((shown - _EPOCH) / timedelta(minutes=1))


def with_offset(start: str, zone: str) -> str:
    """The same moment with the offset its zone has then, as the fact's `at`: "2026-11-23T09:15+01:00".

    Raises:
        Refusal: "agenda_zone".
    """
    try:
        return datetime.fromisoformat(start).replace(tzinfo=ZoneInfo(zone)).isoformat(timespec="minutes")
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refusal("agenda_zone", field="start") from error


def check(body: Appointment, services: Collection[str] = tuple(SERVICES)) -> None:
    """Refuse what is no slot.

    Args:
        services: codes of the kinds of appointments there are.

    Raises:
        Refusal: with the field it is about.
    """
    minute = minute_of(body.start)
    if minute is None or int(body.start[:4]) not in _YEARS:
        raise Refusal("agenda_start_invalid", field="start", value=body.start)
    if not SHORTEST_MINUTES <= body.minutes <= LONGEST_MINUTES:
        raise Refusal("agenda_duration", field="minutes", least=str(SHORTEST_MINUTES))
    if body.service not in services:
        raise Refusal("agenda_service", field="service")
    if body.service != CLOSED and not (body.patient or body.name.strip()):
        raise Refusal("agenda_nobody", field="name")
    for field, limit in (
        ("name", TEXT_CHARACTERS),
        ("phone", TEXT_CHARACTERS),
        ("reason", TEXT_CHARACTERS),
        ("comment", COMMENT_CHARACTERS),
    ):
        if len(getattr(body, field)) > limit:
            raise Refusal("agenda_text_long", field=field, limit=str(limit))


def check_service(body: ServiceDescribed) -> None:
    """Refuse what describes no kind of appointment.

    Raises:
        Refusal: with the field it is about.
    """
    if body.code not in SERVICES and not is_id(body.code):
        raise Refusal("agenda_service", field="label")
    if body.code == CLOSED:
        raise Refusal("agenda_closed_kind", field="label")
    if not body.label.strip() or len(body.label) > LABEL_CHARACTERS:
        raise Refusal("agenda_label", field="label", limit=str(LABEL_CHARACTERS))
    if not SHORTEST_MINUTES <= body.minutes <= LONGEST_MINUTES:
        raise Refusal("agenda_duration", field="minutes", least=str(SHORTEST_MINUTES))


def clock_minutes(clock: object) -> int | None:
    """Minutes from midnight to "08:30"; 1,440 for "24:00"; None when it is no hour."""
    if not isinstance(clock, str) or _CLOCK.fullmatch(clock) is None:
        return None
    return int(clock[:2]) * 60 + int(clock[3:])


def check_hours(body: HoursDescribed) -> None:
    """Refuse what is no week of a practitioner.

    Raises:
        Refusal: its field is "day_1" to "day_7".
    """
    for day in range(1, 8):
        field = f"day_{day}"
        spans = sorted((one.start, one.end) for one in body.openings if one.day == day)
        if len(spans) > OPENINGS_MOST:
            raise Refusal("agenda_hours_many", field=field, limit=str(OPENINGS_MOST))
        before = 0
        for start, end in spans:
            first, after = clock_minutes(start), clock_minutes(end)
            if first is None or after is None or first >= after:
                raise Refusal("agenda_hours", field=field, value=f"{start}-{end}")
            if first < before:
                raise Refusal("agenda_hours_cross", field=field)
            before = after
    if any(one.day not in range(1, 8) for one in body.openings):
        raise Refusal("agenda_hours", field="", value="")


def check_region(region: str) -> None:
    """Refuse public holidays nobody knows.

    Raises:
        Refusal: "agenda_region".
    """
    if region != "none" and region not in REGIONS:
        raise Refusal("agenda_region", field="region")


def day_of(text: object) -> date | None:
    """The day "2026-12-21" names; None when it names none."""
    if not isinstance(text, str) or len(text) != 10:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def check_absence(body: AbsenceStated) -> None:
    """Refuse what is no absence.

    Raises:
        Refusal: with the field it is about.
    """
    first, last = day_of(body.first), day_of(body.last)
    for field, typed, found in (("first", body.first, first), ("last", body.last, last)):
        if (typed or field == "first") and (found is None or found.year not in _YEARS):
            raise Refusal("agenda_day_invalid", field=field, value=typed)
    if first and last and last < first:
        raise Refusal("agenda_days_reversed", field="last")
    if not body.last and not body.weekdays:
        raise Refusal("agenda_days_endless", field="last")
    if not set(body.weekdays) <= set(range(1, 8)):
        raise Refusal("value_not_in_list", field="weekdays")
    if not 1 <= body.every <= WEEKS_MOST:
        raise Refusal("agenda_every", field="every", limit=str(WEEKS_MOST))
    start, end = clock_minutes(body.start), clock_minutes(body.end)
    if (body.start or body.end) and (start is None or end is None or start >= end):
        raise Refusal("agenda_hours", field="start", value=f"{body.start}-{body.end}")
    if body.reason not in ABSENCES:
        raise Refusal("agenda_absence", field="reason")
    if body.covered_by == body.practitioner:
        raise Refusal("agenda_covered_by_self", field="covered_by")
    if len(body.comment) > TEXT_CHARACTERS:
        raise Refusal("agenda_text_long", field="comment", limit=str(TEXT_CHARACTERS))


def check_note(body: AgendaNoteWritten) -> None:
    """Refuse what is no note of a day.

    Raises:
        Refusal: with the field it is about.
    """
    if (found := day_of(body.day)) is None or found.year not in _YEARS:
        raise Refusal("agenda_day_invalid", field="day", value=body.day)
    if not body.text.strip():
        raise Refusal("agenda_note_empty", field="text")
    if len(body.text) > COMMENT_CHARACTERS:
        raise Refusal("agenda_text_long", field="text", limit=str(COMMENT_CHARACTERS))
