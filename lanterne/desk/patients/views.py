"""Finding a patient, registering one, and who the patient is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lanterne.desk.forms.base import ItemForm
from lanterne.desk.forms.patient import AttendingForm, ContactsForm, IdentityForm
from lanterne.desk.frame import build
from lanterne.desk.frame.view import FormPage, Notice
from lanterne.desk.opening import (
    Opened,
    dialog_or_page,
    fact_id,
    for_its_patient,
    opened_widest,
    page,
    presence_of,
    today,
    written,
)
from lanterne.desk.patients.identity import identity_page
from lanterne.desk.patients.lists import hits, recently_opened, remember
from lanterne.desk.patients.view import HomePage, SearchResults
from lanterne.desk.tasks.page import of_chart as tasks_of_chart
from lanterne.desk.tasks.page import recall_url
from lanterne.desk.team.newcomers import first_page
from lanterne.practice.errors import Refusal
from lanterne.practice.patients import queries
from lanterne.practice.patients.commands import (
    CorrectIdentity,
    DuplicateSuspected,
    RecordAttending,
    RecordContacts,
    RegisterPatient,
)
from lanterne.practice.patients.facts import PatientIdentified
from lanterne.practice.patients.search import search as find
from lanterne.practice.recording import record
from lanterne.practice.rights import Right
from lanterne.wire.names import PatientId


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The first page once unlocked."""
    presence = presence_of(request)
    presence.record.require(Right.READ_IDENTITY)
    shown = recently_opened(presence)
    results = SearchResults("", shown, len(shown), reverse("patient-new"))
    return _home(request, results)


@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Search without JavaScript: a whole page."""
    return _home(request, _found(request))


def _home(request: HttpRequest, results: SearchResults) -> HttpResponse:
    # One list on this page: the search field of the top bar answers into it.
    presence = presence_of(request)
    said = first_page(presence, presence.record.writer())
    context = {"page": HomePage(results, notices=said), "results": results, "search_first": True}
    return page(request, "desk/patients/home.html", context, current="home")


@require_POST
def results(request: HttpRequest) -> HttpResponse:
    """The list alone, as one types."""
    return render(request, "desk/patients/results.html", {"results": _found(request)})


def _found(request: HttpRequest) -> SearchResults:
    presence = presence_of(request)
    presence.record.require(Right.READ_IDENTITY)
    typed = request.POST.get("q", "")[:200].strip()
    if not typed:
        shown = recently_opened(presence)
        return SearchResults("", shown, len(shown), reverse("patient-new"))
    found = find(presence.record.connection(), typed, today=today(presence))
    shown = hits(presence, found.hits)
    return SearchResults(typed, shown, len(shown) + int(found.more), reverse("patient-new"))


@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """A new patient; somebody who looks alike is shown first."""
    presence = presence_of(request)
    presence.record.require(Right.WRITE_IDENTITY)
    form = IdentityForm(request.POST or None, registering=True)
    warnings: tuple[Notice, ...] = ()
    patient = PatientId(request.POST.get("new_patient", "") or presence.record.draw_id())
    if request.method == "POST" and form.is_valid():
        command = RegisterPatient(
            form.identity(), form.contacts(), None, form.cleaned_data.get("confirmed_new", False), patient=patient,
            id=fact_id(request),
        )  # fmt: skip
        try:
            record(presence.record, command)
        except DuplicateSuspected as suspected:
            form.ask_confirmation()
            warnings = tuple(_look_alike(presence.record, one) for one in suspected.candidates[:5])
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            response = written(request, reverse("chart", args=[patient]))
            if request.headers.get("HX-Request"):
                response.headers["HX-Redirect"] = reverse("chart", args=[patient])
            return response
    form.fields["new_patient"].initial = patient
    context = {
        "form": form,
        "fact": request.POST.get("fact", "") or presence.record.draw_id(),
        "page": FormPage(
            title=_("Nouveau patient"),
            action_url=reverse("patient-new"),
            back_url=reverse("home"),
            submit=_("Enregistrer le patient"),
            warnings=warnings,
        ),
    }
    return page(request, "desk/chart/form.html", context, status=422 if form.errors or warnings else 200)


def _look_alike(record_: Any, suspect: queries.Suspect) -> Notice:
    identity = queries.identity(record_.tables.read(), suspect.patient)
    name = build.display_name(identity) if identity else _("un patient")
    born = build.day(identity.birth_date).text if identity and identity.birth_date else _("date inconnue")
    return Notice(
        _("%(name)s, né(e) le %(born)s, ressemble à ce patient.") % {"name": name, "born": born}, "warn",
        _("Ouvrir ce dossier"), reverse("chart", args=[suspect.patient]),
    )  # fmt: skip


@require_GET
def identity(request: HttpRequest, patient: str) -> HttpResponse:
    """Traits and INS, contacts, médecin traitant, ALD for those who may know, doubles."""
    seen = opened_widest(request, patient)
    remember(seen.presence, seen.chart.patient)
    context = {
        "page": identity_page(seen),
        "band": seen.band,
        "tasks": tasks_of_chart(seen.presence, seen.chart),
        "recall_url": recall_url(seen.chart.patient),
    }
    return page(request, "desk/patients/identity.html", context)


@require_http_methods(["GET", "POST"])
@for_its_patient
def correct(request: HttpRequest, patient: str) -> HttpResponse:
    """Correct the identity, whole; the earlier one stays one click away."""
    seen = opened_widest(request, patient)
    held = queries.versions(seen.chart.connection, _group(seen), PatientIdentified)[0]

    def command(form: Any) -> CorrectIdentity:
        return CorrectIdentity(seen.chart.patient, _replaces(request), form.identity(), id=fact_id(request))

    return _edit(
        request, seen, held, IdentityForm, command, Shown(_("Corriger l’identité"), "identity-correct")
    )


@require_http_methods(["GET", "POST"])
@for_its_patient
def contacts(request: HttpRequest, patient: str) -> HttpResponse:
    """How to reach the patient."""
    seen = opened_widest(request, patient)
    held = queries.contacts(seen.chart.connection, seen.chart.patient)

    def command(form: Any) -> RecordContacts:
        return RecordContacts(seen.chart.patient, _replaces(request), form.contacts(), id=fact_id(request))

    return _edit(request, seen, held, ContactsForm, command, Shown(_("Coordonnées"), "contacts"))


@require_http_methods(["GET", "POST"])
@for_its_patient
def attending(request: HttpRequest, patient: str) -> HttpResponse:
    """The médecin traitant."""
    seen = opened_widest(request, patient)
    held = queries.attending(seen.chart.connection, seen.chart.patient)

    def command(form: Any) -> RecordAttending:
        return RecordAttending(seen.chart.patient, _replaces(request), form.attending(), id=fact_id(request))

    return _edit(request, seen, held, AttendingForm, command, Shown(_("Médecin traitant"), "attending"))


def _replaces(request: HttpRequest) -> Any:
    """The fact the form showed: a correction of something nobody saw is refused."""
    return request.POST.get("replaces", "") or None


def _group(seen: Opened) -> queries.Group:
    return queries.Group(seen.chart.patient, seen.chart.subjects)


class Shown(NamedTuple):
    """What a form of the identity page is called, and the name of its address."""

    title: str
    address: str


def _edit(
    request: HttpRequest,
    seen: Opened,
    held: queries.Version[Any] | None,
    form_type: type[ItemForm],
    command_of: Callable[[Any], Any],
    shown: Shown,
) -> HttpResponse:
    """A part of the identity stated whole: shown as it counts now, recorded when sent, shown again when
    refused."""
    form = form_type(request.POST or None, initial=form_type.initial_of(held.body, None) if held else None)
    back = reverse("identity", args=[seen.chart.patient])
    if request.method == "POST" and form.is_valid():
        try:
            record(seen.presence.record, command_of(form))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return written(request, back)
    form.fields["replaces"].initial = request.POST.get("replaces", "") or (held.fact if held else "")
    context = {
        "band": seen.band,
        "form": form,
        "fact": request.POST.get("fact", "") or seen.presence.record.draw_id(),
        "page": FormPage(
            title=shown.title,
            action_url=reverse(shown.address, args=[seen.chart.patient]),
            back_url=back,
            submit=_("Enregistrer"),
            patient=seen.chart.patient,
        ),
    }
    status = 422 if form.errors else 200
    return dialog_or_page(request, "desk/chart/form_dialog.html", "desk/chart/form.html", context, status)
