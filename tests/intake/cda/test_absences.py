"""A negative finding empties a section; "not filled in" says nothing; one thing denied is one thing denied."""

from __future__ import annotations

import pytest

from lanterne.intake.cda.absences import is_denial
from lanterne.practice.chart.facts import Section
from tests.intake.cda.writing import (
    ABSENT,
    ICD10,
    PCC,
    SNOMED,
    cd,
    medicine,
    problem,
    reading,
    section,
    templates,
)

PENICILLIN = cd("code", "J01C", "2.16.840.1.113883.6.73", "Pénicillines")


def _allergy(inside: str, *, negated: str = "false", kind: str = "419199007") -> str:
    return (
        f'<act classCode="ACT" moodCode="EVN">{templates(f"{PCC}.4.5.3")}<statusCode code="active"/>'
        f'<entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN" negationInd="{negated}">'
        f'{templates(f"{PCC}.4.6")}<code code="{kind}" codeSystem="{SNOMED}"/>{inside}</observation></entryRelationship></act>'
    )


def _agent(code: str) -> str:
    return f'<participant typeCode="CSM"><participantRole><playingEntity>{code}</playingEntity></participantRole></participant>'


@pytest.mark.parametrize(
    ("code", "entry", "section_"),
    [
        ("48765-2", _allergy(cd("value", "no-known-allergies", ABSENT, "Pas d’allergie connue")), "allergies"),
        ("48765-2", _allergy(cd("value", "716186003", SNOMED, "No known allergy")), "allergies"),
        ("48765-2", _allergy("", negated="true"), "allergies"),
        ("48765-2", _allergy(cd("value", "419199007", SNOMED, "Allergy to substance"), negated="true"), "allergies"),
        ("11450-4", problem(cd("value", "no-known-problems", ABSENT, "Pas de problème connu")), "problems"),
        ("11450-4", problem('<value xsi:type="CD" nullFlavor="NA"/>', negated="true"), "problems"),
        ("11348-0", problem('<value xsi:type="CD"><originalText>Pas d’antécédent notable</originalText></value>'), "problems"),
        ("10160-0", medicine("", inside=cd("code", "no-known-medications", ABSENT, "Aucun")), "treatments"),
        ("10160-0", medicine(cd("code", "787481004", SNOMED, "No known medications")), "treatments"),
        ("11369-6", medicine(cd("code", "no-known-immunizations", ABSENT, "Aucun"), template=f"{PCC}.4.12"), "immunizations"),
        ("47519-4", f'<procedure classCode="PROC" moodCode="EVN">{cd("code", "no-known-procedures", ABSENT, "Aucun")}</procedure>', "procedures"),
        ("10157-6", f'<observation classCode="OBS" moodCode="EVN">{cd("value", "160266009", SNOMED, "Aucun")}</observation>', "family"),
    ],
)  # fmt: skip
def test_a_section_said_empty(code: str, entry: str, section_: Section) -> None:
    found = reading(section(code, entry))
    assert found.statements == ()
    assert found.negations == (section_,)
    assert found.unread == ()


@pytest.mark.parametrize(
    ("code", "entry"),
    [
        ("48765-2", _allergy(cd("value", "no-allergy-info", ABSENT, "Pas d’information"))),
        ("11450-4", problem(cd("value", "no-problem-info", ABSENT, "Pas d’information"))),
        ("10160-0", medicine("", inside=cd("code", "no-medication-info", ABSENT, "Pas d’information"))),
    ],
)
def test_no_information_is_not_a_negative_finding(code: str, entry: str) -> None:
    found = reading(section(code, entry))
    assert (found.statements, found.negations) == ((), ())


@pytest.mark.parametrize("flavour", ["NI", "UNK", "ASKU", "NASK", "NAV"])
def test_a_null_flavour_is_not_a_negative_finding(flavour: str) -> None:
    found = reading(section("11450-4", problem(f'<value xsi:type="CD" nullFlavor="{flavour}"/>')))
    assert (found.statements, found.negations) == ((), ())
    assert found.unread == ("Section « Titre » : 1 entrée restée en texte (rien n’est nommé).",)
    assert (
        reading(
            section("11450-4", text="").replace("<section>", f'<section nullFlavor="{flavour}">')
        ).negations
        == ()
    )


def test_one_disease_denied_is_neither_a_problem_nor_an_empty_section() -> None:
    found = reading(
        section("11450-4", problem(cd("value", "G96.9", ICD10, "Affection du SNC"), negated="true"))
    )
    assert (found.statements, found.negations) == ((), ())
    assert found.unread == ("Section « Titre » : 1 entrée restée en texte (dit absent : Affection du SNC).",)


@pytest.mark.parametrize(
    "entry",
    [
        _allergy(
            cd("value", "no-known-medication-allergies", ABSENT, "Pas d’allergie médicamenteuse connue")
        ),
        _allergy("", negated="true", kind="416098002"),
        _allergy(_agent(PENICILLIN), negated="true"),
    ],
)
def test_a_partial_absence_does_not_empty_the_section(entry: str) -> None:
    found = reading(section("48765-2", entry))
    assert (found.statements, found.negations) == ((), ())
    assert len(found.unread) == 1


def test_a_section_in_words_only() -> None:
    assert reading(section("48765-2", text="Aucune allergie ni intolérance connue à ce jour.")).negations == (
        "allergies",
    )
    written = reading(section("48765-2", text="Éruption sous amoxicilline en 2003"))
    assert written.negations == ()
    assert written.unread == ("Section « Titre » : texte seul, sans donnée structurée.",)


def test_an_entry_that_names_nothing_is_explained_by_its_section() -> None:
    found = reading(
        section(
            "48765-2", _allergy('<text><reference value="#x"/></text>'), text="Aucune allergie identifiée"
        )
    )
    assert found.negations == ("allergies",)


def test_a_document_that_contradicts_itself_empties_nothing() -> None:
    none = _allergy(cd("value", "no-known-allergies", ABSENT, "Aucune"))
    found = reading(section("48765-2", none, _allergy(_agent(PENICILLIN))))
    assert found.negations == ()
    assert len(found.statements) == 1
    assert found.unread == ("Section « Titre » : dite vide, alors que le document en contient par ailleurs.",)


def test_no_reimbursement_is_not_no_treatment() -> None:
    entry = medicine("", inside=cd("code", "no-known-medications", ABSENT, "Aucun"))
    found = reading(section("10160-0", entry, text="Aucune donnée"), code="REMB")
    assert found.negations == ()
    assert "aucun remboursement" in found.unread[0]


@pytest.mark.parametrize(
    ("text", "section_", "denies"),
    [("Néant", "problems", True), ("RAS", "family", True), ("Pas d'antécédent familial connu", "family", True),
     ("Aucun traitement en cours", "treatments", True), ("Aucune vaccination", "immunizations", True),
     ("Aucun antécédent d’infarctus", "problems", False), ("Pas d'allergie à la pénicilline", "allergies", False),
     ("Aucune allergie médicamenteuse", "allergies", False), ("Non renseigné", "problems", False), ("Non", "problems", False),
     ("Inconnu", "allergies", False), ("Sans", "problems", False), ("", "problems", False), ("Traitement en cours", "treatments", False)],
)  # fmt: skip
def test_words_that_deny(text: str, section_: Section, denies: bool) -> None:
    assert is_denial(text, section_) is denies
