"""A relay in a process of its own, as an operator runs it: to be killed, read from outside, spoken to by command."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from lanterne.proof.membership import Membership
from lanterne.seal.device import DeviceKeys
from lanterne.seal.found import Founding
from lanterne.seal.keyring import Keyring
from lanterne.wire.exchange import HolderId
from lanterne.wire.names import PracticeId, Stream
from tests import cast
from tests.relay.asking import Device
from tests.relay.conftest import address_of

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class RelayProcess:
    """`lanterne relay`, running."""

    process: subprocess.Popen[str]
    address: tuple[str, int]
    relay: HolderId
    key: bytes

    @classmethod
    def start(cls, root: Path, *words: str) -> RelayProcess:
        command = [
            sys.executable,
            "-m",
            "lanterne",
            "relay",
            "--data",
            str(root),
            "--port",
            "0",
            "--json",
            *words,
        ]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        return cls(process, address_of(said["url"]), HolderId(said["relay"]), bytes.fromhex(said["key"]))

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def device(self, keys: DeviceKeys, practice: PracticeId) -> Device:
        """A device that follows the time it is told, as a real one does."""
        one = Device(self.address, self.relay, self.key, practice, keys)
        first = one.ask("heads")
        if first.status == 401 and first.complaint.time is not None:
            one.offset_ms = first.complaint.time - one.now_ms()
        return one


class Elsewhere(cast.Actor):
    """Somebody at another practice, with its own genesis."""

    def __init__(self, founding: Founding, name: str, incarnation: int = 0) -> None:
        super().__init__(founding.seat, name, incarnation)
        self.founding = founding

    @property
    def membership(self) -> Membership:
        entries = [entry for entry in self.known.values() if entry.head.stream == Stream.MEMBERS]
        return Membership.found(self.founding.genesis).with_entries(entries)

    @property
    def keyring(self) -> Keyring:
        return Keyring(self.keys, self.membership)
