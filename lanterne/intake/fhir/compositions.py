"""Composition: what makes a bundle a document: title, author, sections to read, sections found empty.

Law: the narrative is what the author attested (FHIR R4, 2.4.5: it must be shown), sanitised, headings in
their order. Source: https://hl7.org/fhir/R4/documents.html, composition.html.
"""

from __future__ import annotations

import html

from lanterne.intake.fhir.absent import SECTION_OF
from lanterne.intake.fhir.resources import Composition, Section
from lanterne.intake.fhir.saying import code_in, has_code, label
from lanterne.intake.fhir.scope import Scope
from lanterne.intake.narrative import clean

_DEEPEST_HEADING = 6


def narrative(composition: Composition, limit: int) -> tuple[str, bool]:
    """The sections as HTML, and whether they were cut at `limit` characters."""
    parts: list[str] = []
    if composition.text is not None and composition.text.div and not composition.section:
        parts.append(composition.text.div)
    _write(composition.section, 3, parts)
    markup = "".join(parts)
    return clean(markup[:limit]), len(markup) > limit


def _write(sections: tuple[Section, ...], level: int, parts: list[str]) -> None:
    for section in sections:
        title = section.title.strip() or label(section.code)
        if title:
            parts.append(f"<h{level}>{html.escape(title)}</h{level}>")
        if section.text is not None and section.text.div:
            parts.append(f"<section>{section.text.div}</section>")
        elif section.empty_reason is not None:
            parts.append(f"<p>{html.escape(label(section.empty_reason))}</p>")
        _write(section.section, min(level + 1, _DEEPEST_HEADING), parts)


def negations(composition: Composition, scope: Scope) -> None:
    """Sections whose author says there is nothing ("nilknown"); not asked, withheld or unavailable say nothing."""
    waiting = list(composition.section)
    while waiting:
        section = waiting.pop()
        waiting += section.section
        code = code_in(section.code, "http://loinc.org")
        if code in SECTION_OF and has_code(section.empty_reason, "nilknown"):
            scope.negate(SECTION_OF[code])
