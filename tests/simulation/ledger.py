"""What was acknowledged to somebody, and whether it still has to be there.

Law: what was acknowledged must be on its own device until it is everywhere. It is let go only when every disk
that held it was lost to somebody's act: an old image put back, a bit flipped in the only copy.
"""

from __future__ import annotations

from collections.abc import Iterable

from lanterne.wire.entry import EntryHead
from lanterne.wire.names import ChainId, EntryHash


class Ledger:
    """Entries by their hash, and where each was acknowledged."""

    def __init__(self) -> None:
        self.owed: dict[EntryHash, str] = {}
        self.released = 0
        self._gone: dict[ChainId, int] = {}

    def acknowledge(self, entry: EntryHash, device: str) -> None:
        """A person was told that this is recorded."""
        self.owed[entry] = device

    def release(self, entries: Iterable[EntryHash]) -> None:
        """These were nowhere else."""
        for entry in entries:
            if self.owed.pop(entry, None) is not None:
                self.released += 1

    def gone(self, head: EntryHead) -> None:
        """This entry is nowhere any more: no other device can take in what its chain says after it (E12)."""
        self._gone[head.chain] = min(head.seq, self._gone.get(head.chain, head.seq))

    def held_back(self, head: EntryHead) -> bool:
        """Whether an entry stands on one that is gone: it is read where it was written, and waits everywhere else."""
        return head.seq > self._gone.get(head.chain, head.seq)

    def of(self, device: str) -> set[EntryHash]:
        """What was acknowledged there and is still owed."""
        return {entry for entry, where in self.owed.items() if where == device}
