"""Nobody starves: places go round over the practices, and who finds the queue full is told when to come again."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from lanterne.relay.errors import Busy
from lanterne.relay.limits import Load
from lanterne.relay.nonces import Answer, Caller, Callers
from lanterne.relay.practices import Practices
from lanterne.relay.status import status
from lanterne.relay.turns import Budget, Turns
from lanterne.wire.framing import frame
from lanterne.wire.names import DeviceId, PracticeId
from lanterne.wire.request import NONCE_SPAN_MS
from tests import cast
from tests.relay.conftest import Running, Start

A, B, C = (PracticeId(letter * 64) for letter in "abc")


def turns(*, running: int = 1, each: int = 1, waiting: int = 100, waiting_each: int = 100) -> Turns:
    return Turns(running=running, each=each, waiting=waiting, waiting_each=waiting_each, retry_s=3)


async def served(turns: Turns, practices: list[PracticeId]) -> list[PracticeId]:
    """The order in which those are served who came while one was being served."""
    order: list[PracticeId] = []

    async def one(practice: PracticeId) -> None:
        async with turns.of(practice):
            order.append(practice)
            await asyncio.sleep(0)

    async with turns.of(A):
        tasks = [asyncio.create_task(one(practice)) for practice in practices]
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    return order


def test_places_go_round() -> None:
    assert asyncio.run(served(turns(), [A, A, A, A, B, C, B])) == [A, B, C, A, B, A, A]


def test_one_practice_never_has_more_than_its_share() -> None:
    async def play() -> None:
        one = turns(running=10, each=1)
        async with one.of(A):
            waiting = asyncio.create_task(asyncio.wait_for(one.of(A).__aenter__(), 5))
            async with one.of(B):
                assert not waiting.done(), "places are free, but not for A"
        await waiting

    asyncio.run(play())


@pytest.mark.parametrize(("limits", "everybody"), [({"waiting_each": 1}, False), ({"waiting": 1}, True)])
def test_a_full_queue_says_so(limits: dict[str, int], everybody: bool) -> None:
    async def play() -> None:
        one = turns(**limits)
        async with one.of(A):
            waiting = asyncio.create_task(one.of(B).__aenter__())
            await asyncio.sleep(0)
            with pytest.raises(Busy) as busy:
                await one.of(B).__aenter__()
            assert (busy.value.everybody, busy.value.retry_s) == (everybody, 3)
        await waiting

    asyncio.run(play())


def test_who_leaves_the_queue_leaves_no_hole() -> None:
    async def play() -> None:
        one = turns()
        async with one.of(A):
            gone = asyncio.create_task(one.of(B).__aenter__())
            stays = asyncio.create_task(one.of(C).__aenter__())
            await asyncio.sleep(0)
            gone.cancel()
            await asyncio.sleep(0)
        await asyncio.wait_for(stays, 5)

    asyncio.run(play())


def test_who_leaves_at_the_moment_of_their_turn_gives_it_on() -> None:
    async def play() -> None:
        one = turns()
        holder = one.of(A)
        await holder.__aenter__()
        gone = asyncio.create_task(one.of(B).__aenter__())
        stays = asyncio.create_task(one.of(C).__aenter__())
        await asyncio.sleep(0)
        await holder.__aexit__(None, None, None)
        gone.cancel()
        await asyncio.wait_for(stays, 5)

    asyncio.run(play())


def test_what_is_on_its_way_has_a_budget() -> None:
    budget = Budget(most=10, each=6, retry_s=1)
    with budget.of(A, 6):
        with pytest.raises(Busy) as mine, budget.of(A, 1):
            pass
        assert not mine.value.everybody
        with pytest.raises(Busy) as everybodys, budget.of(B, 5):
            pass
        assert everybodys.value.everybody
        with budget.of(B, 4):
            pass
    with budget.of(A, 6):
        pass


# ---------------------------------------------------------------- nonces


def test_a_nonce_is_remembered_as_long_as_its_time_is_taken() -> None:
    caller = Caller(floor=1000)
    assert caller.take(1000, b"a", 10) is Answer.TOO_OLD
    assert caller.take(1001, b"a", 10) is Answer.NEW
    assert caller.take(1001, b"a", 10) is Answer.REPLAYED
    late = 1001 + NONCE_SPAN_MS
    assert caller.take(late, b"b", 10) is Answer.NEW
    assert caller.take(1001, b"a", 10) is Answer.TOO_OLD
    assert caller.take(1002, b"c", 10) is Answer.NEW, "within the span, in any order"


def test_nonces_are_bounded_and_old_ones_make_room() -> None:
    caller = Caller(floor=0)
    for number in range(10):
        assert caller.take(5, bytes([number]), 10) is Answer.NEW
    assert caller.take(5, b"more", 10) is Answer.TOO_MANY
    assert caller.take(6 + NONCE_SPAN_MS, b"later", 10) is Answer.TOO_MANY, "its newest has not moved yet"
    caller.newest = 6 + NONCE_SPAN_MS
    assert caller.take(7 + NONCE_SPAN_MS, b"later", 10) is Answer.NEW


def test_forgotten_devices_come_back_with_their_floor() -> None:
    callers = Callers(devices=1, nonces_each=10)
    first = callers.remember(A, DeviceId("1" * 32), 5)
    assert callers.known(A, DeviceId("1" * 32)) is first
    callers.remember(A, DeviceId("2" * 32), 0)
    assert callers.known(A, DeviceId("1" * 32)) is None


# ---------------------------------------------------------------- memory, overload


def test_memberships_are_forgotten_and_computed_again(relay: Running) -> None:
    device = relay.device()
    device.found(cast.genesis())
    garance = cast.garance()
    device.give([garance.decide(garance.fact("rotation.due", {"compartment": 1})).raw])
    anew = cast.found_anew("somewhere else")
    relay.device(anew.device, anew.practice).found(anew.genesis)
    practices = Practices(relay.house.store, 2)
    first = practices.membership(device.practice)
    assert first is not None
    assert [head.seq for head in first.heads] == [1]
    assert practices.remembered(device.practice) is first
    practices.membership(anew.practice)
    assert practices.remembered(device.practice) is None
    again = practices.membership(device.practice)
    assert again is not None
    assert again.heads == first.heads


def test_a_relay_that_is_full_says_when_to_come_again(start: Start) -> None:
    device = start(load=replace(Load(), body_bytes_each=20_000)).device()
    device.found(cast.genesis())
    answer = device.ask("give", b"\0" * 20_001)
    assert (answer.status, answer.complaint.check) == (429, "busy")


def test_a_disk_that_refuses_is_said_and_nothing_is_acknowledged(relay: Running) -> None:
    device = relay.device()
    device.found(cast.genesis())
    note = cast.garance().note("x")
    device.heads()
    with sqlite3.connect(relay.root / "relay.db") as connection:
        connection.execute("ALTER TABLE tip RENAME TO moved")
    answer = device.ask("give", frame([note.raw]))
    assert (answer.status, answer.complaint.check) == (503, "disk")
    assert status(relay.house)["state"] == "disk"
    with sqlite3.connect(relay.root / "relay.db") as connection:
        connection.execute("ALTER TABLE moved RENAME TO tip")
    assert device.give([note.raw])[0] == (0,)
    assert status(relay.house)["state"] == "in_service"


def test_while_one_practice_waits_for_the_disk_the_others_are_read_and_it_is_told(start: Start) -> None:
    """One request of it is being kept, one waits, the third is told when to come again; nobody else notices."""
    relay = start(load=replace(Load(), waiting_each=1))
    device = relay.device()
    device.found(cast.genesis())
    anew = cast.found_anew("somewhere else")
    other = relay.device(anew.device, anew.practice)
    other.found(anew.genesis)
    device.heads()
    other.heads()
    garance = cast.garance()
    raws = [garance.note(str(number)).raw for number in range(2)]
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda raw=raw: statuses.append(device.ask("give", frame([raw])).status))
        for raw in raws
    ]
    with sqlite3.connect(relay.root / "relay.db", isolation_level=None) as blocking:
        blocking.execute("BEGIN IMMEDIATE")
        for waiting, thread in enumerate(threads):
            thread.start()
            until(lambda waiting=waiting: relay.house.writes.load == (1, waiting))
        told = device.ask("give", frame(raws))
        assert (told.status, told.complaint.check) == (429, "busy")
        assert other.heads().last == 0
        assert device.heads().last == 0
        assert statuses == []
        blocking.execute("ROLLBACK")
    for thread in threads:
        thread.join(60)
    assert statuses == [200, 200]
    assert list(device.everything().values()) == raws


def until(true: Callable[[], bool]) -> None:
    """Wait until it is so; a minute is a fault."""
    waited = threading.Event()
    for _ in range(1200):
        if true():
            return
        waited.wait(0.05)
    pytest.fail("it never came to that")
