"""From one appointment to its line on a page: who, what, whether they came, what may be done."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from lanterne.desk.agenda import view
from lanterne.desk.frame.build import People, age_of, last_day, moment
from lanterne.desk.frame.view import Tone, when
from lanterne.desk.opening import today
from lanterne.desk.presence import Presence
from lanterne.practice.agenda.arrangements import Arrangements, arrangements
from lanterne.practice.agenda.attendance import EXPECTED, NEXT, Attendance, of_threads, waited
from lanterne.practice.agenda.hours import Absence, Hours
from lanterne.practice.agenda.queries import Meeting
from lanterne.practice.agenda.rules import ABSENCES, CLOSED, day_of, minute_at, start_of
from lanterne.practice.patients.listing import named
from lanterne.practice.patients.queries import group_of
from lanterne.practice.patients.search import Hit
from lanterne.practice.record import Writer
from lanterne.practice.rights import Right
from lanterne.practice.team import queries as team
from lanterne.wire.names import PatientId, PersonId

# Of what is noted with one key, the word on the button.
STEPS: Mapping[str, str] = {
    "arrived": noop("Arrivé"),
    "in_progress": noop("Entré"),
    "finished": noop("Sorti"),
    "noshow": noop("Non venu"),
    "booked": noop("Effacer"),
}
# Minutes after which somebody who is not there is late.
LATE_MINUTES = 5
_DIALLED = re.compile(r"[^0-9+]")

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
        self.now = self.minute(presence)
        self.keeps = Right.KEEP_AGENDA in writer.rights
        self._known: dict[PatientId, Hit | None] = {}
        self._came: dict[str, Attendance] = {}
        self._hours: dict[PersonId, Hours] = {}

    @staticmethod
    def minute(presence: Presence) -> int:
        """What the wall shows now."""
        return minute_at(presence.record.clock_ms())

    @cached_property
    def arranged(self) -> Arrangements:
        """Hours, kinds and absences, read once."""
        return arrangements(self.presence.record.tables.read())

    def hours(self, practitioner: PersonId) -> Hours:
        """When somebody receives, looked up once."""
        if practitioner not in self._hours:
            self._hours[practitioner] = self.arranged.of(practitioner)
        return self._hours[practitioner]

    def service(self, code: str) -> str:
        """The name of a kind of appointment; a word of a later program as it is."""
        held = self.arranged.services.get(code)
        return _(held.label) if held else code

    def came(self, meetings: Iterable[Meeting]) -> dict[str, Attendance]:
        """Whether these came, by thread; remembered for their lines."""
        threads = [(held.thread, held.body.start[:10]) for held in meetings]
        self._came.update(of_threads(self.presence.record.tables.read(), threads))
        return self._came

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
        may_write = self.keeps and not restores
        author, _role = self.people.of(held.seat, record.person_of(held.seat))
        doubt = ""
        if held.several:
            doubt = _("déplacé deux fois à la fois")
        elif held.overlaps:
            doubt = _("deux rendez-vous à la fois")
        closed = held.body.service == CLOSED
        phone = (hit.phone if hit else "") or held.body.phone
        state, state_text, tone = self._state(held)
        on = day_of(held.body.start[:10])
        away = self.hours(held.practitioner).away(held.starts, held.ends, on) if on and not closed else []
        return view.Line(
            hour=start_of(held.starts)[11:],
            until=start_of(held.ends)[11:],
            minutes=held.ends - held.starts,
            who=name_of(hit)
            if hit
            else held.body.name or (_("patient pas encore reçu") if held.patient else ""),
            service=self.service(held.body.service),
            author=author,
            written=moment(held.written_ms, record.clock_ms()),
            url=reverse("chart", args=[hit.patient]) if hit else "",
            sex=hit.sex if hit else "unknown",  # type: ignore[arg-type]
            born=when(hit.birth_date) if hit else None,
            age=age_of(hit.birth_date, last_day(hit.deceased, today(self.presence))) if hit else "",
            phone=phone,
            tel=dialled(phone),
            reason=held.body.reason,
            comment=held.body.comment,
            closed=closed,
            doubt=doubt,
            away=_("absence : %(why)s") % {"why": absence_word(away[0])} if away else "",
            move_url=reverse("appointment-move", args=[held.fact]) if may_write else "",
            cancel_url=reverse("appointment-cancel", args=[held.fact]) if may_write else "",
            restore_url=reverse("appointment-restore", args=[held.fact]) if restores else "",
            consult_url=f"{reverse('consultation-new', args=[hit.patient])}?rdv={held.fact}"
            if hit and Right.WRITE_CHART in self.writer.rights and on == today(self.presence)
            else "",
            fact=held.fact,
            thread=held.fact if held.several else held.thread,
            state=state,
            state_text=state_text,
            tone=tone,
            state_url=reverse("appointment-state", args=[held.fact]) if may_write and held.live else "",
            state_fact=self.presence.record.draw_id(),
            steps=() if closed or not may_write else self._steps(state, held),
        )

    def _steps(self, state: str, held: Meeting) -> tuple[view.Step, ...]:
        """What may be noted now: of today all, of a day over whether they came, of a day to come nothing."""
        on = day_of(held.body.start[:10])
        if on is None or on > today(self.presence):
            return ()
        steps = []
        if state in NEXT and on == today(self.presence):
            steps.append(view.Step(NEXT[state], _(STEPS[NEXT[state]]), "e", first=True))
        if state == "booked":
            steps.append(view.Step("noshow", _(STEPS["noshow"]), "x"))
        else:
            steps.append(view.Step("booked", _(STEPS["booked"])))
        return tuple(steps)

    def _state(self, held: Meeting) -> tuple[str, str, Tone]:
        """Where they stand, in words, with what it means."""
        came = self._came.get(held.thread, EXPECTED)
        match came.state:
            case "arrived":
                waits = self.now - (came.arrived if came.arrived is not None else self.now)
                said = _("arrivé à %(hour)s") % {"hour": _hour(came.arrived)}
                if waits > 0 and held.starts <= self.now:
                    said = _("%(said)s, attend depuis %(time)s") % {"said": said, "time": lasting(waits)}
                return (
                    came.state,
                    said,
                    "warn" if waited(came, held.starts, self.now) >= LATE_MINUTES else "info",
                )
            case "in_progress":
                return came.state, _("entré à %(hour)s") % {"hour": _hour(came.came_in)}, "ok"
            case "finished":
                return came.state, _("sorti à %(hour)s") % {"hour": _hour(came.out)}, ""
            case "noshow":
                return came.state, _("non venu"), "warn"
        late = self.now - held.starts
        is_today = held.body.start[:10] == start_of(self.now)[:10]
        if is_today and late >= LATE_MINUTES and held.body.service != CLOSED:
            return came.state, _("en retard de %(time)s") % {"time": lasting(late)}, "warn"
        return came.state, "", "info"

    def waiting(self, meetings: Iterable[Meeting]) -> tuple[int, int]:
        """(how many wait, how many minutes late the practitioner is: of who waits longest beyond their hour)."""
        there = [
            waited(came, held.starts, self.now)
            for held in meetings
            if (came := self._came.get(held.thread, EXPECTED)).state == "arrived"
        ]
        return len(there), max(there, default=0)

    def lines(self, meetings: Iterable[Meeting]) -> tuple[view.Line, ...]:
        """Several."""
        return tuple(self.line(held) for held in meetings)


def dialled(phone: str) -> str:
    """The number as a tel: link dials it (RFC 3966); empty when there is none to dial."""
    digits = _DIALLED.sub("", phone)
    return digits if len(digits) >= 3 else ""


def absence_word(absence: Absence) -> str:
    """Why somebody is away, in a word."""
    return _(ABSENCES.get(absence.reason, ABSENCES["other"]))


def lasting(minutes: int) -> str:
    """So many minutes in words: "12 min", "7 h 05"."""
    if minutes < 60:
        return _("%(n)s min") % {"n": minutes}
    return _("%(h)s h %(min)s") % {"h": minutes // 60, "min": f"{minutes % 60:02}"}


def _hour(minute: int | None) -> str:
    return start_of(minute)[11:] if minute is not None else "?"


def patient_name(presence: Presence, identifier: str) -> str:
    """Who a hidden field names; empty when nobody here."""
    connection = presence.record.tables.read()
    group = group_of(connection, PatientId(identifier)) if identifier else None
    hit = next(iter(named(connection, [group.patient])), None) if group else None
    return name_of(hit) if hit else ""
