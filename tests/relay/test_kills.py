"""kill -9 under load: what was receipted is there, at its position, and everything goes on.

LANTERNE_KILLS says how many kills altogether: a quarter of them are this test’s (5 unless said).
"""

from __future__ import annotations

import hashlib
import http.client
import os
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lanterne.wire import asking
from lanterne.wire.entry import Entry
from lanterne.wire.exchange import BlobName
from tests import cast
from tests.relay.asking import Device
from tests.relay.process import Elsewhere, RelayProcess

KILLS = int(os.environ.get("LANTERNE_KILLS", "20")) // 4
SEED = int(os.environ.get("LANTERNE_KILLS_SEED", "20261122"))
PRACTICES = 4
BATCH = 3


@dataclass
class Practice:
    """One practice that writes as fast as it can, and what it was told is kept."""

    actor: Elsewhere
    given: list[Entry] = field(default_factory=list)
    receipted: dict[str, int] = field(default_factory=dict)
    blobs: dict[BlobName, bytes] = field(default_factory=dict)
    rounds: int = 0
    first: threading.Event = field(default_factory=threading.Event)

    def work(self, device: Device) -> None:
        """Give until the relay is gone; what was not acknowledged is given again in the next life."""
        try:
            while True:
                self.step(device)
                self.first.set()
        except (OSError, http.client.HTTPException):
            return
        finally:
            self.first.set()

    def step(self, device: Device) -> None:
        waiting = [entry for entry in self.given if entry.head.hash not in self.receipted]
        while len(waiting) < BATCH:
            waiting.append(self.actor.note(f"{len(self.given)}"))
            self.given.append(waiting[-1])
        answers, receipt = device.give([entry.raw for entry in waiting])
        assert all(asking.kept(answer) for answer in answers), answers
        assert receipt is not None
        self.receipted.update({kept.hash: kept.position for kept in receipt.entries})
        self.rounds += 1
        content = self.actor.random(5000)
        name = BlobName(hashlib.sha256(content).hexdigest())
        if asking.read_held(device.put(name, content, 0, len(content)).body) == (len(content), True):
            self.blobs[name] = content


@pytest.mark.torture
def test_what_was_receipted_survives_every_kill(tmp_path: Path, evidence: Callable[..., None]) -> None:
    dice = random.Random(SEED)
    practices = [
        Practice(Elsewhere(cast.found_anew(f"practice {number}"), f"doctor {number}"))
        for number in range(PRACTICES)
    ]
    lost = moved = lost_blobs = 0
    for _ in range(KILLS + 1):
        relay = RelayProcess.start(tmp_path / "relay", "--open")
        try:
            devices = [
                relay.device(one.actor.founding.device, one.actor.founding.practice) for one in practices
            ]
            for one, device in zip(practices, devices, strict=True):
                device.found(one.actor.founding.genesis)
                held = {entry_hash(raw): position for position, raw in device.everything().items()}
                assert sorted(held.values()) == list(range(1, len(held) + 1))
                lost += sum(digest not in held for digest in one.receipted)
                moved += sum(held.get(digest, at) != at for digest, at in one.receipted.items())
                lost_blobs += sum(device.blob(name).body != content for name, content in one.blobs.items())
                one.first.clear()
            threads = [
                threading.Thread(target=one.work, args=(device,))
                for one, device in zip(practices, devices, strict=True)
            ]
            for thread in threads:
                thread.start()
            for one in practices:
                assert one.first.wait(60)
            threading.Event().wait(dice.uniform(0, 0.4))
        finally:
            relay.kill()
        for thread in threads:
            thread.join(60)
    acknowledged = sum(len(one.receipted) for one in practices)
    evidence(
        "relay-kills",
        seed=SEED,
        kills=KILLS,
        practices=PRACTICES,
        acknowledged=acknowledged,
        lost=lost,
        moved=moved,
        blobs=sum(len(one.blobs) for one in practices),
        blobs_lost=lost_blobs,
    )
    assert (lost, moved, lost_blobs) == (0, 0, 0)
    assert acknowledged > KILLS * PRACTICES, "hardly anything was acknowledged: the kills try nothing"


def entry_hash(raw: bytes) -> str:
    size = 80 + int.from_bytes(raw[68:72], "big")
    return hashlib.sha256(b"lanterne/entry/1\0" + raw[:size]).hexdigest()
