"""What a thief of the relay's disk, or of its memory, finds: no marker plaintext, no name, no key that opens."""

from __future__ import annotations

import os
import sys
import threading
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from lanterne.journal.founding import read_device
from lanterne.journal.journal import Journal
from lanterne.journal.layout import Layout
from lanterne.practice.record import Record, now_ms
from lanterne.seal import unlock
from lanterne.seal.device import DeviceKeys, read_device_file
from lanterne.wire.exchange import BlobName
from lanterne.wire.names import Stream
from tests.journal import stage
from tests.practice.stage import found
from tests.relay.process import RelayProcess
from tests.relay.stopping import StopOrder
from tests.system.test_revoked import write_everything

MARKER = "MARQUEUR-EN-CLAIR-7f3a"
PAGE = 65_536
ZEROS = bytes(PAGE)
NAMES = ("Garance", "Théo Lambert", "Baptiste", "Rivière", "Cabinet des Lilas")


@pytest.fixture
def practice(tmp_path: Path) -> stage.Practice:
    return stage.found(tmp_path / "practice")


def files(root: Path) -> Iterator[tuple[Path, bytes]]:
    for path in root.rglob("*"):
        if path.is_file():
            yield path, path.read_bytes()


def memory(pid: int) -> Iterator[bytes]:
    """Every piece of a process's memory that it may have written, while it runs: heap, stacks, mapped files."""
    with Path(f"/proc/{pid}/maps").open() as maps, Path(f"/proc/{pid}/mem").open("rb", 0) as bytes_of:
        for line in maps:
            span, rights, *_ = line.split()
            if not rights.startswith("rw") or line.rstrip().endswith(("[vvar]", "[vsyscall]")):
                continue
            first, last = (int(part, 16) for part in span.split("-"))
            bytes_of.seek(first)
            try:
                data = bytes_of.read(last - first)
            except OSError:
                continue  # given back to the system since the list was read
            yield b"".join(
                piece for at in range(0, len(data), PAGE) if (piece := data[at : at + PAGE]) != ZEROS
            )


def every_way(word: str) -> set[bytes]:
    """A word as it may lie in a memory: as bytes, in a string of one, two or four bytes a sign."""
    return {
        word.encode(),
        word.encode("latin-1", "ignore"),
        word.encode("utf-16-le"),
        word.encode("utf-32-le"),
    }


def every_writing(secret: bytes) -> set[bytes]:
    """A secret as it is, in hex, and in base64 wherever it begins."""
    return {secret, secret.hex().encode(), b64encode(secret)[:40]}


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


def keys_that_open(record: Record, device: DeviceKeys) -> set[bytes]:
    """Every secret of the seat and of the epochs it opens, and the machine's."""
    found = {
        record.seat.secret_to_store(),
        record.seat.local_key,
        device.to_file(record.journal.practice)[8:],
    }
    for epoch in record.keyring._epochs.values():
        found |= {epoch.hand_down(), epoch.part_key, epoch.table_key, epoch.naming_key, epoch._previous_key}
    return found


def test_all_that_a_record_holds_passes_through_and_nothing_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fact of every kind, documents, names: written on one machine while the relay's memory is read, time and again."""
    if sys.platform != "linux":
        pytest.skip("reads /proc/<pid>/mem, which only Linux has")
    monkeypatch.setattr(unlock, "ARGON2_MEMORY_KIB", 64)
    machine = found(tmp_path / "lilas").machine(tmp_path / "garance")
    record = machine.open("Garance", clock=now_ms)  # type: ignore[arg-type]
    device = read_device(record.journal)
    relay = RelayProcess.start(tmp_path / "relay", "--open")
    order = StopOrder(tmp_path / "relay", f"http://{relay.address[0]}:{relay.address[1]}", machine.root)
    try:
        hunted = {one for word in (MARKER, *NAMES) for one in every_way(word)}
        hunted |= {one for secret in keys_that_open(record, device) for one in every_writing(secret)}
        write_everything(record, MARKER)
        hunted |= {one for key in blob_keys(record) for one in every_writing(key)}
        giving = threading.Thread(target=order.exchange)
        giving.start()
        giving.join(0.15)
        meanwhile = b"".join(memory(relay.process.pid))
        giving.join()
        images = (meanwhile, b"".join(memory(relay.process.pid)))
        last = [one.entry for one in record.journal.since(Stream.CARE)][-1]
        assert any(last.head.signature in image for image in images), "what just passed is in the memory read"
        mine = b"".join(memory(os.getpid()))
        assert all(word.encode() in mine for word in (MARKER, *NAMES)), (
            "who writes holds them: this can be found"
        )
        assert [one for one in hunted for image in images if one in image] == []
        at_rest = [content for _, content in files(tmp_path / "relay")]
        assert [one for one in hunted for content in at_rest if one in content] == []
        assert sum(map(len, at_rest)) > 50_000
    finally:
        relay.kill()
        machine.close()


def blob_keys(record: Record) -> set[bytes]:
    """The keys of documents, as the facts name them."""
    opened = (
        record.keyring.open_part(one.entry.head, index, body)
        for one in record.journal.since(Stream.CARE)
        for index, body in enumerate(one.entry.bodies)
        if body is not None
    )
    return {
        bytes.fromhex(str(fact.body["key"]))
        for part in opened
        for fact in part.facts
        if "blob" in fact.body and "key" in fact.body
    }


def test_the_relays_own_key_is_its_owners_to_read(tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows keeps rights in access lists, which the folder's owner sets")
    relay = RelayProcess.start(tmp_path / "relay")
    relay.kill()
    assert (tmp_path / "relay" / "relay.key").stat().st_mode & 0o077 == 0
    assert (tmp_path / "relay").stat().st_mode & 0o077 == 0
