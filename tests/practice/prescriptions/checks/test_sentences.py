"""Every finding, and everything not checked, is a French sentence with all its words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lanterne.practice.prescriptions import checks
from lanterne.practice.prescriptions.checks.sentences import (
    CHECKS,
    FIRED,
    SEVERITIES,
    UNCHECKED,
    fired_sentence,
    unchecked_sentence,
)
from lanterne.practice.prescriptions.facts import Fired, Unchecked
from lanterne.reference.formulas import CannotCompute

HERE = Path(str(checks.__file__)).parent
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
# Put together from a word: the branches of the code they come from.
MADE = {
    "fired": {
        "allergy_same", "allergy_class", "intolerance_same", "intolerance_class", "pregnancy_contraindicated",
        "pregnancy_avoid", "pregnancy_caution",
    },
    "unchecked": {"limits_child", "limits_adult"},
}  # fmt: skip


def calls(method: str) -> Iterator[tuple[str, set[str]]]:
    """(code, words) of each call that writes its code out."""
    for path in sorted(HERE.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == method
            ):
                place = 1 if method == "fire" else 0
                code = node.args[place]
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    yield code.value, {str(word.arg) for word in node.keywords if word.arg}


def test_every_code_written_out_has_its_sentence() -> None:
    assert {code for code, _ in calls("fire")} | MADE["fired"] == set(FIRED)
    raised = {
        node.args[0].value
        for node in ast.walk(ast.parse((HERE / "amounts.py").read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Lacking"
        and isinstance(node.args[0], ast.Constant)
    }  # fmt: skip
    returned = {"creatinine_absent", "creatinine_unread_only"} | {
        f"clearance_{why}" for why in ("age", "sex", "adult", "bounds")
    }
    conditional = {"sex_unknown", "pregnancy_not_said"}
    said = {code for code, _ in calls("skip")} | MADE["unchecked"] | raised | returned | conditional
    assert said == set(UNCHECKED)


def test_a_clearance_that_cannot_be_computed_says_why() -> None:
    # Every word of CannotCompute that Cockcroft and Gault, or CKD-EPI, may raise once a creatinine is there.
    for missing in ("age", "sex", "adult", "bounds"):
        assert f"clearance_{CannotCompute(missing).missing}" in UNCHECKED


@pytest.mark.parametrize("code", sorted(FIRED))
def test_a_finding_is_a_sentence(code: str) -> None:
    words = dict.fromkeys(PLACEHOLDER.findall(FIRED[code]), "x")
    said = fired_sentence(
        Fired(check="dose", severity="noted", lines=[0], subject="x", code=code, params=words)
    )
    assert "…" not in said
    assert "%" not in said
    assert re.search(r" [:;?!»]|« ", said) is None, f"espace insécable : {said}"


@pytest.mark.parametrize("code", sorted(UNCHECKED))
def test_what_is_not_checked_is_a_sentence(code: str) -> None:
    words = dict.fromkeys(PLACEHOLDER.findall(UNCHECKED[code]), "x")
    said = unchecked_sentence(Unchecked(check="kidney", code=code, params=words))
    assert said.startswith("Non vérifié (fonction rénale)\u00a0: ")
    assert said.endswith(".")
    assert re.search(r" [:;?!»]|« ", said) is None, f"espace insécable : {said}"


def test_a_code_of_a_later_program_is_shown_as_it_is() -> None:
    later = Fired(check="dose", severity="noted", lines=[0], subject="lithium", code="lithaemia")
    assert fired_sentence(later) == "lithium (lithaemia)"
    assert unchecked_sentence(Unchecked(check="dose", code="later")).endswith("later")


def test_words_that_are_missing_are_shown_as_missing() -> None:
    said = fired_sentence(Fired(check="dose", severity="noted", lines=[0], subject="x", code="elderly"))
    assert said == "… à … ans\u00a0: …"


def test_every_check_and_severity_has_its_name() -> None:
    from typing import get_args

    from lanterne.practice.prescriptions.facts import Check, Severity

    assert set(CHECKS) == set(get_args(Check))
    assert set(SEVERITIES) == set(get_args(Severity))
