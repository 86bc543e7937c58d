"""A signed prescription on paper: which sheets, what lacks on them, and each as a file."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lanterne.desk.chart.detail import lines as detail
from lanterne.desk.forms.fields import PARIS
from lanterne.desk.opening import Opened, opened, page
from lanterne.practice.chart.statements import Statement, one
from lanterne.practice.patients.facts import PatientIdentified
from lanterne.practice.patients.queries import group_of, versions
from lanterne.practice.prescriptions.facts import PrescriptionIssued
from lanterne.practice.problems.facts import AldRecorded
from lanterne.practice.team import queries as team
from lanterne.printing import errors, mentions
from lanterne.printing.from_record import patient_of, prescriber_of, prescription_of
from lanterne.printing.papers import Prescription
from lanterne.printing.prescriptions import print_prescription, sheets
from lanterne.wire.names import FactId, PersonId

LAYOUTS = {
    "plain": _("Ordonnance"),
    "bizone": _("Ordonnance bizone (ALD)"),
    "secured": _("Sur papier sécurisé"),
}


@require_GET
def prescription(request: HttpRequest, patient: str, fact: str) -> HttpResponse:
    """A prescription as it was signed, and its papers."""
    seen = opened(request, patient)
    item = _issued(seen, fact)
    paper = _paper(seen, item) if item.live else None
    context = {
        "band": seen.band,
        "title": item.body.title if item.body is not None else "",
        "lines": detail(item),
        "live": item.live,
        "papers": [
            (reverse("prescription-print", args=[patient, fact, number]), _(LAYOUTS[sheet.layout]))
            for number, sheet in enumerate(sheets(paper) if paper is not None else ())
        ],
        "missing": [mentions.sentence(lack) for lack in mentions.missing(paper)] if paper is not None else [],
        "mistake_url": reverse("item-mistake", args=[patient, fact]) if item.live and seen.may_write else "",
    }
    return page(request, "desk/prescribing/signed.html", context)


@require_GET
def print_paper(request: HttpRequest, patient: str, fact: str, number: int) -> HttpResponse:
    """One sheet as a PDF."""
    seen = opened(request, patient)
    item = _issued(seen, fact)
    paper = _paper(seen, item)
    if not item.live or paper is None:
        raise Http404
    try:
        made = print_prescription(paper)
    except errors.NotPrinted as refused:
        return HttpResponse(errors.sentence(refused), status=422, content_type="text/plain; charset=utf-8")
    if number >= len(made):
        raise Http404
    answer = HttpResponse(made[number].pdf, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="ordonnance-{number + 1}.pdf"'
    return answer


def _issued(seen: Opened, fact: str) -> Statement[PrescriptionIssued]:
    item: Statement[PrescriptionIssued] = one(seen.chart, FactId(fact))
    if not isinstance(item.body, PrescriptionIssued):
        raise Http404
    return item


def _paper(seen: Opened, item: Statement[PrescriptionIssued]) -> Prescription | None:
    """As its papers take it; None while who signed or the patient's identity has not arrived here."""
    connection = seen.chart.connection
    group = group_of(connection, seen.chart.patient)
    body = item.body
    who = team.person(connection, PersonId(body.prescriber)) if body is not None else None
    identities = versions(connection, group, PatientIdentified) if group is not None else []
    if body is None or who is None or not identities:
        return None
    practice = team.practice(connection)
    made_on = _day(item.written_ms)
    return prescription_of(
        body,
        prescriber=prescriber_of(who.body, practice.body if practice is not None else None),
        patient=patient_of(identities[0].body),
        made_on=made_on,
        ald=any(one.body is not None and _covers(one.body, made_on) for one in seen.must_know.ald),
        without_service=True,
    )


def _covers(ald: AldRecorded, on: date) -> bool:
    return not ald.until or ald.until[:10] >= on.isoformat()[: len(ald.until)]


def _day(written_ms: int) -> date:
    return datetime.fromtimestamp(written_ms / 1000, UTC).astimezone(PARIS).date()
