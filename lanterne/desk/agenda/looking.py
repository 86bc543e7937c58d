"""Looking at the agenda: a day, a week, the list to print, free slots, and the days as iCalendar.

Law: the page that shows a day asks in the background whether anything of it changed, which keeps no session awake.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import islice

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lanterne.desk.agenda import view
from lanterne.desk.agenda.day import day_page, stamp, week_page
from lanterne.desk.agenda.page import practitioners
from lanterne.desk.forms.fields import iso_of
from lanterne.desk.frame.build import moment
from lanterne.desk.opening import page, presence_of, today
from lanterne.desk.presence import Presence
from lanterne.practice.agenda import queries
from lanterne.practice.agenda.arrangements import Arrangements, arrangements
from lanterne.practice.agenda.calendars import FEED_DAYS, calendar
from lanterne.practice.agenda.free import PERIODS, Asked, Slot, free
from lanterne.practice.agenda.rules import LONGEST_MINUTES, SHORTEST_MINUTES, day_of, minute_at, start_of
from lanterne.practice.rights import Right
from lanterne.practice.team import queries as team
from lanterne.printing import papers
from lanterne.printing.day_lists import print_day_list
from lanterne.wire.names import PersonId, is_id

OFFERED_SLOTS = 6
YEARS = range(1901, 2200)


@require_GET
def agenda(request: HttpRequest) -> HttpResponse:
    """Today; or the day typed in the field of the page (`jour`)."""
    typed = iso_of(request.GET.get("jour", "").strip())
    if typed:
        return HttpResponse(
            status=303, headers={"Location": reverse("agenda-day", args=[day_in_address(typed).isoformat()])}
        )
    return _day(request, today(presence_of(request)))


@require_GET
def day(request: HttpRequest, on: str) -> HttpResponse:
    """A day."""
    return _day(request, day_in_address(on))


@require_GET
def week(request: HttpRequest, on: str, person: str) -> HttpResponse:
    """A week of one practitioner."""
    presence, monday = presence_of(request), day_in_address(on)
    reader = presence.record.require(Right.READ_IDENTITY)
    _known(presence, person)
    monday -= timedelta(days=monday.weekday())
    if _is_shown(request, presence, monday, 7):
        return HttpResponse(status=204)
    context = {"page": week_page(presence, reader, day_in_address(on), PersonId(person))}
    if "v" in request.GET:
        return render(request, "desk/agenda/week_fresh.html", context)
    return page(request, "desk/agenda/week.html", context, current="agenda")


@require_GET
def printed(request: HttpRequest, on: str) -> HttpResponse:
    """The list of a day on paper: who, when, and the number to call."""
    presence, shown = presence_of(request), day_in_address(on)
    reader = presence.record.require(Right.READ_IDENTITY)
    presence.record.connection()  # caught up
    context = {
        "page": day_page(presence, reader, shown),
        "pdf_url": reverse("agenda-list", args=[shown.isoformat()]),
    }
    return page(request, "desk/agenda/printed.html", context, current="agenda")


@require_GET
def printed_file(request: HttpRequest, on: str) -> HttpResponse:
    """The same list as a PDF, to keep where no screen is needed."""
    presence, shown = presence_of(request), day_in_address(on)
    reader = presence.record.require(Right.READ_IDENTITY)
    presence.record.connection()  # caught up
    made = print_day_list(paper(presence, day_page(presence, reader, shown), shown))
    answer = HttpResponse(made.pdf, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="liste-{shown}.pdf"'
    return answer


def paper(presence: Presence, shown: view.DayPage, on: date) -> papers.DayList:
    """What the page shows, as its paper takes it."""
    practice = team.practice(presence.record.tables.read())
    notes = [f"{note.whose}\u00a0: {note.text}" if note.whose else note.text for note in shown.notes]
    columns = tuple(
        papers.Column(
            practitioner=column.name,
            appointments=tuple(
                papers.Appointment(
                    at=line.hour,
                    minutes=line.minutes,
                    name=line.who or line.service,
                    birth_date=line.born.iso if line.born else "",
                    phones=(line.phone,) if line.phone else (),
                    kind=line.service,
                    reason=line.reason,
                    remark=" · ".join(filter(None, (line.comment, line.doubt, line.away))),
                )
                for line in column.lines
            ),
            remark=" · ".join([*(text for text, _tone in column.chips), *notes]),
        )
        for column in shown.columns
    )
    # A day of nobody is said on paper too.
    nobody = (papers.Column(practitioner=_("Personne n’est inscrit ce jour-là."), appointments=()),)
    return papers.DayList(
        practice=practice.body.name if practice else "",
        day=on,
        columns=columns or nobody,
        made_at=moment(presence.record.clock_ms(), presence.record.clock_ms()).text,
    )


@require_GET
def free_slots(request: HttpRequest) -> HttpResponse:
    """The next free slots, for the form of an appointment or as a page."""
    presence = presence_of(request)
    presence.record.require(Right.KEEP_AGENDA)
    asked = request.GET
    since = day_of(iso_of(asked.get("date", "").strip())) or today(presence)
    minutes = asked.get("minutes", "")
    shown = find(
        presence,
        asked.get("practitioner", "") if "anybody" not in asked else "",
        asked.get("service", ""),
        since,
        period=asked.get("period", ""),
        minutes=int(minutes) if minutes.isascii() and minutes.isdigit() and len(minutes) < 5 else 0,
    )
    if request.headers.get("HX-Request"):
        return render(request, "desk/agenda/free.html", {"free": shown})
    return page(request, "desk/agenda/free_page.html", {"free": shown}, current="agenda")


@require_GET
def export(request: HttpRequest, on: str, person: str) -> HttpResponse:
    """A week of one practitioner as an iCalendar file."""
    return _calendar(request, person, day_in_address(on), 7)


@require_GET
def feed(request: HttpRequest, person: str) -> HttpResponse:
    """The weeks about now of one practitioner as iCalendar, always at the same address; the session is asked for, as by
    every page.
    """
    began = today(presence_of(request)) - timedelta(days=7)
    return _calendar(request, person, began, FEED_DAYS)


def find(
    presence: Presence,
    practitioner: str,
    service: str,
    since: date,
    *,
    period: str = "",
    minutes: int = 0,
) -> view.FreeSlots:
    """The next free slots of a practitioner and of whoever covers them; of everybody when none is named."""
    connection = presence.record.connection()
    arranged = arrangements(connection)
    people = {one.id: one.display_name for one in practitioners(presence)}
    chosen = [who for who in people if not practitioner or who == practitioner]
    unsaid = _unsaid(arranged, people, chosen)
    chosen += [
        one.covered_by
        for one in arranged.absences
        if one.practitioner in chosen and one.covered_by in people and one.covered_by not in chosen
    ]
    kind = arranged.services.get(service) or arranged.services["consultation"]
    length = minutes if SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES else kind.minutes
    first = max(since, today(presence)) if since.year in YEARS else today(presence)
    asked = Asked(length, first, minute_at(presence.record.clock_ms()), period if period in PERIODS else "")
    hours = {who: arranged.of(who) for who in dict.fromkeys(chosen)}
    found = free(
        asked,
        hours,
        lambda who, on: [(held.starts, held.ends) for held in queries.day(connection, on, who)],
    )
    return view.FreeSlots(
        tuple(_slot(slot, people, kind.code) for slot in islice(found, OFFERED_SLOTS)),
        tuple(unsaid),
    )


def _unsaid(arranged: Arrangements, people: dict[PersonId, str], chosen: list[PersonId]) -> list[str]:
    """What could not be searched."""
    said = [
        _("Horaires de %(name)s non renseignés : pas de recherche.") % {"name": people[who]}
        for who in dict.fromkeys(chosen)
        if not arranged.of(who).known
    ]
    if arranged.unread:
        said.append(
            _("%(n)s absences n’ont pas été comprises et ne sont pas comptées.") % {"n": arranged.unread}
        )
    return said


def _slot(slot: Slot, people: dict[PersonId, str], service: str) -> view.FreeSlot:
    iso, hour = start_of(slot.starts).split("T")
    on = date.fromisoformat(iso)
    place = f"jour={iso}&heure={hour}&praticien={slot.practitioner}&genre={service}"
    return view.FreeSlot(
        text=f"{date_format(on, 'D j b Y')} {hour}",
        who=people[slot.practitioner],
        date=on.strftime("%d/%m/%Y"),
        hour=hour,
        practitioner=slot.practitioner,
        url=f"{reverse('appointment-new')}?{place}",
    )


def _day(request: HttpRequest, on: date) -> HttpResponse:
    presence = presence_of(request)
    reader = presence.record.require(Right.READ_IDENTITY)
    presence.record.connection()  # caught up
    if _is_shown(request, presence, on):
        return HttpResponse(status=204)
    context = {"page": day_page(presence, reader, on), "fact": presence.record.draw_id()}
    if "v" in request.GET:
        return render(request, "desk/agenda/day_fresh.html", context)
    return page(request, "desk/agenda/page.html", context, current="agenda")


def _is_shown(request: HttpRequest, presence: Presence, on: date, days: int = 1) -> bool:
    return "v" in request.GET and request.GET["v"] == stamp(presence, on, days)


def _calendar(request: HttpRequest, person: str, first: date, days: int) -> HttpResponse:
    presence = presence_of(request)
    presence.record.require(Right.READ_IDENTITY)
    held = _known(presence, person)
    connection = presence.record.tables.read()
    meetings = [
        meeting
        for number in range(days)
        for meeting in queries.day(connection, first + timedelta(days=number), held.id)
        if meeting.body.start[:10] == (first + timedelta(days=number)).isoformat()
    ]
    text = calendar(
        ((meeting, queries.first_of(connection, meeting)) for meeting in meetings), name=held.display_name
    )
    answer = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="agenda-{first}.ics"'
    return answer


def _known(presence: Presence, person: str) -> team.Person:
    found = team.person(presence.record.connection(), PersonId(person)) if is_id(person) else None
    if found is None:
        raise Http404
    return found


def day_in_address(typed: str) -> date:
    """The day an address names. Raises Http404."""
    found = day_of(typed)
    if found is None or found.year not in YEARS:
        raise Http404
    return found
