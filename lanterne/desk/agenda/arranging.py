"""Settings of the agenda: hours, kinds, public holidays, absences; notes of a day. Each form is a page or a dialog."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lanterne.desk.agenda.page import practitioners
from lanterne.desk.agenda.settings import settings_page
from lanterne.desk.forms.arranging import (
    AbsenceForm,
    Arranging,
    CalendarForm,
    HoursForm,
    NoteForm,
    ServiceForm,
)
from lanterne.desk.frame.view import FormPage
from lanterne.desk.opening import dialog_or_page, fact_id, page, presence_of, said_there, today, written
from lanterne.desk.presence import Presence
from lanterne.practice.agenda.arrangements import absence as absence_held
from lanterne.practice.agenda.arrangements import arrangements
from lanterne.practice.agenda.arrangements import note as note_held
from lanterne.practice.agenda.arranging import (
    DescribeCalendar,
    DescribeHours,
    DescribeService,
    StateAbsence,
    WithdrawAbsence,
    WithdrawNote,
    WriteNote,
)
from lanterne.practice.agenda.facts import CalendarDescribed
from lanterne.practice.agenda.rules import CLOSED, day_of
from lanterne.practice.commands import Command
from lanterne.practice.errors import Refusal
from lanterne.practice.recording import record
from lanterne.practice.rights import Right
from lanterne.practice.team import queries as team
from lanterne.wire.names import FactId, PersonId, is_id


@require_GET
def settings(request: HttpRequest) -> HttpResponse:
    """Hours, kinds, public holidays and absences."""
    presence = _keeper(request)
    context = {"page": settings_page(presence), "fact": presence.record.draw_id()}
    return page(request, "desk/agenda/settings.html", context, current="agenda")


@require_http_methods(["GET", "POST"])
def hours(request: HttpRequest, person: str) -> HttpResponse:
    """The week of a practitioner."""
    presence = _keeper(request)
    held = team.person(presence.record.connection(), PersonId(person))
    if held is None:
        raise Http404
    week, fact, on_holidays = arrangements(presence.record.tables.read()).weeks.get(held.id, ({}, "", False))
    initial = {**HoursForm.initial_of(week), "on_holidays": on_holidays, "shown": fact}
    form = HoursForm(request.POST or None, initial=initial)
    return _form(
        request, form, _("Horaires de %(name)s") % {"name": held.display_name}, reverse("agenda-hours", args=[person]),
        lambda: DescribeHours(form.stated(person), _shown_one(form), fact_id(request)),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def service(request: HttpRequest, code: str = "") -> HttpResponse:
    """A kind of appointment: one there is, or a new one."""
    presence = _keeper(request)
    held = arrangements(presence.record.connection()).services.get(code)
    if code and (held is None or code == CLOSED):
        raise Http404
    initial = {} if held is None else {
        "label": _(held.label), "minutes": held.minutes, "offered": held.offered, "shown": held.fact or "",
    }  # fmt: skip
    form = ServiceForm(request.POST or None, initial=initial)
    # A new one is named by what was drawn with its form: sent twice, it is described once.
    named = code or request.POST.get("fact", "")
    return _form(
        request, form, _("Genre de rendez-vous"),
        reverse("agenda-service", args=[code]) if code else reverse("agenda-service-new"),
        lambda: DescribeService(form.stated(named), _shown_one(form), fact_id(request)),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """Which public holidays the practice keeps."""
    presence = _keeper(request)
    held = arrangements(presence.record.connection())
    form = CalendarForm(
        request.POST or None, initial={"region": held.region, "shown": held.region_fact or ""}
    )
    return _form(
        request, form, _("Jours fériés"), reverse("agenda-holidays"),
        lambda: DescribeCalendar(
            CalendarDescribed(region=form.cleaned_data["region"]), _shown_one(form), fact_id(request)
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def absence(request: HttpRequest, fact: str = "") -> HttpResponse:
    """An absence: a new one, or one there is."""
    presence = _keeper(request)
    if fact:
        initial = {
            **AbsenceForm.initial_of(absence_held(presence.record.connection(), FactId(fact)).raw),
            "shown": fact,
        }
    else:
        asked = request.GET.get("praticien", "")
        who = asked if is_id(asked) else str(presence.record.writer().person)
        initial = {"practitioner": who, "first": today(presence).isoformat()}
    form = AbsenceForm(request.POST or None, initial=initial, practitioners=_people(presence))
    return _form(
        request, form, _("Absence"), reverse("agenda-absence", args=[fact]) if fact else reverse("agenda-absence-new"),
        lambda: StateAbsence(form.stated(), _shown(form), fact_id(request)),
    )  # fmt: skip


@require_POST
def withdraw_absence(request: HttpRequest, fact: str) -> HttpResponse:
    """An absence does not take place."""
    presence = _keeper(request)
    absence_held(presence.record.connection(), FactId(fact))
    record(presence.record, WithdrawAbsence((FactId(fact),), fact_id(request)))
    return said_there(HttpResponse(status=303, headers={"Location": reverse("agenda-settings")}), "saved")


@require_http_methods(["GET", "POST"])
def note(request: HttpRequest, fact: str = "") -> HttpResponse:
    """A note of a day: a new one, or one there is."""
    presence = _keeper(request)
    if fact:
        raw = note_held(presence.record.connection(), FactId(fact)).raw
        initial = {name: raw.get(name, "") for name in ("text", "day", "practitioner")} | {"shown": fact}
    else:
        asked = request.GET.get("jour", "")
        initial = {"day": asked if day_of(asked) else today(presence).isoformat()}
    form = NoteForm(request.POST or None, initial=initial, practitioners=_people(presence))
    return _form(
        request, form, _("Note du jour"), reverse("agenda-note", args=[fact]) if fact else reverse("agenda-note-new"),
        lambda: WriteNote(form.stated(), _shown(form), fact_id(request)),
        then=lambda: reverse("agenda-day", args=[form.cleaned_data["day"]]),
        withdraw=reverse("agenda-note-withdraw", args=[fact]) if fact else "",
    )  # fmt: skip


@require_POST
def withdraw_note(request: HttpRequest, fact: str) -> HttpResponse:
    """A note holds no more."""
    presence = _keeper(request)
    held = note_held(presence.record.connection(), FactId(fact))
    record(presence.record, WithdrawNote((FactId(fact),), fact_id(request)))
    on = day_of(held.raw.get("day"))
    where = reverse("agenda-day", args=[on.isoformat()]) if on else reverse("agenda")
    return written(request, where)


def _keeper(request: HttpRequest) -> Presence:
    presence = presence_of(request)
    presence.record.require(Right.KEEP_AGENDA)
    return presence


def _people(presence: Presence) -> list[tuple[str, str]]:
    return [(str(one.id), one.display_name) for one in practitioners(presence)]


def _shown(form: Arranging) -> tuple[FactId, ...]:
    shown = form.cleaned_data["shown"]
    return (FactId(shown),) if is_id(shown) else ()


def _shown_one(form: Arranging) -> FactId | None:
    return next(iter(_shown(form)), None)


def _form(
    request: HttpRequest,
    form: Arranging,
    title: str,
    url: str,
    command: Callable[[], Command[Any]],
    *,
    then: Callable[[], str] = lambda: reverse("agenda-settings"),
    withdraw: str = "",
) -> HttpResponse:
    presence = presence_of(request)
    if request.method == "POST" and form.is_valid():
        try:
            record(presence.record, command())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return written(request, then())
    context = {
        "form": form,
        "fact": request.POST.get("fact", "") or presence.record.draw_id(),
        "page": FormPage(
            title=title, action_url=url, back_url=reverse("agenda-settings"), submit=_("Enregistrer")
        ),
        "withdraw_url": withdraw,
    }
    status = 422 if form.errors else 200
    return dialog_or_page(
        request, "desk/agenda/arrange_dialog.html", "desk/agenda/arrange.html", context, status
    )
