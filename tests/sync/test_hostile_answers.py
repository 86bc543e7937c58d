"""Answers nobody signed: whoever stands at an address of ours can send anything, and neither ends nor holds a process."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from lanterne.sync.carrying.news import BREATH_S, News
from lanterne.sync.carrying.pace import Pace
from lanterne.sync.errors import PeerAway, PeerBusy, PeerUnreadable
from lanterne.sync.peers.http import Connection, HttpPeer
from lanterne.sync.peers.port import Way
from lanterne.sync.peers.relay import ask_who
from lanterne.sync.ways import NotAnAddress, keep_device
from lanterne.sync.ways_open import Destination
from lanterne.wire.exchange import HolderId
from tests.sync.places import asker
from tests.sync.stage import Machine

DRIP_S = 0.02


@contextlib.contextmanager
def answering(data: bytes, *, at_a_time: int = 1 << 20) -> Iterator[str]:
    """Somebody who answers everybody the same, so many bytes every now and then; the address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    client, _ = listener.accept()
                    threading.Thread(target=answer, args=(client,), daemon=True).start()

        def answer(client: socket.socket) -> None:
            with client, contextlib.suppress(OSError):
                client.recv(65_536)
                for at in range(0, len(data), at_a_time):
                    client.sendall(data[at : at + at_a_time])
                    if at_a_time < len(data):
                        time.sleep(DRIP_S)  # what is tried here is slowness itself

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("retry", [b"\xb2", b"9" * 400, b"9" * 5_000, b"-1", b"0x1", b"soon", b""])
def test_a_time_to_come_back_that_is_none_is_no_time(garance: Machine, retry: bytes) -> None:
    """It ended the whole process that exchanges, by every way, as often as it was started again."""
    data = b"HTTP/1.1 503 Busy\r\nRetry-After: " + retry + b"\r\nContent-Length: 0\r\n\r\n"
    with answering(data) as url:
        peer = HttpPeer(
            Connection(url), asker(garance), HolderId(garance.device.id), garance.device.record().transport
        )
        with pytest.raises(PeerBusy) as busy:
            peer.heads()
        peer.close()
    assert busy.value.params["retry_s"] is None
    Pace(0.0, lambda: 0.5).failed(1.0, asked_s=busy.value.params["retry_s"])


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 60 + b"Content-Length: 0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 14 + b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n" + b"x" * 300,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 50 + b"0\r\n\r\n",
    ],
)
def test_an_answer_byte_by_byte_is_cut(data: bytes) -> None:
    """No byte is late, and the whole would never come."""
    with answering(data, at_a_time=1) as url:
        connection = Connection(url, timeout_s=0.4)
        with pytest.raises(PeerAway, match="nobody answers"):
            connection.ask("GET", "/", b"", {}, 1_000)


def test_who_waits_for_a_page_waits_so_long_at_most() -> None:
    """Fast enough for an exchange, and without an end."""
    data = b"HTTP/1.1 200 OK\r\nContent-Length: 6000000\r\n\r\n" + b"x" * 6_000_000
    with answering(data, at_a_time=20_000) as url:
        connection = Connection(url, timeout_s=5.0, whole_s=0.3)
        with pytest.raises(PeerAway, match="nobody answers"):
            connection.ask("GET", "/", b"", {}, 6_000_000)


@pytest.mark.parametrize(
    "typed", ["192.168.1.20 :8766", "poste\x7f:8766", "poste\u00a0:8766", "https://h/é", "https://h/a b"]
)
def test_an_address_that_can_never_be_asked_is_none(garance: Machine, typed: str) -> None:
    """One space too many, kept as a way, ended the process that exchanges as often as it was started again."""
    with pytest.raises(NotAnAddress):
        keep_device(garance.journal, typed)
    with pytest.raises(PeerAway):
        Connection(typed if "://" in typed else f"http://{typed}")


def test_an_answer_that_keeps_the_pace_comes_whole() -> None:
    data = b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n" + b"x" * 60_000
    with answering(data, at_a_time=2_000) as url:
        connection = Connection(url, timeout_s=0.3)
        assert connection.ask("GET", "/", b"", {}, 60_000)[2] == b"x" * 60_000


class Waits(threading.Event):
    """Never waits, and notes how long it would have."""

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.noted.append(timeout)
        return self.is_set()


def test_a_holder_with_news_without_end_is_not_asked_without_end() -> None:
    heard: list[int] = []
    goes = threading.Event()
    goes.set()
    runner = SimpleNamespace(goes=goes, heard=heard.append)
    waits = Waits()

    def answer(after: int) -> int:
        if after == 4:
            waits.set()
        return after + 1

    opener = SimpleNamespace(open_news=lambda *_: SimpleNamespace(news=answer, close=lambda: None))
    news = News(Destination(Way.DEVICE, "a:1"), opener, runner)  # type: ignore[arg-type]
    news._stopped = waits
    news.run()
    assert heard == [1, 2, 3, 4, 5]
    assert waits.noted == [BREATH_S] * 5


def test_brackets_within_brackets_are_no_relay() -> None:
    body = b"[" * 900_000
    data = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    with answering(data) as url, pytest.raises(PeerUnreadable):
        ask_who(url)
