"""Passing illnesses and small reasons to come, from thirteen on.

Written for this project, in the words a French general practitioner uses. See lanterne.demo.episode.
"""

from __future__ import annotations

from lanterne.demo.episode import PARACETAMOL, Episode

ALL: tuple[Episode, ...] = (
    Episode(
        reason="{Rhinopharyngite|Rhume, toux}",
        history="{Toux et rhinorrhée depuis 3 jours|Nez bouché, gorge irritée depuis hier}, {pas de fièvre|fébricule}.",
        findings="{Gorge érythémateuse|Pharynx inflammatoire}, tympans normaux, auscultation libre.",
        conclusion=(
            "Rhinopharyngite virale. {Lavages de nez, paracétamol|Traitement symptomatique}. Pas "
            "d'antibiotique."
        ),
        weight=6,
        winter=2.5,
        fever=True,
        medicine=PARACETAMOL,
    ),
    Episode(
        reason="{Syndrome grippal|Fièvre, courbatures}",
        history=(
            "Début brutal {hier|il y a 48 h} : fièvre à {39|39,5|38,8}, {courbatures, "
            "céphalées|frissons, toux sèche}."
        ),
        findings="T° <temp>. {Auscultation claire|Pas de foyer}, nuque souple, pas de purpura.",
        conclusion="Syndrome grippal. Repos, hydratation, paracétamol. {AT 4 jours|AT 3 jours|Reconsulter si dyspnée}.",
        weight=3,
        winter=6,
        fever=True,
        medicine=PARACETAMOL,
    ),
    Episode(
        reason="{Angine|Mal de gorge}",
        history="Odynophagie fébrile depuis {2|3} jours, {pas de toux|adénopathies douloureuses}.",
        findings="Amygdales {érythémateuses|érythémato-pultacées}. TROD streptocoque {positif|positif}.",
        conclusion="Angine à streptocoque A. Antibiotique 6 jours.",
        weight=1.6,
        ages=(4, 60),
        fever=True,
        code="J02.0",
        medicine=("amoxicilline", "1 g : 1 cp matin et soir", 6),
        instead=("azithromycine", "500 mg : 1 prise par jour", 3),
    ),
    Episode(
        reason="{Toux|Bronchite}",
        history="{Toux grasse depuis une semaine, expectoration claire|Toux sèche depuis 10 jours, gêne nocturne}.",
        findings="{Quelques ronchi mobilisables|MV symétrique, pas de crépitant}. SpO2 <spo2> %.",
        conclusion="Bronchite aiguë, pas d'antibiotique. {Reconsulter si fièvre au-delà de 3 jours|Hydratation}.",
        weight=3,
        winter=2.5,
        fever=True,
    ),
    Episode(
        reason="Toux fébrile",
        history="Fièvre et {point de côté|frissons} depuis 48 h, {expectoration purulente|dyspnée d'effort}.",
        findings="T° <temp>, SpO2 <spo2> %. Foyer de crépitants en base {droite|gauche}.",
        conclusion="Pneumopathie aiguë communautaire. Antibiotique 5 jours, radio, réévaluation à 72 h.",
        weight=0.7,
        winter=2,
        ages=(18, 100),
        fever=True,
        code="J18.9",
        kept="Pneumopathie",
        medicine=("amoxicilline", "1 g : 1 cp 3 fois par jour", 5),
        instead=("pristinamycine", "1 g : 3 fois par jour", 5),
        letter="radiologue",
        tests=("leucocytes", "crp"),
    ),
    Episode(
        reason="{Cystite|Brûlures mictionnelles}",
        history=(
            "Brûlures, pollakiurie depuis {hier|48 h}. Pas de fièvre ni douleur lombaire. {Pas de "
            "grossesse|3e épisode cette année}."
        ),
        findings="Fosses lombaires libres. BU : leucocytes +++, nitrites {+|+|-}.",
        conclusion="Cystite aiguë simple. Fosfomycine monodose.",
        weight=2.2,
        ages=(16, 75),
        sex="female",
        medicine=("fosfomycine trométamol", "3 g : 1 sachet en prise unique", 1),
    ),
    Episode(
        reason="Infection urinaire",
        history="Brûlures, {fièvre à 38,3|urines troubles} depuis 2 jours.",
        findings="Abdomen souple, {TR douloureux|fosses lombaires sensibles}. T° <temp>.",
        conclusion="Infection urinaire à risque de complication. ECBU puis antibiotique, adapté à l'antibiogramme.",
        weight=0.7,
        ages=(40, 100),
        fever=True,
        code="N39.0",
        kept="Infection urinaire",
        medicine=("céfixime", "200 mg : 1 cp matin et soir", 10),
        instead=("ofloxacine", "200 mg : 1 cp matin et soir", 10),
        tests=("leucocyturie", "hematurie", "ecbu", "crp"),
    ),
    Episode(
        reason="{Gastro-entérite|Diarrhée, vomissements}",
        history="{Vomissements puis diarrhée|Selles liquides} depuis {24|48} h, {contage familial|collègues malades}.",
        findings="Abdomen {sensible sans défense|souple}, pas de pli cutané. T° <temp>.",
        conclusion=(
            "Gastro-entérite virale. Hydratation, {régime|racécadotril}. {AT 2 jours|Reconsulter si "
            "sang ou fièvre}."
        ),
        weight=3,
        winter=2,
        fever=True,
        medicine=("racécadotril", "100 mg : 1 gélule 3 fois par jour", 3),
    ),
    Episode(
        reason="{Lombalgie|Mal de dos|Lumbago}",
        history=(
            "Lombalgie {basse droite|basse} depuis {3 jours|une semaine} après {un port de "
            "charge|jardinage|déménagement}."
        ),
        findings=(
            "Raideur, contracture paravertébrale. {Lasègue négatif|Pas de déficit sensitivo-moteur}. "
            "Pas de drapeau rouge."
        ),
        conclusion=(
            "Lombalgie commune. Antalgiques, maintien de l'activité. {Kiné si persistance|AT 5 "
            "jours|Pas d'imagerie}."
        ),
        weight=3.5,
        ages=(18, 85),
        code="M54.5",
        medicine=("ibuprofène", "400 mg : 1 cp 3 fois par jour au repas", 5),
        instead=PARACETAMOL,
    ),
    Episode(
        reason="Sciatique",
        history="Douleur de la fesse à la cheville {droite|gauche}, trajet {L5|S1}, depuis {5|10} jours.",
        findings="Lasègue {droit|gauche} à {40|50}°. {ROT présents|Réflexe achilléen diminué}, pas de déficit moteur.",
        conclusion=(
            "Lombo-sciatique commune non déficitaire. Revoir dans 10 jours, avant si déficit ou "
            "troubles sphinctériens."
        ),
        weight=0.8,
        ages=(25, 80),
        code="M54.4",
        kept="Lombo-sciatique",
        medicine=("naproxène", "550 mg : 1 cp matin et soir au repas", 7),
        instead=PARACETAMOL,
    ),
    Episode(
        reason="{Douleur d'épaule|Épaule douloureuse}",
        history="Douleur de l'épaule {droite|gauche} {la nuit|à l'abduction} depuis {3 semaines|2 mois}.",
        findings="Jobe {positif|douloureux}, arc douloureux entre 60 et 120°, passif conservé.",
        conclusion="Tendinopathie de la coiffe. Radio et échographie, kinésithérapie.",
        weight=1.2,
        ages=(35, 85),
        code="M75.1",
        kept="Tendinopathie de la coiffe des rotateurs",
        letter="radiologue",
    ),
    Episode(
        reason="{Entorse de cheville|Traumatisme de la cheville}",
        history="Torsion en inversion {au football|dans l'escalier|en randonnée} {hier|ce jour}.",
        findings="Œdème malléolaire externe, palpation du LLE douloureuse. Critères d'Ottawa négatifs.",
        conclusion=(
            "Entorse externe {bénigne|de gravité moyenne}. Attelle, glaçage, kiné. {Dispense de "
            "sport 3 semaines|AT 4 jours}."
        ),
        weight=1.4,
        ages=(9, 60),
        code="S93.4",
        kept="Entorse de la cheville",
        medicine=PARACETAMOL,
    ),
    Episode(
        reason="Plaie",
        history="Plaie {de l'index gauche|de la paume|du genou} par {couteau|verre|chute}, il y a {2|3} h.",
        findings="Plaie franche {2|3} cm, pas d'atteinte tendineuse ni nerveuse.",
        conclusion=(
            "Suture {3|4} points sous AL. Vaccination antitétanique {à jour|vérifiée}. Ablation des "
            "fils J{10|8}."
        ),
        weight=0.8,
        ages=(5, 85),
    ),
    Episode(
        reason="{Sinusite|Douleur de la face}",
        history=(
            "Rhinite depuis 8 jours puis douleur {maxillaire gauche|sous-orbitaire} pulsatile, "
            "{mouchage purulent}."
        ),
        findings="Douleur à la pression du sinus maxillaire. Pas d'œdème orbitaire.",
        conclusion="Sinusite maxillaire aiguë. Lavages, {antibiotique 7 jours}.",
        weight=0.9,
        winter=2,
        ages=(16, 75),
        fever=True,
        code="J01.0",
        medicine=("amoxicilline", "1 g : 1 cp matin, midi et soir", 7),
        instead=("pristinamycine", "1 g : 2 fois par jour", 4),
    ),
    Episode(
        reason="{Éruption|Plaques qui grattent}",
        history=(
            "Lésions prurigineuses {des avant-bras|du tronc} depuis {4|6} jours, {nouvelle "
            "lessive|pas de facteur retrouvé}."
        ),
        findings="Plaques érythémateuses {suintantes|sèches}, {pas de surinfection|lésions de grattage}.",
        conclusion="Eczéma {de contact|nummulaire}. Dermocorticoïde 1 fois par jour 8 jours, émollients.",
        weight=1.5,
        ages=(2, 85),
        medicine=("désonide", "1 application le soir", 8),
    ),
    Episode(
        reason="Zona",
        history="Douleur en ceinture puis éruption depuis {2|3} jours.",
        findings="Vésicules groupées en bande {T6 gauche|T9 droit}, pas d'atteinte ophtalmique.",
        conclusion="Zona thoracique. Valaciclovir 7 jours, antalgiques. Vaccin à proposer à distance.",
        weight=0.4,
        ages=(50, 95),
        code="B02.9",
        kept="Zona",
        medicine=("valaciclovir", "1 g : 3 fois par jour", 7),
    ),
    Episode(
        reason="Vertiges",
        history="Vertiges rotatoires brefs {en se retournant dans le lit|au lever}, nausées, depuis {2|4} jours.",
        findings="Dix-Hallpike positif à {droite|gauche}. Pas de déficit, marche talon-pointe correcte. PA <pa>.",
        conclusion="VPPB. Manœuvre libératrice réalisée, {efficace|à refaire dans 8 jours}.",
        weight=1.0,
        ages=(35, 90),
        code="H81.1",
        pressure=True,
    ),
    Episode(
        reason="{Conjonctivite|Œil rouge}",
        history="Œil {droit|gauche} rouge, collé le matin depuis {2|3} jours.",
        findings=(
            "Hyperhémie conjonctivale, {sécrétions purulentes|larmoiement clair}, pas de douleur ni "
            "baisse d'acuité."
        ),
        conclusion="Conjonctivite. Lavages au sérum physiologique.",
        weight=1.2,
        ages=(1, 85),
    ),
    Episode(
        reason="{Fatigue|Asthénie}",
        history=(
            "Fatigue depuis {un mois|6 semaines}, {sommeil non réparateur|surcharge de travail}. Pas "
            "d'amaigrissement."
        ),
        findings="Examen sans particularité, {pas d'adénopathie|conjonctives colorées}. PA <pa>.",
        conclusion="Asthénie. Bilan : NFS, ferritine, TSH, glycémie.",
        weight=2,
        ages=(18, 80),
        pressure=True,
        tests=(
            "leucocytes",
            "hematies",
            "hemoglobine",
            "hematocrite",
            "vgm",
            "plaquettes",
            "ferritine",
            "tsh",
            "glycemie",
            "crp",
        ),
    ),
    Episode(
        reason="{Certificat de sport|Visite de non contre-indication}",
        history=(
            "{Football|Course à pied|Judo|Handball|Natation} en club. Pas de malaise ni douleur "
            "thoracique à l'effort."
        ),
        findings="PA <pa>, auscultation normale, pas de souffle, {rachis souple|appareil locomoteur normal}.",
        conclusion="Pas de contre-indication décelée ce jour. Certificat remis.",
        weight=1.6,
        ages=(8, 60),
        pressure=True,
    ),
    Episode(
        reason="{Bilan|Examen de prévention|Bilan de santé}",
        history=(
            "Pas de plainte. {Souhaite un bilan|Antécédents familiaux revus}. Alimentation et "
            "activité {correctes|à améliorer}."
        ),
        findings="PA <pa>. Auscultation, abdomen, aires ganglionnaires sans anomalie.",
        conclusion="Examen normal. Bilan biologique prescrit. {Dépistages à jour|Test immunologique remis}.",
        weight=1.6,
        ages=(25, 75),
        pressure=True,
        tests=("glycemie", "cholesterol", "hdl", "ldl", "triglycerides", "creatinine", "dfg", "alat", "ggt"),
    ),
    Episode(
        reason="{Arrêt de travail|Surmenage}",
        history="{Conflit au travail|Surcharge depuis la réorganisation}, pleurs, troubles du sommeil, {ruminations}.",
        findings="Contact {triste|anxieux}, pas d'idées suicidaires.",
        conclusion="Réaction à une situation éprouvante. AT 8 jours, {médecin du travail|psychologue}, à revoir.",
        weight=1.1,
        ages=(20, 63),
        code="F43.2",
        kept="Trouble de l'adaptation",
    ),
    Episode(
        reason="{Lésion cutanée|Grain de beauté}",
        history="Lésion {du dos|de la tempe|du bras} qui {a changé|saigne parfois}.",
        findings="{Lésion pigmentée de 7 mm, bords irréguliers|Papule perlée télangiectasique 5 mm}.",
        conclusion="Avis dermatologique demandé.",
        weight=0.8,
        ages=(30, 95),
        letter="dermatologue",
    ),
    Episode(
        reason="Colique néphrétique",
        history="Douleur lombaire {droite|gauche} brutale irradiant vers les OGE depuis {cette nuit|4 h}, agitation.",
        findings="Fosse lombaire sensible, abdomen souple, apyrétique. BU : sang ++.",
        conclusion="Colique néphrétique simple. Kétoprofène, tamisage des urines, échographie.",
        weight=0.5,
        ages=(25, 70),
        code="N23",
        kept="Colique néphrétique",
        medicine=("kétoprofène", "100 mg : 1 cp matin et soir", 3),
        instead=("phloroglucinol", "2 cp 3 fois par jour", 3),
        letter="radiologue",
    ),
    Episode(
        reason="{Constipation|Douleurs abdominales}",
        history="{Ballonnements|Selles dures tous les 4 jours}, pas de sang, poids stable.",
        findings="Abdomen {météorisé|souple}, TR normal.",
        conclusion="Conseils hydratation et fibres, macrogol. {Dépistage colorectal à jour|Test immunologique remis}.",
        weight=1.2,
        ages=(18, 95),
        medicine=("macrogol 4000", "10 g : 1 à 2 sachets le matin", 15),
    ),
    Episode(
        reason="Chute",
        history="Chute {de sa hauteur dans la cuisine|en descendant du lit}, pas de perte de connaissance.",
        findings=(
            "Hématome {de hanche|de l'épaule}, mobilités conservées, appui possible. PA <pa> couché, "
            "{pas d'hypotension|baisse de 15 mmHg debout}."
        ),
        conclusion="Chute mécanique. Surveillance, {évaluation du domicile|kinésithérapie équilibre}.",
        weight=1.5,
        ages=(75, 105),
        pressure=True,
        medicine=PARACETAMOL,
    ),
    Episode(
        reason="{Bouchon d'oreille|Baisse d'audition}",
        history="Oreille {droite|gauche} bouchée depuis {la douche|3 jours}.",
        findings="Bouchon de cérumen. Tympan normal après lavage.",
        conclusion="Extraction du bouchon.",
        weight=0.9,
        ages=(20, 95),
    ),
    Episode(
        reason="Covid-19",
        history="Toux, {anosmie|céphalées}, fièvre depuis {2|3} jours, test positif.",
        findings="SpO2 <spo2> %, FR 16, auscultation claire. T° <temp>.",
        conclusion=(
            "Covid-19 sans signe de gravité. Surveillance, paracétamol. {AT 5 jours|Rappel des "
            "signes d'alerte}."
        ),
        weight=0.8,
        winter=2,
        fever=True,
        code="U07.1",
        medicine=PARACETAMOL,
    ),
)
"""For those over 16, or the ages said."""
