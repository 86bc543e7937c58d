"""A statement as a chart can hold it, or none.

Law: what the rules of a room would refuse whatever the patient is no statement: it stays text. A date that
cannot be (before birth, reversed, of no calendar) is told in words, never corrected.
"""

from __future__ import annotations

import msgspec

from lanterne.practice.chart import checks
from lanterne.practice.errors import Refusal
from lanterne.practice.kinds import Body

# Far beyond any clock: what depends on today is asked again when the statement is written.
_FAR_MS = 29_000_000_000_000
_DATES = ("onset", "abatement", "since", "until")
_DATE_REFUSALS = frozenset({"date_invalid", "date_future", "date_before_birth", "dates_reversed"})


def settled(body: Body, at: str | None, birth_date: str) -> tuple[Body, str | None] | None:
    """The body and moment that pass the rules; None when none can."""
    for _ in range(len(_DATES) + 2):
        try:
            checks.check(body, at, birth_date, _FAR_MS)
        except Refusal as refusal:
            moved = _without_date(body, at, refusal)
            if moved is None:
                return None
            body, at = moved
        else:
            return body, at
    return None


def _without_date(body: Body, at: str | None, refusal: Refusal) -> tuple[Body, str | None] | None:
    if refusal.code not in _DATE_REFUSALS or not hasattr(body, "comment"):
        return None
    changed: dict[str, str] = {}
    # A refusal of the calendar itself names no field: every date goes.
    for name in _DATES if not refusal.field else (refusal.field,):
        if name in _DATES and (written := getattr(body, name, "")):
            changed[name] = written
    if refusal.field in ("at", "") and at is not None:
        changed["at"] = at
        at = None
    if not changed:
        return None
    said = "\n".join(f"Date écrite : {written}" for written in changed.values())
    kept = {name: "" for name in changed if name != "at"}
    comment = "\n".join(filter(None, (body.comment, said)))
    return msgspec.structs.replace(body, comment=comment, **kept), at
