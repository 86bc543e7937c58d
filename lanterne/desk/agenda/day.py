"""A day of everybody, and a week of one: what stands, what is free, who is away, who waits."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lanterne.desk.agenda import view
from lanterne.desk.agenda.page import PRACTISE, Lines, absence_word, lasting
from lanterne.desk.frame.build import ROLES
from lanterne.desk.frame.view import Tone
from lanterne.desk.opening import today
from lanterne.desk.presence import Presence
from lanterne.practice.agenda import queries
from lanterne.practice.agenda.arrangements import notes
from lanterne.practice.agenda.hours import Span, monday_of, without
from lanterne.practice.agenda.queries import Meeting
from lanterne.practice.agenda.rules import CLOSED, day_minutes, start_of
from lanterne.practice.record import Writer
from lanterne.practice.team import queries as team
from lanterne.wire.names import PersonId

STARTS_MOST = 48
"""Minutes offered in one gap."""


def stamp(presence: Presence, on: date, days: int = 1) -> str:
    """What a page of these days stands for: another word once anything was written, or once a minute of them passed.

    Facts only are counted, which costs a page open all day next to nothing; what changes without a new fact (another
    order, another membership) shows in the ranks or in the file the tables were folded into.
    """
    record = presence.record
    connection = record.connection()
    last = connection.execute("SELECT coalesce(max(no), 0) FROM fact").fetchone()[0]
    now = Lines.minute(presence)
    first, after = day_minutes(on)[0], day_minutes(on + timedelta(days=days - 1))[1]
    said = (
        last,
        record.journal.reranks,
        record.tables.path.name,
        now if first <= now < after else now >= after,
        on,
        days,
    )
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def day_page(presence: Presence, writer: Writer, on: date) -> view.DayPage:
    """A day: the reader's own column first, whom they cover next, then who receives or has an appointment, by name."""
    fresh = f"{_url(on)}?v={stamp(presence, on)}"
    connection = presence.record.tables.read()
    meetings, lines = queries.day(connection, on), Lines(presence, writer)
    lines.came(meetings)
    by_person: dict[PersonId, list[Meeting]] = {}
    for held in meetings:
        by_person.setdefault(held.practitioner, []).append(held)
    arranged = lines.arranged
    covered = {one.practitioner for one in arranged.covering(writer.person, on)}
    people = {one.id: one for one in team.persons(connection)}
    columns = []
    for one in sorted(people.values(), key=lambda one: (one.id != writer.person, one.id not in covered)):
        mine = one.id == writer.person and one.role in PRACTISE
        receives = one.role in PRACTISE and not one.has_left(on) and bool(lines.hours(one.id).open(on))
        if mine or receives or one.id in covered or one.id in by_person:
            role = ROLES.get(one.role, "")
            columns.append(_column(lines, one.id, one.display_name, role, by_person.pop(one.id, []), on))
    for stranger, held_by in by_person.items():
        columns.append(_column(lines, stranger, _("personne %(id)s") % {"id": stranger[:8]}, "", held_by, on))
    own = writer.person if writer.role in PRACTISE else next((PersonId(one.id) for one in columns), None)
    return view.DayPage(
        iso=on.isoformat(),
        text=date_format(on, "l j F Y"),
        today=on == today(presence),
        columns=tuple(columns),
        cancelled=tuple(lines.line(held, restores=lines.keeps) for held in queries.cancelled(connection, on)),
        before_url=_url(on - timedelta(days=1)),
        after_url=_url(on + timedelta(days=1)),
        today_url=reverse("agenda"),
        jump_url=reverse("agenda"),
        book_url=f"{reverse('appointment-new')}?jour={on}" if lines.keeps else "",
        settle_url=reverse("settling"),
        doubts=sum(bool(line.doubt) for column in columns for line in column.lines),
        holiday=arranged.holiday(on),
        notes=_notes(lines, on),
        note_url=f"{reverse('agenda-note-new')}?jour={on}" if lines.keeps else "",
        settings_url=reverse("agenda-settings") if lines.keeps else "",
        print_url=reverse("agenda-print", args=[on.isoformat()]),
        week_url=reverse("agenda-week", args=[on.isoformat(), own]) if own else "",
        fresh_url=fresh,
    )


def week_page(presence: Presence, writer: Writer, on: date, practitioner: PersonId) -> view.WeekPage:
    """Monday to Saturday of one practitioner, and Sunday when there is something on it."""
    monday = monday_of(on)
    fresh = f"{_week(monday, practitioner)}?v={stamp(presence, monday, 7)}"
    connection = presence.record.tables.read()
    lines = Lines(presence, writer)
    people = team.persons(connection)
    named = {one.id: one.display_name for one in people}
    columns = []
    for number in range(7):
        day = monday + timedelta(days=number)
        meetings = queries.day(connection, day, practitioner)
        if number == 6 and not meetings and not lines.hours(practitioner).open(day):
            continue
        lines.came(meetings)
        column = _column(lines, practitioner, date_format(day, "l j"), "", meetings, day, days=True)
        columns.append(column)
    others = tuple(
        view.Practitioner(one.display_name, _week(monday, one.id), one.id == practitioner)
        for one in people
        if one.id == practitioner or (one.role in PRACTISE and not one.has_left(monday))
    )
    return view.WeekPage(
        text=_("Semaine du %(day)s") % {"day": date_format(monday, "j F Y")},
        name=named.get(practitioner, _("personne %(id)s") % {"id": practitioner[:8]}),
        columns=tuple(columns),
        others=others,
        before_url=_week(monday - timedelta(days=7), practitioner),
        after_url=_week(monday + timedelta(days=7), practitioner),
        today_url=_week(monday_of(today(presence)), practitioner),
        day_url=_url(on),
        calendar_url=reverse("agenda-calendar", args=[monday.isoformat(), practitioner]),
        feed_url=reverse("agenda-feed", args=[practitioner]),
        fresh_url=fresh,
    )


def _column(
    lines: Lines,
    identifier: PersonId,
    name: str,
    role: str,
    meetings: list[Meeting],
    on: date,
    *,
    days: bool = False,
) -> view.Column:
    arranged = lines.arranged
    shown = lines.lines(meetings)
    receives = lines.hours(identifier).open(on)
    book = f"{reverse('appointment-new')}?jour={on}&praticien={identifier}"
    chips: list[tuple[str, Tone]] = []
    if days and arranged.holiday(on):
        chips.append((_("férié : %(name)s") % {"name": arranged.holiday(on)}, "info"))
    chips += _away(lines, identifier, on)
    waiting, late = lines.waiting(meetings)
    if waiting:
        said = ngettext("%(n)s en attente", "%(n)s en attente", waiting) % {"n": waiting}
        chips.append((said, "info"))
    if late > 0:
        chips.append((_("retard : %(time)s") % {"time": lasting(late)}, "warn"))
    items: list[view.Line | view.Gap] = [*shown]
    if lines.keeps and on >= today(lines.presence):
        items += _gaps(lines, identifier, receives, meetings, on)
    return view.Column(
        id=f"{identifier}-{on}" if days else identifier,
        name=name,
        role=role,
        lines=shown,
        items=tuple(sorted(items, key=lambda item: (item.hour, item.is_gap))),
        book_url=book if lines.keeps else "",
        count=sum(held.body.service != CLOSED for held in meetings),
        hours=", ".join(f"{start_of(start)[11:]}–{_end(end)}" for start, end in receives),
        chips=tuple(chips),
        week_url="" if days else _week(on, identifier),
        day_url=_url(on) if days else "",
        today=on == today(lines.presence),
    )


def _end(minute: int) -> str:
    return start_of(minute)[11:] if minute % 1440 else "24:00"


def _away(lines: Lines, identifier: PersonId, on: date) -> list[tuple[str, Tone]]:
    """Who is away, who covers whom."""
    names = {one.id: one.display_name for one in team.persons(lines.presence.record.tables.read())}
    found: list[tuple[str, Tone]] = []
    for absence in lines.hours(identifier).absent(on):
        word = absence_word(absence)
        if not absence.whole_day:
            first = day_minutes(on)[0]
            hours = f"{start_of(first + absence.hours[0])[11:]}–{_end(first + absence.hours[1])}"
            word = _("%(word)s (%(hours)s)") % {"word": word, "hours": hours}
        if absence.covered_by == lines.writer.person:
            word = _("%(word)s : vous remplacez") % {"word": word}
        elif absence.covered_by:
            by = names.get(absence.covered_by, absence.covered_by[:8])
            word = _("%(word)s : voir %(name)s") % {"word": word, "name": by}
        if absence.several:
            word = _("%(word)s (dit deux fois)") % {"word": word}
        found.append((word, "warn"))
    for absence in lines.arranged.covering(identifier, on):
        away = names.get(absence.practitioner, absence.practitioner[:8])
        found.append((_("remplace %(name)s") % {"name": away}, "info"))
    return found


def _gaps(
    lines: Lines, identifier: PersonId, receives: Sequence[Span], meetings: Sequence[Meeting], on: date
) -> list[view.Gap]:
    """Free minutes long enough for somebody, still to come."""
    step = lines.arranged.services["consultation"].minutes
    taken = [(held.starts, held.ends) for held in meetings]
    found = []
    for start, end in without(receives, [*taken, (day_minutes(on)[0], lines.now)]):
        begins = -(-start // 5) * 5
        starts = range(begins, end - step + 1, step)
        if starts:
            shown = [_start(identifier, minute) for minute in list(starts)[:STARTS_MOST]]
            found.append(view.Gap(start_of(begins)[11:], _end(end), tuple(shown), len(starts) > len(shown)))
    return found


def _start(identifier: PersonId, minute: int) -> view.Start:
    day, hour = start_of(minute).split("T")
    place = f"jour={day}&heure={hour}&praticien={identifier}"
    return view.Start(hour, f"{reverse('appointment-new')}?{place}", place)


def _notes(lines: Lines, on: date) -> tuple[view.Note, ...]:
    connection = lines.presence.record.tables.read()
    names = {one.id: one.display_name for one in team.persons(connection)}
    return tuple(
        view.Note(
            text=note.text,
            whose=names.get(note.practitioner, "") if note.practitioner else "",
            author=lines.people.of(note.seat, lines.presence.record.person_of(note.seat))[0],
            edit_url=reverse("agenda-note", args=[note.fact]) if lines.keeps else "",
            doubt=_("écrite deux fois à la fois") if note.several else "",
        )
        for note in notes(connection, on, on)
    )


def _week(on: date, practitioner: PersonId) -> str:
    return (
        reverse("agenda-week", args=[on.isoformat(), practitioner])
        if 1900 < on.year < 2200
        else reverse("agenda")
    )


def _url(on: date) -> str:
    return reverse("agenda-day", args=[on.isoformat()]) if 1900 < on.year < 2200 else reverse("agenda")
