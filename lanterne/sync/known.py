"""What this device knows of other holders, durable: the newest statement of each device, what relays said and
promised, every alarm.

Law: what is known never shrinks; what contradicts it is kept beside it and alarmed, and nothing here is taken
back. A statement of our own is on the disk before anybody hears it. Source: docs/format/exchange.md, H1–H4,
"What is known never shrinks"; docs/format/store.md, `known/`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from lanterne.journal.files import disk_errors
from lanterne.journal.journal import Journal
from lanterne.journal.layout import second
from lanterne.proof.exchange import check_receipt, check_statement, sign_statement
from lanterne.proof.membership import Membership
from lanterne.seal.device import DeviceKeys
from lanterne.sync.alarms import TOLD, TOLD_WHY, Alarm, Lie, read_alarm
from lanterne.sync.errors import KnownDamaged
from lanterne.sync.keeping import keep_file, read_file
from lanterne.sync.relay_file import RelayFile, read_relay_file
from lanterne.sync.relay_memory import MAX_PENDING, RelayMemory, read_memory
from lanterne.wire import packing
from lanterne.wire.asking import StatementVerdict
from lanterne.wire.exchange import Fields, HolderId, MessageRefused, Signed
from lanterne.wire.names import ChainId, DeviceId, Head
from lanterne.wire.statements import (
    MAX_RECEIPTS,
    MAX_SEEN,
    Comparison,
    Kept,
    Named,
    Receipt,
    SeenLie,
    Statement,
    compare_statements,
    read_receipt,
    read_statement,
)

STATEMENT_EVERY_MS = 600_000
SPREAD = 65_536
MOST_ALARMS = 64
"""Alarms of one kind against one device, relay or seat: those kept prove it as well as a thousand would."""
_RELAY = "relay"
_AUTHORITIES = "authorities"
_OWN = "own"


class Known:
    """The folder `known/` of one device. One object may be shared by threads; processes share the folder."""

    def __init__(self, journal: Journal) -> None:
        self._journal, self._files = journal, journal.files
        self._folder = journal.layout.known
        self.damaged: set[str] = set()
        """Files damaged in both copies: what they held is asked for again, and `check` names them."""
        self.raised: list[Alarm] = []
        """Alarms raised through this object that were not known before."""
        self._full: set[tuple[Lie, str]] = set()

    # ------------------------------------------------------------------ statements

    def statements(self) -> dict[DeviceId, Signed[Statement]]:
        """The newest statement of each device."""
        found = {}
        for name in self._names("statement-"):
            read = self._statement(DeviceId(name.removeprefix("statement-")))
            if read is not None:
                found[read.value.device] = read
        return found

    def contradictions(self) -> list[bytes]:
        """Statements that contradict another (L2): handed on with the newest, so that everybody sees both."""
        return sorted(
            {raw for alarm in self.alarms() if alarm.lie is Lie.STATEMENT for raw in alarm.evidence}
        )

    def take_statement(self, raw: bytes, own: DeviceId, now_ms: int) -> StatementVerdict:
        """Keep a statement if it is newer; raise L2 when it contradicts what is known (H3, H4).

        Raises:
            MessageRefused: H1, H2. DiskFull, DiskFailed.
        """
        come = read_statement(raw)
        check_statement(come, self._journal.membership)
        with self._locked():
            self._pend(come.value.receipts)
            if come.value.device != own:
                self._hear_of(come, own, now_ms)
            held = self._statement(come.value.device)
            if held is None:
                if come.value.device == own:
                    self._old_image(come, None, now_ms)
                self._keep_statement(come)
                return StatementVerdict.KEPT
            found = compare_statements(held, come)
            if found is Comparison.SAME:
                return StatementVerdict.HELD
            if found.alarming:
                self._contradiction(held, come, found, now_ms)
            elif found is Comparison.NEWER and come.value.device == own:
                self._old_image(come, held, now_ms)
            if come.value.number > held.value.number:
                self._keep_statement(come)
            if found.alarming:
                return StatementVerdict.CONTRADICTS
            return StatementVerdict.OLDER if found is Comparison.OLDER else StatementVerdict.KEPT

    def compare_statements(self, raws: Iterable[bytes], now_ms: int) -> None:
        """Hold statements that came together against each other; raise L2 where they contradict (H3, H4).

        What two of them show, a newer one held here may hide: both sides of a contradiction are handed on long after.
        What fails H1 or H2 is passed over. Raises DiskFull, DiskFailed.
        """
        found: dict[DeviceId, list[Signed[Statement]]] = {}
        for raw in raws:
            with suppress(MessageRefused):
                come = read_statement(raw)
                found.setdefault(come.value.device, []).append(come)
        for said in found.values():
            if len(said) < 2:
                continue
            checked = [one for one in said if _is_checked(one, self._journal.membership)]
            checked.sort(key=lambda one: (one.value.number, one.hash))
            # Heads that never shrink from one to the next never shrink at all.
            for earlier, later in pairwise(checked):
                verdict = compare_statements(earlier, later)
                if verdict.alarming:
                    with self._locked():
                        self._contradiction(earlier, later, verdict, now_ms)

    def _contradiction(
        self, one: Signed[Statement], other: Signed[Statement], found: Comparison, now_ms: int
    ) -> None:
        evidence = tuple(sorted((one.raw, other.raw)))
        matter = f"{min(one.value.number, other.value.number)}"
        self.alarm(Alarm(Lie.STATEMENT, one.value.device, matter, found.value, now_ms, evidence), locked=True)

    def _hear_of(self, come: Signed[Statement], own: DeviceId, now_ms: int) -> None:
        """Another device has proof of a lie that cannot be seen from here: shown here too, once for one holder.

        Only of a relay spoken with from here, or a device of the practice: nobody can fill this disk with names.
        """
        told = come.value.seen
        if not told:
            return
        holders = {str(one.relay) for one in self.relays()} | set(self._journal.membership.devices)
        known = {(one.lie.value, one.about) for one in self.alarms()}
        for one in told:
            lie = TOLD.get(one.lie)
            if lie is not None and one.about in holders - {str(own)} and (one.lie, one.about) not in known:
                matter = f"{come.value.device}/{one.time}"
                self.alarm(Alarm(lie, one.about, matter, TOLD_WHY, now_ms, (come.raw,)), locked=True)

    def _seen_here(self) -> tuple[SeenLie, ...]:
        """The lies this device holds the proof of: the first of each kind about each holder, at most as many as fit."""
        if not any(name[6:8] in TOLD for name in self._names("alarm-")):
            return ()
        first: dict[tuple[str, str], SeenLie] = {}
        for alarm in self.alarms():
            key = (alarm.lie.value, alarm.about)
            if key[0] in TOLD and alarm.why != TOLD_WHY and key not in first:
                first[key] = SeenLie(key[0], HolderId(alarm.about), alarm.time)
        return tuple(sorted(list(first.values())[:MAX_SEEN]))

    def _old_image(self, come: Signed[Statement], held: Signed[Statement] | None, now_ms: int) -> None:
        """A statement of this very device that it does not remember: it was set back, or has a twin."""
        evidence = (come.raw,) if held is None else (held.raw, come.raw)
        self.alarm(
            Alarm(Lie.STATEMENT, come.value.device, str(come.value.number), "old_image", now_ms, evidence),
            locked=True,
        )

    def make_statement(
        self, device: DeviceKeys, now_ms: int, random: Callable[[int], bytes]
    ) -> Signed[Statement] | None:
        """A new statement of this device, on the disk when this returns; None when none is due.

        Due when its tips moved, or ten minutes passed. Raises DiskFull, DiskFailed.
        """
        with self._locked():
            held = self._statement(device.id)
            tips = self._still_held(held)
            seen = self._seen_here()
            moved = held is None or (held.value.heads, held.value.seen) != (tips, seen)
            if held is not None and not moved and abs(now_ms - held.value.time) < STATEMENT_EVERY_MS:
                return None
            number = 1 if held is None else held.value.number + 1
            if held is not None and held.value.number != self._made():
                number += 1 + int.from_bytes(random(2), "big") % SPREAD
            names = tuple(
                Named(one.value.device, one.value.number, one.hash)
                for one in self.statements().values()
                if one.value.device != device.id
            )
            receipts = tuple(memory.brief for memory in self.relays() if memory.brief)[:MAX_RECEIPTS]
            statement = Statement(
                self._journal.practice, device.id, number, now_ms, tips, names, receipts, seen
            )
            signed = sign_statement(statement, device)
            self._keep_statement(signed)
            keep_file(self._files, self._folder / _OWN, packing.encode({"number": number}))
            return signed

    def _still_held(self, said: Signed[Statement] | None) -> tuple[Head, ...]:
        """The tips, and those said before that only lie damaged here: what is known never shrinks (H4), and they are
        asked for already.
        """
        tips = self._journal.tips
        reached: dict[ChainId, int] = {}
        for head in tips:
            reached[head.chain] = max(reached.get(head.chain, 0), head.seq)
        damaged = (
            head
            for head in (said.value.heads if said is not None else ())
            if head.seq > reached.get(head.chain, 0) and self._journal.holds(head)
        )
        return tuple(sorted({*tips, *damaged}))

    def _made(self) -> int:
        """The number of the last statement made here; 0 when that is not known."""
        data = self._read(_OWN)
        try:
            return 0 if data is None else Fields.unpack(data, "own").integer("number", 1 << 63)
        except MessageRefused:
            return 0

    def _statement(self, device: DeviceId) -> Signed[Statement] | None:
        data = self._read(f"statement-{device}")
        return None if data is None else read_statement(data)

    def _keep_statement(self, signed: Signed[Statement]) -> None:
        keep_file(self._files, self._folder / f"statement-{signed.value.device}", signed.raw)

    # ------------------------------------------------------------------ relays

    def relay_file(self) -> RelayFile | None:
        """The relay this practice uses from this device; None when it has none."""
        data = self._read(_RELAY)
        return None if data is None else read_relay_file(data)

    def set_relay(self, relay: RelayFile) -> None:
        """Use this relay from now on. Raises DiskFull, DiskFailed."""
        with self._locked():
            keep_file(self._files, self._folder / _RELAY, relay.pack())

    def forget_relay(self) -> None:
        """Use no relay from now on; what is remembered of it stays. Raises DiskFailed."""
        with self._locked(), disk_errors("forgetting the relay"):
            for copy in (self._path(_RELAY), second(self._path(_RELAY))):
                if self._files.size(copy) is not None:
                    self._files.remove(copy)
                    self._files.fsync_directory(self._folder)

    def authorities(self) -> bytes | None:
        """Certificates (PEM) this device believes beside the system's authorities; None when there are none."""
        return self._read(_AUTHORITIES)

    def set_authorities(self, pem: bytes) -> None:
        """Believe these certificates too from now on. Raises DiskFull, DiskFailed."""
        with self._locked():
            keep_file(self._files, self._folder / _AUTHORITIES, pem)

    def relays(self) -> list[RelayMemory]:
        """What is remembered of every relay ever spoken with."""
        found = []
        for name in self._names("relay-"):
            data = self._read(name)
            if data is not None:
                found.append(read_memory(data))
        return found

    def relay(self, relay: HolderId) -> RelayMemory:
        """What is remembered of a relay."""
        data = self._read(f"relay-{relay}")
        return RelayMemory(relay) if data is None else read_memory(data)

    def change_relay(self, relay: HolderId, change: Callable[[RelayMemory], RelayMemory]) -> RelayMemory:
        """Remember something more of a relay. Raises DiskFull, DiskFailed."""
        with self._locked():
            before = self.relay(relay)
            after = change(before)
            if after != before:
                keep_file(self._files, self._folder / f"relay-{relay}", after.pack())
            return after

    def _pend(self, receipts: tuple[bytes, ...]) -> None:
        """Receipts that others were given: to be held against the relay (L5)."""
        relay = self.relay_file()
        for raw in receipts if relay is not None else ():
            receipt = self.receipt_of(raw, relay)
            if receipt is None or relay is None or not receipt.entries:
                continue

            def pend(memory: RelayMemory, raw: bytes = raw, last: Kept = receipt.entries[-1]) -> RelayMemory:
                if memory.was_audited(last) or raw in (*memory.pending, memory.receipt, memory.brief):
                    return memory
                return replace(memory, pending=(*memory.pending, raw)[-MAX_PENDING:])

            self.change_relay(relay.relay, pend)

    def receipt_of(self, raw: bytes, relay: RelayFile | None) -> Receipt | None:
        """The receipt, when this relay signed it for this practice; None otherwise."""
        if relay is None:
            return None
        try:
            signed = read_receipt(raw)
            check_receipt(signed, practice=self._journal.practice, relay=relay.relay, key=relay.key)
        except MessageRefused:
            return None
        return signed.value

    # ------------------------------------------------------------------ alarms

    def alarms(self) -> list[Alarm]:
        """Every alarm ever raised here, by time."""
        found = []
        for name in self._names("alarm-"):
            data = self._read(name)
            if data is not None:
                found.append(read_alarm(data))
        return sorted(found, key=lambda alarm: (alarm.time, alarm.name))

    def alarm(self, alarm: Alarm, *, locked: bool = False) -> bool:
        """Keep an alarm with its evidence; False when its matter was alarmed before, or MOST_ALARMS of its kind stand
        against the same one already. Raises DiskFull, DiskFailed.
        """
        if not locked:
            with self._locked():
                return self.alarm(alarm, locked=True)
        path = self._folder / alarm.name
        if self._files.size(path) is not None or self._enough(alarm):
            return False
        keep_file(self._files, path, alarm.pack())
        self.raised.append(alarm)
        return True

    def _enough(self, alarm: Alarm) -> bool:
        """Whether who is accused stands accused enough: whoever stole a key could sign lies until the disk is full."""
        if (alarm.lie, alarm.about) in self._full:
            return True
        same = [name for name in self._names("alarm-") if name.startswith(f"alarm-{alarm.lie.value}-")]
        if len(same) < MOST_ALARMS:
            return False
        held = (read_alarm(data) for name in same if (data := self._read(name)) is not None)
        if sum(one.about == alarm.about for one in held) < MOST_ALARMS:
            return False
        self._full.add((alarm.lie, alarm.about))
        return True

    # ------------------------------------------------------------------ files

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with self._journal.locked():
            yield

    def _names(self, prefix: str) -> list[str]:
        size = {"statement-": 32, "relay-": 32, "alarm-": 35}[prefix]
        return [
            name
            for name in self._files.listing(self._folder)
            if name.startswith(prefix) and len(name) == len(prefix) + size
        ]

    def _read(self, name: str) -> bytes | None:
        try:
            return read_file(self._files, self._path(name))
        except KnownDamaged:
            self.damaged.add(name)
            return None

    def _path(self, name: str) -> Path:
        return self._folder / name


def _is_checked(said: Signed[Statement], membership: Membership) -> bool:
    """H2."""
    try:
        check_statement(said, membership)
    except MessageRefused:
        return False
    return True
