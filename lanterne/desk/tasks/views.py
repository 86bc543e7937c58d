"""The lists of what is to be done, and what is done with a line: each form is a page of its own or a dialog.

Law: a form carries whose access it was shown under; what a colleague did first is said, never an error.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lanterne.desk.forms.tasks import (
    NOBODY,
    AssignForm,
    AttemptForm,
    DoneForm,
    PostponeForm,
    TaskForm,
    choices,
    parted,
)
from lanterne.desk.frame.build import age_of
from lanterne.desk.frame.view import FormPage, when
from lanterne.desk.opening import (
    dialog_or_page,
    fact_id,
    of_other_person,
    own_seat,
    page,
    presence_of,
    written,
)
from lanterne.desk.tasks import page as pages
from lanterne.practice.errors import Refusal
from lanterne.practice.patients.listing import named
from lanterne.practice.patients.search import search
from lanterne.practice.reading import OpenTasks, open_tasks
from lanterne.practice.recording import record
from lanterne.practice.rights import Right
from lanterne.practice.tasks import queries
from lanterne.practice.tasks.commands import (
    AmendTask,
    Assign,
    Attempt,
    Complete,
    CreateTask,
    Postpone,
    Reopen,
    next_pieces,
)
from lanterne.practice.tasks.facts import TaskAmended, TaskCreated
from lanterne.practice.tasks.queries import Item, Staff
from lanterne.practice.tasks.rules import CALL, CODES, MESSAGE, RECALL, TASK
from lanterne.wire.names import FactId, PatientId, is_id

# Patients of one name offered to choose from.
OFFERED = 6

TITLES = {
    TASK: _("À faire"),
    CALL: _("À appeler"),
    MESSAGE: _("Message téléphonique"),
    RECALL: _("Rappel"),
}

View = Callable[..., HttpResponseBase]


def kept(view_: View) -> View:
    """A view that writes: only for who keeps tasks, and only what was shown under the access in use."""

    @wraps(view_)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        presence_of(request).record.require(Right.KEEP_TASKS)
        if request.method == "POST" and request.POST.get("seat", "") != own_seat(request):
            return of_other_person(request)
        return view_(request, *args, **kwargs)

    return guarded


@require_GET
def tasks(request: HttpRequest) -> HttpResponse:
    """One's own list, or another's (`qui`)."""
    presence = presence_of(request)
    opened, here = _opened(request)
    shown = pages.tasks_page(presence, opened, here, pages.whose_of(request.GET.get("qui", "")))
    return page(request, "desk/tasks/page.html", {"page": shown}, current="tasks")


@require_GET
def lines(request: HttpRequest) -> HttpResponse:
    """The lists alone, when something changed since they were shown (`etat`)."""
    presence = presence_of(request)
    presence.record.require(Right.READ_IDENTITY)
    if request.GET.get("etat", "") == pages.state_word(presence):
        return HttpResponse(status=204)
    opened, here = _opened(request)
    shown = pages.tasks_page(presence, opened, here, pages.whose_of(request.GET.get("qui", "")))
    return render(request, "desk/tasks/lists.html", {"page": shown})


@require_http_methods(["GET", "POST"])
@kept
def new(request: HttpRequest) -> HttpResponse:
    """Something to do (`genre`: a message, a call, a task, a recall), about the patient named (`patient`) or whoever is
    typed, from a document or a result (`source`).
    """
    presence = presence_of(request)
    here = queries.staff(presence.record, pages.today(presence))
    asked = request.GET
    code = asked.get("genre", TASK) if asked.get("genre") in CODES else TASK
    patient = _patient_named(request, asked.get("patient", ""))
    source = asked.get("source", "") if is_id(asked.get("source", "")) else ""
    form = TaskForm(
        request.POST or None,
        initial={
            "code": code,
            "to": _usual(request, here, code),
            # A recall is for a day nobody can guess.
            "due": "" if code == RECALL else pages.today(presence).isoformat(),
        },
        to=pages.choices(presence, here),
        today=pages.today(presence),
        find_url=reverse("task-find"),
        patient=patient[0],
    )
    if request.method == "POST" and _carried(request, patient[0]):
        about = _about_whom(request, form)
        if form.is_valid() and about is not None:
            body = form.stated(TaskCreated, about)
            command = CreateTask(_of_source(body, source), form.cleaned_data["detail"], fact_id(request))
            if _written(request, form, command):
                return written(request, _back(request), stays=not _shows_tasks(request))
    title = f"{TITLES[code]} : {patient[1]}" if patient[1] else str(TITLES[code])
    url = reverse("task-new") + (f"?{request.GET.urlencode()}" if request.GET else "")
    return _form(request, form, title, url, _("Enregistrer"), patient=patient[0])


@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """Patients as one types, to choose from."""
    presence = presence_of(request)
    presence.record.require(Right.KEEP_TASKS)
    return HttpResponse(choices(_found(request, request.POST.get("who", ""))))


@require_http_methods(["GET", "POST"])
@kept
def amend(request: HttpRequest, task: str) -> HttpResponse:
    """Other words, another patient; what is said of medicine is added."""
    presence = presence_of(request)
    item, here = _item(request, task)
    name = _patient_named(request, item.body.patient)
    shown = [FactId(one) for one in request.POST.get("shown", "").split(",") if is_id(one)]
    form = TaskForm(
        request.POST or None,
        initial={**TaskForm.initial_of(item.body), "who": name[1]},
        to=pages.choices(presence, here),
        today=pages.today(presence),
        find_url=reverse("task-find"),
        amends=True,
    )
    form.fields["shown"] = forms.CharField(
        required=False, widget=forms.HiddenInput, initial=",".join(item.versions)
    )
    if name[0]:
        form.offer([(name[0], name[1])], name[0])
    if request.method == "POST":
        about = _about_whom(request, form)
        if form.is_valid() and about is not None:
            command = AmendTask(
                tuple(shown) or item.versions,
                form.stated(TaskAmended, about),
                form.cleaned_data["detail"],
                fact_id(request),
            )
            if _written(request, form, command):
                return written(request, _back(request))
    return _form(request, form, _("Modifier"), reverse("task-amend", args=[task]), _("Enregistrer"))


@require_POST
@kept
def done(request: HttpRequest, task: str) -> HttpResponse:
    """Done, by one key."""
    item, _here = _item(request, task)
    outcome = "called" if item.body.code == CALL else "done"
    return _done(request, item, outcome, "")


@require_http_methods(["GET", "POST"])
@kept
def say(request: HttpRequest, task: str) -> HttpResponse:
    """Done, or no longer to be done, with a word."""
    item, _here = _item(request, task)
    initial = {"outcome": "called" if item.body.code == CALL else "done"}
    form = DoneForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            return _done(request, item, form.cleaned_data["outcome"], form.cleaned_data["comment"])
        except Refusal as refusal:
            form.refuse(refusal)
    return _form(request, form, _title(_("Fait"), item), reverse("task-say", args=[task]), _("C’est fait"))


@require_http_methods(["GET", "POST"])
@kept
def attempt(request: HttpRequest, task: str) -> HttpResponse:
    """Tried to call."""
    item, _here = _item(request, task)
    form = AttemptForm(request.POST or None, initial={"outcome": "no_answer"})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        command = Attempt(item.task, told["outcome"], told["comment"], fact_id(request))
        if _written(request, form, command):
            return written(request, _back(request))
    url = reverse("task-attempt", args=[task])
    return _form(request, form, _title(_("Appel tenté"), item), url, _("Noter l’appel"))


@require_http_methods(["GET", "POST"])
@kept
def postpone(request: HttpRequest, task: str) -> HttpResponse:
    """Another day."""
    item, _here = _item(request, task)
    form = PostponeForm(request.POST or None, today=pages.today(presence_of(request)))
    if request.method == "POST" and form.is_valid():
        command = Postpone(
            item.task, form.cleaned_data["due"].day, form.cleaned_data["reason"], fact_id(request)
        )
        if _written(request, form, command):
            return written(request, _back(request))
    url = reverse("task-postpone", args=[task])
    return _form(request, form, _title(_("Reporter"), item), url, _("Reporter"))


@require_http_methods(["GET", "POST"])
@kept
def assign(request: HttpRequest, task: str) -> HttpResponse:
    """Somebody else, or a role."""
    presence = presence_of(request)
    item, here = _item(request, task)
    initial = {"to": next(iter(item.owners), ""), "shown": ",".join(item.assigned)}
    to = pages.choices(presence, here)
    form = AssignForm(request.POST or None, initial=initial, to=to)
    if request.method == "POST" and form.is_valid():
        owner, role = parted(form.cleaned_data["to"])
        shown = tuple(FactId(one) for one in form.cleaned_data["shown"].split(",") if is_id(one))
        if _written(request, form, Assign(item.task, owner, role, shown, fact_id(request))):
            return written(request, _back(request))
    url = reverse("task-assign", args=[task])
    return _form(request, form, _title(_("Passer à"), item), url, _("Passer"))


@require_POST
@kept
def reopen(request: HttpRequest, task: str) -> HttpResponse:
    """To be done again."""
    item, _here = _item(request, task)
    try:
        record(presence_of(request).record, Reopen(item.task, id=fact_id(request)))
    except Refusal as refusal:
        if refusal.code != "tasks_open":
            raise
        return written(request, _back(request), "settled")
    return written(request, _back(request))


def _done(request: HttpRequest, item: Item, outcome: str, comment: str) -> HttpResponse:
    """Complete it; when a colleague was quicker, say so."""
    held = presence_of(request).record
    following = FactId(held.naming.identifier(*next_pieces(item.task)))
    try:
        record(held, Complete(item.task, outcome, comment, following, fact_id(request)))
    except Refusal as refusal:
        if refusal.code != "tasks_done":
            raise
        return written(request, _back(request), "settled")
    return written(request, _back(request))


def _written(request: HttpRequest, form: Any, command: Any) -> bool:
    """Write what a valid form states; what is refused is said beside its field."""
    try:
        record(presence_of(request).record, command)
    except Refusal as refusal:
        form.refuse(refusal)
        return False
    return True


def _opened(request: HttpRequest) -> tuple[OpenTasks, Staff]:
    presence = presence_of(request)
    opened = open_tasks(presence.record, presence.traces)
    return opened, queries.staff(presence.record, pages.today(presence))


def _item(request: HttpRequest, task: str) -> tuple[Item, Staff]:
    opened, here = _opened(request)
    return queries.one(opened, here, FactId(task)), here


def _title(what: str, item: Item) -> str:
    return f"{what} : {item.body.description}"


def _patient_named(request: HttpRequest, patient: str) -> tuple[str, str]:
    """(id of the record that stands, name) of the patient an address names; empty for none.

    Raises:
        Http404: nobody here has this id.
    """
    if not patient:
        return "", ""
    connection = presence_of(request).record.connection()
    hit = next(iter(named(connection, [PatientId(patient)])), None) if is_id(patient) else None
    if hit is None:
        raise Http404
    return hit.patient, pages.hit_name(hit)


def _carried(request: HttpRequest, patient: str) -> bool:
    """A form about a patient carries them: one shown for another chart writes nothing."""
    if patient and request.POST.get("patient", "") != patient:
        raise Refusal("form_of_other_patient")
    return True


def _found(request: HttpRequest, typed: str) -> list[tuple[str, str]]:
    """Patients a name may mean: (id, as lists show them)."""
    typed = typed.strip()[:100]
    if len(typed) < 2:
        return []
    presence = presence_of(request)
    on = pages.today(presence)
    hits = search(presence.record.connection(), typed, today=on).hits[:OFFERED]
    return [
        (
            hit.patient,
            ", ".join(
                filter(
                    None,
                    (pages.hit_name(hit), when(hit.birth_date).text, age_of(hit.birth_date, on), hit.phone),
                )
            ),
        )
        for hit in hits
    ]


def _about_whom(request: HttpRequest, form: TaskForm) -> str | None:
    """The patient a form is about, empty for none; None when it must be said which, and the form asks."""
    if form.patient:
        return form.patient
    typed, chosen = form.data.get("who", ""), form.chosen
    found = _found(request, typed)
    if is_id(chosen) and chosen not in dict(found):
        found += [named_ for named_ in [_patient_named(request, chosen)] if named_[0]]
    form.offer(found, chosen)
    if is_id(chosen):
        return chosen
    if found and chosen != NOBODY:
        form.is_valid()
        form.ask_which()
        return None
    return ""


def _of_source(body: TaskCreated, source: str) -> TaskCreated:
    return TaskCreated(**{**{name: getattr(body, name) for name in body.__struct_fields__}, "focus": source})


def _usual(request: HttpRequest, here: Staff, code: str) -> str:
    """For whom it usually is: a call the secretary's, a message she takes the doctors', anything else one's own."""
    me = presence_of(request).record.writer()
    role = {CALL: "r:secretary", MESSAGE: "r:doctor"}.get(code, "")
    if role in here.owners and (code == CALL or me.role == "secretary"):
        return role
    return f"p:{me.person}"


def _shown_there(request: HttpRequest) -> tuple[str, str]:
    """(path with its query, name of the address) of the page that opened a dialog; empty when none did."""
    parts = urlsplit(request.headers.get("HX-Current-URL", ""))
    try:
        name = resolve(parts.path).url_name or ""
    except Resolver404:
        return "", ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path, name


def _shows_tasks(request: HttpRequest) -> bool:
    """Whether the page that opened the dialog shows what is to do, and does not follow what is written by itself."""
    return _shown_there(request)[1] in ("arrivals", "arrival", "identity")


def _back(request: HttpRequest) -> str:
    """Where one was: the list, another's list, a document that arrived."""
    there, name = _shown_there(request)
    return there if name in ("tasks", "arrivals", "arrival", "chart", "identity") else reverse("tasks")


def _form(
    request: HttpRequest, form: Any, title: str, url: str, submit: str, *, patient: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "fact": request.POST.get("fact", "") or presence_of(request).record.draw_id(),
        "page": FormPage(
            title=title, action_url=url, back_url=_back(request), submit=submit, patient=patient
        ),
    }
    status = 422 if form.errors else 200
    return dialog_or_page(request, "desk/chart/form_dialog.html", "desk/chart/form.html", context, status)
