"""Whose is it: the patients a document may be about, most likely first with why, a search, or a new patient.

Law: a person decides, seeing what the document says beside what the chart says; what differs is named.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lanterne.desk.arrivals import page as pages
from lanterne.desk.arrivals import view
from lanterne.desk.arrivals.views import found, listed
from lanterne.desk.forms.fields import french
from lanterne.desk.frame.build import age_of, display_name
from lanterne.desk.opening import dialog_or_page, presence_of, said_there, today
from lanterne.intake import sentences as intake_sentences
from lanterne.intake.filing.filer import Filer
from lanterne.intake.reading import Unreadable
from lanterne.practice.arrivals import queries
from lanterne.practice.arrivals.facts import ArrivalReceived, SaidIdentity
from lanterne.practice.arrivals.queries import Item
from lanterne.practice.errors import Refusal
from lanterne.practice.patients import queries as patients
from lanterne.practice.patients.duplicates import REASONS
from lanterne.practice.patients.names import strict
from lanterne.practice.patients.queries import Identity
from lanterne.practice.patients.search import search
from lanterne.practice.reading import OpenInbox, open_inbox
from lanterne.practice.rights import Right
from lanterne.wire.names import PatientId

MOST_FOUND = 12


@require_http_methods(["GET", "POST"])
@listed
def attach(request: HttpRequest, fact: str) -> HttpResponse:
    """Choose the patient; posted, the document is filed in that chart and comes up to be seen there."""
    inbox, item = found(request, fact)
    presence_of(request).record.require(Right.WRITE_CHART)
    held = item.arrival
    if held is None or item.state != "to_attach":
        raise Http404
    refused = ""
    if request.method == "POST":
        try:
            return _attached(request, item)
        except Unreadable as error:
            refused = intake_sentences.sentence(error, _)
        except Refusal as refusal:
            refused = pages.why_text(
                refusal.code, {name: str(value) for name, value in refusal.params.items()}
            )
    word = pages.filter_of(request)
    named = queries.identity_of(held)
    shown = view.AttachPage(
        title=item.title or held.file_name or _("sans titre"),
        said=" · ".join(f"{label} {value}" for label, value in pages.said_lines(held.identity)),
        why=pages.why_text(held.why, held.params),
        action_url=pages.address(item, word, "arrival-attach"),
        find_url=reverse("arrival-find", args=[item.arrivals[0]]),
        back_url=pages.address(item, word),
        newcomer=_newcomer(held.identity) if named is not None else "",
    )
    context = {
        "attach": shown,
        "candidates": _suggested(request, inbox, held),
        "typed": "",
        "refused": refused,
    }
    return dialog_or_page(
        request,
        "desk/arrivals/attach.html",
        "desk/arrivals/attach_page.html",
        context,
        422 if refused else 200,
    )


def _attached(request: HttpRequest, item: Item) -> HttpResponse:
    """File it where the form says, and go to where it now waits to be seen."""
    presence = presence_of(request)
    chosen = request.POST.get("patient", "")
    filer, arrival = Filer(presence.record), item.arrivals[0]
    if "new" in request.POST:
        outcome = filer.attach_new(arrival)
    elif patients.group_of(presence.record.connection(), PatientId(chosen)) is not None:
        outcome = filer.attach(arrival, PatientId(chosen))
    else:
        raise Http404
    word = pages.filter_of(request)
    inbox = open_inbox(presence.record, presence.traces)
    now = next((one for one in queries.waiting(inbox) if one.document == outcome.document), None)
    # Under the filter « à rattacher » it is no longer listed: shown among all that waits.
    there = pages.address(now, "" if word == "rattacher" else word)
    return said_there(HttpResponseRedirect(there, status=303), "attached")


@require_POST
@listed
def find(request: HttpRequest, fact: str) -> HttpResponse:
    """Patients as one types; what was suggested while nothing is typed."""
    inbox, item = found(request, fact)
    if item.arrival is None:
        raise Http404
    typed = request.POST.get("q", "")[:200].strip()
    if typed:
        on = today(presence_of(request))
        hits = search(inbox.connection, typed, today=on).hits[:MOST_FOUND]
        candidates = _candidates(request, inbox, item.arrival, ((hit.patient, "") for hit in hits))
    else:
        candidates = _suggested(request, inbox, item.arrival)
    return render(request, "desk/arrivals/candidates.html", {"candidates": candidates, "typed": typed})


def _suggested(request: HttpRequest, inbox: OpenInbox, held: ArrivalReceived) -> tuple[view.Candidate, ...]:
    suspects = queries.suggestions(inbox, held)[:MOST_FOUND]
    return _candidates(
        request,
        inbox,
        held,
        (
            (one.patient, ", ".join(_(REASONS[reason]) for reason in one.suspicion.reasons))
            for one in suspects
        ),
    )


def _candidates(
    request: HttpRequest, inbox: OpenInbox, held: ArrivalReceived, chosen: Iterable[tuple[PatientId, str]]
) -> tuple[view.Candidate, ...]:
    on = today(presence_of(request))
    made = []
    for patient, why in chosen:
        identity = patients.identity(inbox.connection, patient)
        if identity is None:
            continue
        made.append(
            view.Candidate(
                patient=identity.patient,
                name=display_name(identity),
                born=french(identity.birth_date),
                age=age_of(identity.birth_date, on),
                sex=identity.sex,
                why=why,
                differs=_differs(held.identity, identity),
                deceased=bool(identity.deceased),
            )
        )
    return tuple(made)


def _differs(said: SaidIdentity | None, held: Identity) -> str:
    """What the document says otherwise than the chart, trait by trait."""
    if said is None:
        return ""
    names = {strict(name) for name in (held.birth_name, held.used_name) if name}
    given = {strict(name) for name in (held.first_given, held.used_given, *held.given_names) if name}
    first = said.first_given or " ".join(said.given_names[:1])
    found_ = []
    if said.birth_name and strict(said.birth_name) not in names:
        found_.append(_("nom %(said)s") % {"said": said.birth_name})
    if first and strict(first) not in given:
        found_.append(_("prénom %(said)s") % {"said": first})
    if said.birth_date and held.birth_date and said.birth_date != held.birth_date:
        found_.append(_("naissance %(said)s") % {"said": french(said.birth_date)})
    if "unknown" not in (said.sex, held.sex) and said.sex != held.sex:
        found_.append(_("autre sexe"))
    return ", ".join(found_)


def _newcomer(said: SaidIdentity | None) -> str:
    born = pages.said_born(said)
    name = pages.said_name(said)
    return f"{name}, {_('naissance')} {born}" if born else name
