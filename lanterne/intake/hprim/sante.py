r"""HPRIM santé: H, P, OBR, OBX, C, A and L segments, as laboratories write them.

Law: one document a patient (P), its text whole; a segment not understood is kept in the text and named. An A
segment goes on with the one before, cut anywhere. Fields are those of the recommendation 2.1: P-5 name~given,
P-6 birth name, P-7 birth date, P-8 sex, P-10 address; the social number is in AP. A missing end (L) is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lanterne.intake.hl7v2.observations import Group, Observations, lines_of_results
from lanterne.intake.hl7v2.segments import Segment, Separators, lines_of, part
from lanterne.intake.reading import Document, Limits, ReadAuthor, ReadIdentity, Unreadable
from lanterne.intake.written import dates, persons

_SEGMENT = re.compile(r"(?:H|P|L|C|A|OBR|OBX|AP|AC|ACT|FAC|REG|ERR)")
_HEADER = re.compile(r"\s*H([|!#;])([^\w\s])([^\w\s])([^\w\s]?)([^\w\s]?)\1")
_FILES = frozenset({"FIC", "GC", "IMG", "ED", "RP"})
_NO_PATIENT = "Le message ne dit pas pour quel patient il est (pas de ligne P)."


@dataclass(slots=True)
class Patient:
    """A P segment and what follows it, until the next."""

    segment: Segment | None
    seen: Observations = field(default_factory=Observations)
    extra: list[str] = field(default_factory=list)
    insured: list[str] = field(default_factory=list)
    group: Group = field(default_factory=Group)


def is_sante(text: str) -> bool:
    """Whether text begins with an HPRIM santé header."""
    return _HEADER.match(text.lstrip("\ufeff\r\n ")[:40]) is not None


def read_sante(text: str, limits: Limits) -> tuple[Document, ...]:
    """One document a patient.

    Raises:
        Unreadable: "segments_separators", "segments_no_header", "too_many_elements", "too_many_parts".
    """
    segments = list(_segments(lines_of(text.lstrip("\ufeff\r\n "), limits)))
    header = segments[0]
    author = ReadAuthor(organisation=header.text(4, 2) or header.text(4))
    dated = dates.stamp(_last_stamp(header))
    group = Group(laboratory=author.organisation)
    patients: list[Patient] = []
    for segment in segments[1:]:
        if segment.name == "P":
            if len(patients) >= limits.entries:
                raise Unreadable("too_many_parts", limit=str(limits.entries))
            patients.append(Patient(segment, Observations(most=limits.entries), group=group))
        elif segment.name != "L":
            if not patients:
                patients.append(Patient(None, Observations(most=limits.entries), group=group))
            _take(patients[-1], segment, author)
    ended = any(segment.name == "L" for segment in segments)
    return tuple(_document(patient, author, dated, ended) for patient in patients or [Patient(None)])


def _segments(lines: list[str]) -> Iterator[Segment]:
    if not lines or not is_sante(lines[0]):
        raise Unreadable("segments_no_header")
    separators = Separators.of(lines[0].strip(), hprim=True)
    pending = ""
    number = 0
    for line in lines:
        name, mark, rest = line.partition(separators.field)
        known = mark and _SEGMENT.fullmatch(name.strip())
        if known and name.strip() != "A":
            if pending:
                number += 1
                yield _segment(pending, separators, number)
            pending = line.strip()
        elif known:
            pending += rest.rstrip("\n")
        elif line.strip():
            pending += separators.repetition + line.strip()
    yield _segment(pending, separators, number + 1)


def _segment(written: str, separators: Separators, number: int) -> Segment:
    name, _, rest = written.partition(separators.field)
    fields = rest.split(separators.field)
    if name == "H":
        # H-1 are the separators themselves; the numbers of the recommendation count them as the first field.
        fields = [rest[:4], *fields[1:]]
    return Segment(name, tuple(fields), separators, number)


def _last_stamp(header: Segment) -> str:
    found = [cell for cell in header.fields if re.fullmatch(r"\d{8}(?:\d{4}(?:\d{2})?)?", cell.strip())]
    return found[-1].strip() if found else ""


def _take(patient: Patient, segment: Segment, author: ReadAuthor) -> None:
    seen = patient.seen
    if segment.name == "OBR":
        sampled = dates.stamp(segment.text(7)) or dates.stamp(segment.text(14))
        patient.group = Group(
            panel=_panel(segment),
            at=sampled or patient.group.at,
            specimen=segment.text(15, 2) or segment.text(15),
            laboratory=author.organisation,
        )
    elif segment.name == "OBX":
        if segment.text(2).upper() in _FILES:
            named = segment.whole(5)[:120]
            seen.unread.append(f"Un fichier est annoncé, qui n’est pas dans le message : {named}.")
            seen.text.append(f"Fichier annoncé : {named}")
        else:
            seen.add(segment, patient.group)
    elif segment.name == "C":
        seen.note(segment.whole(3))
    elif segment.name == "AP":
        patient.insured += [
            cell for field in segment.fields for cell in field.split(segment.separators.component)
        ]
    else:
        patient.extra.append(segment.name)


def _panel(segment: Segment) -> str:
    """The test asked for, when there is one: with several, which of them a result belongs to is not said."""
    asked = segment.repetitions(4)
    return (part(asked[0], 2) or part(asked[0], 1)) if len(asked) == 1 else ""


def _document(patient: Patient, author: ReadAuthor, dated: str, ended: bool) -> Document:
    seen = patient.seen
    statements = seen.statements()
    at = patient.group.at or dated
    identity, said = _identity(patient.segment, patient.insured, at, author)
    unread = [*said, *seen.unread]
    if not ended:
        unread.append("La fin du message (L) manque : il est peut-être incomplet.")
    if patient.extra:
        names = ", ".join(sorted(set(patient.extra)))
        unread.append(f"Lignes d’un autre ordre que les résultats, non lues : {names}.")
    lines = [*lines_of_results(statements), *([""] if statements and seen.text else []), *seen.text]
    return Document(
        format="hprim",
        kind="lab-report",
        title="Résultats de laboratoire",
        at=at or None,
        author=author,
        identity=identity,
        statements=statements,
        text="\n".join(lines),
        unread=tuple(unread),
    )


def _identity(
    segment: Segment | None, insured: list[str], at: str, author: ReadAuthor
) -> tuple[ReadIdentity | None, list[str]]:
    if segment is None:
        return None, [_NO_PATIENT]
    said: list[str] = []
    names = persons.family_names(segment.text(5))
    birth_name = segment.text(6) or names.birth_name
    used = names.used_name or (names.birth_name if names.birth_name != birth_name else "")
    given = [name for place in (2, 3) if (name := segment.text(5, place))]
    born = dates.birth_date(segment.text(7), at)
    if segment.text(7) and not born:
        said.append(f"Date de naissance illisible : « {segment.text(7)[:20]} ».")
    matricule, agrees, local = "", True, _local_ids(segment, author)
    for candidate in insured:
        number = persons.social_number(candidate, born)
        if number is None:
            continue
        if number.key_agrees and not number.own:
            local.append(("nir-assure", number.matricule))
            continue
        matricule, agrees = number.matricule, number.key_agrees
        if not agrees:
            said.append(persons.WRONG_KEY)
        break
    sex = persons.sex_of(segment.text(8))
    identity = ReadIdentity(
        birth_name=birth_name,
        used_name=used,
        first_given=given[0] if given else "",
        given_names=tuple(given) if len(given) > 1 else (),
        sex=sex if sex != "unknown" else names.sex,
        birth_date=born,
        matricule=matricule,
        key_agrees=agrees,
        local_ids=tuple(local),
        phones=tuple(phone for pieces in segment.repetitions(12) if (phone := part(pieces, 1))),
        address="\n".join(line for place in (1, 2) if (line := segment.text(10, place))),
        postcode=segment.text(10, 5),
        city=segment.text(10, 3),
    )
    return identity, said


def _local_ids(segment: Segment, author: ReadAuthor) -> list[tuple[str, str]]:
    system = f"labo:{author.organisation}"
    return [(system, number) for place in (2, 3, 4) if (number := segment.text(place))]
