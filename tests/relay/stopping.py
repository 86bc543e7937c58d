"""A relay process, and an order given to its operator: closed to a seat, a device, a practice, to everybody."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lanterne.journal.founding import read_device
from lanterne.journal.journal import Journal
from lanterne.practice.record import now_ms
from lanterne.relay.place import publish
from lanterne.sync.driver import Driver, Exchanged
from lanterne.sync.known import Known
from lanterne.sync.peers.http import Asker
from lanterne.sync.peers.relay import RelayPeer, ask_who
from lanterne.wire.statements import Scope, State
from tests.relay.process import RelayProcess

WORDS = "Fermé sur ordre du préfet."
WAIT_S = 30.0


@dataclass
class StopOrder:
    """The relay, its folder, and the practice's machine it is closed to."""

    folder: Path
    url: str
    root: Path

    def exchange(self) -> Exchanged:
        """One exchange of the machine with the relay, as the background process makes it."""
        journal = Journal.open(self.root)
        device, known = read_device(journal), Known(journal)
        if known.relay_file() is None:
            known.set_relay(ask_who(self.url))
        relay = known.relay_file()
        assert relay is not None
        asker = Asker(journal.practice, device.id, device, now_ms, secrets.token_bytes)
        peer = RelayPeer(relay, asker, genesis=journal.membership.genesis.raw)
        try:
            return Driver(journal, device, peer, now_ms=now_ms, random=secrets.token_bytes).run()
        finally:
            peer.close()

    def subjects(self) -> dict[Scope, list[str | None]]:
        """What an order can name: every seat of the machine, the machine, the practice, everybody."""
        journal = Journal.open(self.root)
        seats = [seat.id for seat in journal.membership.seats]
        device = read_device(journal).id
        return {
            Scope.SEAT: [*seats],
            Scope.DEVICE: [device],
            Scope.PRACTICE: [journal.practice],
            Scope.ALL: [None],
        }

    def close(self, *scopes: Scope) -> None:
        """Closed to all of these; returns when the relay says so itself."""
        self._say(State.SUSPENDED, *scopes)
        self._until("peer.suspended")

    def open(self, *scopes: Scope) -> None:
        """Open again."""
        self._say(State.RESUMED, *scopes)
        self._until(None)

    def _say(self, state: State, *scopes: Scope) -> None:
        for scope in scopes:
            for subject in self.subjects()[scope]:
                publish(self.folder, scope=scope, subject=subject, state=state, text=WORDS)

    def _until(self, code: str | None) -> None:
        """The relay reads what its operator says within a second; it is asked until it has."""
        ends = time.monotonic() + WAIT_S
        while True:
            done = self.exchange()
            if (done.error.code if done.error is not None else None) == code:
                return
            assert time.monotonic() < ends, done.error
            time.sleep(0.1)


@contextmanager
def relay_for(folder: Path, root: Path) -> Iterator[StopOrder]:
    """A relay in a process of its own, which this machine exchanged with."""
    process = RelayProcess.start(folder, "--open")
    try:
        order = StopOrder(folder, f"http://{process.address[0]}:{process.address[1]}", root)
        assert order.exchange().whole
        yield order
    finally:
        process.kill()
