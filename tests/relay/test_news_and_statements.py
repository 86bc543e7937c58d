"""Polls held open, and what devices say of their heads, handed on as it came."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from lanterne.proof.exchange import sign_statement
from lanterne.relay.limits import Load, Quota
from lanterne.seal.device import DeviceKeys
from lanterne.wire import asking
from lanterne.wire.asking import StatementVerdict
from lanterne.wire.exchange import Signed
from lanterne.wire.names import Head
from lanterne.wire.statements import Statement, read_statement
from tests import cast
from tests.relay.asking import Answer, Device
from tests.relay.conftest import Running, Start

KEPT, HELD, OLDER, CONTRADICTS = StatementVerdict


class Poll(threading.Thread):
    """A poll in a thread of its own."""

    def __init__(self, device: Device, after: int) -> None:
        super().__init__()
        self._device, self._after = device, after
        self.answer: Answer | None = None
        self.start()

    def run(self) -> None:
        self.answer = self._device.news(self._after)

    def ended(self) -> Answer:
        self.join(60)
        assert self.answer is not None
        return self.answer


def listening(relay: Running, polls: int) -> None:
    """Wait until so many polls are held open."""
    waited = threading.Event()
    for _ in range(1200):
        if relay.house.news.held == polls:
            return
        waited.wait(0.05)
    pytest.fail(f"{relay.house.news.held} polls are held, {polls} expected")


def test_news_come_when_something_is_kept_and_not_before(relay: Running, device: Device) -> None:
    poll = Poll(device, 0)
    listening(relay, 1)
    device.give([cast.garance().note("x").raw])
    assert asking.read_news(poll.ended().body) == 1
    assert asking.read_news(device.news(0).body) == 1, "what is there is said at once"
    listening(relay, 0)


def test_a_poll_ends_by_itself(start: Start) -> None:
    relay = start(load=replace(Load(), poll_s=0.1))
    device = relay.device()
    device.found(cast.genesis())
    assert asking.read_news(device.news(0).body) == 0
    listening(relay, 0)


def test_a_poll_hears_nothing_of_other_practices(relay: Running, device: Device) -> None:
    anew = cast.found_anew("somewhere else")
    other = relay.device(anew.device, anew.practice)
    other.found(anew.genesis)
    poll = Poll(other, 0)
    listening(relay, 1)
    device.give([cast.garance().note("x").raw])
    listening(relay, 1)
    relay.stop()
    assert asking.read_news(poll.ended().body) == 0, "and is answered when the relay stops"


def test_only_so_many_polls(start: Start) -> None:
    relay = start(load=replace(Load(), polls_each=1))
    device = relay.device()
    device.found(cast.genesis())
    poll = Poll(device, 0)
    listening(relay, 1)
    more = device.news(0)
    assert (more.status, more.complaint.check) == (429, "busy")
    assert int({name.lower(): value for name, value in more.headers.items()}["retry-after"]) > 0
    device.give([cast.garance().note("x").raw])
    assert poll.ended().status == 200


@pytest.mark.parametrize("query", ["", "?after=", "?after=x", "?after=-1", "?after=1&after=2", "?before=1"])
def test_after_is_a_position(device: Device, query: str) -> None:
    answer = device.send("GET", f"/1/{device.practice}/news{query}")
    assert (answer.status, answer.complaint.check) == (400, "after")


# ---------------------------------------------------------------- statements


def heads(count: int) -> tuple[Head, ...]:
    garance = cast.garance()
    for number in range(count):
        garance.note(str(number))
    return tuple(garance.heads().values())


def handed(device: Device) -> list[Signed[Statement]]:
    return [read_statement(raw) for raw in device.heads().statements]


def test_the_newest_statement_of_each_device_is_handed_on_as_it_came(device: Device) -> None:
    first, second = device.statement(heads(1)), device.statement(heads(2), number=2)
    assert device.state(first) is KEPT
    assert device.state(first) is HELD
    assert device.state(second) is KEPT
    assert device.state(first) is OLDER, "it came late: no lie"
    assert handed(device) == [second]


def test_two_statements_under_one_number_are_both_handed_on(device: Device) -> None:
    one, other = device.statement(heads(1)), device.statement(heads(1), time=5)
    assert device.state(one) is KEPT
    assert device.state(other) is CONTRADICTS
    assert handed(device) == [one, other]
    assert device.state(other) is HELD


def test_heads_that_shrink_are_both_handed_on(device: Device) -> None:
    many, few = device.statement(heads(3)), device.statement(heads(1), number=2)
    assert device.state(many) is KEPT
    assert device.state(few) is CONTRADICTS
    assert handed(device) == [few, many]


def test_an_older_statement_that_knew_more_is_a_lie_too(device: Device) -> None:
    few, many = device.statement(heads(1), number=2), device.statement(heads(3))
    assert device.state(few) is KEPT
    assert device.state(many) is CONTRADICTS
    assert handed(device) == [few, many]


def test_a_forged_statement_is_refused(relay: Running, device: Device) -> None:
    good = device.statement(heads(1))
    bad = {
        "H1": (
            sign_statement(replace(good.value, practice="ab" * 32), device.keys).raw,  # type: ignore[arg-type]
            b"\x80" + bytes(64),
            good.packed,
        ),
        "H2": (
            good.packed + bytes(64),
            sign_statement(good.value, DeviceKeys.new(cast.randomness("a stranger"))).raw,
            sign_statement(replace(good.value, device="ab" * 16), device.keys).raw,  # type: ignore[arg-type]
        ),
    }
    for check, raws in bad.items():
        for raw in raws:
            answer = device.ask("state", raw)
            assert (answer.status, answer.complaint.check) == (400, check)
    assert handed(device) == []


def test_lies_are_kept_up_to_a_number(start: Start) -> None:
    device = start(quota=replace(Quota(), contradictions=1)).device()
    device.found(cast.genesis())
    lies = [device.statement(heads(1), time=number) for number in range(4)]
    assert [device.state(lie) for lie in lies] == [KEPT, CONTRADICTS, CONTRADICTS, CONTRADICTS]
    assert len(handed(device)) == 2


def test_statements_have_a_quota(start: Start) -> None:
    device = start(quota=replace(Quota(), statement_bytes=10)).device()
    device.found(cast.genesis())
    answer = device.ask("state", device.statement(heads(1)).raw)
    assert (answer.status, answer.complaint.check) == (413, "quota")


def test_many_polls_of_one_practice_at_once_are_all_held(relay: Running, device: Device) -> None:
    polls = [Poll(device, 0) for _ in range(40)]
    listening(relay, 40)
    device.give([cast.garance().note("x").raw])
    assert [poll.ended().status for poll in polls] == [200] * 40
