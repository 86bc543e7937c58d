"""What is remembered of one relay: what it said and promised, when it was heard, what is still to be verified.

Law: `last`, heads and promises only grow; what contradicts them is evidence. Source: docs/format/exchange.md,
L3–L5.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

from lanterne.wire import packing
from lanterne.wire.exchange import (
    FORMAT,
    MAX_BATCH,
    MAX_HEADS,
    MOMENT_LIMIT,
    NUMBER_LIMIT,
    Fields,
    HolderId,
    heads_to_wire,
)
from lanterne.wire.names import ChainId, Head
from lanterne.wire.statements import MAX_NOTICE_BYTES, MAX_RECEIPT_BYTES, Kept

MAX_BYTES = 60 * 1024 * 1024
BRIEF = 16
"""Entries of a receipt that is small enough to be handed on with every statement: 1 KB."""
MAX_PENDING = 64
"""Receipts waiting to be verified; the oldest are let go first."""
MAX_AUDITED = 256
"""Places verified that are remembered: 4 KB."""


@dataclass(frozen=True, slots=True)
class RelayMemory:
    """Of one relay.

    Attributes:
        last: the greatest position it ever named.
        said: the heads it last said it holds; `answer` is that answer with its proof, `answer_last` its last.
        promised: heads it gave a receipt for since; `receipt` is the newest one given to this device, `brief` the
            newest that names few entries: the one handed on in statements.
        pending: receipts that came in statements of others, to be verified at the next exchange.
        audited: places (position and entry) verified so far, 16 bytes each, newest last. Each is verified by itself:
            that a later one holds says nothing of an earlier one, where a relay may show others another history.
        heard, silent_since: milliseconds by this device's clock; 0 when never, or not silent.
        why: the code of what went wrong, while it is silent.
        notices: the operator's notices in force, raw.
    """

    relay: HolderId
    last: int = 0
    said: tuple[Head, ...] = ()
    answer: bytes = b""
    promised: tuple[Head, ...] = ()
    receipt: bytes = b""
    brief: bytes = b""
    pending: tuple[bytes, ...] = ()
    audited: tuple[bytes, ...] = ()
    heard: int = 0
    silent_since: int = 0
    why: str = ""
    notices: tuple[bytes, ...] = ()

    @property
    def holds(self) -> tuple[Head, ...]:
        """Every head it said or promised to hold."""
        return tuple(sorted({*self.said, *self.promised}))

    def promise(self, heads: tuple[Head, ...], receipt: bytes, last: int) -> RelayMemory:
        """It gave a receipt for these."""
        brief = receipt if len(heads) <= BRIEF else self.brief
        if len(heads) == 1 and heads[0] in self.promised:
            # Promised already, under a receipt that names more.
            return replace(self, brief=brief)
        newest: dict[ChainId, Head] = {}
        for head in sorted((*self.promised, *heads)):
            newest[head.chain] = head
        return replace(
            self,
            promised=tuple(sorted(newest.values())),
            receipt=receipt,
            brief=brief,
            last=max(last, self.last),
        )

    def was_audited(self, last: Kept) -> bool:
        """Whether this entry was found at this position."""
        return _place(last) in self.audited

    def audit(self, last: Kept) -> RelayMemory:
        """The relay was asked for this place."""
        return replace(self, audited=(*self.audited, _place(last))[-MAX_AUDITED:])

    def pack(self) -> bytes:
        """As it is kept."""
        return packing.encode(
            {
                "format": FORMAT,
                "relay": bytes.fromhex(self.relay),
                "last": self.last,
                "said": heads_to_wire(self.said),
                "answer": self.answer,
                "promised": heads_to_wire(self.promised),
                "receipt": self.receipt,
                "brief": self.brief,
                "pending": list(self.pending),
                "audited": list(self.audited),
                "heard": self.heard,
                "silent_since": self.silent_since,
                "why": self.why,
                "notices": list(self.notices),
            }
        )


def read_memory(data: bytes) -> RelayMemory:
    """Raises MessageRefused."""
    fields = Fields.unpack(data, "relay memory", at_most=MAX_BYTES)
    fields.format()
    return RelayMemory(
        HolderId(fields.id("relay")),
        fields.integer("last", NUMBER_LIMIT),
        fields.heads("said"),
        fields.octets("answer", at_most=4 * MAX_BATCH),
        fields.heads("promised", 4 * MAX_HEADS),
        fields.octets("receipt", at_most=MAX_RECEIPT_BYTES),
        fields.octets("brief", at_most=MAX_RECEIPT_BYTES),
        fields.signed("pending", MAX_PENDING, MAX_RECEIPT_BYTES),
        fields.signed("audited", MAX_AUDITED, 16) if fields.has("audited") else (),
        fields.integer("heard", MOMENT_LIMIT),
        fields.integer("silent_since", MOMENT_LIMIT),
        fields.text("why", 64),
        fields.signed("notices", 64, MAX_NOTICE_BYTES),
    )


def _place(last: Kept) -> bytes:
    return hashlib.sha256(last.position.to_bytes(8) + bytes.fromhex(last.hash)).digest()[:16]


def shrunk(before: tuple[Head, ...], now: tuple[Head, ...]) -> list[Head]:
    """The heads of `before` whose chain is missing from `now`, or stands there at a lower number."""
    reached: dict[ChainId, int] = {}
    for head in now:
        reached[head.chain] = max(reached.get(head.chain, 0), head.seq)
    return [head for head in before if reached.get(head.chain, 0) < head.seq]
