"""A passing illness: drawn by age and season, examined, noted, treated."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from lanterne.demo import acute, acute_children
from lanterne.demo.episode import PARACETAMOL, Episode
from lanterne.demo.pen import Pen
from lanterne.demo.wording import say


def come(pen: Pen, day: date) -> None:
    """Draw what the patient comes for that day, and write it."""
    rng = pen.rng
    age = pen.person.age(day)
    table = acute_children.ALL if age < 13 else acute.ALL
    winter = day.month in (11, 12, 1, 2, 3)
    fitting = [
        episode
        for episode in table
        if episode.ages[0] <= age <= episode.ages[1] and episode.sex in ("", pen.person.sex)
    ]
    if pen.body.pregnancy_kg:
        fitting = [episode for episode in fitting if "ldl" not in episode.tests]
    if not fitting:
        return
    weights = [episode.weight * (episode.winter if winter else 1) for episode in fitting]
    _episode(pen, rng.choices(fitting, weights)[0], pen.slot(day), age)


def _episode(pen: Pen, episode: Episode, when: datetime, age: int) -> None:
    rng = pen.rng
    values: dict[str, float] = {}
    if episode.fever:
        values["temperature"] = round(min(40.2, max(36.2, rng.gauss(38.1, 0.7))), 1)
    if "<spo2>" in episode.findings:
        values["spo2"] = rng.choice((95, 96, 97, 98))
    if "<weight>" in episode.findings or (age < 6 and rng.random() < 0.6):
        values["weight"] = pen.body.weight(when.date())
    if episode.pressure:
        systolic, diastolic = pen.body.pressure(when.date())
        values.update(systolic=systolic, diastolic=diastolic)
    pen.slots["temp"] = f"{values.get('temperature', 36.9):.1f}".replace(".", ",")
    if values and (rng.random() < 0.6 or "weight" in values):
        pen.measure(when, values)
    else:
        pen.slots.update({key: f"{value:.0f}" for key, value in values.items() if key == "spo2"})
        if "systolic" in values:
            pen.slots["pa"] = f"{values['systolic']:.0f}/{values['diastolic']:.0f}"
    problems = []
    if episode.kept and rng.random() < 0.5:
        problems.append(
            pen.problem("", when, episode.kept, episode.code, onset=str(when.year), clinical="resolved")
        )
    reason = say(rng, episode.reason)
    pen.slots["reason"] = reason.lower()
    pen.consult(
        when,
        reason=reason,
        history=say(rng, episode.history, pen.slots),
        findings=say(rng, episode.findings, pen.slots),
        conclusion=say(rng, episode.conclusion, pen.slots),
        place="remote" if rng.random() < 0.03 else "office",
        problems=problems,
    )
    _prescribe(pen, episode, when, age, reason)
    if episode.tests:
        pen.results(when.date() + timedelta(days=1), episode.tests, filed=rng.random() < 0.5)
    if episode.letter and rng.random() < 0.7:
        pen.letter(when.date() + timedelta(days=rng.randrange(3, 25)), episode.letter, as_pdf=pen.spend_pdf())


def _prescribe(pen: Pen, episode: Episode, when: datetime, age: int, reason: str) -> None:
    rng = pen.rng
    if episode.medicine is None or rng.random() > 0.5:
        return
    fragile = age > 70 or "anticoagulation" in pen.taken or {"ic", "mrc"} & pen.problems.keys()
    choice = episode.medicine
    if (fragile or pen.body.pregnancy_kg) and choice[0] in ("ibuprofène", "naproxène", "kétoprofène"):
        choice = episode.instead or PARACETAMOL
    if pen.treat(when, choice[0], choice[1], days=choice[2], reason=reason) is None and episode.instead:
        pen.treat(when, episode.instead[0], episode.instead[1], days=episode.instead[2], reason=reason)
