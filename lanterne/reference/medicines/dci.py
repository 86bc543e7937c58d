"""From the name of a substance as published to the DCI one prescribes: « CHLORHYDRATE DE TRAMADOL » is
tramadol.

Law: a pure function of the published name and of the names already known. A salt, a hydrate or « base » is
dropped; an element never is (« chlorure de sodium » stays whole), and what cannot be recognised stays as
published, in lower case.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from lanterne.reference.medicines.writing import fold


def bare(text: str) -> str:
    """The text without accents, character for character, so that places in it are places in `text`."""
    return "".join(unicodedata.normalize("NFD", c)[0] for c in text)


_SALTS = (
    "acefyllinate|acetate|acétonide|hexacétonide|adipate|arginine|ascorbate|aspartate|benzoate|bésilate|bitartrate|"
    "bromhydrate|bromure|butyrate|camphosulfonate|chlorhydrate|chlorure|citrate|clatrate|dibunate|"
    "dichlorhydrate|difumarate|diphosphate|digluconate|dimaléate|dipropionate|disuccinate|"
    "édisilate|estolate|éthanolate|éthylsuccinate|fendizoate|fumarate acide|fumarate|furoate|"
    "gluconate|glucuronate|hémifumarate|hémisuccinate|hémitartrate|hyclate|iodhydrate|iodure|"
    "isétionate|lactate|lactobionate|laurilsulfate|malate|maléate|mandélate|mésilate|mésylate|"
    "méthylsulfate|métasulfobenzoate sodique|nitrate|oléate|orotate|oxalate|palmitate|pamoate|"
    "embonate|phosphate disodique|phosphate sodique|phosphate|pidolate|pivalate|propionate|"
    "resinate|saccharinate|sel de|stéarate|succinate|sulfate|tartrate|tosilate|trihydrate|"
    "trinitrate|undécylénate|valérate|xinafoate"
)
_ADDED = (
    "anhydre|base|monohydratée?|dihydratée?|trihydratée?|tétrahydratée?|pentahydratée?|"
    "hexahydratée?|heptahydratée?|hémihydratée?|sesquihydratée?|hydratée?|cristallisée?|"
    "micronisée?|pulvérulente?|racémique|sodique|disodique|trisodique|potassique|dipotassique|"
    "calcique|hémicalcique|magnésique|magnésien(?:ne)?|arginine|tert-butylamine|erbumine|"
    "trométamol|cilexétil|médoxomil|axétil|proxétil|pivoxil|mofétil|marboxil|étexilate|disoproxil|"
    "monosodique|zincique|diéthylamine|hydroxyéthylpyrrolidine|épolamine"
)
_ELEMENTS = frozenset((
    "aluminium", "ammonium", "argent", "baryum", "bismuth", "bore", "calcium", "chrome", "cobalt",
    "cuivre", "fer", "ferreux", "ferrique", "fluor", "iode", "lithium", "magnesium", "manganese",
    "molybdene", "or", "phosphore", "potassium", "selenium", "sodium", "soufre", "zinc",
    "strontium", "gallium", "lutecium", "radium", "thallium", "indium", "technetium", "choline",
    "benzalkonium", "benzethonium", "cetylpyridinium", "methylthioninium", "suxamethonium",
    "ammoniaque", "amyle", "glyceryle", "benzoyle", "benzyle", "methyle", "dimethyle", "ethyle",
))  # fmt: skip
_TURNED = re.compile(
    r"^(?P<head>[^()]+?)\s*\((?P<word>[^()]+?)\s*(?P<link>\bde|\bd['’]|)\s*\)(?P<tail>[^()]*)$"
)
_OF = re.compile(
    rf"^(?P<salt>{bare(_SALTS)})(?: (?:acide|neutre|disodique|sodique|potassique))? (?:de |d['’])(?P<rest>.+)$"
)
_TAIL = re.compile(rf"^(?P<rest>.+?)[ -](?:{bare(_ADDED)})$")
_LONGEST = 200


@lru_cache(maxsize=16384)
def turned(published: str) -> str:
    """The name in its order and in lower case: "FUSIDIQUE (ACIDE)" is "acide fusidique", "TRAMADOL
    (CHLORHYDRATE DE)" "chlorhydrate de tramadol".
    """
    name = re.sub(r"\s+", " ", published[:_LONGEST]).strip().lower()
    match = _TURNED.match(name)
    if match is None:
        return name
    word, link = match["word"], match["link"]
    between = "" if link.startswith(("d'", "d’")) else " "
    joined = " ".join(part for part in (word, link) if part) + between + match["head"]
    return f"{joined}{match['tail']}".strip() if link or fold(word) == "acide" else name


@lru_cache(maxsize=16384)
def stripped(name: str) -> tuple[str, ...]:
    """What remains as salts and hydrates are taken off `name`, one by one; `name` itself first."""
    left = [name]
    while True:
        last = left[-1]
        tail = _TAIL.match(bare(last))
        salt = _OF.match(bare(last))
        if tail is not None and fold(tail["rest"]) not in _ELEMENTS and fold(tail["rest"]) != "acide":
            left.append(last[: tail.end("rest")].strip())
        elif salt is not None and not _ELEMENTS & set(fold(salt["rest"]).split()):
            left.append(last[salt.start("rest") :].strip())
        else:
            return tuple(left)


def dci(published: str, known: Callable[[str], str | None]) -> str:
    """The DCI of a substance as published.

    `known` gives the project's name of a folded name, or None. The first form it knows wins, the fullest
    first; failing that, the barest form, in lower case.
    """
    forms = stripped(turned(published))
    for form in forms:
        name = known(fold(form))
        if name is not None:
            return name
    return forms[-1]
