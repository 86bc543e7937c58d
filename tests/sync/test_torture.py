"""Forged and altered messages to a device: as a holder that is asked, as one that asks, as one that finds a stick.

None is accepted, none makes it fall; what an honest peer gives afterwards is taken.
"""

from __future__ import annotations

import hashlib
import http.client
import io
import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from lanterne.proof.exchange import sign_answer, sign_request, sign_statement
from lanterne.seal.device import DeviceKeys
from lanterne.sync.peers.http import Connection, HttpPeer
from lanterne.sync.server import DeviceServer
from lanterne.wire.asking import (
    AfterRequest,
    EntriesRequest,
    Range,
    pack_after,
    pack_blobs,
    pack_entries_request,
)
from lanterne.wire.blob_lists import pack_firsts
from lanterne.wire.exchange import HolderId
from lanterne.wire.framing import frame
from lanterne.wire.names import DeviceId, Stream
from lanterne.wire.request import (
    DEVICE_HEADER,
    HOLDER_HEADER,
    Request,
    read_request_header,
)
from lanterne.wire.statements import Statement
from tests.journal.stage import dice
from tests.sync.places import asker
from tests.sync.stage import Machine, content

MUTATIONS = int(os.environ.get("LANTERNE_MUTATIONS", "400"))
Evidence = Callable[..., None]
pytestmark = pytest.mark.torture


def bent(data: bytes, chance: random.Random) -> bytes:
    """Some bytes of it changed, lost, repeated, or put elsewhere; never the same."""
    changed = bytearray(data or b"\0")
    match chance.randrange(6):
        case 0:
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        case 1:
            del changed[chance.randrange(len(changed)) :]
        case 2:
            at = chance.randrange(len(changed))
            changed[at:at] = chance.randbytes(chance.randrange(1, 40))
        case 3:
            at = chance.randrange(len(changed))
            changed[at : at + 8] = chance.choice([b"\xff" * 8, bytes(8), chance.randbytes(8)])
        case 4:
            changed += changed[: chance.randrange(1, 400)]
        case _:
            changed = bytearray(chance.randbytes(chance.randrange(200)))
    return bytes(changed) if bytes(changed) != data else bytes(changed) + b"\1"


@dataclass
class Sent:
    """A request about to be sent, and what was answered."""

    method: str
    target: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def post(server: DeviceServer, sent: Sent, length: str | None = None) -> tuple[int, bytes]:
    """Straight into the application, as a server would hand it over."""
    path, _, query = sent.target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": sent.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(sent.body)) if length is None else length,
        "wsgi.input": io.BytesIO(sent.body),
    }
    for name, value in sent.headers.items():
        environ["HTTP_" + name.upper().replace("-", "_")] = value
    seen: list[str] = []
    data = b"".join(server(environ, lambda status, _: seen.append(status)))
    return int(seen[0][:3]), data


def signed(
    machine: Machine, server: Machine, method: str, request: str, body: bytes, keys: DeviceKeys
) -> Sent:
    practice = server.journal.practice
    target = f"/1/{practice}/{request}"
    asked = Request(method, target, body, practice, HolderId(server.device.id))
    header = sign_request(asked, device=keys.id, signer=keys, time=machine.now(), nonce=machine.random(16))
    return Sent(method, target, body, {DEVICE_HEADER: header.to_text()})


def honest_requests(garance: Machine, theo: Machine) -> list[tuple[str, str, bytes]]:
    chain = theo.journal.tips[0].chain
    statement = Statement(theo.journal.practice, theo.device.id, 1, theo.now(), tuple(theo.journal.tips))
    return [
        ("POST", "heads", b""),
        ("POST", "members", pack_after(AfterRequest(0))),
        ("POST", "entries", pack_entries_request(EntriesRequest((Range(chain, 0),)))),
        ("POST", "give", frame([one.entry.raw for one in theo.journal.since(Stream.CARE)])),
        ("POST", "state", sign_statement(statement, theo.device).raw),
        ("POST", "sums", b""),
        ("POST", "blobs", pack_firsts(bytes(range(256)))),
        ("POST", "lacking", pack_blobs([])),
        ("GET", "blobs/" + "ab" * 32, b""),
        ("PUT", "blobs/" + hashlib.sha256(b"x").hexdigest(), b"x"),
    ]


def test_requests_nobody_of_the_practice_made(garance: Machine, theo: Machine, evidence: Evidence) -> None:
    """Altered after it was signed, signed by a stranger, for another, at another time, or twice."""
    garance.jot("one")
    theo.jot("kept from garance")
    server = DeviceServer(garance.journal, garance.device, now_ms=garance.now)
    before, known = content(garance.journal), garance.known.statements()
    requests, chance = honest_requests(garance, theo), random.Random(MUTATIONS)
    stranger = DeviceKeys.new(dice(4))
    for _ in range(MUTATIONS):
        method, request, body = chance.choice(requests)
        sent = signed(theo, garance, method, request, body, theo.device)
        header = sent.headers[DEVICE_HEADER]
        match chance.randrange(7):
            case 0:
                sent.body = bent(sent.body, chance)
            case 1:
                sent.headers[DEVICE_HEADER] = bent(header.encode(), chance).decode("latin-1")
            case 2:
                sent.target = sent.target.replace(request, chance.choice(requests)[1] + "?x=1")
            case 3:
                sent = signed(theo, garance, method, request, body, stranger)
            case 4:
                forged = signed(theo, garance, method, request, body, stranger)
                sent.headers[DEVICE_HEADER] = theo.device.id + forged.headers[DEVICE_HEADER][32:]
            case 5:
                sent.method = {"POST": "PUT", "GET": "POST", "PUT": "GET"}[sent.method]
            case _:
                del sent.headers[DEVICE_HEADER]
        status, _answer = post(server, sent)
        assert status in (400, 401, 404), (status, sent.target)
    assert content(garance.journal) == before
    assert garance.known.statements().keys() == known.keys()
    assert garance.journal.waiting == 0
    assert list(garance.journal.blobs.names()) == []
    evidence(
        "sync-forged", what="requests_unsigned", seed=MUTATIONS, messages=MUTATIONS, accepted=0, crashes=0
    )


def test_requests_of_a_device_of_the_practice_that_lies(
    garance: Machine, theo: Machine, evidence: Evidence
) -> None:
    """Signed as they should be, and altered in what they say."""
    garance.jot("one")
    for number in range(4):
        theo.jot(f"kept from garance {number}")
    server = DeviceServer(garance.journal, garance.device, now_ms=garance.now)
    before = content(garance.journal)
    requests, chance = honest_requests(garance, theo), random.Random(MUTATIONS + 1)
    raws = [one.entry.raw for one in theo.journal.since(Stream.CARE)]
    for _ in range(MUTATIONS):
        theo.clock[0] += 1
        garance.clock[0] += 1
        method, request, body = chance.choice(requests)
        if request == "give":
            entry = bent(chance.choice(raws), chance)
            body = frame([entry]) if len(entry) >= 80 else entry
        else:
            body = bent(body, chance)
        sent = signed(theo, garance, method, request, body, theo.device)
        if method == "PUT":
            sent.headers["Content-Range"] = chance.choice(
                ["", "bytes 0-0/1", "bytes 5-1/2", "bytes 0-9/3", "x"]
            )
        if method == "GET":
            sent.headers["Range"] = chance.choice(["", "bytes=9-1", "bytes=0-99999999999999", "x"])
        status, _answer = post(server, sent, chance.choice([None, None, None, "-1", "x", "99999999999"]))
        assert status in (200, 400, 401, 404, 413), (status, request)
    held = content(garance.journal)
    assert held <= before | content(theo.journal), "only what a seat of the practice signed"
    assert list(garance.journal.blobs.names()) == []
    evidence(
        "sync-forged", what="requests_of_a_liar", seed=MUTATIONS, messages=MUTATIONS, accepted=0, crashes=0
    )


class Bent(Connection):
    """Answers of a real holder, bent on their way, or by the holder itself, which then signs them."""

    def __init__(self, server: DeviceServer, holder: Machine, chance: random.Random) -> None:
        super().__init__("http://127.0.0.1:1")
        self.server, self.holder, self.chance = server, holder, chance
        self.rate, self.resign = 0.5, True

    def ask(
        self, method: str, target: str, body: bytes, headers: dict[str, str], limit: int
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        status, data = post(self.server, Sent(method, target, body, headers))
        told = Message()
        if self.chance.random() < self.rate:
            if self.resign:
                data = bent(data, self.chance)
                status = self.chance.choice([status, status, status, 200, 206, 409, 404, 403, 500])
            else:
                data = bent(data, self.chance)
        header = read_request_header(headers[DEVICE_HEADER])
        signer = self.holder.device if self.resign else DeviceKeys.new(dice(8))
        answer = sign_answer(
            header, status=status, body=data, holder=HolderId(self.holder.device.id), signer=signer
        )
        told[HOLDER_HEADER] = answer.to_text()
        told["Content-Range"] = self.chance.choice(
            ["bytes 0-5/6", "bytes 0-0/1", "", "bytes 1-2/99999999999"]
        )
        return status, told, data[: limit + 1]  # type: ignore[return-value]


@pytest.mark.parametrize("resign", [False, True])
def test_answers_that_lie(garance: Machine, theo: Machine, resign: bool, evidence: Evidence) -> None:
    for number in range(12):
        garance.jot(f"{number}")
        theo.jot(f"theo {number}")
    garance.journal.blobs.put(b"a letter")
    server = DeviceServer(garance.journal, garance.device, now_ms=garance.now)
    chance = random.Random(MUTATIONS + 2)
    asked = 0
    while asked < MUTATIONS:
        line = Bent(server, garance, chance)
        line.resign, line.rate = resign, chance.choice([0.1, 0.4, 1.0])
        peer = HttpPeer(line, asker(theo), HolderId(garance.device.id), garance.device.transport)
        done = theo.exchange(peer, piece=2_000)
        asked += max(done.moves, 1)
        if not resign:
            assert not done.whole
            assert done.tally.received == 0
        assert content(theo.journal) <= content(garance.journal) | content(theo.journal)
    foreign = {one.entry.head.seat for stream in Stream for one in theo.journal.since(stream)}
    assert foreign <= {garance.practice.seat_id, theo.practice.seat_id}
    assert {alarm.lie.value for alarm in theo.known.alarms()} <= ({"L6"} if resign else set())
    line = Bent(server, garance, chance)
    line.rate, line.resign = 0.0, True
    theo.exchange(
        HttpPeer(line, asker(theo), HolderId(garance.device.id), garance.device.transport), blobs=False
    )
    assert content(theo.journal) == content(garance.journal)
    evidence(
        "sync-forged",
        what="answers_signed" if resign else "answers_altered",
        seed=MUTATIONS,
        messages=asked,
        accepted=0,
        crashes=0,
    )


def test_a_stick_in_bad_hands(garance: Machine, theo: Machine, tmp_path: Path, evidence: Evidence) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    for number in range(6):
        garance.jot(f"{number}")
    garance.journal.blobs.put(b"a letter")
    garance.by_folder(stick)
    (base,) = stick.iterdir()
    originals = {path: path.read_bytes() for path in base.rglob("*") if path.is_file()}
    chance = random.Random(MUTATIONS + 3)
    closed: Callable[[bytes], bytes] = lambda data: data + hashlib.sha256(data).digest()  # noqa: E731
    targets: Sequence[Path] = [path for path in originals if path.name != "genesis"]
    for _ in range(max(MUTATIONS // 4, 20)):
        path = chance.choice(targets)
        data = originals[path]
        path.write_bytes(closed(bent(data[:-32], chance)) if chance.random() < 0.7 else bent(data, chance))
        done = theo.by_folder(stick)
        assert done.alarms == ()
        assert content(theo.journal) <= content(garance.journal)
        path.write_bytes(data)
    assert all(theo.journal.blobs.size(name) for name in theo.journal.blobs.names())
    for name in theo.journal.blobs.names():
        theo.journal.blobs.verify(name)
    theo.by_folder(stick)
    assert content(theo.journal) == content(garance.journal)
    assert set(garance.known.statements()) <= {DeviceId(garance.device.id), DeviceId(theo.device.id)}
    evidence(
        "sync-forged",
        what="files_of_a_stick",
        seed=MUTATIONS,
        messages=max(MUTATIONS // 4, 20),
        accepted=0,
        crashes=0,
    )
