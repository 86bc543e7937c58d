"""A prescription on paper: which sheets it takes, and what each says.

Medicines on one sheet, each kind of care or examination on its own (the convention wants them apart); what must be on
secured paper on a sheet for that paper. A patient with a long illness gets the two zones of cerfa 14465 in plain type:
the words, never an image of the form. No sheet carries a code of the national service: only that service gives one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from lanterne.printing.errors import NotPrinted
from lanterne.printing.in_words import spelled
from lanterne.printing.papers import Item, Line, Order, OrderKind, Prescription, SecuredPaper
from lanterne.printing.said import (
    NBSP,
    Saying,
    born,
    called,
    international,
    letterhead,
    lower_first,
    patient_block,
    place_and_day,
    signed_by,
    upper_first,
)
from lanterne.printing.typesetting import typeset
from lanterne.printing.words import _
from lanterne.sheet.printing import french_date

Layout = Literal["plain", "bizone", "secured"]
Subject = Literal["medicines"] | OrderKind
MOST_ITEMS = 200
_MOST_ROWS = 12
_FEW_ITEMS = 5

_HEADINGS: dict[str, str] = {
    "medicines": "",
    "nursing": _("Soins infirmiers"),
    "physiotherapy": _("Masso-kinésithérapie"),
    "laboratory": _("Examens de biologie médicale"),
    "imaging": _("Imagerie médicale"),
    "device": _("Dispositifs médicaux"),
    "other": "",
}
_ZONE_ALD = _(
    "Prescriptions relatives au traitement de l’affection de longue durée reconnue (liste ou hors liste)\n"
    "(AFFECTION EXONÉRANTE)"
)
_ZONE_REST = _("Prescriptions SANS RAPPORT avec l’affection de longue durée\n(MALADIES INTERCURRENTES)")
_EMPTY_ZONE = _("Aucune prescription dans cette partie.")
_WITHOUT_SERVICE = _("Ordonnance papier – service e-prescription indisponible")
_REASONS = {"MTE", "EFG", "CIF"}
# Millimetres: what an A4 sheet leaves between a head and a foot.
_MEASURES = {
    "top_mm": (10, 150), "bottom_mm": (10, 100), "left_mm": (8, 60), "right_mm": (8, 60),
    "count_right_mm": (5, 100), "count_bottom_mm": (5, 100),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """The part of a prescription that goes on one paper. `zones`: what the long illness covers stands apart."""

    layout: Layout
    subject: Subject
    items: tuple[Item, ...]
    zones: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet, set.

    Attributes:
        layout: "secured" must be laid on the practice's secured paper.
        pdf: PDF/A-1a.
        lost: characters that could not be drawn and stand as "□"; whoever prints must be told.
    """

    layout: Layout
    subject: Subject
    pdf: bytes
    lost: tuple[str, ...]


def sheets(prescription: Prescription) -> tuple[Sheet, ...]:
    """Which papers the prescription takes, in the order they are printed; nothing is on two of them."""
    secured = tuple(item for item in prescription.items if isinstance(item, Line) and item.secured)
    rest = [item for item in prescription.items if not (isinstance(item, Line) and item.secured)]
    subjects: dict[Subject, list[Item]] = {}
    for item in rest:
        subjects.setdefault(item.kind if isinstance(item, Order) else "medicines", []).append(item)
    found = [Sheet("secured", "medicines", secured, _in_zones(prescription, secured))] if secured else []
    for subject, items in subjects.items():
        zones = _in_zones(prescription, items)
        found.append(Sheet("bizone" if zones else "plain", subject, tuple(items), zones))
    return tuple(found)


def _in_zones(prescription: Prescription, items: Iterable[Item]) -> bool:
    return prescription.ald or any(item.ald for item in items)


def undrawn(prescription: Prescription) -> tuple[str, ...]:
    """The characters that cannot be drawn and would stand as "□", known before anything is set."""
    say = Saying()
    letterhead(prescription.prescriber, say)
    patient_block(prescription.patient, prescription.made_on, say)
    say.text(prescription.comment)
    for sheet in sheets(prescription):
        _zones(sheet, say)
    return tuple(sorted(say.lost))


def print_sheet(prescription: Prescription, sheet: Sheet) -> Paper:
    """One of the papers of a prescription (`sheets`).

    Raises:
        NotPrinted: as `print_prescription`.
    """
    _check(prescription)
    return _set(prescription, sheet)


def print_prescription(prescription: Prescription) -> tuple[Paper, ...]:
    """Every paper of a prescription. What the law wants and is not there: `mentions.missing`, to be asked before.

    Raises:
        NotPrinted: nothing to print, too much of it, measures of the secured paper that cannot be, or the typesetter
            gave up; no paper is then given in part.
    """
    _check(prescription)
    return tuple(_set(prescription, sheet) for sheet in sheets(prescription))


def _check(prescription: Prescription) -> None:
    if not prescription.items:
        raise NotPrinted("printing_empty")
    if len(prescription.items) > MOST_ITEMS:
        raise NotPrinted("printing_too_many", count=len(prescription.items), most=MOST_ITEMS)


def _set(prescription: Prescription, sheet: Sheet) -> Paper:
    say = Saying()
    data = _data(prescription, sheet, say)
    pdf = typeset("prescription", data, day=prescription.made_on)
    return Paper(sheet.layout, sheet.subject, pdf, tuple(sorted(say.lost)))


def _data(prescription: Prescription, sheet: Sheet, say: Saying) -> dict[str, Any]:
    prescriber, patient, day = prescription.prescriber, prescription.patient, prescription.made_on
    secured = sheet.layout == "secured"
    identity = ", ".join(part for part in (called(patient), lower_first(born(patient, day))) if part)
    own_head = not (secured and prescription.secured_paper.head_printed)
    contacts = [
        f"{_('RPPS')}{NBSP}{prescriber.rpps}" if prescriber.rpps else "",
        f"{_('Tél.')}{NBSP}{international(prescriber.phone)}" if prescriber.phone else "",
        prescriber.email,
    ]
    return {
        "title": _("Ordonnance"),
        "heading": _("Ordonnance"),
        "subject": _HEADINGS[sheet.subject],
        "notice": _WITHOUT_SERVICE if prescription.without_service else "",
        "paper": _measures(prescription.secured_paper) if secured else None,
        "head": letterhead(prescriber, say),
        "patient": patient_block(patient, day, say),
        "place_and_day": place_and_day(prescription.city or prescriber.city, day, say),
        "zones": _zones(sheet, say),
        "dense": len(sheet.items) > _FEW_ITEMS,
        "comment": say.text(prescription.comment),
        "signature": {
            "label": _("Signature"),
            "name": say.line(signed_by(prescriber)),
            "quality": say.line(prescriber.quality),
            # A printed head may lack the number, the code of the country or the address the article wants.
            "contacts": [] if own_head else say.lines(tuple(contacts)),
        },
        "running": say.line(f"{_('Ordonnance du {day}').format(day=french_date(day))} – {identity}"),
        "running_who": say.line(signed_by(prescriber)),
        "page": _("Page {number}/{total}"),
    }


def _measures(paper: SecuredPaper) -> dict[str, Any]:
    for name, (least, most) in _MEASURES.items():
        value = getattr(paper, name)
        if not least <= value <= most:
            raise NotPrinted("printing_bad_measure", name=name, value=value, least=least, most=most)
    return {name: getattr(paper, name) for name in (*_MEASURES, "head_printed", "count")}


def _zones(sheet: Sheet, say: Saying) -> list[dict[str, Any]]:
    numbered = [(number, item) for number, item in enumerate(_in_order(sheet), 1)]
    if not sheet.zones:
        return [
            {
                "heading": "",
                "empty": "",
                "items": [_item(item, number, sheet, say) for number, item in numbered],
            }
        ]
    return [
        {
            "heading": heading,
            "empty": "" if any(item.ald is upper for item in sheet.items) else _EMPTY_ZONE,
            "items": [_item(item, number, sheet, say) for number, item in numbered if item.ald is upper],
        }
        for upper, heading in ((True, _ZONE_ALD), (False, _ZONE_REST))
    ]


def _in_order(sheet: Sheet) -> list[Item]:
    """As written; on two zones, numbered down the page."""
    if not sheet.zones:
        return list(sheet.items)
    return sorted(sheet.items, key=lambda item: not item.ald)


def _item(item: Item, number: int, sheet: Sheet, say: Saying) -> dict[str, Any]:
    body = (
        _order(item, say) if isinstance(item, Order) else _line(item, say, secured=sheet.layout == "secured")
    )
    texts = [body["name"], *body["body"], *body["facts"], *body["notes"]]
    rows = sum(1 + len(row) // 80 for text in texts for row in text.split("\n"))
    # A short item stays on one page; one that would not fit on a page alone may be cut.
    return {"number": f"{number}.", "long": rows > _MOST_ROWS, **body}


def _line(line: Line, say: Saying, *, secured: bool) -> dict[str, Any]:
    write = spelled if secured else str
    name = line.dci or line.brand
    brand = line.brand if line.dci and line.brand.casefold() != line.dci.casefold() else ""
    described = ", ".join(part for part in (f"{name} {line.strength}".strip(), line.form, line.route) if part)
    facts = [
        _("Dosage : {text}").format(text=spelled(line.strength)) if secured and line.strength else "",
        _("Durée : {text}").format(text=write(line.duration)) if _to_say(line.duration, line) else "",
        _("Quantité : {text}").format(text=write(line.quantity)) if line.quantity else "",
        write(_renewals(line.renewals)),
    ]
    notes = [
        _("Prescription hors autorisation de mise sur le marché") if line.off_label else "",
        _("NR (non remboursable)") if line.not_reimbursed else "",
        _("Pharmacie : {name}").format(name=line.pharmacy) if line.pharmacy else "",
    ]
    return {
        "before": _("Non substituable ({reason})").format(reason=line.non_substitutable)
        if line.non_substitutable in _REASONS
        else "",
        "name": say.line(described),
        "brand": say.line(brand),
        "body": [say.text(upper_first(write(line.posology)))] if line.posology else [],
        "facts": _facts(facts, say),
        "notes": [
            *(say.line(note) for note in notes if note),
            *([say.text(line.remark)] if line.remark else []),
        ],
    }


def _to_say(duration: str, line: Line) -> bool:
    """Whether the duration is still to be said: "1 comprimé par jour pendant 6 jours" has said it."""
    return bool(duration.strip()) and f"pendant {duration.strip()}".casefold() not in line.posology.casefold()


def _order(order: Order, say: Saying) -> dict[str, Any]:
    asked = [said for text in order.asked if (said := say.text(text))]
    where = [
        _("À domicile") if order.at_home else "",
        order.rhythm,
        _("Durée : {text}").format(text=order.duration) if order.duration else "",
        _renewals(order.renewals),
    ]
    return {
        "before": _("URGENT") if order.urgent else "",
        "name": "\n".join(asked),
        "brand": "",
        "body": [],
        "facts": _facts(where, say),
        "notes": [
            *([say.text(_("Motif : {text}").format(text=order.reason))] if order.reason else []),
            *([say.text(order.remark)] if order.remark else []),
        ],
    }


def _facts(facts: list[str], say: Saying) -> list[str]:
    """Short ones stay whole at the end of a line."""
    said = [say.line(upper_first(fact)) for fact in facts if fact.strip()]
    return [fact.replace(" ", NBSP) if len(fact) < 40 else fact for fact in said]


def _renewals(count: int | None) -> str:
    if count is None:
        return ""
    if count == 0:
        return _("Non renouvelable")
    return _("À renouveler {count} fois").format(count=count)
