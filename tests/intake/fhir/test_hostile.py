"""Whatever the bytes, a reader answers with a document or with Unreadable, and nothing else."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from lanterne.intake.fhir import read
from lanterne.intake.reading import Document, Limits, Unreadable
from tests.intake.fhir.made import PATIENT, bundle, concept

SAMPLES = Path(__file__).parents[4] / "shared" / "samples" / "fhir"
MUTATIONS = int(os.environ.get("LANTERNE_MUTATIONS", "300"))

CONDITION = {"resourceType": "Condition", "id": "1", "code": concept(text="Asthme")}


def refused(content: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(Unreadable) as caught:
        read(content, limits or Limits())
    return caught.value.code


def test_depth_is_bounded_before_anything_is_built() -> None:
    for levels in (100, 5_000, 300_000):
        assert (
            refused(b'{"resourceType":"Bundle","entry":' + b"[" * levels + b"]" * levels + b"}") == "too_deep"
        )


def test_brackets_in_text_are_not_depth() -> None:
    said = {**CONDITION, "note": [{"text": "[[[[{{{{" * 100}]}
    assert len(read(bundle(said), Limits()).statements) == 1
    assert len(read(bundle({**CONDITION, "note": [{"text": "]{" * 500 + '"\\'}]}), Limits()).statements) == 1


def test_a_field_named_twice_is_refused() -> None:
    twice = b'{"resourceType":"Observation","id":"o","valueQuantity":{"value":5,"value":50}}'
    assert refused(twice) == "json_duplicate_keys"
    assert refused(twice.replace(b'"value":50', b'"value" \n : 50')) == "json_duplicate_keys"
    hidden = twice.replace(b'"id":"o"', b'"id":"\\u003a\\u003a"')
    assert refused(hidden) == "json_duplicate_keys"
    assert refused(twice.replace(b'"value":50', b'"val\\u0075e":50')) == "json_duplicate_keys"


def test_colons_written_as_escapes_are_no_duplicate() -> None:
    assert read(
        b'{"resourceType":"Condition","id":"\\u003a","code":{"text":"a\\u003ab"}}', Limits()
    ).statements


@pytest.mark.parametrize("number", ["1e999999999", "9" * 5_000, "-1e-999999999", "1E400", "0." + "1" * 5_000])
def test_numbers_no_machine_holds(number: str) -> None:
    content = bundle(
        {
            "resourceType": "Observation",
            "id": "o",
            "status": "final",
            "code": concept("1", "x", "http://loinc.org"),
            "valueQuantity": {"value": "@"},
        }
    ).replace(b'"@"', number.encode())
    try:
        shown = read(content, Limits())
    except Unreadable as error:
        shown = error
    assert shown.code == "json_broken" if isinstance(shown, Unreadable) else len(repr(shown)) < 20_000


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "json_broken"),
        (b'{"resourceType":"Bundle"', "json_broken"),
        (b'{"a":1}', "fhir_not_a_resource"),
        (b"[]", "fhir_not_a_resource"),
        (b'{"resourceType":["Patient"]}', "fhir_not_a_resource"),
        (b'{"resourceType":"Patient","id":"\xff"}', "json_broken"),
        (b"<Bundle/>", "fhir_not_a_resource"),
        (
            b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><Bundle xmlns="http://hl7.org/fhir"/>',
            "xml_doctype",
        ),
        (b'<Bundle xmlns="http://hl7.org/fhir">', "xml_broken"),
    ],
)
def test_what_is_no_fhir_is_refused_with_a_word(content: bytes, code: str) -> None:
    assert refused(content) == code


def test_sizes_are_bounded() -> None:
    assert refused(bundle(CONDITION), Limits(file_bytes=10)) == "file_too_large"
    assert refused(bundle(*[CONDITION] * 50), Limits(elements=40)) == "too_many_elements"


def test_readable_text_is_cut_aloud() -> None:
    goals = [{"resourceType": "Goal", "id": str(n), "description": {"text": "x" * 500}} for n in range(20)]
    document = read(bundle(*goals), Limits(text_characters=2_000))
    assert len(document.text) <= 2_000
    assert any("coupé" in line for line in document.unread)


@pytest.mark.parametrize(
    "value", [None, 1, "x", [], {}, [None], [[]], {"coding": "x"}, True, [{"a": {"b": []}}]]
)
def test_every_field_with_every_wrong_type(value: object) -> None:
    """No field of no resource may break the reading of the others."""
    for kind, fields in FIELDS.items():
        for name in fields:
            resource = {"resourceType": kind, "id": "bad", name: value}
            document = read(bundle(resource, CONDITION), Limits())
            stated = [one.key for part in (document, *document.parts) for one in part.statements]
            assert "Condition/1" in stated, (kind, name)


FIELDS = {
    "Basic": ("code", "subject", "contained", "meta", "identifier"),
    "Condition": ("code", "subject", "contained", "note", "text", "meta", "onsetDateTime", "clinicalStatus"),
    "Patient": ("name", "identifier", "extension", "telecom", "address", "birthDate", "gender", "contained"),
    "Encounter": ("type", "period", "class", "reasonReference", "diagnosis", "subject"),
    "DocumentReference": ("content", "context", "type", "subject"),
    "Observation": (
        "component",
        "valueQuantity",
        "category",
        "hasMember",
        "referenceRange",
        "interpretation",
    ),
    "MedicationRequest": ("dosageInstruction", "medicationReference", "dispenseRequest", "requester"),
    "Composition": ("section", "author", "relatesTo", "type", "date", "title", "subject"),
    "FamilyMemberHistory": ("condition", "relationship", "patient"),
    "DiagnosticReport": ("result", "presentedForm", "conclusionCode"),
}


def seeds() -> list[bytes]:
    found = [bundle(CONDITION, {"resourceType": "Claim", "id": "c", "status": "active"})]
    if SAMPLES.is_dir():
        found += [path.read_bytes()[:60_000] for path in sorted(SAMPLES.iterdir())]
        found += [path.read_bytes() for path in sorted(SAMPLES.iterdir()) if path.stat().st_size < 60_000]
    return found


def mutated(content: bytes, dice: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(dice.randint(1, 8)):
        place = dice.randrange(len(data))
        act = dice.randrange(5)
        if act == 0:
            data[place] = dice.randrange(256)
        elif act == 1:
            del data[place : place + dice.randint(1, 50)]
        elif act == 2:
            data[place:place] = dice.choice(
                [b"null", b"{", b"]", b'"', b"1e999", b"<", b"&x;", b"\x00", b"[[[["]
            )
        elif act == 3:
            other = dice.randrange(len(data))
            data[place:place] = data[other : other + dice.randint(1, 200)]
        else:
            del data[place:]
        if not data:
            return b""
    return bytes(data)


def structures(dice: random.Random) -> Iterator[bytes]:
    """Sound JSON whose values moved about: what bytes alone rarely reach."""
    seed = json.loads(
        bundle(
            CONDITION, {**PATIENT, "id": "2"}, {"resourceType": "Observation", "id": "o", "component": [{}]}
        )
    )
    while True:
        tree = json.loads(json.dumps(seed))
        nodes = list(walk(tree))
        for _ in range(3):
            holder, key = dice.choice(nodes)
            other, name = dice.choice(nodes)
            holder[key] = json.loads(json.dumps(other[name]))
        yield json.dumps(tree).encode()


def walk(node: object) -> Iterator[tuple[object, object]]:
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in pairs:
        yield node, key
        yield from walk(value)


@pytest.mark.torture
def test_mutations_end_in_a_document_or_in_unreadable() -> None:
    dice = random.Random(20261122)
    moved = structures(dice)
    found = seeds()
    for number in range(MUTATIONS):
        content = next(moved) if number % 3 == 0 else mutated(dice.choice(found), dice)
        try:
            found_in_it = read(content, Limits())
        except Unreadable:
            continue
        assert isinstance(found_in_it, Document)
