"""Forms of allergies, problems, ALD, treatments, vaccinations, procedures, family, lifestyle, notes."""

from __future__ import annotations

from typing import Any

import msgspec
from django import forms
from django.utils.translation import gettext_lazy as _

from lanterne.desk.forms.base import ItemForm, moment_field
from lanterne.desk.forms.fields import NumberField, WhenField, choice, words
from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.family.facts import FamilyRecorded
from lanterne.practice.immunizations.facts import ImmunizationRecorded
from lanterne.practice.kinds import Body, Coding
from lanterne.practice.lifestyle.facts import LifestyleRecorded
from lanterne.practice.notes.facts import NoteRecorded
from lanterne.practice.problems.facts import AldRecorded, ProblemRecorded
from lanterne.practice.procedures.facts import ProcedureRecorded
from lanterne.practice.treatments.facts import TreatmentRecorded
from lanterne.reference import diagnoses

RELATIONS = {
    "mother": _("Mère"),
    "father": _("Père"),
    "sister": _("Sœur"),
    "brother": _("Frère"),
    "daughter": _("Fille"),
    "son": _("Fils"),
    "grandmother": _("Grand-mère"),
    "grandfather": _("Grand-père"),
    "aunt": _("Tante"),
    "uncle": _("Oncle"),
    "other": _("Autre"),
}
TOPICS = {
    "tobacco": _("Tabac"),
    "alcohol": _("Alcool"),
    "drugs": _("Autres substances"),
    "activity": _("Activité physique"),
    "diet": _("Alimentation"),
    "occupation": _("Profession"),
    "household": _("Foyer"),
    "exposure": _("Exposition"),
    "other": _("Autre"),
}


class Coded(ItemForm):
    """A form whose label may be one of the diagnoses list: the code follows the label chosen there."""

    def body(self) -> Body:
        """See ItemForm.body; a label found in the list carries its code, another one none."""
        body = super().body()
        label = self.cleaned_data["label"]
        found = diagnoses.labelled(label)
        if found is None:
            return body
        coding = Coding(system=diagnoses.SYSTEM, code=found.code, display=found.label)
        return msgspec.structs.replace(body, coding=coding)


def diagnosis(label: Any) -> forms.CharField:
    """A label with suggestions from the diagnoses list as one types."""
    field = words(label, required=True, limit=300, autofocus="autofocus")
    field.widget.attrs.update({"list": "diagnoses", "data-suggest": "/references/diagnostics"})
    return field


class AllergyForm(ItemForm):
    """An allergy or an intolerance."""

    noun = "allergy"
    body_type = AllergyRecorded
    title = _("Nouvelle allergie ou intolérance")
    correct_title = _("Corriger l’allergie")

    substance = words(_("Substance"), required=True, limit=200, autofocus="autofocus")
    nature = choice(
        _("Nature"), [("allergy", _("Allergie")), ("intolerance", _("Intolérance"))], initial="allergy"
    )
    category = choice(
        _("Type"),
        [
            ("medication", _("Médicament")),
            ("food", _("Aliment")),
            ("environment", _("Environnement")),
            ("biologic", _("Produit biologique")),
            ("other", _("Autre")),
        ],
        initial="medication",
    )
    criticality = choice(
        _("Gravité possible"),
        [("unable-to-assess", _("Non évaluée")), ("high", _("Élevée")), ("low", _("Faible"))],
        initial="unable-to-assess",
    )
    reaction = words(_("Réaction"), limit=500)
    verification = choice(
        _("Certitude"),
        [("confirmed", _("Confirmée")), ("unconfirmed", _("À confirmer")), ("refuted", _("Écartée"))],
        initial="confirmed",
    )
    clinical = choice(
        _("État"),
        [("active", _("Active")), ("inactive", _("Inactive")), ("resolved", _("Résolue"))],
        initial="active",
    )
    onset = WhenField(label=_("Depuis"))
    comment = words(_("Commentaire"), rows=2, limit=2_000)


class ProblemForm(Coded):
    """A problem or a past illness."""

    noun = "problem"
    body_type = ProblemRecorded
    title = _("Nouveau problème ou antécédent")
    correct_title = _("Corriger le problème")

    label = diagnosis(_("Problème"))
    clinical = choice(
        _("État"),
        [
            ("active", _("Actif")),
            ("recurrence", _("Récidive")),
            ("remission", _("En rémission")),
            ("inactive", _("Inactif")),
            ("resolved", _("Résolu (antécédent)")),
        ],
        initial="active",
    )
    verification = choice(
        _("Certitude"),
        [("confirmed", _("Confirmé")), ("provisional", _("À confirmer")), ("refuted", _("Écarté"))],
        initial="confirmed",
    )
    onset = WhenField(label=_("Début"))
    abatement = WhenField(label=_("Fin"))
    comment = words(_("Commentaire"), rows=2, limit=2_000)


class AldForm(Coded):
    """A long illness at 100 %."""

    noun = "ald"
    body_type = AldRecorded
    title = _("Nouvelle affection de longue durée")
    correct_title = _("Corriger l’affection de longue durée")

    label = diagnosis(_("Affection"))
    list_number = forms.IntegerField(
        label=_("Numéro dans la liste"), required=False, min_value=0, max_value=32
    )
    since = WhenField(label=_("Depuis"))
    until = WhenField(label=_("Jusqu’au"))
    comment = words(_("Commentaire"), rows=2, limit=2_000)

    def clean_list_number(self) -> int:
        """Empty is 0: unknown."""
        return self.cleaned_data.get("list_number") or 0


class TreatmentForm(ItemForm):
    """A medicine taken."""

    noun = "treatment"
    body_type = TreatmentRecorded
    title = _("Nouveau traitement en cours")
    correct_title = _("Corriger le traitement")

    substance = words(_("Substance (DCI) et dosage"), required=True, limit=200, autofocus="autofocus")
    brand = words(_("Nom de marque"), limit=200)
    posology = words(_("Posologie"), limit=500)
    route = words(_("Voie"), limit=60)
    reason = words(_("Motif"), limit=300)
    since = WhenField(label=_("Depuis"))
    until = WhenField(label=_("Jusqu’au"))
    as_needed = forms.BooleanField(label=_("Si besoin"), required=False)
    long_term = forms.BooleanField(label=_("Traitement au long cours"), required=False, initial=True)
    status = choice(
        _("État"),
        [
            ("active", _("En cours")),
            ("on-hold", _("Suspendu")),
            ("stopped", _("Arrêté")),
            ("completed", _("Terminé")),
        ],
        initial="active",
    )
    stop_reason = words(_("Motif d’arrêt"), limit=300)
    prescriber = words(_("Prescripteur"), limit=200)
    comment = words(_("Commentaire"), rows=2, limit=2_000)


class ImmunizationForm(ItemForm):
    """A vaccination."""

    noun = "vaccination"
    body_type = ImmunizationRecorded
    title = _("Nouvelle vaccination")
    correct_title = _("Corriger la vaccination")

    vaccine = words(_("Vaccin"), required=True, limit=200, autofocus="autofocus")
    at = moment_field(_("Date"))
    dose = words(_("Dose ou rappel"), limit=60)
    lot = words(_("Numéro de lot"), limit=60)
    site = words(_("Site d’injection"), limit=100)
    performer = words(_("Vaccinateur"), limit=200)
    status = choice(_("Fait"), [("completed", _("Fait")), ("not-done", _("Non fait"))], initial="completed")
    reason = words(_("Motif si non fait"), limit=300)
    comment = words(_("Commentaire"), rows=2, limit=2_000)


class ProcedureForm(ItemForm):
    """An operation or another act."""

    noun = "procedure"
    body_type = ProcedureRecorded
    title = _("Nouvel acte ou intervention")
    correct_title = _("Corriger l’acte")

    label = words(_("Acte"), required=True, limit=300, autofocus="autofocus")
    at = moment_field(_("Date"))
    performer = words(_("Fait par"), limit=200)
    comment = words(_("Commentaire"), rows=2, limit=2_000)


class FamilyForm(Coded):
    """An illness of a relative."""

    noun = "family"
    body_type = FamilyRecorded
    title = _("Nouvel antécédent familial")
    correct_title = _("Corriger l’antécédent familial")

    relation = choice(_("Parent"), list(RELATIONS.items()), initial="mother")
    label = diagnosis(_("Maladie"))
    age_at_onset = forms.IntegerField(
        label=_("Âge au début (ans)"), required=False, min_value=0, max_value=120
    )
    died_of_it = forms.BooleanField(label=_("En est décédé(e)"), required=False)
    comment = words(_("Commentaire"), rows=2, limit=2_000)

    def clean_age_at_onset(self) -> int:
        """Empty is −1: unknown."""
        age = self.cleaned_data.get("age_at_onset")
        return -1 if age is None else age

    @classmethod
    def initial_of(cls, body: Body, at: str | None) -> dict[str, Any]:
        """An unknown age is an empty field."""
        values = super().initial_of(body, at)
        if values.get("age_at_onset") == -1:
            values["age_at_onset"] = None
        return values


class LifestyleForm(ItemForm):
    """A habit or a risk factor."""

    noun = "lifestyle"
    body_type = LifestyleRecorded
    title = _("Mode de vie ou facteur de risque")
    correct_title = _("Corriger le mode de vie")

    topic = choice(_("Sujet"), list(TOPICS.items()), initial="tobacco")
    label = words(_("En clair"), required=True, limit=300, autofocus="autofocus")
    quantity = NumberField(label=_("Quantité"))
    unit = words(_("Unité"), limit=40)
    at_risk = forms.BooleanField(label=_("Facteur de risque"), required=False)
    comment = words(_("Commentaire"), rows=2, limit=2_000)


class NoteForm(ItemForm):
    """A note."""

    noun = "note"
    body_type = NoteRecorded
    title = _("Nouvelle note")
    correct_title = _("Corriger la note")

    text = words(_("Note"), required=True, rows=6, limit=50_000, autofocus="autofocus")
    pinned = forms.BooleanField(label=_("Garder en haut du dossier"), required=False)
    personal = forms.BooleanField(
        label=_("Note personnelle"),
        required=False,
        help_text=_("Lue par vous seul, jamais transmise ni imprimée."),
    )
