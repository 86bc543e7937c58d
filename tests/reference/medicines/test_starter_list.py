"""The tables of the starter list: closed words, whole, and coherent with each other."""

import re
from decimal import Decimal

import pytest

from lanterne.reference import starter
from lanterne.reference.medicines import starter_tables
from lanterne.reference.medicines.writing import fold

PACKAGE = starter_tables.PACKAGE
SUBSTANCES = starter.rows("substances", starter_tables.SUBSTANCES, PACKAGE)
FORMS = starter.rows("forms", starter_tables.FORMS, PACKAGE)
LIMITS = starter.rows("limits", starter_tables.LIMITS, PACKAGE)
CLASSES = starter.rows("classes", starter_tables.CLASSES, PACKAGE)
INTERACTIONS = starter.rows("interactions", starter_tables.INTERACTIONS, PACKAGE)
CROSSINGS = starter.rows("crossings", starter_tables.CROSSINGS, PACKAGE)
TABLES = {
    "substances": SUBSTANCES,
    "forms": FORMS,
    "limits": LIMITS,
    "classes": CLASSES,
    "interactions": INTERACTIONS,
    "crossings": CROSSINGS,
}

SENTENCES = ("pregnancy_note", "kidney_note", "age_note", "elderly_note", "text", "advice", "note")
"""Columns shown as sentences: French spaces and apostrophes. The others are looked up: what one types."""
ROUTES = frozenset(
    [
        "orale",
        "cutanée",
        "ophtalmique",
        "inhalée",
        "sous-cutanée",
        "intramusculaire",
        "intraveineuse",
        "rectale",
        "vaginale",
        "auriculaire",
        "nasale",
        "sublinguale",
        "transdermique",
        "buccale",
        "intra-utérine",
    ]
)
FORM_WORDS = frozenset(
    """
    anneau vaginal|capsule molle|capsule vaginale|collyre|comprimé|comprimé buccal|comprimé dispersible|
    comprimé effervescent|comprimé gastro-résistant|comprimé orodispersible|comprimé sublingual|comprimé vaginal|
    comprimé à croquer|comprimé à libération prolongée|comprimé à sucer|crème|crème buccale|crème vaginale|
    dispositif transdermique|emplâtre|film orodispersible|gel|gel buccal|gel ophtalmique|gel oral|gel vaginal|
    gomme à mâcher|granulés|granulés en sachet|granulés gastro-résistants|gélule|gélule gastro-résistante|
    gélule à libération prolongée|implant|lyophilisat oral|mousse|mousse rectale|ovule|pansement adhésif cutané|
    pastille|pommade|pommade nasale|pommade ophtalmique|poudre orale en sachet|poudre pour application cutanée|
    poudre pour inhalation|poudre pour inhalation en gélule|poudre pour solution buvable|
    poudre pour solution injectable|poudre pour suspension orale et rectale|shampooing|sirop|solution auriculaire|
    solution buccale|solution buvable|solution buvable en ampoule|solution buvable en gouttes|
    solution buvable en sachet|solution buvable et injectable|solution injectable|solution injectable en stylo|
    solution injectable à libération prolongée|solution nasale|solution pour application cutanée|
    solution pour bain de bouche|solution pour inhalation|solution pour inhalation par nébuliseur|
    solution pour pulvérisation buccale|solution pour pulvérisation sublinguale|solution rectale|solution vaginale|
    suppositoire|suspension auriculaire|suspension buvable|suspension buvable en sachet|suspension injectable|
    suspension nasale|suspension pour inhalation|suspension pour inhalation par nébuliseur|suspension rectale|
    système de diffusion intra-utérin|vernis à ongles|émulsion cutanée
    """.replace("\n", "")
    .replace("    ", "")
    .split("|")
)
AMOUNT = r"\d+(,\d*[1-9])? (mg|g|µg|UI|MUI|%)"
STRENGTH = re.compile(rf"{AMOUNT}(/{AMOUNT})*(/(mL|g|h|dose|\d+(,\d*[1-9])? (mL|g|h)))?")
UNITS = frozenset(("mg", "g", "µg", "UI", "comprimé"))


def listed(cell):
    """The words of a cell."""
    return [one for one in cell.split("; ") if one]


def named():
    """Every name of the first table."""
    return {row["name"] for row in SUBSTANCES}


def classed():
    """Every class, with what it serves for."""
    return {row["name"]: set(listed(row["kind"])) for row in CLASSES}


def test_the_list_is_read_whole():
    tables = starter_tables.tables()
    assert len(tables.substances) == len(SUBSTANCES) >= 300
    assert len(tables.interactions) == len(INTERACTIONS) >= 120


@pytest.mark.parametrize("table", TABLES)
def test_cells_are_clean(table):
    for row in TABLES[table]:
        for column, cell in row.items():
            assert cell == cell.strip(), (row, column)
            assert "  " not in cell, (row, column)
            assert (
                all(one == one.strip() for one in cell.split(";") if one) or "; " in cell or ";" not in cell
            )
            assert ("'" if column in SENTENCES else "’") not in cell, (row, column)
            assert column not in SENTENCES or not re.search(" [:;%]", cell), (
                "an ordinary space",
                row,
                column,
            )
            assert not re.search(r"[\x00-\x1f]", cell)


def test_sentences_end_and_begin_as_sentences():
    for table, rows in TABLES.items():
        for row in rows:
            for column in SENTENCES:
                cell = row.get(column, "")
                if cell:
                    assert cell.endswith((".", ")")), (table, row)
                    assert cell[0].isupper() or cell[0].isdigit(), (table, row)


def test_substances_have_one_name_and_a_true_atc_code():
    names = [fold(row["name"]) for row in SUBSTANCES]
    assert len(names) == len(set(names))
    for row in SUBSTANCES:
        assert re.fullmatch(r"[A-HJ-NP-SV]\d\d[A-Z]{2}(\d\d)?", row["atc"]), row["name"]
        assert row["family"], row["name"]
        assert row["name"] == row["name"].lower() or "B" in row["name"], row["name"]


def test_an_association_names_what_it_is_made_of():
    for row in SUBSTANCES:
        parts = listed(row["components"])
        assert len(parts) != 1, row["name"]
        if parts:
            assert " et ".join([", ".join(parts[:-1]), parts[-1]]) == row["name"]


def components():
    """Every substance that an association holds."""
    return {part for row in SUBSTANCES for part in listed(row["components"])}


def test_every_substance_is_sold_in_a_form_or_in_an_association():
    sold = {row["name"] for row in FORMS}
    assert sold <= named()
    assert named() - sold <= components()


def test_what_an_association_holds_is_known_by_itself():
    """Cautions and interactions are asked of each substance of a line."""
    assert components() <= named()


def test_forms_routes_and_strengths_are_of_closed_lists():
    for row in FORMS:
        assert row["form"] in FORM_WORDS, row
        assert listed(row["routes"]), row
        assert set(listed(row["routes"])) <= ROUTES, row
        for strength in listed(row["strengths"]):
            assert STRENGTH.fullmatch(strength), row
        assert len(set(listed(row["strengths"]))) == len(listed(row["strengths"])), row


def test_what_a_brand_sells_is_among_what_its_substance_sells():
    sold = {(row["name"], row["form"]): set(listed(row["strengths"])) for row in FORMS if not row["brands"]}
    brands = {row["name"]: set(listed(row["brands"])) for row in SUBSTANCES}
    assert len(sold) == sum(not row["brands"] for row in FORMS), "one line in DCI for a form"
    for row in FORMS:
        assert set(listed(row["strengths"])) <= sold[row["name"], row["form"]], row
        assert set(listed(row["brands"])) <= brands[row["name"]], row


def test_an_association_has_a_strength_for_each_of_its_substances():
    parts = {row["name"]: len(listed(row["components"])) for row in SUBSTANCES}
    for row in FORMS:
        if parts[row["name"]] and row["name"] != "lidocaïne et prilocaïne":  # « 5 % » of both together
            for strength in listed(row["strengths"]):
                assert len(re.findall(AMOUNT, strength.split("/mL")[0])) in (
                    parts[row["name"]],
                    parts[row["name"]] + strength.count("24 h"),
                ), row


def test_paper_and_length_of_prescription_follow_the_law():
    row = {row["name"]: row for row in SUBSTANCES}
    for name in ("morphine", "oxycodone", "fentanyl", "hydromorphone", "méthadone", "méthylphénidate"):
        assert row[name]["paper"] == "stupéfiant"
        assert int(row[name]["max_days"]) <= 28
    for name in (
        "tramadol",
        "codéine",
        "codéine et paracétamol",
        "dihydrocodéine",
        "tramadol et paracétamol",
    ):
        assert (row[name]["paper"], row[name]["max_days"]) == ("sécurisée", "84"), "since 1 March 2025"
    for name in ("zolpidem", "buprénorphine", "tianeptine"):
        assert (row[name]["paper"], row[name]["max_days"]) == ("assimilé", "28")
    for name in ("zopiclone", "lormétazépam", "isotrétinoïne"):
        assert row[name]["max_days"] == "28"
    for name in ("alprazolam", "bromazépam", "oxazépam", "lorazépam", "prazépam", "diazépam", "hydroxyzine"):
        assert row[name]["max_days"] == "84"
    for name in ("paracétamol", "amoxicilline", "ramipril"):
        assert (row[name]["paper"], row[name]["max_days"]) == ("", "")


@pytest.mark.parametrize(
    ("name", "level", "week"),
    [
        ("isotrétinoïne", "contre-indiqué", ""),
        ("acide valproïque", "contre-indiqué", ""),
        ("méthotrexate", "contre-indiqué", ""),
        ("warfarine", "contre-indiqué", ""),
        ("ibuprofène", "contre-indiqué", "24"),
        ("célécoxib", "contre-indiqué", ""),
        ("ramipril", "contre-indiqué", "14"),
        ("irbésartan et hydrochlorothiazide", "contre-indiqué", "14"),
        ("doxycycline", "contre-indiqué", "14"),
        ("amoxicilline", "possible", ""),
        ("paracétamol", "possible", ""),
        ("nébivolol", "prudence", ""),
        ("acide niflumique", "contre-indiqué", "24"),
    ],
)
def test_well_known_dangers_of_pregnancy_are_there(name, level, week):
    row = next(row for row in SUBSTANCES if row["name"] == name)
    assert (row["pregnancy"], row["pregnancy_from"]) == (level, week)
    assert row["pregnancy_note"]


def test_kidney_bounds_are_clearances_and_come_with_a_sentence():
    for row in SUBSTANCES:
        adapt, stop = row["kidney_adapt"], row["kidney_stop"]
        for bound in (adapt, stop):
            assert not bound or 5 <= int(bound) <= 90, row["name"]
        if adapt and stop:
            assert int(stop) < int(adapt), row["name"]
        if adapt or stop:
            assert row["kidney_note"], row["name"]
            assert not row["kidney_note"].startswith("Sans objet"), row["name"]


@pytest.mark.parametrize(
    ("name", "stop"),
    [
        ("metformine", "30"),
        ("dabigatran", "30"),
        ("nitrofurantoïne", "45"),
        ("méthotrexate", "30"),
        ("ibuprofène", "30"),
    ],
)
def test_what_a_failing_kidney_forbids(name, stop):
    assert next(row for row in SUBSTANCES if row["name"] == name)["kidney_stop"] == stop


@pytest.mark.parametrize(
    ("name", "years"),
    [
        ("codéine", "12"),
        ("tramadol", "12"),
        ("doxycycline", "8"),
        ("acide acétylsalicylique", "16"),
        ("ciprofloxacine", "18"),
    ],
)
def test_what_is_not_given_to_children(name, years):
    assert next(row for row in SUBSTANCES if row["name"] == name)["age_min"] == years


def test_ages_come_with_a_sentence():
    for row in SUBSTANCES:
        if row["age_min"] and Decimal(row["age_min"]):
            assert Decimal(row["age_min"]) <= 18
            assert row["age_note"], row["name"]


def test_doses_are_said_in_units_and_routes_that_are_known():
    held = {row["name"]: [row["name"], *listed(row["components"])] for row in SUBSTANCES}
    sold = {(part, route) for row in FORMS for part in held[row["name"]] for route in listed(row["routes"])}
    for row in LIMITS:
        assert row["unit"] in UNITS, row
        assert row["note"], row
        assert row["route"] == "" or (row["name"], row["route"]) in sold, row
        assert row["max_intake"], ("a line without a greatest intake serves no check", row)


def test_one_line_of_doses_for_a_person_and_a_route():
    keys = [(row["name"], row["who"], row["route"]) for row in LIMITS]
    assert len(keys) == len(set(keys))


def test_one_unit_sold_is_never_above_the_greatest_intake():
    """A tablet that is itself too much would be a wrong strength or a wrong maximum."""
    factor = {"µg": Decimal("0.001"), "mg": Decimal(1), "g": Decimal(1000)}
    greatest = {
        row["name"]: Decimal(row["max_intake"])
        for row in LIMITS
        if row["who"] == "adulte"
        and row["unit"] == "mg"
        and row["per_kg"] == "non"
        and row["route"] == "orale"
    }
    checked = 0
    for row in FORMS:
        solid = row["form"].split()[0] in ("comprimé", "gélule", "capsule", "lyophilisat")
        if row["name"] in greatest and solid and "orale" in listed(row["routes"]):
            for strength in listed(row["strengths"]):
                number, unit = strength.split("/")[0].split(" ")
                if unit in factor:
                    checked += 1
                    amount = Decimal(number.replace(",", ".")) * factor[unit]
                    assert amount <= greatest[row["name"]], (row["name"], strength)
    assert checked > 300


def test_a_child_is_never_given_more_than_an_adult_of_60_kg():
    adult = {row["name"]: row for row in LIMITS if row["who"] == "adulte" and row["unit"] == "mg"}
    for row in LIMITS:
        if row["who"] == "enfant" and row["max_day"] and row["name"] in adult and row["route"] == "orale":
            assert Decimal(row["max_day"]) * 60 <= Decimal(adult[row["name"]]["max_day"]) * Decimal("1.5"), (
                row
            )


def test_what_is_taken_once_a_week_says_so():
    for name in ("méthotrexate", "alendronate", "dulaglutide", "sémaglutide", "tirzépatide"):
        assert all("SEMAINE" in row["note"] for row in LIMITS if row["name"] == name)
        assert any(row["name"] == name for row in LIMITS)


def test_classes_are_known_and_have_members():
    tables = starter_tables.tables()
    assert len(classed()) == len(CLASSES)
    assert not {fold(name) for name in classed()} & {fold(name) for name in named()}
    for row in CLASSES:
        assert set(listed(row["kind"])) <= {"allergie", "interaction", "doublon"}
        assert all(re.fullmatch(r"[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?", code) for code in listed(row["atc"]))
        members = [
            one.name
            for one in tables.substances.values()
            if tables.groups[fold(row["name"])].holds(one.name, one.atc)
        ]
        assert len(members) > 1 or row["kind"] == "allergie", row["name"]


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("amoxicilline et acide clavulanique", "pénicillines"),
        ("céfixime", "céphalosporines"),
        ("sulfaméthoxazole et triméthoprime", "sulfamides antibactériens"),
        ("ibuprofène", "anti-inflammatoires non stéroïdiens"),
        ("périndopril et amlodipine", "inhibiteurs de l'enzyme de conversion"),
        ("fluindione", "antivitamines K"),
        ("lormétazépam", "benzodiazépines et apparentées"),
        ("zolpidem", "benzodiazépines et apparentées"),
        ("ézétimibe et atorvastatine", "statines"),
        ("désogestrel et éthinylestradiol", "estroprogestatifs contraceptifs"),
        ("moxifloxacine", "fluoroquinolones"),
    ],
)
def test_substances_are_in_their_class(name, group):
    tables = starter_tables.tables()
    one = tables.named(name)
    assert one is not None
    assert tables.groups[fold(group)].holds(one.name, one.atc)


@pytest.mark.parametrize("name", ["timolol", "insuline glargine", "paracétamol", "spiramycine"])
def test_substances_are_not_in_a_class_that_is_not_theirs(name):
    tables = starter_tables.tables()
    one = tables.named(name)
    assert one is not None
    for group in ("bêta-bloquants", "statines", "macrolides (sauf spiramycine)", "pénicillines"):
        assert not tables.groups[fold(group)].holds(one.name, one.atc)


def test_interactions_speak_of_known_names_in_order_once():
    known = named() | {name for name, kinds in classed().items() if "interaction" in kinds}
    pairs = []
    for row in INTERACTIONS:
        assert row["a"] in known, row["a"]
        assert row["b"] in known, row["b"]
        assert fold(row["a"]) <= fold(row["b"]), row
        assert row["text"], row
        assert row["advice"], row
        pairs.append((fold(row["a"]), fold(row["b"])))
    assert len(pairs) == len(set(pairs))


def test_a_class_named_in_an_interaction_crossing_or_duplicate_is_used():
    spoken = {row[side] for row in (*INTERACTIONS, *CROSSINGS) for side in ("a", "b")}
    for name, kinds in classed().items():
        assert kinds & {"allergie", "doublon"} or name in spoken, name


def level(a, b):
    """The levels said between two of these names."""
    return [row["level"] for row in INTERACTIONS if {row["a"], row["b"]} == {a, b}]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (
            "dérivés nitrés et apparentés",
            "inhibiteurs de la phosphodiestérase de type 5",
            "contre-indication",
        ),
        ("colchicine", "macrolides (sauf spiramycine)", "contre-indication"),
        ("antivitamines K", "miconazole", "contre-indication"),
        ("cyclines", "rétinoïdes", "contre-indication"),
        ("méthotrexate", "triméthoprime", "contre-indication"),
        ("anti-inflammatoires non stéroïdiens", "antivitamines K", "association déconseillée"),
        ("anti-inflammatoires non stéroïdiens", "lithium", "association déconseillée"),
        ("clopidogrel", "oméprazole", "association déconseillée"),
        ("lévothyroxine", "sels de fer", "précaution d'emploi"),
        ("amlodipine", "simvastatine", "précaution d'emploi"),
        ("inhibiteurs sélectifs de la recapture de la sérotonine", "tramadol", "à prendre en compte"),
    ],
)
def test_well_known_interactions_have_their_level(a, b, expected):
    assert level(a, b) == [expected]


def test_the_list_vouches_only_for_what_it_could_speak_of():
    """What is vouched for is in a class of interactions, has a line of its own, or is known to have none that matters."""
    vouched = [row["name"] for row in SUBSTANCES if row["interactions"] == "oui"]
    assert 250 <= len(vouched) < len(SUBSTANCES)
    for name in ("carbamazépine", "phénytoïne", "ciclosporine", "voriconazole", "rifampicine", "clozapine"):
        assert name not in vouched, "too many interactions for this list"


def test_crossings_speak_of_known_names_once():
    known = named() | {name for name, kinds in classed().items() if "allergie" in kinds}
    pairs = [(row["a"], row["b"]) for row in CROSSINGS]
    assert len(pairs) == len(set(pairs))
    for pair in pairs:
        assert set(pair) <= known, pair
