"""Parts and documents dropped because an `entry.emptied` that stands says so.

Law: nothing is dropped without the act. Documents are set aside first: an entry that came meanwhile may name one, and
only who reads charts can tell (S14). The frame keeps its place and its length: the head, then zeros; so no
position moves, and a crash leaves the old segment or the new one. What the disk refused is done at the next chance.
Source: docs/format/entry.md, Emptied entries; store.md S8.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from lanterne.journal.blobs import Blobs
from lanterne.journal.errors import DiskFailed, DiskFull
from lanterne.journal.files import disk_errors, replace_small_file
from lanterne.journal.holdings import Holdings
from lanterne.journal.index import EMPTIED as EMPTIED_FLAG
from lanterne.journal.mending import in_its_place
from lanterne.journal.register import Place
from lanterne.proof.membership import Membership
from lanterne.wire.entry import PREAMBLE_SIZE, emptied, read_preamble
from lanterne.wire.errors import EntryRefused
from lanterne.wire.names import Stream


class Emptier:
    """Empties one journal. Every method but `due…` is called with the directory's lock held."""

    def __init__(self, holdings: Holdings, blobs: Blobs, membership: Callable[[], Membership]) -> None:
        self._holdings, self._blobs, self._membership = holdings, blobs, membership

    def due(self) -> list[Place]:
        """Entries whose parts are here still; those that lie damaged come back emptied, when they come."""
        register, found = self._holdings.register, []
        for named in self._membership().emptied.values():
            row = register.find(named.entry)
            if row is None:
                continue
            place = Place(named.entry.chain.stream, row)
            if (
                not register.tables[place.stream].flags[row] & EMPTIED_FLAG
                and place not in self._holdings.damaged
            ):
                found.append(place)
        return found

    def due_blobs(self) -> list[str]:
        """Documents that are here still, or the beginning of them."""
        return [name for name in self._membership().emptied_blobs if self._blobs.any_of(name)]

    def due_back(self) -> list[str]:
        """Documents set aside that no act empties any more (M7)."""
        emptied = self._membership().emptied_blobs
        return [name for name in self._blobs.aside() if name not in emptied]

    def settle(self) -> None:
        """Drop, or set aside, what is due. What the disk refuses stays due."""
        self._blobs.emptied = self._membership().emptied_blobs
        with suppress(DiskFull, DiskFailed):
            self._entries()
            self._apart()
            for name in self.due_blobs():
                self._blobs.set_aside(name)
            for name in self.due_back():
                self._blobs.take_back(name)

    def _entries(self) -> None:
        by_segment: dict[tuple[Stream, int], dict[int, tuple[int, bytes]]] = {}
        places: dict[tuple[Stream, int], list[Place]] = {}
        for place in self.due():
            entry = self._holdings.entry_at(place)
            if entry is None:
                continue
            position = self._holdings.register.tables[place.stream].positions[place.row]
            key = (place.stream, position >> 32)
            by_segment.setdefault(key, {})[position & 0xFFFFFFFF] = in_its_place(emptied(entry.head))
            places.setdefault(key, []).append(place)
        for key, frames in sorted(by_segment.items()):
            self._holdings.stores[key[0]].rewrite(key[1], frames)
            self._holdings.emptied(places[key])

    def _apart(self) -> None:
        """Entries that wait for their predecessor, one file each."""
        files, folder = self._holdings.files, self._holdings.layout.apart
        for name in self._membership().emptied:
            path = folder / name
            size = files.size(path)
            if size is None:
                continue
            data = files.read(path)
            with suppress(EntryRefused):  # a file that does not verify is for `check` to report
                head = read_preamble(data[:PREAMBLE_SIZE], practice=self._holdings.practice).head_size
                if size > head:
                    with disk_errors("emptying an entry that waits"):
                        replace_small_file(files, path, data[:head])
