"""The disk refuses at every single write of an exchange: nothing is lost, nobody is accused, the next one goes on."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from lanterne.journal.check import check_store
from lanterne.journal.errors import DiskFailed, DiskFull
from lanterne.journal.files import OsFiles
from tests.sync.relay_play import RelayPeer, RelayPlay, play_relay
from tests.sync.stage import Machine, content


class Failing(OsFiles):
    """The n-th write, fsync, rename or removal fails."""

    def __init__(self, left: int, kind: int) -> None:
        self.left, self.kind = left, kind

    def _step(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise OSError(self.kind, "refused")

    def write(self, handle: int, data: bytes | memoryview) -> int:
        self._step()
        return super().write(handle, data)

    def fsync(self, handle: int) -> None:
        self._step()
        super().fsync(handle)

    def rename(self, source: Path, target: Path) -> None:
        self._step()
        super().rename(source, target)

    def remove(self, path: Path) -> None:
        self._step()
        super().remove(path)


@pytest.fixture
def relay(garance: Machine, tmp_path: Path) -> RelayPlay:
    return play_relay(garance, tmp_path / "relay")


@pytest.mark.parametrize("kind", [errno.ENOSPC, errno.EIO])
def test_a_write_that_fails_anywhere(garance: Machine, theo: Machine, relay: RelayPlay, kind: int) -> None:
    failures, number = 0, 0
    for place in range(1, 60):
        for _ in range(2):
            number += 1
            garance.jot(f"garance {number}")
            theo.jot(f"theo {number}")
        garance.exchange(RelayPeer(relay, garance))
        theo.journal = theo.practice.open(files=Failing(place, kind), seed=place)
        try:
            theo.exchange(RelayPeer(relay, theo), piece=2_000)
        except (DiskFull, DiskFailed):
            failures += 1
        else:
            break
        theo.restart()
    theo.restart()
    for machine in (theo, garance):
        assert machine.exchange(RelayPeer(relay, machine)).whole
    assert failures > 8
    assert content(theo.journal) == content(garance.journal) == content(relay.journal)
    assert theo.known.alarms() == garance.known.alarms() == []
    assert check_store(theo.root).faults == []
