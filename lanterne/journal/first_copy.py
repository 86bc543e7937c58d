"""What a new device fetches first, and how far its first copy is.

Law: the list comes from the trusted device with the admission; whoever carried it may have changed it, so it decides
the order in which entries are asked for, never what is believed. No key is needed here. The file goes when all that was
promised is held. Source: docs/format/exchange.md, "The first copy"; store.md, `local/first`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from lanterne.journal.files import Files, disk_errors, replace_small_file
from lanterne.journal.journal import Journal
from lanterne.journal.layout import Layout
from lanterne.journal.vouched import closed, opened
from lanterne.proof.records import MembershipRefused, Reader
from lanterne.wire import packing
from lanterne.wire.asking import Range
from lanterne.wire.errors import PackingError
from lanterne.wire.names import ChainId, SeatId, Stream

FORMAT = 1
MAX_CHAINS = 4_096
MAX_SPANS = 16_384
MAX_NUMBERS = 16_384
"""Entries a list may name; a longer one is refused whole."""
MAX_BLOBS = 4_096
MAX_BYTES = 1024 * 1024


class First(NamedTuple):
    """What is fetched first, in this order: entries of care chains, by their numbers, then documents by their names."""

    ranges: tuple[Range, ...]
    blobs: tuple[str, ...] = ()

    def to_wire(self) -> dict[str, Any]:
        """The map in an admission."""
        chains = sorted({one.chain for one in self.ranges})
        place = {chain: number for number, chain in enumerate(chains)}
        spans: list[int] = []
        for one in self.ranges:
            spans += (place[one.chain], one.after, one.to or one.after + 1)
        return {
            "chains": [
                {"seat": bytes.fromhex(chain.seat), "incarnation": chain.incarnation} for chain in chains
            ],
            "spans": spans,
            "blobs": [bytes.fromhex(name) for name in self.blobs],
        }


def read_first(tree: object) -> First:
    """What `to_wire` made. Raises MembershipRefused (P1)."""
    reader = Reader(tree, "P1", "first")
    chains = [_chain(one) for one in _list(reader, "chains", MAX_CHAINS)]
    spans = _list(reader, "spans", 3 * MAX_SPANS)
    if len(spans) % 3 or any(type(one) is not int or not 0 <= one < 1 << 48 for one in spans):
        raise reader.refuse("spans are not numbers by three")
    ranges, named = [], 0
    for place, after, to in zip(spans[::3], spans[1::3], spans[2::3], strict=True):
        named += to - after
        if place >= len(chains) or to <= after or named > MAX_NUMBERS:
            raise reader.refuse("a span of no chain, empty, or too many entries")
        ranges.append(Range(chains[place], after, to))
    blobs = _list(reader, "blobs", MAX_BLOBS)
    if any(type(name) is not bytes or len(name) != 32 for name in blobs):
        raise reader.refuse("a document's name is no name")
    return First(tuple(ranges), tuple(name.hex() for name in blobs))


def _list(reader: Reader, name: str, most: int) -> list[Any]:
    found = reader.value(name)
    if type(found) is not list or len(found) > most:
        raise reader.refuse(f"{name} is not a list, or too long")
    return found


def _chain(tree: object) -> ChainId:
    one = Reader(tree, "P1", "first")
    return ChainId(
        SeatId(one.octets("seat", 16).hex()), one.integer("incarnation", (1 << 32) - 1), Stream.CARE
    )


# ---------------------------------------------------------------------- kept on the new device


def write_list(layout: Layout, files: Files, first: First, promised: Iterable[tuple[ChainId, int]]) -> None:
    """Keep the list, and how many entries the other device holds of each chain. Raises DiskFull, DiskFailed."""
    tree = {
        "format": FORMAT,
        "first": first.to_wire(),
        "promised": [
            [bytes.fromhex(chain.seat), chain.incarnation, int(chain.stream), seq] for chain, seq in promised
        ],
    }
    replace_small_file(files, layout.first, closed(packing.encode(tree)))


def remove_list(layout: Layout, files: Files) -> None:
    """The first copy is over. Raises DiskFailed."""
    if files.size(layout.first) is not None:
        with disk_errors("removing what a first copy left"):
            files.remove(layout.first)
            files.fsync_directory(layout.local)


class Kept(NamedTuple):
    """What `local/first` holds: the list, and the number of each chain's newest entry as promised."""

    first: First
    promised: tuple[tuple[ChainId, int], ...]


def read_list(layout: Layout, files: Files) -> Kept | None:
    """What is kept; None when no first copy is going on, or the file is damaged (`check` reports it)."""
    try:
        data = files.read(layout.first, 0, 4 * MAX_BYTES)
    except FileNotFoundError:
        return None
    packed = opened(data)
    if packed is None:
        return None
    try:
        tree = packing.decode(packed, max_bytes=4 * MAX_BYTES)
        promised = tuple(
            (ChainId(SeatId(seat.hex()), incarnation, Stream(stream)), seq)
            for seat, incarnation, stream, seq in tree["promised"]
        )
        return Kept(read_first(tree["first"]), promised)
    except (PackingError, MembershipRefused, KeyError, TypeError, ValueError, AttributeError):
        return None


class Progress(NamedTuple):
    """How far a first copy is, in entries: all that was promised, and what was to come first (today's patients)."""

    held: int
    total: int
    first_held: int
    first_total: int

    @property
    def over(self) -> bool:
        """Whether all of it is here."""
        return self.held >= self.total


class FirstCopy:
    """The first copy of one journal, as far as `local/first` says; it reads the file anew only when it changed."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._size: int | None = -1
        self._kept: Kept | None = None

    def kept(self) -> Kept | None:
        """What the file says now."""
        layout, files = self._journal.layout, self._journal.files
        size = files.size(layout.first)
        if size != self._size:
            self._size, self._kept = size, None if size is None else read_list(layout, files)
        return self._kept

    def going_on(self) -> bool:
        """Whether a first copy is going on here."""
        return self.kept() is not None

    def lacking(self) -> tuple[Range, ...]:
        """What of the list is neither held nor came ahead, in its order."""
        kept = self.kept()
        if kept is None:
            return ()
        found: list[Range] = []
        for one in kept.first.ranges:
            after: int | None = None
            for seq in range(one.after + 1, (one.to or one.after + 1) + 1):
                if self._journal.ahead.here(one.chain, seq):
                    if after is not None:
                        found.append(Range(one.chain, after, seq - 1))
                    after = None
                elif after is None:
                    after = seq - 1
            if after is not None:
                found.append(Range(one.chain, after, one.to))
        return tuple(found)

    def progress(self) -> Progress | None:
        """How far it is; None when none is going on."""
        kept = self.kept()
        if kept is None:
            return None
        total = sum(seq for _, seq in kept.promised)
        held = sum(min(seq, self._journal.tallest(chain)) for chain, seq in kept.promised)
        named = sum((one.to or one.after + 1) - one.after for one in kept.first.ranges)
        left = sum((one.to or one.after + 1) - one.after for one in self.lacking())
        return Progress(held, total, named - left, named)
