"""What is found while a document is read: statements, sections said empty, and what stays text.

Law: every entry ends in exactly one of three places, and is counted there. A statement that the rules of its room
would refuse whatever the patient (no label, a number that is none) is not a statement: it stays text, with the
reason. A date that cannot be is moved into the comment, never corrected. Keys do not depend on the order of
entries unless two entries are the same word for word.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field

import msgspec

from lanterne.intake.cda.absences import is_denial
from lanterne.intake.cda.header import Header
from lanterne.intake.cda.nodes import children, get, identifier
from lanterne.intake.cda.times import french, iso, stamps
from lanterne.intake.cda.words import Anchors
from lanterne.intake.reading import Limits, ReadStatement, Unreadable
from lanterne.intake.xml import Deadline, Node
from lanterne.practice.chart import checks
from lanterne.practice.chart.facts import Section
from lanterne.practice.errors import Refusal
from lanterne.practice.kinds import Body, to_raw

# The rules are asked what can never be; what depends on today is asked again when the statement is written.
_FAR_MS = 29_000_000_000_000
_DATES = ("onset", "abatement", "since", "until")
_DATE_REFUSALS = frozenset({"date_invalid", "date_future", "date_before_birth", "dates_reversed"})


@dataclass(slots=True)
class Gathering:
    """One document being read.

    Attributes:
        header: what the reading of an entry depends on.
        anchors: the narrative, by ID.
        statements, empties: found so far; `empties` with the section that said so.
    """

    header: Header
    anchors: Anchors
    limits: Limits
    deadline: Deadline
    statements: list[tuple[str, ReadStatement]] = field(default_factory=list)
    empties: list[tuple[Section, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _left: Counter[tuple[str, str]] = field(default_factory=Counter)
    _visited: int = 0

    def visit(self) -> None:
        """To be called for every clinical statement looked at.

        Raises:
            Unreadable: "cda_too_many", "too_slow".
        """
        self._visited += 1
        if self._visited > self.limits.entries:
            raise Unreadable("cda_too_many", limit=str(self.limits.entries))
        self.deadline.check()

    def leave(self, section: str, why: str, count: int = 1) -> None:
        """`count` entries of a section stay text; `why` ends a French sentence."""
        self._left[section, why] += count

    def unread(self) -> tuple[str, ...]:
        """One French sentence for each section and reason, then the notes."""
        sentences = []
        for (section, why), count in self._left.items():
            entries = f"{count} entrée restée" if count == 1 else f"{count} entrées restées"
            sentences.append(f"Section « {section} » : {entries} en texte ({why}).")
        return (*sentences, *dict.fromkeys(self.notes))

    def read_statements(self) -> tuple[ReadStatement, ...]:
        """The statements with their final keys: an id given to two entries is told apart by their content."""
        shared = Counter(key for key, _ in self.statements)
        seen: Counter[str] = Counter()
        found = []
        for key, statement in self.statements:
            full = key if shared[key] == 1 else f"{key}#{_digest(statement.body, statement.at)}"
            seen[full] += 1
            name = full if seen[full] == 1 else f"{full}#{seen[full]}"
            found.append(
                ReadStatement(name, statement.body, statement.at, statement.proposal, statement.place)
            )
        return tuple(found)

    def negations(self) -> tuple[Section, ...]:
        """Sections said empty and contradicted by nothing the document states."""
        stated = {_SECTION_OF.get(statement.body.KIND) for _, statement in self.statements}
        for section, name in self.empties:
            if section in stated:
                self.notes.append(
                    f"Section « {name} » : dite vide, alors que le document en contient par ailleurs."
                )
        return tuple(dict.fromkeys(section for section, _ in self.empties if section not in stated))


_SECTION_OF: dict[str, Section] = {
    "allergy.recorded": "allergies",
    "problem.recorded": "problems",
    "treatment.recorded": "treatments",
    "procedure.recorded": "procedures",
    "family.recorded": "family",
    "immunization.recorded": "immunizations",
    "lifestyle.recorded": "lifestyle",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands: its section, what that says in words (the beginning), and its rank there, from 1."""

    into: Gathering
    section: str
    code: str
    rank: int
    topic: str = ""
    words: str = ""

    @property
    def anchors(self) -> Anchors:
        """The narrative."""
        return self.into.anchors

    def state(self, node: Node, body: Body, at: str | None = None, *, proposal: bool = False) -> bool:
        """Keep what `node` states; False when it stays text because no chart could hold it."""
        settled = self._settled(body, at)
        if settled is None:
            return False
        body, at = settled
        rank = f", entrée {self.rank}" if self.rank else ""
        where = f"section {self.code or self.section}{rank}"
        self.into.statements.append((self._key(node, body, at), ReadStatement("", body, at, proposal, where)))
        return True

    def leave(self, why: str, count: int = 1) -> None:
        """This entry stays text."""
        self.into.leave(self.section, why, count)

    def unnamed(self, section: Section, why: str) -> None:
        """An entry that names nothing: the section is empty when its own words say so, else it stays text."""
        if self.words and not self.into.header.reimbursed and is_denial(self.words, section):
            self.empty(section)
        else:
            self.leave(why)

    def empty(self, section: Section) -> None:
        """The document says that there is none."""
        self.into.empties.append((section, self.section))

    def date(self, node: Node | None) -> str:
        """The point in time, or the beginning of the interval, in ISO; empty when unknown."""
        return self._iso(stamps(node)[0])

    def period(self, node: Node | None) -> tuple[str, str]:
        """Beginning and end in ISO."""
        low, high = stamps(node)
        return self._iso(low), self._iso(high)

    def _iso(self, stamp: str) -> str:
        date = iso(stamp) if stamp else ""
        if stamp and not date:
            note = f"Section « {self.section} » : la date « {stamp[:40]} » n’existe pas ; elle est laissée de côté."
            self.into.notes.append(note)
        return date

    def _key(self, node: Node, body: Body, at: str | None) -> str:
        found = next((key for part in children(node, "id") if (key := identifier(part))), "")
        if found and not get(node.find("id"), "nullFlavor"):
            return found[:300]
        return f"{self.code or self.section}/{self.rank}/{_digest(body, at)}"

    def _settled(self, body: Body, at: str | None) -> tuple[Body, str | None] | None:
        born = self.into.header.identity.birth_date if self.into.header.identity is not None else ""
        for _ in range(len(_DATES) + 2):
            try:
                checks.check(body, at, born, _FAR_MS)
            except Refusal as refusal:
                moved = _without_date(body, at, refusal)
                if moved is None:
                    self.leave(_REASONS.get(refusal.code, "un champ est impossible"))
                    return None
                body, at = moved
            else:
                return body, at
        return None


_REASONS = {
    "field_missing": "rien n’est nommé",
    "number_invalid": "la valeur n’est pas un nombre",
    "measure_implausible": "la mesure est hors de ce qu’un corps humain peut avoir",
    "unit_unexpected": "l’unité n’est pas celle attendue",
    "pressure_reversed": "la pression systolique est sous la diastolique",
}


def _without_date(body: Body, at: str | None, refusal: Refusal) -> tuple[Body, str | None] | None:
    """The statement with the refused date told in words."""
    name = refusal.field
    if refusal.code not in _DATE_REFUSALS:
        return None
    raw = to_raw(body)
    if name == "at" and at is not None:
        said = f"Date écrite : {french(at)}"
        at = None
    elif name in _DATES and raw.get(name):
        said = f"Date écrite : {french(raw[name])}"
        raw[name] = ""
    else:
        return None
    reason = " (avant la naissance)" if refusal.code == "date_before_birth" else ""
    raw["comment"] = ". ".join(part for part in (str(raw.get("comment") or ""), said + reason) if part)
    return msgspec.convert(raw, type(body)), at


def _digest(body: Body, at: str | None) -> str:
    content = msgspec.json.encode([body.KIND, to_raw(body), at], order="sorted")
    return hashlib.sha256(content).hexdigest()[:20]
