"""The read tables beside the journal they were folded from: nothing more, nothing less, nothing out of its place.

Law: a record that stays open for a day shows what one opened anew shows; a rank of the tables is the journal's.
"""

from __future__ import annotations

from lanterne.practice.tables import Tables
from lanterne.wire.names import Stream
from tests.simulation.device import Device
from tests.simulation.trace import Violation


def tell_what_is_held(device: Device) -> None:
    """The tables of an open record hold no entry that its journal does not, unless the disk spoilt it since."""
    if device.record is None:
        return
    found = _caught_up(device)
    held = {one.entry.head.hash for stream in Stream for one in device.journal.since(stream)}
    if device.journal.damages:
        return
    for tables in found:
        for (hashed,) in tables.read().execute("SELECT hash FROM entry"):
            if bytes(hashed).hex() not in held:
                raise Violation(
                    f"{device.name} shows {bytes(hashed).hex()[:8]}, which its journal does not hold"
                )


def stand_as_in_the_journal(device: Device) -> None:
    """Every entry of an open record stands where the journal's order puts it."""
    if device.record is None:
        return
    for tables in _caught_up(device):
        for stream in (Stream.CARE, Stream.TRACE):
            ranks = dict(device.journal.ranks(stream))
            for position, rank in tables.read().execute(
                "SELECT position, rank FROM entry WHERE stream = ? AND position >= 0", (int(stream),)
            ):
                if ranks.get(int(position), rank) != rank:
                    raise Violation(
                        f"{device.name} shows an entry in another place than the journal's order gives it"
                    )


def tell_the_same_opened_anew(device: Device) -> None:
    """What an open record tells does not change by locking and unlocking."""
    if device.record is None:
        return
    before = device.contents()
    device.unlock()
    after = device.contents()
    if after and before != after:
        raise Violation(
            f"{device.name} tells something else once it was locked and unlocked: {sorted(before)}"
        )


def _caught_up(device: Device) -> list[Tables]:
    record = device.record
    assert record is not None
    with device.program():
        record.catch_up()
        found = [record.tables]
        if record.trace_tables is not None:
            record.catch_up_traces()
            found.append(record.trace_tables)
    return found
