"""What a document says the patient takes, looked at by a person: taken on the list, as proposed or as
corrected, or declined.

Law: nothing enters the list of treatments without somebody's word; the treatment and the end of its proposal
are one entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lanterne.practice.chart.checks import check
from lanterne.practice.chart.commands import Known, MarkEnteredInError, Replaced
from lanterne.practice.chart.commands import Record as RecordStatement
from lanterne.practice.chart.facts import EnteredInError
from lanterne.practice.commands import Look, NewFact
from lanterne.practice.errors import Refusal, UnknownFact
from lanterne.practice.rights import Right
from lanterne.practice.treatments.facts import ProposalSettled, TreatmentProposed, TreatmentRecorded
from lanterne.wire.names import FactId, PatientId


def as_treatment(proposed: TreatmentProposed) -> TreatmentRecorded:
    """The treatment a proposal proposes, word for word."""
    return TreatmentRecorded(**{name: getattr(proposed, name) for name in proposed.__struct_fields__})


@dataclass(frozen=True, slots=True)
class AcceptProposal:
    """Put a proposed treatment on the list.

    Attributes:
        patient: whose chart; carried by the form.
        proposal: the treatment.proposed fact shown.
        treatment: what stands from now on: the proposal, or what the form made of it.
        at: the proposal's own date, ISO; None: now.
        id: of the treatment.recorded fact, drawn when the form was shown.
    """

    patient: PatientId
    proposal: FactId
    treatment: TreatmentRecorded
    at: str | None = None
    id: FactId | None = None
    right: Right = Right.WRITE_CHART

    def load(self, look: Look) -> tuple[Known, FactId]:
        """See Command.load."""
        proposed = MarkEnteredInError(self.patient, (self.proposal,)).load(look)
        stands = RecordStatement(self.patient, self.treatment, self.at).load(look)
        known = replace(stands, replaced=proposed.replaced)
        return known, self.id or FactId(look.new_id())

    def decide(self, known: tuple[Known, FactId]) -> Sequence[NewFact]:
        """See Command.decide."""
        held, identifier = known
        proposal = _proposal(held)
        check(self.treatment, self.at, held.birth_date, held.now_ms)
        # Of a merged patient: what answers a proposal stands in the record the proposal is in.
        subject = proposal.patient
        facts = [
            NewFact(self.treatment, subject, identifier, self.at),
            NewFact(ProposalSettled(treatment=identifier), subject, None, None, (proposal.id,)),
        ]
        if held.empties and subject == held.patient:
            facts.append(NewFact(EnteredInError(reason="filled_in"), subject, replaces=held.empties))
        return facts


@dataclass(frozen=True, slots=True)
class DeclineProposal:
    """Leave a proposed treatment off the list. The document still states it."""

    patient: PatientId
    proposal: FactId
    id: FactId | None = None
    right: Right = Right.WRITE_CHART

    def load(self, look: Look) -> Known:
        """See Command.load."""
        return MarkEnteredInError(self.patient, (self.proposal,)).load(look)

    def decide(self, known: Known) -> Sequence[NewFact]:
        """See Command.decide."""
        proposal = _proposal(known)
        return [NewFact(ProposalSettled(), proposal.patient, self.id, None, (proposal.id,))]


def _proposal(known: Known) -> Replaced:
    """The proposal asked about, still waiting."""
    proposal = known.replaced[0]
    if proposal.kind != TreatmentProposed.KIND:
        raise UnknownFact("no treatment is proposed under this id")
    if not proposal.live:
        raise Refusal("changed_meanwhile")
    return proposal
