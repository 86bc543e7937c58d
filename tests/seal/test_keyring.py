"""Who may open what: the compartments of the cast (tests/cast.py says it in prose)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lanterne.proof.membership import Membership
from lanterne.proof.records import Wrap
from lanterne.seal import changing
from lanterne.seal.epoch import EpochKeys
from lanterne.seal.errors import NotEntitled
from lanterne.seal.keyring import Keyring
from lanterne.seal.seat import SeatKeys
from lanterne.seal.writing import seal_entry
from lanterne.wire.entry import read_entry
from lanterne.wire.errors import EntryRefused, LanterneError
from lanterne.wire.names import NO_ENTRY, ChainId, Compartment, PartMode, Stream
from lanterne.wire.part import Part
from tests import cast
from tests.cast import Actor

OFFICE, MEDICAL, TRACE = cast.ALL


def staff() -> dict[str, Actor]:
    """Everybody, on the second day."""
    garance = cast.garance()
    garance.decide(
        *(
            changing.admit_seat(garance.keyring, record, garance.random)
            for record in (cast.theo(), cast.ines(), cast.awa(), cast.paul())
        )
    )
    names = {
        "theo": "Théo Lambert",
        "ines": "Inès Caron",
        "awa": "Awa Diallo",
        "paul": "Paul Roche",
    }
    everybody = {short: cast.actor(name).hear(garance) for short, name in names.items()}
    return {"garance": garance, "sheet": cast.sheet().hear(garance)} | everybody


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        ("garance", {OFFICE, MEDICAL, TRACE}),
        ("sheet", {OFFICE, MEDICAL, TRACE}),
        ("theo", {OFFICE, MEDICAL}),
        ("ines", {OFFICE}),
        ("awa", {OFFICE, MEDICAL}),
        ("paul", {OFFICE, MEDICAL}),
    ],
)
def test_who_reads_what(who: str, reads: set[Compartment]) -> None:
    actor = staff()[who]
    assert {place for place in cast.ALL if actor.keyring.can_read(place)} == reads
    for place in cast.ALL:
        assert (actor.keyring.newest(place) is not None) == (place in reads)
        stream = Stream.TRACE if place == TRACE else Stream.CARE
        part = Part(cast.JEAN_BAPTISTE, (actor.fact("note.recorded", {"text": "écrit"}),))
        entry = actor.write(stream, {place: part})
        expected = PartMode.EPOCH if place in reads else PartMode.DEPOSIT
        assert entry.head.parts[0].mode == expected
        body = entry.bodies[0] or b""
        assert "écrit".encode() not in entry.raw
        if place in reads:
            assert actor.keyring.open_part(entry.head, 0, body) == part
        else:
            # What she deposits she cannot open again.
            with pytest.raises(NotEntitled):
                actor.keyring.open_part(entry.head, 0, body)
        # Dr Morel opens all of it.
        assert cast.garance().hear(actor).keyring.open_part(entry.head, 0, body) == part


def test_the_secretary_files_into_a_chart_she_may_not_read() -> None:
    everybody = staff()
    ines, theo = everybody["ines"], everybody["theo"]
    office = Part(cast.JEAN_BAPTISTE, (ines.fact("document.received", {"title": "Courrier"}),))
    medical = Part(cast.JEAN_BAPTISTE, (ines.fact("document.filed", {"text": "compte rendu"}),))
    entry = ines.write(Stream.CARE, {MEDICAL: medical, OFFICE: office})
    again = read_entry(
        entry.raw,
        practice=theo.membership.practice,
        key_of=theo.membership.sign_key,
        check_signature=theo.membership.check_signature,
    )
    assert [part.compartment for part in again.head.parts] == [OFFICE, MEDICAL]
    opened = [theo.keyring.open_part(again.head, at, body or b"") for at, body in enumerate(again.bodies)]
    assert opened == [office, medical]


def test_a_kind_in_the_wrong_compartment_is_refused() -> None:
    """E20, for known kinds only."""
    garance = cast.garance()
    entry = garance.note()
    keyring = Keyring(garance.keys, garance.membership, kinds={"note.recorded": OFFICE})
    with pytest.raises(EntryRefused) as caught:
        keyring.open_part(entry.head, 0, entry.bodies[0] or b"")
    assert caught.value.check == "E20"
    keyring = Keyring(garance.keys, garance.membership, kinds={"note.recorded": MEDICAL})
    assert keyring.with_membership(garance.membership).open_part(entry.head, 0, entry.bodies[0] or b"")


@settings(max_examples=40)
@given(st.binary(max_size=200), st.sampled_from([0, 1]))
def test_random_bytes_for_a_part_raise_nothing_of_their_own(body: bytes, index: int) -> None:
    garance = cast.garance()
    ines = staff()["ines"]
    part = Part(None, (ines.fact("note.recorded", {}),))
    entry = ines.write(Stream.CARE, {OFFICE: part, MEDICAL: part})
    with pytest.raises(LanterneError):
        garance.hear(ines).keyring.open_part(entry.head, index, body)


def test_a_seat_writes_in_its_own_chains_only() -> None:
    garance, paul = staff()["garance"], staff()["paul"]
    with pytest.raises(ValueError, match="own chains"):
        seal_entry(
            garance.keyring,
            chain=ChainId(paul.id, 0, Stream.CARE),
            seq=1,
            prev=NO_ENTRY,
            time=1,
            heads=[],
            parts={MEDICAL: Part(None, (garance.fact("note.recorded", {}),))},
            random=garance.random,
        )


def test_what_one_cannot_read_one_cannot_give() -> None:
    everybody = staff()
    ines = everybody["ines"]
    newcomer = cast.record_of("somebody", cast.CARERS)
    with pytest.raises(NotEntitled):
        changing.admit_seat(ines.keyring, newcomer, ines.random)
    with pytest.raises(NotEntitled):
        changing.rotate_epoch(ines.keyring, MEDICAL, at=ines.now, random=ines.random)
    with pytest.raises(NotEntitled):
        changing.replace_sheet(ines.keyring, cast.founding().sheet.record(), ines.random)


def test_a_wrap_that_lies_is_reported_and_passed_over() -> None:
    """An administrator's program gives a secret that is not the epoch's: the seat says so, and opens the rest."""
    garance = cast.garance()
    membership = garance.membership
    record = cast.record_of("Paul Roche")
    honest = changing.admit_seat(garance.keyring, record, garance.random)
    newest = membership.newest_epoch(MEDICAL)
    wrong = EpochKeys(MEDICAL, bytes(32))
    scope = bytes.fromhex(membership.practice)
    from lanterne.seal.epoch import wrap_info
    from lanterne.seal.secrets import seal_to

    lie = Wrap(
        newest.key_id,
        record.id,
        seal_to(record.agree, wrong.hand_down(), wrap_info(scope, newest.key_id, record.id)),
        scope,
    )
    wraps: list[dict[str, Any]] = [
        {"key": bytes.fromhex(lie.key_id), "sealed": lie.sealed} if wrap["key"].hex() == lie.key_id else wrap
        for wrap in honest.body["wraps"]
    ]
    garance.decide(honest._replace(body={**honest.body, "wraps": wraps}))
    paul = cast.actor("Paul Roche").hear(garance)
    assert paul.keyring.unopened == (newest.key_id,)
    assert paul.keyring.can_read(OFFICE)
    assert not paul.keyring.can_read(MEDICAL)


def test_a_wrap_moved_to_another_seat_or_practice_does_not_open() -> None:
    garance = cast.garance()
    keys = garance.keyring.newest(MEDICAL)
    assert keys is not None
    paul = cast.seat_of("Paul Roche")
    other = SeatKeys.new(cast.randomness("other"))
    from lanterne.seal.epoch import wrap_info

    scope = bytes.fromhex(garance.membership.practice)
    wrap = keys.wrap(paul.id, paul.agree_key, scope)
    assert paul.open_sealed(wrap.sealed, wrap_info(scope, keys.key_id, paul.id)) == keys.hand_down()
    for holder, bound, to in ((other, scope, other.id), (paul, bytes(32), paul.id), (paul, scope, other.id)):
        with pytest.raises(LanterneError):
            holder.open_sealed(wrap.sealed, wrap_info(bound, keys.key_id, to))


def test_a_damaged_list_of_older_epochs_is_reported() -> None:
    garance = cast.garance()
    keyring = garance.keyring
    rotation = changing.rotate_epoch(keyring, MEDICAL, at=garance.now, random=garance.random)
    epoch = dict(rotation.body["epoch"])
    epoch["previous"] = epoch["previous"][:-1] + bytes([epoch["previous"][-1] ^ 1])
    garance.decide(rotation._replace(body={"epoch": epoch}))
    garance.decide(changing.admit_seat(garance.keyring, cast.paul(), garance.random))
    paul = cast.actor("Paul Roche").hear(garance)
    assert paul.keyring.unopened == (garance.membership.newest_epoch(MEDICAL).key_id,)
    assert paul.keyring.newest(MEDICAL) is not None


def test_founding_anew_gives_the_same_secrets_and_another_practice() -> None:
    one, other = cast.found_anew(), cast.found_anew()
    assert one.practice != other.practice
    assert one.seat.id == other.seat.id
    assert Keyring(one.seat, Membership.found(one.genesis)).unopened == ()
    assert not Keyring(one.sheet, Membership.found(cast.found_anew("another street").genesis)).can_read(
        OFFICE
    )
