"""Nobody there: the seat locks. The clock is moved by hand; nothing here sleeps."""

from __future__ import annotations

from lanterne.front.idle import IdleWatch, WakingClock


def test_a_seat_locks_after_its_time_and_not_before() -> None:
    watch = IdleWatch(900)
    watch.act("garance", now=100)
    assert watch.expired(now=999.9) == []
    assert watch.expired(now=1000) == ["garance"]


def test_each_act_starts_the_time_anew_for_that_seat_only() -> None:
    watch = IdleWatch(900)
    watch.act("garance", now=0)
    watch.act("ines", now=0)
    watch.act("garance", now=800)
    assert watch.expired(now=900) == ["ines"]
    assert watch.remaining_s("garance", now=900) == 800


def test_a_locked_seat_is_not_watched() -> None:
    watch = IdleWatch(900)
    watch.act("garance", now=0)
    watch.forget("garance")
    assert watch.expired(now=5000) == []
    assert watch.remaining_s("garance", now=0) == 0


def test_a_pc_that_slept_all_night_has_been_idle_all_night() -> None:
    """During sleep the monotonic clock of Linux and macOS stands still; the wall clock does not."""
    monotonic, wall = [50.0], [1_000_000.0]
    clock = WakingClock(lambda: monotonic[0], lambda: wall[0])
    monotonic[0] += 1
    wall[0] += 8 * 3600
    assert clock() == 8 * 3600


def test_a_wall_clock_set_back_does_not_keep_a_seat_open() -> None:
    monotonic, wall = [50.0], [1_000_000.0]
    clock = WakingClock(lambda: monotonic[0], lambda: wall[0])
    wall[0] -= 86400
    monotonic[0] += 900
    assert clock() == 900
