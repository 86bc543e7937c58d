"""The form that files or classifies a document."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lanterne.desk.forms.base import ItemForm, moment_field
from lanterne.desk.forms.fields import choice, words
from lanterne.desk.sentences import sentence
from lanterne.practice.documents.facts import DocumentFiled
from lanterne.practice.errors import Refusal

KINDS = [
    ("letter", _("Courrier")),
    ("lab-report", _("Résultats de laboratoire")),
    ("imaging", _("Imagerie")),
    ("hospital-report", _("Compte rendu d’hospitalisation")),
    ("prescription", _("Ordonnance")),
    ("certificate", _("Certificat")),
    ("administrative", _("Administratif")),
    ("photo", _("Photo")),
    ("other", _("Autre")),
]


class DocumentForm(ItemForm):
    """What a document is; the file itself comes beside."""

    noun = "document"
    body_type = DocumentFiled
    title = _("Classer un document")
    correct_title = _("Classer le document")

    title_ = words(_("Titre"), limit=300)
    document_kind = choice(_("Genre"), KINDS, initial="letter")
    at = moment_field(_("Date du document"))
    sender = words(_("Expéditeur"), limit=200)
    comment = words(_("Commentaire"), rows=2, limit=2_000)

    def about(self) -> dict[str, str]:
        """What was typed, for the body."""
        return {
            "title": self.cleaned_data["title_"],
            "document_kind": self.cleaned_data["document_kind"] or "other",
            "sender": self.cleaned_data["sender"],
            "comment": self.cleaned_data["comment"],
        }

    def refuse(self, refusal: Refusal) -> None:
        """The body's title is this form's title_."""
        field = {"title": "title_"}.get(refusal.field, refusal.field)
        self.add_error(field if field in self.fields else None, sentence(refusal))
