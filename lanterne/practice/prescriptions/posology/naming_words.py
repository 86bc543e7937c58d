"""Words that stand in or beside a name: devices, variants of a brand, pointers, classes.

Law: a word listed here never names a medicine by itself.
"""

from __future__ import annotations

import re

from lanterne.practice.prescriptions.posology.typed import wordset

ALIASES = {
    "hctz": "hydrochlorothiazide", "hct": "hydrochlorothiazide", "ac": "acide",
}  # fmt: skip


VARIANTS = wordset(
    """
    lyoc diskus turbuhaler solostar doublestar kwikpen flexpen flextouch penfill innolet pen junior
    novolizer easyhaler handihaler respimat evohaler autohaler spiromax nexthaler ellipta breezhaler genuair
    aerolizer clickhaler forspiro chrono chronosphere velotab zydis fort forte flas flash flashtabs rapid
    codeine ep tissugel duo plus unidiary mups instant duodose adulteenfant odis orodis expidet effervescent
    faible toux max uno continus repetabs neo new conditionnement depot retard menthe orange citron fraise
    caramel sans sucre
    """
)


DEVICE = re.compile(
    r"(?:bandelettes?|lancettes?|aiguilles?|seringues?|compresses?|bandes?|bas|chaussettes?|collants?|pansements?|sparadraps?"
    r"|attelles?|bequilles?|cannes?|ortheses?|ceintures?|colliers?|genouilleres?|chevilleres?|semelles?|sets?|gants?|sondes?"
    r"|poches?|capteurs?|lecteurs?|tensiometres?|nebuliseurs?|chambres?|coussins?|matelas|lits?|fauteuils?|deambulateurs?"
    r"|changes?|protections?|aleses?|stylos?|autopiqueurs?|electrodes?|masques?|thermometres?|glucometres?|cathe?ters?"
    r"|etuis|couches|tubulures?|perfuseurs?|steri ?strips?|freestyle|dexcom|urgo\w*|mepilex|aquacel"
    r"|duoderm|jelonet|tulle"
    r"|tegaderm|algosteril|biatain|allevyn|comfeel|verbandes?)(?![a-z])"
)


SALTS = wordset(
    """
    arginine cilexetil erbumine besilate maleate sodique potassique magnesique calcique chlorhydrate
    bromhydrate sulfate fumarate succinate tartrate citrate phosphate acetate mesilate medoxomil trometamol
    propionate dipropionate valerate furoate dihydrate monohydrate hydrate axetil proxetil pivoxil disodique
    trihydrate base
    """
)
"""Salts and esters typed after a DCI: part of the name, and no other substance."""
POINTER = re.compile(
    r"(?:comme|idem|id|meme|memes|pareil|habituel(?:s|le|les)?|precedente?s?|traitement|ttt|tt|ordonnance|renouvellement|suite"
    r"|son|sa|ses|mon|ma|mes|ce|cet|cette|le|la|les|celui|celle|medicament|medoc|reprendre|continuer|poursuivre)(?![a-z])"
)


CLASS = wordset(
    """
    antibiotique antibiotiques antalgique antalgiques corticoide corticoides insuline pilule statine
    statines ains anti antiinflammatoire antihistaminique collyre pommade creme sirop vitamine vitamines
    acide inhibiteur ipp iec ara2 sartan diuretique betabloquant anticoagulant avk aod laxatif somnifere
    antidepresseur anxiolytique gouttes comprime pansement gastrique corticotherapie vaccin
    """
)


ENDING = wordset(
    """
    qsp pdt pendant max maxi maximum par pour avec sans dans sur toutes tous ttes tts chaque apres avant
    durant puis si sinon fois sauf selon jusque jusqu que qui dont chez entre lors vers au aux en a et ou le
    la les un une des du renouveler prises prise jours jour semaine semaines mois heures heure matin soir
    midi
    """
)
"""Words that end a name nobody knows: what follows is no part of it."""
DENIED = wordset(
    """
    pas sans jamais ni non sauf plus ne aucun aucune eviter contre-indique allergie allergique ou si
    """
)


ACCENTS = {
    "glycemie": "glycémie", "steriles": "stériles", "sterile": "stérile", "crepe": "crêpe",
    "hydrocellulaire": "hydrocellulaire",
    "elastique": "élastique", "adhesive": "adhésive", "adhesif": "adhésif", "absorbant": "absorbant",
    "hydrocolloide": "hydrocolloïde",
    "hydrocolloides": "hydrocolloïdes", "cohesive": "cohésive", "cohesives": "cohésives",
    "decharge": "décharge", "releve": "relève",
}  # fmt: skip
