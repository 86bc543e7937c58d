"""Who opened what (traces d'accès). Written before anything is shown; sealed so that only administrators
read them.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from lanterne.practice.kinds import Body, Concerns, Kind, Shape
from lanterne.wire.names import Compartment


class AccessOpened(Body):
    """A chart, a document or a list was shown. The subject is the patient, `what` a word, `object` the id
    of what was shown when not the chart.
    """

    KIND: ClassVar[str] = "access.opened"
    what: Literal["chart", "identity", "document", "history", "print", "export", "list", "traces", "gap"] = (
        "chart"
    )
    object: str = ""


class SeatOpened(Body):
    """A seat was unlocked or locked on a device."""

    KIND: ClassVar[str] = "seat.opened"
    closed: bool = False


KINDS = (
    Kind(AccessOpened.KIND, 1, Compartment.TRACE, Concerns.PATIENT, Shape.EVENT, AccessOpened),
    Kind(SeatOpened.KIND, 1, Compartment.TRACE, Concerns.PRACTICE, Shape.EVENT, SeatOpened),
)
