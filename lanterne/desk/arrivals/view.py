"""What arrives, in plain values: the list, what is open beside it, what became of files just left. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lanterne.desk.documents.view import DocumentPage, Show
from lanterne.desk.frame.view import When

State = Literal["filed", "to_attach", "quarantined"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list. `name` is the patient's, or, when `said`, what the document says and nobody checked.

    `persons` are who is in charge; `why` is the sentence of what is in no chart; `to_do` what somebody is to do about
    it, and who ("À appeler : Inès Caron").
    """

    id: str
    state: State
    url: str
    name: str
    title: str
    kind: str
    received: When
    born: str = ""
    said: bool = False
    attention: Literal["", "abnormal", "critical"] = ""
    sender: str = ""
    at: When | None = None
    persons: tuple[str, ...] = ()
    mine: bool = False
    withdrawn: bool = False
    why: str = ""
    current: bool = False
    to_do: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filter:
    """A tab above the list; `key` is "" for everything."""

    key: str
    label: str
    count: int
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Acts:
    """What may be done with what is open: empty addresses hide their action."""

    see: str = ""
    hand: str = ""
    attach: str = ""
    discard: str = ""
    to_do: str = ""
    to_call: str = ""


@dataclass(frozen=True, slots=True)
class Loose:
    """What is in no chart: whose it says it is, why it waits, and as much of it as can be shown safely.

    `extract`: the beginning of a file that could not be read, as text or in hexadecimal; nothing of it is rendered.
    """

    why: str
    said: tuple[tuple[str, str], ...]
    show: Show
    size: str
    file_name: str
    download_url: str
    file_url: str = ""
    markup: str = ""
    text: str = ""
    extract: str = ""
    fault: str = ""
    key_wrong: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What is open beside the list: a document of a chart (`document`), or something in no chart (`loose`)."""

    line: Line
    acts: Acts
    document: DocumentPage | None = None
    loose: Loose | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """What became of one file just left here."""

    file: str
    word: str
    why: str
    tone: Literal["", "ok", "warn"]
    name: str = ""
    url: str = ""
    facts: int = 0
    not_kept: int = 0


@dataclass(frozen=True, slots=True)
class ArrivalsPage:
    """The whole page. `reads` is False for somebody who only leaves files here: no list, no patient."""

    reads: bool
    deposit_url: str
    max_bytes: int
    lines: tuple[Line, ...] = ()
    hidden: int = 0
    filters: tuple[Filter, ...] = ()
    preview: Preview | None = None
    left: tuple[Left, ...] = ()
    deposits: int = 0
    deposits_url: str = ""
    filtered: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A patient a document may be about: who, and why it is thought so; `differs` is what the document says
    otherwise.
    """

    patient: str
    name: str
    born: str
    age: str
    sex: str
    why: str = ""
    differs: str = ""
    deceased: bool = False


@dataclass(frozen=True, slots=True)
class AttachPage:
    """Choosing whose a document is. `newcomer` is who would be registered; empty when the document names nobody."""

    title: str
    said: str
    why: str
    action_url: str
    find_url: str
    back_url: str
    newcomer: str = ""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who can be put in charge."""

    id: str
    name: str
    role: str
    current: bool = False
