"""A line so slow that a request takes longer than any silence is waited for: it goes all the same."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from lanterne.demo.cut.cable import Cable
from lanterne.sync.errors import PeerAway
from lanterne.sync.peers.http import Connection

BODY = b"x" * 60_000


@contextmanager
def taking(answer: bytes) -> Iterator[int]:
    """Somebody who answers once the whole body came; the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            client, _ = listener.accept()
            with client, client.makefile("rb") as stream:
                while stream.readline().strip():
                    pass
                stream.read(len(BODY))
                client.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield int(listener.getsockname()[1])
        listener.close()


@contextmanager
def line(to: int, bits_per_second: int) -> Iterator[str]:
    cable = Cable(to, bits_per_second=bits_per_second)
    cable.plug()
    try:
        yield f"http://127.0.0.1:{cable.port}"
    finally:
        cable.close()


def test_a_request_has_the_time_its_bytes_take() -> None:
    """More than a second on this line; a silence is waited for a third of one."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
    with taking(answer) as port, line(port, 400_000) as url:
        connection = Connection(url, timeout_s=0.3)
        assert connection.ask("POST", "/", BODY, {}, 100)[2] == b"ok"
        connection.close()


def test_nobody_is_waited_for_longer_than_that() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        connection = Connection(url, timeout_s=0.3)
        with pytest.raises(PeerAway):
            connection.ask("POST", "/", b"x" * 100, {}, 100)
