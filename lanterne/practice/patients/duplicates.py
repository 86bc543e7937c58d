"""Two records that may be one person: how strongly, and why. Pure; a person decides.

A suspicion never merges anything. Scores only order the list: what is above SUSPECTED is shown with its reasons, and
registering such a patient asks whether it is a new one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from rapidfuzz.distance import OSA

from lanterne.practice.patients.facts import PatientIdentified
from lanterne.practice.patients.names import close, strict

Reason = Literal[
    "same_ins", "same_traits", "same_birth_same_names", "same_birth_close_names", "used_and_birth_name", "inverted_names",
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
# Same names in a practice: beyond, comparing each with each says nothing any more.
_MOST_ALIKE = 300


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


def suspect(one: Traits, other: Traits) -> Suspicion | None:
    """The suspicion that two records are one person; None below SUSPECTED. Symmetric."""
    if one.ins and other.ins:
        if one.ins == other.ins:
            return Suspicion(100, ("same_ins", *(reason for _score, reason in _by_traits(one, other))))
        if one.ins_oid == other.ins_oid:
            return None  # one authority gave two numbers: two persons
    found = sorted(_by_traits(one, other), reverse=True)
    if not found:
        return None
    score = found[0][0]
    if "unknown" not in (one.sex, other.sex) and one.sex != other.sex:
        score -= _OTHER_SEX
    return Suspicion(score, tuple(reason for _score, reason in found)) if score >= SUSPECTED else None


def _by_traits(one: Traits, other: Traits) -> Iterator[tuple[int, Reason]]:
    same_day = len(one.birth_date) == 10 and one.birth_date == other.birth_date
    if same_day and _strict(one) == _strict(other):
        yield 95, "same_traits"
        return
    swapped = bool(one.birth_date) and _swapped(one.birth_date) == other.birth_date != one.birth_date
    close_names = _close_family(one, other) and _close_given(one, other)
    same_names = (
        close_names and _family(one) & _family(other) != set() and _given(one) & _given(other) != set()
    )
    if same_day and close_names:
        yield (90, "same_birth_same_names") if same_names else (80, "same_birth_close_names")
        if same_names and not close(one.birth_name, other.birth_name):
            yield 80, "used_and_birth_name"
    elif same_day and _inverted(one, other):
        yield 80, "inverted_names"
    elif swapped and close_names:
        yield 75, "inverted_day_month"
    elif same_names and _partial(one.birth_date, other.birth_date):
        yield 60, "birth_date_unknown"
    elif same_names and OSA.distance(one.birth_date.replace("-", ""), other.birth_date.replace("-", "")) == 1:
        yield 65, "near_birth_date"


def _strict(traits: Traits) -> tuple[str, ...]:
    return (
        strict(traits.birth_name),
        strict(traits.first_given),
        strict(traits.given_names),
        traits.sex,
        traits.birth_place_code,
    )


def _family(traits: Traits) -> set[str]:
    return {strict(name) for name in (traits.birth_name, traits.used_name)} - {""}


def _given(traits: Traits) -> set[str]:
    return {strict(name) for name in (traits.first_given, traits.used_given)} - {""}


def _close_family(one: Traits, other: Traits) -> bool:
    return any(close(a, b) for a in _family(one) for b in _family(other))


def _close_given(one: Traits, other: Traits) -> bool:
    return any(close(a, b) for a in _given(one) for b in _given(other))


def _inverted(one: Traits, other: Traits) -> bool:
    return any(close(a, b) for a in _family(one) for b in _given(other)) and any(
        close(a, b) for a in _given(one) for b in _family(other)
    )


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

    Only records that share a birth date (or its inversion), a matricule, or both names are compared with each other.
    """
    known = dict(records)
    buckets: dict[object, list[int]] = defaultdict(list)
    for number, traits in known.items():
        born = traits.birth_date
        if len(born) == 10:
            buckets[born[:4], *sorted((born[5:7], born[8:]))].append(number)
        if traits.ins:
            buckets[traits.ins].append(number)
        for name in _family(traits):
            for given in _given(traits):
                buckets[name, given].append(number)
    found: dict[tuple[int, int], Suspicion] = {}
    for bucket in buckets.values():
        if not 1 < len(bucket) <= _MOST_ALIKE:
            continue
        for one, other in combinations(sorted(set(bucket)), 2):
            if (one, other) not in found:
                suspicion = suspect(known[one], known[other])
                if suspicion is not None:
                    found[one, other] = suspicion
    return sorted(
        ((*pair, held) for pair, held in found.items()), key=lambda item: (-item[2].score, item[:2])
    )
