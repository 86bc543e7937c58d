"""Laboratories' letters: every accent comes back as it was written, whatever the machine that wrote it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lanterne.intake.charset import decode, single_byte_of

_LINES = (
    "prélèvement hémoglobine créatinine élevée à jeun protéines réticulocytes éosinophiles négatif contrôlée sévère",
    "fièvre µmol/L 37°C œdème «positif» l’hôpital PROTÉINES SÉROLOGIE HÉMATOLOGIE François Noël août être déjà",
    "référence équilibré antibiogramme patient consultation 13,3 g/dL normale leucocytes résultat ± bilan clinique",
)
WORDS = [word for line in _LINES for word in line.split()]
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "mac_roman", "cp850", "latin-1")


@pytest.mark.parametrize("encoding", ENCODINGS)
@settings(max_examples=150, deadline=None)
@given(words=st.lists(st.sampled_from(WORDS), min_size=6, max_size=40))
def test_a_french_report_comes_back_letter_for_letter(encoding: str, words: list[str]) -> None:
    text = " ".join(["Hémoglobine élevée,", *words])
    try:
        content = text.encode(encoding)
    except UnicodeEncodeError:
        return  # cp850 has no œ, latin-1 no ’: a laboratory that writes them uses another
    decoded = decode(content)
    assert decoded.text == text
    assert decoded.exact


@pytest.mark.parametrize(
    ("word", "encoding"),
    [
        ("Résultat négatif", "mac_roman"),
        ("PROTÉINES", "mac_roman"),
        ("37°C", "mac_roman"),
        ("créatinine élevée", "cp850"),
    ],
)
def test_a_few_accents_are_enough(word: str, encoding: str) -> None:
    assert decode(word.encode(encoding)).text == word


def test_an_ellipsis_is_no_dos_accent() -> None:
    assert decode("à suivre …".encode("cp1252")).text == "à suivre …"
    assert decode("Sans commentaire …".encode("cp1252")).text == "Sans commentaire …"


def test_bytes_that_are_no_cp1252_are_latin_1() -> None:
    content = "Hémoglobine normale".encode("latin-1") + b"\x81"
    assert single_byte_of(content) == "latin-1"
    assert decode(content).text.startswith("Hémoglobine normale")


def test_utf_8_cut_in_a_letter_stays_utf_8_and_says_so() -> None:
    decoded = decode("Hémoglobine élevée é".encode()[:-1])
    assert decoded.text == "Hémoglobine élevée \ufffd"
    assert not decoded.exact


def test_a_file_glued_from_two_sources_reads_each_line() -> None:
    content = "Prénom : Zoé, née à Orléans\n".encode() * 3 + "Fièvre élevée\n".encode("cp1252")
    assert decode(content).text.endswith("née à Orléans\nFièvre élevée\n")


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_are_refused(content: bytes) -> None:
    assert isinstance(decode(content).text, str)
