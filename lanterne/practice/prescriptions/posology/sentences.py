"""The French sentence of every point a reading names: what is open, what is dangerous, what could not be looked at.

Law: every code of a `Point` has its sentence here; a test reads the sources to be sure. A word that is missing still
makes a sentence.
"""

from __future__ import annotations

from collections.abc import Callable

from lanterne.practice.prescriptions.posology.structure import Point


def _(text: str) -> str:
    """Mark a French msgid for gettext; the sentence is translated at the boundary."""
    return text


ASKED: dict[str, str] = {
    "above_own_maximum": _("La dose écrite dépasse le maximum écrit sur la même ligne."),
    "again_without_need": _("Une deuxième prise quelques heures après : est-ce « si besoin » ?"),
    "ald_or_not": _("ALD et hors ALD sont écrits sur la même ligne."),
    "announced_missing": _("« %(words)s » annonce quelque chose qui n’est pas écrit."),
    "by_condition": _(
        "La dose ou la prise dépend d’une condition : faites une ligne pour chacune. %(words)s"
    ),
    "by_turns": _("Deux doses en alternance : faites une ligne pour chacune, avec ses jours. %(words)s"),
    "by_weight_per_day": _("Dose par kg : est-ce par jour (à partager) ou à chaque prise ?"),
    "days_of_treatment": _("Les jours J1, J2… ne se suivent pas, ou il n’y en a qu’un."),
    "dose_missing": _("Combien d’unités de %(name)s ?"),
    "dose_of_what": _("« %(words)s » : une dose de quoi ? Dites la quantité ou le poids."),
    "either_or": _("« ou » : choisissez l’un des deux."),
    "eye_or_ear": _("%(name)s existe pour l’œil et pour l’oreille : lequel ?"),
    "length_at_most": _("« %(words)s » : est-ce la durée du traitement ?"),
    "length_in_hours": _("Une durée en heures : écrivez-la en jours. %(words)s"),
    "length_of_step_or_all": _("La durée QSP est-elle celle du dernier palier ou de tout le traitement ?"),
    "length_range": _("Deux durées possibles : %(words)s. Laquelle ?"),
    "line_too_long": _("La ligne dépasse %(limit)s caractères : elle n’est pas lue."),
    "maximum_incomplete": _("Un maximum de combien, et par jour ? %(words)s"),
    "maximum_of_what": _("Le maximum compte-t-il des prises ou des unités ? %(number)s"),
    "moment_unknown": _("Ce moment n’est pas matin, midi, soir ni coucher : précisez. %(words)s"),
    "more_than_one_line": _("Il y a là plus d’une ligne : écrivez-en une par médicament et par dose."),
    "name_fits_several": _("« %(name)s » peut être %(names)s : lequel ?"),
    "name_unknown": _("« %(name)s » n’est pas un nom de médicament connu."),
    "no_product": _("Quel médicament ?"),
    "no_rhythm": _("À quel rythme ?"),
    "not_utf8": _("La ligne n’est pas du texte UTF-8 : elle n’est pas lue."),
    "nothing_typed": _("La ligne est vide."),
    "number_missing": _("Combien à chaque prise ?"),
    "number_of_what": _("Le nombre %(number)s : de quoi ?"),
    "open_change": _("« %(words)s » : écrivez chaque palier avec sa dose et sa durée."),
    "order_to_stop": _("C’est un ordre d’arrêter, pas une prescription. %(words)s"),
    "pointer": _("« %(name)s » renvoie à autre chose : écrivez le médicament."),
    "product_of_two": _("« %(words)s » : combien par prise, et combien de fois par jour ?"),
    "reason_missing": _("« %(words)s » : pour quelle raison ?"),
    "renewals_how_many": _("Combien de renouvellements ?"),
    "renewals_or_length": _("« %(words)s » : un nombre de renouvellements ou une durée en tout ?"),
    "rhythm_of_what": _("Combien à chaque fois ?"),
    "shared_or_at_once": _("Cette quantité par jour : en une prise ou partagée en plusieurs ?"),
    "site_for_form": _("%(site)s pour un %(form)s ?"),
    "step_without_length": _("Combien de temps dure chaque palier ?"),
    "strength_missing": _("Quel dosage de %(name)s ? %(strengths)s."),
    "times_implausible": _("%(times)s fois par jour ?"),
    "times_of_what": _("Tant de fois par jour, ou en tout ?"),
    "two_doses": _("Deux doses sur la même ligne."),
    "two_forms": _("Deux formes sur la même ligne : %(a)s, %(b)s."),
    "two_lengths": _("Deux durées qui ne s’accordent pas."),
    "two_maxima": _("Deux maximums qui ne s’accordent pas."),
    "two_meals": _("Deux indications de repas qui ne s’accordent pas."),
    "two_products": _("Deux médicaments sur la même ligne : %(a)s et %(b)s ?"),
    "two_reasons": _("Deux raisons de prendre « si besoin »."),
    "two_rhythms": _("Deux rythmes qui ne s’accordent pas."),
    "two_routes": _("Deux voies sur la même ligne."),
    "two_sites": _("Deux endroits sur la même ligne : %(a)s, %(b)s."),
    "two_strengths": _("Deux dosages sur la même ligne. %(a)s %(b)s"),
    "weeks_out_of": _("Des semaines sur d’autres : écrivez-les en jours (21 j/28). %(words)s"),
    "which_meals": _("« repas » et coucher : à quels repas ?"),
    "gel_or_capsule": _("« gel » : combien de gélules de %(name)s ?"),
    "weight_missing": _("Dose-kg : pour quel poids ?"),
    "which_side": _("Quel côté ? %(words)s"),
    "words_unknown": _("« %(words)s » n’est pas compris."),
}
WARNED: dict[str, str] = {
    "dose_above": _("%(dose)s par jour : au-dessus de la dose maximale de l’adulte, %(most)s. %(note)s"),
    "dose_by_weight_above": _("%(dose)s : au-dessus des doses par kg habituelles."),
    "intake_above": _("%(dose)s par prise : au-dessus de la dose maximale de l’adulte, %(most)s. %(note)s"),
    "insulin_in_ml": _("%(dose)s d’insuline : une dose d’insuline s’écrit en UI."),
    "many_at_once": _("%(number)s à la fois (%(form)s) : est-ce bien ce nombre ?"),
    "strength_implausible": _("Le dosage %(strength)s n’existe pas : erreur d’unité ? %(sold)s"),
    "too_close": _("Toutes les %(hours)s h : moins que l’intervalle minimal, %(least)s h."),
    "too_often": _("%(drug)s ne se prend pas si souvent : %(days)s jours au moins entre deux prises."),
}
UNCHECKED: dict[str, str] = {
    "name_not_known": _("Non vérifié : %(name)s n’est pas dans la base des médicaments."),
    "dose_not_checked": _("Non vérifié : dose maximale de %(name)s, absente de la base."),
    "strengths_not_known": _("Non vérifié : dosages de %(name)s, absents de la base."),
}
SENTENCES: dict[str, str] = {**ASKED, **WARNED, **UNCHECKED}


class _Words(dict[str, str]):
    """Missing words are said as a gap, so that a sentence is always made."""

    def __missing__(self, key: str) -> str:
        return "…"


def sentence(point: Point, translate: Callable[[str], str] = str) -> str:
    """The sentence of a point, in the language of `translate`."""
    return (translate(SENTENCES.get(point.code, point.code)) % _Words(point.words)).strip()
