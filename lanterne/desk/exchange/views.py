"""The exchanges on screen: the page, the line of every page, « Échanger maintenant », alarms and who has seen them.

Law: everybody may see how things stand and mark an alarm as seen, by name; nothing here opens or changes a chart.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lanterne.desk.exchange import alarms, bar
from lanterne.desk.exchange.page import MOST_LINES, PAGE_WAIT_S, alarm_page
from lanterne.desk.exchange.page import page as exchange_page
from lanterne.desk.opening import page, presence_of, said_there
from lanterne.desk.presence import Presence
from lanterne.practice.rights import Right
from lanterne.sync.alarms import Alarm
from lanterne.sync.going import nudge

ASKED_WAIT_S = 1.0
"""What is asked in the background, or by a script, may wait longer than a page for a fresh look."""

MOST_TOGETHER = 33 * MOST_LINES
"""Signs of the names of alarms marked at once."""


@require_GET
def exchange(request: HttpRequest) -> HttpResponse:
    """How things stand."""
    presence = _presence(request)
    return page(request, "desk/exchange/page.html", {"page": exchange_page(presence)}, current="exchange")


@require_GET
def state(request: HttpRequest) -> HttpResponse:
    """The same without its frame, for the page that shows it; 204 while nothing of it changed."""
    shown = exchange_page(_presence(request), wait_s=ASKED_WAIT_S)
    if _is_shown(request, shown.state_url):
        return HttpResponse(status=204)
    return render(request, "desk/exchange/state.html", {"page": shown})


@require_GET
def line(request: HttpRequest) -> HttpResponse:
    """The line of every page, with its banners; 204 while they are those the page shows already."""
    shown = bar.line(_presence(request), wait_s=ASKED_WAIT_S)
    if _is_shown(request, shown.state_url):
        return HttpResponse(status=204)
    return render(request, "desk/exchange/line_fresh.html", {"line": shown})


@require_POST
def now(request: HttpRequest) -> HttpResponse:
    """Exchange now by every way, please."""
    presence = _presence(request)
    nudge(presence.record.journal)
    if request.headers.get("HX-Request"):
        return render(request, "desk/exchange/state.html", {"page": exchange_page(presence)})
    return _back("nudged")


@require_GET
def alarm(request: HttpRequest, alarm: str) -> HttpResponse:
    """One provable lie: what was seen, what to do."""
    presence = _presence(request)
    found = _alarm(presence, alarm)
    told = presence.exchanges.now(PAGE_WAIT_S)
    shown = alarm_page(presence, found, told)
    return page(request, "desk/exchange/alarm.html", {"page": shown}, current="exchange")


@require_GET
def evidence(request: HttpRequest, alarm: str) -> HttpResponse:
    """What shows it, signed, as one file."""
    presence = _presence(request)
    found = _alarm(presence, alarm)
    answer = HttpResponse(alarms.evidence(presence.record, found), content_type="application/zip")
    name = f"lanterne-alerte-{found.lie.value}-{alarm[:8]}.zip"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_POST
def seen(request: HttpRequest, alarm: str) -> HttpResponse:
    """This person has seen it: the banner leaves this device's pages, the alarm stays."""
    presence = _presence(request)
    found = _alarm(presence, alarm)
    record, raised = presence.record, presence.exchanges.raised
    # Those the page showed beside it, and no other that came since.
    together = set(request.POST.get("together", "")[:MOST_TOGETHER].split())
    for one in raised.read().alarms:
        same = (one.lie, one.about) == (found.lie, found.about) and one.name[-32:] in together
        if same or one.name == found.name:
            raised.mark(one.name, record.seat.id, record.person_of(record.seat.id), record.clock_ms())
    presence.exchanges.now(PAGE_WAIT_S)
    return _back("alarm_seen")


def _is_shown(request: HttpRequest, url: str) -> bool:
    """Whether the page that asks shows this very state already: its address says so."""
    return url.partition("?")[2] == request.META.get("QUERY_STRING", "")


def _presence(request: HttpRequest) -> Presence:
    presence = presence_of(request)
    presence.record.require(Right.READ_IDENTITY)
    return presence


def _alarm(presence: Presence, digits: str) -> Alarm:
    raised = presence.exchanges.raised
    for one in raised.read().alarms:
        if one.name.endswith(digits):
            found = raised.whole(one.name)
            if found is not None:
                return found
    raise Http404(_("Cette alerte n’est pas sur ce poste."))


def _back(said: str) -> HttpResponse:
    response = HttpResponse(status=303)
    response.headers["Location"] = reverse("exchange")
    return said_there(response, said)
