"""Where and by which way: eyes, ears, nostrils, a part of the body, "SC", "buvable".

Law: the place fixes the way for eye, ear and nostril; nothing else does but a word that says it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lanterne.practice.prescriptions.posology.items import NOTHING, Kind, rule

_BOTH = r"(?:les |chaque |chacun des |chacune des )?(?:2|deux|chaque|les|ch\.?)"
_IN = r"(?:(?:dans|par|/|pour|a|au niveau d[eu]s?|sur) ?)?(?:l'|le |la |les |chaque |ch )?"
_EYE, _EYES, _EAR, _NOSTRIL = r"(?:oeil|o\.?e\.?il)", r"(?:yeux|oeils)", r"oreilles?", r"narines?"
_RIGHT, _LEFT = r"(?:droite?|drte?|dt|d)", r"(?:gauche|gche|gch|g)"


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is put; `route` when the place fixes it. `short`: typed OD, OG, ODG."""

    text: str
    route: str | None = None
    short: bool = False


def _eyes(text: str, *, short: bool = False) -> Place:
    return Place(text, "ophtalmique", short)


_PARTS = (
    r"visage|mains?|pieds?|cuir chevelu|ongles?(?: de[s']? ?(?:mains?|pieds?|orteils?))?"
    r"|plis?(?: de l'aine| inguina(?:l|ux)"
    r"| interfessier| sous[- ]mammaires)?|dos|lombes|jambes?|genoux?|epaules?|chevilles?|coudes?"
    r"|poignets?|lesions?|plaies?"
    r"|brulures?|zones? (?:douloureuses?|atteintes?|lesees?|a traiter|seches?|infectees?|irritees?)|plaques?|boutons?"
    r"|corps(?: entier)?|tout le corps|tronc|thorax|cou|nuque|bras|avant[- ]bras|cuisses?|mollets?"
    r"|entre les (?:orteils|doigts)|orteils?|doigts?|siege|fesses?|levres?|paupieres?|aisselles?|aine|ventre|abdomen"
    r"|membres?(?: inferieurs?| superieurs?)?|hanches?|talons?|ulceres?|escarres?|verrues?|anus|marge anale|gland|vulve"
    r"|joues?|front|menton|nez|gencives?|cicatrices?|peau(?: seche| lesee| saine)?|rachis"
    r"|articulations?(?: douloureuses?)?"
    r"|cuticules?|eczema|psoriasis|mycose|herpes|acne"
)
_SIDE = (
    r"(?: (?:droite?s?|gauches?|dt|gche|d|g|lombaires?|des mains|des pieds|du visage|de la main|du pied))?"
)
_BODY = (
    rf"(?:(?:sur|au niveau|dans|en regard|a appliquer|applique(?:r|e)?|application) ?(?:du|de la|des|de l'|de)? ?)?"
    rf"(?:le |la |les |l'|du |des |au |aux )?((?:{_PARTS}){_SIDE}(?:(?: et |, ?)(?:le |la |les |l'|du "
    rf"|des )?(?:{_PARTS}){_SIDE})*)"
)
_MORE = {" d": " droit", " g": " gauche", " dt": " droit", " gche": " gauche"}


def _body(match: re.Match[str]) -> Place:
    return Place(match[1].strip())


_ROUTES: dict[str, str] = {
    r"per ?os|p\.?o\.?|(?:par |en )?(?:voie )?orale?|buvables?|(?:a )?boire|par la bouche": "orale",
    r"(?:voie |en )?(?:s\.?/?c\.?|sous[- ]?cut(?:anee?s?)?\.?)": "sous-cutanée",
    r"(?:voie |en )?(?:i\.?m\.?|intra[- ]?musculaires?)": "intramusculaire",
    r"(?:voie |en )?(?:i\.?v\.?|intra[- ]?veineuses?)": "intraveineuse",
    r"(?:voie |a |en )?(?:inhalees?|inhales?|inhaler|inhalation)": "inhalée",
    r"(?:par )?(?:voie |en )?(?:intra[- ]?)?rectale?|ir": "rectale",
    r"(?:par )?(?:voie |en )?(?:intra[- ]?)?vagina(?:le?|ux)|intra[- ]?vag|vag\.?": "vaginale",
    r"(?:par )?(?:voie |en )?(?:intra[- ]?)?nasale?": "nasale",
    r"(?:par )?(?:voie |en )?auriculaires?": "auriculaire",
    r"(?:par )?(?:voie |en )?(?:percutanee?|cutanee?|transcutanee?)": "cutanée",
    r"(?:par )?(?:voie |en )?(?:intra[- ]?)?(?:ophtalmiques?|oculaires?)": "ophtalmique",
}


def _route(match: re.Match[str]) -> object:
    for pattern, route in _ROUTES.items():
        if re.fullmatch(rf"(?:par )?(?:voie )?(?:{pattern})", match[0].strip()):
            return route
    return NOTHING


RULES = (
    rule(Kind.SITE, r"odg|o\.d\.g\.?|od ?(?:et|/|\+) ?og", lambda _: _eyes("2 yeux", short=True)),
    rule(Kind.SITE, r"od|o\.d\.?", lambda _: _eyes("œil droit", short=True)),
    rule(Kind.SITE, r"og|o\.g\.?", lambda _: _eyes("œil gauche", short=True)),
    rule(Kind.SITE, rf"{_IN}{_EYE} {_RIGHT}", lambda _: _eyes("œil droit")),
    rule(Kind.SITE, rf"{_IN}{_EYE} {_LEFT}", lambda _: _eyes("œil gauche")),
    rule(
        Kind.SITE,
        rf"(?:dans |par |pour |/ ?|a )?{_BOTH} ?{_EYES}|(?:dans |par |/ ?)(?:chaque )?{_EYE}",
        lambda _: _eyes("2 yeux"),
    ),
    rule(Kind.SITE, rf"{_IN}{_EAR} {_RIGHT}", lambda _: Place("oreille droite", "auriculaire")),
    rule(Kind.SITE, rf"{_IN}{_EAR} {_LEFT}", lambda _: Place("oreille gauche", "auriculaire")),
    rule(
        Kind.SITE,
        rf"(?:dans |par |pour |/ ?)?{_BOTH} ?{_EAR}|(?:par |/ ?){_EAR}",
        lambda _: Place("2 oreilles", "auriculaire"),
    ),
    rule(Kind.SITE, rf"{_IN}narine {_RIGHT}", lambda _: Place("narine droite", "nasale")),
    rule(Kind.SITE, rf"{_IN}narine {_LEFT}", lambda _: Place("narine gauche", "nasale")),
    rule(
        Kind.SITE,
        rf"(?:dans |par |pour |/ ?)?{_BOTH} ?{_NOSTRIL}|(?:par |/ ?){_NOSTRIL}",
        lambda _: Place("2 narines", "nasale"),
    ),
    rule(Kind.OPEN, rf"{_IN}(?:une? )?(?:oeil|oreille|narine)", lambda _: "which_side"),
    rule(Kind.SITE, _BODY, _body),
    rule(Kind.ROUTE, r"(?:par )?(?:voie )?(?:" + "|".join(_ROUTES) + ")", _route),
)
