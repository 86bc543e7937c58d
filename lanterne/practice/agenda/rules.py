"""What an appointment must be, and its hours on the wall. Pure."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lanterne.practice.agenda.facts import ZONE, Appointment
from lanterne.practice.errors import Refusal

SHORTEST_MINUTES = 5
# A slot closed for a whole day.
LONGEST_MINUTES = 24 * 60
TEXT_CHARACTERS = 200
COMMENT_CHARACTERS = 2_000
_YEARS = range(2000, 2100)
_START = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")
# Hours on the wall are counted as if they were UTC: every day has 1,440 minutes.
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


def check(body: Appointment) -> None:
    """Refuse what is no slot.

    Raises:
        Refusal: with the field it is about.
    """
    minute = minute_of(body.start)
    if minute is None or int(body.start[:4]) not in _YEARS:
        raise Refusal("agenda_start_invalid", field="start", value=body.start)
    if not SHORTEST_MINUTES <= body.minutes <= LONGEST_MINUTES:
        raise Refusal("agenda_duration", field="minutes", least=str(SHORTEST_MINUTES))
    if body.service not in SERVICES:
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
