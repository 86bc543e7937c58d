"""Passing illnesses of children under thirteen.

Written for this project, in the words a French general practitioner uses. See lanterne.demo.episode.
"""

from __future__ import annotations

from lanterne.demo.episode import Episode

ALL: tuple[Episode, ...] = (
    Episode(
        reason="{Rhinopharyngite|Rhume|Fièvre et nez qui coule}",
        history=(
            "Rhinorrhée et fièvre depuis {hier|2 jours}, {mange moins|boit bien}, {fratrie "
            "enrhumée|cas dans l'entourage}."
        ),
        findings="T° <temp>. Pharynx {rouge|normal}, tympans {normaux|congestifs}, auscultation libre.",
        conclusion="Rhinopharyngite. Lavages de nez, paracétamol selon le poids. Reconsulter si fièvre > 3 jours.",
        weight=7,
        winter=2.5,
        ages=(0, 12),
        fever=True,
        medicine=("paracétamol", "1 dose-poids toutes les 6 h si fièvre", 3),
    ),
    Episode(
        reason="{Otite|Otalgie}",
        history="Otalgie {droite|gauche}, {pleure la nuit|fièvre à 39}, rhinite depuis 3 jours.",
        findings="Tympan {droit|gauche} {bombé, opaque|rouge et bombé}. T° <temp>.",
        conclusion="OMA {collectée|purulente}. Antibiotique {8 jours|5 jours}, antalgiques.",
        weight=3.5,
        winter=1.8,
        ages=(0, 7),
        fever=True,
        code="H66.0",
        medicine=("amoxicilline", "80 mg/kg par jour en 2 prises", 8),
        instead=("cefpodoxime", "8 mg/kg par jour en 2 prises", 8),
    ),
    Episode(
        reason="{Gastro-entérite|Vomissements}",
        history="{Vomissements depuis la nuit|Diarrhée depuis 2 jours}, {plusieurs cas autour|fratrie malade}.",
        findings="Poids <weight> kg, pas de signe de déshydratation, abdomen souple. T° <temp>.",
        conclusion="Gastro-entérite. SRO, surveillance du poids, consignes données aux parents.",
        weight=3,
        winter=1.8,
        ages=(0, 12),
        fever=True,
    ),
    Episode(
        reason="Bronchiolite",
        history="Toux, gêne respiratoire depuis {hier|48 h}, boit {les trois quarts|plus de la moitié} des biberons.",
        findings="FR 45, SpO2 <spo2> %, tirage {discret|intercostal léger}, sibilants diffus.",
        conclusion="Bronchiolite sans signe de gravité. Fractionner, lavages de nez, surveillance, revoir demain.",
        weight=3,
        winter=6,
        ages=(0, 1),
        fever=True,
        code="J21.9",
        kept="Bronchiolite",
    ),
    Episode(
        reason="{Laryngite|Toux aboyante}",
        history="Toux rauque et dyspnée inspiratoire cette nuit.",
        findings="Stridor {à l'agitation|discret}, pas de tirage, SpO2 <spo2> %.",
        conclusion="Laryngite sous-glottique. Corticoïde en prise unique, surveillance.",
        weight=0.9,
        winter=2,
        ages=(1, 5),
        fever=True,
        medicine=("bétaméthasone", "0,25 mg/kg en prise unique", 1),
    ),
    Episode(
        reason="Varicelle",
        history="Éruption prurigineuse depuis {hier|2 jours}, cas à l'école.",
        findings="Vésicules d'âges différents, {cuir chevelu atteint|pas de surinfection}. T° <temp>.",
        conclusion="Varicelle. Pas d'AINS. Soins locaux, ongles courts.",
        weight=0.9,
        ages=(1, 9),
        fever=True,
        code="B01.9",
        kept="Varicelle",
    ),
    Episode(
        reason="{Angine|Mal de gorge}",
        history="Fièvre et dysphagie depuis {hier|2 jours}.",
        findings="Amygdales {rouges|érythémato-pultacées}, ADP cervicales. TROD {négatif|négatif|positif}.",
        conclusion="Angine, {traitement symptomatique|paracétamol}. {Éviction non nécessaire|Revoir si persistance}.",
        weight=1.8,
        ages=(3, 15),
        fever=True,
    ),
    Episode(
        reason="{Eczéma|Plaques}",
        history="Poussée {des plis|des joues}, grattage nocturne.",
        findings="Plaques érythémateuses sèches {des plis des coudes|des joues}.",
        conclusion="Dermatite atopique. Émollient quotidien, dermocorticoïde sur les plaques.",
        weight=1.3,
        ages=(0, 10),
        code="L20.9",
        kept="Dermatite atopique",
        medicine=("désonide", "1 application le soir", 10),
    ),
    Episode(
        reason="{Chute à vélo|Traumatisme du poignet}",
        history="Chute {à vélo|dans la cour}, réception sur la main.",
        findings="Douleur et œdème du {radius|poignet} {droit|gauche}, pas de trouble vasculo-nerveux.",
        conclusion=(
            "Radio demandée ce jour. {Fracture en motte de beurre : attelle 3 semaines|Pas de "
            "fracture, attelle 8 jours}."
        ),
        weight=0.9,
        ages=(5, 15),
        letter="radiologue",
    ),
    Episode(
        reason="Certificat de sport",
        history="{Judo|Football|Danse|Natation} cette année. Questionnaire de santé {sans réponse positive|revu}.",
        findings="Auscultation normale, pas de scoliose, poids <weight> kg.",
        conclusion="Pas de contre-indication décelée.",
        weight=1.5,
        ages=(6, 16),
    ),
    Episode(
        reason="{Maux de ventre|Douleurs abdominales}",
        history=(
            "Douleurs péri-ombilicales {avant l'école|récidivantes}, pas de fièvre, {transit "
            "paresseux|selles dures}."
        ),
        findings="Abdomen souple, FID libre.",
        conclusion="Constipation fonctionnelle. Macrogol, conseils.",
        weight=1.2,
        ages=(3, 14),
        medicine=("macrogol 4000", "4 g : 1 à 2 sachets par jour", 30),
    ),
)
