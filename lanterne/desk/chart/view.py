"""The chart page in plain values: "who is this, and what must I not miss", then everything, newest first.

Law: nothing found, and not filled in, are two different things and look different; several unreplaced
values are shown as several, never as the last one. Queries fill these dataclasses, templates/desk/chart/
shows them. No Django.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from lanterne.desk.chart.curve import Curve
from lanterne.desk.frame.view import FormPage, PatientBand, Provenance, Tone, When, _
from lanterne.desk.tasks.view import ChartTasks

Flag = Literal["", "low", "high", "critical-low", "critical-high"]
"""FHIR observation interpretation, of the values a practice meets (L, H, LL, HH)."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing in a chart: `key` is the filter's word and the fact's noun, `icon` a symbol of
    icons.svg.
    """

    key: str
    label: str
    icon: str


KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("consultation", _("Consultation"), "stethoscope"),
        Kind("allergy", _("Allergie"), "allergy"),
        Kind("problem", _("Problème"), "problem"),
        Kind("treatment", _("Traitement"), "pill"),
        Kind("prescription", _("Ordonnance"), "pill"),
        Kind("measure", _("Mesure"), "pulse"),
        Kind("result", _("Résultat"), "flask"),
        Kind("vaccination", _("Vaccination"), "syringe"),
        Kind("procedure", _("Acte"), "procedure"),
        Kind("family", _("Famille"), "family"),
        Kind("lifestyle", _("Habitudes"), "leaf"),
        Kind("note", _("Note"), "note"),
        Kind("document", _("Document"), "file"),
        Kind("recall", _("Rappel"), "calendar"),
        Kind("proposal", _("Traitement proposé"), "pill"),
        Kind("absence", _("Rubrique vide"), "check"),
        Kind("unknown", _("Lanterne plus récente"), "help"),
    )
}

SHORTCUTS: dict[str, str] = {
    "consultation": "c",
    "prescription": "o",
    "allergy": "a",
    "problem": "p",
    "treatment": "t",
    "measure": "m",
    "result": "r",
    "vaccination": "v",
    "procedure": "i",
    "family": "f",
    "lifestyle": "h",
    "note": "n",
    "document": "d",
    "recall": "l",
}
"""The letter that starts each quick action on the chart page (a key pressed alone, outside a field)."""


@dataclass(frozen=True, slots=True)
class QuickAction:
    """A way to write: `kind` a key of KINDS. `dialog` opens it over the chart, else it is a page."""

    kind: str
    url: str
    dialog: bool = True

    @property
    def shortcut(self) -> str:
        """The letter, in lower case; empty for a kind without one."""
        return SHORTCUTS.get(self.kind, "")

    @property
    def label(self) -> str:
        """The French msgid of the kind."""
        return KINDS[self.kind].label

    @property
    def icon(self) -> str:
        """The symbol of the kind."""
        return KINDS[self.kind].icon


@dataclass(frozen=True, slots=True)
class Claim:
    """One of several values that nobody has settled."""

    text: str
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Conflict:
    """Several unreplaced values of one thing (DESIGN §2): all shown until a person settles it at
    `settle_url`.
    """

    title: str
    claims: tuple[Claim, ...]
    settle_url: str = ""


@dataclass(frozen=True, slots=True)
class Section(Generic[T]):
    """A subject of the summary. `looked_for` is who said that there is none; without it and without items the
    section is "non renseigné". `hidden` counts the items beyond those shown, to be read at `all_url`.
    """

    items: tuple[T, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    looked_for: Provenance | None = None
    hidden: int = 0
    all_url: str = ""
    add_url: str = ""
    none_url: str = ""

    @property
    def state(self) -> Literal["filled", "none", "unasked"]:
        """What the card says: items, "rien trouvé" or "non renseigné"."""
        if self.items or self.conflicts:
            return "filled"
        return "none" if self.looked_for else "unasked"


@dataclass(frozen=True, slots=True)
class Allergy:
    """FHIR AllergyIntolerance. `reaction` in the author's words; `unconfirmed` is shown beside the
    substance.
    """

    substance: str
    criticality: Literal["high", "low", "unable-to-assess"]
    type: Literal["allergy", "intolerance"]
    provenance: Provenance
    reaction: str = ""
    since: When | None = None
    unconfirmed: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """FHIR Condition, active. `code` is ICD-10; `ald` when the long illness at 100 % covers it."""

    label: str
    provenance: Provenance
    code: str = ""
    since: When | None = None
    ald: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Treatment:
    """FHIR MedicationStatement of long duration: `label` the DCI and strength, `dosage` how it is taken."""

    label: str
    dosage: str
    provenance: Provenance
    since: When | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A treatment a document proposes, until somebody accepts or declines it. `whole`: nothing is missing, one key
    accepts it; else the form opens. `document` is what proposes it.
    """

    label: str
    dosage: str
    provenance: Provenance
    accept_url: str = ""
    decline_url: str = ""
    whole: bool = True
    fact: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """A result or a measure: text values exactly as recorded, French decimals. `computed` is shown as «
    calculé », with `basis` saying from what (formula and inputs). `range_text` is the reference range as
    printed by the laboratory.
    """

    label: str
    value: str
    unit: str
    at: When
    provenance: Provenance
    flag: Flag = ""
    range_text: str = ""
    computed: bool = False
    basis: str = ""
    curve_url: str = ""
    spark: Curve | None = None


@dataclass(frozen=True, slots=True)
class ConsultationBrief:
    """The last consultation, as short as its author was."""

    at: When
    author: str
    reason: str
    conclusion: str
    provenance: Provenance
    findings: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One line of the story. `struck` for what was marked entered in error: still shown, crossed out."""

    id: str
    kind: str
    at: When
    title: str
    provenance: Provenance
    text: str = ""
    value: str = ""
    tone: Tone = ""
    url: str = ""
    dialog: bool = False
    struck: bool = False

    @property
    def label(self) -> str:
        """The French msgid of the kind; a kind unknown here was written by a newer Lanterne."""
        return KINDS.get(self.kind, KINDS["unknown"]).label

    @property
    def icon(self) -> str:
        """The symbol of the kind."""
        return KINDS.get(self.kind, KINDS["unknown"]).icon


@dataclass(frozen=True, slots=True)
class TimelineFilter:
    """A tab above the timeline; `key` is "" for everything."""

    key: str
    label: str
    count: int
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Fifty rows at most, never two thousand. `next_url` answers timeline_rows.html with the following ones.

    `last_year` is the year printed before these rows (empty on the first page), so that a year is announced
    once.
    """

    rows: tuple[TimelineRow, ...]
    filters: tuple[TimelineFilter, ...]
    total: int
    shown: int
    next_url: str = ""
    last_year: str = ""

    @property
    def remaining(self) -> int:
        """Rows not shown yet."""
        return max(0, self.total - self.shown)

    @property
    def years(self) -> tuple[tuple[str, tuple[TimelineRow, ...]], ...]:
        """Rows by year of `at`, in the order given; the year is empty when it was announced by the page
        before.
        """
        groups: list[tuple[str, list[TimelineRow]]] = []
        previous = self.last_year
        for row in self.rows:
            year = row.at.iso[:4]
            if not groups or year != previous:
                groups.append(("" if year == previous else year, []))
            groups[-1][1].append(row)
            previous = year
        return tuple((year, tuple(rows)) for year, rows in groups)


@dataclass(frozen=True, slots=True)
class Ald:
    """A long illness at 100 %: its number in the list of article D.160-4 CSS, and until when."""

    label: str
    until: When | None
    provenance: Provenance
    number: str = ""
    expired: bool = False


@dataclass(frozen=True, slots=True)
class PastItem:
    """One thing of the past in a few words; `url` opens it whole with its history."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class PastLine:
    """One subject of the past on one line: filled, looked for and none, or never asked (see Section)."""

    label: str
    items: tuple[PastItem, ...] = ()
    looked_for: Provenance | None = None
    hidden: int = 0
    all_url: str = ""
    add_url: str = ""
    none_url: str = ""

    @property
    def state(self) -> Literal["filled", "none", "unasked"]:
        """What the line says."""
        if self.items:
            return "filled"
        return "none" if self.looked_for else "unasked"


@dataclass(frozen=True, slots=True)
class ChartPage:
    """The whole chart page. `summary_url` and `timeline_url` answer summary.html and timeline.html alone,
    asked again when something was written (event `lanterne:written`). `draft_url` continues an unfinished
    consultation. `doubts` counts what is to settle in the chart, at `doubts_url`.
    """

    band: PatientBand
    actions: tuple[QuickAction, ...]
    allergies: Section[Allergy]
    ald: Section[Ald]
    problems: Section[Problem]
    treatments: Section[Treatment]
    out_of_range: Section[Observation]
    measures: Section[Observation]
    timeline: TimelinePage
    last_consultation: ConsultationBrief | None = None
    background: tuple[PastLine, ...] = ()
    vaccinations: PastLine | None = None
    summary_url: str = ""
    timeline_url: str = ""
    print_url: str = ""
    draft_url: str = ""
    draft_kept: When | None = None
    notes: tuple[str, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    doubts: int = 0
    doubts_url: str = ""
    erased: tuple[str, ...] = ()
    tasks: ChartTasks | None = None


@dataclass(frozen=True, slots=True)
class ConsultationPage:
    """The consultation editor: what is being written on the left, what to keep in view on the right.

    `previous` is the consultation before this one. The Django forms come beside this value in the context:
    `form` (reason, findings, conclusion, free text) and `measures` (vital signs of the day, optional).
    """

    form: FormPage
    started: When
    author: str
    treatments: Section[Treatment]
    problems: Section[Problem]
    ald: Section[Ald]
    measures: Section[Observation]
    previous: ConsultationBrief | None = None
