"""Who has an act that empties, as far as is known: where copies of what it emptied may remain.

Law: a device has it when its newest statement says that it holds the act; one never heard has not. What a device
that is off, a copy or a backup holds nobody here can know. Source: docs/format/entry.md, Emptied entries.
"""

from __future__ import annotations

from lanterne.journal.journal import Journal
from lanterne.sync.known import Known
from lanterne.wire.names import DeviceId, Head


def unconfirmed(journal: Journal, own: DeviceId, act: Head, now_ms: int) -> tuple[DeviceId, ...]:
    """Other devices with an active seat at `now_ms` (milliseconds) that did not say they hold this members entry."""
    known = Known(journal)
    statements, membership = known.statements(), journal.membership
    active = {seat.device for seat in membership.seats if membership.is_active(seat.id, now_ms)} - {own}
    return tuple(
        sorted(
            device
            for device in active
            if device not in statements
            or not any(
                head.chain == act.chain and head.seq >= act.seq for head in statements[device].value.heads
            )
        )
    )


def relay_confirmed(journal: Journal, act: Head) -> bool:
    """Whether the practice's relay, when it has one, said that it holds this members entry."""
    known = Known(journal)
    file = known.relay_file()
    if file is None:
        return True
    held = known.relay(file.relay).holds
    return any(head.chain == act.chain and head.seq >= act.seq for head in held)
