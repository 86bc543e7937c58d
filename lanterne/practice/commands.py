"""What a command is: an intention that decides, from what the door loaded, which facts to write, or refuses.

`load` reads what must be known, by the door, not by the form; `decide` is pure: no clock, no randomness, no reading. A
form, an import and an API write alike go through both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from lanterne.practice.kinds import Body
from lanterne.practice.rights import Right
from lanterne.practice.tables import Connection
from lanterne.wire.names import FactId, PatientId, PersonId


@dataclass(frozen=True, slots=True)
class NewFact:
    """A fact to write. `id` empty: the door draws one. `patient` None: it concerns the practice."""

    body: Body
    patient: PatientId | None
    id: FactId | None = None
    at: str | None = None
    replaces: tuple[FactId, ...] = ()
    # Fields of the replaced fact that this program does not know, carried over (docs/format/entry.md).
    unknown: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Look:
    """What a command may read while loading: the read tables, who writes, and the clock's now.

    Attributes:
        connection: read tables of the writer's widest set.
        person: who writes.
        now_ms: milliseconds since 1970 UTC.
        new_id: draws a fresh random id (32 hex digits).
        root: the data directory, where editions of the public tables lie; None: none were loaded.
    """

    connection: Connection
    person: PersonId
    now_ms: int
    new_id: Callable[[], str]
    root: Path | None = None


C = TypeVar("C")


class Command(Protocol, Generic[C]):
    """An intention. `right` is checked by the door before `load`; `id`, when given, is the id of the first fact it
    writes, drawn when the form was shown: a form sent twice writes once."""

    @property
    def right(self) -> Right: ...

    @property
    def id(self) -> FactId | None: ...

    def load(self, look: Look) -> C:
        """Read what must be known. Raises Refusal, UnknownPatient, UnknownFact."""
        ...

    def decide(self, known: C) -> Sequence[NewFact]:
        """Facts to write, in one entry. Raises Refusal: nothing is written."""
        ...
