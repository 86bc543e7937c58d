"""What a screen needs to say in words: stored here, sent, received by whom, since when somebody is silent, what waits.

Law: only what is known, by this device's own clock; a device never heard is never counted as having received.
Plain data; sentences are made elsewhere. Source: docs/format/exchange.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from lanterne.journal.journal import Journal
from lanterne.sync.alarms import Alarm
from lanterne.sync.known import Known
from lanterne.sync.relay_memory import RelayMemory
from lanterne.wire.exchange import Signed
from lanterne.wire.names import ChainId, DeviceId, Head, Stream
from lanterne.wire.statements import Statement


@dataclass(frozen=True, slots=True)
class RelayState:
    """The practice's relay. Moments in milliseconds since 1970-01-01 UTC; 0 when never, or not silent.

    Attributes:
        to_send: entries held here that it was not given yet.
        why: the code of what went wrong, while it is silent.
        notices: its operator's notices, raw and signed.
    """

    url: str
    heard: int
    silent_since: int
    why: str
    to_send: int
    notices: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class DeviceState:
    """Another device with an active seat. `said` is when it last said what it holds, by its clock; 0 when never.

    Attributes:
        lacks: entries held here that it did not say it holds.
        ahead: entries it says it holds that are not here.
    """

    device: DeviceId
    said: int
    lacks: int
    ahead: int


@dataclass(frozen=True, slots=True)
class SyncState:
    """Everything to be shown.

    Attributes:
        stored: entries on this disk.
        relay: None when the practice has none.
        waiting: entries here that wait for their predecessor.
        alarms: every provable lie or loss, by time.
        damaged: files of what was known that are damaged in both copies.
        unreadable: entries that lie damaged on this disk, as far as was looked: asked for at every exchange.
    """

    stored: int
    relay: RelayState | None
    devices: tuple[DeviceState, ...]
    waiting: int
    alarms: tuple[Alarm, ...]
    damaged: tuple[str, ...]
    unreadable: int = 0

    @property
    def received_by(self) -> int:
        """How many other devices said they hold everything that is here."""
        return sum(one.said > 0 and one.lacks == 0 for one in self.devices)


def read_state(
    journal: Journal,
    own: DeviceId,
    now_ms: int,
    *,
    alarms: tuple[Alarm, ...] | None = None,
    statements: Mapping[DeviceId, Signed[Statement]] | None = None,
) -> SyncState:
    """What is so now, from this disk alone.

    Args:
        now_ms: which seats are active, milliseconds.
        alarms, statements: when the caller has read them already: the ones are long and never change, the others
            change seldom.
    """
    journal.refresh()
    known = Known(journal)
    tips, file = journal.tips, known.relay_file()
    memory = known.relay(file.relay) if file is not None else None
    relay = None
    if file is not None and memory is not None:
        relay = _relay(file.url, memory, tips)
    if statements is None:
        statements = known.statements()
    membership = journal.membership
    active = {seat.device for seat in membership.seats if membership.is_active(seat.id, now_ms)} - {own}
    devices = [
        _device(device, statements[device].value if device in statements else None, tips) for device in active
    ]
    return SyncState(
        sum(journal.count(stream) for stream in Stream),
        relay,
        tuple(sorted(devices, key=lambda one: one.device)),
        journal.waiting,
        tuple(known.alarms()) if alarms is None else alarms,
        tuple(sorted(known.damaged)),
        len(journal.mender.lacks()),
    )


def _relay(url: str, memory: RelayMemory, tips: list[Head]) -> RelayState:
    to_send = _beyond(tips, memory.holds)
    return RelayState(url, memory.heard, memory.silent_since, memory.why, to_send, memory.notices)


def _device(device: DeviceId, said: Statement | None, tips: list[Head]) -> DeviceState:
    if said is None:
        return DeviceState(device, 0, _beyond(tips, ()), 0)
    return DeviceState(device, said.time, _beyond(tips, said.heads), _beyond(said.heads, tips))


def _beyond(these: Iterable[Head], those: Iterable[Head]) -> int:
    """How many entries `these` reach beyond `those`, as far as numbers tell; a branch not known counts one."""
    named, reached = set(those), dict[ChainId, int]()
    for head in named:
        reached[head.chain] = max(reached.get(head.chain, 0), head.seq)
    these = tuple(these)
    tips = Counter(head.chain for head in these)
    newest: dict[ChainId, int] = {}
    branches = 0
    for head in these:
        newest[head.chain] = max(newest.get(head.chain, 0), head.seq)
        # A branch of a known fork may be the shorter one: numbers alone would take it for received.
        furthest = reached.get(head.chain, 0)
        branches += head not in named and (
            head.seq == furthest or (tips[head.chain] > 1 and head.seq < furthest)
        )
    return branches + sum(max(seq - reached.get(chain, 0), 0) for chain, seq in newest.items())
