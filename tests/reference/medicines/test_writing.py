"""How names, strengths, forms and substances are written: what is the same, and what never is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanterne.reference.medicines.dci import dci, stripped, turned
from lanterne.reference.medicines.writing import amounts, fold, named, plain_form, same_form, strength


@pytest.mark.parametrize(
    ("published", "brand", "written"),
    [
        ("AUGMENTIN 1 g/125 mg, poudre pour suspension buvable", "AUGMENTIN", "1 g/125 mg"),
        ("AUGMENTIN 100 mg/12,50 mg par ml ENFANTS, poudre", "AUGMENTIN", "100 mg/12,5 mg/mL"),
        ("DOLIPRANE 2,4 POUR CENT, suspension buvable", "DOLIPRANE", "2,4 %"),
        ("LEVOTHYROX 100 microgrammes, comprimé sécable", "LEVOTHYROX", "100 µg"),
        ("SERETIDE 125 microgrammes/25 microgrammes/dose, suspension", "SERETIDE", "125 µg/25 µg/dose"),
        ("HUMALOG MIX25 100 unités/ml, suspension injectable", "HUMALOG MIX25", "100 UI/mL"),
        ("METFORMINE EXEMPLE 1000 mg, comprimé", "METFORMINE EXEMPLE", "1 g"),
        ("A 313 200 000 UI POUR CENT, pommade", "A 313 200 000 UI POUR CENT", ""),
        ("CALCIDOSE 500, poudre", "CALCIDOSE 500", ""),
        ("TUBERTEST, solution injectable", "TUBERTEST", ""),
        ("VITAMINE B12 EXEMPLE 1000 microgrammes, comprimé", "VITAMINE B12 EXEMPLE", "1000 µg"),
        ("CEFTRIAXONE EXEMPLE 1 g/3,5 ml, poudre", "CEFTRIAXONE EXEMPLE", "1 g/3,5 mL"),
        (
            "SYMBICORT RAPIHALER 200/6 microgrammes/dose, suspension",
            "SYMBICORT RAPIHALER",
            "200 µg/6 µg/dose",
        ),
        ("", "", ""),
    ],
)
def test_a_name_tells_brand_and_strength(published: str, brand: str, written: str) -> None:
    assert named(published) == (brand, written)


@pytest.mark.parametrize(
    ("one", "other"),
    [("1 g", "1000 mg"), ("0,5 mg", "500 µg"), ("500", "500 mg"), ("1000", "1 g"), ("75", "75 µg"), ("100000 UI", "100 000 UI"), ("2,50 mg", "2.5 mg")],
)  # fmt: skip
def test_same_strength(one: str, other: str) -> None:
    assert amounts(one)[0].same(amounts(other)[0])
    assert amounts(other)[0].same(amounts(one)[0])


@pytest.mark.parametrize(
    ("one", "other"),
    [("1 g", "1 mg"), ("5 mg", "5 UI"), ("5 %", "5 mg"), ("500", "50 mg")],
)
def test_never_the_same_strength(one: str, other: str) -> None:
    assert not amounts(one)[0].same(amounts(other)[0])
    assert not amounts(other)[0].same(amounts(one)[0])


def test_a_number_within_a_word_is_no_strength() -> None:
    assert amounts("vitamine b12") == ()
    assert [one.text for one in amounts("vitamine b12 1000 µg")] == ["1000 µg"]


@pytest.mark.parametrize(
    ("published", "name"),
    [
        ("CHLORHYDRATE DE TRAMADOL", "tramadol"),
        ("TRAMADOL (CHLORHYDRATE DE)", "tramadol"),
        ("OXYCODONE (CHLORHYDRATE D')", "oxycodone"),
        ("NITRATE D'ÉCONAZOLE", "éconazole"),
        ("MALÉATE D'ÉNALAPRIL", "énalapril"),
        ("FUSIDIQUE (ACIDE)", "acide fusidique"),
        ("AMOXICILLINE TRIHYDRATÉE", "amoxicilline"),
        ("CANDÉSARTAN CILEXÉTIL", "candésartan"),
        ("candesartan cilexetil", "candesartan"),
        ("PHOSPHATE DE CODÉINE HÉMIHYDRATÉ", "codéine"),
        ("CHLORURE DE SODIUM", "chlorure de sodium"),
        ("SULFATE DE MAGNÉSIUM", "sulfate de magnésium"),
        ("BENZOYLE (PEROXYDE DE) ANHYDRE", "peroxyde de benzoyle"),
        ("DL-LYSINE (ACÉTYLSALICYLATE DE)", "acétylsalicylate de dl-lysine"),
        ("ACIDE ASCORBIQUE", "acide ascorbique"),
        ("", ""),
    ],
)
def test_a_published_substance_is_its_dci(published: str, name: str) -> None:
    assert dci(published, lambda key: None) == name


def test_a_known_name_wins_over_the_barest() -> None:
    known = {"valproate de sodium": "acide valproïque", "losartan potassique": "losartan potassique"}.get
    assert dci("SODIUM (VALPROATE DE)", known) == "acide valproïque"
    assert dci("LOSARTAN POTASSIQUE", known) == "losartan potassique"
    assert dci("LOSARTAN POTASSIQUE", lambda key: None) == "losartan"


@pytest.mark.parametrize(
    ("form", "plain"),
    [
        ("comprimé pelliculé sécable", "comprimé"),
        ("comprimé quadrisécable", "comprimé"),
        ("comprimé effervescent(e) sécable", "comprimé effervescent"),
        ("gélule gastro-résistant(e)", "gélule gastro-résistant"),
        ("comprimé pelliculé à libération prolongée", "comprimé à libération prolongée"),
        ("comprimé et  comprimé", "comprimé"),
        ("solution injectable", "solution injectable"),
    ],
)
def test_the_form_one_prescribes(form: str, plain: str) -> None:
    assert plain_form(form) == plain


def test_forms_as_typed() -> None:
    assert same_form("cp", "comprimé pelliculé")
    assert same_form("comprimé", "comprimé effervescent")
    assert same_form("Gel", "gélule")
    assert not same_form("gélule", "comprimé")


@given(st.text(max_size=80))
def test_nothing_written_breaks_anything(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert stripped(turned(text))
    named(text)
    strength(text)
    amounts(text)
    plain_form(text)


@pytest.mark.parametrize(
    "text",
    ["A " + "1/" * 50_000, "A " + "111 " * 50_000, "A 1 mg" + " pour" * 50_000, "A" + " " * 100_000 + "mg"],
)
def test_a_name_without_end_is_not_looked_at_whole(text: str) -> None:
    """Patterns that are tried at every place would cost the square of the length: these end at once, or never."""
    assert len(named(text)[0]) <= 400
    assert len(strength(text)) <= 900
    assert len(amounts(text)) <= 400
    assert len(plain_form(text)) <= 80
    assert len(dci(text, lambda key: None)) <= 200
