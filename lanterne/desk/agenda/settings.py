"""What arranges the agenda, for its page: whose hours, which kinds, which absences, and what was said before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lanterne.desk.agenda.page import PRACTISE, absence_word, practitioners
from lanterne.desk.forms.arranging import DAYS, spans_text
from lanterne.desk.frame.build import People, moment
from lanterne.desk.frame.view import When
from lanterne.desk.opening import today
from lanterne.desk.presence import Presence
from lanterne.practice.agenda import queries
from lanterne.practice.agenda.arrangements import Held, arrangements, earlier
from lanterne.practice.agenda.facts import HoursDescribed
from lanterne.practice.agenda.hours import Absence, Week, week_of
from lanterne.practice.agenda.rules import CLOSED, REGION_NAMES, day_minutes, start_of
from lanterne.practice.team import queries as team
from lanterne.reference.holidays import public_holidays
from lanterne.wire.names import PersonId

EARLIER_SHOWN = 5
# How far ahead appointments that fall on an absence are looked for.
MEETINGS_DAYS = 92


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was described before: in words, by whom, when."""

    text: str
    author: str
    written: When


@dataclass(frozen=True, slots=True)
class Whose:
    """The hours of a practitioner, in words; empty when nobody described them."""

    name: str
    text: str
    edit_url: str
    absence_url: str
    earlier: tuple[Earlier, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of appointment."""

    label: str
    minutes: int
    offered: bool
    edit_url: str


@dataclass(frozen=True, slots=True)
class AwayLine:
    """An absence in words. `meetings`: how many appointments fall on it. `doubt`: it was said otherwise at once."""

    who: str
    text: str
    covered: str
    comment: str
    meetings: str
    day_url: str
    doubt: str
    edit_url: str
    withdraw_url: str


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """The settings of the agenda."""

    people: tuple[Whose, ...]
    kinds: tuple[Kind, ...]
    region: str
    holidays: tuple[tuple[str, str], ...]
    absences: tuple[AwayLine, ...]
    unread: int
    holidays_url: str
    kind_url: str
    absence_url: str
    agenda_url: str


def settings_page(presence: Presence) -> SettingsPage:
    """As it stands."""
    connection = presence.record.connection()
    arranged, on = arrangements(connection), today(presence)
    names = {one.id: one.display_name for one in team.persons(connection)}
    people = People(presence)
    shown = [
        Whose(
            one.display_name,
            week_text(arranged.weeks[one.id][0]) if one.id in arranged.weeks else "",
            reverse("agenda-hours", args=[one.id]),
            f"{reverse('agenda-absence-new')}?praticien={one.id}",
            tuple(
                _earlier(presence, people, held)
                for held in earlier(connection, HoursDescribed.KIND, _of(one.id))[:EARLIER_SHOWN]
            ),
        )
        for one in practitioners(presence)
        if one.role in PRACTISE
    ]
    kinds = [
        Kind(_(one.label), one.minutes, one.offered, reverse("agenda-service", args=[one.code]))
        for one in arranged.services.values()
        if one.code != CLOSED
    ]
    coming = [one for one in arranged.absences if one.last is None or one.last >= on]
    following = [
        (date_format(day, "l j F Y"), name)
        for year in (on.year, on.year + 1)
        for day, name in (public_holidays(year, arranged.region) if arranged.region != "none" else {}).items()
        if day >= on
    ]
    return SettingsPage(
        people=tuple(shown),
        kinds=tuple(kinds),
        region=_(REGION_NAMES.get(arranged.region, arranged.region)),
        holidays=tuple(following[:6]),
        absences=tuple(_away(presence, one, names, on) for one in coming),
        unread=arranged.unread,
        holidays_url=reverse("agenda-holidays"),
        kind_url=reverse("agenda-service-new"),
        absence_url=reverse("agenda-absence-new"),
        agenda_url=reverse("agenda"),
    )


def week_text(week: Week) -> str:
    """A week in words: "Lundi 8h-12h 14h-18h, mardi …"."""
    said = [f"{DAYS[day]} {spans_text(week[day])}" for day in DAYS if week.get(day)]
    return ", ".join(said) or _("jamais")


def absence_text(absence: Absence) -> str:
    """Its days and hours in words."""
    first = date_format(absence.first, "j F Y")
    if absence.last == absence.first:
        said = _("le %(day)s") % {"day": first}
    elif absence.last is None:
        said = _("à partir du %(first)s") % {"first": first}
    else:
        said = _("du %(first)s au %(last)s") % {"first": first, "last": date_format(absence.last, "j F Y")}
    if absence.weekdays:
        days = ", ".join(str(DAYS[day]).lower() for day in sorted(absence.weekdays))
        said = _("%(said)s, %(days)s") % {"said": said, "days": days}
    if absence.every > 1:
        said = _("%(said)s, une semaine sur %(n)s") % {"said": said, "n": absence.every}
    if not absence.whole_day:
        said = _("%(said)s, %(hours)s") % {"said": said, "hours": spans_text([absence.hours])}
    return said


def _of(practitioner: PersonId) -> Callable[[dict[str, Any]], bool]:
    return lambda raw: raw.get("practitioner") == practitioner


def _earlier(presence: Presence, people: People, held: Held) -> Earlier:
    author = people.of(held.seat, presence.record.person_of(held.seat))[0]
    return Earlier(week_text(week_of(held.raw)), author, moment(held.written_ms, presence.record.clock_ms()))


def _away(presence: Presence, absence: Absence, names: dict[PersonId, str], on: date) -> AwayLine:
    first = day_minutes(max(on, absence.first))[0]
    after = min(
        day_minutes(absence.last)[1] if absence.last else first + MEETINGS_DAYS * 1440,
        first + MEETINGS_DAYS * 1440,
    )
    met = [
        held
        for held in queries.between(presence.record.tables.read(), first, after, absence.practitioner)
        if held.body.service != CLOSED and _falls(held.starts, held.ends, absence)
    ]
    count = len({held.thread for held in met})
    text = (
        ngettext("%(n)s rendez-vous à déplacer", "%(n)s rendez-vous à déplacer", count) % {"n": count}
        if count
        else ""
    )
    return AwayLine(
        who=names.get(absence.practitioner, absence.practitioner[:8]),
        text=f"{absence_word(absence)} {absence_text(absence)}",
        covered=names.get(absence.covered_by, "") if absence.covered_by else "",
        comment=absence.comment,
        meetings=text,
        day_url=reverse("agenda-day", args=[met[0].body.start[:10]]) if met else "",
        doubt=_("dite deux fois à la fois : toutes comptent") if absence.several else "",
        edit_url=reverse("agenda-absence", args=[absence.fact]),
        withdraw_url=reverse("agenda-absence-withdraw", args=[absence.fact]),
    )


def _falls(starts: int, ends: int, absence: Absence) -> bool:
    day = date.fromisoformat(start_of(starts)[:10])
    first = day_minutes(day)[0]
    return absence.on(day) and first + absence.hours[0] < ends and starts < first + absence.hours[1]
