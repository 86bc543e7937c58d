"""What a device answers as a holder, request by request, from its journal and what it knows.

Law: a message in, a message out; who asks was checked before. Source: docs/format/exchange.md, Requests.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from lanterne.journal.journal import Journal, Outcome
from lanterne.sync.known import Known
from lanterne.wire.asking import (
    MAX_HEADS_ANSWER,
    GiveAnswer,
    HeadsAnswer,
    Range,
    Verdict,
    pack_blobs,
    pack_give,
    pack_heads,
    pack_state,
    read_after,
    read_blobs,
    read_entries_request,
    refusal,
)
from lanterne.wire.blob_lists import list_names, pack_list, pack_sums, read_firsts, sum_names
from lanterne.wire.errors import EntryRefused
from lanterne.wire.exchange import MAX_BATCH
from lanterne.wire.framing import MAX_ENTRIES, frame_piece, framed_size, read_framed
from lanterne.wire.names import DeviceId, Stream

_ROOM = 1024 * 1024
_ANSWERS = {
    Outcome.NEW: Verdict.KEPT,
    Outcome.DUPLICATE: Verdict.HELD,
    Outcome.FORK: Verdict.APART,
    Outcome.WAITS: Verdict.WAITS,
    Outcome.HEALED: Verdict.KEPT,
}


class Holding:
    """Answers from one journal. `requests` by their name: body in, body out; MessageRefused, DiskFull, …

    Args:
        speaks: makes this device's statement when one is due, before its heads are told; None for who makes none.
    """

    def __init__(
        self,
        journal: Journal,
        device: DeviceId,
        now_ms: Callable[[], int],
        speaks: Callable[[Known], object] | None = None,
    ) -> None:
        self._journal, self._device, self._now_ms, self._speaks = journal, device, now_ms, speaks
        self.known = Known(journal)
        self.requests: dict[str, Callable[[bytes], bytes]] = {
            "heads": self.heads,
            "members": self.members,
            "entries": self.entries,
            "give": self.give,
            "state": self.state,
            "sums": self.sums,
            "blobs": self.blobs,
            "lacking": self.lacking,
        }

    def heads(self, body: bytes) -> bytes:
        """All tips held, and every statement known."""
        if self._speaks is not None:
            self._speaks(self.known)
        statements = [one.raw for one in self.known.statements().values()]
        statements += [raw for raw in self.known.contradictions() if raw not in statements]
        size, told = 0, []
        for raw in statements:
            size += len(raw)
            if size < MAX_HEADS_ANSWER - _ROOM:
                told.append(raw)
        return pack_heads(HeadsAnswer(tuple(self._journal.tips), tuple(told), self._journal.waiting))

    def members(self, body: bytes) -> bytes:
        """Members entries in the order they came here."""
        asked = read_after(body)
        arrived = (one.entry.raw for one in self._journal.since(Stream.MEMBERS))
        found: list[bytes] = []
        size = 0
        for raw in islice(arrived, asked.after, None):
            size += framed_size(raw)
            if found and size > min(asked.most_bytes, MAX_BATCH):
                return frame_piece(found, more=True)
            found.append(raw)
        return frame_piece(found, more=False)

    def entries(self, body: bytes) -> bytes:
        """Entries of chains, those of one number together."""
        asked = read_entries_request(body)
        found: list[bytes] = []
        size = 0
        for together in self._by_number(asked.ranges):
            grown = size + sum(framed_size(raw) for raw in together)
            if found and grown > min(asked.most_bytes, MAX_BATCH):
                return frame_piece(found, more=True)
            size = grown
            found += together
        return frame_piece(found, more=False)

    def _by_number(self, ranges: Sequence[Range]) -> Iterator[list[bytes]]:
        for one in ranges:
            together: list[bytes] = []
            seq = 0
            for entry in self._journal.entries_after(one.chain, one.after, one.to):
                if together and entry.head.seq != seq:
                    yield together
                    together = []
                seq = entry.head.seq
                together.append(entry.raw)
            if together:
                yield together

    def give(self, body: bytes) -> bytes:
        """Take entries in; durable when this returns."""
        raws = read_framed(body, most_entries=MAX_ENTRIES)
        answers = []
        for answer in self._journal.receive_many(raws):
            if not isinstance(answer, EntryRefused):
                answers.append(int(_ANSWERS[answer.outcome]))
            elif answer.check == "E12":
                answers.append(int(Verdict.NO_ROOM))
            else:
                answers.append(refusal(answer.check))
        return pack_give(GiveAnswer(tuple(answers), None))

    def state(self, body: bytes) -> bytes:
        """Take a statement."""
        return pack_state(self.known.take_statement(body, self._device, self._now_ms()))

    def _names(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = {}
        for name in self._journal.blobs.names():
            found.setdefault(int(name[:2], 16), []).append(name)
        return found

    def sums(self, body: bytes) -> bytes:
        """Sums of the names of documents held whole."""
        return pack_sums(sum_names(self._journal.blobs.names()))

    def blobs(self, body: bytes) -> bytes:
        """Names of documents held whole."""
        return pack_list(list_names(self._names(), read_firsts(body)))

    def lacking(self, body: bytes) -> bytes:
        """Which of these are not here."""
        return pack_blobs([name for name in read_blobs(body) if not self._journal.blobs.has(name)])
