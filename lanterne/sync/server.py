"""A device as a holder: answers the requests of an exchange from its own journal, to devices of the practice.

Law: nothing is answered before the signature of an admitted device was checked, but who answers here and what waits
in the box of a pairing. What is given passes E1–E15 like all that comes from elsewhere; what is handed out is what
anybody who holds the disk sees. A WSGI application: it is mounted in the process that exchanges and holds no key that
opens anything. Source: docs/format/exchange.md, Requests, Over HTTP, Boxes.
"""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from lanterne.journal.errors import BlobDamaged, BlobMissing, DiskFailed, DiskFull, JournalBusy
from lanterne.journal.journal import Journal
from lanterne.proof.exchange import check_request, may_ask, sign_answer
from lanterne.seal.device import DeviceKeys
from lanterne.sync.holding import Holding
from lanterne.sync.news_held import NewsHeld
from lanterne.sync.pairing_door import PairingDoor
from lanterne.sync.peers.port import MAX_BLOB
from lanterne.sync.room import check_room
from lanterne.wire import packing
from lanterne.wire.asking import Complaint, pack_complaint, pack_held, pack_news
from lanterne.wire.exchange import MAX_BATCH, MEDIA_TYPE, HolderId, MessageRefused
from lanterne.wire.names import DeviceId
from lanterne.wire.request import (
    DEVICE_HEADER,
    HOLDER_HEADER,
    NONCE_SPAN_MS,
    WINDOW_MS,
    Request,
    RequestHeader,
    read_request_header,
)

MAX_BODY = MAX_BATCH + MAX_BATCH // 8
MAX_NONCES = 20_000
"""Remembered of one device; a device that asks more often than 30 times a second is told to wait."""
_BLOB = re.compile(r"blobs/([0-9a-f]{64})")
_RANGE = re.compile(r"bytes=([0-9]{1,13})-([0-9]{1,13})")
_PLACED = re.compile(r"bytes ([0-9]{1,13})-([0-9]{1,13})/([0-9]{1,13})")
_AFTER = re.compile(r"after=([0-9]{1,18})")
_REASONS = {
    200: "OK",
    206: "Partial Content",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    413: "Content Too Large",
    416: "Range Not Satisfiable",
    429: "Too Many Requests",
    503: "Service Unavailable",
}


class Reply(NamedTuple):
    """What is answered. `ranged`: its Content-Range."""

    status: int
    body: bytes
    ranged: str = ""
    retry_s: int = 0


class Refused(Exception):
    """A request that is not carried out."""

    def __init__(
        self, status: int, check: str, why: str, *, time: int | None = None, retry_s: int = 0
    ) -> None:
        super().__init__(why)
        self.reply = Reply(status, pack_complaint(Complaint(check, why, time)), retry_s=retry_s)


class Nonces:
    """Which nonces were used, by device, ten minutes of their time back."""

    def __init__(self) -> None:
        self._used: dict[DeviceId, dict[bytes, int]] = {}
        self._newest: dict[DeviceId, int] = {}
        self._mutex = threading.Lock()

    def use(self, header: RequestHeader, now_ms: int) -> None:
        """Raises Refused (401 "clock" when only the time is wrong, 401 "X3" for one used before)."""
        with self._mutex:
            newest = self._newest.get(header.device, 0)
            # Our own clock may have been set back since: nobody is kept out by the time we told them ourselves.
            if abs(header.time - max(now_ms, newest)) > WINDOW_MS:
                raise Refused(
                    401, "clock", "the clocks differ by more than a day", time=max(now_ms, newest + 1)
                )
            if header.time <= newest - NONCE_SPAN_MS:
                raise Refused(401, "clock", "older than what was asked before", time=newest + 1)
            used = self._used.setdefault(header.device, {})
            if header.nonce in used:
                raise Refused(401, "X3", "this request was made before")
            if len(used) >= MAX_NONCES:
                self._used[header.device] = used = {
                    nonce: time for nonce, time in used.items() if time > newest - NONCE_SPAN_MS
                }
                if len(used) >= MAX_NONCES:
                    raise Refused(429, "busy", "too many requests", retry_s=60)
            used[header.nonce] = header.time
            self._newest[header.device] = max(newest, header.time)


class DeviceServer:
    """The WSGI application. `now_ms` is the machine's clock in milliseconds, `random(n)` n unpredictable bytes."""

    def __init__(
        self,
        journal: Journal,
        device: DeviceKeys,
        *,
        now_ms: Callable[[], int],
        random: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        self._journal, self._device, self._now_ms = journal, device, now_ms
        self._holding = Holding(
            journal, device.id, now_ms, lambda known: known.make_statement(device, now_ms(), random)
        )
        self._nonces = Nonces()
        self._news = NewsHeld(journal)
        self._pairing = PairingDoor(journal, now_ms)

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[[str, list[tuple[str, str]]], object]
    ) -> Iterable[bytes]:
        """WSGI."""
        header: RequestHeader | None = None
        try:
            path = str(environ.get("PATH_INFO", ""))
            boxed = self._boxed(path, environ)
            request = "" if boxed is not None else self._request_path(path)
            if boxed is not None:
                reply = boxed
            elif request == "holder" and environ["REQUEST_METHOD"] == "GET":
                reply = Reply(200, packing.encode({"holder": bytes.fromhex(self._device.id)}))
            else:
                body = _body(environ)
                header = self._signed(environ, body)
                reply = self._answer(str(environ["REQUEST_METHOD"]), request, body, environ)
        except Refused as refused:
            reply = refused.reply
        except (
            DiskFull,
            DiskFailed,
            JournalBusy,
        ) as error:  # before it was known who asks: the code and no more
            reply = Refused(503, error.code, "not now", retry_s=60).reply
        headers = [("Content-Type", MEDIA_TYPE), ("Content-Length", str(len(reply.body)))]
        if header is not None:
            answer = sign_answer(
                header,
                status=reply.status,
                body=reply.body,
                holder=HolderId(self._device.id),
                signer=self._device,
            )
            headers.append((HOLDER_HEADER, answer.to_text()))
        if reply.ranged:
            headers.append(("Content-Range", reply.ranged))
        if reply.retry_s:
            headers.append(("Retry-After", str(reply.retry_s)))
        start_response(f"{reply.status} {_REASONS[reply.status]}", headers)
        return [reply.body]

    def _boxed(self, path: str, environ: dict[str, Any]) -> Reply | None:
        """What waits in the box of a pairing, for who is no device of the practice yet; None when another thing is
        asked."""
        method = str(environ["REQUEST_METHOD"])
        longest = self._pairing.longest(method, path)
        if longest is None:
            return None
        found = self._pairing.answer(method, path, _body(environ, longest))
        if found.status == 200:
            return Reply(200, found.body)
        retry_s = 60 if found.status in (429, 503) else 0
        return Refused(found.status, found.why, "not given from this box", retry_s=retry_s).reply

    def _request_path(self, path: str) -> str:
        start = f"/1/{self._journal.practice}/"
        if not path.startswith(start):
            raise Refused(404, "practice", "no such practice here")
        return path.removeprefix(start)

    def _signed(self, environ: dict[str, Any], body: bytes) -> RequestHeader:
        """Who asks, checked; Refused with 401."""
        try:
            header = read_request_header(
                str(environ.get("HTTP_" + DEVICE_HEADER.upper().replace("-", "_"), ""))
            )
            target = str(environ.get("SCRIPT_NAME", "")) + str(environ.get("PATH_INFO", ""))
            if environ.get("QUERY_STRING"):
                target += "?" + str(environ["QUERY_STRING"])
            if not target.isascii():
                raise MessageRefused("X3", "the path is not ASCII")
            request = Request(
                str(environ["REQUEST_METHOD"]),
                target,
                body,
                self._journal.practice,
                HolderId(self._device.id),
            )
            self._journal.refresh()
            transport = may_ask(header.device, self._journal.membership, self._now_ms())
            if transport is None:
                raise MessageRefused("X3", "not a device of the practice with an active seat")
            check_request(header, request, transport)
        except MessageRefused as error:
            raise Refused(401, error.check, error.why) from error
        self._nonces.use(header, self._now_ms())
        return header

    def _answer(self, method: str, request: str, body: bytes, environ: dict[str, Any]) -> Reply:
        try:
            blob = _BLOB.fullmatch(request)
            if blob is not None and method == "GET":
                return self._blob(blob[1], str(environ.get("HTTP_RANGE", "")))
            if blob is not None and method == "PUT":
                return self._keep(blob[1], str(environ.get("HTTP_CONTENT_RANGE", "")), body)
            if request == "news" and method == "GET":
                return Reply(200, pack_news(self._news.wait(_after(environ))))
            if blob is not None and method == "DELETE":
                return self._drop(blob[1])
            answer = self._holding.requests.get(request) if method == "POST" else None
            if answer is None:
                return Refused(404, "request", "no such request").reply
            return Reply(200, answer(body))
        except MessageRefused as error:
            return Refused(400, error.check, error.why).reply
        except BlobMissing:
            return Refused(404, "blob", "no such blob").reply
        except (DiskFull, DiskFailed, JournalBusy) as error:
            return Refused(503, error.code, str(error), retry_s=60).reply

    def _blob(self, name: str, wanted: str) -> Reply:
        found = _RANGE.fullmatch(wanted)
        size = self._journal.blobs.size(name)
        if size is None:
            return Refused(404, "blob", "no such blob").reply
        start, end = (int(found[1]), int(found[2])) if found is not None else (0, size - 1)
        if not start <= end or start >= size:
            return Refused(416, "range", "a range beyond the blob").reply
        data = self._journal.blobs.read(name, start, min(end - start + 1, MAX_BATCH))
        return Reply(206, data, f"bytes {start}-{start + len(data) - 1}/{size}")

    def _drop(self, name: str) -> Reply:
        if name not in self._journal.membership.emptied_blobs:
            return Refused(403, "emptied", "no entry that empties this document is known here").reply
        self._journal.empty()
        return Reply(200, b"")

    def _keep(self, name: str, placed: str, body: bytes) -> Reply:
        found = _PLACED.fullmatch(placed)
        if found is None or int(found[2]) - int(found[1]) + 1 != len(body) or int(found[2]) >= int(found[3]):
            return Refused(400, "range", "Content-Range does not fit the piece").reply
        offset, total = int(found[1]), int(found[3])
        if total > MAX_BLOB:
            return Refused(413, "quota", "a document larger than this device takes").reply
        blobs = self._journal.blobs
        if blobs.has(name):
            return Reply(200, pack_held(blobs.size(name) or 0, True))
        held = blobs.begun(name)
        if held >= total:  # all of it came before, and the process ended before it had its name
            offset, body = held, b""
        elif offset != held:
            return Reply(409, pack_held(held, False))
        check_room(self._journal.root, total - offset)
        try:
            held = blobs.take(name, offset, body, last=offset + len(body) >= total)
        except BlobDamaged:
            return Reply(200, pack_held(0, False))
        return Reply(200, pack_held(held, blobs.has(name)))


def _after(environ: dict[str, Any]) -> int:
    found = _AFTER.fullmatch(str(environ.get("QUERY_STRING", "")))
    if found is None:
        raise Refused(400, "after", "after is a number")
    return int(found[1])


def _body(environ: dict[str, Any], longest: int = MAX_BODY) -> bytes:
    length = str(environ.get("CONTENT_LENGTH") or "0")
    if not (length.isascii() and length.isdigit()) or int(length) > longest:
        raise Refused(413, "length", "too large")
    data: bytes = environ["wsgi.input"].read(int(length)) if int(length) else b""
    if len(data) != int(length):
        raise Refused(400, "length", "cut short")
    return data
