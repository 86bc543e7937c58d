"""Tasks, calls to make, phone messages and recalls (FHIR Task, CommunicationRequest): what somebody must do by a day.

Two compartments. Who called, from which number, for whom, by when and a few words are of the **office**: the secretary
who takes a message must find it again in her own list, and act on it. What was said, once it is of medicine, goes
beside it in a fact of its own (`task.detailed`), sealed for **care-givers**: she writes it and cannot read it back, as
with a letter she files.

All of them concern the practice, as appointments do, and name the patient: a caller may be in no chart yet, and a
message put under the wrong name is put right by somebody who may not read its medical part, which follows the task it
names.

A task is one fact and what was said of it since, each aspect apart (for whom, by when, done, tried): two devices that
do different things to one task contradict nothing, and two that do the same end as one.
"""

from __future__ import annotations

from typing import ClassVar

from lanterne.practice.kinds import Body, Concerns, Kind, Shape, office
from lanterne.wire.names import Compartment


class Task(Body):
    """What is to be done, whole.

    Attributes:
        code: rules.CODES: a task, a call to make, a message to read, a recall of a patient.
        description: a few words, read by the secretary too.
        due: the day, ISO. `counted_from` and `interval` say how it was reckoned: a day and an ISO 8601 duration
            ("P2W"), both empty when the day itself was given.
        owner: id of the person in charge; else `role` (rules.ROLES): whoever holds it, so that no absence loses it.
        patient: id of the patient; empty for none. `caller`, `phone`: who called, the number to call.
        priority: "routine" or "urgent" (FHIR request-priority).
        focus: id of the document, result or consultation it comes from; empty for none.
        every: of a recall that comes again, the ISO 8601 duration from one to the next.
        follows: id of the task whose completion made this one; while that one is open again, this one is not.
    """

    code: str
    description: str
    due: str
    owner: str = ""
    role: str = ""
    patient: str = ""
    caller: str = ""
    phone: str = ""
    priority: str = "routine"
    focus: str = ""
    counted_from: str = ""
    interval: str = ""
    every: str = ""
    follows: str = ""


class TaskCreated(Task):
    """There is something to do."""

    KIND: ClassVar[str] = "task.created"


class TaskAmended(Task):
    """The task named in `replaces`, in other words or about another patient. For whom and by when are other facts."""

    KIND: ClassVar[str] = "task.amended"


class TaskAssigned(Body):
    """`task` is from now on for this person, or for this role; replaces the assignments its author knew. Two that stand
    are two persons in charge, both named, until one takes it.
    """

    KIND: ClassVar[str] = "task.assigned"
    task: str
    owner: str = ""
    role: str = ""


class TaskPostponed(Body):
    """`task` is due another day (ISO); replaces the postponements its author knew. Of two that stand the earlier day
    counts: nothing waits longer than somebody meant.
    """

    KIND: ClassVar[str] = "task.postponed"
    task: str
    due: str
    reason: str = ""


class TaskCompleted(Body):
    """`task` needs nothing more. `outcome`: a word of rules.OUTCOMES; `comment` is read by the secretary too."""

    KIND: ClassVar[str] = "task.completed"
    task: str
    outcome: str = "done"
    comment: str = ""


class TaskReopened(Body):
    """Takes back the task.completed facts named in `replaces`: `task` is to be done again."""

    KIND: ClassVar[str] = "task.reopened"
    task: str
    reason: str = ""


class CallAttempted(Body):
    """Somebody tried to call about `task`, with what result (rules.ATTEMPTS); read by the secretary too."""

    KIND: ClassVar[str] = "call.attempted"
    task: str
    outcome: str = "no_answer"
    comment: str = ""


class TaskDetailed(Body):
    """What was said or is to be known, of medicine: read by care-givers only, whoever wrote it."""

    KIND: ClassVar[str] = "task.detailed"
    task: str
    text: str


KINDS = (
    office(TaskCreated, concerns=Concerns.PRACTICE, shape=Shape.STATEMENT),
    office(TaskAmended, concerns=Concerns.PRACTICE, shape=Shape.STATEMENT),
    office(TaskAssigned, concerns=Concerns.PRACTICE, shape=Shape.STATEMENT),
    office(TaskPostponed, concerns=Concerns.PRACTICE, shape=Shape.STATEMENT),
    office(TaskCompleted, concerns=Concerns.PRACTICE, shape=Shape.STATEMENT),
    office(TaskReopened, concerns=Concerns.PRACTICE, shape=Shape.RETRACTION),
    office(CallAttempted, concerns=Concerns.PRACTICE, shape=Shape.STATEMENT),
    Kind(TaskDetailed.KIND, 1, Compartment.MEDICAL, Concerns.PRACTICE, Shape.STATEMENT, TaskDetailed),
)
