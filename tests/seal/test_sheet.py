"""Letters typed from paper: what eyes confuse is forgiven, and a wrong line is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanterne.seal.errors import SheetMisread
from lanterne.seal.sheet import ALPHABET, read_lines, read_text, write_lines, write_qr
from lanterne.wire.names import PracticeId
from tests import cast

FOUND = cast.founding()
LINES = write_lines(FOUND.sheet, FOUND.practice)


def test_the_printed_form() -> None:
    assert len(LINES) == 4
    for line in LINES:
        assert [len(group) for group in line.split("-")] == [4, 4, 4, 4, 2]
        assert set(line) <= {*ALPHABET, "-"}
    assert not set("ILOU") & set("".join(LINES))
    assert write_qr(FOUND.sheet, FOUND.practice) == "LANTERNE1:" + "".join(LINES).replace("-", "")


@given(st.data())
def test_a_line_as_people_type_it(data: st.DataObject) -> None:
    confusions = {"0": "0Oo", "1": "1IiLl"}
    typed = []
    for line in LINES:
        letters = [
            data.draw(st.sampled_from(confusions.get(one, one + one.lower()))) for one in line if one != "-"
        ]
        blanks = [data.draw(st.sampled_from(["", " ", "-", "  ", "\u00a0"])) for _ in letters]
        typed.append("".join(a + b for a, b in zip(letters, blanks, strict=True)))
    assert read_lines(typed).keys.id == FOUND.sheet.id
    assert read_text("\n".join(typed)).keys.id == FOUND.sheet.id
    assert read_text("".join(typed)).keys.id == FOUND.sheet.id


def test_one_wrong_letter_is_caught_and_its_line_named() -> None:
    """Every letter of every line replaced by every other. Two check letters are 10 bits: about 1 in 1,024 passes."""
    tried = passed = 0
    for number, line in enumerate(LINES, 1):
        letters = line.replace("-", "")
        for at in range(len(letters)):
            for other in set(ALPHABET) - {letters[at]}:
                tried += 1
                wrong = [*LINES[: number - 1], letters[:at] + other + letters[at + 1 :], *LINES[number:]]
                found = misread(wrong)
                assert found in (None, (number,))
                passed += found is None
    assert passed < tried / 256


def misread(lines: list[str]) -> tuple[int, ...] | None:
    """The lines said to be wrong, None when the sheet was read."""
    try:
        read_lines(lines)
    except SheetMisread as error:
        return error.lines
    return None


def test_every_wrong_line_is_named() -> None:
    lines = [LINES[0], LINES[2], LINES[1], LINES[3]]
    with pytest.raises(SheetMisread) as caught:
        read_lines(lines)
    assert caught.value.lines == (2, 3)


@given(st.lists(st.text(max_size=30), max_size=6), st.text(max_size=120))
def test_nonsense_raises_nothing_of_its_own(lines: list[str], text: str) -> None:
    with pytest.raises(SheetMisread):
        read_lines(lines)
    with pytest.raises(SheetMisread):
        read_text(text)


def test_it_knows_its_practice() -> None:
    letters = read_lines(LINES)
    assert letters.belongs_to(FOUND.practice)
    assert not letters.belongs_to(PracticeId("00" * 32))
