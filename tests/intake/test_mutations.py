"""Damaged files, read where files are read: each ends as a document or a sentence in its ten seconds, and the reading
process goes on.

LANTERNE_MUTATIONS says how many (150; `make torture` 10,000), LANTERNE_MUTATIONS_SEED which.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from lanterne.intake.reading import Document, Limits, Unreadable
from lanterne.intake.sandbox import Sandbox
from lanterne.intake.sentences import SENTENCES, sentence
from tests.intake.made import FILES
from tests.intake.mutating import MUTATIONS, mutated

COUNT = int(os.environ.get("LANTERNE_MUTATIONS", "150"))
SEED = int(os.environ.get("LANTERNE_MUTATIONS_SEED", "20261122"))
SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
FOLDERS = ("cda", "hprim", "hl7v2", "fhir")
# What the session says when the reading process ended, looped or ate the memory: none may.
FAILED = frozenset({"reader_crashed", "too_slow", "too_much_memory"})


def samples() -> dict[str, bytes]:
    """The public samples, by name; none when they are not there."""
    paths = [path for folder in FOLDERS if SAMPLES.is_dir() for path in sorted((SAMPLES / folder).iterdir())]
    return {f"{path.parent.name}/{path.name}": path.read_bytes() for path in paths}


def whole(found: Document) -> None:
    """What every document must be, whatever it was read from."""
    assert found.format
    assert len({one.key for one in found.statements}) == len(found.statements)
    assert "<script" not in found.narrative
    for part in found.parts:
        whole(part)


def test_every_file_is_read_before_it_is_damaged() -> None:
    """Mutations of what no reader takes would try nothing."""
    files = FILES | samples()
    with Sandbox() as sandbox:
        for name, content in files.items():
            whole(sandbox.read(content))
            assert sandbox.started == 1, name


@pytest.mark.parametrize("mutation", dict.fromkeys(MUTATIONS), ids=lambda mutation: mutation.__name__)
def test_each_mutation_changes_the_file_and_is_the_same_again(mutation: Callable[..., bytes]) -> None:
    others = list(FILES.values())
    for content in others:
        ways = {mutation(content, random.Random(seed), others) for seed in range(8)}
        assert ways - {content}
        assert ways == {mutation(content, random.Random(seed), others) for seed in range(8)}


@pytest.mark.torture
def test_mutated_files_end_as_a_document_or_a_sentence(evidence: Callable[..., None]) -> None:
    files = FILES | samples()
    names, others = list(files), list(files.values())
    ended: Counter[str] = Counter()
    failures: list[str] = []
    slowest = 0.0
    with Sandbox() as sandbox:
        for number in range(COUNT):
            dice = random.Random(f"{SEED}/{number}")
            name = names[number % len(names)]
            content = mutated(files[name], dice, others)
            began = time.monotonic()
            try:
                found = sandbox.read(content, limits=Limits())
            except Unreadable as refusal:
                ended["refused"] += 1
                if refusal.code in FAILED or refusal.code not in SENTENCES:
                    failures.append(f"{SEED}/{number} {name}: {refusal.code}")
                assert sentence(refusal)
            else:
                ended["documents"] += 1
                whole(found)
            slowest = max(slowest, time.monotonic() - began)
        assert sandbox.read(b"still here").text == "still here"
        processes = sandbox.started
    crashes = sum(line.endswith("reader_crashed") for line in failures)
    evidence(
        "mutations",
        seed=SEED,
        files=COUNT,
        originals=len(files),
        documents=ended["documents"],
        refused=ended["refused"],
        crashes=crashes,
        failures=len(failures),
        processes=processes,
        slowest_ms=round(slowest * 1_000),
    )
    assert failures == []
    assert ended["documents"] > COUNT // 20, "nearly all were refused: the mutations try nothing"
    assert ended["refused"] > COUNT // 20, "nearly none was refused: the mutations change nothing"
