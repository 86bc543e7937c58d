"""What pages ask of the tasks: whose, by which day, about which patient, from which document.

The list is of the office: whoever reads identities reads it. What is said of medicine is handed only to those who read
charts, and `OpenTasks` (practice.reading) traced that they looked. `count` and `of_sources` tell nothing of anybody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from lanterne.practice.errors import UnknownFact
from lanterne.practice.patients.queries import Group
from lanterne.practice.reading import OpenChart, OpenTasks
from lanterne.practice.record import Record
from lanterne.practice.tables import Connection, marks
from lanterne.practice.tasks.facts import (
    CallAttempted,
    Task,
    TaskAssigned,
    TaskCompleted,
    TaskCreated,
    TaskDetailed,
    TaskPostponed,
)
from lanterne.practice.tasks.folding import Standing, Word, standing
from lanterne.practice.tasks.rules import HOLDERS, day_of
from lanterne.practice.team import queries as team
from lanterne.wire.names import FactId, PatientId, PersonId, SeatId, is_id

# What a fact says by leaving its word out.
_USUAL = {
    TaskCompleted.KIND: TaskCompleted(task="").outcome,
    CallAttempted.KIND: CallAttempted(task="").outcome,
}
# More than one page holds; the rest comes up as these go.
MOST = 100


@dataclass(frozen=True, slots=True)
class Staff:
    """Who is here today.

    Attributes:
        persons: with an access in force, described and not gone. owners: names under which rows keep what is for
            somebody who is here ("p:" and an id, "r:" and a role somebody holds); whatever is for none of them is for
            everybody to see.
    """

    persons: frozenset[PersonId]
    owners: frozenset[str]

    def mine(self, person: PersonId, role: str) -> frozenset[str]:
        """The names under which rows keep what is for this person."""
        return frozenset(
            {f"p:{person}", *(f"r:{word}" for word, holders in HOLDERS.items() if role in holders)}
        )


@dataclass(frozen=True, slots=True)
class Said:
    """Something said of a task: by which seat and when (milliseconds since 1970 UTC), its word and its text."""

    fact: FactId
    seat: SeatId
    written_ms: int
    word: str
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """A task as it stands.

    Attributes:
        task: names it to a command, and to whatever is said of it.
        body: its words; `others`: what it says in other versions, written on two devices at once.
        versions: the facts behind it, shown by a form that changes its words. assigned: those that say for whom.
        owners: for whom, as rules.owners; several when two devices named somebody at once.
        orphan: nobody of them is here: it is for everybody to see.
        due: ISO; `postponed`: it was put off.
        done, attempts, details: said of it, oldest first; `details` is empty for who reads no charts.
        seat, written_ms: who made it, and when.
    """

    task: FactId
    body: Task
    others: tuple[Task, ...]
    versions: tuple[FactId, ...]
    assigned: tuple[FactId, ...]
    owners: tuple[str, ...]
    orphan: bool
    due: str
    postponed: bool
    patient: PatientId | None
    focus: FactId | None
    done: tuple[Said, ...]
    attempts: tuple[Said, ...]
    details: tuple[Said, ...]
    seat: SeatId
    written_ms: int


@dataclass(frozen=True, slots=True)
class Listed:
    """The first tasks of a list, and how many it has."""

    items: tuple[Item, ...]
    total: int


def staff(record: Record, today: date) -> Staff:
    """Who is here today, by the membership and the team's description together."""
    connection, moment = record.tables.read(), record.clock_ms()
    members = record.journal.membership
    active = {seat.person for seat in members.seats if members.is_active(seat.id, moment)}
    here = [one for one in team.persons(connection) if one.id in active and not one.has_left(today)]
    roles = {one.role for one in here}
    held = {f"r:{word}" for word, holders in HOLDERS.items() if roles.intersection(holders)}
    return Staff(frozenset(one.id for one in here), frozenset({f"p:{one.id}" for one in here} | held))


def count(connection: Connection, here: Staff, owners: Collection[str], until: date) -> int:
    """How many are due by a day for these owners, or for nobody who is here: for every page's bar, which is no look
    at the list.
    """
    held: dict[int, set[str]] = defaultdict(set)
    for task, owner in connection.execute(
        "SELECT task, owner FROM task_owner WHERE due <= ?", (until.isoformat(),)
    ):
        held[task].add(owner)
    return sum(1 for names in held.values() if names.intersection(owners) or not names & here.owners)


def counts(connection: Connection, here: Staff, until: date) -> tuple[dict[str, int], int]:
    """(how many are due by a day for each owner, how many for nobody who is here)."""
    held: dict[int, set[str]] = defaultdict(set)
    for task, owner in connection.execute(
        "SELECT task, owner FROM task_owner WHERE due <= ?", (until.isoformat(),)
    ):
        held[task].add(owner)
    each: dict[str, int] = defaultdict(int)
    orphans = 0
    for names in held.values():
        orphans += not names & here.owners
        for name in names:
            each[name] += 1
    return dict(each), orphans


def count_all(connection: Connection, until: date) -> int:
    """How many are due by a day, for anybody."""
    return int(
        connection.execute(
            "SELECT count(DISTINCT task) FROM task_owner WHERE due <= ?", (until.isoformat(),)
        ).fetchone()[0]
    )


def listed(
    tasks: OpenTasks,
    here: Staff,
    owners: Collection[str] | None,
    first: date | None = None,
    last: date | None = None,
    *,
    nobodys: bool = True,
    most: int = MOST,
) -> Listed:
    """What is open and due from one day to another for these owners (None: for anybody): the earliest day first, and of
    one day the urgent first.

    Args:
        nobodys: with what is for nobody who is here.
        most: so many are read; of the last day read, all.
    """
    names: dict[int, set[str]] = defaultdict(set)
    days: dict[int, str] = {}
    since, until = (day.isoformat() if day else beyond for day, beyond in ((first, ""), (last, "9999-99-99")))
    # Whose they are is looked at before anything of them is read.
    for day, task, owner in tasks.connection.execute(
        "SELECT due, task, owner FROM task_owner WHERE due >= ? AND due <= ? ORDER BY due, task",
        (since, until),
    ):
        days[task] = day
        names[task].add(owner)
    kept = [
        task
        for task, named in names.items()
        if owners is None or named.intersection(owners) or (nobodys and not named & here.owners)
    ]
    cut = days[kept[most - 1]] if len(kept) > most else ""
    reads = [task for task in kept if days[task] <= cut] if cut else kept
    rows = (
        tasks.connection.execute("SELECT thread FROM task WHERE fact = ?", (task,)).fetchone()
        for task in reads
    )
    found = _items(tasks, here, (bytes(row[0]) for row in rows if row is not None))
    found.sort(key=lambda item: (item.due, item.body.priority != "urgent", item.written_ms, item.task))
    return Listed(tuple(found[:most]), len(kept))


def orphans(tasks: OpenTasks, here: Staff, most: int = MOST) -> Listed:
    """What is open and for nobody who is here, whatever its day."""
    return listed(tasks, here, (), most=most)


def ended(
    tasks: OpenTasks, here: Staff, owners: Collection[str] | None, since: date, most: int
) -> list[Item]:
    """What was done since a day, the last first."""
    found: list[Item] = []
    rows = tasks.connection.execute(
        "SELECT thread FROM task WHERE ended >= ? ORDER BY ended DESC, fact DESC", (since.isoformat(),)
    ).fetchall()
    for (thread,) in rows:
        item = _item(tasks, here, bytes(thread))
        if item is not None and (owners is None or set(item.owners).intersection(owners)):
            found.append(item)
            if len(found) == most:
                break
    return found


def one(tasks: OpenTasks, here: Staff, task: FactId) -> Item:
    """A task, open or done, by the id of any of its versions.

    Raises:
        UnknownFact: no task has this id.
    """
    held = thread_of(tasks.connection, task)
    item = _item(tasks, here, held) if held is not None else None
    if item is None:
        raise UnknownFact("no task has this id")
    return item


def of_patient(tasks: OpenTasks, here: Staff, group: Group) -> list[Item]:
    """What is open about a patient, soonest first; about the records merged into theirs too."""
    rows = tasks.connection.execute(
        f"SELECT t.thread FROM task t WHERE t.patient IN (SELECT id FROM subject WHERE no IN ({marks(group.subjects)}))"
        " AND t.patient IS NOT NULL AND t.ended = '' ORDER BY t.due, t.thread LIMIT ?",
        (*group.subjects, MOST),
    ).fetchall()
    return _items(tasks, here, (bytes(row[0]) for row in rows))


def of_chart(chart: OpenChart, here: Staff) -> list[Item]:
    """The same, of a chart that is open."""
    tasks = OpenTasks.of_chart(chart)
    return of_patient(tasks, here, Group(chart.patient, chart.subjects))


def of_sources(connection: Connection) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """Open tasks that come from something: by the thread of that thing, (code, owners) of each, soonest first."""
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    rows = connection.execute(
        "SELECT t.thread, s.thread FROM task t JOIN fact f ON f.id = t.focus JOIN statement s ON s.fact = f.no"
        " WHERE t.focus IS NOT NULL AND t.ended = '' ORDER BY t.due, t.thread"
    ).fetchall()
    for thread, source in rows:
        held = standing(connection, bytes(thread))
        if held is not None:
            code = held.versions[0].body.get("code")
            found[bytes(source).hex()].append((str(code), held.owners))
    return found


def thread_of(connection: Connection, task: FactId) -> bytes | None:
    """The thread of a task, by the id of any of its versions; None when it is none."""
    if not is_id(task):
        return None
    row = connection.execute(
        "SELECT s.thread FROM fact f JOIN statement s ON s.fact = f.no JOIN kind k ON k.no = s.kind"
        " WHERE f.id = ? AND k.name IN (?, 'task.amended') AND s.subject = (SELECT no FROM subject WHERE id ="
        " zeroblob(16))",
        (bytes.fromhex(task), TaskCreated.KIND),
    ).fetchone()
    return bytes(row[0]) if row is not None else None


def _items(tasks: OpenTasks, here: Staff, threads: Iterable[bytes]) -> list[Item]:
    found = (_item(tasks, here, thread) for thread in threads)
    return [item for item in found if item is not None]


def _item(tasks: OpenTasks, here: Staff, thread: bytes) -> Item | None:
    held = standing(tasks.connection, thread)
    if held is None:
        return None
    seat, written = _written(tasks.connection, held.root)
    body, *others = (_read(version.body) for version in held.versions)
    return Item(
        task=FactId(held.root.hex()),
        body=body,
        others=tuple(others),
        versions=tuple(FactId(version.id.hex()) for version in held.versions),
        assigned=tuple(FactId(word.id.hex()) for word in _of(held, TaskAssigned.KIND)),
        owners=held.owners,
        orphan=not here.owners.intersection(held.owners),
        due=held.due,
        postponed=bool(_of(held, TaskPostponed.KIND)),
        patient=PatientId(body.patient) if is_id(body.patient) else None,
        focus=FactId(body.focus) if is_id(body.focus) else None,
        done=_said(tasks.connection, held, TaskCompleted.KIND, "outcome", "comment"),
        attempts=_said(tasks.connection, held, CallAttempted.KIND, "outcome", "comment"),
        details=_said(tasks.connection, held, TaskDetailed.KIND, "", "text") if tasks.medical else (),
        seat=seat,
        written_ms=written,
    )


def _of(held: Standing, kind: str) -> list[Word]:
    return [word for word in held.words if word.kind == kind]


def _said(connection: Connection, held: Standing, kind: str, word: str, text: str) -> tuple[Said, ...]:
    found = []
    for one_ in _of(held, kind):
        seat, written = _written(connection, one_.id)
        found.append(
            Said(
                FactId(one_.id.hex()),
                seat,
                written,
                _text(one_.body.get(word, _USUAL.get(kind))),
                _text(one_.body.get(text)),
            )
        )
    return tuple(sorted(found, key=lambda said: (said.written_ms, said.fact)))


def _written(connection: Connection, identifier: bytes) -> tuple[SeatId, int]:
    row = connection.execute(
        "SELECT e.seat, e.time >> 16 FROM fact f JOIN entry e ON e.no = f.entry WHERE f.id = ?", (identifier,)
    ).fetchone()
    return SeatId(bytes(row[0]).hex()), int(row[1])


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _read(raw: dict[str, Any]) -> Task:
    """The body; one whose words have another shape (it passed no command here) keeps what of it is text."""
    try:
        return msgspec.convert(raw, TaskCreated)
    except msgspec.ValidationError:
        kept = {
            field.encode_name: _text(raw.get(field.encode_name)) for field in msgspec.structs.fields(Task)
        }
        return TaskCreated(**{**kept, "due": kept["due"] if day_of(kept["due"]) else ""})
