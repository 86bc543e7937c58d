"""Who asks: a device of the practice, now, once, and not suspended.

Law: what can be known from the head of a request is checked before its body is received; the signature
before anything in the body is looked at; and what a request asks is looked at only for a device of the
practice. Source: docs/format/exchange.md, Over HTTP.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from lanterne.proof.exchange import check_request, may_ask
from lanterne.proof.genesis import Genesis
from lanterne.proof.membership import Membership
from lanterne.relay.errors import Busy, Refusal
from lanterne.relay.house import House
from lanterne.relay.nonces import AHEAD_MS, Answer, Caller
from lanterne.wire.asking import Complaint
from lanterne.wire.errors import CheckFailed
from lanterne.wire.exchange import MessageRefused, Signed
from lanterne.wire.names import PracticeId
from lanterne.wire.request import WINDOW_MS, Request, RequestHeader, read_request_header
from lanterne.wire.statements import OperatorNotice, State

_LARGE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Guest:
    """A device of the practice as the head of its request names it; its signature is not checked yet."""

    header: RequestHeader
    membership: Membership
    transport: bytes


def read_header(values: list[str]) -> RequestHeader:
    """The one header `Lanterne-Device`. Raises Refusal 401."""
    try:
        return read_request_header(values[0] if len(values) == 1 else "")
    except MessageRefused as error:
        raise Refusal(401, Complaint(error.check, error.why)) from error


class Door:
    """Lets requests in."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def look(self, practice: PracticeId, header: RequestHeader) -> Guest:
        """What the head of a request says. Raises Refusal 401, 404; Busy."""
        membership = await self.membership(practice)
        now = self._house.now_ms()
        transport = may_ask(header.device, membership, now)
        if transport is None:
            raise Refusal(401, Complaint("device", "not a device of this practice with an active seat"))
        caller = self._house.callers.known(practice, header.device)
        self.check_clock(header, newest=0 if caller is None else caller.newest)
        return Guest(header, membership, transport)

    async def membership(self, practice: PracticeId) -> Membership:
        """The membership of a practice held here. Raises Refusal 404."""
        house = self._house
        found = house.practices.remembered(practice)
        if found is None:
            async with house.reads.of(practice):
                found = await house.run(house.practices.membership, practice)
        if found is None:
            raise Refusal(404, Complaint("practice", "this practice is not held here"))
        return found

    def check_clock(self, header: RequestHeader, newest: int = 0) -> None:
        """Raises Refusal 401, with the time to use.

        `newest` is the newest time the device was taken at: should our own clock be set back, what we tell it to use
        must be what we take.
        """
        now = max(self._house.now_ms(), newest)
        if abs(header.time - now) > WINDOW_MS:
            raise Refusal(401, Complaint("clock", "the time of the request is too far from ours", time=now))

    async def let_in(self, guest: Guest, request: Request) -> None:
        """Signature, nonce, suspension. Raises Refusal 401, 403; Busy."""
        await self.check_signature(guest.header, request, guest.transport)
        await self._check_once(request.practice, guest.header)
        notice = self._house.notices.suspension(guest.membership, guest.header.device, self._house.now_ms())
        if notice is not None:
            raise suspended(notice)

    async def let_begin(self, header: RequestHeader, request: Request, genesis: Genesis) -> None:
        """The same for a practice that is to begin: its first device asks. Raises Refusal."""
        if header.device != genesis.device.id:
            raise Refusal(401, Complaint("device", "a practice is begun by the device its genesis names"))
        self.check_clock(header)
        await self.check_signature(header, request, genesis.device.transport)
        notice = self._house.notices.everywhere
        if notice is not None and notice.value.state is State.SUSPENDED:
            raise suspended(notice)

    async def check_signature(self, header: RequestHeader, request: Request, transport: bytes) -> None:
        """Raises Refusal 401."""
        try:
            if len(request.body) > _LARGE:
                await self._house.run(check_request, header, request, transport)
            else:
                check_request(header, request, transport)
        except CheckFailed as error:
            raise Refusal(401, Complaint(error.check, error.why)) from error

    async def _check_once(self, practice: PracticeId, header: RequestHeader) -> None:
        """Nonce and floor; the floor is durable before this returns."""
        house = self._house
        caller = house.callers.known(practice, header.device)
        if caller is None:
            floor = await house.run(house.store.floor, practice, header.device)
            caller = house.callers.remember(practice, header.device, floor)
        answer = house.callers.take(caller, header.time, header.nonce)
        if answer is Answer.TOO_OLD:
            time = max(house.now_ms(), caller.newest + 1, caller.floor + 1)
            raise Refusal(401, Complaint("clock", "older than what this device asked before", time=time))
        if answer is Answer.REPLAYED:
            raise Refusal(401, Complaint("nonce", "this request came before"))
        if answer is Answer.TOO_MANY:
            raise Busy("too many requests of this device", retry_s=60, everybody=False)
        await self._make_durable(practice, header, caller)

    async def _make_durable(self, practice: PracticeId, header: RequestHeader, caller: Caller) -> None:
        house = self._house
        if header.time > caller.durable:
            caller.durable = header.time + AHEAD_MS
            caller.rising = asyncio.ensure_future(
                house.durable(house.store.raise_floor(practice, header.device, caller.durable))
            )
        rising = caller.rising
        if rising is not None:
            try:
                await asyncio.shield(rising)
            finally:
                if rising.done() and caller.rising is rising:
                    caller.rising = None
                    if rising.cancelled() or rising.exception() is not None:
                        caller.durable = 0


def suspended(notice: Signed[OperatorNotice]) -> Refusal:
    """403 with the notice."""
    return Refusal(403, Complaint("suspended", "suspended by the operator of this relay", notice=notice.raw))
