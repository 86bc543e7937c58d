"""Attachments: whole or not at all."""

from __future__ import annotations

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lanterne.seal.blob import CHUNK, check_blob, open_blob, seal_blob
from lanterne.seal.errors import DoesNotOpen
from lanterne.seal.secrets import AEAD_OVERHEAD
from tests import cast

STEP = CHUNK + AEAD_OVERHEAD


class Trickle(io.BytesIO):
    """Gives less than asked, as pipes and sockets do."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(size, 70_000) if size and size > 0 else size)


def sealed(plain: bytes, source: type[io.BytesIO] = io.BytesIO) -> tuple[bytes, bytes, str]:
    sink = io.BytesIO()
    blob = seal_blob(source(plain), sink, cast.randomness("blob"))
    assert (blob.size, blob.sealed_size) == (len(plain), len(sink.getvalue()))
    return sink.getvalue(), blob.key, blob.name


def opened(data: bytes, key: bytes, source: type[io.BytesIO] = io.BytesIO) -> bytes:
    return b"".join(open_blob(source(data), key))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7])
def test_what_is_sealed_opens(size: int) -> None:
    plain = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    data, key, name = sealed(plain)
    assert opened(data, key) == plain
    check_blob(io.BytesIO(data), name)
    assert sealed(plain, Trickle) == (data, key, name)
    assert opened(data, key, Trickle) == plain


def test_chunks_cannot_be_cut_moved_repeated_or_added() -> None:
    data, key, name = sealed(bytes(2 * CHUNK + 5))
    first, second, last = data[:STEP], data[STEP : 2 * STEP], data[2 * STEP :]
    for wrong in (
        b"",
        first,
        first + second,
        second + first + last,
        first + last,
        first + second + second + last,
        first + second + last + last,
        data[:-1],
        data + b"\0",
        bytes([data[0] ^ 1]) + data[1:],
    ):
        with pytest.raises(DoesNotOpen):
            opened(wrong, key)
        with pytest.raises(DoesNotOpen):
            check_blob(io.BytesIO(wrong), name)
    with pytest.raises(DoesNotOpen):
        opened(data, bytes(32))


@settings(max_examples=40)
@given(st.binary(max_size=200), st.data())
def test_a_changed_byte_never_passes(plain: bytes, data: st.DataObject) -> None:
    good, key, _ = sealed(plain)
    at = data.draw(st.integers(0, len(good) - 1))
    wrong = bytearray(good)
    wrong[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(DoesNotOpen):
        opened(bytes(wrong), key)
