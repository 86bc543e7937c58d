"""A device joins: offer, request, reveal, admission; carried by anything, believed only once the codes agree.

Law: the nonce of an offer is revealed to one request only, and nobody is admitted before a person typed the code the
new device shows. What the new device writes opens nothing until its admission is in its journal.
Source: docs/format/exchange.md, "A new device", P1–P8.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from lanterne.journal.errors import JournalError, PracticeExists
from lanterne.journal.files import Files, OsFiles, disk_errors, replace_small_file
from lanterne.journal.first_copy import First, remove_list, write_list
from lanterne.journal.identity import read_genesis_file, write_identity
from lanterne.journal.journal import Journal
from lanterne.journal.layout import Layout
from lanterne.journal.pairing_messages import (
    MAX_LARGE,
    Answer,
    Grant,
    Offer,
    PairingUnreadable,
    Request,
    read_answer,
    read_grant,
    read_offer,
    read_request,
    short_code,
    typed_code,
)
from lanterne.journal.small_files import write_twice
from lanterne.journal.vouched import closed, opened
from lanterne.proof.genesis import read_genesis
from lanterne.proof.records import MembershipRefused
from lanterne.seal.changing import admit_device, admit_seat
from lanterne.seal.device import DeviceKeys
from lanterne.seal.keyring import Keyring
from lanterne.seal.seat import SeatKeys
from lanterne.seal.unlock import check_passphrase, write_seat_file
from lanterne.wire import packing
from lanterne.wire.errors import EntryRefused, PackingError
from lanterne.wire.names import ChainId, Head, PersonId, PracticeId, SeatId, Stream

Random = Callable[[int], bytes]
LAPSES_MS = 72 * 60 * 60 * 1000
MAX_TRIES = 3
_STATE = "pairing"


class PairingStale(JournalError):
    """P3: no offer of this access waits for this request: none was made, it lapsed, or another took its place."""

    word = "pairing_stale"


class PairingSpent(JournalError):
    """P4: another device has answered this offer already. Make a new one."""

    word = "pairing_spent"


class PairingForeign(JournalError):
    """P5, P6, P8: the message is not the one this pairing waits for: another practice, device or promise."""

    word = "pairing_foreign"


class CodesDiffer(JournalError):
    """P7: the code typed is not the one shown here. `params["left"]` tries remain; at none the offer is void."""

    word = "codes_differ"


class Joined(NamedTuple):
    """The new device wrote its files; `request` is to be carried to the trusted one."""

    practice: PracticeId
    seat: SeatId
    request: bytes


class Asked(NamedTuple):
    """A request taken on the trusted device: its code, the reveal to carry, what was offered and to whom."""

    code: str
    reveal: bytes
    grant: Grant
    about: str


class Offered(NamedTuple):
    """The offer a seat made last: what it grants until when, whose request was taken (its SHA-256), tries left."""

    offer: bytes
    grant: Grant
    ends: int
    about: str
    request: bytes | None
    left: int


class Welcomed(NamedTuple):
    """The admission to carry; `about` is what was noted with the offer."""

    admission: bytes
    person: PersonId
    seat: SeatId
    about: str
    again: bool
    """It had been admitted before: nothing was written this time."""


class Finished(NamedTuple):
    """The new device after an answer: `admitted` False after a reveal; `lacking` heads it was promised.

    `relay` is the file that names the relay, as the offer handed it on; None when it named none.
    """

    code: str
    admitted: bool
    seat: SeatId
    lacking: tuple[Head, ...]
    relay: bytes | None


# ---------------------------------------------------------------------- on the trusted device


def make_offer(
    journal: Journal,
    seat: SeatKeys,
    grant: Grant,
    *,
    now_ms: int,
    random: Random,
    relay: bytes | None = None,
    about: str = "",
) -> bytes:
    """Offer a place, in the stead of any this seat offered before. The passphrase was typed again just before.

    Args:
        relay: the file that names the relay, handed on as it is.
        about: kept for `admit_request`, sealed to the seat (what to describe the person by).

    Raises:
        DiskFull, DiskFailed: no offer was made.
    """
    journal.refresh()
    nonce = random(32)
    offer = Offer(
        journal.practice,
        journal.membership.genesis.raw,
        _members(journal),
        tuple(journal.heads),
        grant,
        relay,
        now_ms + LAPSES_MS,
        sha256(nonce).digest(),
    ).to_bytes()
    if len(offer) > MAX_LARGE:
        raise PairingUnreadable("the offer is too long", size=len(offer))
    state = {
        "offer": sha256(offer).digest(),
        "nonce": nonce,
        "grant": grant.to_wire(),
        "ends": now_ms + LAPSES_MS,
        "about": about,
        "request": None,
        "tries": 0,
    }
    journal.local(seat).put(_STATE, packing.encode(state))
    return offer


def offered(journal: Journal, seat: SeatKeys) -> Offered | None:
    """What this seat offers, so that a screen goes on after a lock; None when nothing, or it was cancelled.

    Raises LocalFileDamaged.
    """
    kept = journal.local(seat).get(_STATE)
    if kept is None:
        return None
    state = packing.decode(kept, max_bytes=MAX_LARGE)
    return Offered(
        state["offer"],
        read_grant(state["grant"]),
        state["ends"],
        str(state["about"]),
        state["request"],
        MAX_TRIES - state["tries"],
    )


def take_request(journal: Journal, seat: SeatKeys, request: bytes, *, now_ms: int) -> Asked:
    """Take the one request to the offer that stands, and reveal its nonce.

    Raises:
        PairingUnreadable, PairingStale, PairingSpent, PairingForeign: P1, P3, P4, P5; nothing is revealed.
        DiskFull, DiskFailed: nothing is revealed.
    """
    read, state = _check_request(journal, seat, request, now_ms)
    digest = sha256(request).digest()
    if state["request"] is None:
        # Before it is revealed: a crash must not let a second request be taken under the same nonce.
        state["request"] = digest
        journal.local(seat).put(_STATE, packing.encode(state))
    code = short_code(journal.practice, state["nonce"], state["offer"], digest)
    reveal = Answer(journal.practice, digest, state["nonce"]).to_bytes()
    return Asked(code, reveal, _grant_of(read), str(state["about"]))


def admit_request(
    journal: Journal,
    seat: SeatKeys,
    keyring: Keyring,
    request: bytes,
    code: str,
    *,
    now_ms: int,
    random: Random,
) -> Welcomed:
    """Admit the device whose request was taken, once its code was typed. Asked again, gives the same admission.

    Raises:
        CodesDiffer: nobody was admitted.
        SeatMayNotWrite, NotEntitled: the seat is no administrator's, or lacks a key it would give.
        PairingUnreadable, PairingStale, PairingSpent, PairingForeign, DiskFull, DiskFailed: as `take_request`.
    """
    read, state = _check_request(journal, seat, request, now_ms)
    digest = sha256(request).digest()
    if state["request"] is None:
        raise PairingStale("this request was not taken yet")
    _check_code(journal, seat, state, code, digest)
    again = journal.membership.seat(read.seat.id) is not None
    if not again:
        ring = keyring.with_membership(journal.membership)
        facts = [admit_device(read.device, random), admit_seat(ring, read.seat, random)]
        journal.write_members(ring, facts, now_ms)
    admission = Answer(journal.practice, digest, state["nonce"], _members(journal)).to_bytes()
    return Welcomed(admission, read.seat.person, read.seat.id, str(state["about"]), again)


def name_first(admission: bytes, first: First) -> bytes:
    """The admission, which also says what to fetch first, unless the list is longer than one may be.

    Raises PairingUnreadable: it is no admission.
    """
    longer = read_answer(admission)._replace(first=first).to_bytes()
    try:
        return longer if len(longer) <= MAX_LARGE and read_answer(longer).first is not None else admission
    except PairingUnreadable:
        return admission


def cancel_offer(journal: Journal, seat: SeatKeys) -> None:
    """The offer this seat made is void. Raises DiskFailed."""
    journal.local(seat).remove(_STATE)


def _check_request(
    journal: Journal, seat: SeatKeys, request: bytes, now_ms: int
) -> tuple[Request, dict[str, Any]]:
    """P1, P3–P5."""
    read = read_request(request)
    kept = journal.local(seat).get(_STATE)
    state: dict[str, Any] | None = None if kept is None else packing.decode(kept, max_bytes=MAX_LARGE)
    if state is None or read.offer != state["offer"] or now_ms > state["ends"]:
        raise PairingStale("no offer waits for this request")
    if state["request"] not in (None, sha256(request).digest()):
        raise PairingSpent("another request was taken under this offer")
    journal.refresh()
    membership = journal.membership
    ours = membership.seat(read.seat.id)
    new = ours is None and read.device.id not in membership.devices
    same = ours == read.seat and membership.devices.get(read.device.id) == read.device
    if (
        read.practice != journal.practice
        or read.seat.device != read.device.id
        or _grant_of(read).to_wire() != state["grant"]
        or not (new or same)
    ):
        raise PairingForeign("the request is not what was offered")
    return read, state


def _check_code(journal: Journal, seat: SeatKeys, state: dict[str, Any], code: str, digest: bytes) -> None:
    """P7. The try counts before it is made."""
    state["tries"] += 1
    journal.local(seat).put(_STATE, packing.encode(state))
    right = short_code(journal.practice, state["nonce"], state["offer"], digest)
    if secrets.compare_digest(typed_code(code).encode(), right.encode()):
        state["tries"] = 0
        journal.local(seat).put(_STATE, packing.encode(state))
        return
    if state["tries"] >= MAX_TRIES:
        cancel_offer(journal, seat)
    raise CodesDiffer("the codes differ", left=max(0, MAX_TRIES - state["tries"]))


def _grant_of(request: Request) -> Grant:
    seat = request.seat
    return Grant(seat.person, seat.compartments, seat.admin, seat.not_after)


def _members(journal: Journal) -> tuple[bytes, ...]:
    return tuple(arrived.entry.raw for arrived in journal.since(Stream.MEMBERS))


# ---------------------------------------------------------------------- on the new device


def join(
    root: Path,
    offer: bytes,
    *,
    label: str,
    passphrase: str,
    now_ms: int,
    random: Random,
    files: Files | None = None,
) -> Joined:
    """Answer an offer in an empty directory: device, seat, genesis, members; then a request to carry back.

    Args:
        label: the person's name, as the unlock page shows it.

    Raises:
        PairingUnreadable: P1, P2. PairingStale: it lapsed. WeakPassphrase, PracticeExists. Nothing was written.
        PairingForeign: P2, an entry of the offer was refused. DiskFull, DiskFailed. Remove the directory.
    """
    files, layout = files or OsFiles(), Layout(root)
    read = read_offer(offer)
    try:
        genesis = read_genesis(read.genesis)
    except MembershipRefused as refused:
        raise PairingUnreadable("the genesis of the offer does not verify") from refused
    if genesis.practice != read.practice:
        raise PairingUnreadable("the genesis of the offer is another practice's")
    if now_ms > read.ends:
        raise PairingStale("this offer has lapsed")
    check_passphrase(passphrase)
    files.make_directories(root)
    seat, device = SeatKeys.new(random), DeviceKeys.new(random)
    record = seat.record(device=device.id, **read.grant._asdict())
    request = Request(read.practice, sha256(offer).digest(), record, device.record(), random(32)).to_bytes()
    with files.lock(layout.lock):
        if read_genesis_file(layout, files) is not None:
            raise PracticeExists("there is already a practice in this directory")
        write_twice(files, layout.device, device.to_file(read.practice))
        sealed = write_seat_file(
            seat,
            practice=read.practice,
            person=read.grant.person,
            label=label,
            passphrase=passphrase,
            device=device,
            random=random,
        )
        write_twice(files, layout.seat(seat.id), sealed)
        _write_pairing(layout, files, {"format": 1, "offer": offer, "request": request})
        write_identity(layout, files, read.genesis)
    _receive(Journal.open(root, files=files, random=random), read.members)
    return Joined(read.practice, seat.id, request)


def finish(journal: Journal, answer: bytes) -> Finished:
    """Take the trusted device's answer: after a reveal, the code to show; after the admission, the seat counts.

    Raises:
        PairingUnreadable: P1. PairingStale: no pairing is going on here. PairingForeign: P6, P8.
        DiskFull, DiskFailed: do it again.
    """
    read = read_answer(answer)
    pairing = read_pairing(journal.layout, journal.files)
    if pairing is None:
        raise PairingStale("this device waits for no answer")
    offer, request, offered, asked = pairing
    digest = sha256(asked).digest()
    if (read.practice, read.request) != (journal.practice, digest) or sha256(
        read.nonce
    ).digest() != offer.commit:
        raise PairingForeign("the answer is not to this device's request")
    code = short_code(journal.practice, read.nonce, sha256(offered).digest(), digest)
    if read.members is None:
        return Finished(code, False, request.seat.id, offer.heads, offer.relay)
    _receive(journal, read.members)
    membership = journal.membership
    if (
        not membership.is_admitted(request.seat.id)
        or membership.seat(request.seat.id) != request.seat
        or membership.devices.get(request.device.id) != request.device
    ):
        raise PairingForeign("the admission does not admit this device as it asked")
    promised: dict[ChainId, int] = {}
    for head in offer.heads:
        promised[head.chain] = max(head.seq, promised.get(head.chain, 0))
    with journal.files.lock(journal.layout.lock):
        write_list(journal.layout, journal.files, read.first or First(()), sorted(promised.items()))
    return Finished(code, True, request.seat.id, lacking(journal), offer.relay)


def lacking(journal: Journal) -> tuple[Head, ...]:
    """What the offer promised and this device does not hold yet; once it holds all, the pairing is over.

    Raises DiskFailed.
    """
    layout, files = journal.layout, journal.files
    pairing = read_pairing(layout, files)
    if pairing is None:
        return ()
    offer, request, _, _ = pairing
    missing = tuple(head for head in offer.heads if not journal.holds(head))
    if not missing and journal.membership.is_admitted(request.seat.id):
        with files.lock(layout.lock), disk_errors("removing what a pairing left"):
            remove_list(layout, files)
            if files.size(layout.pairing) is not None:
                files.remove(layout.pairing)
                files.fsync_directory(layout.local)
    return missing


def read_pairing(layout: Layout, files: Files) -> tuple[Offer, Request, bytes, bytes] | None:
    """What this device asked: the offer and its request, read and raw; None when there is none, or it is damaged."""
    if files.size(layout.pairing) is None:
        return None
    packed = opened(files.read(layout.pairing))
    if packed is None:
        return None
    try:
        tree = packing.decode(packed, max_bytes=2 * MAX_LARGE)
        return read_offer(tree["offer"]), read_request(tree["request"]), tree["offer"], tree["request"]
    except (PackingError, PairingUnreadable, KeyError, TypeError):
        return None


def _write_pairing(layout: Layout, files: Files, tree: dict[str, Any]) -> None:
    replace_small_file(files, layout.pairing, closed(packing.encode(tree)))


def _receive(journal: Journal, members: tuple[bytes, ...]) -> None:
    """P2, P8: only entries of the members stream, each of which passes."""
    for answer in journal.receive_many(raw for raw in members if raw[6:7] == bytes([Stream.MEMBERS])):
        if isinstance(answer, EntryRefused):
            raise PairingForeign("an entry of the message was refused", check=answer.check) from answer
