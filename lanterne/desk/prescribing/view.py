"""What the pages of prescribing show. Values and texts only: the templates hold the rest."""

from __future__ import annotations

from dataclasses import dataclass

from lanterne.desk.frame.view import When


@dataclass(frozen=True, slots=True)
class Renewable:
    """A long-term treatment with its fields. `since_change`: when its dose last changed, and what it was."""

    id: str
    name: str
    dosage: str
    kept: bool
    text: str
    stop: str
    since_change: When | None = None
    before: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as it will be prescribed, or what is asked about it."""

    name: str
    words: str
    typed: str
    marks: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """A finding. `key` names the field of its reason, empty when none is needed."""

    severity: str
    check: str
    text: str
    source: str
    key: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is understood, what the checks say, and what they did not check. `fault`: why it cannot be signed yet.
    `seen_word` is sent back by who had it on the screen.
    """

    lines: tuple[Shown, ...] = ()
    stopping: tuple[Alert, ...] = ()
    seen: tuple[Alert, ...] = ()
    folded: tuple[Alert, ...] = ()
    unchecked: tuple[str, ...] = ()
    fault: str = ""
    base: str = ""
    seen_word: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field for a line."""

    number: int
    value: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a list."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class PrescribingPage:
    """The page."""

    action_url: str
    look_url: str
    back_url: str
    draft_url: str
    draft_kept: When | None
    fact: str
    renewables: tuple[Renewable, ...]
    renew_all_url: str
    fields: tuple[Field, ...]
    orders: tuple[Choice, ...]
    units: tuple[Choice, ...]
    length: str
    renewals: str
    comment: str
    measures: bool
    outcome: Outcome
