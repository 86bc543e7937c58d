"""Entries built are entries read; hostile bytes raise nothing but our errors."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanterne.wire import entry as wire
from lanterne.wire.entry import Entry, PartPlan, build_entry, read_entry, read_head, read_preamble
from lanterne.wire.errors import EntryRefused, LanterneError
from lanterne.wire.names import (
    NO_ENTRY,
    NO_KEY,
    ChainId,
    Compartment,
    EntryHash,
    Head,
    KeyId,
    PartMode,
    PracticeId,
    SeatId,
    Stream,
)

PRACTICE = PracticeId("ab" * 32)
SEAT = SeatId("01" * 16)
KEY = KeyId("33" * 16)


def toy_signature(signed: bytes) -> bytes:
    """Wire knows no key: any function of the signed bytes will do here."""
    return hashlib.sha512(signed).digest()


def check_toy(_seat: SeatId, signed: bytes, signature: bytes) -> None:
    if toy_signature(signed) != signature:
        raise EntryRefused("E8", "the toy signature does not verify")


def build(
    *,
    seq: int = 1,
    sizes: tuple[int, ...] = (60, 90),
    heads: tuple[Head, ...] = (),
    time: int = 5 << 16,
    seen: list[bytes] | None = None,
) -> Entry:
    places = (Compartment.OFFICE, Compartment.MEDICAL)

    def seal(index: int, bound: bytes) -> bytes:
        if seen is not None:
            seen.append(bound)
        return bytes([index]) * sizes[index]

    return build_entry(
        chain=ChainId(SEAT, 0, Stream.CARE),
        practice=PRACTICE,
        seq=seq,
        prev=NO_ENTRY if seq == 1 else EntryHash("77" * 32),
        time=time,
        heads=heads,
        parts=[
            PartPlan(place, PartMode.EPOCH, KEY, size) for place, size in zip(places, sizes, strict=False)
        ],
        seal=seal,
        sign=toy_signature,
    )


def read(data: bytes) -> Entry:
    return read_entry(data, practice=PRACTICE, key_of={SEAT: b"key"}.get, check_signature=check_toy)


streams = st.sampled_from(Stream)
ids = st.binary(min_size=16, max_size=16)
some_heads = st.lists(
    st.builds(
        lambda seat, incarnation, stream, seq, digest: Head(
            ChainId(SeatId(seat.hex()), incarnation, stream), seq, EntryHash(digest.hex())
        ),
        ids.filter(lambda one: one.hex() != SEAT),
        st.integers(0, 2**32 - 1),
        streams,
        st.integers(1, 2**64 - 1),
        st.binary(min_size=32, max_size=32),
    ),
    unique_by=lambda head: head.chain,
    max_size=5,
)


@given(
    seq=st.integers(1, 2**64 - 1),
    sizes=st.lists(st.integers(1, 200), min_size=1, max_size=2).map(tuple),
    heads=some_heads.map(tuple),
    time=st.integers(0, 2**64 - 1),
)
def test_what_is_built_is_read(seq: int, sizes: tuple[int, ...], heads: tuple[Head, ...], time: int) -> None:
    made = build(seq=seq, sizes=sizes, heads=heads, time=time)
    again = read(made.raw)
    assert again == made
    head = again.head
    assert (head.seq, head.time, head.time_ms) == (seq, time, time >> 16)
    assert set(head.heads) == set(heads)
    assert [part.size for part in head.parts] == list(sizes)
    assert again.raw == head.raw + b"".join(body or b"" for body in again.bodies)
    assert head.hash == hashlib.sha256(b"lanterne/entry/1\0" + head.signed).hexdigest()
    preamble = read_preamble(made.raw, practice=None)
    assert (preamble.entry_size, preamble.head_size) == (len(made.raw), len(head.raw))


@given(st.binary(max_size=400))
def test_random_bytes_raise_nothing_of_their_own(data: bytes) -> None:
    with pytest.raises(LanterneError):
        read(b"LNTE\1\1\1\2" + data)
    with pytest.raises(LanterneError):
        read(data)


GOOD = build(seq=9, heads=(Head(ChainId(SEAT, 0, Stream.TRACE), 3, EntryHash("88" * 32)),)).raw


@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_changed_byte_never_passes(changes: list[tuple[int, int]]) -> None:
    changed = bytearray(GOOD)
    for at, value in changes:
        changed[at] = value
    if bytes(changed) == GOOD:
        assert read(bytes(changed)).raw == GOOD
        return
    with pytest.raises(LanterneError):
        read(bytes(changed))


@given(
    st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), max_size=6), st.integers(0, 30)
)
def test_signed_nonsense_raises_nothing_of_its_own(changes: list[tuple[int, int]], cut: int) -> None:
    """Beyond the signature, every other check must hold against a seat that signs anything."""
    changed = bytearray(GOOD)
    for at, value in changes:
        changed[at] = value
    data = bytes(changed[: len(changed) - cut])
    for verify in (False,):
        try:
            entry = read_entry(data, practice=PRACTICE, key_of=lambda _seat: b"", verify=verify)
        except LanterneError:
            continue
        assert entry.raw == data


def test_the_signature_is_checked_before_the_header_is_parsed() -> None:
    """E8 comes before E9: a malformed header under a wrong signature is a wrong signature."""
    wrong = bytearray(GOOD)
    wrong[122] = 0xFF  # reserved bytes
    with pytest.raises(EntryRefused) as caught:
        read(bytes(wrong))
    assert caught.value.check == "E8"
    with pytest.raises(EntryRefused) as caught:
        read_entry(bytes(wrong), practice=PRACTICE, key_of=lambda _seat: b"", verify=False)
    assert caught.value.check == "E9"


def test_an_unknown_seat_is_refused_even_in_bulk() -> None:
    with pytest.raises(EntryRefused) as caught:
        read_entry(GOOD, practice=PRACTICE, key_of=lambda _seat: None, verify=False)
    assert caught.value.check == "E7"


def test_verifying_needs_something_to_verify_with() -> None:
    with pytest.raises(TypeError):
        read_entry(GOOD, practice=PRACTICE, key_of=lambda _seat: b"")


def test_an_emptied_entry_keeps_its_head_and_hash() -> None:
    entry = read(GOOD)
    head = read_head(entry.head.raw, practice=PRACTICE, key_of=lambda _seat: b"", check_signature=check_toy)
    assert head == entry.head
    assert wire.emptied(head).bodies == (None, None)
    for data in (GOOD, entry.head.raw + b"\0"):
        with pytest.raises(EntryRefused) as caught:
            read_head(data, practice=PRACTICE, key_of=lambda _seat: b"", verify=False)
        assert caught.value.check == "E10"


def test_associated_data_binds_place_and_not_content() -> None:
    seen: list[bytes] = []
    entry = build(seq=4, seen=seen)
    head = entry.head
    assert seen == [wire.associated_data(head.signed, 2, index) for index in (0, 1)]
    assert seen[0] != seen[1]
    assert all(bytes.fromhex(PRACTICE) in bound and bytes.fromhex(SEAT) in bound for bound in seen)
    assert all(part.digest not in bound for part in head.parts for bound in seen)
    other: list[bytes] = []
    build(seq=5, seen=other)
    assert seen[0] != other[0]


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"seq": 0}, "E5"),
        ({"sizes": (0, 3)}, "E10"),
        ({"sizes": (wire.MAX_PART + 1, 3)}, "E10"),
        ({"heads": (Head(ChainId(SEAT, 0, Stream.CARE), 3, EntryHash("88" * 32)),)}, "E9"),
        ({"heads": (Head(ChainId(SEAT, 0, Stream.TRACE), 3, EntryHash("88" * 32)),) * 2}, "E9"),
    ],
)
def test_what_could_not_be_read_back_is_not_built(changes: dict[str, object], check: str) -> None:
    with pytest.raises(EntryRefused) as caught:
        build(**changes)  # type: ignore[arg-type]
    assert caught.value.check == check


def test_a_part_sealed_to_another_size_is_not_written() -> None:
    with pytest.raises(EntryRefused):
        build_entry(
            chain=ChainId(SEAT, 0, Stream.MEMBERS),
            practice=PRACTICE,
            seq=1,
            prev=NO_ENTRY,
            time=1,
            heads=[],
            parts=[PartPlan(Compartment.CLEAR, PartMode.CLEAR, NO_KEY, 4)],
            seal=lambda _index, _bound: b"five.",
            sign=toy_signature,
        )


def test_the_largest_entry_passes() -> None:
    heads = tuple(
        Head(ChainId(SeatId(f"{number:032x}"), 0, Stream.CARE), 1, EntryHash("88" * 32))
        for number in range(256)
    )
    entry = build(heads=heads, sizes=(wire.MAX_PART, wire.MAX_PART))
    assert len(entry.raw) == wire.MAX_ENTRY_BYTES
    assert read(entry.raw) == entry
