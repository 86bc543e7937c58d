"""Runs a relay until it is told to stop.

Law: what was acknowledged is durable at any moment, so that stopping needs nothing; polls are answered first,
so that nobody waits for a minute.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import NamedTuple

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


class Certificate(NamedTuple):
    """What proves the relay's address: the certificate and those above it, and its private key, PEM files."""

    chain: Path
    key: Path

    def check(self) -> None:
        """Raises RelayError "relay.no_certificate": they cannot be read, or do not belong together."""
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
                self.chain, self.key, password=_no_password
            )
        except (OSError, ssl.SSLError, ValueError) as error:
            why = type(error).__name__
            raise RelayError(
                "relay.no_certificate", f"the certificate or its key cannot be used: {error}", why=why
            ) from error


def _no_password() -> str:
    """A key under a password would wait for somebody at each start."""
    raise ValueError("the key is under a password")


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
    tls: Certificate | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM. `port` 0 takes a free one; `on_ready` is told the address.

    Args:
        tls: answer HTTPS with this certificate; plain HTTP without one, for a server in front that speaks TLS.

    Raises:
        RelayError: "relay.port_taken", "relay.no_certificate", and those of relay.place.
    """
    if tls is not None:
        tls.check()
    held = lock(root)
    _allow_connections()
    try:
        listener = listen(host, port)
        house = open_house(root, registration, quota=quota, load=load)
        address = listener.getsockname()
        name = f"[{address[0]}]" if listener.family == socket.AF_INET6 else address[0]
        url = f"{'http' if tls is None else 'https'}://{name}:{address[1]}"
        RelayServer(config(make_app(house), tls), house, lambda: on_ready(url, house)).run(sockets=[listener])
    finally:
        held.release()


def _allow_connections() -> None:
    """As many open connections as the system lets this process have: a poll is one."""
    if sys.platform != "win32":
        import resource

        soft, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft != most:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def config(app: Starlette, tls: Certificate | None = None) -> uvicorn.Config:
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
        ssl_certfile=None if tls is None else tls.chain,
        ssl_keyfile=None if tls is None else tls.key,
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
