"""An error is a sentence, and it arrives: every code a screen can meet has its French, with the words it needs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import lanterne
from lanterne.practice.errors import Refusal
from lanterne.wire.errors import LanterneError
from tests.desk.stage import engine

engine()  # Django is set up once

from lanterne.desk.sentences import SENTENCES, sentence  # noqa: E402

PACKAGE = Path(lanterne.__file__).parent
# Where a screen's errors come from. The command line and the reading of foreign tables have their own (lanterne.cli).
FLOORS = ("wire", "proof", "seal", "journal", "practice", "desk")
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
REFUSALS = {"Refusal", "refuse"}
# Base classes, never raised themselves.
ABSTRACT = {"journal", "check.failed"}


def trees(*floors: str) -> Iterator[tuple[Path, ast.Module]]:
    for floor in floors:
        for path in sorted((PACKAGE / floor).rglob("*.py")):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def refusals() -> dict[str, list[tuple[str, set[str]]]]:
    """Codes of refusals written out in the rooms and screens, each with where and which words it carries."""
    found: dict[str, list[tuple[str, set[str]]]] = {}
    for path, tree in trees("practice", "desk"):
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") in REFUSALS
                and node.args
                and text(node.args[0])
            ):
                named = {keyword.arg for keyword in node.keywords if keyword.arg not in (None, "field")}
                place = f"{path.relative_to(PACKAGE)}:{node.lineno}"
                found.setdefault(text(node.args[0]), []).append((place, {name for name in named if name}))
    return found


def codes() -> dict[str, str]:
    """Codes of every error class of the floors below the screens, and where."""
    found: dict[str, str] = {}
    for path, tree in trees(*FLOORS):
        for node in ast.walk(tree):
            place = f"{path.relative_to(PACKAGE)}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(getattr(target, "id", "") == "word" for target in targets) and text(node.value):
                    found[text(node.value)] = place
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "super().__init__" and node.args:
                code = text(node.args[0])
                if re.fullmatch(r"[a-z]+(\.[a-z_]+)+|[a-z]+_[a-z_]+", code):
                    found[code] = place
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "LanterneError" and node.args:
                found[text(node.args[0])] = place
    return {
        code: place
        for code, place in found.items()
        if code and code not in ABSTRACT and not code.startswith("packing.")
    }


def test_the_search_finds_what_it_looks_for() -> None:
    assert {
        "changed_meanwhile",
        "date_future",
        "measure_implausible",
        "duplicate_suspected",
    } <= refusals().keys() | codes().keys()
    assert {
        "disk_full",
        "seal.wrong_passphrase",
        "seal.weak_passphrase",
        "tables.behind",
        "entry.refused",
    } <= codes().keys()


def test_every_refusal_has_its_sentence_and_carries_its_words() -> None:
    faults = []
    for code, places in refusals().items():
        if code not in SENTENCES:
            faults.append(f"{code}: no sentence ({places[0][0]})")
            continue
        needed = set(PLACEHOLDER.findall(SENTENCES[code]))
        faults += [
            f"{code}: {where} does not say {needed - given}" for where, given in places if needed - given
        ]
    assert faults == []


def test_every_error_of_the_floors_below_has_its_sentence() -> None:
    assert {code: place for code, place in codes().items() if code not in SENTENCES} == {}


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_sentence_is_one_and_can_be_said(code: str) -> None:
    words = dict.fromkeys(PLACEHOLDER.findall(SENTENCES[code]), "x")
    said = sentence(Refusal(code, **words))
    assert "%(" not in said
    assert said[0].isupper() or said[0] in "«%x"
    assert said.rstrip("\u00a0 ").endswith((".", "?", "!")), said
    assert re.search(r" [:;?!»]|« ", said) is None, f"espace insécable : {said}"


def test_every_sentence_is_used() -> None:
    """A sentence for a code nobody raises any more is dead."""
    everything = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    assert [code for code in SENTENCES if everything.count(f'"{code}"') < 2] == []


def test_a_code_without_a_sentence_is_still_said() -> None:
    assert "(never_heard)" in sentence(LanterneError("never_heard"))
