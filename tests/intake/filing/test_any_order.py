"""A set of files, in any order and in any number of runs, ends in one chart.

What holds exactly:
- a set in which no two formats say the same thing: the very same live statements, by id, and the same that wait;
- a set in which they do: as many live statements, of the same tests and values; which format's words stand, and under which
  id, is that of the file that came first;
- a new patient is registered under an id drawn from what the first document says of them: documents that say more or
  less of them (a sex, a matricule) would draw another. Here they say the same;
- versions of one document: what the last one says, whatever came when; a section said to be empty keeps the id of
  the document that said so first.
"""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lanterne.intake.sandbox import Sandbox
from tests.intake.filing.made import (
    JEAN,
    MADELEINE,
    ZOE,
    allergies,
    analyses,
    cda,
    condition,
    fhir,
    hprim,
    letter,
    oru,
    problems,
    treatments,
)
from tests.intake.filing.stage import Desk
from tests.practice import stage

APART = (
    cda(JEAN, analyses(c718_7="13.3"), problems("I10", "J45"), name="a"),
    hprim(JEAN, ("Leucocytes", "2.920", "/mm3"), ("Plaquettes", "212.000", "/mm3")),
    hprim(MADELEINE, ("Leucocytes", "2.920", "/mm3")),
    cda(MADELEINE, problems("I10"), allergies("Pénicilline"), name="b"),
    cda(JEAN, treatments("Bisoprolol 2,5 mg"), name="c", code="11490-0"),
    *(
        cda(JEAN, analyses(c1988_5=value, c2345_7="5.1"), name=f"v{number}", set_id="s", version=number)
        for number, value in ((1, "4"), (2, "7"), (3, "9"))
    ),
    cda(ZOE, analyses(c718_7="11"), name="d"),
    cda(ZOE, problems("I10"), name="f"),
    letter(JEAN),
    b"<?xml version='1.0'?><ClinicalDocument xmlns='urn:hl7-org:v3'><id",
)
TOGETHER = (
    cda(JEAN, analyses(c718_7="13.3", c2345_7="5.1"), name="a"),
    hprim(JEAN, ("Analyse 718-7", "13,30", "G/DL")),
    oru(JEAN, cda(JEAN, analyses(c718_7="13.3"), name="e")),
    fhir(JEAN, condition("J45", "Asthme")),
    fhir(JEAN, condition("J45", "ASTHME")),
    cda(JEAN, allergies(), name="n1", set_id="n", version=1),
    cda(JEAN, allergies(), analyses(c1988_5="2"), name="n2", set_id="n", version=2),
)


def desk_of(practice: stage.Practice, place: Path, sandbox: Sandbox) -> Desk:
    return Desk(practice.machine(place).open("Garance"), sandbox)


def run(desk: Desk, files: tuple[bytes, ...], dice: random.Random) -> Desk:
    """All of them, shuffled, some twice, in runs of any size."""
    order = [*files, *dice.sample(files, 2)]
    dice.shuffle(order)
    while order:
        size = dice.choice((1, 2, 5, len(order)))
        desk.take_all(*order[:size], create_patients=True)
        del order[:size]
    return desk


def words(desk: Desk) -> Counter[tuple[str, str]]:
    """What stands: of a result its value as a number, else the first word that names it."""
    found: Counter[tuple[str, str]] = Counter()
    for kind, _at, raw in desk.live().values():
        body = msgspec.msgpack.decode(raw)
        said = body.get("value") and f"{float(body['value']):g}"
        found[kind, said or str(body.get("label") or body.get("section") or "").casefold()] += 1
    return found


@pytest.fixture(scope="module")
def straight(
    practice: stage.Practice, tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox
) -> tuple[dict[str, tuple[str, str | None, bytes]], Counter[tuple[str, str]]]:
    """The two sets in the order written, in one run."""
    place = tmp_path_factory.mktemp("straight")
    apart, together = desk_of(practice, place / "a", sandbox), desk_of(practice, place / "b", sandbox)
    apart.take_all(*APART, create_patients=True)
    together.take_all(*TOGETHER, create_patients=True)
    assert len(apart.live()) > 20
    return apart.live(), words(together)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(seed=st.integers(0, 2**32))
def test_any_order_and_any_runs(
    practice: stage.Practice, tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox,
    straight: tuple[dict[str, tuple[str, str | None, bytes]], Counter[tuple[str, str]]], seed: int,
) -> None:  # fmt: skip
    place = tmp_path_factory.mktemp("order")
    dice = random.Random(seed)
    apart = run(desk_of(practice, place / "a", sandbox), APART, dice)
    assert apart.live() == straight[0]
    together = run(desk_of(practice, place / "b", sandbox), TOGETHER, dice)
    assert words(together) == straight[1]
    apart.record.close()
    together.record.close()
