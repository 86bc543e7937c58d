"""Doses beyond all use, and medicines that are not taken daily: what a mistyped line must not pass.

Written for Lanterne in November 2026 from the summaries of product characteristics, for substances
whose tenfold or daily
error kills. Adult doses. Before real use: a certified base says more, and is asked first; this is what
remains without one.
"""

from __future__ import annotations

SPACED: dict[str, int] = {
    "methotrexate": 7, "alendron": 7, "acide alendronique": 7, "risedron": 7, "acide risedronique": 7, "dulaglutide": 7,
    "semaglutide": 7, "tirzepatide": 7, "ibandron": 28, "acide ibandronique": 28, "denosumab": 28, "romosozumab": 28,
    "fentanyl": 3, "buprenorphine": 3, "adalimumab": 7, "etanercept": 3, "leuproreline": 28, "triptoreline": 28,
    "medroxyprogesterone": 28, "zoledronique": 28, "acide zoledronique": 28, "alirocumab": 14, "evolocumab": 14,
    "erenumab": 28, "mefloquine": 7,
}  # fmt: skip
"""Least days between two intakes, at the strengths or in the forms of `_SPACED_WHEN`."""


DAILY_STRENGTH_MG: dict[str, float] = {
    "alendron": 10,
    "acide alendronique": 10,
    "risedron": 5,
    "acide risedronique": 5,
    "semaglutide": 0,
}


SPACED_FORM: dict[str, tuple[str, ...]] = {
    "fentanyl": ("patch",), "buprenorphine": ("patch",), "semaglutide": ("injection", "seringue", "stylo"),
    "medroxyprogesterone": ("injection",), "leuproreline": ("injection",),
}  # fmt: skip


BEYOND: dict[str, tuple[float, float]] = {
    # (greatest mass of one unit sold or taken, greatest mass a day), in mg
    "levothyroxine": (0.2, 0.4), "liothyronine": (0.025, 0.1), "digoxine": (0.25, 0.5), "colchicine": (1, 3),
    "methotrexate": (30, 30), "fentanyl": (1.6, 8), "morphine": (200, 400), "oxycodone": (120, 400),
    "tramadol": (200, 400),
    "codeine": (60, 240), "warfarine": (15, 15), "fluindione": (40, 40), "acenocoumarol": (8, 8),
    "lithium": (600, 2000),
    "paracetamol": (1000, 4000), "ibuprofene": (800, 2400), "ketoprofene": (200, 200), "diclofenac": (150, 150),
    "naproxene": (1100, 1100), "zolpidem": (10, 10), "zopiclone": (7.5, 7.5), "alprazolam": (2, 4),
    "bromazepam": (12, 18),
    "lorazepam": (2.5, 7.5), "clonazepam": (2, 20), "diazepam": (10, 40), "oxazepam": (50, 150), "prazepam": (40, 60),
    "clorazepate": (50, 90), "baclofene": (25, 80), "metoclopramide": (10, 30), "domperidone": (10, 30),
    "bisoprolol": (10, 20), "nebivolol": (10, 10), "propranolol": (160, 320), "atenolol": (100, 200),
    "amiodarone": (200, 1200),
    "flecainide": (200, 300), "apixaban": (10, 20), "rivaroxaban": (20, 30), "dabigatran": (150, 300),
    "edoxaban": (60, 60),
    "glimepiride": (6, 6), "gliclazide": (120, 320), "glibenclamide": (5, 15), "repaglinide": (4, 16),
    "metformine": (1000, 3000),
    "clonidine": (0.15, 0.6), "desmopressine": (0.24, 1.2), "salbutamol": (4, 16), "prednisone": (80, 120),
    "prednisolone": (80, 120), "dexamethasone": (20, 40), "betamethasone": (8, 20), "cabergoline": (1, 1),
    "tamsulosine": (0.4, 0.4), "finasteride": (5, 5), "sildenafil": (100, 100), "tadalafil": (20, 20),
    "escitalopram": (20, 20),
    "citalopram": (40, 40), "venlafaxine": (225, 375), "sertraline": (200, 200), "fluoxetine": (60, 60),
    "paroxetine": (60, 60),
    "mirtazapine": (45, 45), "amitriptyline": (150, 150), "olanzapine": (20, 20), "risperidone": (6,
    16), "haloperidol": (20, 20),
    "pramipexole": (3.3, 4.5), "ropinirole": (8, 24), "ivabradine": (7.5, 15), "sumatriptan": (100, 300),
    "zolmitriptan": (5, 10), "naratriptan": (2.5, 5), "eletriptan": (40, 80), "rizatriptan": (10, 20),
    "spironolactone": (100, 400), "furosemide": (500, 1000), "indapamide": (2.5, 2.5), "hydrochlorothiazide": (50, 100),
    "simvastatine": (80, 80), "atorvastatine": (80, 80), "rosuvastatine": (40, 40), "allopurinol": (300, 900),
    "febuxostat": (120, 120), "pregabaline": (300, 600), "gabapentine": (800, 3600), "lamotrigine": (200, 700),
    "carbamazepine": (400, 2000), "levetiracetam": (1500, 3000), "loperamide": (4, 16),
    "hydroxychloroquine": (400, 600),
    "azathioprine": (150, 250), "carbimazole": (60, 60), "nitrofurantoine": (100, 400), "ivermectine": (21, 21),
    "amlodipine": (10, 10), "ramipril": (10, 10), "perindopril": (10, 16), "lisinopril": (20, 80),
    "enalapril": (20, 40),
    "candesartan": (32, 32), "valsartan": (320, 320), "irbesartan": (300, 300), "losartan": (150, 150),
    "varenicline": (1, 2),
    "nefopam": (60, 180), "thiocolchicoside": (8, 16), "ticagrelor": (90, 180), "hydroxyzine": (100, 300),
    "verapamil": (240, 480), "diltiazem": (300, 360), "theophylline": (400, 1000), "phenobarbital": (100, 300),
}  # fmt: skip


ALARM_KG: dict[str, tuple[float, float]] = {
    # per kg: (an intake, a day), in mg
    "paracetamol": (20, 80), "ibuprofene": (12, 40), "amoxicilline": (75, 200), "josamycine": (40, 100),
    "azithromycine": (25, 25), "prednisone": (3, 3), "prednisolone": (3, 3), "betamethasone": (0.5,
    0.5), "tramadol": (2, 8),
    "codeine": (1, 6), "cefpodoxime": (8, 16), "cefixime": (8, 16), "cefaclor": (20, 60), "metronidazole": (20, 50),
    "valproate": (40, 80), "carbamazepine": (20, 40), "morphine": (0.5, 3), "nifuroxazide": (30, 60),
    "racecadotril": (3, 9),
    "domperidone": (0.5, 1.5), "metoclopramide": (0.15, 0.5), "clarithromycine": (15, 30), "ceftriaxone": (100, 100),
}  # fmt: skip


AT_ONCE: dict[str, int] = {
    "comprimé": 12, "gélule": 12, "capsule": 12, "comprimé effervescent": 4, "comprimé orodispersible":
    8, "bouffée": 10,
    "inhalation": 4, "pulvérisation": 6, "patch": 3, "suppositoire": 2, "ovule": 2, "injection": 4,
    "sachet": 8, "ampoule": 6,
    "goutte dans l’œil": 4, "cuillère à soupe": 4, "cuillère à café": 6, "cuillère-mesure": 6, "emplâtre": 3,
}  # fmt: skip
"""The most that is taken at once, of each form."""


MOST_INSULIN = 100
