"""What passes between the session and the process that reads files: length-prefixed MessagePack, validated on
arrival.

Law: what a parser of hostile bytes sends back is hostile too. It is decoded into known types only (bodies by
their kind, from a closed list), within a size fixed beforehand; nothing is ever unpickled.
"""

from __future__ import annotations

from typing import Any, BinaryIO

import msgspec

from lanterne.intake.reading import (
    Act,
    Attached,
    Document,
    Limits,
    ReadAuthor,
    ReadIdentity,
    ReadStatement,
)  # fmt: skip
from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.chart.facts import Section
from lanterne.practice.consultations.facts import ConsultationRecorded
from lanterne.practice.documents.facts import DocumentKind
from lanterne.practice.family.facts import FamilyRecorded
from lanterne.practice.immunizations.facts import ImmunizationRecorded
from lanterne.practice.kinds import Body
from lanterne.practice.lifestyle.facts import LifestyleRecorded
from lanterne.practice.measures.facts import MeasureRecorded
from lanterne.practice.notes.facts import NoteRecorded
from lanterne.practice.problems.facts import AldRecorded, ProblemRecorded
from lanterne.practice.procedures.facts import ProcedureRecorded
from lanterne.practice.results.facts import ResultRecorded
from lanterne.practice.treatments.facts import TreatmentRecorded

# What a document may state. Anything else from a reader is refused, however well formed.
STATED: tuple[type[Body], ...] = (
    AllergyRecorded, AldRecorded, ConsultationRecorded, FamilyRecorded, ImmunizationRecorded, LifestyleRecorded,
    MeasureRecorded, NoteRecorded, ProblemRecorded, ProcedureRecorded, ResultRecorded, TreatmentRecorded,
)  # fmt: skip
_BODIES: dict[str, msgspec.msgpack.Decoder[Body]] = {
    body.KIND: msgspec.msgpack.Decoder(body) for body in STATED
}

PREFIX_BYTES = 8
READY = b"ready"


class BadFrame(Exception):
    """The other side broke the protocol, or ended."""


class CarriedStatement(msgspec.Struct, array_like=True, gc=False):
    """A ReadStatement with the kind of its body beside it."""

    key: str
    kind: str
    body: msgspec.Raw
    at: str | None
    proposal: bool
    place: str


class Carried(msgspec.Struct, array_like=True, gc=False):
    """A Document, its fields in their order; `statements` are of CarriedStatement."""

    format: str
    kind: DocumentKind
    title: str
    at: str | None
    author: ReadAuthor
    identifier: str
    set_id: str
    version: int
    act: Act
    replaces: tuple[str, ...]
    identity: ReadIdentity | None
    statements: list[CarriedStatement]
    negations: tuple[Section, ...]
    narrative: str
    text: str
    attached: tuple[Attached, ...]
    unread: tuple[str, ...]
    parts: list[Carried]


class Answer(msgspec.Struct, array_like=True):
    """What came of one file: a document, or the code of an Unreadable. `peak_bytes`: the most memory held so
    far, 0 where the system does not say.
    """

    document: Carried | None
    code: str
    params: dict[str, str | int | float]
    peak_bytes: int


class Question(msgspec.Struct, array_like=True):
    """What comes before a file's bytes."""

    name: str
    limits: Limits


_ENCODER = msgspec.msgpack.Encoder()
_ANSWER = msgspec.msgpack.Decoder(Answer)
_QUESTION = msgspec.msgpack.Decoder(Question)


def encode_document(document: Document, peak_bytes: int) -> bytes:
    """The answer that carries a document."""
    return _ENCODER.encode((_carry(document), "", {}, peak_bytes))


def encode_refusal(code: str, params: dict[str, object], peak_bytes: int) -> bytes:
    """The answer that carries an Unreadable; parameters as numbers or text."""
    plain = {name: value if isinstance(value, (int, float)) else str(value) for name, value in params.items()}
    return _ENCODER.encode((None, code, plain, peak_bytes))


def encode_question(name: str, limits: Limits) -> bytes:
    """What to send before the bytes of a file."""
    return _ENCODER.encode(Question(name, limits))


def decode_question(data: bytes) -> Question:
    """Raises BadFrame."""
    try:
        return _QUESTION.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadFrame from error


def decode_answer(data: bytes) -> tuple[Document | None, str, dict[str, str | int | float], int]:
    """A document or a refusal, as typed values.

    Raises:
        BadFrame: anything in it is not of its type.
    """
    try:
        answer = _ANSWER.decode(data)
        document = _unload(answer.document) if answer.document is not None else None
    except (msgspec.MsgspecError, UnicodeDecodeError, KeyError, RecursionError) as error:
        raise BadFrame from error
    return document, answer.code, answer.params, answer.peak_bytes


def _carry(document: Document) -> tuple[Any, ...]:
    return (
        document.format, document.kind, document.title, document.at, document.author, document.identifier,
        document.set_id, document.version, document.act, document.replaces, document.identity,
        [(one.key, one.body.KIND, one.body, one.at, one.proposal, one.place) for one in document.statements],
        document.negations, document.narrative, document.text, document.attached, document.unread,
        [_carry(part) for part in document.parts],
    )  # fmt: skip


def _unload(carried: Carried) -> Document:
    statements = tuple(
        ReadStatement(one.key, _BODIES[one.kind].decode(one.body), one.at, one.proposal, one.place)
        for one in carried.statements
    )
    return Document(
        format=carried.format,
        kind=carried.kind,
        title=carried.title,
        at=carried.at,
        author=carried.author,
        identifier=carried.identifier,
        set_id=carried.set_id,
        version=carried.version,
        act=carried.act,
        replaces=carried.replaces,
        identity=carried.identity,
        statements=statements,
        negations=carried.negations,
        narrative=carried.narrative,
        text=carried.text,
        attached=carried.attached,
        unread=carried.unread,
        parts=tuple(_unload(part) for part in carried.parts),
    )


def send(stream: BinaryIO, data: bytes) -> None:
    """One frame: its length in 8 bytes, little-endian, and its bytes. Raises OSError."""
    stream.write(len(data).to_bytes(PREFIX_BYTES, "little"))
    stream.write(data)
    stream.flush()


def receive(stream: BinaryIO, most_bytes: int) -> bytes:
    """One frame.

    Raises:
        BadFrame: the other side ended, or announces more than `most_bytes`.
    """
    prefix = stream.read(PREFIX_BYTES)
    if len(prefix) < PREFIX_BYTES:
        raise BadFrame
    length = int.from_bytes(prefix, "little")
    if length > most_bytes:
        raise BadFrame
    data = stream.read(length)
    if len(data) < length:
        raise BadFrame
    return data
