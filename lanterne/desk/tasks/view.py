"""What is to be done, in plain values: lists by person, lines, the tasks of a chart. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lanterne.desk.frame.view import When

Late = Literal["", "today", "late"]


@dataclass(frozen=True, slots=True)
class Told:
    """Something said of a task: by whom, when, in a word of a list and in their own."""

    author: str
    at: When
    word: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One task.

    Attributes:
        id: its task. code: a key of rules.CODES; `kind`: that in French.
        due: its day; `late` whether it is past. who: the patient as lists show them; empty for none.
        phone, phone_url: the number to call, and what dials it.
        owners: names of those in charge; `orphan`: nobody of them is here.
        others: what it says in versions written at once on another device.
        source_url: the document or result it comes from; empty when there is none the reader may open.
        done: who did it and when; empty while it is open. Empty addresses hide their action.
        fact: id drawn for the one-key completion of this line.
    """

    id: str
    code: str
    kind: str
    description: str
    due: When
    late: Late
    owners: tuple[str, ...]
    author: str
    written: When
    who: str = ""
    chart_url: str = ""
    born: str = ""
    phone: str = ""
    phone_url: str = ""
    caller: str = ""
    urgent: bool = False
    orphan: bool = False
    postponed: bool = False
    every: str = ""
    others: tuple[str, ...] = ()
    details: tuple[Told, ...] = ()
    attempts: tuple[Told, ...] = ()
    done: tuple[Told, ...] = ()
    source_url: str = ""
    done_url: str = ""
    say_url: str = ""
    attempt_url: str = ""
    postpone_url: str = ""
    assign_url: str = ""
    amend_url: str = ""
    reopen_url: str = ""
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Lines of one time: late, today, later, done. `hidden`: how many more there are."""

    key: str
    title: str
    lines: tuple[Line, ...]
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Tab:
    """Whose list: `count` is what is due by today."""

    label: str
    url: str
    count: int
    current: bool = False
    warn: bool = False


@dataclass(frozen=True, slots=True)
class TasksPage:
    """The whole page. `lines_url` answers the lists alone when something changed since, asked in the background."""

    tabs: tuple[Tab, ...]
    sections: tuple[Section, ...]
    lines_url: str
    every_s: int
    message_url: str = ""
    call_url: str = ""
    task_url: str = ""
    recall_url: str = ""
    reads_medical: bool = False


@dataclass(frozen=True, slots=True)
class ChartTasks:
    """What is open about a patient, for their chart. `add_url` notes something to do."""

    lines: tuple[Line, ...] = ()
    add_url: str = ""
