"""Why something stayed text, in French, one sentence a kind and reason.

Law: nothing is dropped in silence; a doctor reads these lines, so they say what, how many, and why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable


def _(text: str) -> str:
    """Mark a French msgid for gettext; the sentence is translated at the boundary."""
    return text


SENTENCES: dict[str, str] = {
    "json_broken": _("Le fichier n’est pas un JSON lisible : il est abîmé ou incomplet."),
    "json_duplicate_keys": _(
        "Le fichier nomme deux fois le même champ : deux logiciels y liraient deux choses, il est refusé."
    ),
    "fhir_not_a_resource": _("Le fichier n’est pas une ressource FHIR."),
    "fhir_bundles_nested": _("Le fichier emboîte trop de recueils FHIR les uns dans les autres."),
    "too_deep": _("Le fichier emboîte plus de %(limit)s niveaux : il est refusé."),
    "too_many_elements": _("Le fichier contient plus de %(limit)s éléments : il est refusé."),
    "too_many_entries": _("Le fichier contient plus de %(limit)s entrées : il est refusé."),
    "inflated_too_large": _("Les fichiers contenus dépassent %(limit)s Mo : l’ensemble est refusé."),
}

WHY: dict[str, str] = {
    "no_room": _("le dossier n’a pas de place pour cela ; le texte reste lisible"),
    "names": _("lu pour nommer les auteurs et les produits ; le texte reste lisible"),
    "not_r4": _("ne suit pas la norme FHIR R4 ; rien n’en est tiré, le texte reste lisible"),
    "modifier": _("porte une extension qui en change le sens, inconnue ici ; le texte reste lisible"),
    "in_error": _("marqué « saisi par erreur » ; rien n’en est tiré"),
    "cancelled": _("annulé ; le texte reste lisible"),
    "planned": _("seulement prévu ; le texte reste lisible"),
    "not_done": _("non réalisé ; le texte reste lisible"),
    "draft": _("à l’état de brouillon ; le texte reste lisible"),
    "not_to_give": _("demande de ne pas donner ; le texte reste lisible"),
    "superseded": _("remplacé par un autre ; le texte reste lisible"),
    "older": _("version plus ancienne ; seule la dernière est lue"),
    "unlabelled": _("sans libellé ni code ; le texte reste lisible"),
    "no_value": _("sans valeur ; le texte reste lisible"),
    "no_text": _("sans motif ni texte ; le reste demeure lisible"),
    "no_illness": _("sans maladie nommée ; le texte reste lisible"),
    "partly_none": _("dit une absence partielle, que le dossier ne sait pas noter ; le texte reste lisible"),
    "contradicted": _("dit qu’il n’y a rien alors que le document en cite ; le texte reste lisible"),
    "no_information": _("dit que l’information manque ; la rubrique reste « non renseignée »"),
    "implausible": _("hors de ce qu’un humain peut avoir ; resté en texte"),
    "refused": _("contient une valeur qu’aucun dossier ne peut tenir ; resté en texte"),
    "elsewhere": _("le fichier est ailleurs (lien) ; il n’a pas été téléchargé"),
    "not_base64": _("le fichier contenu est abîmé"),
    "contained_results": _("cite des résultats introuvables dans le document ; le texte reste lisible"),
    "deletion": _("demande une suppression ; elle n’est pas appliquée"),
}

REMARKS: dict[str, str] = {
    "hash": _("%(count)s fichier(s) contenu(s) ne correspondent pas à leur empreinte : à vérifier."),
    "cut": _("Le texte lisible est trop long : il est coupé ; le fichier d’origine est entier."),
    "twice": _(
        "%(count)s identifiant(s) désignent deux ressources différentes : leurs renvois ne sont pas suivis."
    ),
    "empty": _("%(count)s entrée(s) du recueil ne contiennent aucune ressource."),
    "deceased": _("Le document indique un décès (%(count)s) : à reporter dans l’identité."),
    "contradicted": _(
        "Le document dit à la fois qu’il n’y a rien et cite des éléments : l’absence n’est pas retenue."
    ),
    "key": _("La clé du matricule INS ne correspond pas : il ne sert pas à retrouver le patient."),
    "unknown_patient": _("%(count)s ressource(s) ne disent pas de qui elles parlent."),
    "more": _("Et d’autres : la liste complète est dans le fichier d’origine."),
}

_NAMES: dict[str, tuple[str, str]] = {
    "AllergyIntolerance": ("allergie", "allergies"),
    "Appointment": ("rendez-vous", "rendez-vous"),
    "Binary": ("fichier", "fichiers"),
    "Bundle": ("recueil", "recueils"),
    "CarePlan": ("plan de soins", "plans de soins"),
    "CareTeam": ("équipe de soins", "équipes de soins"),
    "Claim": ("demande de remboursement", "demandes de remboursement"),
    "ClinicalImpression": ("impression clinique", "impressions cliniques"),
    "Communication": ("message", "messages"),
    "Composition": ("document", "documents"),
    "Condition": ("problème", "problèmes"),
    "Consent": ("consentement", "consentements"),
    "Coverage": ("couverture", "couvertures"),
    "Device": ("appareil", "appareils"),
    "DeviceUseStatement": ("usage d’appareil", "usages d’appareil"),
    "DiagnosticReport": ("compte rendu", "comptes rendus"),
    "DocumentReference": ("document", "documents"),
    "Encounter": ("consultation", "consultations"),
    "EpisodeOfCare": ("prise en charge", "prises en charge"),
    "ExplanationOfBenefit": ("décompte de remboursement", "décomptes de remboursement"),
    "FamilyMemberHistory": ("antécédent familial", "antécédents familiaux"),
    "Flag": ("alerte", "alertes"),
    "Goal": ("objectif", "objectifs"),
    "ImagingStudy": ("examen d’imagerie", "examens d’imagerie"),
    "Immunization": ("vaccination", "vaccinations"),
    "List": ("liste", "listes"),
    "Location": ("lieu", "lieux"),
    "Media": ("média", "médias"),
    "Medication": ("médicament", "médicaments"),
    "MedicationAdministration": ("administration", "administrations"),
    "MedicationDispense": ("délivrance", "délivrances"),
    "MedicationRequest": ("prescription", "prescriptions"),
    "MedicationStatement": ("traitement", "traitements"),
    "Observation": ("observation", "observations"),
    "OperationOutcome": ("message technique", "messages techniques"),
    "Organization": ("organisation", "organisations"),
    "Patient": ("patient", "patients"),
    "Practitioner": ("professionnel", "professionnels"),
    "PractitionerRole": ("fonction de professionnel", "fonctions de professionnel"),
    "Procedure": ("acte", "actes"),
    "Provenance": ("provenance", "provenances"),
    "Questionnaire": ("questionnaire", "questionnaires"),
    "QuestionnaireResponse": ("questionnaire rempli", "questionnaires remplis"),
    "RelatedPerson": ("proche", "proches"),
    "ServiceRequest": ("demande d’examen", "demandes d’examen"),
    "Specimen": ("prélèvement", "prélèvements"),
    "SupplyDelivery": ("livraison", "livraisons"),
}
# A hostile file may name any number of types.
_MOST_SENTENCES = 200


def name_of(kind: str, count: int) -> str:
    """A type's French name; its own when it has none here."""
    one, many = _NAMES.get(kind, (kind[:60], kind[:60]))
    return one if count == 1 else many


def sentences(kept: Iterable[tuple[str, str]], remarks: Counter[str]) -> tuple[str, ...]:
    """The lines for `Document.unread`.

    Args:
        kept: (reason, type of resource) of each that stayed text; reasons are words of WHY.
        remarks: words of REMARKS with their counts.
    """
    lines = []
    for (why, kind), count in sorted(Counter(kept).items(), key=lambda item: (item[0][1], item[0][0])):
        lines.append(f"{count} {name_of(kind, count)} ({kind[:60]}) : {WHY[why]}.")
    if len(lines) > _MOST_SENTENCES:
        lines = [*lines[:_MOST_SENTENCES], REMARKS["more"]]
    lines += [REMARKS[word] % {"count": count} for word, count in sorted(remarks.items()) if count]
    return tuple(lines)
