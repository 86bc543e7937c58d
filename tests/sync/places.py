"""Real places to exchange with: a relay that serves over HTTP, a device met by its address."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from waitress.server import create_server

from lanterne.relay import serving
from lanterne.relay.app import make_app
from lanterne.relay.place import open_house
from lanterne.relay.registration import Registration
from lanterne.sync.peers.http import Asker, HttpPeer
from lanterne.sync.peers.lan import find_device
from lanterne.sync.peers.relay import RelayPeer, ask_who
from lanterne.sync.relay_file import RelayFile
from lanterne.sync.server import DeviceServer
from tests.sync.stage import Machine


@contextmanager
def relay_at(root: Path) -> Iterator[RelayFile]:
    """The real relay on loopback, as it names itself."""
    house = open_house(root, Registration(open_to=10))
    listener = serving.listen("127.0.0.1", 0)
    ready: queue.Queue[None] = queue.Queue()
    server = serving.RelayServer(serving.config(make_app(house)), house, lambda: ready.put(None))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    ready.get(timeout=30)
    host, port = listener.getsockname()[:2]
    try:
        yield ask_who(f"http://{host}:{port}")
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def device_at(machine: Machine) -> Iterator[str]:
    """A device that answers on loopback; its address."""
    server = create_server(
        DeviceServer(machine.journal, machine.device, now_ms=machine.now), host="127.0.0.1", port=0
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.effective_port}"
    finally:
        server.trigger.pull_trigger(lambda: server.asyncore.close_all(server._map))
        thread.join()
        server.task_dispatcher.shutdown()


def asker(machine: Machine, *, ahead_ms: int = 0) -> Asker:
    return Asker(
        machine.journal.practice,
        machine.device.id,
        machine.device,
        lambda: machine.now() + ahead_ms,
        machine.random,
    )


def relay_peer(machine: Machine, relay: RelayFile) -> RelayPeer:
    machine.known.set_relay(relay)
    return RelayPeer(relay, asker(machine), genesis=machine.journal.membership.genesis.raw)


def device_peer(machine: Machine, address: str, *, ahead_ms: int = 0) -> HttpPeer:
    return find_device(address, asker(machine, ahead_ms=ahead_ms), machine.journal.membership)
