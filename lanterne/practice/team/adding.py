"""A device being added, seen from the trusted one: how its messages travel, how far it is, what the person does next.

Law: everything needed to go on lies on the disk (the offer, sealed to the seat; its messages, in its box), so that a
reload, a lock or another process changes nothing. A message nobody can use is let go and said; it never takes the
place of the one request. Source: docs/format/exchange.md, "A new device" and "Boxes".
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from hashlib import sha256
from pathlib import Path

from lanterne.journal import pairing
from lanterne.journal.boxes import Boxes, box_of
from lanterne.journal.errors import JournalError, LocalFileDamaged
from lanterne.journal.pairing import Offered, PairingForeign, PairingSpent, PairingStale, Welcomed
from lanterne.journal.pairing_messages import PairingUnreadable, read_answer, read_request
from lanterne.practice.record import Record
from lanterne.practice.rights import Right
from lanterne.practice.team import joining
from lanterne.practice.team.mirrors import Carriage, Mirror, mirror_of
from lanterne.sync.errors import PeerError, PeerUnknown
from lanterne.sync.going import nudge
from lanterne.sync.peers.lan import DEFAULT_PORT
from lanterne.sync.state import read_state
from lanterne.sync.ways import Ways, keep_folder, keep_listening, read_ways
from lanterne.wire import packing
from lanterne.wire.errors import LanterneError
from lanterne.wire.names import DeviceId
from lanterne.wire.pairing_box import BoxName

_CARRIED = "pairing-way"
_PUT = "pairing-put"
_MOST = 8 * 1024


class Stage(Enum):
    """What is waited for."""

    REQUEST = "request"
    CODE = "code"
    COPY = "copy"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Adding:
    """A device being added now.

    Attributes:
        where: the folder's path; "" otherwise.
        offered: what the seat offers, tries left, until when.
        device: the new device, once its request was taken.
        stored, lacks: entries held here, and those the new device did not say it holds yet, once admitted.
        said: when it last said what it holds (milliseconds), 0 when never.
        trouble: what hinders the carrying now; nothing is lost by it.
    """

    stage: Stage
    carriage: Carriage
    where: str
    box: BoxName
    offered: Offered
    device: DeviceId | None = None
    stored: int = 0
    lacks: int = 0
    said: int = 0
    trouble: LanterneError | None = None


MakeOffer = Callable[[bytes | None], bytes]
"""Makes the offer (`joining.offer_to_person` or `offer_to_newcomer`), given the file that names the relay."""


def begin(
    record: Record, make_offer: MakeOffer, carriage: Carriage, *, where: str = "", port: int = 0
) -> BoxName:
    """Offer a place and lay the offer where the new device finds it. The passphrase was typed again just before.

    Args:
        where: the folder, whole.
        port: for the network, where this device answers when it does not yet; 0: the usual one.

    Raises:
        NotAllowed, Refusal: as `joining.offer_to_person`. WayError: the folder or port cannot be kept.
        PeerError, JournalError: it could not be laid there; no offer stands.
    """
    record.require(Right.MANAGE_TEAM)
    journal, now = record.journal, record.clock_ms()
    cancel(record)
    ways = _opened(record, carriage, where, port)
    offer = make_offer(ways.relay.pack() if ways.relay is not None else None)
    held = pairing.offered(journal, record.seat)
    if held is None:
        raise PairingStale("the offer was cancelled meanwhile")
    kept = {"offer": held.offer, "way": carriage.value, "where": where}
    journal.local(record.seat).put(_CARRIED, packing.encode(kept))
    try:
        box = Boxes.of(journal.layout, journal.files).open(offer, held.ends, now)
        mirror = mirror_of(record, carriage, where)
        if mirror is not None:
            mirror.show(box, offer, held.ends, now)
    except (PeerError, JournalError):
        cancel(record)
        raise
    return box


def _opened(record: Record, carriage: Carriage, where: str, port: int) -> Ways:
    ways = read_ways(record.journal)
    if carriage is Carriage.NETWORK and (not ways.listen or (port and port != ways.listen)):
        ways = keep_listening(record.journal, port or DEFAULT_PORT)
        nudge(record.journal)
    if carriage is Carriage.FOLDER:
        ways = keep_folder(record.journal, Path(where))
    return ways


def look(record: Record) -> Adding | None:
    """How far it is; takes the request when it came. None when nothing is offered, or it lapsed, or it is damaged.

    Raises:
        NotAllowed. JournalError: the disk. What hinders the carrying, or this one request, is in `trouble`.
    """
    record.require(Right.MANAGE_TEAM)
    journal, now = record.journal, record.clock_ms()
    held = _held(record)
    if held is None or now > held.ends:
        return None
    carriage, where = _carriage(record, held)
    box, boxes = box_of(held.offer), Boxes.of(journal.layout, journal.files)
    offer = boxes.offer(box, now)
    if offer is None:
        return None  # made by the command line: its messages are carried by hand
    mirror = mirror_of(record, carriage, where)
    trouble: LanterneError | None = None
    if mirror is not None and boxes.request(box) is None:
        try:
            _fetched(mirror, boxes, box, offer, held.ends, now)
        except (PeerError, JournalError) as error:
            trouble = error
    adding = Adding(Stage.REQUEST, carriage, where, box, held, trouble=trouble)
    request = boxes.request(box)
    if request is None:
        return adding
    try:
        answer, device = _answered(record, boxes, box, request)
    except (PairingUnreadable, PairingForeign, PairingStale, PairingSpent) as error:
        if held.request is None or isinstance(error, PairingSpent):
            boxes.refuse(box)
            if mirror is not None:
                # What could not be let go there is met again, and is no request then either.
                with suppress(PeerError, JournalError):
                    mirror.refuse(box)
        return Adding(Stage.REQUEST, carriage, where, box, held, trouble=error)
    if mirror is not None:
        try:
            _put(record, mirror, box, answer)
        except (PeerError, JournalError) as error:
            trouble = error
    return _stage(record, adding, device, trouble)


def _fetched(mirror: Mirror, boxes: Boxes, box: BoxName, offer: bytes, ends: int, now: int) -> None:
    """The request that came to the mirror is here too; an offer that is not there any more is shown anew."""
    try:
        came = mirror.request(box, now)
    except PeerUnknown:
        mirror.show(box, offer, ends, now)
        return
    if came is not None:
        boxes.ask(box, came)


def _put(record: Record, mirror: Mirror, box: BoxName, answer: bytes) -> None:
    """The answer lies in the mirror too: put there once, however often the page asks."""
    local = record.journal.local(record.seat)
    digest = sha256(answer).digest()
    if _note(record, _PUT) != digest:
        mirror.put_answer(box, answer)
        local.put(_PUT, digest)


def _answered(record: Record, boxes: Boxes, box: BoxName, request: bytes) -> tuple[bytes, DeviceId]:
    """The answer that lies in the box, made anew when a crash came before it."""
    asked = joining.take_request(record, request)
    read = read_request(request)
    lies = boxes.answer(box)
    if record.journal.membership.seat(read.seat.id) is None:
        if lies != asked.reveal:
            boxes.put_answer(box, asked.reveal)
        return asked.reveal, read.device.id
    if lies is None or read_answer(lies).members is None:
        lies = joining.admit(record, request, asked.code).admission
        boxes.put_answer(box, lies)
    return lies, read.device.id


def _stage(record: Record, adding: Adding, device: DeviceId, trouble: LanterneError | None) -> Adding:
    """After the request: the code, then the copy."""
    held = pairing.offered(record.journal, record.seat) or adding.offered
    adding = replace(adding, offered=held, device=device, trouble=trouble)
    if device not in record.journal.membership.devices:
        return replace(adding, stage=Stage.CODE)
    stored, said, lacks = _heard(record, device)
    done = said > 0 and lacks == 0
    return replace(adding, stage=Stage.DONE if done else Stage.COPY, stored=stored, lacks=lacks, said=said)


def bring_request(record: Record, request: bytes) -> None:
    """A request carried by hand.

    Raises:
        NotAllowed. PairingStale: nothing is offered. PairingUnreadable. BoxTaken (P4).
    """
    record.require(Right.MANAGE_TEAM)
    held = pairing.offered(record.journal, record.seat)
    if held is None or read_request(request).offer != held.offer:
        raise PairingStale("no offer waits for this request")
    if held.request is None:
        # Read before it lies there: a wrong file must not take the place of the right one.
        Boxes.of(record.journal.layout, record.journal.files).refuse(box_of(held.offer))
    Boxes.of(record.journal.layout, record.journal.files).ask(box_of(held.offer), request)


def message_to_carry(record: Record) -> bytes | None:
    """The newest message for the new device, to be carried by hand: the offer, then each answer."""
    record.require(Right.MANAGE_TEAM)
    held = pairing.offered(record.journal, record.seat)
    if held is None:
        return None
    boxes, box = Boxes.of(record.journal.layout, record.journal.files), box_of(held.offer)
    return boxes.answer(box) or boxes.offer(box, record.clock_ms())


def admit(record: Record, code: str, *, random: Callable[[int], bytes] = secrets.token_bytes) -> Welcomed:
    """Admit the device whose code was typed, the passphrase typed again just before.

    Raises:
        CodesDiffer: nobody was admitted; at none left the offer is void.
        PairingStale: nothing is offered, or no request came. NotAllowed, and what `joining.admit` raises.
    """
    record.require(Right.MANAGE_TEAM)
    held = pairing.offered(record.journal, record.seat)
    boxes = Boxes.of(record.journal.layout, record.journal.files)
    request = boxes.request(box_of(held.offer)) if held is not None else None
    if held is None or request is None:
        raise PairingStale("no request came to this offer")
    try:
        welcomed = joining.admit(record, request, code, random=random)
    except pairing.CodesDiffer:
        if pairing.offered(record.journal, record.seat) is None:
            _close(record, held)
        raise
    boxes.put_answer(box_of(held.offer), welcomed.admission)
    nudge(record.journal)
    return welcomed


def _held(record: Record) -> Offered | None:
    """What is offered; a damaged note of it serves nobody any more, and is written over by the next."""
    try:
        return pairing.offered(record.journal, record.seat)
    except LocalFileDamaged:
        return None


def _note(record: Record, name: str) -> bytes | None:
    """What was noted of the carrying; a damaged note is none: hands can always carry, and what was put is put again."""
    try:
        return record.journal.local(record.seat).get(name)
    except LocalFileDamaged:
        return None


def cancel(record: Record) -> None:
    """End it, whatever its stage. Raises NotAllowed, JournalError.

    Who was admitted stays so, and finds the admission in its box until it was heard of, or the offer would have lapsed.
    """
    record.require(Right.MANAGE_TEAM)
    held = _held(record)
    if held is None:
        return
    awaited = _awaits_admission(record, box_of(held.offer))
    pairing.cancel_offer(record.journal, record.seat)
    if awaited:
        record.journal.local(record.seat).remove(_CARRIED)
    else:
        _close(record, held)


def _awaits_admission(record: Record, box: BoxName) -> bool:
    """Whether somebody was admitted and was not heard of since."""
    request = Boxes.of(record.journal.layout, record.journal.files).request(box)
    try:
        device = None if request is None else read_request(request).device.id
    except PairingUnreadable:
        return False
    if device is None or device not in record.journal.membership.devices:
        return False
    return _heard(record, device)[1] == 0


def _heard(record: Record, device: DeviceId) -> tuple[int, int, int]:
    """Entries here, when the device last said what it holds (0: never), and how many of ours it did not name."""
    mine = record.journal.membership.seat(record.seat.id)
    own = mine.device if mine is not None else DeviceId("")
    state = read_state(record.journal, own, record.clock_ms())
    told = next((one for one in state.devices if one.device == device), None)
    return (state.stored, 0, state.stored) if told is None else (state.stored, told.said, told.lacks)


def _close(record: Record, held: Offered) -> None:
    """Let its box go, here and where it was mirrored."""
    box = box_of(held.offer)
    mirror = mirror_of(record, *_carriage(record, held))
    Boxes.of(record.journal.layout, record.journal.files).close(box)
    record.journal.local(record.seat).remove(_CARRIED)
    if mirror is not None:
        # A folder that is away keeps an offer nobody answers any more, until it lapses.
        with suppress(PeerError, JournalError):
            mirror.close(box)


def _carriage(record: Record, held: Offered) -> tuple[Carriage, str]:
    kept = _note(record, _CARRIED)
    if kept is None:
        return Carriage.FILES, ""
    tree = packing.decode(kept, max_bytes=_MOST)
    if tree["offer"] != held.offer:
        return Carriage.FILES, ""
    return Carriage(tree["way"]), str(tree["where"])
