"""Damaged files through the whole way: each ends in one of five words, and nothing of it is half applied."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from typing import get_args

import pytest

from lanterne.intake.filing.outcomes import Word, sentence
from lanterne.practice.check import check_record
from tests.intake.filing.stage import Desk
from tests.intake.made import FILES
from tests.intake.mutating import mutated

COUNT = int(os.environ.get("LANTERNE_MUTATIONS", "400")) // 4
SEED = int(os.environ.get("LANTERNE_MUTATIONS_SEED", "20261122"))

LONE = (
    b'{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"a",'
    b'"name":[{"family":"\\ud800","given":["Jean"]}],"birthDate":"1952-04-03"}}]}'
)


@pytest.mark.torture
def test_damaged_files_end_in_one_word(desk: Desk, evidence: Callable[..., None]) -> None:
    names, others = list(FILES), list(FILES.values())
    contents = [
        mutated(FILES[names[number % len(names)]], random.Random(f"{SEED}/{number}"), others)
        for number in range(COUNT)
    ]
    ended: Counter[str] = Counter()
    half = 0
    for outcome in desk.filer(create_patients=True).take_many(
        (f"{n}", one) for n, one in enumerate(contents)
    ):
        ended[outcome.outcome] += 1
        assert outcome.outcome in get_args(Word)
        assert sentence(outcome.why, outcome.params)
        held = [part.document for part in outcome.parts or (outcome,) if part.document is not None]
        half += sum(not desk.holds(document) for document in held)
        if outcome.outcome == "quarantined" and not outcome.parts:
            half += outcome.document is not None or outcome.facts != 0
    evidence("damaged-filing", seed=SEED, files=COUNT, half_applied=half, **ended)
    assert half == 0
    assert sum(ended.values()) == COUNT
    found = check_record(desk.record.root, desk.record.journal, desk.record.seat, desk.record.keyring)
    assert found.faults == []
    before = desk.facts()
    for _ in desk.filer(create_patients=True).take_many((f"{n}", one) for n, one in enumerate(contents)):
        pass
    assert desk.facts() == before, "twice is not once"


def test_text_no_record_can_hold(desk: Desk) -> None:
    """Half a character, in JSON; a name of a thousand; a title of signs that hide."""
    for content in (
        LONE,
        FILES["cda"].replace(b"BAPTISTE", b"B" * 100_000),
        FILES["cda"].replace(b"Un document", "\u202e\u200b".encode() * 500),
        FILES["hprim médecin"].replace(b"BAPTISTE", b"\x01\x02\x7f"),
    ):
        outcome = desk.take(content, create_patients=True)
        assert outcome.outcome in get_args(Word)
