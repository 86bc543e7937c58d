"""Passes one request on to a worker and its answer back, through the connection's slates.

Law: bodies and heads are never made into Python objects; they go from socket to slate to socket, and the
slates are wiped after each exchange. With only the secretary unlocked, nothing a doctor read an hour ago is
left in this process.

The worker is spoken to in HTTP/1.0, one connection per request: the length of what is sent is the one number
the front has read itself, and what follows it goes nowhere, so no byte of one request can become another
(request smuggling). An answer that ends before the length it declared is cut short towards the browser too,
which then shows an error, not half a chart.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass

from lanterne.front import gate
from lanterne.front.errors import HeadRefused, WorkerSilent
from lanterne.front.heads import HOP_BY_HOP, AnswerHead, RequestHead, end_of_head, read_answer
from lanterne.front.replies import NO_STORE, Forward, status_line
from lanterne.front.settings import FrontSettings
from lanterne.front.slate import Pen, Slate

_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
#: the only field of our own family that a page may send
_ALLOWED_OWN = b"x-lanterne-background"
_NO_BODY = frozenset({204, 304})
_OWN_COOKIES = (gate.COOKIE, gate.FORM_COOKIE)


@dataclass(slots=True)
class Passage:
    """One request on its way through.

    `filled` bytes of `inward` hold its head and the beginning of its body.
    """

    client: socket.socket
    inward: Slate
    outward: Slate
    settings: FrontSettings
    head: RequestHead
    filled: int

    async def run(self, forward: Forward) -> bool:
        """Do it; whether the client's connection may serve another request.

        Raises WorkerSilent as long as nothing was sent to the client; OSError (TimeoutError included) when
        the client is gone or too slow, or when an answer broke off.
        """
        loop = asyncio.get_running_loop()
        client_keeps, is_head = self.head.keep_alive, self.head.method == b"HEAD"
        with self._connected() as upstream:
            try:
                async with asyncio.timeout(self.settings.answer_s):
                    await loop.sock_connect(upstream, ("127.0.0.1", forward.worker.port))
            except OSError as error:
                raise WorkerSilent(502, "the worker does not accept connections") from error
            if not forward.worker.alive():
                # Whoever listens on that port now is not our worker: it must see neither the secret nor the
                # request.
                raise WorkerSilent(502, "the worker has ended")
            clean = await self._send_request(upstream, forward)
            answer, filled = await self._receive_answer(upstream)
            return await self._send_answer(
                upstream, answer, filled, keep=clean and client_keeps, is_head=is_head
            )

    @contextlib.contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        upstream = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            upstream.setblocking(False)
            upstream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            yield upstream
        finally:
            upstream.close()

    async def _send_request(self, upstream: socket.socket, forward: Forward) -> bool:
        """Head, then exactly the declared body. False when the connection cannot be used again."""
        head = self.head
        pen = self._request_head(forward)
        left = head.body_bytes
        here = min(left, self.filled - head.end)
        clean = (
            self.filled - head.end <= left
        )  # more than the declared body came: dropped, and the connection closed
        if pen.end + here <= len(self.outward):
            pen.span(head.view, head.end, head.end + here)
            left -= here
            here = 0
        if not await self._to_worker(upstream, pen.written()):
            return False
        if here:
            if not await self._to_worker(upstream, head.view[head.end : head.end + here]):
                return False
            left -= here
        if left and head.expects_continue:
            await self._to_client(memoryview(_CONTINUE))
        budget_s = self.settings.body_s + left / self.settings.body_floor_bytes_per_s
        async with asyncio.timeout(budget_s):
            while left:
                # the head is spent: from here on the whole slate carries the body
                size = await self._receive(self.client, self.inward.view[: min(left, len(self.inward))])
                if not size:
                    raise ConnectionResetError("the browser left in the middle of its request")
                if not await self._to_worker(upstream, self.inward.view[:size]):
                    return False
                left -= size
        return clean

    async def _to_worker(self, upstream: socket.socket, piece: memoryview) -> bool:
        """False when the worker stopped listening: it may have answered early (a refusal), which is then
        read.
        """
        try:
            async with asyncio.timeout(self.settings.answer_s):
                await asyncio.get_running_loop().sock_sendall(upstream, piece)
        except ConnectionError:
            return False
        except TimeoutError as error:
            raise WorkerSilent(504, "the worker does not take the request") from error
        return True

    async def _receive_answer(self, upstream: socket.socket) -> tuple[AnswerHead, int]:
        filled = 0
        try:
            async with asyncio.timeout(self.settings.answer_s):
                while True:
                    size = await self._receive(upstream, self.inward.view[filled:], at=filled)
                    if not size:
                        raise WorkerSilent(502, "the worker closed without an answer")
                    end = end_of_head(self.inward.data, filled, filled + size)
                    filled += size
                    if end:
                        return read_answer(self.inward.data, self.inward.view, end), filled
        except TimeoutError as error:
            raise WorkerSilent(504, "the worker does not answer") from error
        except (OSError, HeadRefused) as error:
            raise WorkerSilent(502, "the worker's answer broke off") from error

    async def _send_answer(
        self, upstream: socket.socket, answer: AnswerHead, filled: int, *, keep: bool, is_head: bool
    ) -> bool:
        bodyless = is_head or answer.status in _NO_BODY
        left = 0 if bodyless else answer.body_bytes
        keep = keep and left is not None
        pen = self._answer_head(answer, keep)
        here = filled - answer.end if left is None else min(left, filled - answer.end)
        if pen.end + here <= len(self.outward):
            pen.span(answer.view, answer.end, answer.end + here)
            await self._to_client(pen.written())
        else:
            await self._to_client(pen.written())
            await self._to_client(answer.view[answer.end : answer.end + here])
        left = None if left is None else left - here
        while left is None or left:
            room = len(self.inward) if left is None else min(left, len(self.inward))
            async with asyncio.timeout(self.settings.answer_s):
                size = await self._receive(upstream, self.inward.view[:room])
            if not size:
                if left is None:
                    break
                raise ConnectionAbortedError("the worker's answer broke off")
            await self._to_client(self.inward.view[:size])
            left = None if left is None else left - size
        return keep

    async def _receive(self, source: socket.socket, room: memoryview, at: int = 0) -> int:
        """Fill `room`, which begins at `at` in the inward slate.

        Marked beforehand, so that a cut never escapes wiping.
        """
        self.inward.written_to(at + len(room))
        return await asyncio.get_running_loop().sock_recv_into(source, room)

    async def _to_client(self, piece: memoryview) -> None:
        async with asyncio.timeout(self.settings.send_s):
            await asyncio.get_running_loop().sock_sendall(self.client, piece)

    def _request_head(self, forward: Forward) -> Pen:
        head, pen = self.head, Pen(self.outward)
        dropped = HOP_BY_HOP | head.names_of_connection()
        pen.text(head.method + b" ")
        pen.span(head.view, *head.target)
        pen.text(b" HTTP/1.0\r\n")
        for field in head.fields:
            # "_" is dropped because WSGI makes X_Lanterne_Front and X-Lanterne-Front one name (G6)
            own = field.name.startswith(gate.OWN_PREFIX) and field.name != _ALLOWED_OWN
            if own or b"_" in field.name or field.name in dropped or field.name == b"cookie":
                continue
            pen.text(field.name + b": ")
            pen.span(head.view, field.start, field.end)
            pen.text(b"\r\n")
        lead = b"cookie: "
        for name, start, end in head.cookie_pairs():
            if name not in _OWN_COOKIES:
                pen.text(lead)
                pen.span(head.view, start, end)
                lead = b"; "
        if lead == b"; ":
            pen.text(b"\r\n")
        if head.body_bytes or head.method == b"POST":
            pen.text(f"content-length: {head.body_bytes}\r\n".encode())
        pen.text(f"x-lanterne-front: {forward.worker.front_secret}\r\n".encode())
        pen.text(f"x-lanterne-session: {forward.word}\r\nconnection: close\r\n\r\n".encode())
        return pen

    def _answer_head(self, answer: AnswerHead, keep: bool) -> Pen:
        """The worker's fields, the missing security fields (G9), and no-store (G10)."""
        pen = Pen(self.outward)
        dropped = (
            HOP_BY_HOP | answer.names_of_connection() | {b"cache-control", b"pragma", b"expires", b"server"}
        )
        pen.text(status_line(answer.status))
        present = set()
        for field in answer.fields:
            if (
                field.name in dropped
                or field.name.startswith(gate.OWN_PREFIX)
                or self._sets_our_cookie(answer, field.start)
            ):
                continue
            present.add(field.name)
            pen.text(field.name + b": ")
            pen.span(answer.view, field.start, field.end)
            pen.text(b"\r\n")
        for name, line in gate.SECURITY_FIELDS:
            if name not in present:
                pen.text(line)
        pen.text(NO_STORE)
        if answer.body_bytes is not None and answer.status not in _NO_BODY:
            pen.text(f"content-length: {answer.body_bytes}\r\n".encode())
        pen.text(b"\r\n" if keep else b"connection: close\r\n\r\n")
        return pen

    @staticmethod
    def _sets_our_cookie(answer: AnswerHead, start: int) -> bool:
        """No worker may give a browser another session: whatever the field, a value that begins like our
        cookies goes.
        """
        return any(answer.data.startswith(name + b"=", start) for name in _OWN_COOKIES)
