"""The ways of a device: kept, forgotten, damaged; and what is told of them."""

from __future__ import annotations

import errno
from dataclasses import replace
from pathlib import Path

import pytest

from lanterne.journal.check import check_store
from lanterne.journal.errors import DiskFull
from lanterne.sync import going as telling
from lanterne.sync import ways, ways_open
from lanterne.sync.carrying.telling import Telling
from lanterne.sync.going import Going, Trouble, WayGoing, nudge, read_going, read_nudge, write_going
from lanterne.sync.news_held import NewsHeld
from lanterne.sync.peers.port import Way
from lanterne.sync.relay_file import RelayFile
from lanterne.sync.sentences import SENTENCES
from lanterne.sync.ways_open import Destination, RelayChanged, destinations, meet_relay
from lanterne.wire.exchange import HolderId, MessageRefused
from tests.sync.places import relay_at
from tests.sync.stage import Machine

RELAY = RelayFile("https://relais.example/lilas", HolderId("ab" * 16), b"k" * 32)


def test_kept_in_order_and_forgotten(garance: Machine, tmp_path: Path) -> None:
    journal = garance.journal
    assert ways.read_ways(journal) == ways.Ways()
    assert not ways.read_ways(journal).any
    ways.keep_relay(journal, RELAY)
    ways.keep_folder(journal, tmp_path / "b")
    ways.keep_folder(journal, tmp_path / "a")
    ways.keep_folder(journal, tmp_path / "b")
    ways.keep_device(journal, " 192.168.1.20:8766 ")
    kept = ways.keep_listening(journal, 8766)
    assert kept == ways.Ways(RELAY, (tmp_path / "b", tmp_path / "a"), ("192.168.1.20:8766",), 8766)
    garance.restart()
    assert ways.read_ways(garance.journal) == kept
    assert [place.way for place in destinations(kept)] == [Way.RELAY, Way.FOLDER, Way.FOLDER, Way.DEVICE]
    journal = garance.journal
    ways.forget_relay(journal)
    ways.forget_folder(journal, tmp_path / "b")
    ways.forget_folder(journal, tmp_path / "a")
    ways.forget_device(journal, "192.168.1.20:8766")
    assert ways.keep_listening(journal, 0) == ways.Ways()
    assert check_store(garance.root).faults == []


@pytest.mark.parametrize(
    "address", ["", "poste", "poste:port", "ftp://poste:21", "poste:8766/x", "a:1?b", "x" * 400]
)
def test_what_is_no_address(garance: Machine, address: str) -> None:
    with pytest.raises(ways.NotAnAddress):
        ways.keep_device(garance.journal, address)


def test_limits_and_the_practices_own_data(garance: Machine, tmp_path: Path) -> None:
    with pytest.raises(ways.NotAFolder):
        ways.keep_folder(garance.journal, garance.root / "blobs")
    with pytest.raises(ways.NotAPort):
        ways.keep_listening(garance.journal, 65_536)
    for number in range(ways.MOST_FOLDERS):
        ways.keep_folder(garance.journal, tmp_path / str(number))
    with pytest.raises(ways.TooManyWays):
        ways.keep_folder(garance.journal, tmp_path / "more")
    ways.keep_folder(garance.journal, tmp_path / "0")


def test_one_copy_is_enough_and_none_is_said(garance: Machine, tmp_path: Path) -> None:
    kept = ways.keep_folder(garance.journal, tmp_path / "stick")
    path = garance.journal.layout.ways
    path.write_bytes(b"no")
    assert ways.read_ways(garance.journal) == kept
    assert [fault.file for fault in check_store(garance.root).faults] == ["local/ways"]
    assert check_store(garance.root).faults == [], "the whole copy healed it"
    for copy in (path, path.with_name("ways2")):
        copy.write_bytes(b"no")
    ways.keep_relay(garance.journal, RELAY)
    assert ways.read_ways(garance.journal) == ways.Ways(RELAY, damaged=("ways",)), "unknown is not none"
    known = garance.journal.layout.known
    for name in ("relay", "relay2"):
        (known / name).write_bytes(b"no")
    assert ways.read_ways(garance.journal).damaged == ("relay", "ways")
    again = ways.keep_folder(garance.journal, tmp_path / "stick")
    assert (again.folders, again.damaged) == ((tmp_path / "stick",), ("relay",))


def test_an_offered_relay_is_kept_once(garance: Machine, theo: Machine) -> None:
    assert ways.offered_relay(garance.journal) is None
    assert ways.keep_offered_relay(theo.journal, None) is None
    ways.keep_relay(garance.journal, RELAY)
    assert ways.keep_offered_relay(theo.journal, ways.offered_relay(garance.journal)) == RELAY
    other = replace_url(RELAY, "https://ailleurs.example")
    assert ways.keep_offered_relay(theo.journal, other.pack()) == RELAY
    ways.forget_relay(theo.journal)
    with pytest.raises(MessageRefused):
        ways.keep_offered_relay(theo.journal, b"no relay")


def replace_url(relay: RelayFile, url: str) -> RelayFile:
    return relay._replace(url=url)


def test_a_relay_is_met_and_another_key_is_not(garance: Machine, tmp_path: Path) -> None:
    with relay_at(tmp_path / "relay") as relay:
        assert meet_relay(garance.known, relay.url) == relay
        with pytest.raises(RelayChanged):
            meet_relay(garance.known, relay.url, "00" * 32)
        garance.known.set_relay(relay._replace(key=b"x" * 32))
        with pytest.raises(RelayChanged):
            meet_relay(garance.known, relay.url, relay.key.hex())


def test_going_is_read_back_or_is_nothing(garance: Machine) -> None:
    journal = garance.journal
    assert read_going(journal) == Going()
    assert not read_going(journal).alive(garance.now())
    way = WayGoing(
        Way.RELAY,
        RELAY.url,
        "cd" * 16,
        1,
        2,
        3,
        "peer.away",
        4,
        True,
        "giving",
        5,
        6,
        7,
        8,
        9,
        10,
        11,
        12,
        13,
        14,
    )
    told = Going(garance.now(), 13, 8766, (way,), (Trouble("carrier.clock_back", 14),))
    write_going(journal, told)
    assert read_going(journal) == told
    assert told.alive(garance.now() + 1000)
    assert not told.alive(garance.now() + telling.SILENT_MS)
    assert not told.alive(garance.now() - telling.SILENT_MS)
    path = journal.layout.going
    data = bytearray(path.read_bytes())
    for place in range(len(data)):
        data[place] ^= 1
        path.write_bytes(data)
        assert read_going(journal) == Going()
        data[place] ^= 1
    path.write_bytes(b"")
    assert read_going(journal) == Going()


def test_each_nudge_is_another(garance: Machine) -> None:
    assert read_nudge(garance.journal) == b""
    nudge(garance.journal)
    first = read_nudge(garance.journal)
    nudge(garance.journal)
    assert first != read_nudge(garance.journal) != b""


def test_a_full_disk_is_told_in_the_room_of_the_old_file(
    garance: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Telling(garance.journal, garance.now)
    place = Destination(Way.RELAY, RELAY.url, RELAY)
    one.begin([place])
    one.write()

    def full(path: Path, *, new: bool = False) -> int:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(garance.journal.files, "open_append", full)
    with pytest.raises(DiskFull):
        write_going(garance.journal, Going())
    one.trouble("carrier.disk_full")
    one.change(place, why="carrier.disk_full")
    one.write()
    told = read_going(garance.journal)
    assert {trouble.code for trouble in told.troubles} == {"carrier.disk_full", "carrier.not_told"}
    assert told.ways[0].why == "carrier.disk_full"
    monkeypatch.undo()
    one.clear("carrier.disk_full")
    one.write()
    garance.clock[0] += telling.TOLD_EVERY_MS
    one.write()
    assert read_going(garance.journal).troubles == ()


def test_what_was_told_of_a_way_goes_on_after_a_restart(garance: Machine) -> None:
    place, gone = Destination(Way.FOLDER, "/media/cle"), Destination(Way.DEVICE, "poste:1")
    first = Telling(garance.journal, garance.now)
    first.begin([place, gone])
    first.change(place, last_whole=5, running=True, phase="giving")
    first.write()
    first.end()
    assert not read_going(garance.journal).alive(garance.now())
    second = Telling(garance.journal, garance.now)
    second.begin([place])
    second.write()
    (told,) = read_going(garance.journal).ways
    assert told == replace(WayGoing(Way.FOLDER, "/media/cle"), last_whole=5)


def test_news_are_held_until_there_are_some(garance: Machine) -> None:
    held = NewsHeld(garance.journal, hold_s=0.0)
    garance.jot("something old")
    count = held.wait(0)
    assert count > 0
    assert held.wait(count) == count, "held for its time, then answered"
    garance.jot("something new")
    assert NewsHeld(garance.journal).wait(count) == count + 1
    assert NewsHeld(garance.journal, most=1)._room.acquire()


def test_every_code_has_its_sentence() -> None:
    for module in (ways, ways_open):
        own = [item for item in vars(module).values() if getattr(item, "__module__", "") == module.__name__]
        words = {item.word for item in own if isinstance(getattr(item, "word", None), str)}
        assert words - {"ways.error"} <= set(SENTENCES)
    for code, sentence in SENTENCES.items():
        if code.startswith("carrier.") or (code.endswith("damaged") and code != "known.damaged"):
            assert "%(" not in sentence, f"{code} is told without anything beside"
        assert sentence.endswith(".")
