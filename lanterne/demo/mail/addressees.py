"""The patients letters are about, as the practice knows them at the end: traits, what they take, last results."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from lanterne.demo.events import DemoEvent, digest
from lanterne.practice.patients.facts import ContactsRecorded, PatientIdentified, PatientsMerged
from lanterne.practice.problems.facts import ProblemRecorded
from lanterne.practice.results.facts import ResultRecorded
from lanterne.practice.treatments.facts import TreatmentRecorded
from lanterne.wire.names import FactId, PatientId


@dataclass(slots=True)
class Addressee:
    """One patient.

    Attributes:
        treatments: those taken now, by substance.
        problems: labels of active ones.
        results: the last value of each test, by LOINC code.
    """

    patient: PatientId
    identity: PatientIdentified
    contacts: ContactsRecorded = field(default_factory=ContactsRecorded)
    treatments: dict[str, TreatmentRecorded] = field(default_factory=dict)
    problems: set[str] = field(default_factory=set)
    results: dict[str, str] = field(default_factory=dict)

    @property
    def female(self) -> bool:
        """Written in the feminine."""
        return self.identity.sex == "female"

    @property
    def born(self) -> date:
        """Birth date."""
        return date.fromisoformat(self.identity.birth_date)

    @property
    def shown(self) -> str:
        """As a letter names them: "Mme Monique BAPTISTE"."""
        name = self.identity.used_name or self.identity.birth_name
        return f"{'Mme' if self.female else 'M.'} {self.identity.first_given} {name}"

    @property
    def phone(self) -> str:
        """Their first telephone."""
        return self.contacts.phones[0].number if self.contacts.phones else ""

    def takes(self, *atc: str) -> bool:
        """Whether they take a medicine whose ATC code begins so."""
        return any(
            body.coding is not None and body.coding.code.startswith(atc) for body in self.treatments.values()
        )

    def has(self, *words: str) -> bool:
        """Whether an active problem is named with one of these words."""
        return any(word in label for word in words for label in self.problems)


class Book:
    """Everybody who is alive and registered once, in the order they came."""

    def __init__(self, seed: int, events: Iterable[DemoEvent]) -> None:
        self._seed = seed
        self._people: dict[PatientId, Addressee] = {}
        live: dict[FactId, tuple[PatientId, object]] = {}
        absorbed: set[str] = set()
        for event in events:
            if event.patient is None:
                continue
            for fact in event.replaces:
                live.pop(fact, None)
            body = event.body
            if isinstance(body, PatientIdentified):
                held = self._people.get(event.patient)
                if held is None:
                    self._people[event.patient] = Addressee(event.patient, body)
                else:
                    held.identity = body
            elif isinstance(body, ContactsRecorded):
                self._people[event.patient].contacts = body
            elif isinstance(body, PatientsMerged):
                absorbed.add(body.absorbed)
            elif isinstance(body, TreatmentRecorded | ProblemRecorded):
                live[event.fact_id] = (event.patient, body)
            elif isinstance(body, ResultRecorded) and body.code:
                self._people[event.patient].results[body.code] = body.value
        for patient, stated in live.values():
            person = self._people[patient]
            if isinstance(stated, TreatmentRecorded) and stated.status == "active" and stated.long_term:
                person.treatments[stated.substance] = stated
            elif isinstance(stated, ProblemRecorded) and stated.clinical == "active":
                person.problems.add(stated.label)
        self._people = {
            patient: person
            for patient, person in self._people.items()
            if patient not in absorbed and not person.identity.deceased
        }
        self._given: set[PatientId] = set()

    def named(self, key: str) -> Addressee | None:
        """A member of the cast, by the key of their case; None when this practice has them not."""
        found = self._people.get(PatientId(digest("cast", self._seed, key)))
        if found is not None:
            self._given.add(found.patient)
        return found

    def some(self, rng: random.Random, count: int, *atc: str, words: tuple[str, ...] = ()) -> list[Addressee]:
        """Adults who take such a medicine or have such a problem (anybody when neither is said), not taken before."""
        fit = [
            person
            for person in self._people.values()
            if person.patient not in self._given
            and person.born.year < 2005
            and (not atc or person.takes(*atc))
            and (not words or person.has(*words))
        ]
        drawn = rng.sample(fit, min(count, len(fit)))
        self._given.update(person.patient for person in drawn)
        return drawn

    def everybody(self) -> list[Addressee]:
        """All of them."""
        return list(self._people.values())
