"""Requests and answers between holders, as messages: what each asks, what each is told.

Law: every list has a limit, said here and in docs/format/exchange.md; an answer is one of few numbers. One
function writes a message and one reads it, and what is written can be read back. Source:
docs/format/exchange.md, Requests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from lanterne.wire import packing
from lanterne.wire.exchange import (
    MAX_BATCH,
    MAX_TEXT,
    MOMENT_LIMIT,
    NUMBER_LIMIT,
    BlobName,
    Fields,
    chain_to_wire,
    heads_to_wire,
    read_chain,
)
from lanterne.wire.framing import MAX_ENTRIES
from lanterne.wire.names import ChainId, Head
from lanterne.wire.statements import MAX_NAMES, MAX_NOTICE_BYTES, MAX_RECEIPT_BYTES, MAX_STATEMENT_BYTES

MAX_RANGES = 4096
MAX_BLOBS = 4096
MAX_BLOB_BYTES = 1 << 40
"""No blob is longer; holders set lower limits of their own."""
MAX_REQUEST = 1024 * 1024
"""Bytes of a request that is a map."""
MAX_HEADS_ANSWER = 32 * 1024 * 1024
"""Bytes: an answer to `heads` carries the statement of every device."""
MAX_NOTICES = 64


class Verdict(IntEnum):
    """What became of an entry given. A refusal by check En is 100 + n (`refusal`)."""

    KEPT = 0
    HELD = 1
    """It was held before."""
    APART = 2
    """Kept, in the order of arrival like any other, but it counts under a quota of its own: another entry
    stands under its number (E13), or it lies beyond the cut or the term of its seat (M11, M12), or the
    admission of its seat fell (M10)."""
    WAITS = 3
    """Kept until its predecessor comes (E12); on no receipt until then."""
    NO_ROOM = 4
    """Not kept: beyond a quota, or too many wait. To be given again later."""
    SUSPENDED = 5
    """Not kept: the operator suspended its seat here. To be given again later."""


REFUSED = 100
MAX_CHECK = 21


def refusal(check: str) -> int:
    """The answer for an entry refused by the check `check`, such as "E8"; ValueError when it is none."""
    number = int(check[1:]) if check[:1] == "E" and check[1:].isdigit() else 0
    if not 1 <= number <= MAX_CHECK:
        raise ValueError(check)
    return REFUSED + number


def kept(answer: int) -> bool:
    """Whether an answer says that the holder has the entry now."""
    return answer in (Verdict.KEPT, Verdict.HELD, Verdict.APART)


# ---------------------------------------------------------------- heads


@dataclass(frozen=True, slots=True)
class HeadsAnswer:
    """All tips held; statements and operator's notices, raw; how many entries wait.

    `last` is the newest position at a relay, 0 for a device.
    """

    heads: tuple[Head, ...]
    statements: tuple[bytes, ...]
    waiting: int
    last: int = 0
    notices: tuple[bytes, ...] = ()


def pack_heads(answer: HeadsAnswer) -> bytes:
    """The answer to `heads`."""
    return packing.encode(
        {
            "heads": heads_to_wire(answer.heads),
            "statements": list(answer.statements),
            "waiting": answer.waiting,
            "last": answer.last,
            "notices": list(answer.notices),
        }
    )


def read_heads(data: bytes) -> HeadsAnswer:
    """Raises MessageRefused."""
    fields = Fields.unpack(data, "heads", at_most=MAX_HEADS_ANSWER)
    return HeadsAnswer(
        fields.heads("heads"),
        fields.signed("statements", MAX_NAMES, MAX_STATEMENT_BYTES),
        fields.integer("waiting", NUMBER_LIMIT),
        fields.integer("last", NUMBER_LIMIT),
        fields.signed("notices", MAX_NOTICES, MAX_NOTICE_BYTES),
    )


# ---------------------------------------------------------------- entries, members, since


@dataclass(frozen=True, slots=True)
class Range:
    """Entries of a chain with number > `after` (and ≤ `to`, unless None)."""

    chain: ChainId
    after: int
    to: int | None = None


@dataclass(frozen=True, slots=True)
class EntriesRequest:
    """`most_bytes` of framed entries at most; all entries of one number come together, and at least those
    of one.
    """

    ranges: tuple[Range, ...]
    most_bytes: int = MAX_BATCH


def pack_entries_request(request: EntriesRequest) -> bytes:
    """What `entries` asks."""
    ranges = [{**chain_to_wire(one.chain), "after": one.after, "to": one.to} for one in request.ranges]
    return packing.encode({"ranges": ranges, "bytes": request.most_bytes})


def read_entries_request(data: bytes) -> EntriesRequest:
    """Raises MessageRefused."""
    fields = Fields.unpack(data, "entries", at_most=MAX_REQUEST)
    ranges = []
    for item in fields.items("ranges", MAX_RANGES):
        one = Fields(item, "range")
        to = one.integer("to", NUMBER_LIMIT) if one.given("to") else None
        ranges.append(Range(read_chain(one), one.integer("after", NUMBER_LIMIT), to))
    return EntriesRequest(tuple(ranges), fields.integer("bytes", MAX_BATCH + 1))


@dataclass(frozen=True, slots=True)
class AfterRequest:
    """What `members` and `since` ask: entries after the first `after` in the holder's order of arrival.

    For `since` it is a position; for `members` the number of members entries received from this holder.
    """

    after: int
    most_bytes: int = MAX_BATCH


def pack_after(request: AfterRequest) -> bytes:
    """What `members` and `since` ask."""
    return packing.encode({"after": request.after, "bytes": request.most_bytes})


def read_after(data: bytes) -> AfterRequest:
    """Raises MessageRefused."""
    fields = Fields.unpack(data, "after", at_most=MAX_REQUEST)
    return AfterRequest(fields.integer("after", NUMBER_LIMIT), fields.integer("bytes", MAX_BATCH + 1))


# ---------------------------------------------------------------- give, state, news


@dataclass(frozen=True, slots=True)
class GiveAnswer:
    """What became of each entry given, in order; the relay's receipt (raw) for those it keeps, or None."""

    answers: tuple[int, ...]
    receipt: bytes | None


def pack_give(answer: GiveAnswer) -> bytes:
    """The answer to `give`."""
    return packing.encode({"answers": [int(one) for one in answer.answers], "receipt": answer.receipt})


def read_give(data: bytes) -> GiveAnswer:
    """Raises MessageRefused, also for an answer that is none."""
    fields = Fields.unpack(data, "give")
    answers = fields.integers("answers", MAX_ENTRIES, REFUSED + MAX_CHECK + 1)
    if any(len(Verdict) <= answer <= REFUSED for answer in answers):
        raise fields.refuse("an answer that is none")
    receipt = fields.octets("receipt", at_most=MAX_RECEIPT_BYTES) if fields.given("receipt") else None
    return GiveAnswer(answers, receipt)


class StatementVerdict(IntEnum):
    """What became of a statement given."""

    KEPT = 0
    HELD = 1
    OLDER = 2
    """A newer one of that device is held."""
    CONTRADICTS = 3
    """H3 or H4: kept beside the one it contradicts, and handed on with it."""


def pack_state(verdict: StatementVerdict) -> bytes:
    """The answer to `state`."""
    return packing.encode({"answer": int(verdict)})


def read_state(data: bytes) -> StatementVerdict:
    """Raises MessageRefused."""
    fields = Fields.unpack(data, "state", at_most=MAX_REQUEST)
    return StatementVerdict(fields.integer("answer", len(StatementVerdict)))


def pack_news(last: int) -> bytes:
    """The answer to `news`: the newest position."""
    return packing.encode({"last": last})


def read_news(data: bytes) -> int:
    """Raises MessageRefused."""
    return Fields.unpack(data, "news", at_most=MAX_REQUEST).integer("last", NUMBER_LIMIT)


# ---------------------------------------------------------------- blobs


def pack_blobs(names: Sequence[BlobName]) -> bytes:
    """What `lacking` asks, and its answer."""
    return packing.encode({"blobs": [bytes.fromhex(name) for name in names]})


def read_blobs(data: bytes) -> tuple[BlobName, ...]:
    """Raises MessageRefused."""
    return Fields.unpack(data, "lacking", at_most=MAX_REQUEST).blobs("blobs", MAX_BLOBS)


def pack_held(size: int, whole: bool) -> bytes:
    """The answer to a piece of a blob: bytes held now, and whether that is the whole blob."""
    return packing.encode({"size": size, "whole": whole})


def read_held(data: bytes) -> tuple[int, bool]:
    """Raises MessageRefused."""
    fields = Fields.unpack(data, "held", at_most=MAX_REQUEST)
    whole = fields.value("whole")
    if type(whole) is not bool:
        raise fields.refuse("whole is not true or false")
    return fields.integer("size", MAX_BLOB_BYTES), whole


# ---------------------------------------------------------------- refusals


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why a request was not carried out. `check` is a word or a check's number.

    `time` (milliseconds) comes with "clock": what the asker signs its request anew with. `notice` is the
    operator's, raw, with "suspended".
    """

    check: str
    why: str
    time: int | None = None
    notice: bytes | None = None


def pack_complaint(complaint: Complaint) -> bytes:
    """The body of an answer that is not 200."""
    tree: dict[str, object] = {"check": complaint.check, "why": complaint.why}
    if complaint.time is not None:
        tree["time"] = complaint.time
    if complaint.notice is not None:
        tree["notice"] = complaint.notice
    return packing.encode(tree)


def read_complaint(data: bytes) -> Complaint:
    """Raises MessageRefused."""
    fields = Fields.unpack(data, "complaint", at_most=MAX_REQUEST)
    return Complaint(
        fields.text("check", 64),
        fields.text("why", MAX_TEXT),
        fields.integer("time", MOMENT_LIMIT) if fields.has("time") else None,
        fields.octets("notice", at_most=MAX_NOTICE_BYTES) if fields.has("notice") else None,
    )
