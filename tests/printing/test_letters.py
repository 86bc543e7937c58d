"""Letters and certificates: everything written is on the paper, in its order, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lanterne.printing.errors import NotPrinted
from lanterne.printing.letters import print_certificate, print_letter
from lanterne.printing.papers import Certificate, Letter, Section
from tests.printing.made import BAPTISTE, DAY, MOREL, pages, text_of

LETTER = Letter(
    sender=MOREL,
    recipient=("Dr Camille Petit", "Cardiologue", "8, place de la Cathédrale", "37000 Tours"),
    made_on=DAY,
    subject="avis sur une fibrillation atriale récente",
    body=(
        "Cher confrère,",
        "Je vous adresse M. Baptiste pour avis.\nIl est asymptomatique.",
        Section(title="Traitement en cours", lines=("Metformine 1000 mg", "Périndopril 5 mg")),
        "Bien confraternellement,",
    ),
    patient=BAPTISTE,
    enclosures=("Électrocardiogramme du 12 novembre 2026",),
)
CERTIFICATE = Certificate(
    sender=MOREL,
    patient=BAPTISTE,
    made_on=DAY,
    heading="Certificat médical",
    body=("Je soussignée certifie avoir examiné ce jour M. Jean Baptiste.", "Remis en main propre."),
)


def in_order(text: str, *parts: str) -> None:
    places = [text.find(part) for part in parts]
    assert -1 not in places, [part for part, place in zip(parts, places, strict=True) if place < 0]
    assert places == sorted(places)


def test_a_letter_says_all_of_it_in_order() -> None:
    in_order(
        text_of(print_letter(LETTER).pdf),
        "Dr Garance MOREL",
        "RPPS 10003456781",
        "Dr Camille Petit Cardiologue 8, place de la Cathédrale 37000 Tours",
        "BAPTISTE Jean Marie",
        "Tours, le 22 novembre 2026",
        "Objet : avis sur une fibrillation atriale récente",
        "Cher confrère,",
        "Je vous adresse M. Baptiste pour avis. Il est asymptomatique.",
        "Traitement en cours – Metformine 1000 mg – Périndopril 5 mg",
        "Bien confraternellement,",
        "Signature",
        "Pièces jointes : – Électrocardiogramme du 12 novembre 2026",
        "Page 1/1",
    )


def test_a_letter_about_nobody_names_nobody() -> None:
    text = text_of(print_letter(replace(LETTER, patient=None, subject="", enclosures=())).pdf)
    for word in ("BAPTISTE", "Objet", "Pièces jointes"):
        assert word not in text


def test_the_ins_of_a_letter_is_qualified_or_absent() -> None:
    assert "INS" in text_of(print_letter(LETTER).pdf)
    assert "INS" not in text_of(
        print_letter(replace(LETTER, patient=replace(BAPTISTE, ins_qualified=False))).pdf
    )


def test_a_long_letter_says_on_each_page_whose_it_is() -> None:
    found = pages(print_letter(replace(LETTER, body=("Un long paragraphe. " * 60,) * 12)).pdf)
    assert len(found) > 2
    assert all(
        "Courrier du 22 novembre 2026 – BAPTISTE Jean Marie, né le 3 avril 1952" in page for page in found
    )
    assert all(f"Page {number}/{len(found)}" in page for number, page in enumerate(found, 1))


def test_a_certificate_says_all_of_it_in_order() -> None:
    in_order(
        text_of(print_certificate(CERTIFICATE).pdf),
        "Dr Garance MOREL",
        "BAPTISTE Jean Marie",
        "Tours, le 22 novembre 2026",
        "Certificat médical",
        "Je soussignée certifie avoir examiné ce jour M. Jean Baptiste.",
        "Remis en main propre.",
        "Signature",
    )


def test_text_is_never_markup() -> None:
    hostile = '#panic() $x$ *gras* _it_ `code` <label> @ref = titre #import "@preview/x:1.0.0"'
    letter = replace(
        LETTER, subject=hostile, recipient=(hostile,), enclosures=(hostile,), body=(hostile, Section(title=hostile, lines=(hostile,)))
    )  # fmt: skip
    assert text_of(print_letter(letter).pdf).count(hostile) == 6
    assert (
        text_of(print_certificate(replace(CERTIFICATE, heading=hostile, body=(hostile,))).pdf).count(hostile)
        == 2
    )


def test_what_could_not_be_drawn_is_told() -> None:
    assert print_letter(replace(LETTER, body=("Bonjour 中",))).lost == ("中",)
    assert print_certificate(CERTIFICATE).lost == ()


@pytest.mark.parametrize("body", [(), ("",), ("\n\n",), (Section(title="Rien", lines=()),)])
def test_an_empty_letter_is_refused(body: tuple[str | Section, ...]) -> None:
    with pytest.raises(NotPrinted) as caught:
        print_letter(replace(LETTER, body=body))
    assert caught.value.code == "printing_empty"
