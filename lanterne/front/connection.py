"""One connection of a browser: reads heads, asks the door, answers; wiped after each exchange.

Law: whoever is slow, long or unclear is cut, and told why when that is possible.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import socket
from collections.abc import Awaitable, Callable
from typing import Protocol

from lanterne.front.errors import HeadRefused, WorkerSilent
from lanterne.front.heads import RequestHead, end_of_head, read_request
from lanterne.front.proxy import Passage
from lanterne.front.replies import Forward, Reply, encode
from lanterne.front.settings import HEAD_BYTES, OUT_BYTES, SLATE_BYTES, FrontSettings
from lanterne.front.slate import Slate
from lanterne.wire.errors import LanterneError

ReadBody = Callable[[], Awaitable[memoryview]]
_LINGER_S = 2.0


class Door(Protocol):
    """What decides about a request once its head is read."""

    async def enter(self, head: RequestHead, read_body: ReadBody) -> Reply | Forward:
        """The answer, or where the request goes.

        `read_body` is for the front's own forms. May raise HeadRefused.
        """

    def refused(self, error: HeadRefused) -> Reply:
        """The page for a request that broke a rule."""

    def failed(self, error: OSError | LanterneError) -> Reply:
        """The page for a request the front could not carry out: the disk, the system, a file that is
        damaged.
        """

    async def lost(self, silent: WorkerSilent, forward: Forward) -> Reply:
        """The page for a request whose worker did not answer."""


class Connection:
    """Serves one accepted socket until it closes."""

    def __init__(self, client: socket.socket, settings: FrontSettings, door: Door) -> None:
        self._client = client
        self._settings = settings
        self._door = door
        self._inward = Slate(SLATE_BYTES)
        self._outward = Slate(OUT_BYTES)
        self._filled = 0

    async def serve(self) -> None:
        """Exchange after exchange. Ends quietly when the browser leaves: there is nobody to tell."""
        self._client.setblocking(False)
        self._client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # OSError: the browser left, was too slow, or an answer broke off; closing is the message.
        with contextlib.closing(self._client), contextlib.suppress(OSError):
            try:
                while await self._exchange():
                    self._wipe()
            finally:
                self._wipe()

    def _wipe(self) -> None:
        self._inward.wipe()
        self._outward.wipe()
        self._filled = 0

    async def _exchange(self) -> bool:
        """One request and its answer; whether there may be another."""
        try:
            end = await self._read_head()
            if not end:
                return False
            head = read_request(self._inward.data, self._inward.view, end)
        except HeadRefused as refused:
            await self._reply(self._door.refused(refused), keep=False, with_body=True)
            return False
        with_body, keep = head.method != b"HEAD", head.keep_alive
        try:
            if head.body_bytes > self._settings.body_bytes:
                raise HeadRefused(413, "G11", "body too large")
            outcome = await self._door.enter(head, functools.partial(self._read_body, head))
        except HeadRefused as refused:
            outcome, keep = self._door.refused(refused), False
        except (ConnectionError, TimeoutError):
            raise  # the browser's side
        except (OSError, LanterneError) as error:
            # Ours: the disk, no descriptor left, a file damaged. Must not be taken for a browser that left.
            outcome, keep = self._door.failed(error), False
        if isinstance(outcome, Forward):
            return await self._pass_on(head, outcome)
        # not kept when part of the body is still to come, or more than the body came
        keep = keep and self._filled == head.end + head.body_bytes
        await self._reply(outcome, keep=keep, with_body=with_body)
        return keep

    async def _pass_on(self, head: RequestHead, forward: Forward) -> bool:
        with_body = head.method != b"HEAD"
        passage = Passage(self._client, self._inward, self._outward, self._settings, head, self._filled)
        try:
            return await passage.run(forward)
        except WorkerSilent as silent:
            await self._reply(await self._door.lost(silent, forward), keep=False, with_body=with_body)
            return False

    async def _read_head(self) -> int:
        """Where the head ends; 0 when the browser left between two requests.

        Raises HeadRefused (400, 408, 431).
        """
        if not await self._receive(self._settings.keep_alive_s):
            return 0
        try:
            async with asyncio.timeout(self._settings.head_s):
                searched = 0
                while not (end := end_of_head(self._inward.data, searched, self._filled)):
                    searched = self._filled
                    if not await self._receive(self._settings.head_s):
                        return 0
                return end
        except TimeoutError as error:
            raise HeadRefused(408, "G12", "the request came too slowly") from error

    async def _receive(self, timeout_s: float) -> int:
        room = self._inward.view[self._filled :]
        self._inward.written_to(len(self._inward))
        async with asyncio.timeout(timeout_s):
            size = await asyncio.get_running_loop().sock_recv_into(self._client, room)
        self._filled += size
        return size

    async def _read_body(self, head: RequestHead) -> memoryview:
        """The body of one of our own forms, in the slate. Raises HeadRefused (413, 408)."""
        if head.body_bytes > min(self._settings.own_body_bytes, SLATE_BYTES - HEAD_BYTES):
            raise HeadRefused(413, "G11", "body too large")
        end = head.end + head.body_bytes
        try:
            async with asyncio.timeout(self._settings.body_s):
                while self._filled < end:
                    if not await self._receive(self._settings.body_s):
                        raise ConnectionResetError("the browser left in the middle of its request")
        except TimeoutError as error:
            raise HeadRefused(408, "G12", "the request came too slowly") from error
        return head.view[head.end : end]

    async def _reply(self, reply: Reply, *, keep: bool, with_body: bool) -> None:
        data = encode(reply, keep_alive=keep, with_body=with_body)
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._settings.send_s):
            await loop.sock_sendall(self._client, data)
        if not keep:
            await self._linger(loop)

    async def _linger(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let the browser read our answer: closing on unread bytes would reset the connection and lose it."""
        self._client.shutdown(socket.SHUT_WR)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LINGER_S):
                self._inward.written_to(len(self._inward))
                while await loop.sock_recv_into(self._client, self._inward.view):
                    pass
