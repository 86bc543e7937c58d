"""What a relay keeps, as a contract that any store stands behind (tests/contracts/relay_store.py).

Law: a future that resolves means durable: on the disk, whatever happens to the process or the power next.
Every row of a practice is found by a key led by the practice's id, but for the boxes of pairings. A store decides
nothing: what may be kept was decided before it is called. Reads see everything whose future has resolved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from lanterne.wire.asking import Range
from lanterne.wire.entry import EntryHead
from lanterne.wire.exchange import BlobName
from lanterne.wire.framing import Piece, PlacedPiece
from lanterne.wire.names import ChainId, DeviceId, EntryHash, Head, PracticeId, SeatId
from lanterne.wire.pairing_box import BoxName


@dataclass(frozen=True, slots=True)
class Account:
    """A practice and what it uses. Bytes of entries are without framing; blobs count what came of them."""

    practice: PracticeId
    genesis: bytes
    last: int
    """The newest position, 0 when nothing was kept; also the number of entries kept."""
    entry_bytes: int
    apart_entries: int
    apart_bytes: int
    members_entries: int
    members_bytes: int
    waiting_entries: int
    waiting_bytes: int
    tips: int
    blob_bytes: int


class Holding(NamedTuple):
    """Where an entry that is kept stands. `time` is hybrid, as in its header."""

    position: int
    chain: ChainId
    seq: int
    time: int


class NewEntry(NamedTuple):
    """An entry to be kept. `apart`: it counts under the quota of what is apart."""

    head: EntryHead
    raw: bytes
    apart: bool


class Cut(NamedTuple):
    """What of a seat counts: up to which number of each of its care and trace chains; of another chain, nothing."""

    seat: SeatId
    reach: Mapping[ChainId, int]


class Batch(NamedTuple):
    """What is kept in one go for one practice.

    Positions follow `expected_last`, in the order of `entries`, predecessors first. `waiting` are to wait;
    `released` no longer do. Of `emptied`, whether kept or waiting, the head alone stays. What
    lies beyond `cuts` counts under the quota of what is apart from now on.
    """

    practice: PracticeId
    expected_last: int
    entries: Sequence[NewEntry]
    waiting: Sequence[NewEntry] = ()
    released: Sequence[EntryHash] = ()
    emptied: Sequence[EntryHash] = ()
    cuts: Sequence[Cut] = ()


class BlobRow(NamedTuple):
    """How much of a blob is held. `touched` in milliseconds since 1970-01-01 UTC."""

    name: BlobName
    held: int
    total: int
    whole: bool
    touched: int


class BoxRow(NamedTuple):
    """A box of a pairing, and when it lapses (milliseconds)."""

    name: BoxName
    practice: PracticeId
    ends: int


class Store(Protocol):
    """Entries, statements, notices and accounts of all practices. Every method may be called by any thread.

    All raise StoreFailed when the disk refuses; those that write through their future.
    """

    # ------------------------------------------------------------ practices

    def found(self, practice: PracticeId, genesis: bytes, now_ms: int) -> Future[None]:
        """Keep the genesis of a practice; nothing changes when it is there."""

    def account(self, practice: PracticeId) -> Account | None: ...

    def count_practices(self) -> int: ...

    # ------------------------------------------------------------ entries

    def append(self, batch: Batch) -> Future[None]:
        """Keep a batch, whole or not at all.

        Fails with Conflict when `expected_last` is not the practice's newest position.
        """

    def held(self, practice: PracticeId, hashes: Sequence[EntryHash]) -> Mapping[EntryHash, Holding]:
        """Those of `hashes` that are kept (not those that wait)."""

    def number_bytes(
        self, practice: PracticeId, numbers: Sequence[tuple[ChainId, int]]
    ) -> Mapping[tuple[ChainId, int], int]:
        """Framed bytes kept under each of these numbers; those with none are left out."""

    def tips(self, practice: PracticeId) -> tuple[Head, ...]:
        """Entries kept that no other kept entry follows, sorted by `wire.exchange.head_key`."""

    def since(self, practice: PracticeId, after: int, most_bytes: int) -> PlacedPiece:
        """Entries with position > `after`, in order; at least one when there is one.

        `most_bytes` counts framing but positions.
        """

    def members(self, practice: PracticeId, after: int, most_bytes: int) -> Piece:
        """Members entries in order of arrival without the first `after`; at least one when there is one."""

    def ranges(self, practice: PracticeId, ranges: Sequence[Range], most_bytes: int) -> Piece:
        """Entries of chains; all of one number together, at least those of one number."""

    def waits(self, practice: PracticeId, hashes: Sequence[EntryHash]) -> frozenset[EntryHash]:
        """Those of `hashes` that wait."""

    def waiting_for(
        self, practice: PracticeId, prevs: Sequence[EntryHash], members: bool
    ) -> tuple[bytes, ...]:
        """Raw entries that wait and whose predecessor is in `prevs`; with `members`, all members entries that
        wait.
        """

    # ------------------------------------------------------------ statements, notices, floors

    def statements(self, practice: PracticeId) -> tuple[bytes, ...]:
        """The newest statement of each device, and those that contradict one."""

    def statements_of(self, practice: PracticeId, device: DeviceId) -> tuple[bytes, ...]:
        """The newest statement of a device first, then those kept beside it."""

    def statement_use(self, practice: PracticeId) -> tuple[int, int]:
        """Devices of which a statement is kept, and the bytes of all statements."""

    def keep_statement(self, practice: PracticeId, device: DeviceId, raw: bytes, digest: str) -> Future[None]:
        """Keep a statement in the place of the newest held, which is let go. `digest`: 64 hex, of its map."""

    def keep_beside(self, practice: PracticeId, device: DeviceId, raw: bytes, digest: str) -> Future[None]:
        """Keep a statement as evidence, beside the newest."""

    def notices(self) -> tuple[bytes, ...]:
        """The newest notice of each scope and id."""

    def keep_notice(self, scope: str, subject: str, raw: bytes) -> Future[None]:
        """Keep a notice in the place of the one on the same scope and subject."""

    def floor(self, practice: PracticeId, device: DeviceId) -> int:
        """Requests of this device up to this time (milliseconds) are refused; 0 at first."""

    def raise_floor(self, practice: PracticeId, device: DeviceId, floor: int) -> Future[None]: ...

    # ------------------------------------------------------------ blobs

    def blob(self, practice: PracticeId, name: BlobName) -> BlobRow | None: ...

    def lacking(self, practice: PracticeId, names: Sequence[BlobName]) -> tuple[BlobName, ...]:
        """Those of `names` of which the whole is not held, in their order."""

    def blob_names(self, practice: PracticeId, first: int | None = None) -> tuple[BlobName, ...]:
        """The blobs held whole, sorted; only those whose name begins with the byte `first`, when given."""

    def keep_blob(self, practice: PracticeId, row: BlobRow) -> Future[None]:
        """Keep how much of a blob is held; the account follows."""

    def forget_blob(self, practice: PracticeId, name: BlobName) -> Future[None]: ...

    def stale_blobs(self, before_ms: int) -> tuple[tuple[PracticeId, BlobName], ...]:
        """Blobs not whole and not touched since."""

    # ------------------------------------------------------------ boxes of pairings

    def box(self, name: BoxName) -> BoxRow | None:
        """The only rows found without a practice: who asks for one is of none yet."""

    def box_message(self, name: BoxName, what: str) -> bytes | None:
        """What lies in a box: "offer", "request" or "answer"."""

    def boxes_of(self, practice: PracticeId) -> tuple[BoxName, ...]:
        """The boxes of a practice, sorted."""

    def open_box(self, row: BoxRow, offer: bytes) -> Future[None]:
        """Fails with Conflict when there is a box of that name, whosesoever."""

    def ask_box(self, name: BoxName, request: bytes) -> Future[None]:
        """Keep the one request; the same again changes nothing. Fails with Conflict when another lies there, or
        there is no such box."""

    def refuse_box(self, practice: PracticeId, name: BoxName) -> Future[None]:
        """Let the request go."""

    def answer_box(self, practice: PracticeId, name: BoxName, answer: bytes) -> Future[None]:
        """Keep an answer in the place of the one before; nothing in a box of another practice."""

    def close_box(self, practice: PracticeId, name: BoxName) -> Future[None]:
        """Let a box go; nothing when it is another practice's."""

    def sweep_boxes(self, now_ms: int) -> Future[None]:
        """Let go of those that lapsed before."""

    def close(self) -> None:
        """Finish what was begun. Nothing may be called afterwards."""


class BlobShelf(Protocol):
    """Where the bytes of blobs lie. Each call returns once what it did is durable."""

    def write(self, practice: PracticeId, name: BlobName, offset: int, data: bytes) -> None:
        """Write a piece of an unfinished blob at `offset`; what lay beyond is let go."""

    def finish(self, practice: PracticeId, name: BlobName, size: int) -> bool:
        """Whether the unfinished blob has `size` bytes and the hash its name says; it is whole from then on."""

    def read(self, practice: PracticeId, name: BlobName, offset: int, size: int) -> bytes:
        """Bytes of a whole blob."""

    def drop(self, practice: PracticeId, name: BlobName) -> None:
        """Let a blob go, whole or not; nothing when there is none."""
