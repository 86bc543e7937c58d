"""Sums and lists of documents: what differs is found, what lies is refused."""

from __future__ import annotations

import hashlib

import pytest

from lanterne.wire.blob_lists import (
    MAX_LISTED,
    BlobList,
    differing,
    list_names,
    pack_firsts,
    pack_list,
    pack_sums,
    read_firsts,
    read_list,
    read_sums,
    sum_names,
)
from lanterne.wire.exchange import BlobName, MessageRefused

NAMES = [BlobName(hashlib.sha256(bytes([number])).hexdigest()) for number in range(200)]


def by_first(names: list[BlobName]) -> dict[int, list[BlobName]]:
    found: dict[int, list[BlobName]] = {}
    for name in names:
        found.setdefault(int(name[:2], 16), []).append(name)
    return found


def test_only_what_differs_is_listed() -> None:
    ours, theirs = sum_names(NAMES), sum_names(reversed(NAMES))
    assert differing(ours, theirs) == b""
    lost = NAMES[7]
    firsts = differing(ours, sum_names(name for name in NAMES if name != lost))
    assert firsts == bytes.fromhex(lost[:2])
    listed = list_names(by_first(NAMES), firsts)
    assert lost in listed.names
    assert read_list(pack_list(listed)) == listed
    assert read_sums(pack_sums(ours)) == ours


def test_an_answer_that_would_be_too_long_answers_for_fewer() -> None:
    many = {
        first: [BlobName(f"{first:02x}{number:062x}") for number in range(MAX_LISTED // 2)]
        for first in range(4)
    }
    assert list_names(many, bytes(range(4))).firsts == bytes(range(2))
    assert list_names({0: many[0] * 3}, b"\0").firsts == b"\0"


@pytest.mark.parametrize(
    "data",
    [
        pack_list(BlobList(b"\x01\x00", ())),
        pack_list(BlobList(b"", (NAMES[0],))),
        pack_list(BlobList(bytes.fromhex(NAMES[0][:2]), (NAMES[0], NAMES[0]))),
        pack_firsts(b"\0"),
        b"",
        b"\x80",
    ],
)
def test_a_list_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(MessageRefused):
        read_list(data)


def test_first_bytes_that_do_not_rise_and_sums_of_another_size_are_refused() -> None:
    for firsts in (b"\1\0", b"\1\1", bytes(257)):
        with pytest.raises(MessageRefused):
            read_firsts(pack_firsts(firsts))
    with pytest.raises(MessageRefused):
        read_sums(pack_sums(bytes(10)))
