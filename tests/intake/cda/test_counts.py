"""What documents state, counted by three: the reader, a count that shares nothing with it, and whoever wrote them."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from lanterne.intake import detect
from lanterne.intake.cda import read
from lanterne.intake.reading import Document, Limits
from lanterne.practice.immunizations.facts import ImmunizationRecorded
from lanterne.practice.measures.facts import MeasureRecorded
from tests.intake.cda.generated import DOCUMENTS, generated
from tests.intake.cda.writing import ICD10, PCC, cd, document, problem, section
from tools import count_entries
from tools.count_entries import NONE, NOT_DONE, Counts, count

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples" / "cda"
COUNTED = ("VSM_", "IPS-FR_", "BIO-", "VAC_")
FILES = sorted(path for path in SAMPLES.glob("*.xml") if path.name.startswith(COUNTED))
needs_samples = pytest.mark.skipif(
    not FILES, reason="the public sample documents are not at ../shared/samples"
)
SEEDS = range(40)
# Section → the part of the chart that can be said empty.
ROOMS = {
    "11450-4": "problems", "11348-0": "problems", "47519-4": "procedures", "48765-2": "allergies", "10157-6": "family",
    "10160-0": "treatments", "11369-6": "immunizations",
}  # fmt: skip
KINDS = {
    "problems": "problem.recorded", "procedures": "procedure.recorded", "allergies": "allergy.recorded",
    "family": "family.recorded", "treatments": "treatment.recorded", "immunizations": "immunization.recorded",
}  # fmt: skip


def stated(found: Document) -> Counts:
    """What the reader states, in the terms of the count: each value of a measure is one."""
    totals: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for statement in found.statements:
        body, kind = statement.body, statement.body.KIND
        number = len(body.components) if isinstance(body, MeasureRecorded) else 1
        if isinstance(body, ImmunizationRecorded) and body.status == "not-done":
            kind = NOT_DONE
        totals[statement.place.removeprefix("section ").partition(",")[0]][kind] += number
    return {code: dict(kinds) for code, kinds in totals.items()}


def without_none(counts: Counts) -> Counts:
    """The statements only."""
    kept = {code: {kind: n for kind, n in kinds.items() if kind != NONE} for code, kinds in counts.items()}
    return {code: kinds for code, kinds in kept.items() if kinds}


def said_empty(counts: Counts) -> set[str]:
    """Sections said empty, and contradicted by no statement of the document."""
    held = {kind.replace(NOT_DONE, "immunization.recorded") for kinds in counts.values() for kind in kinds}
    rooms = {ROOMS[code] for code, kinds in counts.items() if NONE in kinds and code in ROOMS}
    return {room for room in rooms if KINDS[room] not in held}


def agree(found: Document, counts: Counts) -> None:
    """The reader and a count say the same."""
    assert stated(found) == without_none(counts)
    assert set(found.negations) == said_empty(counts)


@needs_samples
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_independent_count_finds_the_same(path: Path) -> None:
    content = path.read_bytes()
    counted = count(content)
    assert counted
    agree(read(content, Limits()), counted)


@needs_samples
@pytest.mark.parametrize("act", ["INIT", "RPLC"])
def test_the_report_inside_a_message_is_counted_too(act: str) -> None:
    name = f"message_ORU_CR_Bio_{act}_N3_SEGUR.hl7"
    outer = detect.read((SAMPLES.parent / "hl7v2" / name).read_bytes(), Limits())
    (part,) = outer.parts
    from lanterne.intake.hl7v2.embedded import content_of
    from lanterne.intake.hl7v2.segments import messages_of

    text = (SAMPLES.parent / "hl7v2" / name).read_text(encoding="utf-8")
    (message,) = messages_of(text, Limits())
    files = [
        content_of(one, Limits()) for one in message.segments if one.name == "OBX" and one.text(2) == "ED"
    ]
    counts = [count(content) for content in files if content and b"ClinicalDocument" in content]
    assert counts == [stated(part)]


@pytest.mark.parametrize("kind", DOCUMENTS)
@pytest.mark.parametrize("seed", SEEDS)
def test_documents_of_the_same_kinds(kind: str, seed: int) -> None:
    content, written = generated(kind, seed)
    counted = count(content)
    assert counted == written, "the count differs from what was written"
    agree(read(content, Limits()), counted)


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_many_entries(kind: str) -> None:
    content, written = generated(kind, 1_000, most=60 if kind in ("laboratory", "rapid test") else 300)
    assert count(content) == written
    agree(read(content, Limits()), written)


def test_the_documents_vary() -> None:
    """The generator makes what its tests are about: every kind, negations, none, prefixes, empty sections."""
    kinds: Counter[str] = Counter()
    prefixes = set()
    for kind in DOCUMENTS:
        for seed in SEEDS:
            content, written = generated(kind, seed)
            kinds.update(count_entries.by_kind(written))
            prefixes.add(content.partition(b"xmlns")[2][:5])
    assert {
        NONE,
        NOT_DONE,
        *KINDS.values(),
        "lifestyle.recorded",
        "measure.recorded",
        "result.recorded",
    } <= kinds.keys()
    assert len(prefixes) == 4


def test_the_count_sees_what_the_reader_would_lose() -> None:
    one = problem(cd("value", "I10", ICD10, "Hypertension"))
    content = document(section("11450-4", one, one))
    assert count(content) == {"11450-4": {"problem.recorded": 2}}
    assert stated(read(document(section("11450-4", one)), Limits())) != without_none(count(content))


def test_the_count_shares_nothing_with_the_reader() -> None:
    tree = ast.parse(Path(count_entries.__file__).read_text(encoding="utf-8"))
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in ([ast.alias(node.module or "")] if isinstance(node, ast.ImportFrom) else node.names)
    }
    assert not [name for name in imported if name.startswith("lanterne")]


def test_what_is_about_the_mother_is_not_counted() -> None:
    subject = '<subject><relatedSubject classCode="PRS"><code code="MTH"/></relatedSubject></subject>'
    entry = problem(cd("value", "I10", ICD10, "Hypertension"))
    content = document(section("11450-4", entry, more=subject))
    assert count(content) == {}
    assert stated(read(content, Limits())) == {}
    assert f"{PCC}.4.5" in entry
