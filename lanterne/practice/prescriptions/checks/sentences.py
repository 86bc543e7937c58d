"""What findings, and what was not checked, say in French. Codes and their words are kept in the fact."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from lanterne.practice.prescriptions.facts import Check, Fired, Severity, Unchecked


def _(text: str) -> str:
    """Mark a French msgid for gettext; the sentence is translated at the boundary."""
    return text


CHECKS: dict[Check, str] = {
    "allergy": _("Allergies"),
    "interaction": _("Interactions"),
    "duplicate": _("Doublons"),
    "intolerance": _("Intolérances passées"),
    "dose": _("Doses"),
    "pregnancy": _("Grossesse"),
    "age": _("Âge"),
    "kidney": _("Fonction rénale"),
    "length": _("Durée"),
    "prescriber": _("Droit de prescrire"),
}

SEVERITIES: dict[Severity, str] = {
    "contraindicated": _("Contre-indication"),
    "discouraged": _("Déconseillé"),
    "precaution": _("Précaution d’emploi"),
    "noted": _("À prendre en compte"),
}

FIRED: dict[str, str] = {
    "allergy_same": _("Allergie notée dans le dossier : %(allergen)s."),
    "allergy_class": _("Allergie notée dans le dossier : %(allergen)s ; %(substance)s est de cette classe."),
    "allergy_crossed": _("Allergie notée dans le dossier : %(allergen)s. %(text)s"),
    "intolerance_same": _("Intolérance notée dans le dossier : %(allergen)s."),
    "intolerance_class": _(
        "Intolérance notée dans le dossier : %(allergen)s ; %(substance)s est de cette classe."
    ),
    "interaction": _("%(a)s avec %(b)s : %(text)s %(advice)s"),
    "duplicate": _("%(substance)s est déjà dans : %(other)s."),
    "duplicate_class": _("%(one)s et %(other)s sont de la même classe : %(class)s."),
    "stopped": _("%(substance)s a été arrêté (%(day)s) : « %(reason)s »."),
    "intake_above": _("%(given)s %(unit)s par prise ; au plus %(most)s %(unit)s d’habitude. %(note)s"),
    "intake_below": _("%(given)s %(unit)s par prise ; au moins %(least)s %(unit)s d’habitude. %(note)s"),
    "day_above": _("%(given)s %(unit)s par jour ; au plus %(most)s %(unit)s d’habitude. %(note)s"),
    "weekly_every_day": _("%(substance)s se prend une fois par semaine, jamais tous les jours. %(note)s"),
    "pregnancy_contraindicated": _("%(substance)s est contre-indiqué : %(pregnancy)s. %(note)s"),
    "pregnancy_avoid": _("%(substance)s est à éviter : %(pregnancy)s. %(note)s"),
    "pregnancy_caution": _("%(substance)s demande de la prudence : %(pregnancy)s. %(note)s"),
    "too_young": _("%(substance)s ne se donne pas avant %(least)s ans ; le patient a %(age)s ans. %(note)s"),
    "elderly": _("%(substance)s à %(age)s ans : %(note)s"),
    "kidney_stop": _(
        "%(substance)s ne se donne pas sous %(least)s mL/min ; clairance %(clearance)s mL/min (%(method)s, "
        "créatinine du %(day)s). %(note)s"
    ),
    "kidney_adapt": _(
        "%(substance)s : dose à adapter sous %(least)s mL/min ; clairance %(clearance)s mL/min (%(method)s, "
        "créatinine du %(day)s). %(note)s"
    ),
    "too_long": _("%(days)s jours de %(substance)s ; la loi en permet %(most)s par ordonnance."),
}

UNCHECKED: dict[str, str] = {
    "allergies_never_filled": _("la rubrique des allergies n’a jamais été remplie."),
    "treatments_never_filled": _("la rubrique des traitements n’a jamais été remplie."),
    "written_by_newer": _("« %(label)s » a été écrit par un Lanterne plus récent."),
    "proposals_waiting": _("%(count)s traitements proposés par des documents attendent qu’on les regarde."),
    "weight_old": _("le dernier poids date du %(day)s."),
    "substance_unknown": _("« %(substance)s » n’est pas dans la base de médicaments."),
    "allergen_unknown": _("« %(allergen)s » n’est pas dans la base de médicaments."),
    "excipients": _("les excipients ne sont pas dans la base (%(allergen)s)."),
    "classes_unknown": _("les classes de %(substance)s ne sont pas dans la base."),
    "interactions_absent": _("il n’y a pas de table d’interactions sur ce poste."),
    "interaction_unknown": _("%(substance)s n’est pas dans la table d’interactions."),
    "interaction_unlisted": _("%(substance)s : la table parle de « %(class)s » sans dire qui en est."),
    "posology_unread": _("la posologie de %(substance)s n’a pas été comprise."),
    "limits_unknown": _("la base n’a pas de dose habituelle de %(substance)s."),
    "limits_child": _("la base n’a pas de dose d’enfant de %(substance)s."),
    "limits_adult": _("la base n’a pas de dose d’adulte de %(substance)s par cette voie."),
    "association_strengths": _("les dosages des composants de %(substance)s ne sont pas dits un par un."),
    "age_unknown": _("la date de naissance n’est pas complète."),
    "weight_absent": _("aucun poids n’est dans le dossier."),
    "dose_not_stated": _("la dose de %(substance)s n’est pas dite."),
    "rhythm_not_stated": _("le rythme de %(substance)s n’est pas dit."),
    "intakes_not_stated": _("le nombre de prises de %(substance)s n’est pas dit."),
    "strength_not_stated": _("le dosage de %(substance)s n’est pas dit."),
    "strength_unread": _("le dosage de %(substance)s ne se compte pas en prises."),
    "strength_per_volume": _("le dosage de %(substance)s est par volume, la dose ne l’est pas."),
    "strength_not_per_volume": _("la dose de %(substance)s est un volume, le dosage n’en est pas un."),
    "units_differ": _("la dose de %(substance)s n’est pas dans l’unité de la table."),
    "sex_unknown": _("le sexe n’est pas connu."),
    "pregnancy_not_said": _("le dossier ne dit pas si elle est enceinte."),
    "pregnancy_unknown": _("la base ne dit rien de %(substance)s pendant la grossesse."),
    "substance_without_cautions": _("la base ne dit rien de %(substance)s."),
    "age_limit_unknown": _("la base ne dit pas à partir de quel âge se donne %(substance)s."),
    "kidney_unknown": _("la base ne dit rien de %(substance)s quand les reins fonctionnent mal."),
    "creatinine_absent": _("aucune créatinine n’est dans le dossier."),
    "creatinine_unread_only": _(
        "la créatinine du dossier n’est pas un nombre, ou pas dans une unité connue."
    ),
    "creatinine_unread": _(
        "une créatinine plus récente (%(day)s) n’est pas un nombre, ou pas dans une unité connue."
    ),
    "creatinine_old": _("la dernière créatinine date du %(day)s."),
    "clearance_age": _("la clairance ne se calcule pas sans date de naissance complète."),
    "clearance_sex": _("la clairance ne se calcule pas sans le sexe."),
    "clearance_adult": _("la clairance ne se calcule pas ainsi avant 18 ans."),
    "clearance_bounds": _("la clairance ne se calcule pas avec ces valeurs."),
    "length_not_stated": _("la durée de %(substance)s n’est pas dite."),
    "midwife_list": _("la liste de ce que prescrit une sage-femme n’est pas dans la base."),
}

NOT_CHECKED = _("Non vérifié (%(check)s) : %(why)s")


_ISO_DAY = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)", re.ASCII)


class _Words(dict[str, str]):
    """The words of a sentence; one that is missing is shown as missing."""

    def __missing__(self, name: str) -> str:
        return "…"


def fired_sentence(fired: Fired, translate: Callable[[str], str] = str) -> str:
    """Why it fired, one sentence; of a code a later program wrote, its subject."""
    text = FIRED.get(fired.code)
    return _said(translate(text), fired.params) if text is not None else f"{fired.subject} ({fired.code})"


def unchecked_sentence(unchecked: Unchecked, translate: Callable[[str], str] = str) -> str:
    """What was not checked and why, one sentence that begins with "Non vérifié"."""
    text = UNCHECKED.get(unchecked.code)
    name = CHECKS.get(unchecked.check, unchecked.check)
    why = _said(translate(text), unchecked.params) if text is not None else unchecked.code
    return translate(NOT_CHECKED) % {"check": translate(name).lower(), "why": why}


def with_french_days(text: str) -> str:
    """ISO days in a text as they are read in France: "2026-11-17" becomes "17/11/2026"."""
    return _ISO_DAY.sub(r"\3/\2/\1", text)


def _said(text: str, params: Mapping[str, str]) -> str:
    return with_french_days(re.sub(" +", " ", text % _Words(params)).strip(" "))
