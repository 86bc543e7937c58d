"""Prescribing: type, read what was understood and what is checked, sign. Everything works without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lanterne.desk.chart import drafts, resent
from lanterne.desk.opening import Opened, fact_id, for_its_patient, opened, page, written
from lanterne.desk.prescribing.asking import Asked, asked
from lanterne.desk.prescribing.page import SLOT, outcome_of, page_of
from lanterne.desk.prescribing.view import Outcome
from lanterne.desk.sentences import sentence
from lanterne.journal.errors import DiskFailed, DiskFull
from lanterne.practice.errors import Refusal
from lanterne.practice.prescriptions.commands import Prescribe
from lanterne.practice.prescriptions.facts import Line, PrescriptionIssued
from lanterne.practice.prescriptions.gathering import Held
from lanterne.practice.prescriptions.queries import preview, renewable
from lanterne.practice.prescriptions.renewing import StopTreatment
from lanterne.practice.prescriptions.understanding import base_at
from lanterne.practice.recording import record
from lanterne.wire.names import FactId

LONGEST_FIELD = 2_000
MOST_FIELDS = 400


@require_http_methods(["GET", "POST"])
@for_its_patient
def prescribe(request: HttpRequest, patient: str) -> HttpResponse:
    """Write a prescription."""
    seen = opened(request, patient)
    found = renewable(seen.chart, seen.presence.record, common_length=True)
    if request.method == "GET":
        kept = drafts.kept(seen, SLOT)
        fields = dict(kept.fields) if kept else {}
        if request.GET.get("tout"):
            fields |= {f"keep-{held.id}": "1" for held, _line in found}
            fields["length"] = fields.get("length") or "3"
        return _page(
            request, seen, fields, found, outcome_of(seen, _asked(seen, fields, found), fields), 200, kept
        )
    fields = _fields(request)
    wanted = _asked(seen, fields, found, fact_id(request))
    if "look" in request.POST:
        return _page(request, seen, fields, found, outcome_of(seen, wanted, fields), 200)
    return _sign(request, seen, fields, found, wanted)


@require_POST
@for_its_patient
def look(request: HttpRequest, patient: str) -> HttpResponse:
    """What is understood and checked so far: the part of the page that changes as one types."""
    seen = opened(request, patient)
    fields = _fields(request)
    found = renewable(seen.chart, seen.presence.record, common_length=True)
    outcome = outcome_of(seen, _asked(seen, fields, found), fields)
    return render(request, "desk/prescribing/outcome.html", {"outcome": outcome, "band": seen.band})


def _sign(
    request: HttpRequest,
    seen: Opened,
    fields: Mapping[str, str],
    found: list[tuple[Held, Line]],
    wanted: Asked,
) -> HttpResponse:
    outcome = outcome_of(seen, wanted, fields)
    if wanted.command is None and not wanted.stops:
        fault = wanted.fault or (
            _("Une ligne est à compléter.") if wanted.reads else _("Il n’y a rien à signer.")
        )
        return _page(request, seen, fields, found, _with_fault(outcome, fault), 422)
    try:
        if wanted.command is None:
            for treatment, reason in wanted.stops.items():
                record(seen.presence.record, StopTreatment(seen.chart.patient, treatment, reason))
            drafts.drop(seen, SLOT)
            return written(request, reverse("chart", args=[seen.chart.patient]))
        _refuse_other_words(seen, wanted)
        if outcome.seen_word and fields.get("seen") != outcome.seen_word:
            fault = _("Rien n’est signé : lisez d’abord ce qui est signalé, puis signez.")
            return _page(request, seen, fields, found, _with_fault(outcome, fault), 422)
        if isinstance(wanted.command, Prescribe):
            issued = record(seen.presence.record, wanted.command)
        else:
            issued = record(seen.presence.record, wanted.command)
    except Refusal as refusal:
        fields = {**fields, "fact": resent.next_fact(seen, fields.get("fact", ""))}
        return _page(request, seen, fields, found, _with_fault(outcome, sentence(refusal)), 422)
    except (DiskFull, DiskFailed) as fault:
        if request.headers.get("HX-Request"):
            raise  # the script has the form still, and only needs the sentence
        return _page(request, seen, fields, found, _with_fault(outcome, sentence(fault)), 422)
    drafts.drop(seen, SLOT)
    return written(request, reverse("prescription", args=[seen.chart.patient, issued.facts[0]]))


def _refuse_other_words(seen: Opened, wanted: Asked) -> None:
    """What was signed under this form's id is signed: other words sent again are another prescription.

    Raises:
        Refusal: "written_in_other_words".
    """
    command = wanted.command
    first = resent.written(seen, str(command.id or "")) if command is not None else None
    if first is None or command is None:
        return
    body = first.body
    typed = [line.typed for line in preview(seen.chart, seen.presence.record, command).lines]
    if not isinstance(body, PrescriptionIssued) or [line.typed for line in body.lines] != typed:
        raise Refusal("written_in_other_words")


def _with_fault(outcome: Outcome, fault: str) -> Outcome:
    return replace(outcome, fault=fault)


def _asked(
    seen: Opened, fields: Mapping[str, str], found: list[tuple[Held, Line]], fact: FactId | None = None
) -> Asked:
    return asked(seen.chart.patient, fields, found, base_at(seen.presence.record.root), fact)


def _fields(request: HttpRequest) -> dict[str, str]:
    return {name: str(value)[:LONGEST_FIELD] for name, value in list(request.POST.items())[:MOST_FIELDS]}


def _page(
    request: HttpRequest, seen: Opened, fields: Mapping[str, str], found: list[tuple[Held, Line]], outcome: Outcome,
    status: int, kept: drafts.Draft | None = None,
) -> HttpResponse:  # fmt: skip
    shown = page_of(seen, fields, found, outcome, kept)
    context: dict[str, Any] = {"page": shown, "outcome": outcome, "band": seen.band}
    return page(request, "desk/prescribing/page.html", context, status=status)
