"""The sheet Dr Garance Morel prints on the first day opens her practice on the worst one."""

from __future__ import annotations

import datetime as dt
import io

import pypdf
import pytest

from lanterne.seal.errors import SheetMisread
from lanterne.seal.seat import SheetKeys
from lanterne.seal.sheet import write_lines, write_qr
from lanterne.sheet.printing import french_date, print_sheet
from lanterne.sheet.reading import read_sheet
from lanterne.wire.names import PracticeId

KEYS = SheetKeys(bytes(range(32)))
PRACTICE = PracticeId("7f3a91c2" * 8)
DAY = dt.date(2026, 3, 1)


def printed(name: str = "Maison de santé des Tilleuls") -> bytes:
    return print_sheet(KEYS, PRACTICE, practice_name=name, made_on=DAY)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def test_the_letters_come_back_from_the_pdf() -> None:
    letters = read_sheet(printed())
    assert letters.keys.id == KEYS.id
    assert letters.belongs_to(PRACTICE)


def test_the_same_sheet_is_the_same_bytes() -> None:
    assert printed() == printed()


def test_it_says_whose_it_is_and_since_when() -> None:
    text = text_of(printed())
    assert "Maison de santé des Tilleuls" in text
    assert "1er mars 2026" in text
    assert "7f3a 91c2" in text


@pytest.mark.parametrize("name", ["Cabinet", "Maison de santé " * 12, "#panic() $x$ *gras* <b> \\ « é »"])
def test_one_page_whatever_the_name(name: str) -> None:
    pdf = printed(name)
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 1
    assert read_sheet(pdf).keys.id == KEYS.id


def test_a_name_is_never_taken_for_markup() -> None:
    assert "#panic() $x$" in text_of(printed("#panic() $x$"))


def test_letters_typed_badly_are_forgiven() -> None:
    typed = "\r\n".join(
        line.lower().replace("0", "o").replace("1", "l") for line in write_lines(KEYS, PRACTICE)
    )
    assert read_sheet(typed.encode()).keys.id == KEYS.id


def test_the_text_of_the_qr_code_is_enough() -> None:
    assert read_sheet(write_qr(KEYS, PRACTICE).encode()).keys.id == KEYS.id


def test_a_wrong_letter_names_its_line() -> None:
    lines = list(write_lines(KEYS, PRACTICE))
    lines[2] = ("0" if lines[2][0] != "0" else "1") + lines[2][1:]
    with pytest.raises(SheetMisread) as caught:
        read_sheet("\n".join(lines).encode())
    assert caught.value.lines == (3,)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 broken", b"\x00\xff\xfe\x01", b"A" * (5 * 1024 * 1024)])
def test_what_is_no_sheet_is_refused(content: bytes) -> None:
    with pytest.raises(SheetMisread):
        read_sheet(content)


def test_a_day_in_words() -> None:
    assert french_date(dt.date(2026, 8, 22)) == "22 août 2026"
