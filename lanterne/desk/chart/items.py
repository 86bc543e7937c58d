"""Writing one statement: add, correct, withdraw, settle, say that a section is empty. Each in a dialog, or a page
without JavaScript. A form carries its patient, its own fact id (sent twice, written once) and what it replaces."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lanterne.desk.chart import drafts, resent, story
from lanterne.desk.chart.detail import lines
from lanterne.desk.chart.page import provenance
from lanterne.desk.forms.base import ItemForm
from lanterne.desk.forms.registry import FORMS, form_of
from lanterne.desk.frame.view import FormPage
from lanterne.desk.opening import (
    Opened,
    dialog_or_page,
    fact_id,
    for_its_patient,
    opened,
    presence_of,
    written,
)
from lanterne.journal.errors import DiskFailed, DiskFull
from lanterne.practice.chart import commands
from lanterne.practice.chart.statements import Statement, one, thread
from lanterne.practice.conflicts.commands import settled_id
from lanterne.practice.errors import Refusal
from lanterne.practice.prescriptions.commands import Withdraw
from lanterne.practice.prescriptions.facts import PrescriptionIssued
from lanterne.practice.recording import record
from lanterne.wire.names import FactId, PatientId

SECTIONS = ("allergies", "problems", "treatments", "procedures", "family", "immunizations", "lifestyle")
IN_FORMS = tuple(noun for noun in FORMS if noun != "consultation")


@require_http_methods(["GET", "POST"])
@for_its_patient
def add(request: HttpRequest, patient: str, noun: str) -> HttpResponse:
    """A new statement of one kind."""
    if noun not in IN_FORMS:
        raise Http404
    form_type = FORMS[noun]
    seen = opened(request, patient)
    slot = f"add-{noun}"
    if request.method == "POST":
        form = form_type(request.POST)
        if form.is_valid() and _record(request, seen, form, replaces=()):
            drafts.drop(seen, slot)
            return written(request, reverse("chart", args=[patient]))
        return _form(
            request,
            seen,
            form,
            slot,
            reverse("item-add", args=[patient, noun]),
            resent.next_fact(seen, request.POST.get("fact", "")),
            422,
        )
    kept = drafts.kept(seen, slot)
    form = form_type(initial=kept.fields if kept else None)
    fact = kept.fields.get("fact", "") if kept else ""
    return _form(request, seen, form, slot, reverse("item-add", args=[patient, noun]), fact, 200, kept)


@require_http_methods(["GET", "POST"])
@for_its_patient
def correct(request: HttpRequest, patient: str, fact: str) -> HttpResponse:
    """A new version of a statement; the old one stays readable."""
    seen = opened(request, patient)
    item = one(seen.chart, FactId(fact))
    form_type = form_of(item.kind)
    if form_type is None or item.body is None:
        raise Http404
    if item.kind == "consultation.recorded":
        response = HttpResponse(status=303)
        response.headers["Location"] = reverse("consultation-correct", args=[patient, fact])
        response.headers["HX-Redirect"] = response.headers["Location"]
        return response
    slot = f"correct-{fact}"
    initial = form_type.initial_of(item.body, item.at)
    if request.method == "POST":
        form = form_type(request.POST, initial=initial)
        if form.is_valid() and _record(request, seen, form, replaces=(FactId(fact),)):
            drafts.drop(seen, slot)
            return written(request, reverse("chart", args=[patient]))
        url = reverse("item-correct", args=[patient, fact])
        next_fact = resent.next_fact(seen, request.POST.get("fact", ""))
        return _form(request, seen, form, slot, url, next_fact, 422, corrects=True)
    kept = drafts.kept(seen, slot)
    form = form_type(initial={**initial, **(kept.fields if kept else {})})
    return _form(
        request, seen, form, slot, reverse("item-correct", args=[patient, fact]), "", 200, kept, corrects=True
    )


@require_http_methods(["GET", "POST"])
@for_its_patient
def mistake(request: HttpRequest, patient: str, fact: str) -> HttpResponse:
    """Withdraw a statement as entered in error: it stays readable, crossed out."""
    seen = opened(request, patient)
    item = one(seen.chart, FactId(fact))
    if request.method == "POST":
        held, reason = presence_of(request).record, request.POST.get("reason", "")[:500]
        named = PatientId(patient), FactId(fact), reason, fact_id(request)
        if isinstance(item.body, PrescriptionIssued):
            record(held, Withdraw(*named))  # with what it did to the list of treatments
        else:
            record(held, commands.MarkEnteredInError(named[0], (named[1],), *named[2:]))
        return written(request, reverse("chart", args=[patient]), "withdrawn")
    context = {
        "band": seen.band,
        "row": story.row(seen, item),
        "action_url": reverse("item-mistake", args=[patient, fact]),
        "back_url": reverse("chart", args=[patient]),
        "fact": seen.presence.record.draw_id(),
    }
    return dialog_or_page(request, "desk/chart/mistake.html", "desk/chart/mistake_page.html", context)


@require_http_methods(["GET", "POST"])
@for_its_patient
def settle(request: HttpRequest, patient: str, fact: str) -> HttpResponse:
    """Several values of one thing: choose one of them, which replaces all; correcting it further stays possible."""
    seen = opened(request, patient)
    standing = [item for item in thread(seen.chart, FactId(fact)) if item.live]
    if request.method == "POST":
        chosen = next((item for item in standing if item.id == request.POST.get("keep")), None)
        if chosen is None or chosen.body is None or len(standing) < 2:
            raise Refusal("changed_meanwhile")
        held, ids = presence_of(request).record, tuple(sorted(item.id for item in standing))
        # Chosen alike on two devices, it is one fact.
        settled = settled_id(held, chosen.id, ids)
        record(held, commands.Record(PatientId(patient), chosen.body, chosen.at, ids, settled))
        return written(request, reverse("chart", args=[patient]))
    context = {
        "band": seen.band,
        "choices": _choices(seen, standing),
        "action_url": reverse("item-settle", args=[patient, fact]),
        "back_url": reverse("chart", args=[patient]),
        "fact": seen.presence.record.draw_id(),
    }
    return dialog_or_page(request, "desk/chart/settle.html", "desk/chart/settle_page.html", context)


def _choices(seen: Opened, standing: list[Statement[Any]]) -> list[dict[str, Any]]:
    """What each version says that another does not, in the words of the form; all of it when they read alike."""
    told = [lines(item) for item in standing]
    common = {line for line in told[0] if all(line in other for other in told)}
    return [
        {
            "id": item.id,
            "title": story.row(seen, item).title,
            "lines": [line for line in said if line not in common] or said,
            "who": provenance(seen, item),
        }
        for item, said in zip(standing, told, strict=True)
    ]


@require_http_methods(["POST"])
@for_its_patient
def none_known(request: HttpRequest, patient: str, section: str) -> HttpResponse:
    """Asked, and there is none."""
    if section not in SECTIONS:
        raise Http404
    command = commands.StateNoneKnown(PatientId(patient), section, fact_id(request))  # type: ignore[arg-type]
    record(presence_of(request).record, command)
    return written(request, reverse("chart", args=[patient]))


def _record(request: HttpRequest, seen: Opened, form: ItemForm, *, replaces: tuple[FactId, ...]) -> bool:
    """Write what a valid form states. False when refused; the form then says why."""
    try:
        body = form.body()
        resent.refuse_other_words(seen, request.POST.get("fact", ""), body)
        command = commands.Record(seen.chart.patient, body, form.moment(), replaces, fact_id(request))
        record(seen.presence.record, command)
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    except (DiskFull, DiskFailed) as fault:
        resent.keep_on_screen(request, form, fault)
        return False
    return True


def _form(
    request: HttpRequest, seen: Opened, form: ItemForm, slot: str, url: str, fact: str, status: int,
    kept: drafts.Draft | None = None, *, corrects: bool = False,
) -> HttpResponse:  # fmt: skip
    context: dict[str, Any] = {
        "band": seen.band,
        "form": form,
        "fact": fact or seen.presence.record.draw_id(),
        "page": FormPage(
            title=str(form.correct_title if corrects else form.title),
            action_url=url,
            back_url=reverse("chart", args=[seen.chart.patient]),
            submit=_("Enregistrer"),
            patient=seen.chart.patient,
            draft_url=reverse("draft", args=[seen.chart.patient, slot]),
            draft_kept=kept.kept if kept else None,
            intro=_("Brouillon du %(at)s repris. « Annuler » l’efface.") % {"at": kept.kept.text}
            if kept
            else "",
        ),
    }
    return dialog_or_page(request, "desk/chart/form_dialog.html", "desk/chart/form.html", context, status)
