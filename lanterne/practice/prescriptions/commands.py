"""Prescribing, and withdrawing what was prescribed by mistake.

Law: what is checked, and against what, is loaded by the door, so that a screen, an import and an API are checked
alike. A contraindication is passed with a written reason, for that finding and no other: what came up since the form
was shown stops the writing. The prescription, its checks and what becomes of the list of treatments are one entry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from lanterne.practice.chart.checks import check as check_statement
from lanterne.practice.chart.commands import Known as ChartKnown
from lanterne.practice.chart.commands import MarkEnteredInError
from lanterne.practice.chart.facts import EnteredInError
from lanterne.practice.commands import Look, NewFact
from lanterne.practice.errors import Refusal, UnknownFact
from lanterne.practice.prescriptions.checks.answers import Outcome, blocking, key_of
from lanterne.practice.prescriptions.checks.running import passed, run
from lanterne.practice.prescriptions.facts import Edition, Fired, Line, Order, PrescriptionIssued
from lanterne.practice.prescriptions.knowing import Known, know
from lanterne.practice.prescriptions.restoring import WithdrawKnown, restorable
from lanterne.practice.prescriptions.rules import (
    REASON_CHARACTERS,
    TITLE_CHARACTERS,
    check,
    check_role,
    is_written,
)
from lanterne.practice.prescriptions.treating import placed, same
from lanterne.practice.rights import Right
from lanterne.practice.treatments.facts import TreatmentRecorded
from lanterne.wire.names import FactId, PatientId


class ReasonNeeded(Refusal):
    """A contraindication fired and no reason was written. `outcome`: everything the checks said; `missing`: keys of
    those that need one (checks.answers.key_of)."""

    def __init__(self, outcome: Outcome, lacking: Sequence[Fired]) -> None:
        super().__init__("prescription_reason_needed", field="reasons", subject=lacking[0].subject)
        self.outcome = outcome
        self.missing = tuple(key_of(one) for one in lacking)


@dataclass(frozen=True, slots=True)
class Prescribe:
    """Sign a prescription.

    Attributes:
        patient: carried by the form.
        lines: as asked for. `treatment` of a line names the treatment on the list it carries on or changes; words,
            conditions and checks are the door's.
        reasons: why findings are passed, by `key_of`.
        measures: weight and height, as known, are written on it.
        id: of the prescription, drawn when the form was shown.
    """

    patient: PatientId
    lines: tuple[Line, ...]
    order: Order = "medicines"
    duration_d: int = 0
    renewals: int = 0
    comment: str = ""
    reasons: Mapping[str, str] = field(default_factory=dict)
    measures: bool = False
    id: FactId | None = None
    right: Right = Right.PRESCRIBE

    def load(self, look: Look) -> Known:
        """See Command.load."""
        return know(
            look,
            self.patient,
            self.lines,
            order=self.order,
            duration_d=self.duration_d,
            renewals=self.renewals,
        )

    def decide(self, known: Known) -> Sequence[NewFact]:
        """See Command.decide. Raises ReasonNeeded."""
        return issue(self, known)


def issue(asked: Prescribe, known: Known, *, renewal: bool = False) -> list[NewFact]:
    """The facts of one prescription: itself, and what it does to the list of treatments."""
    check_role(known.role, asked.order)
    _check_words(asked, known)
    outcome = run(known.gathered.context)
    if any(len(reason) > REASON_CHARACTERS for reason in asked.reasons.values()):
        raise Refusal("prescription_text_long", field="reasons", limit=str(REASON_CHARACTERS))
    reasons = {key: reason for key, reason in asked.reasons.items() if is_written(reason)}
    fired = passed(outcome.fired, reasons)
    weight, height = known.gathered.weight, known.gathered.height
    edition = known.gathered.context.base.edition
    body = PrescriptionIssued(
        order=asked.order,
        lines=list(known.lines),
        title=_title(known.lines),
        prescriber=known.person,
        duration_d=asked.duration_d,
        renewals=asked.renewals,
        renewal=renewal,
        weight_kg=f"{weight.value:g}" if asked.measures and weight is not None else "",
        height_cm=f"{height.value:g}" if asked.measures and height is not None else "",
        comment=asked.comment.strip(),
        base=Edition(dated=edition.dated.isoformat(), digest=edition.digest, starter=edition.starter)
        if asked.order == "medicines"
        else None,
        fired=fired,
        unchecked=list(outcome.unchecked),
    )
    check(body)
    lacking = blocking(fired)
    if lacking:
        raise ReasonNeeded(outcome, lacking)
    lines, treatments, subject = _treatments(asked, known)
    body = msgspec.structs.replace(body, lines=lines)
    facts = [NewFact(body, subject, asked.id), *treatments]
    for fact in treatments:
        check_statement(fact.body, fact.at, known.birth_date, known.now_ms)
    if treatments and known.empties and subject == known.patient:
        facts.append(NewFact(EnteredInError(reason="filled_in"), subject, replaces=known.empties))
    return facts


def _check_words(asked: Prescribe, known: Known) -> None:
    """A line in words alone carries on a treatment in the very words it has: what is new was understood.

    Raises:
        Refusal: "prescription_posology_missing".
    """
    for place, line in enumerate(known.lines, start=1):
        carried = known.carried.get(line.treatment)
        if (
            asked.order == "medicines"
            and carried is not None
            and not line.posology
            and not same(line, carried)
        ):
            raise Refusal("prescription_posology_missing", field="lines", line=str(place))


def _treatments(asked: Prescribe, known: Known) -> tuple[list[Line], list[NewFact], PatientId]:
    """The lines as written, each with its treatment; what is new on the list; and the record it is written in.

    Of a merged patient, what replaces a treatment stands in the record the treatment is in.

    Raises:
        Refusal: "several_records": treatments of two records would change at once.
    """
    if asked.order != "medicines":
        plain = [msgspec.structs.replace(line, treatment="", before="") for line in known.lines]
        return plain, [], known.patient
    written: list[Line] = []
    made: list[tuple[TreatmentRecorded, FactId, FactId | None]] = []
    records = set()
    for place, line in enumerate(known.lines):
        standing = known.standing.get(line.treatment)
        result = placed(
            line, standing.body if standing is not None else None, known.carried.get(line.treatment),
            today=known.gathered.context.today, duration_d=asked.duration_d, renewals=asked.renewals,
            prescriber=known.name,
        )  # fmt: skip
        if result.body is None:
            written.append(line)
            continue
        if standing is not None:
            records.add(standing.patient)
        made.append((result.body, known.fresh[place], standing.id if standing is not None else None))
        written.append(msgspec.structs.replace(line, treatment=known.fresh[place], before=result.before))
    if len(records) > 1:
        raise Refusal("several_records")
    subject = records.pop() if records else known.patient
    facts = [
        NewFact(body, subject, identifier, None, (old,) if old else (), known.unknown.get(old or "", {}))
        for body, identifier, old in made
    ]
    return written, facts, subject


def _title(lines: Sequence[Line]) -> str:
    """The names of the lines, each once."""
    names = dict.fromkeys(line.substance or line.brand or line.typed for line in lines)
    title = ", ".join(names)
    return title if len(title) <= TITLE_CHARACTERS else title[: TITLE_CHARACTERS - 1] + "…"


def still_standing(look: Look, patient: PatientId, fact: FactId, kind: str, gone: str) -> ChartKnown:
    """What must be known to replace this fact of a chart.

    Raises:
        UnknownFact: no fact of this kind has this id.
        Refusal: `gone`: it was replaced or taken back; "written_by_newer".
    """
    held = MarkEnteredInError(patient, (fact,)).load(look)
    found = held.replaced[0]
    if found.kind != kind:
        raise UnknownFact(f"no {kind} has this id")
    if not found.live:
        raise Refusal(gone)
    if found.newer:
        raise Refusal("written_by_newer")
    return held


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Withdraw a prescription written by mistake, with the treatments it started; those it changed stand as before.

    What was changed again since is left as it is: somebody decided on it.
    """

    patient: PatientId
    prescription: FactId
    reason: str = ""
    id: FactId | None = None
    right: Right = Right.PRESCRIBE

    def load(self, look: Look) -> WithdrawKnown:
        """See Command.load."""
        held = still_standing(
            look, self.patient, self.prescription, PrescriptionIssued.KIND, "prescription_gone"
        )
        return restorable(look, held.replaced[0].patient, self.prescription)

    def decide(self, known: WithdrawKnown) -> Sequence[NewFact]:
        """See Command.decide."""
        facts = [
            NewFact(
                EnteredInError(reason=self.reason.strip()), known.patient, self.id, None,
                (self.prescription, *known.started),
            )
        ]  # fmt: skip
        for replaced, body in known.before.items():
            facts.append(NewFact(body, known.patient, None, None, (replaced,)))
        return facts
