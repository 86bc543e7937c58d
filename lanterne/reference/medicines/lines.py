"""The lines a search answers with: medicines that are prescribed the same way are one line.

Law: one line per DCI, strength and form (« comprimé pelliculé » and « comprimé sécable » are one), and one
per brand. A
line says what is true of all that it stands for: secured paper as soon as one of them asks for it, hospital
only when all do, shortage with how many are concerned.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from lanterne.reference.medicines.model import MAX_CODES, Hit, Medicine, Name, Note, NoteKind, Substance
from lanterne.reference.medicines.writing import fold, plain_form

OF_ONE: frozenset[NoteKind] = frozenset({"narcotic", "assimilated", "secured", "starter"})
"""Shown as soon as one medicine of the line has it."""
OF_SOME: frozenset[NoteKind] = frozenset({"shortage", "tension", "stopped"})
"""Shown with how many."""
ORDER: tuple[NoteKind, ...] = (
    "withdrawn", "suspended", "not-marketed", "narcotic", "assimilated", "secured", "hospital", "restricted", "initial",
    "shortage", "stopped", "tension", "duration", "watched", "list-1", "list-2", "back", "starter",
)  # fmt: skip
INJECTED = ("intra", "péri", "épi", "voie extracorporelle", "hémo")
"""Routes whose lines come after the others: general practice rarely starts them."""
_MOST_WORDS = 60
_MOST_NAMED = 4
_LONGEST_DCI = 120
"""A vaccine is not prescribed by the names of its strains: beyond this, by its brand alone."""
_NEVER = date.min


@dataclass(frozen=True, slots=True)
class Line:
    """One line and what it is found by. `weight`: how commonly it is sold, larger first."""

    hit: Hit
    marketed: bool
    weight: int
    name_words: str
    form_words: str
    other_words: str


def association(parts: Sequence[str], known: Callable[[frozenset[str]], str | None]) -> str:
    """The name of what contains `parts`: that of the starter list when it has one, else joined by " + "."""
    if len(parts) == 1:
        return parts[0]
    name = known(frozenset(map(fold, parts)))
    if name is not None:
        return name
    if len(parts) > _MOST_NAMED:
        return f"{' + '.join(parts[: _MOST_NAMED - 1])} + {len(parts) - _MOST_NAMED + 1} autres"
    return " + ".join(parts)


def is_brand(medicine: Medicine) -> bool:
    """Whether its name is a brand: a generic is called by its substance and its maker ("AMOXICILLINE
    ARROW").
    """
    if not medicine.brand:
        return False
    words = set(fold(medicine.brand).split())
    heads = {
        word
        for part in medicine.substances
        for word in fold(part).split()
        if len(word) > 3 and word != "acide"
    }
    return not words & heads


def lines(
    medicines: Iterable[Medicine],
    synonyms: Callable[[str], Iterable[str]],
    liked: Callable[[str], int],
) -> list[Line]:
    """The lines of these medicines. `liked`: a weight added for what general practice prescribes."""
    grouped: dict[tuple[str, str, str, str], list[Medicine]] = defaultdict(list)
    for medicine in medicines:
        if not medicine.substance:
            continue
        key = (medicine.substance, medicine.strength, plain_form(medicine.form))
        branded = is_brand(medicine)
        if not branded or len(medicine.substance) <= _LONGEST_DCI:
            grouped[*key, ""].append(medicine)
        if branded:
            grouped[*key, medicine.brand].append(medicine)
    return [
        _line(key, several, " ".join(synonyms(key[0])), liked(key[0])) for key, several in grouped.items()
    ]


def _line(key: tuple[str, str, str, str], several: list[Medicine], synonyms: str, liked: int) -> Line:
    substance, strength, form, brand = key
    several = sorted(
        several, key=lambda one: (not one.marketed, not one.authorised, not one.original, one.name)
    )
    sold = [one for one in several if one.marketed and one.authorised]
    routes = Counter(route for one in (sold or several) for route in one.routes)
    named = f"{brand} {fold(brand).replace(' ', '')}" if brand else f"{substance} {synonyms}"
    others = " ".join(sorted({fold(one.name) for one in several}))
    hit = Hit(
        substance=substance,
        strength=strength,
        form=form,
        routes=tuple(route for route, _ in routes.most_common()),
        brand=brand,
        codes=tuple(one.code for one in several[:MAX_CODES]),
        codes_in_all=len(several),
        notes=_notes(sold or several),
    )
    weight = liked * bool(sold) + sum(1 + bool(one.packs) for one in sold)
    if routes and all(route.startswith(INJECTED) for route in routes):
        weight //= 4
    return Line(
        hit,
        bool(sold),
        weight if sold else -len(substance),
        _words(named),
        _words(f"{form} {' '.join({fold(one.form) for one in several})}"),
        _words(others),
    )


def _words(text: str) -> str:
    return " ".join(dict.fromkeys(fold(text).split()[:_MOST_WORDS]))


def _notes(several: list[Medicine]) -> tuple[Note, ...]:
    found: dict[NoteKind, list[Note]] = defaultdict(list)
    for one in several:
        for kind, note in {note.kind: note for note in one.notes}.items():
            found[kind].append(note)
    kept = []
    for kind in ORDER:
        notes = found.get(kind, [])
        if not notes or kind == "back":
            continue
        everywhere = len(notes) == len(several)
        if kind in OF_SOME and not everywhere:
            latest = max(notes, key=lambda note: (note.dated is not None, note.dated or _NEVER))
            kept.append(replace(latest, text=f"{len(notes)} sur {len(several)}"))
        elif everywhere or kind in OF_ONE:
            kept.append(notes[0])
    return tuple(kept)


def names(medicines: Iterable[Medicine], substances: Iterable[Substance]) -> list[Name]:
    """What medicines are called by: substances, associations, synonyms, and brands with what they stand
    for.
    """
    found: list[Name] = []
    for substance in substances:
        found.extend(
            Name(text, "substance", (substance.name,)) for text in (substance.name, *substance.synonyms)
        )
    by_brand: dict[str, dict[str, str]] = defaultdict(dict)
    texts: dict[str, str] = {}
    for one in medicines:
        if is_brand(one):
            key = fold(one.brand)
            texts.setdefault(key, one.brand)
            by_brand[key].setdefault(one.substance, one.substance)
    found.extend(Name(texts[key], "brand", tuple(held)) for key, held in by_brand.items())
    return found
