"""The thread of an unlocked seat that relieves the watched folder, and reads what a secretary deposited.

Law: one process of the machine at a time (a lock of the operating system, held for a round); it ends with its
process, at lock, wherever it is. What it cannot do is said on the settings page, never in a log: names of files
may be those of patients. A fault of the program ends the thread and is said too.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from filelock import FileLock, Timeout
from sqlcipher3 import dbapi2 as sqlite

from lanterne.desk.presence import Presence
from lanterne.intake import watched
from lanterne.intake.filing.filer import Filer
from lanterne.intake.filing.outcomes import Outcome
from lanterne.intake.watched import WatchFailed
from lanterne.intake.watching import SETTLED_S, Looked, WatchedFolder
from lanterne.journal.errors import DiskFailed
from lanterne.journal.layout import Layout
from lanterne.practice.errors import NotAllowed, TablesDamaged
from lanterne.practice.rights import Right
from lanterne.wire.errors import LanterneError

__all__ = ["State", "Watch", "begin", "current"]

LOOK_S = 15.0
"""Seconds between two looks; sooner when something was seen once."""
DEPOSITS_S = 60.0
LONGEST_S = 3_600.0
"""Between two readings of deposits, when the last ones led to nothing."""
MOST_NAMED = 10

_PARIS = ZoneInfo("Europe/Paris")


@dataclass(frozen=True, slots=True)
class State:
    """What the settings page says.

    Attributes:
        folder: relieved; empty when none is.
        asked: a person asked for a look that has not ended.
        working: a round is going on: `done` of `total` files.
        halted: a person stopped it, until it is asked for again or the seat unlocked anew.
        elsewhere: another unlocked seat of this device is at it.
        looked: what the last look found; None before the first.
        rounds: the last ones, of any seat of this device.
        fault: the last error, None once a round went well.
        named: files of this round that a person should know of, with their outcome; shown, never kept.
    """

    folder: str = ""
    asked: bool = False
    working: bool = False
    halted: bool = False
    elsewhere: bool = False
    done: int = 0
    total: int = 0
    looked: Looked | None = None
    rounds: tuple[watched.Round, ...] = ()
    fault: LanterneError | None = None
    named: tuple[Outcome, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


class Watch:
    """Relieves the folder for one presence. `begin` starts its thread; a test calls `turn` itself."""

    def __init__(self, presence: Presence) -> None:
        self._presence = presence
        self._root = presence.record.root
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._guard = threading.Lock()
        self._state = State()
        self._folder: WatchedFolder | None = None
        self._deposits_due = 0.0
        self._deposits_every = DEPOSITS_S

    # ------------------------------------------------------------------ asked by pages

    def state(self) -> State:
        """What is known now."""
        with self._guard:
            return self._state

    def relieve_now(self) -> None:
        """Look at once, also after `halt`."""
        self._stop.clear()
        self._set(halted=False, asked=True)
        self._wake.set()

    def halt(self) -> None:
        """Stop after the few files being filed, until asked again."""
        self._stop.set()
        self._set(halted=True)

    # ------------------------------------------------------------------ the thread

    def run(self) -> None:
        """Turn after turn, until the process ends."""
        pause = 0.0
        while True:
            self._wake.wait(pause)
            self._wake.clear()
            self._presence.preparation.ready.wait()
            try:
                pause = self.turn(time.monotonic())
            except Exception as error:  # noqa: BLE001  it ends the thread, and reaches a person
                # Its text may quote a file: its kind alone is said.
                self._set(working=False, fault=WatchFailed("watched_broken", kind=type(error).__name__))
                raise SystemExit from None  # ends this thread, and prints nothing

    def turn(self, now_s: float) -> float:
        """One look, and a round when something is whole. Seconds until the next.

        Args:
            now_s: seconds of a clock that never goes back.
        """
        pause = LOOK_S
        try:
            rights = self._presence.record.require(Right.FILE_DOCUMENT).rights
            setting = watched.read(self._root)
            self._set(folder=setting.folder, rounds=setting.rounds)
            with self._alone() as alone:
                self._set(elsewhere=not alone)
                if alone:
                    if setting.folder and not self.state().halted:
                        pause = self._relieve(setting.folder, now_s)
                    self._set(fault=None)
                    if Right.WRITE_CHART in rights:
                        self._read_deposits(now_s)
        except NotAllowed:
            self._set(folder="", fault=None)  # the team has not said yet what this person does
        except (TablesDamaged, sqlite.DatabaseError):
            self._presence.heal()
        except LanterneError as error:
            self._set(fault=error)
        finally:
            self._set(working=False, asked=False)
        return pause

    def _relieve(self, path: str, now_s: float) -> float:
        folder = self._watched(path)
        try:
            folder.move_stuck()
            looked = folder.look(now_s)
        except OSError as error:
            self._set(looked=None)
            raise WatchFailed("watched_gone") from error
        self._set(looked=looked)
        if looked.ready:
            self._round(folder, looked)
            with _told_as_failure():
                looked = folder.look(now_s)
            self._set(looked=looked)
        return SETTLED_S if looked.settling or looked.ready else LOOK_S

    def _round(self, folder: WatchedFolder, looked: Looked) -> None:
        record = self._presence.record
        counts: dict[str, int] = {}
        named: list[Outcome] = []

        def told(outcome: Outcome) -> None:
            counts[outcome.outcome] = counts.get(outcome.outcome, 0) + 1
            if outcome.outcome == "quarantined" and len(named) < MOST_NAMED:
                named.append(outcome)
            self._set(done=sum(counts.values()), counts=dict(counts), named=tuple(named))

        self._set(working=True, done=0, total=len(looked.ready), counts={}, named=())
        try:
            folder.relieve(looked.ready, Filer(record).take_many, stop=self._stop.is_set, told=told)
        finally:
            if counts:
                setting = watched.add_round(self._root, watched.Round(record.clock_ms(), counts))
                self._set(rounds=setting.rounds)

    def _read_deposits(self, now_s: float) -> None:
        if now_s < self._deposits_due:
            return
        taken = Filer(self._presence.record).read_deposits()
        idle = bool(taken) and not any(one.outcome in ("structured", "document") for one in taken)
        # Documents that could not be read are tried again, ever more rarely.
        self._deposits_every = min(self._deposits_every * 2, LONGEST_S) if idle else DEPOSITS_S
        self._deposits_due = now_s + self._deposits_every

    def _watched(self, path: str) -> WatchedFolder:
        if self._folder is None or self._folder.path != Path(path):
            self._folder = WatchedFolder(Path(path), self._presence.record.local, today=self._today)
        return self._folder

    def _today(self) -> date:
        return datetime.fromtimestamp(self._presence.record.clock_ms() / 1000, UTC).astimezone(_PARIS).date()

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Whether no other process of this device relieves; held meanwhile."""
        Layout(self._root).local.mkdir(exist_ok=True)
        lock = FileLock(Layout(self._root).watching, timeout=0, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            yield False
            return
        except OSError as error:
            raise DiskFailed("the lock of the watched folder", doing="relieving") from error
        try:
            yield True
        finally:
            lock.release()

    def _set(self, **changed: object) -> None:
        with self._guard:
            self._state = replace(self._state, **changed)  # type: ignore[arg-type]


@contextmanager
def _told_as_failure() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WatchFailed("watched_gone") from error


_watch: Watch | None = None


def begin(presence: Presence) -> Watch:
    """Relieve for this presence from now on. Called once a process, by the worker."""
    global _watch  # noqa: PLW0603  a process serves one record, from its start to its end
    _watch = Watch(presence)
    threading.Thread(target=_watch.run, name="watched folder", daemon=True).start()
    return _watch


def current() -> Watch | None:
    """The watch of this process; None where none was begun."""
    return _watch
