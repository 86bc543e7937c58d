"""An open record: one practice on this device, opened by one seat, in one process.

Holds that seat's keys and no others. The two doors (`recording`, `reading`) take it; nothing else writes or
reads.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlite

from lanterne.journal import founding
from lanterne.journal.access import check_access
from lanterne.journal.errors import DiskFailed, DiskFull
from lanterne.journal.first_copy import FirstCopy
from lanterne.journal.journal import Journal
from lanterne.practice.errors import NotAllowed, TablesBehind, TablesDamaged
from lanterne.practice.folding import Folder, Progress
from lanterne.practice.rights import Right
from lanterne.practice.tablekeys import table_key
from lanterne.practice.tables import Connection, Tables
from lanterne.practice.team import queries as team
from lanterne.seal.keyring import Keyring
from lanterne.seal.naming import Naming, naming_of
from lanterne.seal.seat import SeatKeys
from lanterne.wire.names import Compartment, PersonId, SeatId, Stream


def now_ms() -> int:
    """Milliseconds since 1970-01-01 UTC by this machine's clock."""
    return time.time_ns() // 1_000_000


def new_id() -> str:
    """A random id, 32 hex digits."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Writer:
    """Who acts: the person behind the seat, with the rights of the moment."""

    person: PersonId
    seat: SeatId
    name: str
    role: str
    rights: frozenset[Right]


class Record:
    """The record of a practice, open under one seat.

    Args:
        root: the data directory.
        seat: the seat's keys.
        keyring: what they open.
        clock_ms, draw_id: time and ids; arguments so that simulations own them.
    """

    def __init__(
        self,
        root: Path,
        journal: Journal,
        seat: SeatKeys,
        keyring: Keyring,
        *,
        clock_ms: Callable[[], int] = now_ms,
        draw_id: Callable[[], str] = new_id,
    ) -> None:
        self.root = root
        self.journal = journal
        self.seat = seat
        self.keyring = keyring
        self.local = journal.local(seat)
        self.door = threading.RLock()
        """Held by a command from what it reads to what it writes: two threads never write one form twice."""
        self.behind = False
        self.first_copy = FirstCopy(journal)
        self.paced = False
        """Whether pages wait for what came ahead alone in a first copy; who sets it folds the rest (`follow`)."""
        self.lagging = False
        """Whether entries held here are not in the read tables yet, because of that."""
        self._folding = threading.RLock()
        self.clock_ms = clock_ms
        self.draw_id = draw_id
        folder = root / "read"
        folder.mkdir(exist_ok=True)
        widest = Compartment.MEDICAL if keyring.can_read(Compartment.MEDICAL) else Compartment.OFFICE
        self.tables = Tables(folder, widest.name.lower(), table_key(root, widest, journal, keyring))
        self.folder = Folder(self.tables, journal, keyring, (Stream.CARE,))
        self.trace_tables: Tables | None = None
        self.trace_folder: Folder | None = None
        if keyring.can_read(Compartment.TRACE):
            self.trace_tables = Tables(folder, "trace", table_key(root, Compartment.TRACE, journal, keyring))
            self.trace_folder = Folder(self.trace_tables, journal, keyring, (Stream.TRACE,))

    @classmethod
    def open(cls, root: Path, seat_id: SeatId, passphrase: str) -> Record:
        """Open with a seat of this device.

        Raises:
            LanterneError: wrong passphrase, ended access, damaged files; each its own class.
        """
        journal = Journal.open(root)
        check_access(journal, seat_id, now_ms())
        seat, keyring = founding.open_seat(journal, seat_id, passphrase)
        return cls(root, journal, seat, keyring)

    @property
    def reads_medical(self) -> bool:
        """Whether this seat opens the medical compartment."""
        return self.keyring.can_read(Compartment.MEDICAL)

    def connection(self) -> Connection:
        """Read tables, caught up with the journal (another process may have written).

        When they cannot follow (a full disk) they are shown as they stand and `behind` says so: a chart that
        lacks the last minutes, under a red banner, is worth more than none.

        Raises:
            TablesBehind: they cannot follow, and there are none to show.
        """
        try:
            if not self._is_followed():
                self.catch_up()
            self.behind = False
        except TablesBehind:
            if not self.tables.ready():
                raise
            self.behind = True
        return self.tables.read()

    def catch_up(self, progress: Progress | None = None) -> None:
        """Fold what the journal holds and the tables do not; build them when they are missing, damaged or
        of another schema. One thread at a time.

        Raises:
            TablesBehind: the disk is full, or another process holds the tables for too long; nothing
            recorded is lost.
        """
        with self._folding:
            self._refresh()
            paced = self.paced and (self.lagging or self.first_copy.going_on())
            self._bring_up(self.folder, progress, 0 if paced else None)
            self.lagging = paced and self.folder.behind()

    def _is_followed(self) -> bool:
        """Whether another thread folds what a first copy brings, right now, and all that came ahead is in the tables:
        then no page waits for it.
        """
        if not self.lagging:
            return False
        if self._folding.acquire(blocking=False):
            self._folding.release()
            return False
        self.journal.refresh()
        return self.folder.holds_ahead()

    def follow(self, facts: int) -> None:
        """Fold about so many facts of what a first copy brought. Raises as `catch_up`."""
        with self._folding:
            self._refresh()
            self._bring_up(self.folder, None, facts)
            self.lagging = self.folder.behind()

    def fold_anew(self) -> None:
        """Fold everything in bulk, beside the tables in use, which stay in use meanwhile. Raises TablesBehind."""
        anew = Folder(self.tables, self.journal, self.keyring, (Stream.CARE,))
        try:
            anew.rebuild()
        except (sqlite.OperationalError, DiskFull, DiskFailed, OSError) as error:
            raise TablesBehind(self.tables.name, type(error).__name__) from error

    def backlog(self) -> tuple[int, int]:
        """(entries held and not folded yet, entries folded)."""
        folded = int(self.tables.read().execute("SELECT count(*) FROM entry").fetchone()[0])
        return max(0, self.journal.count(Stream.CARE) - folded), folded

    def _refresh(self) -> None:
        self.journal.refresh()
        if self.keyring.membership is not self.journal.membership:
            self.keyring = self.keyring.with_membership(self.journal.membership)

    def _bring_up(self, folder: Folder, progress: Progress | None = None, most: int | None = None) -> None:
        folder.keyring = self.keyring
        tables = folder.tables
        try:
            tables.follow()
            if not tables.ready():
                folder.build(progress)
            try:
                folder.catch_up(progress, most)
            except sqlite.OperationalError:
                raise
            except (sqlite.DatabaseError, TablesDamaged):
                # A page that does not verify: the journal has it all.
                folder.rebuild(progress)
        except (sqlite.OperationalError, DiskFull, DiskFailed, OSError) as error:
            raise TablesBehind(tables.name, type(error).__name__) from error

    def catch_up_traces(self) -> Tables:
        """The trace tables, caught up. Raises NotAllowed when this seat does not read traces."""
        if self.trace_tables is None or self.trace_folder is None:
            raise NotAllowed("this seat does not read traces", what="traces")
        with self._folding:
            self._refresh()
            self._bring_up(self.trace_folder)
        return self.trace_tables

    def writer(self) -> Writer:
        """The person behind this seat, as the team room describes them now.

        A person nobody has described yet has no right but, when an administrator, to describe the team.
        """
        record = self.journal.membership.seat(self.seat.id)
        if record is None:
            raise NotAllowed("this seat is not in the membership", what="seat")
        connection = self.connection()
        today = datetime.fromtimestamp(self.clock_ms() / 1000, UTC).date()
        person = team.person(connection, record.person)
        rights = team.rights(connection, record.person, administrator_seat=record.admin, today=today)
        if not self.reads_medical:
            rights -= {Right.READ_CHART, Right.WRITE_CHART, Right.PRESCRIBE}
        name, role = (person.display_name, person.role) if person is not None else ("", "")
        return Writer(record.person, self.seat.id, name, role, rights)

    @property
    def naming(self) -> Naming:
        """Names drawn from content, for what is imported.

        Raises:
            NotEntitled: this seat does not open the office.
        """
        return naming_of(self.keyring)

    def person_of(self, seat: SeatId) -> PersonId | None:
        """The person behind a seat of this practice, present or past."""
        held = self.journal.membership.seat(seat)
        return held.person if held is not None else None

    def require(self, right: Right) -> Writer:
        """The writer, when they have the right.

        Raises:
            NotAllowed: they do not.
        """
        writer = self.writer()
        if right not in writer.rights:
            raise NotAllowed(f"role {writer.role or 'none'} lacks {right.value}", what=right.value)
        return writer

    def close(self) -> None:
        """Close read tables. Keys go with the process."""
        self.tables.close()
        if self.trace_tables is not None:
            self.trace_tables.close()
