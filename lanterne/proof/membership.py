"""The membership: a pure value computed from the genesis and the set of members entries.

Law: same set, same membership, whatever the order of arrival (M7); nothing is dropped, what has no effect is
a notice (M9). Source: docs/format/membership.md, M1–M12.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from enum import Enum
from typing import NamedTuple

from lanterne.proof.acts import Deed, EntryEmptied, EpochRotated, SeatAdmitted, SheetReplaced, keep_deed
from lanterne.proof.cuts import find_cuts
from lanterne.proof.genesis import Genesis, read_genesis
from lanterne.proof.history import History, Notice, arrange
from lanterne.proof.judging import Judge, Verdict
from lanterne.proof.records import DeviceRecord, EpochRecord, SeatRecord, SheetRecord, Wrap
from lanterne.proof.signature import check_entry
from lanterne.wire.entry import Entry, EntryHead
from lanterne.wire.errors import EntryRefused
from lanterne.wire.names import (
    ChainId,
    Compartment,
    DeviceId,
    EntryHash,
    Head,
    KeyId,
    PersonId,
    PracticeId,
    SeatId,
    Stream,
)


class Standing(Enum):
    """What becomes of a care or trace entry (M10–M12, E15)."""

    COUNTS = "counts"
    BEYOND_CUT = "beyond_cut"
    """M11: its seat was revoked by somebody who did not know it. Kept apart, waits for review."""
    EXPIRED = "expired"
    """M12: dated after the end of its seat's term. Kept apart, waits for review."""
    UNKNOWN = "unknown"
    """M10: its seat is not admitted, or its admission fell."""


class Emptying(NamedTuple):
    """Why an entry has no parts any more: who said so, when by their clock (milliseconds), for what reason (a word),
    in which members entry.
    """

    entry: Head
    by: SeatId
    at_ms: int
    reason: str
    act: Head


class Membership:
    """Whose signature counts. Immutable; `with_entries` gives another."""

    def __init__(
        self,
        genesis: Genesis,
        deeds: Mapping[tuple[EntryHash, bytes], Deed],
        verified: set[tuple[EntryHash, bytes]],
        verdicts: dict[EntryHash, Verdict],
    ) -> None:
        """For `found` and `with_entries`. `verified` and `verdicts` only remember what never changes."""
        self._genesis = genesis
        self._deeds = deeds
        self._verified = verified
        self._verdicts = verdicts
        self._history: History = arrange(genesis, deeds.values(), verified)
        judge = Judge(genesis, self._history, verdicts)
        self._world = judge.whole()
        self._seats: dict[SeatId, SeatRecord] = {genesis.seat.id: genesis.seat}
        self._sheets: dict[SeatId, SheetRecord] = {genesis.sheet.id: genesis.sheet}
        self._epochs: dict[KeyId, EpochRecord] = {epoch.key_id: epoch for epoch in genesis.epochs}
        self._wraps: list[Wrap] = [wrap for epoch in genesis.epochs for wrap in epoch.wraps]
        self._begun: dict[KeyId, tuple[int, int]] = {}
        self._admitted: dict[SeatId, int] = {genesis.seat.id: genesis.created}
        self._once_emptied: set[EntryHash] = set()
        self._gather(judge)
        self._emptied: dict[EntryHash, Emptying] = {}
        self._emptied_blobs: dict[str, Head] = {}
        for entry, emptied in self._world.emptied:
            head = entry.deed.head
            for named in emptied.entries:
                why = Emptying(named, head.seat, head.time_ms, emptied.reason, head.as_head)
                self._emptied.setdefault(named.hash, why)
            for blob in emptied.blobs:
                self._emptied_blobs.setdefault(blob, head.as_head)
        self._cuts, cut_notices = find_cuts(self._history, self._world.revocations)
        found = {*self._history.notices, *self._world.notices, *cut_notices}
        self._notices = tuple(sorted(found, key=str))

    def _gather(self, judge: Judge) -> None:
        """What entitled signers named, even if its effect fell since: keys to read and verify with."""
        for entry in self._history.order:
            verdict = judge.verdict(entry)
            if verdict.refusal is not None:
                continue
            for (_, act), fault in zip(entry.deed.acts, verdict.facts, strict=True):
                if fault is not None:
                    continue
                if isinstance(act, SeatAdmitted):
                    self._seats.setdefault(act.seat.id, act.seat)
                    self._admitted.setdefault(act.seat.id, entry.deed.head.time_ms)
                    self._wraps.extend(act.wraps)
                elif isinstance(act, SheetReplaced):
                    self._sheets.setdefault(act.sheet.id, act.sheet)
                    self._wraps.extend(act.wraps)
                elif isinstance(act, EpochRotated):
                    if self._epochs.setdefault(act.epoch.key_id, act.epoch) is act.epoch:
                        self._begun[act.epoch.key_id] = (entry.bit, entry.past)
                    self._wraps.extend(act.epoch.wraps)
                elif isinstance(act, EntryEmptied):
                    self._once_emptied.update(named.hash for named in act.entries)

    # ------------------------------------------------------------------ making

    @classmethod
    def found(cls, genesis: bytes) -> Membership:
        """The membership of a practice that has only its genesis.

        Raises:
            MembershipRefused: M1 or M2.
        """
        return cls(read_genesis(genesis), {}, set(), {})

    def with_entries(self, entries: Iterable[Entry]) -> Membership:
        """The membership that also knows `entries` (members entries that passed E1–E7 and E9–E11).

        Signatures (E8) are checked here once their seat is known; an entry that must wait for another is
        kept.

        Raises:
            EntryRefused: an entry of another practice (E6) or stream (E4).
        """
        deeds = dict(self._deeds)
        for entry in entries:
            head = entry.head
            if head.practice != self.practice:
                raise EntryRefused("E6", "the entry belongs to another practice")
            if head.stream != Stream.MEMBERS:
                raise EntryRefused("E4", "not an entry of the members stream")
            mark = (head.hash, head.signature)
            if mark not in deeds:
                deeds[mark] = keep_deed(entry)
        if len(deeds) == len(self._deeds):
            return self
        return Membership(self._genesis, deeds, self._verified, self._verdicts)

    # ------------------------------------------------------------------ who

    @property
    def genesis(self) -> Genesis:
        return self._genesis

    @property
    def practice(self) -> PracticeId:
        return self._genesis.practice

    def seat(self, seat: SeatId) -> SeatRecord | None:
        """The record of a seat whose admission was ever entitled, revoked or not."""
        return self._seats.get(seat)

    def admitted_at(self, seat: SeatId) -> int | None:
        """When a seat was first admitted, by its admitter's clock: milliseconds since 1970-01-01 UTC."""
        return self._admitted.get(seat)

    def sign_key(self, seat: SeatId) -> bytes | None:
        """E7: the Ed25519 public key of a seat or sheet, even revoked: what it wrote stays verifiable."""
        record = self._seats.get(seat) or self._sheets.get(seat)
        return None if record is None else record.sign

    def check_signature(self, seat: SeatId, signed: bytes, signature: bytes) -> None:
        """E8, in the form `wire.entry.read_entry` takes; raises EntryRefused."""
        check_entry(self.sign_key(seat), signed, signature)

    def is_admitted(self, seat: SeatId) -> bool:
        """Whether the admission of `seat` stands (it may be revoked since)."""
        return seat in self._world.state.seats

    def is_active(self, seat: SeatId, at: int) -> bool:
        """Admitted, not revoked, within its term at `at` milliseconds."""
        record = self._world.state.seats.get(seat)
        if record is None or seat in self._world.state.revoked:
            return False
        return record.not_after is None or at <= record.not_after

    def is_admin(self, seat: SeatId, at: int) -> bool:
        """Whether `seat` may change the membership at `at` milliseconds: an active administrator, or the
        sheet.
        """
        if seat in self._world.state.sheets:
            return True
        return self.is_active(seat, at) and self._world.state.seats[seat].admin

    @property
    def seats(self) -> tuple[SeatRecord, ...]:
        """Every seat whose admission stands, revoked ones included, in the order of admission."""
        return tuple(self._world.state.seats.values())

    @property
    def revoked(self) -> frozenset[SeatId]:
        """Seats revoked by a revocation that stands."""
        return frozenset(self._world.state.revoked)

    @property
    def persons(self) -> Mapping[PersonId, tuple[SeatId, ...]]:
        """The seats of each person that are not revoked; nobody left in the tuple means the person left."""
        found: dict[PersonId, tuple[SeatId, ...]] = {}
        for record in self._world.state.seats.values():
            mine = found.setdefault(record.person, ())
            if record.id not in self._world.state.revoked:
                found[record.person] = (*mine, record.id)
        return found

    @property
    def left(self) -> frozenset[PersonId]:
        """Persons of whom a `person.left` stands, unless a seat was admitted for them since."""
        persons = self.persons
        return frozenset(person for person in self._world.state.left if not persons.get(person))

    @property
    def devices(self) -> Mapping[DeviceId, DeviceRecord]:
        return dict(self._world.state.devices)

    @property
    def sheet(self) -> SheetRecord:
        """The recovery sheet in force; the last, should two have replaced it at once."""
        return list(self._world.state.sheets.values())[-1]

    @property
    def sheets(self) -> tuple[SheetRecord, ...]:
        """All sheets in force: one, unless two replaced it at once."""
        return tuple(self._world.state.sheets.values())

    # ------------------------------------------------------------------ entries

    def entitled(self, head: EntryHead) -> Standing:
        """M10–M12 (E15) for a care or trace entry; for a members entry, whether it had any effect (M3)."""
        record = self._world.state.seats.get(head.seat)
        if head.stream == Stream.MEMBERS:
            placed = self._history.by_hash.get(head.hash)
            if placed is None or self._verdicts[head.hash].refusal is not None:
                return Standing.UNKNOWN
            if head.seat in self._sheets:
                return Standing.COUNTS
        if record is None:
            return Standing.UNKNOWN
        for cut in self._cuts.get(head.seat, ()):
            known = cut.get(head.chain)
            if known is None or head.seq > known.seq:
                return Standing.BEYOND_CUT
            if head.seq == known.seq and head.hash != known.hash:
                return Standing.BEYOND_CUT
        if record.not_after is not None and head.time_ms > record.not_after:
            return Standing.EXPIRED
        return Standing.COUNTS

    def cuts(self, seat: SeatId) -> tuple[Mapping[ChainId, Head], ...]:
        """For each revocation of `seat` that stands: the newest head the revoker knew of its chains."""
        return self._cuts.get(seat, ())

    @property
    def emptied(self) -> Mapping[EntryHash, Emptying]:
        """M13: the entries whose parts holders drop."""
        return self._emptied

    @property
    def once_emptied(self) -> AbstractSet[EntryHash]:
        """Entries that somebody entitled emptied, though the act may have fallen since (M7): who obeyed meanwhile, a
        relay say, has their heads alone.
        """
        return self._once_emptied

    @property
    def emptied_blobs(self) -> Mapping[str, Head]:
        """M13: the documents holders drop, by name, each with the members entry that says so."""
        return self._emptied_blobs

    @property
    def heads(self) -> tuple[Head, ...]:
        """The newest placed entry of each members chain."""
        newest: dict[ChainId, Head] = {}
        for entry in self._history.order:
            head = entry.deed.head.as_head
            before = newest.get(head.chain)
            if before is None or head.seq > before.seq:
                newest[head.chain] = head
        return tuple(sorted(newest.values()))

    @property
    def notices(self) -> tuple[Notice, ...]:
        """M9: what had no effect, or waits, and why."""
        return self._notices

    # ------------------------------------------------------------------ epochs

    def epoch(self, key_id: KeyId) -> EpochRecord | None:
        """E16: an epoch ever begun by an entitled signer, even if its rotation fell since: entries may lie in
        it.
        """
        return self._epochs.get(key_id)

    def epochs(self, compartment: Compartment) -> tuple[EpochRecord, ...]:
        """The epochs in force, oldest first."""
        return tuple(self._world.state.epochs[compartment])

    def newest_epoch(self, compartment: Compartment) -> EpochRecord:
        """The epoch to write under."""
        return self._world.state.epochs[compartment][-1]

    def all_epochs(self, compartment: Compartment) -> tuple[EpochRecord, ...]:
        """Every epoch that may have been written under, in the order they were begun."""
        return tuple(epoch for epoch in self._epochs.values() if epoch.compartment == compartment)

    def wraps_to(self, seat: SeatId) -> tuple[Wrap, ...]:
        """Every epoch secret sealed to a seat or sheet."""
        return tuple(wrap for wrap in self._wraps if wrap.to == seat)

    def tips(self, compartment: Compartment) -> tuple[EpochRecord, ...]:
        """The newest epoch, and those begun without its knowledge, which its `previous` cannot hold.

        A new seat needs the secret of each.
        """
        newest = self.newest_epoch(compartment)
        _, past = self._begun.get(newest.key_id, (0, 0))
        beside = [
            epoch
            for epoch in self.all_epochs(compartment)
            if epoch is not newest and epoch.key_id in self._begun and not self._begun[epoch.key_id][0] & past
        ]
        return (newest, *beside)

    def rotation_due(self, at: int) -> tuple[Compartment, ...]:
        """Compartments whose newest epoch a revoked seat holds, or a seat entitled at `at` (ms) does not."""
        return self._world.state.rotation_due(at)

    def entitled_seats(self, compartment: Compartment, at: int) -> tuple[SeatRecord, ...]:
        """The seats that may read `compartment` at `at` milliseconds."""
        return tuple(self._world.state.entitled(compartment, at))
