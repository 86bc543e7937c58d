"""What one prescription line says, once read: the structure, and what must be settled before it is used.

Law: only what the text states; a key that is absent was not stated. Nothing here is computed: a total per day, a
number of boxes, a default rhythm belong to whoever uses the structure.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Quantity = int | float | tuple[int | float, int | float]
"""A number, or the least and the most."""

Unit = Literal["semaine", "mois", "an"]
MOMENTS = ("matin", "midi", "soir", "coucher")
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


class Duration(msgspec.Struct, frozen=True, omit_defaults=True):
    """A length typed otherwise than in days."""

    value: Quantity
    unit: Unit


class Moments(msgspec.Struct, frozen=True, omit_defaults=True):
    """The quantity at each moment of the day the text names, in the unit of `dose`. None: not named."""

    matin: Quantity | None = None
    midi: Quantity | None = None
    soir: Quantity | None = None
    coucher: Quantity | None = None

    def named(self) -> dict[str, Quantity]:
        """The moments the text names, in the order of the day."""
        every = ((name, getattr(self, name)) for name in MOMENTS)
        return {name: quantity for name, quantity in every if quantity is not None}


class Step(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One step of a treatment that changes with time, or what does not change of all of them.

    `dose` per intake, in `form` or in `dose_unit`; a `dose_unit` that ends in "/j" is a total per day.
    `every_h` in hours. `days`: "1/2" one day in two, "5/7", "2/semaine", "1/3 mois", or weekdays.
    """

    strength: str | None = None
    dose: Quantity | None = None
    dose_unit: str | None = None
    times_per_day: Quantity | None = None
    every_h: Quantity | None = None
    moments: Moments | None = None
    days: str | tuple[str, ...] | None = None
    every_weeks: Quantity | None = None
    duration_d: Quantity | None = None
    duration: Duration | None = None


class Structure(Step, frozen=True, omit_defaults=True, kw_only=True):
    """One line. `form` is what is counted, or the galenic word typed; `remarks` what was typed beside
    (a glass of water, a number of boxes), kept word for word and never a dose.
    """

    drug: str
    form: str | None = None
    as_needed: bool = False
    as_needed_for: str | None = None
    max_per_day: int | float | None = None
    max_unit: str | None = None
    renewals: int | None = None
    steps: tuple[Step, ...] = ()
    site: str | None = None
    route: str | None = None
    with_food: str | None = None
    non_substitutable: bool = False
    nsr: Literal["MTE", "EFG", "CIF"] | None = None
    ald: bool = False
    remarks: tuple[str, ...] = ()


class Point(msgspec.Struct, frozen=True):
    """Something to say to the doctor: a code that `sentences.SENTENCES` puts into French, and its words."""

    code: str
    words: dict[str, str] = {}


class Reading(msgspec.Struct, frozen=True):
    """What became of a line.

    `understood`: `structure` is whole and may be shown for the doctor to accept, once `warnings` are seen.
    Otherwise `ask` names each open point, and `structure` is None. `unchecked`: what a warning could
    have come from, but
    is not known here.
    """

    understood: bool
    structure: Structure | None
    warnings: tuple[Point, ...] = ()
    ask: tuple[Point, ...] = ()
    unchecked: tuple[Point, ...] = ()


def to_plain(structure: Structure) -> dict[str, Any]:
    """As JSON values; keys that were not stated are left out."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(structure))
    return plain


def from_plain(plain: Any) -> Structure:
    """The structure of these JSON values; unknown keys are ignored.

    Raises:
        msgspec.ValidationError: a key holds what it may not, or `drug` is missing.
    """
    return msgspec.convert(plain, Structure)
