"""What a relay answers about sealed documents: which it lacks, a piece of one, a piece to keep.

Law: a document is handed over only when the whole of it has the hash its name says; pieces come in order, and
what was received is kept across interruptions. Nothing is let go for being asked: only an `entry.emptied` that
stands can say so; what it names is not taken again.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lanterne.relay.door import Guest
from lanterne.relay.errors import Refusal
from lanterne.relay.house import House
from lanterne.relay.store import BlobRow
from lanterne.wire.asking import Complaint, pack_blobs, pack_held, read_blobs
from lanterne.wire.blob_lists import BlobList, list_names, pack_list, pack_sums, read_firsts, sum_names
from lanterne.wire.exchange import MAX_BATCH, BlobName
from lanterne.wire.names import PracticeId

STALE_MS = 7 * 86_400_000
"""An unfinished blob nobody continued for so long is let go."""
_RANGE = re.compile(r"bytes=(\d{1,15})-(\d{1,15})?")
_CONTENT_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})")


class BlobPiece(NamedTuple):
    """Bytes of a blob from `offset` on, of `total`."""

    offset: int
    data: bytes
    total: int

    @property
    def whole(self) -> bool:
        return len(self.data) == self.total


class Held(NamedTuple):
    """What is held of a blob now, and whether the piece was taken (409 otherwise)."""

    answer: bytes
    taken: bool


def read_range(text: str | None) -> tuple[int, int]:
    """Offset and most bytes asked for. Raises Refusal 416."""
    if text is None:
        return 0, MAX_BATCH
    found = _RANGE.fullmatch(text)
    first = int(found[1]) if found else -1
    last = int(found[2]) if found and found[2] else first + MAX_BATCH - 1
    if found is None or last < first:
        raise Refusal(416, Complaint("range", "one range of bytes, from the beginning"))
    return first, min(last - first + 1, MAX_BATCH)


def read_content_range(text: str | None, size: int) -> tuple[int, int]:
    """Offset of a piece of `size` bytes, and the size of the whole. Raises Refusal 400."""
    found = _CONTENT_RANGE.fullmatch(text or "")
    if found is not None:
        first, last, total = int(found[1]), int(found[2]), int(found[3])
        if last - first + 1 == size and last < total:
            return first, total
    raise Refusal(400, Complaint("range", "Content-Range does not agree with the bytes sent"))


class BlobAnswering:
    """The answers. Each raises Refusal, MessageRefused (400), Busy, StoreFailed, OSError."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def lacking(self, guest: Guest, body: bytes) -> bytes:
        """Which of these are not held whole."""
        names = read_blobs(body)
        house, practice = self._house, guest.membership.practice
        async with house.reads.of(practice):
            return pack_blobs(await house.run(house.store.lacking, practice, names))

    async def sums(self, guest: Guest, _body: bytes) -> bytes:
        """For each first byte of a name, the sum of the names held whole."""
        house, practice = self._house, guest.membership.practice
        async with house.reads.of(practice):
            return pack_sums(sum_names(await house.run(house.store.blob_names, practice)))

    async def listed(self, guest: Guest, body: bytes) -> bytes:
        """The names that begin with the bytes asked for."""
        firsts = read_firsts(body)
        house, practice = self._house, guest.membership.practice
        async with house.reads.of(practice):
            return pack_list(await house.run(self._listed, practice, firsts))

    def _listed(self, practice: PracticeId, firsts: bytes) -> BlobList:
        names = {first: self._house.store.blob_names(practice, first) for first in firsts}
        return list_names(names, firsts)

    async def piece(self, guest: Guest, name: BlobName, asked: tuple[int, int]) -> BlobPiece:
        """Bytes of a blob."""
        house, practice = self._house, guest.membership.practice
        async with house.reads.of(practice):
            return await house.run(self._piece, practice, name, asked)

    def _piece(self, practice: PracticeId, name: BlobName, asked: tuple[int, int]) -> BlobPiece:
        house = self._house
        row = house.store.blob(practice, name)
        if row is None or not row.whole:
            raise Refusal(404, Complaint("blob", "this document is not held"))
        offset, most = asked
        if offset >= row.total:
            raise Refusal(416, Complaint("range", "beyond the end"))
        return BlobPiece(offset, house.shelf.read(practice, name, offset, most), row.total)

    async def keep(self, guest: Guest, name: BlobName, offset: int, total: int, data: bytes) -> Held:
        """A piece to keep."""
        house, practice = self._house, guest.membership.practice
        if name in guest.membership.emptied_blobs:
            raise Refusal(403, Complaint("emptied", "this document was emptied"))
        async with house.writes.of(practice):
            row, taken = await house.run(self._write, practice, name, offset, total, data)
            if row is None:
                await house.durable(house.store.forget_blob(practice, name))
                return Held(pack_held(0, False), True)
            if taken:
                await house.durable(house.store.keep_blob(practice, row))
            return Held(pack_held(row.held, row.whole), taken)

    def _write(
        self, practice: PracticeId, name: BlobName, offset: int, total: int, data: bytes
    ) -> tuple[BlobRow | None, bool]:
        """The row as it is from now on (None: let go) and whether the piece was taken."""
        house, quota = self._house, self._house.quota
        row = house.store.blob(practice, name)
        if row is not None and row.whole:
            return row, row.total == total
        held = row.held if row is not None else 0
        if offset != held or (row is not None and row.total != total):
            return BlobRow(name, held, row.total if row else total, False, 0), False
        account = house.store.account(practice)
        used = account.blob_bytes if account is not None else 0
        if total > quota.blob_size or used + len(data) > quota.blob_bytes:
            raise Refusal(413, Complaint("quota", "beyond what this practice may keep"))
        house.shelf.write(practice, name, offset, data)
        held += len(data)
        whole = held == total
        if whole and not house.shelf.finish(practice, name, total):
            house.shelf.drop(practice, name)
            return None, True
        return BlobRow(name, held, total, whole, house.now_ms()), True

    async def drop(self, guest: Guest, name: BlobName) -> None:
        """Let a document go that was emptied; nothing when it is not held. Raises Refusal 403."""
        house, practice = self._house, guest.membership.practice
        if name not in guest.membership.emptied_blobs:
            raise Refusal(403, Complaint("emptied", "no entry that empties this document is known here"))
        async with house.writes.of(practice):
            await house.run(house.shelf.drop, practice, name)
            await house.durable(house.store.forget_blob(practice, name))

    def sweep(self) -> int:
        """Let go what nobody finished. Returns how many. Run while nobody is served."""
        house = self._house
        stale = house.store.stale_blobs(house.now_ms() - STALE_MS)
        for practice, name in stale:
            house.shelf.drop(practice, name)
            house.store.forget_blob(practice, name).result()
        return len(stale)
