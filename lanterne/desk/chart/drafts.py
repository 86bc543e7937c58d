"""What is being typed, kept on the disk as one types: sealed to the seat, outside the record, dropped once written.

A draft is nobody's but its author's on this device. It survives closing the browser, a lock, and a kill. What
was written from it is no draft any more, even when a kill came between the writing and the dropping; what was
typed after that is.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from lanterne.desk.chart import resent
from lanterne.desk.forms.fields import PARIS
from lanterne.desk.frame.view import When, when
from lanterne.desk.opening import Opened, for_its_patient, opened
from lanterne.wire import packing

# A consultation of fifty pages fits; the record's own limit on a field is checked when it is written.
LARGEST_BYTES = 1024 * 1024
CONSULTATION = "consultation"

# Reading the number kept and keeping a higher one is one act: two tabs post at the same moment.
_keeping = threading.Lock()


@dataclass(frozen=True, slots=True)
class Draft:
    """What a form held when it was last kept, field by field, and when that was."""

    fields: dict[str, str]
    kept: When
    number: int
    url: str = ""
    at_ms: int = 0


def name_of(patient: str, slot: str) -> str:
    """The file's name: says nothing of the patient to who has no key."""
    return "draft-" + hashlib.sha256(f"{patient}/{slot}".encode()).hexdigest()[:32]


def kept(seen: Opened, slot: str) -> Draft | None:
    """The draft of one form of this chart, if any, under a fact id that is still to be written."""
    found = _held(seen, slot)
    first = resent.written(seen, found.fields.get("fact", "")) if found is not None else None
    if found is None or first is None:
        return found
    if found.at_ms <= first.written_ms:
        drop(seen, slot)  # written from it, then something came before it was dropped
        return None
    return replace(found, fields={**found.fields, "fact": ""})


def _held(seen: Opened, slot: str) -> Draft | None:
    raw = seen.presence.record.local.get(name_of(seen.chart.patient, slot))
    if raw is None:
        return None
    held = packing.decode(raw, max_bytes=LARGEST_BYTES * 2)
    local = datetime.fromtimestamp(int(held["at"]) / 1000, UTC).astimezone(PARIS)
    fields = {str(name): str(value) for name, value in held["fields"].items()}
    shown = when(local.strftime("%Y-%m-%dT%H:%M"))
    return Draft(fields, shown, int(held["number"]), at_ms=int(held["at"]))


def drop(seen: Opened, slot: str) -> None:
    """Forget a draft: what it held is in the record now."""
    with _keeping:
        seen.presence.record.local.remove(name_of(seen.chart.patient, slot))


def newest_consultation_draft(seen: Opened) -> Draft | None:
    """The consultation begun and not finished in this chart."""
    found = kept(seen, CONSULTATION)
    if found is None or not any(value.strip() for name, value in found.fields.items() if name not in UNTYPED):
        return None
    return replace(found, url=reverse("consultation-new", args=[seen.chart.patient]))


# Fields of a form that nobody typed.
UNTYPED = ("patient", "fact", "place", "csrfmiddlewaretoken", "started")


@require_POST
@for_its_patient
def keep(request: HttpRequest, patient: str, slot: str) -> HttpResponse:
    """Keep what is typed: on the disk when this answers. An older text never replaces a newer one."""
    seen = opened(request, patient, full=False)
    if request.POST.get("discard"):
        drop(seen, slot)
        return HttpResponse(status=204)
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BYTES:
        return HttpResponse(status=413)
    number = request.headers.get("Lanterne-Draft", "0")
    sent = int(number) if number.isascii() and number.isdecimal() and len(number) <= 15 else 0
    fields = {name: str(value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    record = seen.presence.record
    with _keeping:
        held = _held(seen, slot)
        if held is None or held.number <= sent:
            packed = packing.encode({"at": record.clock_ms(), "number": sent, "fields": fields})
            record.local.put(name_of(seen.chart.patient, slot), packed)
    return HttpResponse(status=204)
