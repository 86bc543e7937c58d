"""Whatever the record holds becomes something the font can draw, and what it cannot is told."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanterne.printing.characters import DRAWN, INSTEAD, LONG_WORD, one_line, printable
from tests.printing.made import AMOXICILLIN, only, plain, text_of


def said(text: str) -> tuple[str, set[str]]:
    lost: set[str] = set()
    return printable(text, lost), lost


@pytest.mark.parametrize(
    ("text", "shown", "lost"),
    [
        ("Œdème à 38,5 °C – ½ cp ≥ 3 €", "Œdème à 38,5 °C – ½ cp ≥ 3 €", set()),
        ("e\u0301", "é", set()),
        ("1\x002", f"1{INSTEAD}2", {"\x00"}),
        ("a😀b", f"a{INSTEAD}b", {"😀"}),
        ("\u202eab\u200b\ufeff", "ab", set()),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd", set()),
        ("a\tb", "a b", set()),
        ("inﬂuenza", "influenza", set()),
        ("q" + "\u0301" * 9, "q\u0301\u0301", {"\u0301"}),
    ],
)
def test_what_becomes_of_it(text: str, shown: str, lost: set[str]) -> None:
    assert said(text) == (shown, lost)


def test_a_long_word_may_be_broken_and_a_short_one_is_whole() -> None:
    assert "\u200b" not in said("x" * LONG_WORD)[0]
    assert said("x" * 100)[0].replace("\u200b", "") == "x" * 100
    assert max(map(len, said("x" * 10_000)[0].split("\u200b"))) <= LONG_WORD


def test_one_line_is_one_line() -> None:
    assert one_line(" a\nb\r\n c ", set()) == "a b  c"


def test_only_characters_that_are_assigned_and_seen_are_drawn() -> None:
    assert not [one for one in DRAWN if unicodedata.category(one)[0] == "C"]
    assert {*"éèàçùïœŒæ«»’–€°½²³µ≥≤→□"} <= DRAWN


def test_every_one_of_them_is_set_upright_bold_and_in_italics() -> None:
    words = " ".join(
        ("n" if unicodedata.combining(one) else "") + one for one in sorted(DRAWN) if not one.isspace()
    )
    paper = only(AMOXICILLIN.__class__(dci=words, posology=words, duration="1 jour", remark=words))
    assert paper.lost == ()


@given(st.text(max_size=400))
def test_nothing_else_comes_out(text: str) -> None:
    shown, lost = said(text)
    assert set(shown) <= DRAWN | {"\n", "\u200b"}
    assert all(one not in shown for one in lost if not unicodedata.combining(one))


def test_the_sheet_shows_where_something_was_lost() -> None:
    paper = only(AMOXICILLIN.__class__(dci="Amoxicilline 中", posology="1 comprimé", duration="1 jour"))
    assert paper.lost == ("中",)
    assert f"Amoxicilline {INSTEAD}" in plain(text_of(paper.pdf))
