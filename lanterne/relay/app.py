"""The relay over HTTP: addresses, headers, statuses.

Law: every answer but the status page is a message of the exchange; one to a signed request is signed; every
error becomes a status and a complaint, and none is answered with more than its code and sentence. Source:
docs/format/exchange.md, Over HTTP.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from lanterne.proof.exchange import sign_answer
from lanterne.proof.genesis import MAX_BYTES as MAX_GENESIS
from lanterne.proof.genesis import read_genesis
from lanterne.relay import status as status_page
from lanterne.relay.answering import Answering
from lanterne.relay.blob_answering import BlobAnswering, read_content_range, read_range
from lanterne.relay.boxes import STRANGERS, BoxAnswering
from lanterne.relay.door import Door, Guest, read_header
from lanterne.relay.errors import Busy, Refusal, StoreBusy, StoreFailed
from lanterne.relay.handing import Handed
from lanterne.relay.house import House
from lanterne.wire.asking import MAX_REQUEST, Complaint, pack_complaint
from lanterne.wire.errors import CheckFailed
from lanterne.wire.exchange import MAX_BATCH, MEDIA_TYPE, NUMBER_LIMIT, BlobName
from lanterne.wire.names import PracticeId
from lanterne.wire.pairing_box import BOX, PATH, BoxName
from lanterne.wire.pairing_box import MAX_REQUEST as MAX_BOX_REQUEST
from lanterne.wire.request import DEVICE_HEADER, HOLDER_HEADER, Request, RequestHeader
from lanterne.wire.statements import MAX_STATEMENT_BYTES

_log = logging.getLogger("lanterne.relay")
_PRACTICE = re.compile(r"[0-9a-f]{64}")
_AFTER = re.compile(r"after=(\d{1,18})")
_DISK_RETRY_S = 30
_STRANGERS_MAY = frozenset({("GET", "offer"), ("GET", "answer"), ("POST", "request")})
_DEVICES_MAY = frozenset(
    {("PUT", "offer"), ("PUT", "answer"), ("GET", "request"), ("DELETE", "request"), ("DELETE", "offer")}
)
_NOTICES_S = 1.0
Answer = Callable[[Guest, bytes], Awaitable[bytes]]
Work = Callable[[RequestHeader, PracticeId], Awaitable[Handed]]


class Desk:
    """The handlers of one relay."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._door = Door(house)
        self._entries = Answering(house)
        self._blobs = BlobAnswering(house)
        self._boxes = BoxAnswering(house)
        asked: dict[str, tuple[Answer, int]] = {
            "heads": (self._entries.heads, 0),
            "members": (self._entries.members, MAX_REQUEST),
            "entries": (self._entries.entries, MAX_REQUEST),
            "since": (self._entries.since, MAX_REQUEST),
            "give": (self._entries.give, MAX_BATCH),
            "state": (self._entries.state, MAX_STATEMENT_BYTES),
            "lacking": (self._blobs.lacking, MAX_REQUEST),
            "sums": (self._blobs.sums, 0),
            "blobs": (self._blobs.listed, MAX_REQUEST),
        }
        self._asked = asked

    def sweep(self) -> int:
        """See BlobAnswering."""
        return self._blobs.sweep()

    # ------------------------------------------------------------ the way in and out

    async def _answered(self, http: HttpRequest, work: Work) -> Response:
        """Do `work`; whatever happens becomes an answer, signed when the request was."""
        header: RequestHeader | None = None

        async def signed() -> Response:
            nonlocal header
            practice = PracticeId(http.path_params["practice"])
            if _PRACTICE.fullmatch(practice) is None:
                raise Refusal(404, Complaint("practice", "this practice is not held here"))
            header = read_header(http.headers.getlist(DEVICE_HEADER))
            return self._counted(await work(header, practice), practice)

        response = await self._settled(signed)
        if header is not None:
            house = self._house
            answer = sign_answer(
                header,
                status=response.status_code,
                body=bytes(response.body),
                holder=house.key.id,
                signer=house.key,
            )
            response.headers[HOLDER_HEADER] = answer.to_text()
        return response

    async def _settled(self, work: Callable[[], Awaitable[Response]]) -> Response:
        """Do `work`; whatever happens becomes an answer that is not kept anywhere."""
        try:
            response = await work()
        except Refusal as refusal:
            response = _complain(refusal.status, refusal.complaint)
        except CheckFailed as failed:
            response = _complain(400, Complaint(failed.check, failed.why))
        except Busy as busy:
            response = _complain(503 if busy.everybody else 429, Complaint("busy", str(busy)), busy.retry_s)
        except StoreBusy as busy:
            response = _complain(503, Complaint("busy", str(busy)), self._house.load.retry_s)
        except (StoreFailed, OSError) as error:
            response = self._disk(error)
        except ClientDisconnect:
            return Response(status_code=400)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _counted(self, response: Handed, whose: PracticeId) -> Handed:
        """What waits until it is taken, within the budget of its practice. Raises Busy."""
        if response.is_large:
            response.held.enter_context(self._house.answers.of(whose, len(response.body)))
        return response

    def _say(self, body: bytes, status: int = 200) -> Handed:
        return Handed(body, status, media_type=MEDIA_TYPE, silence_s=self._house.load.answer_silence_s)

    def _disk(self, error: StoreFailed | OSError) -> Response:
        """The disk refused: the operator sees it in the log and on the status page, the device is told."""
        self._house.trouble = type(error).__name__
        _log.error("the disk refused: %s", error)
        return _complain(
            503, Complaint("disk", "the disk of this relay refused; nothing was kept"), _DISK_RETRY_S
        )

    async def _body(self, http: HttpRequest, practice: PracticeId, most: int) -> bytes:
        """The body, within the budget of its practice. Raises Refusal, Busy."""
        size = _length(http)
        if size > most:
            raise Refusal(413, Complaint("too_large", f"{size} bytes, {most} allowed"))
        if not size:
            return b""
        with self._house.bodies.of(practice, size):
            pieces = []
            stream = http.stream()
            try:
                while piece := await asyncio.wait_for(anext(stream, b""), self._house.load.body_silence_s):
                    pieces.append(piece)
            except TimeoutError as error:
                raise Refusal(400, Complaint("silence", "the rest of the request did not come")) from error
            return b"".join(pieces)

    async def _strangers_body(self, http: HttpRequest) -> bytes:
        """As small as it is, all of it within one silence: a byte now and then would hold the budget for ever."""
        try:
            async with asyncio.timeout(self._house.load.body_silence_s):
                return await self._body(http, STRANGERS, MAX_BOX_REQUEST)
        except TimeoutError as error:
            raise Refusal(400, Complaint("silence", "the request comes too slowly")) from error

    def _request(self, http: HttpRequest, practice: PracticeId, body: bytes) -> Request:
        """What of a request is signed: the target as it came."""
        target = bytes(http.scope["raw_path"])
        query = bytes(http.scope["query_string"])
        return Request(
            http.method,
            (target + (b"?" + query if query else b"")).decode("latin-1"),
            body,
            practice,
            self._house.key.id,
        )

    async def _guest(
        self, http: HttpRequest, header: RequestHeader, practice: PracticeId, most: int
    ) -> tuple[Guest, bytes]:
        """Who asks, let in, and the body."""
        guest = await self._door.look(practice, header)
        body = await self._body(http, practice, most)
        await self._door.let_in(guest, self._request(http, practice, body))
        return guest, body

    # ------------------------------------------------------------ requests

    async def ask(self, http: HttpRequest) -> Response:
        """POST /1/<practice>/<request>"""
        name = str(http.path_params["request"])

        async def work(header: RequestHeader, practice: PracticeId) -> Handed:
            if name == "found":
                return await self._found(http, header, practice)
            if name not in self._asked:
                raise Refusal(404, Complaint("request", "no such request"))
            answer, most = self._asked[name]
            guest, body = await self._guest(http, header, practice, most)
            return self._say(await answer(guest, body))

        return await self._answered(http, work)

    async def _found(self, http: HttpRequest, header: RequestHeader, practice: PracticeId) -> Handed:
        body = await self._body(http, practice, MAX_GENESIS)
        genesis = await self._house.run(read_genesis, body)
        if genesis.practice != practice:
            raise Refusal(400, Complaint("M1", "the genesis is of another practice"))
        await self._door.let_begin(header, self._request(http, practice, body), genesis)
        return self._say(await self._entries.found(genesis))

    async def news(self, http: HttpRequest) -> Response:
        """GET /1/<practice>/news?after=<position>"""

        async def work(header: RequestHeader, practice: PracticeId) -> Handed:
            found = _AFTER.fullmatch(http.scope["query_string"].decode("latin-1"))
            if found is None or int(found[1]) >= NUMBER_LIMIT:
                raise Refusal(400, Complaint("after", "after is a position"))
            guest, _ = await self._guest(http, header, practice, 0)
            return self._say(await self._entries.news(guest, int(found[1])))

        return await self._answered(http, work)

    async def blob(self, http: HttpRequest) -> Response:
        """GET, PUT, DELETE /1/<practice>/blobs/<name>"""
        name = BlobName(http.path_params["name"])

        async def work(header: RequestHeader, practice: PracticeId) -> Handed:
            if _PRACTICE.fullmatch(name) is None:  # 64 hex digits, like a practice
                raise Refusal(404, Complaint("blob", "this document is not held"))
            guest, body = await self._guest(http, header, practice, MAX_BATCH if http.method == "PUT" else 0)
            if http.method == "PUT":
                offset, total = read_content_range(http.headers.get("content-range"), len(body))
                held = await self._blobs.keep(guest, name, offset, total, body)
                return self._say(held.answer, 200 if held.taken else 409)
            if http.method == "DELETE":
                await self._blobs.drop(guest, name)
                return self._say(b"")
            asked = read_range(http.headers.get("range"))
            piece = await self._blobs.piece(guest, name, asked)
            response = self._say(piece.data, 200 if piece.whole else 206)
            last = piece.offset + len(piece.data) - 1
            response.headers["Content-Range"] = f"bytes {piece.offset}-{last}/{piece.total}"
            return response

        return await self._answered(http, work)

    # ------------------------------------------------------------ boxes of pairings

    async def box(self, http: HttpRequest) -> Response:
        """GET, POST /1/pairing/<box>/<what>: somebody who is no device of any practice yet; not signed."""

        async def work() -> Response:
            found = PATH.fullmatch(http.url.path)
            what = found[2] if found is not None else ""
            if found is None or (http.method, what) not in _STRANGERS_MAY:
                raise Refusal(404, Complaint("request", "no such request"))
            name = BoxName(found[1])
            if http.method == "POST":
                await self._boxes.ask(name, await self._strangers_body(http))
                return self._say(b"")
            practice, lies = await self._boxes.read(name, what)
            return self._counted(self._say(lies), PracticeId(f"{STRANGERS} {practice}"))

        return await self._settled(work)

    async def own_box(self, http: HttpRequest) -> Response:
        """PUT offer and answer, GET and DELETE request, DELETE offer, below /1/<practice>/pairing/<box>/"""
        name, what = BoxName(http.path_params["box"]), str(http.path_params["what"])

        async def work(header: RequestHeader, practice: PracticeId) -> Handed:
            act = (http.method, what)
            if BOX.fullmatch(name) is None or act not in _DEVICES_MAY:
                raise Refusal(404, Complaint("request", "no such request"))
            most = self._house.quota.box_bytes + 8 if http.method == "PUT" else 0
            guest, body = await self._guest(http, header, practice, most)
            if act == ("PUT", "offer"):
                return self._say(await self._boxes.open(guest, name, body))
            if act == ("PUT", "answer"):
                return self._say(await self._boxes.answer(guest, name, body))
            if act == ("GET", "request"):
                return self._say(await self._boxes.request(guest, name))
            if act == ("DELETE", "request"):
                return self._say(await self._boxes.refuse(guest, name))
            return self._say(await self._boxes.close(guest, name))

        return await self._answered(http, work)

    # ------------------------------------------------------------ for people

    async def status(self, _http: HttpRequest) -> Response:
        """GET /status"""
        headers = {"Content-Security-Policy": status_page.CSP, "Cache-Control": "no-store"}
        return HTMLResponse(status_page.page(status_page.status(self._house)), headers=headers)

    async def status_json(self, _http: HttpRequest) -> Response:
        """GET /status.json"""
        return JSONResponse(status_page.status(self._house), headers={"Cache-Control": "no-store"})


def _length(http: HttpRequest) -> int:
    """Content-Length, without which a body is not received."""
    text = http.headers.get("content-length", "0")
    if not text.isascii() or not text.isdigit() or len(text) > 15 or "transfer-encoding" in http.headers:
        raise Refusal(400, Complaint("length", "Content-Length is missing"))
    return int(text)


def _complain(status: int, complaint: Complaint, retry_s: int | None = None) -> Response:
    response = Response(pack_complaint(complaint), status, media_type=MEDIA_TYPE)
    if retry_s is not None:
        response.headers["Retry-After"] = str(retry_s)
    return response


async def _watch_notices(house: House) -> None:
    """Another process writes the operator's notices: seen within a second, and every poll looks again."""
    known = await house.run(house.store.notices)
    while True:
        await asyncio.sleep(_NOTICES_S)
        found = await house.run(house.store.notices)
        if found != known:
            known = found
            house.notices = await house.run(house.read_notices)
            house.news.tell_all()


def make_app(house: House) -> Starlette:
    """The ASGI application of a relay. Closes `house` when it stops."""
    desk = Desk(house)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await house.run(desk.sweep)
        watching = asyncio.create_task(_watch_notices(house))
        try:
            yield
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
            await asyncio.to_thread(house.close)

    app = Starlette(
        routes=[
            Route("/status", desk.status, methods=["GET"]),
            Route("/status.json", desk.status_json, methods=["GET"]),
            Route("/1/pairing/{box}/{what}", desk.box, methods=["GET", "POST"]),
            Route("/1/{practice}/pairing/{box}/{what}", desk.own_box, methods=["GET", "PUT", "DELETE"]),
            Route("/1/{practice}/news", desk.news, methods=["GET"]),
            Route("/1/{practice}/blobs/{name}", desk.blob, methods=["GET", "PUT", "DELETE"]),
            Route("/1/{practice}/{request}", desk.ask, methods=["POST"]),
        ],
        lifespan=lifespan,
    )
    # An address is signed as it is: one with another slash is another address, and unknown.
    app.router.redirect_slashes = False
    return app
