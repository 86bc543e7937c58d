"""Boxes of pairings at a relay: who may lay what down, how much, how long; a stranger gets no further than one request."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading

import pytest

from lanterne.relay.limits import Load, Quota
from lanterne.wire.asking import read_complaint
from lanterne.wire.names import PracticeId
from lanterne.wire.pairing_box import LAPSES_MS, MAX_REQUEST, BoxName
from tests import cast
from tests.relay.asking import Answer, Device
from tests.relay.conftest import Running, Start

BOX = BoxName("59TFJ46GP4SA")
FAR = (1 << 62).to_bytes(8)
OFFER, REQUEST = b"the bytes of an offer", b"the bytes of a request"


def signed(device: Device, method: str, what: str, body: bytes = b"", box: str = BOX) -> Answer:
    return device.send(method, f"/1/{device.practice}/pairing/{box}/{what}", body)


def stranger(
    relay: Running, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(*relay.address, timeout=30)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        assert answer.getheader("Lanterne-Holder") is None
        return answer.status, answer.read()
    finally:
        connection.close()


def why(data: bytes) -> str:
    return read_complaint(data).check


@pytest.fixture
def opened(relay: Running, device: Device) -> Running:
    assert signed(device, "PUT", "offer", FAR + OFFER).status == 200
    return relay


def test_a_pairing_passes(opened: Running, device: Device) -> None:
    base = f"/1/pairing/{BOX}"
    assert stranger(opened, "GET", f"{base}/offer") == (200, OFFER)
    empty = signed(device, "GET", "request")
    assert (empty.status, empty.complaint.check, empty.signed) == (404, "empty", True)
    status, data = stranger(opened, "GET", f"{base}/answer")
    assert (status, why(data)) == (404, "empty")
    assert stranger(opened, "POST", f"{base}/request", REQUEST)[0] == 200
    assert stranger(opened, "POST", f"{base}/request", REQUEST)[0] == 200
    status, data = stranger(opened, "POST", f"{base}/request", b"another")
    assert (status, why(data)) == (409, "P4")
    assert signed(device, "GET", "request").body == REQUEST
    for answer in (b"reveal", b"admission"):
        assert signed(device, "PUT", "answer", answer).status == 200
        assert stranger(opened, "GET", f"{base}/answer") == (200, answer)
    assert signed(device, "PUT", "offer", FAR + OFFER).status == 200  # again: nothing changes
    assert stranger(opened, "GET", f"{base}/answer") == (200, b"admission")
    assert signed(device, "DELETE", "request").status == 200
    assert stranger(opened, "POST", f"{base}/request", b"the right one")[0] == 200
    assert signed(device, "DELETE", "offer").status == 200
    status, data = stranger(opened, "GET", f"{base}/offer")
    assert (status, why(data)) == (404, "box")


def test_who_is_no_device_lays_nothing_down(opened: Running, device: Device) -> None:
    other = Device(
        opened.address, device.relay, device.relay_key, device.practice, cast.found_anew("elsewhere").device
    )
    for method, what in (
        ("PUT", "offer"),
        ("PUT", "answer"),
        ("GET", "request"),
        ("DELETE", "request"),
        ("DELETE", "offer"),
    ):
        body = FAR + OFFER if method == "PUT" else b""
        assert signed(other, method, what, body).status == 401, (method, what)
        path = f"/1/{device.practice}/pairing/{BOX}/{what}"
        assert stranger(opened, method, path, body)[0] == 401, (method, what)
    assert stranger(opened, "GET", f"/1/pairing/{BOX}/offer") == (200, OFFER)


def test_a_box_of_another_practice_is_none(opened: Running, start: Start) -> None:
    there = cast.found_anew("elsewhere")
    theirs = opened.device(there.device, there.practice)
    theirs.found(there.genesis)
    assert signed(theirs, "PUT", "offer", FAR + b"another").status == 409
    assert signed(theirs, "GET", "request").status == 404
    assert signed(theirs, "PUT", "answer", b"forged").status == 404
    assert signed(theirs, "DELETE", "offer").status == 200  # says nothing of whose it is
    assert stranger(opened, "GET", f"/1/pairing/{BOX}/offer") == (200, OFFER)
    assert stranger(opened, "GET", f"/1/pairing/{BOX}/answer")[0] == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "offer"), ("POST", "answer"), ("GET", "request"), ("PUT", "request"), ("DELETE", "offer"),
        ("GET", "x"), ("GET", "offer/"), ("GET", "../offer"),
    ],
)  # fmt: skip
def test_a_stranger_does_nothing_else(opened: Running, method: str, path: str) -> None:
    status, data = stranger(opened, method, f"/1/pairing/{BOX}/{path}", b"" if method != "GET" else None)
    assert status in (401, 404, 405)
    assert data != OFFER


@pytest.mark.parametrize("box", ["59TFJ46GP4S", "59TFJ46GP4SAA", "59tfj46gp4sa", "59TFJ46GP4S0", "%2e%2e"])
def test_what_is_no_name(opened: Running, device: Device, box: str) -> None:
    assert stranger(opened, "GET", f"/1/pairing/{box}/offer")[0] == 404
    assert signed(device, "PUT", "offer", FAR + OFFER, box).status in (401, 404)


def test_sizes(opened: Running, device: Device) -> None:
    path = f"/1/pairing/{BOX}/request"
    assert stranger(opened, "POST", path, b"")[0] == 413
    assert stranger(opened, "POST", path, b"x" * (MAX_REQUEST + 1))[0] == 413
    assert stranger(opened, "POST", path, b"x", **{"Content-Length": str(1 << 40)})[0] == 413
    assert stranger(opened, "POST", path, b"x", **{"Content-Length": "-1"})[0] == 400
    assert signed(device, "PUT", "answer", b"").status == 413
    assert signed(device, "PUT", "offer", FAR, "A" * 12).status == 413
    assert stranger(opened, "POST", path, b"x" * MAX_REQUEST)[0] == 200


def test_a_practice_has_few_and_small_ones(start: Start) -> None:
    relay = start(quota=Quota(boxes=2, box_bytes=100))
    device = relay.device()
    device.found(cast.genesis())
    assert signed(device, "PUT", "offer", FAR + b"x" * 101, "A" * 12).status == 413
    for box in ("A" * 12, "B" * 12, "A" * 12):
        assert signed(device, "PUT", "offer", FAR + b"x" * 100, box).status == 200
    refused = signed(device, "PUT", "offer", FAR + OFFER, "C" * 12)
    assert (refused.status, refused.complaint.check) == (413, "quota")
    assert signed(device, "PUT", "answer", b"x" * 101, "A" * 12).status == 413
    assert signed(device, "DELETE", "offer", box="A" * 12).status == 200
    assert signed(device, "PUT", "offer", FAR + OFFER, "C" * 12).status == 200


def test_a_box_lapses_by_the_relays_clock(start: Start) -> None:
    now = [1_770_000_000_000]
    relay = start(now_ms=lambda: now[0])
    device = relay.device()
    device.offset_ms = now[0] - device.now_ms()
    device.found(cast.genesis())
    assert signed(device, "PUT", "offer", FAR + OFFER).status == 200
    soon = (now[0] + 1_000).to_bytes(8)
    assert signed(device, "PUT", "offer", soon + OFFER, "B" * 12).status == 200
    now[0] += 1_001
    assert stranger(relay, "GET", f"/1/pairing/{'B' * 12}/offer")[0] == 404
    assert stranger(relay, "POST", f"/1/pairing/{'B' * 12}/request", REQUEST)[0] == 404
    assert stranger(relay, "GET", f"/1/pairing/{BOX}/offer")[0] == 200
    now[0] += LAPSES_MS
    assert stranger(relay, "GET", f"/1/pairing/{BOX}/offer")[0] == 404
    device.offset_ms += LAPSES_MS + 1_001
    assert signed(device, "PUT", "offer", FAR + OFFER, "D" * 12).status == 200
    assert relay.house.store.boxes_of(PracticeId(device.practice)) == ("D" * 12,)  # the others are swept


def test_boxes_outlive_the_relay(start: Start) -> None:
    relay = start()
    device = relay.device()
    device.found(cast.genesis())
    assert signed(device, "PUT", "offer", FAR + OFFER).status == 200
    assert stranger(relay, "POST", f"/1/pairing/{BOX}/request", REQUEST)[0] == 200
    relay.stop()
    again = start()
    assert stranger(again, "GET", f"/1/pairing/{BOX}/offer") == (200, OFFER)
    assert again.house.store.box_message(BOX, "request") == REQUEST


def unread(relay: Running, path: str) -> socket.socket:
    """Somebody who asks and takes next to nothing of the answer."""
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    one.settimeout(30)
    one.connect(relay.address)
    one.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return one


def test_offers_that_nobody_takes_do_not_fill_the_memory(start: Start) -> None:
    """What waits for strangers is counted; small answers pass all the same, and it is let go when they leave."""
    size = 4 * 1024 * 1024
    relay = start(load=Load(answer_bytes_each=3 * size + 100))
    device = relay.device()
    device.found(cast.genesis())
    assert signed(device, "PUT", "offer", FAR + b"x" * size).status == 200
    path = f"/1/pairing/{BOX}/offer"
    waiting = [unread(relay, path) for _ in range(6)]
    said = [one.recv(12) for one in waiting]
    assert sorted(said) == [b"HTTP/1.1 200"] * 3 + [b"HTTP/1.1 429"] * 3
    status, data = stranger(relay, "GET", path)
    assert (status, why(data)) == (429, "busy")
    assert signed(device, "GET", "request").status == 404
    assert stranger(relay, "GET", f"/1/pairing/{BOX}/answer")[0] == 404
    for one in waiting:
        one.close()
    until = 0
    while stranger(relay, "GET", path)[0] != 200:
        until += 1
        assert until < 1_000, "what was held is never let go"
    while relay.house.answers.load:  # the answer that came is let go once the relay looked again
        until += 1
        assert until < 1_000, "the last answer is never let go"
        assert stranger(relay, "GET", f"/1/pairing/{BOX}/answer")[0] == 404


def test_who_takes_nothing_more_is_broken_off(start: Start) -> None:
    size = 4 * 1024 * 1024
    relay = start(load=Load(answer_bytes_each=size, answer_silence_s=0.2))
    device = relay.device()
    device.found(cast.genesis())
    assert signed(device, "PUT", "offer", FAR + b"x" * size).status == 200
    with unread(relay, f"/1/pairing/{BOX}/offer") as one:
        got = len(one.recv(1_000))
        while relay.house.answers.load:
            threading.Event().wait(0.05)
        while piece := one.recv(1 << 20):
            got += len(piece)
    assert got < size
    assert stranger(relay, "GET", f"/1/pairing/{BOX}/offer") == (200, b"x" * size)


def test_a_request_byte_by_byte_is_dropped(start: Start) -> None:
    relay = start(load=Load(body_silence_s=0.4))
    device = relay.device()
    device.found(cast.genesis())
    assert signed(device, "PUT", "offer", FAR + OFFER).status == 200
    with socket.create_connection(relay.address, timeout=30) as one:
        one.sendall(
            f"POST /1/pairing/{BOX}/request HTTP/1.1\r\nHost: x\r\nContent-Length: 200\r\n\r\n".encode()
        )
        with contextlib.suppress(ConnectionError):
            for _ in range(200):
                one.sendall(b"x")
                threading.Event().wait(0.02)  # what is tried here is slowness itself
        assert one.recv(12) == b"HTTP/1.1 400"
    assert relay.house.bodies.load == 0
    assert stranger(relay, "POST", f"/1/pairing/{BOX}/request", REQUEST)[0] == 200
