"""The four messages by which a device joins, and ways they are wrong (P1)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from lanterne.journal.first_copy import First
from lanterne.journal.pairing_messages import Answer, Grant, Offer, Request, short_code
from lanterne.proof.genesis import read_genesis
from lanterne.seal.device import DeviceKeys
from lanterne.seal.seat import SeatKeys
from lanterne.wire import packing
from lanterne.wire.asking import Range
from lanterne.wire.names import ChainId, Compartment, DeviceId, PersonId, Stream

HERE = Path(__file__).parent
SECRET = hashlib.sha256(b"a secret for vectors").digest()
NONCE, OTHER = hashlib.sha256(b"a nonce").digest(), hashlib.sha256(b"another nonce").digest()


def joining() -> Any:
    """An offer of the frozen genesis, its request, reveal and admission, and the code."""
    genesis = bytes.fromhex(json.loads((HERE / "genesis.json").read_text(encoding="utf-8"))["genesis"])
    practice = read_genesis(genesis).practice
    places = (Compartment.OFFICE, Compartment.MEDICAL)
    grant = Grant(PersonId("7e" * 16), places, False, 1_800_000_000_000)
    offer = Offer(
        practice, genesis, (), (), grant, b"a relay file", 1_790_000_000_000, hashlib.sha256(NONCE).digest()
    ).to_bytes()
    seat, device = SeatKeys(SECRET), DeviceKeys(DeviceId("de" * 16), SECRET)
    record = seat.record(device=device.id, **grant._asdict())
    asked = hashlib.sha256(offer).digest()
    request = Request(practice, asked, record, device.record(), OTHER).to_bytes()
    answered = hashlib.sha256(request).digest()
    reveal = Answer(practice, answered, NONCE).to_bytes()
    admission = Answer(practice, answered, NONCE, ()).to_bytes()
    chains = [ChainId(seat.id, incarnation, Stream.CARE) for incarnation in (0, 7)]
    ranges = (Range(chains[1], 4, 6), Range(chains[0], 0, 1), Range(chains[0], 300, 301))
    wanted = First(ranges, (hashlib.sha256(b"a document").hexdigest(),))
    with_first = Answer(practice, answered, NONCE, (), wanted).to_bytes()
    return {
        "practice": practice,
        "nonce": NONCE.hex(),
        "offer": offer.hex(),
        "request": request.hex(),
        "reveal": reveal.hex(),
        "admission": admission.hex(),
        "admission_first": with_first.hex(),
        "code": short_code(practice, NONCE, asked, answered),
        "wrong": [
            {"why": why, "message": message.hex(), "as": kind, "expect": "P1"}
            for why, kind, message in _wrong(offer, request, admission) + _wrong_first(with_first)
        ],
    }


def _wrong(offer: bytes, request: bytes, admission: bytes) -> list[tuple[str, str, bytes]]:
    def but(message: bytes, **fields: object) -> bytes:
        return packing.encode({**packing.decode(message, max_bytes=1 << 20), **fields})

    grant = packing.decode(offer, max_bytes=1 << 20)["grant"]
    return [
        ("cut short", "offer", offer[:-1]),
        ("followed by a byte", "request", request + b"\0"),
        ("empty", "offer", b""),
        ("a request where an offer is expected", "offer", request),
        ("an offer where an answer is expected", "answer", offer),
        ("of a format to come", "offer", but(offer, format=2)),
        ("a practice of 31 bytes", "request", but(request, practice=bytes(31))),
        ("a commit of 16 bytes", "offer", but(offer, commit=bytes(16))),
        ("compartments unsorted", "offer", but(offer, grant={**grant, "compartments": [2, 1]})),
        ("a compartment nobody knows", "offer", but(offer, grant={**grant, "compartments": [1, 9]})),
        ("a compartment that is true", "offer", but(offer, grant={**grant, "compartments": [True]})),
        ("heads that are no list", "offer", but(offer, heads={})),
        ("an entry cut short", "admission", but(admission, members=b"\0\0\1\0abc")),
        ("no nonce", "admission", but(admission, nonce=None)),
        ("a device that is text", "request", but(request, device="ce poste")),
        ("a seat whose key is no key", "request", but(request, seat={})),
    ]


def _wrong_first(admission: bytes) -> list[tuple[str, str, bytes]]:
    tree = packing.decode(admission, max_bytes=1 << 20)

    def but(**fields: object) -> bytes:
        return packing.encode({**tree, "first": {**tree["first"], **fields}})

    wrong = {
        "a list of what comes first that is no map": packing.encode({**tree, "first": []}),
        "a span of no chain": but(spans=[2, 0, 1]),
        "a span that names nothing": but(spans=[0, 5, 5]),
        "a span of two numbers": but(spans=[0, 1]),
        "a span of text": but(spans=["0", 0, 1]),
        "more entries than a list may name": but(spans=[0, 0, 16_385]),
        "a chain without incarnation": but(chains=[{"seat": bytes(16)}]),
        "a document's name of 31 bytes": but(blobs=[bytes(31)]),
    }
    return [(why, "admission", message) for why, message in wrong.items()]
