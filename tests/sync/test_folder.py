"""A stick between two machines: the same set on both, whatever else lies on it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from lanterne.journal.check import check_store
from lanterne.sync.errors import FolderUnusable
from lanterne.wire.names import Stream
from tests.sync.stage import Machine, another_machine, content


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def test_two_machines_are_made_whole_by_a_stick(garance: Machine, theo: Machine, stick: Path) -> None:
    for number in range(5):
        garance.jot(f"garance {number}")
        theo.jot(f"theo {number}")
        theo.jot(f"theo looked {number}", Stream.TRACE)
    assert garance.by_folder(stick).whole
    done = theo.by_folder(stick)
    assert done.whole
    assert done.tally.received == 5
    assert garance.by_folder(stick).tally.received == 10
    assert content(garance.journal) == content(theo.journal)
    assert garance.known.alarms() == theo.known.alarms() == []
    again = theo.by_folder(stick)
    assert (again.tally.received, again.tally.given) == (0, 0)


def test_a_stick_between_two_who_know_each_other_carries_only_what_is_new(
    garance: Machine, theo: Machine, stick: Path, tmp_path: Path
) -> None:
    for number in range(20):
        garance.jot(f"old {number}")
    for machine in (garance, theo, garance):
        machine.by_folder(stick)
    garance.jot("new")
    fresh = tmp_path / "another stick"
    fresh.mkdir()
    assert garance.by_folder(fresh).tally.given == 1
    assert theo.by_folder(fresh).tally.received == 1


def test_documents_travel_too(garance: Machine, theo: Machine, stick: Path) -> None:
    here = garance.journal.blobs.put(b"a letter" * 100_000)
    there = theo.journal.blobs.put(b"a scan" * 10)
    garance.by_folder(stick)
    done = theo.by_folder(stick)
    assert (done.tally.blobs_received, done.tally.blobs_given) == (1, 1)
    garance.by_folder(stick)
    assert theo.journal.blobs.get(here.name, here.key) == b"a letter" * 100_000
    assert garance.journal.blobs.get(there.name, there.key) == b"a scan" * 10


def test_what_lies_there_and_is_not_ours_is_let_be(garance: Machine, theo: Machine, stick: Path) -> None:
    garance.jot("one")
    garance.by_folder(stick)
    (base,) = stick.iterdir()
    own = base / garance.device.id
    secret = stick.parent / "secret"
    secret.write_bytes(b"not for the stick" * 100)
    stranger = base / ("ab" * 16)
    stranger.mkdir()
    (stranger / "00000001.entries").symlink_to(secret)
    (stranger / "00000002.entries").write_bytes(os.urandom(5000))
    (stranger / "00000003.entries").write_bytes(b"")
    os.mkfifo(stranger / "00000004.entries")
    (stranger / "heads").symlink_to(secret)
    (base / ("cd" * 16)).symlink_to(own)
    (base / "..evil").write_bytes(b"x")
    (own / "99999999999999999999.entries").write_bytes(b"x")
    whole = next(own.glob("*.entries")).read_bytes()
    (stranger / "00000005.entries").write_bytes(whole[:-40])
    before = secret.read_bytes()
    done = theo.by_folder(stick)
    assert done.whole
    assert done.tally.received == 1
    assert secret.read_bytes() == before
    assert content(garance.journal) <= content(theo.journal)
    assert theo.known.alarms() == []


def test_a_link_where_this_device_writes_is_refused(garance: Machine, stick: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    base = stick / f"lanterne-{garance.journal.practice[:16]}"
    base.mkdir()
    (base / garance.device.id).symlink_to(elsewhere)
    garance.jot("one")
    done = garance.by_folder(stick)
    assert isinstance(done.error, FolderUnusable)
    assert list(elsewhere.iterdir()) == []


def test_no_folder_and_anothers_folder_are_said(garance: Machine, stick: Path, tmp_path: Path) -> None:
    assert isinstance(garance.by_folder(tmp_path / "nowhere").error, FolderUnusable)
    base = stick / f"lanterne-{garance.journal.practice[:16]}"
    base.mkdir()
    (base / "genesis").write_bytes(b"somebody else's")
    assert isinstance(garance.by_folder(stick).error, FolderUnusable)


def test_an_altered_entry_is_nothing_and_the_true_one_is_put_beside_it(
    garance: Machine, theo: Machine, stick: Path
) -> None:
    garance.jot("one")
    garance.by_folder(stick)
    (base,) = stick.iterdir()
    path = max((base / garance.device.id).glob("*.entries"))
    data = bytearray(path.read_bytes()[:-32])
    data[-5] ^= 1
    path.write_bytes(bytes(data) + hashlib.sha256(data).digest())
    done = theo.by_folder(stick)
    assert (done.tally.received, done.alarms) == (0, ())
    assert garance.by_folder(stick).tally.given == 1
    assert theo.by_folder(stick).tally.received == 1
    assert check_store(theo.root).faults == []


def test_a_file_that_is_not_whole_is_not_read_yet(garance: Machine, theo: Machine, stick: Path) -> None:
    """Whoever writes it may not be done; its entries would pass every check of theirs."""
    garance.jot("one")
    garance.by_folder(stick)
    (base,) = stick.iterdir()
    whole = {path: path.read_bytes() for path in base.rglob("*.entries")}
    for path, data in whole.items():
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert theo.by_folder(stick).tally.received == 0
    for path, data in whole.items():
        path.write_bytes(data)
    assert theo.by_folder(stick).tally.received == 1


def test_a_name_of_the_largest_number_does_not_hide_what_is_written_after_it(
    garance: Machine, theo: Machine, stick: Path
) -> None:
    """The next would have one digit too many for anybody to read, and each would take the place of the one before."""
    garance.jot("first")
    assert garance.by_folder(stick).whole
    own = stick / f"lanterne-{garance.journal.practice[:16]}" / garance.device.id
    (own / "999999999999.entries").write_bytes(b"put there by somebody")
    for number in range(2):
        garance.jot(f"then {number}")
        assert garance.by_folder(stick).whole
    assert theo.by_folder(stick).whole
    assert content(theo.journal) == content(garance.journal)


def test_a_device_added_since_receives_what_never_lay_in_the_folder(
    garance: Machine, theo: Machine, tmp_path: Path
) -> None:
    """The stick carried days, for all had the years before: whoever comes later is handed these too."""
    first, stick = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    stick.mkdir()
    for number in range(5):
        garance.jot(f"{number}")
    for machine in (garance, theo, garance):
        machine.by_folder(first)
    garance.jot("of these days")
    for machine in (garance, theo, garance):
        machine.by_folder(stick)
    awa = another_machine(garance, tmp_path / "awa", seed=40, empty=True)
    assert garance.by_folder(stick).tally.given_held == 1, "what lies there is not written again"
    assert awa.by_folder(stick).whole
    assert content(awa.journal) == content(garance.journal)
    assert theo.by_folder(stick).tally.given == garance.by_folder(stick).tally.given == 0
