"""Frames: what is whole is found again, whatever happened to the bytes around it."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from lanterne.journal.segment import (
    FRAME_HEADER,
    SEGMENT_HEADER,
    Bad,
    Frame,
    frame,
    scan,
    segment_header,
    unfinished,
)
from lanterne.wire.names import PracticeId, Stream

PRACTICE = PracticeId("ab" * 32)
payloads = st.lists(st.binary(min_size=1, max_size=200), min_size=1, max_size=8)


def segment(items: list[bytes], more: frozenset[int] = frozenset()) -> bytes:
    header = segment_header(Stream.CARE, PRACTICE, 1)
    return header + b"".join(frame(item, more=place in more) for place, item in enumerate(items))


@given(payloads)
def test_every_frame_written_is_read(items: list[bytes]) -> None:
    found = list(scan(segment(items)))
    assert [item.payload for item in found if isinstance(item, Frame)] == items
    assert found[-1].end == len(segment(items))


@given(payloads, st.data())
def test_a_flipped_bit_costs_one_frame(items: list[bytes], data: st.DataObject) -> None:
    raw = bytearray(segment(items))
    bit = data.draw(st.integers(SEGMENT_HEADER * 8, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    found = list(scan(bytes(raw)))
    assert sum(isinstance(item, Bad) for item in found) == 1
    left = [item.payload for item in found if isinstance(item, Frame)]
    assert len(left) == len(items) - 1
    assert all(item in items for item in left)


@given(payloads, st.data())
def test_what_is_cut_is_an_unfinished_write(items: list[bytes], data: st.DataObject) -> None:
    raw = segment(items)
    cut = data.draw(st.integers(len(raw) - FRAME_HEADER - len(items[-1]) + 1, len(raw) - 1))
    found = list(scan(raw[:cut]))
    assert [item.payload for item in found if isinstance(item, Frame)] == items[:-1]
    assert unfinished(found) == len(raw) - FRAME_HEADER - len(items[-1])


def test_a_bad_frame_before_an_acknowledged_one_is_damage() -> None:
    raw = bytearray(segment([b"one", b"two", b"three"]))
    raw[SEGMENT_HEADER + FRAME_HEADER] ^= 1
    assert unfinished(list(scan(bytes(raw)))) is None


def test_a_hole_in_the_last_write_is_an_unfinished_write() -> None:
    raw = bytearray(segment([b"one", b"two", b"three", b"four"], more=frozenset({1, 2})))
    two = SEGMENT_HEADER + FRAME_HEADER + 3
    raw[two : two + FRAME_HEADER + 3] = bytes(FRAME_HEADER + 3)
    items = list(scan(bytes(raw)))
    assert [item.payload for item in items if isinstance(item, Frame)] == [b"one", b"three", b"four"]
    assert unfinished(items) == two


def test_a_write_counts_whole_or_not_at_all() -> None:
    raw = segment([b"one", b"two", b"three"], more=frozenset({1}))
    last = FRAME_HEADER + 5
    start = SEGMENT_HEADER + FRAME_HEADER + 3
    for cut in range(1, last + 1):
        assert unfinished(list(scan(raw[: len(raw) - cut]))) == start
    assert unfinished(list(scan(raw))) is None


def test_a_frame_inside_a_damaged_one_is_marked() -> None:
    inner = frame(b"a forged entry")
    raw = bytearray(segment([b"x" * 5 + inner, b"after"]))
    raw[SEGMENT_HEADER + 8] ^= 1  # the outer length: where the outer frame ends is not known any more
    frames = [item for item in scan(bytes(raw)) if isinstance(item, Frame)]
    assert frames[0].payload == b"a forged entry"
    assert all(item.found for item in frames)


@given(st.binary(max_size=400), st.integers())
def test_rubbish_never_raises(rubbish: bytes, seed: int) -> None:
    chance = random.Random(seed)
    mixed = rubbish + frame(b"whole")[: chance.randint(0, 40)] + rubbish
    covered = list(scan(segment([]) + mixed))
    assert sum(item.end - item.offset for item in covered) == len(mixed)
