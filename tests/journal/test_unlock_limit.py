"""Attempts at a passphrase: counted before they are made, kept across restarts, the worst assumed when
damaged.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from lanterne.journal.errors import DiskFull
from lanterne.journal.files import OsFiles
from lanterne.journal.unlock_limit import (
    FREE,
    LONGEST_DELAY_MS,
    Attempts,
    TooManyAttempts,
    UnlockLimit,
    wait_ms,
)
from lanterne.wire.names import SeatId
from tests.journal.simulated_disk import FaultyFiles

GARANCE = SeatId("aa" * 16)
INES = SeatId("bb" * 16)


@pytest.mark.parametrize(
    ("made", "expected"),
    [(0, 0), (4, 0), (5, 5_000), (6, 10_000), (7, 20_000), (12, 640_000), (13, 900_000), (99, 900_000)],
)
def test_delays_double_up_to_a_quarter_of_an_hour(made: int, expected: int) -> None:
    assert wait_ms(Attempts(made, 1_000_000), 1_000_000) == expected


def test_a_clock_set_back_never_waits_longer_than_the_delay() -> None:
    assert wait_ms(Attempts(5, 1_000_000_000), 0) == 5_000
    assert wait_ms(Attempts(5, 0), 1_000_000_000) == 0


def test_attempts_count_across_restarts_and_by_seat(tmp_path: Path) -> None:
    path = tmp_path / "unlock"
    for _ in range(FREE):
        UnlockLimit(path, OsFiles()).attempt(GARANCE, 1000)
    with pytest.raises(TooManyAttempts) as refused:
        UnlockLimit(path, OsFiles()).attempt(GARANCE, 2000)
    assert refused.value.params["wait_ms"] == 4_000
    UnlockLimit(path, OsFiles()).attempt(INES, 2000)
    UnlockLimit(path, OsFiles()).attempt(GARANCE, 6000)
    limit = UnlockLimit(path, OsFiles())
    limit.succeeded(GARANCE)
    assert limit.wait_ms(GARANCE, 6001) == 0


def test_a_damaged_counter_is_taken_for_the_worst_until_a_success(tmp_path: Path) -> None:
    path = tmp_path / "unlock"
    limit = UnlockLimit(path, OsFiles())
    limit.attempt(GARANCE, 0)
    raw = bytearray(path.read_bytes())
    raw[7] ^= 4
    path.write_bytes(raw)
    assert limit.wait_ms(INES, 1_000) == LONGEST_DELAY_MS
    with pytest.raises(TooManyAttempts):
        limit.attempt(GARANCE, 2_000)
    later = 1_000 + LONGEST_DELAY_MS
    limit.attempt(GARANCE, later)
    limit.succeeded(GARANCE)
    assert limit.wait_ms(GARANCE, later) == limit.wait_ms(INES, later) == 0


def test_an_attempt_that_cannot_be_counted_is_not_made(tmp_path: Path) -> None:
    files = FaultyFiles(OsFiles())
    files.fail("write", 1, "full")
    with pytest.raises(DiskFull):
        UnlockLimit(tmp_path / "unlock", files).attempt(GARANCE, 0)
