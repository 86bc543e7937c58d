"""What the first consultation puts in a chart: history, family, way of life, allergies said or not said."""

from __future__ import annotations

from datetime import date, datetime

from lanterne.demo.pen import Pen
from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.chart.facts import SectionEmpty
from lanterne.practice.family.facts import FamilyRecorded, Relation
from lanterne.practice.kinds import Coding
from lanterne.practice.lifestyle.facts import LifestyleRecorded, Topic
from lanterne.practice.procedures.facts import ProcedureRecorded
from lanterne.reference import allergens, illnesses, procedures

# label, ages between which it happens, sex, share of those old enough
_OPERATIONS: tuple[tuple[str, int, int, str, float], ...] = (
    ("Appendicectomie", 8, 35, "", 0.12),
    ("Amygdalectomie", 4, 12, "", 0.1),
    ("Pose d'aérateurs transtympaniques", 2, 6, "", 0.06),
    ("Extraction de dents de sagesse", 17, 28, "", 0.2),
    ("Césarienne", 25, 38, "female", 0.12),
    ("Cholécystectomie", 35, 70, "", 0.09),
    ("Cure de hernie inguinale", 30, 75, "male", 0.13),
    ("Arthroscopie du genou", 20, 60, "", 0.06),
    ("Libération du nerf médian au canal carpien", 40, 75, "", 0.07),
    ("Hystérectomie", 42, 65, "female", 0.08),
    ("Chirurgie de la cataracte", 66, 85, "", 0.4),
    ("Prothèse totale de hanche", 62, 85, "", 0.12),
    ("Prothèse totale de genou", 62, 82, "", 0.1),
    ("Coloscopie totale", 45, 75, "", 0.25),
    ("Éveinage de saphène", 35, 65, "female", 0.08),
)
_PERFORMERS = ("Clinique Saint-Roch", "Hôpital de Montfleuri", "CHU")
_CCAM = {line.label: line.ccam for line in procedures.every()}

# substance, weight, reactions, criticality, ATC prefixes then refused
_ALLERGIES: tuple[tuple[str, int, tuple[str, ...], str, tuple[str, ...]], ...] = (
    ("Pénicillines", 30, ("urticaire", "éruption dans l'enfance", "œdème du visage"), "high", ("J01C",)),
    ("Amoxicilline", 20, ("éruption maculo-papuleuse", "urticaire"), "low", ("J01C",)),
    ("Sulfamides antibactériens", 8, ("éruption fébrile",), "high", ("J01E",)),
    ("Anti-inflammatoires non stéroïdiens", 9, ("urticaire", "bronchospasme"), "high", ("M01A",)),
    ("Codéine", 7, ("vomissements", "prurit"), "low", ("N02AJ",)),
    ("Produits de contraste iodés", 7, ("urticaire",), "high", ()),
    ("Inhibiteurs de l'enzyme de conversion", 6, ("toux",), "low", ("C09AA",)),
    ("Pollens de graminées", 14, ("rhinite", "conjonctivite"), "low", ()),
    ("Acariens", 12, ("rhinite", "asthme"), "low", ()),
    ("Arachide", 6, ("œdème de Quincke", "urticaire"), "high", ()),
    ("Venin de guêpe", 6, ("réaction locale étendue", "malaise"), "high", ()),
    ("Latex", 4, ("eczéma de contact",), "low", ()),
    ("Nickel", 6, ("eczéma de contact",), "low", ()),
    ("Fruits à coque", 4, ("syndrome oral",), "unable-to-assess", ()),
)
_CATEGORY = {line.substance: line for line in allergens.every()}

_FAMILY: tuple[tuple[str, int, tuple[int, int]], ...] = (
    ("Infarctus du myocarde", 12, (45, 82)),
    ("Accident vasculaire cérébral", 9, (55, 88)),
    ("Hypertension artérielle", 14, (40, 70)),
    ("Diabète de type 2", 14, (40, 75)),
    ("Cancer du sein", 8, (38, 80)),
    ("Cancer du côlon", 7, (48, 84)),
    ("Cancer de la prostate", 5, (58, 85)),
    ("Maladie d'Alzheimer", 6, (68, 88)),
    ("Glaucome", 4, (50, 75)),
    ("Asthme", 6, (4, 30)),
    ("Phlébite ou embolie pulmonaire", 4, (30, 75)),
    ("Dysthyroïdie", 5, (25, 65)),
    ("Dépression", 4, (25, 60)),
    ("Mélanome", 2, (35, 75)),
)
_FAMILY_CODES = {line.label: line.code for line in illnesses.every()}
_RELATIVES: tuple[Relation, ...] = (
    "mother",
    "father",
    "mother",
    "father",
    "sister",
    "brother",
    "grandmother",
    "grandfather",
)
_MEN = ("father", "brother", "grandfather", "son", "uncle")

# a man's word, a woman's
_JOBS: tuple[tuple[str, str], ...] = (
    ("aide-soignant", "aide-soignante"), ("agriculteur", "agricultrice"), ("chauffeur routier", "conductrice de bus"),
    ("enseignant", "enseignante"), ("maçon", "assistante maternelle"), ("cuisinier", "cuisinière"),
    ("infirmier", "infirmière"), ("comptable", "comptable"), ("agent d'entretien", "agente d'entretien"),
    ("électricien", "secrétaire"), ("vendeur", "vendeuse"), ("informaticien", "informaticienne"),
    ("menuisier", "coiffeuse"), ("fonctionnaire territorial", "fonctionnaire territoriale"),
    ("ouvrier d'usine", "ouvrière d'usine"), ("artisan boulanger", "boulangère"), ("éducateur", "éducatrice"),
    ("cariste", "caissière"),
)  # fmt: skip


def write(pen: Pen, when: datetime, *, tobacco_years: int = 0) -> None:
    """Everything but problems and treatments."""
    day = when.date()
    operations(pen, when, day)
    allergy(pen, when)
    if pen.person.age(day) >= 16:
        family(pen, when)
        lifestyle(pen, when, day, tobacco_years)


def operations(pen: Pen, when: datetime, day: date) -> None:
    """Operations undergone before that day; sometimes, that there were none."""
    rng, age = pen.rng, pen.person.age(day)
    done = 0
    for label, youngest, oldest, sex, share in _OPERATIONS:
        if age <= youngest or (sex and sex != pen.person.sex) or rng.random() > share:
            continue
        year = pen.person.born.year + rng.randint(youngest, min(oldest, age - 1))
        ccam = _CCAM.get(label, "")
        body = ProcedureRecorded(
            label=label,
            coding=Coding(system=procedures.SYSTEM, code=ccam, display=label) if ccam else None,
            performer=rng.choice(_PERFORMERS) if rng.random() < 0.5 else "",
        )
        pen.scribe.write(body, when, pen.author(when), at=str(year))
        done += 1
        if done == 3:
            return
    if not done and rng.random() < 0.35:
        pen.scribe.write(SectionEmpty(section="procedures"), when, pen.author(when))


def allergy(pen: Pen, when: datetime) -> None:
    """An allergy for one in five; "none known" asked and said for half; nothing for the others."""
    drawn = pen.rng.random()
    if drawn < 0.2:
        substance, _, reactions, criticality, refused = pen.rng.choices(
            _ALLERGIES, [line[1] for line in _ALLERGIES]
        )[0]
        known = _CATEGORY[substance]
        verification = "confirmed" if pen.rng.random() < 0.6 else "unconfirmed"
        body = AllergyRecorded(
            substance=substance,
            coding=Coding(system=allergens.SYSTEM, code=known.atc, display=substance) if known.atc else None,
            nature="intolerance" if substance.startswith(("Codéine", "Inhibiteurs")) else "allergy",
            category=known.category,
            criticality=criticality,  # type: ignore[arg-type]
            reaction=pen.rng.choice(reactions),
            verification=verification,  # type: ignore[arg-type]
            onset=str(pen.rng.randint(pen.person.born.year, when.year)) if pen.rng.random() < 0.5 else "",
        )
        pen.scribe.write(body, when, pen.author(when))
        pen.refused.update(refused)
    elif drawn < 0.72:
        pen.scribe.write(SectionEmpty(section="allergies"), when, pen.author(when))


def family(pen: Pen, when: datetime) -> None:
    """Up to two illnesses of relatives; sometimes, that there is nothing of note."""
    rng = pen.rng
    for label, _, ages in rng.choices(_FAMILY, [line[1] for line in _FAMILY], k=rng.choice((0, 1, 1, 2))):
        relation = rng.choice(_RELATIVES)
        if (label == "Cancer de la prostate") != (relation in _MEN) and label in (
            "Cancer de la prostate",
            "Cancer du sein",
        ):
            relation = "father" if label == "Cancer de la prostate" else "mother"
        code = _FAMILY_CODES.get(label, "")
        body = FamilyRecorded(
            relation=relation,
            label=label,
            coding=Coding(system=illnesses.SYSTEM, code=code, display=label) if code else None,
            age_at_onset=rng.randint(*ages) if rng.random() < 0.6 else -1,
            died_of_it=rng.random() < 0.2 and label.startswith(("Infarctus", "Accident", "Cancer")),
        )
        pen.scribe.write(body, when, pen.author(when))


def lifestyle(pen: Pen, when: datetime, day: date, tobacco_years: int) -> None:
    """Tobacco with its pack-years, alcohol, work, activity."""
    rng, age = pen.rng, pen.person.age(day)
    drawn = rng.random()
    if tobacco_years or (drawn < 0.22 and age < 75):
        packs = tobacco_years or max(1, round((age - 17) * rng.uniform(0.3, 1.1)))
        _say(
            pen,
            when,
            "tobacco",
            "fumeur actif" if age < 62 else "ancien fumeur",
            str(packs),
            "paquets-années",
            risk=True,
        )
    elif drawn < 0.42:
        years = max(1, round(min(25, age - 18) * rng.uniform(0.2, 0.9)))
        _say(pen, when, "tobacco", "ancien fumeur", str(years), "paquets-années")
    else:
        _say(pen, when, "tobacco", "n'a jamais fumé")
    if rng.random() < 0.45:
        label, glasses = rng.choice(
            (("occasionnel", ""), ("régulier, modéré", "6"), ("abstinent", ""), ("excessif", "22"))
        )
        _say(
            pen,
            when,
            "alcohol",
            label,
            glasses,
            "verres par semaine" if glasses else "",
            risk=label == "excessif",
        )
    if age < 63 and rng.random() < 0.6:
        job = rng.choice(_JOBS)[pen.person.female]
        _say(pen, when, "occupation", ("étudiante" if pen.person.female else "étudiant") if age < 21 else job)
    elif age >= 63 and rng.random() < 0.5:
        job = rng.choice(_JOBS)[pen.person.female]
        _say(pen, when, "occupation", f"{'retraitée' if pen.person.female else 'retraité'}, {job}")
    if rng.random() < 0.25:
        _say(
            pen,
            when,
            "activity",
            rng.choice(("marche 30 minutes par jour", "sédentaire", "sport en club deux fois par semaine")),
        )


def _say(
    pen: Pen,
    when: datetime,
    topic: Topic,
    label: str,
    quantity: str = "",
    unit: str = "",
    *,
    risk: bool = False,
) -> None:
    body = LifestyleRecorded(topic=topic, label=label, quantity=quantity, unit=unit, at_risk=risk)
    pen.scribe.write(body, when, pen.author(when))
