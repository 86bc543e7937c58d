"""A relay played in memory, honest by default, and the lies it can be made to tell.

It keeps entries in its order of arrival, gives signed receipts, signs its answers: what a device sees of the real
one. A lie overrides what it says; who plays it says what must be alarmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lanterne.journal.journal import Journal, Outcome
from lanterne.proof.exchange import sign_answer, sign_receipt, sign_request
from lanterne.proof.relay_key import RelayKey
from lanterne.sync.errors import PeerRefuses, PeerUnknown
from lanterne.sync.holding import Holding
from lanterne.sync.peers.port import PeerEntries, PeerGave, PeerHeads, PeerPlaced, Proof, Way
from lanterne.sync.relay_file import RelayFile
from lanterne.wire.asking import (
    EntriesRequest,
    HeadsAnswer,
    Range,
    StatementVerdict,
    Verdict,
    pack_entries_request,
    pack_heads,
    read_heads,
    read_state,
    refusal,
)
from lanterne.wire.blob_lists import BlobList, pack_firsts, read_list, read_sums
from lanterne.wire.errors import EntryRefused
from lanterne.wire.exchange import HolderId, MessageRefused
from lanterne.wire.framing import Placed, frame_piece, frame_placed, read_piece
from lanterne.wire.names import DeviceId, EntryHash
from lanterne.wire.request import Request
from lanterne.wire.statements import Kept, Receipt
from tests.journal.stage import dice
from tests.sync.stage import Machine, bare

_ANSWERS = {
    Outcome.NEW: Verdict.KEPT,
    Outcome.DUPLICATE: Verdict.HELD,
    Outcome.FORK: Verdict.APART,
    Outcome.WAITS: Verdict.WAITS,
}


@dataclass
class RelayPlay:
    """What it keeps. Lies change what peers see, never what is kept."""

    journal: Journal
    key: RelayKey
    clock: list[int]
    order: list[bytes] = field(default_factory=list)
    places: dict[EntryHash, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.holding = Holding(self.journal, DeviceId("00" * 16), lambda: self.clock[0])

    @property
    def file(self) -> RelayFile:
        return RelayFile("http://relais.invalid", self.key.id, self.key.public)

    def give(self, raws: Sequence[bytes]) -> PeerGave:
        answers, kept = [], set()
        for raw, answer in zip(raws, self.journal.receive_many(raws), strict=True):
            if isinstance(answer, EntryRefused):
                answers.append(refusal(answer.check))
                continue
            verdict = _ANSWERS[answer.outcome]
            if verdict in (Verdict.KEPT, Verdict.APART):
                self.order.append(raw)
                self.places[answer.hash] = len(self.order)
            answers.append(int(verdict))
            if verdict is not Verdict.WAITS:
                kept.add(answer.hash)
        named = sorted((Kept(one, self.places[one]) for one in kept), key=lambda one: one.position)
        receipt = Receipt(self.journal.practice, self.key.id, self.clock[0], tuple(named))
        return PeerGave(tuple(answers), sign_receipt(receipt, self.key).raw if named else None)

    def heads(self) -> HeadsAnswer:
        said = read_heads(self.holding.heads(b""))
        return HeadsAnswer(said.heads, said.statements, said.waiting, len(self.order))


class RelayPeer:
    """How one machine sees the relay. Subclasses lie."""

    way = Way.RELAY

    def __init__(self, relay: RelayPlay, machine: Machine) -> None:
        self.relay, self.machine = relay, machine
        self.id: HolderId | None = relay.key.id
        self.key: bytes | None = relay.key.public
        self.sent = self.came = 0
        self.calls = 0
        machine.known.set_relay(relay.file)

    def proof(self, request: str, asked: bytes, body: bytes) -> Proof:
        """The answer as the real relay would sign it."""
        self.calls += 1
        device, practice = self.machine.device, self.relay.journal.practice
        sent = Request("POST", f"/1/{practice}/{request}", asked, practice, self.relay.key.id)
        header = sign_request(
            sent, device=device.id, signer=device, time=self.machine.now(), nonce=self.machine.random(16)
        )
        answer = sign_answer(header, status=200, body=body, holder=self.relay.key.id, signer=self.relay.key)
        return Proof(header.to_text(), answer.to_text(), 200, body)

    def heads(self) -> PeerHeads:
        said = self.say_heads(self.relay.heads())
        return PeerHeads(said, (), self.proof("heads", b"", pack_heads(said)))

    def say_heads(self, said: HeadsAnswer) -> HeadsAnswer:
        return said

    def entries(self, ranges: Sequence[Range], most_bytes: int) -> PeerEntries:
        asked = pack_entries_request(EntriesRequest(tuple(ranges), most_bytes))
        piece = read_piece(self.relay.holding.entries(asked))
        entries, more = self.say_entries(piece.entries, piece.more)
        return PeerEntries(entries, more, self.proof("entries", asked, frame_piece(entries, more=more)))

    def say_entries(self, entries: tuple[bytes, ...], more: bool) -> tuple[tuple[bytes, ...], bool]:
        return entries, more

    def give(self, raws: Sequence[bytes]) -> PeerGave:
        self.calls += 1
        return self.relay.give(raws)

    def state(self, statement: bytes) -> StatementVerdict:
        self.calls += 1
        try:
            return read_state(self.relay.holding.state(statement))
        except MessageRefused as error:
            raise PeerUnknown("it does not know the device") from error

    def since(self, after: int, most_bytes: int) -> PeerPlaced:
        order = self.say_order(self.relay.order)
        placed = [Placed(after + 1 + place, raw) for place, raw in enumerate(order[after : after + 1])]
        return PeerPlaced(tuple(placed), self.proof("since", b"", frame_placed(placed, more=False)))

    def say_order(self, order: list[bytes]) -> list[bytes]:
        return order

    def sums(self) -> bytes:
        return read_sums(self.relay.holding.sums(b""))

    def blobs(self, firsts: bytes) -> BlobList:
        return read_list(self.relay.holding.blobs(pack_firsts(firsts)))

    def blob(self, name: str, offset: int) -> tuple[bytes, int]:
        blobs = self.relay.journal.blobs
        return blobs.read(name, offset, 256 * 1024), blobs.size(name) or 0

    def keep(self, name: str, offset: int, data: bytes, total: int) -> tuple[int, bool]:
        blobs = self.relay.journal.blobs
        held = blobs.take(name, offset, data, last=offset + len(data) == total)
        return held, blobs.has(name)

    def drop(self, name: str) -> None:
        blobs = self.relay.journal.blobs
        if name not in blobs.emptied:
            raise PeerRefuses(
                "no entry that empties this document is known here", status=403, check="emptied"
            )
        blobs.drop(name)

    def close(self) -> None:
        pass


def play_relay(machine: Machine, root: Path, seed: int = 900) -> RelayPlay:
    """A relay that was told of the practice and holds nothing yet."""
    journal = bare(machine.journal, machine.device, root)
    return RelayPlay(journal, RelayKey.new(dice(seed)), machine.clock)
