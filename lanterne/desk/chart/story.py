"""The story below the summary: one line per statement, newest first, fifty at a time, filtered by kind."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lanterne.desk.chart import view
from lanterne.desk.chart.page import FLAGS, decimal, newer, provenance, result
from lanterne.desk.forms.figures import unit_text
from lanterne.desk.frame.build import day
from lanterne.desk.opening import Opened
from lanterne.practice.chart.queries import out_of_range
from lanterne.practice.chart.statements import Statement, count_by_kind, page
from lanterne.practice.consultations.facts import ConsultationRecorded
from lanterne.practice.documents.facts import DocumentFiled
from lanterne.practice.family.facts import FamilyRecorded
from lanterne.practice.immunizations.facts import ImmunizationRecorded
from lanterne.practice.measures.facts import MeasureRecorded
from lanterne.practice.notes.facts import NoteRecorded
from lanterne.practice.problems.facts import AldRecorded, ProblemRecorded
from lanterne.practice.results.facts import ResultRecorded
from lanterne.practice.treatments.facts import TreatmentRecorded

PAGE = 50
# One line of a list; the whole is one click away.
LINE_CHARACTERS = 240

NOUNS: dict[str, tuple[str, ...]] = {
    "consultation": ("consultation.recorded",),
    "result": ("result.recorded",),
    "document": ("document.filed",),
    "treatment": ("treatment.recorded",),
    "problem": ("problem.recorded", "ald.recorded"),
    "measure": ("measure.recorded",),
    "vaccination": ("immunization.recorded",),
    "allergy": ("allergy.recorded",),
    "procedure": ("procedure.recorded",),
    "family": ("family.recorded",),
    "lifestyle": ("lifestyle.recorded",),
    "note": ("note.recorded",),
}
NOUN_OF = {kind: noun for noun, kinds in NOUNS.items() for kind in kinds}
# Said by the summary, not part of the story.
UNTOLD = ("section.none_known", "patient.merged", "patient.distinct")


def timeline(
    opened: Opened, noun: str = "", after: str = "", year: str = "", shown: int = 0
) -> view.TimelinePage:
    """One page of the story.

    Args:
        noun: a key of NOUNS, or "" for everything.
        after: the place to continue from, as `next_url` carries it: "day~number".
        year: the year printed last, so that it is announced once.
        shown: lines before this page.
    """
    counts = count_by_kind(opened.chart)
    wanted = NOUNS.get(noun, ())
    kinds = list(wanted) or [kind for kind in counts if kind not in UNTOLD]
    place = _place(after)
    found = page(opened.chart, kinds, limit=PAGE + 1, after=place) if kinds else []
    more, found = found[PAGE:], found[:PAGE]
    total = sum(counts.get(kind, 0) for kind in kinds)
    rows = tuple(row(opened, item) for item in found)
    url = reverse("timeline", args=[opened.chart.patient])
    following = ""
    if more and found:
        last = found[-1]
        following = f"{url}?genre={noun}&apres={last.day}~{last.number}&annee={rows[-1].at.iso[:4]}&vus={shown + len(rows)}"
    return view.TimelinePage(
        rows=rows,
        filters=_filters(counts, noun, url),
        total=total,
        shown=shown + len(rows),
        next_url=following,
        last_year=year,
    )


def _place(after: str) -> tuple[str, int] | None:
    moment, separator, number = after.rpartition("~")
    return (moment, int(number)) if separator and number.isdigit() else None


def _filters(counts: dict[str, int], noun: str, url: str) -> tuple[view.TimelineFilter, ...]:
    everything = sum(count for kind, count in counts.items() if kind not in UNTOLD)
    filters = [view.TimelineFilter("", _("Tout"), everything, url, noun == "")]
    for key, kinds in NOUNS.items():
        count = sum(counts.get(kind, 0) for kind in kinds)
        if count:
            filters.append(
                view.TimelineFilter(key, view.KINDS[key].label, count, f"{url}?genre={key}", noun == key)
            )
    return tuple(filters)


def row(opened: Opened, item: Statement[Any]) -> view.TimelineRow:
    """One statement as a line."""
    title, text, value, tone = _words(opened, item)
    is_document = isinstance(item.body, DocumentFiled)
    name = "document" if is_document else "item"
    return view.TimelineRow(
        id=item.id,
        kind=NOUN_OF.get(item.kind, "unknown"),
        at=day(item.day),
        title=title or _("sans titre"),
        provenance=provenance(opened, item),
        text=text[:LINE_CHARACTERS],
        value=value,
        tone=tone,  # type: ignore[arg-type]
        url=reverse(name, args=[opened.chart.patient, item.id]),
        dialog=not is_document,
        struck=not item.live,
    )


def _words(opened: Opened, item: Statement[Any]) -> tuple[str, str, str, str]:
    """(title, text, value, tone)."""
    match item.body:
        case ConsultationRecorded() as body:
            rest = [body.history, body.findings, body.conclusion, body.text]
            return body.reason or _("Consultation"), " · ".join(part for part in rest if part), "", ""
        case ResultRecorded() as body:
            seen = result(opened, item)
            flag = FLAGS.get(out_of_range(body), "")
            tone = "danger" if flag.startswith("critical") else "warn" if flag else ""
            return body.label, body.comment, f"{seen.value} {seen.unit}".strip(), tone
        case MeasureRecorded() as body:
            values = [f"{c.label} {decimal(c.value)} {unit_text(c.unit)}" for c in body.components]
            return _("Mesures"), " · ".join(values), "", ""
        case TreatmentRecorded() as body:
            return (
                body.substance,
                " · ".join(part for part in (body.brand, body.posology, body.stop_reason) if part),
                "",
                "",
            )
        case AldRecorded() as body:
            return _("ALD : %(label)s") % {"label": body.label}, body.comment, "", ""
        case ProblemRecorded() as body:
            return body.label, body.comment, item.code, ""
        case ImmunizationRecorded() as body:
            done = (
                body.dose
                if body.status == "completed"
                else _("non fait : %(reason)s") % {"reason": body.reason}
            )
            return body.vaccine, " · ".join(part for part in (done, body.lot) if part), "", ""
        case FamilyRecorded() as body:
            return body.label, body.comment, "", ""
        case NoteRecorded() as body:
            return _("Note personnelle") if body.personal else _("Note"), body.text, "", ""
        case DocumentFiled() as body:
            return body.title, body.sender, "", ""
        case None:
            return newer(item), "", "", ""
        case body:
            return item.label, str(getattr(body, "comment", "")), "", ""
