"""Documents of others never take the last room of a disk: entries go on."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from lanterne.journal.errors import DiskFull
from lanterne.sync.errors import PeerBusy
from lanterne.sync.room import KEPT_FREE
from tests.sync.places import device_at, device_peer
from tests.sync.stage import Machine, content


def test_entries_come_and_the_document_waits_for_room(
    garance: Machine, theo: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    garance.jot("what matters")
    scan = garance.journal.blobs.put(b"a scan " * 1_000)
    assert garance.by_folder(stick).whole
    left = SimpleNamespace(free=KEPT_FREE + 10)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: left)
    with pytest.raises(DiskFull):
        theo.by_folder(stick)
    assert content(theo.journal) == content(garance.journal)
    assert not theo.journal.blobs.has(scan.name)
    left.free = 2 * KEPT_FREE
    assert theo.by_folder(stick).whole
    assert theo.journal.blobs.has(scan.name)


def test_who_gives_one_is_told_to_come_back(
    garance: Machine, theo: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    garance.jot("what matters")
    scan = garance.journal.blobs.put(b"a scan " * 1_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=KEPT_FREE + 10))
    with device_at(theo) as address:
        done = garance.exchange(device_peer(garance, address))
    assert isinstance(done.error, PeerBusy)
    assert content(theo.journal) == content(garance.journal)
    assert not theo.journal.blobs.has(scan.name)
