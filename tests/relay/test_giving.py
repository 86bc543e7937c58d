"""Entries given to a relay: kept, receipted, handed over in order of arrival; every refusal with its check."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest

from lanterne.proof.records import SeatRecord
from lanterne.relay.limits import Quota
from lanterne.seal import changing
from lanterne.wire.asking import Range, Verdict
from lanterne.wire.entry import PREAMBLE_SIZE, Entry, PartPlan, build_entry
from lanterne.wire.framing import frame, framed_size
from lanterne.wire.names import Compartment, SeatId, Stream
from lanterne.wire.part import Part
from tests import cast
from tests.relay.asking import Device
from tests.relay.conftest import Running, Start

KEPT, HELD, APART, WAITS = Verdict.KEPT, Verdict.HELD, Verdict.APART, Verdict.WAITS
NO_ROOM = Verdict.NO_ROOM


def admit(by: cast.Actor, record: SeatRecord) -> Entry:
    return by.decide(changing.admit_seat(by.keyring, record, by.random))


def revoke(by: cast.Actor, seat: SeatId) -> Entry:
    facts = changing.revoke_seat(
        by.keyring, seat, cuts=by.cuts(seat), reason="left", at=by.now, random=by.random
    )
    return by.decide(*facts)


def given(device: Device, *entries: Entry) -> tuple[int, ...]:
    return device.give([entry.raw for entry in entries])[0]


def test_what_is_given_is_receipted_and_handed_over(device: Device) -> None:
    garance = cast.garance()
    raws = [garance.note(f"note {number}").raw for number in range(5)]
    answers, receipt = device.give(raws)
    assert answers == (KEPT,) * 5
    assert receipt is not None
    assert [kept.position for kept in receipt.entries] == [1, 2, 3, 4, 5]
    assert list(device.everything().values()) == raws
    assert device.give(raws)[0] == (HELD,) * 5
    heads = device.heads()
    assert heads.heads == tuple(garance.heads().values())
    assert (heads.last, heads.waiting) == (5, 0)


def test_what_was_kept_is_there_after_a_restart(start: Start, relay: Running, device: Device) -> None:
    raws = [cast.garance().note("kept").raw]
    device.give(raws)
    relay.stop()
    again = start(root=relay.root).device()
    assert again.relay == device.relay
    # The time up to which a device's requests were taken is remembered some minutes ahead: it is told which to use.
    first = again.ask("heads")
    assert (first.status, first.complaint.check) == (401, "clock")
    assert first.complaint.time is not None
    again.offset_ms = first.complaint.time - again.now_ms()
    assert list(again.everything().values()) == raws


def test_pieces_are_asked_for_until_nothing_is_left(device: Device) -> None:
    garance = cast.garance()
    notes = [garance.note("x" * 500 + str(number)) for number in range(12)]
    given(device, *notes)
    raws = [note.raw for note in notes]
    found: list[bytes] = []
    more = True
    while more:
        piece, more = device.entries([Range(notes[0].head.chain, len(found))], 3 * framed_size(raws[0]))
        assert 1 <= len(piece) <= 3
        found += piece
    assert found == raws
    assert device.since(0, 0).entries[0].raw == raws[0]


def test_members_come_predecessors_first_and_open_the_door_to_new_seats(device: Device) -> None:
    garance, theo = cast.garance(), cast.actor("Théo Lambert")
    admitted = admit(garance, cast.theo())
    theo.hear(garance)
    note = theo.note("by the locum")
    assert given(device, note) == (107,), "E7: a seat nobody announced"
    assert given(device, admitted, note) == (KEPT, KEPT), "announced in the same batch"
    assert device.members() == (admitted.raw,)
    assert device.members(after=1) == ()


def test_both_sides_of_a_fork_are_kept(device: Device) -> None:
    garance, clone = cast.garance(), cast.garance()
    clone.random = cast.randomness("a clone")
    one, two, three = garance.note("one"), clone.note("two"), clone.note("three")
    assert given(device, one, two, three) == (KEPT, APART, KEPT)
    assert set(device.heads().heads) == {one.head.as_head, three.head.as_head}
    assert len(device.everything()) == 3


def test_what_a_revoked_seat_wrote_later_is_kept_apart(device: Device) -> None:
    garance, paul = cast.garance(), cast.actor("Paul Roche")
    admitted = admit(garance, cast.paul())
    paul.hear(garance)
    early = paul.note("known when he left")
    garance.hear(early)
    left = revoke(garance, cast.paul().id)
    late = paul.note("known to nobody")
    assert given(device, admitted, early, left, late) == (KEPT, KEPT, KEPT, APART)
    assert late.raw in device.everything().values()


def test_what_is_dated_after_the_term_is_kept_apart(device: Device) -> None:
    garance, theo = cast.garance(), cast.actor("Théo Lambert")
    admitted = admit(garance, cast.theo())
    theo.hear(garance)
    within, beyond = theo.note("in time"), theo.note("after", at=cast.END_OF_TERM + 1)
    assert given(device, admitted, within, beyond) == (KEPT, KEPT, APART)


def test_an_entry_waits_for_its_predecessor_and_is_then_kept(device: Device) -> None:
    garance = cast.garance()
    one, two, three = (garance.note(str(number)) for number in range(3))
    answers, receipt = device.give([three.raw])
    assert (answers, receipt) == ((WAITS,), None)
    assert given(device, two) == (WAITS,)
    assert given(device, two, three) == (WAITS, WAITS), "waiting twice is waiting once"
    assert device.heads().waiting == 2
    assert device.everything() == {}
    assert given(device, one) == (KEPT,)
    assert list(device.everything().values()) == [one.raw, two.raw, three.raw]
    assert (device.heads().waiting, given(device, three)) == (0, (HELD,))


def test_a_batch_in_any_order_is_kept(device: Device) -> None:
    garance = cast.garance()
    one, two, three = (garance.note(str(number)) for number in range(3))
    answers, receipt = device.give([three.raw, two.raw, one.raw, one.raw])
    assert answers == (KEPT, KEPT, KEPT, HELD)
    assert receipt is not None
    assert len(receipt.entries) == 3


def test_a_members_entry_waits_for_those_its_heads_name(device: Device) -> None:
    garance, awa = cast.garance(), cast.actor("Awa Diallo")
    admitted = admit(garance, cast.awa()._replace(admin=True))
    awa.hear(garance)
    due = garance.decide(garance.fact("rotation.due", {"compartment": 1}))
    awa.hear(due)
    hers = awa.decide(awa.fact("rotation.due", {"compartment": 2}))
    assert given(device, admitted) == (KEPT,)
    assert given(device, hers) == (WAITS,), "she names an entry that has not come"
    assert given(device, due) == (KEPT,)
    assert device.members() == (admitted.raw, due.raw, hers.raw)


# ---------------------------------------------------------------- refusals


def resealed(entry: Entry, **changes: object) -> bytes:
    """The entry with other values in its header, signed anew by the same seat: only the check in question refuses it."""
    head = entry.head
    said = {
        "chain": head.chain,
        "practice": head.practice,
        "seq": head.seq,
        "prev": head.prev,
        "time": head.time,
        "heads": head.heads,
        **changes,
    }
    plans = [(part.compartment, part.mode, part.key_id, part.size) for part in head.parts]
    bodies = [body for body in entry.bodies if body is not None]
    built = build_entry(
        **said,  # type: ignore[arg-type]
        parts=[PartPlan(*plan) for plan in plans],
        seal=lambda index, _ad: bodies[index],
        sign=cast.garance().keys.sign_entry,
    )
    return built.raw


def test_every_check_refuses_by_its_number(device: Device) -> None:
    garance = cast.garance()
    first, second = garance.note("first"), garance.note("second")
    assert given(device, first) == (KEPT,)
    raw = second.raw
    other = cast.garance()
    other.note("elsewhere")

    def changed(at: int, value: bytes) -> bytes:
        return raw[:at] + value + raw[at + len(value) :]

    bad = {
        101: b"X" + raw[1:],
        102: changed(4, b"\x09"),
        103: changed(5, b"\x09"),
        104: changed(6, b"\x09"),
        105: changed(60, bytes(8)),
        106: changed(8, bytes(32)),
        107: changed(40, bytes(16)),
        108: changed(PREAMBLE_SIZE + 40, b"\xff"),
        110: raw + b"x",
        111: raw[:-1] + bytes([raw[-1] ^ 1]),
        112: resealed(second, seq=7),
        114: resealed(second, time=first.head.time),
    }
    for answer, data in bad.items():
        assert device.give([data])[0] == (answer,), answer
    assert device.give([resealed(second, time=1 << 63)])[0] == (114,), "beyond the year 6429"
    assert list(device.everything().values()) == [first.raw], "nothing refused was kept"
    assert given(device, second) == (KEPT,)


def test_a_members_entry_whose_part_is_none_is_refused(device: Device) -> None:
    garance = cast.garance()
    good = garance.decide(garance.fact("rotation.due", {"compartment": 1}))
    head = good.head
    part = head.parts[0]
    bad = build_entry(
        chain=head.chain,
        practice=head.practice,
        seq=1,
        prev=head.prev,
        time=head.time,
        heads=(),
        parts=[PartPlan(part.compartment, part.mode, part.key_id, 3)],
        seal=lambda _index, _ad: b"\xc0\xc0\xc0",
        sign=garance.keys.sign_entry,
    )
    assert given(device, bad) == (119,)


def test_an_entry_of_another_practice_is_refused(device: Device) -> None:
    assert device.give([resealed(cast.garance().note("x"), practice="ab" * 32)])[0] == (106,)


@pytest.mark.parametrize(
    "body",
    [
        b"\0",
        b"\0\0\0\x05hello",
        struct.pack(">I", 5 << 20),
        frame([cast.garance().note("x").raw])[:-1],
        frame([cast.garance().note("x").raw] * 1025),
    ],
    ids=["short", "small", "huge", "cut", "too many"],
)
def test_a_list_of_entries_is_read_whole_or_refused(device: Device, body: bytes) -> None:
    answer = device.ask("give", body)
    assert (answer.status, answer.complaint.check) == (400, "X2")
    assert device.everything() == {}


# ---------------------------------------------------------------- quotas


def quota(start: Start, **limits: int) -> Device:
    device = start(quota=replace(Quota(), **limits)).device()
    device.found(cast.genesis())
    return device


def test_a_practice_beyond_its_quota_is_told_and_what_it_has_stays(start: Start) -> None:
    device = quota(start, entries=2)
    garance = cast.garance()
    notes = [garance.note(str(number)) for number in range(4)]
    answers, receipt = device.give([note.raw for note in notes])
    assert answers == (KEPT, KEPT, NO_ROOM, WAITS)
    assert receipt is not None
    assert len(receipt.entries) == 2
    assert len(device.everything()) == 2


def test_bytes_are_counted(start: Start) -> None:
    note = cast.garance().note("x" * 1000)
    assert given(quota(start, entry_bytes=len(note.raw) - 1), note) == (NO_ROOM,)


def test_what_is_apart_has_a_quota_of_its_own(start: Start) -> None:
    device = quota(start, apart_entries=1)
    garance = cast.garance()
    clones = [cast.garance() for _ in range(2)]
    for number, clone in enumerate(clones):
        clone.random = cast.randomness(f"clone {number}")
    assert given(device, garance.note("a"), *(clone.note("b") for clone in clones)) == (KEPT, APART, NO_ROOM)
    assert given(device, garance.note("goes on")) == (KEPT,), "the honest branch is not stopped"


def test_what_was_kept_before_a_revocation_is_counted_anew(start: Start) -> None:
    device = quota(start, apart_entries=4)
    garance, theo = cast.garance(), cast.actor("Théo Lambert")
    admitted = admit(garance, cast.theo())
    theo.hear(garance)
    notes = [theo.note(f"note {number}") for number in range(8)]
    assert given(device, admitted, *notes[:5]) == (KEPT,) * 6
    garance.hear(notes[:2])
    assert given(device, revoke(garance, theo.id)) == (KEPT,)
    # Three lie beyond the cut already: one more has room.
    assert given(device, *notes[5:7]) == (APART, NO_ROOM)
    assert given(device, *notes[:5]) == (HELD,) * 5


def test_chains_are_counted(start: Start) -> None:
    device = quota(start, tips=2)
    many = [cast.Actor(cast.founding().seat, "Garance Morel", incarnation) for incarnation in range(3)]
    assert given(device, *(actor.note("x") for actor in many)) == (KEPT, KEPT, NO_ROOM)
    assert given(device, many[0].note("more")) == (KEPT,)


def test_what_lies_under_one_number_fits_one_answer(start: Start) -> None:
    one = cast.garance().note("x" * 400)
    device = quota(start, number_bytes=2 * framed_size(one.raw))
    clones = [cast.garance() for _ in range(2)]
    for number, clone in enumerate(clones):
        clone.random = cast.randomness(f"clone {number}")
    assert given(device, one, *(clone.note("x" * 400) for clone in clones)) == (KEPT, APART, NO_ROOM)


def test_who_is_not_administrator_signs_no_membership(device: Device) -> None:
    garance, paul = cast.garance(), cast.actor("Paul Roche")
    admitted = admit(garance, cast.paul())
    paul.hear(garance)
    his = paul.decide(paul.fact("rotation.due", {"compartment": 1}))
    assert given(device, admitted, his) == (KEPT, 115)


def test_a_revoked_administrator_cannot_fill_the_place_of_those_who_revoked_it(start: Start) -> None:
    device = quota(start, members_entries=6, sheet_entries=1)
    garance, awa = cast.garance(), cast.actor("Awa Diallo")
    first = admit(garance, cast.awa()._replace(admin=True))
    awa.hear(garance)
    second = revoke(garance, awa.id)
    assert given(device, first, second) == (KEPT, KEPT)
    flood = [awa.decide(awa.fact("rotation.due", {"compartment": 1})) for _ in range(4)]
    assert given(device, *flood) == (APART, NO_ROOM, WAITS, WAITS)
    due = [garance.decide(garance.fact("rotation.due", {"compartment": 1})) for _ in range(4)]
    assert given(device, *due) == (KEPT, KEPT, KEPT, NO_ROOM)
    sheet = cast.sheet().hear(garance)
    sheet.known.pop(due[3].head.hash)
    assert given(device, sheet.decide(sheet.fact("rotation.due", {"compartment": 1}))) == (KEPT,)


def test_members_entries_are_counted(start: Start) -> None:
    device = quota(start, members_entries=1)
    garance = cast.garance()
    decided = [garance.decide(garance.fact("rotation.due", {"compartment": 1})) for _ in range(2)]
    assert given(device, *decided) == (KEPT, NO_ROOM)


def test_not_everything_may_wait(start: Start) -> None:
    device = quota(start, waiting_entries=2)
    garance = cast.garance()
    notes = [garance.note(str(number)) for number in range(5)]
    assert given(device, *notes[1:]) == (WAITS, WAITS, NO_ROOM, NO_ROOM)
    assert given(device, notes[0]) == (KEPT,)
    assert given(device, *notes[1:]) == (HELD, HELD, KEPT, KEPT)
    assert device.heads().waiting == 0


def test_a_seat_in_care_seals_nothing_in_clear(device: Device) -> None:
    """E10: a part no compartment seals has no place in the care stream."""
    garance = cast.garance()
    entry = garance.write(Stream.CARE, {Compartment.OFFICE: Part(None, (garance.fact("x.y", {}),))})
    at = len(entry.head.signed) - 56
    bent = entry.raw[:at] + b"\0\0" + entry.raw[at + 2 :]
    assert device.give([bent])[0] == (108,), "altered, so that its signature no longer holds"
