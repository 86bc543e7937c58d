"""The medicine a statement is about: its brand, its substance, its code.

Source: IHE PCC Product Entry (4.7.2); IHE PHARM Medicine Entry; CI-SIS FR-Produit-de-sante.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lanterne.intake.cda.nodes import child, children, get, is_null, text
from lanterne.intake.cda.words import ATC, CIP, CIS, Anchors, codes, coding, display, short, system, vague
from lanterne.intake.xml import Node
from lanterne.practice.kinds import Coding

_ATC_SUBSTANCE = re.compile(r"[A-Z]\d{2}[A-Z]{2}\d{2}")
# Active substances in the reimbursement history (CNAM): a code list of the Assurance maladie.
_CNAM_SUBSTANCES = "1.2.250.1.215.200.1.3.1"


@dataclass(frozen=True, slots=True)
class Product:
    """`name` as prescribed; `substance` the DCI when the document gives it; `lot` of a vaccine."""

    name: str
    substance: str
    coding: Coding | None
    code: Node | None
    lot: str = ""


def product_of(statement: Node | None, anchors: Anchors) -> Product | None:
    """The product of a substanceAdministration or supply; None when it has none."""
    for path in ("consumable/manufacturedProduct", "product/manufacturedProduct"):
        held = child(statement, path)
        material = child(held, "manufacturedMaterial")
        material = material if material is not None else child(held, "manufacturedLabeledDrug")
        if material is not None:
            return _product(material, anchors)
    return None


def _product(material: Node, anchors: Anchors) -> Product:
    coded = child(material, "code")
    names = [text(name) for name in children(material, "name") if not is_null(name)]
    named = next((name for name in names if any(map(str.isalnum, name))), "")
    # The name on the box is shorter than the label of its code, and less exact: the label first.
    labels = (get(found, "displayName") for found in codes(coded) if not vague(found))
    label = get(coded, "displayName") or named or next(filter(None, labels), "")
    label = label or display(coded, anchors, author=True)
    substance = _substance(material, coded)
    return Product(
        name=short(label),
        substance=substance,
        coding=_coding(material, coded),
        code=coded,
        lot=text(material, "lotNumberText")[:100] if child(material, "lotNumberText") is not None else "",
    )


def _substance(material: Node, coded: Node | None) -> str:
    """The DCI: the generic class (GRIC), else the active ingredients, else the ATC label of a substance."""
    for generic in children(material, "asSpecializedKind/generalizedMedicineClass"):
        found = text(generic, "name") or get(child(generic, "code"), "displayName")
        if found:
            return short(found)
    ingredients = [
        get(child(found, "code"), "displayName") or text(found, "name")
        for found in children(material, "ingredient/ingredient")
    ]
    if not any(ingredients):
        ingredients = [
            get(found, "displayName") for found in codes(coded) if system(found) == _CNAM_SUBSTANCES
        ]
    if any(ingredients):
        return short(", ".join(dict.fromkeys(filter(None, ingredients))))
    for node in codes(coded):
        if system(node) == ATC and _ATC_SUBSTANCE.fullmatch(get(node, "code")):
            return short(get(node, "displayName"))
    return ""


def _coding(material: Node, coded: Node | None) -> Coding | None:
    """ATC of the substance first (what interactions and allergies are looked up by), then CIS, then CIP."""
    generics = children(material, "asSpecializedKind/generalizedMedicineClass/code")
    for node in (*generics, *codes(coded)):
        if system(node) == ATC and _ATC_SUBSTANCE.fullmatch(get(node, "code")):
            return coding(node, ATC)
    return coding(coded, CIS, CIP, ATC)
