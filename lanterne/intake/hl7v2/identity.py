"""PID: whose message it is. Source: HL7 v2.5 3.4.2; IHE PAM national extension France (types of names, INS
authorities).

Law: a matricule is an INS only under an authority that gives INS; its key is checked and a wrong one said.
The name of type L, B or M is the birth name, D, N or U the used name. A birth place code stands in an address
of type BDL or BR.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lanterne.intake.hl7v2.segments import Segment, part
from lanterne.intake.reading import ReadAuthor, ReadIdentity
from lanterne.intake.written import dates, persons
from lanterne.practice.patients.ins import OIDS, compact, has_shape, is_place_code, key_agrees
from lanterne.practice.patients.names import fold

_BIRTH_TYPES = ("B", "M", "L", "")
_USED_TYPES = ("D", "N", "U", "A")
_RPPS = re.compile(r"8?(\d{11})")
_PHONE = re.compile(r"[+()\d][\d .()\-/]{5,24}")


@dataclass(frozen=True, slots=True)
class Whose:
    """The identity, and a sentence when its matricule cannot be trusted."""

    identity: ReadIdentity
    unread: tuple[str, ...] = ()


def whose(pid: Segment, facility: str) -> Whose:
    """The patient of a PID segment; `facility` names whose local numbers they are when the message does not."""
    matricule, oid, local = _numbers(pid, facility)
    agrees = not matricule or (has_shape(matricule) and key_agrees(matricule))
    birth, used, given, all_given = _names(pid)
    home, place = _addresses(pid)
    identity = ReadIdentity(
        birth_name=birth,
        used_name=used if used != birth else "",
        first_given=given,
        given_names=all_given,
        sex=persons.sex_of(pid.text(8)),
        birth_date=dates.stamp(pid.text(7))[:10],
        birth_place_code=place,
        matricule=matricule,
        oid=oid,
        key_agrees=agrees,
        local_ids=local,
        phones=_phones(pid),
        address="\n".join(line for position in (1, 2) if (line := part(home, position))),
        postcode=part(home, 5),
        city=part(home, 3),
    )
    return Whose(identity, () if agrees else (persons.WRONG_KEY,))


def _numbers(pid: Segment, facility: str) -> tuple[str, str, tuple[tuple[str, str], ...]]:
    matricule, oid = "", ""
    local: list[tuple[str, str]] = []
    for place in (3, 2, 4):
        for repetition in pid.repetitions(place):
            number = part(repetition, 1)
            authority = [piece.strip() for piece in part(repetition, 4).split(pid.separators.sub)]
            uid = authority[1] if len(authority) > 1 else ""
            kind = part(repetition, 5).upper()
            if number and (uid in OIDS or kind.startswith("INS") or "INS-" in authority[0].upper()):
                matricule = matricule or compact(number + _key_apart(number, part(repetition, 2)))
                oid = oid or (uid if uid in OIDS else "")
            elif number:
                local.append((uid or authority[0] or facility, number))
    account = pid.text(18)
    if account:
        local.append((f"{facility}:dossier", account))
    return matricule, oid, tuple(dict.fromkeys(local))


def _key_apart(number: str, digits: str) -> str:
    return digits if len(compact(number)) == 13 and re.fullmatch(r"\d{1,2}", digits) else ""


def _names(pid: Segment) -> tuple[str, str, str, tuple[str, ...]]:
    by_type: dict[str, tuple[str, ...]] = {}
    for repetition in pid.repetitions(5):
        by_type.setdefault(part(repetition, 7).upper(), repetition)
    birth = next((by_type[kind] for kind in _BIRTH_TYPES if kind in by_type), ())
    used = next((by_type[kind] for kind in _USED_TYPES if kind in by_type), ())
    birth = birth or used
    family = persons.family_names(_family(birth, pid))
    given, listed = part(birth, 2), part(birth, 3).replace(",", " ").split()
    if given and listed and fold(listed[0]) != fold(given.split()[0]):
        listed = [given, *listed]
    used_name = _family(used, pid) or family.used_name
    return family.birth_name, used_name, given or (listed[0] if listed else ""), tuple(listed)


def _family(name: tuple[str, ...], pid: Segment) -> str:
    return part(name, 1).split(pid.separators.sub)[0].strip()


def _addresses(pid: Segment) -> tuple[tuple[str, ...], str]:
    """The home address, and the INSEE code of the birth place."""
    home: tuple[str, ...] = ()
    place = ""
    for repetition in pid.repetitions(11):
        kind = part(repetition, 7).upper()
        if kind in ("BDL", "BR", "N"):
            codes = (part(repetition, position) for position in (9, 5, 8))
            place = place or next((code for code in codes if is_place_code(code)), "")
        elif not home and kind in ("H", "", "L", "M", "C", "P"):
            home = repetition
    return home, place


def _phones(pid: Segment) -> tuple[str, ...]:
    found = []
    for place in (13, 14):
        for repetition in pid.repetitions(place):
            number = part(repetition, 1) or part(repetition, 12)
            if not number and part(repetition, 7):
                number = f"{part(repetition, 6)}{part(repetition, 7)}"
            if _PHONE.fullmatch(number):
                found.append(number)
    return tuple(dict.fromkeys(found))


def person(components: tuple[str, ...]) -> tuple[str, str]:
    """Name and RPPS of a professional written as XCN: id^family^given^…^prefix."""
    family = part(components, 2).split("&")[0]
    name = " ".join(piece for piece in (part(components, 6), part(components, 3), family) if piece)
    rpps = _RPPS.fullmatch(part(components, 1))
    return name, rpps[1] if rpps else ""


def author_of(segments: list[Segment], facility: str) -> ReadAuthor:
    """Who made it: the sender named in PRT (SB), the originator of TXA-9 or -5, the interpreter of OBR-32;
    and the place.
    """
    named = {segment.name: segment for segment in reversed(segments)}
    organisation = facility
    for segment in segments:
        if segment.name == "PRT" and segment.text(4).upper() in ("SB", "AUT", "AUTHOR"):
            name, rpps = person(segment.components(5))
            return ReadAuthor(name, segment.text(8) or organisation, rpps)
    for name_of, place in (("TXA", 9), ("TXA", 5), ("OBR", 32)):
        segment_found = named.get(name_of)
        if segment_found is None or not segment_found.raw(place):
            continue
        components = segment_found.components(place)
        if name_of == "OBR":
            # OBR-32 is an NDL: the person stands in the subcomponents of its first component.
            components = segment_found.subcomponents(place, 1) or components
        name, rpps = person(components)
        return ReadAuthor(name or part(components, 1), organisation, rpps)
    return ReadAuthor(organisation=organisation)
