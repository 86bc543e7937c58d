"""What strangers send to the box of a pairing: nothing but the offer comes out, one request goes in, nobody is let wait."""

from __future__ import annotations

import io
import random
from hashlib import sha256
from typing import Any

import pytest

from lanterne.journal.boxes import MOST_BOXES, Boxes, BoxesFull, box_of
from lanterne.journal.files import OsFiles
from lanterne.journal.layout import Layout
from lanterne.journal.pairing_messages import MAX_SMALL
from lanterne.sync.pairing_door import MOST_ASKED, MOST_UNKNOWN, WINDOW_MS
from lanterne.sync.server import DeviceServer
from lanterne.wire.asking import read_complaint
from lanterne.wire.pairing_box import BoxName
from tests.sync.stage import Machine

OFFER = b"the bytes of an offer"
REQUEST = b"the bytes of a request"


@pytest.fixture
def server(garance: Machine) -> DeviceServer:
    return DeviceServer(garance.journal, garance.device, now_ms=garance.now)


@pytest.fixture
def boxes(garance: Machine) -> Boxes:
    return Boxes.of(Layout(garance.practice.root), OsFiles())


@pytest.fixture
def box(garance: Machine, boxes: Boxes) -> BoxName:
    return boxes.open(OFFER, garance.now() + 3_600_000, garance.now())


def ask(
    server: DeviceServer,
    method: str,
    path: str,
    body: bytes = b"",
    length: str | None = None,
    query: str = "",
) -> tuple[int, bytes, dict[str, str]]:
    said: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]]) -> None:
        said["status"], said["headers"] = int(status[:3]), dict(headers)

    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)) if length is None else length,
        "wsgi.input": io.BytesIO(body),
    }
    data = b"".join(server(environ, start))
    return said["status"], data, said["headers"]


def why(data: bytes) -> str:
    return read_complaint(data).check


def test_one_offer_out_one_request_in(server: DeviceServer, boxes: Boxes, box: BoxName) -> None:
    base = f"/1/pairing/{box}"
    assert ask(server, "GET", f"{base}/offer")[:2] == (200, OFFER)
    status, data, headers = ask(server, "GET", f"{base}/answer")
    assert (status, why(data)) == (404, "empty")
    assert "Lanterne-Holder" not in headers
    assert ask(server, "POST", f"{base}/request", REQUEST)[0] == 200
    assert ask(server, "POST", f"{base}/request", REQUEST)[0] == 200
    status, data, _ = ask(server, "POST", f"{base}/request", b"another")
    assert (status, why(data)) == (409, "P4")
    assert boxes.request(box) == REQUEST
    assert ask(server, "GET", f"{base}/request")[0] == 404
    boxes.put_answer(box, b"the answer")
    assert ask(server, "GET", f"{base}/answer")[:2] == (200, b"the answer")


@pytest.mark.parametrize(
    ("method", "what"),
    [
        ("POST", "offer"), ("POST", "answer"), ("PUT", "request"), ("PUT", "offer"), ("DELETE", "offer"),
        ("DELETE", "request"), ("HEAD", "request"), ("PATCH", "answer"), ("OPTIONS", "offer"),
    ],
)  # fmt: skip
def test_nothing_else_is_done(
    server: DeviceServer, boxes: Boxes, box: BoxName, method: str, what: str
) -> None:
    before = {path.name: path.read_bytes() for path in boxes._folder.iterdir()}
    status, data, _ = ask(server, method, f"/1/pairing/{box}/{what}", b"")
    assert status == 404
    assert data != OFFER
    assert {path.name: path.read_bytes() for path in boxes._folder.iterdir()} == before


@pytest.mark.parametrize(
    "path",
    [
        "/1/pairing/../../genesis",
        "/1/pairing/%2e%2e/offer",
        "/1/pairing/{box}/../offer",
        "/1/pairing/{box}/offer/",
        "/1/pairing/{box}.offer/offer",
        "/1/pairing/{low}/offer",
        "/1/pairing//offer",
        "/1/pairing/{box}",
        "/1/pairing/{box}\n/offer",
        "/1/pairing/{box}/offer\n",
        "/1/pairing/" + "A" * 5_000 + "/offer",
        "/1/pairing/ÀÀÀÀÀÀÀÀÀÀÀÀ/offer",
    ],
)
def test_paths_lead_nowhere_else(server: DeviceServer, box: BoxName, path: str) -> None:
    status, data, _ = ask(server, "GET", path.format(box=box, low=box.lower()))
    assert status in (401, 404)
    assert data != OFFER


@pytest.mark.parametrize("length", ["-1", "x", "٣", "1e9", str(MAX_SMALL + 1), str(1 << 40)])
def test_lengths_that_lie(server: DeviceServer, boxes: Boxes, box: BoxName, length: str) -> None:
    assert ask(server, "POST", f"/1/pairing/{box}/request", b"x", length)[0] == 413
    assert boxes.request(box) is None


def test_sizes(server: DeviceServer, boxes: Boxes, box: BoxName) -> None:
    path = f"/1/pairing/{box}/request"
    assert ask(server, "POST", path, b"")[0] == 413
    assert ask(server, "POST", path, b"x", str(100))[0] == 400  # cut short
    assert ask(server, "GET", f"/1/pairing/{box}/offer", b"x")[0] == 413
    assert ask(server, "POST", path, b"x" * (MAX_SMALL + 1))[0] == 413
    assert boxes.request(box) is None
    assert ask(server, "POST", path, b"x" * MAX_SMALL)[0] == 200


def test_a_box_that_lapsed_or_was_closed_answers_as_none_at_all(
    server: DeviceServer, garance: Machine, boxes: Boxes, box: BoxName
) -> None:
    path = f"/1/pairing/{box}/offer"
    unknown = ask(server, "GET", f"/1/pairing/{BoxName('2' * 12)}/offer")
    garance.clock[0] += 3_600_001
    assert ask(server, "GET", path) == unknown
    assert ask(server, "POST", f"/1/pairing/{box}/request", REQUEST)[0] == 404
    boxes.close(box)
    assert ask(server, "GET", path) == unknown
    assert boxes.request(box) is None


def test_who_guesses_waits_and_nobody_waits_for_who_guesses(
    server: DeviceServer, garance: Machine, box: BoxName
) -> None:
    guesses = [ask(server, "GET", f"/1/pairing/{'2' * 12}/offer")[0] for _ in range(MOST_UNKNOWN + 5)]
    assert guesses == [404] * MOST_UNKNOWN + [429] * 5
    assert ask(server, "GET", f"/1/pairing/{box}/offer")[0] == 200
    garance.clock[0] += WINDOW_MS
    assert ask(server, "GET", f"/1/pairing/{'2' * 12}/offer")[0] == 404


def test_who_knows_the_box_is_bounded_too(server: DeviceServer, garance: Machine, box: BoxName) -> None:
    answers = [ask(server, "GET", f"/1/pairing/{box}/answer")[0] for _ in range(MOST_ASKED + 1)]
    assert answers == [404] * MOST_ASKED + [429]
    garance.clock[0] -= 10 * WINDOW_MS  # a clock put back locks nobody out
    assert ask(server, "GET", f"/1/pairing/{box}/offer")[0] == 200


def test_random_bytes_in_every_place(server: DeviceServer, garance: Machine, box: BoxName) -> None:
    dice = random.Random(7)
    for turn in range(400):
        garance.clock[0] += 1_000
        cut = dice.randrange(1, 40)
        path = f"/1/pairing/{box}/request"[:cut] + "".join(
            chr(dice.randrange(1, 0x250)) for _ in range(dice.randrange(1, 20))
        )
        body = dice.randbytes(dice.randrange(200))
        assert ask(server, dice.choice(["GET", "POST", "PUT"]), path, body)[0] in (400, 401, 404, 413), turn


def test_a_damaged_file_of_a_box_is_none(server: DeviceServer, boxes: Boxes, box: BoxName) -> None:
    path = boxes._folder / f"{box}.offer"
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert ask(server, "GET", f"/1/pairing/{box}/offer")[0] == 404
    path.write_bytes(whole[:20])
    assert ask(server, "GET", f"/1/pairing/{box}/offer")[0] == 404


def test_boxes_are_few_and_swept(garance: Machine, boxes: Boxes) -> None:
    now = garance.now()
    for number in range(MOST_BOXES):
        boxes.open(bytes([number]), now + 1_000, now)
    with pytest.raises(BoxesFull):
        boxes.open(b"one more", now + 1_000, now)
    assert boxes.open(b"later", now + 5_000, now + 1_001) == box_of(sha256(b"later").digest())
    assert len(boxes.standing(now + 1_001)) == 1
