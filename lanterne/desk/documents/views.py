"""Filing a document, reading one in the page, its bytes.

What a file is comes from its bytes (practice.documents.rules); what is not PDF, image or text is only ever offered to
be saved. The bytes are served with a policy of their own that runs nothing.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lanterne.desk.documents.view import DepositPage, DocumentPage
from lanterne.desk.forms.document import KINDS, DocumentForm
from lanterne.desk.frame.build import day_only
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
from lanterne.desk.sentences import sentence
from lanterne.practice.chart import commands
from lanterne.practice.chart.statements import Statement, one, standing
from lanterne.practice.documents.commands import FileDocument
from lanterne.practice.documents.facts import DocumentFiled
from lanterne.practice.documents.files import content_of, keep
from lanterne.practice.documents.rules import LARGEST_BYTES, SHOWN
from lanterne.practice.errors import Refusal
from lanterne.practice.recording import record
from lanterne.wire.errors import LanterneError
from lanterne.wire.names import FactId

# The bytes of a document run nothing and load nothing; only our own viewer may frame them.
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
)
SANDBOXED = POLICY + "; sandbox"


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
        command = commands.Record(
            seen.chart.patient, DocumentFiled(**values), form.moment(), (FactId(fact),), fact_id(request)
        )
        try:
            record(seen.presence.record, command)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return written(request, reverse("chart", args=[patient]))
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
    order = [other.id for other in standing(seen.chart, DocumentFiled)]
    place = order.index(item.id) if item.id in order else -1
    file_url = reverse("document-file", args=[patient, fact])
    text, fault = "", ""
    shows = {"application/pdf": "pdf", "text/plain": "text"}
    show = shows.get(body.media_type, "image" if body.media_type.startswith("image/") else "other")
    try:
        content = content_of(seen.presence.record, body)
        text = content.decode("utf-8", "replace") if show == "text" else ""
    except LanterneError as error:
        fault = sentence(error)
    viewer = DocumentPage(
        band=seen.band,
        title=body.title,
        kind=str(dict(KINDS)[body.document_kind]),
        at=day_only(item.day),
        sender=body.sender,
        size=size_text(body.size),
        show=show if body.media_type in SHOWN else "other",  # type: ignore[arg-type]
        file_url=file_url,
        download_url=f"{file_url}?enregistrer=1",
        provenance=seen.people.provenance(item, seen.chart.patient, may_write=seen.may_write),
        text=text,
        fault=fault,
        classify_url=reverse("document-classify", args=[patient, fact])
        if seen.may_write and item.live
        else "",
        previous_url=reverse("document", args=[patient, order[place + 1]])
        if 0 <= place < len(order) - 1
        else "",
        next_url=reverse("document", args=[patient, order[place - 1]]) if place > 0 else "",
    )
    return page(request, "desk/documents/viewer.html", {"band": seen.band, "page": viewer})


@require_GET
def file(request: HttpRequest, patient: str, fact: str) -> HttpResponse:
    """The bytes, typed by what they are; anything not shown in the page is only saved."""
    seen = opened(request, patient, what="document", object_id=fact, full=False)
    _item, body = _document(seen, fact)
    content = content_of(seen.presence.record, body)
    shown = body.media_type in SHOWN and "enregistrer" not in request.GET
    response = HttpResponse(content, content_type=body.media_type if shown else "application/octet-stream")
    if shown and body.media_type == "text/plain":
        response.headers["Content-Type"] = "text/plain; charset=utf-8"
    extension = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "text/plain": ".txt"}
    # The name given to the saved file says nothing of the patient.
    name = f"document-{fact[:8]}{extension.get(body.media_type, '.bin')}"
    response.headers["Content-Disposition"] = f'{"inline" if shown else "attachment"}; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Chromium's PDF viewer does not start in a sandbox; a PDF runs nothing of ours.
    response.headers["Content-Security-Policy"] = (
        POLICY if body.media_type == "application/pdf" else SANDBOXED
    )
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def _document(seen: Opened, fact: str) -> tuple[Statement[DocumentFiled], DocumentFiled]:
    item = one(seen.chart, FactId(fact))
    if not isinstance(item.body, DocumentFiled):
        raise Http404
    return item, item.body


def size_text(size: int) -> str:
    """A size in French: o, ko, Mo."""
    if size < 1_000:
        return f"{size} o"
    if size < 1_000_000:
        return f"{size / 1_000:.0f} ko"
    return f"{size / 1_000_000:.1f} Mo".replace(".", ",")
