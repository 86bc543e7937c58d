"""The hybrid clock: never backwards, never dragged along by a lie."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lanterne.journal.clock import AHEAD_MS, is_doubtful, milliseconds, next_time

times = st.integers(0, 1 << 60)
moments = st.integers(0, 1 << 44)


@given(moments, times, st.lists(times, max_size=5))
def test_time_rises_in_a_chain(now_ms: int, last: int, heads: list[int]) -> None:
    assert next_time(now_ms, last, heads) > last


@given(moments, times, st.lists(times, max_size=5))
def test_time_follows_honest_heads(now_ms: int, last: int, heads: list[int]) -> None:
    time = next_time(now_ms, last, heads)
    assert all(time > head for head in heads if head <= (now_ms + AHEAD_MS) << 16)


def test_a_clock_eleven_minutes_ahead_drags_nobody() -> None:
    now = 1_770_000_000_000
    lie = (now + 11 * 60_000) << 16
    assert milliseconds(next_time(now, 0, [lie])) == now
    assert is_doubtful(lie, now)


def test_a_clock_nine_minutes_ahead_is_followed() -> None:
    now = 1_770_000_000_000
    head = (now + 9 * 60_000) << 16
    assert next_time(now, 0, [head]) == head + 1
    assert not is_doubtful(head, now)
