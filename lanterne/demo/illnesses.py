"""Long illnesses of general practice as the demo tells them: who has them, what is taken, measured, found, written.

Law: medicines and tests are keys of lanterne.reference; codes are ICD-10 codes of lanterne.reference.diagnoses. Odds are of
having it at an age, rounded from what a French practice sees; they make a plausible list of patients, not an epidemiology.
"""

from __future__ import annotations

from dataclasses import dataclass

Line = tuple[tuple[str, str], ...]
"""One medicine and its successive posologies: ((substance, posology), …); the next is taken when the last does not do."""

Level = tuple[float, float, float]
"""A test: mean, standard deviation of one sample, drift a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Illness:
    """One long illness.

    Attributes:
        odds: (from this age, probability of having it), ages increasing.
        lines: medicines begun with it; each its own steps.
        ald: rank and label in the list of long illnesses, when it is one.
        labs: (tests, days between two samples).
        visit_days: days between two visits it asks for; 0 when it asks for none.
        reason, history, findings, plans: sentences of the notes; alarms: plans when the pressure is high.
        pressure: mmHg it adds to the systolic under treatment.
        specialist: whose letters come, a key of letters.SPECIALISTS.
    """

    key: str
    code: str
    label: str
    odds: tuple[tuple[int, float], ...]
    sex: str = ""
    lines: tuple[Line, ...] = ()
    ald: tuple[int, str] | None = None
    labs: tuple[tuple[tuple[str, ...], int], ...] = ()
    levels: tuple[tuple[str, Level], ...] = ()
    visit_days: int = 0
    reason: str = ""
    history: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    plans: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()
    specialist: str = ""
    pressure: int = 0

    def probability(self, age: int) -> float:
        """Odds at an age."""
        found = 0.0
        for floor, value in self.odds:
            if age >= floor:
                found = value
        return found


LIPIDS = ("cholesterol", "hdl", "ldl", "triglycerides")
KIDNEY = ("creatinine", "dfg", "potassium", "sodium")
COUNT = (
    "leucocytes",
    "hematies",
    "hemoglobine",
    "hematocrite",
    "vgm",
    "plaquettes",
    "neutrophiles",
    "lymphocytes",
)
LIVER = ("asat", "alat", "ggt")

ALL: tuple[Illness, ...] = (
    Illness(
        key="fa",
        code="I48.2",
        label="Fibrillation auriculaire permanente",
        odds=((65, 0.05), (75, 0.12), (82, 0.18)),
        lines=((("bisoprolol", "2,5 mg : 1 cp le matin"), ("bisoprolol", "5 mg : 1 cp le matin")),),
        ald=(5, "Troubles du rythme graves"),
        labs=(((*COUNT, "creatinine", "dfg"), 365),),
        visit_days=91,
        reason="FA",
        history=(
            "Pas de palpitations.",
            "{Pas de saignement|Aucun saignement signalé}, pas de chute.",
            "Dyspnée stade II stable.",
        ),
        findings=("Rythme irrégulier, {FC contrôlée|bien ralenti}.", "Pas de souffle. Pas d'OMI."),
        plans=("Anticoagulation poursuivie, {éducation refaite|carnet vérifié}.",),
        specialist="cardiologue",
    ),
    Illness(
        key="hta",
        code="I10",
        label="Hypertension artérielle essentielle",
        odds=((35, 0.04), (45, 0.12), (55, 0.27), (65, 0.42), (75, 0.58)),
        lines=(
            (
                ("périndopril", "2,5 mg : 1 cp le matin"),
                ("périndopril", "5 mg : 1 cp le matin"),
                ("périndopril", "10 mg : 1 cp le matin"),
            ),
            (("amlodipine", "5 mg : 1 gélule le soir"), ("amlodipine", "10 mg : 1 gélule le soir")),
        ),
        labs=((KIDNEY, 365),),
        visit_days=105,
        reason="{renouvellement HTA|suivi tensionnel|HTA}",
        history=(
            "Automesures autour de <home>.",
            "{Bonne observance|Prend bien son traitement}, pas de céphalées ni vertiges.",
            "N'a pas fait ses automesures.",
        ),
        findings=(
            "PA <pa> {assis|couché|au repos}, {contrôlée debout sans hypotension|pouls périphériques perçus}.",
        ),
        plans=(
            "{Objectif tensionnel atteint|TA à l'objectif}, même traitement.",
            "Règles hygiéno-diététiques rappelées.",
        ),
        alarms=(
            "PA au-dessus de l'objectif : {automesures sur 3 jours|contrôle dans un mois|observance revue}.",
        ),
        pressure=7,
    ),
    Illness(
        key="diabete",
        code="E11.9",
        label="Diabète de type 2",
        odds=((40, 0.03), (50, 0.08), (60, 0.14), (70, 0.18)),
        lines=(
            (
                ("metformine", "500 mg : 1 cp matin et soir au cours des repas"),
                ("metformine", "1000 mg : 1 cp matin et soir au cours des repas"),
                ("metformine", "1000 mg : 1 cp matin, midi et soir"),
            ),
            (("empagliflozine", "10 mg : 1 cp le matin"),),
        ),
        ald=(8, "Diabète de type 2"),
        labs=((("hba1c", "glycemie"), 104), ((*KIDNEY, "albuminurie", *LIPIDS), 365)),
        levels=(("hba1c", (7.1, 0.3, 0.09)), ("glycemie", (1.42, 0.15, 0.02)), ("albuminurie", (18, 6, 2.0))),
        visit_days=96,
        reason="{suivi diabète|renouvellement diabète|diabète}",
        history=(
            "Glycémies à jeun entre 1,20 et 1,50 g/L.",
            "{Pas d'hypoglycémie|Aucun malaise}. Régime {suivi|moyennement suivi}.",
            "Marche {30 minutes par jour|peu}.",
        ),
        findings=(
            "Pieds : {sensibilité au monofilament conservée|pas de lésion, pouls perçus|hyperkératose des talons}.",
        ),
        plans=(
            "HbA1c <hba1c> % : {objectif < 7 %|équilibre à surveiller}. {Fond d'œil à prévoir|Rétinographie demandée}.",
        ),
        specialist="ophtalmologue",
    ),
    Illness(
        key="dyslipidemie",
        code="E78.0",
        label="Hypercholestérolémie pure",
        odds=((40, 0.07), (50, 0.16), (60, 0.26), (75, 0.22)),
        lines=((("atorvastatine", "10 mg : 1 cp le soir"), ("atorvastatine", "20 mg : 1 cp le soir")),),
        labs=(((*LIPIDS, "alat", "ck"), 400),),
        levels=(("ldl", (1.12, 0.16, 0.01)),),
        visit_days=125,
        reason="{hypercholestérolémie|dyslipidémie}",
        history=("Pas de myalgies.", "{Diète méditerranéenne expliquée|Suit les conseils alimentaires}."),
        plans=("Statine bien tolérée, poursuivie.",),
    ),
    Illness(
        key="coronaire",
        code="I25.1",
        label="Cardiopathie ischémique, angioplastie coronaire",
        odds=((55, 0.04), (65, 0.09), (75, 0.12)),
        sex="male",
        lines=(
            (("acide acétylsalicylique", "75 mg : 1 sachet le midi"),),
            (("bisoprolol", "2,5 mg : 1 cp le matin"), ("bisoprolol", "5 mg : 1 cp le matin")),
            (("atorvastatine", "40 mg : 1 cp le soir"), ("atorvastatine", "80 mg : 1 cp le soir")),
        ),
        ald=(13, "Maladie coronaire"),
        labs=(((*LIPIDS, "alat", "creatinine", "dfg"), 365),),
        levels=(("ldl", (0.68, 0.12, 0.0)),),
        visit_days=96,
        reason="{suivi cardiopathie ischémique|coronaropathie}",
        history=(
            "Pas d'angor d'effort, {marche 3 km sans gêne|monte deux étages}.",
            "N'a pas utilisé la trinitrine.",
        ),
        findings=("B1 B2 réguliers, pas de souffle carotidien.",),
        plans=("Poursuite du traitement, LDL cible < 0,55 g/L.",),
        specialist="cardiologue",
    ),
    Illness(
        key="ic",
        code="I50.9",
        label="Insuffisance cardiaque",
        odds=((75, 0.05), (82, 0.12)),
        lines=(
            (("furosémide", "20 mg : 1 cp le matin"), ("furosémide", "40 mg : 1 cp le matin")),
            (("bisoprolol", "2,5 mg : 1 cp le matin"),),
            (("dapagliflozine", "10 mg : 1 cp le matin"),),
        ),
        ald=(5, "Insuffisance cardiaque"),
        labs=(((*KIDNEY, "ntprobnp"), 150),),
        levels=(("ntprobnp", (1250, 350, 60)), ("creatinine", (104, 9, 3))),
        visit_days=61,
        reason="{insuffisance cardiaque|suivi IC}",
        history=("{NYHA II|Dyspnée d'effort stable}, dort avec deux oreillers.", "Poids stable à domicile."),
        findings=("{OMI discrets|Pas d'OMI}, {pas de crépitants|quelques crépitants des bases}.",),
        plans=("Restriction sodée {rappelée|suivie}, pesée {quotidienne|deux fois par semaine}.",),
        specialist="cardiologue",
    ),
    Illness(
        key="mrc",
        code="N18.3",
        label="Maladie rénale chronique, stade 3",
        odds=((70, 0.08), (80, 0.17)),
        labs=(((*KIDNEY, "uree", "albuminurie", "hemoglobine"), 180),),
        levels=(("creatinine", (118, 7, 3.5)), ("potassium", (4.7, 0.25, 0.02)), ("uree", (9.5, 1.2, 0.3))),
        visit_days=120,
        reason="{fonction rénale|MRC}",
        history=("Pas d'AINS.",),
        plans=("DFG <dfg> : {stable|en légère baisse}, éviter AINS et produits iodés.",),
        specialist="néphrologue",
    ),
    Illness(
        key="hypothyroidie",
        code="E03.9",
        label="Hypothyroïdie",
        odds=((25, 0.04), (45, 0.1), (65, 0.13)),
        sex="female",
        lines=(
            (
                ("lévothyroxine", "50 µg : 1 cp le matin à jeun"),
                ("lévothyroxine", "75 µg : 1 cp le matin à jeun"),
                ("lévothyroxine", "100 µg : 1 cp le matin à jeun"),
            ),
        ),
        labs=((("tsh",), 270),),
        levels=(("tsh", (2.9, 1.1, 0.05)),),
        visit_days=180,
        reason="{hypothyroïdie|thyroïde}",
        history=("{Pas d'asthénie|Asthénie modérée}, transit normal, poids stable.",),
        findings=("Pas de nodule palpé.",),
        plans=("TSH <tsh> : {dose inchangée|même dosage}.",),
    ),
    Illness(
        key="asthme",
        code="J45.9",
        label="Asthme",
        odds=((5, 0.08), (18, 0.06), (50, 0.04)),
        lines=(
            (("salbutamol", "100 µg : 1 à 2 bouffées à la demande"),),
            (
                ("béclométasone", "250 µg : 1 bouffée matin et soir"),
                ("formotérol et budésonide", "200/6 : 1 inhalation matin et soir"),
            ),
        ),
        visit_days=180,
        reason="{asthme|renouvellement asthme}",
        history=(
            "{Asthme contrôlé|Gêne à l'effort}, {salbutamol moins d'une fois par semaine|un réveil nocturne ce mois}.",
        ),
        findings=("MV symétrique, {pas de sibilants|rares sibilants expiratoires}. SpO2 <spo2> %.",),
        plans=("Technique d'inhalation {revue|correcte}. Plan d'action écrit {remis|revu}.",),
        specialist="pneumologue",
    ),
    Illness(
        key="bpco",
        code="J44.9",
        label="Bronchopneumopathie chronique obstructive",
        odds=((50, 0.03), (60, 0.08), (72, 0.1)),
        lines=(
            (
                ("tiotropium", "18 µg : 1 inhalation le matin"),
                ("indacatérol et glycopyrronium", "85/43 : 1 inhalation le matin"),
            ),
        ),
        labs=((COUNT, 500),),
        visit_days=110,
        reason="BPCO",
        history=(
            "Dyspnée {mMRC 1|mMRC 2}, {tousse le matin|expectoration claire}.",
            "Tabac : {n'a pas repris|fume encore 5 cigarettes par jour}.",
        ),
        findings=("MV diminué, {pas de sibilants|quelques ronchi}. SpO2 <spo2> %.",),
        plans=(
            "Vaccins grippe et pneumocoque {à jour|à faire}. {Kinésithérapie respiratoire|Réhabilitation proposée}.",
        ),
        specialist="pneumologue",
    ),
    Illness(
        key="depression",
        code="F33.9",
        label="Trouble dépressif récurrent",
        odds=((20, 0.05), (35, 0.09), (60, 0.08)),
        lines=((("sertraline", "50 mg : 1 gélule le matin"), ("sertraline", "50 mg : 2 gélules le matin")),),
        visit_days=75,
        reason="{suivi thymique|état dépressif}",
        history=(
            "{Humeur meilleure|Fatigue morale persistante|Se sent mieux}, {dort mieux|sommeil encore haché}.",
            "{Pas d'idées suicidaires|Idées noires absentes}. {A repris le travail|Sort davantage}.",
        ),
        findings=("Contact bon, {pas de ralentissement|discours fluide}.",),
        plans=(
            "{Traitement poursuivi|Poursuivre au moins 6 mois après rémission}, {revoir dans un mois|psychologue en ville}.",
        ),
    ),
    Illness(
        key="anxiete",
        code="F41.9",
        label="Trouble anxieux",
        odds=((18, 0.05), (40, 0.07)),
        lines=((("hydroxyzine", "25 mg : 1/2 à 1 cp le soir"),),),
        visit_days=150,
        reason="{anxiété|troubles du sommeil}",
        history=("{Tension au travail|Soucis familiaux}, {palpitations par moments|boule dans la gorge}.",),
        plans=("{Relaxation, activité physique|Cohérence cardiaque conseillée}, pas de benzodiazépine.",),
    ),
    Illness(
        key="migraine",
        code="G43.0",
        label="Migraine sans aura",
        odds=((16, 0.12), (50, 0.05)),
        sex="female",
        lines=((("sumatriptan", "50 mg : 1 cp dès le début de la crise, 2 par jour au plus"),),),
        visit_days=270,
        reason="migraines",
        history=("{2 à 3|4|5} crises par mois, {cataméniales|soulagées par le triptan}.",),
        findings=("Examen neurologique normal.",),
        plans=("Agenda des crises. {Pas de traitement de fond|Propranolol à discuter}.",),
    ),
    Illness(
        key="epilepsie",
        code="G40.9",
        label="Épilepsie",
        odds=((10, 0.01),),
        lines=((("lévétiracétam", "500 mg : 1 cp matin et soir"),),),
        ald=(9, "Épilepsie grave"),
        visit_days=180,
        reason="épilepsie",
        history=("Pas de crise depuis {un an|18 mois|3 ans}.",),
        plans=("Traitement inchangé, conduite {autorisée|à revoir avec le neurologue}.",),
        specialist="neurologue",
    ),
    Illness(
        key="arthrose",
        code="M17.9",
        label="Gonarthrose",
        odds=((55, 0.12), (65, 0.25), (75, 0.38)),
        lines=((("paracétamol", "1 g : jusqu'à 3 fois par jour si douleur"),),),
        visit_days=200,
        reason="{gonalgies|douleurs des genoux}",
        history=("Douleur {mécanique|à la descente des escaliers}, périmètre de marche {1 km|conservé}.",),
        findings=("Genou {droit|gauche} : {pas d'épanchement|petit épanchement}, flexion 110°.",),
        plans=("{Kinésithérapie|Infiltration à discuter}, perte de poids.",),
        specialist="rhumatologue",
    ),
    Illness(
        key="rgo",
        code="K21.9",
        label="Reflux gastro-œsophagien",
        odds=((35, 0.07), (55, 0.13)),
        lines=((("oméprazole", "20 mg : 1 gélule le soir"),),),
        visit_days=240,
        reason="{RGO|renouvellement IPP}",
        history=("Pyrosis {contrôlé|à l'arrêt de l'IPP}, pas de dysphagie.",),
        findings=("Épigastre souple.",),
        plans=("{IPP à la dose minimale|Essai de décroissance de l'IPP}.",),
    ),
    Illness(
        key="hbp",
        code="N40",
        label="Hypertrophie bénigne de la prostate",
        odds=((58, 0.14), (68, 0.3), (78, 0.4)),
        sex="male",
        lines=((("tamsulosine", "0,4 mg : 1 gélule le soir"),),),
        labs=((("psa",), 550),),
        levels=(("psa", (2.6, 0.5, 0.12)),),
        visit_days=240,
        reason="{HBP|troubles urinaires}",
        history=("{Deux|Une|Trois} levers nocturnes, jet {correct|faible}.",),
        findings=("TR : prostate {souple, augmentée de volume|lisse, sillon conservé}.",),
        plans=("Alphabloquant poursuivi.",),
        specialist="urologue",
    ),
    Illness(
        key="osteoporose",
        code="M81.9",
        label="Ostéoporose",
        odds=((62, 0.1), (72, 0.2)),
        sex="female",
        lines=(
            (("alendronate", "70 mg : 1 cp par semaine à jeun"),),
            (("colécalciférol", "50 000 UI : 1 ampoule par mois"),),
        ),
        labs=((("calcium", "vitamine_d"), 600),),
        levels=(("vitamine_d", (34, 6, 0)),),
        visit_days=240,
        reason="ostéoporose",
        history=("{Pas de chute|Une chute sans gravité}.",),
        plans=("{Ostéodensitométrie à 3 ans|Bilan dentaire annuel}, marche.",),
    ),
    Illness(
        key="goutte",
        code="M10.9",
        label="Goutte",
        odds=((45, 0.03), (65, 0.06)),
        sex="male",
        lines=((("allopurinol", "100 mg : 1 cp par jour"), ("allopurinol", "200 mg : 1 cp par jour")),),
        labs=((("acide_urique", "creatinine", "dfg"), 330),),
        levels=(("acide_urique", (345, 40, 0)),),
        visit_days=200,
        reason="goutte",
        history=("Pas de crise depuis {6 mois|un an}.",),
        plans=("Uricémie <acide_urique> µmol/L, {cible < 360|à contrôler}.",),
    ),
    Illness(
        key="psoriasis",
        code="L40.9",
        label="Psoriasis",
        odds=((18, 0.03),),
        lines=((("calcipotriol et bétaméthasone", "1 application le soir"),),),
        visit_days=300,
        reason="psoriasis",
        findings=("Plaques {des coudes et des genoux|du cuir chevelu}, {surface limitée|en amélioration}.",),
        plans=("Traitement local, entretien deux fois par semaine.",),
        specialist="dermatologue",
    ),
    Illness(
        key="rhinite",
        code="J30.1",
        label="Rhinite allergique aux pollens",
        odds=((8, 0.1), (50, 0.05)),
        lines=((("desloratadine", "5 mg : 1 cp le soir en saison"),),),
        reason="rhinite",
    ),
    Illness(
        key="alzheimer",
        code="G30.9",
        label="Maladie d'Alzheimer",
        odds=((75, 0.05), (82, 0.14)),
        ald=(15, "Maladie d'Alzheimer et autres démences"),
        visit_days=75,
        reason="{suivi|troubles cognitifs}",
        history=(
            "Vu avec {l'aidant|sa fille|l'infirmière}. {Appétit conservé|Fugue la semaine passée|Répète les questions}.",
        ),
        findings=("Orientation {partielle|temporelle perturbée}. {MMS 19/30|MMS 22/30|MMS 17/30}.",),
        plans=(
            "{Accueil de jour|APA}, aide de l'entourage. {Directives anticipées abordées|Sauvegarde de justice évoquée}.",
        ),
        specialist="gériatre",
    ),
    Illness(
        key="parkinson",
        code="G20",
        label="Maladie de Parkinson",
        odds=((65, 0.015), (75, 0.035)),
        lines=(
            (
                ("lévodopa et bensérazide", "125 mg : 1 gélule 3 fois par jour"),
                ("lévodopa et bensérazide", "125 mg : 1 gélule 4 fois par jour"),
            ),
        ),
        ald=(16, "Maladie de Parkinson"),
        visit_days=100,
        reason="Parkinson",
        history=(
            "{Fluctuations en fin de dose|Bonne réponse à la lévodopa}, {constipation|pas d'hallucination}.",
        ),
        findings=("Tremblement {de repos droit|discret}, {marche à petits pas|demi-tour décomposé}.",),
        plans=("Kinésithérapie {entretien|équilibre}. Horaires stricts.",),
        specialist="neurologue",
    ),
    Illness(
        key="sein",
        code="C50.9",
        label="Cancer du sein traité, hormonothérapie",
        odds=((48, 0.04), (60, 0.06)),
        sex="female",
        lines=((("létrozole", "2,5 mg : 1 cp par jour"),),),
        ald=(30, "Tumeur maligne du sein"),
        labs=(((*COUNT, "ca153", *LIVER), 330),),
        visit_days=150,
        reason="{suivi cancer du sein|surveillance}",
        history=("{Arthralgies sous antiaromatase|Bonne tolérance}, pas d'altération de l'état général.",),
        findings=("Examen des seins et des aires ganglionnaires {sans anomalie|normal}, cicatrice souple.",),
        plans=(
            "Mammographie et échographie annuelles, {alternance avec l'oncologue|prochain RDV oncologie noté}.",
        ),
        specialist="oncologue",
    ),
    Illness(
        key="prostate",
        code="C61",
        label="Cancer de la prostate traité",
        odds=((66, 0.05), (75, 0.08)),
        sex="male",
        ald=(30, "Tumeur maligne de la prostate"),
        labs=((("psa",), 180),),
        levels=(("psa", (0.08, 0.03, 0.01)),),
        visit_days=180,
        reason="{suivi carcinologique|surveillance PSA}",
        history=("{Fuites à l'effort|Continence correcte}.",),
        plans=("PSA <psa> µg/L : {pas de récidive biologique|à recontrôler dans 6 mois}.",),
        specialist="urologue",
    ),
    Illness(
        key="colon",
        code="C18.7",
        label="Cancer du côlon sigmoïde opéré",
        odds=((60, 0.02), (70, 0.03)),
        ald=(30, "Tumeur maligne du côlon"),
        labs=(((*COUNT, "ace"), 180),),
        visit_days=180,
        reason="{suivi cancer colique|surveillance}",
        history=("Transit {régulier|accéléré}, pas de rectorragie.",),
        findings=("Abdomen souple, {pas de masse|cicatrice propre}.",),
        plans=("Scanner et coloscopie selon le calendrier, ACE <ace> µg/L.",),
        specialist="gastro-entérologue",
    ),
    Illness(
        key="contraception",
        code="",
        label="contraception",
        odds=((16, 0.4), (25, 0.45), (36, 0.3), (46, 0.0)),
        sex="female",
        lines=(
            (
                ("lévonorgestrel et éthinylestradiol", "1 cp par jour, 21 jours sur 28"),
                ("désogestrel", "75 µg : 1 cp par jour en continu"),
            ),
        ),
        visit_days=330,
        reason="{contraception|renouvellement pilule}",
        history=("Cycles réguliers, {pas d'oubli|un oubli rattrapé}. {Pas de migraine|Bonne tolérance}.",),
        findings=("Seins {souples|sans nodule}.",),
        plans=("Pilule renouvelée un an. {Frottis à jour|Frottis prévu}.",),
        specialist="gynécologue",
    ),
)
"""In the order they are drawn: what carries an anticoagulant before what would carry an antiplatelet."""

BY_KEY: dict[str, Illness] = {illness.key: illness for illness in ALL}

ANTICOAGULANTS: tuple[tuple[str, str], ...] = (
    ("apixaban", "5 mg : 1 cp matin et soir"),
    ("apixaban", "2,5 mg : 1 cp matin et soir"),
    ("rivaroxaban", "20 mg : 1 cp le soir au dîner"),
    ("warfarine", "5 mg : 1 cp le soir, selon INR"),
    ("fluindione", "20 mg : 3/4 cp le soir, selon INR"),
)

SHARED_CLASS: dict[str, str] = {
    "IEC": "système rénine",
    "ARA II": "système rénine",
    "insuffisance cardiaque": "système rénine",
    "AVK": "anticoagulation",
    "anticoagulant oral direct": "anticoagulation",
    "antiagrégant": "anticoagulation",
    "antidiabétique, insuffisance cardiaque": "SGLT2",
}
"""Families of which a patient of the demo takes only one at a time; the others are compared by themselves."""
