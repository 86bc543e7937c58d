"""Letters and certificates on paper. The body is the writer's own: only head, date and signature are put around it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from lanterne.printing.errors import NotPrinted
from lanterne.printing.papers import Certificate, Letter, Patient, Prescriber, Section
from lanterne.printing.said import (
    NBSP,
    Saying,
    born,
    called,
    letterhead,
    lower_first,
    patient_block,
    place_and_day,
    signed_by,
)
from lanterne.printing.typesetting import typeset
from lanterne.printing.words import _
from lanterne.sheet.printing import french_date

MOST_PARTS = 1_000


@dataclass(frozen=True, slots=True)
class Written:
    """A letter, a certificate or a list, set. `lost`: characters that stand as "□"; whoever prints must be told."""

    pdf: bytes
    lost: tuple[str, ...]


def print_letter(letter: Letter) -> Written:
    """A letter as PDF/A-1a. The file's title is the kind of paper, never the subject.

    Raises:
        NotPrinted: nothing to print, too much of it, or the typesetter gave up.
    """
    say = Saying()
    subject = say.line(letter.subject)
    data = _data(letter.sender, letter.patient, letter.made_on, letter.body, letter.city, say) | {
        "title": _("Courrier"),
        "heading": "",
        "recipient": say.lines(letter.recipient),
        "subject": _("Objet : {subject}").format(subject=subject) if subject else "",
        "enclosures": say.lines(letter.enclosures),
        "running": _running(_("Courrier du {day}"), letter.patient, letter.made_on, say),
        "strike": False,
    }
    return Written(typeset("letter", data, day=letter.made_on), tuple(sorted(say.lost)))


def print_certificate(certificate: Certificate) -> Written:
    """A certificate as PDF/A-1a, the room below its signature struck out.

    Raises:
        NotPrinted: nothing to print, too much of it, or the typesetter gave up.
    """
    say = Saying()
    made = certificate
    data = _data(made.sender, made.patient, made.made_on, made.body, made.city, say) | {
        "title": _("Certificat"),
        "heading": say.line(made.heading) or _("Certificat médical"),
        "recipient": [],
        "subject": "",
        "enclosures": [],
        "running": _running(_("Certificat du {day}"), made.patient, made.made_on, say),
        "strike": True,
    }
    return Written(typeset("letter", data, day=made.made_on), tuple(sorted(say.lost)))


def _data(
    sender: Prescriber,
    patient: Patient | None,
    day: dt.date,
    body: tuple[str | Section, ...],
    city: str,
    say: Saying,
) -> dict[str, Any]:
    if len(body) > MOST_PARTS:
        raise NotPrinted("printing_too_many", count=len(body), most=MOST_PARTS)
    parts = [part for part in (_part(one, say) for one in body) if any(part["lines"])]
    if not parts:
        raise NotPrinted("printing_empty")
    return {
        "head": letterhead(sender, say),
        "patient": patient_block(patient, day, say) if patient else [],
        "place_and_day": place_and_day(city or sender.city, day, say),
        "body": parts,
        "signature": {
            "label": _("Signature"),
            "name": say.line(signed_by(sender)),
            "quality": say.line(sender.quality),
            "contacts": [],
        },
        "enclosures_label": _("Pièces jointes :"),
        "running_who": say.line(signed_by(sender)),
        "page": _("Page {number}/{total}"),
    }


def _part(part: str | Section, say: Saying) -> dict[str, Any]:
    if isinstance(part, Section):
        return {
            "title": say.line(part.title) or NBSP,
            "lines": [said for one in part.lines if (said := say.text(one))],
        }
    return {"title": "", "lines": [say.text(part)]}


def _running(pattern: str, patient: Patient | None, day: dt.date, say: Saying) -> str:
    said = pattern.format(day=french_date(day))
    if patient is None:
        return said
    identity = ", ".join(part for part in (called(patient), lower_first(born(patient, day))) if part)
    return say.line(f"{said} – {identity}")
