"""The header a device signs its request with, and the one an answer is signed with.

Law: nothing of a request that decides what is done is left unsigned: method, path with query, body, practice,
moment, nonce, and who is asked. An answer is bound to its request. Signatures are checked in
`proof.exchange`. Source: docs/format/exchange.md, Over HTTP.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from lanterne.wire.exchange import MOMENT_LIMIT, HolderId, MessageRefused
from lanterne.wire.names import DeviceId, PracticeId

DEVICE_HEADER = "Lanterne-Device"
HOLDER_HEADER = "Lanterne-Holder"
WINDOW_MS = 24 * 3_600_000
"""A request's time lies within this of the holder's clock."""
NONCE_SPAN_MS = 600_000
"""A holder remembers nonces this far back from the newest time it saw of a device; older ones it refuses."""
_DEVICE = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{16})\.([0-9a-f]{32})\.([0-9a-f]{128})")
_HOLDER = re.compile(r"([0-9a-f]{32})\.([0-9a-f]{128})")


@dataclass(frozen=True, slots=True)
class RequestHeader:
    """`Lanterne-Device`, read. `time` in milliseconds since 1970-01-01 UTC."""

    device: DeviceId
    time: int
    nonce: bytes
    signature: bytes

    def to_text(self) -> str:
        """`<device>.<time>.<nonce>.<signature>`, hex; the time as 8 bytes."""
        return f"{self.device}.{self.time:016x}.{self.nonce.hex()}.{self.signature.hex()}"


@dataclass(frozen=True, slots=True)
class AnswerHeader:
    """`Lanterne-Holder`, read."""

    holder: HolderId
    signature: bytes

    def to_text(self) -> str:
        """`<id>.<signature>`, hex."""
        return f"{self.holder}.{self.signature.hex()}"


@dataclass(frozen=True, slots=True)
class Request:
    """What of a request is signed. `target` is the path with its query, as it is sent, in ASCII."""

    method: str
    target: str
    body: bytes
    practice: PracticeId
    asked: HolderId

    def to_sign(self, time: int, nonce: bytes) -> bytes:
        """The 32 bytes a device signs; `nonce` of 16 bytes."""
        if len(nonce) != 16:
            raise ValueError("a nonce has 16 bytes")
        return hashlib.sha256(
            b"".join(
                (
                    self.method.encode("ascii"),
                    b"\0",
                    self.target.encode("ascii"),
                    b"\0",
                    hashlib.sha256(self.body).digest(),
                    bytes.fromhex(self.practice),
                    time.to_bytes(8, "big"),
                    nonce,
                    bytes.fromhex(self.asked),
                )
            )
        ).digest()


def answer_to_sign(request_signature: bytes, status: int, body: bytes) -> bytes:
    """The 32 bytes a holder signs: over the request it answers, the status and the body."""
    digest = hashlib.sha256(body).digest()
    return hashlib.sha256(request_signature + status.to_bytes(2, "big") + digest).digest()


def read_request_header(text: str) -> RequestHeader:
    """Raises MessageRefused (X3)."""
    found = _DEVICE.fullmatch(text)
    if found is None:
        raise MessageRefused("X3", "the request is not signed")
    device, time, nonce, signature = found.groups()
    moment = int(time, 16)
    if moment >= MOMENT_LIMIT:
        raise MessageRefused("X3", "the time of the request is none")
    return RequestHeader(DeviceId(device), moment, bytes.fromhex(nonce), bytes.fromhex(signature))


def read_answer_header(text: str) -> AnswerHeader:
    """Raises MessageRefused (X3)."""
    found = _HOLDER.fullmatch(text)
    if found is None:
        raise MessageRefused("X3", "the answer is not signed")
    return AnswerHeader(HolderId(found[1]), bytes.fromhex(found[2]))
