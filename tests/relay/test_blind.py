"""What a thief of the relay's disk, or of its memory, finds: no marker plaintext, no name, no key that opens."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lanterne.journal.journal import Journal
from lanterne.journal.layout import Layout
from lanterne.seal.device import read_device_file
from lanterne.wire.exchange import BlobName
from tests.journal import stage
from tests.relay.process import RelayProcess

MARKER = "MARQUEUR-EN-CLAIR-7f3a"


@pytest.fixture
def practice(tmp_path: Path) -> stage.Practice:
    return stage.found(tmp_path / "practice")


def files(root: Path) -> Iterator[tuple[Path, bytes]]:
    for path in root.rglob("*"):
        if path.is_file():
            yield path, path.read_bytes()


def memory(pid: int) -> Iterator[bytes]:
    """Every readable, private piece of a process's memory."""
    with Path(f"/proc/{pid}/maps").open() as maps, Path(f"/proc/{pid}/mem").open("rb", 0) as bytes_of:
        for line in maps:
            span, rights, *_ = line.split()
            if not rights.startswith("rw") or line.rstrip().endswith(("[vvar]", "[vsyscall]")):
                continue
            first, last = (int(part, 16) for part in span.split("-"))
            bytes_of.seek(first)
            yield bytes_of.read(last - first)


def secrets_of(practice: stage.Practice) -> list[bytes]:
    """What must be nowhere: words in clear, and secrets that open or sign for the practice."""
    found = [MARKER.encode(), b"Garance", b"Baptiste", stage.BAPTISTE.encode(), bytes.fromhex(stage.BAPTISTE)]
    found += [practice.seat.secret_to_store(), practice.seat.local_key, practice.sheet.secret_to_store()]
    return found


def test_the_relay_holds_nothing_that_reads(tmp_path: Path, practice: stage.Practice) -> None:
    journal: Journal = practice.open()
    stage.jot(journal, practice, f"{MARKER} Jean Baptiste")
    blob = journal.blobs.put(f"{MARKER} a letter about Jean Baptiste".encode() * 50)
    sealed = Layout(practice.root).blob(blob.name).read_bytes()
    keys = read_device_file((practice.root / "device" / "key").read_bytes(), journal.practice)
    genesis = (practice.root / "genesis").read_bytes()
    relay = RelayProcess.start(tmp_path / "relay", "--open")
    try:
        device = relay.device(keys, journal.practice)
        device.found(genesis)
        answers, _ = device.give(stage.raws(journal))
        assert set(answers) == {0}
        assert device.put(BlobName(blob.name), sealed, 0, len(sealed)).status == 200
        assert len(device.everything()) == len(answers)
        hunted = secrets_of(practice)
        places = [
            str(path) for path, content in files(tmp_path / "relay") for one in hunted if one in content
        ]
        assert places == []
        assert any(sealed == content for _, content in files(tmp_path / "relay")), "it was there to be found"
        if sys.platform == "linux":
            image = b"".join(memory(relay.process.pid))
            assert bytes.fromhex(device.practice) in image, "the memory read is the relay's"
            assert [one for one in hunted if one in image] == []
    finally:
        relay.kill()


def test_the_relays_own_key_is_its_owners_to_read(tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows keeps rights in access lists, which the folder's owner sets")
    relay = RelayProcess.start(tmp_path / "relay")
    relay.kill()
    assert (tmp_path / "relay" / "relay.key").stat().st_mode & 0o077 == 0
    assert (tmp_path / "relay").stat().st_mode & 0o077 == 0
