"""Who counts, when members did not know of each other (docs/format/membership.md, M3–M12)."""

from __future__ import annotations

import pytest

from lanterne.proof.membership import Membership, Standing
from lanterne.seal import changing
from lanterne.seal.errors import NotEntitled
from lanterne.seal.keyring import Keyring
from lanterne.seal.seat import SheetKeys
from lanterne.wire.entry import read_entry
from lanterne.wire.errors import EntryRefused
from lanterne.wire.names import Compartment, PersonId, SeatId
from lanterne.wire.part import Fact
from tests import cast
from tests.cast import Actor

MEDICAL = Compartment.MEDICAL


def admit(by: Actor, record: object, at: int | None = None) -> None:
    by.decide(changing.admit_seat(by.keyring, record, by.random), at=at)  # type: ignore[arg-type]


def revoke(by: Actor, seat: SeatId) -> None:
    by.decide(
        *changing.revoke_seat(
            by.keyring, seat, cuts=by.cuts(seat), reason="lost", at=by.now, random=by.random
        )
    )


def join(garance: Actor, name: str, **rights: object) -> Actor:
    """Admit somebody, who hears of it."""
    admit(garance, cast.record_of(name, **rights))  # type: ignore[arg-type]
    newcomer = cast.actor(name).hear(garance)
    newcomer.now = garance.now
    return newcomer


def two_administrators() -> tuple[Actor, Actor]:
    garance = cast.garance()
    return garance, join(garance, "Awa Diallo", compartments=cast.ALL, admin=True)


def everything(*actors: Actor) -> Membership:
    return cast.garance().hear(*actors).membership


def rules(membership: Membership) -> list[str]:
    return [notice.rule for notice in membership.notices]


# ---------------------------------------------------------------------- seats


def test_on_the_first_day_only_the_founder_counts() -> None:
    membership = Membership.found(cast.genesis())
    found = cast.founding()
    assert [seat.id for seat in membership.seats] == [found.seat.id]
    assert membership.is_admin(found.seat.id, cast.FOUNDED)
    assert membership.is_admin(found.sheet.id, cast.FOUNDED)
    assert membership.sign_key(found.sheet.id) == found.sheet.sign_key
    assert membership.persons == {found.person: (found.seat.id,)}
    assert membership.devices == {found.device.id: found.device.record()}
    assert membership.rotation_due(cast.FOUNDED) == ()
    assert membership.notices == ()


def test_a_stranger_counts_nowhere() -> None:
    """M10."""
    paul = cast.actor("Paul Roche")
    membership = cast.garance().membership
    entry = paul.note()
    assert membership.entitled(entry.head) is Standing.UNKNOWN
    assert membership.sign_key(paul.id) is None


def test_a_locum_counts_until_his_term_ends() -> None:
    """M12: what he dates after waits for review."""
    garance = cast.garance()
    theo = join(garance, "Théo Lambert", not_after=cast.END_OF_TERM)
    last = theo.note(at=cast.END_OF_TERM)
    late = theo.note(at=cast.END_OF_TERM + 1)
    assert garance.membership.entitled(last.head) is Standing.COUNTS
    assert garance.membership.entitled(late.head) is Standing.EXPIRED
    assert garance.membership.is_active(theo.id, cast.END_OF_TERM)
    assert not garance.membership.is_active(theo.id, cast.END_OF_TERM + 1)


def test_an_administrator_past_her_term_changes_nothing() -> None:
    garance = cast.garance()
    awa = join(garance, "Awa Diallo", compartments=cast.ALL, admin=True, not_after=cast.END_OF_TERM)
    admit(awa, cast.paul(), at=cast.END_OF_TERM + 1)
    membership = everything(garance, awa)
    assert rules(membership) == ["M3"]
    assert not membership.is_admitted(cast.seat_of("Paul Roche").id)


def test_what_a_revoked_seat_wrote_counts_up_to_what_the_revoker_knew() -> None:
    """M6, M11, for each of its chains; a chain the revoker never saw is wholly beyond."""
    garance = cast.garance()
    paul = join(garance, "Paul Roche")
    known = paul.note("known")
    garance.hear(paul)
    unknown = paul.note("unknown")
    again = Actor(paul.keys, "Paul Roche, another incarnation", incarnation=1).hear(paul)
    elsewhere = again.note("elsewhere")
    revoke(garance, paul.id)
    membership = garance.membership
    assert membership.revoked == {paul.id}
    assert membership.entitled(known.head) is Standing.COUNTS
    assert membership.entitled(unknown.head) is Standing.BEYOND_CUT
    assert membership.entitled(elsewhere.head) is Standing.BEYOND_CUT
    assert membership.sign_key(paul.id) is not None, "what waits for review stays verifiable"
    assert membership.notices == ()


def test_a_rewritten_number_is_beyond_the_cut() -> None:
    """M11: the cut names a hash; another entry under its number is not the one the revoker knew."""
    garance = cast.garance()
    paul = join(garance, "Paul Roche")
    clone = cast.actor("Paul Roche").hear(paul)
    clone.random = cast.randomness("the clone")
    clone.now = paul.now
    known, rewritten = paul.note("as it was"), clone.note("as he wishes it had been")
    assert (known.head.chain, known.head.seq) == (rewritten.head.chain, rewritten.head.seq)
    garance.hear(known)
    revoke(garance, paul.id)
    assert garance.membership.entitled(known.head) is Standing.COUNTS
    assert garance.membership.entitled(rewritten.head) is Standing.BEYOND_CUT


def test_a_cut_cannot_be_chosen() -> None:
    """M6: a list that contradicts the headers is alarmed, ignored, and keeps no revocation from standing."""
    garance = cast.garance()
    paul = join(garance, "Paul Roche")
    first, second = paul.note("one"), paul.note("two")
    garance.hear(paul)
    listed = [first.head.as_head]
    garance.decide(
        *changing.revoke_seat(
            garance.keyring, paul.id, cuts=listed, reason="lost", at=garance.now, random=garance.random
        )
    )
    membership = garance.membership
    assert rules(membership) == ["M6"]
    assert paul.id in membership.revoked
    assert membership.entitled(second.head) is Standing.COUNTS


def test_a_person_who_left_may_come_back_with_a_new_seat() -> None:
    garance = cast.garance()
    paul = join(garance, "Paul Roche")
    person = cast.person_of("Paul Roche")
    garance.decide(
        *changing.person_left(garance.keyring, person, cuts=[], at=garance.now, random=garance.random)
    )
    assert garance.membership.left == {person}
    assert garance.membership.persons[person] == ()
    back = join(garance, "Paul Roche, back", person=person)
    membership = garance.membership
    assert membership.left == frozenset()
    assert membership.persons[person] == (back.id,)
    assert membership.revoked == {paul.id}
    assert membership.entitled(back.note().head) is Standing.COUNTS


def test_a_person_who_left_takes_along_a_seat_admitted_unknowingly() -> None:
    """M7: the departure and the admission did not know of each other; the departure wins."""
    garance, awa = two_administrators()
    join(garance, "Paul Roche")
    awa.hear(garance)
    person = cast.person_of("Paul Roche")
    garance.decide(
        *changing.person_left(garance.keyring, person, cuts=[], at=garance.now, random=garance.random)
    )
    admit(awa, cast.record_of("Paul Roche, second device", person=person))
    second = cast.seat_of("Paul Roche, second device").id
    assert second in everything(garance, awa).revoked


# ---------------------------------------------------------------------- concurrency


def test_a_revocation_wins_over_what_it_did_not_know() -> None:
    """M7: what the revoked administrator decided meanwhile falls; what was known before stands."""
    garance, awa = two_administrators()
    admit(awa, cast.theo())
    garance.hear(awa)
    theo = cast.actor("Théo Lambert").hear(awa)
    theo.now = awa.now
    revoke(garance, awa.id)
    admit(awa, cast.paul())
    paul = cast.actor("Paul Roche").hear(awa)
    paul.now = awa.now
    membership = everything(garance, awa)
    assert membership.is_admitted(theo.id)
    assert not membership.is_admitted(paul.id)
    assert membership.entitled(theo.note().head) is Standing.COUNTS
    assert membership.entitled(paul.note().head) is Standing.UNKNOWN
    assert membership.sign_key(paul.id) is not None, "kept apart, and still verifiable"
    assert rules(membership) == ["M7"]


def test_the_admission_of_a_seat_whose_administrator_fell_falls_too() -> None:
    garance, awa = two_administrators()
    admit(awa, cast.record_of("Paul Roche", cast.ALL, admin=True))
    paul = cast.actor("Paul Roche").hear(awa)
    paul.now = awa.now
    admit(paul, cast.theo())
    revoke(garance, awa.id)
    membership = everything(garance, paul)
    assert [seat.id for seat in membership.seats] == [garance.id, awa.id]


def test_two_who_revoke_each_other_both_go() -> None:
    """M7."""
    garance, awa = two_administrators()
    revoke(garance, awa.id)
    revoke(awa, garance.id)
    membership = everything(garance, awa)
    assert membership.revoked == {garance.id, awa.id}
    # Both rotations fall with their authors; the sheet is told that keys must change.
    assert membership.rotation_due(garance.now) == cast.ALL


def test_the_revoked_revokes_nobody_once_she_knows() -> None:
    """M3."""
    garance, awa = two_administrators()
    revoke(garance, awa.id)
    awa.hear(garance)
    revoke(awa, garance.id)
    membership = everything(garance, awa)
    assert membership.revoked == {awa.id}
    assert "M3" in rules(membership)


def test_what_the_sheet_signs_prevails() -> None:
    """M7: a stolen seat revokes the founder; the sheet, not knowing, revokes the stolen seat."""
    garance, awa = two_administrators()
    sheet = cast.sheet().hear(garance)
    sheet.now = garance.now
    revoke(awa, garance.id)
    revoke(sheet, awa.id)
    membership = everything(garance, awa, sheet)
    assert membership.revoked == {awa.id}
    assert membership.is_admin(garance.id, garance.now)


def test_whom_the_thief_admitted_revokes_nobody_once_the_sheet_spoke() -> None:
    """M7: the admission fell by the sheet's word, and the newcomer's revocations with it."""
    garance, awa = two_administrators()
    sheet = cast.sheet().hear(garance)
    sheet.now = garance.now
    admit(awa, cast.record_of("Paul Roche", cast.ALL, admin=True))
    paul = cast.actor("Paul Roche").hear(awa)
    paul.now = awa.now
    revoke(paul, garance.id)
    revoke(sheet, awa.id)
    membership = everything(garance, awa, paul, sheet)
    assert membership.revoked == {awa.id}
    assert not membership.is_admitted(paul.id)


def test_the_sheet_recovers_a_practice_whose_administrators_all_fell() -> None:
    garance, awa = two_administrators()
    revoke(garance, awa.id)
    revoke(awa, garance.id)
    sheet = cast.sheet().hear(garance, awa)
    sheet.now = garance.now
    admit(sheet, cast.record_of("Garance Morel, again", cast.ALL, admin=True))
    again = cast.actor("Garance Morel, again").hear(sheet)
    assert again.membership.is_admin(again.id, sheet.now)
    assert all(again.keyring.newest(place) is not None for place in cast.ALL)


def test_a_replaced_sheet_signs_nothing_more() -> None:
    garance = cast.garance()
    new = SheetKeys.new(cast.randomness("new sheet"))
    garance.decide(changing.replace_sheet(garance.keyring, new.record(), garance.random))
    old = cast.sheet().hear(garance)
    old.now = garance.now
    admit(old, cast.paul())
    membership = everything(garance, old)
    assert membership.sheet == new.record()
    assert rules(membership) == ["M3"]
    keyring = Keyring(new, membership)
    assert all(keyring.newest(place) is not None for place in cast.ALL)


def test_a_thief_does_not_get_rid_of_the_sheet_by_replacing_it() -> None:
    """M7: her sheet answers to the older one; so does what her sheet signs."""
    garance, awa = two_administrators()
    sheet = cast.sheet().hear(garance)
    sheet.now = garance.now
    hers = SheetKeys.new(cast.randomness("the thief's sheet"))
    awa.decide(changing.replace_sheet(awa.keyring, hers.record(), awa.random))
    thief = Actor(hers, "the thief's sheet").hear(awa)
    thief.now = awa.now
    revoke(thief, garance.id)
    revoke(sheet, awa.id)
    membership = everything(garance, awa, thief, sheet)
    assert membership.sheets == (cast.founding().sheet.record(),)
    assert membership.revoked == {awa.id}


def test_a_sheet_that_replaced_itself_is_done() -> None:
    """M7: what a photograph of the paper signs beside its replacement has no effect."""
    first, copy = cast.sheet(), cast.sheet()
    copy.random = cast.randomness("a copy of the sheet")
    new = SheetKeys.new(cast.randomness("new sheet"))
    first.decide(changing.replace_sheet(first.keyring, new.record(), first.random))
    admit(copy, cast.paul())
    membership = everything(first, copy)
    assert membership.sheet == new.record()
    assert not membership.is_admitted(cast.seat_of("Paul Roche").id)
    assert "M7" in rules(membership)


def test_one_seat_admitted_twice_at_once_keeps_the_first_record() -> None:
    garance, awa = two_administrators()
    admit(garance, cast.record_of("Paul Roche"))
    admit(awa, cast.record_of("Paul Roche", cast.ALL, admin=True), at=garance.now + 5000)
    membership = everything(garance, awa)
    assert membership.seat(cast.seat_of("Paul Roche").id) == cast.record_of("Paul Roche")
    assert not membership.is_admin(cast.seat_of("Paul Roche").id, garance.now)
    assert rules(membership) == ["M7"]


# ---------------------------------------------------------------------- epochs


def test_after_a_revocation_the_revoked_holds_no_new_key() -> None:
    """M8; and the past stays readable to those who join later."""
    garance = cast.garance()
    paul = join(garance, "Paul Roche")
    before = garance.note("before")
    revoke(garance, paul.id)
    after = garance.note("after")
    paul.hear(garance)
    with pytest.raises(NotEntitled):
        paul.keyring.open_part(after.head, 0, after.bodies[0] or b"")
    awa = join(garance, "Awa Diallo")
    for entry in (before, after):
        assert awa.keyring.open_part(entry.head, 0, entry.bodies[0] or b"").subject == cast.JEAN_BAPTISTE
    assert awa.keyring.unopened == ()


def test_two_rotations_at_once_are_both_read_by_who_joins_later() -> None:
    garance, awa = two_administrators()
    for one in (garance, awa):
        one.decide(changing.rotate_epoch(one.keyring, MEDICAL, at=one.now, random=one.random))
    notes = [garance.note("under hers"), awa.note("under the other")]
    garance.hear(awa)
    assert len(garance.membership.epochs(MEDICAL)) == 3
    assert len(garance.membership.tips(MEDICAL)) == 2
    paul = join(garance, "Paul Roche").hear(awa)
    for entry in notes:
        assert paul.keyring.open_part(entry.head, 0, entry.bodies[0] or b"")
    garance.decide(changing.rotate_epoch(garance.keyring, MEDICAL, at=garance.now, random=garance.random))
    assert len(garance.membership.tips(MEDICAL)) == 1


def test_what_was_written_under_a_fallen_rotation_stays_readable() -> None:
    """E16: honest seats wrote under it before they knew."""
    garance, awa = two_administrators()
    theo = join(garance, "Théo Lambert").hear(awa)
    awa.hear(garance)
    awa.decide(changing.rotate_epoch(awa.keyring, MEDICAL, at=awa.now, random=awa.random))
    theo.hear(awa)
    entry = theo.note("under the new epoch")
    revoke(garance, awa.id)
    garance.hear(awa, theo)
    assert garance.membership.entitled(entry.head) is Standing.COUNTS
    assert garance.keyring.open_part(entry.head, 0, entry.bodies[0] or b"")
    assert garance.membership.newest_epoch(MEDICAL).key_id != entry.head.parts[0].key_id
    paul = join(garance, "Paul Roche").hear(theo)
    assert paul.keyring.open_part(entry.head, 0, entry.bodies[0] or b"")


def test_a_revoker_without_the_key_says_that_a_rotation_is_due() -> None:
    garance = cast.garance()
    join(garance, "Paul Roche")
    clerk = join(garance, "a clerk", compartments=cast.OFFICE_ONLY, admin=True)
    garance.hear(clerk)
    revoke(clerk, cast.seat_of("Paul Roche").id)
    membership = everything(clerk)
    assert membership.rotation_due(clerk.now) == (MEDICAL,)
    garance.hear(clerk)
    garance.decide(changing.rotate_epoch(garance.keyring, MEDICAL, at=garance.now, random=garance.random))
    assert garance.membership.rotation_due(garance.now) == ()
    assert garance.membership.notices == ()


def test_a_seat_admitted_beside_a_rotation_makes_another_due() -> None:
    garance, awa = two_administrators()
    garance.decide(changing.rotate_epoch(garance.keyring, MEDICAL, at=garance.now, random=garance.random))
    admit(awa, cast.paul(), at=garance.now - 1)
    assert MEDICAL in everything(garance, awa).rotation_due(garance.now)


def test_a_new_epoch_for_somebody_not_entitled_is_refused() -> None:
    """M8."""
    garance = cast.garance()
    join(garance, "Inès Caron", compartments=cast.OFFICE_ONLY)
    rotation = changing.rotate_epoch(garance.keyring, MEDICAL, at=garance.now, random=garance.random)
    epoch = rotation.body["epoch"]
    for stranger in (cast.seat_of("Inès Caron").id, cast.seat_of("Paul Roche").id):
        wraps = [*epoch["wraps"], {"to": bytes.fromhex(stranger), "sealed": b"whatever"}]
        actor = cast.garance().hear(garance)
        actor.now = garance.now
        actor.decide(rotation._replace(body={"epoch": epoch | {"wraps": wraps}}))
        assert rules(actor.membership) == ["M8"]
        assert len(actor.membership.epochs(MEDICAL)) == 1


def test_a_seat_is_given_only_what_its_record_says_it_reads() -> None:
    """M4: a secretary admitted with a wrap of the medical epoch beside her own."""
    garance = cast.garance()
    fact = changing.admit_seat(garance.keyring, cast.ines(), garance.random)
    medical = {"key": bytes.fromhex(garance.membership.newest_epoch(MEDICAL).key_id), "sealed": b"whatever"}
    garance.decide(fact._replace(body={**fact.body, "wraps": [*fact.body["wraps"], medical]}))
    assert rules(garance.membership) == ["M4"]


def test_a_locum_past_his_term_gets_no_new_key() -> None:
    garance = cast.garance()
    theo = join(garance, "Théo Lambert", not_after=cast.END_OF_TERM)
    at = cast.END_OF_TERM + cast.DAY
    garance.decide(changing.rotate_epoch(garance.keyring, MEDICAL, at=at, random=garance.random), at=at)
    membership = garance.membership
    assert membership.notices == ()
    assert theo.id not in {wrap.to for wrap in membership.newest_epoch(MEDICAL).wraps}


# ---------------------------------------------------------------------- entries


def test_nothing_of_another_practice_or_stream_enters() -> None:
    membership = cast.garance().membership
    note = cast.garance().note()
    with pytest.raises(EntryRefused) as caught:
        membership.with_entries([note])
    assert caught.value.check == "E4"
    other = Membership.found(cast.found_anew("another street").genesis)
    with pytest.raises(EntryRefused) as caught:
        other.with_entries([cast.garance().decide(changing.rotation_due(MEDICAL, cast.randomness("x")))])
    assert caught.value.check == "E6"


def test_what_waits_counts_once_what_it_stands_on_comes() -> None:
    """E12, and the same at any order of arrival."""
    garance = cast.garance()
    first = garance.decide(changing.admit_seat(garance.keyring, cast.paul(), garance.random))
    second = garance.decide(changing.admit_seat(garance.keyring, cast.theo(), garance.random))
    early = Membership.found(cast.genesis()).with_entries([second])
    assert rules(early) == ["E12"]
    assert len(early.seats) == 1
    late = early.with_entries([first])
    assert late.notices == ()
    assert len(late.seats) == 3
    assert late.with_entries([first, second]) is late


def test_both_branches_of_a_fork_are_kept_and_alarmed() -> None:
    """E13."""
    one, other = cast.garance(), cast.garance()
    other.random = cast.randomness("the other branch")
    admit(one, cast.theo())
    admit(other, cast.paul())
    membership = everything(one, other)
    assert rules(membership) == ["E13"]
    assert len(membership.seats) == 3


def test_an_entry_nobody_signed_has_no_effect() -> None:
    """E8 is checked here, since a seat's key may come after what it signed; its true copy still counts."""
    garance = cast.garance()
    admit(garance, cast.paul())
    (true,) = garance.known.values()
    at = len(true.head.signed)
    raw = true.raw[:at] + bytes(64) + true.raw[at + 64 :]
    forged = read_entry(raw, practice=garance.membership.practice, key_of=lambda _seat: b"", verify=False)
    membership = Membership.found(cast.genesis()).with_entries([forged])
    assert rules(membership) == ["E8"]
    assert len(membership.seats) == 1
    assert len(membership.with_entries([true]).seats) == 2


def test_an_unknown_kind_is_kept_beside_what_is_known() -> None:
    garance = cast.garance()
    unknown = garance.fact("hat.worn", {"colour": "blue"})
    newer = Fact(unknown.id[::-1], "seat.admitted", 2, (), None, {})  # type: ignore[arg-type]
    garance.decide(unknown, newer, changing.admit_seat(garance.keyring, cast.paul(), garance.random))
    membership = garance.membership
    assert rules(membership) == ["M9", "M9"]
    assert membership.is_admitted(cast.seat_of("Paul Roche").id)


def test_a_key_nobody_can_seal_to_is_not_admitted() -> None:
    """M4: else no later rotation could be written."""
    garance = cast.garance()
    bad = cast.paul()._replace(agree=b"\xff" * 1216)
    body = {"seat": bad.to_wire(), "wraps": []}
    garance.decide(garance.fact("seat.admitted", body))
    assert rules(garance.membership) == ["M4"]


def test_persons_are_ids_and_nothing_else() -> None:
    """Pseudonymous: no name of the cast stands in a members entry."""
    garance = cast.garance()
    join(garance, "Paul Roche")
    raw = b"".join(entry.raw for entry in garance.known.values())
    assert b"Paul" not in raw
    assert PersonId(cast.person_of("Paul Roche")) in garance.membership.persons
