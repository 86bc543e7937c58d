"""The store of a relay in one SQLite file: one thread writes, any thread reads.

Law: see relay.store. WAL with synchronous=FULL: a commit has been fsynced. Reading connections are lent, one
to a thread at a time.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path

from lanterne.relay import sqlite_boxes, sqlite_rows, sqlite_schema
from lanterne.relay.errors import StoreFailed
from lanterne.relay.sqlite_writer import Work, Writer
from lanterne.relay.store import Account, Batch, BlobRow, BoxRow, Holding
from lanterne.wire.asking import Range
from lanterne.wire.exchange import NUMBER_LIMIT, BlobName, head_key
from lanterne.wire.framing import Piece, Placed, PlacedPiece, framed_size
from lanterne.wire.names import ChainId, DeviceId, EntryHash, Head, PracticeId, SeatId, Stream
from lanterne.wire.pairing_box import BoxName

_SMALL = 4096
_STRANGERS = b"pairing"
_STREAMS = {int(stream): stream for stream in Stream}


class SqliteStore:
    """Stands behind `relay.store.Store`."""

    def __init__(self, path: Path) -> None:
        sqlite_schema.prepare(path)
        self._path = path
        self._writer = Writer(path)
        self._idle: list[sqlite3.Connection] = []
        self._lending = threading.Lock()

    @property
    def commits(self) -> int:
        """Transactions so far: fewer than appends when they came grouped."""
        return self._writer.commits

    def close(self) -> None:
        """See Store."""
        self._writer.close()
        with self._lending:
            for connection in self._idle:
                connection.close()
            self._idle.clear()

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lending:
            connection = self._idle.pop() if self._idle else None
        try:
            if connection is None:
                connection = sqlite_schema.connect(self._path)
            yield connection
        except sqlite3.Error as error:
            if connection is not None:
                connection.close()
                connection = None
            raise StoreFailed("store.failed", f"the database refused: {error}") from error
        finally:
            if connection is not None:
                with self._lending:
                    self._idle.append(connection)

    # ------------------------------------------------------------ practices

    def found(self, practice: PracticeId, genesis: bytes, now_ms: int) -> Future[None]:
        """See Store."""
        row = (bytes.fromhex(practice), genesis, now_ms)
        sql = "INSERT OR IGNORE INTO practice (practice, genesis, founded) VALUES (?, ?, ?)"
        return self._submit(practice, len(genesis), lambda connection: _run(connection, sql, row))

    def account(self, practice: PracticeId) -> Account | None:
        """See Store."""
        with self._reading() as connection:
            row = connection.execute(
                "SELECT genesis, last, entry_bytes, apart_entries, apart_bytes, members_entries, members_bytes,"
                " waiting_entries, waiting_bytes, tips, blob_bytes FROM practice WHERE practice = ?",
                (bytes.fromhex(practice),),
            ).fetchone()
        return None if row is None else Account(practice, *row)

    def count_practices(self) -> int:
        with self._reading() as connection:
            return int(connection.execute("SELECT count(*) FROM practice").fetchone()[0])

    # ------------------------------------------------------------ entries

    def append(self, batch: Batch) -> Future[None]:
        """See Store."""
        size = sum(len(new.raw) for new in (*batch.entries, *batch.waiting))
        return self._submit(batch.practice, size, lambda connection: sqlite_rows.append(connection, batch))

    def held(self, practice: PracticeId, hashes: Sequence[EntryHash]) -> Mapping[EntryHash, Holding]:
        """See Store."""
        found: dict[EntryHash, Holding] = {}
        key = bytes.fromhex(practice)
        sql = (
            "SELECT position, seat, incarnation, stream, seq, time FROM entry WHERE practice = ? AND hash = ?"
        )
        with self._reading() as connection:
            for one in hashes:
                row = connection.execute(sql, (key, bytes.fromhex(one))).fetchone()
                if row is not None:
                    found[one] = Holding(row[0], _chain(*row[1:4]), row[4], row[5])
        return found

    def number_bytes(
        self, practice: PracticeId, numbers: Sequence[tuple[ChainId, int]]
    ) -> Mapping[tuple[ChainId, int], int]:
        """See Store."""
        found: dict[tuple[ChainId, int], int] = {}
        sql = (
            # Left to itself SQLite walks the whole practice here: 24 ms an entry given, at 28,000 held.
            "SELECT sum(size + 4) FROM entry INDEXED BY entry_number"
            " WHERE practice = ? AND seat = ? AND incarnation = ? AND stream = ? AND seq = ?"
        )
        with self._reading() as connection:
            for chain, seq in numbers:
                row = connection.execute(sql, (*_key(practice, chain), seq)).fetchone()
                if row[0] is not None:
                    found[(chain, seq)] = row[0]
        return found

    def tips(self, practice: PracticeId) -> tuple[Head, ...]:
        """See Store."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT seat, incarnation, stream, seq, hash FROM tip WHERE practice = ?",
                (bytes.fromhex(practice),),
            ).fetchall()
        heads = [Head(_chain(*row[:3]), row[3], EntryHash(row[4].hex())) for row in rows]
        return tuple(sorted(heads, key=head_key))

    def since(self, practice: PracticeId, after: int, most_bytes: int) -> PlacedPiece:
        """See Store."""
        found: list[Placed] = []
        size = 0
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT position, raw FROM entry WHERE practice = ? AND position > ? ORDER BY position",
                (bytes.fromhex(practice), after),
            )
            for position, raw in rows:
                size += framed_size(raw)
                if found and size > most_bytes:
                    rows.close()
                    return PlacedPiece(tuple(found), True)
                found.append(Placed(position, raw))
        return PlacedPiece(tuple(found), False)

    def members(self, practice: PracticeId, after: int, most_bytes: int) -> Piece:
        """See Store."""
        found: list[bytes] = []
        size = 0
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT raw FROM entry WHERE practice = ? AND stream = 3 ORDER BY position LIMIT -1 OFFSET ?",
                (bytes.fromhex(practice), after),
            )
            for (raw,) in rows:
                size += framed_size(raw)
                if found and size > most_bytes:
                    rows.close()
                    return Piece(tuple(found), True)
                found.append(raw)
        return Piece(tuple(found), False)

    def ranges(self, practice: PracticeId, ranges: Sequence[Range], most_bytes: int) -> Piece:
        """See Store."""
        found: list[bytes] = []
        size = 0
        sql = (
            "SELECT seq, raw FROM entry WHERE practice = ? AND seat = ? AND incarnation = ? AND stream = ?"
            " AND seq > ? AND seq <= ? ORDER BY seq, position"
        )
        with self._reading() as connection:
            for one in ranges:
                to = NUMBER_LIMIT - 1 if one.to is None else one.to
                rows = connection.execute(sql, (*_key(practice, one.chain), one.after, to))
                for group in _by_number(rows):
                    more = sum(map(framed_size, group))
                    if found and size + more > most_bytes:
                        rows.close()
                        return Piece(tuple(found), True)
                    found += group
                    size += more
        return Piece(tuple(found), False)

    def waits(self, practice: PracticeId, hashes: Sequence[EntryHash]) -> frozenset[EntryHash]:
        """See Store."""
        sql = "SELECT 1 FROM waiting WHERE practice = ? AND hash = ?"
        key = bytes.fromhex(practice)
        with self._reading() as connection:
            return frozenset(
                one for one in hashes if connection.execute(sql, (key, bytes.fromhex(one))).fetchone()
            )

    def waiting_for(
        self, practice: PracticeId, prevs: Sequence[EntryHash], members: bool
    ) -> tuple[bytes, ...]:
        """See Store."""
        key = bytes.fromhex(practice)
        found: dict[bytes, bytes] = {}
        with self._reading() as connection:
            for prev in prevs:
                sql = "SELECT hash, raw FROM waiting WHERE practice = ? AND prev = ?"
                found.update(connection.execute(sql, (key, bytes.fromhex(prev))).fetchall())
            if members:
                sql = "SELECT hash, raw FROM waiting WHERE practice = ? AND stream = 3"
                found.update(connection.execute(sql, (key,)).fetchall())
        return tuple(found.values())

    # ------------------------------------------------------------ statements, notices, floors

    def statements(self, practice: PracticeId) -> tuple[bytes, ...]:
        """See Store."""
        sql = "SELECT raw FROM statement WHERE practice = ? ORDER BY device, newest DESC, digest"
        return self._raws(sql, (bytes.fromhex(practice),))

    def statements_of(self, practice: PracticeId, device: DeviceId) -> tuple[bytes, ...]:
        """See Store."""
        sql = "SELECT raw FROM statement WHERE practice = ? AND device = ? ORDER BY newest DESC, digest"
        return self._raws(sql, (bytes.fromhex(practice), bytes.fromhex(device)))

    def statement_use(self, practice: PracticeId) -> tuple[int, int]:
        """See Store."""
        sql = "SELECT count(DISTINCT device), coalesce(sum(length(raw)), 0) FROM statement WHERE practice = ?"
        with self._reading() as connection:
            devices, size = connection.execute(sql, (bytes.fromhex(practice),)).fetchone()
        return devices, size

    def keep_statement(self, practice: PracticeId, device: DeviceId, raw: bytes, digest: str) -> Future[None]:
        """See Store."""
        return self._keep_statement(practice, device, raw, digest, True)

    def keep_beside(self, practice: PracticeId, device: DeviceId, raw: bytes, digest: str) -> Future[None]:
        """See Store."""
        return self._keep_statement(practice, device, raw, digest, False)

    def _keep_statement(
        self, practice: PracticeId, device: DeviceId, raw: bytes, digest: str, newest: bool
    ) -> Future[None]:
        key = bytes.fromhex(practice), bytes.fromhex(device)
        mark = bytes.fromhex(digest)
        return self._submit(
            practice,
            len(raw),
            lambda connection: sqlite_rows.keep_statement(connection, key, raw, mark, newest),
        )

    def notices(self) -> tuple[bytes, ...]:
        return self._raws("SELECT raw FROM notice ORDER BY scope, subject", ())

    def keep_notice(self, scope: str, subject: str, raw: bytes) -> Future[None]:
        """See Store."""
        row = (scope, subject, raw)
        sql = "INSERT OR REPLACE INTO notice VALUES (?, ?, ?)"
        return self._writer.submit(b"", _SMALL, lambda connection: _run(connection, sql, row))

    def floor(self, practice: PracticeId, device: DeviceId) -> int:
        """See Store."""
        sql = "SELECT floor FROM floor WHERE practice = ? AND device = ?"
        with self._reading() as connection:
            row = connection.execute(sql, (bytes.fromhex(practice), bytes.fromhex(device))).fetchone()
        return 0 if row is None else int(row[0])

    def raise_floor(self, practice: PracticeId, device: DeviceId, floor: int) -> Future[None]:
        """See Store."""
        row = (bytes.fromhex(practice), bytes.fromhex(device), floor)
        sql = (
            "INSERT INTO floor VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET floor = max(floor, excluded.floor)"
        )
        return self._submit(practice, _SMALL, lambda connection: _run(connection, sql, row))

    # ------------------------------------------------------------ blobs

    def blob(self, practice: PracticeId, name: BlobName) -> BlobRow | None:
        """See Store."""
        sql = "SELECT held, total, whole, touched FROM blob WHERE practice = ? AND name = ?"
        with self._reading() as connection:
            row = connection.execute(sql, (bytes.fromhex(practice), bytes.fromhex(name))).fetchone()
        return None if row is None else BlobRow(name, row[0], row[1], bool(row[2]), row[3])

    def lacking(self, practice: PracticeId, names: Sequence[BlobName]) -> tuple[BlobName, ...]:
        """See Store."""
        sql = "SELECT 1 FROM blob WHERE practice = ? AND name = ? AND whole = 1"
        key = bytes.fromhex(practice)
        with self._reading() as connection:
            return tuple(
                name
                for name in names
                if connection.execute(sql, (key, bytes.fromhex(name))).fetchone() is None
            )

    def blob_names(self, practice: PracticeId, first: int | None = None) -> tuple[BlobName, ...]:
        """See Store."""
        low, high = (b"", b"\xff" * 33) if first is None else (bytes([first]), bytes([first]) + b"\xff" * 32)
        sql = "SELECT name FROM blob WHERE practice = ? AND name BETWEEN ? AND ? AND whole = 1 ORDER BY name"
        with self._reading() as connection:
            rows = connection.execute(sql, (bytes.fromhex(practice), low, high))
            return tuple(BlobName(row[0].hex()) for row in rows)

    def keep_blob(self, practice: PracticeId, row: BlobRow) -> Future[None]:
        """See Store."""
        return self._submit(
            practice, _SMALL, lambda connection: sqlite_rows.keep_blob(connection, practice, row)
        )

    def forget_blob(self, practice: PracticeId, name: BlobName) -> Future[None]:
        """See Store."""
        return self._submit(
            practice, _SMALL, lambda connection: sqlite_rows.forget_blob(connection, practice, name)
        )

    def stale_blobs(self, before_ms: int) -> tuple[tuple[PracticeId, BlobName], ...]:
        """See Store."""
        sql = "SELECT practice, name FROM blob WHERE whole = 0 AND touched < ?"
        with self._reading() as connection:
            rows = connection.execute(sql, (before_ms,)).fetchall()
        return tuple((PracticeId(practice.hex()), BlobName(name.hex())) for practice, name in rows)

    # ------------------------------------------------------------ boxes of pairings

    def box(self, name: BoxName) -> BoxRow | None:
        """See Store."""
        with self._reading() as connection:
            return sqlite_boxes.find(connection, name)

    def box_message(self, name: BoxName, what: str) -> bytes | None:
        """See Store."""
        with self._reading() as connection:
            return sqlite_boxes.message(connection, name, what)

    def boxes_of(self, practice: PracticeId) -> tuple[BoxName, ...]:
        """See Store."""
        with self._reading() as connection:
            return sqlite_boxes.of_practice(connection, practice)

    def open_box(self, row: BoxRow, offer: bytes) -> Future[None]:
        """See Store."""
        return self._submit(row.practice, len(offer), lambda one: sqlite_boxes.open_box(one, row, offer))

    def ask_box(self, name: BoxName, request: bytes) -> Future[None]:
        """See Store."""
        return self._writer.submit(_STRANGERS, len(request), lambda one: sqlite_boxes.ask(one, name, request))

    def refuse_box(self, practice: PracticeId, name: BoxName) -> Future[None]:
        """See Store."""
        return self._submit(practice, _SMALL, lambda one: sqlite_boxes.refuse(one, practice, name))

    def answer_box(self, practice: PracticeId, name: BoxName, answer: bytes) -> Future[None]:
        """See Store."""
        return self._submit(
            practice, len(answer), lambda one: sqlite_boxes.answer(one, practice, name, answer)
        )

    def close_box(self, practice: PracticeId, name: BoxName) -> Future[None]:
        """See Store."""
        return self._submit(practice, _SMALL, lambda one: sqlite_boxes.close(one, practice, name))

    def sweep_boxes(self, now_ms: int) -> Future[None]:
        """See Store."""
        return self._writer.submit(_STRANGERS, _SMALL, lambda one: sqlite_boxes.sweep(one, now_ms))

    # ------------------------------------------------------------

    def _submit(self, practice: PracticeId, size: int, work: Work) -> Future[None]:
        return self._writer.submit(bytes.fromhex(practice), size, work)

    def _raws(self, sql: str, values: tuple[bytes, ...]) -> tuple[bytes, ...]:
        with self._reading() as connection:
            return tuple(row[0] for row in connection.execute(sql, values).fetchall())


def _run(connection: sqlite3.Connection, sql: str, values: tuple[object, ...]) -> None:
    connection.execute(sql, values)


def _chain(seat: bytes, incarnation: int, stream: int) -> ChainId:
    return ChainId(SeatId(seat.hex()), incarnation, _STREAMS[stream])


def _key(practice: PracticeId, chain: ChainId) -> tuple[bytes, bytes, int, int]:
    return bytes.fromhex(practice), bytes.fromhex(chain.seat), chain.incarnation, int(chain.stream)


def _by_number(rows: Iterator[tuple[int, bytes]]) -> Iterator[list[bytes]]:
    group: list[bytes] = []
    number = None
    for seq, raw in rows:
        if seq != number and group:
            yield group
            group = []
        number = seq
        group.append(raw)
    if group:
        yield group
