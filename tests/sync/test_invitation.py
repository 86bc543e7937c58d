"""What is typed on a new machine: read whatever the case and the hyphens, refused when it is no address and box."""

from __future__ import annotations

import pytest

from lanterne.sync.invitation import (
    SCHEME,
    InvitationUnreadable,
    invite,
    own_addresses,
    read_invitation,
)
from lanterne.sync.ways import MOST_ADDRESS, keep_device
from lanterne.wire.pairing_box import BoxName
from tests.sync.stage import Machine

BOX = BoxName("59TFJ46GP4SA")


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("192.168.1.20:8766", "http://192.168.1.20:8766"),
        ("poste-accueil.local:8766", "http://poste-accueil.local:8766"),
        ("[fe80::1]:8766", "http://[fe80::1]:8766"),
        ("https://relais.example/lanterne/", "https://relais.example/lanterne"),
    ],
)
def test_what_is_shown_is_read_back_as_people_type_it(address: str, url: str) -> None:
    text = invite(address, BOX)
    assert text.startswith(SCHEME)
    signs = text.rpartition("/")[2]
    assert signs == "59TF-J46G-P4SA"
    bare = text.removeprefix(SCHEME)
    for typed in (
        text,
        bare,
        f"  {bare.replace('59TF-J46G-P4SA', '59tfj46gp4sa')}\n",
        text.replace(SCHEME, "LANTERNE: "),
    ):
        assert read_invitation(typed) == (url, BOX)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "59TF-J46G-P4SA",
        "192.168.1.20/59TF-J46G-P4SA",
        "192.168.1.20:8766/59TF-J46G-P4S",
        "192.168.1.20:8766/59TF-J46G-P4SAA",
        "192.168.1.20:8766/59TF-J46G-P4S0",
        "192.168.1.20:8766/x/59TF-J46G-P4SA",
        "192.168.1.20:99999/59TF-J46G-P4SA",
        "192.168.1.20:port/59TF-J46G-P4SA",
        "file:///etc/59TF-J46G-P4SA",
        "ftp://h:1/59TF-J46G-P4SA",
        "http:///59TF-J46G-P4SA",
        "https://u:p@h/59TF-J46G-P4SA",
        "https://h/?q=/59TF-J46G-P4SA",
        "https://h/#/59TF-J46G-P4SA",
        "http://h\u0131:1/59TF-J46G-P4SA",
        "https://" + "h" * 700 + "/59TF-J46G-P4SA",
        "http://[::1/59TF-J46G-P4SA",
    ],
)
def test_anything_else_is_refused(typed: str) -> None:
    with pytest.raises(InvitationUnreadable):
        read_invitation(typed)


def test_this_machine_has_an_address() -> None:
    assert own_addresses()


@pytest.mark.parametrize(
    "address",
    [
        "192.168.1.20:8766",
        "http://relais.local",
        "http://192.168.1.20:8766/lanterne",
        "https://relais.example",
        "https://relais.example:444/lanterne",
        "http://[fe80::1]:8766",
    ],
)
def test_where_a_machine_joined_can_be_kept(garance: Machine, address: str) -> None:
    """Else it would be admitted and never get further."""
    read = read_invitation(invite(address, BOX))
    assert keep_device(garance.journal, read.address).devices == (read.address,)


def test_what_cannot_be_kept_is_no_invitation() -> None:
    with pytest.raises(InvitationUnreadable):
        read_invitation(f"https://{'a' * MOST_ADDRESS}.example/{BOX}")
