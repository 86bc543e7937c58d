"""What arrived in the week before today: some forty files, about patients who could have them.

Law: nothing depends on how the practice is written, only on the seed, the day and how many patients there are.
What shows a case is for a member of the cast: M. Baptiste's INR above 5, the letter of his cardiologist, a
homonym, a wrong INS key, a report replaced the day after. A practice of a few patients receives less.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from lanterne.demo.events import last_working_day, moment
from lanterne.demo.generate import SHOWN, generate
from lanterne.demo.mail import cda, folders, hl7, hprim, paper
from lanterne.demo.mail.addressees import Addressee, Book
from lanterne.demo.mail.cda import Author, Medicine
from lanterne.demo.mail.charset import cp1252
from lanterne.demo.mail.reports import Report, report
from lanterne.practice.patients.facts import ContactsRecorded, PatientIdentified
from lanterne.wire.names import PatientId

BLOOD = ("leucocytes", "hemoglobine", "vgm", "plaquettes")
SALTS = ("sodium", "potassium", "creatinine", "dfg")
SUGAR = ("glycemie", "hba1c", "creatinine", "albuminurie")
FATS = ("cholesterol", "hdl", "ldl", "triglycerides")

_HOSPITAL = "Hôpital de Montfleuri"
_WARD = Author("OLRY", "Bénédicte", "DR", f"{_HOSPITAL}, médecine polyvalente")
_LUNGS = Author("IMBERT", "Carole", "DR", f"{_HOSPITAL}, pneumologie")
_HEART = Author("AMIEL", "Hugues", "DR", "Cabinet de cardiologie, Montfleuri-le-Haut")
_BIRTHS = Author("HAAS", "Ludivine", "DR", "Cabinet de gynécologie, Montfleuri-le-Haut")
_XRAY = "99000000355^PONS^Olivier^^^Dr"

_CARDIOLOGIST = """INR instable depuis un mois, sans saignement. PA 124/70, pas d'œdème, poids stable.
ECG : fibrillation auriculaire, fréquence ventriculaire à 70/min.
Je propose, si l'INR reste difficile à équilibrer, un relais par un anticoagulant oral direct adapté à la fonction
rénale ; apixaban 2,5 mg matin et soir me paraît possible. Pas de changement d'ici là.
Kaliémie et créatinine à contrôler cette semaine. Allergie à la pénicilline rappelée."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One file that arrived."""

    name: str
    content: bytes


def week(*, seed: int, patients: int, today: date) -> list[Piece]:
    """The files, in the order they arrived.

    Args:
        patients: how many the practice has; mail is about the first 150 at most.
        today: the day after the last of them.
    """
    book = Book(seed, generate(seed=seed, patients=min(patients, SHOWN), today=today))
    return _Sorting(random.Random(f"{seed}/mail/{today}"), book, today).all()


class _Sorting:
    """The mail of one week, written letter by letter."""

    def __init__(self, rng: random.Random, book: Book, today: date) -> None:
        self._rng, self._book, self._today = rng, book, today
        self._pieces: list[tuple[date, Piece]] = []

    def all(self) -> list[Piece]:
        """Everything, by day."""
        self._about_baptiste()
        self._about_the_cast()
        self._laboratory()
        self._doubtful()
        self._pieces.sort(key=lambda held: held[0])
        return [piece for _, piece in self._pieces]

    def _day(self, ago: int) -> date:
        return last_working_day(self._today - timedelta(days=ago))

    def _morning(self, ago: int) -> datetime:
        return moment(self._day(ago), 7, self._rng.choice((20, 35, 50)))

    def _add(self, ago: int, name: str, content: bytes) -> None:
        self._pieces.append((self._day(ago), Piece(name, content)))

    def _report(self, who: Addressee, ago: int, keys: Iterable[str], **more: object) -> Report:
        return report(self._rng, who, self._morning(ago), keys, **more)  # type: ignore[arg-type]

    def _carried(self, made: Report, *, key: str = "") -> bytes:
        pdf = paper.pdf("Compte rendu", paper.report_text(made), made.written)
        return cda.laboratory(made, pdf, key=key)

    # ------------------------------------------------------------------ the cast

    def _about_baptiste(self) -> None:
        jean = self._book.named("jean")
        if jean is None:
            return
        salts = self._report(jean, 3, SALTS, given={"potassium": "5.4"})
        self._add(3, f"R{salts.number}.HPR", hprim.medecin(salts))
        inr = self._report(
            jean, 1, ("inr", "hemoglobine"), given={"inr": "5.40"}, target={"inr": ("2.0", "3.0")},
            comments={"inr": "Résultat contrôlé, téléphoné au cabinet à 12h10.\nINR du mois dernier : 4,80"},
        )  # fmt: skip
        self._add(1, f"R{inr.number}.HPR", hprim.medecin(inr))
        sender, title, text = paper.letter(self._rng, jean, "cardiologue", self._morning(2), _CARDIOLOGIST)
        at = self._morning(2)
        letter = cda.enclosing(
            jean, paper.pdf(f"{title}, {sender}", text, at), number=f"CARDIO-{at:%Y%m%d}",
            title="Consultation de cardiologie", at=at, author=_HEART,
        )  # fmt: skip
        self._add(2, "courrier-cardiologie.xml", letter)

    def _about_the_cast(self) -> None:
        cast = {name: self._book.named(name) for name in _CAST}
        monique, andre = cast["monique"], cast["andré"]
        if monique is not None:
            self._add(
                4,
                "biologie-20.xml",
                self._carried(self._report(monique, 4, ("tsh", "vitamine_d", "calcium"))),
            )
        self._corrected(cast["marie-claude"])
        if andre is not None:
            sugar = self._report(andre, 2, (*SUGAR, "psa"), given={"hba1c": "8.1", "glycemie": "1.62"})
            content = hprim.medecin(sugar)
            self._add(2, f"R{sugar.number}.HPR", content)
            # Sent twice, by the laboratory's software and by secure messaging.
            self._add(1, "resultats.txt", content)
            self._paper(andre, 5, "ophtalmologue")
        self._discharges(cast["yvette"], cast["jean-luc"])
        if cast["chloé"] is not None:
            self._expecting(cast["chloé"])
        if cast["michèle"] is not None:
            self._imaging(
                cast["michèle"],
                3,
                "Mammographie bilatérale",
                "Sein opéré : cicatrice stable. ACR 2 des deux côtés.",
            )
        if cast["nadia"] is not None:
            self._paper(cast["nadia"], 4, "neurologue")

    def _corrected(self, who: Addressee | None) -> None:
        """A CDA in an ORU; the laboratory sends it again the day after, its potassium corrected."""
        if who is None:
            return
        first = self._report(who, 3, (*SALTS, *FATS), given={"potassium": "6.1"})
        lines = tuple(
            line if line.test.key != "potassium" else replace(line, value="4.3", flag="", comment=_AGAIN)
            for line in first.lines
        )
        again = Report(first.addressee, first.number, first.laboratory, first.taken, lines)
        self._add(3, f"ORU{first.number}.hl7", hl7.carrying(first, self._carried(first)))
        pdf = paper.pdf("Compte rendu corrigé", paper.report_text(again), again.written)
        newer = cda.laboratory(again, pdf, replaces=cda.edition(first.number), version=2)
        self._add(2, f"ORU{first.number}-2.hl7", hl7.carrying(again, newer, replaces=True))

    def _discharges(self, yvette: Addressee | None, jean_luc: Addressee | None) -> None:
        if yvette is not None:
            at = self._morning(2)
            letter = cda.letter(
                yvette, number=f"LDL-{at:%Y%m%d}-1", title="Lettre de liaison à la sortie", at=at, author=_WARD,
                reason="Décompensation cardiaque globale sur trouble du rythme rapide.",
                story=(
                    "Déplétion par furosémide intraveineux, perte de 4 kg, bonne tolérance.",
                    "Fréquence ralentie par bisoprolol. FEVG 42 %. Créatinine de sortie 118 µmol/L.",
                    "Retour à domicile avec passage infirmier. Ionogramme à une semaine.",
                ),
                medicines=(
                    Medicine("FUROSEMIDE 40 mg, comprimé", "C03CA01", "Furosémide", "1 comprimé matin et midi"),
                    Medicine("BISOPROLOL 2,5 mg, comprimé", "C07AB07", "Bisoprolol", "1 comprimé le matin"),
                    Medicine("APIXABAN 2,5 mg, comprimé", "B01AF02", "Apixaban", "1 comprimé matin et soir"),
                ),
            )  # fmt: skip
            self._add(2, "lettre-de-liaison.xml", letter)
            follow = self._report(yvette, 1, (*BLOOD, *SALTS, "ntprobnp"), given={"hemoglobine": "9.8"})
            self._add(1, f"L{follow.number}.HPR", hprim.sante(follow))
        if jean_luc is not None:
            at = self._morning(5)
            letter = cda.letter(
                jean_luc, number=f"LDL-{at:%Y%m%d}-2", title="Lettre de liaison à la sortie", at=at, author=_LUNGS,
                reason="Exacerbation de BPCO, sans pneumopathie.",
                story=("Oxygène deux jours, nébulisations, corticothérapie courte.", "Sevré à la sortie, SpO2 93 %."),
                medicines=(
                    Medicine("PREDNISOLONE 20 mg", "H02AB06", "Prednisolone", "2 comprimés le matin"),
                    Medicine("SALBUTAMOL 100 µg", "R03AC02", "Salbutamol", "2 bouffées si gêne"),
                ),
            )  # fmt: skip
            self._add(5, "CR_sortie_pneumologie.xml", letter)
            self._imaging(
                jean_luc,
                4,
                "Scanner thoracique",
                "Emphysème centrolobulaire. Nodule de 5 mm à contrôler à un an.",
            )

    def _expecting(self, chloe: Addressee) -> None:
        """Secure messaging: a letter and its PDF in an XDM folder."""
        at = self._morning(1)
        text = f"Échographie du deuxième trimestre\n{chloe.shown}\n\nBiométrie au 48e percentile. Morphologie normale."
        pdf = paper.pdf("Échographie obstétricale", text, at)
        letter = cda.enclosing(
            chloe,
            pdf,
            number=f"ECHO-{at:%Y%m%d}",
            title="Échographie obstétricale",
            at=at,
            author=_BIRTHS,
            code="18748-4",
        )
        held = (
            folders.Held(
                letter, "DOC0001.XML", f"{cda.ROOT}^ECHO1", "Échographie obstétricale", "text/xml", "18748-4"
            ),
            folders.Held(
                pdf,
                "DOC0002.PDF",
                f"{cda.ROOT}^ECHO2",
                "Images de l'échographie",
                "application/pdf",
                "18748-4",
            ),
        )
        self._add(1, "IHE_XDM.zip", folders.xdm(chloe, held, _BIRTHS, at))

    # ------------------------------------------------------------------ everybody

    def _laboratory(self) -> None:
        rng, book = self._rng, self._book
        for rank, who in enumerate(book.some(rng, 3, "A10")):
            made = self._report(who, 1 + rank, SUGAR)
            self._add(1 + rank, f"R{made.number}.HPR", hprim.medecin(made))
        for rank, who in enumerate(book.some(rng, 2, "C10")):
            made = self._report(who, 4 - rank, (*FATS, "alat", "ck"))
            self._add(4 - rank, f"L{made.number}.HPR", hprim.sante(made))
        for who in book.some(rng, 2, "C09"):
            made = self._report(who, 2, SALTS)
            self._add(2, f"BIO_{made.number}.xml", self._carried(made))
        for who in book.some(rng, 1, "B01AA"):
            made = self._report(who, 2, ("inr",), target={"inr": ("2.0", "3.0")})
            self._add(2, f"R{made.number}.HPR", hprim.medecin(made))
        for rank, who in enumerate(book.some(rng, 9)):
            made = self._report(who, 1 + rank % 5, (*BLOOD, "crp", "ferritine"))
            writers = (hprim.medecin, hprim.sante, hl7.results)
            self._add(1 + rank % 5, f"{('R', 'L', 'ORU')[rank % 3]}{made.number}.{('HPR', 'HPR', 'hl7')[rank % 3]}",
                      writers[rank % 3](made))  # fmt: skip
        for who in book.some(rng, 1, words=("Gonarthrose",)):
            self._paper(who, 3, "rhumatologue")
        for who in book.some(rng, 1, words=("Asthme",)):
            sender, _, text = paper.letter(rng, who, "pneumologue", self._morning(4))
            self._add(4, f"{sender.split()[-1].lower()}.txt", cp1252(text))
        for who in book.some(rng, 1):
            self._add(1, "export-biologie.csv", paper.table(self._report(who, 1, (*SALTS, "glycemie"))))

    def _paper(self, who: Addressee, ago: int, specialist: str) -> None:
        """A scanned-looking letter: a PDF that says nothing a machine may trust."""
        at = self._morning(ago)
        sender, title, text = paper.letter(self._rng, who, specialist, at)
        self._add(ago, f"{at:%Y%m%d}_{sender.split()[-1]}.pdf", paper.pdf(title, text, at))

    def _imaging(self, who: Addressee, ago: int, title: str, findings: str) -> None:
        at = self._morning(ago)
        text = f"Centre d'imagerie du Marché\n{title}\n{who.shown}\n\n{findings}\n\nDr Olivier Pons"
        message = hl7.notified(
            who, paper.pdf(title, text, at), number=f"{at:%Y%m%d}{self._rng.randrange(100, 999)}", code="18748-4",
            name=title, facility="Centre d'imagerie du Marché", author=_XRAY, at=at,
        )  # fmt: skip
        self._add(ago, f"MDM{at:%Y%m%d}-{self._rng.randrange(10, 99)}.hl7", message)

    # ------------------------------------------------------------------ what asks for a person

    def _doubtful(self) -> None:
        pierre = self._book.named("pierre père")
        if pierre is not None:
            # Two patients of this name: the birth date is of neither.
            made = self._report(pierre, 2, (*BLOOD, "psa"))
            self._add(2, f"R{made.number}.HPR", hprim.medecin(made, born="17/05/1961", with_number=False))
        for who in self._book.some(self._rng, 12):
            if who.identity.ins is not None:
                wrong = f"{int(who.identity.ins.matricule[13:]) % 97 + 1:02d}"
                self._add(1, "CR-BIO.xml", self._carried(self._report(who, 1, SALTS), key=wrong))
                break
        stranger = Addressee(PatientId("5" * 32), _STRANGER, _AWAY)
        made = self._report(stranger, 1, (*BLOOD, "tsh"))
        self._add(1, f"R{made.number}.HPR", hprim.medecin(made))
        self._add(1, "IMG_2041.jpg", paper.photo(self._rng))
        # Cut while it was sent.
        self._add(2, f"BIO_{made.number}.xml", self._carried(made)[:4_000])


_AGAIN = "Nouveau prélèvement : le premier était hémolysé."
_CAST = (
    "monique",
    "nadia",
    "marie-claude",
    "andré",
    "michèle",
    "jean-luc",
    "yvette",
    "chloé",
    "pierre jeune",
    "léa",
)
_STRANGER = PatientIdentified(
    birth_name="DELMAS",
    first_given="Ophélie",
    given_names=["Ophélie", "Rose"],
    sex="female",
    birth_date="1979-08-26",
)
_AWAY = ContactsRecorded(address="8 quai des Carmes", postcode="70200", city="PORT-D'AUBIN")
