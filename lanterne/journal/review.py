"""What was written and does not count: beyond the cut of a revoked seat, after the end of a term, by nobody admitted.

Law: it is kept and named, never opened here and never merged; who, when and how much is all a list needs.
Source: docs/format/membership.md M10–M12, entry.md E15.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lanterne.journal.clock import milliseconds
from lanterne.journal.journal import Journal
from lanterne.proof.membership import Membership, Standing
from lanterne.wire.names import ChainId, EntryHash, SeatId, Stream


class Apart(NamedTuple):
    """An entry that waits for review. `written_ms` by its author's clock; `size` in bytes, sealed."""

    hash: EntryHash
    seat: SeatId
    stream: Stream
    written_ms: int
    size: int
    standing: Standing


def awaiting_review(journal: Journal) -> Iterator[Apart]:
    """Every care or trace entry that does not count, chain by chain. Reads only chains that may hold one."""
    membership = journal.membership
    for chain in sorted({head.chain for head in journal.tips}):
        after = _counted_until(journal, membership, chain)
        if after is None:
            continue
        for entry in journal.entries_after(chain, after):
            head = entry.head
            standing = membership.entitled(head)
            if standing is not Standing.COUNTS:
                size, written = len(entry.raw), milliseconds(head.time)
                yield Apart(head.hash, head.seat, head.stream, written, size, standing)


def _counted_until(journal: Journal, membership: Membership, chain: ChainId) -> int | None:
    """The number up to which everything of a chain counts for sure; None when all of it does."""
    if chain.stream is Stream.MEMBERS:
        return None
    if not membership.is_admitted(chain.seat):
        return 0
    until = membership.seat(chain.seat)
    written = journal.last_written(chain.seat) or 0
    if until is not None and until.not_after is not None and written > until.not_after:
        return 0
    cuts = membership.cuts(chain.seat)
    if not cuts:
        return None
    # The entry at the cut itself may be another branch than the revoker knew.
    return max(0, min(cut[chain].seq if chain in cut else 0 for cut in cuts) - 1)
