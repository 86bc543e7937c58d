"""Dosage in words: as the prescriber wrote it, else from its structure (https://hl7.org/fhir/R4/dosage.html)."""

from __future__ import annotations

from collections.abc import Iterable

from lanterne.intake.fhir.saying import label, labels, number, quantity, ratio, span
from lanterne.intake.fhir.shapes import Dosage, DoseAndRate, Repeat, Timing

_UNITS = {
    "s": ("seconde", "secondes"), "min": ("minute", "minutes"), "h": ("heure", "heures"), "d": ("jour", "jours"),
    "wk": ("semaine", "semaines"), "mo": ("mois", "mois"), "a": ("an", "ans"),
}  # fmt: skip
_WHEN = {
    "MORN": "le matin", "MORN.early": "tôt le matin", "MORN.late": "en fin de matinée", "NOON": "à midi",
    "AFT": "l’après-midi", "EVE": "le soir", "NIGHT": "la nuit", "PHS": "une heure après le coucher",
    "HS": "au coucher", "WAKE": "au réveil", "C": "au repas", "CM": "au petit déjeuner", "CD": "au déjeuner",
    "CV": "au dîner", "AC": "avant le repas", "ACM": "avant le petit déjeuner", "ACD": "avant le déjeuner",
    "ACV": "avant le dîner", "PC": "après le repas", "PCM": "après le petit déjeuner", "PCD": "après le déjeuner",
    "PCV": "après le dîner",
}  # fmt: skip
_DAYS = {
    "mon": "lundi", "tue": "mardi", "wed": "mercredi", "thu": "jeudi", "fri": "vendredi", "sat": "samedi",
    "sun": "dimanche",
}  # fmt: skip


def posology(dosages: Iterable[Dosage]) -> str:
    """Every dosage, one after the other."""
    return " ; ".join(dict.fromkeys(filter(None, map(_one, dosages))))


def route(dosages: Iterable[Dosage]) -> str:
    """By which ways, each once."""
    return labels(dosage.route for dosage in dosages if dosage.route is not None)


def as_needed(dosages: Iterable[Dosage]) -> bool:
    """Whether one is taken only when needed."""
    return any(
        dosage.as_needed_boolean or dosage.as_needed_codeable_concept is not None for dosage in dosages
    )


def _one(dosage: Dosage) -> str:
    if dosage.text.strip():
        return dosage.text.strip()
    if dosage.patient_instruction.strip():
        return dosage.patient_instruction.strip()
    parts = [
        ", ".join(filter(None, map(_dose, dosage.dose_and_rate))),
        _timing(dosage.timing),
        labels(dosage.additional_instruction),
    ]
    reason = label(dosage.as_needed_codeable_concept)
    if reason:
        parts.append(f"si besoin ({reason})")
    elif dosage.as_needed_boolean:
        parts.append("si besoin")
    return ", ".join(filter(None, parts))


def _dose(dose: DoseAndRate) -> str:
    rate = quantity(dose.rate_quantity) or ratio(dose.rate_ratio)
    return " à ".join(filter(None, (quantity(dose.dose_quantity) or span(dose.dose_range), rate)))


def _timing(timing: Timing | None) -> str:
    if timing is None:
        return ""
    said = label(timing.code)
    return ", ".join(filter(None, (said, _repeat(timing.repeat) if timing.repeat is not None else "")))


def _repeat(repeat: Repeat) -> str:
    parts = []
    one, many = _UNITS.get(repeat.period_unit, (repeat.period_unit, repeat.period_unit))
    period = number(repeat.period)
    if repeat.frequency or period:
        times = str(repeat.frequency or 1)
        if repeat.frequency_max:
            times += f" à {repeat.frequency_max}"
        if period in ("", "1", "1.0"):
            parts.append(f"{times} fois par {one}" if one else f"{times} fois")
        else:
            longest = number(repeat.period_max)
            span_words = f"{period} à {longest}" if longest else period
            parts.append(f"{times} fois tous les {span_words} {many}".rstrip())
    parts += [_WHEN.get(word, word) for word in repeat.when]
    if repeat.time_of_day:
        parts.append("à " + ", ".join(text[:5] for text in repeat.time_of_day))
    if repeat.day_of_week:
        parts.append("le " + ", ".join(_DAYS.get(word, word) for word in repeat.day_of_week))
    duration = repeat.bounds_duration
    if duration is not None and duration.value is not None:
        parts.append(
            f"pendant {number(duration.value)} {_UNITS.get(duration.code, ('', duration.unit))[1]}".rstrip()
        )
    elif repeat.count and not repeat.frequency:
        parts.append(f"{repeat.count} prise{'s' if repeat.count > 1 else ''}")
    return ", ".join(parts)
