"""Secrets show nowhere, open only where they were sealed, and damage is one kind of error."""

from __future__ import annotations

import copy
import pickle
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanterne.proof import signature
from lanterne.seal.device import DeviceKeys, read_device_file
from lanterne.seal.epoch import EpochKeys
from lanterne.seal.errors import DoesNotOpen, FileDamaged, FileNewer
from lanterne.seal.local import open_local, seal_local
from lanterne.seal.secrets import AEAD_OVERHEAD, HPKE_OVERHEAD, AgreeKey, open_sealed, seal, seal_to
from lanterne.seal.table import new_table_key, open_table_key, wrap_table_key
from lanterne.wire import packing
from lanterne.wire.errors import LanterneError
from lanterne.wire.names import Compartment, PracticeId
from tests import cast

KEY = bytes(range(32))
random = cast.randomness("test_secrets")


def holders() -> list[object]:
    found = cast.founding()
    return [
        found.seat,
        found.sheet,
        found.device,
        cast.garance().keyring,
        EpochKeys(Compartment.MEDICAL, KEY),
        AgreeKey.derived(KEY, "seat"),
    ]


@pytest.mark.parametrize("holder", holders(), ids=lambda holder: type(holder).__name__)
def test_a_holder_of_secrets_shows_none(holder: object) -> None:
    shown = f"{holder!r} {holder} {[holder]}"
    assert type(holder).__name__ in shown
    for secret in (KEY, cast.founding().seat.secret_to_store(), cast.founding().sheet.secret_to_store()):
        assert secret.hex() not in shown
        assert repr(secret)[2:-1] not in shown
    assert not hasattr(holder, "__dict__")
    for leave in (pickle.dumps, copy.copy):
        with pytest.raises(TypeError):
            leave(holder)  # type: ignore[operator]


def test_an_error_shows_no_secret() -> None:
    with pytest.raises(DoesNotOpen) as caught:
        open_sealed(KEY, bytes(60), b"place", "a thing")
    text = "".join(traceback.format_exception(caught.value))
    assert KEY.hex() not in text
    assert "a thing" in text


@given(st.binary(max_size=100), st.binary(max_size=40))
def test_what_is_sealed_opens_in_its_place_only(plain: bytes, place: bytes) -> None:
    sealed = seal(KEY, plain, place, random)
    assert len(sealed) == len(plain) + AEAD_OVERHEAD
    assert open_sealed(KEY, sealed, place, "it") == plain
    for key, data, bound in (
        (KEY[::-1], sealed, place),
        (KEY, sealed, place + b"x"),
        (KEY, sealed[:-1], place),
        (KEY, sealed + b"\0", place),
        (KEY, bytes([sealed[0] ^ 1]) + sealed[1:], place),
    ):
        with pytest.raises(DoesNotOpen):
            open_sealed(key, data, bound, "it")


def test_a_deposit_opens_in_its_place_only() -> None:
    keys = AgreeKey.derived(KEY, "epoch")
    sealed = seal_to(keys.public, b"letter", b"place")
    assert len(sealed) == 6 + HPKE_OVERHEAD
    assert keys.open_sealed(sealed, b"place", "it") == b"letter"
    for data, info in ((sealed, b"other"), (sealed[:-1], b"place"), (b"", b"place"), (bytes(2000), b"place")):
        with pytest.raises(DoesNotOpen):
            keys.open_sealed(data, info, "it")
    for public in (b"", keys.public[:-1], b"\xff" * 1216, keys.public[:1184] + bytes(32)):
        with pytest.raises(DoesNotOpen):
            seal_to(public, b"letter", b"place")


def test_a_signature_holds_under_its_context_only() -> None:
    seat = cast.founding().seat
    signed = seat.sign(b"one\0", b"message")
    assert signature.verifies(seat.sign_key, b"one\0", b"message", signed)
    assert not signature.verifies(seat.sign_key, b"two\0", b"message", signed)
    assert not signature.verifies(seat.sign_key, b"one\0", b"message", signed[:-1])
    assert not signature.verifies(bytes(32), b"one\0", b"message", signed)
    assert not signature.verifies(b"", b"one\0", b"message", signed)


# ---------------------------------------------------------------------- device file


def test_a_device_file_is_read_back() -> None:
    found = cast.founding()
    again = read_device_file(found.device.to_file(found.practice), found.practice)
    assert (again.id, again.transport, again.unlock_key) == (
        found.device.id,
        found.device.transport,
        found.device.unlock_key,
    )


@given(st.data())
def test_a_damaged_device_file_says_so(data: st.DataObject) -> None:
    found = cast.founding()
    raw = bytearray(found.device.to_file(found.practice))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= 1 << data.draw(st.integers(0, 7))
    for damaged in (bytes(raw), bytes(raw[:at])):
        with pytest.raises(FileDamaged):
            read_device_file(damaged, found.practice)


def test_a_device_file_of_another_practice_or_time() -> None:
    found = cast.founding()
    with pytest.raises(FileDamaged):
        read_device_file(found.device.to_file(found.practice), PracticeId("00" * 32))
    import hashlib

    packed = packing.encode({"format": 2})
    with pytest.raises(FileNewer):
        read_device_file(packed + hashlib.sha256(packed).digest(), found.practice)


# ---------------------------------------------------------------------- local files, table keys


def test_a_draft_opens_for_its_seat_and_purpose() -> None:
    seat, other = cast.founding().seat, cast.seat_of("Inès Caron")
    sealed = seal_local(seat, "draft/one", b"brouillon", random)
    assert open_local(seat, "draft/one", sealed) == b"brouillon"
    for keys, purpose in ((seat, "draft/two"), (other, "draft/one")):
        with pytest.raises(DoesNotOpen):
            open_local(keys, purpose, sealed)


def test_the_key_of_read_tables_follows_the_epoch() -> None:
    from lanterne.seal import changing

    garance = cast.garance()
    before = garance.keyring
    key, held = new_table_key(before, "medical", random)
    garance.decide(changing.rotate_epoch(before, Compartment.MEDICAL, at=garance.now, random=garance.random))
    after = garance.keyring
    assert open_table_key(after, "medical", held) == key
    assert open_table_key(after, "medical", wrap_table_key(after, "medical", key, random)) == key
    with pytest.raises(LanterneError):
        open_table_key(before, "medical", wrap_table_key(after, "medical", key, random))


def test_the_key_of_read_tables_opens_for_its_set_only() -> None:
    from lanterne.seal.errors import NotEntitled

    keyring = cast.garance().keyring
    _, held = new_table_key(keyring, "office", random)
    with pytest.raises(FileDamaged):
        open_table_key(keyring, "medical", held)
    for at in range(len(held)):
        damaged = held[:at] + bytes([held[at] ^ 1]) + held[at + 1 :]
        with pytest.raises(FileDamaged):
            open_table_key(keyring, "office", damaged)
    stranger = cast.actor("Paul Roche").keyring
    with pytest.raises(NotEntitled):
        open_table_key(stranger, "office", held)
    with pytest.raises(NotEntitled):
        new_table_key(stranger, "office", random)


def test_a_device_signs_with_its_transport_key() -> None:
    device = DeviceKeys.new(cast.randomness("device"))
    signed = device.sign(b"hello\0", b"relay")
    assert signature.verifies(device.transport, b"hello\0", b"relay", signed)
