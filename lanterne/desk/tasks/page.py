"""From what the tasks room says to what the lists show."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from urllib.parse import urlencode

import msgspec
from django.urls import reverse
from django.utils.translation import gettext as _

from lanterne.desk.forms.fields import french
from lanterne.desk.forms.tasks import spoken
from lanterne.desk.frame.build import People, moment
from lanterne.desk.frame.view import when
from lanterne.desk.presence import Presence
from lanterne.desk.tasks import view
from lanterne.practice.arrivals.facts import ArrivalReceived, ArrivalSettled
from lanterne.practice.documents.facts import DocumentFiled
from lanterne.practice.patients.listing import named
from lanterne.practice.patients.phones import digits
from lanterne.practice.patients.search import Hit
from lanterne.practice.reading import OpenChart, OpenTasks
from lanterne.practice.rights import Right
from lanterne.practice.tables import Connection
from lanterne.practice.tasks import queries
from lanterne.practice.tasks.commands import today_of
from lanterne.practice.tasks.queries import Item, Listed, Said, Staff
from lanterne.practice.tasks.rules import (
    ATTEMPTS,
    CALL,
    CODES,
    MESSAGE,
    OUTCOMES,
    RECALL,
    ROLES,
    TASK,
    day_of,
)
from lanterne.practice.team import queries as team
from lanterne.wire.names import FactId, PatientId, PersonId, is_id

MINE, EVERYBODY, NOBODY = "moi", "tous", "sans"
# Days that what was done stays under the list, and how many of them; lines of one section.
DONE_DAYS = 7
DONE_MOST = 30
SECTION_MOST = 60
EVERY_S = 1
_DAY = timedelta(days=1)


def today(presence: Presence) -> date:
    """The day in Paris by the record's clock."""
    return today_of(presence.record.clock_ms())


def choices(presence: Presence, here: Staff, held: Iterable[str] = ()) -> list[tuple[str, str]]:
    """For whom a task may be: oneself, the roles somebody holds, everybody who is here; and who it is for now."""
    record = presence.record
    me = record.writer().person
    persons = [one for one in team.persons(record.tables.read()) if one.id in here.persons]
    mine = [
        (f"p:{one.id}", _("%(name)s (moi)") % {"name": one.display_name}) for one in persons if one.id == me
    ]
    roles = [(f"r:{word}", _(text)) for word, text in ROLES.items() if f"r:{word}" in here.owners]
    others = [(f"p:{one.id}", one.display_name) for one in persons if one.id != me]
    found = [*mine, *roles, *others]
    known = dict(found)
    return found + [(one, owner_name(presence, one)) for one in held if one and one not in known]


def owner_name(presence: Presence, owner: str) -> str:
    """For whom, in French: a person's name, or a role."""
    kind, _sep, word = owner.partition(":")
    if kind == "r":
        return _(ROLES[word]) if word in ROLES else word
    found = team.person(presence.record.tables.read(), PersonId(word)) if word else None
    return found.display_name if found is not None else _("personne %(id)s") % {"id": word[:8]}


def hit_name(hit: Hit) -> str:
    """As lists show a patient."""
    return f"{(hit.used_name or hit.birth_name).upper()} {hit.used_given or hit.first_given}"


class Lines:
    """Lines of tasks, with patients, persons and sources looked up once."""

    def __init__(self, presence: Presence, tasks: OpenTasks) -> None:
        self.presence, self.tasks = presence, tasks
        self.people = People(presence)
        self.today = today(presence)
        self.may_write = Right.KEEP_TASKS in tasks.reader.rights
        self._owners: dict[str, str] = {}
        self._patients: dict[PatientId, Hit | None] = {}

    def line(self, item: Item) -> view.Line:
        """One task."""
        body, hit = item.body, self._patient(item.patient)
        due = day_of(item.due)
        phone = body.phone or (hit.phone if hit and body.code in (CALL, MESSAGE, RECALL) else "")
        author, _role = self.people.of(item.seat, self.presence.record.person_of(item.seat))
        open_ = not item.done
        return view.Line(
            id=item.task,
            code=body.code if body.code in CODES else TASK,
            kind=_(CODES.get(body.code, body.code)),
            description=body.description or _("sans mots"),
            due=when(item.due) if due else when("", received=""),
            late="" if due and due > self.today else "today" if due == self.today else "late",
            owners=tuple(self._owner(one) for one in item.owners),
            author=author,
            written=moment(item.written_ms, self.presence.record.clock_ms()),
            who=hit_name(hit) if hit else _("patient pas encore reçu") if item.patient else "",
            chart_url=reverse("chart", args=[hit.patient]) if hit else "",
            born=french(hit.birth_date) if hit else "",
            phone=phone,
            phone_url=f"tel:{digits(phone)}" if digits(phone) else "",
            caller=body.caller,
            urgent=body.priority == "urgent",
            orphan=item.orphan and open_,
            postponed=item.postponed,
            every=spoken(body.every) if body.every else "",
            others=tuple(other.description for other in item.others),
            details=self._told(item.details, {}),
            attempts=self._told(item.attempts, ATTEMPTS),
            done=self._told(item.done, OUTCOMES),
            source_url=self._source(item.focus) if item.focus and self.tasks.medical else "",
            fact=self.presence.record.draw_id(),
            **(self._acts(item, open_=open_) if self.may_write else {}),
        )

    def lines(self, items: Iterable[Item]) -> tuple[view.Line, ...]:
        """Several."""
        return tuple(self.line(item) for item in items)

    def _acts(self, item: Item, *, open_: bool) -> dict[str, str]:
        names = {
            "done_url": "task-done", "say_url": "task-say", "postpone_url": "task-postpone",
            "assign_url": "task-assign", "amend_url": "task-amend",
        }  # fmt: skip
        if item.body.code in (CALL, MESSAGE, RECALL):
            names["attempt_url"] = "task-attempt"
        if not open_:
            names = {"reopen_url": "task-reopen"}
        return {name: reverse(address, args=[item.task]) for name, address in names.items()}

    def _owner(self, owner: str) -> str:
        if owner not in self._owners:
            self._owners[owner] = owner_name(self.presence, owner)
        return self._owners[owner]

    def _patient(self, patient: PatientId | None) -> Hit | None:
        if patient is None:
            return None
        if patient not in self._patients:
            self._patients[patient] = next(iter(named(self.tasks.connection, [patient])), None)
        return self._patients[patient]

    def _told(self, said: Sequence[Said], words: dict[str, str]) -> tuple[view.Told, ...]:
        record = self.presence.record
        return tuple(
            view.Told(
                self.people.of(one.seat, record.person_of(one.seat))[0],
                moment(one.written_ms, record.clock_ms()),
                _(words[one.word]) if one.word in words else one.word,
                one.text,
            )
            for one in said
        )

    def _source(self, focus: FactId) -> str:
        return source_url(self.tasks.connection, focus)


def source_url(connection: Connection, focus: FactId) -> str:
    """Where what a task comes from is read; empty when it is not here."""
    row = connection.execute(
        "SELECT k.name, p.id FROM fact f JOIN kind k ON k.no = f.kind JOIN subject p ON p.no = f.subject"
        " WHERE f.id = ?",
        (bytes.fromhex(focus),),
    ).fetchone()
    if row is None:
        return ""
    kind, patient = row[0], bytes(row[1])
    if not any(patient):
        return _arrival_url(connection, focus) if kind == ArrivalReceived.KIND else ""
    name = "document" if kind == DocumentFiled.KIND else "item"
    return reverse(name, args=[patient.hex(), focus])


def _arrival_url(connection: Connection, focus: FactId) -> str:
    """What arrived: in its list, or in the chart it was attached to since."""
    row = connection.execute(
        "SELECT b.body FROM fact f JOIN statement s ON s.fact = f.no JOIN statement v ON v.thread = s.thread"
        " JOIN fact n ON n.no = v.fact JOIN replacement r ON r.target = n.id JOIN fact b ON b.no = r.fact"
        " JOIN kind k ON k.no = b.kind WHERE f.id = ? AND k.name = ?",
        (bytes.fromhex(focus), ArrivalSettled.KIND),
    ).fetchone()
    settled = msgspec.msgpack.decode(row[0]) if row is not None else {}
    document = settled.get("document") if isinstance(settled, dict) else None
    if row is None:
        return reverse("arrival", args=[focus])
    return source_url(connection, FactId(str(document))) if is_id(document) and document != focus else ""


def tabs(presence: Presence, tasks: OpenTasks, here: Staff, whose: str) -> tuple[view.Tab, ...]:
    """Whose lists there are, with what is due by today in each."""
    on = today(presence)
    each, orphans = queries.counts(tasks.connection, here, on)
    me = tasks.reader
    mine = queries.count(tasks.connection, here, here.mine(me.person, me.role), on)
    found = [view.Tab(_("Moi"), address(MINE), mine, whose == MINE)]
    for owner, name in choices(presence, here):
        if owner != f"p:{me.person}":
            found.append(view.Tab(name, address(owner), each.get(owner, 0), whose == owner))
    waiting = bool(queries.orphans(tasks, here, 1).total)
    if waiting or whose == NOBODY:
        found.append(view.Tab(_("Sans personne"), address(NOBODY), orphans, whose == NOBODY, waiting))
    found.append(
        view.Tab(_("Tous"), address(EVERYBODY), queries.count_all(tasks.connection, on), whose == EVERYBODY)
    )
    return tuple(found)


def whose_of(asked: str) -> str:
    """The list an address names; one's own for anything else."""
    kind, _sep, word = asked.partition(":")
    known = asked in (EVERYBODY, NOBODY) or (kind == "r" and word in ROLES) or (kind == "p" and is_id(word))
    return asked if known else MINE


def address(whose: str) -> str:
    """Where a list is."""
    here = reverse("tasks")
    return here if whose == MINE else f"{here}?{urlencode({'qui': whose})}"


def sections(presence: Presence, tasks: OpenTasks, here: Staff, whose: str) -> tuple[view.Section, ...]:
    """Late, today, later, done lately."""
    on, lines = today(presence), Lines(presence, tasks)
    if whose == NOBODY:
        nobodys = queries.orphans(tasks, here, SECTION_MOST)
        return (_section("late", _("Sans personne"), nobodys, lines),) if nobodys.total else ()
    owners = _owners(tasks, here, whose)
    # On somebody's list, what is for nobody has a list of its own.
    mine = whose in (MINE, EVERYBODY)
    days = (
        ("late", _("En retard"), None, on - _DAY),
        ("today", _("Aujourd’hui"), on, on),
        ("later", _("Plus tard"), on + _DAY, None),
    )
    found = [
        _section(
            key,
            title,
            queries.listed(tasks, here, owners, first, last, nobodys=mine, most=SECTION_MOST),
            lines,
        )
        for key, title, first, last in days
    ]
    done = queries.ended(tasks, here, owners, on - DONE_DAYS * _DAY, DONE_MOST)
    found.append(view.Section("done", _("Faits ces sept derniers jours"), lines.lines(done)))
    return tuple(one for one in found if one.lines or one.key == "today")


def _owners(tasks: OpenTasks, here: Staff, whose: str) -> Collection[str] | None:
    if whose == EVERYBODY:
        return None
    return here.mine(tasks.reader.person, tasks.reader.role) if whose == MINE else {whose}


def _section(key: str, title: str, found: Listed, lines: Lines) -> view.Section:
    return view.Section(key, title, lines.lines(found.items), found.total - len(found.items))


def state_word(presence: Presence) -> str:
    """Changes with whatever was written or received since, and at midnight."""
    record = presence.record
    connection = record.connection()
    held = connection.execute("SELECT coalesce(max(no), 0) FROM fact").fetchone()[0]
    return f"{record.tables.number()}-{held}-{today(presence).isoformat()}"


def tasks_page(presence: Presence, tasks: OpenTasks, here: Staff, whose: str) -> view.TasksPage:
    """The whole page."""
    new = reverse("task-new") if Right.KEEP_TASKS in tasks.reader.rights else ""
    query = urlencode({"qui": whose, "etat": state_word(presence)})
    return view.TasksPage(
        tabs=tabs(presence, tasks, here, whose),
        sections=sections(presence, tasks, here, whose),
        lines_url=f"{reverse('tasks-lines')}?{query}",
        every_s=EVERY_S,
        message_url=f"{new}?genre={MESSAGE}" if new else "",
        call_url=f"{new}?genre={CALL}" if new else "",
        task_url=f"{new}?genre={TASK}" if new else "",
        recall_url=f"{new}?genre={RECALL}" if new else "",
        reads_medical=tasks.medical,
    )


def of_chart(presence: Presence, chart: OpenChart) -> view.ChartTasks:
    """What is open about a patient."""
    tasks = OpenTasks.of_chart(chart)
    items = queries.of_chart(chart, queries.staff(presence.record, today(presence)))
    writes = Right.KEEP_TASKS in chart.reader.rights
    return view.ChartTasks(
        Lines(presence, tasks).lines(items), task_url(TASK, "", chart.patient) if writes else ""
    )


def recall_url(patient: PatientId) -> str:
    """Where a recall of a patient is noted."""
    return task_url(RECALL, "", patient)


def task_url(code: str, source: str | None = "", patient: PatientId | None = None) -> str:
    """Where something to do is noted: of a kind, from a document or a result, about a patient."""
    named_ = {"genre": code, "source": source, "patient": patient}
    return f"{reverse('task-new')}?{urlencode({name: value for name, value in named_.items() if value})}"


def of_sources(presence: Presence, connection: Connection) -> dict[str, list[str]]:
    """What is open about each document and result, by the thread of that one, in words: "À appeler : Inès Caron"."""
    names: dict[str, str] = {}
    found: dict[str, list[str]] = {}
    for thread, tasks in queries.of_sources(connection).items():
        for code, owners in tasks:
            for owner in owners:
                if owner not in names:
                    names[owner] = owner_name(presence, owner)
            what = _(CODES[code]) if code in CODES else code
            whose = ", ".join(names[owner] for owner in owners)
            found.setdefault(thread, []).append(_("%(what)s : %(who)s") % {"what": what, "who": whose})
    return found


def thread_of_statement(connection: Connection, fact: FactId) -> str:
    """The thread of a statement, by the id of any of its versions; empty when it is none."""
    row = connection.execute(
        "SELECT s.thread FROM fact f JOIN statement s ON s.fact = f.no WHERE f.id = ?", (bytes.fromhex(fact),)
    ).fetchone()
    return bytes(row[0]).hex() if row is not None else ""
