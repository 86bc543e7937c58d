"""A hospital and a laboratory write to Dr Morel by HL7 v2. All contents here are made up."""

from __future__ import annotations

import base64

import pytest

from lanterne.intake.hl7v2.reader import read
from lanterne.intake.reading import Document, Limits, Unreadable
from lanterne.practice.results.facts import ResultRecorded

FIRST = "1790351215189"
NIR = f"{FIRST}{97 - int(FIRST) % 97:02}"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def msh(kind: str = "ORU^R01^ORU_R01", version: str = "2.5") -> str:
    return f"MSH|^~\\&|SIL|LABO|GAP|CABINET|20240312153000||{kind}|77|P|{version}|||||FRA|UNICODE UTF-8"


PID = (
    f"PID|1||{NIR}^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.8&ISO^INS~551^^^LABO&1.2.3.4&ISO^PI||"
    "BAPTISTE^JEANNE^JEANNE MARIE^^^^L~DURAND^JEANNE^^^^^D||19790328|F|||3 QUAI NORD^BAT A^RENNES^^35000^FRA^H"
    "~^^^^^^BDL^^35238||0299000000^PRN^PH||||||4471"
)
ORDER = "ORC|NW|P1^CAB|F100^LABO\rOBR|1|P1^CAB|F100^LABO|58410-2^Numération^LN|||202403120815"
OBX = (
    "OBX|1|NM|718-7^Hémoglobine^LN^HB^Hb^L||13.3|g/dL^^UCUM|12.5 - 15.5|N|||F\r"
    "NTE|1||Contrôlé\r"
    "OBX|2|SN|1988-5^CRP^LN||<^0.12|mg/L|<5||||F\r"
    "OBX|3|CE|883-9^Groupe^LN||278149003^Groupe A^SCT||||||F\r"
    "OBX|4|ST|ASP^Aspect^L||Limpide~Clair||||||P"
)


def message(*segments: str) -> str:
    return "\r".join(segments) + "\r"


def one(text: str) -> Document:
    document = read(text.encode(), Limits())
    assert not document.parts
    return document


def bodies(document: Document) -> list[ResultRecorded]:
    return [statement.body for statement in document.statements if isinstance(statement.body, ResultRecorded)]


def ed(content: bytes, *, status: str = "F", code: str = "18748-4^CR d'imagerie^LN") -> str:
    return f"OBX|1|ED|{code}||^TEXT^XML^Base64^{base64.b64encode(content).decode()}||||||{status}"


def mdm(
    event: str,
    *,
    status: str = "F",
    number: str = "D2^RIS",
    parent: str = "",
    order: str = "",
    last: str = "AU",
) -> str:
    return message(
        msh(f"MDM^{event}^MDM_T02"),
        PID,
        *([f"ORC|{order}"] if order else []),
        f"TXA|1|18748-4|TEXT|202403121400||||||||{number}|{parent}||||{last}",
        ed(PDF, status=status),
    )


def test_results_of_an_oru() -> None:
    document = one(message(msh(), PID, ORDER, OBX))
    assert (document.format, document.kind, document.at) == ("hl7v2", "lab-report", "2024-03-12T08:15")
    haemoglobin, crp, group, aspect = bodies(document)
    assert (haemoglobin.code, haemoglobin.local_code, haemoglobin.label) == ("718-7", "HB", "Hémoglobine")
    assert (haemoglobin.value, haemoglobin.unit, haemoglobin.low, haemoglobin.high) == (
        "13.3",
        "g/dL",
        "12.5",
        "15.5",
    )
    assert (haemoglobin.panel, haemoglobin.comment, haemoglobin.flag) == ("Numération", "Contrôlé", "N")
    assert (crp.comparator, crp.value, crp.high) == ("<", "0.12", "5")
    assert group.value == "Groupe A"
    assert (aspect.value, aspect.local_code, aspect.status, aspect.laboratory) == (
        "Limpide\nClair",
        "ASP",
        "preliminary",
        "LABO",
    )
    assert document.statements[0].at == "2024-03-12T08:15"
    assert "Hémoglobine : 13.3 g/dL (12.5 à 15.5)" in document.text


def test_the_patient() -> None:
    identity = one(message(msh(), PID, ORDER, OBX)).identity
    assert identity is not None
    assert (identity.matricule, identity.oid, identity.key_agrees) == (NIR, "1.2.250.1.213.1.4.8", True)
    assert (identity.birth_name, identity.used_name, identity.first_given) == ("BAPTISTE", "DURAND", "JEANNE")
    assert identity.given_names == ("JEANNE", "MARIE")
    assert (identity.sex, identity.birth_date, identity.birth_place_code) == ("female", "1979-03-28", "35238")
    assert (identity.address, identity.postcode, identity.city) == ("3 QUAI NORD\nBAT A", "35000", "RENNES")
    assert identity.phones == ("0299000000",)
    assert ("1.2.3.4", "551") in identity.local_ids


def test_a_wrong_key_is_flagged() -> None:
    document = one(message(msh(), PID.replace(NIR, f"{FIRST}00"), ORDER, OBX))
    assert document.identity is not None
    assert not document.identity.key_agrees
    assert any("clé" in said for said in document.unread)
    assert len(document.statements) == 4


def test_a_local_number_is_no_ins() -> None:
    pid = PID.replace("ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.8&ISO^INS", "LABO&9.9&ISO^PI")
    identity = one(message(msh(), pid, ORDER, OBX)).identity
    assert identity is not None
    assert identity.matricule == ""


@pytest.mark.parametrize("ends", ["\r", "\n", "\r\n"])
@pytest.mark.parametrize("version", ["2.3", "2.3.1", "2.4", "2.5", "2.6"])
def test_line_ends_and_versions(ends: str, version: str) -> None:
    text = message(msh(version=version), PID, ORDER, OBX).replace("\r", ends)
    assert len(one(text).statements) == 4


def test_mllp_frames_and_several_messages() -> None:
    framed = "".join(
        f"\x0b{message(msh(), PID.replace('BAPTISTE', name), ORDER, OBX)}\x1c\r"
        for name in ("BAPTISTE", "CARON")
    )
    document = read(framed.encode(), Limits())
    assert [part.identity and part.identity.birth_name for part in document.parts] == ["BAPTISTE", "CARON"]


def test_several_patients_in_one_message() -> None:
    document = read(
        message(msh(), PID, ORDER, OBX, PID.replace("BAPTISTE", "CARON"), ORDER, OBX).encode(), Limits()
    )
    assert [len(part.statements) for part in document.parts] == [4, 4]


def test_a_batch_envelope_is_left_out() -> None:
    text = message("FHS|^~\\&|X", "BHS|^~\\&|X", msh(), PID, ORDER, OBX, "BTS|1", "FTS|1")
    assert len(one(text).statements) == 4


def test_separators_are_those_of_the_header() -> None:
    text = message(msh(), PID, ORDER, OBX).replace("^", "$").replace("~", "!").replace("&", "%")
    assert [body.value for body in bodies(one(text))] == ["13.3", "0.12", "Groupe A", "Limpide\nClair"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (r"a\F\b", "a|b"), (r"a\S\b", "a^b"), (r"a\T\b", "a&b"), (r"a\R\b", "a~b"), (r"a\E\b", r"a\b"), (r"a\XE9\b", "aéb"),
        (r"a\H\b\N\c", "abc"), (r"a\Zfoo\b", r"a\Zfoo\b"), (r"a\b", r"a\b"),
    ],
)  # fmt: skip
def test_escapes(written: str, said: str) -> None:
    obx = f"OBX|1|ST|ASP^Aspect^L||{written}||||||F"
    assert bodies(one(message(msh(), PID, ORDER, obx)))[0].value == said


def test_a_report_in_text_stays_text() -> None:
    obx = r"OBX|1|FT|TXT^Conclusion^L||Pas d'anomalie.\.br\Contrôle dans un an.||||||F"
    document = one(message(msh(), PID, "OBR|1|||36643-5^Radiographie^LN", obx))
    assert document.statements == ()
    assert "Conclusion :\nPas d'anomalie.\nContrôle dans un an." in document.text


def test_a_line_broken_in_a_text_belongs_to_it() -> None:
    obx = "OBX|1|TX|TXT^Conclusion^L||Pas d'anomalie.\nContrôle dans un an.||||||F"
    assert "Contrôle dans un an." in one(message(msh(), PID, ORDER, obx)).text


@pytest.mark.parametrize("status", ["D", "W", "X"])
def test_a_result_withdrawn_is_said_and_not_recorded(status: str) -> None:
    value = "" if status == "X" else "9"
    obx = f"OBX|5|NM|2345-7^Glycémie^LN||{value}|g/L|||||{status}"
    document = one(message(msh(), PID, ORDER, OBX, obx))
    assert [body.label for body in bodies(document)] == ["Hémoglobine", "CRP", "Groupe", "Aspect"]
    assert any("Glycémie" in said for said in document.unread)
    assert document.act == "initial"


def test_routing_flags_are_no_results() -> None:
    flags = (
        "OBX|2|CE|MASQUE_PS^Masqué aux professionnels^MetaDMPMSS||N^^expandedYes-NoIndicator||||||F\r"
        "OBX|3|CE|INVISIBLE_PATIENT^Non visible par le patient^MetaDMPMSS||Y^^expandedYes-NoIndicator||||||F"
    )
    document = one(message(msh(), PID, ORDER, OBX, flags))
    assert len(document.statements) == 4
    assert "Non visible par le patient : oui" in document.text


def test_a_pdf_inside() -> None:
    document = one(mdm("T02"))
    assert (document.kind, document.act, document.identifier) == ("imaging", "initial", "D2^RIS")
    assert [(file.media_type, file.content) for file in document.attached] == [("application/pdf", PDF)]
    assert document.at == "2024-03-12T14:00"


def test_base64_broken_into_lines_and_cut() -> None:
    packed = base64.b64encode(PDF * 4).decode()
    broken = "\n".join(packed[place : place + 20] for place in range(0, len(packed), 20))
    text = mdm("T02").replace(base64.b64encode(PDF).decode(), broken)
    assert one(text).attached[0].content == PDF * 4
    text = mdm("T02").replace(base64.b64encode(PDF).decode(), packed.rstrip("=")[:-1])
    assert one(text).attached[0].content == (PDF * 4)[: len(one(text).attached[0].content)]


def test_base64_that_is_none_is_refused() -> None:
    with pytest.raises(Unreadable) as caught:
        read(mdm("T02").replace(base64.b64encode(PDF).decode(), "%%%%pas du base64%%%%").encode(), Limits())
    assert caught.value.code == "hl7_base64"


def test_a_rtf_inside_is_read_and_kept() -> None:
    content = rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}Cher confr\'e8re,\par tout va bien.}"
    document = one(message(msh("MDM^T02"), PID, "TXA|1|CN|TEXT", ed(content, code="X^Courrier^L")))
    assert "Cher confrère,\ntout va bien." in document.text
    assert document.attached[0].media_type == "application/rtf"


def test_unknown_bytes_inside_are_kept_and_said() -> None:
    document = one(message(msh("MDM^T02"), PID, "TXA|1|CN", ed(b"\x00\x01\x02MZ", code="X^Binaire^L")))
    assert document.attached[0].media_type == "application/octet-stream"
    assert any("format inconnu" in said for said in document.unread)


def test_a_pointer_is_never_followed() -> None:
    document = one(
        message(msh("MDM^T02"), PID, "TXA|1|CN", "OBX|1|RP|X^Image^L||file:///etc/passwd^LABO^IM||||||F")
    )
    assert document.attached == ()
    assert any("renvoie" in said for said in document.unread)


@pytest.mark.parametrize(
    ("text", "act", "replaces"),
    [
        (mdm("T02"), "initial", ()),
        (mdm("T02", parent="D1^RIS"), "initial", ()),
        (mdm("T10", status="C", parent="D1^RIS"), "replacement", ("D1^RIS",)),
        (mdm("T10", parent="D1^RIS"), "replacement", ("D1^RIS",)),
        (mdm("T08"), "replacement", ("D2^RIS",)),
        (mdm("T06", parent="D1^RIS"), "initial", ()),
        (mdm("T04", status="D"), "deletion", ("D2^RIS",)),
        (mdm("T04", status="D", parent="D1^RIS", order="CA"), "deletion", ("D2^RIS", "D1^RIS")),
        (mdm("T04"), "initial", ()),
        (mdm("T11"), "deletion", ("D2^RIS",)),
        (message(msh(), PID, ORDER, ed(PDF)), "initial", ()),
        (message(msh(), PID, ORDER, ed(PDF, status="C")), "replacement", ("F100^LABO",)),
        (message(msh(), PID, ORDER.replace("NW", "RO"), ed(PDF)), "replacement", ("F100^LABO",)),
        (message(msh(), PID, ORDER, ed(PDF, status="D")), "deletion", ("F100^LABO",)),
        (message(msh(), PID, ORDER.replace("NW", "CA"), ed(PDF)), "deletion", ("F100^LABO",)),
    ],
)
def test_initial_replacement_deletion(text: str, act: str, replaces: tuple[str, ...]) -> None:
    document = one(text)
    assert (document.act, document.replaces) == (act, replaces)


def test_an_oru_has_no_identifier_so_that_complements_are_no_duplicates() -> None:
    document = one(message(msh(), PID, ORDER, OBX))
    assert (document.identifier, document.set_id) == ("", "F100^LABO")


def test_an_enclosed_cda_does_what_its_message_asks() -> None:
    cda = (
        b'<ClinicalDocument xmlns="urn:hl7-org:v3"><id root="1.2.3" extension="A"/>'
        b'<code code="11502-2" codeSystem="2.16.840.1.113883.6.1"/><title>CR</title>'
        b'<effectiveTime value="20240312"/></ClinicalDocument>'
    )
    pytest.importorskip("lanterne.intake.cda.reader", reason="the CDA reader is not there yet")
    document = read(message(msh(), PID, ORDER, ed(cda, status="D")).encode(), Limits())
    (part,) = document.parts
    assert part.format == "cda"
    assert part.act == "deletion"
    assert "F100^LABO" in part.replaces
    assert document.attached == ()


def test_author_from_the_sending_participation() -> None:
    prt = "PRT||UC||SB^^participation|810001234567^MOREL^Garance|||CLINIQUE DU PORT^^^"
    author = one(message(msh("MDM^T02"), PID, "TXA|1|CN", prt, ed(PDF))).author
    assert (author.name, author.rpps, author.organisation) == (
        "Garance MOREL",
        "10001234567",
        "CLINIQUE DU PORT",
    )


def test_what_brings_no_document_is_refused() -> None:
    for content, code in (
        (message(msh("ADT^A01"), PID).encode(), "hl7_kind"),
        (b"MSH", "segments_no_header"),
        (message(msh().replace("^~\\&", "A~\\&"), PID).encode(), "segments_separators"),
    ):
        with pytest.raises(Unreadable) as caught:
            read(content, Limits())
        assert caught.value.code == code


def test_limits() -> None:
    content = message(msh(), PID, ORDER, OBX).encode()
    for limits, code in (
        (Limits(file_bytes=10), "file_too_large"),
        (Limits(elements=3), "too_many_elements"),
        (Limits(text_characters=5), "text_too_long"),
    ):
        with pytest.raises(Unreadable) as caught:
            read(content, limits)
        assert caught.value.code == code
    with pytest.raises(Unreadable) as caught:
        read(mdm("T02").encode(), Limits(inflated_bytes=10))
    assert caught.value.code == "inflated_too_large"


def test_no_patient_belongs_to_nobody() -> None:
    document = one(message(msh(), ORDER, OBX))
    assert document.identity is None
    assert any("quel patient" in said for said in document.unread)
