"""What every base of medicines holds to, whichever it is: each function is one clause, given a base that knows amoxicilline,
paracétamol (Doliprane), morphine, warfarine (Coumadine), ramipril and amoxicilline with clavulanic acid (Augmentin).
"""

from __future__ import annotations

from lanterne.reference.medicines.model import LEVELS, Base
from lanterne.reference.medicines.words import NOTES
from lanterne.reference.medicines.writing import amounts, fold


def it_says_what_it_is(base: Base) -> None:
    edition = base.edition
    assert len(edition.digest) == 64
    assert {"medicines", "interactions", "classes"} <= {part.kind for part in edition.parts}
    assert all(part.lines > 0 for part in edition.parts)
    assert edition.starter == all(part.origin == "starter" for part in edition.parts)


def a_beginning_and_a_strength_find_the_substance(base: Base) -> None:
    for typed in ("amox 1g", "amox 1 g", "AMOX 1000 mg", "amoxicilline 1000", "amox 1g cp"):
        hit = base.search(typed)[0]
        assert fold(hit.substance) == "amoxicilline", typed
        assert amounts(hit.strength)[0].same(amounts("1 g")[0]), typed
        assert not hit.brand
        assert not hit.near


def a_brand_finds_the_brand_and_says_its_substance(base: Base) -> None:
    hit = base.search("doliprane 500")[0]
    assert (fold(hit.brand), fold(hit.substance), hit.strength) == ("doliprane", "paracetamol", "500 mg")
    assert fold(base.search("coumadine")[0].substance) == "warfarine"


def a_misspelling_is_understood_and_said(base: Base) -> None:
    for typed, meant in (("amoxicilne", "amoxicilline"), ("paracetamole", "paracetamol"), ("warfarnie", "warfarine"), ("dolipranne", "paracetamol")):  # fmt: skip
        hit = base.search(typed)[0]
        assert meant in fold(hit.substance), typed
        assert hit.near, typed


def a_word_that_says_nothing_is_left_out_and_that_is_said(base: Base) -> None:
    hit = base.search("doliprane qqxxzz")[0]
    assert fold(hit.brand) == "doliprane"
    assert hit.near
    assert base.search("qqxxzz doliprane") == []
    assert base.search("comprimé qqxxzz") == []


def fewer_substances_and_smaller_strengths_come_first(base: Base) -> None:
    first = base.search("amoxicilline")[0]
    assert fold(first.substance) == "amoxicilline"
    found = base.search("doliprane")
    strengths = [hit.strength for hit in found if (fold(hit.brand), hit.form) == ("doliprane", "comprimé")]
    values = [amounts(one)[0].value for one in strengths]
    assert values == sorted(values)


def accents_and_case_do_not_count(base: Base) -> None:
    titles = [
        [hit.title for hit in base.search(typed)] for typed in ("paracétamol", "PARACETAMOL", "Paracetamol")
    ]
    assert titles[0] == titles[1] == titles[2] != []


def nothing_is_found_for_nothing(base: Base) -> None:
    for typed in (
        "",
        "   ",
        "qqxxzzyy",
        "500 mg",
        "'",
        '"*',
        "AND OR NOT",
        "NEAR(",
        "{name} : x",
        "\0",
        "%",
        "a" * 5000,
    ):
        assert isinstance(base.search(typed), list | tuple), typed
    assert base.search("qqxxzzyy") == []
    assert base.search("") == []
    assert base.search("doliprane", limit=0) == []
    assert len(base.search("a", limit=3)) <= 3


def a_hit_leads_to_its_medicines(base: Base) -> None:
    for typed in ("amox", "doliprane", "augmentin", "morphine"):
        for hit in base.search(typed):
            assert 0 < len(hit.codes) <= hit.codes_in_all
            assert all(note.kind in NOTES for note in hit.notes)
            for code in hit.codes:
                medicine = base.medicine(code)
                assert medicine is not None
                assert medicine.substance == hit.substance
                assert medicine.strength == hit.strength
    assert base.medicine("00000000") is None
    assert base.medicine("") is None


def a_narcotic_says_so_and_the_starter_list_too(base: Base) -> None:
    for hit in base.search("morphine"):
        if fold(hit.substance) == "morphine":
            assert "narcotic" in [note.kind for note in hit.notes], hit
    assert base.edition.starter == all(
        "starter" in [n.kind for n in hit.notes] for hit in base.search("amox")
    )
    substance = base.substance("morphine")
    assert substance is not None
    assert substance.paper == "stupefiant"


def a_substance_is_known_by_its_names(base: Base) -> None:
    found = [base.substance(name) for name in ("paracétamol", "PARACETAMOL", "doliprane", "Doliprane")]
    assert {one.name for one in found if one is not None} == {"paracétamol"}
    assert None not in found
    association = base.substance("Augmentin")
    assert association is not None
    assert association.parts == ("amoxicilline", "acide clavulanique")
    assert base.substance("qqxxzzyy") is None
    assert base.substance("") is None


def names_hold_substances_and_brands(base: Base) -> None:
    names = {(fold(one.text), one.kind) for one in base.names()}
    assert {("paracetamol", "substance"), ("doliprane", "brand"), ("augmentin", "brand")} <= names
    assert all(one.substances for one in base.names())


def strengths_and_forms_are_those_sold(base: Base) -> None:
    assert "500 mg" in base.strengths("doliprane")
    assert "500 mg" in base.strengths("paracétamol", "comprimé")
    assert base.strengths("paracétamol", "collyre") == ()
    assert any(form.startswith("comprimé") for form in base.forms("amoxicilline"))
    assert base.routes("doliprane", "comprimé") == ("orale",)
    assert base.strengths("qqxxzzyy") == ()
    sizes = [amounts(one)[0].value for one in base.strengths("paracétamol", "comprimé") if amounts(one)]
    assert sizes == sorted(sizes)


def interactions_go_through_classes_both_ways(base: Base) -> None:
    for a, b in (("ibuprofène", "warfarine"), ("kétoprofène", "Coumadine")):
        one, other = base.interactions(a, b), base.interactions(b, a)
        assert one == other
        assert one.found
        assert one.found[0].level in ("contraindicated", "discouraged")
        assert one.found[0].text
        assert one.part is not None
        ranks = [LEVELS.index(found.level) for found in one.found]
        assert ranks == sorted(ranks)


def an_association_is_taken_component_by_component(base: Base) -> None:
    alone = {fold(one.text) for one in base.interactions("amoxicilline", "méthotrexate").found}
    together = {fold(one.text) for one in base.interactions("Augmentin", "méthotrexate").found}
    assert alone
    assert alone <= together


def what_is_not_in_the_index_is_not_checked(base: Base) -> None:
    answer = base.interactions("qqxxzzyy", "warfarine")
    assert not answer.checked
    assert answer.missing == ("qqxxzzyy",)
    assert not base.classes("qqxxzzyy").checked
    assert base.limits("qqxxzzyy") == ()


def classes_serve_allergies(base: Base) -> None:
    for name in ("amoxicilline", "augmentin"):
        classes = base.classes(name)
        assert classes.checked
        allergies = [fold(one.name) for one in classes.found if "allergy" in one.kinds]
        assert any("penicilline" in one for one in allergies), name
    penicillins = next(one.name for one in base.classes("amoxicilline").found if "allergy" in one.kinds)
    assert "amoxicilline" in base.members(penicillins)
    assert base.members("qqxxzzyy") == ()


def crossings_say_how_likely(base: Base) -> None:
    found = base.crossings("amoxicilline", "ceftriaxone")
    assert found
    assert all(one.text for one in found)
    assert base.crossings("paracétamol", "ramipril") == ()


def doses_are_bounded(base: Base) -> None:
    adult = [one for one in base.limits("Doliprane") if one.who == "adult"]
    assert adult
    assert all(
        one.max_day is None or one.max_intake is None or one.max_intake <= one.max_day for one in adult
    )
    substance = base.substance("paracétamol")
    assert substance is not None
    assert substance.cautions is not None


CLAUSES = [
    clause
    for name, clause in sorted(globals().items())
    if callable(clause) and getattr(clause, "__module__", "") == __name__
]
