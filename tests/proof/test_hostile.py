"""Membership bytes from a liar with a key: nothing but our errors, and never a membership that cannot be computed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lanterne.proof import acts
from lanterne.proof.genesis import frame, read_genesis
from lanterne.proof.membership import Membership
from lanterne.proof.signature import GENESIS_CONTEXT
from lanterne.seal import changing
from lanterne.wire import packing
from lanterne.wire.entry import Entry, PartPlan, build_entry, emptied
from lanterne.wire.errors import EntryRefused, LanterneError
from lanterne.wire.names import NO_ENTRY, NO_KEY, ChainId, Compartment, PartMode, Stream
from lanterne.wire.part import Fact, Part, pack_part
from tests import cast

KINDS = [
    acts.SEAT_ADMITTED,
    acts.SEAT_REVOKED,
    acts.PERSON_LEFT,
    acts.DEVICE_ADMITTED,
    acts.EPOCH_ROTATED,
    acts.ROTATION_DUE,
    acts.SHEET_REPLACED,
]
junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.text(max_size=4)
    | st.binary(max_size=40)
    | st.sampled_from([bytes(16), bytes(32), bytes(1216)]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def members_entry(plaintext: bytes) -> Entry:
    """Signed by Dr Morel's seat, whatever it says."""
    found = cast.founding()
    return build_entry(
        chain=ChainId(found.seat.id, 0, Stream.MEMBERS),
        practice=found.practice,
        seq=1,
        prev=NO_ENTRY,
        time=(cast.FOUNDED + 1) << 16,
        heads=[],
        parts=[PartPlan(Compartment.CLEAR, PartMode.CLEAR, NO_KEY, len(plaintext))],
        seal=lambda _index, _bound: plaintext,
        sign=found.seat.sign_entry,
    )


def computed(plaintext: bytes) -> Membership:
    membership = cast.garance().membership.with_entries([members_entry(plaintext)])
    assert membership.sheets
    assert all(membership.epochs(place) for place in cast.ALL)
    return membership


@given(st.binary(min_size=1, max_size=300))
def test_a_part_that_is_none(plaintext: bytes) -> None:
    """Refused at the door; alarmed, and nothing worse, where it lies in a store all the same."""
    with pytest.raises(EntryRefused) as caught:
        acts.read_deed(members_entry(plaintext))
    assert caught.value.check == "E19"
    assert [notice.rule for notice in computed(plaintext).notices] == ["E19"]


def test_a_members_entry_without_its_part_is_alarmed() -> None:
    entry = members_entry(b"whatever")
    membership = cast.garance().membership.with_entries([emptied(entry.head)])
    assert [notice.rule for notice in membership.notices] == ["E10"]


def honest() -> list[Fact]:
    garance = cast.garance()
    keyring, random = garance.keyring, garance.random
    garance.decide(changing.admit_seat(keyring, cast.paul(), random))
    keyring = garance.keyring
    found = cast.founding()
    return [
        changing.admit_seat(keyring, cast.theo(), random),
        *changing.revoke_seat(
            keyring,
            cast.paul().id,
            cuts=garance.cuts(garance.id),
            reason="lost",
            at=garance.now,
            random=random,
        ),
        *changing.person_left(keyring, found.person, cuts=[], at=garance.now, random=random),
        changing.admit_device(cast.device_of("Awa Diallo").record(), random),
        changing.rotation_due(Compartment.OFFICE, random),
        changing.replace_sheet(keyring, found.sheet.record(), random),
    ]


HONEST = honest()


def changed(value: Any, data: Any) -> Any:
    """The value with something inside replaced, removed or added."""
    if isinstance(value, dict) and value and data.draw(st.integers(0, 5)):
        key = data.draw(st.sampled_from(sorted(value)))
        if not data.draw(st.integers(0, 5)):
            return {name: item for name, item in value.items() if name != key}
        return value | {key: changed(value[key], data)}
    if isinstance(value, list) and value and data.draw(st.integers(0, 3)):
        at = data.draw(st.integers(0, len(value) - 1))
        return [*value[:at], changed(value[at], data), *value[at + data.draw(st.integers(0, 1)) :]]
    return data.draw(junk)


@settings(max_examples=200)
@given(st.data())
def test_facts_that_lie(data: Any) -> None:
    facts = []
    for number in range(data.draw(st.integers(1, 3))):
        fact = data.draw(st.sampled_from(HONEST))
        body = changed(fact.body, data)
        kind = data.draw(st.sampled_from([fact.kind, fact.kind, data.draw(st.sampled_from(KINDS))]))
        if isinstance(body, dict):
            facts.append(fact._replace(id=f"{number:032x}", kind=kind, body=body))  # type: ignore[arg-type]
    if facts:
        membership = computed(pack_part(Part(None, tuple(facts))))
        for place in cast.ALL:
            assert membership.tips(place)
        assert isinstance(membership.rotation_due(cast.FOUNDED), tuple)


@given(st.binary(max_size=300))
def test_a_genesis_of_random_bytes(data: bytes) -> None:
    for attempt in (data, len(data).to_bytes(4) + data + bytes(64)):
        try:
            read_genesis(attempt)
        except LanterneError:
            continue
        raise AssertionError("random bytes founded a practice")


@settings(max_examples=100)
@given(st.data())
def test_a_genesis_that_lies(data: Any) -> None:
    found = cast.founding()
    size = int.from_bytes(found.genesis[:4])
    tree = packing.decode(found.genesis[4 : 4 + size], max_bytes=1 << 20)
    tree = changed(tree, data)
    packed = packing.encode(tree)
    try:
        genesis = read_genesis(frame(packed, found.seat.sign(GENESIS_CONTEXT, packed)))
    except LanterneError:
        return
    assert Membership.found(genesis.raw).sheets
