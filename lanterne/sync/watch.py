"""Holding a relay to its word, and everybody to theirs: what raises L1 and L3–L6.

Law: only what is signed is held against anybody, and only what an honest holder cannot do. A holder that is away,
busy, or simply has less to say than we hoped is no liar. Source: docs/format/exchange.md, "What is known never
shrinks".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lanterne.journal.journal import Journal
from lanterne.sync.alarms import Alarm, Lie
from lanterne.sync.errors import PeerUnreadable
from lanterne.sync.known import Known
from lanterne.sync.moves import Fate, Item
from lanterne.sync.peers.port import Peer, PeerEntries, PeerHeads, Proof, Way
from lanterne.sync.relay_file import RelayFile
from lanterne.sync.relay_memory import RelayMemory, shrunk
from lanterne.sync.skim import skim
from lanterne.wire.asking import kept
from lanterne.wire.exchange import HolderId
from lanterne.wire.names import Head
from lanterne.wire.statements import Receipt

NO_LIE = frozenset({"E2", "E3", "E7", "E12", "E13", "E15", "E21"})
"""Checks an honest holder's entry can fail here: written by a newer Lanterne, or by somebody not known yet."""


class Watch:
    """Watches one exchange; what it raises stands in `known.raised`."""

    def __init__(self, journal: Journal, known: Known, now_ms: int) -> None:
        self._journal, self._known, self._now = journal, known, now_ms

    def raise_alarm(
        self, lie: Lie, about: str, matter: str, why: str, evidence: Sequence[bytes | Proof | None]
    ) -> None:
        """Keep an alarm."""
        packed = tuple(
            one.pack() if isinstance(one, Proof) else one
            for one in evidence
            if one is not None and one != b""
        )
        self._known.alarm(Alarm(lie, about, matter, why, self._now, packed))

    # ------------------------------------------------------------------ anybody

    def forks(self) -> None:
        """L1: where each forked chain parts first; what follows there is the same matter."""
        for chain in sorted({chain for chain, _ in self._journal.forks}):
            seq = self._journal.first_fork(chain) or 1
            entries = sorted(self._journal.entries_after(chain, seq - 1, seq), key=lambda one: one.head.hash)
            evidence = [entry.head.raw for entry in entries]
            if len(evidence) > 1:
                matter = f"{chain.incarnation}/{chain.stream.name.lower()}/{seq}"
                self.raise_alarm(Lie.FORK, chain.seat, matter, "fork", evidence)

    def refused(self, peer: Peer, came: PeerEntries, items: Sequence[Item]) -> None:
        """L6: entries that are none, in an answer its holder signed."""
        if came.proof is None or peer.id is None:
            return
        for item in items:
            if item.fate is Fate.REFUSED and item.check not in NO_LIE:
                self.raise_alarm(Lie.NO_ENTRY, peer.id, item.check, item.check, [came.proof])

    # ------------------------------------------------------------------ relays

    def remembered(self, peer: Peer) -> RelayMemory | None:
        """What the relay said and promised so far; to be read before it is asked. None for another holder."""
        return None if peer.way is not Way.RELAY or peer.id is None else self._known.relay(peer.id)

    def relay_heads(self, peer: Peer, memory: RelayMemory | None, came: PeerHeads) -> None:
        """L3, L4: what it says it holds against all it had said and promised before it was asked.

        Another process may have spoken with it meanwhile: what it promised there, this answer cannot know.
        """
        if memory is None or peer.id is None:
            return
        answer = came.answer
        if answer.last < memory.last:
            evidence = [memory.answer, memory.receipt, came.proof]
            self.raise_alarm(Lie.SHRANK, peer.id, str(memory.last), "last", evidence)
        for head in shrunk(memory.said, answer.heads):
            self.raise_alarm(Lie.SHRANK, peer.id, _name(head), "heads", [memory.answer, came.proof])
        for head in shrunk(memory.promised, answer.heads):
            self.raise_alarm(Lie.RECEIPT, peer.id, _name(head), "missing", [memory.receipt, came.proof])
        proof = came.proof.pack() if came.proof is not None else b""

        def change(now: RelayMemory) -> RelayMemory:
            grown = tuple(sorted({*answer.heads, *shrunk((*now.said, *memory.promised), answer.heads)}))
            promised = tuple(head for head in now.promised if head not in memory.promised)
            if (grown, promised, answer.notices) == (now.said, now.promised, now.notices):
                return now if answer.last <= now.last else replace(now, last=answer.last, answer=proof)
            return replace(
                now,
                last=max(now.last, answer.last),
                said=grown,
                answer=proof,
                promised=promised,
                notices=answer.notices,
            )

        self._known.change_relay(peer.id, change)

    def audit(self, peer: Peer, relay: RelayFile | None) -> None:
        """L3, L5: the newest receipt given to us, and each one others were given: is it where it was promised?

        Raises PeerError: what could not be asked stays to be asked.
        """
        if peer.way is not Way.RELAY or peer.id is None or relay is None:
            return
        memory = self._known.relay(peer.id)
        for raw in (*memory.pending, memory.receipt):
            receipt = self._known.receipt_of(raw, relay) if raw else None
            if receipt is None or not receipt.entries or memory.was_audited(receipt.entries[-1]):
                continue
            self._audit_one(
                peer, peer.id, raw, receipt, Lie.RECEIPT if raw == memory.receipt else Lie.WITHHELD
            )
            last = receipt.entries[-1]
            memory = self._known.change_relay(peer.id, lambda one, last=last: one.audit(last))  # type: ignore[misc]
        if memory.pending:
            self._known.change_relay(peer.id, lambda one: replace(one, pending=()))

    def _audit_one(self, peer: Peer, relay: HolderId, raw: bytes, receipt: Receipt, lie: Lie) -> None:
        promised = receipt.entries[-1]
        came = peer.since(promised.position - 1, 1)
        first = came.entries[0] if came.entries else None
        found = skim(first.raw, self._journal.practice) if first is not None else None
        if first is None or first.position != promised.position:
            self.raise_alarm(lie, relay, str(promised.position), "missing", [raw, came.proof])
        elif found is None or found.head.hash != promised.hash:
            self.raise_alarm(lie, relay, str(promised.position), "other", [raw, came.proof])

    def gave(
        self,
        peer: Peer,
        relay: RelayFile | None,
        heads: Sequence[Head],
        answers: Sequence[int],
        raw: bytes | None,
    ) -> None:
        """Keep the receipt for entries given, and what it promises.

        Raises PeerUnreadable: it says it keeps what its receipt does not name, or the receipt is not its own.
        """
        if peer.way is not Way.RELAY or peer.id is None:
            return
        promised = [head for head, answer in zip(heads, answers, strict=True) if kept(answer)]
        if not promised:
            return
        receipt = self._known.receipt_of(raw, relay) if raw is not None else None
        if receipt is None or raw is None:
            raise PeerUnreadable("it gives no receipt for what it says it keeps")
        named = {one.hash for one in receipt.entries}
        if any(head.hash not in named for head in promised):
            raise PeerUnreadable("its receipt does not name what it says it keeps")
        last = receipt.entries[-1].position

        def change(memory: RelayMemory) -> RelayMemory:
            return memory.promise(tuple(promised), raw, last)

        self._known.change_relay(peer.id, change)


def _name(head: Head) -> str:
    chain = head.chain
    return f"{chain.seat}/{chain.incarnation}/{chain.stream.name.lower()}/{head.seq}"
