"""Where the fictional practice and its patients are: Saint-Aubin-sur-Lanterne and villages around, which do not
exist.

Law: towns of residence are invented; phone numbers are only those ARCEP keeps for works of fiction (décision
2018-0881: 01 99 00, 02 61 91, 03 53 01, 04 65 71, 05 36 49, 06 39 98, then four digits). Birth places are real
INSEE codes.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

PRACTICE_POSTCODE = "70990"
"""Invented, like the towns that bear it."""
PRACTICE_CITY = "Saint-Aubin-sur-Lanterne"

CITIES: tuple[tuple[str, str], ...] = (
    (PRACTICE_POSTCODE, PRACTICE_CITY),
    (PRACTICE_POSTCODE, PRACTICE_CITY),
    (PRACTICE_POSTCODE, PRACTICE_CITY),
    ("70991", "Villers-les-Tilleuls"),
    ("70992", "Montfleuri-le-Haut"),
    ("70993", "La Chapelle-Lanterne"),
    ("70994", "Beaulieu-sous-Bois"),
    ("70995", "Port-d'Aubin"),
)
STREETS = (
    "rue des Tilleuls",
    "rue de la République",
    "place du Marché",
    "rue Pasteur",
    "rue Victor-Hugo",
    "avenue Jean-Jaurès",
    "chemin des Écoliers",
    "rue du Moulin",
    "impasse des Lilas",
    "rue de l'Église",
    "allée des Platanes",
    "route de Montfleuri",
    "rue Marie-Curie",
    "lotissement Les Vergers",
    "résidence du Parc",
    "quai de la Lanterne",
    "rue du 8-Mai-1945",
    "rue de la Gare",
    "chemin du Lavoir",
    "rue Louise-Michel",
    "ferme du Grand-Pré",
    "rue des Capucines",
    "cité des Cheminots",
    "boulevard du Général-Leclerc",
)

_LANDLINES = ("019900", "026191", "035301", "046571", "053649")
_MOBILE = "063998"
FICTION_PREFIXES = (*_LANDLINES, _MOBILE)


@dataclass(frozen=True, slots=True)
class Place:
    """A birth place: INSEE code (99… for a foreign country) and name."""

    code: str
    name: str


# Towns with fewer than 700 births a month, so that the order numbers used here (700–999) were never given.
TOWNS: tuple[Place, ...] = (
    Place("70550", "Vesoul"),
    Place("25056", "Besançon"),
    Place("21231", "Dijon"),
    Place("88160", "Épinal"),
    Place("68224", "Mulhouse"),
    Place("54395", "Nancy"),
    Place("90010", "Belfort"),
    Place("39300", "Lons-le-Saunier"),
    Place("52121", "Chaumont"),
    Place("10387", "Troyes"),
    Place("58194", "Nevers"),
    Place("71270", "Mâcon"),
    Place("42218", "Saint-Étienne"),
    Place("63113", "Clermont-Ferrand"),
    Place("38185", "Grenoble"),
    Place("29232", "Quimper"),
    Place("22278", "Saint-Brieuc"),
    Place("56260", "Vannes"),
    Place("62041", "Arras"),
    Place("80021", "Amiens"),
    Place("64102", "Bayonne"),
    Place("66136", "Perpignan"),
    Place("2A004", "Ajaccio"),
    Place("2B033", "Bastia"),
    Place("97209", "Fort-de-France"),
    Place("97411", "Saint-Denis"),
)
COUNTRIES: dict[str, Place] = {
    "dz": Place("99352", "Algérie"),
    "ma": Place("99350", "Maroc"),
    "tn": Place("99351", "Tunisie"),
    "pt": Place("99139", "Portugal"),
    "it": Place("99127", "Italie"),
    "es": Place("99134", "Espagne"),
    "sn": Place("99341", "Sénégal"),
    "ci": Place("99326", "Côte d'Ivoire"),
    "tr": Place("99208", "Turquie"),
    "vn": Place("99243", "Viêt Nam"),
    "ro": Place("99114", "Roumanie"),
    "pl": Place("99122", "Pologne"),
    "gb": Place("99132", "Royaume-Uni"),
}


def _spaced(digits: str) -> str:
    return " ".join(digits[at : at + 2] for at in range(0, 10, 2))


def landline(rng: random.Random) -> str:
    """A fictional fixed number of the north-east."""
    return _spaced("035301" + f"{rng.randrange(10_000):04d}")


def mobile(rng: random.Random) -> str:
    """A fictional mobile number."""
    return _spaced(_MOBILE + f"{rng.randrange(10_000):04d}")


def address(rng: random.Random) -> tuple[str, str, str]:
    """Street line, postcode, town."""
    postcode, city = rng.choice(CITIES)
    number = rng.choice(("", "bis ")) if rng.random() < 0.04 else ""
    return f"{rng.randint(1, 88)} {number}{rng.choice(STREETS)}", postcode, city
