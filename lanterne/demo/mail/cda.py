"""CDA R2 as the French health agency specifies it (CI-SIS): laboratory report, discharge letter, a PDF alone."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.sax.saxutils import escape, quoteattr

from lanterne.demo.identity import TEST_OID
from lanterne.demo.mail.addressees import Addressee
from lanterne.demo.mail.reports import BIOLOGIST, Line, Report

LOINC, ATC, SNOMED = (f"2.16.840.1.113883.6.{arc}" for arc in ("1", "73", "96"))
_PCC = "1.3.6.1.4.1.19376.1.5.3.1"
_LAB = "1.3.6.1.4.1.19376.1.3.1"
_PROFESSIONALS = "1.2.250.1.71.4.2.1"
ROOT = "1.2.250.1.999.1.1"
"""An arc under which nobody issues documents."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who signs: family and given name, a title ("DR"), where; an RPPS that no directory has given."""

    family: str
    given: str
    title: str
    organisation: str
    rpps: str = "99000000330"


@dataclass(frozen=True, slots=True)
class Medicine:
    """One treatment of a letter."""

    name: str
    atc: str
    substance: str
    posology: str
    until: str = ""


def laboratory(report: Report, pdf: bytes, *, key: str = "", replaces: str = "", version: int = 1) -> bytes:
    """A laboratory report (CR-BIO), with the PDF of it inside.

    Args:
        key: the two digits to write as the key of the matricule, in place of the right ones.
        replaces: number of the report it replaces.
    """
    panels: dict[str, list[Line]] = {}
    for line in report.lines:
        panels.setdefault(line.test.panel, []).append(line)
    held = "".join(
        _section("18719-5", name, _table(lines), _battery(report, name, lines))
        for name, lines in panels.items()
    )
    media = _section(
        "55107-7", "Compte rendu en PDF", "<paragraph>Document du laboratoire.</paragraph>", _media(pdf)
    )
    related = ""
    if replaces:
        related = (
            '<relatedDocument typeCode="RPLC"><parentDocument>'
            f'<id root="{ROOT}" extension="{replaces}"/></parentDocument></relatedDocument>'
        )
    author = Author(*BIOLOGIST, "DR", report.laboratory)
    return _document(
        report.addressee,
        number=report.number,
        version=version,
        code="11502-2",
        title="Compte rendu d'examens biologiques",
        at=report.written,
        author=author,
        body=f"<structuredBody>{_components(held + media)}</structuredBody>",
        related=related,
        key=key,
    )


def letter(
    addressee: Addressee,
    *,
    number: str,
    title: str,
    at: datetime,
    author: Author,
    reason: str,
    story: Sequence[str],
    medicines: Sequence[Medicine],
    code: str = "11490-0",
) -> bytes:
    """A letter of discharge (lettre de liaison): why, what happened, what is to be taken."""
    told = "".join(f"<paragraph>{escape(part)}</paragraph>" for part in story)
    sections = _components(
        _section("46239-0", "Motif d'hospitalisation", f"<paragraph>{escape(reason)}</paragraph>")
        + _section("8648-8", "Évolution pendant le séjour", told)
        + _section(
            "10183-2", "Traitements à la sortie", _listed(medicines), *(_taken(one, at) for one in medicines)
        )
    )
    return _document(
        addressee, number=number, code=code, title=title, at=at, author=author,
        body=f"<structuredBody>{sections}</structuredBody>",
    )  # fmt: skip


def enclosing(
    addressee: Addressee,
    pdf: bytes,
    *,
    number: str,
    title: str,
    at: datetime,
    author: Author,
    code: str = "11488-4",
) -> bytes:
    """A PDF in an envelope that says whose it is."""
    body = f'<nonXMLBody><text mediaType="application/pdf" representation="B64">{_base64(pdf)}</text></nonXMLBody>'
    return _document(addressee, number=number, code=code, title=title, at=at, author=author, body=body)


def _document(
    addressee: Addressee,
    *,
    number: str,
    code: str,
    title: str,
    at: datetime,
    author: Author,
    body: str,
    related: str = "",
    version: int = 1,
    key: str = "",
) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        '<realmCode code="FR"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>'
        '<templateId root="1.2.250.1.213.1.1.1.1"/>'
        f'<id root="{ROOT}" extension={quoteattr(edition(number, version))}/>'
        f'<code code="{code}" codeSystem="{LOINC}"/><title>{escape(title)}</title>'
        f'<effectiveTime value="{at:%Y%m%d%H%M%S%z}"/>'
        '<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/>'
        f'<languageCode code="fr-FR"/><setId root="{ROOT}" extension={quoteattr(number)}/>'
        f'<versionNumber value="{version}"/>{_patient(addressee, key)}{_author(author, at)}'
        f"{_custodian(author)}{related}<component>{body}</component></ClinicalDocument>\n"
    ).encode()


def edition(number: str, version: int = 1) -> str:
    """The identifier of one version of a document."""
    return number if version == 1 else f"{number}-{version}"


def _patient(addressee: Addressee, key: str) -> str:
    who, at = addressee.identity, addressee.contacts
    identifier = ""
    if who.ins is not None:
        matricule = who.ins.matricule[:13] + (key or who.ins.matricule[13:])
        identifier = f'<id root="{TEST_OID}" extension="{matricule}"/>'
    used = f'<family qualifier="SP">{escape(who.used_name)}</family>' if who.used_name else ""
    given = " ".join(who.given_names) or who.first_given
    place = (
        f"<birthplace><place><addr><county>{who.birth_place_code}</county></addr></place></birthplace>"
        if who.birth_place_code
        else ""
    )
    return (
        f'<recordTarget><patientRole>{identifier}<id root="{ROOT}.2" extension="{addressee.patient[:8]}"/>'
        f'<addr use="H"><streetAddressLine>{escape(at.address)}</streetAddressLine>'
        f"<postalCode>{at.postcode}</postalCode><city>{escape(at.city)}</city></addr>"
        f'<patient><name><family qualifier="BR">{escape(who.birth_name)}</family>{used}<given>{escape(given)}</given>'
        f'<given qualifier="BR">{escape(who.first_given)}</given></name>'
        f'<administrativeGenderCode code="{"F" if addressee.female else "M"}" codeSystem="2.16.840.1.113883.5.1"/>'
        f'<birthTime value="{addressee.born:%Y%m%d}"/>{place}</patient></patientRole></recordTarget>'
    )


def _author(author: Author, at: datetime) -> str:
    return (
        f'<author><time value="{at:%Y%m%d%H%M%S%z}"/><assignedAuthor>'
        f'<id root="{_PROFESSIONALS}" extension="8{author.rpps}"/>'
        f"<assignedPerson><name><family>{escape(author.family)}</family><given>{escape(author.given)}</given>"
        f"<suffix>{author.title}</suffix></name></assignedPerson>"
        f"<representedOrganization><name>{escape(author.organisation)}</name></representedOrganization></assignedAuthor></author>"
    )


def _custodian(author: Author) -> str:
    return (
        "<custodian><assignedCustodian><representedCustodianOrganization>"
        f'<id root="{ROOT}.3"/><name>{escape(author.organisation)}</name>'
        "</representedCustodianOrganization></assignedCustodian></custodian>"
    )


def _section(code: str, title: str, text: str, *entries: str) -> str:
    held = "".join(f"<entry>{entry}</entry>" for entry in entries)
    said = f"<title>{escape(title)}</title><text>{text}</text>"
    return f'<section><code code="{code}" codeSystem="{LOINC}"/>{said}{held}</section>'


def _components(sections: str) -> str:
    return sections.replace("<section>", "<component><section>").replace(
        "</section>", "</section></component>"
    )


def _table(lines: Sequence[Line]) -> str:
    rows = "".join(
        f"<tr><td>{escape(line.test.label)}</td><td>{line.shown} {escape(line.unit)}</td>"
        f"<td>{_bounds(line)}</td><td>{line.flag}</td></tr>"
        for line in lines
    )
    head = "<tr><th>Examen</th><th>Résultat</th><th>Valeurs de référence</th><th></th></tr>"
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _bounds(line: Line) -> str:
    if line.low and line.high:
        return f"{line.low.replace('.', ',')} à {line.high.replace('.', ',')}"
    return (
        f"&lt; {line.high.replace('.', ',')}"
        if line.high
        else f"&gt; {line.low.replace('.', ',')}"
        if line.low
        else ""
    )


def _battery(report: Report, name: str, lines: Sequence[Line]) -> str:
    parts = "".join(f'<component typeCode="COMP">{_observation(report, line)}</component>' for line in lines)
    return (
        f'<act classCode="ACT" moodCode="EVN"><templateId root="{_LAB}.1"/>'
        f'<code code="18719-5" codeSystem="{LOINC}" displayName={quoteattr(name)}/><statusCode code="completed"/>'
        '<entryRelationship typeCode="COMP"><organizer classCode="BATTERY" moodCode="EVN">'
        f'<templateId root="{_LAB}.4"/>'
        f'<code nullFlavor="NA"><originalText>{escape(name)}</originalText></code><statusCode code="completed"/>'
        f'<effectiveTime value="{report.taken:%Y%m%d%H%M%S%z}"/>{parts}</organizer></entryRelationship></act>'
    )


def _observation(report: Report, line: Line) -> str:
    flag = line.flag or "N"
    bounds = "".join(
        f'<{end} value="{value}" unit="{line.test.unit}"/>'
        for end, value in (("low", line.low), ("high", line.high))
        if value
    )
    usual = (
        f'<referenceRange><observationRange><value xsi:type="IVL_PQ">{bounds}</value>'
        '<interpretationCode code="N"/></observationRange></referenceRange>'
        if bounds
        else ""
    )
    comment = ""
    if line.comment:
        comment = (
            '<entryRelationship typeCode="SUBJ" inversionInd="true"><act classCode="ACT" moodCode="EVN">'
            f'<code code="48767-8" codeSystem="{LOINC}"/><text>{escape(line.comment)}</text></act></entryRelationship>'
        )
    return (
        f'<observation classCode="OBS" moodCode="EVN"><templateId root="{_LAB}.6"/>'
        f'<id root="{ROOT}.4" extension="{report.number}-{line.test.key}"/>'
        f'<code code="{line.test.code}" codeSystem="{LOINC}" displayName={quoteattr(line.test.label)}/>'
        f'<statusCode code="completed"/><effectiveTime value="{report.taken:%Y%m%d%H%M%S%z}"/>'
        f'<value xsi:type="PQ" value="{line.value}" unit="{line.test.unit or "1"}"/>'
        f'<interpretationCode code="{flag}" codeSystem="2.16.840.1.113883.5.83"/>{comment}{usual}</observation>'
    )


def _media(pdf: bytes) -> str:
    return (
        '<observationMedia classCode="OBS" moodCode="EVN" ID="pdf">'
        f'<value mediaType="application/pdf" representation="B64">{_base64(pdf)}</value></observationMedia>'
    )


def _listed(medicines: Sequence[Medicine]) -> str:
    rows = "".join(f"<item>{escape(one.name)} : {escape(one.posology)}</item>" for one in medicines)
    return f"<list>{rows}</list>"


def _taken(medicine: Medicine, at: datetime) -> str:
    end = f'<high value="{medicine.until}"/>' if medicine.until else '<high nullFlavor="NA"/>'
    since = at - timedelta(days=2)
    return (
        '<substanceAdministration classCode="SBADM" moodCode="EVN">'
        f'<templateId root="{_PCC}.4.7"/><templateId root="{_PCC}.4.7.1"/>'
        f'<id root="{ROOT}.5" extension={quoteattr(medicine.atc + f"{at:%Y%m%d}")}/>'
        '<statusCode code="completed"/>'
        f'<effectiveTime xsi:type="IVL_TS"><low value="{since:%Y%m%d}"/>{end}</effectiveTime>'
        "<consumable><manufacturedProduct><manufacturedMaterial>"
        f'<code code="{medicine.atc}" codeSystem="{ATC}" displayName={quoteattr(medicine.substance)}/>'
        f"<name>{escape(medicine.name)}</name></manufacturedMaterial></manufacturedProduct></consumable>"
        '<entryRelationship typeCode="SUBJ" inversionInd="true"><act classCode="ACT" moodCode="INT">'
        f'<code code="PINSTRUCT" codeSystem="1.3.6.1.4.1.19376.1.5.3.2"/><text>{escape(medicine.posology)}</text>'
        '<statusCode code="completed"/></act></entryRelationship></substanceAdministration>'
    )


def _base64(content: bytes) -> str:
    return base64.encodebytes(content).decode()
