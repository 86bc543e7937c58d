"""Filing a document, reading one in the page, its bytes.

What a file is comes from its bytes (practice.documents.rules); what is not PDF, image or text is only ever offered to
be saved. The bytes are served with a policy of their own that runs nothing (desk.documents.serving).
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lanterne.desk.documents.page import document_page, same_file
from lanterne.desk.documents.serving import bytes_of, sent
from lanterne.desk.documents.view import DepositPage
from lanterne.desk.forms.document import DocumentForm
from lanterne.desk.frame.view import FormPage
from lanterne.desk.opening import (
    Opened,
    dialog_or_page,
    fact_id,
    for_its_patient,
    opened,
    opened_widest,
    page,
    written,
)
from lanterne.practice.chart.statements import Statement, one, standing, thread
from lanterne.practice.documents.commands import ClassifyDocument, FileDocument
from lanterne.practice.documents.facts import DocumentFiled
from lanterne.practice.documents.files import keep
from lanterne.practice.documents.rules import LARGEST_BYTES
from lanterne.practice.errors import Refusal
from lanterne.practice.recording import record
from lanterne.wire.names import FactId


@require_http_methods(["GET", "POST"])
@for_its_patient
def add(request: HttpRequest, patient: str) -> HttpResponse:
    """File one or several documents. Somebody who reads no charts files them blind."""
    seen = opened_widest(request, patient)
    form = DocumentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        files = request.FILES.getlist("files")
        if not files:
            form.add_error(None, _("Choisissez un fichier."))
        else:
            try:
                for number, file in enumerate(files):
                    _file(seen, form, file.read(), file.name or "", fact_id(request) if number == 0 else None)
            except Refusal as refusal:
                form.refuse(refusal)
            else:
                back = reverse("chart" if seen.chart.medical else "identity", args=[patient])
                return written(request, back)
    back = reverse("chart" if seen.chart.medical else "identity", args=[patient])
    context = {
        "band": seen.band,
        "form": form,
        "fact": seen.presence.record.draw_id(),
        "page": DepositPage(
            action_url=reverse("document-add", args=[patient]), back_url=back, patient=patient,
            blind=not seen.chart.medical, max_bytes=LARGEST_BYTES,
        ),
    }  # fmt: skip
    return page(request, "desk/documents/deposit.html", context, status=422 if form.errors else 200)


def _file(seen: Opened, form: DocumentForm, content: bytes, name: str, fact: FactId | None) -> None:
    kept = keep(seen.presence.record, content)
    about = form.about()
    about["title"] = about["title"] or name.rsplit(".", 1)[0][:300] or _("Document")
    body = DocumentFiled(
        blob=kept.blob, key=kept.key, size=kept.size, media_type=kept.media_type, file_name=name[:200], **about  # type: ignore[arg-type]
    )  # fmt: skip
    record(seen.presence.record, FileDocument(seen.chart.patient, body, form.moment(), fact))


@require_http_methods(["GET", "POST"])
@for_its_patient
def classify(request: HttpRequest, patient: str, fact: str) -> HttpResponse:
    """Say better what a document is; the file stays the same."""
    seen = opened(request, patient)
    item, body = _document(seen, fact)
    initial = {**DocumentForm.initial_of(body, item.at), "title_": body.title}
    form = DocumentForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = {name: getattr(body, name) for name in body.__struct_fields__}
        values.update(form.about())
        command = ClassifyDocument(
            seen.chart.patient, FactId(fact), DocumentFiled(**values), form.moment(), fact_id(request)
        )
        try:
            record(seen.presence.record, command)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return written(request, _back(request, patient))
    context = {
        "band": seen.band,
        "form": form,
        "fact": seen.presence.record.draw_id(),
        "page": FormPage(
            title=str(form.correct_title),
            action_url=reverse("document-classify", args=[patient, fact]),
            back_url=reverse("document", args=[patient, fact]),
            submit=_("Enregistrer"),
            patient=patient,
        ),
    }
    status = 422 if form.errors else 200
    return dialog_or_page(request, "desk/chart/form_dialog.html", "desk/chart/form.html", context, status)


@require_GET
def document(request: HttpRequest, patient: str, fact: str) -> HttpResponse:
    """One document in the page, with those before and after it in the chart."""
    seen = opened(request, patient, what="document", object_id=fact)
    item, body = _document(seen, fact)
    if not item.live:
        # The same file, described better since: it is read under its last description.
        for version in thread(seen.chart, item.id):
            if version.live and same_file(version.body, body):
                response = HttpResponse(status=303)
                response.headers["Location"] = reverse("document", args=[patient, version.id])
                return response
    order = [other.id for other in standing(seen.chart, DocumentFiled)]
    place = order.index(item.id) if item.id in order else -1
    viewer = replace(
        document_page(seen, item, body, looked=request.GET.get("vue", "")),
        previous_url=reverse("document", args=[patient, order[place + 1]])
        if 0 <= place < len(order) - 1
        else "",
        next_url=reverse("document", args=[patient, order[place - 1]]) if place > 0 else "",
    )
    context = {"band": seen.band, "page": viewer, "fact": seen.presence.record.draw_id()}
    return page(request, "desk/documents/viewer.html", context)


@require_GET
def file(request: HttpRequest, patient: str, fact: str) -> HttpResponse:
    """The bytes, typed by what they are; anything not shown in the page is only saved."""
    seen = opened(request, patient, what="document", object_id=fact, full=False)
    _item, body = _document(seen, fact)
    content = bytes_of(seen.presence.record, body.blob, body.key)
    return sent(content, body.media_type, f"document-{fact[:8]}", save="enregistrer" in request.GET)


@require_GET
def rendition(request: HttpRequest, patient: str, fact: str, number: int) -> HttpResponse:
    """The bytes of what is shown in place of the file: its text, a PDF or image inside."""
    seen = opened(request, patient, what="document", object_id=fact, full=False)
    _item, body = _document(seen, fact)
    if number >= len(body.renditions):
        raise Http404
    shown = body.renditions[number]
    content = bytes_of(seen.presence.record, shown.blob, shown.key)
    return sent(
        content, shown.media_type, f"document-{fact[:8]}-{number + 1}", save="enregistrer" in request.GET
    )


def _back(request: HttpRequest, patient: str) -> str:
    """Where the form was opened from: the list of arrivals, else the chart."""
    here = urlsplit(request.headers.get("HX-Current-URL", ""))
    try:
        listed = resolve(here.path).url_name == "arrival"
    except Resolver404:
        listed = False
    if not listed:
        return reverse("chart", args=[patient])
    return f"{here.path}?{here.query}" if here.query else here.path


def _document(seen: Opened, fact: str) -> tuple[Statement[DocumentFiled], DocumentFiled]:
    item = one(seen.chart, FactId(fact))
    if not isinstance(item.body, DocumentFiled):
        raise Http404
    return item, item.body
