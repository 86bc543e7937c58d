"""Where what is shown comes from: the documents that state it, looked up once for all the lines of a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lanterne.desk.forms.document import KINDS
from lanterne.desk.forms.fields import french
from lanterne.desk.frame.view import SourceLink
from lanterne.desk.opening import Opened
from lanterne.practice.chart.queries import Summary
from lanterne.practice.chart.statements import Statement
from lanterne.practice.documents.sources import Source, sources
from lanterne.practice.treatments.facts import TreatmentRecorded
from lanterne.practice.treatments.queries import proposals_of
from lanterne.wire.names import FactId


def learn(opened: Opened, items: Sequence[Statement[Any]]) -> None:
    """Let the page know which documents state these; a correction keeps the sources of what it corrects, a treatment
    those of the proposal it came from.
    """
    known = opened.people.documents
    wanted: dict[FactId, set[FactId]] = {
        item.id: {item.id, *item.replaces} for item in items if item.id not in known
    }
    treatments = [item.id for item in items if item.kind == TreatmentRecorded.KIND]
    accepted = proposals_of(opened.chart) if treatments else {}
    for behind in wanted.values():
        behind |= {accepted[one] for one in behind if one in accepted}
    found = sources(opened.chart, sorted(set().union(*wanted.values())) if wanted else [])
    for fact, behind in wanted.items():
        told = {one.document: one for each in sorted(behind) for one in found.get(each, ())}
        known[fact] = tuple(link(opened, one) for one in told.values())


def of_summary(summary: Summary) -> list[Statement[Any]]:
    """The statements a summary shows."""
    shown: list[Statement[Any]] = [
        *summary.allergies,
        *summary.problems,
        *summary.ald,
        *summary.treatments,
        *summary.out_of_range,
    ]
    return [*shown, *(one.statement for one in summary.latest_measures)]


def link(opened: Opened, source: Source) -> SourceLink:
    """A document in a few words: title, sender, date."""
    kind = str(dict(KINDS).get(source.kind, ""))
    date = _("du %(date)s") % {"date": french(source.at)} if source.at else ""
    words = [source.title or kind, source.sender, date]
    return SourceLink(
        " · ".join(filter(None, words)), reverse("document", args=[opened.chart.patient, source.document])
    )
