"""The membership of each practice, computed from what the store holds and remembered within a bound.

Law: a membership is a function of the members entries kept, so it may be forgotten at any time and computed
again; it is replaced only once what changed it is durable. The least recently asked for goes first.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from lanterne.proof.membership import Membership
from lanterne.relay.store import Store
from lanterne.wire.entry import read_entry
from lanterne.wire.exchange import MAX_BATCH
from lanterne.wire.names import PracticeId


class Practices:
    """Memberships by practice. Any thread may ask."""

    def __init__(self, store: Store, most: int) -> None:
        """`most`: members entries whose reading is remembered, each practice counting one more."""
        self._store, self._most = store, most
        self._found: OrderedDict[PracticeId, tuple[Membership, int]] = OrderedDict()
        self._weight = 0
        self._lock = threading.Lock()

    def remembered(self, practice: PracticeId) -> Membership | None:
        """What is in memory; no work."""
        with self._lock:
            found = self._found.get(practice)
            if found is None:
                return None
            self._found.move_to_end(practice)
            return found[0]

    def membership(self, practice: PracticeId) -> Membership | None:
        """The membership, read from the store when it is not in memory; None for an unknown practice."""
        found = self.remembered(practice)
        if found is not None:
            return found
        account = self._store.account(practice)
        if account is None:
            return None
        membership = Membership.found(account.genesis)
        count = 0
        more = True
        while more:
            piece = self._store.members(practice, count, MAX_BATCH)
            # They passed E1-E11 when they came; signatures are checked again while they are placed.
            entries = [
                read_entry(raw, practice=practice, key_of=lambda _seat: b"", verify=False)
                for raw in piece.entries
            ]
            membership = membership.with_entries(entries)
            count += len(piece.entries)
            more = piece.more
        self._remember(practice, membership, count, only_new=True)
        return self.remembered(practice) or membership

    def moved(self, practice: PracticeId, membership: Membership, members_entries: int) -> None:
        """The members entries this membership comes from are durable now."""
        self._remember(practice, membership, members_entries, only_new=False)

    def _remember(self, practice: PracticeId, membership: Membership, count: int, *, only_new: bool) -> None:
        with self._lock:
            before = self._found.get(practice)
            if before is not None:
                if only_new:
                    return
                self._weight -= before[1]
            self._found[practice] = (membership, 1 + count)
            self._found.move_to_end(practice)
            self._weight += 1 + count
            while self._weight > self._most and len(self._found) > 1:
                _, (_, weight) = self._found.popitem(last=False)
                self._weight -= weight
