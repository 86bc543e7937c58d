"""What stands when members entries did not know of each other (M3, M7).

Law: the state is a function of the set of entries. An entry is first judged on its own past, which never
changes: was its signer entitled there, does each fact keep its rule there. Then, within any set closed under
the past:

1. what a sheet signs stands, unless an older sheet undid the sheet's own installation, or the sheet had
   already replaced itself;
2. a revocation signed by a seat stands unless a sheet revoked that seat without knowing it; two seats that
   revoke each other both go;
3. any other fact stands unless its signer was revoked, by a revocation that stands and did not know it, or
   its signer's admission fell.

The cut is thus what the revoker knew. Taken in the order of ranks, where causes come before effects.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import NamedTuple

from lanterne.proof.acts import (
    Act,
    EntryEmptied,
    EpochRotated,
    PersonLeft,
    Revocation,
    SeatAdmitted,
    SeatRevoked,
    SheetReplaced,
)
from lanterne.proof.genesis import Genesis
from lanterne.proof.history import History, Notice, Placed
from lanterne.proof.records import MembershipRefused
from lanterne.proof.standing import State
from lanterne.wire.names import EntryHash, PersonId, SeatId

BRANCHES = 8
"""Worlds kept to grow from: as many administrators may go on without hearing of each other."""


class Verdict(NamedTuple):
    """On one entry, from its past alone. `facts` by place: None when kept, else the rule and why.

    `removed` are the sheets in force before it; `sheet` whether one of them signed.
    """

    refusal: str | None
    facts: tuple[tuple[str, str] | None, ...]
    removed: tuple[SeatId, ...]
    sheet: bool


@dataclass(slots=True)
class World:
    """A set of entries closed under the past, judged."""

    state: State
    revocations: dict[SeatId, list[tuple[Placed, Revocation]]] = field(default_factory=dict)
    """By seat: those that stand."""
    notices: list[Notice] = field(default_factory=list)
    emptied: list[tuple[Placed, EntryEmptied]] = field(default_factory=list)
    """What was emptied, by acts that stand, in order."""


class Growing:
    """A world that grows by entries that know all of it. Nothing in it is concurrent with them, so that each only adds
    what it does: the clauses above say the same, at the cost of weighing all of it anew for each.
    """

    def __init__(self, genesis: Genesis, world: World) -> None:
        self.world = world
        self._first = genesis.seat
        self._admissions: list[SeatAdmitted] = []

    def remember(self, entry: Placed, verdict: Verdict) -> None:
        """An entry of the world this began with."""
        if verdict.refusal is None:
            self._admissions += [
                act
                for (_, act), fault in zip(entry.deed.acts, verdict.facts, strict=True)
                if fault is None and isinstance(act, SeatAdmitted)
            ]

    def take(self, entry: Placed, known: Verdict | None) -> Verdict:
        """Judge an entry on this world, unless it was judged before, and add it."""
        state, head = self.world.state, entry.deed.head
        removed = tuple(sorted(state.sheets))
        refusal = state.authority(head.seat, head.time_ms) if known is None else known.refusal
        verdict = known or Verdict(refusal, (), removed, head.seat in state.sheets)
        if refusal is not None:
            self.world.notices.append(Notice(entry.hash, None, "M3", refusal))
            return verdict
        facts: list[tuple[str, str] | None] = []
        for place, (fact, act) in enumerate(entry.deed.acts):
            fault = self._fault(act, head.time_ms) if known is None else known.facts[place]
            facts.append(fault)
            if fault is not None:
                self.world.notices.append(Notice(entry.hash, fact, *fault))
                continue
            if isinstance(act, SeatAdmitted):
                self._admissions.append(act)
            elif isinstance(act, EntryEmptied):
                self.world.emptied.append((entry, act))
            elif isinstance(act, PersonLeft):
                state.left.add(act.person)
                state.revoked |= {seat.id for seat in state.seats.values() if seat.person == act.person}
            late = state.apply(act, removed)
            if late is not None:
                self.world.notices.append(Notice(entry.hash, fact, "M7", late))
        verdict = verdict._replace(facts=tuple(facts))
        self._revoke(entry, verdict)
        return verdict

    def _fault(self, act: Act, at_ms: int) -> tuple[str, str] | None:
        try:
            self.world.state.check(act, at_ms)
        except MembershipRefused as refused:
            return refused.check, refused.why
        return None

    def _revoke(self, entry: Placed, verdict: Verdict) -> None:
        """Whom its revocations hit: of a person who left, every seat admitted so far, in this very entry too."""
        for (_, act), fault in zip(entry.deed.acts, verdict.facts, strict=True):
            if fault is not None or not isinstance(act, SeatRevoked | PersonLeft):
                continue
            hit = {act.seat} if isinstance(act, SeatRevoked) else self._seats_of(act.person)
            for seat in sorted(hit):
                self.world.revocations.setdefault(seat, []).append((entry, act))
                self.world.state.revoked.add(seat)

    def _seats_of(self, person: PersonId) -> set[SeatId]:
        found = {one.seat.id for one in self._admissions if one.seat.person == person}
        return found | ({self._first.id} if self._first.person == person else set())


class Judge:
    """Judges worlds of one history.

    `verdicts` is kept between histories: a verdict depends on the past alone.
    """

    def __init__(self, genesis: Genesis, history: History, verdicts: dict[EntryHash, Verdict]) -> None:
        self._genesis = genesis
        self._history = history
        self._verdicts = verdicts
        self._growing: OrderedDict[int, Growing] = OrderedDict()

    def whole(self) -> World:
        """The world of every placed entry."""
        for entry in self._history.order:
            self._judge(entry)
        everything = (1 << len(self._history.placed)) - 1
        found = self._growing.get(everything)
        return found.world if found is not None else self.world(everything)

    def verdict(self, entry: Placed) -> Verdict:
        return self._verdicts[entry.hash]

    def _judge(self, entry: Placed) -> None:
        """The verdict on `entry`; all entries of its past come before it in the order, hence have theirs.

        Nearly every entry knows all those before it; then its world is the one before it, and itself.
        """
        growing = self._growing.pop(entry.past, None) or self._grown(entry.past)
        self._verdicts[entry.hash] = growing.take(entry, self._verdicts.get(entry.hash))
        self._growing[entry.past | entry.bit] = growing
        while len(self._growing) > BRANCHES:
            self._growing.popitem(last=False)

    def _grown(self, mask: int) -> Growing:
        """The world of a past nobody grew from: weighed anew."""
        growing = Growing(self._genesis, self.world(mask))
        for entry in self._history.order:
            if mask >> entry.index & 1:
                growing.remember(entry, self._verdicts[entry.hash])
        return growing

    def world(self, mask: int) -> World:
        return _Weighing(self._genesis, self._history, self._verdicts, mask).world()


class _Weighing:
    """One computation of a world."""

    def __init__(
        self, genesis: Genesis, history: History, verdicts: dict[EntryHash, Verdict], mask: int
    ) -> None:
        self._genesis = genesis
        self._verdicts = verdicts
        self._entries = [entry for entry in history.order if entry.bit & mask]
        self._allowed = [entry for entry in self._entries if verdicts[entry.hash].refusal is None]
        # Where each seat and sheet comes from: entries that admit or install it, by a fact that keeps its
        # rule.
        self._origins: dict[SeatId, list[Placed]] = {}
        self._admissions: list[tuple[Placed, SeatAdmitted]] = []
        self._removals: list[tuple[Placed, Revocation]] = []
        self._by_sheets: list[Placed] = []
        for entry in self._allowed:
            verdict = verdicts[entry.hash]
            if verdict.sheet:
                self._by_sheets.append(entry)
            for (_, act), fault in zip(entry.deed.acts, verdict.facts, strict=True):
                if fault is not None:
                    continue
                if isinstance(act, SeatAdmitted):
                    self._origins.setdefault(act.seat.id, []).append(entry)
                    self._admissions.append((entry, act))
                elif isinstance(act, SheetReplaced):
                    self._origins.setdefault(act.sheet.id, []).append(entry)
                elif isinstance(act, SeatRevoked | PersonLeft):
                    self._removals.append((entry, act))
        self._targets = self._find_targets()
        self._generations = self._find_generations()
        self._standing: set[int] = set()
        """Indexes of entries whose revocations stand."""

    def _find_targets(self) -> dict[SeatId, list[tuple[Placed, Revocation]]]:
        """Who is revoked by what. A person who left loses every seat but those admitted knowing it."""
        targets: dict[SeatId, list[tuple[Placed, Revocation]]] = {}
        first = self._genesis.seat
        for entry, act in self._removals:
            if isinstance(act, SeatRevoked):
                targets.setdefault(act.seat, []).append((entry, act))
                continue
            hit = {first.id} if first.person == act.person else set()
            hit |= {
                admission.seat.id
                for source, admission in self._admissions
                if admission.seat.person == act.person and not source.past & entry.bit
            }
            for seat in sorted(hit):
                targets.setdefault(seat, []).append((entry, act))
        return targets

    def _find_generations(self) -> dict[SeatId, int]:
        """The founding sheet is 0; one installed by a sheet has its age, by a seat is younger."""
        ages = {self._genesis.sheet.id: 0}
        for entry in self._allowed:
            verdict = self._verdicts[entry.hash]
            older = ages[entry.signer] if verdict.sheet else 1 + max(ages[one] for one in verdict.removed)
            for _, act in entry.deed.acts:
                if isinstance(act, SheetReplaced):
                    ages.setdefault(act.sheet.id, older)
        return ages

    # ------------------------------------------------------------------ the three clauses

    def _origin_stands(self, entry: Placed, standing: set[int]) -> bool:
        signer = entry.signer
        if signer in (self._genesis.seat.id, self._genesis.sheet.id):
            return True
        return any(
            source.bit & entry.past and source.index in standing for source in self._origins.get(signer, ())
        )

    def _undone(self, entry: Placed, by: set[int]) -> bool:
        """Whether a revocation of the signer, among `by`, did not know `entry`."""
        return any(
            revoker.index in by and revoker is not entry and not entry.bit & revoker.past
            for revoker, _ in self._targets.get(entry.signer, ())
        )

    def _weigh_sheets(self) -> set[int]:
        """Clause 1: indexes of what sheets signed and stands, oldest sheets first."""
        standing: set[int] = set()
        replacing = [entry for entry in self._by_sheets if self._installs(entry)]
        generations = self._generations
        for entry in sorted(self._by_sheets, key=lambda one: generations[one.signer]):
            mine = generations[entry.signer]
            elder = {one.index for one in self._by_sheets if generations[one.signer] < mine} & standing
            over = not self._installs(entry) and any(
                other.signer == entry.signer and not entry.bit & other.past for other in replacing
            )
            if not over and self._installed(entry, standing, elder):
                standing.add(entry.index)
        return standing

    def _installs(self, entry: Placed) -> bool:
        facts = self._verdicts[entry.hash].facts
        return any(
            fault is None and isinstance(act, SheetReplaced)
            for (_, act), fault in zip(entry.deed.acts, facts, strict=True)
        )

    def _installed(self, entry: Placed, standing: set[int], elder: set[int]) -> bool:
        if entry.signer == self._genesis.sheet.id:
            return True
        for source in self._origins.get(entry.signer, ()):
            if not source.bit & entry.past:
                continue
            if self._verdicts[source.hash].sheet:
                if source.index in standing:
                    return True
            elif not self._undone(source, elder):
                return True
        return False

    def world(self) -> World:
        by_sheets = self._weigh_sheets()
        # Clause 2, which is also what admissions must survive for their seats' revocations to stand.
        revoking = set(by_sheets)
        for entry in self._allowed:
            if (
                not self._verdicts[entry.hash].sheet
                and not self._undone(entry, by_sheets)
                and self._origin_stands(entry, revoking)
            ):
                revoking.add(entry.index)
        # Clause 3.
        full = set(by_sheets)
        for entry in self._allowed:
            if (
                entry.index in revoking
                and entry.index not in full
                and not self._undone(entry, revoking)
                and self._origin_stands(entry, full)
            ):
                full.add(entry.index)
        world = World(State.found(self._genesis))
        for seat, found in self._targets.items():
            standing = [(entry, act) for entry, act in found if entry.index in revoking]
            if standing:
                world.revocations[seat] = standing
                world.state.revoked.add(seat)
        for entry in self._entries:
            self._take(entry, world, entry.index in revoking, entry.index in full)
        return world

    def _take(self, entry: Placed, world: World, revokes: bool, acts: bool) -> None:
        verdict = self._verdicts[entry.hash]
        if verdict.refusal is not None:
            world.notices.append(Notice(entry.hash, None, "M3", verdict.refusal))
            return
        for (fact, act), fault in zip(entry.deed.acts, verdict.facts, strict=True):
            if fault is not None:
                world.notices.append(Notice(entry.hash, fact, *fault))
            elif isinstance(act, SeatRevoked | PersonLeft) and revokes:
                if isinstance(act, PersonLeft):
                    world.state.left.add(act.person)
            elif acts:
                if isinstance(act, EntryEmptied):
                    world.emptied.append((entry, act))
                late = world.state.apply(act, verdict.removed)
                if late is not None:
                    world.notices.append(Notice(entry.hash, fact, "M7", late))
            else:
                if isinstance(act, EpochRotated):
                    world.state.begin(act.epoch)
                why = "its signer was revoked by an entry that did not know this one"
                world.notices.append(Notice(entry.hash, fact, "M7", why))
