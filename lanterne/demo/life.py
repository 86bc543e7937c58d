"""The life of one patient as the practice sees it: registered, questioned, followed, ill at times.

Law: first a calendar of what will happen (visits, passing illnesses, INR, pregnancies), then the pen goes through
it in order, so that what a note says follows what was measured before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from lanterne.demo import background, childhood, desk, illnesses, passing, pregnancy
from lanterne.demo.events import Author, later, moment, years_between
from lanterne.demo.households import Person
from lanterne.demo.identity import Matricules
from lanterne.demo.illness import Illness, Line
from lanterne.demo.illnesses import ANTICOAGULANTS
from lanterne.demo.pen import Pen, said
from lanterne.demo.wording import join, pick, say
from lanterne.practice.chart.facts import EnteredInError, SectionEmpty
from lanterne.practice.patients.facts import PatientIdentified
from lanterne.wire.names import FactId, PersonId

_LIVE = (
    "Va bien.",
    "RAS.",
    "Pas de plainte nouvelle.",
    "Se sent bien.",
    "Un peu de fatigue ces temps-ci.",
    "",
    "",
)
_CLEAR = (
    "Auscultation cardio-pulmonaire sans particularité.",
    "Auscultation claire. Abdomen souple.",
    "Pas de souffle cardiaque. MV libre.",
    "Examen inchangé.",
    "",
)
_NEUTRAL = ("Abdomen souple.", "Examen inchangé.", "")
_HEARD = frozenset({"fa", "ic", "bpco", "asthme"})
"""Illnesses whose own findings say what the auscultation gave."""
_RENEW = (
    "Ordonnance renouvelée 3 mois.",
    "Traitement renouvelé.",
    "Renouvellement 3 mois, bio avant la prochaine fois.",
    "Idem.",
)
_PINNED = (
    "Malentendance : parler en face, lentement.",
    "Ne pas laisser de message sur le téléphone fixe.",
    "Code du portail : voir avec l'infirmière.",
    "Veines difficiles.",
    "Vient toujours avec sa fille.",
    "Peur des piqûres.",
)
_PERSONAL = (
    "Semble cacher des difficultés de couple, à reprendre.",
    "Deuil récent, ne souhaite pas en parler en famille.",
)


@dataclass(slots=True)
class Followed:
    """A long illness of this person: since when the practice follows it, and when each sample is due."""

    illness: Illness
    since: date
    due: list[date] = field(default_factory=list)
    told: bool = False


class Life:
    """One patient from registration to the day before today."""

    def __init__(self, pen: Pen, children: Sequence[Person] = (), plan: Sequence[str] | None = None) -> None:
        self.pen = pen
        self.children = children
        self.followed: list[Followed] = []
        self.ends: date | None = None
        self.plan = plan
        self.vaccinated: set[tuple[str, str]] = set()

    def tell(
        self,
        team: Mapping[Author, PersonId],
        numbers: Matricules,
        *,
        recent: bool = False,
        enough: int | None = None,
    ) -> None:
        """Write the whole chart into the pen's scribe.

        Args:
            recent: with a visit in the week before today.
            enough: stop after that many facts, for benches.
        """
        pen, person = self.pen, self.pen.person
        first = pen.slot(person.registered)
        desk.register(pen, team, numbers, pen.after(first, -18))
        self._choose_illnesses(first.date())
        self._first_visit(first)
        calendar = [
            (day, rank, what) for rank, (day, what) in enumerate(self._calendar(first.date(), recent=recent))
        ]
        calendar.sort(key=lambda line: line[:2])
        for place, (day, _, what) in enumerate(calendar):
            if enough is not None and len(pen.scribe.events) >= enough:
                return
            coming = calendar[place + 1][0] if place + 1 < len(calendar) else None
            self._happen(day, what, coming)
        if self.ends is not None:
            self._death(self.ends)

    # -- before -------------------------------------------------------------------------------------------------

    def _choose_illnesses(self, day: date) -> None:
        pen, rng = self.pen, self.pen.rng
        now, then = pen.person.age(pen.today), pen.person.age(day)
        if now >= 16:
            for illness in illnesses.ALL:
                if illness.sex not in ("", pen.person.sex):
                    continue
                wanted = (
                    illness.key in self.plan
                    if self.plan is not None
                    else rng.random() < illness.probability(now)
                )
                if wanted and not (illness.key in ("ic", "mrc", "bpco") and then < 45):
                    self._follow(illness, day, then, now)
        if now >= 80 and rng.random() < 0.1 and self.plan is None:
            span = (pen.last - day).days - 60
            if span > 200:
                self.ends = day + timedelta(days=rng.randrange(180, span))

    def _follow(self, illness: Illness, day: date, then: int, now: int) -> None:
        rng = self.pen.rng
        known_before = rng.random() < 0.72 or now - then < 2
        since = (
            day
            if known_before
            else day + timedelta(days=rng.randrange(120, max(121, (self.pen.last - day).days - 30)))
        )
        if illness.key == "contraception":
            since = max(day, later(self.pen.person.born, 16 * 12 + rng.randrange(30)))
        if since > self.pen.last:
            return
        followed = Followed(illness, since)
        followed.due = [since + timedelta(days=rng.randrange(10, max(11, gap))) for _, gap in illness.labs]
        self.followed.append(followed)

    def _first_visit(self, when: datetime) -> None:
        pen, rng = self.pen, self.pen.rng
        age = pen.person.age(when.date())
        smoker = any(line.illness.key in ("bpco", "coronaire") for line in self.followed)
        background.write(pen, when, tobacco_years=rng.randint(15, 45) if smoker and age > 35 else 0)
        if age < 16:
            childhood.record_book(pen, when, self.vaccinated)
            return
        for line in self.followed:
            if line.since == when.date() or line.since <= pen.person.registered:
                self._begin(line, when, known=True)
        if not pen.taken and rng.random() < 0.3:
            pen.scribe.write(SectionEmpty(section="treatments"), when, pen.author(when))
        if not pen.problems and rng.random() < 0.3:
            pen.scribe.write(SectionEmpty(section="problems"), when, pen.author(when))
        if rng.random() < 0.5:
            year = when.year - rng.randint(1, 9)
            pen.vaccinate(when, "dtp", "rappel", on=date(year, rng.randint(1, 12), rng.randint(1, 28)))
        if rng.random() < 0.05:
            pen.note(when, rng.choice(_PINNED), pinned=True)
        if rng.random() < 0.02:
            pen.note(when, rng.choice(_PERSONAL), personal=True)
        pen.measure(
            when, {"weight": pen.body.weight(when.date()), "height": round(pen.body.height(when.date()))}
        )

    def _begin(self, line: Followed, when: datetime, *, known: bool) -> None:
        pen, rng, illness = self.pen, self.pen.rng, line.illness
        line.told = True
        day = when.date()
        pen.body.shift(illness.levels, day)
        years_ago = rng.randint(1, max(1, min(14, pen.person.age(day) - 18))) if known else 0
        if illness.code:
            onset = str(day.year - years_ago) if known else day.isoformat()[:7]
            pen.problem(illness.key, when, illness.label, illness.code, onset=onset)
        if illness.ald and rng.random() < 0.85:
            since = day - timedelta(days=min(years_ago, 8) * 365 + 40) if known else day
            pen.ald(when, illness.ald[0], illness.ald[1], illness.code, since)
        since_text = str(day.year - years_ago) if known else ""
        for steps in illness.lines:
            step = min(rng.choice((0, 0, 1)), len(steps) - 1) if known else 0
            if (
                steps is not illness.lines[0]
                and illness.key in ("hta", "diabete", "asthme")
                and (not known or rng.random() < 0.5)
            ):
                continue
            if steps[0][0] == "bisoprolol" and any(
                other.illness.key in ("asthme", "bpco") for other in self.followed
            ):
                continue
            pen.treat(
                when, *steps[step], since=since_text, reason=illness.label if illness.code else "", step=step
            )
        if illness.key == "fa":
            pen.slots["rhythm"] = "fibrillation auriculaire, fréquence ventriculaire à 74/min"
            drug = rng.choice(ANTICOAGULANTS)
            pen.treat(when, *drug, since=since_text, reason=illness.label)

    # -- what will happen ---------------------------------------------------------------------------------------

    def _calendar(self, start: date, *, recent: bool) -> list[tuple[date, object]]:
        pen, rng = self.pen, self.pen.rng
        end = min(self.ends or pen.last, pen.last)
        planned: list[tuple[date, object]] = []
        grown = later(pen.person.born, 16 * 12)
        if start < grown:
            planned += childhood.calendar(pen, start, min(grown, end))
        day = max(start, grown)
        while True:
            day += timedelta(days=max(6, round(self._gap(day) * rng.uniform(0.75, 1.3))))
            if day > end - timedelta(days=3):
                break
            planned.append((day, "visit"))
        day = start
        while True:
            young = years_between(pen.person.born, day) < 6
            day += timedelta(days=max(4, round(rng.expovariate(1 / (150 if young else 620)))))
            if day > end:
                break
            planned.append((day, "acute"))
        for child in self.children:
            planned += pregnancy.calendar(child.born, start, end)
        day = start + timedelta(days=rng.randrange(5, 20))
        while day < end and any(line.illness.key == "fa" for line in self.followed):
            planned.append((day, "inr"))
            day += timedelta(days=rng.choice((21, 28, 28, 30, 35)))
        if recent and self.ends is None:
            last = pen.last - timedelta(days=rng.randrange(0, 4))
            planned = [(when, what) for when, what in planned if when < last - timedelta(days=12)]
            planned.append((last, "visit" if pen.person.born < later(last, -16 * 12) else "acute"))
        return [(when, what) for when, what in planned if start < when <= end]

    def _gap(self, day: date) -> float:
        gaps = [
            line.illness.visit_days for line in self.followed if line.illness.visit_days and line.since <= day
        ]
        if gaps:
            return min(gaps) * (1.4 if self.pen.person.age(day) < 70 else 1.2)
        age = self.pen.person.age(day)
        return 1100 if age < 45 else 650 if age < 70 else 210

    # -- as it happens ------------------------------------------------------------------------------------------

    def _happen(self, day: date, what: object, coming: date | None) -> None:
        if what == "visit":
            self._visit(day, coming)
        elif what == "acute":
            passing.come(self.pen, day)
        elif what == "inr":
            self._inr(day)
        elif isinstance(what, childhood.Check):
            childhood.visit(self.pen, day, what, self.vaccinated)
        elif isinstance(what, pregnancy.Step):
            self.followed = [line for line in self.followed if line.illness.key != "contraception"]
            pregnancy.happen(self.pen, day, what)

    def _visit(self, day: date, coming: date | None) -> None:
        pen, rng = self.pen, self.pen.rng
        if any(key.startswith("pregnancy") for key in pen.problems) and len(self.followed) < 1:
            return
        when = pen.slot(day)
        new = [line for line in self.followed if not line.told and line.since <= day]
        live = [line for line in self.followed if line.told]
        values = self._vitals(when, live)
        shown = live[:1] + [line for line in live[1:] if rng.random() < 0.55]
        reasons = [say(rng, line.illness.reason) for line in shown if line.illness.reason] or ["Consultation"]
        history = join(
            [rng.choice(_LIVE), *(said(pick(rng, line.illness.history, pen.slots)) for line in shown)]
        )
        findings = join(
            [said(pick(rng, line.illness.findings, pen.slots)) for line in shown]
            + [rng.choice(_NEUTRAL if {line.illness.key for line in live} & _HEARD else _CLEAR)]
        )
        high = values.get("systolic", 0) >= 145
        conclusion = [
            said(pick(rng, (high and line.illness.alarms) or line.illness.plans, pen.slots)) for line in shown
        ]
        for line in new:
            self._begin(line, when, known=False)
            if line.illness.code:
                conclusion.append(
                    f"Diagnostic : {line.illness.label.lower()}. Explications données, traitement débuté."
                )
        conclusion.append(
            self._adjust(when, live, values) or (rng.choice(_RENEW) if live else "Conseils de prévention.")
        )
        if live and rng.random() < 0.14:
            short = rng.choice(
                (
                    "Stable.",
                    "RAS, renouvellement.",
                    "Consultation rapide, va bien.",
                    "Renouvellement, idem 3 mois.",
                )
            )
            pen.consult(
                when,
                reason=", ".join(reasons[:2]),
                text=join([short, pen.slots.get("pa", "")]),
                problems=self._about(shown),
            )
        else:
            pen.consult(
                when,
                reason=", ".join(reasons[:3]),
                history=history,
                findings=findings,
                conclusion=join(conclusion),
                place="home" if pen.person.age(day) > 84 and rng.random() < 0.6 else "office",
                problems=self._about(shown + new),
            )
        self._vaccines(when)
        self._order(day, live, coming)
        for line in live:
            if line.illness.specialist and rng.random() < 0.13:
                pen.letter(
                    day + timedelta(days=rng.randrange(15, 45)),
                    line.illness.specialist,
                    as_pdf=self.pen.spend_pdf(),
                )

    def _about(self, lines: Sequence[Followed]) -> list[FactId]:
        known = self.pen.problems
        return [known[line.illness.key] for line in lines if line.illness.key in known]

    def _vitals(self, when: datetime, live: Sequence[Followed]) -> dict[str, float]:
        pen, rng, day = self.pen, self.pen.rng, when.date()
        keys = {line.illness.key for line in live}
        values: dict[str, float] = {}
        if keys or pen.person.age(day) > 40 or rng.random() < 0.5:
            extra = sum(line.illness.pressure for line in live)
            systolic, diastolic = pen.body.pressure(day, -extra)
            values = {"systolic": systolic, "diastolic": diastolic}
            if rng.random() < 0.4:
                values["heart_rate"] = round(rng.gauss(72 if "fa" not in keys else 79, 7))
            pen.slots["home"] = f"{systolic - 6}/{diastolic - 4}"
            if keys & {"asthme", "bpco"}:
                values["spo2"] = rng.choice((93, 94, 94, 95)) if "bpco" in keys else rng.choice((97, 98, 99))
            fact = pen.measure(when, values)
            if rng.random() < 0.008:
                again = {**values, "systolic": systolic - 10}
                pen.measure(pen.after(when, 4), again, replaces=(fact,), comment="Reprise après repos.")
        if keys & {"diabete", "ic", "coronaire"} or rng.random() < 0.4:
            weight = pen.body.weight(day) + rng.gauss(0, 0.7)
            fact = pen.measure(when, {"weight": weight})
            if rng.random() < 0.012:
                pen.scribe.write(
                    EnteredInError(reason="Saisi dans le mauvais dossier."),
                    pen.after(when, 6),
                    pen.author(when),
                    replaces=(fact,),
                )
        return values

    def _adjust(self, when: datetime, live: Sequence[Followed], values: Mapping[str, float]) -> str:
        pen, rng = self.pen, self.pen.rng
        for line in live:
            key = line.illness.key
            high = (key == "hta" and values.get("systolic", 0) > 152) or (
                key == "diabete" and float(pen.slots.get("hba1c", "0").replace(",", ".")) > 7.8
            )
            if not high and not (key in ("hypothyroidie", "parkinson", "depression") and rng.random() < 0.03):
                continue
            for steps in line.illness.lines:
                if self._step_up(when, steps, line.illness.label):
                    return "Traitement majoré. Revoir dans un mois."
        return ""

    def _step_up(self, when: datetime, steps: Line, label: str) -> bool:
        pen = self.pen
        held = next((one for one in pen.taken.values() if one.body.substance == steps[0][0]), None)
        if held is None:
            return len(pen.taken) < 8 and pen.treat(when, *steps[0], reason=label) is not None
        step = held.step + 1
        if step >= len(steps):
            return False
        return pen.treat(when, *steps[step], since=held.body.since, reason=label, step=step) is not None

    def _order(self, day: date, live: Sequence[Followed], coming: date | None) -> None:
        pen, rng = self.pen, self.pen.rng
        limit = coming or day + timedelta(days=90)
        keys: dict[str, None] = {}
        for line in live:
            for place, (tests, gap) in enumerate(line.illness.labs):
                if line.due[place] <= limit:
                    keys.update(dict.fromkeys(tests))
                    line.due[place] = limit + timedelta(days=round(gap * rng.uniform(0.75, 1.05)))
        if keys:
            sample = max(day + timedelta(days=1), limit - timedelta(days=rng.randrange(4, 12)))
            pen.results(sample, keys, filed=rng.random() < 0.45)

    def _vaccines(self, when: datetime) -> None:
        pen, rng, day = self.pen, self.pen.rng, when.date()
        if when.month in (10, 11, 12) and pen.person.age(day) >= 65 and rng.random() < 0.6:
            if ("grippe", str(day.year)) not in self.vaccinated:
                self.vaccinated.add(("grippe", str(day.year)))
                pen.vaccinate(when, "grippe", f"campagne {day.year}")
            return
        if day.year == 2021 and rng.random() < 0.4:
            done = sum(("covid", dose) in self.vaccinated for dose in ("1re dose", "2e dose"))
            if done < 2:
                dose = ("1re dose", "2e dose")[done]
                self.vaccinated.add(("covid", dose))
                pen.vaccinate(when, "covid", dose)
            return
        childhood.catch_up(pen, when, self.vaccinated, adult=True)

    def _inr(self, day: date) -> None:
        pen, rng = self.pen, self.pen.rng
        held = pen.taken.get("anticoagulation")
        if held is None or held.body.substance not in ("warfarine", "fluindione"):
            return
        values = pen.results(day, ("inr",))
        if values and float(values["inr"]) > 3.4:
            text = (
                f"INR {values['inr'].replace('.', ',')} : sauter une prise, contrôle dans 5 jours. "
                f"Pas de saignement."
            )
            when = moment(day + timedelta(days=1), 18, rng.randrange(0, 40))
            if day + timedelta(days=1) <= pen.last:
                pen.note(when, text)

    def _death(self, day: date) -> None:
        pen = self.pen
        when = moment(min(day + timedelta(days=2), pen.last), 10, pen.rng.randrange(0, 59))
        events = pen.scribe.events
        events[:] = [
            event for event in events if event.when < when
        ]  # nothing is written about the dead but their death
        last = when - timedelta(days=100_000)
        for event in events:
            if isinstance(event.body, PatientIdentified) and event.when > last:
                last, known, previous = event.when, event.body, event.fact_id
        pen.note(
            when, f"Décès {pen.rng.choice(('à domicile', 'à l’hôpital', 'en EHPAD'))} le {day:%d/%m/%Y}."
        )
        desk.died(pen, when, day, known, previous)
