"""Alarms as a screen needs them: without their evidence until it is asked for, and which person has seen which.

Law: an alarm is never taken back; a person marks it as seen, which takes the banner off this device's pages and
nothing else. The mark is this device's own (`known/seen-…`: which access, which person, when), durable before it
counts, written once; a damaged mark is none, and the banner is back. Source: docs/format/exchange.md, "What is
known never shrinks"; docs/format/store.md, `known/`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from lanterne.journal.files import disk_errors
from lanterne.journal.journal import Journal
from lanterne.sync.alarms import Alarm, read_alarm
from lanterne.sync.errors import KnownDamaged
from lanterne.sync.keeping import keep_file, read_file
from lanterne.wire import packing
from lanterne.wire.exchange import FORMAT, MOMENT_LIMIT, Fields, MessageRefused
from lanterne.wire.names import PersonId, SeatId

_ALARM = re.compile(r"alarm-(L[1-6]-[0-9a-f]{32})")
MOST_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Seen:
    """Who marked an alarm as seen on this device, and when (milliseconds by its clock)."""

    seat: SeatId
    person: PersonId | None
    time: int


@dataclass(frozen=True, slots=True)
class RaisedAlarms:
    """Every alarm kept here, by time; their evidence is left out.

    Attributes:
        seen: by the alarm's name.
        damaged: names of alarms that do not read any more: that they were raised is known still.
    """

    alarms: tuple[Alarm, ...] = ()
    seen: tuple[tuple[str, Seen], ...] = ()
    damaged: tuple[str, ...] = ()

    def seen_by(self, alarm: Alarm) -> Seen | None:
        """Who marked it, if somebody did."""
        return next((mark for name, mark in self.seen if name == alarm.name), None)

    @property
    def unseen(self) -> tuple[Alarm, ...]:
        """Those nobody marked, by time."""
        marked = {name for name, _ in self.seen}
        return tuple(alarm for alarm in self.alarms if alarm.name not in marked)


class Raised:
    """Reads the alarms of one device; each file once, for an alarm never changes."""

    def __init__(self, journal: Journal) -> None:
        self._journal, self._files, self._folder = journal, journal.files, journal.layout.known
        self._held: dict[str, Alarm] = {}
        self._marks: dict[str, Seen] = {}

    def read(self) -> RaisedAlarms:
        """What stands now. Raises DiskFailed."""
        with disk_errors("reading the alarms"):
            names = [name for name in self._files.listing(self._folder) if _ALARM.fullmatch(name)]
        damaged = []
        for name in names:
            if name not in self._held:
                whole = self.whole(name)
                if whole is None:
                    damaged.append(name)
                else:
                    self._held[name] = replace(whole, evidence=())
            if name not in self._marks:
                mark = self._mark(name)
                if mark is not None:
                    self._marks[name] = mark
        held = [self._held[name] for name in names if name in self._held]
        return RaisedAlarms(
            tuple(sorted(held, key=lambda alarm: (alarm.time, alarm.name))),
            tuple((name, self._marks[name]) for name in names if name in self._marks),
            tuple(damaged),
        )

    def whole(self, name: str) -> Alarm | None:
        """The alarm with its evidence; None when there is none, or it does not read. Raises DiskFailed."""
        if _ALARM.fullmatch(name) is None:
            return None
        try:
            with disk_errors("reading an alarm"):
                data = read_file(self._files, self._folder / name)
            alarm = None if data is None else read_alarm(data)
            return alarm if alarm is not None and alarm.name == name else None
        except (KnownDamaged, MessageRefused):
            return None

    def mark(self, name: str, seat: SeatId, person: PersonId | None, now_ms: int) -> Seen | None:
        """Somebody has seen it: kept when this returns. The first mark stands; None when there is no such alarm.

        Raises DiskFull, DiskFailed, JournalBusy.
        """
        found = _ALARM.fullmatch(name)
        if found is None:
            return None
        with self._files.lock(self._journal.layout.lock):
            if self._files.size(self._folder / name) is None:
                return None
            kept = self._mark(name)
            if kept is not None:
                return kept
            tree = {"format": FORMAT, "seat": seat, "person": person or "", "time": now_ms}
            keep_file(self._files, self._mark_of(name), packing.encode(tree))
        return Seen(seat, person, now_ms)

    def _mark(self, name: str) -> Seen | None:
        try:
            with disk_errors("reading who has seen an alarm"):
                data = read_file(self._files, self._mark_of(name))
            if data is None:
                return None
            fields = Fields.unpack(data, "seen", at_most=MOST_BYTES)
            fields.format()
            person = fields.text("person", 64)
            return Seen(
                SeatId(fields.text("seat", 64)),
                PersonId(person) if person else None,
                fields.integer("time", MOMENT_LIMIT),
            )
        except (KnownDamaged, MessageRefused):
            return None

    def _mark_of(self, name: str) -> Path:
        return self._folder / ("seen-" + name.removeprefix("alarm-"))
