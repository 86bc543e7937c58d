"""The state of the membership at one point, and the rules a fact must keep there (M4, M5, M6, M8).

Law: rules are judged against what the author knew, that is the state its entry stands on; so the verdict on a
fact never changes. What concurrent entries do to each other is decided in judging.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lanterne.proof.acts import (
    Act,
    DeviceAdmitted,
    EpochRotated,
    Misshapen,
    PersonLeft,
    RotationDue,
    SeatAdmitted,
    SeatRevoked,
    SheetReplaced,
    Unknown,
)
from lanterne.proof.genesis import Genesis
from lanterne.proof.records import (
    DeviceRecord,
    EpochRecord,
    MembershipRefused,
    SeatRecord,
    SheetRecord,
    Wrap,
)
from lanterne.wire.names import SEALED_COMPARTMENTS, Compartment, DeviceId, KeyId, PersonId, SeatId


@dataclass(slots=True)
class State:
    """Seats, sheets, devices and epochs, after some facts were applied in order."""

    seats: dict[SeatId, SeatRecord]
    sheets: dict[SeatId, SheetRecord]
    """Those that may sign now: one, unless two replaced it at once."""
    devices: dict[DeviceId, DeviceRecord]
    epochs: dict[Compartment, list[EpochRecord]]
    """In force, oldest first."""
    wraps: dict[KeyId, dict[SeatId, Wrap]]
    begun: dict[KeyId, Compartment]
    """Every epoch an entitled signer began, even if its rotation fell since: entries may lie in it."""
    revoked: set[SeatId] = field(default_factory=set)
    left: set[PersonId] = field(default_factory=set)

    @classmethod
    def found(cls, genesis: Genesis) -> State:
        """The state before any members entry."""
        return cls(
            {genesis.seat.id: genesis.seat},
            {genesis.sheet.id: genesis.sheet},
            {genesis.device.id: genesis.device},
            {epoch.compartment: [epoch] for epoch in genesis.epochs},
            {epoch.key_id: {wrap.to: wrap for wrap in epoch.wraps} for epoch in genesis.epochs},
            {epoch.key_id: epoch.compartment for epoch in genesis.epochs},
        )

    def entitled(self, compartment: Compartment, at_ms: int | None) -> list[SeatRecord]:
        """Seats that may read `compartment` at that time; with None, whatever their `not_after`."""
        return [
            seat
            for seat in self.seats.values()
            if compartment in seat.compartments
            and seat.id not in self.revoked
            and (at_ms is None or seat.not_after is None or at_ms <= seat.not_after)
        ]

    def authority(self, signer: SeatId, at_ms: int) -> str | None:
        """M3: None when `signer` may change the membership at that time, else why not."""
        if signer in self.sheets:
            return None
        seat = self.seats.get(signer)
        if seat is None:
            return "signed by a seat that was not admitted, or by a sheet since replaced"
        if signer in self.revoked:
            return "signed by a revoked seat"
        if not seat.admin:
            return "signed by a seat that is not administrator"
        if seat.not_after is not None and at_ms > seat.not_after:
            return "signed by a seat past its term"
        return None

    def rotation_due(self, at_ms: int | None) -> tuple[Compartment, ...]:
        """Compartments whose newest epoch a revoked seat holds, or an entitled seat or sheet does not."""
        due = []
        for compartment in SEALED_COMPARTMENTS:
            holders = self.wraps[self.epochs[compartment][-1].key_id].keys()
            wanted = {seat.id for seat in self.entitled(compartment, at_ms)} | self.sheets.keys()
            if wanted - holders or holders & self.revoked:
                due.append(compartment)
        return tuple(due)

    # ------------------------------------------------------------------ rules

    def check(self, act: Act, at_ms: int) -> None:
        """Raise MembershipRefused when `act`, written at `at_ms` on this state, breaks its rule."""
        match act:
            case Misshapen(rule, why):
                raise MembershipRefused(rule, why)
            case Unknown(kind):
                raise MembershipRefused("M9", f"{kind} was written by a newer Lanterne", kind=kind)
            case SeatAdmitted():
                self._check_admission(act, at_ms)
            case SeatRevoked(seat=seat):
                if seat not in self.seats:
                    raise MembershipRefused("M6", "revokes a seat it does not know")
            case PersonLeft(person=person):
                if all(seat.person != person for seat in self.seats.values()):
                    raise MembershipRefused("M6", "names a person it does not know")
            case DeviceAdmitted(device):
                if device.id in self.devices:
                    raise MembershipRefused("M9", "admits a device that is here")
            case EpochRotated(epoch):
                self._check_rotation(epoch, at_ms)
            case SheetReplaced(sheet, wraps):
                if sheet.id in self.sheets or sheet.id in self.seats:
                    raise MembershipRefused("M8", "replaces the sheet by itself")
                self._check_wraps(wraps, SEALED_COMPARTMENTS, "M8")
            case RotationDue():
                pass

    def _check_admission(self, act: SeatAdmitted, at_ms: int) -> None:
        seat = act.seat
        if seat.id in self.seats or seat.id in self.sheets:
            raise MembershipRefused("M4", "the seat is not new")
        self._check_wraps(act.wraps, seat.compartments, "M4")
        if seat.not_after is not None and seat.not_after <= at_ms:
            raise MembershipRefused("M5", "its term ends before it begins")

    def _check_wraps(self, wraps: tuple[Wrap, ...], compartments: tuple[Compartment, ...], rule: str) -> None:
        known = {key for key, place in self.begun.items() if place in compartments}
        given = {wrap.key_id for wrap in wraps}
        if given - known:
            raise MembershipRefused(rule, "a wrap names an epoch that is not there, or not to be read")
        if any(self.epochs[place][-1].key_id not in given for place in compartments):
            raise MembershipRefused(rule, "a compartment's newest epoch is not wrapped")

    def _check_rotation(self, epoch: EpochRecord, at_ms: int) -> None:
        place = epoch.compartment
        if epoch.key_id in self.begun:
            raise MembershipRefused("M8", "the epoch is not new")
        if epoch.previous is None:
            raise MembershipRefused("M8", "the epoch does not hold its predecessors")
        holders = {wrap.to for wrap in epoch.wraps}
        wanted = {seat.id for seat in self.entitled(place, at_ms)} | self.sheets.keys()
        allowed = {seat.id for seat in self.entitled(place, None)} | self.sheets.keys()
        if wanted - holders:
            raise MembershipRefused("M8", "an entitled seat or the sheet has no wrap")
        if holders - allowed:
            raise MembershipRefused("M8", "wrapped to a seat that is not entitled")

    # ------------------------------------------------------------------ effects

    def apply(self, act: Act, removed: tuple[SeatId, ...] = ()) -> str | None:
        """Apply a fact that passed its rule. `removed` are the sheets a replacement knew.

        Returns why it came too late, when a concurrent fact did the same first.
        """
        match act:
            case SeatAdmitted(seat, wraps):
                if seat.id in self.seats:
                    return "the seat was admitted at the same time by another"
                self.seats[seat.id] = seat
                self._hold(wraps)
            case SeatRevoked(seat=seat_id):
                self.revoked.add(seat_id)
            case DeviceAdmitted(device):
                if device.id in self.devices:
                    return "the device was admitted at the same time by another"
                self.devices[device.id] = device
            case EpochRotated(epoch):
                if epoch.key_id in self.wraps:
                    return "the epoch was begun at the same time by another"
                self.begin(epoch)
                self.epochs[epoch.compartment].append(epoch)
                self.wraps[epoch.key_id] = {}
                self._hold(epoch.wraps)
            case SheetReplaced(sheet, wraps):
                for old in removed:
                    self.sheets.pop(old, None)
                self.sheets[sheet.id] = sheet
                self._hold(wraps)
            case _:
                pass  # person.left is turned into seats by judging.py; the rest changes nothing
        return None

    def begin(self, epoch: EpochRecord) -> None:
        """Remember that `epoch` was begun, whether or not it is in force."""
        self.begun.setdefault(epoch.key_id, epoch.compartment)

    def _hold(self, wraps: tuple[Wrap, ...]) -> None:
        for wrap in wraps:
            self.wraps.setdefault(wrap.key_id, {}).setdefault(wrap.to, wrap)
