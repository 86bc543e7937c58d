"""Prescriptions (FHIR MedicationRequest, ServiceRequest, DeviceRequest): one fact is one prescription, whole.

A prescription is never edited. One written by mistake is withdrawn (chart.entered_in_error) and stays readable behind;
what changes is a new prescription. Two devices that prescribe at once leave two prescriptions, both shown.

Templates (favourites, ordonnances-types) hold no patient. They are sealed with what is medical all the same: only those
who read charts prescribe, and a doctor's habits of prescribing are nobody else's business.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import msgspec

from lanterne.practice.kinds import Body, Coding, Concerns, Kind, Shape, medical
from lanterne.wire.names import Compartment

Order = Literal["medicines", "nursing", "physiotherapy", "laboratory", "imaging", "device"]

Reason = Literal["", "MTE", "EFG", "CIF"]
"""Why a medicine is not to be replaced by its generic (arrêté of 12 November 2019): marge thérapeutique étroite, enfant
de moins de six ans sans forme galénique adaptée, contre-indication formelle à un excipient."""

Check = Literal[
    "allergy", "interaction", "duplicate", "dose", "pregnancy", "age", "kidney", "intolerance", "length", "prescriber"
]  # fmt: skip

Severity = Literal["contraindicated", "discouraged", "precaution", "noted"]
"""As the agency's thesaurus of interactions; gravest first. "contraindicated" is passed with a written reason only."""


class Substance(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One active substance of a line: DCI in French, and its `strength` ("500 mg") when known."""

    name: str
    strength: str = ""


class Line(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One line.

    Attributes:
        typed: what was typed, word for word.
        substance: DCI, or the name of a fixed association, as it is printed first; empty for other orders.
        substances: each active substance. `brand`: when a brand was chosen or typed. `code`: CIS of a medicine of the
            public base, empty when the base has none. `coding`: ATC.
        strength, form, route: as prescribed ("1 g", "comprimé", "orale").
        posology: the structure (posology.structure), decimals as text (structures.py); empty when nobody read it.
        words: the posology in clear words, as shown and signed that day.
        quantity: number of boxes or units, in words ("2 boîtes").
        reason: why not substitutable; `non_substitutable` without it is refused.
        ald: prescribed for the long illness (upper part of the bizone).
        long_term: on the list of treatments until it is stopped.
        conditions: conditions of prescription and delivery as the base gave them that day.
        paper: "stupefiant", "assimile" or "securise": quantities in words on secured paper.
        treatment: id of the treatment.recorded fact this line started, changed or carried on.
        before: the posology before, in words, when this line changed it.
    """

    typed: str
    substance: str = ""
    substances: list[Substance] = []
    brand: str = ""
    code: str = ""
    coding: Coding | None = None
    strength: str = ""
    form: str = ""
    route: str = ""
    posology: dict[str, Any] = {}
    words: str = ""
    quantity: str = ""
    non_substitutable: bool = False
    reason: Reason = ""
    ald: bool = False
    long_term: bool = False
    conditions: list[str] = []
    paper: Literal["", "stupefiant", "assimile", "securise"] = ""
    treatment: str = ""
    before: str = ""


class Fired(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a check found, as shown that day.

    `lines`: places in `lines`, from 0. `subject`: what it is about, in words. `code` and `params` make the sentence
    (checks.sentences). `source`: which table, and of when. `passed`: the reason written to pass it.
    """

    check: Check
    severity: Severity
    lines: list[int]
    subject: str
    code: str
    params: dict[str, str] = {}
    source: str = ""
    passed: str = ""


class Unchecked(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What was not checked, and why (checks.sentences)."""

    check: Check
    code: str
    params: dict[str, str] = {}
    lines: list[int] = []


class Edition(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Which base of medicines answered: what was known on `dated` (ISO day). `starter`: the list written for this
    project, not the public base."""

    dated: str
    digest: str
    starter: bool = False


class PrescriptionIssued(Body):
    """One prescription. The fact's time is when it was signed.

    Attributes:
        order: what is ordered; lines of other orders than medicines are text.
        title: the names of its lines, for lists.
        prescriber: id of the person in the membership: the seat that signs the entry is theirs.
        duration_d: length in days of the lines that state none; 0: each states its own.
        renewals: number of renewals of the lines that state none.
        renewal: it carries on the treatment as a whole.
        weight_kg, height_cm: as known that day, decimal text (article R.5132-3 CSP asks for them where useful).
        comment: printed below the lines.
        base: of medicines.
        fired, unchecked: outcome of the checks.
    """

    KIND: ClassVar[str] = "prescription.issued"
    order: Order
    lines: list[Line]
    title: str
    prescriber: str
    duration_d: int = 0
    renewals: int = 0
    renewal: bool = False
    weight_kg: str = ""
    height_cm: str = ""
    comment: str = ""
    base: Edition | None = None
    fired: list[Fired] = []
    unchecked: list[Unchecked] = []


class TemplateKept(Body):
    """A favourite line or an ordonnance-type of one person. One line is a favourite.

    `person`: whose, id in the membership. Lines hold no treatment and nothing of any patient.
    """

    KIND: ClassVar[str] = "prescription.template"
    person: str
    title: str
    lines: list[Line]
    order: Order = "medicines"
    duration_d: int = 0
    renewals: int = 0
    comment: str = ""


class TemplateWithdrawn(Body):
    """The templates named in `replaces` are offered no more."""

    KIND: ClassVar[str] = "prescription.template_withdrawn"
    reason: str = ""


def _of_the_practice(body: type[Body], shape: Shape) -> Kind:
    return Kind(body.KIND, 1, Compartment.MEDICAL, Concerns.PRACTICE, shape, body)


KINDS = (
    medical(PrescriptionIssued),
    _of_the_practice(TemplateKept, Shape.STATEMENT),
    _of_the_practice(TemplateWithdrawn, Shape.RETRACTION),
)
