"""The passphrase travels in memory that can be zeroed, and arrives as it was typed."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanterne.front.passphrase import json_line, read_form, wipe


@given(st.text(max_size=100))
def test_what_was_typed_arrives_at_the_worker(phrase: str) -> None:
    """Through the browser's form encoding and our JSON line, whatever the characters."""
    form = read_form(memoryview(urlencode({"seat": "a1", "passphrase": phrase}).encode()))
    line = json_line(b'{"seat": "a1", "passphrase": ', form["passphrase"], b"}\n")
    assert json.loads(line) == {"seat": "a1", "passphrase": phrase}
    assert line.count(b"\n") == 1, "one line, whatever was typed"


@pytest.mark.parametrize(
    "body",
    [
        b"passphrase=%",
        b"passphrase=%4",
        b"passphrase=%zz",
        b"passphrase=%ff",
        b"passphrase=%ed%a0%80",
        b"A=1",
        b"=1",
        b"a" * 40,
    ],
)
def test_a_form_no_browser_sends_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="form"):
        read_form(memoryview(body))


def test_a_value_of_1024_bytes_is_the_longest() -> None:
    assert len(read_form(memoryview(b"a=" + b"x" * 1024))["a"]) == 1024
    with pytest.raises(ValueError, match="too long"):
        read_form(memoryview(b"a=" + b"x" * 1025))


def test_the_first_of_two_wins() -> None:
    """So that what is checked is what is used."""
    assert read_form(memoryview(b"seat=a&seat=b&"))["seat"] == b"a"


def test_wiping_leaves_zeros_in_the_same_memory() -> None:
    secret = bytearray("lampe tempête".encode())
    seen = memoryview(secret)
    wipe(secret)
    assert not any(seen)
