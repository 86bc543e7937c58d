"""The consultation editor: kept on the disk as one types, recorded in one act with the day's measures."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lanterne.desk.chart import drafts, resent, sourcing, view
from lanterne.desk.chart import page as pages
from lanterne.desk.forms.consultation import ConsultationForm, DayMeasuresForm
from lanterne.desk.forms.fields import PARIS
from lanterne.desk.frame.view import FormPage, when
from lanterne.desk.opening import Opened, fact_id, for_its_patient, opened, page, today, written
from lanterne.desk.sentences import sentence
from lanterne.journal.errors import DiskFailed, DiskFull
from lanterne.practice.agenda import queries as agenda
from lanterne.practice.chart import commands
from lanterne.practice.chart.statements import Statement, one
from lanterne.practice.consultations.commands import RecordConsultation
from lanterne.practice.consultations.facts import ConsultationRecorded
from lanterne.practice.errors import Refusal
from lanterne.practice.patients.queries import group_of
from lanterne.practice.recording import record
from lanterne.wire.names import FactId, is_id


@require_http_methods(["GET", "POST"])
@for_its_patient
def new(request: HttpRequest, patient: str) -> HttpResponse:
    """Begin a consultation, or take up the one begun."""
    seen = opened(request, patient)
    url = reverse("consultation-new", args=[patient])
    if request.method == "POST":
        form, measures = ConsultationForm(request.POST), DayMeasuresForm(request.POST)
        if form.is_valid() and measures.is_valid():
            started = request.POST.get("started", "") or None
            body = form.body()
            command = RecordConsultation(
                seen.chart.patient,
                body,  # type: ignore[arg-type]
                measures.body(),
                started,
                fact_id(request),
            )
            try:
                resent.refuse_other_words(seen, request.POST.get("fact", ""), body)
                record(seen.presence.record, command)
            except Refusal as refusal:
                measures.add_error(
                    refusal.field, sentence(refusal)
                ) if refusal.field in measures.fields else form.refuse(refusal)
            except (DiskFull, DiskFailed) as fault:
                resent.keep_on_screen(request, form, fault)
            else:
                drafts.drop(seen, drafts.CONSULTATION)
                return written(request, reverse("chart", args=[patient]))
        return _editor(
            request,
            seen,
            form,
            measures,
            url,
            resent.next_fact(seen, request.POST.get("fact", "")),
            request.POST.get("started", ""),
            422,
        )
    kept = drafts.kept(seen, drafts.CONSULTATION)
    fields = kept.fields if kept else _of_appointment(request, seen)
    started = fields.get("started") or datetime.fromtimestamp(
        seen.presence.record.clock_ms() / 1000, UTC
    ).astimezone(PARIS).isoformat(timespec="minutes")
    form, measures = ConsultationForm(initial=fields), DayMeasuresForm(initial=fields)
    return _editor(request, seen, form, measures, url, fields.get("fact", ""), started, 200, kept)


def _of_appointment(request: HttpRequest, seen: Opened) -> dict[str, str]:
    """The reason said when the appointment was made (`rdv`); nothing when it is another patient's."""
    named = request.GET.get("rdv", "")
    if not is_id(named):
        return {}
    held = agenda.one(seen.chart.connection, FactId(named))
    group = group_of(seen.chart.connection, held.patient) if held.patient else None
    return {"reason": held.body.reason} if group and group.patient == seen.chart.patient else {}


@require_http_methods(["GET", "POST"])
@for_its_patient
def correct(request: HttpRequest, patient: str, fact: str) -> HttpResponse:
    """A new version of a consultation; the earlier text stays one click away."""
    seen = opened(request, patient)
    item: Statement[ConsultationRecorded] = one(seen.chart, FactId(fact))
    if not isinstance(item.body, ConsultationRecorded):
        raise Http404
    slot, url = f"correct-{fact}", reverse("consultation-correct", args=[patient, fact])
    initial = ConsultationForm.initial_of(item.body, item.at)
    if request.method == "POST":
        form = ConsultationForm(request.POST, initial=initial)
        if form.is_valid():
            body = form.body()
            command = commands.Record(
                seen.chart.patient, body, item.at or item.day, (FactId(fact),), fact_id(request)
            )
            try:
                resent.refuse_other_words(seen, request.POST.get("fact", ""), body)
                record(seen.presence.record, command)
            except Refusal as refusal:
                form.refuse(refusal)
            except (DiskFull, DiskFailed) as fault:
                resent.keep_on_screen(request, form, fault)
            else:
                drafts.drop(seen, slot)
                return written(request, reverse("chart", args=[patient]))
        next_fact = resent.next_fact(seen, request.POST.get("fact", ""))
        return _editor(request, seen, form, None, url, next_fact, item.day, 422, slot=slot)
    kept = drafts.kept(seen, slot)
    form = ConsultationForm(initial={**initial, **(kept.fields if kept else {})})
    return _editor(request, seen, form, None, url, "", item.day, 200, kept, slot=slot)


def _editor(
    request: HttpRequest, seen: Opened, form: ConsultationForm, measures: DayMeasuresForm | None, url: str, fact: str,
    started: str, status: int, kept: drafts.Draft | None = None, slot: str = drafts.CONSULTATION,
) -> HttpResponse:  # fmt: skip
    patient = seen.chart.patient
    sourcing.learn(seen, sourcing.of_summary(seen.must_know))
    name, _role = seen.people.of(seen.presence.record.seat.id, seen.chart.reader.person)
    editor = view.ConsultationPage(
        form=FormPage(
            title=str(form.title if slot == drafts.CONSULTATION else form.correct_title),
            action_url=url,
            back_url=reverse("chart", args=[patient]),
            submit=_("Enregistrer la consultation"),
            patient=patient,
            draft_url=reverse("draft", args=[patient, slot]),
            draft_kept=kept.kept if kept else None,
        ),
        started=when(started[:16]),
        author=name,
        treatments=pages.treatments(seen),
        problems=pages.problems(seen),
        ald=pages.ald(seen, today(seen.presence)),
        measures=pages.measures_of(seen),
        previous=pages.last_consultation(seen),
    )
    context = {
        "band": seen.band,
        "page": editor,
        "form": form,
        "measures": measures,
        "fact": fact or seen.presence.record.draw_id(),
        "started": started,
    }
    return page(request, "desk/chart/consultation.html", context, status=status)
