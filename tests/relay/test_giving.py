"""Entries given to a relay: kept, receipted, handed over in order of arrival, and still there afterwards."""

from __future__ import annotations

from tests import cast
from tests.relay.asking import Device
from tests.relay.conftest import Running, Start


def test_what_is_given_is_receipted_and_handed_over(device: Device) -> None:
    garance = cast.garance()
    raws = [garance.note(f"note {number}").raw for number in range(5)]
    answers, receipt = device.give(raws)
    assert answers == (0,) * 5
    assert receipt is not None
    assert [kept.position for kept in receipt.entries] == [1, 2, 3, 4, 5]
    assert list(device.everything().values()) == raws
    assert device.give(raws)[0] == (1,) * 5
    heads = device.heads()
    assert heads.heads == tuple(garance.heads().values())
    assert (heads.last, heads.waiting) == (5, 0)


def test_what_was_kept_is_there_after_a_restart(start: Start, relay: Running, device: Device) -> None:
    raws = [note.raw for note in [cast.garance().note("kept")]]
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
