"""The hybrid clock of a writer. Pure: the machine's time is an argument.

Law: a writer's time follows its own last entry and the heads it knows, but not those more than ten minutes
ahead of its own clock, so one lying clock does not spread. Source: docs/format/entry.md, "Order", E14.
"""

from __future__ import annotations

from collections.abc import Iterable

AHEAD_MS = 10 * 60 * 1000
COUNTER_BITS = 16
TIME_LIMIT = 1 << 63
"""Times from here on (the year 6429) are refused, so that a rank always fits 64 bits."""


def milliseconds(time: int) -> int:
    """Milliseconds since 1970-01-01 UTC of a hybrid time."""
    return time >> COUNTER_BITS


def next_time(now_ms: int, last: int, heads: Iterable[int]) -> int:
    """The hybrid time of the next entry.

    `now_ms`: the machine's clock; `last`: hybrid time of the chain's previous entry, 0 when there is none
    (E14 holds whatever the clock says); `heads`: hybrid times of the heads the entry will name.
    """
    now = max(now_ms, 0) << COUNTER_BITS
    believed = (max(now_ms, 0) + AHEAD_MS) << COUNTER_BITS
    known = max((time for time in heads if time <= believed), default=0)
    return max(now, known + 1, last + 1)


def is_doubtful(time: int, received_ms: int) -> bool:
    """Whether an entry says it was written more than ten minutes after it was received ("heure douteuse")."""
    return milliseconds(time) > received_ms + AHEAD_MS
