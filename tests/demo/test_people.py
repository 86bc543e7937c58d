"""Who the fictional patients are: families that hold together, numbers that are right and belong to nobody."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import msgspec
import pytest

from lanterne.demo import DemoEvent, generate, households, identity, places
from lanterne.demo.events import years_between
from lanterne.practice.patients import ins
from lanterne.practice.patients.duplicates import Traits, pairs
from lanterne.practice.patients.facts import (
    AttendingRecorded,
    ContactsRecorded,
    PatientIdentified,
    PatientsMerged,
)
from lanterne.practice.patients.rules import check_attending, check_contacts, check_identity, warnings
from lanterne.practice.team.facts import PersonDescribed, PracticeDescribed
from lanterne.practice.team.rules import check_person, check_practice, missing_for_prescription

SEED = 20
TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def practice() -> list[DemoEvent]:
    return list(generate(seed=SEED, patients=150, today=TODAY))


@pytest.fixture(scope="module")
def identities(practice: list[DemoEvent]) -> dict[str, PatientIdentified]:
    """As known at the end."""
    return {
        event.patient: event.body
        for event in practice
        if event.patient and isinstance(event.body, PatientIdentified)
    }


@pytest.mark.parametrize(
    ("first_thirteen", "key"),
    [
        ("2790351215189", "89"),  # the public test patient of the French agency
        ("1480370550778", "12"),
        ("294092A004883", "33"),  # Corse-du-Sud: 2A read 19
        ("297022B033794", "87"),  # Haute-Corse: 2B read 18
    ],
)
def test_key_of_a_matricule(first_thirteen: str, key: str) -> None:
    number = int(first_thirteen.replace("2A", "19").replace("2B", "18"))
    assert identity.matricule_key(first_thirteen) == key == f"{97 - number % 97:02d}"


def test_corsica_before_1976_is_department_20() -> None:
    old = identity.matricule(sex="male", born=date(1950, 6, 1), place_code="2B033", order=701)
    new = identity.matricule(sex="male", born=date(1980, 6, 1), place_code="2B033", order=701)
    assert old.startswith("1500620033701")
    assert new.startswith("180062B033701")
    assert ins.key_agrees(old)
    assert ins.key_agrees(new)


def test_no_two_persons_share_a_matricule() -> None:
    numbers = identity.Matricules()
    drawn = [
        numbers.draw(sex="male", born=date(1980, 1, 1), place_code="70550", first_order=5) for _ in range(301)
    ]
    assert len(set(drawn[:300])) == 300
    assert drawn[300] is None


def test_rpps_have_their_luhn_key() -> None:
    for number in (identity.rpps("9900000017"), identity.rpps("1234567890")):
        digits = [int(digit) for digit in number]
        doubled = [
            sum(divmod(2 * digit, 10)) if place % 2 else digit for place, digit in enumerate(reversed(digits))
        ]
        assert len(number) == 11
        assert sum(doubled) % 10 == 0


def test_identities_pass_the_products_rules(practice: list[DemoEvent]) -> None:
    for event in practice:
        body = event.body
        if isinstance(body, PatientIdentified):
            check_identity(body, today=event.when.date())
            assert warnings(body) == ()
            if body.ins is not None:
                assert body.ins.oid == ins.OID_TEST
                assert 700 <= int(body.ins.matricule[10:13]) <= 999
        elif isinstance(body, ContactsRecorded):
            check_contacts(body)
        elif isinstance(body, AttendingRecorded):
            check_attending(body)


def test_every_status_is_met_and_matricules_keep_to_theirs(identities: dict[str, PatientIdentified]) -> None:
    statuses = Counter(body.status for body in identities.values())
    assert set(statuses) == {"provisional", "retrieved", "validated", "qualified"}
    assert statuses["qualified"] > 70
    for body in identities.values():
        assert (body.ins is not None) == (body.status in ("retrieved", "qualified"))


def test_the_team_passes_the_products_rules(practice: list[DemoEvent]) -> None:
    place = next(event.body for event in practice if isinstance(event.body, PracticeDescribed))
    check_practice(place)
    assert place.name == "Maison médicale des Tilleuls"
    people = [event.body for event in practice if isinstance(event.body, PersonDescribed)]
    assert [(person.given_name, person.role, person.administrator) for person in people] == [
        ("Garance", "doctor", True),
        ("Théo", "locum", False),
        ("Inès", "secretary", False),
    ]
    for person in people:
        check_person(person)
        assert missing_for_prescription(person, place) == ()


def test_only_numbers_kept_for_fiction(practice: list[DemoEvent]) -> None:
    prefixes = ("019900", "026191", "035301", "046571", "053649", "063998")
    assert set(prefixes) == set(places.FICTION_PREFIXES)
    seen = 0
    for event in practice:
        text = msgspec.json.encode(event.body).decode()
        if event.content and not event.content.startswith(b"%PDF"):
            text += event.content.decode()
        for found in re.findall(r"(?<![\w.,/-])0[1-79](?:[ .]?\d\d){4}(?!\w)", text):
            digits = re.sub(r"\D", "", found)
            assert digits.startswith(prefixes), found
            seen += 1
    assert seen > 300


def test_addresses_of_electronic_mail_are_kept_for_examples(practice: list[DemoEvent]) -> None:
    found = re.findall(rb"@[\w.-]+", b"".join(msgspec.json.encode(event.body) for event in practice))
    assert set(found) == {b"@example.org"}


def test_families_hold_together() -> None:
    mothers = 0
    for number in range(400):
        members = households.draw(7, number, TODAY)
        assert members
        assert len({(person.home.address, person.home.phone) for person in members}) == 1
        assert len({person.given[0] for person in members}) == len(members) or len(members) > 3
        for person in members:
            assert person.born < TODAY
            assert person.registered < TODAY
            assert person.registered > person.born
            assert 0 <= person.age(TODAY) <= 105
            if person.mother is not None:
                mothers += 1
                gap = years_between(person.mother.born, person.born)
                assert 18 <= gap <= 44, (number, gap)
            if person.partner is not None:
                assert abs(years_between(person.born, person.partner.born)) < 25
        births = sorted(
            person.born for person in members if person.mother is not None and person.mother in members
        )
        children = defaultdict(list)
        for person in members:
            if person.mother is not None:
                children[person.mother.patient].append(person.born)
        for born in children.values():
            born.sort()
            assert all(later - earlier >= timedelta(days=300) for earlier, later in pairwise(born))
        assert births == sorted(births)
    assert mothers > 200


def test_names_are_of_their_time_and_of_all_kinds(identities: dict[str, PatientIdentified]) -> None:
    bodies = list(identities.values())
    used = [body for body in bodies if body.used_name]
    assert len(used) >= 12
    assert all(body.sex == "female" for body in used)
    assert any("-" in body.birth_name for body in bodies)
    assert any(set(body.birth_name) & set("ÉÈÊËÏÔÇ") for body in bodies)
    assert any(body.birth_place_code.startswith("99") for body in bodies)
    assert sum(body.birth_date[:3] in ("201", "202") for body in bodies) >= 12
    assert sum(int(body.birth_date[:4]) < 1950 for body in bodies) >= 12


def test_one_pair_is_suspected_to_be_one_person(identities: dict[str, PatientIdentified]) -> None:
    bodies = list(identities.values())
    found = pairs((row, Traits.of(body)) for row, body in enumerate(bodies))
    named = [sorted((bodies[one].birth_name, bodies[other].birth_name)) for one, other, _ in found]
    assert ["DUPOND MERCIER", "DUPONT-MERCIER"] in named
    assert len(named) <= 4, named


def test_homonyms_have_different_birth_dates(identities: dict[str, PatientIdentified]) -> None:
    pierres = [
        body for body in identities.values() if (body.birth_name, body.first_given) == ("MARTIN", "Pierre")
    ]
    assert len({body.birth_date for body in pierres}) >= 2


def test_one_at_least_has_died_and_two_records_were_merged(
    practice: list[DemoEvent], identities: dict[str, PatientIdentified]
) -> None:
    died = [body for body in identities.values() if body.deceased]
    assert "ROYER" in [body.birth_name for body in died]
    (merge,) = [event for event in practice if isinstance(event.body, PatientsMerged)]
    assert merge.patient is not None
    assert merge.patient != merge.body.absorbed
    assert identities[merge.patient].birth_name == identities[merge.body.absorbed].birth_name == "FONTAINE"


def test_baptiste_is_78_on_any_day() -> None:
    for today in (date(2026, 3, 13), date(2026, 3, 14), date(2026, 11, 22), date(2028, 2, 29)):
        first = next(
            event.body
            for event in generate(seed=1, patients=1, today=today)
            if isinstance(event.body, PatientIdentified)
        )
        assert first.birth_name == "BAPTISTE"
        assert years_between(date.fromisoformat(first.birth_date), today) == 78
