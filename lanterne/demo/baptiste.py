"""M. Jean Baptiste, 78: the chart one must not get wrong. Two thousand facts in ten years.

Anaphylaxis to penicillin, permanent atrial fibrillation under warfarin whose last INR is 4.8, heart failure (ALD
5), hypertension, kidneys that fail slowly, a cardiologist's letter of last month.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from lanterne.demo import desk, letters, places
from lanterne.demo.events import Author, last_working_day, moment, on_duty, working_day
from lanterne.demo.households import HISTORY_DAYS, Home, Person
from lanterne.demo.identity import Matricules
from lanterne.demo.illness import COUNT, KIDNEY, LIPIDS
from lanterne.demo.pen import Pen
from lanterne.demo.places import Place
from lanterne.demo.wording import join, say
from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.family.facts import FamilyRecorded
from lanterne.practice.kinds import Coding
from lanterne.practice.lifestyle.facts import LifestyleRecorded
from lanterne.practice.patients.facts import AttendingRecorded
from lanterne.practice.procedures.facts import ProcedureRecorded
from lanterne.reference import allergens, illnesses
from lanterne.wire.names import PatientId, PersonId

EVENTS = 2_000
LAST_INR = "4.80"
HOME = Home(0, "12 rue des Tilleuls", places.PRACTICE_POSTCODE, places.PRACTICE_CITY, "03 53 01 12 78")

_CARDIOLOGY = """L'état fonctionnel est stable, NYHA II. Pas de douleur thoracique, pas de syncope.
PA 128/74. ECG : fibrillation auriculaire, fréquence ventriculaire à 72/min, QRS fins.
Échocardiographie : FEVG 45 % (inchangée), oreillette gauche dilatée (48 mL/m²),
insuffisance mitrale modérée, PAPS 38 mmHg.
Je vous propose de poursuivre warfarine (INR cible 2 à 3), bisoprolol 5 mg, ramipril 5 mg, furosémide 60 mg.
Compte tenu de la fonction rénale, l'anti-aldostérone n'est pas repris.
Contrôle de la kaliémie dans un mois. Je le revois dans six mois.
Rappel : allergie grave à la pénicilline."""


def person(patient: PatientId, today: date) -> Person:
    """Who he is: 78 today, whatever the day."""
    born = date(today.year - 78, 3, 14)
    if (today.month, today.day) < (3, 14):
        born = date(today.year - 79, 3, 14)
    start = working_day(today - timedelta(days=HISTORY_DAYS - 4))
    while on_duty(start) != "doctor":
        start = working_day(start + timedelta(days=1))
    return Person(
        patient=patient,
        sex="male",
        birth_name="BAPTISTE",
        given=("Jean", "Marie", "Louis"),
        born=born,
        birth_place=Place("70550", "Vesoul"),
        home=HOME,
        registered=start,
        mobile="06 39 98 78 78",
        email="jean.baptiste@example.org",
    )


def tell(pen: Pen, team: Mapping[Author, PersonId], numbers: Matricules) -> None:
    """Write the whole chart: exactly EVENTS facts."""
    body = pen.body
    pen.slots["rhythm"] = "fibrillation auriculaire, fréquence ventriculaire à 74/min"
    body.build, body.stature, body.systolic = 0.6, 0.2, 128
    body.levels["creatinine"] = (0, 4, 0)
    start = pen.person.registered
    body.shift(
        (
            ("creatinine", (92, 3.5, 6.6)),
            ("uree", (7.4, 0.5, 0.55)),
            ("potassium", (4.5, 0.2, 0.03)),
            ("ntprobnp", (900, 260, 70)),
        ),
        start,
    )
    body.shift((("ldl", (0.92, 0.1, 0)), ("hemoglobine", (14.1, 0.3, -0.1))), start)
    first = pen.slot(start)
    _register(pen, team, numbers, first)
    _history(pen, first)
    _years(pen, start)
    _pad(pen, start)


def _register(pen: Pen, team: Mapping[Author, PersonId], numbers: Matricules, when: datetime) -> None:
    number = numbers.draw(sex="male", born=pen.person.born, place_code="70550", first_order=78)
    early = pen.after(when, -18)
    pen.scribe.write(desk.identity(pen, "qualified", number), early, "secretary")
    pen.scribe.write(desk.contacts(pen), early, "secretary")
    body = AttendingRecorded(name=desk.DOCTOR_NAME, person=team["doctor"], city=places.PRACTICE_CITY)
    pen.scribe.write(body, early, "secretary")


def _history(pen: Pen, when: datetime) -> None:
    write, author = pen.scribe.write, pen.author(when)
    write(
        AllergyRecorded(
            substance="Pénicillines",
            coding=Coding(system=allergens.SYSTEM, code="J01C", display="Pénicillines"),
            criticality="high",
            reaction="Choc anaphylactique 10 minutes après une prise d'amoxicilline, adrénaline, réanimation",
            verification="confirmed",
            onset="1998-11",
            comment="Porte une carte. Céphalosporines : avis allergologique avant tout emploi.",
        ),
        when,
        author,
    )
    pen.refused.update(("J01C", "J01D", "M01A"))
    pen.problem("hta", when, "Hypertension artérielle essentielle", "I10", onset="2001")
    pen.problem("fa", when, "Fibrillation auriculaire permanente", "I48.2", onset="2013")
    pen.problem("chol", when, "Hypercholestérolémie pure", "E78.0", onset="2004")
    pen.problem("hbp", when, "Hypertrophie bénigne de la prostate", "N40", onset="2012")
    pen.problem("genou", when, "Gonarthrose droite", "M17.9", onset="2011")
    pen.problem("", when, "Pneumopathie", "J18.9", onset="2009", clinical="resolved")
    for label, year, place in (
        ("Appendicectomie", "1961", ""),
        ("Cure de hernie inguinale", "1995", "Clinique Saint-Roch"),
        ("Chirurgie de la cataracte", "2015", "Clinique Saint-Roch"),
    ):
        write(ProcedureRecorded(label=label, performer=place), when, author, at=year)
    write(_relative("father", "Infarctus du myocarde", 61, died=True), when, author)
    write(_relative("mother", "Accident vasculaire cérébral", 79), when, author)
    write(
        LifestyleRecorded(
            topic="tobacco", label="ancien fumeur, arrêt en 1995", quantity="25", unit="paquets-années"
        ),
        when,
        author,
    )
    write(
        LifestyleRecorded(
            topic="alcohol", label="un verre de vin à midi", quantity="7", unit="verres par semaine"
        ),
        when,
        author,
    )
    write(LifestyleRecorded(topic="occupation", label="retraité, menuisier"), when, author)
    write(
        LifestyleRecorded(topic="household", label="vit avec son épouse, maison de plain-pied"), when, author
    )
    for substance, posology, since, reason in (
        ("warfarine", "5 mg : 1 cp le soir, selon INR (cible 2 à 3)", "2013", "Fibrillation auriculaire"),
        ("bisoprolol", "2,5 mg : 1 cp le matin", "2013", "Fibrillation auriculaire"),
        ("ramipril", "5 mg : 1 cp le matin", "2006", "Hypertension artérielle"),
        ("atorvastatine", "20 mg : 1 cp le soir", "2004", "Hypercholestérolémie"),
        ("tamsulosine", "0,4 mg : 1 gélule le soir", "2012", "Hypertrophie bénigne de la prostate"),
        ("paracétamol", "1 g : jusqu'à 3 fois par jour si douleur", "2011", "Gonarthrose"),
    ):
        pen.treat(when, substance, posology, since=since, reason=reason)
    pen.measure(when, {"weight": 82.4, "height": 174})
    pen.note(
        when, "Allergie pénicilline : choc en 1998. Sous AVK : pas d'AINS, pas d'injection IM.", pinned=True
    )


def _relative(relation: str, label: str, age: int, *, died: bool = False) -> FamilyRecorded:
    code = next(line.code for line in illnesses.every() if line.label == label)
    coding = Coding(system=illnesses.SYSTEM, code=code, display=label)
    return FamilyRecorded(relation=relation, label=label, coding=coding, age_at_onset=age, died_of_it=died)  # type: ignore[arg-type]


def _years(pen: Pen, start: date) -> None:
    """Everything dated, day after day: visits monthly, INR every fortnight or month, blood tests every quarter."""
    rng = pen.rng
    end = pen.last
    last_sample = last_working_day(end - timedelta(days=1))
    happenings: list[tuple[date, int, str]] = [(end, 9, "last visit"), (last_sample, 8, "last inr")]
    day = start + timedelta(days=26)
    while day < end - timedelta(days=12):
        happenings.append((day, 3, "visit"))
        day += timedelta(days=rng.randrange(25, 34))
    day = start + timedelta(days=9)
    while day < last_sample - timedelta(days=6):
        happenings.append((day, 1, "inr"))
        day += timedelta(days=rng.choice((10, 14, 21, 21, 28)))
    day = start + timedelta(days=40)
    while day < end - timedelta(days=9):
        happenings.append((day, 2, "labs"))
        day += timedelta(days=rng.randrange(84, 100))
    for year in range(start.year, end.year + 1):
        happenings.append((date(year, 10, 20 + year % 9), 4, "influenza"))
        happenings.append((date(year, 4, 10 + year % 9), 5, "cardiologist"))
    for months_ago, what in (
        (84, "heart failure"),
        (62, "kidney"),
        (47, "spironolactone"),
        (41, "hyperkalaemia"),
        (20, "furosemide"),
    ):
        happenings.append((end - timedelta(days=round(months_ago * 30.44)), 6, what))
    happenings.append((last_working_day(pen.today - timedelta(days=33)), 7, "letter of last month"))
    for when, _, what in sorted(line for line in happenings if start < line[0] <= end):
        _ACTS[what](pen, when)


def _visit(pen: Pen, day: date) -> None:
    rng = pen.rng
    when = pen.slot(day)
    systolic, diastolic = pen.body.pressure(day, 4, noise=8)
    pen.measure(when, {"systolic": systolic, "diastolic": diastolic, "heart_rate": rng.randint(62, 88)})
    weight = pen.body.weight(day) + rng.gauss(0, 0.8)
    pen.measure(when, {"weight": weight})
    slots = pen.slots
    failing = "ic" in pen.problems
    inr = f" Dernier INR {slots['inr']}." if "inr" in slots else ""
    pen.consult(
        when,
        reason=say(
            rng,
            "{Renouvellement FA, HTA|Suivi mensuel|Suivi AVK, cœur|FA, insuffisance cardiaque}"
            if failing
            else "{Suivi AVK|Renouvellement}",
        ),
        history=join(
            [
                say(
                    rng,
                    (
                        "{Va bien|Stable|Un peu essoufflé dans les côtes|Jardine}. {Pas de "
                        "saignement|Aucun saignement}, {pas de chute|pas de malaise}."
                    ),
                ),
                say(
                    rng,
                    "{NYHA II|Dort avec deux oreillers|Pas d'orthopnée}, {poids stable|a pris 1 kg}."
                    if failing
                    else "",
                ),
            ]
        ),
        findings=say(
            rng,
            (
                f"PA {slots['pa']}, poids {slots['weight']} kg. Rythme irrégulier. {{OMI discrets|Pas "
                f"d'OMI}}, {{pas de crépitants|MV libre}}."
            ),
        ),
        conclusion=say(
            rng,
            (
                f"{{Équilibre correct|État stable}}.{inr} {{Même traitement|Renouvellement un mois}}, "
                f"{{INR dans 15 jours|INR mensuel}}."
            ),
        ),
        place="home" if rng.random() < 0.1 else "office",
        problems=[pen.problems["fa"], pen.problems["ic" if failing else "hta"]],
    )
    if rng.random() < 0.04:
        pen.treat(when, "macrogol 4000", "10 g : 1 sachet le matin", days=20, reason="Constipation")


def _inr(pen: Pen, day: date) -> None:
    rng = pen.rng
    value = min(3.9, max(1.4, rng.gauss(2.5, 0.42)))
    pen.results(day, ("inr",), given={"inr": f"{value:.2f}"})
    if value > 3.3 and day + timedelta(days=1) <= pen.last:
        when = moment(day + timedelta(days=1), 18, 10)
        pen.note(
            when,
            f"INR {value:.1f} : warfarine 1/2 cp ce soir, puis reprise. Contrôle dans une semaine.".replace(
                ".", ",", 1
            ),
        )


def _last_inr(pen: Pen, day: date) -> None:
    pen.results(day, ("inr",), filed=True, given={"inr": LAST_INR})


def _last_visit(pen: Pen, day: date) -> None:
    when = max(pen.slot(day), moment(day, 16, 30))
    pen.measure(when, {"systolic": 126, "diastolic": 72, "heart_rate": 78})
    pen.measure(when, {"weight": pen.body.weight(day) + 0.6})
    pen.consult(
        when,
        reason="INR à 4,8",
        history="Appelé ce midi pour INR 4,8. Gel buccal au miconazole pris une semaine pour un muguet "
        "(automédication). Pas de saignement extériorisé, pas de céphalée, pas de chute.",
        findings=(
            f"PA 126/72, FC 78 irrégulière, poids {pen.slots['weight']} kg. Pas d'hématome. Muqueuse "
            f"buccale : muguet en voie de guérison. Examen neurologique normal."
        ),
        conclusion="Surdosage asymptomatique par interaction AVK – miconazole. Arrêt du gel, sauter la "
        "prise de ce soir, pas de vitamine K. INR dans 48 h. Consignes de surveillance données à M. et Mme Baptiste.",
        problems=[pen.problems["fa"]],
    )


def _labs(pen: Pen, day: date) -> None:
    keys = [*COUNT, *KIDNEY, "chlore", "bicarbonates", "uree"]
    if "ic" in pen.problems:
        keys.append("ntprobnp")
    if pen.rng.random() < 0.3:
        keys += [*LIPIDS, "alat", "glycemie"]
    if pen.rng.random() < 0.25:
        keys += ["psa", "albuminurie"]
    pen.results(day, keys, filed=pen.rng.random() < 0.7)


def _influenza(pen: Pen, day: date) -> None:
    when = pen.slot(day)
    pen.vaccinate(when, "grippe", f"campagne {day.year}")
    if day.year == 2025:
        pen.vaccinate(when, "pneumocoque_adulte", "dose unique")
    if day.year == 2021:
        pen.vaccinate(when, "covid", "rappel")


def _cardiologist(pen: Pen, day: date) -> None:
    pen.letter(working_day(day), "cardiologue")


def _letter_of_last_month(pen: Pen, day: date) -> None:
    when = moment(working_day(day + timedelta(days=3)), 9, 24)
    title = "Consultation de cardiologie"
    text = "\n".join(
        (
            "Dr Solène Kervadec, cardiologue",
            letters.SPECIALISTS["cardiologue"].place,
            "Tél. 03 53 01 31 18",
            "",
            f"Le {letters.french_date(day)}",
            "",
            f"Patient : M. Jean Baptiste, né le {pen.person.born:%d/%m/%Y}",
            "",
            "Chère consœur,",
            "",
            f"J'ai revu en consultation M. Jean Baptiste, {pen.person.age(day)} ans.",
            _CARDIOLOGY,
            "",
            "Bien confraternellement,",
            "Dr Solène Kervadec",
        )
    )
    name = f"{day:%Y%m%d}-cardiologue.pdf"
    pen.file(
        when, "letter", title, "Dr Solène Kervadec", name, letters.pdf(title, text, when), at=day.isoformat()
    )


def _heart_failure(pen: Pen, day: date) -> None:
    when = pen.slot(day)
    fact = pen.problem(
        "ic", when, "Insuffisance cardiaque à FEVG modérément altérée", "I50.9", onset=day.isoformat()[:7]
    )
    pen.ald(when, 5, "Insuffisance cardiaque, fibrillation auriculaire", "I50.9", day)
    pen.treat(when, "furosémide", "20 mg : 1 cp le matin", reason="Insuffisance cardiaque")
    pen.treat(
        when, "bisoprolol", "5 mg : 1 cp le matin", since="2013", reason="Fibrillation auriculaire", step=1
    )
    pen.consult(
        when,
        reason="Dyspnée, œdèmes",
        history=(
            "Essoufflé à la marche depuis 3 semaines, deux oreillers, prise de 4 kg. Sorti "
            "avant-hier de cardiologie."
        ),
        findings="PA 134/78, FC 88 irrégulière. OMI prenant le godet, crépitants des bases, reflux hépato-jugulaire.",
        conclusion=(
            "Insuffisance cardiaque, FEVG 45 %. Furosémide, restriction sodée, pesée régulière. "
            "Protocole ALD envoyé."
        ),
        problems=[fact],
    )


def _kidney(pen: Pen, day: date) -> None:
    when = pen.slot(day)
    label = "Maladie rénale chronique, stade 3"
    fact = pen.problem(
        "mrc", when, label, "N18.3", onset=day.isoformat()[:7], comment="Néphroangiosclérose probable."
    )
    pen.consult(
        when,
        reason="Résultats",
        history="Créatinine qui monte depuis un an, pas d'AINS, diurèse conservée.",
        findings="Pas d'OMI. BU : protéines une croix.",
        conclusion=(
            "MRC stade 3. Avis néphrologique, créatinine et kaliémie tous les 3 mois. Règles en cas "
            "de déshydratation."
        ),
        problems=[fact],
    )
    pen.letter(day + timedelta(days=30), "néphrologue")


def _spironolactone(pen: Pen, day: date) -> None:
    pen.treat(
        pen.slot(day),
        "spironolactone",
        "25 mg : 1/2 cp le matin",
        reason="Insuffisance cardiaque",
        prescriber="Dr Solène Kervadec",
    )


def _hyperkalaemia(pen: Pen, day: date) -> None:
    pen.results(day - timedelta(days=3), ("creatinine", "dfg"), filed=True, given={"potassium": "5.8"})
    when = pen.slot(day)
    pen.stop(when, "antialdostérone", "Kaliémie à 5,8 mmol/L")
    pen.consult(
        when,
        reason="Kaliémie à 5,8",
        history="Appelé par le laboratoire. Pas de palpitations ni de faiblesse musculaire.",
        findings="PA 122/70. ECG : pas d'onde T ample.",
        conclusion=(
            "Arrêt de la spironolactone, régime pauvre en potassium, ionogramme dans 4 jours. "
            "Cardiologue prévenu."
        ),
        problems=[pen.problems["ic"], pen.problems["mrc"]],
    )


def _furosemide(pen: Pen, day: date) -> None:
    pen.treat(pen.slot(day), "furosémide", "60 mg : 1 cp le matin", reason="Insuffisance cardiaque", step=1)


def _pad(pen: Pen, start: date) -> None:
    """Weights and pressures taken at home by the nurse, as many as bring the chart to EVENTS facts."""
    missing = EVENTS - len(pen.scribe.events)
    days = (pen.last - start).days - 20
    for rank in range(missing):
        day = start + timedelta(days=10 + rank * days // missing)
        when = moment(min(working_day(day), pen.last), 11, rank % 20)
        if rank % 2:
            pen.measure(
                when, {"weight": pen.body.weight(day) + pen.rng.gauss(0, 0.6)}, comment="Pesée à domicile."
            )
        else:
            systolic, diastolic = pen.body.pressure(day, 6, noise=6)
            values = {"systolic": systolic, "diastolic": diastolic}
            pen.measure(when, values, comment="Automesure à domicile.")


_ACTS = {
    "visit": _visit,
    "inr": _inr,
    "last inr": _last_inr,
    "last visit": _last_visit,
    "labs": _labs,
    "influenza": _influenza,
    "cardiologist": _cardiologist,
    "letter of last month": _letter_of_last_month,
    "heart failure": _heart_failure,
    "kidney": _kidney,
    "spironolactone": _spironolactone,
    "hyperkalaemia": _hyperkalaemia,
    "furosemide": _furosemide,
}
