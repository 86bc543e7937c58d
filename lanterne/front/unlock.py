"""Unlocking and locking a seat from the browser.

Law: one try at a time for a seat; each is counted, on disk, before it is made; the passphrase is
zeroed as soon as the worker has it; a browser leaves its former seat when it takes another.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from lanterne.front import gate
from lanterne.front.connection import ReadBody
from lanterne.front.errors import HeadRefused
from lanterne.front.heads import RequestHead
from lanterne.front.idle import IdleWatch
from lanterne.front.pages import Pages, SeatShown, ended_sentence, sentence_for, wait_sentence
from lanterne.front.passphrase import read_form, wipe
from lanterne.front.replies import Reply
from lanterne.front.sessions import FormTokens, Sessions
from lanterne.front.workers import Workers
from lanterne.journal.unlock_limit import TooManyAttempts
from lanterne.wire.errors import LanterneError
from lanterne.wire.names import SeatId

_PAGE = "text/html; charset=utf-8"
_STATUS = {
    "wrong_passphrase": 403,
    "access_ended": 403,
    "access_pending": 403,
    "seat_may_not_write": 403,
    "stale_form": 403,
    "unknown_seat": 400,
    "no_passphrase": 400,
}


class UnlockLimit(Protocol):
    """Counts tries across restarts: `lanterne.journal.unlock_limit.UnlockLimit`.

    Its methods block on the disk; they are called from a thread.
    """

    def attempt(self, seat: SeatId, now_ms: int) -> None:
        """Count a try, durably, before it is made. Raises TooManyAttempts, or DiskFull, DiskFailed."""

    def succeeded(self, seat: SeatId) -> None:
        """The right passphrase was given: the count starts anew."""


class UnlockDesk:
    """/ouvrir and /verrouiller."""

    def __init__(
        self,
        *,
        workers: Workers,
        sessions: Sessions,
        idle: IdleWatch,
        clock: Callable[[], float],
        list_seats: Callable[[], Sequence[SeatShown]],
        limit: UnlockLimit,
    ) -> None:
        self._workers = workers
        self._sessions = sessions
        self._idle = idle
        self._clock = clock
        self._list_seats = list_seats
        self._limit = limit
        self._pages = Pages()
        self._tokens = FormTokens()
        self._trying: dict[str, asyncio.Lock] = {}

    async def show(self, head: RequestHead) -> Reply:
        """GET /ouvrir."""
        tone, sentence = ended_sentence(self._sessions.why_ended(gate.session_token(head)))
        return await self._page(head, 200, tone=tone, sentence=sentence)

    async def submit(self, head: RequestHead, read_body: ReadBody) -> Reply:
        """POST /ouvrir: a session and 303 to /, or the page again with the reason."""
        if (head.value(b"content-type") or b"").partition(b";")[
            0
        ].strip() != b"application/x-www-form-urlencoded":
            raise HeadRefused(415, "G14", "a form is expected")
        body = await read_body()
        try:
            fields = read_form(body)
        except ValueError as error:
            raise HeadRefused(400, "G14", "malformed form") from error
        finally:
            body[:] = bytes(len(body))
        try:
            return await self._try(head, fields)
        finally:
            for value in fields.values():
                wipe(value)

    async def lock(self, seat: str, reason: str) -> None:
        """End every session of that seat, then its process; returns when it is gone."""
        self._sessions.end_seat(seat, reason)
        self._idle.forget(seat)
        await self._workers.lock(seat)

    async def lock_mine(self, head: RequestHead, read_body: ReadBody) -> Reply:
        """POST /verrouiller: locks the seat of this browser, in every browser that has it."""
        await read_body()
        session = self._sessions.find(gate.session_token(head))
        if session is not None:
            await self.lock(session.seat, "locked")
        fields = (("Set-Cookie", gate.ended_cookie()),)
        if head.value(b"hx-request") == b"true":
            return Reply(204, (*fields, ("HX-Redirect", gate.UNLOCK_PATH)))
        return Reply(303, (*fields, ("Location", gate.UNLOCK_PATH)))

    async def _try(self, head: RequestHead, fields: dict[str, bytearray]) -> Reply:
        none = bytearray()
        if not self._tokens.agrees(gate.form_token(head), fields.get("jeton", none)):
            return await self._refusal(head, "stale_form", None)
        seat = fields.get("seat", none).decode()
        if seat not in [one.seat for one in await self._seats()]:
            return await self._refusal(head, "unknown_seat", None)
        passphrase = fields.get("passphrase", none)
        if not passphrase:
            return await self._refusal(head, "no_passphrase", seat)
        async with self._trying.setdefault(seat, asyncio.Lock()):
            try:
                await asyncio.to_thread(self._limit.attempt, SeatId(seat), int(time.time() * 1000))
                await self._workers.unlock(seat, passphrase)
                await asyncio.to_thread(self._limit.succeeded, SeatId(seat))
            except TooManyAttempts as wait:
                wait_ms = wait.params.get("wait_ms", 0)
                sentence = wait_sentence(wait_ms / 1000 if isinstance(wait_ms, int) else 0)
                return await self._page(head, 429, seat=seat, tone="warn", sentence=sentence)
            except LanterneError as refused:
                # a try that could not be counted (full disk) is not made; one that failed says why
                return await self._refusal(head, refused.code, seat)
        return await self._welcome(head, seat)

    async def _welcome(self, head: RequestHead, seat: str) -> Reply:
        former = self._sessions.find(gate.session_token(head))
        session = self._sessions.open(seat)
        self._idle.act(seat, self._clock())
        if former is not None and self._sessions.end(former.token, "locked"):
            # Two persons on one PC: whoever takes over does not leave the other's record open behind the
            # screen.
            await self.lock(former.seat, "locked")
        return Reply(303, (("Set-Cookie", gate.session_cookie(session.token)), ("Location", "/")))

    async def _refusal(self, head: RequestHead, code: str, seat: str | None) -> Reply:
        tone, sentence = sentence_for(code)
        return await self._page(head, _STATUS.get(code, 503), seat=seat, tone=tone, sentence=sentence)

    async def _page(
        self, head: RequestHead, status: int, *, seat: str | None = None, tone: str = "", sentence: str = ""
    ) -> Reply:
        token = self._tokens.give(gate.form_token(head))
        page = self._pages.unlock(await self._seats(), token=token, chosen=seat, tone=tone, sentence=sentence)
        return Reply(status, (("Set-Cookie", gate.form_cookie(token)),), page, _PAGE)

    async def _seats(self) -> Sequence[SeatShown]:
        return await asyncio.to_thread(self._list_seats)
