"""Damage found, asked for, and put right where it lay.

Law: a damaged frame is written anew in its own place (S8) with the very entry its line names, which came from
elsewhere and passed its checks; so no position moves, and a crash leaves the old segment or the new one. Nothing
is given up for damaged that reads. What an index no longer lists is put right too, once its entry came by the
ordinary way. Source: docs/format/store.md S5, S8.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple

from lanterne.journal.holdings import ORDER, Holdings
from lanterne.journal.index import EMPTIED as EMPTIED_FLAG
from lanterne.journal.register import NOWHERE, Place
from lanterne.journal.segment import EMPTIED, ENTRY, FRAME_HEADER, Bad, frame
from lanterne.journal.store import StreamStore, at
from lanterne.wire.entry import Entry
from lanterne.wire.names import ChainId, EntryHash, Stream

_CHUNK = 64
_EMPTIED_FLAGS = tuple(one for one in range(16) if one & EMPTIED_FLAG)
"""Every value of the flags that says so."""


class Lack(NamedTuple):
    """A number of a chain that cannot be read here."""

    chain: ChainId
    seq: int


def in_its_place(entry: Entry) -> tuple[int, bytes]:
    """(kind, payload) of an entry's frame, as long as that of the whole entry: zeros stand where dropped parts were."""
    if all(body is not None for body in entry.bodies):
        return ENTRY, entry.raw
    head = entry.head
    return EMPTIED, head.raw + bytes(sum(part.size for part in head.parts))


class Mender:
    """Mends one journal's holdings, under that journal's mutex."""

    def __init__(
        self,
        holdings: Holdings,
        mutex: AbstractContextManager[object],
        emptied: Callable[[], Container[EntryHash]],
    ) -> None:
        """`emptied`: the entries that acts emptied, as of now."""
        self._holdings, self._mutex, self._emptied = holdings, mutex, emptied

    # ------------------------------------------------------------------ finding

    def inspect(self) -> None:
        """Read every frame there is, so that `lacks` and the journal's `damages` tell all; a damaged header of a
        segment is written anew. Costs the reading of the whole store, without its lock.

        Raises:
            DiskFull, DiskFailed, JournalBusy: a header could not be written anew.
        """
        with self._mutex:
            self._holdings.refresh()
            headers = self._look()
            if headers:
                with self._holdings.files.lock(self._holdings.layout.lock):
                    self._holdings.catch_up()
                    for stream, number in headers:
                        self._holdings.stores[stream].rewrite(number, {})

    def _look(self) -> list[tuple[Stream, int]]:
        """Note every frame that does not verify. Segments whose header is wrong; what others append meanwhile is left
        out.
        """
        headers = []
        for stream in ORDER:
            store, table = self._holdings.stores[stream], self._holdings.register.tables[stream]
            end = at(*store.end())
            good: set[int] = set()
            loose: list[tuple[int, int, int]] = []
            for number, items in store.scan():
                if not store.header_stands(number):
                    headers.append((stream, number))
                for item in items:
                    if isinstance(item, Bad):
                        if item.offset and at(number, item.offset) < end:
                            loose.append((number, item.offset, item.end))
                    else:
                        good.add(at(number, item.offset))
            for row, position in enumerate(table.positions):
                if position not in good:
                    self._holdings.note_damage(Place(stream, row))
            # A stretch that begins where a frame is listed is that frame's.
            store.damages[:] = [one for one in loose if table.row_at(at(*one[:2])) is None]
        return headers

    def lacks(self) -> list[Lack]:
        """Numbers that cannot be read here, as far as was looked, or missing below a newer one of their chain, or
        emptied by an act that fell since: to be asked of anybody. By chain, rising.
        """
        with self._mutex:
            register = self._holdings.register
            found = {
                Lack(register.chain_of(stream, row).id, register.tables[stream].seqs[row])
                for stream, row in self._holdings.damaged
            }
            for chain in register.chains.values():
                if NOWHERE in chain.rows:
                    gaps = (place + 1 for place, row in enumerate(chain.rows) if row == NOWHERE)
                    found |= {Lack(chain.id, seq) for seq in gaps}
            return sorted(found | {Lack(*self._holdings.number_at(place)) for place in self._emptied_alone()})

    def _emptied_alone(self) -> Iterator[Place]:
        """Entries without parts that no act names any more."""
        emptied = self._emptied()
        for stream in (Stream.CARE, Stream.TRACE):
            flags = bytes(self._holdings.register.tables[stream].flags)
            if not any(flags.find(bytes([one])) >= 0 for one in _EMPTIED_FLAGS):
                continue
            for row, one in enumerate(flags):
                head = self._holdings.head_at(Place(stream, row)) if one & EMPTIED_FLAG else None
                if head is not None and head.hash not in emptied:
                    yield Place(stream, row)

    # ------------------------------------------------------------------ putting right

    def put(self, healed: Sequence[tuple[Entry, Place]]) -> None:
        """Entries whose frames are damaged, back in their places; durable when this returns. Lock held.

        Raises:
            DiskFull, DiskFailed: what was put in its place before stands, the rest is damaged as before.
        """
        holdings = self._holdings
        if healed:
            holdings.stale = True  # should the disk refuse, what is remembered of these places is read anew
        done: list[tuple[Place, int]] = []
        for stream in ORDER:
            table = holdings.register.tables[stream]
            by_segment: dict[int, dict[int, tuple[int, bytes]]] = {}
            for entry, place in healed:
                if place.stream is stream:
                    position = table.positions[place.row]
                    payload = in_its_place(entry)
                    flags = table.flags[place.row] & ~EMPTIED_FLAG | (
                        EMPTIED_FLAG if payload[0] == EMPTIED else 0
                    )
                    holdings.register.change(stream, place.row, rank=table.ranks[place.row], flags=flags)
                    by_segment.setdefault(position >> 32, {})[position & 0xFFFFFFFF] = payload
                    done.append((place, position))
            for number, frames in sorted(by_segment.items()):
                holdings.stores[stream].rewrite(number, frames)
        if done:
            holdings.rewritten(done)

    def put_loose(self, arrived: Iterable[Entry]) -> None:
        """Entries that came by the ordinary way and whose first frame lies damaged where no index lists it. Lock held.

        Raises DiskFull, DiskFailed.
        """
        for entry in arrived:
            store = self._holdings.stores[entry.head.stream]
            payload = in_its_place(entry)
            found = _stretch_of(store, payload) if store.damages else None
            if found is None:
                continue
            number, offset, end = found
            store.rewrite(number, {offset: payload})
            store.damages.remove(found)
            after = offset + FRAME_HEADER + len(payload[1])
            if after < end:
                store.damages.append((number, after, end))


def _stretch_of(store: StreamStore, payload: tuple[int, bytes]) -> tuple[int, int, int] | None:
    """The damaged stretch that was this frame: most of its bytes are there still."""
    kind, data = payload
    whole = frame(data, kind)
    for number, offset, end in store.damages:
        lies = store.stretch(number, offset, len(whole))
        if offset + len(whole) <= end and len(lies) == len(whole) and _alike(lies, whole):
            return number, offset, end
    return None


def _alike(one: bytes, other: bytes) -> bool:
    equal = sum(mine == theirs for mine, theirs in zip(_chunks(one), _chunks(other), strict=True))
    return 2 * equal > -(-len(one) // _CHUNK)


def _chunks(data: bytes) -> Iterator[bytes]:
    return (data[start : start + _CHUNK] for start in range(0, len(data), _CHUNK))
