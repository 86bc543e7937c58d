"""Pages that say what went wrong, in French, without anything about a patient in logs or addresses."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lanterne.desk.sentences import sentence
from lanterne.practice.errors import NotAllowed, Refusal, UnknownFact, UnknownPatient
from lanterne.wire.errors import LanterneError


def explain(request: HttpRequest, error: LanterneError) -> HttpResponse:
    """The page of an error of the record: 403, 404, 409 (the form is another patient's, or changed meanwhile), 503."""
    said = sentence(error)
    if request.headers.get("HX-Request"):
        return _spoken(error, said)
    if isinstance(error, NotAllowed):
        return _page(request, "desk/errors/403.html", 403, said)
    if isinstance(error, UnknownPatient | UnknownFact):
        return _page(request, "desk/errors/404.html", 404, said)
    if isinstance(error, Refusal):
        name = (
            "desk/errors/mismatch.html"
            if error.code in ("other_patient", "form_of_other_patient")
            else "desk/errors/refused.html"
        )
        return _page(request, name, 409, said)
    return _page(request, "desk/errors/500.html", 503, said)


def _spoken(error: LanterneError, said: str) -> HttpResponse:
    """The same to a script: the sentence alone, for what was typed must stay on the screen."""
    status = 409 if isinstance(error, Refusal) else 503
    status = 403 if isinstance(error, NotAllowed) else status
    status = 404 if isinstance(error, UnknownPatient | UnknownFact) else status
    response = HttpResponse(status=status)
    response.headers["HX-Reswap"] = "none"
    response.headers["HX-Trigger"] = json.dumps({"lanterne:refused": {"text": said}}, ensure_ascii=True)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: it was not ours, or the page is from before the last unlock."""
    return _page(request, "desk/errors/403.html", 403, sentence(LanterneError("form.foreign")))


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A form that is malformed, or larger than any of ours."""
    return _page(request, "desk/errors/refused.html", 400, sentence(LanterneError("form.unreadable")))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address that is none of ours."""
    return _page(request, "desk/errors/404.html", 404, "")


def failed(request: HttpRequest) -> HttpResponse:
    """An unforeseen fault: nothing was written unless it was said to be."""
    return _page(request, "desk/errors/500.html", 500, "")


def _page(request: HttpRequest, template: str, status: int, said: str) -> HttpResponse:
    return render(request, template, {"reason": said}, status=status)
