"""A relay that lies. It holds the relay's own key, so that what it says is signed as any answer is.

Law: each lie is a change of one honest answer, named where it is told; whether a device could have known is for the
witness to say, who was told what was delivered.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from lanterne.proof.exchange import sign_answer, sign_receipt
from lanterne.sync.skim import skim
from lanterne.wire.asking import GiveAnswer, Verdict, pack_give, pack_heads, read_heads
from lanterne.wire.entry import PREAMBLE_SIZE, SIGNATURE_SIZE, read_preamble
from lanterne.wire.framing import Placed, frame_piece, frame_placed, read_framed, read_piece, read_placed
from lanterne.wire.names import SeatId, Stream
from lanterne.wire.request import HOLDER_HEADER, read_request_header
from lanterne.wire.statements import Kept, Receipt
from tests.simulation.holders import entries_on
from tests.simulation.network import Target
from tests.simulation.practice import template
from tests.simulation.relay import Answered, Relay

if TYPE_CHECKING:
    from tests.simulation.device import Device
    from tests.simulation.world import World


class Asked(NamedTuple):
    """Who asks what."""

    device: str
    request: str
    body: bytes


Bend = Callable[["Liar", Asked, bytes], bytes | None]


class Liar:
    """Stands before the relay. `bends` are the lies it tells now: each changes an answer, or gives None."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self.world, self.chance = world, chance
        self.bends: dict[str, Bend] = {}
        self.told: dict[str, list[bytes]] = defaultdict(list)
        """What each device was answered to `heads`, for later."""
        self.other: Relay | None = None
        """The second history, and who is shown it."""
        self.deceived: set[str] = set()

    def target(self, device: Device) -> Target:
        """What answers to this device."""

        def answer(method: str, path: str, body: bytes, headers: dict[str, str]) -> Answered:
            relay = (
                self.other if self.other is not None and device.name in self.deceived else self.world.relay
            )
            asked = Asked(device.name, path.rsplit("/", 1)[-1], body)
            if asked.request == "give" and "give_dropped" in self.bends and self.chance.random() < 0.5:
                made = _promise(self, asked)
                if made is not None:
                    return self._signed("give_dropped", headers, made, {})
            honest = relay.answer(method, path, body, headers)
            if honest.status != 200:
                return honest
            if asked.request == "heads":
                self.told[device.name].append(honest.body)
            for name, bend in sorted(self.bends.items()):
                changed = bend(self, asked, honest.body) if self.chance.random() < 0.8 else None
                if changed is not None and changed != honest.body:
                    return self._signed(name, headers, changed, honest.headers)
            return honest

        return answer

    def _signed(self, lie: str, asked: dict[str, str], body: bytes, headers: dict[str, str]) -> Answered:
        relay = self.world.relay
        header = read_request_header(
            next(text for name, text in asked.items() if name.lower() == "lanterne-device")
        )
        signed = sign_answer(header, status=200, body=body, holder=relay.key.id, signer=relay.key)
        kept = {name: text for name, text in headers.items() if name.lower() != HOLDER_HEADER.lower()}
        return Answered(200, {**kept, HOLDER_HEADER: signed.to_text()}, body, lie)


# ---------------------------------------------------------------------- the lies


def old_head(liar: Liar, asked: Asked, body: bytes) -> bytes | None:
    """What it said some time ago, once more."""
    return liar.chance.choice(liar.told[asked.device]) if asked.request == "heads" else None


def withheld(liar: Liar, asked: Asked, body: bytes) -> bytes | None:
    """Nothing of one seat: not its heads, not its entries, not its places in the order."""
    seats = [post.seat.id for post in liar.world.template.posts]
    return without(seats[sum(asked.device.encode()) % len(seats)], liar, asked, body)


def without(hidden: SeatId, liar: Liar, asked: Asked, body: bytes) -> bytes | None:
    """Nothing of this seat."""
    practice = liar.world.template.practice
    if asked.request == "heads":
        said = read_heads(body)
        return pack_heads(replace(said, heads=tuple(one for one in said.heads if one.chain.seat != hidden)))
    if asked.request == "entries":
        piece = read_piece(body)
        shown = [
            raw for raw in piece.entries if (found := skim(raw, practice)) and found.head.chain.seat != hidden
        ]
        return frame_piece(shown, more=piece.more)
    if asked.request == "since":
        placed = [
            one
            for one in read_placed(body).entries
            if (found := skim(one.raw, practice)) and found.head.chain.seat != hidden
        ]
        return frame_placed(placed, more=False)
    return None


def reordered(liar: Liar, asked: Asked, body: bytes) -> bytes | None:
    """Another entry at the place it promised."""
    if asked.request != "since":
        return None
    placed = read_placed(body)
    others = [one.raw for entries in [_foreign()] for one in entries]
    return frame_placed(
        [Placed(one.position, liar.chance.choice(others)) for one in placed.entries], more=placed.more
    )


def forged(liar: Liar, asked: Asked, body: bytes) -> bytes | None:
    """An entry whose last byte is another."""
    return _change_one(liar, asked, body, lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]))


def signed_anew(liar: Liar, asked: Asked, body: bytes) -> bytes | None:
    """An entry under a signature nobody made, over what may be true."""

    def change(raw: bytes) -> bytes:
        preamble = read_preamble(raw, practice=None)
        at = PREAMBLE_SIZE + preamble.header_size
        return raw[:at] + liar.chance.randbytes(SIGNATURE_SIZE) + raw[at + SIGNATURE_SIZE :]

    return _change_one(liar, asked, body, change)


def redated(liar: Liar, asked: Asked, body: bytes) -> bytes | None:
    """An entry of another time, under its old signature."""

    def change(raw: bytes) -> bytes:
        at = PREAMBLE_SIZE + 33
        return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]

    return _change_one(liar, asked, body, change)


def mixed(liar: Liar, asked: Asked, body: bytes) -> bytes | None:
    """An entry of another practice."""
    return _change_one(liar, asked, body, lambda _raw: liar.chance.choice(_foreign()).raw)


def _change_one(liar: Liar, asked: Asked, body: bytes, change: Callable[[bytes], bytes]) -> bytes | None:
    if asked.request != "entries":
        return None
    piece = read_piece(body)
    if not piece.entries:
        return None
    entries = list(piece.entries)
    place = liar.chance.randrange(len(entries))
    entries[place] = change(entries[place])
    return frame_piece(entries, more=piece.more)


def _promise(liar: Liar, asked: Asked) -> bytes | None:
    """A receipt for what is let fall."""
    world = liar.world
    skimmed = [skim(raw, world.template.practice) for raw in read_framed(asked.body)]
    last = max((read_heads(one).last for one in liar.told[asked.device]), default=0)
    named = tuple(
        Kept(one.head.hash, last + 1 + place) for place, one in enumerate(skimmed) if one is not None
    )
    if not named or len(named) != len(skimmed):
        return None
    receipt = Receipt(world.template.practice, world.relay.key.id, world.now_ms, named)
    answers = (int(Verdict.KEPT),) * len(named)
    return pack_give(GiveAnswer(answers, sign_receipt(receipt, world.relay.key).raw))


@cache
def _foreign() -> tuple[Placed, ...]:
    """Entries of another practice."""
    disk = template(1).posts[0].disk
    entries = [one for one in entries_on(disk).values() if one.head.stream is Stream.CARE]
    return tuple(Placed(1 + place, one.raw) for place, one in enumerate(entries))


LIES: dict[str, Bend] = {
    "old_head": old_head,
    "withheld": withheld,
    "reordered": reordered,
    "forged": forged,
    "redated": redated,
    "signed_anew": signed_anew,
    "mixed": mixed,
    "give_dropped": lambda _liar, _asked, _body: None,
}
FORGED = frozenset({"forged", "redated", "signed_anew", "mixed"})
