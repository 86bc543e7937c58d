"""What is to settle in plain values: each side with its author, device and time. No Django."""

from __future__ import annotations

from dataclasses import dataclass

from lanterne.desk.agenda.view import Line
from lanterne.desk.frame.view import Notice, PatientBand, Provenance, When


@dataclass(frozen=True, slots=True)
class Side:
    """One value of a thing: what it says that others do not, in the words of its form."""

    fact: str
    title: str
    lines: tuple[tuple[str, str], ...]
    who: Provenance
    keep_url: str = ""


@dataclass(frozen=True, slots=True)
class ChartDoubt:
    """Several values of one thing. `ids` is what a form carries: the versions it showed."""

    kind: str
    sides: tuple[Side, ...]
    ids: str
    apart_url: str = ""
    third_url: str = ""


@dataclass(frozen=True, slots=True)
class ChartDone:
    """Something settled in a chart: what was kept (or: both hold), what it replaced, by whom."""

    text: str
    kept: tuple[str, ...]
    before: tuple[str, ...]
    author: str
    at: When
    undo_url: str = ""


@dataclass(frozen=True, slots=True)
class ChartSettling:
    """A chart's doubts."""

    band: PatientBand
    doubts: tuple[ChartDoubt, ...]
    done: tuple[ChartDone, ...]
    list_url: str


@dataclass(frozen=True, slots=True)
class Slot:
    """One side of a doubt of the agenda; `keep_url` chooses this hour among several."""

    line: Line
    day: When
    device: str
    keep_url: str = ""


@dataclass(frozen=True, slots=True)
class AgendaDoubt:
    """Two appointments at once (`both_url`: both are wanted), or one moved twice at once."""

    title: str
    sides: tuple[Slot, ...]
    ids: str
    both_url: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One of two records that may be one person."""

    name: str
    birth: When
    author: str
    device: str
    registered: When
    url: str


@dataclass(frozen=True, slots=True)
class DoubleDoubt:
    """Two records registered apart that may be one person, and why."""

    sides: tuple[Record, Record]
    why: str
    merge_url: str
    distinct_url: str


@dataclass(frozen=True, slots=True)
class ChartLine:
    """A chart with something to settle: no content here, opening it is traced."""

    name: str
    birth: When
    kinds: tuple[str, ...]
    at: When
    url: str


@dataclass(frozen=True, slots=True)
class Done:
    """Something settled lately. `undo_url` takes it back (`undo_posts`: at once; else a page says more); `patient` is
    what its form carries.
    """

    text: str
    whose: str
    author: str
    at: When
    undo_url: str = ""
    undo_posts: bool = True
    patient: str = ""


@dataclass(frozen=True, slots=True)
class SettlingPage:
    """All that is to settle. `charts` is None for those who read none."""

    agenda: tuple[AgendaDoubt, ...]
    doubles: tuple[DoubleDoubt, ...]
    charts: tuple[ChartLine, ...] | None
    done: tuple[Done, ...]
    days: int
    notices: tuple[Notice, ...] = ()

    @property
    def nothing(self) -> bool:
        """Nothing is to settle."""
        return not (self.agenda or self.doubles or self.charts)
