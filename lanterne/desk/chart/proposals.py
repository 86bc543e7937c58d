"""A treatment proposed by a document: one key accepts it when nothing is missing, else its form opens prefilled; or it
is declined. Never put on the list by itself.
"""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lanterne.desk.forms.medical import TreatmentForm
from lanterne.desk.frame.view import FormPage
from lanterne.desk.opening import Opened, dialog_or_page, fact_id, for_its_patient, opened, written
from lanterne.practice.chart.statements import Statement, one
from lanterne.practice.errors import Refusal
from lanterne.practice.recording import record
from lanterne.practice.treatments.commands import AcceptProposal, DeclineProposal, as_treatment
from lanterne.practice.treatments.facts import TreatmentProposed, TreatmentRecorded
from lanterne.wire.names import FactId, PatientId


@require_http_methods(["GET", "POST"])
@for_its_patient
def accept(request: HttpRequest, patient: str, fact: str) -> HttpResponse:
    """Put it on the list: as it is (`as_is`), or as the form has it."""
    seen = opened(request, patient)
    item, body = _proposal(seen, fact)
    as_proposed = as_treatment(body)
    initial = TreatmentForm.initial_of(as_proposed, item.at)
    if request.method == "GET":
        return _form(request, seen, fact, TreatmentForm(initial=initial), 200)
    if "as_is" in request.POST:
        form = TreatmentForm({name: value for name, value in initial.items() if value}, initial=initial)
    else:
        form = TreatmentForm(request.POST, initial=initial)
    if not form.is_valid():
        return _form(request, seen, fact, form, 422)
    treatment = as_proposed if "as_is" in request.POST else cast(TreatmentRecorded, form.body())
    try:
        command = AcceptProposal(PatientId(patient), FactId(fact), treatment, item.at, fact_id(request))
        record(seen.presence.record, command)
    except Refusal as refusal:
        if refusal.field not in form.fields:
            raise
        form.refuse(refusal)
        return _form(request, seen, fact, form, 422)
    return written(request, reverse("chart", args=[patient]))


@require_POST
@for_its_patient
def decline(request: HttpRequest, patient: str, fact: str) -> HttpResponse:
    """Leave it off the list."""
    seen = opened(request, patient)
    _proposal(seen, fact)
    record(seen.presence.record, DeclineProposal(PatientId(patient), FactId(fact), fact_id(request)))
    return written(request, reverse("chart", args=[patient]))


def _proposal(seen: Opened, fact: str) -> tuple[Statement[TreatmentProposed], TreatmentProposed]:
    item = one(seen.chart, FactId(fact))
    if not isinstance(item.body, TreatmentProposed):
        raise Http404
    return item, item.body


def _form(request: HttpRequest, seen: Opened, fact: str, form: TreatmentForm, status: int) -> HttpResponse:
    patient = seen.chart.patient
    context = {
        "band": seen.band,
        "form": form,
        "fact": seen.presence.record.draw_id(),
        "page": FormPage(
            title=_("Accepter ce traitement"),
            action_url=reverse("proposal-accept", args=[patient, fact]),
            back_url=reverse("chart", args=[patient]),
            submit=_("Mettre sur la liste"),
            patient=patient,
        ),
    }
    return dialog_or_page(request, "desk/chart/form_dialog.html", "desk/chart/form.html", context, status)
