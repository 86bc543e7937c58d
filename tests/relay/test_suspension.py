"""The operator closes this relay to somebody: they are told, with a signed notice, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from lanterne.proof.exchange import check_notice, sign_notice
from lanterne.proof.relay_key import RelayKey
from lanterne.relay.errors import RelayError
from lanterne.relay.place import open_house, publish
from lanterne.relay.registration import Registration
from lanterne.wire import asking
from lanterne.wire.asking import Verdict
from lanterne.wire.exchange import HolderId, MessageRefused
from lanterne.wire.statements import OperatorNotice, Scope, State, read_notice
from tests import cast
from tests.relay.asking import Device
from tests.relay.conftest import Running
from tests.relay.test_giving import admit
from tests.relay.test_news_and_statements import Poll, listening

SUSPENDED, RESUMED, NOTICE = State.SUSPENDED, State.RESUMED, State.NOTICE


def say(relay: Running, scope: Scope, subject: str | None, state: State, text: str = "Sur ordre.") -> None:
    """Publish as the command does, from outside, and have it seen now rather than within a second."""
    publish(relay.root, scope=scope, subject=subject, state=state, text=text)
    relay.house.notices = relay.house.read_notices()


def told(device: Device) -> OperatorNotice:
    """The notice a suspended device is answered with, checked as a device checks it."""
    answer = device.ask("heads")
    assert (answer.status, answer.complaint.check, answer.signed) == (403, "suspended", True)
    assert answer.complaint.notice is not None
    notice = read_notice(answer.complaint.notice)
    check_notice(notice, relay=device.relay, key=device.relay_key)
    return notice.value


@pytest.mark.parametrize("scope", [Scope.ALL, Scope.PRACTICE, Scope.DEVICE, Scope.SEAT])
def test_suspended_and_resumed_with_nothing_lost(relay: Running, device: Device, scope: Scope) -> None:
    subjects = {
        Scope.ALL: None,
        Scope.PRACTICE: device.practice,
        Scope.DEVICE: device.keys.id,
        Scope.SEAT: cast.founding().seat.id,
    }
    garance = cast.garance()
    before = garance.note("before")
    device.give([before.raw])
    say(relay, scope, subjects[scope], SUSPENDED, "Fermé sur ordre du préfet.")
    notice = told(device)
    assert (notice.scope, notice.state, notice.text) == (scope, SUSPENDED, "Fermé sur ordre du préfet.")
    assert device.ask("give", b"").status == 403
    assert device.news(0).status == 403
    assert device.blob("ab" * 32).status == 403
    say(relay, scope, subjects[scope], RESUMED)
    after = garance.note("after")
    assert device.give([after.raw])[0] == (Verdict.KEPT,)
    assert list(device.everything().values()) == [before.raw, after.raw], "what was kept stayed"


def test_others_are_served_meanwhile(relay: Running, device: Device) -> None:
    anew = cast.found_anew("somewhere else")
    other = relay.device(anew.device, anew.practice)
    other.found(anew.genesis)
    say(relay, Scope.PRACTICE, device.practice, SUSPENDED)
    told(device)
    assert other.heads().notices == ()


def test_a_suspended_seat_beside_an_active_one_keeps_the_device_served(
    relay: Running, device: Device
) -> None:
    garance, paul = cast.garance(), cast.actor("Paul Roche")
    device.give([admit(garance, cast.paul()).raw])
    paul.hear(garance)
    his, hers = paul.note("his"), garance.note("hers")
    say(relay, Scope.SEAT, paul.id, SUSPENDED)
    assert device.give([his.raw, hers.raw])[0] == (Verdict.SUSPENDED, Verdict.KEPT)
    assert [read_notice(raw).value.id for raw in device.heads().notices] == [paul.id]
    say(relay, Scope.SEAT, paul.id, RESUMED)
    assert device.give([his.raw])[0] == (Verdict.KEPT,)


def test_a_stranger_does_not_learn_who_is_suspended(relay: Running, device: Device) -> None:
    from lanterne.seal.device import DeviceKeys

    say(relay, Scope.PRACTICE, device.practice, SUSPENDED)
    stranger = relay.device(DeviceKeys.new(cast.randomness("a stranger")))
    assert stranger.ask("heads").status == 401


def test_a_notice_cuts_nothing_and_reaches_the_device(relay: Running, device: Device) -> None:
    say(relay, Scope.ALL, None, NOTICE, "Travaux cette nuit.")
    (raw,) = device.heads().notices
    assert read_notice(raw).value.text == "Travaux cette nuit."
    say(relay, Scope.PRACTICE, "ab" * 32, NOTICE, "Pour un autre.")
    assert len(device.heads().notices) == 1


def test_a_poll_held_open_ends_with_the_notice(relay: Running, device: Device) -> None:
    """Written by another process, seen within a second by the relay that runs."""
    poll = Poll(device, 0)
    listening(relay, 1)
    publish(relay.root, scope=Scope.ALL, subject=None, state=SUSPENDED, text="Fermé.")
    answer = poll.ended()
    assert (answer.status, answer.complaint.check) == (403, "suspended")


def test_no_practice_begins_at_a_relay_suspended_to_all(relay: Running) -> None:
    say(relay, Scope.ALL, None, SUSPENDED)
    assert relay.device().ask("found", cast.genesis()).status == 403


def test_a_notice_of_another_key_stops_the_start_rather_than_count(tmp_path: Path, relay: Running) -> None:
    """Passing over it could undo a suspension in silence."""
    relay.stop()
    other = RelayKey(HolderId("ab" * 16), bytes(32))
    said = OperatorNotice(other.id, Scope.ALL, None, SUSPENDED, "x", 1)
    house = open_house(relay.root, Registration())
    house.store.keep_notice("all", "", sign_notice(said, other).raw).result(60)
    house.close()
    with pytest.raises(MessageRefused):
        open_house(relay.root, Registration())


def test_there_is_nothing_to_say_where_no_relay_is(tmp_path: Path) -> None:
    with pytest.raises(RelayError) as refused:
        publish(tmp_path, scope=Scope.ALL, subject=None, state=NOTICE, text="x")
    assert refused.value.code == "relay.none"
    assert list(tmp_path.iterdir()) == []


def test_the_complaint_is_part_of_the_codec() -> None:
    complaint = asking.Complaint("suspended", "by the operator", notice=b"n" * 70)
    assert asking.read_complaint(asking.pack_complaint(complaint)) == complaint
