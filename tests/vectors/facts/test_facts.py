"""A fact written by an older Lanterne is read as it was meant: one frozen file per kind and version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lanterne.practice.catalogue import KINDS
from lanterne.practice.kinds import Shape, to_raw
from lanterne.practice.projection import project, written_at
from lanterne.practice.settling import key_of
from lanterne.wire.names import FactId, PatientId
from lanterne.wire.part import Fact, Part, pack_part, unpack_part
from tests.vectors.facts.make import HERE, path_of

FILES = sorted(HERE.glob("*.json"))


def load(path: Path) -> dict[str, Any]:
    found = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def test_every_kind_this_program_writes_has_its_file() -> None:
    absent = [path_of(kind).name for kind in KINDS.values() if not path_of(kind).exists()]
    assert absent == [], "add an example, then: python -m tests.vectors.facts.make"


def test_every_file_is_of_a_kind_and_version_that_is_read() -> None:
    for path in FILES:
        frozen = load(path)
        assert path.name == f"{frozen['kind']}.v{frozen['version']}.json"
        assert 1 <= frozen["version"] <= KINDS[frozen["kind"]].version


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_bytes_are_the_fact(path: Path) -> None:
    frozen = load(path)
    part = unpack_part(bytes.fromhex(frozen["part"]))
    at, subject = frozen["at"], frozen["subject"]
    fact = Fact(FactId(frozen["id"]), frozen["kind"], frozen["version"], (), at, frozen["body"])
    assert part == Part(PatientId(subject) if subject else None, (fact,))
    assert pack_part(part).hex() == frozen["part"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_body_is_read_whole_and_sealed_where_it_was(path: Path) -> None:
    frozen = load(path)
    kind = KINDS[frozen["kind"]]
    assert (kind.compartment.name.lower(), kind.shape.value) == (frozen["compartment"], frozen["shape"])
    body = kind.read(frozen["version"], frozen["body"])
    if frozen["version"] == kind.version:
        assert to_raw(body) == frozen["body"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_folds_to_what_it_did(path: Path) -> None:
    frozen = load(path)
    kind = KINDS[frozen["kind"]]
    [fact] = unpack_part(bytes.fromhex(frozen["part"])).facts
    expected = frozen["folds_to"]
    if kind.shape is Shape.STATEMENT:
        assert project(fact, written_at(frozen["written"] << 16)) == (
            expected["day"],
            expected["code"],
            expected["label"],
        )
    elif kind.shape is Shape.LATEST:
        assert key_of(fact.kind, fact.body) == expected["key"]
    else:
        assert expected == {}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_field_is_in_the_example(path: Path) -> None:
    """A field left at its default would not be in the bytes, and nothing would hold it."""
    frozen = load(path)
    kind = KINDS[frozen["kind"]]
    if frozen["version"] == kind.version:
        assert {field.encode_name for field in msgspec.structs.fields(kind.body)} == frozen["body"].keys()
