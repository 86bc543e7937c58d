"""The twelve lines that open an HPRIM médecin message, and where they really stand.

Law: what a line is follows from its place, its place from what can be recognised: two dates (birth, report),
a postcode, a social number. Laboratories put blank lines before, an address line too many or too few, the key
of the social number on a line of its own, an empty thirteenth line; each of these layouts is tried and the
one that fits best is taken. Lines: 1 id of the patient at the sender, 2 name, 3 given name, 4–5 address, 6
postcode and city, 7 birth date, 8 social number, 9 reference of the report, 10 its date, 11 sender, 12
receiver. Source: H.PR.I.M. Médecins recommendation 3.0 (1997).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lanterne.intake.reading import ReadAuthor, ReadIdentity
from lanterne.intake.written import dates, persons

_POSTCODE = re.compile(r"\s*(?:F-?)?(\d{5}|2[AB]\d{3})(?:\s+(\S.*))?")
_DIGITS = re.compile(r"[\dAB .\-]{13,24}")
_CODE_THEN_NAME = re.compile(r"(\S*[\d@._]\S*)\s+(\S.*)|(\S{1,2})\s+(\S.*)")
_NAME = re.compile(r"[^\W\d_][^\d|*]{0,59}")
_LONGEST_LINE = 200
_ENOUGH = 7


@dataclass(frozen=True, slots=True)
class Layout:
    """Which line (from 0) holds which field. `address` are the lines between given name and city."""

    address: tuple[int, ...]
    city: int
    birth: int
    number: tuple[int, ...]
    reference: int
    date: int
    sender: int
    receiver: int


def _layout(address_lines: int, key_apart: bool) -> Layout:
    city = 3 + address_lines
    number = (city + 2, city + 3) if key_apart else (city + 2,)
    after = number[-1] + 1
    return Layout(tuple(range(3, city)), city, city + 1, number, after, after + 1, after + 2, after + 3)


# In order of preference: as the recommendation says, then what laboratories do to it.
LAYOUTS = (_layout(2, False), _layout(2, True), _layout(3, False), _layout(3, True), _layout(1, False))


@dataclass(frozen=True, slots=True)
class Heading:
    """The header of one message: whose, from whom, when; `lines` is how many lines it took, `unread` what it
    says badly.
    """

    identity: ReadIdentity | None
    author: ReadAuthor
    at: str
    reference: str
    lines: int
    unread: tuple[str, ...] = ()


def heading_at(lines: Sequence[str], start: int, *, sure: bool = False) -> Heading | None:
    """The header that begins at this line, or after a few blank ones; None when nothing there looks like one.

    Args:
        sure: ask for both dates and a name, where no mark says that a message begins.
    """
    best: tuple[int, int, Layout] | None = None
    for skipped in range(4):
        for layout in LAYOUTS:
            score = _score(lines, start + skipped, layout, sure)
            if score >= _ENOUGH and (best is None or score > best[0]):
                best = (score, skipped, layout)
        if start + skipped >= len(lines) or lines[start + skipped].strip():
            break
    if best is None:
        return None
    _, skipped, layout = best
    return _read(lines, start + skipped, layout, skipped)


def _line(lines: Sequence[str], place: int) -> str:
    return lines[place][:_LONGEST_LINE] if place < len(lines) else ""


def _score(lines: Sequence[str], start: int, layout: Layout, sure: bool) -> int:
    """How well the lines fit a layout; below 7 is no header."""
    if not _NAME.match(_line(lines, start + 1).strip()):
        return 0
    birth, dated = _line(lines, start + layout.birth), _line(lines, start + layout.date)
    is_birth, is_date = _looks_dated(birth), _looks_dated(dated)
    if not (is_birth or is_date) or (sure and not (is_birth and is_date)):
        return 0
    score = 3 * is_birth + 3 * is_date
    score += bool(_NAME.match(_line(lines, start + 2).strip()))
    score += 2 * bool(_POSTCODE.fullmatch(_line(lines, start + layout.city).rstrip()))
    number = [_line(lines, start + place).strip() for place in layout.number]
    if len(number) == 1:
        score += bool(_DIGITS.fullmatch(number[0])) - (bool(number[0]) and not number[0][0].isalnum())
    else:
        score += 2 if re.fullmatch(r"[\dAB ]{13,20}", number[0]) and re.fullmatch(r"\d{2}", number[1]) else -4
    if not birth.strip() and is_date:
        score += 1
    if any(line.lstrip().startswith(("****", "RES|", "TEX|")) for line in lines[start : start + layout.date]):
        return 0
    return score


def _looks_dated(line: str) -> bool:
    text = line.strip()
    return 4 < len(text) <= 20 and text[0].isdigit() and bool(dates.document_date(text))


def _read(lines: Sequence[str], start: int, layout: Layout, skipped: int) -> Heading:
    def line(place: int) -> str:
        return _line(lines, start + place)

    unread: list[str] = []
    at = dates.document_date(line(layout.date))
    born_as_written = line(layout.birth).strip()
    born = dates.birth_date(born_as_written, at)
    if born_as_written and not born:
        unread.append(f"Date de naissance illisible : « {born_as_written[:20]} ».")
    elif dates.two_centuries(born_as_written, born, at):
        unread.append(
            f"L’année de naissance n’a que deux chiffres : « {born_as_written} » est lu {born[:4]}."
        )
    names = persons.family_names(line(1))
    author, sender_code = _sender(line(layout.sender))
    city = _POSTCODE.fullmatch(line(layout.city).rstrip())
    system = f"labo:{author.organisation or sender_code}"
    local = [(system, line(0).strip())] if line(0).strip() else []
    written = "".join(line(place).strip() for place in layout.number)
    number = persons.social_number(written, born)
    if number is not None and number.key_agrees and not number.own:
        unread.append(
            "Le numéro de sécurité sociale n’est pas de la même date de naissance : c’est celui d’un assuré."
        )
        local.append(("nir-assure", number.matricule))
    elif number is None and any(character.isdigit() for character in written):
        local.append(("nir-incomplet", " ".join(written.split())))
    own = number if number is not None and (number.own or not number.key_agrees) else None
    if own is not None and not own.key_agrees:
        unread.append(persons.WRONG_KEY)
    identity = ReadIdentity(
        birth_name=names.birth_name,
        used_name=names.used_name,
        first_given=persons.given_name(line(2)),
        sex=names.sex,
        birth_date=born,
        matricule=own.matricule if own else "",
        key_agrees=own.key_agrees if own else True,
        local_ids=tuple(local),
        address="\n".join(text for place in layout.address if (text := line(place).strip())),
        postcode=city[1] if city else "",
        city=(city[2] or "").strip() if city else line(layout.city).strip(),
    )
    size = min(layout.receiver + 1, max(0, len(lines) - start))
    return Heading(identity, author, at, line(layout.reference).strip(), skipped + size, tuple(unread))


def _sender(line: str) -> tuple[ReadAuthor, str]:
    """Who sent it: a code of ten characters then a name, or only one of them."""
    text = line.rstrip()
    if len(text) > 11 and text[0] == " " and text[10] == " " and text[:10].strip():
        return ReadAuthor(organisation=text[11:].strip()), text[:10].strip()
    split = _CODE_THEN_NAME.fullmatch(text.strip())
    if split is not None:
        return ReadAuthor(organisation=split[2] or split[4]), split[1] or split[3]
    return ReadAuthor(organisation=" ".join(text.split())), ""
