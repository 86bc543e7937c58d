"""What a kind of fact is: its wire name, its version, who may read it, and the shape of its body.

A wire name is a word, never a Python path. Bodies hold text, integers, booleans, lists and maps only
(docs/format/entry.md); decimals are text. A body decoded here ignores fields it does not know, but the raw body is kept
beside it, so nothing written by a newer Lanterne is lost.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

import msgspec

from lanterne.wire.names import Compartment

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]


class Concerns(enum.Enum):
    """What the subject of a fact is."""

    PATIENT = "patient"
    PRACTICE = "practice"


class Shape(enum.Enum):
    """How facts of a kind are folded.

    STATEMENT: each fact stands until another names it in `replaces`; several that stand in one thread are a conflict.
    LATEST: the last in the order of entries wins, the earlier ones stay readable (demographics, letterheads).
    RETRACTION: withdraws the facts it names.
    EVENT: it happened; nothing replaces it (accesses).
    """

    STATEMENT = "statement"
    LATEST = "latest"
    RETRACTION = "retraction"
    EVENT = "event"


class Body(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Base of every fact body. Fields with a default are left out of the bytes."""

    KIND: ClassVar[str]


class Coding(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A code of a published system, as FHIR's Coding: `system` is its canonical URI, `display` the label shown then."""

    system: str
    code: str
    display: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fact.

    Attributes:
        name: the wire name, such as "allergy.recorded".
        version: the version this program writes.
        compartment: where it is sealed, hence who may read it.
        concerns: whether its subject is a patient or the practice.
        shape: how it is folded.
        body: the type its newest body decodes to.
        upcasters: from an old version to the next one.
    """

    name: str
    version: int
    compartment: Compartment
    concerns: Concerns
    shape: Shape
    body: type[Body]
    upcasters: Mapping[int, Upcaster] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """msgspec 0.22 builds what it knows of a type at its first use, and shows it half built to another
        thread, which then reads a null pointer: one worker in some 600 fell at its first pages. Built here,
        where the rooms are imported.
        """
        msgspec.msgpack.Decoder(self.body)

    @property
    def of_a_patient(self) -> bool:
        """Whether its subject is a patient."""
        return self.concerns is Concerns.PATIENT

    def read(self, version: int, raw: Mapping[str, Any]) -> Body:
        """Decode a raw body of any known version.

        Raises:
            msgspec.ValidationError: the body does not have the shape of its kind.
            NewerKind: the version is newer than this program.
        """
        if version > self.version:
            raise NewerKind(self.name, version)
        body = dict(raw)
        for step in range(version, self.version):
            body = self.upcasters[step](body)
        return msgspec.convert(body, self.body)


class NewerKind(Exception):
    """The fact was written by a newer Lanterne: kept, shown as such, not understood."""

    def __init__(self, kind: str, version: int) -> None:
        super().__init__(f"{kind} version {version} was written by a newer Lanterne")
        self.kind = kind
        self.version = version


B = TypeVar("B", bound=Body)


def widened(raw: dict[str, Any]) -> dict[str, Any]:
    """The upcaster of a version that only added fields."""
    return raw


def medical(
    body: type[B],
    *,
    version: int = 1,
    shape: Shape = Shape.STATEMENT,
    upcasters: Mapping[int, Upcaster] | None = None,
) -> Kind:
    """A kind about a patient that only care-givers read."""
    return Kind(body.KIND, version, Compartment.MEDICAL, Concerns.PATIENT, shape, body, upcasters or {})


def office(
    body: type[B],
    *,
    version: int = 1,
    shape: Shape = Shape.LATEST,
    concerns: Concerns = Concerns.PATIENT,
    upcasters: Mapping[int, Upcaster] | None = None,
) -> Kind:
    """A kind the secretary reads too: identity, agenda, team."""
    return Kind(body.KIND, version, Compartment.OFFICE, concerns, shape, body, upcasters or {})


def to_raw(body: Body) -> dict[str, Any]:
    """The plain map that goes on the wire."""
    raw = msgspec.to_builtins(body)
    return dict(raw)
