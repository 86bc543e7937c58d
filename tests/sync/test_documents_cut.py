"""A process that ends between the last piece of a document and its name: the next exchange goes on, by every way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lanterne.journal.layout import Layout
from lanterne.sync.driver import Exchanged
from tests.sync.places import device_at, device_peer, relay_at, relay_peer
from tests.sync.stage import Machine

LETTER = b"a letter about Jean Baptiste" * 5_000


def by_relay(garance: Machine, theo: Machine, tmp_path: Path) -> Exchanged:
    with relay_at(tmp_path / "relay") as relay:
        assert garance.exchange(relay_peer(garance, relay)).whole
        return theo.exchange(relay_peer(theo, relay))


def by_network(garance: Machine, theo: Machine, tmp_path: Path) -> Exchanged:
    with device_at(garance) as address:
        return theo.exchange(device_peer(theo, address))


def by_folder(garance: Machine, theo: Machine, tmp_path: Path) -> Exchanged:
    stick = tmp_path / "stick"
    stick.mkdir()
    assert garance.by_folder(stick).whole
    return theo.by_folder(stick)


def came_without_a_name(machine: Machine, name: str, data: bytes) -> None:
    coming = Layout(machine.root).coming_blob(name)
    coming.parent.mkdir(parents=True, exist_ok=True)
    coming.write_bytes(data)


@pytest.mark.parametrize("way", [by_relay, by_network, by_folder])
def test_all_of_it_came(
    garance: Machine, theo: Machine, tmp_path: Path, way: Callable[[Machine, Machine, Path], Exchanged]
) -> None:
    name = garance.journal.blobs.put(LETTER).name
    came_without_a_name(theo, name, Layout(garance.root).blob(name).read_bytes())
    done = way(garance, theo, tmp_path)
    assert done.whole, done.error
    assert theo.journal.blobs.has(name)
    theo.journal.blobs.verify(name)


@pytest.mark.parametrize("longer", [b"", b"and more"])
@pytest.mark.parametrize("way", [by_relay, by_network, by_folder])
def test_what_came_was_not_it(
    garance: Machine,
    theo: Machine,
    tmp_path: Path,
    way: Callable[[Machine, Machine, Path], Exchanged],
    longer: bytes,
) -> None:
    name = garance.journal.blobs.put(LETTER).name
    sealed = Layout(garance.root).blob(name).read_bytes()
    came_without_a_name(theo, name, b"x" * len(sealed) + longer)
    done = way(garance, theo, tmp_path)
    assert done.whole, done.error
    assert not theo.journal.blobs.has(name)
    assert theo.journal.blobs.begun(name) == 0, "let go, and fetched anew by the next exchange"


def test_given_to_a_device_that_had_all_of_it(garance: Machine, theo: Machine) -> None:
    name = theo.journal.blobs.put(LETTER).name
    came_without_a_name(garance, name, Layout(theo.root).blob(name).read_bytes())
    with device_at(garance) as address:
        assert theo.exchange(device_peer(theo, address)).whole
    assert garance.journal.blobs.has(name)
    garance.journal.blobs.verify(name)
