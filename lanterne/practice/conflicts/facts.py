"""What a person says about a doubt between statements, beside correcting them (which settles by itself)."""

from __future__ import annotations

from typing import ClassVar

from lanterne.practice.kinds import Body, Shape, medical


class StatementsDistinct(Body):
    """These statements of one chart look like several values of one thing and are not: all of them hold."""

    KIND: ClassVar[str] = "chart.distinct"
    statements: list[str]


class DistinctionWithdrawn(Body):
    """Takes back the chart.distinct facts named in `replaces`."""

    KIND: ClassVar[str] = "chart.distinct_withdrawn"
    reason: str = ""


KINDS = (
    medical(StatementsDistinct, shape=Shape.STATEMENT),
    medical(DistinctionWithdrawn, shape=Shape.RETRACTION),
)
