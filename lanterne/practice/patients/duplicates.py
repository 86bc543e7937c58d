"""Two records that may be one person: how strongly, and why. Pure; a person decides.

A suspicion never merges anything. Scores only order the list: what is above SUSPECTED is shown with its
reasons, and registering such a patient asks whether it is a new one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, combinations, product
from typing import Literal

from rapidfuzz.distance import OSA

from lanterne.practice.patients.facts import PatientIdentified
from lanterne.practice.patients.names import alike, heard, strict

Reason = Literal[
    "same_ins", "same_traits", "same_birth_same_names", "same_birth_close_names", "used_and_birth_name",
    "inverted_names",
    "inverted_day_month", "near_birth_date", "birth_date_unknown",
]  # fmt: skip


def _(text: str) -> str:
    """Mark a French msgid for gettext."""
    return text


REASONS: dict[Reason, str] = {
    "same_ins": _("même matricule INS"),
    "same_traits": _("mêmes traits d’identité"),
    "same_birth_same_names": _("mêmes nom, prénom et date de naissance"),
    "same_birth_close_names": _("même date de naissance, noms proches"),
    "used_and_birth_name": _("nom utilisé de l’un, nom de naissance de l’autre"),
    "inverted_names": _("nom et prénom inversés"),
    "inverted_day_month": _("jour et mois de naissance inversés"),
    "near_birth_date": _("mêmes nom et prénom, dates de naissance proches"),
    "birth_date_unknown": _("mêmes nom et prénom, date de naissance incomplète"),
}

SUSPECTED = 60
# Sexes that differ: twins and spouses with one first name (Camille, Dominique) rather than one person.
_OTHER_SEX = 15
# Namesakes without a birth date: beyond so many pairs a suspicion says nothing any more (an import without
# dates).
_MOST_COMPARED = 20_000


@dataclass(frozen=True, slots=True)
class Traits:
    """What is compared; texts as recorded, empty when unknown."""

    birth_name: str
    first_given: str
    used_name: str = ""
    used_given: str = ""
    given_names: str = ""
    sex: str = "unknown"
    birth_date: str = ""
    birth_place_code: str = ""
    ins: str = ""
    ins_oid: str = ""

    @classmethod
    def of(cls, identity: PatientIdentified) -> Traits:
        """The traits of an identity."""
        held = identity.ins
        return cls(
            birth_name=identity.birth_name, first_given=identity.first_given, used_name=identity.used_name,
            used_given=identity.used_given, given_names=" ".join(identity.given_names), sex=identity.sex,
            birth_date=identity.birth_date, birth_place_code=identity.birth_place_code,
            ins=held.matricule if held else "", ins_oid=held.oid if held else "",
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Suspicion:
    """How alike two records are: 60 (look) to 100 (the same INS), and why, strongest first."""

    score: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class _Heard:
    """Traits ready to be compared with many others."""

    traits: Traits
    strict: tuple[str, ...]
    birth_name: tuple[str, str]
    family: dict[str, tuple[str, str]]
    given: dict[str, tuple[str, str]]


@lru_cache(maxsize=1_024)
def _heard(traits: Traits) -> _Heard:
    family = {strict(name): heard(name) for name in (traits.birth_name, traits.used_name)}
    given = {strict(name): heard(name) for name in (traits.first_given, traits.used_given)}
    family.pop("", None)
    given.pop("", None)
    exact = (
        strict(traits.birth_name),
        strict(traits.first_given),
        strict(traits.given_names),
        traits.sex,
        traits.birth_place_code,
    )
    return _Heard(traits, exact, heard(traits.birth_name), family, given)


def suspect(one: Traits, other: Traits) -> Suspicion | None:
    """The suspicion that two records are one person; None below SUSPECTED. Symmetric."""
    return _suspect(_heard(one), _heard(other))


def _suspect(first: _Heard, second: _Heard) -> Suspicion | None:
    one, other = first.traits, second.traits
    if one.ins and other.ins:
        if one.ins == other.ins:
            return Suspicion(100, ("same_ins", *(reason for _score, reason in _by_traits(first, second))))
        if one.ins_oid == other.ins_oid:
            return None  # one authority gave two numbers: two persons
    found = sorted(_by_traits(first, second), reverse=True)
    if not found:
        return None
    score = found[0][0]
    if "unknown" not in (one.sex, other.sex) and one.sex != other.sex:
        score -= _OTHER_SEX
    return Suspicion(score, tuple(reason for _score, reason in found)) if score >= SUSPECTED else None


def _by_traits(one: _Heard, other: _Heard) -> Iterator[tuple[int, Reason]]:
    """Reasons with their scores. Dates first: they tell most pairs apart at the least cost."""
    born, also = one.traits.birth_date, other.traits.birth_date
    if len(born) == 10 and born == also:
        if one.strict == other.strict:
            yield 95, "same_traits"
        elif _close(one.family, other.family) and _close(one.given, other.given):
            same = _same_names(one, other)
            yield (90, "same_birth_same_names") if same else (80, "same_birth_close_names")
            if same and not alike(one.birth_name, other.birth_name):
                yield 80, "used_and_birth_name"
        elif _close(one.family, other.given) and _close(one.given, other.family):
            yield 80, "inverted_names"
    elif born and born != also and _swapped(born) == also:
        if _close(one.family, other.family) and _close(one.given, other.given):
            yield 75, "inverted_day_month"
    elif _partial(born, also):
        if _same_names(one, other):
            yield 60, "birth_date_unknown"
    elif OSA.distance(born.replace("-", ""), also.replace("-", ""), score_cutoff=1) == 1 and _same_names(
        one, other
    ):
        yield 65, "near_birth_date"


def _same_names(one: _Heard, other: _Heard) -> bool:
    return not one.family.keys().isdisjoint(other.family) and not one.given.keys().isdisjoint(other.given)


def _close(some: dict[str, tuple[str, str]], others: dict[str, tuple[str, str]]) -> bool:
    return any(alike(one, other) for one in some.values() for other in others.values())


def _swapped(birth_date: str) -> str:
    """The date with day and month exchanged; itself when it has not both."""
    return f"{birth_date[:4]}-{birth_date[8:]}-{birth_date[5:7]}" if len(birth_date) == 10 else birth_date


def birth_dates_to_compare(birth_date: str) -> tuple[str, ...]:
    """Under which birth dates a likely double is filed: the same, and day and month inverted."""
    return tuple(dict.fromkeys(filter(None, (birth_date, _swapped(birth_date)))))


def _partial(one: str, other: str) -> bool:
    """Whether the dates agree as far as both go, and one goes less far."""
    shared = min(len(one), len(other))
    return shared < 10 and one[:shared] == other[:shared]


def pairs(records: Iterable[tuple[int, Traits]]) -> list[tuple[int, int, Suspicion]]:
    """Every suspected pair of a practice (smaller row number first), strongest first.

    Only records that share a birth date (or its inversion), a matricule, or both names are compared with each
    other.
    """
    known = {number: _heard(traits) for number, traits in records}
    buckets: dict[object, list[int]] = defaultdict(list)
    # By family name and first given name: those with a whole birth date, and those without.
    namesakes: dict[tuple[str, str], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for number, person in known.items():
        born = person.traits.birth_date
        whole = len(born) == 10
        if whole:
            buckets[born[:4], *sorted((born[5:7], born[8:]))].append(number)
        if person.traits.ins:
            buckets[person.traits.ins].append(number)
        for names in product(person.family, person.given):
            namesakes[names][0 if whole else 1].append(number)
            if whole:
                # Dates one slip apart share the year, or the day and month, or all but the two digits between
                # them.
                year, rest = born[:4], born[5:7] + born[8:]
                for key in (year, rest, (year[:3], *sorted((year[3], rest[0])), rest[1:])):
                    buckets[names, key].append(number)
    candidates: list[Iterable[tuple[int, int]]] = [
        combinations(sorted(set(bucket)), 2) for bucket in buckets.values() if len(bucket) > 1
    ]
    for dated, undated in namesakes.values():
        if 0 < len(undated) * (len(dated) + len(undated)) <= _MOST_COMPARED:
            candidates += [combinations(sorted(undated), 2), product(undated, dated)]
    found: dict[tuple[int, int], Suspicion] = {}
    for one, other in chain.from_iterable(candidates):
        pair = (one, other) if one < other else (other, one)
        suspicion = _suspect(known[one], known[other]) if pair not in found else None
        if suspicion is not None:
            found[pair] = suspicion
    return sorted(
        ((*pair, held) for pair, held in found.items()), key=lambda item: (-item[2].score, item[:2])
    )
