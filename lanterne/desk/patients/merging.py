"""Two records that may be one person: compare, merge, undo, or say that they are two. Every act is undoable."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lanterne.desk.forms.fields import french
from lanterne.desk.frame.build import display_name
from lanterne.desk.opening import dialog_or_page, fact_id, for_its_patient, opened_widest, page, written
from lanterne.desk.patients.identity import spaced
from lanterne.desk.patients.view import Compared, MergePage
from lanterne.practice.errors import UnknownFact, UnknownPatient
from lanterne.practice.patients import queries
from lanterne.practice.patients.queries import Identity
from lanterne.practice.patients.tying import DeclareDistinct, MergePatients, UndoMerge
from lanterne.practice.recording import record
from lanterne.wire.names import FactId, PatientId


@require_http_methods(["GET", "POST"])
@for_its_patient
def merge(request: HttpRequest, patient: str, other: str) -> HttpResponse:
    """Two charts side by side; posted, they read as one."""
    seen, beside = opened_widest(request, patient), opened_widest(request, other)
    left, right = seen.identity, beside.identity
    if request.method == "POST":
        keep_left = request.POST.get("keep", "left") == "left"
        kept, absorbed = (left, right) if keep_left else (right, left)
        command = MergePatients(kept.patient, absorbed.patient, kept.fact, absorbed.fact, fact_id(request))
        record(seen.presence.record, command)
        return written(request, reverse("identity", args=[kept.patient]))
    shown = MergePage(
        band=seen.band,
        left_id=left.patient,
        left_name=display_name(left),
        right_id=right.patient,
        right_name=display_name(right),
        lines=_lines(left, right),
        action_url=reverse("merge", args=[patient, other]),
        back_url=reverse("distinct", args=[patient, other]),
        suggested="left" if _rank(left) >= _rank(right) else "right",
    )
    context = {"page": shown, "band": seen.band, "fact": seen.presence.record.draw_id()}
    return page(request, "desk/patients/merge.html", context)


@require_http_methods(["GET", "POST"])
@for_its_patient
def distinct(request: HttpRequest, patient: str, other: str) -> HttpResponse:
    """Say that they are two persons: no longer suspected."""
    seen = opened_widest(request, patient)
    if request.method == "POST":
        record(seen.presence.record, DeclareDistinct(seen.chart.patient, PatientId(other), fact_id(request)))
        return written(request, reverse("identity", args=[patient]))
    beside = queries.identity(seen.chart.connection, PatientId(other))
    if beside is None:
        raise UnknownPatient("no such patient")
    context = {
        "band": seen.band,
        "title": _("Deux personnes différentes"),
        "text": _("« %(name)s » ne sera plus proposé comme doublon de ce patient.")
        % {"name": display_name(beside)},
        "submit": _("Ce sont deux personnes"),
        "action_url": reverse("distinct", args=[patient, other]),
        "back_url": reverse("identity", args=[patient]),
        "fact": seen.presence.record.draw_id(),
    }
    return dialog_or_page(request, "desk/patients/confirm.html", "desk/patients/confirm_page.html", context)


@require_http_methods(["GET", "POST"])
@for_its_patient
def undo(request: HttpRequest, patient: str, fact: str) -> HttpResponse:
    """Separate two records again: each keeps what was written in it."""
    seen = opened_widest(request, patient)
    if fact not in [version.fact for version in queries.merges(seen.chart.connection, seen.chart.patient)]:
        raise UnknownFact("no such merge of this patient")
    if request.method == "POST":
        record(seen.presence.record, UndoMerge(seen.chart.patient, FactId(fact), "", fact_id(request)))
        return written(request, reverse("identity", args=[patient]))
    context = {
        "band": seen.band,
        "title": _("Séparer de nouveau"),
        "text": _("Chaque dossier retrouve ce qui y a été écrit. Rien n’est effacé."),
        "submit": _("Séparer les dossiers"),
        "action_url": reverse("merge-undo", args=[patient, fact]),
        "back_url": reverse("identity", args=[patient]),
        "fact": seen.presence.record.draw_id(),
    }
    return dialog_or_page(request, "desk/patients/confirm.html", "desk/patients/confirm_page.html", context)


def _rank(identity: Identity) -> int:
    order = ("provisional", "retrieved", "validated", "qualified")
    return order.index(identity.status)


def _lines(left: Identity, right: Identity) -> tuple[Compared, ...]:
    def both(label: str, name: str) -> Compared:
        return Compared(label, str(getattr(left, name)), str(getattr(right, name)))

    def ins(identity: Identity) -> str:
        return spaced(identity.ins.matricule) if identity.ins else ""

    return (
        both(_("Nom de naissance"), "birth_name"),
        both(_("Premier prénom"), "first_given"),
        Compared(_("Prénoms de naissance"), " ".join(left.given_names), " ".join(right.given_names)),
        both(_("Nom utilisé"), "used_name"),
        Compared(_("Date de naissance"), french(left.birth_date), french(right.birth_date)),
        both(_("Lieu de naissance"), "birth_place"),
        Compared(_("Matricule INS"), ins(left), ins(right)),
    )
