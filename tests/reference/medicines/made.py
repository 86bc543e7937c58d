"""Small files of the formats of the public base, of the thesaurus and of the ICD-10: written for the tests, as published.

Encodings are mixed as they are in the real ones: Windows-1252 with CR LF, but for the presentations, UTF-8 with LF.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path

AMOXICILLINE, DOLIPRANE, ACTISKENAN, AUGMENTIN, COUMADINE, TRAMADOL = (
    "60000001",
    "60000002",
    "60000003",
    "60000004",
    "60000005",
    "60000006",
)
GONE, HOSPITAL, KETUM, SHORT, SHORT_TOO, UNKNOWN = (
    "60000007",
    "60000008",
    "60000009",
    "60000010",
    "60000011",
    "69999999",
)

_CIS = (
    (AMOXICILLINE, "AMOXICILLINE EXEMPLE 1 g, comprimé dispersible sécable", "comprimé dispersible sécable", "orale"),
    (DOLIPRANE, "DOLIPRANE 500 mg, comprimé", "comprimé", "orale"),
    (ACTISKENAN, "ACTISKENAN 5 mg, gélule", "gélule", "orale"),
    (AUGMENTIN, "AUGMENTIN 1 g/125 mg, poudre pour suspension buvable en sachet-dose", "poudre pour suspension buvable", "orale"),
    (COUMADINE, "COUMADINE 5 mg, comprimé sécable", "comprimé sécable", "orale"),
    (TRAMADOL, "TRAMADOL EXEMPLE L.P. 100 mg, comprimé à libération prolongée", "comprimé à libération prolongée", "orale"),
    (GONE, "VIEUXNOM 10 mg, comprimé", "comprimé", "orale"),
    (HOSPITAL, "HOPITAL EXEMPLE 50 mg/ml, solution injectable", "solution injectable", "intraveineuse;sous-cutanée"),
    (KETUM, "KETUM 2,5 POUR CENT, gel", "gel", "cutanée"),
    (SHORT, "RAMIPRIL EXEMPLE 5 mg, comprimé sécable", "comprimé sécable", "orale"),
    (SHORT_TOO, "RAMIPRIL AUTRE 5 mg, comprimé pelliculé", "comprimé pelliculé", "orale"),
)  # fmt: skip
_COMPOSITION = (
    (AMOXICILLINE, "comprimé", "05248", "AMOXICILLINE ANHYDRE", "1000 mg", "un comprimé", "FT", "1"),
    (AMOXICILLINE, "comprimé", "28165", "AMOXICILLINE TRIHYDRATÉE", "", "", "SA", "1"),
    (DOLIPRANE, "comprimé", "02202", "PARACÉTAMOL", "500 mg", "un comprimé", "SA", "1"),
    (ACTISKENAN, "gélule", "00001", "SULFATE DE MORPHINE", "5 mg", "une gélule", "SA", "1"),
    (AUGMENTIN, "poudre", "05248", "AMOXICILLINE ANHYDRE", "1000 mg", "un sachet-dose", "FT", "1"),
    (AUGMENTIN, "poudre", "28165", "AMOXICILLINE TRIHYDRATÉE", "", "", "SA", "1"),
    (AUGMENTIN, "poudre", "29442", "CLAVULANATE DE POTASSIUM", "", "", "SA", "2"),
    (AUGMENTIN, "poudre", "93286", "ACIDE CLAVULANIQUE", "125,00 mg", "un sachet-dose", "FT", "2"),
    (COUMADINE, "comprimé", "00002", "WARFARINE SODIQUE", "5 mg", "un comprimé", "SA", "1"),
    (TRAMADOL, "comprimé", "00003", "TRAMADOL (CHLORHYDRATE DE)", "100 mg", "un comprimé", "SA", "1"),
    (GONE, "comprimé", "00004", "VIEILLESUBSTANCE", "10 mg", "un comprimé", "SA", "1"),
    (HOSPITAL, "solution", "00005", "REMDESIVIR", "50 mg", "1 ml", "SA", "1"),
    (KETUM, "gel", "00006", "KÉTOPROFÈNE", "2,5 g", "100 g", "SA", "1"),
    (SHORT, "comprimé", "00007", "RAMIPRIL", "5 mg", "un comprimé", "SA", "1"),
    (SHORT_TOO, "comprimé", "00007", "RAMIPRIL", "5 mg", "un comprimé", "SA", "1"),
)  # fmt: skip
_CONDITIONS = (
    (AMOXICILLINE, "liste I"),
    (ACTISKENAN, "liste I"),
    (ACTISKENAN, "stupéfiants"),
    (ACTISKENAN, "prescription en toutes lettres sur ordonnance sécurisée"),
    (ACTISKENAN, "prescription limitée à 4 semaines"),
    (AUGMENTIN, "liste I"),
    (COUMADINE, "liste I"),
    (TRAMADOL, "liste I"),
    (TRAMADOL, "prescription en toutes lettres sur ordonnance sécurisée"),
    (TRAMADOL, "prescription limitée à 12 semaines"),
    (HOSPITAL, "réservé à l'usage HOSPITALIER"),
    (KETUM, "liste II"),
    (SHORT, "liste I"),
    (SHORT_TOO, "liste I"),
)  # fmt: skip
_SUPPLY = (
    (SHORT, "", "1", "Rupture de stock", "14/04/2026", "18/05/2026", "", "https://ansm.example/ramipril"),
    (KETUM, "", "4", "Remise à disposition", "01/03/2026", "02/04/2026", "", "https://ansm.example/ketum"),
    (UNKNOWN, "", "2", "Tension d'approvisionnement", "14/04/2026", "18/05/2026", "", "https://ansm.example/x"),
)  # fmt: skip

THESAURUS = (
    ("protagoniste1", "protagoniste2", "description_interaction", "description_medoc", "mecanisme", "CI", "AD", "PE", "PC"),
    ("ANTI-INFLAMMATOIRES NON STEROIDIENS", "ANTICOAGULANTS ORAUX",
     "Association DECONSEILLEE Surveillance etroite.", "(ibuprofene, ketoprofene)", "Augmentation du risque hemorragique.",
     "", "Surveillance etroite.", "", ""),
    ("METHOTREXATE", "PENICILLINES", "Association DECONSEILLEE ", "", "Toxicite du methotrexate.", "", " ", "", ""),
    ("DIURETIQUES EPARGNEURS DE POTASSIUM (SEULS OU ASSOCIES)", "INHIBITEURS DE L'ENZYME DE CONVERSION",
     "ASDEC - PE Association deconseillee hors hypokaliemie ", "", "Hyperkaliemie.", "", "x", "x", ""),
    ("MORPHINE", "TRAMADOL", "A prendre en compte ", "", "Depression respiratoire.", "", "", "", " "),
    ("PAMPLEMOUSSE (JUS ET FRUIT)", "SIMVASTATINE", "CONTRE-INDICATION ", "", "Rhabdomyolyse.", " ", "", "", ""),
    ("AUTRE CLASSE NOMMEE", "WARFARINE", "Precaution d'emploi Controle de l'INR.", "(paracetamol, ramipril)", "Risque.",
     "", "", "Controle.", ""),
)  # fmt: skip
INDEX = (
    ("molecule", "famille"),
    ("ibuprofène", "anti-inflammatoires non stéroïdiens"),
    ("ketoprofene", "anti-inflammatoires non stéroïdiens"),
    ("warfarine", "anticoagulants oraux"),
    ("methotrexate", "cytotoxiques"),
    ("amoxicilline", "pénicillines"),
    ("morphine", "Interactions en propre seulement"),
    ("tramadol", "médicaments sédatifs"),
    ("ramipril", "inhibiteurs de l'enzyme de conversion"),
    ("paracetamol", "Interactions en propre seulement"),
    ("spironolactone", "diurétiques épargneurs de potassium (seuls ou associés)"),
    ("simvastatine", "substrats à risque du CYP3A4"),
)
DIAGNOSES = (
    ("code", "type", "ssr", "psy", "short", "long"),
    ("I10", "0", "NOOO", "0", "HYPERTENSION", "Hypertension essentielle (primitive)"),
    ("E119", "0", "NOOO", "0", "DIABETE", "Diabète sucré de type 2, sans complication"),
    ("Z992", "0", "NOOO", "0", "DIALYSE", "Dépendance envers une dialyse rénale"),
    ("W5501", "0", "NOOO", "0", "CHAT", "Morsure d'un chat, à la maison"),
)


def published(folder: Path, *, besides: Iterable[str] = ("thesaurus", "index", "diagnoses")) -> Path:
    """The eight files in `folder`, and those of `besides`. Returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    gone = {GONE}
    cis = [
        (code, name, form, routes, "Autorisation abrogée" if code in gone else "Autorisation active",
         "Procédure nationale", "Non commercialisée" if code in gone else "Commercialisée", "01/02/2003", "", "",
         " LABORATOIRE EXEMPLE", "Non")
        for code, name, form, routes in _CIS
    ]  # fmt: skip
    packs = [
        (code, code[1:], "plaquette(s) de 8 comprimé(s)", "Présentation active", "Déclaration de commercialisation",
         "01/02/2003", f"34009{code}", "oui", "65%", "2,50", "3,52", "1,02", "")
        for code, *_ in _CIS
    ]  # fmt: skip
    write(folder / "CIS_bdpm.txt", cis)
    write(folder / "CIS_CIP_bdpm.txt", packs, encoding="utf-8", end="\n")
    write(folder / "CIS_COMPO_bdpm.txt", [(*line, "") for line in _COMPOSITION])
    write(folder / "CIS_CPD_bdpm.txt", _CONDITIONS)
    write(
        folder / "CIS_GENER_bdpm.txt",
        [("1", "AMOXICILLINE 1 g", AMOXICILLINE, "1", "1", ""), ("2", "X", UNKNOWN, "0", "1", "")],
    )
    write(
        folder / "CIS_MITM.txt",
        [
            (AMOXICILLINE, "J01CA04", "AMOXICILLINE", "https://x.example"),
            (HOSPITAL, "J05AB16", "H", "https://x.example"),
        ],
    )
    write(folder / "CIS_CIP_Dispo_Spec.txt", _SUPPLY)
    write(folder / "HAS_LiensPageCT_bdpm.txt", [("CT-1", "https://www.has-sante.example/1")])
    beside(folder, besides)
    return folder


def beside(folder: Path, which: Iterable[str]) -> Path:
    """The thesaurus, the index and the ICD-10, those named."""
    folder.mkdir(parents=True, exist_ok=True)
    if "thesaurus" in which:
        write(folder / "thesaurusAout2016.csv", THESAURUS, encoding="utf-8", end="\n")
    if "index" in which:
        quoted = [tuple(f'"{cell}"' for cell in line) for line in INDEX]
        write(folder / "index_substances092019.csv", quoted, encoding="utf-8", end="\n")
    if "diagnoses" in which:
        text = "".join(",".join(f'"{c}"' if "," in c else c for c in line) + "\n" for line in DIAGNOSES)
        (folder / "cim10.csv.gz").write_bytes(gzip.compress(text.encode()))
    return folder


def write(
    path: Path, rows: Iterable[tuple[str, ...]], *, encoding: str = "cp1252", end: str = "\r\n"
) -> None:
    """Tab-separated lines, without a header of their own."""
    path.write_bytes("".join("\t".join(row) + end for row in rows).encode(encoding))


def add(path: Path, text: bytes) -> None:
    """Bytes at the end of a file."""
    with path.open("ab") as file:
        file.write(text)
