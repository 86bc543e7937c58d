"""Runs a relay until it is told to stop.

Law: what was acknowledged is durable at any moment, so that stopping needs nothing; polls are answered first,
so that nobody waits for a minute.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

import uvicorn
from starlette.applications import Starlette
from uvicorn.server import HANDLED_SIGNALS

from lanterne.relay.app import make_app
from lanterne.relay.errors import RelayError
from lanterne.relay.house import House
from lanterne.relay.limits import Load, Quota
from lanterne.relay.place import lock, open_house
from lanterne.relay.registration import Registration

_BACKLOG = 2_048
_CONNECTIONS = 24_000
"""Polls and some more; beyond, 503: a stranger who opens many is bounded too."""
_GRACE_S = 5
_KEEP_ALIVE_S = 75


class RelayServer(uvicorn.Server):
    """Says when it listens; lets polls go when it is to stop."""

    def __init__(self, config: uvicorn.Config, house: House, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._house, self._on_ready = house, on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._house.closing = True
        self._house.news.tell_all()
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """A signal ends the relay in order, with 0: uvicorn would raise it again afterwards."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {one: signal.signal(one, self.handle_exit) for one in HANDLED_SIGNALS}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._house.closing = True
        super().handle_exit(sig, frame)


def serve(
    root: Path,
    *,
    host: str,
    port: int,
    registration: Registration,
    on_ready: Callable[[str, House], None],
    quota: Quota | None = None,
    load: Load | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM. `port` 0 takes a free one; `on_ready` is told the address.

    Raises:
        RelayError: "relay.port_taken", and those of relay.place.
    """
    held = lock(root)
    _allow_connections()
    try:
        listener = listen(host, port)
        house = open_house(root, registration, quota=quota, load=load)
        address = listener.getsockname()
        name = f"[{address[0]}]" if listener.family == socket.AF_INET6 else address[0]
        url = f"http://{name}:{address[1]}"
        RelayServer(config(make_app(house)), house, lambda: on_ready(url, house)).run(sockets=[listener])
    finally:
        held.release()


def _allow_connections() -> None:
    """As many open connections as the system lets this process have: a poll is one."""
    if sys.platform != "win32":
        import resource

        soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != most:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def config(app: Starlette) -> uvicorn.Config:
    """Pure Python all through: h11 and asyncio's own loop, on every system alike."""
    return uvicorn.Config(
        app,
        http="h11",
        loop="asyncio",
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_GRACE_S,
        backlog=_BACKLOG,
        limit_concurrency=_CONNECTIONS,
    )


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; `port` 0 takes a free one. Raises RelayError "relay.port_taken"."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.socket(family, socket.SOCK_STREAM)
        if sys.platform != "win32":  # there it would let another program take the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        raise RelayError("relay.port_taken", f"cannot listen: {error}", host=host, port=port) from error
    listener.listen(_BACKLOG)
    return listener
