"""What the exchange in the background does now: told by its one process, read by anybody, without a key.

Law: a file that says how things stand (`local/going`), replaced whole and never fsynced: after a crash it says
nothing, and nothing depends on it. What it says was true when it was written (`Going.told`): a process that is
gone is known by its silence, not by what it said last. Codes, moments and counts, nothing of a patient; each code
has its sentence in `lanterne.sync.sentences`. Source: docs/format/store.md, `local/going`.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass

from lanterne.journal.files import disk_errors
from lanterne.journal.journal import Journal
from lanterne.journal.vouched import DIGEST, closed, opened
from lanterne.sync.peers.port import Way
from lanterne.wire import packing
from lanterne.wire.exchange import FORMAT, MOMENT_LIMIT, NUMBER_LIMIT, Fields, MessageRefused

TOLD_EVERY_MS = 20_000
"""The file is written at least so often while the process lives."""
SILENT_MS = 90_000
"""Not heard of for so long, the process is taken for gone."""
MOST_BYTES = 512 * 1024
MOST_WAYS = 64
MOST_NAME = 1_000
MOST_TROUBLES = 32
LOOK_FIRST = b"look"


@dataclass(frozen=True, slots=True)
class WayGoing:
    """How one way goes. Moments in milliseconds since 1970-01-01 UTC by this device's clock, 0 when never.

    Attributes:
        name: the relay's URL, the folder's path, or the device's address, as in `Ways`.
        device: which device answered there last (32 hex digits); "" when none did, or for a folder.
        last_whole: the end of the last exchange that reached its end.
        last_attempt: the beginning of the last one, whatever came of it.
        failing_since: the first failure after the last whole exchange; 0 while it goes.
        why: the code of the last failure ("peer.away"…), "" while it goes. "carrier.unplugged": a folder that is
            not there now, "carrier.other_folder": another one in its place; these are no failures.
        next_at: when it is tried again at the latest.
        running: whether an exchange goes on by it now; then `phase` is the session's state ("heads", "fetching",
            "giving", "blobs"…) and the counts are of this exchange; otherwise "", and those of the last one.
        to_receive, to_give: entries, as far as numbers tell. blobs: documents. first, to_first: in a first copy, of
            those received, what came ahead of the rest (today's patients).
    """

    way: Way
    name: str
    device: str = ""
    last_whole: int = 0
    last_attempt: int = 0
    failing_since: int = 0
    why: str = ""
    next_at: int = 0
    running: bool = False
    phase: str = ""
    received: int = 0
    to_receive: int = 0
    given: int = 0
    to_give: int = 0
    blobs_received: int = 0
    blobs_to_receive: int = 0
    blobs_given: int = 0
    blobs_to_give: int = 0
    first: int = 0
    to_first: int = 0


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that hinders the whole process, by its code, and since when (ms). It goes on all the same."""

    code: str
    since: int


@dataclass(frozen=True, slots=True)
class Going:
    """Everything told.

    Attributes:
        told: when this was written, ms; 0 when nothing is told.
        started: when the process began, ms.
        listening: the port other devices reach this one at now; 0 when none.
        unreadable: entries that lie damaged on this disk, as far as the process looked; since when, ms.
    """

    told: int = 0
    started: int = 0
    listening: int = 0
    ways: tuple[WayGoing, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    unreadable: int = 0
    unreadable_since: int = 0

    def alive(self, now_ms: int) -> bool:
        """Whether the process was heard of lately, by this device's clock in milliseconds."""
        return self.told > 0 and abs(now_ms - self.told) < SILENT_MS

    def of(self, way: Way, name: str) -> WayGoing | None:
        """One way."""
        return next((one for one in self.ways if (one.way, one.name) == (way, name)), None)

    @property
    def running(self) -> bool:
        """Whether an exchange goes on by any way."""
        return any(one.running for one in self.ways)


def read_going(journal: Journal) -> Going:
    """What is told now; an empty `Going` when nothing is, or it does not read."""
    told = b""
    # Replaced at any moment by another process (Windows then refuses to open it): it is read again soon.
    with suppress(OSError):
        told = journal.files.read(journal.layout.going, 0, MOST_BYTES + DIGEST)
    packed = opened(told)
    if not packed:
        return Going()
    try:
        return _unpack(Fields.unpack(packed, "going", at_most=MOST_BYTES))
    except MessageRefused:
        return Going()


def write_going(journal: Journal, going: Going) -> None:
    """Replace what is told; by the one process that exchanges. Raises DiskFull, DiskFailed."""
    packed = packing.encode(_tree(going))
    files, path = journal.files, journal.layout.going
    beside = path.with_name(path.name + ".new")
    with disk_errors("telling how the exchange goes"):
        files.make_directories(path.parent)
        if files.size(beside) is not None:
            files.remove(beside)
        handle = files.open_append(beside, new=True)
        try:
            files.write(handle, closed(packed))
        finally:
            files.close(handle)
        files.rename(beside, path)


def overwrite_going(journal: Journal, going: Going) -> bool:
    """The same in the room of the old file: for a full disk, and for who has no time. Whether it could be."""
    packed = packing.encode(_tree(going))
    try:
        with journal.layout.going.open("r+b") as stream:
            stream.write(closed(packed))
            stream.truncate()
    except OSError:
        return False
    return True


def nudge(journal: Journal, *, damaged: bool = False) -> None:
    """Exchange now by every way, please: heard within a second by the process, if there is one.

    `damaged`: what lies on this disk is to be looked at first: somebody met damage the process does not tell of.
    Raises DiskFull, DiskFailed.
    """
    files, path = journal.files, journal.layout.nudge
    beside = path.with_name(f"{path.name}-{secrets.token_hex(4)}.new")
    with disk_errors("asking for an exchange"):
        files.make_directories(path.parent)
        handle = files.open_append(beside, new=True)
        try:
            files.write(handle, secrets.token_bytes(16) + (LOOK_FIRST if damaged else b""))
        finally:
            files.close(handle)
        files.rename(beside, path)


def read_nudge(journal: Journal) -> bytes:
    """What the last nudge wrote: another value is another nudge; empty when there was none. Ends in `LOOK_FIRST` when
    damage was met.
    """
    try:
        return journal.files.read(journal.layout.nudge, 0, 16 + len(LOOK_FIRST))
    except OSError:
        return b""


def _tree(going: Going) -> dict[str, object]:
    return {
        "format": FORMAT,
        "told": going.told,
        "started": going.started,
        "listening": going.listening,
        "ways": [{**asdict(one), "way": one.way.value, "running": int(one.running)} for one in going.ways],
        "troubles": [{"code": one.code, "since": one.since} for one in going.troubles],
        "unreadable": going.unreadable,
        "unreadable_since": going.unreadable_since,
    }


def _unpack(fields: Fields) -> Going:
    fields.format()
    ways = [_way(Fields(item, "going")) for item in fields.items("ways", MOST_WAYS)]
    troubles = [Fields(item, "going") for item in fields.items("troubles", MOST_TROUBLES)]
    return Going(
        fields.integer("told", MOMENT_LIMIT),
        fields.integer("started", MOMENT_LIMIT),
        fields.integer("listening", 1 << 16),
        tuple(ways),
        tuple(Trouble(one.text("code", 64), one.integer("since", MOMENT_LIMIT)) for one in troubles),
        fields.integer("unreadable", NUMBER_LIMIT),
        fields.integer("unreadable_since", MOMENT_LIMIT),
    )


def _way(fields: Fields) -> WayGoing:
    try:
        way = Way(fields.text("way", 16))
    except ValueError as error:
        raise fields.refuse("an unknown way") from error

    def moment(name: str) -> int:
        return fields.integer(name, MOMENT_LIMIT)

    def count(name: str) -> int:
        return fields.integer(name, NUMBER_LIMIT)

    return WayGoing(
        way,
        fields.text("name", MOST_NAME),
        device=fields.text("device", 32),
        last_whole=moment("last_whole"),
        last_attempt=moment("last_attempt"),
        failing_since=moment("failing_since"),
        why=fields.text("why", 64),
        next_at=moment("next_at"),
        running=fields.integer("running", 2) == 1,
        phase=fields.text("phase", 32),
        received=count("received"),
        to_receive=count("to_receive"),
        given=count("given"),
        to_give=count("to_give"),
        blobs_received=count("blobs_received"),
        blobs_to_receive=count("blobs_to_receive"),
        blobs_given=count("blobs_given"),
        blobs_to_give=count("blobs_to_give"),
        first=count("first"),
        to_first=count("to_first"),
    )
