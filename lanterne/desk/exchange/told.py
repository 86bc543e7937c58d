"""What is known of the exchanges, ready for every page: read in a thread of its own, kept until a file changes.

Law: a page never waits longer than `WAIT_S` for it and never fails by it. What cannot be read is said as such
(`Told.fault`), and an older look is shown with its own moment, never as if it were now.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from lanterne.desk.exchange.counting import Documents
from lanterne.journal.errors import DiskFailed, DiskFull
from lanterne.journal.files import disk_errors
from lanterne.journal.first_copy import FirstCopy, Progress
from lanterne.journal.journal import Journal
from lanterne.practice.record import Record
from lanterne.proof.exchange import check_notice
from lanterne.sync.going import Going, nudge, read_going
from lanterne.sync.known import Known
from lanterne.sync.raised import Raised, RaisedAlarms
from lanterne.sync.state import SyncState, read_state
from lanterne.sync.ways import Ways, read_ways
from lanterne.wire.errors import LanterneError
from lanterne.wire.exchange import MessageRefused, Signed
from lanterne.wire.names import DeviceId, Stream
from lanterne.wire.statements import OperatorNotice, Statement, read_notice

WAIT_S = 0.05
"""What a page gives for a fresh look."""
KEPT_S = 60.0
"""A look is taken anew after this long even when no file changed: accesses end by the clock."""
FAULT_KEPT_S = 5.0
PASSED_ON_S = 600.0
"""Damage that was met is not passed on again before: the whole disk is looked at for it."""


@dataclass(frozen=True, slots=True)
class Told:
    """One look. `at_ms`: when it was taken, by the record's clock; 0 before the first.

    Attributes:
        state: None when it could not be read; `fault` then says why.
        notices: those of the relay's operator in force, their signature checked.
        foreign_notices: how many the relay handed over that its operator did not sign.
        first: how far the first copy of this device is; None when none is going on.
        documents: whole on this disk.
        unreadable: entries that lie damaged on this disk, met here or by the process that exchanges; since when (ms).
    """

    at_ms: int = 0
    state: SyncState | None = None
    ways: Ways = field(default_factory=Ways)
    going: Going = field(default_factory=Going)
    alarms: RaisedAlarms = field(default_factory=RaisedAlarms)
    notices: tuple[OperatorNotice, ...] = ()
    foreign_notices: int = 0
    first: Progress | None = None
    unreadable: int = 0
    unreadable_since: int = 0
    documents: int = 0
    fault: LanterneError | None = None


class Looking:
    """Looks for one record. Threads may share it."""

    def __init__(self, record: Record, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._record, self._monotonic = record, monotonic
        self._guard = threading.Lock()
        self._raised: Raised | None = None
        self._copy: FirstCopy | None = None
        self._said: tuple[object, Mapping[DeviceId, Signed[Statement]]] | None = None
        self._documents = Documents(record.journal.layout)
        self._told = Told()
        self._mark: object = None
        self._due = 0.0
        self._unreadable_since, self._pass_on_at = 0, 0.0
        self._working: threading.Event | None = None

    def now(self, wait_s: float = WAIT_S) -> Told:
        """The newest look; waits at most `wait_s` seconds for one of how things stand now."""
        until = self._monotonic() + wait_s
        while True:
            mark = self._mark_now()
            with self._guard:
                if self._told.at_ms and mark == self._mark and self._monotonic() < self._due:
                    return self._told
                working = self._working
                if working is None:
                    working = self._working = threading.Event()
                    threading.Thread(target=self._look, args=(working,), daemon=True).start()
            left = until - self._monotonic()
            if left <= 0 or not working.wait(left):
                return self._told

    @property
    def raised(self) -> Raised:
        """The alarms of this device."""
        if self._raised is None:
            self._raised = Raised(self._record.journal)
        return self._raised

    @property
    def _first(self) -> FirstCopy:
        if self._copy is None:
            self._copy = FirstCopy(self._record.journal)
        return self._copy

    def _look(self, done: threading.Event) -> None:
        mark: object = None
        told = Told()
        try:
            try:
                with disk_errors("looking at the exchanges"):
                    self._record.journal.refresh()
                    mark = self._mark_now()
                    told = self._take()
            except LanterneError as error:
                told = Told(self._record.clock_ms(), fault=error)
        finally:
            with self._guard:
                if told.at_ms:
                    self._told, self._mark = told, mark
                    self._due = self._monotonic() + (KEPT_S if told.fault is None else FAULT_KEPT_S)
                self._working = None
            done.set()

    def _take(self) -> Told:
        journal, now_ms = self._record.journal, self._record.clock_ms()
        seat = journal.membership.seat(self._record.seat.id)
        alarms = self.raised.read()
        state = read_state(
            journal,
            seat.device if seat else DeviceId(""),
            now_ms,
            alarms=alarms.alarms,
            statements=self._statements(),
        )
        notices, foreign = _notices(journal, state)
        going = read_going(journal)
        unreadable = self._unreadable(state, going, now_ms)
        return Told(
            now_ms,
            state,
            read_ways(journal),
            going,
            alarms,
            notices,
            foreign,
            self._first.progress(),
            *unreadable,
            self._documents.count(),
        )

    def _unreadable(self, state: SyncState, going: Going, now_ms: int) -> tuple[int, int]:
        """How many entries lie damaged here, and since when it is known. What was met here alone is passed on to the
        process that exchanges: it asks for what it knows of.
        """
        alive = going.alive(now_ms)
        told = going.unreadable if alive else 0
        if alive and state.unreadable > told and self._monotonic() >= self._pass_on_at:
            with suppress(DiskFull, DiskFailed):  # passed on at a later look
                nudge(self._record.journal, damaged=True)
                self._pass_on_at = self._monotonic() + PASSED_ON_S
        count = max(told, state.unreadable)
        self._unreadable_since = (self._unreadable_since or now_ms) if count else 0
        since = going.unreadable_since if alive and told else 0
        return count, min(since or self._unreadable_since, self._unreadable_since)

    def _statements(self) -> Mapping[DeviceId, Signed[Statement]] | None:
        """Read again only when one of their files was replaced: every entry written here takes a look."""
        mark = [file for file in _stamps(self._record.journal) if file[0].startswith("statement-")]
        if self._said is None or self._said[0] != mark:
            known = Known(self._record.journal)
            held = known.statements()
            if known.damaged:
                return None  # then they are read each time, and the damage goes on being said
            self._said = mark, held
        return self._said[1]

    def _mark_now(self) -> object:
        """What would be another if anything shown changed: names, sizes and moments of the small files, counts."""
        journal = self._record.journal
        counts = [journal.count(stream) for stream in Stream]
        return _stamps(journal), counts, journal.waiting


def _stamps(journal: Journal) -> list[tuple[str, int, int]]:
    layout = journal.layout
    files = [_stamp(layout.ways), _stamp(layout.going)]
    with suppress(OSError), os.scandir(layout.known) as found:  # no such folder yet: nothing was ever heard
        files += [_stamp(one) for one in found]
    return sorted(files)


def _stamp(file: Path | os.DirEntry[str]) -> tuple[str, int, int]:
    """Another after each replacement; a file that is not there has none."""
    try:
        status = file.stat()
    except OSError:
        return file.name, 0, 0
    return file.name, status.st_size, status.st_mtime_ns


def _notices(journal: Journal, state: SyncState) -> tuple[tuple[OperatorNotice, ...], int]:
    """The notices in force that the relay's own key signed; and how many it did not."""
    file = read_ways(journal).relay
    if state.relay is None or file is None:
        return (), 0
    good, foreign = [], 0
    for raw in state.relay.notices:
        try:
            signed = read_notice(raw)
            check_notice(signed, relay=file.relay, key=file.key)
        except MessageRefused:
            foreign += 1
            continue
        good.append(signed.value)
    return tuple(good), foreign
