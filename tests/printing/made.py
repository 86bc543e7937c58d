"""Papers of the cast: what Dr Garance Morel hands to Jean Baptiste, and how a test reads it back."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
from dataclasses import replace
from decimal import Decimal

import pypdf

from lanterne.printing.papers import Item, Line, Order, OrderKind, Patient, Prescriber, Prescription
from lanterne.printing.prescriptions import Paper, print_prescription

DAY = dt.date(2026, 11, 22)
MOREL = Prescriber(
    title="Dr",
    given_name="Garance",
    family_name="Morel",
    quality="Médecin généraliste",
    rpps="10003456781",
    am_number="371012345",
    practice="Maison de santé des Tilleuls",
    address=("12, rue des Tilleuls",),
    postcode="37000",
    city="Tours",
    phone="02 47 00 11 22",
    email="garance.morel@medecin.example",
)
BAPTISTE = Patient(
    family_name="Baptiste",
    given_names="Jean Marie",
    sex="male",
    birth_date="1952-04-03",
    weight_kg=Decimal("72.5"),
    height_cm=Decimal(178),
    ins="152043700112345",
    ins_qualified=True,
)
AMOXICILLIN = Line(
    dci="Amoxicilline",
    strength="1 g",
    form="comprimé dispersible",
    posology="1 comprimé 3 fois par jour, pendant les repas",
    duration="6 jours",
    renewals=0,
)
LEVOTHYROXINE = Line(
    dci="Lévothyroxine sodique",
    brand="LEVOTHYROX",
    strength="75 µg",
    form="comprimé",
    posology="1 comprimé le matin à jeun",
    duration="3 mois",
    renewals=3,
    non_substitutable="MTE",
    ald=True,
)
MORPHINE = Line(
    dci="Morphine (sulfate)",
    brand="SKENAN LP",
    strength="10 mg",
    form="gélule à libération prolongée",
    route="voie orale",
    posology="1 gélule matin et soir, soit 2 prises par jour",
    duration="28 jours",
    quantity="56 gélules",
    secured=True,
)
TRAMADOL = Line(
    dci="Tramadol (chlorhydrate)",
    strength="50 mg",
    form="gélule",
    posology="1 à 2 gélules toutes les 6 heures si douleur, au plus 8 gélules par jour",
    duration="7 jours",
    secured=True,
)
DRESSING = Order(
    kind="nursing",
    asked=("Pansement de la plaie de jambe droite",),
    rhythm="1 fois par jour, dimanches et jours fériés compris",
    duration="10 jours",
    at_home=True,
)


def prescribed(
    *items: Item, prescriber: Prescriber = MOREL, patient: Patient = BAPTISTE, **more: object
) -> Prescription:
    whole = Prescription(prescriber=prescriber, patient=patient, made_on=DAY, items=items)
    return replace(whole, **more)  # type: ignore[arg-type]


def only(*items: Item, **more: object) -> Paper:
    """The one paper of a prescription that takes one."""
    (paper,) = print_prescription(prescribed(*items, **more))  # type: ignore[arg-type]
    return paper


def reader(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def pages(pdf: bytes) -> list[str]:
    """The text of each page as a person selects it: one space between words."""
    return [plain(page.extract_text()) for page in reader(pdf).pages]


def text_of(pdf: bytes) -> str:
    return " ".join(pages(pdf))


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u200b", "")).strip()


_WORDS = [
    "amoxicilline",
    "lévothyroxine",
    "paracétamol",
    "comprimé",
    "gélule",
    "matin",
    "soir",
    "coucher",
    "repas",
    "pendant",
    "œdème",
    "naïf",
    "#panic()",
    "$x$",
    "*gras*",
    "_it_",
    "<label>",
    "@ref",
    "\\",
    "\\u{41}",
    "//",
    "/*",
    "*/",
    "```",
    "[",
    "]",
    "{",
    "}",
    "«",
    "é",
    "»",
    "😀",
    "中文",
    "א\u200eב",
    "\u202e",
    "\x00",
    "\x07",
    "\ufeff",
    "Á",
    "ñ",
    "½",
    "≥",
    "38,5",
    "°C",
    "1,5",
    "100",
    "000",
    "UI",
    "10/12/2026",
    "n°3",
    "ÿ",
    "Æ",
    "ﬁ\xad",
]


def drawn(rng: random.Random) -> Prescription:
    """A prescription at random: any words, any length, any of the layouts."""

    def words(most: int) -> str:
        sign = rng.choice([" "] * 8 + ["\n", "\t", "\r\n", ""])
        return sign.join(rng.choice(_WORDS) for _ in range(rng.randint(0, most)))

    def line() -> Line:
        return Line(
            dci=words(6), brand=words(3), strength=words(2), form=words(3), route=words(2), posology=words(60),
            duration=words(3), quantity=words(3), renewals=rng.choice([None, 0, 1, 12]),
            non_substitutable=rng.choice(["", "MTE", "EFG", "CIF"]), ald=rng.random() < 0.3,
            secured=rng.random() < 0.3, off_label=rng.random() < 0.1, pharmacy=words(3), remark=words(20),
        )  # fmt: skip

    def order() -> Order:
        kinds: list[OrderKind] = ["nursing", "physiotherapy", "laboratory", "imaging", "device", "other"]
        return Order(
            kind=rng.choice(kinds), asked=tuple(words(12) for _ in range(rng.randint(0, 6))), reason=words(10),
            rhythm=words(6), duration=words(2), at_home=rng.random() < 0.5, urgent=rng.random() < 0.2,
            ald=rng.random() < 0.3,
        )  # fmt: skip

    items = tuple(line() if rng.random() < 0.8 else order() for _ in range(rng.randint(1, 14)))
    patient = replace(
        BAPTISTE, family_name=words(3), given_names=words(4), used_name=words(2), sex=rng.choice(["female", "male", "unknown"]),
        birth_date=rng.choice(["1952-04-03", "2026-10-01", "1952", "1952-04", "", "demain", "2026-02-31"]),
        ins_qualified=rng.random() < 0.5,
    )  # fmt: skip
    return Prescription(
        prescriber=replace(MOREL, practice=words(5), notes=tuple(words(4) for _ in range(rng.randint(0, 3)))),
        patient=patient,
        made_on=dt.date(rng.randint(1990, 2090), rng.randint(1, 12), rng.randint(1, 28)),
        items=items,
        ald=rng.random() < 0.3,
        without_service=rng.random() < 0.3,
        comment=words(10),
    )
