"""Who opened what: administrators only, latest first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lanterne.desk.frame import build
from lanterne.desk.opening import opened, page, presence_of
from lanterne.desk.trace.view import TraceLine, TracePage
from lanterne.practice.patients import queries as patients
from lanterne.practice.reading import trace
from lanterne.practice.rights import Right
from lanterne.practice.traces.queries import Access, accesses
from lanterne.wire.names import PatientId

PAGE = 50

WORDS = {
    "chart": _("dossier"),
    "identity": _("identité"),
    "document": _("document"),
    "history": _("historique"),
    "print": _("impression"),
    "export": _("export"),
    "list": _("liste"),
    "traces": _("traces d’accès"),
    "gap": _("ouvertures non tracées (disque plein)"),
}


@require_GET
def traces(request: HttpRequest, patient: str = "") -> HttpResponse:
    """Accesses of the practice, or to one chart. Looking at them leaves a trace too."""
    presence = presence_of(request)
    presence.record.require(Right.READ_TRACES)  # before the chart is opened, and traced as opened
    before = request.GET.get("avant", "")
    seen = opened(request, patient) if patient else None
    found = accesses(
        presence.record,
        patient=PatientId(patient) if patient else None,
        limit=PAGE + 1,
        before=int(before) if before.isdigit() else None,
    )
    if not before:
        trace(
            presence.record, presence.traces, what="traces", patient=PatientId(patient) if patient else None
        )
    people = build.People(presence)
    lines = tuple(_line(request, people, access) for access in found[:PAGE])
    url = reverse("chart-traces", args=[patient]) if patient else reverse("traces")
    following = f"{url}?avant={found[PAGE - 1].number}" if len(found) > PAGE else ""
    whole = TracePage(
        lines=lines, total=len(lines), shown=len(lines), next_url=following, band=seen.band if seen else None
    )
    if request.headers.get("HX-Request"):
        return render(request, "desk/trace/lines.html", {"page": whole})
    context = {"page": whole, "band": seen.band if seen else None}
    return page(request, "desk/trace/page.html", context, current="traces")


def _line(request: HttpRequest, people: build.People, access: Access) -> TraceLine:
    presence = presence_of(request)
    name, role = people.of(access.seat, access.person)
    patient, url = "", ""
    if access.patient is not None:
        identity = patients.identity(presence.record.tables.read(), access.patient)
        patient = build.display_name(identity) if identity else _("patient inconnu de ce poste")
        url = reverse("chart", args=[access.patient]) if identity else ""
    return TraceLine(
        at=build.moment(access.written_ms, presence.record.clock_ms()),
        person=name,
        role=role,
        device=build.device_of(presence, access.seat),
        action=str(WORDS.get(access.what, access.what)),
        patient=patient,
        patient_url=url,
    )
