"""From what the agenda room says to what the day's page shows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lanterne.desk.agenda import view
from lanterne.desk.frame.build import ROLES, People, age_of, last_day, moment
from lanterne.desk.frame.view import when
from lanterne.desk.opening import today
from lanterne.desk.presence import Presence
from lanterne.practice.agenda import queries
from lanterne.practice.agenda.queries import Meeting
from lanterne.practice.agenda.rules import CLOSED, SERVICES, start_of
from lanterne.practice.patients.listing import named
from lanterne.practice.patients.queries import group_of
from lanterne.practice.patients.search import Hit
from lanterne.practice.record import Writer
from lanterne.practice.rights import Right
from lanterne.practice.team import queries as team
from lanterne.wire.names import PatientId

# Who gives appointments; a secretary keeps them.
PRACTISE = ("doctor", "locum", "midwife", "nurse")


def practitioners(presence: Presence) -> list[team.Person]:
    """Who may be booked today, by name."""
    on = today(presence)
    return [
        one
        for one in team.persons(presence.record.tables.read())
        if one.role in PRACTISE and not one.has_left(on)
    ]


def name_of(hit: Hit) -> str:
    """As lists show a patient."""
    return f"{(hit.used_name or hit.birth_name).upper()} {hit.used_given or hit.first_given}"


class Lines:
    """Lines of meetings, with patients and authors looked up once."""

    def __init__(self, presence: Presence, writer: Writer) -> None:
        self.presence, self.writer = presence, writer
        self.people = People(presence)
        self._known: dict[PatientId, Hit | None] = {}

    def patient(self, identifier: PatientId) -> Hit | None:
        """The surviving record of an id, as lists show it; None when it has not come yet."""
        if identifier not in self._known:
            self._known[identifier] = next(
                iter(named(self.presence.record.tables.read(), [identifier])), None
            )
        return self._known[identifier]

    def line(self, held: Meeting, *, restores: bool = False) -> view.Line:
        """One meeting."""
        record = self.presence.record
        hit = self.patient(held.patient) if held.patient else None
        may_write = Right.KEEP_AGENDA in self.writer.rights and not restores
        author, _role = self.people.of(held.seat, record.person_of(held.seat))
        doubt = ""
        if held.several:
            doubt = _("déplacé deux fois à la fois")
        elif held.overlaps:
            doubt = _("deux rendez-vous à la fois")
        return view.Line(
            hour=start_of(held.starts)[11:],
            until=start_of(held.ends)[11:],
            minutes=held.ends - held.starts,
            who=name_of(hit)
            if hit
            else held.body.name or (_("patient pas encore reçu") if held.patient else ""),
            service=_(SERVICES.get(held.body.service, held.body.service)),
            author=author,
            written=moment(held.written_ms, record.clock_ms()),
            url=reverse("chart", args=[hit.patient]) if hit else "",
            sex=hit.sex if hit else "unknown",  # type: ignore[arg-type]
            born=when(hit.birth_date) if hit else None,
            age=age_of(hit.birth_date, last_day(hit.deceased, today(self.presence))) if hit else "",
            phone=(hit.phone if hit else "") or held.body.phone,
            reason=held.body.reason,
            closed=held.body.service == CLOSED,
            doubt=doubt,
            move_url=reverse("appointment-move", args=[held.fact]) if may_write else "",
            cancel_url=reverse("appointment-cancel", args=[held.fact]) if may_write else "",
            restore_url=reverse("appointment-restore", args=[held.fact]) if restores else "",
            fact=held.fact,
        )

    def lines(self, meetings: Iterable[Meeting]) -> tuple[view.Line, ...]:
        """Several."""
        return tuple(self.line(held) for held in meetings)


def day_page(presence: Presence, writer: Writer, on: date) -> view.DayPage:
    """A day: the reader's own column first, then whoever has an appointment, by name."""
    connection = presence.record.tables.read()
    meetings, lines = queries.day(connection, on), Lines(presence, writer)
    by_person: dict[str, list[Meeting]] = {}
    for held in meetings:
        by_person.setdefault(held.practitioner, []).append(held)
    may_write = Right.KEEP_AGENDA in writer.rights
    columns = []
    for one in sorted(team.persons(connection), key=lambda one: one.id != writer.person):
        mine = one.id == writer.person and one.role in PRACTISE
        if not mine and one.id not in by_person:
            continue
        book = f"{reverse('appointment-new')}?jour={on}&praticien={one.id}"
        columns.append(_column(one.id, one.display_name, ROLES.get(one.role, ""), by_person.pop(one.id, []), lines,
                               book if may_write else ""))  # fmt: skip
    for stranger, held_by in by_person.items():
        columns.append(_column(stranger, _("personne %(id)s") % {"id": stranger[:8]}, "", held_by, lines, ""))
    return view.DayPage(
        iso=on.isoformat(),
        text=date_format(on, "l j F Y"),
        today=on == today(presence),
        columns=tuple(columns),
        cancelled=tuple(lines.line(held, restores=may_write) for held in queries.cancelled(connection, on)),
        before_url=_url(on - timedelta(days=1)),
        after_url=_url(on + timedelta(days=1)),
        today_url=reverse("agenda"),
        jump_url=reverse("agenda"),
        book_url=f"{reverse('appointment-new')}?jour={on}" if may_write else "",
        settle_url=reverse("settling"),
        doubts=sum(bool(line.doubt) for column in columns for line in column.lines),
    )


def _column(
    identifier: str, name: str, role: str, meetings: list[Meeting], lines: Lines, book_url: str
) -> view.Column:
    count = sum(held.body.service != CLOSED for held in meetings)
    return view.Column(identifier, name, role, lines.lines(meetings), book_url, count)


def _url(on: date) -> str:
    return reverse("agenda-day", args=[on.isoformat()]) if 1900 < on.year < 2200 else reverse("agenda")


def patient_name(presence: Presence, identifier: str) -> str:
    """Who a hidden field names; empty when nobody here."""
    connection = presence.record.tables.read()
    group = group_of(connection, PatientId(identifier)) if identifier else None
    hit = next(iter(named(connection, [group.patient])), None) if group else None
    return name_of(hit) if hit else ""
