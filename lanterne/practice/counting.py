"""Which entries count, when the membership changes after they were folded (E15).

A revocation that arrives late takes entries out of the charts, one that falls puts them back. The tables
remember how each seat stood; when that changes, the entries of the seat held here are judged anew. Only
when one of them stands otherwise than it was folded is everything folded anew: a forgotten passphrase,
which revokes a seat at its newest entry, costs nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple, cast

from lanterne.practice.tables import Connection
from lanterne.proof.membership import Membership, Standing
from lanterne.wire.entry import EntryHead
from lanterne.wire.names import ChainId, EntryHash, SeatId, Stream

_META = "standing"
_EMPTIED = "emptied"


class _Head(NamedTuple):
    """What the membership asks of a head, from a row of `entry`."""

    chain: ChainId
    seq: int
    hash: EntryHash
    time_ms: int

    @property
    def seat(self) -> SeatId:
        return self.chain.seat

    @property
    def stream(self) -> Stream:
        return self.chain.stream


def remember(connection: Connection, members: Membership) -> None:
    """Write how each seat stands, in the transaction that folds what they wrote."""
    connection.execute(
        "INSERT OR REPLACE INTO meta VALUES (?, ?)", (_META, json.dumps(_seats(members), sort_keys=True))
    )
    connection.execute(
        "INSERT OR REPLACE INTO meta VALUES (?, ?)", (_EMPTIED, json.dumps(sorted(members.emptied)))
    )


def unchanged(connection: Connection, members: Membership) -> bool:
    """Whether every seat stands as it did when its entries were folded, and as much is emptied."""
    if _remembered_emptied(connection) != set(members.emptied):
        return False
    return not _moved(_remembered(connection), _seats(members))


def folded_otherwise(connection: Connection, members: Membership) -> bool:
    """Whether an entry folded counts no further, or one kept apart counts now; whether one folded was emptied, or one
    not folded for that counts again.
    """
    before = _remembered_emptied(connection)
    if before - members.emptied.keys() or any(
        _has_facts(connection, one) for one in members.emptied.keys() - before
    ):
        return True
    apart = {bytes(row[0]): str(row[1]) for row in connection.execute("SELECT hash, standing FROM apart")}
    for seat in _moved(_remembered(connection), _seats(members)):
        for identifier, stream, incarnation, seq, time in connection.execute(
            "SELECT hash, stream, incarnation, seq, time FROM entry WHERE seat = ?", (bytes.fromhex(seat),)
        ):
            chain = ChainId(SeatId(seat), incarnation, Stream(stream))
            head = _Head(chain, seq, EntryHash(bytes(identifier).hex()), time >> 16)
            stands = members.entitled(cast(EntryHead, head)).value
            if stands != apart.get(bytes(identifier), Standing.COUNTS.value):
                return True
    return False


def _remembered_emptied(connection: Connection) -> set[str]:
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (_EMPTIED,)).fetchone()
    return set(json.loads(row[0])) if row is not None else set()


def _has_facts(connection: Connection, entry: str) -> bool:
    row = connection.execute(
        "SELECT 1 FROM entry e JOIN fact f ON f.entry = e.no WHERE e.hash = ? LIMIT 1",
        (bytes.fromhex(entry),),
    ).fetchone()
    return row is not None


def _remembered(connection: Connection) -> dict[str, str]:
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (_META,)).fetchone()
    return dict(json.loads(row[0])) if row is not None else {}


def _seats(members: Membership) -> dict[str, str]:
    return {
        seat.id: repr((seat.not_after, sorted(sorted(cut.items()) for cut in members.cuts(seat.id))))
        for seat in members.seats
    }


def _moved(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return [seat for seat in sorted(before.keys() | now.keys()) if before.get(seat) != now.get(seat)]
