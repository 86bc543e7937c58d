"""What is damaged on one disk is asked of whoever is met, and stands in its place again."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path

import pytest

from lanterne.journal.check import check_store
from lanterne.journal.errors import BlobDamaged
from lanterne.journal.journal import Journal
from lanterne.journal.layout import Layout
from lanterne.sync.alarms import Lie
from lanterne.sync.peers.port import PeerEntries
from lanterne.wire.asking import Range
from lanterne.wire.names import Stream
from tests.sync.places import device_at, device_peer, relay_at, relay_peer
from tests.sync.stage import Machine, another_machine, content


def write(machine: Machine, count: int) -> None:
    for number in range(count):
        machine.jot(f"note {number}")
        machine.jot(f"look {number}", Stream.TRACE)


def hurt(root: Path, chance: random.Random, streams: Iterable[Stream] = Stream, *, every: int = 3) -> int:
    """Flip one bit in every third frame of these streams; how many frames."""
    journal, count = Journal.open(root), 0
    for stream in streams:
        path = Layout(root).segment(stream, 1)
        data = bytearray(path.read_bytes())
        for number, one in enumerate(journal.since(stream)):
            if number % every == 0:
                at = (one.position & 0xFFFFFFFF) + chance.randrange(32 + len(one.entry.raw))
                data[at] ^= 1 << chance.randrange(8)
                count += 1
        path.write_bytes(bytes(data))
    return count


def faults(machine: Machine) -> list[str]:
    return [f"{one.file} {one.place} {one.code}" for one in check_store(machine.root).faults]


@pytest.fixture(name="lived")
def _lived(garance: Machine, theo: Machine, tmp_path: Path) -> tuple[Machine, Machine]:
    """Both wrote, and both hold everything. Awa's machine was never heard: a stick carries all for her."""
    another_machine(garance, tmp_path / "awa", seed=30)
    write(garance, 6)
    write(theo, 6)
    stick = tmp_path / "first stick"
    stick.mkdir()
    for machine in (garance, theo, garance):
        assert machine.by_folder(stick).whole
    assert content(garance.journal) == content(theo.journal)
    return garance, theo


@pytest.mark.parametrize("way", ["folder", "device", "relay"])
def test_damage_is_healed_by_any_way(lived: tuple[Machine, Machine], way: str, tmp_path: Path) -> None:
    garance, theo = lived
    whole = content(garance.journal)
    fresh = tmp_path / "fresh stick"
    fresh.mkdir()

    def meet(count: int) -> None:
        garance.restart()
        garance.journal.mender.inspect()
        assert len(garance.journal.mender.lacks()) == count
        if way == "device":
            with device_at(theo) as address:
                done = garance.exchange(device_peer(garance, address), piece=1500)
        elif way == "relay":
            done = garance.exchange(relay_peer(garance, relay), piece=1500)
        else:
            done = garance.by_folder(fresh)
        assert done.whole
        assert done.tally.healed == count
        assert done.alarms == ()

    with relay_at(tmp_path / "relay") as relay:
        if way == "relay":
            garance.exchange(relay_peer(garance, relay))
        elif way == "folder":
            theo.by_folder(fresh)
        # On the network a device is believed by the membership: what admits it must be whole, or come otherwise.
        streams = (Stream.CARE, Stream.TRACE) if way == "device" else Stream
        count = hurt(garance.root, random.Random(5), streams)
        assert count >= 8
        assert faults(garance)
        meet(count)
    assert faults(garance) == []
    assert content(garance.journal) == whole
    assert garance.known.alarms() == theo.known.alarms() == []


def test_the_newest_entry_damaged_makes_no_statement_shrink(
    lived: tuple[Machine, Machine], tmp_path: Path
) -> None:
    """Whoever holds it is not there: what was said before is said again, and nobody is alarmed (H4)."""
    garance, theo = lived
    before = garance.known.statements()[garance.device.id].value.heads
    path = Layout(garance.root).segment(Stream.CARE, 1)
    data = bytearray(path.read_bytes())
    newest = list(garance.journal.since(Stream.CARE))[-1].position & 0xFFFFFFFF
    data[newest + 40] ^= 4
    path.write_bytes(bytes(data))
    garance.restart()
    garance.jot("look", Stream.TRACE)
    empty = tmp_path / "empty stick"
    empty.mkdir()
    garance.by_folder(empty)
    after = garance.known.statements()[garance.device.id].value.heads
    assert {head for head in before if head.chain.stream is Stream.CARE} <= set(after)
    assert theo.by_folder(empty).alarms == ()
    assert theo.known.alarms() == []


class WrongEntries:
    """Hands over what was not asked for, and what was, altered."""

    def __init__(self, peer: object, wrong: bytes) -> None:
        self._peer, self._wrong = peer, wrong

    def __getattr__(self, name: str) -> object:
        return getattr(self._peer, name)

    def entries(self, ranges: tuple[Range, ...], most_bytes: int) -> PeerEntries:
        came: PeerEntries = self._peer.entries(ranges, most_bytes)  # type: ignore[attr-defined]
        altered = [raw[:-1] + bytes([raw[-1] ^ 1]) for raw in came.entries]
        return PeerEntries((*altered, self._wrong), came.more, came.proof)


def test_a_wrong_entry_heals_nothing(lived: tuple[Machine, Machine]) -> None:
    garance, theo = lived
    other = next(garance.journal.since(Stream.TRACE)).entry.raw
    path = Layout(garance.root).segment(Stream.CARE, 1)
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(bytes(data))
    garance.restart()
    garance.journal.mender.inspect()
    with device_at(theo) as address:
        done = garance.exchange(WrongEntries(device_peer(garance, address), other))  # type: ignore[arg-type]
        assert done.tally.healed == 0
        assert done.tally.refused["E11"] >= 1
        assert path.read_bytes() == bytes(data)
        assert {alarm.lie for alarm in done.alarms} == {Lie.NO_ENTRY}
        done = garance.exchange(device_peer(garance, address))
        assert done.tally.healed == 1
    assert faults(garance) == []


def test_a_damaged_document_is_fetched_again(garance: Machine, theo: Machine, tmp_path: Path) -> None:
    kept = garance.journal.blobs.put(b"a letter" * 100_000)
    stick = tmp_path / "stick"
    stick.mkdir()
    garance.by_folder(stick)
    theo.by_folder(stick)
    path = Layout(theo.root).blob(kept.name)
    data = bytearray(path.read_bytes())
    data[50_000] ^= 1
    path.write_bytes(bytes(data))
    assert [one.split()[-1] for one in faults(theo)] == ["blob_damaged"]
    theo.restart()
    assert not theo.journal.blobs.has(kept.name)
    with pytest.raises(BlobDamaged):
        theo.journal.blobs.get(kept.name, kept.key)
    with device_at(garance) as address:
        done = theo.exchange(device_peer(theo, address))
    assert done.tally.blobs_received == 1
    assert theo.journal.blobs.get(kept.name, kept.key) == b"a letter" * 100_000
    assert faults(theo) == []
