"""The plaintext of a part: one subject and its facts.

Law: what is read from another device is hostile until shown otherwise, and what is not understood is kept.
Sizes are checked before anything is inflated (E18), shapes before anything is used (E19); unknown kinds and
unknown fields pass. Source: docs/format/entry.md, "Plaintext of a part".
"""

import re
import threading
from collections.abc import Mapping
from typing import Any, NamedTuple

import zstandard

from lanterne.wire import packing
from lanterne.wire.errors import EntryRefused, PackingError
from lanterne.wire.names import FactId, PatientId

MAX_PLAINTEXT = 8 * 1024 * 1024
"""Bytes, inflated."""
MAX_BODY_DEPTH = 16
_SHELL_DEPTH = 3  # part map, list of facts, fact map
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_LEVEL = 3
_WHEN = re.compile(
    r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2}))?)?)?"
)
_KIND = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
_MAX_KIND = 64


class Fact(NamedTuple):
    """One thing that happened.

    Attributes:
        id: random, 32 hex digits.
        kind: wire name, such as "allergy.recorded".
        version: of the meaning of `body`, from 1.
        replaces: the facts this one corrects or withdraws.
        at: when it happened as the author says, ISO 8601 at the precision known; None means the entry's time.
        body: map of text to maps, lists, text, integers, booleans and None.
    """

    id: FactId
    kind: str
    version: int
    replaces: tuple[FactId, ...]
    at: str | None
    body: Mapping[str, Any]


class Part(NamedTuple):
    """What is sealed together: the facts of one entry for one compartment, about one patient or nobody."""

    subject: PatientId | None
    facts: tuple[Fact, ...]


class _Codec(threading.local):
    """zstd contexts may not be shared by two threads; making one costs 16 µs, using it 0.6 µs."""

    def __init__(self) -> None:
        self.inflate = zstandard.ZstdDecompressor().decompress
        self.deflate = zstandard.ZstdCompressor(level=_LEVEL, write_content_size=True).compress


_codec = _Codec()


def pack_part(part: Part) -> bytes:
    """The MessagePack of `part`, not compressed (membership facts are written so)."""
    subject, facts = part
    if not facts:
        raise EntryRefused("E19", "a part holds at least one fact")
    rows: list[dict[str, object]] = []
    for fact in facts:
        packing.check_shape(fact.body, MAX_BODY_DEPTH)
        rows.append(
            {
                "id": bytes.fromhex(fact.id),
                "kind": fact.kind,
                "v": fact.version,
                "replaces": [bytes.fromhex(other) for other in fact.replaces],
                "at": fact.at,
                "body": fact.body,
            }
        )
    tree = {"subject": None if subject is None else bytes.fromhex(subject), "facts": rows}
    return packing.encode(tree, max_depth=MAX_BODY_DEPTH + _SHELL_DEPTH)


def encode_part(part: Part) -> bytes:
    """The plaintext of a sealed part: one zstd frame with its size declared.

    Raises:
        EntryRefused: E18 when larger than 8 MiB, E19 when the part could not be read back.
        PackingError: a value that is not written (a float, a date).
    """
    packed = pack_part(part)
    _unpack(packed, packing.TEXT_LEAVES)
    if len(packed) > MAX_PLAINTEXT:
        raise EntryRefused("E18", f"{len(packed)} bytes in one part, {MAX_PLAINTEXT} allowed")
    return _codec.deflate(packed)


def inflate(data: bytes) -> bytes:
    """E18: the content of one whole zstd frame whose declared size is at most 8 MiB, and true."""
    if data[:4] != _ZSTD_MAGIC:
        raise EntryRefused("E18", "not a zstd frame")
    try:
        frame = zstandard.get_frame_parameters(data)
        # An undeclared size reads as 2**64 − 1: one comparison refuses it and a bomb, before any allocation.
        if frame.content_size > MAX_PLAINTEXT:
            raise EntryRefused("E18", "the size is not declared, or larger than 8 MiB")
        if frame.dict_id:
            raise EntryRefused("E18", "the frame needs a dictionary")
        if frame.content_size == 0:
            raise EntryRefused("E18", "the frame is empty")
        content = _codec.inflate(data, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise EntryRefused("E18", f"the zstd frame is not whole or lies: {error}") from error
    if len(content) != frame.content_size:
        raise EntryRefused("E18", "the declared size is not true")
    return content


def decode_part(data: bytes) -> Part:
    """E18 and E19: the part in the plaintext of a sealed part."""
    return _unpack(inflate(data), packing.TEXT_LEAVES)


def unpack_part(data: bytes) -> Part:
    """E19 for a clear part (membership facts), where bodies may hold bytes."""
    if len(data) > MAX_PLAINTEXT:
        raise EntryRefused("E19", "larger than 8 MiB")
    return _unpack(data, packing.LEAVES)


def _unpack(data: bytes, leaves: frozenset[type]) -> Part:
    try:
        tree = packing.parse(data)
        if type(tree) is not dict or "subject" not in tree:
            raise EntryRefused("E19", "a part is a map with a subject")
        subject = tree["subject"]
        rows = tree.get("facts")
        if subject is not None and (type(subject) is not bytes or len(subject) != 16):
            raise EntryRefused("E19", "subject is 16 bytes or nil")
        if type(rows) is not list or not rows:
            raise EntryRefused("E19", "facts is a list of at least one")
        facts = tuple([_fact(row, leaves) for row in rows])
        # Known fields have had their types checked one by one; unknown ones are kept, but not of any shape.
        if len(tree) > len(Part._fields) or any(len(row) > len(Fact._fields) for row in rows):
            packing.check_shape(tree, MAX_BODY_DEPTH + _SHELL_DEPTH)
        packing.check_form(tree, data)
    except PackingError as error:
        raise EntryRefused("E19", str(error)) from error
    if len(facts) > 1 and len({fact[0] for fact in facts}) != len(facts):
        raise EntryRefused("E19", "a fact id stands twice")
    return Part(None if subject is None else PatientId(subject.hex()), facts)


def _fact(row: object, leaves: frozenset[type]) -> Fact:
    if type(row) is not dict:
        raise EntryRefused("E19", "a fact is a map")
    try:
        id_, kind, version = row["id"], row["kind"], row["v"]
        replaces, at, body = row["replaces"], row["at"], row["body"]
    except KeyError as error:
        raise EntryRefused("E19", f"a fact without {error.args[0]}") from error
    if type(id_) is not bytes or len(id_) != 16:
        raise EntryRefused("E19", "a fact id is 16 bytes")
    if type(kind) is not str or len(kind) > _MAX_KIND or not _KIND.fullmatch(kind):
        raise EntryRefused("E19", "a kind is words joined by dots")
    if type(version) is not int or not 1 <= version < 65536:
        raise EntryRefused("E19", "v is an integer from 1")
    if at is not None and (type(at) is not str or not _WHEN.fullmatch(at)):
        raise EntryRefused("E19", "at is a date in ISO 8601, or nil")
    if type(body) is not dict:
        raise EntryRefused("E19", "a body is a map")
    packing.check_shape(body, MAX_BODY_DEPTH, leaves)
    return Fact(FactId(id_.hex()), kind, version, _replaces(replaces) if replaces != [] else (), at, body)


def _replaces(value: object) -> tuple[FactId, ...]:
    if type(value) is not list or any(type(item) is not bytes or len(item) != 16 for item in value):
        raise EntryRefused("E19", "replaces is a list of fact ids")
    return tuple(FactId(item.hex()) for item in value)
