"""The boxes of pairings at a relay: a device of the practice lays an offer down, somebody new answers it once.

Law: a stranger who knows the name of a box (60 bits) may read the offer and the answers, and lay one request of at
most 64 KiB; nothing of it is believed by anybody, and the short code decides (journal.pairing). All strangers together
take the turns of one practice. A box lives 72 hours at most; a practice has few. Source: docs/format/exchange.md,
"Boxes".
"""

from __future__ import annotations

from lanterne.relay.door import Guest
from lanterne.relay.errors import Conflict, Refusal
from lanterne.relay.house import House
from lanterne.relay.store import BoxRow
from lanterne.wire.asking import Complaint
from lanterne.wire.names import PracticeId
from lanterne.wire.pairing_box import EMPTY, LAPSES_MS, MAX_REQUEST, BoxName

STRANGERS = PracticeId("pairing")
"""Whoever is no device yet takes the turns of this one practice."""
_ENDS = 8


class BoxAnswering:
    """The answers. Each raises Refusal, Busy, StoreFailed."""

    def __init__(self, house: House) -> None:
        self._house = house

    # ------------------------------------------------------------ strangers

    async def read(self, name: BoxName, what: str) -> tuple[PracticeId, bytes]:
        """Whose box it is; the offer, or the newest answer."""
        house = self._house
        async with house.reads.of(STRANGERS):
            row = await house.run(self._standing, name)
            lies = await house.run(house.store.box_message, name, what)
        if lies is None:
            raise Refusal(404, Complaint(EMPTY, "nothing lies there yet"))
        return row.practice, lies

    async def ask(self, name: BoxName, request: bytes) -> None:
        """The one request; the same again changes nothing."""
        house = self._house
        if not 0 < len(request) <= MAX_REQUEST:
            raise Refusal(413, Complaint("length", "not a request of a pairing"))
        async with house.writes.of(STRANGERS):
            await house.run(self._standing, name)
            try:
                await house.durable(house.store.ask_box(name, request))
            except Conflict as error:
                raise Refusal(409, Complaint("P4", "another request came first")) from error

    # ------------------------------------------------------------ devices of the practice

    async def open(self, guest: Guest, name: BoxName, body: bytes) -> bytes:
        """An offer: when it lapses (8 bytes, milliseconds), then the message. Nothing changes when it lies there."""
        house, practice = self._house, guest.membership.practice
        offer, now = body[_ENDS:], house.now_ms()
        ends = min(int.from_bytes(body[:_ENDS]), now + LAPSES_MS)
        if not offer or len(offer) > house.quota.box_bytes:
            raise Refusal(413, Complaint("quota", "an offer longer than this relay keeps"))
        async with house.writes.of(practice):
            await house.durable(house.store.sweep_boxes(now))
            held = await house.run(house.store.boxes_of, practice)
            if name in held:
                return b""
            if len(held) >= house.quota.boxes:
                raise Refusal(413, Complaint("quota", "too many devices are being added at once"))
            try:
                await house.durable(house.store.open_box(BoxRow(name, practice, ends), offer))
            except Conflict as error:
                raise Refusal(409, Complaint("box", "another practice has a box of that name")) from error
        return b""

    async def answer(self, guest: Guest, name: BoxName, body: bytes) -> bytes:
        """The newest answer."""
        house, practice = self._house, guest.membership.practice
        if not body or len(body) > house.quota.box_bytes:
            raise Refusal(413, Complaint("quota", "an answer longer than this relay keeps"))
        async with house.writes.of(practice):
            await house.run(self._own, practice, name)
            await house.durable(house.store.answer_box(practice, name, body))
        return b""

    async def request(self, guest: Guest, name: BoxName) -> bytes:
        """The request that came."""
        house, practice = self._house, guest.membership.practice
        async with house.reads.of(practice):
            await house.run(self._own, practice, name)
            lies = await house.run(house.store.box_message, name, "request")
        if lies is None:
            raise Refusal(404, Complaint(EMPTY, "nothing lies there yet"))
        return lies

    async def refuse(self, guest: Guest, name: BoxName) -> bytes:
        """A request that is none is let go; the right one can still come."""
        return await self._let_go(guest, name, request_only=True)

    async def close(self, guest: Guest, name: BoxName) -> bytes:
        """The box is let go; nothing when there is none."""
        return await self._let_go(guest, name, request_only=False)

    async def _let_go(self, guest: Guest, name: BoxName, *, request_only: bool) -> bytes:
        house, practice = self._house, guest.membership.practice
        async with house.writes.of(practice):
            store = house.store
            done = store.refuse_box(practice, name) if request_only else store.close_box(practice, name)
            await house.durable(done)
        return b""

    def _own(self, practice: PracticeId, name: BoxName) -> None:
        if self._standing(name).practice != practice:
            raise Refusal(404, Complaint("box", "there is no such box"))

    def _standing(self, name: BoxName) -> BoxRow:
        row = self._house.store.box(name)
        if row is None or row.ends < self._house.now_ms():
            raise Refusal(404, Complaint("box", "there is no such box"))
        return row
