"""Which entries given to a relay are kept, and where: checks E1–E15 in their order, then the quotas.

Law: an entry is kept only under a valid signature and the practice's membership as the relay holds it;
nothing that passes is dropped for being unwelcome: both sides of a fork are kept, and what a revoked, expired
or fallen seat wrote is kept under a quota of its own. An entry waits until all it must stand on is kept, so
the order of arrival is an order in which every device can receive. Nothing is written here: what is decided
is a `Batch`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from lanterne.proof.acts import read_deed
from lanterne.proof.membership import Membership, Standing
from lanterne.relay.limits import Quota
from lanterne.relay.store import Account, Batch, Cut, Holding, NewEntry, Store
from lanterne.wire.asking import Verdict, refusal
from lanterne.wire.entry import MAX_ENTRY_BYTES, Entry, EntryHead, read_either
from lanterne.wire.errors import EntryRefused
from lanterne.wire.exchange import NUMBER_LIMIT, BlobName
from lanterne.wire.framing import LENGTH_SIZE, MAX_ENTRIES, framed_size
from lanterne.wire.names import NO_ENTRY, ChainId, EntryHash, Head, SeatId, Stream
from lanterne.wire.statements import Kept

TIME_LIMIT = 1 << 63
"""S12: no hybrid time lies beyond the year 6429."""


_MEMBERS = bytes([Stream.MEMBERS])
"""Seventh byte of a members entry."""


class Accepted(NamedTuple):
    """What becomes of what was given.

    `answers` in the order given; `kept` those of them that are held, sorted by position; `membership` once
    the batch is kept.
    """

    answers: tuple[int, ...]
    kept: tuple[Kept, ...]
    batch: Batch
    membership: Membership
    emptied_blobs: tuple[BlobName, ...]


class _Wait(Exception):
    """The entry must wait for another (E12)."""


class _NoRoom(Exception):
    """The entry would go beyond a quota."""


@dataclass(slots=True)
class _Use:
    """What the practice uses, with what this batch adds."""

    last: int
    entry_bytes: int
    apart_entries: int
    apart_bytes: int
    members_entries: int
    members_bytes: int
    waiting_entries: int
    waiting_bytes: int
    tips: int
    numbers: dict[tuple[ChainId, int], int] = field(default_factory=dict)


def accept(
    raws: Sequence[bytes],
    *,
    account: Account,
    membership: Membership,
    store: Store,
    quota: Quota,
    suspended: frozenset[SeatId] = frozenset(),
) -> Accepted:
    """Decide on entries given, predecessors first (the other order works, and costs waiting).

    `account` and what `store` holds must not move meanwhile: `Batch.expected_last` tells whether they did.
    """
    return _Acceptance(account, membership, store, quota, suspended).run(raws)


class _Acceptance:
    def __init__(
        self,
        account: Account,
        membership: Membership,
        store: Store,
        quota: Quota,
        suspended: frozenset[SeatId],
    ) -> None:
        self._account, self._store, self._quota, self._suspended = account, store, quota, suspended
        self._practice = account.practice
        self._members = self._before = membership
        self._unread: list[Entry] = []
        self._use = _Use(
            account.last,
            account.entry_bytes,
            account.apart_entries,
            account.apart_bytes,
            account.members_entries,
            account.members_bytes,
            account.waiting_entries,
            account.waiting_bytes,
            account.tips,
        )
        self._known: dict[EntryHash, Holding] = {}
        self._looked_up: set[EntryHash] = set()
        self._entries: list[NewEntry] = []
        self._waiting: dict[EntryHash, NewEntry] = {}
        self._released: list[EntryHash] = []

    # ------------------------------------------------------------ the round

    def run(self, raws: Sequence[bytes]) -> Accepted:
        answers: list[int] = []
        digests: list[EntryHash | None] = []
        for raw in raws:
            answer, digest = self._answer(raw)
            answers.append(answer)
            digests.append(digest)
        self._release()
        kept: dict[EntryHash, int] = {}
        for index, digest in enumerate(digests):
            if digest is not None and digest in self._known:
                kept[digest] = self._known[digest].position
                if answers[index] == Verdict.WAITS:
                    answers[index] = Verdict.KEPT
        before = self._before
        emptied = tuple(one for one in self._membership().emptied if one not in before.emptied)
        batch = Batch(
            self._practice,
            self._account.last,
            self._entries,
            tuple(self._waiting.values()),
            self._released,
            emptied,
            _cuts(before, self._membership()),
        )
        in_order = sorted(kept.items(), key=lambda item: item[1])[:MAX_ENTRIES]
        return Accepted(
            tuple(answers),
            tuple(Kept(digest, position) for digest, position in in_order),
            batch,
            self._membership(),
            tuple(
                BlobName(name)
                for name in self._membership().emptied_blobs
                if name not in before.emptied_blobs
            ),
        )

    def _answer(self, raw: bytes) -> tuple[int, EntryHash | None]:
        digest: EntryHash | None = None
        try:
            entry = self._read(raw)
            digest = entry.head.hash
            return self._place(entry, entry.raw), digest
        except EntryRefused as refused:
            return refusal(refused.check), None
        except _Wait:
            return self._keep_waiting(entry, entry.raw), digest
        except _NoRoom:
            return Verdict.NO_ROOM, None

    # ------------------------------------------------------------ checks

    def _membership(self) -> Membership:
        """The membership with the members entries of this batch: computed when it is asked for, since each
        time costs in proportion to all of them.
        """
        if self._unread:
            self._members = self._members.with_entries(self._unread)
            self._unread = []
        return self._members

    def _read(self, raw: bytes) -> Entry:
        """E1–E11, the time's limit, and E19 of members entries."""
        if len(raw) > MAX_ENTRY_BYTES:
            raise EntryRefused("E5", f"{len(raw)} bytes, {MAX_ENTRY_BYTES} allowed")
        entry = read_either(
            raw,
            practice=self._practice,
            key_of=self._key_of,
            check_signature=self._check_signature,
            # No members entry is ever emptied, and computing the membership for each would cost as the square.
            emptied_ones=() if raw[6:7] == _MEMBERS else self._membership().emptied,
        )
        if entry.head.seq >= NUMBER_LIMIT:
            raise EntryRefused("E5", "its number is beyond what is kept")
        if entry.head.time >= TIME_LIMIT:
            raise EntryRefused("E14", "its time lies beyond the year 6429")
        if entry.head.stream == Stream.MEMBERS:
            read_deed(entry)
        return entry

    def _key_of(self, seat: SeatId) -> bytes | None:
        return self._members.sign_key(seat) or self._membership().sign_key(seat)

    def _check_signature(self, seat: SeatId, signed: bytes, signature: bytes) -> None:
        self._members.check_signature(seat, signed, signature)

    def _place(self, entry: Entry, raw: bytes) -> int:
        """E12–E15 and the quotas. Raises EntryRefused, _Wait, _NoRoom."""
        head = entry.head
        if self._find(head.hash) is not None:
            return Verdict.HELD
        if head.seat in self._suspended:
            return Verdict.SUSPENDED
        self._check_below(head)
        self._check_authority(head)
        forked = self._under_number(head) > 0
        apart = forked or self._is_apart(head)
        self._check_room(head, len(raw), forked=forked, apart=apart)
        self._keep(entry, raw, apart=apart)
        return Verdict.APART if apart else Verdict.KEPT

    def _check_below(self, head: EntryHead) -> None:
        """E12 and E14. A members entry also stands on every members entry its heads name."""
        if head.prev != NO_ENTRY:
            before = self._find(head.prev)
            if before is None:
                raise _Wait
            if (before.chain, before.seq) != (head.chain, head.seq - 1):
                raise EntryRefused("E12", "its predecessor stands elsewhere")
            if head.time <= before.time:
                raise EntryRefused("E14", "its time is not after the previous entry's")
        if head.stream != Stream.MEMBERS:
            return
        for named in head.heads:
            if named.chain.stream != Stream.MEMBERS:
                continue
            found = self._find(named.hash)
            if found is None:
                raise _Wait
            if (found.chain, found.seq) != (named.chain, named.seq):
                raise EntryRefused("E12", "names an entry that stands elsewhere")

    def _check_authority(self, head: EntryHead) -> None:
        """E15 where it can never be kept: a seat whose record is not administrator signs no membership (M3)."""
        if head.stream != Stream.MEMBERS:
            return
        record = self._members.seat(head.seat)
        if record is not None and not record.admin:
            raise EntryRefused("E15", "its seat is not administrator")

    def _find(self, digest: EntryHash) -> Holding | None:
        if digest not in self._looked_up:
            self._looked_up.add(digest)
            self._known.update(self._store.held(self._practice, [digest]))
        return self._known.get(digest)

    def _under_number(self, head: EntryHead) -> int:
        """Bytes kept under its number: more than 0 is a fork (E13)."""
        key = (head.chain, head.seq)
        if key not in self._use.numbers:
            self._use.numbers[key] = self._store.number_bytes(self._practice, [key]).get(key, 0)
        return self._use.numbers[key]

    def _is_apart(self, head: EntryHead) -> bool:
        """E15. Of a members entry only the signer is looked at: what it did is the membership's to judge."""
        if head.stream == Stream.MEMBERS:
            at = head.time_ms
            return not (self._members.is_admin(head.seat, at) or self._membership().is_admin(head.seat, at))
        return self._membership().entitled(head) is not Standing.COUNTS

    # ------------------------------------------------------------ quotas

    def _check_room(self, head: EntryHead, size: int, *, forked: bool, apart: bool) -> None:
        use, quota = self._use, self._quota
        full = (
            use.last >= quota.entries
            or use.entry_bytes + size > quota.entry_bytes
            or ((forked or head.seq == 1) and use.tips >= quota.tips)
            or (forked and self._under_number(head) + LENGTH_SIZE + size > quota.number_bytes)
        )
        if apart:
            full |= use.apart_entries >= quota.apart_entries or use.apart_bytes + size > quota.apart_bytes
        if head.stream == Stream.MEMBERS:
            most = quota.members_entries // 2 if apart else quota.members_entries
            if any(head.seat == sheet.id for sheet in self._members.sheets):
                most += quota.sheet_entries
            full |= use.members_entries >= most or use.members_bytes + size > quota.members_bytes
        if full:
            raise _NoRoom

    def _keep(self, entry: Entry, raw: bytes, *, apart: bool) -> None:
        head, use = entry.head, self._use
        size = len(raw)
        use.last += 1
        use.entry_bytes += size
        use.apart_entries += apart
        use.apart_bytes += size * apart
        key = (head.chain, head.seq)
        use.tips += head.seq == 1 or use.numbers.get(key, 0) > 0
        use.numbers[key] = use.numbers.get(key, 0) + framed_size(raw)
        if head.stream == Stream.MEMBERS:
            use.members_entries += 1
            use.members_bytes += size
            self._unread.append(entry)
        self._entries.append(NewEntry(head, raw, apart))
        self._waiting.pop(head.hash, None)
        if self._account.waiting_entries:
            self._released.append(head.hash)
        self._known[head.hash] = Holding(use.last, head.chain, head.seq, head.time)
        self._looked_up.add(head.hash)

    # ------------------------------------------------------------ waiting

    def _keep_waiting(self, entry: Entry, raw: bytes) -> int:
        head, use = entry.head, self._use
        if head.hash in self._waiting or self._store.waits(self._practice, [head.hash]):
            return Verdict.WAITS
        quota = self._quota
        if use.waiting_entries >= quota.waiting_entries or use.waiting_bytes + len(raw) > quota.waiting_bytes:
            return Verdict.NO_ROOM
        use.waiting_entries += 1
        use.waiting_bytes += len(raw)
        self._waiting[head.hash] = NewEntry(head, raw, False)
        return Verdict.WAITS

    def _release(self) -> None:
        """Keep what waited for an entry of this batch, and what waited for that."""
        arrived = [new.head for new in self._entries]
        while arrived and (self._account.waiting_entries or self._waiting):
            before = len(self._entries)
            for raw in self._followers(arrived):
                self._reconsider(raw)
            arrived = [new.head for new in self._entries[before:]]

    def _followers(self, arrived: Iterable[EntryHead]) -> list[bytes]:
        hashes = [head.hash for head in arrived]
        members = any(head.stream == Stream.MEMBERS for head in arrived)
        found = (
            list(self._store.waiting_for(self._practice, hashes, members))
            if self._account.waiting_entries
            else []
        )
        wanted = set(hashes)
        found += [
            new.raw
            for new in self._waiting.values()
            if new.head.prev in wanted or (members and new.head.stream == Stream.MEMBERS)
        ]
        return found

    def _reconsider(self, raw: bytes) -> None:
        """An entry that waited is kept, or goes on waiting, or is let go when it can never be kept."""
        try:
            entry = self._read(raw)
            self._place(entry, entry.raw)
        except (_Wait, _NoRoom):
            return
        except EntryRefused:
            self._let_go(raw)

    def _let_go(self, raw: bytes) -> None:
        entry = read_either(raw, practice=self._practice, key_of=lambda _seat: b"", verify=False)
        self._waiting.pop(entry.head.hash, None)
        self._released.append(entry.head.hash)


def _cuts(before: Membership, after: Membership) -> tuple[Cut, ...]:
    """Seats of which less counts than before: revoked since, or whose admission fell."""
    if before is after:
        return ()
    found = [
        Cut(seat, _reach(after.cuts(seat)))
        for seat in sorted(after.revoked)
        if after.cuts(seat) != before.cuts(seat)
    ]
    fell = {record.id for record in before.seats} - {record.id for record in after.seats}
    return (*found, *(Cut(seat, {}) for seat in sorted(fell)))


def _reach(cuts: Sequence[Mapping[ChainId, Head]]) -> dict[ChainId, int]:
    """With several revocations, what is within the cut of each."""
    chains = set[ChainId].intersection(*(set(cut) for cut in cuts)) if cuts else set[ChainId]()
    return {chain: min(cut[chain].seq for cut in cuts) for chain in chains}
