"""A digest at the end of a file tells half a write and a fallen bit."""

from __future__ import annotations

from hashlib import sha256

import pytest

from lanterne.journal.vouched import closed, opened


@pytest.mark.parametrize("body", [b"", b"a", bytes(range(256))])
def test_what_was_closed_opens(body: bytes) -> None:
    assert closed(body) == body + sha256(body).digest()
    assert opened(closed(body)) == body


def test_every_cut_and_every_fallen_bit_is_seen() -> None:
    whole = closed(b"twelve signs")
    assert [opened(whole[:size]) for size in range(len(whole))] == [None] * len(whole)
    for place in range(8 * len(whole)):
        bent = bytearray(whole)
        bent[place // 8] ^= 1 << place % 8
        assert opened(bytes(bent)) is None
