"""Vaccinations done, and those not done with their reason.

Law: a vaccine that was only planned or dispensed is not an injection. Source: IHE PCC Immunizations Entry (4.12);
CI-SIS FR-Vaccination; HL7 C-CDA Immunization Activity.
"""

from __future__ import annotations

from typing import Any

from lanterne.intake.cda import details
from lanterne.intake.cda.absences import absence_in, is_denial
from lanterne.intake.cda.gathering import Place
from lanterne.intake.cda.nodes import child, children, code, get, is_null, negated, related
from lanterne.intake.cda.people import author_of, shown
from lanterne.intake.cda.problems import leave_absent
from lanterne.intake.cda.products import product_of
from lanterne.intake.cda.times import french
from lanterne.intake.cda.words import Anchors, display, referred, short
from lanterne.intake.xml import Node
from lanterne.practice.immunizations.facts import ImmunizationRecorded

_RANK = "30973-2"
_NEVER = frozenset({"aborted", "cancelled", "nullified", "obsolete"})


def read_immunization(entry: Node, place: Place) -> None:
    """State the injection of a substanceAdministration."""
    place.into.visit()
    anchors = place.anchors
    product = product_of(entry, anchors)
    coded = product.code if product is not None else None
    text = short(referred(child(entry, "text"), anchors))
    name = (product.name if product is not None else "") or text
    said = absence_in(coded, "immunizations") or absence_in(child(entry, "code"), "immunizations")
    if not said and (is_denial(name, "immunizations") or (negated(entry) and not name)):
        said = "none"
    if said:
        leave_absent(said, place, name, "immunizations")
        return
    if get(entry, "moodCode") not in ("", "EVN") or code(entry, "statusCode") in ("active", "new"):
        place.leave("prévue, pas faite")
        return
    if not name:
        place.unnamed("immunizations", "le vaccin n’est pas nommé")
        return
    not_done = negated(entry) or code(entry, "statusCode") in _NEVER
    at = place.date(child(entry, "effectiveTime"))
    dispensed = "" if at else _dispensed(entry, place)
    reasons = details.reasons(entry, anchors)
    body: dict[str, Any] = {
        "vaccine": name,
        "coding": product.coding if product is not None else None,
        "targets": [] if not_done else reasons[:20],
        "dose": _dose(entry, anchors),
        "lot": product.lot if product is not None else "",
        "site": display(child(entry, "approachSiteCode"), anchors, author=True),
        "performer": "" if dispensed else _performer(entry),
        "status": "not-done" if not_done else "completed",
        "reason": (", ".join(reasons) or "motif non précisé dans le document") if not_done else "",
        "comment": details.joined(
            dispensed,
            details.said("Voie", display(child(entry, "routeCode"), anchors, author=True)),
            details.said("Réaction", ", ".join(details.manifestations(entry, anchors))),
            *details.comments(entry, anchors),
        ),
    }
    place.state(entry, ImmunizationRecorded(**body), at or None, proposal=bool(dispensed))


def _dispensed(entry: Node, place: Place) -> str:
    """A reimbursement history knows of the sale, not of the injection."""
    for _, supply in related(entry):
        if supply.tag == "supply":
            day = place.date(child(supply, "effectiveTime")) or place.date(child(supply, "author/time"))
            return f"Délivré{f' le {french(day)}' if day else ''} ; injection non confirmée par le document"
    return "Remboursé ; injection non confirmée par le document" if place.into.header.reimbursed else ""


def _dose(entry: Node, anchors: Anchors) -> str:
    """ "dose 2", and whether it is a booster."""
    rank = get(details.detail(entry, _RANK), "value")
    if not rank:
        number = child(entry, "repeatNumber")
        rank = "" if is_null(number) else get(number, "value")
    kind = child(entry, "code")
    booster = "rappel" if code(entry) == "BOOSTER" or "rappel" in display(kind, anchors).lower() else ""
    return ", ".join(part for part in (f"dose {rank[:20]}" if rank else "", booster) if part)


def _performer(entry: Node) -> str:
    found = (shown(author_of(role)) for role in children(entry, "performer/assignedEntity"))
    return next(filter(None, found), "")[:200]
