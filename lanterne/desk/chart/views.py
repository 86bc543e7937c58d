"""The chart page, its story, a curve, one statement with its history."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from lanterne.desk.chart import page as pages
from lanterne.desk.chart import sourcing, story, view
from lanterne.desk.chart.background import background, vaccinations
from lanterne.desk.chart.detail import lines
from lanterne.desk.chart.drafts import newest_consultation_draft
from lanterne.desk.chart.erased import erased_lines
from lanterne.desk.frame.build import moment
from lanterne.desk.opening import Opened, opened, opened_widest, page, today
from lanterne.desk.patients.lists import remember
from lanterne.desk.sentences import reason_text
from lanterne.desk.tasks.page import of_chart as tasks_of_chart
from lanterne.desk.tasks.page import recall_url
from lanterne.practice.chart.statements import one, thread, with_code, withdrawals
from lanterne.practice.conflicts.queries import of_chart
from lanterne.practice.results.facts import ResultRecorded
from lanterne.wire.names import FactId

# Letters are in desk.chart.view.SHORTCUTS; the order here is that of the screen.
ACTIONS = ("consultation", "prescription", "measure", "result", "treatment", "problem", "allergy", "vaccination",
           "procedure", "family", "lifestyle", "note", "document", "recall")  # fmt: skip


@require_GET
def chart(request: HttpRequest, patient: str) -> HttpResponse:
    """Who is this, and what must I not miss; then everything. A reader of identity only is sent to it."""
    seen = opened_widest(request, patient)
    if seen.summary is None:
        response = HttpResponse(status=303)
        response.headers["Location"] = reverse("identity", args=[seen.chart.patient])
        return response
    if seen.chart.patient != patient:
        response = HttpResponse(status=303)  # merged: the address of the record that stands
        response.headers["Location"] = reverse("chart", args=[seen.chart.patient])
        return response
    remember(seen.presence, seen.chart.patient)
    return page(request, "desk/chart/page.html", {"page": chart_page(seen), "band": seen.band})


@require_GET
def summary(request: HttpRequest, patient: str) -> HttpResponse:
    """The summary alone, after something was written."""
    seen = opened(request, patient)
    return render(
        request,
        "desk/chart/summary_fresh.html",
        {"page": chart_page(seen, with_story=False), "band": seen.band},
    )


@require_GET
def timeline(request: HttpRequest, patient: str) -> HttpResponse:
    """The story, filtered; or its next lines alone; a whole page without htmx."""
    seen = opened(request, patient)
    noun = request.GET.get("genre", "")
    noun = noun if noun in story.NOUNS or noun == story.WITHDRAWN else ""
    vus = request.GET.get("vus", "0")
    lines = story.timeline(
        seen,
        noun,
        request.GET.get("apres", ""),
        request.GET.get("annee", "")[:4],
        int(vus) if vus.isdigit() else 0,
    )
    context = {"timeline": lines, "band": seen.band, "page": _story_page(seen, lines)}
    if not request.headers.get("HX-Request"):
        return page(request, "desk/chart/story_page.html", context)
    template = "desk/chart/timeline_rows.html" if request.GET.get("apres") else "desk/chart/timeline.html"
    return render(request, template, context)


@require_GET
def curve(request: HttpRequest, patient: str, fact: str) -> HttpResponse:
    """The curve of a result's test, in its unit, with the values below."""
    seen = opened(request, patient)
    item = one(seen.chart, FactId(fact))
    if not isinstance(item.body, ResultRecorded):
        return HttpResponse(status=404)
    series = with_code(seen.chart, ResultRecorded, item.code, item.label)
    sourcing.learn(seen, series)
    values = [pages.result(seen, other) for other in series]
    context = {
        "curve": pages.drawing(seen, item),
        "values": values,
        "band": seen.band,
        "label": item.body.label,
    }
    template = "desk/chart/curve.html" if request.headers.get("HX-Request") else "desk/chart/curve_page.html"
    return (
        render(request, template, context)
        if request.headers.get("HX-Request")
        else page(request, template, context)
    )


@require_GET
def item(request: HttpRequest, patient: str, fact: str) -> HttpResponse:
    """One statement whole, with every earlier version and who wrote it."""
    seen = opened(request, patient)
    current = one(seen.chart, FactId(fact))
    history = thread(seen.chart, FactId(fact))
    sourcing.learn(seen, [current, *history])
    known = seen.people.documents
    documents = dict.fromkeys(
        source for version in (current, *history) for source in known.get(version.id, ())
    )
    versions = [
        {
            "row": story.row(seen, version),
            "lines": lines(version),
            "live": version.live,
            "current": version.id == fact,
        }
        for version in history
    ]
    removed = [
        {"author": seen.people.of(seat, seen.presence.record.person_of(seat))[0],
         "at": moment(when, seen.presence.record.clock_ms()), "reason": reason_text(reason)}
        for _fact, seat, when, reason in withdrawals(seen.chart, FactId(fact))
    ]  # fmt: skip
    context = {
        "band": seen.band,
        "row": story.row(seen, current),
        "lines": lines(current),
        "versions": versions[::-1],
        "removed": removed,
        "documents": tuple(documents),
        "title": view.KINDS.get(story.NOUN_OF.get(current.kind, "unknown"), view.KINDS["unknown"]).label,
    }
    if request.headers.get("HX-Request"):
        return render(request, "desk/chart/item.html", context)
    return page(request, "desk/chart/item_page.html", context)


def chart_page(seen: Opened, *, with_story: bool = True) -> view.ChartPage:
    """Everything the page shows."""
    patient = seen.chart.patient
    sourcing.learn(seen, sourcing.of_summary(seen.must_know))
    draft = newest_consultation_draft(seen) if seen.may_write else None
    lines = story.timeline(seen) if with_story else view.TimelinePage((), (), 0, 0)
    return view.ChartPage(
        band=seen.band,
        actions=_actions(seen),
        allergies=pages.allergies(seen),
        ald=pages.ald(seen, today(seen.presence)),
        problems=pages.problems(seen),
        treatments=pages.treatments(seen),
        out_of_range=pages.results(seen),
        measures=pages.measures_of(seen),
        timeline=lines,
        last_consultation=pages.last_consultation(seen),
        background=background(seen),
        vaccinations=vaccinations(seen),
        summary_url=reverse("summary", args=[patient]),
        timeline_url=reverse("timeline", args=[patient]),
        draft_url=draft.url if draft else "",
        draft_kept=draft.kept if draft else None,
        notes=tuple(note.body.text for note in seen.must_know.pinned_notes if note.body is not None),
        proposals=pages.proposals(seen),
        doubts=len(of_chart(seen.chart)),
        doubts_url=reverse("settling-chart", args=[patient]),
        erased=erased_lines(seen),
        tasks=tasks_of_chart(seen.presence, seen.chart),
    )


def _story_page(seen: Opened, lines: view.TimelinePage) -> dict[str, str]:
    url = reverse("timeline", args=[seen.chart.patient])
    current = next((one.key for one in lines.filters if one.current), "")
    return {"timeline_url": f"{url}?genre={current}" if current else url, "print_url": ""}


def _actions(seen: Opened) -> tuple[view.QuickAction, ...]:
    if not seen.may_write:
        return ()
    patient = seen.chart.patient
    actions = []
    for kind in ACTIONS:
        if kind == "consultation":
            actions.append(view.QuickAction(kind, reverse("consultation-new", args=[patient]), dialog=False))
        elif kind == "prescription":
            actions.append(view.QuickAction(kind, reverse("prescribe", args=[patient]), dialog=False))
        elif kind == "document":
            actions.append(view.QuickAction(kind, reverse("document-add", args=[patient]), dialog=False))
        elif kind == "recall":
            actions.append(view.QuickAction(kind, recall_url(patient)))
        else:
            actions.append(view.QuickAction(kind, reverse("item-add", args=[patient, kind])))
    return tuple(actions)
