"""What every request passes: it came through our front, the record is ready, a refusal becomes a page that says why.

Law: an error arrives in words where the user is; nothing is logged and swallowed. No answer is kept by a browser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from sqlcipher3 import dbapi2 as sqlite

from lanterne.desk import faults
from lanterne.desk.opening import of_other_person, own_seat
from lanterne.desk.presence import Presence, current
from lanterne.practice.errors import TablesDamaged
from lanterne.wire.errors import LanterneError

Answer = Callable[[HttpRequest], HttpResponseBase]


class DeskRequest(HttpRequest):
    """A request once through the doorway, for type hints: it knows whose record this process serves."""

    presence: Presence


class Doorway:
    """Outermost: refuses what did not come through the front, shows the preparation page, forbids caching."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """See class."""
        presence = current()
        if not presence.is_front(request.META.get("HTTP_X_LANTERNE_FRONT", "")):
            return HttpResponse("403", status=403, content_type="text/plain")
        request.presence = presence  # type: ignore[attr-defined]
        with translation.override(settings.LANGUAGE_CODE):
            if presence.preparation.ready.is_set():
                response = self.get_response(request)
            else:
                response = _preparing(request, presence)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response


class Refusals:
    """Innermost: a form of another person is refused, an error of the record becomes its page."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """See class."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Answer, args: Sequence[object], kwargs: Mapping[str, object]
    ) -> HttpResponseBase | None:
        """Django's hook: no form is taken under another access than the one it was shown under."""
        carried = request.POST.get("seat", "") if request.method == "POST" else ""
        return of_other_person(request) if carried and carried != own_seat(request) else None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Django's hook: None lets an unforeseen fault reach handler500, which says so."""
        if isinstance(error, TablesDamaged) or type(error) is sqlite.DatabaseError:
            # A page of the read tables does not verify: nothing of it is shown, and the journal has everything.
            presence = current()
            presence.heal()
            return _preparing(request, presence)
        if isinstance(error, LanterneError):
            return faults.explain(request, error)
        return None


def _preparing(request: HttpRequest, presence: Presence) -> HttpResponse:
    preparation = presence.preparation
    if preparation.fault is not None:
        return faults.explain(request, preparation.fault)
    percent = 100 * preparation.done // preparation.total if preparation.total else 0
    answer = render(request, "desk/preparing.html", {"percent": min(percent, 99)}, status=503)
    answer.headers["Retry-After"] = "1"
    answer.headers["Refresh"] = "1"
    return answer
