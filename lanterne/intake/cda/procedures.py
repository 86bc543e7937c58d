"""Acts undergone, and devices a patient carries.

Law: an act that is planned, refused or under way is not an act undergone. Of a reimbursement history only CCAM acts
are kept, as proposals: a paid consultation or blood test says nothing of health. Source: IHE PCC Procedure Entry
(4.19); CI-SIS FR-Acte, FR-Dispositif-medical; HL7 C-CDA Procedure Activity.
"""

from __future__ import annotations

from lanterne.intake.cda import details
from lanterne.intake.cda.absences import absence, absence_in, is_denial
from lanterne.intake.cda.gathering import Place
from lanterne.intake.cda.nodes import child, children, code, get
from lanterne.intake.cda.people import performer, shown
from lanterne.intake.cda.problems import leave_absent
from lanterne.intake.cda.words import CCAM, coding, display, referred, short, system
from lanterne.intake.xml import Node
from lanterne.practice.procedures.facts import ProcedureRecorded

_DONE = frozenset({"", "completed", "normal"})


def read_procedure(entry: Node, place: Place) -> None:
    """State the act of a procedure, act or observation."""
    place.into.visit()
    anchors = place.anchors
    coded = child(entry, "code")
    label = display(coded, anchors) or short(referred(child(entry, "text"), anchors))
    said = absence(entry, coded, "procedures", anchors, name=label)
    if said:
        leave_absent(said, place, label, "procedures")
        return
    if place.topic == "plan" or get(entry, "moodCode") not in ("", "EVN"):
        place.leave("prévu, pas fait")
        return
    if code(entry, "statusCode") not in _DONE:
        place.leave("acte non achevé ou annulé")
        return
    if place.into.header.reimbursed and (coded is None or system(coded) not in CCAM):
        place.leave("remboursement d’une consultation, d’un forfait ou d’une analyse")
        return
    if not label and child(entry, "value") is None:
        place.unnamed("procedures", "l’acte n’est pas nommé")
        return
    at, end = place.period(child(entry, "effectiveTime"))
    value = display(child(entry, "value"), anchors) if entry.tag == "observation" else ""
    body = ProcedureRecorded(
        label=f"{label} : {value}" if value and label else label or value,
        coding=coding(coded, *CCAM),
        performer=shown(performer(entry)),
        comment=details.joined(
            details.said("Fin", end[:10]),
            details.said("Voie d’abord", display(child(entry, "approachSiteCode"), anchors)),
            details.said("Localisation", display(child(entry, "targetSiteCode"), anchors)),
            details.said("Motif", ", ".join(details.reasons(entry, anchors))),
            *details.comments(entry, anchors),
        ),
    )
    place.state(entry, body, at or None, proposal=place.into.header.reimbursed)


def read_device(entry: Node, place: Place) -> None:
    """State a device carried (supply of a DEV participant)."""
    place.into.visit()
    anchors = place.anchors
    role = child(entry, "participant/participantRole")
    coded = child(role, "playingDevice/code")
    if coded is None:
        coded = child(entry, "product/manufacturedProduct/manufacturedMaterial/code")
    label = display(coded, anchors) or short(referred(child(entry, "text"), anchors))
    said = absence_in(coded, "procedures") or absence_in(child(entry, "code"), "procedures")
    if said or is_denial(label, "procedures"):
        place.leave("aucun dispositif déclaré")
        return
    if get(entry, "moodCode") not in ("", "EVN"):
        place.leave("prescription d’un dispositif médical")
        return
    if place.into.header.reimbursed:
        place.leave("remboursement d’un dispositif médical")
        return
    if not label:
        place.leave("le dispositif n’est pas nommé")
        return
    numbers = (get(found, "extension") for found in children(role, "id"))
    start, end = place.period(child(entry, "effectiveTime"))
    body = ProcedureRecorded(
        label=f"Dispositif médical : {label}",
        coding=coding(coded),
        comment=details.joined(
            details.said("Identifiant", next(filter(None, numbers), "")[:200]),
            details.said("Fin", end[:10]),
            *details.comments(entry, anchors),
        ),
    )
    place.state(entry, body, start or None)
