"""HPRIM médecin and HPRIM santé, as laboratories write them. Sources: H.PR.I.M. Médecins 3.0, H.PR.I.M. santé 2.1."""

from __future__ import annotations

import unicodedata

from lanterne.demo.mail.addressees import Addressee
from lanterne.demo.mail.charset import cp1252
from lanterne.demo.mail.reports import BIOLOGIST, PRESCRIBER, Line, Report

_MARKS = {"H": "H", "L": "L", "HH": "HH", "": "N"}


def medecin(report: Report, *, born: str = "", with_number: bool = True) -> bytes:
    """Twelve header lines, the text, the structured part; cp1252, CR LF.

    Args:
        born: a birth date in place of the patient's own, as "17/05/1961".
    """
    who = report.addressee.identity
    code = "LBV70" if "Bioval" in report.laboratory else "LLL70"
    name = f"{who.used_name} née {who.birth_name}" if who.used_name else who.birth_name
    lines = [
        report.number[-6:],
        name,
        who.first_given,
        report.addressee.contacts.address,
        "",
        f"{report.addressee.contacts.postcode} {report.addressee.contacts.city}",
        born or f"{report.addressee.born:%d/%m/%Y}",
        who.ins.matricule if who.ins is not None and with_number else "",
        report.number,
        f"{report.written:%d/%m/%Y}",
        f"{code} {report.laboratory}",
        PRESCRIBER,
        "",
        f"Prélevé le {report.taken:%d/%m/%Y} à {report.taken:%H:%M}.",
        "",
        "****LAB****",
    ]
    panel = ""
    for line in report.lines:
        if line.test.panel != panel:
            panel = line.test.panel
            lines += ["TEX|", f"TEX|{panel.upper():^60}".rstrip()]
        lines.append(f"TEX|{_printed(line)}")
        lines.append(
            f"RES|{line.test.label}|{code_of(line)}|N|{line.shown}|{line.unit}|{_comma(line.low)}|{_comma(line.high)}"
            f"|{_MARKS[line.flag]}|F"
        )
        lines += [f"TEX|{part}" for part in line.comment.split("\n") if part]
    lines += ["TEX|", f"TEX|Validé par : Mme {BIOLOGIST[1]} {BIOLOGIST[0]}, biologiste"]
    lines += ["****FIN****", "****FINFICHIER****", ""]
    return cp1252("\r\n".join(lines))


def sante(report: Report) -> bytes:
    """H, P, AP, OBR, OBX, C and L segments; cp1252, CR."""
    stamp = f"{report.taken:%Y%m%d%H%M}"
    sender, receiver = f"LAB~{report.laboratory}", f"MG~{PRESCRIBER.replace(' ', '~')}"
    lines = [
        f"H|~^\\&|L{report.number}.HPR||{sender}||ORU|||{receiver}||P|H2.1~C|{report.written:%Y%m%d%H%M}",
        _patient(report.addressee, report.number),
    ]
    if report.addressee.identity.ins is not None:
        lines.append(f"AP|1|{report.addressee.identity.ins.matricule}")
    panel, rank = "", 0
    for line in report.lines:
        if line.test.panel != panel:
            panel, rank = line.test.panel, rank + 1
            lines.append(
                f"OBR|{rank}|{report.number}~{rank}||{code_of(line)}~{panel}~L|R||{stamp}||||N|||{stamp}|SG~Sang"
            )
        lines.append(
            f"OBX|{len(lines)}|NM|{code_of(line)}~{line.test.label}~L^{line.test.code}~{line.test.label}~LN||{line.shown}"
            f"|{line.unit}|{_range(line)}|{_MARKS[line.flag]}|||F|||{report.written:%Y%m%d%H%M}"
        )
        if line.comment:
            lines.append(f"C|1|L|{' '.join(line.comment.split())}")
    lines += ["L|1", ""]
    return cp1252("\r".join(lines))


def _patient(addressee: Addressee, number: str) -> str:
    who, at = addressee.identity, addressee.contacts
    names = "~".join((who.used_name or who.birth_name, *(who.given_names or [who.first_given])[:2]))
    birth = who.birth_name if who.used_name else ""
    sex = "F" if addressee.female else "M"
    return (
        f"P|1|{number[-5:]}|{number}||{names}|{birth}|{addressee.born:%Y%m%d}|{sex}||{at.address}~~{at.city}~~{at.postcode}"
        f"||{addressee.phone}"
    )


def code_of(line: Line) -> str:
    """The laboratory's own code of a test."""
    plain = unicodedata.normalize("NFD", line.test.key).encode("ascii", "ignore").decode()
    return plain.upper().replace("_", "")[:8]


def _comma(number: str) -> str:
    return number.replace(".", ",")


def _printed(line: Line) -> str:
    bounds = f"({_comma(line.low) or '…'} à {_comma(line.high) or '…'})" if line.low or line.high else ""
    return f"{line.test.label:<46.46} {line.shown:>8} {line.unit:<10} {bounds}".rstrip()


def _range(line: Line) -> str:
    if line.low and line.high:
        return f"{_comma(line.low)} - {_comma(line.high)}"
    return f"< {_comma(line.high)}" if line.high else f"> {_comma(line.low)}" if line.low else ""
