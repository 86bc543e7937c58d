"""The eight files of the public base, put together into medicines.

Law: keys that lead nowhere are counted and shown, never a failure: the publisher's files are not all of the
same day. What the publisher wrote is kept; what is deduced (brand, strength, substance, secured paper) is
deduced here and nowhere else.
Source: public base of medicines (BDPM), "Contenu et format des fichiers téléchargeables"; R.5121-77 and
following, R.5132-5 CSP.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from lanterne.reference.medicines.dci import dci
from lanterne.reference.medicines.lines import association
from lanterne.reference.medicines.model import Ingredient, List, Medicine, Note, NoteKind, Pack, Paper
from lanterne.reference.medicines.reading import Aside
from lanterne.reference.medicines.recognising import CIS
from lanterne.reference.medicines.starter import LIST_NOTES, PAPER_NOTES
from lanterne.reference.medicines.starter_tables import Tables
from lanterne.reference.medicines.writing import fold, named, strength

SECURED_SINCE_2025 = frozenset({"tramadol", "codeine", "dihydrocodeine"})
"""Secured paper since 1 March 2025 without being assimilated to stupéfiants (decision of the ANSM)."""
HOMEOPATHY = "preparations homeopathiques"
_SUPPLY: dict[str, NoteKind] = {"1": "shortage", "2": "tension", "3": "stopped", "4": "back"}
_SEVERAL_MOST = 200


@dataclass(slots=True)
class Raw:
    """Lines of the eight files, by medicine."""

    medicines: dict[str, list[str]] = field(default_factory=dict)
    packs: dict[str, list[list[str]]] = field(default_factory=lambda: defaultdict(list))
    composition: dict[str, list[list[str]]] = field(default_factory=lambda: defaultdict(list))
    conditions: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    generics: dict[str, tuple[str, bool]] = field(default_factory=dict)
    interest: dict[str, str] = field(default_factory=dict)
    supply: dict[str, list[list[str]]] = field(default_factory=lambda: defaultdict(list))
    opinions: dict[str, str] = field(default_factory=dict)

    def take(self, kind: str, cells: list[str]) -> None:
        """Keep one line of a file.

        Raises:
            Aside: it is not what a line of this file must be.
        """
        _TAKERS[kind](self, cells)

    def keys(self, kind: str) -> Iterable[str]:
        """The CIS codes a file speaks of."""
        return () if kind == "opinions" else getattr(self, kind)


def _need(cells: list[str], count: int, place: int = 0) -> str:
    if len(cells) < count:
        raise Aside("too_few_columns")
    if not CIS.match(cells[place]):
        raise Aside("not_a_code")
    return cells[place]


def _bounded(several: list[list[str]] | list[str]) -> None:
    if len(several) >= _SEVERAL_MOST:
        raise Aside("too_many_for_one")


def _medicine(raw: Raw, cells: list[str]) -> None:
    code = _need(cells, 11)
    if not cells[1]:
        raise Aside("no_name")
    if code in raw.medicines:
        raise Aside("twice")
    raw.medicines[code] = cells


def _pack(raw: Raw, cells: list[str]) -> None:
    code = _need(cells, 7)
    _bounded(raw.packs[code])
    raw.packs[code].append(cells)


def _composition(raw: Raw, cells: list[str]) -> None:
    code = _need(cells, 8)
    if not cells[3] or cells[6] not in ("SA", "FT", "ST"):
        raise Aside("not_a_substance")
    _bounded(raw.composition[code])
    raw.composition[code].append(cells)


def _condition(raw: Raw, cells: list[str]) -> None:
    code = _need(cells, 2)
    if not cells[1]:
        raise Aside("empty")
    _bounded(raw.conditions[code])
    raw.conditions[code].append(cells[1])


def _generic(raw: Raw, cells: list[str]) -> None:
    code = _need(cells, 4, 2)
    if not cells[0].isdigit():
        raise Aside("not_a_group")
    raw.generics[code] = (cells[0], cells[3] == "0")


def _interest(raw: Raw, cells: list[str]) -> None:
    code = _need(cells, 2)
    if not re.fullmatch(r"[A-Z]\d{2}[A-Z]{0,2}\d{0,2}", cells[1]):
        raise Aside("not_an_atc")
    raw.interest[code] = cells[1]


def _supplied(raw: Raw, cells: list[str]) -> None:
    code = _need(cells, 6)
    if cells[2] not in _SUPPLY:
        raise Aside("unknown_state")
    _bounded(raw.supply[code])
    raw.supply[code].append(cells)


def _opinion(raw: Raw, cells: list[str]) -> None:
    if len(cells) < 2 or not cells[0].startswith("CT-"):
        raise Aside("not_a_code")
    if not cells[1].startswith(("https://", "http://")):
        raise Aside("not_an_address")
    raw.opinions[cells[0]] = cells[1]


_TAKERS: dict[str, Callable[[Raw, list[str]], None]] = {
    "medicines": _medicine,
    "packs": _pack,
    "composition": _composition,
    "conditions": _condition,
    "generics": _generic,
    "interest": _interest,
    "supply": _supplied,
    "opinions": _opinion,
}


def day(text: str) -> date | None:
    """The day of "18/05/2026", or None."""
    match = re.fullmatch(r"(\d{2})/(\d{2})/(\d{4})", text.strip())
    if match is None:
        return None
    try:
        return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None


def published_on(raw: Raw, today: date) -> date | None:
    """The latest day at which the publisher updated a line of its shortages, not after today: that of the
    files.
    """
    days = (day(line[5]) for several in raw.supply.values() for line in several if len(line) > 5)
    return max((one for one in days if one is not None and one <= today), default=None)


# ---------------------------------------------------------------- from lines to medicines


def medicines(raw: Raw, known: Tables) -> list[Medicine]:
    """Every medicine of the main file, with what the others say of it."""
    names: dict[str, str] = {}

    def known_name(key: str) -> str | None:
        one = known.substances.get(known.aliases.get(key, key))
        return one.name if one is not None else names.get(key)

    fixed = {
        frozenset(map(fold, one.components)): one.name for one in known.substances.values() if one.components
    }
    return [
        _put_together(code, cells, raw, known, known_name, fixed) for code, cells in raw.medicines.items()
    ]


def _put_together(
    code: str,
    cells: list[str],
    raw: Raw,
    known: Tables,
    known_name: Callable[[str], str | None],
    fixed: dict[frozenset[str], str],
) -> Medicine:
    name = cells[1]
    brand, written = named(name)
    ingredients = _ingredients(raw.composition.get(code, []), known_name)
    parts = list(dict.fromkeys(one.substance for one in ingredients))
    substance = association(parts, fixed.get) if parts else ""
    if len(parts) > 1:
        fixed.setdefault(
            frozenset(map(fold, parts)), substance
        )  # one name, in whatever order they are published
    conditions = tuple(dict.fromkeys(raw.conditions.get(code, [])))
    poison, paper = _list(conditions), _paper(conditions, parts, known)
    group, original = raw.generics.get(code, ("", False))
    authorised, marketed = "active" in fold(cells[4]), fold(cells[6]) == "commercialisee"
    return Medicine(
        code=code,
        name=name,
        brand=brand,
        substance=substance,
        strength=written or _strength(ingredients),
        ingredients=ingredients,
        form=cells[2],
        routes=tuple(route for route in (part.strip() for part in cells[3].split(";")) if route),
        atc=raw.interest.get(code, ""),
        conditions=conditions,
        list=poison,
        paper=paper,
        authorised=authorised,
        marketed=marketed,
        holder=cells[10],
        generic_group=group,
        original=original,
        packs=tuple(map(_packed, raw.packs.get(code, []))),
        notes=_notes(cells, conditions, poison, paper, raw.supply.get(code, [])),
    )


def _ingredients(lines: list[list[str]], known_name: Callable[[str], str | None]) -> tuple[Ingredient, ...]:
    linked: dict[tuple[int, str], list[list[str]]] = defaultdict(list)
    for cells in lines:
        linked[int(cells[7]) if cells[7].isdigit() and len(cells[7]) < 6 else 0, cells[0]].append(cells)
    found: dict[tuple[str, str], Ingredient] = {}
    for _, several in sorted(linked.items(), key=lambda one: one[0][0]):
        moieties = [cells for cells in several if cells[6] == "FT"] or several
        for cells in moieties:
            amount, per = cells[4], cells[5]
            if not amount:
                amount, per = next(((other[4], other[5]) for other in several if other[4]), ("", ""))
            one = Ingredient(dci(cells[3], known_name), strength(amount), per)
            found.setdefault((fold(one.substance), cells[0]), one)
    return tuple(dict.fromkeys(found.values()))


def _strength(ingredients: tuple[Ingredient, ...]) -> str:
    if not ingredients or len(ingredients) > 3 or not all(one.strength for one in ingredients):
        return ""
    pers = {one.per for one in ingredients}
    joined = "/".join(one.strength for one in ingredients)
    per = pers.pop() if len(pers) == 1 else ""
    if not per or per.startswith(("un ", "une ")):
        return joined
    unit = re.match(r"(\d+(?:,\d+)? ?(?:ml|mL|g|mg)|1? ?dose)", per)
    return f"{joined}/{unit[1].replace('ml', 'mL').removeprefix('1 ')}" if unit else joined


def _packed(cells: list[str]) -> Pack:
    price = cells[9] if len(cells) > 9 else ""
    whole, _, cents = price.rpartition(",")
    try:
        euros = Decimal(f"{whole.replace(',', '')}.{cents}") if whole else (Decimal(price) if price else None)
    except InvalidOperation:
        euros = None
    return Pack(
        cells[6],
        cells[2],
        fold(cells[4]) == "declaration de commercialisation",
        cells[8] if len(cells) > 8 else "",
        euros,
    )


# ---------------------------------------------------------------- conditions of prescription


def _list(conditions: Iterable[str]) -> List:
    folded = {fold(one) for one in conditions}
    return "I" if "liste i" in folded else "II" if "liste ii" in folded else ""


def _paper(conditions: Iterable[str], parts: list[str], known: Tables) -> Paper:
    folded = [fold(one) for one in conditions]
    if any(one.startswith("stupefiant") for one in folded):
        return "stupefiant"
    if any("ordonnance securisee" in one for one in folded):
        listed = {
            one.paper
            for one in map(known.named, parts)
            if one is not None and one.paper not in ("", "stupefiant")
        }
        if listed == {"securise"} or (not listed and SECURED_SINCE_2025 & set(map(fold, parts))):
            return "securise"
        return "assimile"
    return ""


_LIMITED = re.compile(r"prescription limitee a (\d{1,3}) (jours?|semaines?|mois)")
_DAYS = {"jour": 1, "jours": 1, "semaine": 7, "semaines": 7, "mois": 30}


def limited_to_days(conditions: Iterable[str]) -> int | None:
    """The legal length of one prescription that the conditions state, in days (a month as 30), or None."""
    found = (_LIMITED.fullmatch(fold(one)) for one in conditions)
    return min((int(match[1]) * _DAYS[match[2]] for match in found if match is not None), default=None)


_KINDS: tuple[tuple[re.Pattern[str], NoteKind], ...] = (
    (re.compile(r"reserve a l usage hospitalier|^prescription hospitaliere|pharmacies a usage interieur"), "hospital"),
    (re.compile(r"prescription initiale"), "initial"),
    (re.compile(r"^prescription (?:par|reservee)|^reserve a l usage professionnel"), "restricted"),
    (re.compile(r"^reserve a une structure|^administration par"), "restricted"),
    (re.compile(r"^prescription limitee a"), "duration"),
    (re.compile(r"surveillance particuliere|attestation|carnet patient|accord de soins"), "watched"),
)  # fmt: skip


def _notes(
    cells: list[str], conditions: Iterable[str], poison: List, paper: Paper, supply: list[list[str]]
) -> tuple[Note, ...]:
    found: dict[NoteKind, Note] = {}
    state = fold(cells[4])
    if "suspendue" in state:
        found["suspended"] = Note("suspended", cells[4])
    elif "active" not in state:
        found["withdrawn"] = Note("withdrawn", cells[4])
    if fold(cells[6]) != "commercialisee":
        found["not-marketed"] = Note("not-marketed", cells[6])
    if paper:
        found[PAPER_NOTES[paper]] = Note(PAPER_NOTES[paper])
    for condition in conditions:
        folded = fold(condition)
        kind = next((kind for pattern, kind in _KINDS if pattern.search(folded)), None)
        if kind is not None:
            found.setdefault(kind, Note(kind, condition))
    if poison:
        found[LIST_NOTES[poison]] = Note(LIST_NOTES[poison])
    for line in supply:
        kind = _SUPPLY[line[2]]
        since = day(line[4])
        before = found.get(kind)
        if before is None or (before.dated or date.min) < (since or date.min):
            found[kind] = Note(kind, line[3], since)
    return tuple(found.values())
