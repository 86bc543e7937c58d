"""Nothing acknowledged is lost: every write, fsync and rename failed once, the plug pulled at every step,
full disks.
"""

from __future__ import annotations

import os
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from lanterne.journal.check import check_store
from lanterne.journal.errors import DiskFailed, DiskFull
from lanterne.journal.files import Files, OsFiles
from lanterne.journal.journal import Journal
from lanterne.journal.layout import Layout
from lanterne.wire.names import Stream
from tests.journal.simulated_disk import Call, FaultyFiles, How, PlugPulled, SimulatedDisk
from tests.journal.stage import NOON, Practice, admit, dice, found, jot, jotting, texts

SEEDS = int(os.environ.get("LANTERNE_SEEDS", "2"))


class Day:
    """A working day: commands one after the other, each acknowledged or told it failed."""

    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        self.kept: dict[Stream, list[str]] = {Stream.CARE: [], Stream.TRACE: []}
        self.refused: list[str] = []
        self.local: bytes | None = None
        self.maybe_local: set[bytes | None] = {None}
        self.blobs: list[tuple[str, bytes]] = []
        self.errors = 0
        self.codes: set[str] = set()

    def live(self, files: Files, *, again: bool = False) -> None:
        """Open, write in every way; goes on after what fails."""
        tag = "again" if again else "day"
        journal = self._open(files)
        for number in range(3):
            self._jot(journal, Stream.CARE, [f"{tag} care {number}"])
            self._jot(journal, Stream.TRACE, [f"{tag} look {number}"])
        self._jot(journal, Stream.CARE, [f"{tag} import {number}" for number in range(4)])
        self._draft(journal, f"{tag} draft".encode())
        self._blob(journal, f"{tag} document".encode() * 100)
        self._try(lambda: journal.close(self.practice.seat))
        self._jot(journal, Stream.CARE, [f"{tag} last"])

    def _open(self, files: Files) -> Journal:
        while True:
            try:
                return Journal.open(self.practice.root, files=files, random=dice(3))
            except (DiskFull, DiskFailed):
                self.errors += 1

    def _try(self, act: object) -> bool:
        assert callable(act)
        try:
            act()
        except (DiskFull, DiskFailed) as error:
            self.codes.add(error.code)
            self.errors += 1
            return False
        return True

    def _jot(self, journal: Journal, stream: Stream, words: list[str]) -> None:
        items = [jotting(self.practice, text, stream=stream) for text in words]
        if self._try(lambda: journal.write_many(items)):
            self.kept[stream] += words
        else:
            self.refused += words

    def _draft(self, journal: Journal, data: bytes) -> None:
        self.maybe_local = {self.local, data}
        if self._try(lambda: journal.local(self.practice.seat).put("draft", data)):
            self.local, self.maybe_local = data, {data}

    def _blob(self, journal: Journal, data: bytes) -> None:
        def put() -> None:
            blob = journal.blobs.put(data)
            self.blobs.append((blob.name, blob.key))

        self._try(put)

    def verify(self, files: Files, *, told: bool) -> None:
        """Everything acknowledged is read; with `told`, nothing that was refused is."""
        journal = Journal.open(self.practice.root, files=files, random=dice(4))
        for stream, kept in self.kept.items():
            read = texts(journal, self.practice, stream)
            assert [text for text in read if text in kept] == kept
            assert len(read) == len(set(read))
            if told:
                assert not set(read) & set(self.refused)
        assert journal.local(self.practice.seat).get("draft") in self.maybe_local
        for name, key in self.blobs:
            assert journal.blobs.get(name, key)
        report = check_store(self.practice.root, self.practice.keyring, files=files)
        assert report.faults == []


@pytest.mark.parametrize("how", ["error", "full", "short"])
@pytest.mark.parametrize("call", ["write", "fsync", "rename"])
def test_every_call_failed_once_loses_nothing(
    practice: Practice, tmp_path: Path, call: Call, how: How
) -> None:
    nth = 0
    while True:
        nth += 1
        root = tmp_path / f"run{nth}"
        shutil.copytree(practice.root, root)
        files = FaultyFiles(OsFiles())
        files.fail(call, nth, how)
        day = Day(replace(practice, root=root))
        day.live(files)
        if not files.failed:
            break
        assert day.codes <= {"disk_full" if how == "full" else "disk_failed"}
        day.verify(files, told=True)
        Day(replace(practice, root=root)).live(OsFiles(), again=True)
        shutil.rmtree(root)
    assert nth > {"write": 15, "fsync": 15, "rename": 2}[call]


@pytest.fixture(scope="module")
def stage() -> tuple[SimulatedDisk, Practice]:
    """Garance's practice on a disk whose plug can be pulled."""
    disk = SimulatedDisk(1)
    root = Path("/data")
    practice = found(root, files=disk)
    return disk, practice


@pytest.mark.torture
@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_plug_pulled_at_every_step_loses_nothing(
    stage: tuple[SimulatedDisk, Practice], seed: int
) -> None:
    original, practice = stage
    step, going = 0, True
    while going:
        step += 1
        disk = original.clone(seed * 100_003 + step)
        chance = random.Random(step)
        day = Day(practice)
        disk.stop_after = step
        try:
            day.live(disk)
            going = False
        except PlugPulled:
            disk.crash()
        # Sometimes the power goes again while the journal is being looked after.
        if chance.random() < 0.5:
            disk.stop_after = chance.randint(1, 12)
            try:
                Journal.open(practice.root, files=disk)
            except PlugPulled:
                disk.crash()
        disk.stop_after = None
        day.verify(disk, told=False)
        day.live(disk, again=True)
        day.verify(disk, told=False)
    assert step > 50


@pytest.mark.parametrize("room", [*range(0, 400, 23), *range(400, 7_000, 301)])
def test_a_full_disk_is_said_and_writing_goes_on_when_there_is_room(
    stage: tuple[SimulatedDisk, Practice], room: int
) -> None:
    original, practice = stage
    disk = original.clone(room)
    del disk.names[Layout(practice.root).reserve]
    disk.capacity = disk.used() + room
    day = Day(practice)
    day.live(disk)
    assert day.errors > 0
    disk.capacity = None
    day.verify(disk, told=True)
    day.live(disk, again=True)
    day.verify(disk, told=True)


def test_a_full_disk_still_takes_traces(stage: tuple[SimulatedDisk, Practice]) -> None:
    original, practice = stage
    disk = original.clone(0)
    journal = Journal.open(practice.root, files=disk)
    disk.capacity = disk.used()
    with pytest.raises(DiskFull):
        jot(journal, practice, "too much")
    assert journal.reserve.there
    looks = [f"look {number}" for number in range(150)]
    for look in looks:
        jot(journal, practice, look, stream=Stream.TRACE)
    assert not journal.reserve.there
    assert texts(journal, practice, Stream.TRACE) == looks
    disk.capacity = None
    jot(journal, practice, "room again")
    again = Journal.open(practice.root, files=disk)
    assert again.reserve.there
    assert texts(again, practice) == ["room again"]
    assert check_store(practice.root, files=disk).faults == []


def test_a_full_disk_does_not_keep_anybody_from_reading(stage: tuple[SimulatedDisk, Practice]) -> None:
    original, practice = stage
    disk = original.clone(0)
    journal = Journal.open(practice.root, files=disk)
    jot(journal, practice, "one")
    jot(journal, practice, "two")
    # As after a power cut: the index lost its last lines, and one disk never had room for them.
    for stream in Stream:
        del disk.names[Layout(practice.root).index(stream)]
    disk.capacity = disk.used()
    reader = Journal.open(practice.root, files=disk)
    assert texts(reader, practice) == ["one", "two"]
    reader.refresh()
    with pytest.raises(DiskFull):
        jot(reader, practice, "three")
    assert texts(reader, practice) == ["one", "two"]
    disk.capacity = None
    jot(reader, practice, "four")
    assert texts(Journal.open(practice.root, files=disk), practice) == ["one", "two", "four"]


def test_members_survive_the_plug_too(stage: tuple[SimulatedDisk, Practice]) -> None:
    original, practice = stage
    for step in range(1, 40):
        disk = original.clone(step)
        journal = Journal.open(practice.root, files=disk)
        disk.steps, disk.stop_after = 0, step
        try:
            theo = admit(journal, practice, seed=90)
        except PlugPulled:
            disk.crash()
            Journal.open(practice.root, files=disk)
            assert check_store(practice.root, files=disk).faults == []
            continue
        disk.crash()
        assert Journal.open(practice.root, files=disk).membership.is_active(theo.seat_id, NOON)
        return
    pytest.fail("the admission never went through")
