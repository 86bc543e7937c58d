"""The setting of a device: which folder, refused with a sentence when it cannot be, and its last rounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from lanterne.intake import watched
from lanterne.intake.watched import FolderRefused, Round, SettingDamaged
from lanterne.journal.check import check_store
from lanterne.journal.layout import Layout
from tests.practice.stage import Machine


def test_chosen_it_is_read_by_every_seat_of_the_device(machine: Machine, dropped: Path) -> None:
    assert watched.read(machine.root).folder == ""
    watched.choose(machine.root, f' "{dropped}" ')
    for at in range(25):
        watched.add_round(machine.root, Round(at, {"structured": at}))
    held = watched.read(machine.root)
    assert held.folder == str(dropped.resolve())
    assert [one.at_ms for one in held.rounds] == list(range(24, 4, -1))
    assert held.rounds[0].counts == {"structured": 24}
    watched.choose(machine.root, "")
    assert (watched.read(machine.root).folder, len(watched.read(machine.root).rounds)) == ("", 20)


def test_a_check_of_the_data_knows_the_file(machine: Machine, dropped: Path) -> None:
    watched.choose(machine.root, str(dropped))
    Layout(machine.root).watching.touch()
    assert [fault.file for fault in check_store(machine.root).faults] == []


@pytest.mark.parametrize("bit", [0, 20, -1])
def test_a_damaged_setting_is_said_and_can_be_set_again(machine: Machine, dropped: Path, bit: int) -> None:
    watched.choose(machine.root, str(dropped))
    path = Layout(machine.root).watched
    data = bytearray(path.read_bytes())
    data[bit] ^= 1
    path.write_bytes(data)
    with pytest.raises(SettingDamaged):
        watched.read(machine.root)
    watched.choose(machine.root, str(dropped))
    assert watched.read(machine.root).folder == str(dropped.resolve())


def refused(root: Path, typed: str | Path) -> str:
    with pytest.raises(FolderRefused) as caught:
        watched.choose(root, str(typed))
    assert caught.value.code in watched.SENTENCES
    assert watched.read(root).folder == ""
    return caught.value.code


def test_what_cannot_be_a_watched_folder(
    machine: Machine, dropped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.txt"
    file.touch()
    monkeypatch.setattr(Path, "home", lambda: dropped)
    assert refused(machine.root, tmp_path / "nulle-part") == "watched_missing"
    assert refused(machine.root, file) == "watched_missing"
    assert refused(machine.root, "arrivee") == "watched_relative"
    assert refused(machine.root, "/tmp/\0") == "watched_relative"
    assert refused(machine.root, machine.root) == "watched_practice"
    assert refused(machine.root, machine.root / "journal") == "watched_practice"
    assert refused(machine.root, machine.root.parent) == "watched_practice"
    assert refused(machine.root, Path(dropped.anchor)) in ("watched_practice", "watched_wide")
    assert refused(machine.root, dropped) == "watched_wide"
    assert refused(machine.root, "/" + "a" * 2_000) == "watched_long"
