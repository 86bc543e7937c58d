"""Where what a revoked seat wrote stops counting (M6, M11).

Law: the cut is the head the revoker knew, never a number chosen. The headers of the revoker's chain say what
it knew; the cuts a fact lists repeat it for a reader's eye, and serve alone only for a chain no header named.
A listed cut that contradicts the headers is alarmed and ignored: a wrong list must not keep a revocation from
standing.
"""

from collections.abc import Mapping, Sequence

from lanterne.proof.acts import Revocation
from lanterne.proof.history import History, Notice, Placed
from lanterne.wire.names import ChainId, EntryHash, Head, SeatId, Stream

Cut = Mapping[ChainId, Head]


def find_cuts(
    history: History, revocations: Mapping[SeatId, Sequence[tuple[Placed, Revocation]]]
) -> tuple[dict[SeatId, tuple[Cut, ...]], set[Notice]]:
    """For each revoked seat, the cut of each revocation that stands; and notices M6."""
    notices: set[Notice] = set()
    cuts: dict[SeatId, tuple[Cut, ...]] = {}
    revoked_by: dict[int, set[SeatId]] = {}
    for seat, found in revocations.items():
        for entry, _ in found:
            revoked_by.setdefault(entry.index, set()).add(seat)
    known: dict[EntryHash, dict[ChainId, Head]] = {}
    for entry in sorted(
        {one.index: one for found in revocations.values() for one, _ in found}.values(), key=_rank
    ):
        history.known_heads(entry, known)
    for seat, found in revocations.items():
        cuts[seat] = tuple(
            _cut(known[entry.hash], entry, act, seat, revoked_by, notices) for entry, act in found
        )
    return cuts, notices


def _rank(entry: Placed) -> int:
    return entry.rank


def _cut(
    known: Mapping[ChainId, Head],
    entry: Placed,
    act: Revocation,
    seat: SeatId,
    revoked_by: Mapping[int, set[SeatId]],
    notices: set[Notice],
) -> Cut:
    cut = {chain: head for chain, head in known.items() if chain.seat == seat}
    own = entry.deed.head
    if own.seat == seat:
        # A seat that revokes itself knows its own chain up to that entry.
        cut[own.chain] = own.as_head
    for listed in act.cuts:
        if listed.chain.seat not in revoked_by[entry.index]:
            notices.add(_notice(entry, act, "a cut names a chain of a seat it does not revoke"))
        elif listed.chain.seat != seat:
            continue
        elif listed.chain not in cut:
            if listed.chain.stream != Stream.MEMBERS:
                cut[listed.chain] = listed
        elif cut[listed.chain] != listed:
            notices.add(_notice(entry, act, "a cut contradicts what the headers say was known"))
    return cut


def _notice(entry: Placed, act: Revocation, why: str) -> Notice:
    fact = next(fact for fact, one in entry.deed.acts if one is act)
    return Notice(entry.hash, fact, "M6", why)
