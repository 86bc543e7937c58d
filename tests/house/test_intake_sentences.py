"""Every reason a reader can refuse a file for has its French sentence, with the words it needs: read in the sources."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import lanterne
from lanterne.intake.reading import Unreadable
from lanterne.intake.sentences import SENTENCES, sentence
from tests.house.tree import check

INTAKE = Path(lanterne.__file__).parent / "intake"
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+")
# Codes the reading process is refused with without an Unreadable being built where they are written.
TOLD_BY_THE_SANDBOX = ("too_slow", "too_much_memory", "reader_crashed")


@dataclass(frozen=True)
class Raised:
    """A code, where it is raised, and the words it is given there."""

    code: str
    place: str
    words: frozenset[str]


def raised() -> Iterator[Raised]:
    """Every `Unreadable(code, …)` of lanterne.intake; a code in a variable is each word ever put into it there."""
    for path in sorted(INTAKE.rglob("*.py")):
        yield from raised_in(ast.parse(path.read_text(encoding="utf-8")), str(path.relative_to(INTAKE)))


def raised_in(tree: ast.Module, name: str) -> Iterator[Raised]:
    """The same, in one module."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or ast.unparse(node.func).rpartition(".")[2] != "Unreadable":
            continue
        assert node.args, f"{name}:{node.lineno}: Unreadable without a code"
        # "**params" carries what another Unreadable was given: its own place is looked at.
        if any(keyword.arg is None for keyword in node.keywords):
            continue
        words = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
        codes = list(codes_of(node.args[0], tree))
        assert codes, f"{name}:{node.lineno}: no code can be read here; write it as a word"
        for code in codes:
            yield Raised(code, f"{name}:{node.lineno}", words)


def codes_of(node: ast.expr, tree: ast.Module) -> Iterator[str]:
    """The code words an expression can be."""
    if isinstance(node, ast.Name):
        for found in ast.walk(tree):
            if isinstance(found, ast.Assign) and any(
                isinstance(target, ast.Name) and target.id == node.id for target in found.targets
            ):
                yield from codes_of(found.value, tree)
        return
    for found in ast.walk(node):
        if isinstance(found, ast.Constant) and isinstance(found.value, str):
            yield found.value


def test_the_search_finds_what_it_looks_for() -> None:
    found = {one.code for one in raised()}
    assert {"xml_doctype", "zip_bomb", "file_empty", "image_too_large", "image_broken", "hl7_base64"} <= found
    source = 'code = "a_b" if x else "c_d"\nraise Unreadable(code, limit=1)\nraise reading.Unreadable("e_f")'
    assert {(one.code, one.words) for one in raised_in(ast.parse(source), "x")} == {
        ("a_b", frozenset({"limit"})),
        ("c_d", frozenset({"limit"})),
        ("e_f", frozenset()),
    }


def test_every_code_raised_has_its_sentence() -> None:
    without = {f"{one.code} ({one.place})" for one in raised() if one.code not in SENTENCES}
    without |= {code for code in TOLD_BY_THE_SANDBOX if code not in SENTENCES}
    check(without, "write its French sentence in lanterne/intake/sentences.py.")


def test_every_sentence_is_given_its_words() -> None:
    missing = {
        f"{one.code} ({one.place}) lacks {word}"
        for one in raised()
        for word in set(PLACEHOLDER.findall(SENTENCES.get(one.code, ""))) - one.words
    }
    check(missing, "pass the word to Unreadable, or take it out of the sentence.")


def test_every_sentence_is_raised_somewhere() -> None:
    known = {one.code for one in raised()} | set(TOLD_BY_THE_SANDBOX)
    check(set(SENTENCES) - known, "nobody raises it any more: take its sentence out.")


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_a_sentence_is_one_and_can_be_said(code: str) -> None:
    assert CODE.fullmatch(code)
    said = sentence(Unreadable(code, **dict.fromkeys(PLACEHOLDER.findall(SENTENCES[code]), "3")))
    assert "%(" not in said
    assert said[0].isupper()
    assert said.rstrip("\u00a0 ").endswith((".", "?")), said
    assert re.search(r" [:;?!»]|« |'", said) is None, f"typographie : {said}"


def test_a_code_nobody_knows_and_a_missing_word_are_still_said() -> None:
    assert "(never_heard)" in sentence(Unreadable("never_heard"))
    assert "…" in sentence(Unreadable("xml_too_deep"))


def test_the_boundary_translates() -> None:
    assert sentence(Unreadable("file_empty"), str.upper) == "LE FICHIER EST VIDE."
