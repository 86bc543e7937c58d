"""That entries of a chart were emptied: written beside the act of the members stream, which names no patient.

Legal source: RGPD art. 17 (erasure), CSP R1112-7 and the retention rules of a practice.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from lanterne.practice.kinds import Body, Shape, office

Reason = Literal["retention", "erasure", "error"]
"""How long it may be kept is over; the person asked for it; it was never of this person."""


class ChartEmptied(Body):
    """Entries about the subject were emptied. `entries` are their hashes, 64 hex digits each. It counts for those
    that an `entry.emptied` names (docs/format/membership.md, M13).
    """

    KIND: ClassVar[str] = "chart.emptied"
    entries: list[str]
    reason: Reason = "erasure"


KINDS = (office(ChartEmptied, shape=Shape.EVENT),)
