"""What an act empties is dropped by every honest holder, however it learns of it, and its head stays."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from lanterne.journal.check import check_store
from lanterne.journal.errors import BlobDamaged, DiskFull
from lanterne.journal.files import OsFiles
from lanterne.journal.journal import Journal, Received
from lanterne.journal.layout import Layout
from lanterne.seal.changing import empty_entries, revoke_seat
from lanterne.sync.errors import PeerRefuses, PeerUnknown
from lanterne.wire.entry import Entry
from lanterne.wire.errors import EntryRefused
from lanterne.wire.names import Head, Stream
from tests.journal.simulated_disk import FaultyFiles
from tests.journal.stage import dice, texts
from tests.sync.places import device_at, device_peer, relay_at, relay_peer
from tests.sync.stage import Machine, another_machine, content


def empty(machine: Machine, heads: list[Head], blobs: list[str] | None = None) -> None:
    """An administrator says so."""
    machine.clock[0] += 1000
    ring = machine.practice.keyring.with_membership(machine.journal.membership)
    facts = empty_entries(heads, blobs or [], "erasure", dice(99))
    machine.journal.write_members(ring, facts, machine.clock[0])


def care(machine: Machine) -> list[Entry]:
    return [one.entry for one in machine.journal.since(Stream.CARE)]


def bodies(root: Path, entry: Entry) -> list[str]:
    """Files anywhere under a folder that hold a part of this entry."""
    part = entry.bodies[0]
    assert part is not None
    return sorted(path.name for path in root.rglob("*") if path.is_file() and part[:40] in path.read_bytes())


def sound(machine: Machine) -> bool:
    report = check_store(machine.root)
    return not report.faults and not [note for note in report.notes if note.code.startswith("emptied")]


def test_the_parts_go_and_the_head_stays(garance: Machine) -> None:
    for number in range(5):
        garance.jot(f"note {number}")
    held, size = care(garance), (Layout(garance.root).segment(Stream.CARE, 1)).stat().st_size
    kept = garance.journal.blobs.put(b"a letter" * 1000)
    empty(garance, [held[1].head.as_head, held[4].head.as_head], [kept.name])
    assert [one.bodies[0] is None for one in care(garance)] == [False, True, False, False, True]
    assert bodies(garance.root, held[1]) == []
    assert Layout(garance.root).segment(Stream.CARE, 1).stat().st_size == size
    assert not garance.journal.blobs.has(kept.name)
    with pytest.raises(BlobDamaged):
        garance.journal.blobs.take(kept.name, 0, b"x", last=False)
    garance.jot("after it")
    garance.restart()
    assert texts(garance.journal, garance.practice) == ["note 0", "note 2", "note 3", "after it"]
    assert sound(garance)
    Layout(garance.root).index(Stream.CARE).unlink()
    garance.restart()
    assert texts(garance.journal, garance.practice) == ["note 0", "note 2", "note 3", "after it"]
    assert sound(garance)


def test_the_membership_itself_is_never_emptied(garance: Machine, theo: Machine) -> None:
    head = next(garance.journal.since(Stream.MEMBERS)).entry.head.as_head
    empty(garance, [head])
    assert garance.journal.membership.emptied == {}
    assert "M13" in [notice.rule for notice in garance.journal.membership.notices]


def test_an_entry_without_its_parts_is_nothing_while_no_act_says_so(garance: Machine, theo: Machine) -> None:
    garance.jot("note")
    (entry,) = care(garance)
    with pytest.raises(EntryRefused, match="E21"):
        theo.journal.receive(entry.head.raw)
    assert theo.journal.count(Stream.CARE) == 0


@pytest.mark.parametrize("way", ["folder", "device", "relay"])
def test_it_travels(garance: Machine, theo: Machine, way: str, tmp_path: Path) -> None:
    """Théo holds the parts and drops them; Awa, who never had them, gets the head; the relay and the stick too."""
    awa = another_machine(garance, tmp_path / "awa", seed=30)
    stick = tmp_path / "stick"
    stick.mkdir()
    for number in range(4):
        garance.jot(f"note {number}")
    held = care(garance)
    kept = garance.journal.blobs.put(b"a letter" * 1000)
    with relay_at(tmp_path / "relay") as relay:

        def meet(machine: Machine) -> None:
            machine.restart()
            if way == "folder":
                done = machine.by_folder(stick)
            elif way == "relay":
                done = machine.exchange(relay_peer(machine, relay))
            elif machine is garance:
                return
            else:
                with device_at(garance) as address:
                    done = machine.exchange(device_peer(machine, address))
            assert done.whole, done.error
            assert done.alarms == ()

        meet(garance)
        meet(theo)
        assert theo.journal.blobs.has(kept.name)
        empty(garance, [held[1].head.as_head], [kept.name])
        for machine in (garance, theo, awa):
            meet(machine)
        if way == "folder":
            assert bodies(stick, held[0]) != [], "nothing else was emptied"
        meet(garance)
        for machine in (garance, theo, awa):
            assert [one.bodies[0] is None for one in care(machine)] == [False, True, False, False]
            assert bodies(machine.root, held[1]) == []
            assert not machine.journal.blobs.has(kept.name)
            assert sound(machine)
        assert content(garance.journal) == content(theo.journal) == content(awa.journal)
        if way == "folder":
            assert bodies(stick, held[1]) == []
            assert not list(stick.rglob(kept.name))
        if way == "relay":
            database = sqlite3.connect(tmp_path / "relay" / "relay.db")
            size, count, used = database.execute(
                "SELECT sum(size), count(*), (SELECT entry_bytes FROM practice) FROM entry"
            ).fetchone()
            assert (size, database.execute("SELECT last FROM practice").fetchone()[0]) == (used, count)
            part = held[1].bodies[0]
            raws = [row[0] for row in database.execute("SELECT raw FROM entry")]
            assert part is not None
            assert not any(part in raw for raw in raws)
            assert database.execute(
                "SELECT count(*), (SELECT blob_bytes FROM practice) FROM blob"
            ).fetchone() == (0, 0)
            database.close()
            assert not list((tmp_path / "relay" / "blobs").rglob(kept.name))


@pytest.mark.parametrize("way", ["device", "relay"])
def test_no_document_is_dropped_without_the_act(
    garance: Machine, theo: Machine, way: str, tmp_path: Path
) -> None:
    kept = garance.journal.blobs.put(b"a letter" * 1000)
    with relay_at(tmp_path / "relay") as relay:
        garance.exchange(relay_peer(garance, relay))
        with device_at(garance) as address:
            peer = device_peer(theo, address) if way == "device" else relay_peer(theo, relay)
            with pytest.raises(PeerRefuses):
                peer.drop(kept.name)
            assert peer.blob(kept.name, 0)[1] == kept.size or peer.blob(kept.name, 0)[1] > 0
            empty(garance, [], [kept.name])
            if way == "relay":
                garance.exchange(relay_peer(garance, relay))
            peer.drop(kept.name)
            with pytest.raises(PeerUnknown):
                peer.blob(kept.name, 0)


def test_what_waits_is_emptied_too(garance: Machine, theo: Machine) -> None:
    for number in range(3):
        garance.jot(f"note {number}")
    held = care(garance)
    assert isinstance(theo.journal.receive(held[2].raw), Received)
    assert theo.journal.waiting == 1
    empty(garance, [held[2].head.as_head])
    theo.journal.receive_many([one.entry.raw for one in garance.journal.since(Stream.MEMBERS)])
    assert bodies(theo.root, held[2]) == []
    theo.journal.receive_many([one.raw for one in held])
    assert [one.bodies[0] is None for one in care(theo)] == [False, False, True]
    assert sound(theo)


def test_an_emptied_entry_that_is_damaged_is_healed_as_it_was(
    garance: Machine, theo: Machine, tmp_path: Path
) -> None:
    for number in range(3):
        garance.jot(f"note {number}")
    held = care(garance)
    theo.journal.receive_many(one.entry.raw for one in garance.journal.since(Stream.CARE))
    empty(garance, [held[1].head.as_head])
    theo.journal.receive_many(one.entry.raw for one in garance.journal.since(Stream.MEMBERS))
    path = Layout(theo.root).segment(Stream.CARE, 1)
    good = path.read_bytes()
    position = list(theo.journal.since(Stream.CARE))[1].position & 0xFFFFFFFF
    data = bytearray(good)
    data[position + 50] ^= 1
    path.write_bytes(bytes(data))
    theo.restart()
    theo.journal.mender.inspect()
    with device_at(garance) as address:
        assert theo.exchange(device_peer(theo, address)).tally.healed == 1
    assert path.read_bytes() == good
    assert sound(theo)


def test_an_act_that_falls_gives_back_what_others_hold(
    garance: Machine, theo: Machine, tmp_path: Path
) -> None:
    """Théo empties; Garance had revoked him without knowing it; Awa heard Théo first."""
    awa = another_machine(garance, tmp_path / "awa", seed=30)
    garance.jot("note")
    everything = [
        one.entry.raw for stream in (Stream.MEMBERS, Stream.CARE) for one in garance.journal.since(stream)
    ]
    for machine in (theo, awa):
        machine.journal.receive_many(everything)
    (entry,) = care(garance)
    empty(theo, [entry.head.as_head])
    awa.journal.receive_many(one.entry.raw for one in theo.journal.since(Stream.MEMBERS))
    assert care(awa)[0].bodies == (None,)
    ring = garance.practice.keyring.with_membership(garance.journal.membership)
    facts = revoke_seat(
        ring, theo.practice.seat_id, cuts=[], reason="stolen", at=garance.now(), random=dice(77)
    )
    garance.journal.write_members(ring, facts, garance.now())
    awa.journal.receive_many(one.entry.raw for one in garance.journal.since(Stream.MEMBERS))
    files = FaultyFiles(OsFiles())
    full = Journal.open(awa.root, files=files)
    lacks = full.mender.lacks()
    files.fail("rename", 1, "full")
    with pytest.raises(DiskFull):
        full.receive(entry.raw)
    full.refresh()
    assert full.mender.lacks() == lacks != [], "what the disk refused is asked for again"
    with device_at(garance) as address:
        assert awa.exchange(device_peer(awa, address)).tally.healed == 1
    assert care(awa)[0].bodies == entry.bodies
    assert care(garance)[0].bodies == entry.bodies
    assert awa.journal.mender.lacks() == []
    assert sound(awa)


@pytest.mark.parametrize("way", ["relay", "folder"])
def test_who_obeyed_an_act_that_fell_holds_up_nobody(
    garance: Machine, theo: Machine, way: str, tmp_path: Path
) -> None:
    """A thief empties; the relay, or a stick, has heads alone; Garance had revoked him without knowing it. All she
    writes reaches Awa still, and the parts as soon as somebody who has them is met.
    """
    awa = another_machine(garance, tmp_path / "awa", seed=30)
    stick = tmp_path / "stick"
    stick.mkdir()
    for number in range(4):
        garance.jot(f"note {number}")
    held = care(garance)
    with relay_at(tmp_path / "relay") as relay:

        def meet(machine: Machine) -> None:
            machine.restart()
            done = (
                machine.exchange(relay_peer(machine, relay)) if way == "relay" else machine.by_folder(stick)
            )
            assert done.whole, done.error
            assert done.alarms == ()

        meet(garance)
        meet(theo)
        empty(theo, [held[1].head.as_head])
        meet(theo)
        ring = garance.practice.keyring.with_membership(garance.journal.membership)
        facts = revoke_seat(
            ring, theo.practice.seat_id, cuts=[], reason="stolen", at=garance.now(), random=dice(77)
        )
        garance.journal.write_members(ring, facts, garance.now())
        garance.jot("after")
        for machine in (garance, awa):
            meet(machine)
        assert awa.journal.membership.emptied == {}
        assert awa.journal.count(Stream.CARE) == 5
        gone = ["note 1"] if awa.journal.mender.lacks() else []
        assert gone or way == "folder"
        there = [f"note {number}" for number in range(4) if f"note {number}" not in gone] + ["after"]
        assert texts(awa.journal, awa.practice) == there
        with device_at(garance) as address:
            assert awa.exchange(device_peer(awa, address)).tally.healed == len(gone)
        assert content(awa.journal) == content(garance.journal)
        assert sorted(texts(awa.journal, awa.practice)) == sorted([*[f"note {n}" for n in range(4)], "after"])
        assert awa.journal.mender.lacks() == []
        assert sound(awa)
