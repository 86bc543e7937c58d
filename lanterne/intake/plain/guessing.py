"""What a text seems to be: its kind, title, date, sender. Suggestions for the person who files it, never
facts.

Law: a guess reads what stands at the top, where letters say what they are; it never names a patient. A word
counts where it titles; the kind with most weight wins, and "other" when none is clear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lanterne.intake.written import dates
from lanterne.practice.documents.facts import DocumentKind
from lanterne.practice.patients.names import fold

_LOOKED_AT = 6_000
_TOP = 1_200

_CUES: tuple[tuple[DocumentKind, int, str], ...] = (
    (
        "hospital-report",
        6,
        r"compte[- ]rendu d[e' ]*(?:hospitalisation|sejour|passage aux urgences|operatoire)",
    ),
    (
        "hospital-report",
        5,
        r"lettre de (?:liaison|sortie)|cr d[e' ]*hospitalisation|compte[- ]rendu des? urgences",
    ),
    ("hospital-report", 2, r"\b(?:date d[e' ]*entree|date de sortie|mode de sortie|hospitalise[e]?\b)"),
    ("imaging", 6, r"compte[- ]rendu d[e' ]*(?:imagerie|examen (?:d[e' ]*imagerie|radiologique))"),
    (
        "imaging",
        4,
        (
            r"\b(?:radiographie|echographie|echo-?doppler|scanner|tomodensitometrie|tdm|irm|mammographie"
            r"|scintigraphie|osteodensitometrie|tep|radiologie|imagerie medicale)\b"
        ),
    ),
    (
        "lab-report",
        5,
        r"compte[- ]rendu d[e' ]*(?:examens? de )?(?:biologie|analyses)|resultats? d[e' ]*(?:analyses|examens)",
    ),
    (
        "lab-report",
        4,
        r"laboratoire d[e' ]*(?:analyses|biologie)|biologie medicale|biologiste|valeurs? de ref",
    ),
    (
        "lab-report",
        2,
        r"\b(?:hemogramme|numeration|hematies|leucocytes|creatinine|glycemie|prelevement|antibiogramme|ecbu)\b",
    ),
    ("lab-report", 3, r"\d\s{1,4}\*?(?:g/d?l|mg/l|m?ui/m?l|[mµu]mol/l|/mm3|ng/ml|meq/l|u/l)\b"),
    ("prescription", 6, r"\bordonnance\b"),
    ("prescription", 2, r"\b(?:a renouveler|posologie|comprimes?|gelules?|matin|qsp)\b"),
    ("certificate", 6, r"\bcertificat\b|je soussigne"),
    ("certificate", 5, r"avis d[e' ]*arret de travail|attestation"),
    (
        "administrative",
        5,
        r"\b(?:facture|releve d[e' ]*honoraires|feuille de soins|prise en charge|devis|mutuelle|convocation)\b",
    ),
    (
        "letter",
        4,
        r"\bcher?e?s? (?:confrere|consoeur|confreres|ami|amie|collegue)|je vous (?:adresse|remercie|prie)",
    ),
    (
        "letter",
        3,
        r"\b(?:bien confraternellement|confraternellement|j'ai (?:vu|recu)|courrier|lettre de consultation)\b",
    ),
)
_PATTERNS = tuple((kind, weight, re.compile(pattern)) for kind, weight, pattern in _CUES)

_TITLES: dict[DocumentKind, str] = {
    "lab-report": "Résultats de laboratoire",
    "imaging": "Compte rendu d’imagerie",
    "letter": "Courrier",
    "hospital-report": "Compte rendu d’hospitalisation",
    "prescription": "Ordonnance",
    "certificate": "Certificat",
    "administrative": "Document administratif",
    "photo": "Photo",
    "other": "Document",
}
_ANNOUNCED = re.compile(
    r"(?:\b(?:le|date|du|en date du|fait le|edite le|date de l'examen|examen du|consultation du|hospitalise[e]? du)\b"
    r"\s*:?\s*)(?=\d{1,2}(?:er)?[ /.\-]|\d{4}-)"
)
_BORN = re.compile(r"(?:ne(?:e|\(e\))?\s+le|naissance|ddn)\W{0,6}(?:le\s+)?[\d/. \-a-z]{6,20}")
_DOCTOR = re.compile(
    r"\b(?:Dr|DR|Docteur|DOCTEUR|Pr|Professeur|PROFESSEUR)\.?\s+((?:[A-ZÀ-Ý][\w'’.\-]*\s?){1,4})", re.UNICODE
)
_PLACE = re.compile(
    r"\b(?:centre hospitalier|chu|hopital|clinique|laboratoire|cabinet|centre|institut|maison de sante|ehpad|selarl)\b"
)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a text seems to be; fields empty when nothing says so."""

    kind: DocumentKind
    title: str
    at: str = ""
    sender: str = ""
    organisation: str = ""


def guess(text: str) -> Guess:
    """All suggestions for a text."""
    kind = kind_of_text(text)
    doctor = _DOCTOR.search(text[:_TOP])
    return Guess(
        kind,
        title_of(text, kind),
        date_of(text),
        " ".join(doctor[1].split()) if doctor else "",
        _organisation(text),
    )


def kind_of_text(text: str) -> DocumentKind:
    """The likeliest kind; "other" when no cue weighs enough."""
    folded = fold(text[:_LOOKED_AT]).replace("’", "'")
    weights: dict[DocumentKind, float] = {}
    for kind, weight, pattern in _PATTERNS:
        found = pattern.search(folded)
        if found is not None:
            # A title stands at the top; a word met far below is only mentioned.
            weights[kind] = weights.get(kind, 0.0) + weight * (1.5 if found.start() < _TOP / 2 else 0.7)
    if not weights:
        return "other"
    best = max(weights, key=lambda kind: weights[kind])
    return best if weights[best] >= 2.5 else "other"


def title_of(text: str, kind: DocumentKind) -> str:
    """The line that titles a text when one does, else the name of its kind."""
    for line in text[:_TOP].split("\n"):
        bare = " ".join(line.split())
        if 8 <= len(bare) <= 80 and re.match(
            r"(?:compte[- ]rendu|lettre de|ordonnance|certificat|resultats? )", fold(bare)
        ):
            return bare[:1].upper() + bare[1:] if not bare.isupper() else bare.capitalize()
    return _TITLES[kind]


def date_of(text: str) -> str:
    """The date a letter bears at its top: announced (« le 3 mai 2024 »), else the first that is no birth
    date.
    """
    folded = _BORN.sub(" ", fold(text[:_TOP]).replace("’", "'"))
    for found in _ANNOUNCED.finditer(folded):
        said = dates.first_date(folded[found.end() : found.end() + 30])
        if said:
            return said[:10]
    return dates.first_date(folded[:400])[:10]


def _organisation(text: str) -> str:
    for line in text[:_TOP].split("\n")[:12]:
        bare = " ".join(line.split())
        if 4 < len(bare) <= 80 and _PLACE.search(fold(bare)):
            return bare
    return ""
