"""How long a line lasts, renewals included."""

from __future__ import annotations

from lanterne.practice.prescriptions.posology.structure import Duration, Quantity, Step, Structure

_DAYS = {"semaine": 7, "mois": 30, "an": 365}
ASSUMED_DAYS = 30
"""A line that states a number of boxes and no length: what a pharmacy hands over at once never exceeds a month (article
R.5132-12 CSP for what is listed)."""


def days_of(structure: Structure | None, duration_d: int, renewals: int) -> int | None:
    """Days in all, the longest when a range is stated; None when neither the line nor the prescription says.

    Args:
        duration_d, renewals: of the prescription, for a line that states none.
    """
    own = _own(structure) if structure is not None else None
    days = own if own is not None else duration_d or None
    if days is None:
        return None
    times = structure.renewals if structure is not None and structure.renewals is not None else renewals
    return days * (1 + max(0, times))


def _own(structure: Structure) -> int | None:
    if structure.steps:
        each = [_step(step) for step in structure.steps]
        if each[-1] is None:
            return _step(structure)  # the last goes on
        return sum(one or 0 for one in each)
    return _step(structure)


def _step(step: Step) -> int | None:
    if step.duration_d is not None:
        return _most(step.duration_d)
    return _length(step.duration) if step.duration is not None else None


def _length(duration: Duration) -> int:
    return _most(duration.value) * _DAYS[duration.unit]


def _most(quantity: Quantity) -> int:
    return int(quantity[1] if isinstance(quantity, tuple) else quantity)
