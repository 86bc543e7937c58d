"""`lanterne posology`: one answer a line, in order, whatever comes in."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from typing import Any

import pytest

from lanterne.cli.posology import MOST_BYTES
from tests.cli.conftest import Ended

Run = Callable[..., Ended]


class Input:
    """A standard input that holds these bytes."""

    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


@pytest.fixture
def posology(lanterne: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ended]:
    def run(content: bytes, *words: str) -> Ended:
        monkeypatch.setattr(sys, "stdin", Input(content))
        return lanterne("posology", *words)

    return run


def answers(ended: Ended) -> list[Any]:
    return [json.loads(line) for line in ended.out.splitlines()]


def test_each_line_has_its_answer(posology: Callable[..., Ended]) -> None:
    ended = posology(
        b"amoxicilline 1 g 3/j 6 j\r\npred 20 3 cp le matin 5j\nmethotrexate 10 mg 1 cp/j", "--json"
    )
    assert ended.code == 0
    first, second, third = answers(ended)
    assert first["structure"] == {
        "drug": "amoxicilline",
        "strength": "1 g",
        "times_per_day": 3,
        "duration_d": 6,
    }
    assert (first["understood"], first["warnings"], first["ask"]) == (True, [], [])
    assert (second["understood"], second["structure"]) == (False, None)
    assert "prednisolone" in second["ask"][0]["why"]
    assert third["understood"] is True
    assert [point["code"] for point in third["warnings"]] == ["too_often"]


def test_hostile_lines_are_answered_and_the_next_one_is_read(posology: Callable[..., Ended]) -> None:
    content = b"\n".join([b"\xff\xfe\x00", b"a" * (3 * MOST_BYTES), b"", b"\x00\x1b[31m", b"kardegic 75 1/j"])
    codes = [[point["code"] for point in one["ask"]] for one in answers(posology(content, "--json"))]
    assert codes[0] == ["not_utf8"]
    assert codes[1] == ["line_too_long"]
    assert codes[2] == ["nothing_typed"]
    assert codes[3]
    assert codes[4] == []
    assert len(codes) == 5


def test_nothing_in_is_nothing_out(posology: Callable[..., Ended]) -> None:
    assert posology(b"", "--json") == Ended(0, "", "")


def test_in_french(posology: Callable[..., Ended]) -> None:
    out = posology(b"paracetamol 1 g 2 cp 4/j\nmethotrexate 2,5 mg 6 cp").out.replace("\u00a0", " ")
    assert "Paracétamol 1 g : 2 comprimés, 4 fois par jour." in out
    assert "ATTENTION : 8 g par jour" in out
    assert "Pas compris" in out
    assert "À quel rythme" in out


def test_control_characters_do_not_reach_the_terminal(posology: Callable[..., Ended]) -> None:
    assert "\x1b" not in posology(b"doliprane \x1b[31m 1 g").out


def test_help_is_french(lanterne: Run) -> None:
    assert lanterne("posology", "--help").out.startswith("Usage\u00a0: lanterne posology")
