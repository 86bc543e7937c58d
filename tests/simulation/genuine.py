"""Whether entries are what their seats wrote, looked at with a library alone: no line of the code under test decides.

Source: docs/format/entry.md E6, E8, E11, E12.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import nacl.exceptions
import nacl.signing

from lanterne.wire.entry import ENTRY_CONTEXT, Entry
from lanterne.wire.names import NO_ENTRY, EntryHash
from tests.simulation.trace import Violation

if TYPE_CHECKING:
    from tests.simulation.world import World


def genuine(world: World, held: dict[str, dict[EntryHash, Entry]]) -> None:
    """Every entry of every device was signed by a seat of this practice, whole, and stands on the one before it."""
    keys = {post.seat.id: post.seat.sign_key for post in world.template.posts}
    looked: set[tuple[EntryHash, bytes]] = set()
    for name, entries in held.items():
        if name in world.flipped:
            continue
        for found in entries.values():
            head = found.head
            if head.prev != NO_ENTRY and head.prev not in entries:
                raise Violation(f"{name} holds {head.hash} without the entry before it")
            if (head.hash, head.signature) in looked:
                continue
            looked.add((head.hash, head.signature))
            _check(found, keys.get(head.seat), world.template.practice, name)


def _check(found: Entry, key: bytes | None, practice: str, name: str) -> None:
    head = found.head
    if key is None or head.practice != practice:
        raise Violation(f"{name} holds an entry of nobody here: {head.hash}")
    try:
        nacl.signing.VerifyKey(key).verify(ENTRY_CONTEXT + head.signed, head.signature)
    except nacl.exceptions.BadSignatureError as error:
        raise Violation(f"{name} holds {head.hash}, which its seat did not sign") from error
    for part, body in zip(head.parts, found.bodies, strict=True):
        if body is not None and hashlib.sha256(body).digest() != part.digest:
            raise Violation(f"{name} holds {head.hash} with a part that is not its own")
