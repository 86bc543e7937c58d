"""Laboratory reports: values, ranges, flags, samples, germs; and what was known before."""

from __future__ import annotations

import pytest

from lanterne.intake.cda import read
from lanterne.intake.reading import Document, Limits
from lanterne.practice.results.facts import ResultRecorded
from tests.intake.cda.writing import (
    LAB,
    SNOMED,
    cd,
    comment,
    document,
    laboratory,
    only,
    reading,
    result,
    section,
    templates,
)

HIGH = "2.16.840.1.113883.5.83"


def _range(inside: str, normal: str = "N") -> str:
    return f'<referenceRange typeCode="REFV"><observationRange>{inside}<interpretationCode code="{normal}"/></observationRange></referenceRange>'


def _interval(low: str, high: str, unit: str = "mmol/L") -> str:
    return f'<value xsi:type="IVL_PQ"><low value="{low}" unit="{unit}"/><high value="{high}" unit="{unit}"/></value>'


def _report(*parts: str, text: str = "") -> Document:
    return reading(section("18719-5", laboratory(*parts), text=text), code="11502-2")


def _one(*parts: str, text: str = "") -> ResultRecorded:
    body = only(_report(*parts, text=text))
    assert isinstance(body, ResultRecorded)
    return body


def test_a_result_in_full() -> None:
    inside = (
        f'{cd("interpretationCode", "H", HIGH, "Haut")}{cd("methodCode", "DEG", "1.2", "Hexokinase")}'
        + _range(_interval("3.9", "5.5")) + comment("à jeun")
    )  # fmt: skip
    value = '<value xsi:type="PQ" value="7,10" unit="mmol/L"/>'
    found = _report(result("14749-6", value, inside=inside, label="Glucose"))
    assert only(found) == ResultRecorded(
        label="Glucose", value="7.10", code="14749-6", unit="mmol/L", low="3.9", high="5.5", flag="H", panel="Titre",
        method="Hexokinase", laboratory="Cabinet de la Lanterne", comment="à jeun",
    )  # fmt: skip
    assert found.statements[0].at == "2024-01-04T13:19+01:00"


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ('<value xsi:type="IVL_PQ"><high value="5" unit="mg/L"/></value>', ("5", "<=", "mg/L")),
        ('<value xsi:type="IVL_PQ"><high value="5" unit="mg/L" inclusive="false"/></value>', ("5", "<", "mg/L")),
        ('<value xsi:type="IVL_PQ"><low value="5" unit="mg/L" inclusive="true"/></value>', ("5", ">=", "mg/L")),
        ('<value xsi:type="IVL_PQ"><low value="2" unit="/mL"/><high value="4" unit="/mL"/></value>', ("2 à 4", "", "/mL")),
        ('<value xsi:type="RTO_PQ_PQ"><numerator value="1"/><denominator value="160"/></value>', ("1/160", "", "")),
        ('<value xsi:type="INT" value="12"/>', ("12", "", "")),
        ('<value xsi:type="REAL" value="1.5E2"/>', ("150", "", "")),
        ('<value xsi:type="ST">&lt;1.0 mg/L</value>', ("1.0", "<", "mg/L")),
        ('<value xsi:type="ED">≥ 90,5 %</value>', ("90.5", ">=", "%")),
        ('<value xsi:type="ST">2 croix</value>', ("2 croix", "", "")),
        ('<value xsi:type="ST">Absence de germe</value>', ("Absence de germe", "", "")),
        ('<value xsi:type="BL" value="false"/>', ("non", "", "")),
        ('<value xsi:type="CD" code="260385009" displayName="négatif"/>', ("négatif", "", "")),
        ('<value xsi:type="PQ" value="trace" unit="g/L"/>', ("trace g/L", "", "")),
        ('<value xsi:type="PQ" value="0.9" unit="1"/>', ("0.9", "", "")),
        ('<value value="4.2" unit="g/L"/>', ("4.2", "", "g/L")),
    ],
)  # fmt: skip
def test_values_of_every_type(value: str, read: tuple[str, str, str]) -> None:
    body = _one(result("1-1", value))
    assert (body.value, body.comparator, body.unit) == read


@pytest.mark.parametrize(
    "value",
    [
        "",
        '<value xsi:type="PQ" nullFlavor="NA"/>',
        '<value xsi:type="CD"/>',
        '<value xsi:type="PQ" value="NaN" nullFlavor="NI"/>',
    ],
)
def test_a_result_without_value_is_told(value: str) -> None:
    found = _report(result("1-1", value))
    assert found.statements == ()
    assert found.unread == ("Section « Titre » : 1 entrée restée en texte (résultat sans valeur).",)


def test_a_local_code_and_the_laboratorys_own_label() -> None:
    entry = result("1-1", '<value xsi:type="PQ" value="3"/>').replace(
        '<code code="1-1" codeSystem="2.16.840.1.113883.6.1" displayName="Test"/>',
        '<code><originalText><reference value="#crp"/></originalText>'
        + cd("translation", "1234", "1.2.3.4", "Protéine")
        + "</code>",
    )
    body = _one(entry, text='<paragraph ID="crp">CRP</paragraph>')
    assert (body.label, body.code, body.local_code) == ("CRP", "", "1234")


def test_a_reference_that_leads_to_a_figure_gives_no_label() -> None:
    entry = result("1-1", '<value xsi:type="PQ" value="3"/>').replace(
        'displayName="Test"/>',
        'displayName="Glucose"><originalText><reference value="#g"/></originalText></code>',
    )
    assert _one(entry, text='<paragraph ID="g">3 mmol/L</paragraph>').label == "Glucose"


def test_several_ranges_one_is_compared_and_the_others_are_told() -> None:
    ranges = (
        _range(_interval("9", "12"), normal="A")
        + _range(_interval("3.9", "5.5"))
        + _range(
            f"{_interval('4', '6')}<precondition><criterion>{cd('code', 'c', '1.2', 'Enfant')}</criterion></precondition>"
        )
        + _range("<text>Objectif sous traitement : moins de 7</text>")
        + _range(_interval("0.7", "1.0", unit="g/L"))
    )
    body = _one(result("1-1", '<value xsi:type="PQ" value="5" unit="mmol/L"/>', inside=ranges))
    assert (body.low, body.high) == ("3.9", "5.5")
    assert body.comment.count("Valeurs de référence") == 4
    assert "4 à 6 mmol/L (Enfant)" in body.comment
    assert "moins de 7" in body.comment


def test_a_range_with_one_end_or_in_words() -> None:
    one_end = '<value xsi:type="IVL_PQ"><high value="5.0" unit="mg/L"/></value>'
    body = _one(result("1-1", '<value xsi:type="PQ" value="2" unit="mg/L"/>', inside=_range(one_end)))
    assert (body.low, body.high) == ("", "5.0")
    written = '<value xsi:type="ST">&lt; 5,0 mg/L</value>'
    body = _one(result("1-1", '<value xsi:type="PQ" value="2" unit="mg/L"/>', inside=_range(written)))
    assert (body.low, body.high) == ("", "5.0")


@pytest.mark.parametrize(
    ("code", "flag"), [("N", "N"), ("LL", "LL"), ("HU", "HH"), ("AA", "AA"), ("POS", ""), ("", "")]
)
def test_flags_are_those_the_laboratory_wrote(code: str, flag: str) -> None:
    inside = f'<interpretationCode code="{code}"/>'
    assert _one(result("1-1", '<value xsi:type="PQ" value="2"/>', inside=inside)).flag == flag


@pytest.mark.parametrize(
    ("status", "read"), [("active", "preliminary"), ("completed", "final"), ("corrected", "corrected")]
)
def test_status(status: str, read: str) -> None:
    assert _one(result("1-1", '<value xsi:type="PQ" value="2"/>', status=status)).status == read


def test_a_cancelled_or_undone_test_is_no_result() -> None:
    cancelled = result("1-1", '<value xsi:type="PQ" value="2"/>', status="aborted")
    undone = result("1-1", '<value xsi:type="PQ" value="2"/>').replace(
        'moodCode="EVN"', 'moodCode="EVN" negationInd="true"'
    )
    assert _report(cancelled, undone).statements == ()


def test_a_former_result_is_not_a_new_one() -> None:
    former = (
        '<entryRelationship typeCode="REFR">' + result("1-1", '<value value="6"/>') + "</entryRelationship>"
    )
    found = _report(result("1-1", '<value xsi:type="PQ" value="7"/>', inside=former))
    body = only(found)
    assert isinstance(body, ResultRecorded)
    assert body.value == "7"
    assert found.unread == ("Section « Titre » : 1 entrée restée en texte (résultat antérieur rappelé).",)


def _battery(name: str, *observations: str, specimen: str = "") -> str:
    held = "".join(f"<component>{one}</component>" for one in observations)
    return f'<organizer classCode="BATTERY" moodCode="EVN"><code code="b" displayName="{name}"/><statusCode code="completed"/>{specimen}{held}</organizer>'


SAMPLE = (
    f'<procedure classCode="PROC" moodCode="EVN">{templates(f"{LAB}.2")}<effectiveTime value="202401040735+0100"/>'
    '<participant typeCode="PRD"><participantRole classCode="SPEC"><playingEntity><code code="UR" displayName="Urine"/></playingEntity>'
    "</participantRole></participant></procedure>"
)


def test_the_sample_gives_its_name_and_its_time_and_the_battery_its_name() -> None:
    found = _report(SAMPLE, _battery("Numération", result("1-1", '<value xsi:type="PQ" value="2"/>')))
    body = only(found)
    assert isinstance(body, ResultRecorded)
    assert (body.panel, body.specimen) == ("Titre – Numération", "Urine")
    assert found.statements[0].at == "2024-01-04T07:35+01:00"


def test_an_isolate_and_its_antibiogram_can_be_read() -> None:
    germ = f'<specimen><specimenRole><specimenPlayingEntity classCode="MIC">{cd("code", "112283007", SNOMED, "Escherichia coli")}</specimenPlayingEntity></specimenRole></specimen>'
    mic = '<value xsi:type="IVL_PQ"><low value="0.512" unit="ug/mL"/></value><interpretationCode code="R"/>'
    bare = '<value xsi:type="CD" code="S"/><interpretationCode code="S"/>'
    isolate = _battery(
        "", result("51480-2", '<value xsi:type="PQ" value="100000" unit="/mL"/>'),
        _battery("Antibiogramme", result("20-8", mic, label="Amoxicilline"), result("28-1", bare, label="Gentamicine")), specimen=germ,
    )  # fmt: skip
    bodies = [statement.body for statement in _report(isolate).statements]
    assert [(body.label, body.value, body.panel) for body in bodies if isinstance(body, ResultRecorded)] == [
        ("Test", "100000", "Titre – Escherichia coli"),
        ("Amoxicilline", "Résistant (CMI ≥ 0,512 ug/mL)", "Titre – Escherichia coli – Antibiogramme"),
        ("Gentamicine", "Sensible", "Titre – Escherichia coli – Antibiogramme"),
    ]


def test_a_germ_about_which_nothing_more_is_said_is_a_result() -> None:
    germ = f'<specimen><specimenRole><specimenPlayingEntity classCode="MIC">{cd("code", "1", SNOMED, "Candida")}</specimenPlayingEntity></specimenRole></specimen>'
    body = _one(_battery("", specimen=germ))
    assert (body.label, body.value) == ("Micro-organisme isolé", "Candida")


def test_who_carried_it_out() -> None:
    service = (
        "<documentationOf><serviceEvent><performer><assignedEntity><representedOrganization><name>Laboratoire des Lilas</name>"
        "</representedOrganization></assignedEntity></performer></serviceEvent></documentationOf>"
    )
    content = document(
        section("18719-5", laboratory(result("1-1", '<value value="2"/>'))), code="11502-2", header=service
    )
    body = only(read(content, Limits()))
    assert isinstance(body, ResultRecorded)
    assert body.laboratory == "Laboratoire des Lilas"
