"""Membership facts, read: what a members entry does.

Law: reading never refuses an entry; a fact whose body does not hold is kept as `Misshapen` with the rule it
breaks, an unknown kind as `Unknown` (M9). Source: docs/format/membership.md, Facts.
"""

from typing import NamedTuple

from lanterne.proof.records import (
    DeviceRecord,
    EpochRecord,
    MembershipRefused,
    Reader,
    SeatRecord,
    SheetRecord,
    Wrap,
    read_cut,
    read_device,
    read_epoch,
    read_seat,
    read_sheet,
    read_wraps,
)
from lanterne.wire.entry import Entry, EntryHead
from lanterne.wire.errors import EntryRefused
from lanterne.wire.names import Compartment, FactId, Head, PersonId, SeatId, Stream
from lanterne.wire.part import Fact, unpack_part

SEAT_ADMITTED = "seat.admitted"
SEAT_REVOKED = "seat.revoked"
PERSON_LEFT = "person.left"
DEVICE_ADMITTED = "device.admitted"
EPOCH_ROTATED = "epoch.rotated"
ROTATION_DUE = "rotation.due"
SHEET_REPLACED = "sheet.replaced"
ENTRY_EMPTIED = "entry.emptied"
VERSION = 1
"""The version of every membership fact this program writes and reads."""


class SeatAdmitted(NamedTuple):
    """M4: a person on a device may sign from now on, and read what its wraps open."""

    seat: SeatRecord
    wraps: tuple[Wrap, ...]


class SeatRevoked(NamedTuple):
    """M6, M7: what the seat wrote beyond the cut waits for review; `reason` is a word."""

    seat: SeatId
    cuts: tuple[Head, ...]
    reason: str


class PersonLeft(NamedTuple):
    """M6, M7: every seat of the person is revoked."""

    person: PersonId
    cuts: tuple[Head, ...]


class DeviceAdmitted(NamedTuple):
    """A machine and its transport key; opens nothing."""

    device: DeviceRecord


class EpochRotated(NamedTuple):
    """M8: a compartment has a new key from now on."""

    epoch: EpochRecord


class RotationDue(NamedTuple):
    """The revoker lacked the compartment's key: the next entitled seat rotates."""

    compartment: Compartment


class SheetReplaced(NamedTuple):
    """M8: the recovery sheets known until then are void."""

    sheet: SheetRecord
    wraps: tuple[Wrap, ...]


class EntryEmptied(NamedTuple):
    """M13: holders drop the parts of these entries, and these documents; `reason` is a word."""

    entries: tuple[Head, ...]
    blobs: tuple[str, ...]
    reason: str


class Misshapen(NamedTuple):
    """A fact of a known kind whose body does not hold."""

    rule: str
    why: str


class Unknown(NamedTuple):
    """A kind, or a version of one, that a newer Lanterne wrote."""

    kind: str


Act = (
    SeatAdmitted
    | SeatRevoked
    | PersonLeft
    | DeviceAdmitted
    | EpochRotated
    | RotationDue
    | SheetReplaced
    | EntryEmptied
    | Misshapen
    | Unknown
)
Revocation = SeatRevoked | PersonLeft


class Deed(NamedTuple):
    """A members entry, read: its head and what each of its facts does, in their order."""

    head: EntryHead
    acts: tuple[tuple[FactId | None, Act], ...]


def read_deed(entry: Entry) -> Deed:
    """The deed in a members entry that passed E1–E11, for the door it comes in by.

    Raises:
        EntryRefused: E19 when its part is not one, E10 when it is missing.
    """
    body = entry.bodies[0]
    if body is None:
        raise EntryRefused("E10", "its part is missing")
    scope = bytes.fromhex(entry.head.practice)
    return Deed(entry.head, tuple((fact.id, read_act(fact, scope)) for fact in unpack_part(body).facts))


def keep_deed(entry: Entry) -> Deed:
    """The deed in a members entry already stored: what `read_deed` refuses is one misshapen act, alarmed (M9).

    An entry once stored must never keep a membership from being computed.
    """
    try:
        return read_deed(entry)
    except EntryRefused as refused:
        return Deed(entry.head, ((None, Misshapen(refused.check, refused.why)),))


def read_act(fact: Fact, scope: bytes) -> Act:
    """What one fact does; `scope` is the practice id, to which its wraps are bound."""
    if fact.version != VERSION:
        return Unknown(fact.kind)
    try:
        return _read(fact, scope)
    except MembershipRefused as refused:
        return Misshapen(refused.check, refused.why)


def _read(fact: Fact, scope: bytes) -> Act:
    kind = fact.kind
    body = dict(fact.body)
    if kind == SEAT_ADMITTED:
        reader = Reader(body, "M4", kind)
        seat = read_seat(reader.value("seat"), "M4")
        return SeatAdmitted(seat, read_wraps(reader.items("wraps"), seat.id, "M4", scope))
    if kind in (SEAT_REVOKED, PERSON_LEFT):
        reader = Reader(body, "M6", kind)
        cuts = tuple(read_cut(item, "M6") for item in reader.items("cuts"))
        if kind == SEAT_REVOKED:
            return SeatRevoked(SeatId(reader.octets("seat", 16).hex()), cuts, reader.text("reason"))
        return PersonLeft(PersonId(reader.octets("person", 16).hex()), cuts)
    if kind == DEVICE_ADMITTED:
        return DeviceAdmitted(read_device(Reader(body, "M9", kind).value("device"), "M9"))
    if kind == EPOCH_ROTATED:
        return EpochRotated(read_epoch(Reader(body, "M8", kind).value("epoch"), "M8", scope))
    if kind == ROTATION_DUE:
        return RotationDue(Reader(body, "M8", kind).compartment("compartment"))
    if kind == SHEET_REPLACED:
        reader = Reader(body, "M8", kind)
        sheet = read_sheet(reader.value("sheet"), "M8")
        return SheetReplaced(sheet, read_wraps(reader.items("wraps"), sheet.id, "M8", scope))
    if kind == ENTRY_EMPTIED:
        return _read_emptied(Reader(body, "M13", kind))
    return Unknown(kind)


def _read_emptied(reader: Reader) -> EntryEmptied:
    entries = tuple(read_cut(item, "M13") for item in reader.items("entries"))
    if any(head.chain.stream is Stream.MEMBERS for head in entries):
        raise reader.refuse("the membership is never emptied")
    blobs = []
    for item in reader.items("blobs"):
        if type(item) is not bytes or len(item) != 32:
            raise reader.refuse("a document is not named by a hash")
        blobs.append(item.hex())
    if not entries and not blobs:
        raise reader.refuse("names nothing")
    return EntryEmptied(entries, tuple(blobs), reader.text("reason"))
