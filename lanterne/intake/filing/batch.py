"""Commands gathered and carried out together, none depending on another of its batch.

Law: two documents about one patient are never in one batch: the second must see what the first wrote. A
patient about to be registered counts as here for those that follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from lanterne.intake.filing import known, outcomes
from lanterne.intake.filing.keeping import Shelf, file_name, filed, names_of, title_of
from lanterne.intake.filing.leaves import Leaf, attention
from lanterne.intake.filing.moments import placed
from lanterne.intake.filing.newcomers import newcomer_of
from lanterne.intake.filing.outcomes import Outcome
from lanterne.intake.filing.whose import Whose, identity_from, whose
from lanterne.intake.reading import Document, ReadIdentity, Unreadable
from lanterne.practice.arrivals.commands import ReceiveArrival, SettleArrival
from lanterne.practice.arrivals.facts import ArrivalReceived, SaidIdentity
from lanterne.practice.batching import record_many
from lanterne.practice.commands import Command
from lanterne.practice.documents.files import Kept
from lanterne.practice.documents.taking import Stated, TakeDocument
from lanterne.practice.errors import Refusal
from lanterne.practice.patients.duplicates import Traits, suspect
from lanterne.practice.patients.facts import PatientIdentified
from lanterne.practice.patients.queries import group_of
from lanterne.practice.patients.rules import strict_traits
from lanterne.practice.record import Record
from lanterne.practice.recording import Recorded
from lanterne.practice.rights import Right
from lanterne.wire.names import FactId, PatientId

# Of one batch: bounds memory for a file that holds hundreds of patients.
MOST_STATEMENTS = 20_000


@dataclass(slots=True)
class Planned:
    """What is to become of one document, then what became of it."""

    settled: Outcome
    command: Command[Any] | None = None
    otherwise: tuple[_File, Leaf] | None = None

    def outcome(self) -> Outcome:
        """What became of it; the batch has been carried out."""
        return self.settled


@dataclass(slots=True)
class _Pending:
    """Commands not carried out yet, and what they touch."""

    planned: list[Planned] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    newcomers: list[Traits] = field(default_factory=list)
    statements: int = 0


class Batch:
    """Plans documents for one person, and carries the plans out."""

    def __init__(self, record: Record, *, create_patients: bool, arrived: bool) -> None:
        self._record = record
        self._create, self._arrived = create_patients, arrived
        self._draw = record.naming.identifier
        rights = record.require(Right.FILE_DOCUMENT).rights
        #: Whether this person may write what documents state.
        self.structures = Right.WRITE_CHART in rights
        self._pending = _Pending()
        self.shelf = Shelf(record)

    def flush(self) -> None:
        """Carry out what is planned: durable on return."""
        pending, self._pending = self._pending, _Pending()
        commands = [planned.command for planned in pending.planned if planned.command is not None]
        if not commands:
            return
        refused = []
        for planned, answer in zip(pending.planned, record_many(self._record, commands), strict=True):
            if isinstance(answer, Recorded):
                planned.settled = self._settled(planned.settled)
            elif isinstance(planned.command, SettleArrival):
                continue  # somebody settled it meanwhile: it has left the list, which is what was wanted
            elif planned.otherwise is None:
                raise answer
            else:
                refused.append((planned, answer))
        for planned, answer in refused:
            self._leave(planned, answer)

    def drop(self) -> None:
        """Forget what was planned and not carried out."""
        self._pending = _Pending()

    # ------------------------------------------------------------------ planning

    def duplicate(self, name: str, digest: str, part: str) -> Planned:
        """A document already in a chart. Should it still be in the list (stopped between the two), it leaves it."""
        connection = self._record.tables.read()
        held = known.filed(connection, self._draw, digest, part)
        patient, document = (held.patient, held.document) if held is not None else (None, None)
        waits = known.waits(connection, self._draw, digest, part)
        if document is not None and waits is not None:
            self._settle(name, waits, document)
        return Planned(Outcome(name, "duplicate", "already_filed", patient=patient, document=document))

    def quarantine(self, name: str, content: bytes | None, digest: str, error: Unreadable) -> Planned:
        """A file that could not be read; None: its bytes could not even be taken."""
        params = {key: str(value) for key, value in error.params.items()}
        outcome = Outcome(name, "quarantined", error.code, params)
        if content is None:
            return Planned(outcome)
        arrival = known.arrival_id(self._draw, digest, "")
        outcome = replace(outcome, arrival=arrival)
        self._apart({digest})
        waits = known.waits(self._record.tables.read(), self._draw, digest, "")
        if waits is not None and not waits.live:
            return Planned(Outcome(name, "duplicate", "already_discarded", arrival=arrival))
        if waits is not None:
            return Planned(replace(outcome, arrival=waits.arrival))
        kept = self.shelf.original(content)
        body = ArrivalReceived(
            outcome="quarantined", digest=digest, blob=kept.blob, key=kept.key, size=kept.size,
            media_type=kept.media_type, why=error.code, params=params, file_name=file_name(name),
        )  # fmt: skip
        return self._planned(outcome, ReceiveArrival(body, arrival))

    def plan(
        self,
        name: str,
        content: bytes,
        digest: str,
        found: Sequence[Leaf],
        *,
        patient: PatientId | None = None,
        chosen: bool = False,
    ) -> list[Planned]:
        """Plan the documents of one file.

        Args:
            patient: whose they are, when a person `chosen` it; with none chosen, a new patient is registered.
        """
        kept: Kept | None = None
        planned = []
        for leaf in found:
            self._apart({digest + leaf.part})
            held = known.filed(self._record.tables.read(), self._draw, digest, leaf.part)
            if held is not None and not (held.to_read and self.structures):
                planned.append(self.duplicate(name, digest, leaf.part))
                continue
            kept = kept or self.shelf.original(content)
            one = _File(name, digest, kept)
            if held is not None:
                planned.append(self._take(one, leaf, held.patient, unread=held.to_read))
            elif chosen:
                planned.append(self._take(one, leaf, patient, chosen=True))
            else:
                planned.append(self._match(one, leaf))
        return planned

    def _match(self, file: _File, leaf: Leaf) -> Planned:
        said = leaf.document.identity
        waits = known.waits(self._record.tables.read(), self._draw, file.digest, leaf.part)
        if waits is not None and not waits.live:
            return Planned(Outcome(file.name, "duplicate", "already_discarded", arrival=waits.arrival))
        if waits is not None and waits.why in outcomes.SENTENCES and waits.why != "nobody_alike":
            # What raised a doubt is a person's to settle, whoever was registered since.
            return Planned(Outcome(file.name, "duplicate", "already_waiting", arrival=waits.arrival))
        self._follow(said)
        connection = self._record.tables.read()
        owner = whose(connection, said)
        creates = owner.unknown and self._create and said is not None
        if owner.patient is None and not creates:
            if waits is not None:
                return Planned(Outcome(file.name, "duplicate", "already_waiting", arrival=waits.arrival))
            return self._ask(file, leaf, owner)
        planned = self._take(file, leaf, owner.patient)
        if waits is not None:
            # A document is in a chart before it leaves the list.
            self.flush()
            if planned.settled.document is not None:
                self._settle(file.name, waits, planned.settled.document)
        return planned

    def _settle(self, name: str, waits: known.Waits, document: FactId) -> None:
        """What waited is in a chart. Drawn from what it settles, as all that is written here."""
        for arrival in waits.live:
            command = SettleArrival(arrival, document, id=FactId(self._draw("settled", arrival)))
            self._planned(Outcome(name, "document", "filed"), command)

    def _follow(self, said: ReadIdentity | None) -> None:
        """Somebody about to be registered may be this one: wait until they are here."""
        if said is None or not self._pending.newcomers:
            return
        traits = Traits.of(identity_from(said))
        if any(suspect(traits, other) is not None for other in self._pending.newcomers):
            self.flush()

    def _ask(self, file: _File, leaf: Leaf, owner: Whose) -> Planned:
        document, kept = leaf.document, file.kept
        arrival = known.arrival_id(self._draw, file.digest, leaf.part)
        body = ArrivalReceived(
            outcome="to_attach", digest=file.digest, blob=kept.blob, key=kept.key, size=kept.size,
            media_type=kept.media_type, why=owner.why, params=dict(owner.params), file_name=file_name(file.name),
            part=leaf.part, format=document.format, document_kind=document.kind, title=title_of(leaf, file.name),
            sender=(document.author.organisation or document.author.name)[:200], identity=_said(document.identity),
            attention=attention(document),
        )  # fmt: skip
        outcome = Outcome(file.name, "to_attach", owner.why, owner.params, arrival=arrival)
        return self._planned(outcome, ReceiveArrival(body, arrival, placed(document.at)))

    def _take(
        self,
        file: _File,
        leaf: Leaf,
        patient: PatientId | None,
        *,
        unread: tuple[FactId, ...] = (),
        chosen: bool = False,
    ) -> Planned:
        document = leaf.document
        identity, newcomer = None, None
        if patient is None:
            if document.identity is None:
                return Planned(Outcome(file.name, "to_attach", "identity_missing"))
            identity = identity_from(document.identity)
            patient = self._new_patient(identity, file.digest + leaf.part, chosen=chosen)
            if patient is None:
                return self._ask(file, leaf, Whose(why="somebody_close"))
            newcomer, told = newcomer_of(document.identity, identity, patient)
            document = replace(document, unread=(*document.unread, *told))
        else:
            self._apart({patient})
        if identity is not None:
            self._pending.newcomers.append(Traits.of(identity))
        # A replacement without data, too: only who reads the chart finds what it replaces.
        states = bool(
            document.statements
            or document.negations
            or document.act == "deletion"
            or (not self.structures and (document.replaces or document.set_id))
        )
        body = filed(self.shelf, replace(leaf, document=document), file.kept, file.name)
        # What still has to be taken waits for somebody, archive or not.
        waits = states and not self.structures
        if waits:
            body = msgspec.structs.replace(body, to_read=True)
        taken = self.structures and states
        command = TakeDocument(
            patient=patient, document=body, at=placed(document.at),
            id=known.document_id(self._draw, file.digest, leaf.part, read=bool(unread)),
            draw=self._draw,
            statements=_stated(document) if taken else (),
            negations=document.negations if taken else (),
            newcomer=newcomer, arrived=(self._arrived or waits) and not unread, attention=attention(document),
            replaces=tuple(names_of(document.replaces)) if self.structures else (),
            deletion=document.act == "deletion" and self.structures, unread=unread,
            right=Right.WRITE_CHART if taken else Right.FILE_DOCUMENT,
        )  # fmt: skip
        why = "filed" if taken else "needs_care_giver" if states else "no_data"
        if command.deletion:
            why = "withdrawn"
        outcome = Outcome(
            file.name, "document", why, patient=patient, document=command.id, created=int(newcomer is not None),
            remarks=document.unread,
        )  # fmt: skip
        planned = self._planned(outcome, command)
        # Who chose the chart is told why it is refused; what chose itself is left to a person.
        planned.otherwise = None if chosen else (file, leaf)
        return planned

    def _new_patient(self, identity: PatientIdentified, otherwise: str, *, chosen: bool) -> PatientId | None:
        """An id for somebody new, the same on every device. None when it was given before, to somebody whose
        identity was corrected since: this is another one only when a person says so (`chosen`).
        """
        traits = _traits(identity, otherwise)
        turn = 0
        while True:
            patient = PatientId(self._draw("patient", *traits, *([str(turn)] if turn else [])))
            self._apart({patient})
            if group_of(self._record.tables.read(), patient) is None:
                return patient
            if not chosen:
                return None
            turn += 1

    # ------------------------------------------------------------------ carrying out

    def _apart(self, touches: set[str]) -> None:
        """What follows touches these: it must see what was planned about them."""
        if touches & self._pending.touched or self._pending.statements > MOST_STATEMENTS:
            self.flush()
        self._pending.touched |= touches

    def _planned(self, outcome: Outcome, command: Command[Any]) -> Planned:
        planned = Planned(outcome, command)
        self._pending.planned.append(planned)
        if isinstance(command, TakeDocument):
            self._pending.statements += len(command.statements)
        return planned

    def _leave(self, planned: Planned, refusal: Refusal) -> None:
        """The record refused the document: it waits for a person."""
        assert planned.otherwise is not None  # noqa: S101  for the type checker; flush looked
        file, leaf = planned.otherwise
        why = Whose(why="document_refused", params={"reason": refusal.code})
        waits = known.waits(self._record.tables.read(), self._draw, file.digest, leaf.part)
        if waits is not None:
            planned.settled = Outcome(file.name, "to_attach", why.why, why.params, arrival=waits.arrival)
            return
        asked = self._ask(file, leaf, why)
        self.flush()
        planned.settled = asked.settled

    def _settled(self, planned: Outcome) -> Outcome:
        if planned.document is None or planned.why not in ("filed", "no_data") or not self.structures:
            return planned
        found = known.stated(self._record.tables.read(), planned.document)
        left = replace(planned, not_kept=found.not_kept)
        if found.new or found.again:
            why = "filed" if found.new else "nothing_new"
            return replace(left, outcome="structured", why=why, facts=found.new)
        if not found.live:
            return replace(left, why="older_version")
        if found.not_kept and planned.why == "filed":
            return replace(left, why="none_kept", params={"count": str(found.not_kept)})
        return replace(left, why="no_data")


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    digest: str
    kept: Kept


def _said(said: ReadIdentity | None) -> SaidIdentity | None:
    if said is None:
        return None
    return SaidIdentity(
        birth_name=said.birth_name[:200], used_name=said.used_name[:200], first_given=said.first_given[:200],
        given_names=[name[:200] for name in said.given_names[:12]], sex=said.sex, birth_date=said.birth_date,
        birth_place_code=said.birth_place_code[:10], matricule=said.matricule[:30], oid=said.oid[:64],
        key_agrees=said.key_agrees,
    )  # fmt: skip


def _traits(identity: PatientIdentified, otherwise: str) -> tuple[str, ...]:
    """What the id of a new patient is drawn from: their traits when they tell one person apart, so that two
    devices register one; else this document.
    """
    if len(identity.birth_date) < len("1979-03-05"):
        return (otherwise,)
    return (*strict_traits(identity), identity.ins.matricule if identity.ins is not None else "")


def _stated(document: Document) -> list[Stated]:
    return [Stated(one.body, placed(one.at), one.proposal, one.place) for one in document.statements]
