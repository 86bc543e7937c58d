"""The list of what arrives: looked through, opened beside it, marked seen, handed over, put away. Nothing leaves it
unseen.

Law: opening an item of a chart opens the chart, traced as such; a form carries its patient; what a file could not be
read for is never rendered.
"""

from __future__ import annotations

from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lanterne.desk.arrivals import page as pages
from lanterne.desk.arrivals import view
from lanterne.desk.arrivals.loose import loose
from lanterne.desk.documents.page import document_page
from lanterne.desk.documents.serving import bytes_of, sent
from lanterne.desk.frame.build import ROLES
from lanterne.desk.opening import (
    View,
    dialog_or_page,
    fact_id,
    mismatch,
    opened,
    page,
    presence_of,
    said_there,
    today,
    writer_of,
)
from lanterne.desk.sentences import sentence
from lanterne.desk.tasks.page import task_url
from lanterne.intake.filing import known
from lanterne.intake.filing.filer import Filer
from lanterne.journal.errors import DiskFailed, DiskFull
from lanterne.practice.arrivals import queries
from lanterne.practice.arrivals.commands import HandOver, SeeDocument, SettleArrival
from lanterne.practice.arrivals.queries import Item
from lanterne.practice.chart.statements import one as statement
from lanterne.practice.documents.facts import DocumentFiled
from lanterne.practice.documents.rules import LARGEST_BYTES, SHOWN, media_type_of
from lanterne.practice.errors import UnknownFact
from lanterne.practice.patients.queries import group_of
from lanterne.practice.reading import OpenInbox, open_inbox
from lanterne.practice.recording import record
from lanterne.practice.rights import Right, rights_of
from lanterne.practice.tasks.rules import CALL, TASK
from lanterne.practice.team import queries as team
from lanterne.wire.names import FactId, PersonId


class Settled(Exception):
    """Somebody settled it while it was on this screen."""


def listed(view_: View) -> View:
    """A view of one item: when a colleague was quicker, back to the list, which says so."""

    @wraps(view_)
    def guarded(request: HttpRequest, fact: str) -> HttpResponseBase:
        try:
            return view_(request, fact)
        except Settled:
            back = pages.address(None, pages.filter_of(request))
            response = HttpResponse(status=204 if request.headers.get("HX-Request") else 303)
            response.headers["HX-Redirect" if response.status_code == 204 else "Location"] = back
            return said_there(response, "settled")

    return guarded


@require_GET
def arrivals(request: HttpRequest) -> HttpResponse:
    """The list, and the drop zone beside it; for somebody who reads no charts, the drop zone alone."""
    return arrivals_page(request)


@require_GET
@listed
def arrival(request: HttpRequest, fact: str) -> HttpResponse:
    """The list with one item open beside it."""
    inbox, item = found(request, fact)
    word = pages.filter_of(request)
    if item.patient is None or item.document is None:
        preview = _loose(request, inbox, item, word)
        return arrivals_page(request, inbox, item, preview)
    seen = opened(request, item.patient, what="document", object_id=item.document)
    held = statement(seen.chart, item.document)
    shown = None
    if isinstance(held.body, DocumentFiled):
        looked, here = request.GET.get("vue", ""), pages.address(item, word)
        shown = document_page(seen, held, held.body, looked=looked, here=here)
    acts = view.Acts(
        see=pages.address(item, word, "arrival-see") if seen.may_write else "",
        hand=pages.address(item, word, "arrival-hand") if seen.may_write else "",
        to_do=task_url(TASK, item.document, item.patient) if seen.may_write else "",
        to_call=task_url(CALL, item.document, item.patient) if seen.may_write else "",
    )
    line = pages.Lines(seen.presence, inbox, word).line(item)
    return arrivals_page(request, inbox, item, view.Preview(line, acts, document=shown), {"band": seen.band})


def _loose(request: HttpRequest, inbox: OpenInbox, item: Item, word: str) -> view.Preview:
    """Something in no chart, open beside the list."""
    if item.arrival is None:
        raise Http404
    presence = presence_of(request)
    may_write = Right.WRITE_CHART in inbox.reader.rights
    acts = view.Acts(
        hand=pages.address(item, word, "arrival-hand"),
        attach=pages.address(item, word, "arrival-attach") if item.state == "to_attach" else "",
        discard=pages.address(item, word, "arrival-discard"),
        to_do=task_url(TASK, item.arrivals[0]),
        to_call=task_url(CALL, item.arrivals[0]),
    )
    return view.Preview(
        pages.Lines(presence, inbox, word).line(item),
        acts if may_write else view.Acts(),
        loose=loose(presence.record, item, item.arrival),
    )


def arrivals_page(
    request: HttpRequest,
    inbox: OpenInbox | None = None,
    item: Item | None = None,
    preview: view.Preview | None = None,
    context: dict[str, object] | None = None,
    left: tuple[view.Left, ...] = (),
) -> HttpResponse:
    """The page, whatever is open in it."""
    presence = presence_of(request)
    presence.record.require(Right.FILE_DOCUMENT)
    shown = view.ArrivalsPage(False, reverse("arrivals-deposit"), LARGEST_BYTES, left=left)
    if Right.READ_CHART in writer_of(request).rights:
        inbox = inbox or open_inbox(presence.record, presence.traces)
        shown = _list(request, inbox, item, preview, left)
    template = "desk/arrivals/page.html" if shown.reads else "desk/arrivals/blind.html"
    extra = {"page": shown, "fact": presence.record.draw_id(), **(context or {})}
    return page(request, template, extra, current="arrivals")


def _list(
    request: HttpRequest,
    inbox: OpenInbox,
    item: Item | None,
    preview: view.Preview | None,
    left: tuple[view.Left, ...],
) -> view.ArrivalsPage:
    word = pages.filter_of(request)
    everything = queries.waiting(inbox)
    kept = pages.chosen(inbox, everything, word)
    place = next((number for number, one in enumerate(kept) if one == item), 0)
    start = max(0, place - pages.MOST_LINES + 1)
    shown = kept[start : start + pages.MOST_LINES]
    lines = pages.Lines(presence_of(request), inbox, word)
    return view.ArrivalsPage(
        reads=True,
        deposit_url=reverse("arrivals-deposit"),
        max_bytes=LARGEST_BYTES,
        lines=tuple(lines.line(one, current=one == item) for one in shown),
        hidden=len(kept) - len(shown),
        filters=pages.filters(inbox, everything, word),
        preview=preview,
        left=left,
        deposits=len(known.deposits(inbox.connection)) if item is None else 0,
        deposits_url=reverse("arrivals-deposits"),
        filtered=bool(word),
    )


@require_POST
def deposit(request: HttpRequest) -> HttpResponse:
    """Files left here: each is read apart and filed, or waits; what became of each is told."""
    presence = presence_of(request)
    reader = presence.record.require(Right.FILE_DOCUMENT)
    files = request.FILES.getlist("files")
    filer, reads = Filer(presence.record), Right.READ_CHART in reader.rights
    told: tuple[view.Left, ...] = ()
    for upload in files:
        name = upload.name or ""
        try:
            told += pages.left(request, [filer.take(name, upload.read())], reads=reads)
        except (DiskFull, DiskFailed) as fault:
            # The others may still fit; this one is said to be nowhere.
            told += (view.Left(name, _("non déposé"), sentence(fault), "warn"),)
    if request.headers.get("Lanterne-Each"):
        return render(request, "desk/arrivals/left.html", {"left": told})
    return arrivals_page(request, left=told)


@require_POST
def deposits(request: HttpRequest) -> HttpResponse:
    """Take what the documents state that somebody filed who writes in no chart."""
    presence = presence_of(request)
    presence.record.require(Right.WRITE_CHART)
    told = pages.left(request, Filer(presence.record).read_deposits(), reads=True)
    return arrivals_page(request, left=told)


@require_POST
@listed
def see(request: HttpRequest, fact: str) -> HttpResponse:
    """Seen: it leaves the list and stays in the chart; on to the next."""
    inbox, item = found(request, fact)
    if item.patient is None:
        raise Http404
    carried = request.POST.get("patient", "")
    group = group_of(inbox.connection, item.patient)
    if group is None or carried not in (item.patient, group.patient):
        return mismatch(request, carried, item.patient)
    following = _following(request, inbox, fact)
    for number, arrived in enumerate(item.arrivals):
        command = SeeDocument(item.patient, arrived, fact_id(request) if number == 0 else None)
        record(presence_of(request).record, command)
    return _on(request, following, "seen")


@require_http_methods(["GET", "POST"])
@listed
def hand(request: HttpRequest, fact: str) -> HttpResponse:
    """Put somebody in charge of it, or nobody in particular."""
    inbox, item = found(request, fact)
    if request.method == "POST":
        if item.patient is not None and request.POST.get("patient", "") != _carried(inbox, item):
            return mismatch(request, request.POST.get("patient", ""), item.patient)
        named = request.POST.get("person", "")
        if named and named not in {one.id for one in _colleagues(request, inbox, item)}:
            raise Http404
        following = _following(request, inbox, fact)
        command = HandOver(item.arrivals, PersonId(named) if named else None, fact_id(request))
        record(presence_of(request).record, command)
        return _on(request, following, "handed")
    context = {
        **_about(request, inbox, item),
        "colleagues": _colleagues(request, inbox, item),
        "action_url": pages.address(item, pages.filter_of(request), "arrival-hand"),
    }
    return dialog_or_page(request, "desk/arrivals/hand.html", "desk/arrivals/hand_page.html", context)


@require_http_methods(["GET", "POST"])
@listed
def discard(request: HttpRequest, fact: str) -> HttpResponse:
    """Put away what is in no chart and belongs in none, with a reason."""
    inbox, item = found(request, fact)
    presence_of(request).record.require(Right.WRITE_CHART)
    if item.arrival is None:
        raise Http404
    reason = request.POST.get("reason", "").strip()[:500]
    if request.method == "POST" and reason:
        following = _following(request, inbox, fact)
        for number, arrived in enumerate(item.arrivals):
            command = SettleArrival(arrived, reason=reason, id=fact_id(request) if number == 0 else None)
            record(presence_of(request).record, command)
        return _on(request, following, "discarded")
    context = {
        **_about(request, inbox, item),
        "missing": request.method == "POST",
        "action_url": pages.address(item, pages.filter_of(request), "arrival-discard"),
    }
    status = 422 if request.method == "POST" else 200
    return dialog_or_page(
        request, "desk/arrivals/discard.html", "desk/arrivals/discard_page.html", context, status
    )


@require_GET
@listed
def file(request: HttpRequest, fact: str) -> HttpResponse:
    """The bytes of what is in no chart: a PDF or an image that was read may be shown; anything else is only saved."""
    _inbox, item = found(request, fact)
    if item.arrival is None:
        raise Http404
    content = bytes_of(presence_of(request).record, item.arrival.blob, item.arrival.key)
    media_type = media_type_of(content)
    shown = item.state == "to_attach" and media_type in SHOWN and "enregistrer" not in request.GET
    name = f"arrivee-{fact[:8]}"
    return sent(content, media_type if shown else "application/octet-stream", name, save=not shown)


def found(request: HttpRequest, fact: str) -> tuple[OpenInbox, Item]:
    """The list, open and traced, and one item of it.

    Raises:
        NotAllowed: the reader reads no charts. UnknownFact: nothing ever waited under this id. Settled: see there.
    """
    presence = presence_of(request)
    inbox = open_inbox(presence.record, presence.traces)
    try:
        return inbox, queries.one(inbox, FactId(fact))
    except UnknownFact as error:
        if queries.was_settled(inbox, FactId(fact)):
            raise Settled from error
        raise


def _following(request: HttpRequest, inbox: OpenInbox, fact: str) -> Item | None:
    word = pages.filter_of(request)
    return pages.after(pages.chosen(inbox, queries.waiting(inbox), word), fact)


def _on(request: HttpRequest, item: Item | None, said: str) -> HttpResponse:
    """To the next item, saying what was done."""
    return said_there(HttpResponseRedirect(pages.address(item, pages.filter_of(request)), status=303), said)


def _carried(inbox: OpenInbox, item: Item) -> str:
    """The patient a form about this item carries: the record that stands."""
    group = group_of(inbox.connection, item.patient) if item.patient is not None else None
    return group.patient if group is not None else ""


def _about(request: HttpRequest, inbox: OpenInbox, item: Item) -> dict[str, object]:
    """What every dialog about an item needs."""
    word = pages.filter_of(request)
    presence = presence_of(request)
    return {
        "line": pages.Lines(presence, inbox, word).line(item),
        "patient": _carried(inbox, item),
        "fact": presence.record.draw_id(),
        "back_url": pages.address(item, word),
    }


def _colleagues(request: HttpRequest, inbox: OpenInbox, item: Item) -> tuple[view.Colleague, ...]:
    """Who works here and reads charts: oneself first."""
    on, me = today(presence_of(request)), inbox.reader.person
    found_ = [
        view.Colleague(
            one.id,
            f"{one.display_name} {_('(moi)')}" if one.id == me else one.display_name,
            str(ROLES.get(one.role, "")),
            one.id in item.persons,
        )
        for one in team.persons(inbox.connection)
        if not one.has_left(on) and Right.READ_CHART in rights_of(one.role, administrator=False)
    ]
    return tuple(sorted(found_, key=lambda one: one.id != me))
