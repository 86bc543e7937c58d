"""HL7 v2.5 as the CI-SIS carries documents: ORU with results or with a CDA inside, MDM with a PDF."""

from __future__ import annotations

import base64
from datetime import datetime

from lanterne.demo.identity import TEST_OID
from lanterne.demo.mail.addressees import Addressee
from lanterne.demo.mail.reports import Line, Report

_FLAGS = {"": "N"}
_REPORT = "11502-2^CR d'examens biologiques^LN"


def results(report: Report) -> bytes:
    """An ORU with each result discrete."""
    first = report.lines[0].test
    return _message(
        _header("ORU^R01^ORU_R01", report.laboratory, report.number, report.written),
        _patient(report.addressee),
        f"ORC|NW|P{report.number}^CAB|{report.number}^LABO",
        f"OBR|1|P{report.number}^CAB|{report.number}^LABO|{first.code}^{first.panel}^LN|||{report.taken:%Y%m%d%H%M}",
        *(_result(number, line) for number, line in enumerate(report.lines, 1)),
    )


def carrying(report: Report, document: bytes, *, replaces: bool = False) -> bytes:
    """An ORU with a CDA in base64; `replaces` what was sent before under the same number."""
    order, status = ("RP", "C") if replaces else ("NW", "F")
    return _message(
        _header("ORU^R01^ORU_R01", report.laboratory, report.number + status, report.written),
        _patient(report.addressee),
        f"ORC|{order}|P{report.number}^CAB|{report.number}^LABO",
        f"OBR|1|P{report.number}^CAB|{report.number}^LABO|{_REPORT}|||{report.taken:%Y%m%d%H%M}{'|' * 18}{status}",
        _file(document, _REPORT, "XML", status),
    )


def notified(
    addressee: Addressee,
    pdf: bytes,
    *,
    number: str,
    code: str,
    name: str,
    facility: str,
    author: str,
    at: datetime,
) -> bytes:
    """An MDM that brings a PDF; `author` as « 99000000330^AMIEL^Hugues »."""
    stamp = f"{at:%Y%m%d%H%M}"
    return _message(
        _header("MDM^T02^MDM_T02", facility, number, at),
        _patient(addressee),
        f"TXA|1|{code}^{name}^LN|TEXT|{stamp}|{author}||{stamp}|||||{number}^RIS|||||AU",
        _file(pdf, f"{code}^{name}^LN", "PDF", "F"),
    )


def _message(*segments: str) -> bytes:
    return ("\r".join(segments) + "\r").encode()


def _header(kind: str, facility: str, number: str, at: datetime) -> str:
    sender = f"SIL|{_plain(facility)}|LANTERNE|TILLEULS"
    return f"MSH|^~\\&|{sender}|{at:%Y%m%d%H%M%S}||{kind}|{number}|P|2.5|||||FRA|UNICODE UTF-8"


def _patient(addressee: Addressee) -> str:
    who, at = addressee.identity, addressee.contacts
    number = f"{addressee.patient[:8]}^^^LABO&1.2.250.1.999.1.2&ISO^PI"
    if who.ins is not None:
        number = f"{who.ins.matricule}^^^ASIP-SANTE-INS-NIR&{TEST_OID}&ISO^INS~{number}"
    names = f"{_plain(who.birth_name)}^{who.first_given}^{' '.join(who.given_names)}^^^^L"
    if who.used_name:
        names += f"~{_plain(who.used_name)}^{who.first_given}^^^^^D"
    birth = f"~^^^^^^BDL^^{who.birth_place_code}" if who.birth_place_code else ""
    return (
        f"PID|1||{number}||{names}||{addressee.born:%Y%m%d}|{'F' if addressee.female else 'M'}|||"
        f"{_plain(at.address)}^^{_plain(at.city)}^^{at.postcode}^FRA^H{birth}||{addressee.phone}^PRN^PH"
    )


def _result(number: int, line: Line) -> str:
    test = line.test
    bounds = (
        f"{line.low} - {line.high}"
        if line.low and line.high
        else f"<{line.high}"
        if line.high
        else f">{line.low}"
    )
    coded = f"{test.code}^{_plain(test.label)}^LN"
    return (
        f"OBX|{number}|NM|{coded}||{line.value}|{_escaped(test.unit)}^^UCUM|{bounds if bounds != '>' else ''}"
        f"|{_FLAGS.get(line.flag, line.flag)}|||F"
    )


def _file(content: bytes, coded: str, kind: str, status: str) -> str:
    return f"OBX|1|ED|{coded}||^TEXT^{kind}^Base64^{base64.b64encode(content).decode()}||||||{status}"


def _plain(text: str) -> str:
    return "".join(" " if sign in "|^~&\\" else sign for sign in text)


def _escaped(text: str) -> str:
    for sign, word in (("\\", "\\E\\"), ("|", "\\F\\"), ("^", "\\S\\"), ("&", "\\T\\"), ("~", "\\R\\")):
        text = text.replace(sign, word)
    return text
