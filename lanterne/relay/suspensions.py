"""What the operator's notices in force say of whoever asks.

Law: a suspension cuts this relay and nothing else; whoever is cut is told, with the notice its operator
signed. Source: docs/format/exchange.md, Relay.
"""

from __future__ import annotations

from collections.abc import Iterable

from lanterne.proof.exchange import check_notice
from lanterne.proof.membership import Membership
from lanterne.wire.exchange import HolderId, Signed
from lanterne.wire.names import DeviceId, SeatId
from lanterne.wire.statements import OperatorNotice, Scope, State, read_notice


class Notices:
    """The notices in force, by scope and id. Immutable."""

    def __init__(self, notices: Iterable[Signed[OperatorNotice]] = ()) -> None:
        self._found = {(one.value.scope, one.value.id): one for one in notices}
        self._suspended_seats = frozenset(
            SeatId(str(subject))
            for (scope, subject), one in self._found.items()
            if scope is Scope.SEAT and one.value.state is State.SUSPENDED
        )

    @classmethod
    def read(cls, raws: Iterable[bytes], *, relay: HolderId, key: bytes) -> Notices:
        """The notices of this relay.

        Raises:
            MessageRefused: one is not of this relay and key: to pass over it could undo a suspension in
                silence.
        """
        found = [read_notice(raw) for raw in raws]
        for notice in found:
            check_notice(notice, relay=relay, key=key)
        return cls(found)

    @property
    def everywhere(self) -> Signed[OperatorNotice] | None:
        """The notice for all."""
        return self._found.get((Scope.ALL, None))

    def concerning(self, membership: Membership, device: DeviceId) -> tuple[Signed[OperatorNotice], ...]:
        """The notices for all, the practice, the device, and each of its seats."""
        names: list[tuple[Scope, str | None]] = [
            (Scope.ALL, None),
            (Scope.PRACTICE, membership.practice),
            (Scope.DEVICE, device),
            *((Scope.SEAT, seat.id) for seat in membership.seats if seat.device == device),
        ]
        return tuple(found for name in names if (found := self._found.get(name)) is not None)

    def suspension(
        self, membership: Membership, device: DeviceId, now_ms: int
    ) -> Signed[OperatorNotice] | None:
        """The notice that keeps this device out: of all, its practice, itself, or its every active seat."""
        for name in ((Scope.ALL, None), (Scope.PRACTICE, membership.practice), (Scope.DEVICE, device)):
            found = self._found.get(name)
            if found is not None and found.value.state is State.SUSPENDED:
                return found
        if not self._suspended_seats:
            return None
        seats = [
            seat.id
            for seat in membership.seats
            if seat.device == device and membership.is_active(seat.id, now_ms)
        ]
        if seats and self._suspended_seats.issuperset(seats):
            return self._found[(Scope.SEAT, seats[0])]
        return None

    @property
    def suspended_seats(self) -> frozenset[SeatId]:
        return self._suspended_seats
