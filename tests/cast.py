"""The cast: who works at the practice of the rue des Lilas, and who may see what.

Dr Garance Morel founded the practice. Doctor and administrator, she reads everything: identities and
agenda (office), charts (medical), and who opened what (trace).

Dr Théo Lambert is her locum for the summer. He reads office and medical until his term ends; what he dates
after it waits for a person's review. He administers nothing.

Inès Caron is the secretary. She reads office only. She files letters and results into charts she may not
read: what she deposits there, she cannot open again. Nothing medical is ever in the memory of her session.

Awa Diallo is the midwife. She reads office and medical, on a device of her own.

Paul Roche is the nurse. He reads office and medical, and leaves the practice in some plays; what he wrote
and nobody knew when he left is kept apart, never merged silently, never dropped.

Nobody of them reads trace but Dr Morel; everybody writes it.

The recovery sheet is in the safe. It opens everything, and what it signs prevails.

Jean Baptiste is the patient. His birth name looks like a first name, which is the point.

Secrets are derived from names, so ids are the same every day. HPKE draws its own randomness, so a genesis
made anew has another id: `genesis()` reads the frozen one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from lanterne.proof.membership import Membership
from lanterne.proof.records import SeatRecord
from lanterne.seal.device import DeviceKeys
from lanterne.seal.found import Founding, make_genesis
from lanterne.seal.keyring import Keyring
from lanterne.seal.seat import SeatKeys, SheetKeys
from lanterne.seal.writing import seal_entry
from lanterne.wire.entry import Entry
from lanterne.wire.names import (
    NO_ENTRY,
    SEALED_COMPARTMENTS,
    ChainId,
    Compartment,
    DeviceId,
    EntryHash,
    FactId,
    Head,
    PatientId,
    PersonId,
    SeatId,
    Stream,
)
from lanterne.wire.part import Fact, Part

VECTORS = Path(__file__).parent / "vectors"
FOUNDED = 1_767_225_600_000
"""1 January 2026, UTC, in milliseconds."""
DAY = 86_400_000
END_OF_TERM = FOUNDED + 90 * DAY

JEAN_BAPTISTE = PatientId(hashlib.sha256(b"patient Jean Baptiste").hexdigest()[:32])


def randomness(name: str) -> Callable[[int], bytes]:
    """Bytes that depend on `name` alone: for tests, never for anything else."""
    drawn = 0

    def draw(size: int) -> bytes:
        nonlocal drawn
        drawn += 1
        return hashlib.shake_256(f"{name}/{drawn}".encode()).digest(size)

    return draw


def found_anew(seed: str = "rue des Lilas") -> Founding:
    """Found the practice: same secrets every time, another practice id."""
    return make_genesis(created=FOUNDED, random=randomness(seed))


@cache
def genesis() -> bytes:
    """The frozen genesis of the practice, whose secrets are those of `found_anew()`."""
    frozen = json.loads((VECTORS / "genesis.json").read_text(encoding="utf-8"))
    return bytes.fromhex(frozen["genesis"])


@cache
def founding() -> Founding:
    """Dr Morel's seat, her device and the sheet, with the frozen genesis."""
    anew = found_anew()
    membership = Membership.found(genesis())
    return Founding(genesis(), membership.practice, anew.person, anew.seat, anew.sheet, anew.device)


@cache
def seat_of(name: str) -> SeatKeys:
    """The secrets of somebody who joined later, such as "Théo Lambert"."""
    return SeatKeys.new(randomness(f"seat of {name}"))


def person_of(name: str) -> PersonId:
    return PersonId(hashlib.sha256(f"person {name}".encode()).hexdigest()[:32])


@cache
def device_of(name: str) -> DeviceKeys:
    return DeviceKeys.new(randomness(f"device of {name}"))


OFFICE_ONLY = (Compartment.OFFICE,)
CARERS = (Compartment.OFFICE, Compartment.MEDICAL)


def record_of(
    name: str,
    compartments: Sequence[Compartment] = CARERS,
    *,
    admin: bool = False,
    not_after: int | None = None,
    device: DeviceId | None = None,
    person: PersonId | None = None,
) -> SeatRecord:
    """The seat record of somebody who joined later, on the practice's first device unless said."""
    return seat_of(name).record(
        person=person or person_of(name),
        device=device or founding().device.id,
        compartments=tuple(compartments),
        admin=admin,
        not_after=not_after,
    )


def theo() -> SeatRecord:
    return record_of("Théo Lambert", not_after=END_OF_TERM)


def ines() -> SeatRecord:
    return record_of("Inès Caron", OFFICE_ONLY)


def awa() -> SeatRecord:
    return record_of("Awa Diallo", device=device_of("Awa Diallo").id)


def paul() -> SeatRecord:
    return record_of("Paul Roche")


class Actor:
    """One seat (or the sheet) with what it knows: enough of a journal to play with, in memory."""

    def __init__(self, keys: SeatKeys | SheetKeys, name: str, incarnation: int = 0) -> None:
        self.keys = keys
        self.name = name
        self.incarnation = incarnation
        self.known: dict[EntryHash, Entry] = {}
        self.random = randomness(f"randomness of {name}/{incarnation}")
        self.now = FOUNDED
        self._named: dict[Stream, dict[ChainId, int]] = {}

    @property
    def id(self) -> SeatId:
        return self.keys.id

    @property
    def membership(self) -> Membership:
        entries = [entry for entry in self.known.values() if entry.head.stream == Stream.MEMBERS]
        return Membership.found(genesis()).with_entries(entries)

    @property
    def keyring(self) -> Keyring:
        return Keyring(self.keys, self.membership)

    def hear(self, *others: Actor | Entry | Iterable[Entry]) -> Actor:
        """Learn what others know, or some entries."""
        for other in others:
            if isinstance(other, Actor):
                self.known.update(other.known)
            elif isinstance(other, Entry):
                self.known[other.head.hash] = other
            else:
                self.known.update({entry.head.hash: entry for entry in other})
        return self

    def heads(self) -> dict[ChainId, Head]:
        """The newest entry known of every chain."""
        newest: dict[ChainId, Head] = {}
        for entry in sorted(self.known.values(), key=lambda one: one.head.hash):
            head = entry.head.as_head
            if head.chain not in newest or head.seq > newest[head.chain].seq:
                newest[head.chain] = head
        return newest

    def cuts(self, *seats: SeatId) -> list[Head]:
        """The newest entry known of every chain of `seats`."""
        return [head for chain, head in sorted(self.heads().items()) if chain.seat in seats]

    def write(self, stream: Stream, parts: Mapping[Compartment, Part], *, at: int | None = None) -> Entry:
        """Write one entry, at `at` milliseconds (one second after the last one unless said)."""
        self.now = self.now + 1000 if at is None else at
        chain = ChainId(self.id, self.incarnation, stream)
        heads = self.heads()
        last = heads.pop(chain, None)
        named = self._named.setdefault(stream, {})
        moved = [head for head in heads.values() if named.get(head.chain, 0) < head.seq]
        named.update({head.chain: head.seq for head in moved})
        entry = seal_entry(
            self.keyring,
            chain=chain,
            seq=last.seq + 1 if last else 1,
            prev=last.hash if last else NO_ENTRY,
            time=self.now << 16,
            heads=moved,
            parts=parts,
            random=self.random,
        )
        self.known[entry.head.hash] = entry
        return entry

    def decide(self, *facts: Fact, at: int | None = None) -> Entry:
        """Write membership facts."""
        return self.write(Stream.MEMBERS, {Compartment.CLEAR: Part(None, facts)}, at=at)

    def note(self, text: str = "RAS", *, at: int | None = None) -> Entry:
        """Write a note in Jean Baptiste's chart."""
        part = Part(JEAN_BAPTISTE, (self.fact("note.recorded", {"text": text}),))
        return self.write(Stream.CARE, {Compartment.MEDICAL: part}, at=at)

    def fact(self, kind: str, body: Mapping[str, object], at: str | None = None) -> Fact:
        return Fact(FactId(self.random(16).hex()), kind, 1, (), at, body)


def garance() -> Actor:
    """Dr Morel at her desk, on the first day."""
    return Actor(founding().seat, "Garance Morel")


def sheet() -> Actor:
    """Whoever holds the recovery sheet."""
    return Actor(founding().sheet, "the sheet")


def actor(name: str) -> Actor:
    """Somebody who joined later (their seat must have been admitted for their writing to count)."""
    return Actor(seat_of(name), name)


ALL = SEALED_COMPARTMENTS
