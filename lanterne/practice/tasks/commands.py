"""Making a task, saying for whom and by when, trying to call, being done with it, taking that back.

Forms carry what they showed: a task whose words changed meanwhile, or that went to somebody else, is refused. Done
twice is no mistake: the second is told so and writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from lanterne.practice.commands import Look, NewFact
from lanterne.practice.errors import Refusal, UnknownFact, UnknownPatient
from lanterne.practice.patients import queries as patients
from lanterne.practice.recording import unknown_fields
from lanterne.practice.rights import Right
from lanterne.practice.tables import Connection
from lanterne.practice.tasks.facts import (
    CallAttempted,
    Task,
    TaskAmended,
    TaskAssigned,
    TaskCompleted,
    TaskCreated,
    TaskDetailed,
    TaskPostponed,
    TaskReopened,
)
from lanterne.practice.tasks.folding import Standing, standing
from lanterne.practice.tasks.queries import thread_of
from lanterne.practice.tasks.rules import (
    ATTEMPTS,
    COMMENT_CHARACTERS,
    DETAIL_CHARACTERS,
    OUTCOMES,
    RECALL,
    after,
    check,
    check_due,
    check_owner,
    check_text,
)
from lanterne.practice.team import queries as team
from lanterne.wire.names import FactId, PatientId

_PARIS = ZoneInfo("Europe/Paris")
# What a change of words leaves as it is.
_LEFT = ("owner", "role", "due", "counted_from", "interval", "focus", "follows")


@dataclass(frozen=True, slots=True)
class Known:
    """What the door loaded: the task as it stands, the id to write under, who works here, today, the fields of it this
    program does not know, and the next recall when there is one already.
    """

    id: FactId
    held: Standing
    at_work: frozenset[str]
    today: date
    unknown: dict[str, object] = field(default_factory=dict)
    next_held: Standing | None = None

    def named(self, kind: str) -> tuple[FactId, ...]:
        """Facts of a kind that stand about the task."""
        return _of(self.held, kind)

    @property
    def task(self) -> FactId:
        """The id by which what is said names the task."""
        return FactId(self.held.root.hex())

    @property
    def open(self) -> bool:
        """Whether it is still to be done."""
        return not self.held.ended


@dataclass(frozen=True, slots=True)
class CreateTask:
    """Something is to be done. `detail`: what was said of medicine, read by care-givers only.

    Attributes:
        id: drawn when the form was shown, so that a form sent twice writes once.
    """

    task: TaskCreated
    detail: str = ""
    id: FactId | None = None
    right: Right = Right.KEEP_TASKS

    def load(self, look: Look) -> tuple[FactId, TaskCreated, frozenset[str]]:
        """See Command.load."""
        body = _about_who_stands(look.connection, self.task)
        return self.id or FactId(look.new_id()), body, _at_work(look)

    def decide(self, known: tuple[FactId, TaskCreated, frozenset[str]]) -> Sequence[NewFact]:
        """See Command.decide."""
        identifier, body, at_work = known
        check(body)
        check_owner(body.owner, body.role, at_work)
        return [NewFact(body, None, identifier), *_detail(identifier, self.detail)]


@dataclass(frozen=True, slots=True)
class AmendTask:
    """A task in other words, about another patient, or with another number; what is said of medicine is added.

    Attributes:
        shown: the versions the form showed: all that stand are replaced by one.
        task: its words; for whom and by when are left as they are (Assign, Postpone).
    """

    shown: tuple[FactId, ...]
    task: TaskAmended
    detail: str = ""
    id: FactId | None = None
    right: Right = Right.KEEP_TASKS

    def load(self, look: Look) -> tuple[Known, TaskAmended]:
        """See Command.load."""
        if not self.shown:
            raise UnknownFact("no task is named")
        return _known(look, self.id, self.shown[0]), _about_who_stands(look.connection, self.task)

    def decide(self, known: tuple[Known, TaskAmended]) -> Sequence[NewFact]:
        """See Command.decide."""
        held, body = known
        if {FactId(version.id.hex()) for version in held.held.versions} != set(self.shown):
            raise Refusal("tasks_changed")
        first = held.held.versions[0].body
        kept = {name: first[name] for name in _LEFT if isinstance(first.get(name), str)}
        body = msgspec.structs.replace(body, **kept)
        check(body)
        # Those that say the same as one shown go with it: replacing one leaves no twin behind.
        replaced = tuple(FactId(identifier.hex()) for identifier in held.held.live)
        return [NewFact(body, None, held.id, None, replaced, held.unknown), *_detail(held.task, self.detail)]


@dataclass(frozen=True, slots=True)
class Assign:
    """A task is for somebody else, or for a role. `shown`: the assignments the form showed; one that came since is
    refused, for somebody took it.
    """

    task: FactId
    owner: str = ""
    role: str = ""
    shown: tuple[FactId, ...] = ()
    id: FactId | None = None
    right: Right = Right.KEEP_TASKS

    def load(self, look: Look) -> Known:
        """See Command.load."""
        return _known(look, self.id, self.task)

    def decide(self, known: Known) -> Sequence[NewFact]:
        """See Command.decide."""
        check_owner(self.owner, self.role, known.at_work)
        _require_open(known)
        held = known.named(TaskAssigned.KIND)
        if set(held) != set(self.shown):
            raise Refusal("tasks_assigned")
        body = TaskAssigned(task=known.task, owner=self.owner, role=self.role)
        return [NewFact(body, None, known.id, None, held)]


@dataclass(frozen=True, slots=True)
class Postpone:
    """A task is due another day (ISO)."""

    task: FactId
    due: str
    reason: str = ""
    id: FactId | None = None
    right: Right = Right.KEEP_TASKS

    def load(self, look: Look) -> Known:
        """See Command.load."""
        return _known(look, self.id, self.task)

    def decide(self, known: Known) -> Sequence[NewFact]:
        """See Command.decide."""
        check_due(self.due)
        check_text(self.reason, "reason", COMMENT_CHARACTERS)
        _require_open(known)
        body = TaskPostponed(task=known.task, due=self.due, reason=self.reason.strip())
        return [NewFact(body, None, known.id, None, known.named(TaskPostponed.KIND))]


@dataclass(frozen=True, slots=True)
class Complete:
    """A task needs nothing more. A recall that comes again makes the next, counted from today, in the same entry.

    Attributes:
        next_id: id of that next one, drawn from the task (`next_pieces`): two devices that complete it make one.
    """

    task: FactId
    outcome: str = "done"
    comment: str = ""
    next_id: FactId | None = None
    id: FactId | None = None
    right: Right = Right.KEEP_TASKS

    def load(self, look: Look) -> Known:
        """See Command.load."""
        known = _known(look, self.id, self.task)
        thread = thread_of(look.connection, self.next_id) if self.next_id else None
        if thread is None:
            return known
        return replace(known, next_held=standing(look.connection, thread))

    def decide(self, known: Known) -> Sequence[NewFact]:
        """See Command.decide."""
        if self.outcome not in OUTCOMES:
            raise Refusal("tasks_outcome", field="outcome")
        check_text(self.comment, "comment", COMMENT_CHARACTERS)
        _require_open(known)
        body = TaskCompleted(task=known.task, outcome=self.outcome, comment=self.comment.strip())
        return [NewFact(body, None, known.id), *self._next(known)]

    def _next(self, known: Known) -> list[NewFact]:
        """The next of a recall that comes again. One made before, then taken back with what made it, gets its day."""
        shown = known.held.versions[0].body
        every = shown.get("every")
        if shown.get("code") != RECALL or not isinstance(every, str) or not every:
            return []
        if self.outcome in ("unneeded", "mistake") or self.next_id is None:
            return []
        due = after(known.today, every).isoformat()
        if known.next_held is not None:
            put = TaskPostponed(task=known.next_held.root.hex(), due=due)
            return [NewFact(put, None, replaces=_of(known.next_held, TaskPostponed.KIND))]
        owner, role = _owner_of(known)
        names = [one.encode_name for one in msgspec.structs.fields(TaskCreated)]
        kept = {name: shown[name] for name in names if isinstance(shown.get(name), str)}
        kept |= {"due": due, "counted_from": known.today.isoformat(), "interval": every, "focus": ""}
        kept |= {"owner": owner, "role": role, "follows": str(known.task)}
        return [NewFact(TaskCreated(**kept), None, self.next_id)]


@dataclass(frozen=True, slots=True)
class Reopen:
    """It is to be done again: what said it was done is taken back, and the next it made with it."""

    task: FactId
    reason: str = ""
    id: FactId | None = None
    right: Right = Right.KEEP_TASKS

    def load(self, look: Look) -> Known:
        """See Command.load."""
        return _known(look, self.id, self.task)

    def decide(self, known: Known) -> Sequence[NewFact]:
        """See Command.decide."""
        check_text(self.reason, "reason", COMMENT_CHARACTERS)
        if known.open:
            raise Refusal("tasks_open")
        body = TaskReopened(task=known.task, reason=self.reason.strip())
        return [NewFact(body, None, known.id, None, known.named(TaskCompleted.KIND))]


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody tried to call: the task stays open, and says so."""

    task: FactId
    outcome: str = "no_answer"
    comment: str = ""
    id: FactId | None = None
    right: Right = Right.KEEP_TASKS

    def load(self, look: Look) -> Known:
        """See Command.load."""
        return _known(look, self.id, self.task)

    def decide(self, known: Known) -> Sequence[NewFact]:
        """See Command.decide."""
        if self.outcome not in ATTEMPTS:
            raise Refusal("tasks_outcome", field="outcome")
        check_text(self.comment, "comment", COMMENT_CHARACTERS)
        _require_open(known)
        body = CallAttempted(task=known.task, outcome=self.outcome, comment=self.comment.strip())
        return [NewFact(body, None, known.id)]


def next_pieces(task: FactId) -> tuple[str, ...]:
    """What the id of the next recall is drawn from (seal.naming)."""
    return ("lanterne/task/next/1", task)


def today_of(now_ms: int) -> date:
    """The day in Paris at a moment, in milliseconds since 1970 UTC."""
    return datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(_PARIS).date()


def _known(look: Look, identifier: FactId | None, task: FactId) -> Known:
    thread = thread_of(look.connection, task)
    held = standing(look.connection, thread) if thread is not None else None
    if held is None:
        raise UnknownFact("no task has this id")
    names = [one.encode_name for one in msgspec.structs.fields(Task)]
    unknown: dict[str, object] = {}
    for version in held.versions:
        unknown.update(unknown_fields(version.body, names))
    written = identifier or FactId(look.new_id())
    return Known(written, held, _at_work(look), today_of(look.now_ms), unknown)


def _at_work(look: Look) -> frozenset[str]:
    today = today_of(look.now_ms)
    return frozenset(str(one.id) for one in team.persons(look.connection) if not one.has_left(today))


B = TypeVar("B", bound=Task)


def _about_who_stands(connection: Connection, body: B) -> B:
    """The body about the patient's record that stands.

    Raises:
        UnknownPatient: nobody here has this id.
    """
    if not body.patient:
        return body
    group = patients.group_of(connection, PatientId(body.patient))
    if group is None:
        raise UnknownPatient("no such patient")
    return msgspec.structs.replace(body, patient=group.patient)


def _require_open(known: Known) -> None:
    if not known.open:
        raise Refusal("tasks_done")


def _of(held: Standing, kind: str) -> tuple[FactId, ...]:
    return tuple(FactId(word.id.hex()) for word in held.words if word.kind == kind)


def _owner_of(known: Known) -> tuple[str, str]:
    """(owner, role) of the next recall: who is in charge, of several the first; the secretary's when all left."""
    for name in known.held.owners:
        kind, _sep, word = name.partition(":")
        if kind == "r":
            return "", word
        if word in known.at_work:
            return word, ""
    return "", "secretary"


def _detail(task: FactId, text: str) -> list[NewFact]:
    said = text.strip()
    check_text(said, "detail", DETAIL_CHARACTERS)
    return [NewFact(TaskDetailed(task=task, text=said), None)] if said else []
