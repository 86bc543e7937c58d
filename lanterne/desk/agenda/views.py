"""Book, move, cancel, take up again, note who came. Each form is a page of its own or a dialog."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from lanterne.desk.agenda.day import day_page
from lanterne.desk.agenda.looking import day_in_address, find
from lanterne.desk.agenda.page import Lines, absence_word, name_of, patient_name, practitioners
from lanterne.desk.forms.agenda import NOBODY_YET, AppointmentForm
from lanterne.desk.forms.fields import iso_of
from lanterne.desk.frame.build import age_of
from lanterne.desk.frame.view import FormPage, Notice, when
from lanterne.desk.opening import (
    dialog_or_page,
    fact_id,
    presence_of,
    said_there,
    today,
    writer_of,
    written,
)
from lanterne.practice.agenda import queries
from lanterne.practice.agenda.arrangements import services
from lanterne.practice.agenda.arranging import NoteAttendance
from lanterne.practice.agenda.attendance import missed
from lanterne.practice.agenda.commands import AbsenceSuspected, Book, Cancel, Move, OverlapSuspected, Restore
from lanterne.practice.agenda.facts import AppointmentBooked, AppointmentMoved
from lanterne.practice.agenda.rules import CANCELLED_BY, CLOSED, day_of, minute_at
from lanterne.practice.errors import Refusal
from lanterne.practice.patients.queries import group_of
from lanterne.practice.patients.search import search
from lanterne.practice.recording import record
from lanterne.practice.rights import Right
from lanterne.wire.names import FactId, PatientId, is_id

# How far back missed appointments are counted.
MISSED_MINUTES = 365 * 24 * 60
# Patients of one name offered to choose from.
OFFERED = 6


@require_http_methods(["GET", "POST"])
def book(request: HttpRequest) -> HttpResponse:
    """A new appointment: for the patient named in the address (`patient`), or for whoever is typed."""
    presence = presence_of(request)
    presence.record.require(Right.KEEP_AGENDA)
    asked = request.POST if request.method == "POST" else request.GET
    patient = asked.get("patient", "") if is_id(asked.get("patient", "")) else ""
    who = patient_name(presence, patient)
    given = request.GET.get("jour", "")
    initial = {
        "date": given or today(presence).isoformat(),
        "hour": request.GET.get("heure", ""),
        "practitioner": request.GET.get("praticien", "") or _usual(request),
        "service": request.GET.get("genre", "") or "consultation",
        "patient": patient if who else "",
    }
    form = AppointmentForm(
        request.POST or None,
        initial=initial,
        practitioners=_choices(request),
        services=services(presence.record.connection()),
        patient_name=who,
    )
    warnings: tuple[Notice, ...] = ()
    if request.method == "POST":
        _ask_which(request, form, who)
        warnings = _record(
            request,
            form,
            lambda held, **said: Book(held, id=fact_id(request), **said),
            AppointmentBooked,
        )
        if form.is_valid() and not warnings and not form.errors:
            return written(request, _of_day(form.cleaned_data["date"]))
    title = _("Rendez-vous pour %(name)s") % {"name": who} if who else _("Nouveau rendez-vous")
    return _form(
        request, form, title, reverse("appointment-new"), _("Prendre le rendez-vous"), warnings,
        intro=_missed(request, patient) if who else "",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, fact: str) -> HttpResponse:
    """Another hour, another practitioner, other words."""
    presence = presence_of(request)
    presence.record.require(Right.KEEP_AGENDA)
    held = queries.one(presence.record.connection(), FactId(fact))
    who = patient_name(presence, held.body.patient)
    form = AppointmentForm(
        request.POST or None,
        initial={**AppointmentForm.initial_of(held.body), **_dropped(request)},
        practitioners=_choices(request, held.practitioner),
        services=services(presence.record.tables.read()),
        patient_name=who,
    )
    warnings: tuple[Notice, ...] = ()
    if request.method == "POST":
        _ask_which(request, form, who)
        warnings = _record(
            request,
            form,
            lambda moved, **said: Move((held.fact,), moved, id=fact_id(request), **said),
            AppointmentMoved,
        )
        if form.is_valid() and not warnings and not form.errors:
            return written(request, _of_day(form.cleaned_data["date"]))
    name = who or held.body.name or _("créneau fermé")
    title = _("Déplacer : %(name)s") % {"name": name}
    return _form(
        request, form, title, reverse("appointment-move", args=[fact]), _("Enregistrer"), warnings,
        back=_of_day(held.body.start[:10]),
        intro=_("Déposé à cette place : enregistrez pour déplacer le rendez-vous.") if _dropped(request) else "",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, fact: str) -> HttpResponse:
    """It will not take place; it stays readable below its day, and can be taken up again."""
    presence = presence_of(request)
    presence.record.require(Right.KEEP_AGENDA)
    held = queries.one(presence.record.connection(), FactId(fact))
    if request.method == "POST":
        by, reason = request.POST.get("by", "patient"), request.POST.get("reason", "")[:200]
        record(presence.record, Cancel((held.fact,), by, reason, fact_id(request)))
        return written(request, _of_day(held.body.start[:10]), "cancelled")
    context = {
        "line": Lines(presence, writer_of(request)).line(held),
        "day": when(held.body.start[:10]),
        "by": [(word, _(text)) for word, text in CANCELLED_BY.items()],
        "action_url": reverse("appointment-cancel", args=[fact]),
        "back_url": _of_day(held.body.start[:10]),
        "fact": presence.record.draw_id(),
    }
    return dialog_or_page(request, "desk/agenda/cancel.html", "desk/agenda/cancel_page.html", context)


@require_POST
def attend(request: HttpRequest, fact: str) -> HttpResponse:
    """Whether who has an appointment came: answered by the day as it stands now."""
    presence = presence_of(request)
    reader = presence.record.require(Right.KEEP_AGENDA)
    held = queries.one(presence.record.connection(), FactId(fact))
    state, shown = request.POST.get("state", ""), request.POST.get("shown", "booked")
    record(presence.record, NoteAttendance(held.fact, state, shown, fact_id(request)))
    iso = held.body.start[:10]
    if request.headers.get("HX-Request"):
        context = {"page": day_page(presence, reader, day_in_address(iso)), "fact": presence.record.draw_id()}
        return render(request, "desk/agenda/day_fresh.html", context)
    return said_there(HttpResponse(status=303, headers={"Location": _of_day(iso)}), "saved")


@require_POST
def restore(request: HttpRequest, fact: str) -> HttpResponse:
    """A cancelled appointment stands again, at its hour."""
    presence = presence_of(request)
    presence.record.require(Right.KEEP_AGENDA)
    held = queries.one(presence.record.connection(), FactId(fact))
    record(presence.record, Restore(held.fact, id=fact_id(request)))
    response = HttpResponse(status=303, headers={"Location": _of_day(held.body.start[:10])})
    return said_there(response, "saved")


def _of_day(iso: str) -> str:
    return reverse("agenda-day", args=[iso])


def _dropped(request: HttpRequest) -> dict[str, str]:
    """The place an appointment was dragged to, as fields of its form."""
    day, hour, who = (request.GET.get(name, "") for name in ("jour", "heure", "praticien"))
    if request.method != "GET" or day_of(day) is None or not is_id(who):
        return {}
    return {"date": day, "hour": hour, "practitioner": who}


def _missed(request: HttpRequest, patient: str) -> str:
    """How often a patient did not come of late."""
    presence = presence_of(request)
    connection = presence.record.tables.read()
    group = group_of(connection, PatientId(patient))
    since = minute_at(presence.record.clock_ms()) - MISSED_MINUTES
    count = missed(connection, group, since) if group else 0
    if not count:
        return ""
    return ngettext(
        "N’est pas venu(e) à un rendez-vous depuis un an.",
        "N’est pas venu(e) à %(n)s rendez-vous depuis un an.",
        count,
    ) % {"n": count}


def _choices(request: HttpRequest, held: str = "") -> list[tuple[str, str]]:
    found = [(str(one.id), one.display_name) for one in practitioners(presence_of(request))]
    if held and held not in dict(found):
        found.append((held, _("personne %(id)s") % {"id": held[:8]}))
    return found


def _usual(request: HttpRequest) -> str:
    """The reader, when they practise; else the first by name."""
    choices = dict(_choices(request))
    mine = str(writer_of(request).person)
    return mine if mine in choices else next(iter(choices), "")


def _ask_which(request: HttpRequest, form: AppointmentForm, who: str) -> None:
    """A name typed that patients of the practice bear: which of them, or none. The answer goes into `patient`."""
    typed = request.POST.get("name", "").strip()
    if who or not typed or request.POST.get("service") == CLOSED:
        return
    presence = presence_of(request)
    on = today(presence)
    hits = search(presence.record.connection(), typed, today=on).hits[:OFFERED]
    if not hits:
        return
    form.ask_which(
        [
            (hit.patient, f"{name_of(hit)}, {when(hit.birth_date).text} ({age_of(hit.birth_date, on)})")
            for hit in hits
        ]
    )


def _record(request: HttpRequest, form: AppointmentForm, command: Any, kind: type[Any]) -> tuple[Notice, ...]:
    """Write what a valid form states. What to read first, when it is not written."""
    if not form.is_valid():
        return ()
    chosen = form.cleaned_data.get("chosen", "")
    if "chosen" in form.fields:
        if not chosen:
            return (Notice(_("Des patients du cabinet portent ce nom : dites si c’est l’un d’eux."), "warn"),)
        if chosen != NOBODY_YET:
            form.cleaned_data["patient"] = chosen
    try:
        record(
            presence_of(request).record,
            command(
                form.stated(kind),
                overlap_wanted=request.POST.get("overlap_wanted") == "on",
                absence_known=request.POST.get("absence_known") == "on",
            ),
        )
    except AbsenceSuspected as away:
        form.ask_absence()
        return tuple(
            Notice(_("Absence à cette heure : %(why)s.") % {"why": absence_word(one)}, "warn")
            for one in away.absences[:3]
        )
    except OverlapSuspected as taken:
        form.ask_overlap()
        if request.POST.get("absence_known") == "on":
            form.ask_absence()
        lines = Lines(presence_of(request), writer_of(request))
        return tuple(
            Notice(
                _("De %(hour)s à %(until)s : %(who)s est déjà inscrit(e) (par %(author)s).")
                % {
                    "hour": line.hour,
                    "until": line.until,
                    "who": line.who or line.service,
                    "author": line.author,
                },
                "warn",
            )
            for line in (lines.line(other) for other in taken.others[:5])
        )
    except Refusal as refusal:
        form.refuse(refusal)
    return ()


def _form(
    request: HttpRequest,
    form: AppointmentForm,
    title: str,
    url: str,
    submit: str,
    warnings: tuple[Notice, ...],
    back: str = "",
    intro: str = "",
) -> HttpResponse:
    presence = presence_of(request)
    since = day_of(iso_of(str(form["date"].value() or ""))) or today(presence)
    context = {
        "form": form,
        "free": find(
            presence, str(form["practitioner"].value() or ""), str(form["service"].value() or ""), since
        ),
        "free_url": reverse("agenda-free"),
        "fact": request.POST.get("fact", "") or presence_of(request).record.draw_id(),
        "page": FormPage(
            title=title,
            action_url=url,
            back_url=back or reverse("agenda"),
            submit=submit,
            warnings=warnings,
            intro=intro,
        ),
    }
    status = 422 if form.errors or warnings else 200
    return dialog_or_page(request, "desk/agenda/book_dialog.html", "desk/agenda/book.html", context, status)
