"""Every mandatory mention is read back from the PDF itself (articles R. 5132-3, R. 5132-29 and R. 5125-54 CSP)."""

from __future__ import annotations

import datetime as dt
import os
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pypdf
import pytest

from lanterne.printing.errors import NotPrinted, sentence
from lanterne.printing.papers import OID_NIA, Item, Line, Order, SecuredPaper
from lanterne.printing.prescriptions import print_prescription, print_sheet, sheets, undrawn
from tests.printing.made import (
    AMOXICILLIN,
    BAPTISTE,
    DRESSING,
    LEVOTHYROXINE,
    MOREL,
    MORPHINE,
    TRAMADOL,
    drawn,
    only,
    pages,
    plain,
    prescribed,
    reader,
    text_of,
)

COUNT = int(os.environ.get("LANTERNE_PAPERS", "30"))
SEED = int(os.environ.get("LANTERNE_PAPERS_SEED", "20261122"))
PRESCRIBER = [
    "Dr Garance MOREL",
    "Médecin généraliste",
    "RPPS 10003456781",
    "N° AM 371012345",
    "12, rue des Tilleuls",
    "37000 Tours, France",
    "+33 2 47 00 11 22",
    "garance.morel@medecin.example",
    "Signature",
    "Tours, le 22 novembre 2026",
]
PATIENT = [
    "BAPTISTE Jean Marie",
    "Né le 3 avril 1952 (74 ans)",
    "Sexe : masculin",
    "Poids : 72,5 kg",
    "Taille : 178 cm",
]
AMOXICILLIN_SAID = [
    "Amoxicilline 1 g, comprimé dispersible",
    "1 comprimé 3 fois par jour, pendant les repas",
    "Durée : 6 jours",
    "Non renouvelable",
]


def ends_of_text(page: pypdf.PageObject) -> Iterator[float]:
    """Where each run of text ends, in points from the left edge: its start and the widths of its glyphs."""
    fonts = {name: widths_of(font.get_object()) for name, font in page["/Resources"]["/Font"].items()}  # type: ignore[index]
    found: list[float] = []
    held: dict[str, Any] = {}

    def visit(operator: bytes, operands: list[Any], cm: list[float], tm: list[float]) -> None:
        if operator == b"Tf":
            held.update(font=fonts[operands[0]], size=float(operands[1]))
        elif operator in (b"Tj", b"TJ"):
            parts = operands[0] if operator == b"TJ" else operands
            glyphs = b"".join(raw(part) for part in parts if not isinstance(part, (int, float)))
            moved = sum(float(part) for part in parts if isinstance(part, (int, float)))
            wide = sum(
                held["font"](int.from_bytes(glyphs[at : at + 2], "big")) for at in range(0, len(glyphs), 2)
            )
            found.append(cm[0] * (tm[4] + tm[0] * held["size"] * (wide - moved) / 1000) + cm[4])

    page.extract_text(visitor_operand_before=visit)
    return iter(found)


def raw(text: Any) -> bytes:
    original = getattr(text, "original_bytes", None)
    return bytes(original if original is not None else text)


def widths_of(font: Any) -> Callable[[int], float]:
    below = font["/DescendantFonts"][0].get_object()
    widths: dict[int, float] = {}
    table = list(below.get("/W", []))
    while table:
        first, second = int(table.pop(0)), table.pop(0).get_object()
        if isinstance(second, list):
            widths.update({first + at: float(width) for at, width in enumerate(second)})
        else:
            widths.update(dict.fromkeys(range(first, int(second) + 1), float(table.pop(0))))
    usual = float(below.get("/DW", 1000))
    return lambda glyph: widths.get(glyph, usual)


@pytest.mark.parametrize(
    ("items", "ald"),
    [
        ((AMOXICILLIN,), False),
        ((AMOXICILLIN,), True),
        ((replace(AMOXICILLIN, secured=True),), False),
        ((DRESSING,), False),
    ],
    ids=["plain", "bizone", "secured", "order"],
)
def test_who_prescribes_and_for_whom_is_on_every_paper(items: tuple[Item, ...], ald: bool) -> None:
    paper = only(*items, ald=ald, secured_paper=SecuredPaper(head_printed=False, top_mm=15))
    text = text_of(paper.pdf)
    assert [mention for mention in [*PRESCRIBER, *PATIENT] if mention not in text] == []


@pytest.mark.parametrize("ald", [False, True])
def test_what_is_prescribed(ald: bool) -> None:
    text = text_of(only(AMOXICILLIN, ald=ald).pdf)
    assert [mention for mention in AMOXICILLIN_SAID if mention not in text] == []


def test_the_substance_comes_first_and_the_reason_before_it() -> None:
    text = text_of(only(LEVOTHYROXINE).pdf)
    assert "Non substituable (MTE) – Lévothyroxine sodique 75 µg, comprimé (LEVOTHYROX)" in text
    assert "À renouveler 3 fois" in text


def test_a_medicine_that_may_be_replaced_is_not_said_otherwise() -> None:
    assert "substituable" not in text_of(only(AMOXICILLIN).pdf)


def test_what_else_the_law_wants_written() -> None:
    line = replace(
        AMOXICILLIN, off_label=True, not_reimbursed=True, pharmacy="Pharmacie du Pont", quantity="2 boîtes"
    )
    text = text_of(only(line).pdf)
    for mention in (
        "Prescription hors autorisation de mise sur le marché",
        "NR (non remboursable)",
        "Pharmacie : Pharmacie du Pont",
        "Quantité : 2 boîtes",
    ):
        assert mention in text


def test_a_duration_said_once_is_not_said_twice() -> None:
    text = text_of(only(replace(AMOXICILLIN, posology="1 comprimé par jour pendant 6 jours")).pdf)
    assert text.count("6 jours") == 1


def test_the_ins_is_printed_when_it_is_qualified() -> None:
    assert "INS : 1 52 04 37 001 123 45 (NIR)" in text_of(only(AMOXICILLIN).pdf)
    nia = replace(BAPTISTE, ins_oid=OID_NIA)
    assert "(NIA)" in text_of(only(AMOXICILLIN, patient=nia).pdf)


def test_the_ins_is_nowhere_when_it_is_not() -> None:
    paper = only(AMOXICILLIN, patient=replace(BAPTISTE, ins_qualified=False))
    text = text_of(paper.pdf)
    assert "INS" not in text
    assert "52 04 37" not in text
    assert b"152043700112345" not in paper.pdf


def test_the_names_of_a_married_woman() -> None:
    patient = replace(BAPTISTE, used_name="Durand", given_names="Jeanne", sex="female")
    text = text_of(only(AMOXICILLIN, patient=patient).pdf)
    assert "DURAND Jeanne" in text
    assert "Nom de naissance : BAPTISTE" in text
    assert "Née le 3 avril 1952" in text


@pytest.mark.parametrize(
    ("born", "shown"),
    [
        ("1952-04-03", "Né le 3 avril 1952 (74 ans)"),
        ("2024-10-23", "Né le 23 octobre 2024 (24 mois)"),
        ("2026-11-02", "Né le 2 novembre 2026 (20 jours)"),
        ("2019-11-22", "Né le 22 novembre 2019 (7 ans)"),
        ("2019-11-23", "Né le 23 novembre 2019 (6 ans)"),
        ("1952-04", "Né en avril 1952"),
        ("1952", "Né en 1952"),
    ],
)
def test_a_birth_date_at_the_precision_known(born: str, shown: str) -> None:
    assert shown in text_of(only(AMOXICILLIN, patient=replace(BAPTISTE, birth_date=born)).pdf)


def test_a_locum_says_whom_he_replaces() -> None:
    locum = replace(MOREL, given_name="Théo", family_name="Lambert", replacing="Dr Garance Morel")
    text = text_of(only(AMOXICILLIN, prescriber=locum).pdf)
    assert "Dr Théo LAMBERT remplaçant de Dr Garance Morel" in text


def test_made_without_the_national_service() -> None:
    notice = "Ordonnance papier – service e-prescription indisponible"
    assert notice in text_of(only(AMOXICILLIN, without_service=True).pdf)
    assert notice not in text_of(only(AMOXICILLIN).pdf)


def test_two_zones_for_a_long_illness() -> None:
    text = text_of(only(AMOXICILLIN, LEVOTHYROXINE).pdf)
    upper, rest = text.split(
        "Prescriptions SANS RAPPORT avec l’affection de longue durée (MALADIES INTERCURRENTES)"
    )
    heading, held = upper.split(
        "Prescriptions relatives au traitement de l’affection de longue durée reconnue "
    )
    assert held.startswith("(liste ou hors liste) (AFFECTION EXONÉRANTE)")
    assert "Lévothyroxine" in held
    assert "Amoxicilline" not in heading + held
    assert "Amoxicilline" in rest
    assert "Lévothyroxine" not in rest


def test_an_empty_zone_says_so() -> None:
    text = text_of(only(LEVOTHYROXINE).pdf)
    assert text.count("Aucune prescription dans cette partie.") == 1
    assert text.index("Lévothyroxine") < text.index("Aucune prescription")


def test_a_zone_that_goes_on_says_again_which_it_is() -> None:
    paper = only(*[LEVOTHYROXINE] * 20, AMOXICILLIN)
    first, second, *_ = pages(paper.pdf)
    assert "(AFFECTION EXONÉRANTE)" in first
    assert second.index("(AFFECTION EXONÉRANTE)") < second.index("Lévothyroxine")


def test_secured_quantities_are_in_words() -> None:
    (paper,) = print_prescription(prescribed(MORPHINE, TRAMADOL))
    assert paper.layout == "secured"
    text = text_of(paper.pdf)
    for mention in (
        "Morphine (sulfate) 10 mg, gélule à libération prolongée, voie orale (SKENAN LP)",
        "Une gélule matin et soir, soit deux prises par jour",
        "Dosage : dix milligrammes",
        "Durée : vingt-huit jours",
        "Quantité : cinquante-six gélules",
        "Une à deux gélules toutes les six heures si douleur, au plus huit gélules par jour",
        "Dosage : cinquante milligrammes",
        "Durée : sept jours",
    ):
        assert mention in text


def test_secured_paper_has_its_zones_for_a_long_illness() -> None:
    assert "EXONÉRANTE" not in text_of(only(MORPHINE).pdf)
    paper = only(replace(MORPHINE, ald=True), TRAMADOL)
    assert paper.layout == "secured"
    upper, rest = text_of(paper.pdf).split("(MALADIES INTERCURRENTES)")
    assert "Morphine" in upper.split("(AFFECTION EXONÉRANTE)")[1]
    assert "Tramadol" in rest


def test_a_printed_head_is_not_printed_twice_but_its_mentions_are() -> None:
    text = text_of(only(MORPHINE).pdf)
    assert "12, rue des Tilleuls" not in text
    for mention in (
        "Dr Garance MOREL",
        "RPPS 10003456781",
        "+33 2 47 00 11 22",
        "garance.morel@medecin.example",
    ):
        assert mention in text


def test_the_square_of_the_secured_paper_holds_the_count_of_its_own_page() -> None:
    paper = only(*[MORPHINE] * 9)
    found = pages(paper.pdf)
    assert len(found) > 1
    counts = [sum(f"{number}. " in page for number in range(1, 10)) for page in found]
    assert sum(counts) == 9
    for count, page in zip(counts, found, strict=True):
        assert str(count) in page.split()
    nobody = replace(BAPTISTE, ins_qualified=False)
    bare = only(MORPHINE, patient=nobody, secured_paper=SecuredPaper(count=False))
    assert "1" not in text_of(bare.pdf).split()


def test_the_measures_of_the_secured_paper_move_the_text() -> None:
    def first_y(paper: SecuredPaper) -> float:
        found: list[float] = []

        def visit(text: str, cm: list[float], tm: list[float], font: object, size: float) -> None:
            if "BAPTISTE" in text:
                found.append(tm[5] * cm[3] + cm[5])

        reader(only(MORPHINE, secured_paper=paper).pdf).pages[0].extract_text(visitor_text=visit)
        return found[0]

    points = first_y(SecuredPaper(top_mm=50)) - first_y(SecuredPaper(top_mm=90))
    assert abs(points) == pytest.approx(40 * 72 / 25.4, abs=0.5)


@pytest.mark.parametrize(
    "measure", ["top_mm", "bottom_mm", "left_mm", "right_mm", "count_right_mm", "count_bottom_mm"]
)
def test_measures_that_cannot_be_are_refused(measure: str) -> None:
    with pytest.raises(NotPrinted) as caught:
        only(MORPHINE, secured_paper=replace(SecuredPaper(), **{measure: 4_000}))
    assert "4000 mm" in sentence(caught.value)


def test_each_kind_has_its_own_paper_and_nothing_is_on_two() -> None:
    blood = Order(kind="laboratory", asked=("Hémogramme", "HbA1c"), ald=True)
    papers = print_prescription(prescribed(AMOXICILLIN, MORPHINE, DRESSING, blood, LEVOTHYROXINE))
    assert [(paper.layout, paper.subject) for paper in papers] == [
        ("secured", "medicines"),
        ("bizone", "medicines"),
        ("plain", "nursing"),
        ("bizone", "laboratory"),
    ]
    texts = [text_of(paper.pdf) for paper in papers]
    for word in ("Morphine", "Amoxicilline", "Lévothyroxine", "Pansement", "Hémogramme"):
        assert sum(word in text for text in texts) == 1


def test_one_sheet_is_the_same_alone() -> None:
    whole = prescribed(AMOXICILLIN, MORPHINE, DRESSING)
    assert tuple(print_sheet(whole, sheet) for sheet in sheets(whole)) == print_prescription(whole)


def test_what_is_lost_is_known_before() -> None:
    rng = random.Random(SEED)
    for _ in range(5):
        whole = drawn(rng)
        after = {one for paper in print_prescription(whole) for one in paper.lost}
        assert set(undrawn(whole)) == after


def test_an_order_says_what_how_often_and_where() -> None:
    text = text_of(only(replace(DRESSING, urgent=True, reason="ulcère veineux")).pdf)
    for mention in (
        "Soins infirmiers",
        "URGENT",
        "Pansement de la plaie de jambe droite",
        "À domicile",
        "1 fois par jour, dimanches et jours fériés compris",
        "Durée : 10 jours",
        "Motif : ulcère veineux",
    ):
        assert mention in text


def test_each_page_says_whose_it_is_and_of_how_many() -> None:
    found = pages(only(*[AMOXICILLIN] * 40).pdf)
    assert len(found) >= 3
    for number, page in enumerate(found, 1):
        assert f"Page {number}/{len(found)}" in page
        assert "BAPTISTE Jean Marie, né le 3 avril 1952" in page
    assert all(page.startswith("Ordonnance du 22 novembre 2026 – BAPTISTE Jean Marie") for page in found[1:])
    assert [page.count("Signature") for page in found] == [0] * (len(found) - 1) + [1]


def test_the_signature_is_never_alone_on_its_page() -> None:
    for count in range(6, 16):
        last = pages(only(*[AMOXICILLIN] * count).pdf)[-1]
        assert f"{count}. Amoxicilline" in last


def strokes(pdf: bytes) -> list[list[tuple[float, float, float, float]]]:
    """Slanting lines drawn on each page: from x, y to x, y, in points of their own frame."""
    found = []
    for page in reader(pdf).pages:
        at: tuple[float, float] | None = None
        lines = []
        contents = page.get_contents()
        assert contents is not None
        for operands, operator in contents.operations:  # type: ignore[attr-defined]
            if operator == b"m":
                at = (float(operands[0]), float(operands[1]))
            elif operator == b"l" and at is not None:
                to = (float(operands[0]), float(operands[1]))
                if to[0] != at[0] and to[1] != at[1]:
                    lines.append((*at, *to))
                at = None
        found.append(lines)
    return found


def test_unused_space_is_struck_out() -> None:
    (lines,) = strokes(only(AMOXICILLIN).pdf)
    assert len(lines) == 2  # beside the signature, and below it
    (lines,) = strokes(only(AMOXICILLIN, LEVOTHYROXINE).pdf)
    assert len(lines) == 3  # and below the upper zone


def lowest_text_mm(page: pypdf.PageObject) -> float:
    """How far above the bottom edge the last line stands, the foot of the page aside."""
    found: list[float] = []

    def visit(operator: bytes, operands: list[Any], cm: list[float], tm: list[float]) -> None:
        if operator in (b"Tj", b"TJ"):
            found.append((tm[5] * cm[3] + cm[5]) * 25.4 / 72)

    page.extract_text(visitor_operand_before=visit)
    return min(height for height in found if height > 20)


def test_the_foot_of_a_page_is_struck_out_too() -> None:
    seen = set()
    for rows in range(1, 9):
        tall = replace(AMOXICILLIN, remark="\n".join(["surveiller"] * rows))
        pdf = only(*[tall] * 18).pdf
        for page, lines in list(zip(reader(pdf).pages, strokes(pdf), strict=True))[:-1]:
            room = lowest_text_mm(page) - 20
            if not 10 < room < 15:
                assert len(lines) == (room > 12), (rows, room)
                seen.add(len(lines))
    assert seen == {0, 1}


def test_no_code_of_the_national_service_and_no_picture() -> None:
    for paper in print_prescription(prescribed(AMOXICILLIN, MORPHINE, LEVOTHYROXINE)):
        assert not [image for page in reader(paper.pdf).pages for image in page.images]


HOSTILE = [
    "#panic() $x^2$ *gras* _it_ `code` <label> @ref \\ \\u{41} // rien /* non */ [a] {b} ~ -- --- ...",
    '#import "@preview/cetz:0.3.0" #read("/etc/passwd") #sys.inputs',
    '"); evil("',
    "= Titre\n- liste\n+ liste\n/ terme: a",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_never_markup(text: str) -> None:
    everywhere = Line(dci=text, posology=text, duration=text, remark=text)
    said = text_of(only(everywhere, patient=replace(BAPTISTE, family_name=text)).pdf)
    assert said.count(plain(text)) >= 3


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000,
        "mot " * 2_500,
        "\n" * 3_000 + "fin",
        "\x00\x01\x1b[31m",
        "עברית عربي",
        "👩‍⚕️🇫🇷",
        "ﬁ" * 500,
        "A" + "\u0301" * 500,
    ],
    ids=["one word", "many words", "line ends", "controls", "right to left", "emoji", "ligatures", "marks"],
)
def test_whatever_is_written_is_printed_on_the_sheet(text: str) -> None:
    paper = only(
        Line(dci=text[:600], posology=text, duration="1 jour", remark=text[:600]), without_service=True
    )
    right = max(end for page in reader(paper.pdf).pages for end in ends_of_text(page))
    assert 300 < right <= (210 - 20) * 72 / 25.4 + 1
    assert "1 jour" in text_of(paper.pdf)


def test_the_words_of_a_long_text_are_all_there() -> None:
    words = [f"mot{number}" for number in range(2_000)]
    text = text_of(only(replace(AMOXICILLIN, posology=" ".join(words))).pdf)
    assert re.findall(r"[Mm]ot\d+", text) == ["Mot0", *words[1:]]


def test_too_much_is_refused_with_a_sentence() -> None:
    with pytest.raises(NotPrinted) as caught:
        only(replace(AMOXICILLIN, posology="mot " * 100_000))
    assert "200000 au plus" in sentence(caught.value)
    with pytest.raises(NotPrinted) as caught:
        only(*[AMOXICILLIN] * 201)
    assert "201" in sentence(caught.value)
    with pytest.raises(NotPrinted):
        print_prescription(prescribed())


@pytest.mark.torture
def test_many_at_random(evidence: object) -> None:
    rng = random.Random(SEED)
    papers = sheets = size = 0
    for _ in range(COUNT):
        for paper in print_prescription(drawn(rng)):
            papers, sheets, size = papers + 1, sheets + len(reader(paper.pdf).pages), size + len(paper.pdf)
    assert papers >= COUNT
    evidence(
        "printing",
        seed=SEED,
        prescriptions=COUNT,
        papers=papers,
        pages=sheets,
        kilobytes=size // 1000,
        failed=0,
    )  # type: ignore[operator]


def test_the_weight_of_an_infant() -> None:
    infant = replace(BAPTISTE, birth_date="2026-08-22", weight_kg=Decimal("5.840"), height_cm=None)
    text = text_of(only(AMOXICILLIN, patient=infant, made_on=dt.date(2026, 11, 22)).pdf)
    assert "(3 mois)" in text
    assert "Poids : 5,84 kg" in text
