"""What the trusted device shows so that a new one finds it: an address and the name of a box, as a text and a QR.

Law: it holds no secret; who reads it may lay the first request, and the short code decides. Read here as somebody
typed it. Source: docs/format/exchange.md, "Boxes".
"""

from __future__ import annotations

import socket
from contextlib import suppress
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from lanterne.sync.ways import NotAnAddress, checked_address
from lanterne.wire.errors import LanterneError
from lanterne.wire.pairing_box import BOX, BOX_SIGNS, BoxName

SCHEME = "lanterne:"
MOST_TEXT = 600
_GROUP = 4


class InvitationUnreadable(LanterneError):
    """What was typed is no invitation."""

    def __init__(self) -> None:
        super().__init__("invitation.unreadable", "not an address followed by the twelve signs of a box")


class Invitation(NamedTuple):
    """Where the box is: `url` without a slash at its end, of a relay or of a device of the network."""

    url: str
    box: BoxName

    @property
    def address(self) -> str:
        """`HOST:PORT` for plain HTTP, else the whole URL: as `Ways.devices` keeps it."""
        parts = urlsplit(self.url)
        return self.url if parts.path or parts.port is None else self.url.removeprefix("http://")


def invite(address: str, box: BoxName) -> str:
    """The text to show: `lanterne:192.168.1.20:8766/59TF-J46G-P4SA`."""
    signs = "-".join(box[at : at + _GROUP] for at in range(0, BOX_SIGNS, _GROUP))
    return f"{SCHEME}{address.rstrip('/')}/{signs}"


def read_invitation(typed: str) -> Invitation:
    """An invitation as it was typed or pasted: the scheme, case and hyphens of the box do not count.

    Raises InvitationUnreadable.
    """
    text = "".join(typed.split())
    if text.lower().startswith(SCHEME):
        text = text[len(SCHEME) :]
    address, _, signs = text.rpartition("/")
    box = signs.replace("-", "").upper()
    url = address if "://" in address else f"http://{address}"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InvitationUnreadable from error
    if (
        len(text) > MOST_TEXT
        or not BOX.fullmatch(box)
        or parts.scheme not in ("http", "https")
        or not parts.hostname
        or not text.isascii()
        or parts.username is not None
        or set("?#") & set(address)
        or ("://" not in address and (port is None or parts.path))
    ):
        raise InvitationUnreadable
    read = Invitation(url.rstrip("/"), BoxName(box))
    try:
        checked_address(read.address)  # it is kept once this device is admitted
    except NotAnAddress as error:
        raise InvitationUnreadable from error
    return read


def own_addresses() -> tuple[str, ...]:
    """The addresses of this machine on its networks, the likeliest first; loopback only when there is no other."""
    found: list[str] = []
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        # Nothing is sent: the system only says from which address it would (192.0.2.0/24 is nobody's, RFC 5737).
        probe.connect(("192.0.2.1", 9))
        found.append(probe.getsockname()[0])
    with suppress(OSError):
        for family, *_, place in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET):
            if family == socket.AF_INET:
                found.append(str(place[0]))
    outside = [one for one in dict.fromkeys(found) if not ip_address(one).is_loopback]
    return tuple(outside) or ("127.0.0.1",)
