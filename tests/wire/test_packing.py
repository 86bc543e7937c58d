"""One value, one encoding; anything else is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanterne.wire import packing
from lanterne.wire.errors import PackingError

leaves = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.text(max_size=8) | st.binary(max_size=8)
)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
)


@given(values)
def test_what_is_written_is_read(value: Any) -> None:
    assert packing.decode(packing.encode(value), max_bytes=1 << 20) == value


@given(st.dictionaries(st.text(max_size=4), leaves, min_size=2, max_size=6))
def test_the_order_of_keys_does_not_show(value: dict[str, Any]) -> None:
    assert packing.encode(value) == packing.encode(dict(reversed(value.items())))


def test_keys_are_sorted_by_their_bytes() -> None:
    assert (
        packing.encode({"é": 1, "b": 2, "aa": 3, "Z": 4})
        == b"\x84\xa1Z\x04\xa2aa\x03\xa1b\x02\xa2\xc3\xa9\x01"
    )


@given(st.binary(max_size=200))
def test_random_bytes_decode_to_their_one_value_or_are_refused(data: bytes) -> None:
    try:
        value = packing.decode(data, max_bytes=200)
    except PackingError:
        return
    assert packing.encode(value) == data


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xc0" * 201, "packing.size"),
        (b"", "packing.malformed"),
        (b"\xc0\xc0", "packing.malformed"),
        (b"\x82\xa1a\x01\xa1a\x02", "packing.form"),
        (b"\x82\xa1b\x01\xa1a\x02", "packing.form"),
        (b"\xcc\x01", "packing.form"),
        (b"\xd9\x01a", "packing.form"),
        (b"\x81\x01\x01", "packing.key"),
        (b"\x81\x90\x01", "packing.key"),
        (b"\x91\x91\x91\x91\xc0", "packing.depth"),
        (b"\xcb" + bytes(8), "packing.type"),
        (b"\xca" + bytes(4), "packing.type"),
        (b"\xd4\x05\x00", "packing.type"),
        (b"\xd6\xff\x00\x00\x00\x00", "packing.type"),
        (b"\x91" * 150 + b"\xc0", "packing.depth"),
        (b"\xdd\xff\xff\xff\xff", "packing.malformed"),
        (b"\xdf\xff\xff\xff\xff", "packing.malformed"),
        (b"\xc6\xff\xff\xff\xff", "packing.malformed"),
        (b"\xa1\xff", "packing.malformed"),
    ],
)
def test_other_forms_are_refused(data: bytes, code: str) -> None:
    with pytest.raises(PackingError) as caught:
        packing.decode(data, max_bytes=200, max_depth=3)
    assert caught.value.code == code


def test_a_bomb_of_depth_is_refused_without_harm() -> None:
    with pytest.raises(PackingError):
        packing.decode(b"\x91" * 1_000_000 + b"\xc0", max_bytes=1 << 21)


@pytest.mark.parametrize("value", [0.5, {1: 2}, {"a": {3}}, 2**64, "\ud800", object()])
def test_what_is_not_written(value: Any) -> None:
    with pytest.raises(PackingError):
        packing.encode(value)


def test_depth_counts_maps_and_lists() -> None:
    assert packing.decode(packing.encode([[[]]]), max_bytes=9, max_depth=3) == [[[]]]
    with pytest.raises(PackingError):
        packing.decode(packing.encode([[[[]]]]), max_bytes=9, max_depth=3)
