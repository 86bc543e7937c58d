"""Heart, vessels, diabetes and kidney, as the demo tells them.

Law: odds are of having it at an age, rounded from what a French practice sees; they make a plausible list of
patients, not an epidemiology.
"""

from __future__ import annotations

from lanterne.demo.illness import COUNT, KIDNEY, LIPIDS, Illness

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
            "Bonne tolérance du traitement anticoagulant.",
        ),
        findings=("Rythme irrégulier, {FC contrôlée|bien ralenti}.", "Arythmie, FC autour de 75."),
        plans=(
            "Anticoagulation poursuivie, {éducation refaite|carnet vérifié}.",
            "Pas de saignement : anticoagulant inchangé.",
            "{Fréquence bien contrôlée|Score et fonction rénale revus}, même traitement.",
        ),
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
        findings=("Pas de souffle cardiaque ni carotidien, pouls périphériques perçus.",),
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
)
