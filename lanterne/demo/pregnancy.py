"""Pregnancies: the monthly examinations, told back from the birth of a child of the same home, or on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from lanterne.demo.pen import Pen
from lanterne.demo.wording import say
from lanterne.practice.problems.facts import ProblemRecorded
from lanterne.practice.procedures.facts import ProcedureRecorded

# weeks of amenorrhoea of each examination; the last is the visit after the birth
WEEKS = (8, 12, 16, 21, 25, 29, 33)
POST_PARTUM_WEEKS = 46


@dataclass(frozen=True, slots=True)
class Step:
    """One examination at a number of weeks of amenorrhoea of the pregnancy that ends (or will end) on `term`."""

    weeks: int
    term: date


def calendar(term: date, start: date, end: date) -> list[tuple[date, object]]:
    """The examinations of a pregnancy between two days."""
    began = term - timedelta(days=280)
    days = ((began + timedelta(days=7 * weeks), Step(weeks, term)) for weeks in (*WEEKS, POST_PARTUM_WEEKS))
    return [(day, step) for day, step in days if start < day <= end]


def happen(pen: Pen, day: date, step: Step) -> None:
    """Write one examination."""
    if step.weeks == POST_PARTUM_WEEKS:
        _after_birth(pen, day, step)
    else:
        _examination(pen, day, step)


def _examination(pen: Pen, day: date, step: Step) -> None:
    rng, weeks = pen.rng, step.weeks
    when = pen.slot(day)
    key = f"pregnancy {step.term}"
    pen.body.pregnancy_kg = max(0.0, (weeks - 10) * 0.42)
    if "contraceptif estroprogestatif" in pen.taken:
        pen.stop(when, "contraceptif estroprogestatif", "Désir de grossesse")
    if "contraceptif progestatif" in pen.taken:
        pen.stop(when, "contraceptif progestatif", "Désir de grossesse")
    if key not in pen.problems:
        pen.problem(
            key,
            when,
            f"Grossesse (terme prévu le {step.term:%d/%m/%Y})",
            "Z34.9",
            onset=when.date().isoformat()[:7],
        )
        pen.treat(
            when,
            "acide folique",
            "0,4 mg : 1 cp par jour jusqu'à 12 SA",
            days=max(7, (12 - weeks) * 7),
            reason="Grossesse",
        )
    systolic, diastolic = pen.body.pressure(day, 6, noise=5)
    values: dict[str, float] = {
        "weight": pen.body.weight(day),
        "systolic": min(systolic, 134),
        "diastolic": min(diastolic, 84),
    }
    if weeks >= 16:
        values["fundal_height"] = max(12, weeks - 4 + rng.choice((-1, 0, 0, 1)))
        values["fetal_heart_rate"] = rng.randint(128, 152)
    values["gestational_age"] = weeks
    pen.measure(when, values)
    heard = (
        f" HU {values['fundal_height']:.0f} cm, BDC {values['fetal_heart_rate']:.0f}/min."
        if weeks >= 16
        else ""
    )
    pen.consult(
        when,
        reason=f"Suivi de grossesse, {weeks} SA",
        history=say(
            rng,
            "{Nausées matinales|Bien tolérée|Fatigue}, pas de métrorragie."
            if weeks < 20
            else "{Bouge bien|Mouvements perçus}, pas de contraction ni de brûlure.",
        ),
        findings=f"PA {pen.slots['pa']}, poids {pen.slots['weight']} kg.{heard} BU négative.",
        conclusion=say(
            rng,
            (
                "{Déclaration de grossesse faite|Échographie du 1er trimestre prévue}, sérologies "
                "prescrites. Alcool et tabac : zéro."
            )
            if weeks < 16
            else (
                "{Grossesse normale|Évolution normale}. {Échographie prévue|Entretien prénatal "
                "réalisé|Préparation à la naissance}."
            ),
        ),
        problems=[pen.problems[key]],
    )
    if weeks == WEEKS[0]:
        first = (
            "groupe",
            "rai",
            "toxoplasmose_igg",
            "rubeole_igg",
            "ag_hbs",
            "vih",
            "hemoglobine",
            "glycemie",
        )
        pen.results(day + timedelta(days=3), first, filed=True)
    elif weeks in (25, 29):
        pen.results(
            day + timedelta(days=3), ("hemoglobine", "plaquettes", "ferritine"), filed=rng.random() < 0.4
        )


def _after_birth(pen: Pen, day: date, step: Step) -> None:
    when = pen.slot(day)
    pen.body.pregnancy_kg = 0.0
    key = f"pregnancy {step.term}"
    label = "Césarienne" if pen.rng.random() < 0.2 else "Accouchement par voie basse"
    pen.scribe.write(
        ProcedureRecorded(label=label, performer="Maternité de Montfleuri"),
        when,
        pen.author(when),
        at=step.term.isoformat(),
    )
    pen.measure(when, {"weight": pen.body.weight(day)})
    problems = []
    if key in pen.problems:
        ended = ProblemRecorded(
            label="Grossesse",
            coding=pen.coding("Z34.9"),
            clinical="resolved",
            onset=(step.term - timedelta(days=266)).isoformat()[:7],
            abatement=step.term.isoformat(),
        )
        problems.append(pen.scribe.write(ended, when, pen.author(when), replaces=(pen.problems.pop(key),)))
    pen.consult(
        when,
        reason="Consultation postnatale",
        history=say(
            pen.rng,
            (
                "Accouchement sans complication. {Allaitement en cours|Allaitement arrêté}. Moral "
                "{bon|un peu bas, entourée}."
            ),
        ),
        findings="Examen normal, périnée satisfaisant.",
        conclusion="Rééducation périnéale prescrite, contraception discutée.",
        problems=problems,
    )
