"""The one door out: a chart is read through an `OpenChart`, and only this module makes one.

The right is checked and the trace is on the disk before anything is shown. A trace covers ten minutes of
the same seat on the same chart for the same purpose: a page refreshed, a curve opened, a search repeated do
not write it again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from lanterne.journal.errors import DiskFull
from lanterne.practice.errors import UnknownPatient
from lanterne.practice.kinds import to_raw
from lanterne.practice.patients import queries as patients
from lanterne.practice.record import Record, Writer
from lanterne.practice.rights import Right
from lanterne.practice.tables import Connection
from lanterne.practice.traces.facts import AccessOpened
from lanterne.wire.names import Compartment, FactId, PatientId, PersonId, SeatId, Stream
from lanterne.wire.part import Fact, Part

TRACE_COVERS_MS = 10 * 60 * 1000

_MAKER = object()


@dataclass(frozen=True, slots=True)
class OpenChart:
    """The right to read one chart, traced. Queries about a patient take this and nothing less.

    Attributes:
        patient: the surviving record's id.
        subjects: local row numbers of that record and of those merged into it.
        connection: read tables of the reader.
        reader: who reads.
        person_of: the person behind a seat, for "who wrote this".
        medical: whether the clinical part may be read; else identity and agenda only.
    """

    patient: PatientId
    subjects: tuple[int, ...]
    connection: Connection
    reader: Writer
    person_of: Callable[[SeatId], PersonId | None]
    medical: bool
    _maker: object

    def __post_init__(self) -> None:
        if self._maker is not _MAKER:
            raise TypeError("only practice.reading opens charts")


@dataclass(frozen=True, slots=True)
class OpenInbox:
    """The right to read what arrived and waits, traced. Only `open_inbox` makes one.

    Attributes:
        connection: read tables of the reader.
        reader: who reads.
    """

    connection: Connection
    reader: Writer
    _maker: object

    def __post_init__(self) -> None:
        if self._maker is not _MAKER:
            raise TypeError("only practice.reading opens the inbox")


@dataclass(frozen=True, slots=True)
class OpenDoubts:
    """The right to read which charts hold something to settle, traced. Only `open_doubts` makes one.

    Attributes:
        connection: read tables of the reader.
        reader: who reads.
    """

    connection: Connection
    reader: Writer
    _maker: object

    def __post_init__(self) -> None:
        if self._maker is not _MAKER:
            raise TypeError("only practice.reading opens what is to settle")


@dataclass(frozen=True, slots=True)
class OpenTasks:
    """The right to read what is to be done. Only `open_tasks` and an open chart make one.

    Attributes:
        connection: read tables of the reader.
        reader: who reads.
        medical: whether what was said of medicine may be read, which is traced; else the office's part alone.
    """

    connection: Connection
    reader: Writer
    medical: bool
    _maker: object

    def __post_init__(self) -> None:
        if self._maker is not _MAKER:
            raise TypeError("only practice.reading opens the tasks")

    @classmethod
    def of_chart(cls, chart: OpenChart) -> OpenTasks:
        """Those of a chart that is open: it was traced as such."""
        return cls(chart.connection, chart.reader, chart.medical, _MAKER)


class Traces:
    """What this process traced lately, so that one look is one trace."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: dict[tuple[str, str, str], int] = {}
        self.gap_since_ms = 0
        self.gap_looks = 0

    def due(self, key: tuple[str, str, str], now_ms: int) -> bool:
        """Whether a trace must be written now for this look."""
        with self._lock:
            last = self._last.get(key)
            return last is None or now_ms - last >= TRACE_COVERS_MS or now_ms < last

    def missed(self, now_ms: int) -> None:
        """A look that could not be traced: the disk is full and its reserve spent (store.md S10)."""
        with self._lock:
            self.gap_since_ms = self.gap_since_ms or now_ms
            self.gap_looks += 1

    def gap(self) -> tuple[int, int] | None:
        """(since when, how many looks) could not be traced and must be said once space returns; taken once."""
        with self._lock:
            if not self.gap_looks:
                return None
            found = (self.gap_since_ms, self.gap_looks)
            self.gap_since_ms = self.gap_looks = 0
            return found

    def written(self, key: tuple[str, str, str], now_ms: int) -> None:
        """Remember that it was."""
        with self._lock:
            if len(self._last) > 10_000:
                self._last.clear()
            self._last[key] = now_ms


def open_chart(
    record: Record, traces: Traces, patient: PatientId, *, what: str = "chart", object_id: str = ""
) -> OpenChart:
    """Open a chart for reading: the right first, then the trace on the disk, then the chart.

    Args:
        what: a word of AccessOpened.what; "identity" needs no medical right.
        object_id: the document or fact shown, when it is not the chart as a whole.

    Raises:
        NotAllowed: the reader's role does not give the right.
        UnknownPatient: no such patient.
        LanterneError: the trace could not be written, for another reason than a full disk.
    """
    identity = what == "identity"
    reader = record.require(Right.READ_IDENTITY if identity else Right.READ_CHART)
    connection = record.connection()
    group = patients.group_of(connection, patient)
    if group is None:
        raise UnknownPatient("no such patient")
    trace(record, traces, what=what, patient=group.patient, object_id=object_id)
    medical = record.reads_medical and not identity
    return OpenChart(group.patient, group.subjects, connection, reader, record.person_of, medical, _MAKER)


def open_inbox(record: Record, traces: Traces) -> OpenInbox:
    """Open the list of what arrived: the right first, then the trace (one of the list, none of each patient
    named on it), then the list.

    Raises:
        NotAllowed: the reader's role does not give the right to read charts.
        LanterneError: the trace could not be written, for another reason than a full disk.
    """
    reader = record.require(Right.READ_CHART)
    connection = record.connection()
    trace(record, traces, what="list", object_id="arrivals")
    return OpenInbox(connection, reader, _MAKER)


def open_doubts(record: Record, traces: Traces) -> OpenDoubts:
    """Open the list of charts that hold something to settle: the right first, then the trace (one of the list), then
    the list. What a chart's doubts say takes `open_chart`.

    Raises:
        NotAllowed: the reader's role does not give the right to read charts.
        LanterneError: the trace could not be written, for another reason than a full disk.
    """
    reader = record.require(Right.READ_CHART)
    connection = record.connection()
    trace(record, traces, what="list", object_id="doubts")
    return OpenDoubts(connection, reader, _MAKER)


def open_tasks(record: Record, traces: Traces) -> OpenTasks:
    """Open the list of what is to be done: the right first; for who reads charts the trace (one of the list, none of
    each patient named on it), for it holds what callers said. Who reads the office alone reads no more than the agenda
    tells, and leaves no more trace.

    Raises:
        NotAllowed: the reader's role does not give the right to read identities.
        LanterneError: the trace could not be written, for another reason than a full disk.
    """
    reader = record.require(Right.READ_IDENTITY)
    connection = record.connection()
    medical = record.reads_medical and Right.READ_CHART in reader.rights
    if medical:
        trace(record, traces, what="list", object_id="tasks")
    return OpenTasks(connection, reader, medical, _MAKER)


def trace(
    record: Record, traces: Traces, *, what: str, patient: PatientId | None = None, object_id: str = ""
) -> None:
    """Write that something was opened, unless the same look was traced less than ten minutes ago. Durable
    on return.

    On a disk so full that even the reserve is spent, care goes on: the chart opens under a red banner, and
    the gap itself is traced when space returns (DESIGN 2).
    """
    moment = record.clock_ms()
    key = (patient or "", what, object_id)
    if not traces.due(key, moment):
        return
    try:
        _write(record, AccessOpened(what=what, object=object_id), patient, moment)  # type: ignore[arg-type]
    except DiskFull:
        traces.missed(moment)
        return
    traces.written(key, moment)
    gap = traces.gap()
    if gap is not None:
        since, looks = gap
        at = datetime.fromtimestamp(since / 1000, UTC).isoformat(timespec="seconds")
        _write(record, AccessOpened(what="gap", object=str(looks)), None, moment, at)


def _write(
    record: Record, body: AccessOpened, patient: PatientId | None, moment: int, at: str | None = None
) -> None:
    fact = Fact(FactId(record.draw_id()), AccessOpened.KIND, 1, (), at, to_raw(body))
    part = Part(patient, (fact,))
    record.journal.write(
        record.seat, record.keyring, stream=Stream.TRACE, parts=[(Compartment.TRACE, part)], now_ms=moment
    )
