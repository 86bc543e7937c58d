"""When a way is tried again: soon after a word, every ten minutes at least, ever later while it fails."""

from __future__ import annotations

import random

from lanterne.sync.carrying.pace import (
    EVERY_S,
    FOLLOW_S,
    MOST_ASKED_S,
    MOST_RETRY_S,
    NEAR_RETRY_S,
    REST_S,
    RETRY_WHEN_WRITTEN_S,
    SOON_S,
    Pace,
)
from lanterne.sync.carrying.turn import moved
from lanterne.sync.session import Tally

TEN_MINUTES_S = 600


def pace(at: float = 0.0, *, seed: int = 1) -> Pace:
    return Pace(at, random.Random(seed).random)


def test_at_once_then_within_ten_minutes() -> None:
    one = pace(100.0)
    assert one.due == 100.0
    for turn in range(100):
        one.went(1000.0 * turn, moved=False)
        assert REST_S < one.due - 1000.0 * turn <= EVERY_S < TEN_MINUTES_S


def test_soon_after_a_word_but_never_without_rest() -> None:
    one = pace()
    one.went(10.0, moved=False)
    one.wrote(10.1)
    assert one.due == 10.0 + REST_S
    one.went(10.0, moved=False)
    one.wrote(20.0)
    assert one.due == 20.0 + SOON_S
    one.wrote(20.1)
    assert one.due == 20.0 + SOON_S, "words that follow do not put it off"


def test_after_something_moved_it_looks_who_received_and_what_follows() -> None:
    one = pace()
    one.went(0.0, moved=True)
    seen = []
    for _ in FOLLOW_S:
        seen.append(one.due)
        one.went(0.0, moved=False)
    assert tuple(seen) == FOLLOW_S
    assert one.due > max(FOLLOW_S)


def test_a_way_that_goes_again_is_looked_at_a_few_times_more() -> None:
    """A relay set back, filled again by the first who came: what that one says of it lies there at its end only."""
    one = pace()
    one.failed(0.0)
    seen = []
    for _ in FOLLOW_S:
        one.went(0.0, moved=False)
        seen.append(one.due)
    assert tuple(seen) == FOLLOW_S
    one.went(0.0, moved=False)
    assert one.due > max(FOLLOW_S)


def test_ever_later_while_it_fails_then_as_before() -> None:
    one, waits, now = pace(), [], 0.0
    for _ in range(40):
        one.failed(now)
        waits.append(one.due - now)
        now = one.due
    assert waits[0] < 2
    assert waits[5] > waits[0]
    assert max(waits) <= MOST_RETRY_S * 1.25 <= TEN_MINUTES_S
    assert min(waits[-5:]) >= MOST_RETRY_S * 0.75
    assert len(set(waits)) > 30, "devices that lost a relay together come back apart"
    one.wrote(now)
    assert one.due == now + RETRY_WHEN_WRITTEN_S or one.due < now + RETRY_WHEN_WRITTEN_S
    one.wake(now)
    assert one.due == now
    one.went(now, moved=False)
    one.failed(now)
    assert one.due - now < 2


def test_a_cable_put_back_is_felt_soon() -> None:
    one, now = Pace(0.0, random.Random(1).random, most_retry_s=NEAR_RETRY_S), 0.0
    for _ in range(40):
        one.failed(now)
        assert one.due - now <= NEAR_RETRY_S * 1.25
        now = one.due


def test_what_a_holder_asks_is_not_shortened() -> None:
    one = pace()
    one.failed(0.0, asked_s=120)
    for hurry in (one.wake, one.wrote):
        hurry(1.0)
        assert one.due >= 120.0
    one.failed(0.0, asked_s=10**9)
    assert one.due <= MOST_ASKED_S * 1.25, "nobody puts this device off for ever"


def test_a_stick_in_a_pocket_is_no_failure() -> None:
    one = pace()
    one.failed(0.0)
    one.absent(1.0)
    assert one.failures == 0
    one.wake(2.0)
    assert one.due == 2.0


def test_what_came_is_followed_too() -> None:
    """Documents are handed over after the entries that name them: who fetched in between looks again."""
    assert moved(Tally(received=1))
    assert moved(Tally(blobs_given=1))
    assert not moved(Tally(held=3, waiting=1))
