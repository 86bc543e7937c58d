"""What a base of medicines says, whichever base it is: the starter list or a loaded edition.

Law: nothing is known by omission. What a base does not hold is None, an empty tuple beside a word that says
so, or
`checked` false with what is missing: never a "none" that only means "not looked at". Every answer can be
dated and names its source. Strengths, forms and names are kept as the publisher writes them; comparing is
`writing.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, Protocol

Paper = Literal["", "stupefiant", "assimile", "securise"]
"""Which prescriptions go on secured paper, quantities in words: stupéfiants (R.5132-5 CSP), those
assimilated to them (zolpidem, buprénorphine…), and since 1 March 2025 codéine, dihydrocodéine and tramadol
("securise").
"""

List = Literal["", "I", "II"]
"""Liste I or II of the poisonous substances (L.5132-6 CSP); "" for neither."""

NoteKind = Literal[
    "narcotic", "assimilated", "secured", "list-1", "list-2", "hospital", "initial", "restricted", "duration",
    "watched", "shortage", "tension", "stopped", "back", "withdrawn", "suspended", "not-marketed", "starter",
]  # fmt: skip
"""What a line of the search must show; French words in `words.NOTES`."""

Level = Literal["contraindicated", "discouraged", "precaution", "noted"]
"""Contre-indication, association déconseillée, précaution d'emploi, à prendre en compte (thesaurus of the
ANSM). French words in `words.LEVELS`.
"""

LEVELS: tuple[Level, ...] = ("contraindicated", "discouraged", "precaution", "noted")
"""Gravest first."""

Pregnancy = Literal["", "possible", "caution", "avoid", "contraindicated"]
"""What is known of a substance in pregnancy; "" is "not known here", never "no danger"."""

Who = Literal["adult", "child", "elderly", "renal"]
"""Whom usual and greatest doses are for; elderly is 75 and over. French words in `words.WHO`."""

ClassKind = Literal["allergy", "interaction", "duplicate", "family"]

PartKind = Literal["medicines", "interactions", "classes", "diagnoses"]


@dataclass(frozen=True, slots=True)
class Part:
    """One publication an edition was made from: when it was published, as far as is known, and its number
    of lines.

    `origin`: "published" for the public files, "starter" for a list written for this project.
    """

    kind: PartKind
    origin: Literal["published", "starter"]
    dated: date | None
    lines: int


@dataclass(frozen=True, slots=True)
class Edition:
    """Which base answers: what was known on `dated`. `digest`: SHA-256, in hexadecimal, of what it was made
    from (for a loaded edition, of its file). `starter`: the list written for this project; the screen must
    say so. `damaged`: files of loaded editions that are not what was written, and are not used; the screen
    must say so too.
    """

    dated: date
    starter: bool
    digest: str
    parts: tuple[Part, ...] = ()
    damaged: tuple[str, ...] = ()

    def part(self, kind: PartKind) -> Part | None:
        """The publication of this kind, or None when the edition has none."""
        return next((part for part in self.parts if part.kind == kind), None)


@dataclass(frozen=True, slots=True)
class Note:
    """One word of warning on a line. `text`: what the publisher wrote, in French, or empty. `dated`: since
    when.
    """

    kind: NoteKind
    text: str = ""
    dated: date | None = None


@dataclass(frozen=True, slots=True)
class Ingredient:
    """One active substance of a medicine. `substance`: DCI in French, lower case. `strength` "500 mg" in
    `per` ("un comprimé"), both as published, maybe empty.
    """

    substance: str
    strength: str = ""
    per: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """One presentation sold. `cip13`: what the pharmacy scans. `rate`: reimbursement ("65 %") or empty.
    `price_eur` before the dispensing fee, None when free.
    """

    cip13: str
    label: str
    marketed: bool
    rate: str = ""
    price_eur: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Medicine:
    """One medicine of the public base.

    Attributes:
        code: CIS, eight digits; for the starter list a key of its own ("depart:…"), never to be printed.
        name: as published ("DOLIPRANE 500 mg, comprimé").
        brand: the name without strength and form ("DOLIPRANE").
        substance: the DCI, or the name of the association: that of a `Substance`.
        strength: as prescribed ("500 mg", "1 g/125 mg", "100 µg/dose"), or empty.
        ingredients: active substances, DCI first, with the strength the publisher gives each.
        form, routes: as published ("comprimé", ("orale",)).
        conditions: conditions of prescription and delivery, word for word.
        authorised, marketed: whether it may be sold, and is.
        generic_group: group of generics, its number, or empty. `original` tells the princeps of the group.
    """

    code: str
    name: str
    brand: str
    substance: str
    strength: str
    ingredients: tuple[Ingredient, ...]
    form: str
    routes: tuple[str, ...]
    atc: str = ""
    conditions: tuple[str, ...] = ()
    list: List = ""
    paper: Paper = ""
    authorised: bool = True
    marketed: bool = True
    holder: str = ""
    generic_group: str = ""
    original: bool = False
    packs: tuple[Pack, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def substances(self) -> tuple[str, ...]:
        """DCI of the active substances."""
        return tuple(one.substance for one in self.ingredients)


@dataclass(frozen=True, slots=True)
class Cautions:
    """What is known of a substance beyond its doses. None or "" is "not known here": a check says "not
    checked".

    `pregnancy_from_week`: week of amenorrhoea from which `pregnancy` holds; None for the whole pregnancy.
    `kidney_adapt`, `kidney_stop`: clearance in mL/min below which to adapt the dose, or not to give it.
    `kidney_known`: true when it is known that nothing must be adapted, or from what clearance it must.
    `age_min_years`: below which it is not given; 0 when known to have no such age. `long_term`: usually taken
    without end.
    """

    pregnancy: Pregnancy = ""
    pregnancy_from_week: int | None = None
    pregnancy_note: str = ""
    kidney_known: bool = False
    kidney_adapt: Decimal | None = None
    kidney_stop: Decimal | None = None
    kidney_note: str = ""
    age_min_years: Decimal | None = None
    age_note: str = ""
    elderly_note: str = ""
    long_term: bool | None = None


@dataclass(frozen=True, slots=True)
class Substance:
    """One substance, or one fixed association prescribed under one name.

    Attributes:
        name: DCI in French, lower case, accents kept ("amoxicilline et acide clavulanique").
        components: DCI of each, for an association; empty for a single substance.
        atc: ATC code, or empty when not known here.
        synonyms: other names it is called by ("aspirine").
        brands: in the order of use, or of the alphabet in a loaded edition.
        family: short word for the screen ("AINS"), or empty.
        posology: usual adult posology as a doctor writes it, or empty: a reminder for typing, not advice.
        condition: who may prescribe it, word for word, or empty.
        max_days: legal length of one prescription in days; None for the common rule (12 months, R.5132-21
            CSP).
        cautions: always from the starter list, whose mark goes with them; None when it does not know the
            substance.
    """

    name: str
    components: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    atc: str = ""
    brands: tuple[str, ...] = ()
    family: str = ""
    posology: str = ""
    list: List = ""
    paper: Paper = ""
    condition: str = ""
    max_days: int | None = None
    cautions: Cautions | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """The single substances in it: its components, or itself."""
        return self.components or (self.name,)


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of the answers: what may be prescribed in DCI, and the brand when the text named one.

    Attributes:
        substance: DCI, or DCIs joined by " + " (an association).
        strength, form, routes: as prescribed; may be empty.
        brand: the name of the brand asked for, or empty when the line answers in DCI.
        codes: medicines that are this line, marketed ones first, at most `MAX_CODES`; `codes_in_all` counts
            them all.
        notes: what must be seen on the line.
        near: the text was read with a spelling mistake.
    """

    substance: str
    strength: str
    form: str
    routes: tuple[str, ...]
    brand: str
    codes: tuple[str, ...]
    codes_in_all: int
    notes: tuple[Note, ...]
    near: bool = False

    @property
    def title(self) -> str:
        """ "amoxicilline 1 g, comprimé dispersible"."""
        head = " ".join(word for word in (self.substance, self.strength) if word)
        return f"{head}, {self.form}" if self.form else head


MAX_CODES = 24


@dataclass(frozen=True, slots=True)
class Limit:
    """Usual and greatest doses of a substance for somebody, by a route ("" for every route).

    `unit` of all numbers ("mg"); `per_kg`: they are per kilogram. `usual_*` and `max_intake` are per
    intake, `max_day` per day, `interval_h` the least hours between intakes. None: not known. `note`: the
    sentence to show with an alert.
    """

    substance: str
    who: Who
    route: str
    unit: str
    per_kg: bool
    usual_low: Decimal | None
    usual_high: Decimal | None
    max_intake: Decimal | None
    max_day: Decimal | None
    interval_h: Decimal | None
    note: str


@dataclass(frozen=True, slots=True)
class Class:
    """A class of substances, as its publisher names it. `kinds`: what it serves for."""

    name: str
    kinds: frozenset[ClassKind]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Classes:
    """The classes a substance belongs to. `checked` is false when the substance is not in the index of the
    base: then `found` says nothing of what it may belong to.
    """

    substance: str
    checked: bool
    found: tuple[Class, ...]


@dataclass(frozen=True, slots=True)
class Interaction:
    """What two substances do to one another. `a`, `b`: the names under which the source speaks of them,
    substance or class. `text`: the risk; `advice`: what to do; both in French, as published, maybe empty.
    `conditional`: the level is the gravest of several, and the advice says when it is which.
    """

    a: str
    b: str
    level: Level
    text: str
    advice: str = ""
    conditional: bool = False


@dataclass(frozen=True, slots=True)
class Interactions:
    """The answer for two substances.

    `checked` is false when one of them is not in the index (`missing`) or the base has no interactions at all
    (`missing` is empty): then `found` may hold some, and says nothing of the others. Gravest first.
    `unlisted`: classes
    the source says one of the two interacts with, and whose members nobody lists: not looked at either.
    """

    checked: bool
    missing: tuple[str, ...]
    found: tuple[Interaction, ...]
    part: Part | None
    unlisted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Crossing:
    """Allergic to `a` (substance or class), given `b`: how likely a crossed reaction is, in a sentence."""

    a: str
    b: str
    text: str


@dataclass(frozen=True, slots=True)
class Name:
    """One name a medicine is called by: DCI, association or brand; `substances` it stands for."""

    text: str
    kind: Literal["substance", "brand"]
    substances: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """One diagnosis of the ICD-10 as published in French: code with its dot, label."""

    code: str
    label: str


class Base(Protocol):
    """A base of medicines, read only. All names are read whatever their case, accents, ligatures and
    punctuation.
    """

    @property
    def edition(self) -> Edition:
        """Which base this is, and of when."""
        ...

    def search(self, text: str, *, limit: int = 20) -> Sequence[Hit]:
        """What a doctor may mean by `text`: DCI, brand, beginning of either, misspelled, with a strength or
        a form. Best first; empty for a text that says nothing.
        """
        ...

    def medicine(self, code: str) -> Medicine | None:
        """The medicine of this code, or None."""
        ...

    def substance(self, name: str) -> Substance | None:
        """The substance or association of this name (DCI, or a brand that stands for one only), or None."""
        ...

    def names(self) -> Sequence[Name]:
        """Every name of the base, to recognise one in what was typed."""
        ...

    def forms(self, name: str) -> tuple[str, ...]:
        """The forms in which a substance, association or brand is sold; the commonest first."""
        ...

    def strengths(self, name: str, form: str = "") -> tuple[str, ...]:
        """The strengths in which it is sold, in that form when given (its beginning is enough); smallest
        first.
        """
        ...

    def routes(self, name: str, form: str = "") -> tuple[str, ...]:
        """The routes by which it is given, in that form when given."""
        ...

    def interactions(self, a: str, b: str) -> Interactions:
        """What two substances do to one another; an association is taken component by component."""
        ...

    def classes(self, substance: str) -> Classes:
        """The classes of a substance; of an association, those of its components."""
        ...

    def members(self, name: str) -> tuple[str, ...]:
        """The substances of a class of this name; empty when there is no such class."""
        ...

    def crossings(self, allergen: str, substance: str) -> tuple[Crossing, ...]:
        """Known crossed reactions for somebody allergic to `allergen` (substance or class) who is given
        `substance`.
        """
        ...

    def limits(self, substance: str) -> tuple[Limit, ...]:
        """Usual and greatest doses of a substance, always from the starter list; empty when it has none for
        it.
        """
        ...

    def diagnoses(self, text: str, *, limit: int = 20) -> Sequence[Heading]:
        """The headings of the ICD-10 that hold the beginnings of words of `text`, or whose code it begins; shortest
        first. Empty when the edition has no ICD-10.
        """
        ...

    def diagnosis(self, code: str) -> Heading | None:
        """The heading of this code ("I10", "E11.9"), or None."""
        ...
