"""The starter list beside the public base of medicines: its names, forms and strengths are found there, and its papers."""

import re
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest

from lanterne.reference import starter
from lanterne.reference.medicines import starter_tables
from lanterne.reference.medicines.writing import fold

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples" / "bdpm"
pytestmark = pytest.mark.skipif(
    not SAMPLES.is_dir(), reason="the files of the public base of medicines are not at ../shared/samples/bdpm"
)

WRITTEN = {
    # our word: what the public base writes instead, folded
    "acide clavulanique": ("clavulan",),
    "acide acétylsalicylique": ("acetylsalicyl",),
    "acide cromoglicique": ("cromogl",),
    "acide fusidique": ("fusid",),
    "acide ursodésoxycholique": ("ursodesoxycholique", "ursodeoxycholique"),
    "acide valproïque": ("valpro",),
    "acide zolédronique": ("zoledron",),
    "adrénaline": ("adrenaline", "epinephrine"),
    "alendronate": ("alendron",),
    "alginate de sodium": ("alginate",),
    "bicarbonate de sodium": ("bicarbonate",),
    "benzathine benzylpénicilline": ("benzathine",),
    "béclométasone": ("beclomet",),
    "bupropion": ("bupropion",),
    "carbonate de calcium": ("calcium",),
    "chlorure de potassium": ("potassium",),
    "colestyramine": ("cholestyramine", "colestyramine"),
    "colécalciférol": ("cholecalciferol", "colecalciferol"),
    "diosmectite": ("diosmectite", "smectite"),
    "fosfomycine trométamol": ("fosfomycine",),
    "fumarate ferreux": ("fer",),
    "gluconate de zinc": ("zinc",),
    "hélicidine": ("helicidine", "helix", "escargot"),
    "insuline asparte": ("asparte",),
    "insuline dégludec": ("degludec",),
    "insuline détémir": ("detemir",),
    "insuline glargine": ("glargine",),
    "insuline glulisine": ("glulisine",),
    "insuline lispro": ("lispro",),
    "ispaghula": ("ispaghul",),
    "leuproréline": ("leuprorel",),
    "macrogol 3350 et électrolytes": ("macrogol 3350",),
    "magnésium": ("magnesium",),
    "nirmatrelvir": ("nirmatrelvir", "pf 07321332"),
    "pancréatine": ("pancrea",),
    "paraffine": ("paraffine",),
    "phytoménadione": ("phytomenadione", "vitamine k1"),
    "polystyrène sulfonate": ("polystyrene",),
    "povidone iodée": ("povidone iodee", "polyvidone iodee"),
    "risédronate": ("risedron",),
    "siméticone": ("simeticone", "dimeticone"),
    "sulfate ferreux": ("fer",),
    "trinitrine": ("trinitrine", "nitroglycerine"),
    "vaseline": ("vaseline",),
}
FORM = {
    # the first word of our form: what the form or the name of the medicine must hold, folded
    "anneau": "diffusion|anneau",
    "capsule": "capsule",
    "collyre": "collyre|solution",
    "comprimé": "comprime",
    "crème": "creme",
    "dispositif": "dispositif",
    "emplâtre": "emplatre",
    "film": "film",
    "gel": "gel",
    "gomme": "gomme",
    "granulés": "granul|poudre|microgranule",
    "gélule": "gelule",
    "implant": "implant",
    "lyophilisat": "lyophilisat",
    "mousse": "mousse",
    "ovule": "ovule",
    "pansement": "pansement",
    "pastille": "pastille",
    "pommade": "pommade|gel",
    "poudre": "poudre|granul|lyophilisat|microsphere|implant|gelule",
    "shampooing": "shampo",
    "sirop": "sirop|solution",
    "solution": "solution|lotion|sirop|liquide|poudre|bain|dispersion|collyre|gouttes|emulsion",
    "suppositoire": "suppositoire",
    "suspension": "suspension|poudre|granul|dispersion",
    "système": "diffusion|dispositif",
    "vernis": "vernis",
    "émulsion": "emulsion|creme|lotion",
}
NUMBER = re.compile(
    r"(?<![\d.,])(\d{1,3}(?:[  .]\d{3})+|\d+(?:[.,]\d+)?)\s*"
    r"(millions?|m\.? ?u\.?i\.?|u\.?i\.?|unit[eé]s?|microgrammes?|microg|mcg|µg|mg|g|mmol|%|pour cent)?(?![a-zé])",
    re.IGNORECASE,
)
FACTOR = {
    "g": ("m", 1_000_000),
    "mg": ("m", 1000),
    "µg": ("m", 1),
    "UI": ("u", 1),
    "MUI": ("u", 1_000_000),
    "%": ("%", 1),
}


def lines(name):
    """The lines of a file of the base, whatever their encoding."""
    for line in (SAMPLES / name).read_bytes().split(b"\n"):
        if line.strip():
            try:
                text = line.decode("utf-8")
            except UnicodeDecodeError:
                text = line.decode("cp1252", "replace")
            yield [cell.strip() for cell in text.split("\t")]


def unit_of(word):
    """Our unit for that of the base."""
    low = word.lower()
    if low.startswith(("million", "mui", "m.u", "m u")):
        return "MUI"
    if low.startswith("u"):
        return "UI"
    if low.startswith(("microg", "mcg", "µg")):
        return "µg"
    return {"pour cent": "%"}.get(low, low)


def amounts(text):
    """Every amount of a text, as (dimension, quantity); an amount without unit takes that which follows."""
    found, waiting = set(), []
    for number, unit in NUMBER.findall(text):
        spaced = re.fullmatch(r"\d{1,3}(?:[  .]\d{3})+", number)
        value = Decimal(re.sub(r"[  .]", "", number) if spaced else number.replace(",", "."))
        ways = [value]
        if spaced and " " in number:
            ways += [Decimal(part) for part in number.split()[1:]]  # « D3 500 mg »
        waiting += ways
        if unit:
            dimension, factor = FACTOR.get(unit_of(unit), (unit_of(unit), 1))
            found |= {(dimension, one * factor) for one in waiting}
            waiting = []
    return found


def asked(strength):
    """The amounts of a strength of ours, without what it is « per »."""
    return {
        (FACTOR[unit][0], Decimal(number.replace(",", ".")) * FACTOR[unit][1])
        for number, unit in re.findall(
            r"(\d+(?:,\d+)?) (mg|g|µg|UI|MUI|%)", re.sub(r"/[\d,]* ?(mL|g|h|dose)$", "", strength)
        )
    }


def words_of(name):
    """What the names of the substances of a medicine must hold, one set of spellings for each of ours."""
    name = re.sub(r" \(voie [^)]*\)", "", name)
    parts = [name] if name in WRITTEN else re.split(", | et ", name)
    return [WRITTEN.get(part, (fold(part),)) for part in parts]


class Base:
    """What the test needs of the public base."""

    def __init__(self):
        self.names, self.forms = {}, {}
        self.said = defaultdict(set)  # the medicines of each substance as published
        substances, self.active = defaultdict(list), defaultdict(set)
        self.doses = defaultdict(set)
        for cells in lines("CIS_bdpm.txt"):
            if "homéo" not in cells[5] and cells[6] == "Commercialisée":  # what is sold, and has a strength
                self.names[cells[0]] = cells[1]
                self.forms[cells[0]] = fold(f"{cells[1]} {cells[2]} {cells[3]}")
        for cells in lines("CIS_COMPO_bdpm.txt"):
            turned = re.sub(r"^(.+?) \((.+?)\)$", r"\2 \1", cells[3])  # « TRANEXAMIQUE (ACIDE) »
            substances[cells[0]] += [cells[3], turned]
            self.active[cells[0]].add(cells[7])
            self.doses[cells[0]] |= amounts(cells[4])
        for code in self.names:
            self.doses[code] |= amounts(self.names[code])
            for one in substances[code]:
                self.said[f" {fold(one)}"].add(code)
        self.conditions = defaultdict(set)
        for cells in lines("CIS_CPD_bdpm.txt"):
            self.conditions[cells[0]].add(cells[1])

    def of(self, name):
        """The codes of the marketed medicines that hold all the substances of this name."""
        found = [
            {
                code
                for said, codes in self.said.items()
                if any(f" {word}" in said for word in spellings)
                for code in codes
            }
            for spellings in words_of(name)
        ]
        return sorted(set.intersection(*found))

    def alone(self, name, codes):
        """Those of them that hold nothing else, if there are."""
        exact = [code for code in codes if len(self.active[code]) == len(words_of(name))]
        return exact or codes

    def in_form(self, codes, form):
        """Those of the form of ours."""
        pattern = re.compile(FORM[form.split()[0]])
        return [code for code in codes if pattern.search(self.forms[code])]


@pytest.fixture(scope="module")
def base():
    """Read once."""
    return Base()


@pytest.fixture(scope="module")
def codes(base):
    """The medicines of each substance of the list."""
    rows = starter.rows("substances", starter_tables.SUBSTANCES, starter_tables.PACKAGE)
    return {row["name"]: base.of(row["name"]) for row in rows}


def unsold(base, row, sold):
    """The strengths of a line that none of these medicines has."""
    strengths = filter(None, row["strengths"].split("; "))
    return [one for one in strengths if not any(asked(one) <= base.doses[code] for code in sold)]


def test_every_substance_of_the_list_is_sold(codes):
    assert [name for name, found in codes.items() if not found] == []


def test_every_form_and_strength_of_the_list_is_sold(base, codes):
    missing = []
    for row in starter.rows("forms", starter_tables.FORMS, starter_tables.PACKAGE):
        sold = base.in_form(codes[row["name"]], row["form"])
        if not sold:
            missing.append((row["name"], row["form"]))
        missing += [(row["name"], row["form"], strength) for strength in unsold(base, row, sold)]
    assert missing == []


def test_every_brand_sells_what_the_list_says_it_sells(base, codes):
    """What a brand does not write in its name (Minidril, Mercilon, Rodogyl…) is looked for in its composition."""
    missing = []
    for row in starter.rows("forms", starter_tables.FORMS, starter_tables.PACKAGE):
        for brand in filter(None, row["brands"].split("; ")):
            own = [
                code
                for code in codes[row["name"]]
                if f"{fold(base.names[code])} ".startswith(f"{fold(brand)} ")
            ]
            sold = base.in_form(own, row["form"])
            if not sold:
                missing.append((brand, row["form"]))
            missing += [(brand, row["form"], strength) for strength in unsold(base, row, sold)]
    assert missing == []


def test_secured_paper_is_that_of_the_public_base(base, codes):
    differing = []
    for row in starter.rows("substances", starter_tables.SUBSTANCES, starter_tables.PACKAGE):
        every = base.alone(row["name"], codes[row["name"]])
        town = [code for code in every if "injectable" not in base.forms[code]] or every
        said = [base.conditions[code] for code in town]
        narcotic = sum("stupéfiants" in one for one in said)
        secured = sum(any("sécurisée" in condition for condition in one) for one in said)
        expected = (
            "stupéfiant" if narcotic * 2 > len(said) else "sécurisée" if secured * 2 > len(said) else ""
        )
        ours = "sécurisée" if row["paper"] == "assimilé" else row["paper"]
        if ours != expected:
            differing.append((row["name"], row["paper"], expected, narcotic, secured, len(said)))
    assert differing == []


def test_legal_lengths_are_those_of_the_public_base(base, codes):
    differing = []
    for row in starter.rows("substances", starter_tables.SUBSTANCES, starter_tables.PACKAGE):
        if not row["max_days"]:
            continue
        lengths = {
            int(number) * {"semaines": 7, "mois": 30, "jours": 1}[unit]
            for code in codes[row["name"]]
            for condition in base.conditions[code]
            for number, unit in re.findall(r"^prescription limitée à (\d+) (semaines|mois|jours)$", condition)
        }
        if int(row["max_days"]) not in lengths:
            differing.append((row["name"], row["max_days"], lengths))
    assert differing == []
