"""An entry's name without looking further: what it is, what it stands on.

Law: nothing here is believed; it tells where an entry would belong, before its checks are run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container
from typing import NamedTuple

from lanterne.wire.entry import ENTRY_CONTEXT, PREAMBLE_SIZE, read_preamble
from lanterne.wire.errors import EntryRefused
from lanterne.wire.names import NO_ENTRY, ChainId, EntryHash, Head, PracticeId


class Skimmed(NamedTuple):
    """The head an entry would be, and the entry before it (None for the first of its chain)."""

    head: Head
    before: Head | None


def skim(raw: bytes, practice: PracticeId) -> Skimmed | None:
    """None when it has no preamble of this practice (E1–E6) or is cut short."""
    try:
        preamble = read_preamble(raw, practice=practice)
    except EntryRefused:
        return None
    end = PREAMBLE_SIZE + preamble.header_size
    if len(raw) < end:
        return None
    chain = ChainId(preamble.seat, preamble.incarnation, preamble.stream)
    name = EntryHash(hashlib.sha256(ENTRY_CONTEXT + raw[:end]).hexdigest())
    prev = EntryHash(raw[PREAMBLE_SIZE : PREAMBLE_SIZE + 32].hex())
    before = None if prev == NO_ENTRY else Head(chain, preamble.seq - 1, prev)
    return Skimmed(Head(chain, preamble.seq, name), before)


def without_parts(raw: bytes, practice: PracticeId, emptied: Container[EntryHash]) -> bytes:
    """The head alone of an entry that was emptied; any other as it is."""
    found = skim(raw, practice)
    if found is None or found.head.hash not in emptied:
        return raw
    return raw[: read_preamble(raw, practice=practice).head_size]
