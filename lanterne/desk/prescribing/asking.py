"""From the fields of the prescription form to what is asked of the record.

Law: every line is one field typed as doctors write. What is not understood is asked about and makes no prescription;
nothing typed is dropped, and nothing is corrected in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from lanterne.practice.errors import Refusal
from lanterne.practice.prescriptions.commands import Prescribe
from lanterne.practice.prescriptions.drafting import Drafted, drafted
from lanterne.practice.prescriptions.facts import Line, Order
from lanterne.practice.prescriptions.gathering import Held
from lanterne.practice.prescriptions.posology.sentences import sentence
from lanterne.practice.prescriptions.renewing import Renew
from lanterne.practice.prescriptions.rules import MOST_LINES, ORDERS
from lanterne.reference.medicines.model import Base
from lanterne.wire.names import FactId, PatientId

DAYS = {"jours": 1, "semaines": 7, "mois": 30}
FEWEST_FIELDS = 4
MORE_FIELDS = 2
_FIGURES = 3


@dataclass(frozen=True, slots=True)
class Read:
    """A typed line, how it was understood, and what is asked or warned about, in sentences."""

    typed: str
    line: Line | None
    asked: tuple[str, ...]
    warned: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks.

    Attributes:
        reads: each typed line, in order; changes of treatments first.
        command: None while nothing is asked, or something is still to be answered.
        stops: treatments stopped alone, when nothing is prescribed.
        fault: a field that is no number, in a sentence.
        so_far: while a line is still to be answered, what is asked without it: to be checked, never signed.
    """

    reads: tuple[Read, ...]
    command: Prescribe | Renew | None
    stops: Mapping[FactId, str]
    fault: str = ""
    so_far: Prescribe | Renew | None = None


def asked(
    patient: PatientId,
    fields: Mapping[str, str],
    renewable: list[tuple[Held, Line]],
    base: Base,
    fact: FactId | None,
) -> Asked:
    """What the fields ask."""
    order: Order = next((one for one in ORDERS if one == fields.get("order")), "medicines")
    typed = [text for number in range(MOST_LINES) if (text := fields.get(f"line-{number}", "").strip())]
    try:
        length = _number(fields, "length") * DAYS.get(fields.get("unit", ""), 1)
        common: dict[str, Any] = {
            "duration_d": length, "renewals": _number(fields, "renewals"), "comment": fields.get("comment", "").strip(),
            "reasons": {name[7:]: text for name, text in fields.items() if name.startswith("reason-")}, "id": fact,
            "measures": bool(fields.get("measures")),
        }  # fmt: skip
    except Refusal as refusal:
        return Asked(
            (), None, {}, _("« %(value)s » n’est pas un nombre.") % {"value": refusal.params["value"]}
        )
    if order != "medicines":
        lines = tuple(Line(typed=text) for text in typed)
        return Asked((), Prescribe(patient, lines, order, **common) if lines else None, {})
    kept = {one.id for one, _line in renewable if fields.get(f"keep-{one.id}")}
    stops = {
        one.id: reason for one, _line in renewable if (reason := fields.get(f"stop-{one.id}", "").strip())
    }
    changed = {
        one.id: _read(base, text, one.id)
        for one, _line in renewable
        if one.id in kept and one.id not in stops and (text := fields.get(f"text-{one.id}", "").strip())
    }
    new = [_read(base, text, "") for text in typed]
    reads = (*changed.values(), *new)
    unread = {one for one, read in changed.items() if read.line is None}
    changes = {one: read.line for one, read in changed.items() if read.line is not None}
    added = tuple(read.line for read in new if read.line is not None)
    command: Prescribe | Renew | None = None
    going_on = {one.id for one, _line in renewable} - set(stops)
    if kept - set(stops) - unread:
        command = Renew(patient, changes, frozenset(going_on - kept | unread), stops, added, **common)
    elif added and stops:
        command = Renew(patient, {}, frozenset(going_on), stops, added, **common)
    elif added:
        command = Prescribe(patient, added, **common)
    if any(read.line is None for read in reads):
        return Asked(reads, None, {}, so_far=command)
    return Asked(reads, command, {} if command is not None else stops)


def fields_to_show(fields: Mapping[str, str]) -> range:
    """How many fields for new lines: always some that are empty."""
    last = max(
        (number for number in range(MOST_LINES) if fields.get(f"line-{number}", "").strip()), default=-1
    )
    return range(min(MOST_LINES, max(FEWEST_FIELDS, last + 1 + MORE_FIELDS)))


def _read(base: Base, text: str, treatment: str) -> Read:
    found: Drafted = drafted(base, text, treatment=treatment)
    return Read(
        text, found.line, tuple(sentence(point, _) for point in found.reading.ask),
        tuple(sentence(point, _) for point in found.reading.warnings),
    )  # fmt: skip


def _number(fields: Mapping[str, str], name: str) -> int:
    text = fields.get(name, "").strip()
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) <= _FIGURES):
        raise Refusal("number_invalid", field=name, value=text)
    return int(text)
