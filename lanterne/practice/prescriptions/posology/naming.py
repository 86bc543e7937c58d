"""Which product a line is about: what stands before the first amount, number or rhythm.

Law: an exact name first, then the only near one; two that fit are asked about, and so is a name that is only begun. A
name nobody knows is read as typed, if nothing else stands beside it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lanterne.practice.prescriptions.posology.items import Item, Kind
from lanterne.practice.prescriptions.posology.names import Known, Names, texts
from lanterne.practice.prescriptions.posology.scanner import match_at
from lanterne.practice.prescriptions.posology.structure import Point
from lanterne.practice.prescriptions.posology.typed import Typed, fold

_ALIASES = {
    "hctz": "hydrochlorothiazide", "hct": "hydrochlorothiazide", "ac": "acide",
}  # fmt: skip
_VARIANTS = frozenset(
    "lyoc diskus turbuhaler solostar doublestar kwikpen flexpen flextouch penfill innolet pen junior novolizer easyhaler "
    "handihaler respimat evohaler autohaler spiromax nexthaler ellipta breezhaler genuair aerolizer clickhaler forspiro chrono "
    "chronosphere velotab zydis fort forte flas flash flashtabs rapid codeine ep tissugel duo plus unidiary mups instant duodose "
    "adulteenfant odis orodis expidet effervescent faible toux max uno continus repetabs neo new conditionnement depot retard "
    "menthe orange citron fraise caramel sans sucre".split()
)
_DEVICE = re.compile(
    r"(?:bandelettes?|lancettes?|aiguilles?|seringues?|compresses?|bandes?|bas|chaussettes?|collants?|pansements?|sparadraps?"
    r"|attelles?|bequilles?|cannes?|ortheses?|ceintures?|colliers?|genouilleres?|chevilleres?|semelles?|sets?|gants?|sondes?"
    r"|poches?|capteurs?|lecteurs?|tensiometres?|nebuliseurs?|chambres?|coussins?|matelas|lits?|fauteuils?|deambulateurs?"
    r"|changes?|protections?|aleses?|stylos?|autopiqueurs?|electrodes?|masques?|thermometres?|glucometres?|cathe?ters?"
    r"|etuis|couches|tubulures?|perfuseurs?|steri ?strips?|freestyle|dexcom|urgo\w*|mepilex|aquacel|duoderm|jelonet|tulle"
    r"|tegaderm|algosteril|biatain|allevyn|comfeel|verbandes?)(?![a-z])"
)
_POINTER = re.compile(
    r"(?:comme|idem|id|meme|memes|pareil|habituel(?:s|le|les)?|precedente?s?|traitement|ttt|tt|ordonnance|renouvellement|suite"
    r"|son|sa|ses|mon|ma|mes|ce|cet|cette|le|la|les|celui|celle|medicament|medoc|reprendre|continuer|poursuivre)(?![a-z])"
)
_CLASS = frozenset(
    "antibiotique antibiotiques antalgique antalgiques corticoide corticoides insuline pilule statine statines ains anti "
    "antiinflammatoire antihistaminique collyre pommade creme sirop vitamine vitamines acide inhibiteur ipp iec ara2 sartan "
    "diuretique betabloquant anticoagulant avk aod laxatif somnifere antidepresseur anxiolytique gouttes comprime pansement "
    "gastrique corticotherapie vaccin".split()
)
_ACCENTS = {
    "glycemie": "glycémie", "steriles": "stériles", "sterile": "stérile", "crepe": "crêpe", "hydrocellulaire": "hydrocellulaire",
    "elastique": "élastique", "adhesive": "adhésive", "adhesif": "adhésif", "absorbant": "absorbant", "hydrocolloide": "hydrocolloïde",
    "hydrocolloides": "hydrocolloïdes", "cohesive": "cohésive", "cohesives": "cohésives", "decharge": "décharge", "releve": "relève",
}  # fmt: skip
_WORD = re.compile(r"[a-z0-9µ][a-z0-9µ'.]*(?<![.'])")
_JOIN = re.compile(r" ?[/+-] ?| et | ")
_BREAKS = frozenset(Kind) - {Kind.SUFFIX, Kind.DROPPED, Kind.FORM, Kind.AND, Kind.ROUTE, Kind.SITE, Kind.WEEKDAYS}
_MOST_WORDS = 9


@dataclass
class Named:
    """What was read of the name, and where it ends."""

    words: list[str] = field(default_factory=list)
    known: list[Known] = field(default_factory=list)
    suffixes: list[str] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    questions: list[Point] = field(default_factory=list)
    device: bool = False
    explicit: bool = False
    sold_together: bool = False
    end: int = 0

    @property
    def text(self) -> str:
        """As the structure writes it."""
        parts = [one.text.replace(" et ", "/").replace(" + ", "/") for one in self.known]
        name = "/".join(parts) if parts else " ".join(self.words)
        return " ".join([name, *self.suffixes]).strip()

    @property
    def looked_up(self) -> tuple[str, ...]:
        """The names to ask the base about: the whole, then each part."""
        if len(self.known) == 1:
            return (self.known[0].text,)
        return (" et ".join(one.text for one in self.known), *(one.text for one in self.known))


def name_of(typed: Typed, names: Names) -> Named:
    """Read the name at the beginning of a line."""
    named, plain, place = Named(), typed.plain, 0
    while place < len(plain) and plain[place] in " -*.:;\"'()":
        place += 1
    if device := _DEVICE.match(plain, place):
        return _device(typed, place, device.end())
    while place < len(plain) and len(named.words) + len(named.known) < _MOST_WORDS:
        if named.known or named.words:
            join = _JOIN.match(plain, place)
            here = join.end() if join else place
        else:
            join, here = None, place
        if here >= len(plain):
            place = here
            break
        found = _longest(plain, here, names)
        if found and not (named.words or (join and join[0] == " et ")):
            known, end = found
            if named.known and not _joins(named, known, join[0] if join else ""):
                named.questions.append(Point("two_products", {"a": named.known[-1].text, "b": known.text}))
            named.explicit |= bool(join and join[0].strip() in ("/", "+"))
            named.known.append(known)
            place = end
            continue
        item = match_at(plain, here)
        if item is not None and item.kind is Kind.SUFFIX:
            named.suffixes.append(item.value)
            place = item.end
            continue
        if item is not None and item.kind is Kind.DROPPED and item.end > here:
            place = item.end
            continue
        if item is not None and (item.kind is not Kind.FORM or named.words or named.known):
            break
        if item is not None:  # "sirop helicidine": the form before the name
            named.items.append(item)
            place = item.end + (item.end < len(plain) and plain[item.end] == " ")
            continue
        word = _WORD.match(plain, here)
        if word is None:
            break
        end = word.end()
        if word[0] in _VARIANTS and (named.known or named.words):
            named.suffixes.append(typed.between(here, end).lower())
        elif word[0].isdigit():
            break
        elif not named.known and (near := _near(plain, here, names)):
            place = _take_near(named, typed, near[0], here, near[1])
            continue
        elif named.known and plain[place:here].strip() in ("/", "+") and (near := _near(plain, here, names)):
            place = _take_near(named, typed, near[0], here, near[1])
            continue
        elif named.known:
            if not re.fullmatch(r"[a-z]{1,4}\d{1,3}", word[0]):
                break  # a word beside a known name: the scanner will not know it either
            named.suffixes.append(typed.between(here, end).lower())
        else:
            named.words.append(typed.between(here, end).lower())
        place = end
    named.end = place
    named.sold_together = len(named.known) > 1 and names.exact(" et ".join(fold(one.text) for one in named.known)) is not None
    _question(named, names)
    return named


def _device(typed: Typed, start: int, end: int) -> Named:
    named = Named(device=True)
    plain, place = typed.plain, start
    while place < len(plain) and len(named.words) < _MOST_WORDS:
        if plain[place] == " ":
            place += 1
            continue
        classed = re.compile(r"(?:classe|n[o°]|type|taille|libre|force) ?[a-z0-9]{1,3}(?: plus)?(?![a-z0-9])").match(plain, place)
        word = classed or re.compile(r"[a-z][a-z0-9'-]*").match(plain, place)
        if word is None:
            break
        item = match_at(plain, place)
        if place >= end and not classed and item is not None and item.kind not in (Kind.FORM, Kind.SITE, Kind.DROPPED, Kind.WEEKDAYS):
            break
        shown = typed.between(place, word.end()).lower()
        named.words.append(_ACCENTS.get(shown, shown))
        place = word.end()
    named.end = place
    return named


def _longest(plain: str, place: int, names: Names) -> tuple[Known, int] | None:
    """The longest known name that stands here, and its end."""
    ends: list[int] = []
    here = place
    while len(ends) < 5 and (word := _WORD.match(plain, here)):
        ends.append(word.end())
        gap = re.compile(r" ?[-/+'] ?| ").match(plain, word.end())
        if gap is None:
            break
        here = gap.end()
    for end in reversed(ends):
        folded = " ".join(_ALIASES.get(word, word) for word in fold(plain[place:end]).split())
        known = names.exact(folded)
        if known is not None and not (folded in _CLASS and len(ends) > 1):
            return known, end
    return None


def _near(plain: str, place: int, names: Names) -> tuple[tuple[Known, ...], int] | None:
    ends = []
    here = place
    while len(ends) < 2 and (word := _WORD.match(plain, here)):
        ends.append(word.end())
        here = word.end() + 1
    for end in reversed(ends):
        if near := names.near(fold(plain[place:end])):
            return near, end
    return None


def _take_near(named: Named, typed: Typed, near: tuple[Known, ...], start: int, end: int) -> int:
    if len(near) > 1:
        named.questions.append(Point("name_fits_several", {"name": typed.between(start, end), "names": texts(near)}))
    named.known.append(near[0])
    return end


def _joins(named: Named, known: Known, join: str) -> bool:
    return named.known[-1].dci and known.dci


def _question(named: Named, names: Names) -> None:
    text = " ".join(named.words)
    folded = fold(text)
    if not named.words and not named.known:
        named.questions.append(Point("no_product"))
    elif not named.known:
        if _POINTER.match(folded) or any(_POINTER.fullmatch(word) for word in folded.split()):
            named.questions.append(Point("pointer", {"name": text}))
        elif folded.split()[0] in _CLASS or len(folded) < 3:
            named.questions.append(Point("no_product"))
        elif begun := names.abbreviated(folded):
            named.questions.append(Point("name_fits_several", {"name": text, "names": texts(begun)}))
        elif len(named.words) > 3 or len(folded) < 4:
            named.questions.append(Point("name_unknown", {"name": text}))
    elif fold(named.known[0].text) in _CLASS and len(named.known) == 1:
        named.questions.append(Point("no_product"))
