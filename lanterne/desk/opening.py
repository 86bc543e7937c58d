"""How a view gets at a record: open the chart (right checked, trace written), refuse a form of another patient."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from lanterne.desk import faults
from lanterne.desk.forms.fields import PARIS
from lanterne.desk.frame import build
from lanterne.desk.frame.view import PatientBand
from lanterne.desk.presence import Presence
from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.chart.queries import Summary, summary
from lanterne.practice.conflicts.queries import of_chart
from lanterne.practice.errors import NotAllowed, Refusal, UnknownPatient
from lanterne.practice.patients import queries as patients
from lanterne.practice.patients.queries import Identity
from lanterne.practice.reading import OpenChart, open_chart
from lanterne.practice.record import Writer
from lanterne.practice.rights import Right
from lanterne.wire.names import FactId, PatientId

View = Callable[..., HttpResponseBase]

THEME_COOKIE = "lanterne_theme"
SAVED_COOKIE = "lanterne_saved"


@dataclass(frozen=True, slots=True)
class Opened:
    """A chart as a view sees it: open, with who it is and, for those who may read it, what must not be missed."""

    presence: Presence
    chart: OpenChart
    identity: Identity
    summary: Summary | None
    band: PatientBand
    people: build.People

    @property
    def must_know(self) -> Summary:
        """What must not be missed, for pages that are nothing without it.

        Raises:
            NotAllowed: opened by somebody who may not read it.
        """
        if self.summary is None:
            raise NotAllowed("identity only")
        return self.summary

    @property
    def may_write(self) -> bool:
        """Whether the reader may write in the clinical part."""
        return Right.WRITE_CHART in self.chart.reader.rights and self.chart.medical


def presence_of(request: HttpRequest) -> Presence:
    """The presence the doorway attached."""
    presence: Presence = request.presence  # type: ignore[attr-defined]
    return presence


def writer_of(request: HttpRequest) -> Writer:
    """Who is here."""
    return presence_of(request).record.writer()


def today(presence: Presence) -> date:
    """The day in Paris by the record's clock."""
    return datetime.fromtimestamp(presence.record.clock_ms() / 1000, UTC).astimezone(PARIS).date()


def opened(
    request: HttpRequest, patient: str, *, what: str = "chart", object_id: str = "", full: bool = True
) -> Opened:
    """Open a chart for a view. A reader without the medical right gets identity only.

    Args:
        what: the word of the trace.
        full: read the summary too (the band needs the allergies).

    Raises:
        NotAllowed, UnknownPatient: see practice.reading.
    """
    presence = presence_of(request)
    chart = open_chart(presence.record, presence.traces, PatientId(patient), what=what, object_id=object_id)
    identity = patients.identity(chart.connection, chart.patient)
    if identity is None:
        raise UnknownPatient("no such patient")
    held = summary(chart, today=today(presence)) if full and chart.medical else None
    in_doubt = held is not None and any(one.kind == AllergyRecorded.KIND for one in of_chart(chart))
    band = build.band(presence, identity, held, allergies_in_doubt=in_doubt)
    return Opened(presence, chart, identity, held, band, build.People(presence))


def opened_widest(request: HttpRequest, patient: str) -> Opened:
    """The chart for those who may read it, else the identity: pages a secretary sees too."""
    reader = writer_of(request)
    return opened(request, patient, what="chart" if Right.READ_CHART in reader.rights else "identity")


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, current: str = "", status: int = 200
) -> HttpResponse:
    """Render a page in its frame, with what was said to be « enregistré » just before."""
    presence = presence_of(request)
    saved = (request.COOKIES[SAVED_COOKIE],) if request.COOKIES.get(SAVED_COOKIE) in SAVED_TEXTS else ()
    frame = build.frame(
        presence, presence.record.writer(), current=current, theme=request.COOKIES.get(THEME_COOKIE, ""),
        saved=tuple(gettext(SAVED_TEXTS[key]) for key in saved),
    )  # fmt: skip
    response = render(request, template, {"frame": frame, **context}, status=status)
    if saved:
        response.delete_cookie(SAVED_COOKIE)
    return response


def dialog_or_page(
    request: HttpRequest, dialog: str, whole: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The dialog alone when a script asked for it, else a page of its own; a form that is the page (chart/form.html) is
    answered by the page.
    """
    if request.headers.get("HX-Request") and request.headers.get("HX-Target") != "content":
        return render(request, dialog, context, status=status)
    return page(request, whole, context, status=status)


def fact_id(request: HttpRequest) -> FactId | None:
    """The id drawn when the form was shown."""
    value = request.POST.get("fact", "")
    return FactId(value) if len(value) == 32 and all(c in "0123456789abcdef" for c in value) else None


def own_seat(request: HttpRequest) -> str:
    """The word by which a form says under whose access it was shown: 16 hex of the seat's id."""
    return presence_of(request).record.seat.id[:16]


def seat_word(request: HttpRequest) -> dict[str, str]:
    """Context processor: `own_seat` for the forms (components/whose.html)."""
    return {"own_seat": own_seat(request)} if hasattr(request, "presence") else {}


def for_its_patient(view: View) -> View:
    """A form carries its patient and its author: refuse one shown for another chart than the address says (two tabs
    never mix), or under another person's access (a draft is never retried into somebody else's session).
    """

    @wraps(view)
    def guarded(request: HttpRequest, patient: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            carried = request.POST.get("patient", "")
            shown = request.headers.get("Lanterne-Patient", carried)
            if carried != patient or (shown and shown != patient):
                return mismatch(request, carried, patient)
            if request.POST.get("seat", "") != own_seat(request):
                return of_other_person(request)
        return view(request, patient, *args, **kwargs)

    return guarded


def of_other_person(request: HttpRequest) -> HttpResponse:
    """The answer to a form shown under another access. Nothing was written."""
    response = faults.explain(request, Refusal("form_of_other_person"))
    response.headers["Lanterne-Refused"] = "otherPerson"  # what draft.js says of it
    return response


def mismatch(request: HttpRequest, carried: str, shown: str) -> HttpResponse:
    """The page that says the form is another patient's. Nothing was written."""
    if request.headers.get("HX-Request"):
        return faults.explain(request, Refusal("form_of_other_patient"))
    connection = presence_of(request).record.connection()
    context: dict[str, str] = {}
    for key, identifier in (("form_patient", carried), ("page_patient", shown)):
        identity = patients.identity(connection, PatientId(identifier)) if len(identifier) == 32 else None
        if identity is not None:
            context[key] = build.display_name(identity)
            context[f"{key}_url"] = reverse("chart", args=[identity.patient])
    return render(request, "desk/errors/mismatch.html", context, status=409)


def written(request: HttpRequest, url: str, said: str = "saved", *, stays: bool = False) -> HttpResponse:
    """After a write: close the dialog and refresh what shows it (htmx), or go to `url` and say « enregistré » there.

    Args:
        stays: a dialog that opens over any page leaves that page as it is, with what is being typed there.
    """
    asked_by_script = bool(request.headers.get("HX-Request"))
    over_a_page = stays and request.headers.get("HX-Target") != "content"
    if asked_by_script and (over_a_page or _follows(request)):
        text = gettext(SAVED_TEXTS[said])
        response = HttpResponse(status=204)
        response.headers["HX-Trigger"] = _trigger(text)
        return response
    response = HttpResponse(status=204 if asked_by_script else 303)
    response.headers["HX-Redirect" if asked_by_script else "Location"] = url
    return said_there(response, said)


def said_there(response: HttpResponse, said: str) -> HttpResponse:
    """The answer that leads to another page, where what was done is said: `said` is a key of SAVED_TEXTS."""
    response.set_cookie(SAVED_COOKIE, said, max_age=30, httponly=True, samesite="Strict")
    return response


# Pages that show again by themselves what was written (event lanterne:written).
FOLLOWING = ("chart", "timeline", "consultation-new", "consultation-correct", "tasks")


def _follows(request: HttpRequest) -> bool:
    """Whether the page stays: it follows what is written, and the form that wrote was not the page itself."""
    if request.headers.get("HX-Target") == "content":
        return False
    try:
        return resolve(urlsplit(request.headers.get("HX-Current-URL", "")).path).url_name in FOLLOWING
    except Resolver404:
        return False


def _trigger(text: str) -> str:
    return json.dumps({"lanterne:saved": {"text": text}, "lanterne:written": {}}, ensure_ascii=True)


SAVED_TEXTS: dict[str, str] = {
    "saved": _("Enregistré sur ce poste."),
    "withdrawn": _("Retiré comme saisi par erreur. L’original reste lisible."),
    "seen": _("Classé : vu par vous, il reste au dossier."),
    "ended": _("Fait. Les accès sont retirés."),
    "device_added": _("Le poste fait partie du cabinet."),
    "cancelled": _("Annulé. Il reste lisible au bas de sa journée."),
    "device_cancelled": _("Ajout annulé : aucun poste n’a été accepté."),
    "handed": _("Confié."),
    "attached": _("Rattaché : le document est au dossier."),
    "discarded": _("Écarté."),
    "nudged": _("Échange demandé."),
    "alarm_seen": _("Marquée comme vue par vous. L’alerte et sa preuve restent sur la page « Échanges »."),
    "settled": _("Quelqu’un s’en est occupé entre-temps."),
}
