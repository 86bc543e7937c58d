"""Who this worker serves: one open record, for the life of the process.

Tables that must first be folded (a first unlock, a new version) are folded in the background; until then every page is
the one that shows the progress.
"""

from __future__ import annotations

import hmac
import threading
from dataclasses import dataclass, field

from sqlcipher3 import dbapi2 as sqlite

from lanterne.desk.exchange.told import Looking
from lanterne.practice.reading import Traces
from lanterne.practice.record import Record
from lanterne.wire.errors import LanterneError


@dataclass(slots=True)
class Preparation:
    """How far the read tables are: `done` of `total` bytes of the journal; `fault` when they cannot be made."""

    ready: threading.Event = field(default_factory=threading.Event)
    done: int = 0
    total: int = 0
    fault: LanterneError | None = None


@dataclass(slots=True)
class Presence:
    """The record being served, what was traced lately, and whether pages can be shown yet."""

    record: Record
    front_secret: str
    traces: Traces = field(default_factory=Traces)
    preparation: Preparation = field(default_factory=Preparation)
    lacking: int = 0
    """Chains of which this device, added lately, does not hold yet what it was promised (desk.vigil)."""
    exchanges: Looking = field(init=False)
    """How the exchanges stand (desk.exchange)."""

    def __post_init__(self) -> None:
        self.exchanges = Looking(self.record)

    def is_front(self, secret: str) -> bool:
        """Whether a request came through our own front, in constant time."""
        return hmac.compare_digest(secret.encode(), self.front_secret.encode())

    def heal(self) -> None:
        """The read tables turned out damaged: fold them anew from the journal, in the background, once."""
        with _healing:
            if self.preparation.ready.is_set():
                self.preparation = Preparation()
                threading.Thread(target=_heal, args=(self,), daemon=True).start()


_healing = threading.Lock()
_present: Presence | None = None


def begin(record: Record, *, front_secret: str) -> Presence:
    """Serve this record from now on. Called once a process."""
    global _present  # noqa: PLW0603  a process serves one record, from its start to its end
    _present = Presence(record, front_secret)
    if _is_up_to_date(record):
        _present.preparation.ready.set()
    else:
        threading.Thread(target=_prepare, args=(_present,), daemon=True).start()
    return _present


def _is_up_to_date(record: Record) -> bool:
    try:
        return record.tables.ready() and not record.folder.behind()
    except sqlite.DatabaseError:
        return False  # damaged beyond its first page: the preparation folds it anew


def current() -> Presence:
    """The presence of this process.

    Raises:
        RuntimeError: `begin` was not called.
    """
    if _present is None:
        raise RuntimeError("no record is open in this process")
    return _present


def _prepare(presence: Presence) -> None:
    preparation = presence.preparation

    def progress(done: int, total: int) -> None:
        preparation.done, preparation.total = done, total

    try:
        try:
            presence.record.catch_up(progress)
        except sqlite.DatabaseError:
            presence.record.folder.rebuild(progress)
    except LanterneError as error:
        preparation.fault = error
        return
    preparation.ready.set()


def _heal(presence: Presence) -> None:
    preparation = presence.preparation

    def progress(done: int, total: int) -> None:
        preparation.done, preparation.total = done, total

    try:
        presence.record.folder.rebuild(progress)
    except LanterneError as error:
        preparation.fault = error
        return
    preparation.ready.set()
