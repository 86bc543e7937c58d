"""Forms of the practice, its persons, and their accesses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from lanterne.desk.forms.base import ItemForm
from lanterne.desk.forms.fields import WhenField, choice, words
from lanterne.practice.kinds import Body
from lanterne.practice.team.facts import PersonDescribed, PracticeDescribed

ROLES = [
    ("doctor", _("Médecin")),
    ("locum", _("Médecin remplaçant")),
    ("midwife", _("Sage-femme")),
    ("nurse", _("Infirmier")),
    ("secretary", _("Secrétaire")),
]
# A signature is a small picture; a scanned page is not one.
SIGNATURE_BYTES = 512 * 1024


def _hidden() -> forms.CharField:
    return forms.CharField(required=False, widget=forms.HiddenInput, max_length=32)


class PracticeForm(ItemForm):
    """Name and address of the practice."""

    noun = "practice"
    body_type = PracticeDescribed
    title = _("Le cabinet")
    correct_title = _("Le cabinet")

    name = words(_("Nom du cabinet"), required=True, limit=200, autofocus="autofocus")
    address = words(_("Adresse"), rows=2, limit=300)
    postcode = words(_("Code postal"), limit=10, inputmode="numeric")
    city = words(_("Ville"), limit=100)
    phone = words(_("Téléphone"), limit=30, inputmode="tel")
    email = words(_("Courriel"), limit=200, inputmode="email")
    finess = words(_("FINESS"), limit=20)
    replaces = _hidden()


class PersonForm(ItemForm):
    """A person, with what printing needs (article R.5132-3 CSP)."""

    noun = "person"
    body_type = PersonDescribed
    title = _("Modifier une personne")
    correct_title = _("Modifier une personne")

    title_ = words(_("Titre"), limit=20)
    given_name = words(_("Prénom"), limit=100)
    family_name = words(_("Nom"), required=True, limit=100)
    role = choice(_("Fonction"), ROLES, initial="doctor")
    administrator = forms.BooleanField(label=_("Administrateur"), required=False)
    rpps = words(_("RPPS"), limit=20, inputmode="numeric")
    assurance_maladie = words(_("Numéro d’Assurance maladie"), limit=20, inputmode="numeric")
    specialty = words(_("Spécialité"), limit=100)
    phone = words(_("Téléphone"), limit=30, inputmode="tel")
    email = words(_("Courriel"), limit=200, inputmode="email")
    letterhead_lines = words(_("En-tête des documents"), rows=4, limit=1_000)
    signature = forms.FileField(label=_("Image de la signature"), required=False)
    left = WhenField(label=_("Parti(e) le"))
    replaces = _hidden()

    def clean_signature(self) -> Any:
        """A picture, small."""
        file = self.cleaned_data.get("signature")
        if file is not None and file.size > SIGNATURE_BYTES:
            raise forms.ValidationError(now("Cette image est trop grosse : 500 ko au plus."))
        return file

    def described(self, person: str, signature: tuple[str, str]) -> PersonDescribed:
        """The person stated. `signature` is (blob, key)."""
        held = self.cleaned_data
        same = (
            "given_name",
            "family_name",
            "administrator",
            "rpps",
            "assurance_maladie",
            "specialty",
            "phone",
            "email",
            "left",
        )
        return PersonDescribed(
            person=person,
            title=held["title_"],
            role=held["role"] or "doctor",
            letterhead=[line for line in held["letterhead_lines"].splitlines() if line.strip()],
            signature_blob=signature[0],
            signature_key=signature[1],
            **{name: held[name] for name in same},
        )

    @classmethod
    def initial_of(cls, body: Body, at: str | None) -> dict[str, Any]:
        """What the fields hold for a correction."""
        values = super().initial_of(body, at)
        values["title_"] = values.pop("title")
        values["letterhead_lines"] = "\n".join(values.pop("letterhead"))
        return values


class AccessForm(ItemForm):
    """A passphrase for an access on this device, typed by its owner; an end for a locum."""

    noun = "access"
    body_type = PersonDescribed
    title = _("Donner un accès sur ce poste")
    correct_title = _("Donner un accès sur ce poste")

    passphrase = forms.CharField(
        label=_("Phrase de passe"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        help_text=_(
            "Tapée par la personne elle-même. 12 caractères au moins ; quatre mots sans lien se retiennent bien."
        ),
    )
    again = forms.CharField(
        label=_("La même encore"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )
    until = WhenField(
        label=_("Jusqu’au"), help_text=_("Pour un remplaçant : l’accès s’éteint de lui-même ce jour-là.")
    )

    def clean(self) -> dict[str, Any]:
        """Both agree."""
        values = super().clean() or {}
        if values.get("passphrase") != values.get("again"):
            self.add_error("again", now("Les deux ne sont pas les mêmes."))
        return values


class NewPersonForm(AccessForm):
    """Somebody new: who, what they do, their passphrase."""

    title = _("Ajouter une personne")
    correct_title = _("Ajouter une personne")

    name = words(_("Titre, prénom et nom"), required=True, limit=100, autofocus="autofocus")
    role = choice(_("Fonction"), ROLES, initial="secretary")
    administrator = forms.BooleanField(label=_("Administrateur"), required=False)
    field_order = ("name", "role", "administrator", "passphrase", "again", "until")
