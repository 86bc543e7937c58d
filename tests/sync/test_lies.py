"""What a relay or a device may lie about, and what is alarmed: exactly that, with evidence that convinces others."""

from __future__ import annotations

import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from lanterne.proof.exchange import check_answer, sign_statement
from lanterne.sync.alarms import Alarm, Lie
from lanterne.sync.known import Known
from lanterne.wire import packing
from lanterne.wire.asking import HeadsAnswer
from lanterne.wire.exchange import HolderId
from lanterne.wire.framing import read_piece
from lanterne.wire.request import read_answer_header, read_request_header
from lanterne.wire.statements import Statement, compare_statements, read_receipt, read_statement
from tests.journal.stage import found
from tests.sync.relay_play import RelayPeer, RelayPlay, play_relay
from tests.sync.stage import Machine, another_machine, content, first_machine


@pytest.fixture
def relay(garance: Machine, tmp_path: Path) -> RelayPlay:
    return play_relay(garance, tmp_path / "relay")


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


def lies(machine: Machine) -> list[tuple[Lie, str]]:
    return sorted(((one.lie, one.why) for one in machine.known.alarms()), key=str)


def convinces(alarm: Alarm, relay: RelayPlay) -> bytes:
    """The last piece of evidence is an answer that verifies under the relay's key; its body."""
    proof = packing.decode(alarm.evidence[-1], max_bytes=1 << 24)
    check_answer(
        read_answer_header(proof["answer"]),
        read_request_header(proof["request"]),
        status=proof["status"],
        body=proof["body"],
        holder=relay.key.id,
        key=relay.key.public,
    )
    return bytes(proof["body"])


class Frozen(RelayPeer):
    """Withholds: shows an old image of what it holds."""

    image: HeadsAnswer | None = None

    def say_heads(self, said: HeadsAnswer) -> HeadsAnswer:
        return said if self.image is None else self.image


def test_an_old_image_of_the_relay_shrinks(garance: Machine, relay: RelayPlay) -> None:
    garance.jot("one")
    garance.exchange(RelayPeer(relay, garance))
    image = relay.heads()
    garance.jot("two")
    for _ in range(2):
        garance.exchange(RelayPeer(relay, garance))
    assert lies(garance) == []
    peer = Frozen(relay, garance)
    peer.image = image
    done = garance.exchange(peer)
    assert lies(garance) == [(Lie.SHRANK, "heads"), (Lie.SHRANK, "last")]
    assert set(done.alarms) == set(garance.known.alarms())
    for alarm in done.alarms:
        convinces(alarm, relay)
    # It was given what it hid once more, gave a receipt, and hid it again: that is another matter, once.
    again = garance.exchange(peer)
    assert [alarm.lie for alarm in again.alarms] == [Lie.RECEIPT]
    assert garance.exchange(peer).alarms == (), "one matter is alarmed once"
    assert garance.known.relay(relay.key.id).last == len(relay.order), "what is known does not shrink"


def test_an_entry_given_a_receipt_for_and_not_shown_is_alarmed(garance: Machine, relay: RelayPlay) -> None:
    garance.jot("one")
    garance.exchange(RelayPeer(relay, garance))
    image = relay.heads()
    garance.jot("two")
    garance.exchange(RelayPeer(relay, garance))
    peer = Frozen(relay, garance)
    peer.image = replace(image, last=len(relay.order))
    garance.exchange(peer)
    assert lies(garance) == [(Lie.RECEIPT, "missing")]
    (alarm,) = garance.known.alarms()
    assert read_receipt(alarm.evidence[0]).value.entries
    convinces(alarm, relay)


class Swapper(RelayPeer):
    """Shows another history in its order of arrival; `short` cuts it off."""

    short = False

    def say_order(self, order: list[bytes]) -> list[bytes]:
        return order[:1] if self.short else [order[0]] * len(order)


def test_a_later_position_does_not_vouch_for_an_earlier_one(
    garance: Machine, theo: Machine, relay: RelayPlay, stick: Path
) -> None:
    """Two histories under one key: Théo's relay put his entry where Garance's put hers, and is further on."""
    for machine in (garance, theo, garance, theo):
        machine.exchange(RelayPeer(relay, machine))
    common = list(relay.order)
    garance.jot("at a place Théo is shown another entry under")
    garance.exchange(RelayPeer(relay, garance))

    class Another(RelayPeer):
        def say_order(self, order: list[bytes]) -> list[bytes]:
            return [*common, common[0], *order[len(common) + 1 :]]

        def say_heads(self, said: HeadsAnswer) -> HeadsAnswer:
            return replace(said, statements=())

    theo.jot("further on")
    for _ in range(3):
        theo.exchange(Another(relay, theo))
    assert lies(theo) == [], "his own stands where it was promised"
    garance.by_folder(stick)
    theo.by_folder(stick)
    theo.exchange(Another(relay, theo))
    assert (Lie.WITHHELD, "other") in lies(theo)


@pytest.mark.parametrize("short", [False, True])
def test_another_entry_or_none_under_a_position_promised_is_alarmed(
    garance: Machine, relay: RelayPlay, short: bool
) -> None:
    garance.jot("one")
    garance.jot("two")
    garance.exchange(RelayPeer(relay, garance))
    peer = Swapper(relay, garance)
    peer.short = short
    garance.exchange(peer)
    assert lies(garance) == [(Lie.RECEIPT, "missing" if short else "other")]


def test_what_is_withheld_from_one_is_seen_when_two_meet_elsewhere(
    garance: Machine, theo: Machine, relay: RelayPlay, stick: Path
) -> None:
    for machine in (garance, theo):
        machine.exchange(RelayPeer(relay, machine))
    image, order = relay.heads(), list(relay.order)

    class Withholding(Frozen):
        def say_order(self, _: list[bytes]) -> list[bytes]:
            return order

    peer = Withholding(relay, theo)
    peer.image = image
    garance.jot("the relay has this one")
    garance.exchange(RelayPeer(relay, garance))
    theo.exchange(peer)
    assert lies(theo) == [], "nobody can know yet"
    garance.by_folder(stick)
    theo.by_folder(stick)
    assert content(theo.journal) == content(garance.journal)
    theo.exchange(peer)
    assert lies(theo) == [(Lie.WITHHELD, "missing")]
    (alarm,) = theo.known.alarms()
    assert convinces(alarm, relay)
    assert lies(garance) == []


def test_no_lie_is_seen_in_a_relay_that_is_merely_slow_to_hear(
    garance: Machine, theo: Machine, relay: RelayPlay, stick: Path
) -> None:
    """They meet by a stick before the relay heard anything of it."""
    for machine in (garance, theo):
        machine.exchange(RelayPeer(relay, machine))
    garance.jot("only on the stick yet")
    garance.by_folder(stick)
    theo.by_folder(stick)
    theo.exchange(RelayPeer(relay, theo))
    garance.exchange(RelayPeer(relay, garance))
    theo.exchange(RelayPeer(relay, theo))
    assert lies(theo) == lies(garance) == []


class Forger(RelayPeer):
    """Alters what it hands out."""

    alter = staticmethod(lambda raw: raw)

    def say_entries(self, entries: tuple[bytes, ...], more: bool) -> tuple[tuple[bytes, ...], bool]:
        return tuple(self.alter(raw) for raw in entries), more


def flip(at: int) -> object:
    def flipped(raw: bytes) -> bytes:
        changed = bytearray(raw)
        changed[at] ^= 1
        return bytes(changed)

    return staticmethod(flipped)


@pytest.mark.parametrize(
    ("at", "check"), [(-1, "E11"), (100, "E8"), (0, "E1"), (10, "E6"), (6, "E4"), (71, "E5")]
)
def test_an_entry_that_is_none_is_alarmed(
    garance: Machine, theo: Machine, relay: RelayPlay, at: int, check: str
) -> None:
    garance.jot("one")
    garance.exchange(RelayPeer(relay, garance))
    peer = type("Flipper", (Forger,), {"alter": flip(at)})(relay, theo)
    done = theo.exchange(peer)
    assert check in {why for lie, why in lies(theo) if lie is Lie.NO_ENTRY}
    assert done.tally.received == 0
    alarm = theo.known.alarms()[0]
    assert read_piece(convinces(alarm, relay)).entries
    assert theo.exchange(RelayPeer(relay, theo)).whole
    assert content(theo.journal) == content(garance.journal)


def test_what_a_newer_lanterne_wrote_is_no_lie(garance: Machine, theo: Machine, relay: RelayPlay) -> None:
    garance.jot("one")
    garance.exchange(RelayPeer(relay, garance))
    for at, check in ((4, "E2"), (5, "E3")):
        peer = type("Newer", (Forger,), {"alter": flip(at)})(relay, theo)
        assert set(theo.exchange(peer).tally.refused) == {check}
    assert lies(theo) == []


def test_entries_of_another_practice_are_alarmed(
    garance: Machine, theo: Machine, relay: RelayPlay, tmp_path: Path
) -> None:
    other = first_machine(found(tmp_path / "other", seed=77))
    other.jot("somebody else's patient")
    (strange,) = (one.entry.raw for one in other.journal.since(1))  # type: ignore[arg-type]
    garance.jot("one")
    garance.exchange(RelayPeer(relay, garance))
    peer = type("Mixer", (Forger,), {"alter": staticmethod(lambda _: strange)})(relay, theo)
    theo.exchange(peer)
    assert lies(theo) == [(Lie.NO_ENTRY, "E6")]
    assert strange not in [one.entry.raw for one in theo.journal.since(1)]  # type: ignore[arg-type]


def test_a_relay_that_reorders_is_slow_and_no_liar(garance: Machine, theo: Machine, relay: RelayPlay) -> None:
    class Reverser(RelayPeer):
        def say_entries(self, entries: tuple[bytes, ...], more: bool) -> tuple[tuple[bytes, ...], bool]:
            return tuple(reversed(entries)), more

    for number in range(12):
        garance.jot(f"{number}")
    garance.exchange(RelayPeer(relay, garance))
    theo.exchange(Reverser(relay, theo))
    assert lies(theo) == []
    theo.exchange(RelayPeer(relay, theo))
    assert content(theo.journal) == content(garance.journal)


class Endless(RelayPeer):
    """Says there is more, for ever."""

    said: tuple[bytes, ...] | None = None

    def say_entries(self, entries: tuple[bytes, ...], more: bool) -> tuple[tuple[bytes, ...], bool]:
        return (entries if self.said is None else self.said), True


@pytest.mark.parametrize("said", [None, ()])
def test_a_relay_that_never_ends_is_left(
    garance: Machine, theo: Machine, relay: RelayPlay, said: tuple[bytes, ...] | None
) -> None:
    for number in range(5):
        garance.jot(f"{number}")
    garance.exchange(RelayPeer(relay, garance))
    peer = Endless(relay, theo)
    peer.said = said
    done = theo.exchange(peer)
    assert done.moves < 700
    assert lies(theo) == []


def test_heads_that_are_nobodys_are_asked_for_and_left(
    garance: Machine, theo: Machine, relay: RelayPlay
) -> None:
    garance.jot("one")
    garance.exchange(RelayPeer(relay, garance))
    chance = random.Random(4)

    class Boaster(RelayPeer):
        def say_heads(self, said: HeadsAnswer) -> HeadsAnswer:
            grown = [
                replace_head(head, head.seq + chance.randrange(1 << 60), chance.randbytes(32).hex())
                for head in said.heads
                for _ in range(200)
            ]
            return replace(said, heads=tuple(sorted({*said.heads, *grown})))

    done = theo.exchange(Boaster(relay, theo))
    assert done.whole
    assert done.moves < 700
    assert content(theo.journal) >= content(garance.journal)
    assert len(done.tally.unfulfilled) >= 200


def replace_head(head: object, seq: int, name: str) -> object:
    return head._replace(seq=seq, hash=name)  # type: ignore[attr-defined]


# ---------------------------------------------------------------------- devices


def test_a_fork_is_shown_to_both_and_nothing_is_lost(
    garance: Machine, theo: Machine, relay: RelayPlay, tmp_path: Path
) -> None:
    for number in range(40):
        garance.jot(f"common {number}")
    shutil.copytree(garance.root, tmp_path / "clone")
    twin = Machine(replace(garance.practice, root=tmp_path / "clone"), garance.device, seed=99)
    twin.clock = [garance.now()]
    for number in range(7):
        garance.jot(f"here {number}")
    for number in range(4):
        twin.jot(f"there {number}")
    machines = (garance, twin, theo)
    for machine in machines * 3:
        assert machine.exchange(RelayPeer(relay, machine), piece=4_000).whole
    assert (
        content(garance.journal) == content(twin.journal) == content(theo.journal) == content(relay.journal)
    )
    assert garance.journal.tips == twin.journal.tips == theo.journal.tips
    for machine in machines:
        forks = [alarm for alarm in machine.known.alarms() if alarm.lie is Lie.FORK]
        assert [alarm.about for alarm in forks] == [garance.practice.seat_id]
        assert len({*forks[0].evidence}) == 2
        # Garance's two machines each see that the other speaks in their name.
        assert (Lie.STATEMENT in {lie for lie, _ in lies(machine)}) == (machine is not theo)
    quiet = theo.exchange(RelayPeer(relay, theo))
    assert (quiet.tally.received, quiet.tally.held, quiet.tally.given, quiet.tally.given_held) == (0, 0, 0, 0)


def test_an_old_image_is_alarmed(
    garance: Machine, theo: Machine, relay: RelayPlay, stick: Path, tmp_path: Path
) -> None:
    garance.jot("one")
    garance.exchange(RelayPeer(relay, garance))
    shutil.copytree(garance.root, tmp_path / "image")
    garance.jot("two")
    garance.exchange(RelayPeer(relay, garance))
    theo.exchange(RelayPeer(relay, theo))
    old = Machine(replace(garance.practice, root=tmp_path / "image"), garance.device, seed=98)
    old.clock = [garance.now() + 700_000]
    old.by_folder(stick)  # it says something before it hears of what it was
    theo.by_folder(stick)
    (alarm,) = theo.known.alarms()
    assert (alarm.lie, alarm.about) == (Lie.STATEMENT, garance.device.id)
    first, second = (read_statement(raw) for raw in alarm.evidence)
    assert compare_statements(first, second).alarming
    old.exchange(RelayPeer(relay, old))
    assert lies(old), "it sees for itself that it was set back"
    assert content(old.journal) >= content(garance.journal)
    before = theo.known.statements()[garance.device.id].value.number
    old.jot("three")
    old.exchange(RelayPeer(relay, old))
    assert Known(old.journal).statements()[garance.device.id].value.number > before + 1, "its number leaps"


def test_an_old_image_that_meets_somebody_who_knew_it_sees_that_it_is_one(
    garance: Machine, relay: RelayPlay, tmp_path: Path
) -> None:
    garance.exchange(RelayPeer(relay, garance))
    shutil.copytree(garance.root, tmp_path / "image")
    garance.jot("two")
    garance.exchange(RelayPeer(relay, garance))
    old = Machine(replace(garance.practice, root=tmp_path / "image"), garance.device, seed=98)
    old.exchange(RelayPeer(relay, old))
    assert lies(old) == [(Lie.STATEMENT, "old_image")]
    assert content(old.journal) == content(garance.journal)
    adopted = garance.known.statements()[garance.device.id].value.number
    old.jot("three")
    old.exchange(RelayPeer(relay, old))
    assert old.known.statements()[garance.device.id].value.number > adopted + 1, "its number leaps"


def test_both_sides_of_a_contradiction_reach_everybody(
    garance: Machine, theo: Machine, relay: RelayPlay, stick: Path, tmp_path: Path
) -> None:
    awa = another_machine(garance, tmp_path / "awa", seed=60)
    shutil.copytree(garance.root, tmp_path / "clone")
    twin = Machine(replace(garance.practice, root=tmp_path / "clone"), garance.device, seed=97)
    garance.exchange(RelayPeer(relay, garance))
    twin.jot("there")
    twin.by_folder(stick)
    theo.by_folder(stick)
    theo.exchange(RelayPeer(relay, theo))
    assert (Lie.STATEMENT, "twice") in lies(theo)
    theo.exchange(RelayPeer(relay, theo))
    awa.exchange(RelayPeer(relay, awa))
    assert (Lie.STATEMENT, "twice") in lies(awa)


def test_who_holds_a_newer_statement_still_sees_two_older_ones_contradict(
    garance: Machine, theo: Machine, relay: RelayPlay
) -> None:
    """A thief's statement names nothing; Garance's own goes on far beyond it before Théo hears of either."""
    garance.jot("one")
    practice, device, tips = garance.journal.practice, garance.device, tuple(garance.journal.tips)
    said = [
        sign_statement(Statement(practice, device.id, number, garance.now(), heads), device)
        for number, heads in ((1, tips), (1_000, ()), (2_000, tips))
    ]
    for one in said:
        relay.holding.state(one.raw)
    theo.known.take_statement(said[-1].raw, theo.device.id, theo.now())
    theo.exchange(RelayPeer(relay, theo))
    assert lies(theo) == [(Lie.STATEMENT, "shrank")]
    (alarm,) = theo.known.alarms()
    assert set(alarm.evidence) == {said[0].raw, said[1].raw}


def test_a_receipt_of_another_relay_is_no_receipt(garance: Machine, relay: RelayPlay, tmp_path: Path) -> None:
    impostor = play_relay(garance, tmp_path / "impostor", seed=901)
    garance.jot("one")
    peer = RelayPeer(impostor, garance)
    garance.known.set_relay(relay.file)
    done = garance.exchange(peer)
    assert done.error is not None
    assert done.error.code == "peer.unreadable"
    assert garance.known.relay(HolderId(relay.key.id)).promised == ()
