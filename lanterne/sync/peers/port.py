"""What every way to another holder offers, in the requests of docs/format/exchange.md.

Law: an answer carries the proof of who gave it, when the way has one; a lie can then be shown to others.
Every method may raise a PeerError, and nothing else that comes from the other side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from lanterne.wire import packing
from lanterne.wire.asking import HeadsAnswer, Range, StatementVerdict
from lanterne.wire.blob_lists import BlobList
from lanterne.wire.exchange import HolderId
from lanterne.wire.framing import Placed
from lanterne.wire.names import Head

BLOB_PIECE = 256 * 1024
"""Bytes of a document in one request: what an interruption costs at most."""
MAX_BLOB = 1 << 31
"""Bytes of a document this device takes from others."""


class Way(Enum):
    """How a holder is reached."""

    RELAY = "relay"
    DEVICE = "device"
    FOLDER = "folder"


@dataclass(frozen=True, slots=True)
class Proof:
    """An answer and what shows who gave it: the headers of request and answer, its status and body."""

    request: str
    answer: str
    status: int
    body: bytes

    def pack(self) -> bytes:
        """As it is kept with an alarm."""
        return packing.encode(
            {"request": self.request, "answer": self.answer, "status": self.status, "body": self.body}
        )


@dataclass(frozen=True, slots=True)
class PeerHeads:
    """`covered`: what need not be given, since all who could read it there hold it (a folder)."""

    answer: HeadsAnswer
    covered: tuple[Head, ...] = ()
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class PeerEntries:
    """Raw entries, and whether the peer holds more of what was asked."""

    entries: tuple[bytes, ...]
    more: bool
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class PeerGave:
    """The answer to each entry given (`lanterne.wire.asking.Verdict`, or 100 + n), and the relay's receipt."""

    answers: tuple[int, ...]
    receipt: bytes | None = None


@dataclass(frozen=True, slots=True)
class PeerPlaced:
    """Entries in a relay's order of arrival."""

    entries: tuple[Placed, ...]
    proof: Proof | None = None


class Peer(Protocol):
    """One holder, reached one way."""

    way: Way
    id: HolderId | None
    """Who answers; None for a folder."""
    key: bytes | None
    """The Ed25519 key its answers and receipts are signed with."""

    @property
    def sent(self) -> int:
        """Bytes handed over so far."""

    @property
    def came(self) -> int:
        """Bytes received so far."""

    def heads(self) -> PeerHeads:
        """All tips it holds, and the statements it knows."""

    def entries(self, ranges: Sequence[Range], most_bytes: int) -> PeerEntries:
        """Entries of these chains, in the order asked."""

    def give(self, raws: Sequence[bytes]) -> PeerGave:
        """Hand over entries, predecessors first; at most 1,024 and 8 MiB."""

    def state(self, statement: bytes) -> StatementVerdict:
        """Hand over a statement."""

    def since(self, after: int, most_bytes: int) -> PeerPlaced:
        """A relay's entries in order of arrival; PeerUnknown from any other holder."""

    def sums(self) -> bytes:
        """The sums of the names of its documents."""

    def blobs(self, firsts: bytes) -> BlobList:
        """Names of its documents."""

    def blob(self, name: str, offset: int) -> tuple[bytes, int]:
        """Bytes of a document from `offset` on, and the size of the whole."""

    def keep(self, name: str, offset: int, data: bytes, total: int) -> tuple[int, bool]:
        """Hand over a piece; the size it holds now, and whether that is the whole."""

    def drop(self, name: str) -> None:
        """Have a document dropped that was emptied; raises PeerRefuses when it knows no act that says so."""

    def close(self) -> None:
        """Nothing more is asked."""
