"""Sealed documents at a relay: piece by piece, resumed, handed over whole only when they are what their name says."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from lanterne.relay.blob_answering import STALE_MS
from lanterne.relay.limits import Quota
from lanterne.wire import asking
from lanterne.wire.exchange import BlobName
from tests import cast
from tests.relay.asking import Device
from tests.relay.conftest import Running, Start

SEALED = cast.randomness("a sealed letter")(300_000)
NAME = BlobName(hashlib.sha256(SEALED).hexdigest())
SIZE = len(SEALED)


def held(answer: object) -> tuple[int, bool]:
    return asking.read_held(answer.body)  # type: ignore[attr-defined]


def test_a_blob_is_kept_in_pieces_and_read_in_ranges(device: Device) -> None:
    assert device.blob(NAME).status == 404
    assert held(device.put(NAME, SEALED[:100_000], 0, SIZE)) == (100_000, False)
    assert device.blob(NAME).status == 404, "not before the whole is there"
    lacking = asking.read_blobs(device.sure("lacking", asking.pack_blobs([NAME])))
    assert lacking == (NAME,)
    assert held(device.put(NAME, SEALED[100_000:], 100_000, SIZE)) == (SIZE, True)
    assert asking.read_blobs(device.sure("lacking", asking.pack_blobs([NAME]))) == ()
    whole = device.blob(NAME)
    assert (whole.status, whole.body, whole.signed) == (200, SEALED, True)
    part = device.blob(NAME, "bytes=7-16")
    assert (part.status, part.body) == (206, SEALED[7:17])
    assert {name.lower(): value for name, value in part.headers.items()}[
        "content-range"
    ] == f"bytes 7-16/{SIZE}"
    assert device.blob(NAME, f"bytes={SIZE - 3}-").body == SEALED[-3:]
    assert device.blob(NAME, f"bytes={SIZE}-").status == 416
    assert device.blob(NAME, "bytes=9-3").status == 416
    assert held(device.put(NAME, SEALED[:10], 0, SIZE)) == (SIZE, True), "once whole it is only said to be"


def test_an_interrupted_blob_goes_on_where_it_was_even_after_a_restart(
    start: Start, relay: Running, device: Device
) -> None:
    device.put(NAME, SEALED[:1000], 0, SIZE)
    relay.stop()
    again = start(root=relay.root).device()
    again.offset_ms = 600_000
    wrong = again.put(NAME, SEALED[5:], 5, SIZE)
    assert (wrong.status, held(wrong)) == (409, (1000, False))
    assert held(again.put(NAME, SEALED[1000:], 1000, SIZE)) == (SIZE, True)
    assert again.blob(NAME).body == SEALED


def test_what_is_not_what_its_name_says_is_let_go(relay: Running, device: Device) -> None:
    assert held(device.put(NAME, SEALED[:-1] + b"x", 0, SIZE)) == (0, False)
    assert device.blob(NAME).status == 404
    account = relay.house.store.account(device.practice)
    assert account is not None
    assert account.blob_bytes == 0
    assert [path for path in (relay.root / "blobs").rglob("*") if path.is_file()] == []
    assert held(device.put(NAME, SEALED, 0, SIZE)) == (SIZE, True)


def test_what_was_written_and_not_noted_is_overwritten(relay: Running, device: Device) -> None:
    """Killed between the file and the row: the row counts, and the bytes come again."""
    device.put(NAME, SEALED[:1000], 0, SIZE)
    (part,) = (relay.root / "blobs").rglob("*.part")
    part.write_bytes(SEALED[:1000] + b"never noted")
    assert held(device.put(NAME, SEALED[1000:], 1000, SIZE)) == (SIZE, True)
    assert device.blob(NAME).body == SEALED


def test_what_was_finished_and_not_noted_is_found(relay: Running, device: Device) -> None:
    device.put(NAME, SEALED[:1000], 0, SIZE)
    (part,) = (relay.root / "blobs").rglob("*.part")
    part.write_bytes(SEALED)
    assert relay.house.shelf.finish(device.practice, NAME, SIZE)
    assert held(device.put(NAME, SEALED[1000:], 1000, SIZE)) == (SIZE, True)
    assert [path.name for path in (relay.root / "blobs").rglob("*") if path.is_file()] == [NAME]


def test_quotas_of_blobs(start: Start) -> None:
    device = start(quota=replace(Quota(), blob_bytes=1000, blob_size=800)).device()
    device.found(cast.genesis())
    small = BlobName(hashlib.sha256(SEALED[:700]).hexdigest())
    assert device.put(NAME, SEALED[:100], 0, 801).status == 413
    assert held(device.put(small, SEALED[:700], 0, 700)) == (700, True)
    assert device.put(NAME, SEALED[:400], 0, 700).status == 413


def test_nothing_is_let_go_for_being_asked(device: Device) -> None:
    device.put(NAME, SEALED, 0, SIZE)
    answer = device.send("DELETE", f"/1/{device.practice}/blobs/{NAME}")
    assert (answer.status, answer.complaint.check) == (403, "emptied")
    assert device.blob(NAME).status == 200


def test_unfinished_blobs_nobody_continues_are_let_go_at_the_next_start(
    start: Start, relay: Running, device: Device
) -> None:
    device.offset_ms = -STALE_MS - 1000
    relay.house.now_ms = device.now_ms
    assert device.put(NAME, SEALED[:1000], 0, SIZE).status == 200
    relay.stop()
    again = start(root=relay.root)
    account = again.house.store.account(device.practice)
    assert account is not None
    assert account.blob_bytes == 0
    assert list((relay.root / "blobs").rglob("*.part")) == []


def test_pieces_and_names_that_are_none(device: Device) -> None:
    target = f"/1/{device.practice}/blobs/{NAME}"
    for said in ("", "bytes 0-9/5", "bytes 5-4/10", "bytes 0-9", "bytes 0-99/300000"):
        answer = device.send("PUT", target, b"x" * 10, extra={"Content-Range": said})
        assert (answer.status, answer.complaint.check) == (400, "range"), said
    assert device.blob("..").status == 404
    assert device.blob("AB" * 32).status == 404


def test_blobs_of_one_practice_are_not_anothers(relay: Running, device: Device) -> None:
    device.put(NAME, SEALED, 0, SIZE)
    anew = cast.found_anew("somewhere else")
    other = relay.device(anew.device, anew.practice)
    other.found(anew.genesis)
    assert other.blob(NAME).status == 404
