"""The membership is a function of the set of entries (M7): whatever the order of arrival, whoever is lying.

Plays are drawn at random: administrators, a thief among them, and two holders of the sheet decide things, some knowing
what others did and some not; then the entries arrive shuffled, cut into batches, and the result must be the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lanterne.proof import membership
from lanterne.proof.judging import Judge, World
from lanterne.proof.membership import Membership
from lanterne.seal import changing
from lanterne.seal.errors import SealError
from lanterne.seal.seat import SheetKeys
from lanterne.wire.entry import Entry
from lanterne.wire.names import Compartment, Stream
from tests import cast
from tests.cast import Actor

NAMES = ("garance", "awa", "paul", "sheet", "copy of the sheet", "new sheet")
steps = st.tuples(
    st.sampled_from(NAMES),
    st.sampled_from(["hear", "admit", "revoke", "leave", "rotate", "replace", "nonsense", "note", "empty"]),
    st.integers(0, 5),
    st.integers(1, 3000),
)


class Play:
    """A stage on which hypothesis moves the cast."""

    def __init__(self) -> None:
        garance = cast.garance()
        for name in ("awa", "paul"):
            record = cast.record_of(name, cast.ALL, admin=True)
            garance.decide(changing.admit_seat(garance.keyring, record, garance.random))
        copy = cast.sheet()
        copy.random = cast.randomness("copy of the sheet")
        new = Actor(SheetKeys.new(cast.randomness("new sheet")), "new sheet")
        self.actors = {
            "garance": garance,
            "awa": cast.actor("awa"),
            "paul": cast.actor("paul"),
            "sheet": cast.sheet(),
            "copy of the sheet": copy,
            "new sheet": new,
        }
        for actor in self.actors.values():
            actor.hear(garance)
            actor.now = garance.now
        self.admitted = 0

    def step(self, name: str, verb: str, number: int, wait_ms: int) -> None:
        actor = self.actors[name]
        other = self.actors[NAMES[number]]
        at = actor.now + wait_ms
        try:
            getattr(self, verb)(actor, other, at)
        except SealError:
            return  # this actor does not hold the key it would take

    def hear(self, actor: Actor, other: Actor, _at: int) -> None:
        actor.hear(other)

    def admit(self, actor: Actor, _other: Actor, at: int) -> None:
        self.admitted += 1
        record = cast.record_of(f"newcomer {self.admitted % 3}", cast.CARERS, admin=self.admitted % 2 == 0)
        actor.decide(changing.admit_seat(actor.keyring, record, actor.random), at=at)

    def revoke(self, actor: Actor, other: Actor, at: int) -> None:
        facts = changing.revoke_seat(
            actor.keyring, other.id, cuts=actor.cuts(other.id), reason="lost", at=at, random=actor.random
        )
        actor.decide(*facts, at=at)

    def leave(self, actor: Actor, other: Actor, at: int) -> None:
        person = cast.person_of(other.name) if other.name != "Garance Morel" else cast.founding().person
        actor.decide(*changing.person_left(actor.keyring, person, cuts=[], at=at, random=actor.random), at=at)

    def rotate(self, actor: Actor, _other: Actor, at: int) -> None:
        place = Compartment.MEDICAL
        actor.decide(changing.rotate_epoch(actor.keyring, place, at=at, random=actor.random), at=at)

    def replace(self, actor: Actor, _other: Actor, at: int) -> None:
        new = self.actors["new sheet"].keys
        assert isinstance(new, SheetKeys)
        actor.decide(changing.replace_sheet(actor.keyring, new.record(), actor.random), at=at)

    def nonsense(self, actor: Actor, _other: Actor, at: int) -> None:
        actor.decide(actor.fact("seat.admitted", {"seat": 1}), at=at)

    def note(self, actor: Actor, _other: Actor, at: int) -> None:
        actor.note(at=at)

    def empty(self, actor: Actor, other: Actor, at: int) -> None:
        heads = [head for head in actor.heads().values() if head.chain.stream is Stream.CARE]
        mine = [head for head in heads if head.chain.seat == other.id] or heads
        facts = changing.empty_entries(mine[:1], ["5a" * 32], "erasure", actor.random)
        actor.decide(*facts, at=at)

    def entries(self) -> list[Entry]:
        known: dict[str, Entry] = {}
        for actor in self.actors.values():
            known.update(actor.known)
        return list(known.values())


def snapshot(membership: Membership, notes: Sequence[Entry]) -> dict[str, Any]:
    """All a membership answers."""
    return {
        "seats": membership.seats,
        "revoked": membership.revoked,
        "persons": membership.persons,
        "left": membership.left,
        "sheets": membership.sheets,
        "devices": membership.devices,
        "epochs": {place: [epoch.key_id for epoch in membership.epochs(place)] for place in cast.ALL},
        "all epochs": {place: [epoch.key_id for epoch in membership.all_epochs(place)] for place in cast.ALL},
        "tips": {place: [epoch.key_id for epoch in membership.tips(place)] for place in cast.ALL},
        "due": membership.rotation_due(cast.FOUNDED),
        "wraps": {seat.id: membership.wraps_to(seat.id) for seat in membership.seats},
        "notices": membership.notices,
        "emptied": dict(membership.emptied),
        "documents": dict(membership.emptied_blobs),
        "heads": membership.heads,
        "standing": {note.head.hash: membership.entitled(note.head) for note in notes},
        "keys": {note.head.seat: membership.sign_key(note.head.seat) for note in notes},
    }


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(steps, min_size=3, max_size=14), st.data())
def test_the_order_of_arrival_does_not_show(drawn: list[Any], data: Any) -> None:
    play = Play()
    for step in drawn:
        play.step(*step)
    entries = play.entries()
    members = [entry for entry in entries if entry.head.stream == Stream.MEMBERS]
    founded = Membership.found(cast.genesis())
    expected = snapshot(founded.with_entries(members), entries)
    for _ in range(3):
        membership = Membership.found(cast.genesis())
        shuffled = data.draw(st.permutations(members))
        while shuffled:
            size = data.draw(st.integers(1, len(shuffled)))
            membership = membership.with_entries(shuffled[:size])
            shuffled = shuffled[size:]
        assert snapshot(membership, entries) == expected


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(steps, min_size=3, max_size=14))
def test_what_always_holds(drawn: list[Any]) -> None:
    play = Play()
    for step in drawn:
        play.step(*step)
    membership = cast.garance().hear(play.entries()).membership
    assert membership.sheets, "there is always a sheet"
    for place in cast.ALL:
        assert membership.newest_epoch(place) in membership.all_epochs(place)
        holders = {wrap.to for wrap in membership.newest_epoch(place).wraps}
        if holders & membership.revoked:
            assert place in membership.rotation_due(cast.FOUNDED)
    for actor in play.actors.values():
        assert actor.keyring.unopened == ()
    # What the founding sheet decided, nobody's seat undoes.
    sheet = cast.founding().sheet.id
    replaced = sheet not in {one.id for one in membership.sheets}
    if not replaced:
        assert membership.is_admin(sheet, cast.FOUNDED)


class Weighed(Judge):
    """Judges as the paper says it: every world weighed anew, nothing grown."""

    def whole(self) -> World:
        for entry in self._history.order:
            self._verdicts[entry.hash] = self._grown(entry.past).take(entry, None)
        return self.world((1 << len(self._history.placed)) - 1)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(steps, min_size=3, max_size=16))
def test_a_world_that_grew_is_the_one_weighed_anew(drawn: list[Any]) -> None:
    play = Play()
    for step in drawn:
        play.step(*step)
    entries = play.entries()
    members = [entry for entry in entries if entry.head.stream == Stream.MEMBERS]
    grown = snapshot(Membership.found(cast.genesis()).with_entries(members), entries)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(membership, "Judge", Weighed)
        weighed = snapshot(Membership.found(cast.genesis()).with_entries(members), entries)
    assert grown == weighed
