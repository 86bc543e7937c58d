"""A relay on loopback, in this process: the real server in a thread, the real store, a folder of its own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn

from lanterne.relay import serving
from lanterne.relay.app import make_app
from lanterne.relay.house import House
from lanterne.relay.limits import Load, Quota
from lanterne.relay.place import open_house
from lanterne.relay.registration import Registration
from lanterne.seal.device import DeviceKeys
from lanterne.wire.names import PracticeId
from tests import cast
from tests.relay.asking import Device


@dataclass
class Running:
    """A relay that serves."""

    root: Path
    house: House
    address: tuple[str, int]
    server: uvicorn.Server
    thread: threading.Thread = field(repr=False)

    def device(self, keys: DeviceKeys | None = None, practice: PracticeId | None = None) -> Device:
        """Dr Morel's device, unless said."""
        founding = cast.founding()
        return Device(
            self.address,
            self.house.key.id,
            self.house.key.public,
            practice or founding.practice,
            keys or founding.device,
        )

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join()


Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """`start(quota=…, load=…, registration=…, root=…)`: a relay, stopped at the end of the test."""
    running: list[Running] = []

    def begin(
        *,
        root: Path | None = None,
        quota: Quota | None = None,
        load: Load | None = None,
        registration: Registration | None = None,
        now_ms: Callable[[], int] | None = None,
    ) -> Running:
        root = root or tmp_path / "relay"
        house = open_house(root, registration or Registration(open_to=10), quota=quota, load=load)
        if now_ms is not None:
            house.now_ms = now_ms
        listener = serving.listen("127.0.0.1", 0)
        ready: queue.Queue[None] = queue.Queue()
        server = serving.RelayServer(serving.config(make_app(house)), house, lambda: ready.put(None))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        ready.get(timeout=30)
        one = Running(root, house, listener.getsockname()[:2], server, thread)
        running.append(one)
        return one

    yield begin
    for one in running:
        one.stop()


@pytest.fixture
def relay(start: Start) -> Running:
    """A relay nobody uses yet."""
    return start()


@pytest.fixture
def device(relay: Running) -> Device:
    """Dr Morel's device, its practice begun at the relay."""
    one = relay.device()
    one.found(cast.genesis())
    return one


def address_of(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port
