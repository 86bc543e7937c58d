"""Who may ask a relay: a device of the practice, now, once, for what it signed; and who may begin."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace
from pathlib import Path

import pytest

from lanterne.proof.exchange import sign_request
from lanterne.relay.limits import Load
from lanterne.relay.registration import Registration
from lanterne.seal.device import DeviceKeys
from lanterne.wire.request import DEVICE_HEADER, WINDOW_MS, Request
from tests import cast
from tests.relay.asking import Device
from tests.relay.conftest import Running, Start
from tests.relay.test_giving import admit, revoke


def refused(answer: object, status: int, check: str) -> None:
    assert (answer.status, answer.complaint.check) == (status, check)  # type: ignore[attr-defined]


def test_an_unsigned_request_is_refused_and_learns_nothing(device: Device) -> None:
    target = f"/1/{device.practice}/heads"
    for text in ("", "x", "00" * 16, f"{device.keys.id}.{0:016x}.{'0' * 32}.{'0' * 127}"):
        answer = device.send("POST", target, text=text)
        refused(answer, 401, "X3")
        assert not answer.signed


def test_a_stranger_and_an_unknown_practice_are_refused(relay: Running, device: Device) -> None:
    stranger = relay.device(DeviceKeys.new(cast.randomness("a stranger")))
    refused(stranger.ask("heads"), 401, "device")
    refused(relay.device(practice="ab" * 32).ask("heads"), 404, "practice")  # type: ignore[arg-type]
    refused(device.send("POST", "/1/nothing/heads"), 404, "practice")
    refused(device.ask("nothing"), 404, "request")


def test_a_device_whose_seats_are_revoked_is_out_at_once(relay: Running, device: Device) -> None:
    garance = cast.garance()
    awa_device = cast.device_of("Awa Diallo")
    fact = garance.fact("device.admitted", {"device": awa_device.record().to_wire()})
    hers = relay.device(awa_device)
    device.give([garance.decide(fact).raw])
    refused(hers.ask("heads"), 401, "device")
    device.give([admit(garance, cast.awa()).raw])
    assert hers.heads().last == 2
    device.give([revoke(garance, cast.awa().id).raw])
    refused(hers.ask("heads"), 401, "device")


def test_nothing_of_a_request_can_be_changed(device: Device) -> None:
    """Method, path, query, body, practice, time, nonce, and who is asked are signed."""
    target = f"/1/{device.practice}/members"
    body = b"\x82\xa5after\x00\xa5bytes\xcd\xff\xff"
    good = device.header("POST", target, body)
    assert device.send("POST", target, body, header=good).status == 200
    fresh = device.header("POST", target, body)
    refused(device.send("POST", target, body + b"x", header=fresh), 401, "X3")
    refused(device.send("POST", target + "?x", body, header=fresh), 401, "X3")
    refused(device.send("POST", f"/1/{device.practice}/since", body, header=fresh), 401, "X3")
    refused(device.send("POST", target, body, header=replace(fresh, time=fresh.time + 1)), 401, "X3")
    refused(device.send("POST", target, body, header=replace(fresh, nonce=bytes(16))), 401, "X3")
    elsewhere = Request("POST", target, body, device.practice, "77" * 16)  # type: ignore[arg-type]
    header = sign_request(
        elsewhere,
        device=device.keys.id,
        signer=device.keys,
        time=device.now_ms(),
        nonce=secrets.token_bytes(16),
    )
    refused(device.send("POST", target, body, header=header), 401, "X3")
    get = device.header("GET", f"/1/{device.practice}/news?after=0", b"")
    refused(device.send("GET", f"/1/{device.practice}/news?after=1", header=get), 401, "X3")


def test_a_request_is_good_once(device: Device) -> None:
    target = f"/1/{device.practice}/heads"
    header = device.header("POST", target, b"")
    assert device.send("POST", target, header=header).status == 200
    refused(device.send("POST", target, header=header), 401, "nonce")


def test_a_request_is_not_good_again_after_a_restart(start: Start, relay: Running, device: Device) -> None:
    target = f"/1/{device.practice}/heads"
    header = device.header("POST", target, b"")
    assert device.send("POST", target, header=header).status == 200
    relay.stop()
    again = start(root=relay.root).device()
    refused(again.send("POST", target, header=header), 401, "clock")


def test_a_wrong_clock_is_told_the_time_and_not_kept_out(device: Device) -> None:
    for offset in (-11 * 365 * 86_400_000, 11 * 365 * 86_400_000, WINDOW_MS + 60_000):
        device.offset_ms = offset
        answer = device.ask("heads")
        refused(answer, 401, "clock")
        assert answer.signed
        assert answer.complaint.time is not None
        device.offset_ms += answer.complaint.time - device.now_ms()
        assert device.ask("heads").status == 200


def test_a_relay_whose_clock_is_set_back_keeps_nobody_out(
    start: Start, relay: Running, device: Device
) -> None:
    """What it told a device to sign with is taken, whatever its clock says since; after a restart as well."""
    years = 10 * 365 * 86_400_000
    assert device.ask("heads").status == 200
    relay.house.now_ms = lambda: device.now_ms() - device.offset_ms - years
    assert device.ask("heads").status == 200
    relay.stop()
    again = start(root=relay.root, now_ms=lambda: device.now_ms() - device.offset_ms - years)
    device = again.device()
    for _ in range(3):
        answer = device.ask("heads")
        if answer.status == 200:
            return
        refused(answer, 401, "clock")
        assert answer.complaint.time is not None
        device.offset_ms += answer.complaint.time - device.now_ms()
    raise AssertionError("kept out")


def test_a_request_much_older_than_the_newest_is_refused(device: Device) -> None:
    device.heads()
    device.offset_ms = -660_000
    refused(device.ask("heads"), 401, "clock")


def test_two_signatures_at_once_are_refused(device: Device) -> None:
    import http.client

    target = f"/1/{device.practice}/heads"
    connection = http.client.HTTPConnection(*device.address, timeout=30)
    connection.putrequest("POST", target)
    for _ in range(2):
        connection.putheader(DEVICE_HEADER, device.header("POST", target, b"").to_text())
    connection.putheader("Content-Length", "0")
    connection.endheaders()
    assert connection.getresponse().status == 401
    connection.close()


# ---------------------------------------------------------------- bodies


def test_what_is_too_large_is_refused_before_it_is_received(device: Device) -> None:
    import http.client

    target = f"/1/{device.practice}/give"
    connection = http.client.HTTPConnection(*device.address, timeout=30)
    connection.putrequest("POST", target)
    connection.putheader(DEVICE_HEADER, device.header("POST", target, b"").to_text())
    connection.putheader("Content-Length", str(9 << 20))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_a_body_of_unknown_length_is_refused(device: Device) -> None:
    answer = device.send("POST", f"/1/{device.practice}/give", extra={"Transfer-Encoding": "chunked"})
    refused(answer, 400, "length")


def test_a_request_that_goes_silent_is_dropped(start: Start) -> None:
    import http.client

    device = start(load=replace(Load(), body_silence_s=0.2)).device()
    device.found(cast.genesis())
    target = f"/1/{device.practice}/give"
    connection = http.client.HTTPConnection(*device.address, timeout=30)
    connection.putrequest("POST", target)
    connection.putheader(DEVICE_HEADER, device.header("POST", target, b"").to_text())
    connection.putheader("Content-Length", "100")
    connection.endheaders(b"\0\0")
    assert connection.getresponse().status == 400
    connection.close()


@pytest.mark.parametrize("name", ["members", "entries", "since", "lacking", "state"])
@pytest.mark.parametrize("body", [b"", b"\xc1", b"\x80", b"\x90", b"\xff" * 70, b"\x81\xa5after\xff"])
def test_a_message_that_is_none_is_answered_400(device: Device, name: str, body: bytes) -> None:
    answer = device.ask(name, body)
    assert (answer.status, answer.signed) == (400, True)
    assert answer.complaint.check in ("X1", "H1")


# ---------------------------------------------------------------- beginning


def test_only_listed_practices_begin_and_the_list_is_read_again(start: Start, tmp_path: Path) -> None:
    listed = tmp_path / "practices.txt"
    listed.write_text("# nobody yet\n", encoding="utf-8")
    relay = start(registration=Registration(listed))
    device = relay.device()
    refused(device.ask("found", cast.genesis()), 403, "not_listed")
    listed.write_text(f"\n{device.practice.upper()}  # rue des Lilas\n", encoding="utf-8")
    assert device.found(cast.genesis()) == 0
    listed.write_text("", encoding="utf-8")
    assert device.found(cast.genesis()) == 0, "who began goes on: cutting is a notice's work"
    assert device.heads().last == 0


def test_an_open_relay_takes_so_many_and_no_more(start: Start) -> None:
    relay = start(registration=Registration(open_to=1))
    relay.device().found(cast.genesis())
    anew = cast.found_anew("somewhere else")
    other = relay.device(anew.device, anew.practice)
    refused(other.ask("found", anew.genesis), 403, "not_listed")
    refused(other.ask("heads"), 404, "practice")


def test_a_practice_is_begun_by_its_own_genesis_and_device(relay: Running) -> None:
    anew = cast.found_anew("somewhere else")
    refused(relay.device(practice=anew.practice).ask("found", cast.genesis()), 400, "M1")
    refused(relay.device().ask("found", cast.genesis()[:-1] + b"x"), 400, "M1")
    refused(relay.device(anew.device).ask("found", cast.genesis()), 401, "device")
    forged = relay.device(DeviceKeys(cast.founding().device.id, b"another secret of thirty-two by."))
    refused(forged.ask("found", cast.genesis()), 401, "X3")
    late = relay.device()
    late.offset_ms = 2 * WINDOW_MS
    refused(late.ask("found", cast.genesis()), 401, "clock")
    assert relay.house.store.count_practices() == 0


def test_practices_do_not_meet(relay: Running, device: Device) -> None:
    device.give([cast.garance().note("ours").raw])
    anew = cast.found_anew("somewhere else")
    other = relay.device(anew.device, anew.practice)
    other.found(anew.genesis)
    assert other.everything() == {}
    refused(relay.device(anew.device).ask("heads"), 401, "device")
    target = f"/1/{device.practice}/heads"
    theirs = replace(other, practice=device.practice).header("POST", target, b"")
    refused(device.send("POST", target, header=theirs), 401, "device")


def test_time_passes_here() -> None:
    """The tests above sign with the clock of this machine."""
    assert time.time_ns() // 1_000_000 > cast.FOUNDED
