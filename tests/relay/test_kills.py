"""kill -9 under load: what was receipted is there, at its position, and everything goes on.

LANTERNE_KILLS says how many kills altogether: a fifth of them are this test’s (4 unless said).
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
from typing import NamedTuple

import pytest

from lanterne.wire import asking
from lanterne.wire.entry import Entry
from lanterne.wire.exchange import BlobName
from tests import cast
from tests.relay.asking import Device
from tests.relay.process import Elsewhere, RelayProcess

KILLS = max(4, int(os.environ.get("LANTERNE_KILLS", "20")) // 5)
SEED = int(os.environ.get("LANTERNE_KILLS_SEED", "20261122"))
PRACTICES = 4
BATCH = 3
LIFE = 10
"""Kills after which others take over: a practice that grew for long makes each look at it long."""


@dataclass
class Practice:
    """One practice that writes as fast as it can, and what it was told is kept."""

    actor: Elsewhere
    given: list[Entry] = field(default_factory=list)
    receipted: dict[str, int] = field(default_factory=dict)
    blobs: dict[BlobName, bytes] = field(default_factory=dict)
    seen: set[BlobName] = field(default_factory=set)
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
        content = self.actor.random(5000)
        name = BlobName(hashlib.sha256(content).hexdigest())
        if asking.read_held(device.put(name, content, 0, len(content)).body) == (len(content), True):
            self.blobs[name] = content

    def lost(self, device: Device, dice: random.Random) -> Lost:
        """What was acknowledged and is not there, or elsewhere: every entry, and the documents not looked at yet
        with some of the others.
        """
        device.found(self.actor.founding.genesis)
        held = {entry_hash(raw): position for position, raw in device.everything().items()}
        assert sorted(held.values()) == list(range(1, len(held) + 1))
        new = [name for name in self.blobs if name not in self.seen]
        again = dice.sample(sorted(self.seen), min(5, len(self.seen)))
        self.seen.update(new)
        return Lost(
            sum(digest not in held for digest in self.receipted),
            sum(held.get(digest, at) != at for digest, at in self.receipted.items()),
            sum(device.blob(name).body != self.blobs[name] for name in (*new, *again)),
        )


class Lost(NamedTuple):
    """How many entries, how many stand elsewhere, how many documents."""

    entries: int
    moved: int
    blobs: int


@pytest.mark.torture
def test_what_was_receipted_survives_every_kill(tmp_path: Path, evidence: Callable[..., None]) -> None:
    dice = random.Random(SEED)
    practices: list[Practice] = []
    everybody: list[Practice] = []
    lost: list[Lost] = []
    for number in range(KILLS + 1):
        relay = RelayProcess.start(tmp_path / "relay", "--open", "100000")
        try:
            lost += [one.lost(device_of(relay, one), dice) for one in practices]
            if number == KILLS:
                break
            if number % LIFE == 0:
                names = [f"practice {number}/{index}" for index in range(PRACTICES)]
                practices = [Practice(Elsewhere(cast.found_anew(name), name)) for name in names]
                everybody += practices
                lost += [one.lost(device_of(relay, one), dice) for one in practices]
            threads = [threading.Thread(target=one.work, args=(device_of(relay, one),)) for one in practices]
            for one, thread in zip(practices, threads, strict=True):
                one.first.clear()
                thread.start()
            for one in practices:
                assert one.first.wait(60)
            threading.Event().wait(dice.uniform(0, 0.4))
        finally:
            relay.kill()
        for thread in threads:
            thread.join(60)
    acknowledged = sum(len(one.receipted) for one in everybody)
    total = Lost(*(sum(column) for column in zip(*lost, strict=True)))
    evidence(
        "relay-kills",
        seed=SEED,
        kills=KILLS,
        practices=PRACTICES,
        acknowledged=acknowledged,
        lost=total.entries,
        moved=total.moved,
        blobs=sum(len(one.blobs) for one in everybody),
        blobs_lost=total.blobs,
    )
    assert total == Lost(0, 0, 0)
    assert acknowledged > KILLS * PRACTICES, "hardly anything was acknowledged: the kills try nothing"


def device_of(relay: RelayProcess, one: Practice) -> Device:
    return relay.device(one.actor.founding.device, one.actor.founding.practice)


def entry_hash(raw: bytes) -> str:
    size = 80 + int.from_bytes(raw[68:72], "big")
    return hashlib.sha256(b"lanterne/entry/1\0" + raw[:size]).hexdigest()
