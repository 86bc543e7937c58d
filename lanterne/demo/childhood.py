"""Children: growth, the compulsory examinations, the vaccination calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from lanterne.demo.events import later, months_between
from lanterne.demo.pen import Pen, capital
from lanterne.demo.wording import say
from lanterne.reference import vaccines

AGES_MONTHS = (1, 2, 3, 4, 5, 6, 9, 11, 12, 17, 24, 36, 48, 60, 72, 96, 120, 138, 147, 168)

_FEEDING = {
    1: "allaitement {maternel|artificiel}",
    4: "lait {maternel|1er âge}",
    6: "diversification débutée",
    12: "mange de tout",
}
_MILESTONES = {
    1: "suit du regard, réagit aux bruits",
    2: "sourire-réponse, tient un peu sa tête",
    4: "tient sa tête, gazouille",
    6: "attrape, {se retourne|station assise avec appui}",
    9: "station assise acquise, {quatre pattes|passe les objets}",
    12: "{marche acquise|marche avec appui}, dit « maman »",
    24: "court, associe deux mots, {propreté en cours|opposition}",
    36: "phrases, dessine un rond, entre à l'école",
    48: "{bonne entente|dessin du bonhomme}, prononciation correcte",
    72: "{CP|grande section}, latéralité acquise, lit quelques mots",
    96: "{scolarité facile|quelques difficultés en lecture}",
    120: "scolarité {sans problème|CM2}",
    138: "collège, puberté débutante",
    168: "scolarité {3e|correcte}, {sport en club|écrans en excès}",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One examination, at an age in months."""

    months: int


def calendar(pen: Pen, start: date, end: date) -> list[tuple[date, object]]:
    """The examinations between two days; an older child misses some."""
    planned: list[tuple[date, object]] = []
    for months in AGES_MONTHS:
        day = later(pen.person.born, months) + timedelta(days=pen.rng.randrange(0, 9 if months < 18 else 60))
        if start < day <= end and pen.rng.random() < (0.95 if months <= 24 else 0.75):
            planned.append((day, Check(months)))
    return planned


def record_book(pen: Pen, when: datetime, given: set[tuple[str, str]]) -> None:
    """Injections already made, copied from the child's record book at the first visit."""
    born = pen.person.born
    age = months_between(born, when.date())
    for due in vaccines.calendar(born.year):
        if due.age_months < age and pen.rng.random() < 0.94:
            on = later(born, due.age_months) + timedelta(days=pen.rng.randrange(0, 25))
            if on < when.date():
                given.add((due.vaccine, due.dose))
                pen.vaccinate(when, due.vaccine, due.dose, on=on)
    growth(pen, when)


def growth(pen: Pen, when: datetime) -> None:
    """Weight and height, head circumference until three."""
    day = when.date()
    values = {"weight": pen.body.weight(day) * pen.rng.uniform(0.985, 1.015), "height": pen.body.height(day)}
    if pen.body.months(day) < 37:
        values["head"] = pen.body.head(day)
    pen.measure(when, values)


def catch_up(pen: Pen, when: datetime, given: set[tuple[str, str]], *, adult: bool = False) -> list[str]:
    """Make the injections that are due that day; an adult accepts one at a time, and not always. Returns their
    names.
    """
    born, day = pen.person.born, when.date()
    age = months_between(born, day)
    made: list[str] = []
    for due in vaccines.calendar(born.year):
        if due.age_months > age or (due.vaccine, due.dose) in given:
            continue
        if adult and (due.age_months < 190 or age - due.age_months > 60 or pen.rng.random() > 0.35):
            continue
        if due.vaccine in ("zona", "vrs", "pneumocoque_adulte") and day.year < 2025:
            continue
        if due.vaccine == "meningo_acwy" and day.year < 2025:
            continue
        if not adult and age - due.age_months > 40:
            continue
        if due.dose == "2e dose" and (due.vaccine, "1re dose") not in given:
            continue
        given.add((due.vaccine, due.dose))
        pen.vaccinate(when, due.vaccine, due.dose)
        made.append(vaccines.named(due.vaccine).name)
        if adult:
            break
    return made


def visit(pen: Pen, day: date, check: Check, given: set[tuple[str, str]]) -> None:
    """One examination: growth, development, injections."""
    rng = pen.rng
    when = pen.slot(day)
    growth(pen, when)
    made = catch_up(pen, when, given)
    months = check.months
    milestone = _MILESTONES[max(age for age in _MILESTONES if age <= months)]
    feeding = _FEEDING.get(
        months, "alimentation {variée|sélective}" if months > 12 else "prend bien ses {biberons|tétées}"
    )
    years = f"{months} mois" if months < 24 else f"{months // 12} ans"
    figures = f"Poids {pen.slots['weight']} kg, taille {pen.slots['height']} cm"
    if "head" in pen.slots and months <= 36:
        figures += f", PC {pen.slots['head']} cm"
    pen.consult(
        when,
        reason=f"Examen des {years}" if months > 1 else "Examen du 1er mois",
        history=". ".join(
            capital(say(rng, part))
            for part in (feeding, "{bon sommeil|quelques réveils nocturnes}", f"{milestone}.")
        ),
        findings=say(
            rng,
            (
                f"{figures}. {{Examen normal|Auscultation normale, abdomen souple}}, {{tympans "
                f"normaux|hanches stables|pas de souffle}}."
            ),
        ),
        conclusion=say(
            rng,
            (f"Vaccins faits : {', '.join(made)}. " if made else "")
            + (
                "{Courbes régulières|Bonne croissance}, {conseils aux parents|prévention des "
                "accidents domestiques|vitamine D poursuivie}."
            ),
        ),
    )
