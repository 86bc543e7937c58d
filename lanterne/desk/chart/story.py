"""The story below the summary: one line per statement, newest first, fifty at a time, filtered by kind."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lanterne.desk.chart import sourcing, view
from lanterne.desk.chart.page import FLAGS, decimal, newer, provenance, result
from lanterne.desk.forms.figures import unit_text
from lanterne.desk.frame.build import day
from lanterne.desk.opening import Opened
from lanterne.desk.sentences import section_name
from lanterne.practice.chart.facts import SectionEmpty
from lanterne.practice.chart.queries import out_of_range
from lanterne.practice.chart.statements import Statement, count_by_kind, count_withdrawn, page, withdrawn
from lanterne.practice.consultations.facts import ConsultationRecorded
from lanterne.practice.documents.facts import DocumentFiled
from lanterne.practice.family.facts import FamilyRecorded
from lanterne.practice.immunizations.facts import ImmunizationRecorded
from lanterne.practice.measures.facts import MeasureRecorded
from lanterne.practice.notes.facts import NoteRecorded
from lanterne.practice.prescriptions.facts import PrescriptionIssued
from lanterne.practice.prescriptions.rules import ORDERS
from lanterne.practice.problems.facts import AldRecorded, ProblemRecorded
from lanterne.practice.results.facts import ResultRecorded
from lanterne.practice.treatments.facts import TreatmentProposed, TreatmentRecorded
from lanterne.reference import measures

PAGE = 50
# One line of a list; the whole is one click away.
LINE_CHARACTERS = 240

NOUNS: dict[str, tuple[str, ...]] = {
    "consultation": ("consultation.recorded",),
    "result": ("result.recorded",),
    "document": ("document.filed",),
    "prescription": ("prescription.issued",),
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
# What was marked as entered in error.
WITHDRAWN = "retires"
PLURALS = {
    "consultation": _("Consultations"),
    "result": _("Résultats"),
    "document": _("Documents"),
    "prescription": _("Ordonnances"),
    "treatment": _("Traitements"),
    "problem": _("Problèmes"),
    "measure": _("Mesures"),
    "vaccination": _("Vaccinations"),
    "allergy": _("Allergies"),
    "procedure": _("Actes"),
    "family": _("Famille"),
    "lifestyle": _("Habitudes"),
    "note": _("Notes"),
}
NOUN_OF = {kind: noun for noun, kinds in NOUNS.items() for kind in kinds}
NOUN_OF |= {TreatmentProposed.KIND: "proposal", SectionEmpty.KIND: "absence"}
# Said by the summary, not part of the story.
UNTOLD = (
    "section.none_known",
    "patient.merged",
    "patient.distinct",
    "document.arrived",
    "chart.distinct",
    "treatment.proposed",
)


def timeline(
    opened: Opened, noun: str = "", after: str = "", year: str = "", shown: int = 0
) -> view.TimelinePage:
    """One page of the story.

    Args:
        noun: a key of NOUNS, WITHDRAWN, or "" for everything.
        after: the place to continue from, as `next_url` carries it: "day~number".
        year: the year printed last, so that it is announced once.
        shown: lines before this page.
    """
    counts = count_by_kind(opened.chart)
    wanted = NOUNS.get(noun, ())
    kinds = list(wanted) or [kind for kind in counts if kind not in UNTOLD]
    place = _place(after)
    gone = count_withdrawn(opened.chart)
    if noun == WITHDRAWN:
        found, total = withdrawn(opened.chart, limit=PAGE + 1, after=place), gone
    else:
        found = page(opened.chart, kinds, limit=PAGE + 1, after=place) if kinds else []
        total = sum(counts.get(kind, 0) for kind in kinds)
    more, found = found[PAGE:], found[:PAGE]
    sourcing.learn(opened, found)
    rows = tuple(row(opened, item) for item in found)
    url = reverse("timeline", args=[opened.chart.patient])
    following = ""
    if more and found:
        last = found[-1]
        place_reached = f"{last.day}~{last.number}&annee={rows[-1].at.iso[:4]}&vus={shown + len(rows)}"
        following = f"{url}?genre={noun}&apres={place_reached}"
    return view.TimelinePage(
        rows=rows,
        filters=_filters(counts, gone, noun, url),
        total=total,
        shown=shown + len(rows),
        next_url=following,
        last_year=year,
    )


def _place(after: str) -> tuple[str, int] | None:
    moment, separator, number = after.rpartition("~")
    return (moment, int(number)) if separator and number.isdigit() else None


def _filters(counts: dict[str, int], gone: int, noun: str, url: str) -> tuple[view.TimelineFilter, ...]:
    everything = sum(count for kind, count in counts.items() if kind not in UNTOLD)
    filters = [view.TimelineFilter("", _("Tout"), everything, url, noun == "")]
    for key, kinds in NOUNS.items():
        count = sum(counts.get(kind, 0) for kind in kinds)
        if count:
            filters.append(view.TimelineFilter(key, PLURALS[key], count, f"{url}?genre={key}", noun == key))
    if gone or noun == WITHDRAWN:
        filters.append(
            view.TimelineFilter(WITHDRAWN, _("Retirés"), gone, f"{url}?genre={WITHDRAWN}", noun == WITHDRAWN)
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
        text=_cut(text),
        value=value,
        tone=tone,  # type: ignore[arg-type]
        url=reverse(name, args=[opened.chart.patient, item.id]),
        dialog=not is_document,
        struck=not item.live,
    )


def _cut(text: str) -> str:
    """The beginning of a long text, at a word's end."""
    if len(text) <= LINE_CHARACTERS:
        return text
    return text[:LINE_CHARACTERS].rsplit(" ", 1)[0].rstrip(" ,;:·") + "…"


def _taken(body: MeasureRecorded) -> str:
    """What was measured, pressure as one figure, as it is said aloud."""
    values = {c.code: c for c in body.components}
    high, low = (values.get(measures.BY_KEY[key].code) for key in ("systolic", "diastolic"))
    said = []
    for one in body.components:
        if high is not None and low is not None and one in (high, low):
            if one is high:
                said.append(
                    _("PA %(high)s/%(low)s mmHg") % {"high": decimal(high.value), "low": decimal(low.value)}
                )
            continue
        known = measures.BY_CODE.get(one.code)
        said.append(
            f"{known.short if known else one.label} {decimal(one.value)} {unit_text(one.unit)}".strip()
        )
    return " · ".join(said)


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
            return _("Mesures"), _taken(body), "", ""
        case TreatmentRecorded() | TreatmentProposed() as body:
            return (
                body.substance or body.brand,
                " · ".join(part for part in (body.brand, body.posology, body.stop_reason) if part),
                "",
                "",
            )
        case PrescriptionIssued() as body:
            said = [
                f"{one.substance or one.brand} {one.strength} {one.words}".strip() or one.typed
                for one in body.lines
            ]
            return _("Ordonnance : %(order)s") % {"order": _(ORDERS[body.order])}, " · ".join(said), "", ""
        case AldRecorded() as body:
            return _("ALD : %(label)s") % {"label": body.label}, body.comment, "", ""
        case ProblemRecorded() as body:
            return body.label, body.comment, item.code, ""
        case ImmunizationRecorded() as body:
            done = (
                body.dose
                if body.status == "completed"
                else _("non fait : %(reason)s") % {"reason": body.reason}
            )
            return body.vaccine, " · ".join(part for part in (done, body.lot) if part), "", ""
        case FamilyRecorded() as body:
            return body.label, body.comment, "", ""
        case SectionEmpty() as body:
            return section_name(body.section), _("rien à signaler"), "", ""
        case NoteRecorded() as body:
            return _("Note personnelle") if body.personal else _("Note"), body.text, "", ""
        case DocumentFiled() as body:
            return body.title, body.sender, "", ""
        case None:
            return newer(item), "", "", ""
        case body:
            return item.label, str(getattr(body, "comment", "")), "", ""
