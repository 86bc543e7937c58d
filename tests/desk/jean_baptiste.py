"""A chart to look at: M. Jean Baptiste, 68, seen by Dr Garance Morel. Everything here is invented.

Penicillin allergy, atrial fibrillation on warfarin with an INR at 4.8, heart failure in ALD 5, high blood
pressure; two unsettled versions of one dose; one allergy entered in error.
"""

from __future__ import annotations

from datetime import date, timedelta

from lanterne.desk.chart.curve import Curve, Sample, curve
from lanterne.desk.chart.view import (
    KINDS,
    SHORTCUTS,
    Ald,
    Allergy,
    ChartPage,
    Claim,
    Conflict,
    ConsultationBrief,
    ConsultationPage,
    Observation,
    Problem,
    QuickAction,
    Section,
    TimelineFilter,
    TimelinePage,
    TimelineRow,
    Treatment,
)
from lanterne.desk.documents.view import DepositPage, DocumentPage
from lanterne.desk.frame.view import (
    BandAllergies,
    Earlier,
    FormPage,
    Frame,
    NavLink,
    Notice,
    PatientBand,
    Provenance,
    when,
)
from lanterne.desk.patients.view import (
    AldLine,
    Compared,
    Contact,
    Duplicate,
    Hit,
    HomePage,
    IdentityPage,
    Merge,
    MergePage,
    SearchResults,
    Trait,
)
from lanterne.desk.settings.view import SettingsPage
from lanterne.desk.team.view import PersonLine, SeatLine, TeamPage
from lanterne.desk.trace.view import TraceLine, TracePage

PATIENT = "6f1c2a9e4b7d4e0f8a53c2d1e0f9b8a7"
OTHER = "0a9b8c7d6e5f40312233445566778899"
CHART = f"/p/{PATIENT}"

FRAME = Frame(
    practice="Maison de santé des Tilleuls",
    device="Cabinet 1",
    person="Dr Garance Morel",
    role="médecin",
    home_url="/",
    search_url="/patients",
    results_url="/patients/liste",
    lock_url="/verrouiller",
    nav=(
        NavLink("Patients", "/", "user", current=True),
        NavLink("Équipe", "/equipe", "family"),
        NavLink("Accès", "/acces", "eye"),
        NavLink("Réglages", "/reglages", "gear"),
    ),
    printed="22/11/2026 10:42",
)


def wrote(
    fact: str,
    at: str,
    *,
    author: str = "Dr Garance Morel",
    role: str = "médecin",
    device: str = "Cabinet 1",
    source: str = "",
    earlier: tuple[Earlier, ...] = (),
) -> Provenance:
    """Who wrote it, with both actions offered."""
    return Provenance(
        fact=fact,
        author=author,
        role=role,
        device=device,
        recorded=when(at),
        source=source,
        correct_url=f"{CHART}/corriger/{fact}",
        mistake_url=f"{CHART}/erreur/{fact}",
        earlier=earlier,
    )


BAND = PatientBand(
    id=PATIENT,
    name="BAPTISTE Jean",
    sex="male",
    birth=when("1958-03-14"),
    age="68\u00a0ans",
    ins="qualifiee",
    chart_url=CHART,
    identity_url=f"{CHART}/identite",
    ald=("5 insuffisance cardiaque grave",),
    allergies=BandAllergies(high=("Pénicilline",), others=("Iode (produit de contraste)",)),
)


def inr() -> Curve:
    """Two years of INR, the last one far too high."""
    values = (2.4, 2.6, 2.2, 2.8, 3.1, 2.5, 2.3, 2.7, 2.9, 2.6, 2.4, 3.3, 2.8, 4.8)
    start = date(2025, 9, 8)
    samples = [
        Sample(start + timedelta(days=33 * n), value, f"{value}".replace(".", ","), out=value > 3.0)
        for n, value in enumerate(values)
    ]
    return curve(samples, label="INR", unit="", low=2.0, high=3.0, range_text="2,0–3,0")


def spark(*values: float, low: float | None = None, high: float | None = None) -> Curve:
    """A small one."""
    start = date(2025, 1, 6)
    samples = [
        Sample(start + timedelta(days=60 * n), value, str(value), out=n == len(values) - 1)
        for n, value in enumerate(values)
    ]
    return curve(samples, label="", unit="", low=low, high=high, width=84, height=30, plain=True)


def observation(label: str, value: str, unit: str, at: str, **more: object) -> Observation:
    """A measure or a result written the day it was taken."""
    fact = f"{abs(hash(label)) % 10**8:08d}"
    return Observation(label, value, unit, when(at), wrote(fact, at), **more)  # type: ignore[arg-type]


ALLERGIES = Section(
    items=(
        Allergy(
            "Pénicilline",
            "high",
            "allergy",
            wrote("a1", "2019-04-03T10:20"),
            "choc anaphylactique",
            when("1987"),
        ),
        Allergy(
            "Iode (produit de contraste)",
            "low",
            "intolerance",
            wrote(
                "a2",
                "2021-06-11T09:05",
                earlier=(Earlier("Iode, allergie", "Dr Théo Lambert", when("2020-02-01")),),
            ),
            "urticaire",
        ),
    ),
    add_url=f"{CHART}/ajouter/allergie",
)
CLASH = Conflict(
    "Bisoprolol",
    (
        Claim("5 mg le matin", wrote("t7", "2026-11-02T18:10")),
        Claim(
            "2,5 mg matin et soir",
            wrote("t8", "2026-11-02T18:12", author="Dr Théo Lambert", device="Cabinet 2"),
        ),
    ),
    f"{CHART}/departager/t7",
)
ALD = Section(
    items=(
        Ald(
            "Insuffisance cardiaque grave, troubles du rythme graves",
            when("2029-05-31"),
            wrote("l1", "2024-06-02T11:00"),
            number="5",
        ),
    )
)
PROBLEMS = Section(
    items=(
        Problem(
            "Fibrillation atriale persistante",
            wrote("p1", "2024-05-28T17:40"),
            "I48.1",
            when("2024-05"),
            ald=True,
        ),
        Problem(
            "Insuffisance cardiaque, FEVG 38 %",
            wrote("p2", "2024-05-28T17:41"),
            "I50.0",
            when("2024"),
            ald=True,
        ),
        Problem("Hypertension artérielle", wrote("p3", "2016-09-12T09:30"), "I10", when("2011")),
        Problem(
            "Maladie rénale chronique, stade 3a", wrote("p4", "2025-02-20T12:00"), "N18.3", when("2025-02")
        ),
        Problem("Prédiabète", wrote("p5", "2025-02-20T12:01"), "R73.0", when("2025-02-20")),
    ),
    add_url=f"{CHART}/ajouter/probleme",
    hidden=2,
    all_url=f"{CHART}?genre=problem",
)
TREATMENTS = Section(
    items=(
        Treatment(
            "Warfarine 2 mg",
            "2½ cp le soir",
            wrote("t1", "2026-10-12T10:00"),
            when("2024-06"),
            "FA, INR 2–3",
        ),
        Treatment(
            "Furosémide 40 mg",
            "1 le matin",
            wrote("t2", "2026-10-12T10:00"),
            when("2024-06"),
            "insuffisance cardiaque",
        ),
        Treatment("Ramipril 5 mg", "1 le soir", wrote("t3", "2026-10-12T10:00"), when("2016")),
        Treatment("Atorvastatine 20 mg", "1 le soir", wrote("t4", "2026-10-12T10:00"), when("2018-11")),
    ),
    conflicts=(CLASH,),
    add_url=f"{CHART}/ajouter/traitement",
)
OUT = Section(
    items=(
        observation(
            "INR",
            "4,8",
            "",
            "2026-11-20",
            flag="critical-high",
            range_text="2,0–3,0",
            curve_url=f"{CHART}/courbe/inr",
            spark=spark(2.6, 2.4, 3.3, 2.8, 4.8, low=2, high=3),
        ),
        observation(
            "Créatinine",
            "118",
            "µmol/L",
            "2026-11-20",
            flag="high",
            range_text="64–104",
            curve_url=f"{CHART}/courbe/crea",
            spark=spark(96, 101, 108, 112, 118, low=64, high=104),
        ),
        observation("NT-proBNP", "1\u202f840", "ng/L", "2026-10-09", flag="high", range_text="< 450"),
    )
)
MEASURES = Section(
    items=(
        observation(
            "Pression artérielle", "152/88", "mmHg", "2026-11-02", flag="high", curve_url=f"{CHART}/courbe/pa"
        ),
        observation("Fréquence cardiaque", "78", "/min", "2026-11-02", curve_url=f"{CHART}/courbe/fc"),
        observation("Poids", "84,5", "kg", "2026-11-02", curve_url=f"{CHART}/courbe/poids"),
        observation(
            "IMC", "27,6", "kg/m²", "2026-11-02", computed=True, basis="poids 84,5 kg, taille 175 cm"
        ),
        observation("Taille", "175", "cm", "2019-04-03"),
        observation(
            "DFG",
            "58",
            "mL/min/1,73 m²",
            "2026-11-20",
            flag="low",
            computed=True,
            basis="CKD-EPI 2009, créatinine 118 µmol/L",
        ),
    ),
    add_url=f"{CHART}/ajouter/mesure",
)
LAST = ConsultationBrief(
    at=when("2026-11-02T17:55"),
    author="Dr Garance Morel",
    reason="Dyspnée d’effort, renouvellement",
    conclusion="Décompensation débutante. Furosémide porté à 40 mg, INR et ionogramme dans 15 jours, "
    "revoir le 23/11.",
    findings="Crépitants des deux bases, œdèmes des chevilles, + 2 kg en 10 jours.",
    provenance=wrote("c1", "2026-11-02T18:14"),
    url=f"{CHART}/consultation/c1",
)


def timeline() -> TimelinePage:
    """Eighteen of many, over four years."""
    lines: list[tuple[str, str, str, str, str, str]] = [
        ("result", "2026-11-20", "INR", "4,8", "norme 2,0–3,0", "danger"),
        ("result", "2026-11-20", "Créatinine", "118 µmol/L", "norme 64–104", "warn"),
        ("document", "2026-11-20", "Compte rendu de biologie", "", "Laboratoire des Halles", ""),
        ("consultation", "2026-11-02T17:55", "Dyspnée d’effort, renouvellement", "", LAST.conclusion, ""),
        ("measure", "2026-11-02", "Pression artérielle", "152/88 mmHg", "", "warn"),
        ("vaccination", "2026-10-12", "Grippe saisonnière", "", "lot X4471, bras gauche", ""),
        (
            "note",
            "2026-10-12",
            "Vit seul depuis le décès de sa femme",
            "",
            "Fille à Angers, passe le dimanche.",
            "",
        ),
        ("document", "2026-10-09", "Lettre de cardiologie", "", "Dr Irène Vasseur", ""),
        ("treatment", "2026-10-12", "Warfarine 2 mg", "", "2½ cp le soir", ""),
        ("lifestyle", "2026-03-03", "Tabac", "", "arrêté en 2009, 25 paquets-années", ""),
        (
            "procedure",
            "2025-12-15",
            "Électrocardiogramme",
            "",
            "FA, 82/min, pas de trouble de la repolarisation",
            "",
        ),
        ("allergy", "2025-06-30", "Sulfamides", "", "patient homonyme", ""),
        ("problem", "2025-02-20", "Maladie rénale chronique, stade 3a", "", "N18.3", ""),
        (
            "consultation",
            "2025-02-20T11:30",
            "Bilan annuel",
            "",
            "Prédiabète, conseils, contrôle à six mois.",
            "",
        ),
        ("family", "2024-06-02", "Père : infarctus à 52 ans", "", "", ""),
        ("problem", "2024-05", "Fibrillation atriale persistante", "", "I48.1", ""),
        ("prescription.renewed", "2024-05", "Écrit par une Lanterne plus récente", "", "", ""),
        ("procedure", "2023", "Coloscopie", "", "normale, à refaire en 2028", ""),
    ]
    rows = tuple(
        TimelineRow(
            id=f"e{n}",
            kind=kind,
            at=when(at, doubtful=n == 8, received="12/10/2026 10:02" if n == 8 else ""),
            title=title,
            value=value,
            text=text,
            tone=tone,  # type: ignore[arg-type]
            url=f"{CHART}/{kind}/e{n}" if kind in {"consultation", "document", "result"} else "",
            dialog=kind == "result",
            struck=title == "Sulfamides",
            provenance=wrote(f"e{n}", at, author="Inès Caron" if kind == "document" else "Dr Garance Morel"),
        )
        for n, (kind, at, title, value, text, tone) in enumerate(lines)
    )
    counts = {
        "consultation": 41,
        "result": 212,
        "measure": 88,
        "treatment": 34,
        "document": 57,
        "problem": 11,
    }
    return TimelinePage(
        rows=rows,
        filters=(
            TimelineFilter("", "Tout", 486, f"{CHART}/histoire", current=True),
            *(
                TimelineFilter(key, KINDS[key].label, n, f"{CHART}/histoire?genre={key}")
                for key, n in counts.items()
            ),
        ),
        total=486,
        shown=50,
        next_url=f"{CHART}/histoire?apres=50",
    )


ACTIONS = tuple(
    QuickAction(kind, f"{CHART}/ajouter/{kind}", dialog=kind not in {"consultation", "document"})
    for kind in SHORTCUTS
)
CHART_PAGE = ChartPage(
    band=BAND,
    actions=ACTIONS,
    allergies=ALLERGIES,
    ald=ALD,
    problems=PROBLEMS,
    treatments=TREATMENTS,
    out_of_range=OUT,
    measures=MEASURES,
    timeline=timeline(),
    last_consultation=LAST,
    summary_url=f"{CHART}/resume",
    timeline_url=f"{CHART}/histoire",
    print_url=f"{CHART}/imprimer",
)

NEWCOMER = PatientBand(
    id=OTHER,
    name="LEMOINE Zoé",
    birth_name="",
    sex="female",
    birth=when("2025-08-30"),
    age="14\u00a0mois",
    ins="provisoire",
    chart_url=f"/p/{OTHER}",
    identity_url=f"/p/{OTHER}/identite",
    allergies=BandAllergies(),
    homonym=True,
)
EMPTY_CHART = ChartPage(
    band=NEWCOMER,
    actions=ACTIONS,
    allergies=Section(none_url=f"/p/{OTHER}/aucune/allergie", add_url=f"/p/{OTHER}/ajouter/allergie"),
    ald=Section(),
    problems=Section(looked_for=wrote("z1", "2026-11-02T09:00", author="Dr Théo Lambert")),
    treatments=Section(looked_for=wrote("z2", "2026-11-02T09:00", author="Dr Théo Lambert")),
    out_of_range=Section(),
    measures=Section(add_url=f"/p/{OTHER}/ajouter/mesure"),
    timeline=TimelinePage(rows=(), filters=(), total=0, shown=0),
)


def consultation() -> ConsultationPage:
    """A consultation being written."""
    return ConsultationPage(
        form=FormPage(
            "Consultation",
            f"{CHART}/consultation",
            CHART,
            "Enregistrer",
            PATIENT,
            draft_url=f"{CHART}/brouillon",
            draft_kept=when("10:41"),
        ),
        started=when("2026-11-22T10:30"),
        author="Dr Garance Morel",
        treatments=TREATMENTS,
        problems=PROBLEMS,
        ald=ALD,
        measures=MEASURES,
        previous=LAST,
    )


ALLERGY_FORM = FormPage(
    "Ajouter une allergie ou une intolérance",
    f"{CHART}/ajouter/allergie",
    CHART,
    "Enregistrer",
    PATIENT,
    icon="allergy",
)

HITS = SearchResults(
    "bapt",
    (
        Hit(
            "BAPTISTE Jean",
            "male",
            when("1958-03-14"),
            "68\u00a0ans",
            CHART,
            phone="06 12 34 56 78",
            last_seen=when("2026-11-02"),
            doctor="Dr Morel",
        ),
        Hit(
            "BAPTISTA Maria",
            "female",
            when("1990-07-01"),
            "36\u00a0ans",
            "/p/2",
            phone="06 98 76 54 32",
            last_seen=when("2025-12-19"),
            doctor="Dr Morel",
        ),
        Hit(
            "GIRAUD Odile",
            "female",
            when("1951-01-30"),
            "75\u00a0ans",
            "/p/3",
            birth_name="BAPTISTE",
            phone="02 41 00 00 01",
            last_seen=when("2026-10-30"),
            doctor="Dr Lambert",
        ),
        Hit("BATTISTE Léo", "male", when("2019-09-09"), "7\u00a0ans", "/p/4", doctor="Dr Morel"),
    ),
    total=9,
    register_url="/patients/nouveau",
)
HOME = HomePage(
    HITS,
    (
        NavLink("3 documents à classer", "/documents", "file"),
        NavLink("1 consultation commencée", CHART, "edit"),
    ),
)

IDENTITY = IdentityPage(
    band=BAND,
    traits=(
        Trait("Nom de naissance", "BAPTISTE", wrote("i1", "2016-09-12"), strict=True),
        Trait("Prénoms de naissance", "JEAN MARIE", wrote("i1", "2016-09-12"), strict=True),
        Trait("Sexe", "masculin", wrote("i1", "2016-09-12"), strict=True),
        Trait("Date de naissance", "14/03/1958", wrote("i1", "2016-09-12"), strict=True),
        Trait("Lieu de naissance", "Angers (49007)", wrote("i1", "2016-09-12"), strict=True),
        Trait("Nom utilisé", ""),
    ),
    ins_help="Vérifiée avec une pièce d’identité le 03/04/2019.",
    matricule="1 58 03 49 007 123 45",
    matricule_oid="NIR de test",
    matricule_fault="La clé du matricule est fausse\u00a0: 45 au lieu de 59. "
    "Ce matricule ne sortira pas du cabinet.",
    contacts=(
        Contact("Mobile", "06 12 34 56 78", wrote("k1", "2024-01-10"), "tel:+33612345678"),
        Contact("Adresse", "4 rue des Lices\n49100 Angers", wrote("k2", "2024-01-10")),
        Contact("À prévenir", "Claire Baptiste, fille, 06 11 22 33 44", wrote("k3", "2024-01-10")),
    ),
    doctor=Trait("déclaré le 12/09/2016", "Dr Garance Morel", wrote("d1", "2016-09-12")),
    ald=(
        AldLine(
            "ALD 5 insuffisance cardiaque grave",
            when("2024-06-01"),
            when("2029-05-31"),
            wrote("l1", "2024-06-02"),
        ),
    ),
    duplicates=(
        Duplicate(
            "BAPTISTE Jean-Marie",
            when("1958-03-14"),
            "même naissance, prénoms proches",
            f"{CHART}/comparer/{OTHER}",
        ),
    ),
    merges=(Merge("BATISTE Jean", wrote("m1", "2020-01-04"), f"{CHART}/separer/m1"),),
    edit_url=f"{CHART}/identite/corriger",
    contact_url=f"{CHART}/identite/contact",
    doctor_url=f"{CHART}/identite/medecin",
    ald_url=f"{CHART}/identite/ald",
)
MERGE = MergePage(
    BAND,
    PATIENT,
    "BAPTISTE Jean",
    OTHER,
    "BAPTISTE Jean-Marie",
    (
        Compared("Naissance", "14/03/1958", "14/03/1958"),
        Compared("Prénoms", "JEAN MARIE", "JEAN-MARIE"),
        Compared("Téléphone", "06 12 34 56 78", ""),
        Compared("Écritures", "486", "3"),
    ),
    f"{CHART}/reunir",
    f"{CHART}/identite",
)
LETTER = DocumentPage(
    BAND,
    "Lettre de cardiologie",
    "Lettre",
    when("2026-10-09"),
    "Dr Irène Vasseur",
    "1 page, 6 ko",
    "text",
    "/d/1",
    "/d/1/telecharger",
    wrote("e7", "2026-10-10T08:31", author="Inès Caron", role="secrétaire", device="Accueil"),
    text="Cher confrère,\n\n"
    "Merci de m’avoir adressé M. Jean Baptiste, 68 ans, pour sa fibrillation atriale.\n\n"
    "FEVG 38 %. Je propose de poursuivre la warfarine, INR cible 2 à 3.\n\n"
    "Bien confraternellement,\nDr Irène Vasseur",
    classify_url="/d/1/classer",
    previous_url="/d/0",
    next_url="/d/2",
)
DEPOSIT = DepositPage("/p/x/documents", CHART, PATIENT, blind=True, max_bytes=20_000_000)
TEAM = TeamPage(
    practice=(
        ("Adresse", "12 place du Ralliement, 49100 Angers"),
        ("Téléphone", "02 41 00 00 00"),
        ("FINESS", ""),
        ("En-tête", "posé le 02/01/2026"),
    ),
    persons=(
        PersonLine(
            "Dr Garance Morel",
            ("médecin", "administratrice"),
            (SeatLine("Cabinet 1", when("2016-09-01"), this_device=True),),
            "10003456789",
            edit_url="/equipe/1",
            seat_url="/equipe/1/acces",
        ),
        PersonLine(
            "Dr Théo Lambert",
            ("remplaçant",),
            (
                SeatLine(
                    "Cabinet 2", when("2026-08-01"), ends=when("2026-12-31"), revoke_url="/equipe/2/retirer"
                ),
            ),
            "10009876543",
            missing=("image de signature",),
            edit_url="/equipe/2",
        ),
        PersonLine(
            "Inès Caron",
            ("secrétaire",),
            (
                SeatLine(
                    "Accueil", when("2019-01-07"), state="phrase oubliée", revoke_url="/equipe/3/retirer"
                ),
            ),
            edit_url="/equipe/3",
        ),
        PersonLine("Awa Diallo", ("sage-femme",), (), "10005551234", left=when("2025-06-30")),
    ),
    edit_url="/equipe/cabinet",
    add_url="/equipe/ajouter",
)
TRACE = TracePage(
    (
        TraceLine(
            when("2026-11-22T10:30"),
            "Dr Garance Morel",
            "médecin",
            "Cabinet 1",
            "dossier ouvert",
            "BAPTISTE Jean",
            CHART,
        ),
        TraceLine(
            when("2026-11-22T10:12"),
            "Inès Caron",
            "secrétaire",
            "Accueil",
            "identité ouverte",
            "GIRAUD Odile",
            "/p/3",
        ),
        TraceLine(
            when("2026-11-21T23:48"),
            "Dr Théo Lambert",
            "remplaçant",
            "Cabinet 2",
            "dossier ouvert",
            "LEMOINE Zoé",
            "/p/5",
            unusual="hors des heures du cabinet",
        ),
        TraceLine(
            when("2026-11-21T18:02"),
            "Dr Garance Morel",
            "médecin",
            "Cabinet 1",
            "fiche de secours imprimée",
        ),
    ),
    total=1204,
    shown=50,
    next_url="/acces?apres=50",
    action_url="/acces",
)
SETTINGS = SettingsPage(
    "",
    "/reglages/apparence",
    "/reglages/phrase",
    (
        ("Nom", "Cabinet 1"),
        ("Écritures gardées", "48 211"),
        ("Dernière vérification", "22/11/2026 07:00, sans défaut"),
        ("Place libre", "212 Go"),
    ),
    (
        Notice(
            "La fiche de secours n’a pas été contrôlée depuis un an.",
            "warn",
            "Contrôler",
            "/reglages/fiche",
        ),
    ),
)
