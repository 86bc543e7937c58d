"""Letters of specialists and reports of laboratories, as text files; a few as PDF.

Law: every sender is invented and telephones are fictional; a PDF is the same bytes for the same letter (its date is
given, fonts are those inside typst).
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from lanterne.demo.households import Person
from lanterne.demo.wording import pick
from lanterne.practice.documents.facts import DocumentKind
from lanterne.practice.results.facts import ResultRecorded
from lanterne.reference import units

LABORATORIES = (
    "Laboratoire Bioval, Montfleuri-le-Haut",
    "Laboratoire de la Lanterne, Saint-Aubin-sur-Lanterne",
)

MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août",
    "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def french_date(day: date) -> str:
    """ "3 mars 2024"."""
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Specialist:
    """Whose letters come: names, place, title of the document, its kind, sentences."""

    names: tuple[str, ...]
    place: str
    title: str
    bodies: tuple[str, ...]
    kind: DocumentKind = "letter"


SPECIALISTS: dict[str, Specialist] = {
    "cardiologue": Specialist(
        names=("Dr Solène Kervadec", "Dr Hugues Amiel"),
        place="Cabinet de cardiologie, Montfleuri-le-Haut",
        title="Consultation de cardiologie",
        bodies=(
            (
                "L'état fonctionnel est {stable|satisfaisant}, sans douleur thoracique. PA <pa>.\n"
                "ECG : <rhythm>, "
                "pas de trouble de la repolarisation.\n"
                "Échocardiographie : FEVG {58|55|50} %, oreillette gauche {normale|dilatée}, pas de "
                "valvulopathie significative.\n"
                "Je propose de poursuivre le traitement sans modification. Contrôle dans un an."
            ),
        ),
    ),
    "ophtalmologue": Specialist(
        names=("Dr Aline Vasseur-Petit",),
        place="Centre ophtalmologique du Parc, Montfleuri-le-Haut",
        title="Fond d'œil",
        bodies=(
            (
                "Acuité visuelle corrigée : OD {9|8|10}/10, OG {9|10|7}/10. Tonus {14|16}/{15|16} mmHg.\n"
                "Fond d'œil : {absence de rétinopathie diabétique|rares microanévrismes, sans maculopathie}.\n"
                "Contrôle dans un an."
            ),
        ),
    ),
    "néphrologue": Specialist(
        names=("Dr Yann Le Saoût",),
        place="Service de néphrologie, hôpital de Montfleuri",
        title="Consultation de néphrologie",
        bodies=(
            (
                "La fonction rénale {décline lentement|est stable}, sans anomalie du sédiment. "
                "Échographie : reins de taille {normale|réduite}.\n"
                "Poursuivre le bloqueur du système rénine, éviter AINS et déshydratation. Créatinine "
                "et kaliémie tous les 4 mois."
            ),
        ),
    ),
    "pneumologue": Specialist(
        names=("Dr Carole Imbert",),
        place="Cabinet de pneumologie, Montfleuri-le-Haut",
        title="Épreuves fonctionnelles respiratoires",
        bodies=(
            (
                "VEMS {62|71|84} % de la théorique, rapport VEMS/CVF {0,61|0,66|0,74}, réversibilité "
                "{non significative|partielle}.\n"
                "Je conseille de poursuivre le traitement inhalé et {l'arrêt du tabac|l'activité physique}."
            ),
        ),
    ),
    "neurologue": Specialist(
        names=("Dr Estelle Jourdan",),
        place="Hôpital de Montfleuri",
        title="Consultation de neurologie",
        bodies=(
            ("L'examen est {stable|sans fait nouveau}. Traitement inchangé. À revoir dans {six mois|un an}."),
        ),
    ),
    "rhumatologue": Specialist(
        names=("Dr Marc-Antoine Ferry",),
        place="Cabinet de rhumatologie, Montfleuri-le-Haut",
        title="Consultation de rhumatologie",
        bodies=(
            (
                "Arthrose fémoro-tibiale interne {modérée|évoluée}. Infiltration cortisonée réalisée "
                "ce jour {à droite|à gauche}.\n"
                "Repos 48 heures, kinésithérapie. Revoir si échec à 3 mois."
            ),
        ),
    ),
    "urologue": Specialist(
        names=("Dr Gaspard Lenoir",),
        place="Clinique Saint-Roch, Montfleuri-le-Haut",
        title="Consultation d'urologie",
        bodies=(
            (
                "Prostate {de 45|de 60} mL, résidu post-mictionnel {faible|80 mL}. Surveillance, PSA dans {6|12} mois."
            ),
        ),
    ),
    "oncologue": Specialist(
        names=("Dr Salomé Attal",),
        place="Centre de cancérologie, hôpital de Montfleuri",
        title="Consultation de surveillance",
        bodies=(
            (
                "Pas d'argument clinique ni d'imagerie pour une récidive. Hormonothérapie "
                "poursuivie. Mammographie dans un an."
            ),
        ),
        kind="hospital-report",
    ),
    "gastro-entérologue": Specialist(
        names=("Dr Rémi Castagne",),
        place="Clinique Saint-Roch, Montfleuri-le-Haut",
        title="Compte rendu de coloscopie",
        bodies=(
            (
                "Coloscopie totale, préparation {bonne|moyenne}. {Deux polypes de 4 mm "
                "réséqués|Examen normal}. Contrôle dans {3|5} ans."
            ),
        ),
        kind="hospital-report",
    ),
    "gériatre": Specialist(
        names=("Dr Bénédicte Olry",),
        place="Consultation mémoire, hôpital de Montfleuri",
        title="Consultation mémoire",
        bodies=(
            (
                "MMSE {18|20|22}/30. Troubles {mnésiques prédominants|de l'orientation}. Accueil de "
                "jour et aide aux aidants proposés."
            ),
        ),
        kind="hospital-report",
    ),
    "dermatologue": Specialist(
        names=("Dr Faustine Rey",),
        place="Cabinet de dermatologie, Saint-Aubin-sur-Lanterne",
        title="Consultation de dermatologie",
        bodies=(
            (
                "{Nævus sans critère d'atypie, surveillance photographique|Carcinome basocellulaire, "
                "exérèse programmée|Kératose séborrhéique, abstention}."
            ),
        ),
    ),
    "gynécologue": Specialist(
        names=("Dr Ludivine Haas",),
        place="Cabinet de gynécologie, Montfleuri-le-Haut",
        title="Frottis cervico-utérin",
        bodies=("Frottis {normal, à renouveler dans 3 ans|sans cellule atypique}. Examen mammaire normal.",),
    ),
    "radiologue": Specialist(
        names=("Dr Olivier Pons",),
        place="Centre d'imagerie du Marché, Saint-Aubin-sur-Lanterne",
        title="Compte rendu d'imagerie",
        bodies=(
            (
                "Indication : <reason>.\nRésultat : {pas de lésion osseuse visible|aspect sans "
                "particularité|anomalie modérée en rapport avec la clinique}."
            ),
        ),
        kind="imaging",
    ),
}


def letter(
    rng: random.Random, key: str, person: Person, day: date, slots: Mapping[str, str]
) -> tuple[str, str, str]:
    """Sender, title and text of a specialist's letter about a patient."""
    known = SPECIALISTS[key]
    figures = {"pa": "132/76", "rhythm": "rythme sinusal", "reason": "douleur", **slots}
    sender = rng.choice(known.names)
    who = f"{'Mme' if person.female else 'M.'} {person.given[0]} {person.family_name}"
    text = "\n".join(
        (
            sender,
            known.place,
            f"Tél. 03 53 01 {20 + len(key):02d} {len(sender):02d}",
            "",
            f"Le {french_date(day)}",
            "",
            f"Objet : {known.title}",
            f"Patient : {who}, {'née' if person.female else 'né'} le {person.born:%d/%m/%Y}",
            "",
            "Chère consœur,",
            "",
            f"J'ai vu en consultation {who}, {person.age(day)} ans.",
            pick(rng, known.bodies, figures),
            "",
            "Bien confraternellement,",
            sender,
            "",
        )
    )
    return sender, known.title, text


def report(person: Person, laboratory: str, taken: datetime, results: Sequence[ResultRecorded]) -> str:
    """A laboratory report as text."""
    lines = [
        laboratory,
        "Tél. 03 53 01 77 40",
        "",
        f"{person.birth_name} {person.given[0]}  {'F' if person.female else 'M'}  {person.born:%d/%m/%Y}",
        f"Prélevé le {taken:%d/%m/%Y} à {taken:%H:%M}      Prescripteur : Dr Garance Morel",
    ]
    panel = ""
    for result in results:
        if result.panel != panel:
            panel = result.panel
            lines += ["", panel.upper()]
        bounds = f"({result.low or '…'} à {result.high or '…'})" if result.low or result.high else ""
        value = result.comparator + result.value.replace(".", ",")
        mark = {"H": " +", "L": " -", "HH": " ++", "A": " *"}.get(result.flag, "")
        lines.append(
            f"  {result.label:<46.46} {value:>10} {units.shown(result.unit):<12} {bounds}{mark}".rstrip()
        )
    return "\n".join([*lines, "", "Validé par : Mme Odile Prat, biologiste", ""])


_PAGE = """#set document(title: sys.inputs.title, date: none)
#set page(paper: "a4", margin: 2.2cm)
#set text(size: 10.5pt, lang: "fr")
#for line in sys.inputs.text.split("\\n") [#line #linebreak()]
"""


def pdf(title: str, text: str, when: datetime) -> bytes:
    """A letter as a PDF of one page; `when` is the date inside it."""
    import typst

    made = typst.compile(
        _PAGE.encode(),
        format="pdf",
        sys_inputs={"title": title, "text": text},
        ignore_system_fonts=True,
        timestamp=int(when.timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError("typst gave several pages of bytes for one letter")
    return made
