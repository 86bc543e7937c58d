"""Where others of the network reach a device: what a stranger can make it take is bounded, and it goes on."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from lanterne.journal.errors import JournalBusy
from lanterne.sync.carrying.listening import CONNECTIONS, HEADER_BYTES, Listening
from lanterne.sync.carrying.telling import Telling
from lanterne.sync.errors import PeerAway, PeerBusy
from lanterne.sync.going import read_going
from lanterne.sync.server import MAX_BODY
from lanterne.sync.ways_open import Opener
from tests.sync.carriers import free_port, until
from tests.sync.places import device_peer
from tests.sync.stage import Machine


@pytest.fixture
def port(garance: Machine) -> Iterator[int]:
    """Garance's PC listens here."""
    listening = Listening(
        Opener(garance.journal, garance.device, garance.now, garance.random),
        Telling(garance.journal, garance.now),
    )
    number = free_port()
    listening.at(number)
    yield number
    listening.close()
    with pytest.raises(ConnectionRefusedError):
        ask(number, b"GET / HTTP/1.1\r\n\r\n")


def ask(port: int, data: bytes) -> bytes:
    """What a stranger is answered, its first line."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as stranger:
        stranger.sendall(data)
        return stranger.recv(65_536).partition(b"\r\n")[0]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"404"),
        (b"POST /1/x/heads HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (MAX_BODY + 1), b"413"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 2 * HEADER_BYTES + b"\r\n\r\n", b"431"),
        (b"\x16\x03\x01 not HTTP at all\r\n\r\n", b"400"),
    ],
)
def test_a_stranger_is_answered_briefly(port: int, data: bytes, status: bytes) -> None:
    assert status in ask(port, data)


def test_all_connections_taken_and_let_go(garance: Machine, theo: Machine, port: int) -> None:
    """Nobody is served meanwhile, and everybody after: nothing is left of it."""
    garance.jot("what waits")
    strangers = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(2 * CONNECTIONS)]
    for stranger in strangers:
        stranger.close()

    def served() -> bool:
        try:
            peer = device_peer(theo, f"127.0.0.1:{port}")
        except PeerAway:
            return False
        try:
            return theo.exchange(peer).whole
        finally:
            peer.close()

    until(served, "it serves nobody any more")
    assert theo.journal.heads == garance.journal.heads


def test_a_port_that_is_taken_is_told_and_tried_again(
    garance: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lanterne.sync.carrying.listening.TRIED_AGAIN_S", 0.0)
    telling = Telling(garance.journal, garance.now)
    listening = Listening(Opener(garance.journal, garance.device, garance.now, garance.random), telling)
    with socket.create_server(("0.0.0.0", 0)) as taken:  # noqa: S104  everywhere, as it would
        port = int(taken.getsockname()[1])
        listening.at(port)
        telling.write()
        told = read_going(garance.journal)
        assert (told.listening, [one.code for one in told.troubles]) == (0, ["carrier.port_taken"])
    listening.at(port)
    telling.write()
    told = read_going(garance.journal)
    assert (told.listening, told.troubles) == (port, ())
    assert b"404" in ask(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    listening.close()


def test_what_nobody_foresaw_while_answering_is_told(
    garance: Machine, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The one who asks gets 500; whoever repairs gets the trace, without who asked and for what."""

    def fall(*_: object) -> None:
        raise ZeroDivisionError("nobody foresaw this")

    monkeypatch.setattr("lanterne.sync.server.DeviceServer._request_path", fall)
    telling = Telling(garance.journal, garance.now)
    listening = Listening(Opener(garance.journal, garance.device, garance.now, garance.random), telling)
    port = free_port()
    listening.at(port)
    assert b"500" in ask(port, b"GET /what-was-asked HTTP/1.1\r\nHost: x\r\n\r\n")
    listening.close()
    telling.write()
    assert [one.code for one in read_going(garance.journal).troubles] == ["carrier.failed"]
    said = capfd.readouterr().err
    assert "nobody foresaw this" in said
    assert "what-was-asked" not in said


def test_a_journal_that_is_busy_is_no_fault(
    garance: Machine, theo: Machine, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Met before it is known who asks, and whoever asks is told to come back."""

    def busy() -> None:
        raise JournalBusy("somebody writes")

    peer = device_peer(theo, f"127.0.0.1:{port}")
    monkeypatch.setattr(garance.journal, "refresh", busy)
    with pytest.raises(PeerBusy):
        peer.heads()
    peer.close()
