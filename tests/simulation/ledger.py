"""What was acknowledged to somebody, and whether it still has to be there.

Law: what was acknowledged must be on its own device until it is everywhere. It is let go only when every disk
that held it was lost to somebody's act: an old image put back, a bit flipped in the only copy.
"""

from __future__ import annotations

from collections.abc import Iterable

from lanterne.wire.names import EntryHash


class Ledger:
    """Entries by their hash, and where each was acknowledged."""

    def __init__(self) -> None:
        self.owed: dict[EntryHash, str] = {}
        self.released = 0

    def acknowledge(self, entry: EntryHash, device: str) -> None:
        """A person was told that this is recorded."""
        self.owed[entry] = device

    def release(self, entries: Iterable[EntryHash]) -> None:
        """These were nowhere else."""
        for entry in entries:
            if self.owed.pop(entry, None) is not None:
                self.released += 1

    def of(self, device: str) -> set[EntryHash]:
        """What was acknowledged there and is still owed."""
        return {entry for entry, where in self.owed.items() if where == device}
