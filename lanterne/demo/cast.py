"""The patients every demo has, before the families drawn at random: each shows one thing the product must handle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec

from lanterne.demo import baptiste, desk, places
from lanterne.demo.events import Author, DemoEvent, digest, moment, working_day
from lanterne.demo.households import HISTORY_DAYS, Home, Person
from lanterne.demo.identity import Matricules
from lanterne.demo.life import Life
from lanterne.demo.names import Sex
from lanterne.demo.pen import Pen
from lanterne.demo.places import Place
from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.kinds import Coding
from lanterne.practice.patients.facts import ContactsRecorded, PatientIdentified, PatientsMerged, Phone
from lanterne.reference import allergens
from lanterne.wire.names import PatientId, PersonId


@dataclass(slots=True)
class Stage:
    """What every case needs."""

    seed: int
    today: date
    team: Mapping[Author, PersonId]
    numbers: Matricules

    def patient(self, name: str) -> PatientId:
        """The id of a member of the cast."""
        return PatientId(digest("cast", self.seed, name))

    def day(self, days_after_start: int) -> date:
        """A working day counted from the first of the practice."""
        return working_day(self.today - timedelta(days=HISTORY_DAYS - days_after_start))


Case = Callable[[Stage], list[DemoEvent]]


def _person(
    stage: Stage,
    key: str,
    sex: Sex,
    name: str,
    given: str,
    born: date,
    *,
    used: str = "",
    home: Home | None = None,
    after: int = 30,
) -> Person:
    index = sum(map(ord, key))
    return Person(
        patient=stage.patient(key),
        sex=sex,
        birth_name=name,
        given=tuple(name.replace("_", " ") for name in given.split()),
        born=born,
        birth_place=places.TOWNS[index % len(places.TOWNS)],
        home=home
        or Home(
            index,
            f"{index % 60 + 1} rue Pasteur",
            *places.CITIES[index % len(places.CITIES)],
            f"03 53 01 {index % 90 + 10} 42",
        ),
        registered=stage.day(after),
        used_name=used,
        mobile=f"06 39 98 {index % 90 + 10} {index % 80 + 15}",
    )


def _told(stage: Stage, person: Person, plan: tuple[str, ...], *, recent: bool = False, pdfs: int = 0) -> Pen:
    pen = Pen(stage.seed, person, stage.today)
    pen.pdfs = pdfs
    pen.moves = False
    Life(pen, plan=plan).tell(stage.team, stage.numbers, recent=recent)
    return pen


def _jean(stage: Stage) -> list[DemoEvent]:
    jean = baptiste.person(stage.patient("jean"), stage.today)
    jean.relatives.append((_monique_person(stage), "épouse"))
    pen = Pen(stage.seed, jean, stage.today)
    baptiste.tell(pen, stage.team, stage.numbers)
    return pen.scribe.events


def _monique_person(stage: Stage) -> Person:
    born = date(stage.today.year - 75, 7, 2)
    return _person(
        stage,
        "monique",
        "female",
        "LEFÈVRE",
        "Monique Andrée",
        born,
        used="BAPTISTE",
        home=baptiste.HOME,
        after=6,
    )


def _monique(stage: Stage) -> list[DemoEvent]:
    person = _monique_person(stage)
    person.relatives.append((baptiste.person(stage.patient("jean"), stage.today), "époux"))
    return _told(stage, person, ("hypothyroidie", "arthrose", "osteoporose"), recent=True).scribe.events


def _conflict(stage: Stage) -> list[DemoEvent]:
    """Two colleagues corrected the same allergy, each on their own device: both stand until somebody settles it."""
    person = _person(
        stage, "nadia", "female", "BENALI", "Nadia", date(stage.today.year - 46, 2, 19), used="GARNIER"
    )
    person.birth_place = Place("99352", "Algérie")
    pen = _told(stage, person, ("hta", "migraine"), recent=True)
    events = pen.scribe.events
    events[:] = [
        event
        for event in events
        if event.body.KIND != "allergy.recorded" and getattr(event.body, "section", "") != "allergies"
    ]
    coding = Coding(system=allergens.SYSTEM, code="J01CA04", display="Amoxicilline")
    said = AllergyRecorded(
        substance="Amoxicilline",
        coding=coding,
        reaction="éruption dans l'enfance",
        verification="unconfirmed",
    )
    first = pen.scribe.write(said, moment(stage.day(900), 10, 15), "doctor")
    worse = msgspec.structs.replace(
        said,
        verification="confirmed",
        criticality="high",
        reaction="urticaire géante et gêne respiratoire 20 minutes après la première prise",
        onset="2004",
    )
    better = msgspec.structs.replace(
        said,
        verification="refuted",
        criticality="low",
        comment="A repris de l'amoxicilline sans réaction, dit-elle.",
    )
    day = working_day(stage.today - timedelta(days=75))
    pen.scribe.write(worse, moment(day, 9, 40), "doctor", replaces=(first,))
    pen.scribe.write(better, moment(day, 11, 5), "locum", replaces=(first,))
    return events


def _twice(stage: Stage) -> list[DemoEvent]:
    person = _person(
        stage, "marie-claude", "female", "DUPONT-MERCIER", "Marie-Claude Jeanne", date(1957, 4, 12), after=60
    )
    return _told(stage, person, ("hta", "dyslipidemie")).scribe.events


def _twice_again(stage: Stage) -> list[DemoEvent]:
    """The same person, registered anew by the locum under a name a little different: to be suspected."""
    other = _person(stage, "marie-claude", "female", "DUPONT-MERCIER", "Marie-Claude", date(1957, 4, 12))
    person = _person(
        stage, "marie claude", "female", "DUPOND MERCIER", "Marie_Claude", date(1957, 4, 12), after=2400
    )
    pen = Pen(stage.seed, person, stage.today)
    when = pen.slot(person.registered)
    pen.scribe.write(desk.identity(pen, "provisional", None), when, "locum")
    contacts = ContactsRecorded(
        phones=[Phone(number=other.mobile.replace(" ", "."))],
        address=other.home.address,
        postcode=other.home.postcode,
        city=other.home.city,
    )
    pen.scribe.write(contacts, when, "locum")
    pen.measure(when, {"systolic": 146, "diastolic": 82})
    pen.consult(
        when,
        reason="Renouvellement",
        text="Vue en remplacement, dossier non retrouvé. TA 146/82. Périndopril renouvelé un mois.",
    )
    return pen.scribe.events


def _homonym(key: str, born: date, plan: tuple[str, ...], after: int) -> Case:
    def case(stage: Stage) -> list[DemoEvent]:
        person = _person(stage, key, "male", "MARTIN", "Pierre", born, after=after)
        return _told(stage, person, plan).scribe.events

    return case


def _lea(stage: Stage) -> list[DemoEvent]:
    """Registered twice, recognised, merged: what was written on both is read together."""
    person = _person(stage, "léa", "female", "FONTAINE", "Léa Camille", date(1994, 9, 3), after=400)
    pen = _told(stage, person, ("asthme", "contraception"))
    when = moment(stage.day(2300), 17, 45)
    pen.scribe.write(PatientsMerged(absorbed=stage.patient("léa bis")), when, "doctor")
    return pen.scribe.events


def _lea_again(stage: Stage) -> list[DemoEvent]:
    person = _person(stage, "léa bis", "female", "FONTAINE", "Léa", date(1994, 9, 3), after=2100)
    pen = Pen(stage.seed, person, stage.today)
    when = pen.slot(person.registered)
    pen.scribe.write(
        PatientIdentified(birth_name="FONTAINE", first_given="Léa", sex="female", birth_date="1994-09-03"),
        when,
        "locum",
    )
    pen.measure(when, {"temperature": 38.4})
    pen.consult(
        when, reason="Angine", text="Angine, TROD négatif. Paracétamol. Dossier créé en urgence (samedi)."
    )
    return pen.scribe.events


def _chloe(stage: Stage) -> list[DemoEvent]:
    """Pregnant now: the birth is expected in about fifteen weeks."""
    home = Home(77, "9 allée des Platanes", *places.CITIES[0], "03 53 01 40 77")
    born = date(stage.today.year - 31, 5, 23)
    person = _person(
        stage, "chloé", "female", "LE GALL", "Chloé Marine", born, used="ROUSSEL", home=home, after=1800
    )
    unborn = _person(
        stage, "à naître", "female", "ROUSSEL", "À naître", stage.today + timedelta(days=104), home=home
    )
    pen = Pen(stage.seed, person, stage.today)
    Life(pen, (unborn,), plan=("contraception",)).tell(stage.team, stage.numbers, recent=False)
    return pen.scribe.events


def _lucien(stage: Stage) -> list[DemoEvent]:
    """Died last year: found in a search, shown as such."""
    home = Home(31, "résidence du Parc, chambre 12", *places.CITIES[0], "03 53 01 90 31")
    born = date(stage.today.year - 94, 1, 20)
    person = _person(stage, "lucien", "male", "ROYER", "Lucien Henri", born, home=home)
    pen = Pen(stage.seed, person, stage.today)
    life = Life(pen, plan=("hta", "fa", "alzheimer"))
    life.ends = stage.today - timedelta(days=340)
    life.tell(stage.team, stage.numbers)
    return pen.scribe.events


def _long(key: str, sex: Sex, name: str, given: str, age: int, plan: tuple[str, ...], used: str = "") -> Case:
    def case(stage: Stage) -> list[DemoEvent]:
        born = date(stage.today.year - age, 1 + len(name) % 12, 3 + len(given))
        person = _person(stage, key, sex, name, given, born, used=used, after=20 + len(key) * 4)
        return _told(stage, person, plan, recent=True, pdfs=2).scribe.events

    return case


CASES: tuple[Case, ...] = (
    _jean,
    _monique,
    _conflict,
    _twice,
    _twice_again,
    _homonym("pierre père", date(1961, 5, 7), ("hta", "goutte"), 90),
    _homonym("pierre jeune", date(1988, 5, 17), (), 1300),
    _lea,
    _lea_again,
    _chloe,
    _long("andré", "male", "GUÉRIN", "André Paul", 71, ("diabete", "hta", "dyslipidemie", "hbp")),
    _long("michèle", "female", "VASSEUR", "Michèle", 66, ("sein", "hta"), used="POIRIER"),
    _long("jean-luc", "male", "QUÉMÉNEUR", "Jean-Luc Yves", 69, ("bpco", "coronaire")),
    _long(
        "yvette",
        "female",
        "HAMON",
        "Yvette Marie",
        91,
        ("fa", "hta", "ic", "mrc", "arthrose"),
        used="DE LA FAYE",
    ),
    _lucien,
)
"""In this order, before the households."""


def tell(stage: Stage, rank: int) -> list[DemoEvent]:
    """The events of one member of the cast, by rank in CASES."""
    return CASES[rank](stage)
