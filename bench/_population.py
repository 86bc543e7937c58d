"""A synthetic practice of any size, written through the journal: identities, and charts of the sizes asked
for.

Bodies are as large as real ones (a consultation of some 400 characters, results with their range). One entry
a patient for those who only fill the tables; one entry a fact for the two charts measured, as daily work
writes them.
"""

from __future__ import annotations

import random
import secrets
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lanterne.journal.journal import Writing
from lanterne.practice import opening
from lanterne.practice.consultations.facts import ConsultationRecorded
from lanterne.practice.kinds import Body, to_raw
from lanterne.practice.measures.facts import Component, MeasureRecorded
from lanterne.practice.patients.facts import ContactsRecorded, PatientIdentified, Phone
from lanterne.practice.problems.facts import ProblemRecorded
from lanterne.practice.record import Record
from lanterne.practice.results.facts import ResultRecorded
from lanterne.practice.treatments.facts import TreatmentRecorded
from lanterne.wire.names import Compartment, FactId, PatientId, Stream
from lanterne.wire.part import Fact, Part

PASSPHRASE = "quatre mots sans lien aucun"
BEGINNING = datetime(2016, 1, 4, 8, tzinfo=UTC)
TESTS = (("34714-6", "INR", "{INR}", "2.0", "3.0"), ("14682-9", "Créatinine", "umol/L", "60", "110"),
         ("2823-3", "Potassium", "mmol/L", "3.5", "5.0"), ("4548-4", "HbA1c", "%", "4.0", "6.0"))  # fmt: skip


def found(root: Path) -> Record:
    """A new practice, open under its doctor."""
    shutil.rmtree(root, ignore_errors=True)
    return opening.create_practice(
        root, practice_name="Banc d’essai", person_name="Dr Garance Morel", passphrase=PASSPHRASE
    ).record


def fill(record: Record, patients: int, facts_each: int, *, seed: int = 1) -> None:
    """Register patients with `facts_each` clinical facts in one entry each, one fsync for some thousands."""
    draw = random.Random(seed)
    moment = int(BEGINNING.timestamp() * 1000)

    def writings() -> Iterator[Writing]:
        for number in range(patients):
            patient = PatientId(secrets.token_hex(16))
            office = Part(patient, tuple(_fact(body) for body in _identity(draw, number)))
            parts = [(Compartment.OFFICE, office)]
            if facts_each:
                medical = tuple(_fact(body, at) for body, at in _story(draw, facts_each))
                parts.append((Compartment.MEDICAL, Part(patient, medical)))
            yield Writing(record.seat, record.keyring, Stream.CARE, parts, moment + number)

    record.journal.write_many(writings())


def chart(record: Record, facts: int, *, seed: int = 2) -> PatientId:
    """One patient whose chart holds `facts` facts, an entry each."""
    draw = random.Random(seed)
    patient = PatientId(secrets.token_hex(16))
    moment = record.clock_ms()
    first = Part(patient, tuple(_fact(body) for body in _identity(draw, 10_000_000 + seed)))
    items = [Writing(record.seat, record.keyring, Stream.CARE, [(Compartment.OFFICE, first)], moment)]
    for body, at in _story(draw, facts):
        part = Part(patient, (_fact(body, at),))
        items.append(Writing(record.seat, record.keyring, Stream.CARE, [(Compartment.MEDICAL, part)], moment))
    record.journal.write_many(items)
    return patient


def _identity(draw: random.Random, number: int) -> tuple[Body, Body]:
    born = datetime(1930 + draw.randrange(94), 1 + draw.randrange(12), 1 + draw.randrange(28), tzinfo=UTC)
    name = "".join(
        draw.choice(("ba", "mo", "ri", "le", "du", "fa", "ga", "pe", "tan", "vier")) for _ in range(3)
    ).title()
    return (
        PatientIdentified(birth_name=name, first_given=draw.choice(("Jean", "Marie", "Luc", "Zoé", "Ali", "Inès")),
                          sex=draw.choice(("female", "male")), birth_date=born.strftime("%Y-%m-%d")),
        ContactsRecorded(phones=[Phone(number=f"06 39 98 {number % 10_000:04d}")], city="Saint-Aubin-sur-Lanterne"),
    )  # fmt: skip


def _story(draw: random.Random, count: int) -> Iterator[tuple[Body, str]]:
    """Ten years of general practice: half results, a quarter measures, consultations, some problems and
    treatments.
    """
    for number in range(count):
        day = (BEGINNING + timedelta(days=3_900 * number / max(count, 1))).strftime("%Y-%m-%d")
        turn = draw.random()
        if number < 8 and number % 2:
            yield (
                TreatmentRecorded(
                    substance=f"substance {number}", posology="1 comprimé le matin", since="2016"
                ),
                day,
            )
        elif number < 8:
            yield ProblemRecorded(label=f"Problème de longue date numéro {number}", onset="2015"), day
        elif turn < 0.5:
            code, label, unit, low, high = draw.choice(TESTS)
            value = f"{draw.uniform(float(low) * 0.8, float(high) * 1.3):.1f}"
            yield ResultRecorded(label=label, code=code, value=value, unit=unit, low=low, high=high), day
        elif turn < 0.75:
            weight = Component(code="29463-7", label="Poids", value=f"{draw.uniform(60, 90):.1f}", unit="kg")
            yield MeasureRecorded(components=[weight]), day
        else:
            text = "Bon état général, tension équilibrée, observance correcte, pas de plainte nouvelle. " * 4
            yield (
                ConsultationRecorded(reason="Suivi", findings=text, conclusion="Renouvellement trois mois."),
                day,
            )


def _fact(body: Body, at: str | None = None) -> Fact:
    return Fact(FactId(secrets.token_hex(16)), body.KIND, 1, (), at, to_raw(body))
