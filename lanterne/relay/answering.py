"""What a relay answers about entries and statements, request by request.

Law: whoever comes here was let in (relay.door). One practice is written for by one request at a time, so that
what was decided still holds when it is kept. A receipt is signed after the disk has it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Concatenate, NamedTuple, ParamSpec, TypeVar

from lanterne.proof.exchange import check_statement, sign_receipt
from lanterne.proof.genesis import Genesis
from lanterne.relay.accepting import Accepted, accept
from lanterne.relay.door import Guest, suspended
from lanterne.relay.errors import Busy, Conflict, Refusal
from lanterne.relay.house import House
from lanterne.wire.asking import (
    Complaint,
    GiveAnswer,
    HeadsAnswer,
    StatementVerdict,
    pack_give,
    pack_heads,
    pack_news,
    pack_state,
    read_after,
    read_entries_request,
)
from lanterne.wire.exchange import Signed
from lanterne.wire.framing import MAX_ENTRIES, frame_piece, frame_placed, read_framed
from lanterne.wire.names import PracticeId, Stream
from lanterne.wire.statements import Comparison, Receipt, Statement, compare_statements, read_statement

P = ParamSpec("P")
T = TypeVar("T")

_TRIES = 3
_BEGINNING = PracticeId("")
"""Practices begin one at a time, whichever they are."""


class Answering:
    """The answers. Each raises Refusal, MessageRefused (400), Busy, StoreFailed."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def found(self, genesis: Genesis) -> bytes:
        """A practice begins; nothing changes when it did before."""
        house = self._house
        async with house.writes.of(_BEGINNING):
            account = await house.run(house.store.account, genesis.practice)
            if account is not None:
                return pack_news(account.last)
            begun = await house.run(house.store.count_practices)
            if not await house.run(house.registration.takes, genesis.practice, begun):
                raise Refusal(
                    403, Complaint("not_listed", "the operator of this relay does not know this practice")
                )
            await house.durable(house.store.found(genesis.practice, genesis.raw, house.now_ms()))
        return pack_news(0)

    async def heads(self, guest: Guest, _body: bytes) -> bytes:
        """All tips, statements, notices."""
        house, practice = self._house, guest.membership.practice
        async with house.reads.of(practice):
            return await house.run(self._heads, guest)

    def _heads(self, guest: Guest) -> bytes:
        store, practice = self._house.store, guest.membership.practice
        account = store.account(practice)
        notices = self._house.notices.concerning(guest.membership, guest.header.device)
        answer = HeadsAnswer(
            store.tips(practice),
            store.statements(practice),
            account.waiting_entries if account else 0,
            account.last if account else 0,
            tuple(notice.raw for notice in notices[:64]),
        )
        return pack_heads(answer)

    async def _read(
        self, guest: Guest, find: Callable[Concatenate[PracticeId, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What the store finds of the guest's practice, in its turn."""
        practice = guest.membership.practice
        async with self._house.reads.of(practice):
            return await self._house.run(find, practice, *args, **kwargs)

    async def members(self, guest: Guest, body: bytes) -> bytes:
        """Members entries, predecessors first."""
        request = read_after(body)
        piece = await self._read(guest, self._house.store.members, request.after, request.most_bytes)
        return frame_piece(piece.entries, more=piece.more)

    async def entries(self, guest: Guest, body: bytes) -> bytes:
        """Entries of chains."""
        request = read_entries_request(body)
        piece = await self._read(guest, self._house.store.ranges, request.ranges, request.most_bytes)
        return frame_piece(piece.entries, more=piece.more)

    async def since(self, guest: Guest, body: bytes) -> bytes:
        """Entries in order of arrival."""
        request = read_after(body)
        piece = await self._read(guest, self._house.store.since, request.after, request.most_bytes)
        return frame_placed(piece.entries, more=piece.more)

    async def give(self, guest: Guest, body: bytes) -> bytes:
        """Entries are kept, or it is said why not."""
        raws = read_framed(body, most_entries=MAX_ENTRIES)
        house, practice = self._house, guest.membership.practice
        async with house.writes.of(practice):
            for _ in range(_TRIES):
                accepted, members = await house.run(self._decide, practice, raws)
                try:
                    await self._keep(accepted, members)
                except Conflict:
                    continue
                break
            else:
                raise Busy("this practice is written elsewhere", retry_s=house.load.retry_s, everybody=False)
        receipt = None
        if accepted.kept:
            said = Receipt(practice, house.key.id, house.now_ms(), accepted.kept)
            receipt = sign_receipt(said, house.key).raw
        return pack_give(GiveAnswer(accepted.answers, receipt))

    def _decide(self, practice: PracticeId, raws: tuple[bytes, ...]) -> tuple[Accepted, int]:
        house = self._house
        account = house.store.account(practice)
        membership = house.practices.membership(practice)
        if account is None or membership is None:
            raise Refusal(404, Complaint("practice", "this practice is not held here"))
        accepted = accept(
            raws,
            account=account,
            membership=membership,
            store=house.store,
            quota=house.quota,
            suspended=house.notices.suspended_seats,
        )
        return accepted, account.members_entries

    async def _keep(self, accepted: Accepted, members_before: int) -> None:
        house, batch = self._house, accepted.batch
        if not (batch.entries or batch.waiting or batch.released):
            return
        await house.durable(house.store.append(batch))
        for name in accepted.emptied_blobs:
            # Should this end here, a device that knows the act asks for it to be dropped (DELETE).
            await house.run(house.shelf.drop, batch.practice, name)
            await house.durable(house.store.forget_blob(batch.practice, name))
        more = sum(new.head.stream == Stream.MEMBERS for new in batch.entries)
        if more:
            house.practices.moved(batch.practice, accepted.membership, members_before + more)
        if batch.entries:
            house.news.tell(batch.practice)

    # ------------------------------------------------------------ statements

    async def state(self, guest: Guest, body: bytes) -> bytes:
        """A statement of heads, of whichever device of the practice."""
        statement = read_statement(body)
        check_statement(statement, guest.membership)
        house, practice = self._house, guest.membership.practice
        async with house.writes.of(practice):
            judged = await house.run(self._judge, practice, statement)
            await self._keep_statement(practice, statement, judged)
        return pack_state(judged.verdict)

    def _judge(self, practice: PracticeId, come: Signed[Statement]) -> _Judged:
        store, quota = self._house.store, self._house.quota
        held = [read_statement(raw) for raw in store.statements_of(practice, come.value.device)]
        compared = [compare_statements(one, come) for one in held]
        if Comparison.SAME in compared:
            return _Judged(StatementVerdict.HELD, None, False, False)
        devices, size = store.statement_use(practice)
        if size + len(come.raw) > quota.statement_bytes or (not held and devices >= quota.devices):
            raise Refusal(413, Complaint("quota", "too many statements are kept"))
        newest = held[0] if held else None
        first = newest is None or come.value.number > newest.value.number
        if not any(one.alarming for one in compared):
            verdict = StatementVerdict.KEPT if first else StatementVerdict.OLDER
            return _Judged(verdict, None, first, False)
        room = len(held) - 1 < quota.contradictions
        beside = newest if newest is not None and first and compared[0].alarming and room else None
        return _Judged(StatementVerdict.CONTRADICTS, beside, first, room and not first)

    async def _keep_statement(self, practice: PracticeId, come: Signed[Statement], judged: _Judged) -> None:
        house, device = self._house, come.value.device
        beside = judged.demoted
        if beside is not None:
            await house.durable(house.store.keep_beside(practice, device, beside.raw, beside.hash))
        if judged.newest:
            await house.durable(house.store.keep_statement(practice, device, come.raw, come.hash))
        elif judged.beside:
            await house.durable(house.store.keep_beside(practice, device, come.raw, come.hash))

    # ------------------------------------------------------------ news

    async def news(self, guest: Guest, after: int) -> bytes:
        """Waits until the newest position is beyond `after`, or a while; the newest position."""
        house, practice = self._house, guest.membership.practice
        ends = asyncio.get_running_loop().time() + house.load.poll_s
        while True:
            woken = house.news.listen(practice)
            try:
                async with house.looks.of(practice):
                    account = await house.run(house.store.account, practice)
                last = account.last if account is not None else 0
                left = ends - asyncio.get_running_loop().time()
                if last > after or left <= 0 or house.closing:
                    return pack_news(last)
                await asyncio.wait([woken], timeout=left)
            finally:
                house.news.leave(practice, woken)
            notice = house.notices.suspension(guest.membership, guest.header.device, house.now_ms())
            if notice is not None:
                raise suspended(notice)


class _Judged(NamedTuple):
    """What is done with a statement: `demoted` goes beside; the new one becomes the newest, or goes beside."""

    verdict: StatementVerdict
    demoted: Signed[Statement] | None
    newest: bool
    beside: bool
