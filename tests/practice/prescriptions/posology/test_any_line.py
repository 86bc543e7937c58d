"""Whatever is typed, reading ends with an answer; and a line that is understood has lost no number on the way."""

from __future__ import annotations

import json
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from lanterne.practice.prescriptions.posology.numbers import FRACTIONS, one
from lanterne.practice.prescriptions.posology.reading import read
from lanterne.practice.prescriptions.posology.sentences import SENTENCES, sentence
from lanterne.practice.prescriptions.posology.structure import Reading, from_plain, to_plain
from lanterne.practice.prescriptions.posology.words import words
from tests.practice.prescriptions.posology.lines import HERE, lines, names

NAMES = [
    "amoxicilline",
    "doliprane",
    "kardegic",
    "levothyrox",
    "lantus",
    "macrogol 4000",
    "vitamine b12",
    "machin",
    "",
]
PIECES = [
    "1 g", "500 mg", "75", "0,25", "100 UI/ml", "0,1 %", "30/500", "20 mg/kg/j", "12 mg/kg/8h", "40 mg/j", "16 u", "5 ml",
    "1 cp", "2 gel", "1/2 cp", "1 à 2 sachets", "3 gouttes", "2 bouffées", "1 application", "dose 9 kg", "crème", "LP",
    "3/j", "x2/j", "2 fois par jour", "/8h", "toutes les 6 à 8 h", "1j/2", "5j/7", "3 j/sem", "tous les 3 jours", "1/sem",
    "/4 mois", "le lundi", "sauf le dimanche", "matin", "matin et soir", "au coucher", "m/mi/s", "1-0-1", "1 0 1",
    "à 8h et 20h", "en 3 prises", "dose unique", "3 fois", "x3", "2x3", "avant les repas", "30 min avant le dîner", "à jeun",
    "6 j", "pdt 10 jours", "QSP 3 mois", "4 sem", "AR 2x", "AR 3 mois", "non renouvelable", "à renouveler 2h après",
    "si besoin", "si douleur", "si T°>38,5", "max 4/j", "max 3 g/j", "OD", "œil gauche", "par narine", "visage", "SC", "po",
    "NS (MTE)", "ALD", "hors ALD", "1 bte", "avec un verre d'eau", "rincer la bouche", "à garder 8 h", "puis", ",", "et", "ou",
    "stop", "7", "12", "1/3", "le", "par", "gloubi", "(", ")", "+", "/", "-", "QSP", "si", "max", "…", "½",
]  # fmt: skip
SOME = st.lists(st.sampled_from(PIECES), max_size=9)
NUMBER = re.compile(r"\d+/\d+|\d+(?: 000)+|\d+(?:[.,]\d+)?")


def answered(reading: Reading) -> None:
    """What holds of every answer."""
    assert reading.understood == (reading.structure is not None) == (not reading.ask)
    for point in (*reading.ask, *reading.warnings, *reading.unchecked):
        assert point.code in SENTENCES
        assert sentence(point)
    if reading.structure is not None:
        plain = to_plain(reading.structure)
        assert from_plain(json.loads(json.dumps(plain))) == reading.structure
        assert words(reading.structure)


def values(number: str) -> set[str]:
    """How a number may stand in a structure: as typed, as a value, and each side of a slash."""
    found = {number.replace(" ", "").replace(".", ",")}
    if number in FRACTIONS:
        found.add(f"{FRACTIONS[number]:g}")
    if "/" not in number:
        found.add(f"{one(number):g}")
        found.add(f"{float(one(number)):.1f}")
    return found


def lost(text: str, reading: Reading) -> list[str]:
    """Numbers of the text found nowhere in the structure and its remarks."""
    assert reading.structure is not None
    held = json.dumps(to_plain(reading.structure), ensure_ascii=False)
    present = set(re.findall(r"\d+/\d+|\d+(?:[.,]\d+)?", held)) | set(re.findall(r"\d+(?:[.,]\d+)?", held))
    present |= {f"{float(one.replace(',', '.')):g}" for one in present if "/" not in one}
    return [number for number in NUMBER.findall(text.replace("½", "1/2")) if not values(number) & present]


@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from(NAMES), pieces=SOME)
def test_no_mix_of_words_fails_or_loses_a_number(name: str, pieces: list[str]) -> None:
    text = " ".join([name, *pieces])
    reading = read(text, names())
    answered(reading)
    if reading.understood:
        assert not lost(text, reading), reading.structure


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=120))
def test_no_text_fails(text: str) -> None:
    answered(read(text, names()))


@settings(max_examples=150, deadline=None)
@given(line=st.sampled_from([line.text for line in lines(HERE / "own.tsv")]), data=st.data())
def test_a_word_nobody_knows_is_never_passed_over(line: str, data: st.DataObject) -> None:
    """Wherever it stands after the name, it is asked about or kept as part of a reason to take it."""
    typed = line.split()
    place = data.draw(st.integers(min_value=min(2, len(typed)), max_value=len(typed)))
    text = " ".join([*typed[:place], "gloubiboulga", *typed[place:]])
    reading = read(text, names())
    if reading.structure is not None:
        held = json.dumps(to_plain(reading.structure), ensure_ascii=False)
        assert "gloubiboulga" in held, text


def test_a_line_without_end_is_not_read() -> None:
    reading = read("amoxicilline 1 g " + "3/j " * 1000, names())
    assert [point.code for point in reading.ask] == ["line_too_long"]


def test_two_lines_in_one_are_asked_about() -> None:
    reading = read("amoxicilline 1 g 3/j 6 j\ndoliprane 1 g 3/j", names())
    assert [point.code for point in reading.ask] == ["more_than_one_line"]


def test_reading_does_not_hang_on_repetitions() -> None:
    """Patterns are bounded: the longest line allowed, of what they repeat most, is answered like another."""
    for piece in (
        "1 ",
        "matin ",
        "lundi ",
        "1-",
        "1/2 ",
        "8h ",
        "(",
        "le ",
        "a ",
        "000 ",
        "si ",
        "x ",
        "qsp ",
        "pour ",
        "duree ",
        "et ",
        "de ",
    ):
        answered(read(f"doliprane {piece * 500}"[:500], names()))
