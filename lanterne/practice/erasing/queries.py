"""What was emptied of a chart: how much, when, by whom, for what reason."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from lanterne.practice.erasing.facts import ChartEmptied
from lanterne.practice.reading import OpenChart
from lanterne.practice.tables import marks
from lanterne.proof.membership import Emptying, Membership
from lanterne.wire.names import EntryHash, Head, PersonId, SeatId


@dataclass(frozen=True, slots=True)
class Erased:
    """One act that emptied `count` entries of the chart. `at_ms`: milliseconds by the clock of who did it."""

    act: Head
    count: int
    at_ms: int
    seat: SeatId
    person: PersonId | None
    reason: str


def erased(chart: OpenChart, membership: Membership) -> tuple[Erased, ...]:
    """Every act that emptied something of this chart, the newest first."""
    rows = chart.connection.execute(
        "SELECT f.body FROM fact f JOIN kind k ON k.no = f.kind"
        f" WHERE k.name = ? AND f.subject IN ({marks(chart.subjects)})",
        (ChartEmptied.KIND, *chart.subjects),
    )
    said = {
        EntryHash(one)
        for row in rows
        for one in msgspec.msgpack.decode(row[0]).get("entries", ())
        if isinstance(one, str)
    }
    by_act: dict[Head, list[Emptying]] = {}
    for one in said & membership.emptied.keys():
        why = membership.emptied[one]
        by_act.setdefault(why.act, []).append(why)
    found = [
        Erased(act, len(those), those[0].at_ms, those[0].by, chart.person_of(those[0].by), those[0].reason)
        for act, those in by_act.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.at_ms, one.act)))
