"""Where the messages of a pairing lie besides this device: a folder that travels, the practice's relay.

Law: the box on this disk is the one that counts; a mirror that is away is filled later. What comes from one is checked
as if a stranger had given it. Source: docs/format/exchange.md, "Boxes".
"""

from __future__ import annotations

import secrets
from enum import Enum
from pathlib import Path
from typing import Protocol

from lanterne.journal.boxes import Boxes
from lanterne.journal.files import disk_errors
from lanterne.journal.founding import read_device
from lanterne.practice.record import Record, now_ms
from lanterne.sync.authorities import kept_context
from lanterne.sync.errors import FolderUnusable, PeerUnknown
from lanterne.sync.known import Known
from lanterne.sync.peers.http import Asker, Connection
from lanterne.sync.peers.relay import RelayPeer
from lanterne.sync.relay_file import RelayFile
from lanterne.sync.ways import read_ways
from lanterne.wire.pairing_box import BoxName

RELAY_S = 10.0
"""Nobody looks at a page that long; what did not come is asked for again."""


class Carriage(Enum):
    """How the messages travel."""

    NETWORK = "network"
    RELAY = "relay"
    FOLDER = "folder"
    FILES = "files"


class Mirror(Protocol):
    """A second place for the messages of a box. Its methods raise PeerError or JournalError."""

    def show(self, box: BoxName, offer: bytes, ends: int, now: int) -> None:
        """The offer lies there too."""

    def request(self, box: BoxName, now: int) -> bytes | None:
        """The request that came there. Raises PeerUnknown: the box is not there (any more)."""

    def refuse(self, box: BoxName) -> None:
        """Let a request go that is none."""

    def put_answer(self, box: BoxName, answer: bytes) -> None:
        """The newest answer lies there too."""

    def close(self, box: BoxName) -> None:
        """Let the box go."""


class FolderMirror:
    """A folder that travels, or a share."""

    def __init__(self, record: Record, folder: Path) -> None:
        self._folder, self._files = folder, record.journal.files
        self._boxes = Boxes.carried(folder, self._files)

    def show(self, box: BoxName, offer: bytes, ends: int, now: int) -> None:
        """See Mirror."""
        self._check()
        if self._boxes.offer(box, now) is None:
            self._boxes.open(offer, ends, now)

    def request(self, box: BoxName, now: int) -> bytes | None:
        """See Mirror."""
        self._check()
        if not self._boxes.stands(box, now):
            raise PeerUnknown("the folder was emptied, or is another one")
        return self._boxes.request(box)

    def refuse(self, box: BoxName) -> None:
        """See Mirror."""
        self._boxes.refuse(box)

    def put_answer(self, box: BoxName, answer: bytes) -> None:
        """See Mirror."""
        self._check()
        self._boxes.put_answer(box, answer)

    def close(self, box: BoxName) -> None:
        """See Mirror."""
        self._boxes.close(box)

    def _check(self) -> None:
        """A stick that is not there must not become a folder of this disk."""
        with disk_errors("looking for a folder"):
            is_there = self._files.is_directory(self._folder)
        if not is_there:
            raise FolderUnusable("the folder is not there now")


class RelayMirror:
    """The practice's relay: it carries without reading."""

    def __init__(self, record: Record, relay: RelayFile) -> None:
        journal = record.journal
        device = read_device(journal)
        asker = Asker(journal.practice, device.id, device, now_ms, secrets.token_bytes)
        connection = Connection(
            relay.url, timeout_s=RELAY_S, whole_s=2 * RELAY_S, tls=kept_context(Known(journal))
        )
        genesis = journal.membership.genesis.raw
        self._peer = RelayPeer(relay, asker, genesis=genesis, connection=connection)

    def show(self, box: BoxName, offer: bytes, ends: int, now: int) -> None:
        """See Mirror; founds the practice there when it must."""
        try:
            self._peer.open_box(box, offer, ends)
        except PeerUnknown:
            self._peer.heads()
            self._peer.open_box(box, offer, ends)

    def request(self, box: BoxName, now: int) -> bytes | None:
        """See Mirror."""
        return self._peer.box_request(box)

    def refuse(self, box: BoxName) -> None:
        """See Mirror."""
        self._peer.refuse_box(box)

    def put_answer(self, box: BoxName, answer: bytes) -> None:
        """See Mirror."""
        self._peer.answer_box(box, answer)

    def close(self, box: BoxName) -> None:
        """See Mirror."""
        self._peer.close_box(box)


def mirror_of(record: Record, carriage: Carriage, where: str) -> Mirror | None:
    """The mirror of an addition; None when nothing but this device, or hands, carry it."""
    if carriage is Carriage.FOLDER:
        return FolderMirror(record, Path(where))
    relay = read_ways(record.journal).relay if carriage is Carriage.RELAY else None
    return None if relay is None else RelayMirror(record, relay)
