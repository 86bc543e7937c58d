"""The fictional practice and the three who work in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from lanterne.demo import places
from lanterne.demo.events import Author, DemoEvent, Scribe, moment
from lanterne.demo.identity import luhn_digit, rpps
from lanterne.practice.team.facts import PersonDescribed, PracticeDescribed
from lanterne.wire.names import PersonId

PRACTICE_NAME = "Maison médicale des Tilleuls"
_ADDRESS = "4 place du Marché"
_PHONE = "03 53 01 00 10"


def _letterhead(name: str, number: str) -> list[str]:
    return [
        name,
        "Médecine générale",
        PRACTICE_NAME,
        f"{_ADDRESS}, {places.PRACTICE_POSTCODE} {places.PRACTICE_CITY}",
        f"Tél. {_PHONE} · RPPS {number}",
    ]


def people(persons: Mapping[Author, PersonId]) -> list[PersonDescribed]:
    """Dr Garance Morel, Dr Théo Lambert, Inès Caron. Their RPPS are fictional, with a right key."""
    morel, lambert = rpps("9900000017"), rpps("9900000025")
    return [
        PersonDescribed(
            person=persons["doctor"],
            family_name="Morel",
            given_name="Garance",
            title="Dr",
            role="doctor",
            administrator=True,
            rpps=morel,
            specialty="Médecine générale",
            phone="06 39 98 10 01",
            email="garance.morel@example.org",
            letterhead=_letterhead("Docteur Garance Morel", morel),
        ),
        PersonDescribed(
            person=persons["locum"],
            family_name="Lambert",
            given_name="Théo",
            title="Dr",
            role="locum",
            rpps=lambert,
            specialty="Médecine générale",
            phone="06 39 98 10 02",
            email="theo.lambert@example.org",
            letterhead=[
                "Docteur Théo Lambert",
                "remplaçant du Docteur Garance Morel",
                *_letterhead("", lambert)[1:],
            ],
        ),
        PersonDescribed(
            person=persons["secretary"],
            family_name="Caron",
            given_name="Inès",
            role="secretary",
            phone=_PHONE,
            email="accueil@example.org",
        ),
    ]


def describe(seed: int, persons: Mapping[Author, PersonId], start: date) -> list[DemoEvent]:
    """The first facts of the practice, by its doctor."""
    scribe = Scribe(seed, None)
    when = moment(start, 8, 0)
    finess = "70099001"
    scribe.write(
        PracticeDescribed(
            name=PRACTICE_NAME,
            address=_ADDRESS,
            postcode=places.PRACTICE_POSTCODE,
            city=places.PRACTICE_CITY,
            phone=_PHONE,
            email="accueil@example.org",
            finess=finess + luhn_digit(finess),
        ),
        when,
        "doctor",
    )
    for body in people(persons):
        scribe.write(body, when, "doctor")
    return scribe.events
