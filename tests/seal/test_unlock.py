"""A seat opens with its passphrase, on its device, and not otherwise."""

from __future__ import annotations

from functools import cache

import pytest

from lanterne.seal import unlock
from lanterne.seal.errors import FileDamaged, WeakPassphrase, WrongPassphrase
from lanterne.seal.unlock import (
    change_passphrase,
    check_passphrase,
    open_seat_file,
    read_seat_card,
    write_seat_file,
)
from lanterne.wire.names import PersonId
from tests import cast

PASSPHRASE = "trois tilleuls près du café"


@cache
def seat_file() -> bytes:
    found = cast.founding()
    return write_seat_file(
        found.seat,
        practice=found.practice,
        person=found.person,
        label="Dr Garance Morel",
        passphrase=PASSPHRASE,
        device=found.device,
        random=cast.randomness("seat file"),
    )


def test_it_opens() -> None:
    found = cast.founding()
    # Decomposed accents, as macOS types them, are the same passphrase (NFKC).
    for typed in (PASSPHRASE, PASSPHRASE.replace("è", "e\u0300").replace("é", "e\u0301")):
        seat = open_seat_file(seat_file(), passphrase=typed, device=found.device)
        assert seat.secret_to_store() == found.seat.secret_to_store()


def test_it_says_whose_it_is_without_a_passphrase() -> None:
    found = cast.founding()
    assert read_seat_card(seat_file()) == (
        found.practice,
        found.seat.id,
        PersonId(found.person),
        "Dr Garance Morel",
    )
    assert found.seat.secret_to_store() not in seat_file()


def test_a_wrong_passphrase_or_device_is_its_own_error() -> None:
    found = cast.founding()
    with pytest.raises(WrongPassphrase):
        open_seat_file(seat_file(), passphrase=PASSPHRASE + " ", device=found.device)
    with pytest.raises(WrongPassphrase):
        open_seat_file(seat_file(), passphrase=PASSPHRASE, device=cast.device_of("Awa Diallo"))
    with pytest.raises(WrongPassphrase):
        open_seat_file(seat_file(), passphrase="x" * 100_000, device=found.device)


def test_damage_is_its_own_error() -> None:
    found = cast.founding()
    whole = seat_file()
    for at in range(len(whole)):
        damaged = whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :]
        with pytest.raises(FileDamaged):
            read_seat_card(damaged)
        with pytest.raises(FileDamaged):
            open_seat_file(whole[:at], passphrase=PASSPHRASE, device=found.device)


def test_the_label_cannot_be_changed_under_the_seal() -> None:
    """The map around the sealed secret is its associated data: a renamed seat does not open."""
    from lanterne.seal.device import close_file, read_closed

    found = cast.founding()
    tree = read_closed(seat_file(), "seat file") | {"label": "Dr Théo Lambert"}
    with pytest.raises(WrongPassphrase):
        open_seat_file(close_file(tree), passphrase=PASSPHRASE, device=found.device)


def test_changing_the_passphrase() -> None:
    found = cast.founding()
    random = cast.randomness("change")
    new = "quatre merles dans la haie"
    with pytest.raises(WeakPassphrase):
        change_passphrase(seat_file(), old=PASSPHRASE, new="court", device=found.device, random=random)
    changed = change_passphrase(seat_file(), old=PASSPHRASE, new=new, device=found.device, random=random)
    assert read_seat_card(changed) == read_seat_card(seat_file())
    assert open_seat_file(changed, passphrase=new, device=found.device).id == found.seat.id
    with pytest.raises(WrongPassphrase):
        open_seat_file(changed, passphrase=PASSPHRASE, device=found.device)


@pytest.mark.parametrize(
    ("passphrase", "why"),
    [
        ("onze lettres"[:11], "short"),
        ("", "short"),
        ("x" * 1025, "long"),
        ("aaaaaaaaaaaaaaaa", "repetitive"),
        ("abcabcabcabcabc", "repetitive"),
        ("abcdefghijklmnop", "sequence"),
    ],
)
def test_weak_passphrases(passphrase: str, why: str) -> None:
    with pytest.raises(WeakPassphrase) as caught:
        check_passphrase(passphrase)
    assert caught.value.params == {"why": why}


def test_a_guess_costs_what_the_suite_says() -> None:
    """A floor in code, never a parameter from outside (docs/format/keys.md)."""
    assert (unlock.ARGON2_MEMORY_KIB, unlock.ARGON2_PASSES, unlock.ARGON2_LANES) == (131072, 3, 1)
    assert set(read_fields()) == {"format", "practice", "seat", "person", "label", "salt", "sealed"}


def read_fields() -> dict[str, object]:
    from lanterne.seal.device import read_closed

    return read_closed(seat_file(), "seat file")
