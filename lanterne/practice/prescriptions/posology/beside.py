"""What stands beside the dose: need, greatest amount, substitution, ALD, and remarks that are kept word for word.

Law: a remark is of a known kind. Words nobody knows are never made a remark: they are asked about.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lanterne.practice.prescriptions.posology.amounts import UNIT, unit_of
from lanterne.practice.prescriptions.posology.forms import COUNTED, COUNTED_WORD
from lanterne.practice.prescriptions.posology.items import NOTHING, Kind, rule
from lanterne.practice.prescriptions.posology.numbers import ONE, RANGE, one
from lanterne.practice.prescriptions.posology.rhythm import HOUR, PER_DAY

_MAXIMUM = r"(?:max(?:imum|imal|i)?\.?|au maximum)"
_NOT_ABOVE = (
    rf"(?:{_MAXIMUM}|sans (?:jamais )?depasser|ne pas depasser|sans exceder|jusqu'a|pas plus de"
    rf"|dose max(?:imale)?)"
)
_INTAKES = r"(?:prises?|fois|f|x|administrations?)"
_UNIT = rf"(?:(?P<intakes>{_INTAKES})|(?P<form>{COUNTED_WORD})|(?P<unit>{UNIT})(?P<kg>/ ?kg)?)?"


@dataclass(frozen=True, slots=True)
class Maximum:
    """The most per day. `unit` is None for intakes, or when nothing was said: `said` tells the two apart."""

    number: int | float
    unit: str | None
    said: bool


_THOUSANDS = re.compile(r"\d \d{3}")


def _maximum(match: re.Match[str]) -> object:
    text = match["number"]
    number = int(text.replace(" ", "")) if _THOUSANDS.fullmatch(text) else one(text)
    if match["form"]:
        form = next(form for pattern, form in COUNTED.items() if re.fullmatch(pattern, match["form"]))
        return Maximum(number, None, True) if form == "application" else Maximum(number, form, True)
    if match["unit"]:
        unit = unit_of(match["unit"])
        unit = "UI" if unit == "u" else unit
        return (
            Maximum(number, unit + ("/kg" if match["kg"] else ""), True)
            if unit not in ("%", "cm", "mm")
            else NOTHING
        )
    return Maximum(number, None, bool(match["intakes"]))


_BOX = (
    r"(?:boites?|btes?|bt|tubes?|flacons?|flac?\.?|fl|paires?|plaquettes?|stylos?|packs?|lots?|rouleaux?|poches?|bidons?"
    r"|aerosols?|conditionnements?|unites de vente|cartouches?|recharges?|inhalateurs?|piluliers?|etuis?|bandes?|kits?)"
)
_WATER = r"(?:d'eau|d'eau plate|d'eau minerale|de jus(?: d'orange| de fruits?)?|de lait|de sirop)"
_REMARKS = (
    rf"(?:(?:qsp|soit|delivrer|donner|x) ?)?{ONE} (?:grandes? |petite?s? |gros(?:se)?s? )?{_BOX}",
    (
        rf"(?:avec|dans) (?:un |1 |1/2 |un demi[- ]|une )?(?:grand |petit |demi[- ]?|bon )?(?:verre|peu|fond"
        rf"|gorgee|biberon)(?: {_WATER})?(?: sucree?)?"
    ),
    rf"(?:(?:a )?(?:diluer|dissoudre|melanger|diluee?s?|dissoute?s?) )?(?:dans|avec) {ONE} ?(?:ml|cl|l) {_WATER}",
    (
        r"(?:a )?(?:diluer|dissoudre|diluee?s?|dissoute?s?) dans (?:un |1/2 |un demi[- ])?(?:grand "
        r"|petit )?(?:verre|peu|biberon)(?: d'eau)?"
    ),
    r"(?:dans|avec) (?:de l'eau|l'eau|du lait|du yaourt|une compote|de la compote|un yaourt|un jus(?: d'orange)?)",
    r"sur (?:un|1) (?:morceau de )?sucre|sur un sucre",
    (
        r"(?:bien |se |a |puis |et )*(?:rincer|rinser|rincage)(?: de)?(?: la)? bouche(?: (?:apres"
        r"|ensuite)(?: chaque)?(?: (?:usage|prise|utilisation|inhalation))?)?"
    ),
    r"(?:puis |et |a )?rincer(?: (?:apres|abondamment))?",
    (
        rf"(?:a |et |puis )*(?:retirer|enlever|oter|changer|ret\.?|retire|enleve)(?: (?:le|la|chaque|au"
        rf"|tous les|apres)? ?(?:soir|matin|nuit|coucher|soirs|matins)|"
        rf" (?:apres|au bout de) {ONE} ?{HOUR}| la nuit| chaque jour)?"
    ),
    (
        r"(?:en )?chang(?:er|eant|ez) (?:de (?:place|site|zone|cote)|le site)(?: (?:chaque|a chaque"
        r"|tous les) ?(?:jour|fois|jours|application|injection|pose))?"
    ),
    (
        rf"(?:a |et )?(?:garder|laisser(?: poser| agir| en place| secher)?|conserver|porter|poser"
        rf"|appliquer) (?:pendant |pdt )?{RANGE} ?(?:{HOUR}|min(?:utes?)?|mn)"
    ),
    rf"{ONE} ?{HOUR} ?(?:sur|/) ?24 ?{HOUR}?",
    r"(?:a )?garder (?:la|toute la) nuit|(?:la nuit )?toute la nuit",
    (
        r"(?:a |en )?(?:avaler|croquer|sucer|macher)(?: sans croquer)?|sans (?:les |le )?(?:croquer|macher"
        r"|ouvrir|ecraser)|ne pas (?:croquer|ecraser|macher|ouvrir|avaler)"
    ),
    (
        r"(?:(?:a |en )?laisser )?(?:fondre|fondu|dissoudre)(?: (?:sous la langue|dans la bouche"
        r"|sur la langue))?|sous la langue|(?:voie |en )?(?:sub[- ]?linguale?|perlinguale?|buccale?)"
    ),
    (
        r"(?:en )?(?:couche|couches) (?:mince|fine|epaisse)s?|(?:en )?fine couche|en (?:leger )?massage"
        r"|en massant|(?:bien )?agiter(?: avant (?:emploi|usage|utilisation))?"
    ),
    r"(?:avec|via|dans) (?:une |la |sa )?chambre(?: d'inhalation)?(?: et masque)?",
    r"(?:en|par) nebulisations?|en aerosols?",
    (
        r"a vie|au long cours|en continu|sans interruption|sans arret|traitement (?:de fond|chronique"
        r"|continu|au long cours)|en traitement de fond|en cure"
    ),
    r"(?:a faire )?(?:par|avec) (?:une |un |l')?(?:infirmiere?|ide|idel)(?: a domicile| au domicile)?|a domicile",
    (
        r"(?:a conserver |conserver )?au (?:frigo|refrigerateur|frais)|a heures? fixes?|a la meme heure"
        r"|toujours a la meme heure|tous les jours a la meme heure"
    ),
    (
        r"jusqu'a (?:la )?(?:cicatrisation|guerison|disparition(?: des (?:symptomes|lesions))?|amelioration"
        r"|epuisement)(?: complete)?"
    ),
    (
        r"(?:et )?(?:rester|sans se|ne pas se) (?:assise?|debout|coucher|recoucher|allonger)(?:"
        r" (?:pendant )?(?:30|1/2) ?(?:min|minutes|mn|h))?(?: apres)?"
    ),
    (
        r"a distance (?:des autres medicaments|du fer|du calcium|du levothyrox)|(?:boire|bien) (?:beaucoup"
        r"|boire)(?: d'eau)?"
    ),
    (
        r"(?:chez |pour )?(?:l'|un |une )?(?:enfant|nourrisson|bebe|adulte) (?:de |d')?\d{1,2} ?(?:ans?"
        r"|mois)|(?:poids|pese|pds) ?:? ?\d{1,3}(?:[.,]\d)? ?kg"
    ),
    (
        r"(?:cp |comprimes? )?(?:secables?|pellicules?|gastro[- ]?resistants?|enrobes?|dispersibles?"
        r"|solubles?|pour ordonnance)"
    ),
    (
        r"en rapport avec (?:la |le |l')?(?:pathologie|maladie)(?: chronique)?|(?:cf|voir) (?:protocole"
        r"|notice)|selon (?:la )?notice"
    ),
    (
        r"alterner (?:les )?sites?|en alternant (?:les )?(?:sites?|cotes?|narines?)|le meme jour"
        r"|nu ?it et jour|sur peau (?:saine|propre|seche|nette)(?: et seche)?"
    ),
    (
        r"tete penchee|en position (?:assise|couchee|allongee)|lentement|profondement|apres"
        r" (?:la )?(?:toilette|douche)|apres lavage(?: des mains)?|apres mouchage"
    ),
)
_NEED = (
    r"si (?:besoin|necessaire|nec\.?|utile)|s\.?b\.?|au besoin|a la demande|a volonte"
    r"|ad lib(?:itum)?|en cas de besoin|selon (?:les )?besoins?"
)
_STOP = (
    r"(?:a )?(?:arret(?:er|ez|e|s)?|stop(?:per|pez|pe)?|suspend(?:re|ez|u)?|interromp(?:re|ez|u)"
    r"|cess(?:er|ez)|ne plus prendre"
    r"|supprim(?:er|ez)|sevrage|retrait)(?: de| du| le| la| l')?"
)
_NS = r"(?:n\.?s\.?|non[- ]?substituables?|non subst?\.?|ne pas substituer|ne pas subst\.?|sans substitution)"

RULES = (
    rule(
        Kind.MAX,
        rf"(?:avec |un |et )*{_NOT_ABOVE} ?:? ?(?:de |a )?(?P<number>\d \d{{3}}(?!\d)|{ONE}) ?{_UNIT}"
        rf"(?: au total)? ?{PER_DAY}",
        _maximum,
    ),
    rule(Kind.MAX, rf"(?P<number>{ONE}) ?{_UNIT} ?{_MAXIMUM} ?{PER_DAY}", _maximum),
    rule(Kind.MAX, rf"(?P<number>{ONE}) ?{_UNIT} ?{PER_DAY} ?{_MAXIMUM}(?! ?:? ?\d)", _maximum),
    rule(Kind.OPEN, rf"{_NOT_ABOVE}(?: {ONE} ?{_UNIT})?", lambda _: "maximum_incomplete"),
    rule(Kind.AS_NEEDED, _NEED),
    rule(Kind.NOT_SUBSTITUTED, rf"{_NS}[ (:,-]*(mte|efg|cif)", lambda m: m[1].upper()),
    rule(Kind.NOT_SUBSTITUTED, _NS, lambda _: ""),
    rule(Kind.ALD, r"(?:hors|pas en|non) a\.?l\.?d\.?", lambda _: False),
    rule(
        Kind.ALD,
        (
            r"(?:en )?(?:(?:rapport avec|au titre de|pour) (?:une |l'|son "
            r"|sa )?)?a\.?l\.?d\.?(?: exonerante)?(?: ?n ?[o°]\.? ?\d{1,2}| 3[012](?! ?[a-z/,.-]))?"
        ),
        lambda _: True,
    ),
    rule(Kind.REMARK, _REMARKS[0], lambda _: "boxes"),
    *(rule(Kind.REMARK, pattern) for pattern in _REMARKS[1:]),
    rule(Kind.THEN, r"(?:et )?(?:puis|ensuite|suivie?s? (?:de|par)|relais par)"),
    rule(Kind.ENDED, rf"(?:(?:et )?(?:puis|ensuite)|et) (?:{_STOP})"),
    rule(Kind.OPEN, _STOP, lambda _: "order_to_stop"),
    rule(
        Kind.OPEN,
        r"(?:a )?(?:diminu(?:er|tion|ez)|decroissance|degressif|regressif|augment(?:er|ation|ez)|reduire"
        r"|reduction|baisser"
        r"|adapt(?:er|ation|ez)|titr(?:er|ation)|doubler|ajuster)(?: (?:progressive?(?:ment)?|la dose"
        r"|les doses|doses?|selon))*",
        lambda _: "open_change",
    ),
    rule(
        Kind.OPEN,
        r"(?:en )?alternance|alterner|alternativement|a tour de role|1 fois sur 2",
        lambda _: "by_turns",
    ),
    rule(Kind.OPEN, r"sinon|selon|en fonction de?s?|suivant", lambda _: "by_condition"),
    rule(Kind.OPEN, r"ou", lambda _: "either_or"),
    rule(
        Kind.SUFFIX,
        r"lp|xr|xl|lm|sr|retard|lyoc|diskus|turbuhaler|turbohaler|solostar|kwikpen|flexpen|flextouch|penfill|chrono|respimat"
        r"|handihaler|easyhaler|novolizer|autohaler|evohaler|spiromax|nexthaler|ellipta|breezhaler|chronosphere|velotab",
        lambda m: m[0],
    ),
    rule(Kind.DROPPED, r"(?:nourrissons?|enfants?|adultes?|bebes?)"),
    rule(
        Kind.DROPPED,
        r"(?:a |en )?(?:prendre|prenez|prise|appliquer|injecter|instiller|mettre|administrer|poser)",
    ),
    rule(Kind.AND, r"et|plus|&|\+"),
)
