"""What a device set aside because an act emptied it is handed to nobody, by any way."""

from __future__ import annotations

from pathlib import Path

import pytest

from lanterne.journal.check import check_store
from lanterne.journal.layout import Layout
from lanterne.seal.changing import empty_entries
from lanterne.sync.errors import PeerUnknown
from tests.journal.stage import dice
from tests.sync.places import device_at, device_peer, relay_at, relay_peer
from tests.sync.stage import Machine


@pytest.mark.parametrize("way", ["folder", "device", "relay"])
def test_handed_to_nobody(garance: Machine, theo: Machine, way: str, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    kept = garance.journal.blobs.put(b"a letter" * 1000)
    sealed = Layout(garance.root).blob(kept.name).read_bytes()
    garance.clock[0] += 1000
    ring = garance.practice.keyring.with_membership(garance.journal.membership)
    said = empty_entries([], [kept.name], "erasure", dice(99))
    garance.journal.write_members(ring, said, garance.clock[0])
    assert garance.journal.blobs.aside() == [kept.name]
    assert list(garance.journal.blobs.names()) == []
    with relay_at(tmp_path / "relay") as relay, device_at(garance) as address:
        if way == "folder":
            assert garance.by_folder(stick).whole
            assert theo.by_folder(stick).whole
        elif way == "device":
            peer = device_peer(theo, address)
            with pytest.raises(PeerUnknown):
                peer.blob(kept.name, 0)
            assert theo.exchange(device_peer(theo, address)).whole
        else:
            assert garance.exchange(relay_peer(garance, relay)).whole
            assert theo.exchange(relay_peer(theo, relay)).whole
    for place in (theo.root, stick, tmp_path / "relay"):
        held = [path for path in place.rglob("*") if path.is_file() and sealed[:64] in path.read_bytes()]
        assert held == []
    assert not check_store(garance.root).faults
    garance.restart()
    assert garance.journal.blobs.aside() == [kept.name], "as long as nobody who reads charts looked"
