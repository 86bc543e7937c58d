"""HPRIM santé: segments, as a laboratory of a clinic writes them. All contents here are made up."""

from __future__ import annotations

import pytest

from lanterne.intake.hprim.reader import read
from lanterne.intake.reading import Document, Limits
from lanterne.practice.results.facts import ResultRecorded

MESSAGE = (
    "H|~^\\&|A12.HPR||LABC~Laboratoire du Port||ORU|||DOC~MOREL||P|H2.1~C|202403121530\r"
    "P|1|551|B77||DURAND~JEANNE~MARIE|BAPTISTE|19790328|F||3 QUAI NORD~BAT A~RENNES~~35000||0299000000\r"
    "OBR|1|E1~|~98|NFS~Numération~L|R||202403120815||||N|||202403120900|SG~Sang veineux\r"
    "OBX|1|NM|HB~Hémoglobine~L^718-7~Hb~LN||13,3|g/dl|12,5 - 15,5|N|||F|||202403121200\r"
    "OBX|2|NM|GB~Leucocytes~L||2920|/mm3|4000 - 10000|L|||C\r"
    "C|1|L|Contrôlé sur lame\r"
    "OBX|3|ST|ASP~Aspect~L||Limpide||||||F\r"
    "L|1\r"
)


def one(text: str) -> Document:
    document = read(text.encode("cp1252"), Limits())
    assert not document.parts
    return document


def bodies(document: Document) -> list[ResultRecorded]:
    return [statement.body for statement in document.statements if isinstance(statement.body, ResultRecorded)]


def test_a_whole_message() -> None:
    document = one(MESSAGE)
    assert (document.format, document.kind, document.at) == ("hprim", "lab-report", "2024-03-12T08:15")
    assert document.author.organisation == "Laboratoire du Port"
    identity = document.identity
    assert identity is not None
    assert (identity.birth_name, identity.used_name, identity.first_given) == ("BAPTISTE", "DURAND", "JEANNE")
    assert (identity.sex, identity.birth_date, identity.postcode, identity.city) == (
        "female",
        "1979-03-28",
        "35000",
        "RENNES",
    )
    assert identity.given_names == ("JEANNE", "MARIE")
    assert ("labo:Laboratoire du Port", "B77") in identity.local_ids
    haemoglobin, leucocytes, aspect = bodies(document)
    assert (haemoglobin.value, haemoglobin.low, haemoglobin.high) == ("13.3", "12.5", "15.5")
    assert (haemoglobin.panel, haemoglobin.specimen) == ("Numération", "Sang veineux")
    assert (leucocytes.flag, leucocytes.status, leucocytes.comment) == ("L", "corrected", "Contrôlé sur lame")
    assert aspect.value == "Limpide"
    assert "Hémoglobine : 13.3 g/dl" in document.text
    assert document.unread == ()


@pytest.mark.parametrize("ends", ["\r\n", "\n", "\r"])
def test_line_ends(ends: str) -> None:
    assert len(one(MESSAGE.replace("\r", ends)).statements) == 3


def test_a_segment_cut_anywhere_goes_on_in_an_addendum() -> None:
    cut = MESSAGE.replace("Laboratoire", "Laboratoire").replace("Leucocytes~L||29", "Leucocytes~L||\rA|29")
    assert bodies(one(cut))[1].value == "2920"


def test_several_patients() -> None:
    other = MESSAGE.split("\r", 1)[1].replace("BAPTISTE", "CARON")
    document = read((MESSAGE.replace("L|1\r", "") + other).encode(), Limits())
    assert [part.identity and part.identity.birth_name for part in document.parts] == ["BAPTISTE", "CARON"]
    assert [len(part.statements) for part in document.parts] == [3, 3]


def test_a_missing_end_is_said() -> None:
    assert any("fin du message" in said for said in one(MESSAGE.replace("L|1\r", "")).unread)


def test_a_file_announced_is_said() -> None:
    document = one(MESSAGE.replace("L|1\r", "OBX|4|FIC|TXT~~L||REP~a1.txt~TXT\rL|1\r"))
    assert len(document.statements) == 3
    assert any("a1.txt" in said for said in document.unread)


def test_the_social_number_is_in_the_insurance_segment() -> None:
    first = "2790351215189"
    number = f"{first}{97 - int(first) % 97:02}"
    document = one(MESSAGE.replace("OBR|1", f"AP|1|{number}~~\rOBR|1"))
    assert document.identity is not None
    assert (document.identity.matricule, document.identity.key_agrees) == (number, True)
    wrong = one(MESSAGE.replace("OBR|1", f"AP|1|{first}00~~\rOBR|1"))
    assert wrong.identity is not None
    assert not wrong.identity.key_agrees


def test_results_without_patient_belong_to_nobody() -> None:
    document = one("\r".join(line for line in MESSAGE.split("\r") if not line.startswith("P|")))
    assert document.identity is None
    assert len(document.statements) == 3
    assert any("quel patient" in said for said in document.unread)


def test_other_segments_are_named() -> None:
    assert any("ACT" in said for said in one(MESSAGE.replace("L|1\r", "ACT|1|X\rL|1\r")).unread)
