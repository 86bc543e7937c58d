"""How the messages of a pairing travel, seen from the new device: by HTTP to a box, or by a folder that is carried.

Law: whoever carries is believed for nothing. The offer that comes is the one its box is named after, or is refused;
the short code decides the rest. Source: docs/format/exchange.md, "Boxes".
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import NoReturn, Protocol

from lanterne.journal.boxes import Boxes, BoxTaken, box_of
from lanterne.journal.errors import DiskFailed, DiskFull
from lanterne.journal.files import Files, disk_errors
from lanterne.journal.pairing_messages import MAX_LARGE
from lanterne.sync.errors import (
    FolderUnusable,
    PeerBusy,
    PeerFull,
    PeerRefuses,
    PeerUnknown,
    PeerUnreadable,
    SeveralBoxes,
)
from lanterne.sync.invitation import Invitation
from lanterne.sync.peers.http import MAX_SMALL, Connection
from lanterne.wire.asking import read_complaint
from lanterne.wire.exchange import MEDIA_TYPE, MessageRefused
from lanterne.wire.pairing_box import EMPTY, BoxName, box_path

TIMEOUT_S = 15.0
WHOLE_S = 100.0
"""For one answer: the page behind which this happens waits two minutes (front.settings)."""


class PairingWay(Protocol):
    """The new device's side of a box."""

    box: BoxName

    def offer(self) -> bytes:
        """The offer. Raises PeerError: it is not there, or lapsed."""

    def ask(self, request: bytes) -> None:
        """Lay the request down. Raises PeerError, BoxTaken (P4)."""

    def answer(self) -> bytes | None:
        """The newest answer; None as long as there is none. Raises PeerError."""


class HttpWay:
    """A box at a device of the network, or at a relay."""

    def __init__(self, invitation: Invitation) -> None:
        self.box = invitation.box
        self._connection = Connection(invitation.url, timeout_s=TIMEOUT_S, whole_s=WHOLE_S)

    def offer(self) -> bytes:
        """See PairingWay."""
        status, data = self._ask("GET", "offer", limit=MAX_LARGE)
        if status != 200:
            self._refuse(status)
        return _named(self.box, data)

    def ask(self, request: bytes) -> None:
        """See PairingWay."""
        status, _ = self._ask("POST", "request", request)
        if status == 409:
            raise BoxTaken("another request came first")
        if status != 200:
            self._refuse(status)

    def answer(self) -> bytes | None:
        """See PairingWay."""
        status, data = self._ask("GET", "answer", limit=MAX_LARGE)
        if status == 404 and _complaint(data) == EMPTY:
            return None
        if status != 200:
            self._refuse(status)
        return data

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()

    def _ask(self, method: str, what: str, body: bytes = b"", *, limit: int = MAX_SMALL) -> tuple[int, bytes]:
        target = self._connection.prefix + box_path(self.box, what)
        try:
            headers = {"Content-Type": MEDIA_TYPE}
            status, _, data = self._connection.ask(method, target, body, headers, limit)
        finally:
            self._connection.close()  # seconds pass before the next: whoever answers need not hold it
        return status, data

    @staticmethod
    def _refuse(status: int) -> NoReturn:
        if status == 404:
            raise PeerUnknown("there is no such box: mistyped, cancelled, or lapsed")
        if status == 413:
            raise PeerFull("it takes no message of this size")
        if status in (429, 503):
            raise PeerBusy("it asks to come back later")
        raise PeerRefuses("it refuses", status=status)


class FolderWay:
    """A box in a folder that travels, or on a share."""

    def __init__(self, folder: Path, files: Files, box: BoxName, now_ms: int) -> None:
        self._boxes, self.box, self._now_ms = Boxes.carried(folder, files), box, now_ms

    def offer(self) -> bytes:
        """See PairingWay."""
        try:
            found = self._boxes.offer(self.box, self._now_ms)
        except DiskFailed as error:
            raise FolderUnusable("the folder cannot be read") from error
        if found is None:
            raise PeerUnknown("there is no such box in the folder")
        return _named(self.box, found)

    def ask(self, request: bytes) -> None:
        """See PairingWay."""
        try:
            self._boxes.ask(self.box, request)
        except (DiskFull, DiskFailed) as error:
            raise FolderUnusable("the folder cannot be written") from error

    def answer(self) -> bytes | None:
        """See PairingWay."""
        try:
            return self._boxes.answer(self.box)
        except DiskFailed as error:
            raise FolderUnusable("the folder cannot be read") from error


def only_box(folder: Path, files: Files, now_ms: int) -> BoxName:
    """The one box that stands in a folder.

    Raises:
        PeerUnknown: there is none. PeerRefuses: several; which one is meant must be said. FolderUnusable.
    """
    try:
        with disk_errors("looking for a folder"):
            is_there = files.is_directory(folder)
        if not is_there:
            raise FolderUnusable("there is no such folder")
        standing = Boxes.carried(folder, files).standing(now_ms)
    except DiskFailed as error:
        raise FolderUnusable("the folder cannot be read") from error
    if not standing:
        raise PeerUnknown("nothing waits in this folder")
    if len(standing) > 1:
        raise SeveralBoxes("several devices are being added by this folder", count=len(standing))
    return standing[0]


def _complaint(data: bytes) -> str:
    try:
        return read_complaint(data).check
    except MessageRefused:
        return ""  # whatever stands between may answer in its own words


def _named(box: BoxName, offer: bytes) -> bytes:
    if box_of(sha256(offer).digest()) != box:
        raise PeerUnreadable("the offer is not the one its box is named after")
    return offer
