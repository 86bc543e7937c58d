"""What a field suggests while one types: labels of the reference tables, as options of a datalist.

Asked by POST: what is typed about a patient does not lie in an address.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html_join
from django.views.decorators.http import require_POST

from lanterne.reference import diagnoses, laboratory

MOST = 12


@require_POST
def diagnoses_list(request: HttpRequest) -> HttpResponse:
    """Diagnoses by words or code."""
    found = diagnoses.search(_asked(request), limit=MOST)
    return HttpResponse(
        format_html_join("", '<option value="{}">{}</option>', ((d.label, d.code) for d in found))
    )


@require_POST
def tests_list(request: HttpRequest) -> HttpResponse:
    """Laboratory tests by words or code."""
    found = laboratory.search(_asked(request), limit=MOST)
    return HttpResponse(
        format_html_join("", '<option value="{}">{}</option>', ((t.label, t.unit) for t in found))
    )


def _asked(request: HttpRequest) -> str:
    return request.POST.get("q", "")[:100]
