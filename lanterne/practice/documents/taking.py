"""Taking a document that was read: one entry with the document, what it states, and what it replaces.

Law: what is written follows from the document and the chart alone (ids are drawn from content), so that an
import taken up again, or made on two devices, ends as one. A statement the record refuses stays in the
document and is named there (`not_kept`); a statement the chart already holds gains a source (`also`). A
treatment is proposed, never put on the list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from lanterne.practice.catalogue import KINDS
from lanterne.practice.chart import knowing
from lanterne.practice.chart.checks import check
from lanterne.practice.chart.facts import SECTION_OF, EnteredInError, Section, SectionEmpty
from lanterne.practice.chart.when import check_past
from lanterne.practice.commands import Look, NewFact
from lanterne.practice.documents import replacing
from lanterne.practice.documents.facts import (
    Attention,
    DocumentArrived,
    DocumentFiled,
    DocumentReceived,
    NotKept,
)
from lanterne.practice.documents.rules import blobs_of
from lanterne.practice.errors import Refusal, UnknownPatient
from lanterne.practice.kinds import Body, to_raw
from lanterne.practice.patients.commands import Newcomer, RegisterPatient
from lanterne.practice.patients.queries import group_of
from lanterne.practice.rights import Right
from lanterne.practice.treatments.facts import TreatmentProposed, TreatmentRecorded
from lanterne.wire.names import Compartment, FactId, PatientId
from lanterne.wire.part import Fact, Part, encode_part

# Statements of one document: 600 laboratory lines are a book, 20,000 an export of a whole life.
MOST_STATEMENTS = 20_000
# What they may weigh before packing: an entry holds 2 MiB of each compartment, packed (docs/format/entry.md).
MOST_BYTES = 6 * 1024 * 1024
MOST_PACKED_BYTES = 1_900 * 1024
MOST_NOT_KEPT = 200
# The code of the line that says how many more.
MORE = "not_kept_more"
PLACE_CHARACTERS = 300
# Id, kind, version, date and names of a fact, beside its body.
_AROUND_BYTES = 120
_LONGEST = {"limit": str(MOST_STATEMENTS)}
_HEAVIEST = {"limit": str(MOST_BYTES // (1024 * 1024))}

Draw = Callable[..., str]
"""An id drawn from pieces (`seal.naming.Naming.identifier`)."""


@dataclass(frozen=True, slots=True)
class Stated:
    """One thing the document states.

    `at` is None for what counts when it is written; `proposal`: a person must accept it before it stands;
    `place` says where it was read.
    """

    body: Body
    at: str | None = None
    proposal: bool = False
    place: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """What must be known of the chart."""

    patient: PatientId
    now_ms: int
    birth_date: str
    known: tuple[knowing.Held, ...] = ()
    filled: Mapping[Section, frozenset[FactId]] = field(default_factory=dict)
    empties: tuple[tuple[str, FactId], ...] = ()
    earlier: replacing.Earlier = field(default_factory=replacing.Earlier)
    ids: tuple[FactId, ...] = ()
    written: Mapping[FactId, knowing.Standing] = field(default_factory=dict)
    newcomer: Newcomer | None = None


@dataclass(frozen=True, slots=True)
class TakeDocument:
    """File a document that was read, with what it states.

    Attributes:
        patient: whose chart; for a newcomer, the id drawn for them.
        newcomer: registers the patient in the same entry.
        document: names its sealed blobs; `not_kept` and `also` are filled here.
        at: its own date, ISO; what is no date, or in the future, is left out and said.
        statements, negations: what it states, and the sections it says are empty.
        id: of the document.filed fact; draw: ids of the others.
        arrived: somebody must still see it; `attention` is what its results ask for.
        unread: the facts of this document as somebody filed it who writes in no chart; this one follows them.
        replaces: identifiers of the documents it replaces or, when `deletion`, withdraws.
    """

    patient: PatientId
    document: DocumentFiled
    at: str | None
    id: FactId
    draw: Draw
    statements: Sequence[Stated] = ()
    negations: Sequence[Section] = ()
    newcomer: RegisterPatient | None = None
    arrived: bool = True
    attention: Attention = ""
    replaces: tuple[str, ...] = ()
    unread: tuple[FactId, ...] = ()
    deletion: bool = False
    right: Right = Right.FILE_DOCUMENT

    def load(self, look: Look) -> Chart:
        """See Command.load."""
        if self.newcomer is not None:
            new = self.newcomer.load(look)
            ids, written = self._ids(look, self.patient)
            return Chart(
                self.patient, look.now_ms, new.identity.birth_date, ids=ids, written=written, newcomer=new
            )
        group = group_of(look.connection, self.patient)
        if group is None:
            raise UnknownPatient("no such patient")
        row = look.connection.execute(
            "SELECT birth_date FROM patient WHERE subject = ?", (group.subjects[0],)
        ).fetchone()
        kinds = {_kept(stated).KIND for stated in self.statements}
        days = [at for stated in self.statements if (at := stated.at or self.at)]
        filled, empties = dict[Section, frozenset[FactId]](), tuple[tuple[str, FactId], ...]()
        if self.negations or kinds & SECTION_OF.keys():
            filled, empties = knowing.sections(look.connection, group.subjects, among=self.negations)
        ids, written = self._ids(look, group.patient)
        earlier = replacing.earlier(look.connection, group.subjects, self.document, self.replaces)
        return Chart(
            # What is replaced is replaced where it stands, in whichever of the records merged into one.
            patient=self._unread_in(look) or earlier.record or group.patient,
            now_ms=look.now_ms,
            birth_date=str(row[0]) if row else "",
            known=tuple(knowing.held(look.connection, group.subjects, kinds, days)) if kinds else (),
            filled=filled,
            empties=empties,
            earlier=earlier,
            ids=ids,
            written=written,
        )

    def decide(self, known: Chart) -> Sequence[NewFact]:
        """See Command.decide. What no entry can hold stays in the document, which says so."""
        if len(self.statements) > MOST_STATEMENTS:
            return self._facts(known, NotKept(place="", code="document_too_long", params=_LONGEST))
        facts = self._facts(known)
        if _too_heavy(facts):
            facts = self._facts(known, NotKept(place="", code="document_too_heavy", params=_HEAVIEST))
        return facts

    def _facts(self, known: Chart, none_kept: NotKept | None = None) -> list[NewFact]:
        """The facts of the entry; `none_kept` says why nothing the document states is taken."""
        patient = known.patient
        facts: list[NewFact] = []
        if self.newcomer is not None and known.newcomer is not None:
            facts += [
                fact if fact.id else replace(fact, id=self._draw("newcomer", patient, fact.body.KIND))
                for fact in self.newcomer.decide(known.newcomer)
            ]
        # Already replaced by a later version that came first: kept behind it, states nothing.
        outdated = known.earlier.newer
        state, also, not_kept = list[NewFact](), list[FactId](), list[NotKept]()
        if none_kept is not None:
            not_kept = [none_kept]
        elif not outdated and not self.deletion:
            state, also, not_kept = self._statements(known)
        at, late = self._date(known)
        document = msgspec.structs.replace(
            self.document, also=[*also], not_kept=_bounded([*late, *not_kept]), supersedes=[*self.replaces]
        )
        check(
            msgspec.structs.replace(document, also=[], not_kept=[], unread=[], supersedes=[], aliases=[]),
            at,
            known.birth_date,
            known.now_ms,
        )
        replaced = () if outdated or self.deletion else known.earlier.documents
        replaced = tuple(dict.fromkeys((*replaced, *self.unread)))
        facts.append(NewFact(document, patient, self.id, at, replaced))
        blobs = blobs_of(to_raw(document))
        facts.append(
            NewFact(
                DocumentReceived(document=self.id, blob=blobs[0], blobs=sorted(set(blobs[1:]))),
                patient,
                self._draw("document-received", self.id),
            )
        )
        facts += state
        facts += self._withdrawn(known, {*also, *(fact.id for fact in state)}, outdated=outdated)
        if self.arrived and not outdated:
            facts.append(
                NewFact(
                    DocumentArrived(document=self.id, attention=self.attention),
                    patient,
                    self._draw("document-arrived", self.id),
                )
            )
        return facts

    def _draw(self, *pieces: str | bytes) -> FactId:
        return FactId(self.draw(*pieces))

    def _unread_in(self, look: Look) -> PatientId | None:
        """The record in which somebody filed this document unread."""
        for fact in self.unread:
            row = look.connection.execute(
                "SELECT p.id FROM fact f JOIN subject p ON p.no = f.subject WHERE f.id = ?",
                (bytes.fromhex(fact),),
            ).fetchone()
            if row is not None:
                return PatientId(bytes(row[0]).hex())
        return None

    def _date(self, known: Chart) -> tuple[str | None, list[NotKept]]:
        try:
            check_past(self.at, birth_date=known.birth_date, now_ms=known.now_ms, field="at")
        except Refusal as refusal:
            return None, [_not_kept("date", refusal)]
        return self.at or None, []

    def _ids(
        self, look: Look, patient: PatientId
    ) -> tuple[tuple[FactId, ...], Mapping[FactId, knowing.Standing]]:
        """The id of each statement, and which are written already.

        The same words about the same patient have the same id; a document that says them twice has two. What
        a later version left out and a still later one says again is written anew, under the next id.
        """
        seen: dict[bytes, int] = {}
        told: list[tuple[bytes, int]] = []
        for stated in self.statements:
            body = _kept(stated)
            what = _told(body, stated.at or self.at)
            seen[what] = seen.get(what, 0) + 1
            told.append((what, seen[what]))
        ids = [self._draw("statement", patient, what, str(times)) for what, times in told]
        written = knowing.written(look.connection, ids)
        for place, (what, times) in enumerate(told):
            turn = 0
            while written.get(ids[place]) == "withdrawn_by_sender":
                turn += 1
                ids[place] = self._draw("statement", patient, what, str(times), str(turn))
                written |= knowing.written(look.connection, [ids[place]])
        return tuple(ids), written

    def _statements(self, known: Chart) -> tuple[list[NewFact], list[FactId], list[NotKept]]:
        facts: list[NewFact] = []
        also: list[FactId] = []
        not_kept: list[NotKept] = []
        here = knowing.Known(known.known)
        for identifier in known.ids:
            if identifier in known.written:
                here.take(identifier)  # of another line, said in the very same words
        for stated, identifier in zip(self.statements, known.ids, strict=True):
            body, at = _kept(stated), stated.at or self.at
            if identifier in known.written:
                also.append(identifier)
                if known.written[identifier] == "withdrawn":
                    not_kept.append(NotKept(place=_place(stated), code="withdrawn_before"))
                continue
            if (held := here.find(body.KIND, at, to_raw(body))) is not None:
                also.append(held)
                continue
            if stated.proposal and not isinstance(stated.body, TreatmentRecorded):
                # Reimbursed is not done: it stays readable, and a person notes what was done.
                not_kept.append(NotKept(place=_place(stated), code="to_note_by_hand"))
                continue
            try:
                check(stated.body, at, known.birth_date, known.now_ms)
            except Refusal as refusal:
                not_kept.append(_not_kept(_place(stated), refusal))
                continue
            facts.append(NewFact(body, known.patient, identifier, at))
        filled = {section for fact in facts if (section := SECTION_OF.get(fact.body.KIND)) is not None}
        # What only the version being replaced stated goes with it, and fills its section no longer.
        going = {*known.earlier.statements} - {*also}
        filled |= {section for section, standing in known.filled.items() if standing - going}
        emptied = tuple(fact for section, fact in known.empties if section in filled)
        if facts and emptied:
            facts.append(
                NewFact(
                    EnteredInError(reason="filled_in"),
                    known.patient,
                    self._draw("filled-in", self.id),
                    replaces=emptied,
                )
            )
        for section in dict.fromkeys(self.negations):
            said_before = [fact for held_section, fact in known.empties if held_section == section]
            if section in filled:
                not_kept.append(NotKept(place=section, code="section_not_empty"))
            elif said_before:
                also += said_before
            else:
                facts.append(
                    NewFact(
                        SectionEmpty(section=section), known.patient, self._draw("empty", self.id, section)
                    )
                )
        return facts, list(dict.fromkeys(also)), not_kept

    def _withdrawn(self, known: Chart, restated: set[Any], *, outdated: bool) -> list[NewFact]:
        """The earlier version's statements that this one no longer makes; the earlier document itself when it
        is withdrawn; this one when a later version is here already.
        """
        reason = "withdrawn_by_sender" if self.deletion else "replaced_by_sender"
        gone = [fact for fact in known.earlier.statements if fact not in restated]
        if self.deletion:
            gone += known.earlier.documents
        if outdated:
            gone = [self.id]
        if not gone:
            return []
        return [
            NewFact(
                EnteredInError(reason=reason),
                known.patient,
                self._draw("withdrawn", self.id),
                None,
                tuple(gone),
            )
        ]


def _kept(stated: Stated) -> Body:
    """As it is written: a treatment to be accepted is a proposal."""
    body = stated.body
    if stated.proposal and isinstance(body, TreatmentRecorded):
        return TreatmentProposed(**{name: getattr(body, name) for name in body.__struct_fields__})
    return body


def _told(body: Body, at: str | None) -> bytes:
    return msgspec.msgpack.encode((body.KIND, at, to_raw(body)), order="sorted")


def _place(stated: Stated) -> str:
    return stated.place[:PLACE_CHARACTERS]


def _bounded(not_kept: list[NotKept]) -> list[NotKept]:
    """Those a document names; beyond, how many more."""
    if len(not_kept) <= MOST_NOT_KEPT:
        return not_kept
    more = NotKept(place="", code=MORE, params={"count": str(len(not_kept) - MOST_NOT_KEPT)})
    return [*not_kept[:MOST_NOT_KEPT], more]


def _too_heavy(facts: Sequence[NewFact]) -> bool:
    """Whether the medical part would be larger than an entry holds. Packed only when it may be."""
    medical = [fact for fact in facts if KINDS[fact.body.KIND].compartment is Compartment.MEDICAL]
    size = sum(len(msgspec.msgpack.encode(to_raw(fact.body))) + _AROUND_BYTES for fact in medical)
    if size <= MOST_PACKED_BYTES:
        return False
    if size > MOST_BYTES:
        return True
    part = Part(medical[0].patient, tuple(
        Fact(FactId(str(fact.id)), fact.body.KIND, 1, fact.replaces, fact.at, to_raw(fact.body)) for fact in medical
    ))  # fmt: skip
    return len(encode_part(part)) > MOST_PACKED_BYTES


def _not_kept(place: str, refusal: Refusal) -> NotKept:
    params = {name: str(value)[:PLACE_CHARACTERS] for name, value in refusal.params.items()}
    return NotKept(place=place, code=refusal.code, params=params)
