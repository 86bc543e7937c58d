"""The facts that change the membership: what to put in a clear part of the members stream.

Law: built here so that they keep the rules M4–M8 by construction; proof judges them again on every device.
One entry holds all facts of one change, revocation before rotation.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from lanterne.proof import acts
from lanterne.proof.records import (
    MAX_LIST,
    DeviceRecord,
    EpochRecord,
    SeatRecord,
    SheetRecord,
    Wrap,
    cut_to_wire,
    wraps_to_wire,
)
from lanterne.seal.epoch import EpochKeys
from lanterne.seal.errors import NotEntitled
from lanterne.seal.keyring import Keyring
from lanterne.seal.secrets import Random
from lanterne.wire.names import SEALED_COMPARTMENTS, Compartment, FactId, Head, PersonId, SeatId
from lanterne.wire.part import Fact


def admit_seat(keyring: Keyring, seat: SeatRecord, random: Random) -> Fact:
    """M4: admit `seat`, giving it every compartment its record names.

    Raises:
        NotEntitled: a compartment whose keys are not here cannot be given.
    """
    wraps = _wrap_all(keyring, seat.compartments, seat.id, seat.agree)
    return _fact(acts.SEAT_ADMITTED, {"seat": seat.to_wire(), "wraps": wraps_to_wire(wraps)}, random)


def admit_device(device: DeviceRecord, random: Random) -> Fact:
    """Admit a device, beside or before its first seat."""
    return _fact(acts.DEVICE_ADMITTED, {"device": device.to_wire()}, random)


def empty_entries(
    entries: Sequence[Head], blobs: Sequence[str], reason: str, random: Random
) -> tuple[Fact, ...]:
    """M13: drop the parts of these entries, and these documents, everywhere; as many facts as that takes.

    `reason` is a word such as "retention" or "erasure".
    """
    return tuple(
        _fact(
            acts.ENTRY_EMPTIED,
            {
                "entries": [cut_to_wire(head) for head in entries[start : start + MAX_LIST]],
                "blobs": [bytes.fromhex(name) for name in blobs[start : start + MAX_LIST]],
                "reason": reason,
            },
            random,
        )
        for start in range(0, max(len(entries), len(blobs)), MAX_LIST)
    )


def revoke_seat(
    keyring: Keyring, seat: SeatId, *, cuts: Sequence[Head], reason: str, at: int, random: Random
) -> tuple[Fact, ...]:
    """Revoke `seat` and rotate what it could read, at `at` milliseconds.

    `cuts` are the newest heads known of its chains; `reason` a word such as "lost" or "left".
    """
    return revoke_seats(keyring, {seat: cuts}, reason=reason, at=at, random=random)


def revoke_seats(
    keyring: Keyring, cuts: Mapping[SeatId, Sequence[Head]], *, reason: str, at: int, random: Random
) -> tuple[Fact, ...]:
    """Revoke several seats at once (a lost device), and rotate once what any of them could read."""
    facts = []
    for seat, heads in cuts.items():
        body = {"seat": bytes.fromhex(seat), "cuts": [cut_to_wire(head) for head in heads], "reason": reason}
        facts.append(_fact(acts.SEAT_REVOKED, body, random))
    return (*facts, *_rotate_for(keyring, cuts.keys(), at, random))


def person_left(
    keyring: Keyring, person: PersonId, *, cuts: Sequence[Head], at: int, random: Random
) -> tuple[Fact, ...]:
    """Revoke every seat of `person` and rotate what they could read, at `at` milliseconds."""
    seats = {seat.id for seat in keyring.membership.seats if seat.person == person}
    body = {"person": bytes.fromhex(person), "cuts": [cut_to_wire(head) for head in cuts]}
    return (_fact(acts.PERSON_LEFT, body, random), *_rotate_for(keyring, seats, at, random))


def rotate_epoch(
    keyring: Keyring,
    compartment: Compartment,
    *,
    at: int,
    random: Random,
    without: Collection[SeatId] = (),
) -> Fact:
    """M8: a new epoch of `compartment`, for the seats entitled at `at` milliseconds but those in `without`.

    Raises:
        NotEntitled: the newest epoch does not open here; write `rotation_due` instead.
    """
    membership = keyring.membership
    if keyring.newest(compartment) is None:
        raise NotEntitled(compartment.name.lower())
    keys = EpochKeys.new(compartment, random)
    scope = bytes.fromhex(membership.practice)
    wraps = [
        keys.wrap(seat.id, seat.agree, scope)
        for seat in membership.entitled_seats(compartment, at)
        if seat.id not in without
    ]
    wraps += [keys.wrap(sheet.id, sheet.agree, scope) for sheet in membership.sheets]
    older = [
        held
        for epoch in membership.all_epochs(compartment)
        if (held := keyring.epoch_keys(epoch.key_id)) is not None
    ]
    previous = keys.seal_previous(older, membership.practice, random)
    record = EpochRecord(keys.key_id, compartment, keys.public, previous, tuple(wraps))
    return _fact(acts.EPOCH_ROTATED, {"epoch": record.to_wire()}, random)


def rotation_due(compartment: Compartment, random: Random) -> Fact:
    """Say that a rotation waits for a seat that holds the compartment's key."""
    return _fact(acts.ROTATION_DUE, {"compartment": int(compartment)}, random)


def replace_sheet(keyring: Keyring, sheet: SheetRecord, random: Random) -> Fact:
    """Put a new recovery sheet in the place of the one in force.

    Raises:
        NotEntitled: whoever replaces the sheet must be able to read everything.
    """
    wraps = _wrap_all(keyring, SEALED_COMPARTMENTS, sheet.id, sheet.agree)
    return _fact(acts.SHEET_REPLACED, {"sheet": sheet.to_wire(), "wraps": wraps_to_wire(wraps)}, random)


def _rotate_for(keyring: Keyring, seats: Collection[SeatId], at: int, random: Random) -> list[Fact]:
    """Rotate each compartment one of `seats` could read, or say that it is due."""
    records = [keyring.membership.seat(seat) for seat in seats]
    read = {place for record in records if record is not None for place in record.compartments}
    facts = []
    for place in sorted(read):
        if keyring.newest(place) is None:
            facts.append(rotation_due(place, random))
        else:
            facts.append(rotate_epoch(keyring, place, at=at, random=random, without=seats))
    return facts


def _wrap_all(keyring: Keyring, compartments: Sequence[Compartment], to: SeatId, agree: bytes) -> list[Wrap]:
    """The newest epoch of each compartment, and those begun without its knowledge, sealed to one seat."""
    membership = keyring.membership
    scope = bytes.fromhex(membership.practice)
    wraps = []
    for place in compartments:
        newest, *beside = membership.tips(place)
        keys = keyring.epoch_keys(newest.key_id)
        if keys is None:
            raise NotEntitled(place.name.lower())
        wraps.append(keys.wrap(to, agree, scope))
        for epoch in beside:
            held = keyring.epoch_keys(epoch.key_id)
            if held is not None:
                wraps.append(held.wrap(to, agree, scope))
    return wraps


def _fact(kind: str, body: dict[str, Any], random: Random) -> Fact:
    return Fact(FactId(random(16).hex()), kind, acts.VERSION, (), None, body)
