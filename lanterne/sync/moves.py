"""What the session machine asks for (moves), and what it is told (events).

Law: plain values, in the words of docs/format/exchange.md. Every move is answered by exactly one event of the
kind it names, or by `Broke`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from lanterne.wire.asking import Range
from lanterne.wire.names import ChainId, Head

# ---------------------------------------------------------------- moves


@dataclass(frozen=True, slots=True)
class AskHeads:
    """Ask the peer what it holds. Answer: HeadsCame."""


@dataclass(frozen=True, slots=True)
class Compare:
    """Look in our own journal. Answer: Compared."""

    theirs: tuple[Head, ...]


@dataclass(frozen=True, slots=True)
class Fetch:
    """Ask the peer for entries and take them in. Answer: Came.

    `apart`: keep those whose predecessor is missing (E12), since it will not come from this peer now.
    `early`: keep them because it comes later: what a first copy wants first.
    """

    ranges: tuple[Range, ...]
    limit: int
    apart: bool = False
    early: bool = False


@dataclass(frozen=True, slots=True)
class Give:
    """Hand the peer entries of ours, the first ones of these ranges, up to `limit` bytes. Answer: Gave."""

    ranges: tuple[Range, ...]
    limit: int


@dataclass(frozen=True, slots=True)
class ListBlobs:
    """Find out which sealed documents each side lacks. Answer: BlobsListed."""


@dataclass(frozen=True, slots=True)
class FetchBlob:
    """Receive one document, going on where it stopped. Answer: BlobMoved."""

    name: str


@dataclass(frozen=True, slots=True)
class GiveBlob:
    """Hand over one document, going on where it stopped. Answer: BlobMoved."""

    name: str


@dataclass(frozen=True, slots=True)
class Say:
    """Make this device's statement if its heads moved, and hand it over. Answer: Said."""


@dataclass(frozen=True, slots=True)
class Finish:
    """The exchange is over; nothing more is asked."""


Move = AskHeads | Compare | Fetch | Give | ListBlobs | FetchBlob | GiveBlob | Say | Finish


# ---------------------------------------------------------------- events


class Fate(Enum):
    """What became of one entry that came."""

    NEW = "new"
    HELD = "held"
    WAITS = "waits"
    """E12: its predecessor is not here."""
    FORK = "fork"
    HEALED = "healed"
    """It lay damaged here, and stands in its place again."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Item:
    """An entry that came: its chain and number as its preamble says (None when it has none), and its fate."""

    chain: ChainId | None
    seq: int
    fate: Fate
    check: str = ""


@dataclass(frozen=True, slots=True)
class HeadsCame:
    """Every tip the peer holds.

    `covered`: heads its readers hold already, which need not be handed to it (a folder between devices).
    """

    heads: tuple[Head, ...]
    covered: tuple[Head, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """Our tips; which of theirs we lack; of their chains, our highest number, and our first fork.

    `first`: in a first copy, what of its list is not here yet, in its order. `damaged`: what of ours cannot be read,
    members chains first.
    """

    tips: tuple[Head, ...]
    lacking: tuple[Head, ...]
    tallest: Mapping[ChainId, int]
    forked: Mapping[ChainId, int]
    first: tuple[Range, ...] = ()
    damaged: tuple[Range, ...] = ()


@dataclass(frozen=True, slots=True)
class Came:
    """`more`: the peer holds more of the ranges than it sent."""

    items: tuple[Item, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Gave:
    """How many entries the peer kept now, held before, keeps until their predecessor comes; the answers of those
    it did not keep, in words; the ranges still to be given.
    """

    kept: int
    held: int
    apart: int
    refused: tuple[str, ...]
    left: tuple[Range, ...]


@dataclass(frozen=True, slots=True)
class BlobsListed:
    """Sealed documents only one side holds, in the order they are to travel."""

    lacking_here: tuple[str, ...]
    lacking_there: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BlobMoved:
    """`whole`: all of it arrived and has the hash its name says."""

    whole: bool


@dataclass(frozen=True, slots=True)
class Said:
    """The statement, if one was due, was taken."""


@dataclass(frozen=True, slots=True)
class Broke:
    """The move could not be carried out: the peer is away, busy, or answers what cannot be read."""

    why: str


Event = HeadsCame | Compared | Came | Gave | BlobsListed | BlobMoved | Said | Broke
