"""The French words of what a base answers in code words: one place, for screens, print and the command line.

Source: thesaurus of interactions of the ANSM for the levels; R.5121-77 to R.5121-96 and R.5132-5 CSP for
conditions of prescription.
"""

from __future__ import annotations

from lanterne.reference.medicines.model import Level, NoteKind, Paper, Pregnancy, Who

LEVELS: dict[Level, str] = {
    "contraindicated": "contre-indication",
    "discouraged": "association déconseillée",
    "precaution": "précaution d’emploi",
    "noted": "à prendre en compte",
}

NOTES: dict[NoteKind, str] = {
    "narcotic": "stupéfiant",
    "assimilated": "assimilé stupéfiant",
    "secured": "ordonnance sécurisée",
    "list-1": "liste I",
    "list-2": "liste II",
    "hospital": "réservé à l’hôpital",
    "initial": "prescription initiale réservée",
    "restricted": "prescription réservée",
    "duration": "durée limitée",
    "watched": "surveillance particulière",
    "shortage": "rupture de stock",
    "tension": "tension d’approvisionnement",
    "stopped": "arrêt de commercialisation",
    "back": "remis à disposition",
    "withdrawn": "autorisation retirée",
    "suspended": "autorisation suspendue",
    "not-marketed": "non commercialisé",
    "starter": "liste de départ",
}

PAPERS: dict[Paper, str] = {
    "": "",
    "stupefiant": "stupéfiant",
    "assimile": "assimilé stupéfiant",
    "securise": "ordonnance sécurisée",
}

PREGNANCY: dict[Pregnancy, str] = {
    "": "grossesse : non renseigné",
    "possible": "possible pendant la grossesse",
    "caution": "prudence pendant la grossesse",
    "avoid": "à éviter pendant la grossesse",
    "contraindicated": "contre-indiqué pendant la grossesse",
}

WHO: dict[Who, str] = {
    "adult": "adulte",
    "child": "enfant",
    "elderly": "75 ans et plus",
    "renal": "insuffisant rénal",
}
