"""Files as they come: cut, mislabelled, half filled in. Each is read right, or refused with a sentence."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import pytest

from lanterne.intake import detect
from lanterne.intake.reading import Document, Limits, ReadIdentity, Unreadable
from lanterne.intake.sentences import SENTENCES, sentence
from lanterne.practice.results.facts import ResultRecorded
from tests.intake.cda.writing import ABSENT, cd, document, problem, section
from tests.intake.fhir.made import PATIENT, bundle, concept
from tests.intake.hl7v2.test_reader import NIR, ORDER, PID, message, msh
from tests.intake.hprim.test_medecin import END, HEADER, ROWS
from tests.intake.hprim.test_sante import MESSAGE
from tests.intake.made import FHIR, FILES, REPORT, SYNTHESIS
from tests.intake.xdm.made import Entry, folder

RIGHT, WRONG = "152047512345625", "152047512345626"


def read(content: bytes) -> Document:
    return detect.read(content, Limits())


def tried(content: bytes) -> Document | str:
    """The document, or the French sentence it is refused with."""
    try:
        return read(content)
    except Unreadable as refusal:
        assert refusal.code in SENTENCES, refusal.code
        said = sentence(refusal)
        assert "…" not in said
        return said


def whole(found: Document) -> Document:
    """A document that is one: with keys of its own, and something to read, a part, or a sentence why not."""
    assert len({one.key for one in found.statements}) == len(found.statements)
    assert found.text or found.narrative or found.attached or found.parts or found.statements or found.unread
    for part in found.parts:
        whole(part)
    return found


def results(found: Document) -> list[ResultRecorded]:
    return [one.body for one in found.statements if isinstance(one.body, ResultRecorded)]


def identity(found: Document) -> ReadIdentity:
    assert found.identity is not None
    return found.identity


# ---------------------------------------------------------------- truncated, without end marks


@pytest.mark.parametrize("name", FILES)
def test_truncated_anywhere(name: str) -> None:
    content = FILES[name]
    for end in range(1, len(content), max(1, len(content) // 60)):
        found = tried(content[:end])
        if isinstance(found, Document):
            whole(found)


@pytest.mark.parametrize("name", ["cda", "cda laboratory", "fhir", "fhir xml", "xdm", "zip"])
def test_what_is_one_tree_is_refused_when_it_is_cut(name: str) -> None:
    """Half a synthesis would be a chart that lies."""
    content = FILES[name]
    for part in (0.5, 0.9, 0.99):
        found = tried(content[: int(len(content) * part)])
        assert isinstance(found, str)
        assert "incompl" in found


@pytest.mark.parametrize("name", ["hprim médecin", "hprim santé"])
def test_what_is_lines_keeps_the_lines_that_came_and_says_it_is_cut(name: str) -> None:
    text = {"hprim médecin": HEADER + ROWS + END, "hprim santé": MESSAGE}[name]
    before = text.index("Leucocytes") + 4 if name == "hprim médecin" else text.index("OBX|2") + 4
    found = read(text[:before].encode("cp1252"))
    assert [body.value for body in results(found)] == ["13.3"]
    assert any("manque" in said for said in found.unread)


@pytest.mark.parametrize("end", ["", "****FIN****\n", "****FIN", "****FINFICHIER****\n", "****F"])
def test_end_marks_that_are_missing(end: str) -> None:
    found = read((HEADER + ROWS + end).encode("cp1252"))
    assert len(results(found)) == 4
    assert identity(found).birth_name == "BAPTISTE"


# ---------------------------------------------------------------- header lines


@pytest.mark.parametrize(
    ("lines", "header"),
    [
        (12, HEADER),
        (13, HEADER + "\n"),
        (13, HEADER.replace("\n\n35000", "\nBAT B\nRESIDENCE DU PARC\n35000")),
        (13, HEADER.replace("179035121518912\n", "1790351215189\n12\n")),
    ],
    ids=["12", "13, one empty", "13, an address line more", "13, the key apart"],
)
def test_twelve_or_thirteen_header_lines(lines: int, header: str) -> None:
    assert header.count("\n") == lines
    found = read((header + "Cher confrère,\n" + ROWS + END).encode("cp1252"))
    who = identity(found)
    assert (who.birth_name, who.first_given, who.birth_date, who.city) == (
        "BAPTISTE",
        "JEAN",
        "1979-03-28",
        "RENNES",
    )
    assert (found.at, found.author.organisation) == ("2024-03-12", "Laboratoire de la Ville")
    assert "Cher confrère," in found.text
    assert len(results(found)) == 4


# ---------------------------------------------------------------- two-digit years


def test_two_digit_years_in_hprim() -> None:
    header = HEADER.replace("28/03/1979", "28/03/79").replace("12/03/2024", "12/03/24")
    found = read((header + ROWS + END).encode("cp1252"))
    assert (identity(found).birth_date, found.at) == ("1979-03-28", "2024-03-12")


def test_a_two_digit_birth_year_that_could_be_two_persons_is_said() -> None:
    header = HEADER.replace("28/03/1979", "28/03/20").replace("179035121518912", "")
    found = read((header + ROWS + END).encode("cp1252"))
    assert identity(found).birth_date == "2020-03-28"
    assert any("année" in said for said in found.unread)


@pytest.mark.parametrize("name", ["cda", "hl7v2"])
def test_two_digit_years_where_the_standard_has_none_are_no_date(name: str) -> None:
    """HL7 writes four digits: "790328" is no day, and is not guessed to be one."""
    if name == "cda":
        found = read(SYNTHESIS.replace(b'birthTime value="19520403"', b'birthTime value="520403"'))
    else:
        found = read(message(msh(), PID.replace("|19790328|", "|790328|"), ORDER).encode())
    assert identity(found).birth_date == ""


# ---------------------------------------------------------------- dotted thousands


@pytest.mark.parametrize(
    ("row", "value", "low", "high"),
    [
        ("RES|Leucocytes|GB|N|2.920|/mm3|4.000|10.000|L|F", "2920", "4000", "10000"),
        ("RES|Plaquettes|PLQ|N|250.000|/mm3|150.000|400.000|N|F", "250000", "150000", "400000"),
        ("RES|Hématies|GR|N|4.650.000|/mm3|4.000.000|5.500.000|N|F", "4650000", "4000000", "5500000"),
        ("RES|Créatinine|CRE|N|0.912|mg/dl|0.600|1.200|N|F", "0.912", "0.600", "1.200"),
        ("RES|TSH|TSH|N|1.950|mUI/l|0,400|4,000|N|F", "1.950", "0.400", "4.000"),
    ],
)
def test_dotted_thousands(row: str, value: str, low: str, high: str) -> None:
    (body,) = results(read((HEADER + "****LAB****\n" + row + "\n" + END).encode("cp1252")))
    assert (body.value, body.low, body.high) == (value, low, high)


# ---------------------------------------------------------------- charset

_SAID = "Épilepsie à l’âge de neuf ans, cœur régulier"


@pytest.mark.parametrize("declared", ["UTF-8", "ISO-8859-1", "windows-1252", "UTF-16", "klingon"])
@pytest.mark.parametrize("written", ["utf-8", "cp1252", "mac_roman"])
def test_a_cda_whose_charset_is_not_the_one_it_says(declared: str, written: str) -> None:
    text = (
        document(section("11348-0", text=_SAID))
        .decode()
        .replace('encoding="UTF-8"', f'encoding="{declared}"')
    )
    found = read(text.encode(written))
    if written == "mac_roman" and declared in ("ISO-8859-1", "windows-1252"):
        # Every byte is a letter of cp1252, so what is announced is believed: the words stay, their accents do not.
        assert "pilepsie" in found.narrative
        return
    assert _SAID in found.narrative
    if (written, declared) in (("utf-8", "ISO-8859-1"), ("cp1252", "UTF-8"), ("mac_roman", "UTF-8")):
        assert any("se dit en" in said for said in found.unread)


@pytest.mark.parametrize("written", ["utf-8", "cp1252", "latin-1", "mac_roman", "cp850", "utf-16"])
def test_hprim_in_any_charset(written: str) -> None:
    found = read((HEADER + ROWS + END).encode(written))
    assert [body.label for body in results(found)] == ["Hémoglobine", "Leucocytes", "CRP", "Aspect du sérum"]


@pytest.mark.parametrize("declared", ["UNICODE UTF-8", "8859/1", ""])
@pytest.mark.parametrize("written", ["utf-8", "cp1252"])
def test_hl7_whose_charset_is_not_the_one_it_says(declared: str, written: str) -> None:
    text = message(
        msh().replace("UNICODE UTF-8", declared), PID, ORDER, "OBX|1|ST|A^Sérum^L||Opalescent à l'œil||||||F"
    )
    (body,) = results(read(text.encode(written)))
    assert (body.label, body.value) == ("Sérum", "Opalescent à l'œil")


# ---------------------------------------------------------------- the key of the matricule


def _fhir(number: str) -> bytes:
    patient = {**PATIENT, "identifier": [{"system": "urn:oid:1.2.250.1.213.1.4.8", "value": number}]}
    return bundle(
        patient, {"resourceType": "Condition", "id": "1", "code": concept("J45", "Asthme")}, patient=False
    )


def _xdm(number: str) -> bytes:
    traits = (
        f"PID-3|{number}^^^&amp;1.2.250.1.213.1.4.8&amp;ISO^NH",
        "PID-5|BAPTISTE^JEAN^^^^^L",
        "PID-7|19520403",
    )
    return folder(Entry(patient=traits))


KEYED = {
    "cda": lambda number: SYNTHESIS.replace(RIGHT.encode(), number.encode()),
    "hprim": lambda number: (HEADER.replace("179035121518912", number).replace("28/03/1979", "03/04/1952") + ROWS + END).encode(),
    "hl7v2": lambda number: message(msh(), PID.replace(NIR, number), ORDER).encode(),
    "fhir": _fhir,
    "xdm": _xdm,
}  # fmt: skip


@pytest.mark.parametrize("name", KEYED)
def test_a_wrong_key_is_flagged_and_said(name: str) -> None:
    right, wrong = read(KEYED[name](RIGHT)), read(KEYED[name](WRONG))
    assert (identity(right).matricule, identity(right).key_agrees) == (RIGHT, True)
    assert not identity(wrong).key_agrees
    said = [*wrong.unread, *(line for part in wrong.parts for line in part.unread)]
    assert any("clé" in line for line in said), said
    assert len(wrong.statements) == len(right.statements)


# ---------------------------------------------------------------- prefixes and namespaces


def _prefixed(content: bytes, prefix: str) -> str:
    return re.sub(r"<(/?)(?=[A-Za-z])", rf"<\1{prefix}:", content.decode())


NAMESPACED = {
    "another prefix": _prefixed(SYNTHESIS, "n1").replace('xmlns="urn', 'xmlns:n1="urn'),
    "a prefix nobody declared": _prefixed(SYNTHESIS, "cda").replace(' xmlns="urn:hl7-org:v3"', ""),
    "the wrong namespace": SYNTHESIS.decode().replace("urn:hl7-org:v3", "urn:hl7-org:v2"),
    "no namespace": SYNTHESIS.decode().replace(' xmlns="urn:hl7-org:v3"', ""),
    "xsi undeclared": SYNTHESIS.decode().replace(' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"', ""),
    "a prefix bound to another namespace": _prefixed(SYNTHESIS, "sdtc").replace('xmlns="urn:hl7-org:v3"', 'xmlns:sdtc="urn:hl7-org:sdtc"'),
    "types with the prefix": _prefixed(SYNTHESIS, "hl7").replace('xmlns="urn', 'xmlns:hl7="urn').replace('type="CD', 'type="hl7:CD'),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMESPACED)
def test_the_wrong_prefix_changes_nothing_of_what_is_read(name: str) -> None:
    found, expected = read(NAMESPACED[name].encode()), read(SYNTHESIS)
    assert found.format == "cda"
    assert found.statements == expected.statements
    assert found.identity == expected.identity
    assert found.narrative == expected.narrative


@pytest.mark.parametrize("prefix", ["f", "fhir", "ns0"])
def test_fhir_in_xml_under_any_prefix(prefix: str) -> None:
    text = FILES["fhir xml"].decode().replace("f:", f"{prefix}:").replace("xmlns:f=", f"xmlns:{prefix}=")
    found = read(text.encode())
    assert (found.format, len(found.statements)) == ("fhir", 1)


# ---------------------------------------------------------------- nullFlavor

FLAVOURS = ("NI", "UNK", "NA", "NAV", "ASKU", "MSK", "OTH")


def nulled(content: bytes, names: set[str] | None = None, flavour: str = "UNK") -> bytes:
    """Each of these elements (all of them by default) emptied, and saying it is unknown."""
    root = ET.fromstring(content)  # noqa: S314 - our own documents
    kept = {
        "ClinicalDocument",
        "component",
        "structuredBody",
        "section",
        "entry",
        "act",
        "observation",
        "templateId",
    }
    for node in list(root.iter()):
        name = node.tag.rpartition("}")[2]
        if name in kept or (names is not None and name not in names):
            continue
        for attribute in ("value", "code", "displayName", "codeSystem", "root", "extension", "unit"):
            node.attrib.pop(attribute, None)
        if not len(node):
            node.text = None
        node.set("nullFlavor", flavour)
    return bytes(ET.tostring(root, encoding="utf-8"))


@pytest.mark.parametrize("flavour", FLAVOURS)
@pytest.mark.parametrize(
    "name", ["cda", "cda laboratory", "cda vsm, made at random", "cda ips, made at random"]
)
def test_null_flavours_everywhere_state_nothing(name: str, flavour: str) -> None:
    found = whole(read(nulled(FILES[name], flavour=flavour)))
    assert found.statements == ()
    # "Not applicable" under a negation is how "none" is written (HL7 C-CDA); any other null says nothing.
    assert flavour == "NA" or found.negations == ()
    assert found.identity is None or found.identity.birth_name == ""
    assert found.title


@pytest.mark.parametrize("content", [SYNTHESIS, REPORT], ids=["synthesis", "laboratory"])
def test_each_element_unknown_in_turn(content: bytes) -> None:
    names = set(re.findall(r"<(\w+)", content.decode()))
    full = len(read(content).statements)
    for name in sorted(names - {"ClinicalDocument"}):
        found = whole(read(nulled(content, {name})))
        assert len(found.statements) <= full, name
        assert found.negations == (), name


def test_a_null_date_is_no_date_and_a_null_name_no_name() -> None:
    found = read(nulled(SYNTHESIS, {"birthTime", "given", "effectiveTime"}))
    assert (identity(found).birth_date, identity(found).first_given) == ("", "")
    assert identity(found).birth_name == "BAPTISTE"
    assert [one.at for one in found.statements] == [None] * 3


def test_nobody_filled_it_in_is_not_there_is_none() -> None:
    unknown = document(section("48765-2", more='<entry nullFlavor="NI"/>', text="Non renseigné"))
    none = document(
        section("11450-4", problem(cd("value", "no-known-problems", ABSENT, "Aucun problème connu")))
    )
    assert read(unknown).negations == ()
    assert read(none).negations == ("problems",)


def test_null_in_fhir() -> None:
    plain = json.loads(FHIR)
    for entry in plain["entry"]:
        resource = entry["resource"]
        for name in [
            name for name in resource if name not in ("resourceType", "id", "subject", "data", "contentType")
        ]:
            resource[name] = None
    found = whole(read(json.dumps(plain).encode()))
    assert found.statements == ()


def test_a_value_that_is_another_thing_keeps_its_words() -> None:
    """OTH says that no code fits: the words of the author are the value (HL7 V3, NullFlavor)."""
    value = '<value xsi:type="CD" nullFlavor="OTH"><originalText>Maladie de Horton</originalText></value>'
    (one,) = read(document(section("11450-4", problem(value)))).statements
    assert getattr(one.body, "label", "") == "Maladie de Horton"
