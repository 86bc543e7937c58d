"""What a structure says in French, and that every point has its sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import lanterne.practice.prescriptions.posology as package
from lanterne.practice.prescriptions.posology.reading import read
from lanterne.practice.prescriptions.posology.sentences import SENTENCES, sentence
from lanterne.practice.prescriptions.posology.structure import Point, from_plain
from lanterne.practice.prescriptions.posology.words import words
from tests.practice.prescriptions.posology.lines import names

SAID = [
    ("amoxicilline 1 g 3/j 6 j", "Amoxicilline 1 g : 3 fois par jour, pendant 6 jours."),
    (
        "paracétamol 1g si douleur max 4/j",
        "Paracétamol 1 g : si besoin (douleur), sans dépasser 4 prises par jour.",
    ),
    (
        "furosemide 40 1 cp et demi matin, 1/2 cp midi",
        "Furosémide 40 : 1 et 1/2 comprimé le matin et 1/2 comprimé à midi.",
    ),
    (
        "bisoprolol 2,5 1 cp/j 7 j puis 2 cp le matin AR 2x ALD NS (MTE)",
        (
            "Bisoprolol 2,5 : 1 comprimé, 1 fois par jour, pendant 7 jours ; puis 2 comprimés, le matin. "
            "À renouveler 2 fois. Non substituable (MTE, marge thérapeutique étroite). En rapport avec une ALD."
        ),
    ),
    (
        "doliprane sirop dose 9 kg /6h si T°>38,5",
        (
            "Doliprane : une dose jusqu’à la graduation 9 kg, avec au moins 6 h entre les prises, "
            "si besoin (température > 38,5)."
        ),
    ),
    (
        "amoxicilline 90 mg/kg/j en 3 prises",
        "Amoxicilline : 90 mg/kg par jour en tout, en 3 prises.",
    ),
    (
        "smecta 1 sachet 3/j, avec un grand verre d'eau",
        "Smecta : 1 sachet, 3 fois par jour. Remarque : avec un grand verre d'eau.",
    ),
    (
        "lantus 10 ui matin et 12 ui au coucher",
        "Lantus : 10 UI le matin et 12 UI au coucher.",
    ),
]


@pytest.mark.parametrize(("text", "said"), SAID)
def test_a_line_is_said_back(text: str, said: str) -> None:
    reading = read(text, names())
    assert reading.structure is not None, reading.ask
    assert words(reading.structure).replace("\u00a0", " ") == said


def test_numbers_stay_with_their_units() -> None:
    said = words(
        from_plain({"drug": "x", "strength": "1 g", "form": "comprimé", "dose": 2, "times_per_day": 3})
    )
    assert said == "X 1\u00a0g\u00a0: 2\u00a0comprimés, 3\u00a0fois par jour."


def test_every_point_has_its_sentence() -> None:
    raised: set[str] = set()
    for module in Path(package.__file__).parent.glob("*.py"):
        text = module.read_text(encoding="utf-8")
        raised |= set(re.findall(r'(?:Point|\.ask)\(\s*"([a-z0-9_]+)"', text))
        raised |= set(re.findall(r'rule\(\s*Kind\.OPEN,.*?lambda _: "([a-z_]+)"', text, re.DOTALL))
    raised |= {"reason_missing", "by_condition"}  # what the scanner itself says of a reason
    assert not raised - set(SENTENCES), "a point without a sentence"
    assert not set(SENTENCES) - raised - {"not_utf8"}, "a sentence nobody says any more"


def test_a_sentence_is_made_even_when_a_word_is_missing() -> None:
    assert sentence(Point("two_forms")) == "Deux formes sur la même ligne\u00a0: …, …."
