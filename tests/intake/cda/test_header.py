"""What a document says of itself and of whom it is about."""

from __future__ import annotations

import pytest

from lanterne.intake.cda import read
from lanterne.intake.reading import Document, Limits, ReadAuthor, Unreadable
from tests.intake.cda.writing import AUTHOR, PATIENT, document, section


def _read(**parts: str) -> Document:
    return read(document(**parts), Limits())  # type: ignore[arg-type]


def test_a_header_in_full() -> None:
    header = (
        '<setId root="1.2.3" extension="set"/><versionNumber value="3"/>'
        '<relatedDocument typeCode="RPLC"><parentDocument><id root="1.2.3" extension="doc-0"/></parentDocument></relatedDocument>'
        '<relatedDocument typeCode="APND"><parentDocument><id root="9.9.9"/></parentDocument></relatedDocument>'
    )
    found = _read(code="11502-2", header=header)
    assert (found.format, found.kind, found.title) == ("cda", "lab-report", "Un document")
    assert found.at == "2024-01-05T12:00:00+01:00"
    assert (found.identifier, found.set_id, found.version) == ("1.2.3^doc-1", "1.2.3^set", 3)
    assert (found.act, found.replaces) == ("replacement", ("1.2.3^doc-0",))
    assert found.author == ReadAuthor("Dr Garance MOREL", "Cabinet de la Lanterne", "10000000017")


def test_a_document_that_replaces_nothing_is_initial() -> None:
    found = _read(
        header='<relatedDocument typeCode="XFRM"><parentDocument><id root="1"/></parentDocument></relatedDocument>'
    )
    assert (found.act, found.replaces) == ("initial", ())


@pytest.mark.parametrize(
    ("code", "kind"),
    [("11490-0", "hospital-report"), ("57833-6", "prescription"), ("18748-4", "imaging"), ("CERT_DECL", "certificate"),
     ("REMB", "administrative"), ("51852-2", "letter"), ("made-up", "other")],
)  # fmt: skip
def test_the_kind_comes_from_the_code(code: str, kind: str) -> None:
    assert _read(code=code).kind == kind


@pytest.mark.parametrize(
    ("stamp", "iso"),
    [("2024", "2024"), ("202402", "2024-02"), ("20240229", "2024-02-29"), ("20230229", None), ("2024022910", "2024-02-29T10:00"),
     ("202402291015+0100", "2024-02-29T10:15+01:00"), ("20240229101530.123-0300", "2024-02-29T10:15:30-03:00"),
     ("99991231", None), ("hier", None), ("", None)],
)  # fmt: skip
def test_dates_keep_their_precision(stamp: str, iso: str | None) -> None:
    assert _read(at=stamp).at == iso


def test_an_identity_with_its_traits() -> None:
    found = _read().identity
    assert found is not None
    assert (found.birth_name, found.first_given, found.given_names) == (
        "BAPTISTE",
        "JEAN",
        ("JEAN", "PAUL", "MARIE"),
    )
    assert (found.sex, found.birth_date, found.birth_place_code) == ("male", "1952-04-03", "75112")
    assert found.oid == "1.2.250.1.213.1.4.10"
    assert found.key_agrees


@pytest.mark.parametrize("matricule", ["152047512345601", "1520475123456", "pas un numéro"])
def test_a_matricule_whose_key_is_wrong_or_missing_is_kept_and_flagged(matricule: str) -> None:
    start = PATIENT.index('extension="') + len('extension="')
    found = _read(patient=PATIENT.replace(PATIENT[start : start + 15], matricule))
    assert found.identity is not None
    assert found.identity.matricule == matricule.replace(" ", "").upper()
    assert not found.identity.key_agrees
    assert any("clé" in sentence for sentence in found.unread)


def test_used_names_compound_names_and_local_numbers() -> None:
    patient = """<recordTarget><patientRole>
      <id root="1.2.250.1.213.1.4.8" nullFlavor="UNK"/><id root="1.2.3.4" extension="IPP-7"/>
      <addr nullFlavor="NI"/><addr><streetAddressLine>3 rue des Lilas</streetAddressLine><postalCode>69003</postalCode><city>LYON</city></addr>
      <telecom value="tel:+33-6-12-34-56-78"/><telecom value="mailto:a@b.fr"/><telecom nullFlavor="ASKU"/>
      <patient><name>
        <family qualifier="SP">MARTIN</family><given>ANNE LISE JEANNE</given><family qualifier="BR">DUVAL</family>
        <given qualifier="BR">ANNE LISE</given><given qualifier="CL">Lisa</given>
      </name><administrativeGenderCode nullFlavor="UNK"/><birthTime value="19800000"/></patient>
    </patientRole></recordTarget>"""
    found = _read(patient=patient).identity
    assert found is not None
    assert (found.birth_name, found.used_name, found.first_given) == ("DUVAL", "MARTIN", "ANNE LISE")
    assert found.given_names == ("ANNE LISE", "JEANNE")
    assert (found.sex, found.birth_date) == ("unknown", "1980")
    assert (found.matricule, found.key_agrees, found.local_ids) == ("", True, (("1.2.3.4", "IPP-7"),))
    assert found.phones == ("+33-6-12-34-56-78",)
    assert (found.address, found.postcode, found.city) == ("3 rue des Lilas", "69003", "LYON")


def test_a_name_without_qualifier_is_the_birth_name() -> None:
    patient = "<recordTarget><patientRole><patient><name><given>Awa</given><family>Diallo</family></name></patient></patientRole></recordTarget>"
    found = _read(patient=patient).identity
    assert found is not None
    assert (found.birth_name, found.first_given, found.given_names) == ("Diallo", "Awa", ("Awa",))


def test_nobody_is_nobody() -> None:
    assert _read(patient="").identity is None
    assert (
        _read(
            patient='<recordTarget nullFlavor="UNK"><patientRole nullFlavor="UNK"/></recordTarget>'
        ).identity
        is None
    )


def test_a_machine_signs_for_a_person_who_validates() -> None:
    machine = "<author><assignedAuthor><assignedAuthoringDevice/></assignedAuthor></author>"
    signer = AUTHOR.replace("author>", "legalAuthenticator>").replace("assignedAuthor>", "assignedEntity>")
    assert _read(author=machine + signer).author.name == "Dr Garance MOREL"


def test_what_is_missing_is_empty_and_the_order_does_not_matter() -> None:
    bare = b"<ClinicalDocument xmlns='urn:hl7-org:v3'><component/><title>T</title><id root='1'/></ClinicalDocument>"
    found = read(bare, Limits())
    assert (found.title, found.identifier, found.at, found.identity, found.kind) == (
        "T",
        "1",
        None,
        None,
        "other",
    )
    assert any("ni texte" in sentence for sentence in found.unread)


@pytest.mark.parametrize("prefix", ["cda", "n1", "hl7"])
def test_any_prefix(prefix: str) -> None:
    plain = document(section("48765-2", text="Aucune allergie connue")).decode()
    renamed = plain.replace("<?xml", "<!xml").replace("</", f"<~{prefix}:").replace("<", f"<{prefix}:")
    renamed = renamed.replace(f"<{prefix}:~{prefix}:", f"</{prefix}:").replace(f"<{prefix}:!xml", "<?xml")
    renamed = renamed.replace('xmlns="urn:hl7-org:v3"', f'xmlns:{prefix}="urn:hl7-org:v3"')
    found = read(renamed.encode(), Limits())
    assert found == read(plain.encode(), Limits())
    assert found.negations == ("allergies",)


def test_a_prefix_nobody_declared_and_a_wrong_namespace() -> None:
    plain = document(section("48765-2", text="Aucune allergie connue")).decode()
    undeclared = plain.replace(' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"', "").replace(
        "<title>Un", '<title xsi:type="ST">Un'
    )
    assert read(undeclared.encode(), Limits()).negations == ("allergies",)
    assert read(plain.replace("urn:hl7-org:v3", "urn:hl7-org:v2").encode(), Limits()).negations == (
        "allergies",
    )


def test_another_xml_is_no_cda() -> None:
    with pytest.raises(Unreadable) as raised:
        read(b"<Bundle xmlns='http://hl7.org/fhir'/>", Limits())
    assert raised.value.code == "cda_not_one"


def test_a_cda_in_an_envelope() -> None:
    inside = document(code="11502-2").decode().partition("?>")[2]
    assert read(f"<envelope><content>{inside}</content></envelope>".encode(), Limits()).kind == "lab-report"
