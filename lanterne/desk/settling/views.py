"""What is to settle: the list, a chart's doubts, settling them, taking it back.

Law: what a chart says is shown after the chart is opened (right, then trace). A form carries the versions it showed;
when they are no longer what is in doubt it is refused, and nothing is written.
"""

from __future__ import annotations

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lanterne.desk.forms.registry import form_of
from lanterne.desk.frame.view import FormPage
from lanterne.desk.opening import (
    Opened,
    dialog_or_page,
    fact_id,
    for_its_patient,
    opened,
    page,
    presence_of,
    said_there,
)
from lanterne.desk.settling.page import chart_page, settling_page
from lanterne.practice.agenda import queries as agenda
from lanterne.practice.agenda.commands import Move, UnwantOverlap, WantOverlap
from lanterne.practice.agenda.facts import AppointmentMoved
from lanterne.practice.chart import commands
from lanterne.practice.chart.statements import one
from lanterne.practice.conflicts.commands import (
    TellApart,
    UndoTellApart,
    Unsettle,
    keep,
    restored_id,
    settled_id,
)
from lanterne.practice.conflicts.facts import StatementsDistinct
from lanterne.practice.conflicts.queries import Doubt, of_chart
from lanterne.practice.consultations.facts import ConsultationRecorded
from lanterne.practice.errors import Refusal, UnknownFact
from lanterne.practice.patients.queries import distinctions
from lanterne.practice.patients.tying import UndoDistinct
from lanterne.practice.recording import record
from lanterne.practice.rights import Right
from lanterne.wire.names import FactId, PatientId, is_id


@require_GET
def settling(request: HttpRequest) -> HttpResponse:
    """All that is to settle, and what was settled lately."""
    presence = presence_of(request)
    reader = presence.record.require(Right.READ_IDENTITY)
    context = {"page": settling_page(presence, reader), "fact": presence.record.draw_id()}
    return page(request, "desk/settling/page.html", context, current="settling")


@require_GET
def of_patient(request: HttpRequest, patient: str) -> HttpResponse:
    """A chart's doubts, side by side."""
    seen = opened(request, patient)
    context = {"page": chart_page(seen), "band": seen.band, "fact": seen.presence.record.draw_id()}
    return page(request, "desk/settling/chart.html", context, current="settling")


@require_POST
@for_its_patient
def keep_one(request: HttpRequest, patient: str, fact: str) -> HttpResponse:
    """One of the values holds: it replaces all."""
    seen = opened(request, patient)
    doubt = _doubt(request, seen, fact)
    held = seen.presence.record
    record(held, keep(held, seen.chart.patient, doubt, FactId(fact)))
    return _back(seen)


@require_POST
@for_its_patient
def tell_apart(request: HttpRequest, patient: str, fact: str) -> HttpResponse:
    """All of them hold: they are not values of one thing."""
    seen = opened(request, patient)
    doubt = _doubt(request, seen, fact)
    record(seen.presence.record, TellApart(seen.chart.patient, doubt.ids, fact_id(request)))
    return _back(seen)


@require_http_methods(["GET", "POST"])
@for_its_patient
def third(request: HttpRequest, patient: str, fact: str) -> HttpResponse:
    """Another value than those, written now; it replaces all."""
    seen = opened(request, patient)
    doubt = _doubt(request, seen, fact)
    form_type, first = form_of(doubt.kind), doubt.sides[0]
    if form_type is None or first.body is None or doubt.kind == ConsultationRecorded.KIND:
        raise Http404
    initial = form_type.initial_of(first.body, first.at)
    form = form_type(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            body = form.body()
            command = commands.Record(seen.chart.patient, body, form.moment(), doubt.ids, fact_id(request))
            record(seen.presence.record, command)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _back(seen, asked_by_script=bool(request.headers.get("HX-Request")))
    context = {
        "band": seen.band,
        "form": form,
        "fact": request.POST.get("fact", "") or seen.presence.record.draw_id(),
        "page": FormPage(
            title=_("Écrire une autre valeur"),
            action_url=f"{reverse('settling-third', args=[patient, fact])}?versions={','.join(doubt.ids)}",
            back_url=reverse("settling-chart", args=[patient]),
            submit=_("Enregistrer à la place"),
            patient=seen.chart.patient,
            intro=_("Elle remplace toutes les versions, qui restent lisibles dans l’historique."),
        ),
    }
    status = 422 if form.errors else 200
    return dialog_or_page(request, "desk/chart/form_dialog.html", "desk/chart/form.html", context, status)


@require_POST
@for_its_patient
def undo(request: HttpRequest, patient: str, fact: str) -> HttpResponse:
    """Take a settlement of a chart back: everything stands again as before, and is to settle."""
    seen = opened(request, patient)
    item, held = one(seen.chart, FactId(fact)), seen.presence.record
    if item.kind == StatementsDistinct.KIND:
        record(held, UndoTellApart(seen.chart.patient, item.id, fact_id(request)))
    else:
        record(held, Unsettle(item.id, seen.chart.patient, restored_id(held, item.id)))
    return _back(seen)


@require_POST
def both(request: HttpRequest) -> HttpResponse:
    """Two appointments at once are wanted."""
    record(presence_of(request).record, WantOverlap(_versions(request), fact_id(request)))
    return _to_list()


@require_POST
def hour(request: HttpRequest, fact: str) -> HttpResponse:
    """Of the hours of one appointment moved twice at once, this one."""
    held = presence_of(request).record
    held.require(Right.KEEP_AGENDA)
    kept = agenda.one(held.connection(), FactId(fact))
    ids = _versions(request)
    standing = tuple(version.fact for version in agenda.versions(held.tables.read(), kept.thread))
    if kept.fact not in standing or set(standing) != set(ids):
        raise Refusal("conflict_gone")
    body = msgspec.convert(msgspec.to_builtins(kept.body), AppointmentMoved)
    # Choosing an hour is not refused for another doubt: an overlap stays on the list.
    record(held, Move(ids, body, overlap_left=True, id=settled_id(held, kept.fact, ids)))
    return _to_list()


@require_POST
def hour_undo(request: HttpRequest, fact: str) -> HttpResponse:
    """Take back an hour chosen, or that two appointments are wanted together."""
    held = presence_of(request).record
    held.require(Right.KEEP_AGENDA)
    if agenda.wanted_of(held.connection(), FactId(fact)):
        record(held, UnwantOverlap(FactId(fact), fact_id(request)))
    else:
        agenda.one(held.connection(), FactId(fact))
        record(held, Unsettle(FactId(fact), None, restored_id(held, fact)))
    return _to_list()


@require_POST
@for_its_patient
def two_undo(request: HttpRequest, patient: str, fact: str) -> HttpResponse:
    """Take back that two records are two persons."""
    held = presence_of(request).record
    held.require(Right.WRITE_IDENTITY)
    if fact not in [link.fact for link in distinctions(held.connection(), PatientId(patient))]:
        raise UnknownFact("no such distinction of this patient")
    record(held, UndoDistinct(PatientId(patient), FactId(fact), "", fact_id(request)))
    return _to_list()


def _doubt(request: HttpRequest, seen: Opened, fact: str) -> Doubt:
    """The doubt a fact of this chart is part of, as the form showed it.

    Raises:
        UnknownFact: no such fact in this chart.
        Refusal: "conflict_gone".
    """
    one(seen.chart, FactId(fact))
    found = next((doubt for doubt in of_chart(seen.chart) if fact in doubt.ids), None)
    shown = _versions(request)
    if found is None or (shown and set(shown) != set(found.ids)) or (request.method == "POST" and not shown):
        raise Refusal("conflict_gone")
    return found


def _versions(request: HttpRequest) -> tuple[FactId, ...]:
    """The versions a form showed."""
    carried = request.POST.get("versions", "") or request.GET.get("versions", "")
    return tuple(FactId(each) for each in carried[:4_000].split(",") if is_id(each))


def _back(seen: Opened, *, asked_by_script: bool = False) -> HttpResponse:
    """To the chart's other doubts, else to the list."""
    more = of_chart(seen.chart)
    url = reverse("settling-chart", args=[seen.chart.patient]) if more else reverse("settling")
    name = "HX-Redirect" if asked_by_script else "Location"
    return said_there(HttpResponse(status=204 if asked_by_script else 303, headers={name: url}), "saved")


def _to_list() -> HttpResponse:
    return said_there(HttpResponse(status=303, headers={"Location": reverse("settling")}), "saved")
