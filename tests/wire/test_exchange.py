"""The messages between holders: each is read as it was written, and in no other form."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from lanterne.wire import asking, framing, packing, request, statements
from lanterne.wire.asking import Range, Verdict
from lanterne.wire.entry import MAX_ENTRY_BYTES
from lanterne.wire.exchange import BlobName, HolderId, MessageRefused, Signed, head_key
from lanterne.wire.framing import Placed
from lanterne.wire.names import ChainId, DeviceId, EntryHash, Head, PracticeId, SeatId, Stream
from lanterne.wire.statements import Comparison, Kept, Named, OperatorNotice, Receipt, Scope, State, Statement

PRACTICE = PracticeId("ab" * 32)
DEVICE = DeviceId("cd" * 16)
RELAY = HolderId("ef" * 16)
SIGNATURE = bytes(range(64))


def head(seat: str = "11", incarnation: int = 0, seq: int = 1, digest: str = "22") -> Head:
    chain = ChainId(SeatId(seat * 16), incarnation, Stream.CARE)
    return Head(chain, seq, EntryHash(digest * 32))


STATEMENT = Statement(
    PRACTICE,
    DEVICE,
    3,
    1000,
    (head(), head(digest="33"), head(incarnation=1), head("44")),
    (Named(DeviceId("01" * 16), 9, "55" * 32),),
    (b"receipt" * 20,),
)
RECEIPT = Receipt(PRACTICE, RELAY, 1000, (Kept(EntryHash("66" * 32), 7), Kept(EntryHash("55" * 32), 9)))
NOTICE = OperatorNotice(RELAY, Scope.SEAT, "77" * 16, State.SUSPENDED, "Fermé.", 5)
ANSWER = asking.HeadsAnswer(STATEMENT.heads, (b"s" * 70,), 2, 17, (b"n" * 70,))
ENTRIES = asking.EntriesRequest((Range(head().chain, 4, None), Range(head("44").chain, 0, 9)), 100)
GIVEN = asking.GiveAnswer((0, 1, 2, 3, 4, 5, 101, 120), b"receipt" * 10)


def signed(pack: Callable[..., bytes]) -> Callable[..., bytes]:
    return lambda value: pack(value) + SIGNATURE


def value_of(read: Callable[[bytes], Signed[object]]) -> Callable[[bytes], object]:
    return lambda data: read(data).value


SIGNED = ("statement", "receipt", "notice")
MESSAGES: dict[str, tuple[object, Callable[..., bytes], Callable[[bytes], object]]] = {
    "statement": (STATEMENT, signed(statements.pack_statement), value_of(statements.read_statement)),
    "receipt": (RECEIPT, signed(statements.pack_receipt), value_of(statements.read_receipt)),
    "notice": (NOTICE, signed(statements.pack_notice), value_of(statements.read_notice)),
    "heads": (ANSWER, asking.pack_heads, asking.read_heads),
    "entries": (ENTRIES, asking.pack_entries_request, asking.read_entries_request),
    "after": (asking.AfterRequest(7, 9), asking.pack_after, asking.read_after),
    "give": (GIVEN, asking.pack_give, asking.read_give),
    "state": (asking.StatementVerdict.OLDER, asking.pack_state, asking.read_state),
    "news": (12, asking.pack_news, asking.read_news),
    "blobs": ((BlobName("88" * 32),), asking.pack_blobs, asking.read_blobs),
    "held": ((5, True), lambda value: asking.pack_held(*value), asking.read_held),
    "complaint": (
        asking.Complaint("clock", "too far", 9, b"n" * 70),
        asking.pack_complaint,
        asking.read_complaint,
    ),
    "piece": (
        framing.Piece((b"a" * 80, b"b" * 90), True),
        lambda value: framing.frame_piece(value.entries, more=value.more),
        framing.read_piece,
    ),
    "placed": (
        framing.PlacedPiece((Placed(3, b"a" * 80), Placed(4, b"b" * 90)), False),
        lambda value: framing.frame_placed(value.entries, more=value.more),
        framing.read_placed,
    ),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_read_as_it_was_written(name: str) -> None:
    value, pack, read = MESSAGES[name]
    assert read(pack(value)) == value


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_bent_is_refused_or_says_something_else(name: str) -> None:
    """Never an error of another kind, never the same message from other bytes."""
    value, pack, read = MESSAGES[name]
    good = pack(value)
    dice = random.Random(name)
    refused = 0
    for _ in range(400):
        data = bytearray(good)
        for _ in range(dice.choice((1, 1, 2, 5))):
            data[dice.randrange(len(data))] = dice.randrange(256)
        if dice.random() < 0.2:
            del data[dice.randrange(len(data)) :]
        try:
            found = read(bytes(data))
        except MessageRefused:
            refused += 1
        else:
            # Whether a signature holds is looked at elsewhere; every other byte matters here.
            same = bytes(data) == good or (name in SIGNED and data[:-64] == good[:-64])
            assert found != value or same
    assert refused > 20


@pytest.mark.parametrize("name", ["statement", "receipt", "notice", "heads", "entries", "give", "complaint"])
def test_unknown_fields_pass_and_missing_ones_do_not(name: str) -> None:
    value, pack, read = MESSAGES[name]
    tail = SIGNATURE if name in SIGNED else b""
    tree = packing.decode(pack(value)[: len(pack(value)) - len(tail)], max_bytes=1 << 20)
    assert read(packing.encode({**tree, "from the future": 1}) + tail) == value
    for field in tree:
        if (name, field) in {("complaint", "time"), ("complaint", "notice")}:
            continue
        left = {key: item for key, item in tree.items() if key != field}
        with pytest.raises(MessageRefused):
            read(packing.encode(left) + tail)


def test_a_newer_format_is_refused_aloud() -> None:
    tree = packing.decode(statements.pack_statement(STATEMENT), max_bytes=1 << 20)
    with pytest.raises(MessageRefused, match="newer Lanterne"):
        statements.read_statement(packing.encode({**tree, "format": 2}) + SIGNATURE)


@pytest.mark.parametrize(
    "bad",
    [
        {"heads": [1]},
        {"heads": "x"},
        {"number": 0},
        {"number": 1 << 63},
        {"number": True},
        {"time": -1},
        {"time": 1 << 48},
        {"practice": b"short"},
        {"names": [{"device": bytes(16), "number": 1, "hash": bytes(32)}] * 2},
        {"receipts": [b"x"] * 5},
        {"receipts": [b"x" * (64 * 1024 + 1)]},
        {"receipts": ["text"]},
    ],
)
def test_a_field_of_another_shape_refuses_the_statement(bad: dict[str, object]) -> None:
    tree = packing.decode(statements.pack_statement(STATEMENT), max_bytes=1 << 20)
    with pytest.raises(MessageRefused) as refused:
        statements.read_statement(packing.encode({**tree, **bad}) + SIGNATURE)
    assert refused.value.check == "H1"


def test_heads_are_written_sorted_and_read_only_so() -> None:
    assert statements.pack_statement(
        replace(STATEMENT, heads=STATEMENT.heads[::-1])
    ) == statements.pack_statement(STATEMENT)
    tree = packing.decode(statements.pack_statement(STATEMENT), max_bytes=1 << 20)
    for heads in (tree["heads"][::-1], [tree["heads"][0]] * 2):
        with pytest.raises(MessageRefused):
            statements.read_statement(packing.encode({**tree, "heads": heads}) + SIGNATURE)
    assert sorted(STATEMENT.heads, key=head_key) == list(STATEMENT.heads)


def test_what_could_not_be_read_back_is_not_written() -> None:
    with pytest.raises(MessageRefused):
        statements.pack_statement(replace(STATEMENT, number=0))
    with pytest.raises(MessageRefused):
        statements.pack_receipt(replace(RECEIPT, entries=RECEIPT.entries[::-1]))
    with pytest.raises(MessageRefused):
        statements.pack_notice(replace(NOTICE, text="x" * 2001))
    with pytest.raises(MessageRefused):
        statements.pack_notice(replace(NOTICE, scope=Scope.PRACTICE))
    with pytest.raises(MessageRefused):
        statements.pack_notice(replace(NOTICE, time=-1))


def test_the_longest_receipt_fits_a_statement() -> None:
    kept = tuple(
        Kept(EntryHash(f"{number:064x}"), (1 << 63) - 2000 + number) for number in range(framing.MAX_ENTRIES)
    )
    raw = statements.pack_receipt(replace(RECEIPT, entries=kept)) + SIGNATURE
    assert len(raw) <= statements.MAX_RECEIPT_BYTES
    most = tuple(head(f"{seat:02x}", number) for seat in range(16) for number in range(256))
    names = tuple(Named(DeviceId(f"{number:032x}"), 1 << 62, "55" * 32) for number in range(1024))
    longest = replace(STATEMENT, heads=most, names=names, receipts=(raw,) * 4, number=(1 << 63) - 1)
    assert len(statements.pack_statement(longest)) + 64 <= statements.MAX_STATEMENT_BYTES


# ---------------------------------------------------------------- H3, H4


def said(number: int, *heads: Head, time: int = 0) -> Signed[Statement]:
    value = Statement(PRACTICE, DEVICE, number, time, heads)
    return Signed(value, statements.pack_statement(value), SIGNATURE)


@pytest.mark.parametrize(
    ("held", "come", "found"),
    [
        (said(1, head(seq=4)), said(1, head(seq=4)), Comparison.SAME),
        (said(1, head(seq=4)), said(2, head(seq=4)), Comparison.NEWER),
        (said(1, head(seq=4)), said(70_000, head(seq=9), head("44")), Comparison.NEWER),
        (said(2, head(seq=4)), said(1, head(seq=4)), Comparison.OLDER),
        (said(2, head(seq=4)), said(2, head(seq=4), time=1), Comparison.TWICE),
        (said(1, head(seq=4)), said(2, head(seq=3)), Comparison.SHRANK),
        (said(1, head(seq=4), head("44")), said(2, head(seq=5)), Comparison.SHRANK),
        (said(2, head(seq=4)), said(1, head(seq=5)), Comparison.SHRANK),
        (said(1, head(seq=4)), said(2, head(seq=4, digest="33")), Comparison.NEWER),
        (said(1, head(seq=4), head(seq=6, digest="33")), said(2, head(seq=6, digest="33")), Comparison.NEWER),
    ],
)
def test_statements_are_compared_whichever_came_first(
    held: Signed[Statement], come: Signed[Statement], found: Comparison
) -> None:
    assert statements.compare_statements(held, come) is found
    assert found.alarming == (found in (Comparison.TWICE, Comparison.SHRANK))


# ---------------------------------------------------------------- framing


def test_lengths_are_not_believed() -> None:
    entry = b"e" * 80
    good = framing.frame([entry, entry])
    assert framing.read_framed(good) == (entry, entry)
    assert framing.read_framed(b"") == ()
    bad = [
        good[:-1],
        good + b"\0",
        b"\xff\xff\xff\xff" + entry,
        b"\0\0\0\x4f" + entry[:79],
        (MAX_ENTRY_BYTES + 1).to_bytes(4, "big") + entry,
    ]
    for data in bad:
        with pytest.raises(MessageRefused):
            framing.read_framed(data)
    with pytest.raises(MessageRefused):
        framing.read_framed(good, most_entries=1)
    with pytest.raises(MessageRefused):
        framing.read_framed(good, at_most=len(good) - 1)


@pytest.mark.parametrize("positions", [(0,), (1, 3), (2, 1), (5, 5), (1 << 63,)])
def test_positions_follow_each_other(positions: tuple[int, ...]) -> None:
    data = framing.frame_placed([Placed(position, b"e" * 80) for position in positions], more=False)
    with pytest.raises(MessageRefused):
        framing.read_placed(data)


@pytest.mark.parametrize("data", [b"", b"\2", b"\1\0", b"\0" + bytes(7)])
def test_a_piece_says_whether_more_is_left(data: bytes) -> None:
    with pytest.raises(MessageRefused):
        framing.read_placed(data)
    if len(data) < 8:
        with pytest.raises(MessageRefused):
            framing.read_piece(data)


# ---------------------------------------------------------------- answers, requests


def test_refusals_are_numbered_by_their_check() -> None:
    assert asking.refusal("E8") == 108
    assert asking.refusal("E19") == 119
    for check in ("M1", "E0", "E22", "E", "8", "Ex"):
        with pytest.raises(ValueError, match=check):
            asking.refusal(check)
    assert [one for one in range(130) if asking.kept(one)] == [Verdict.KEPT, Verdict.HELD, Verdict.APART]
    for answer in (6, 99, 100, 122):
        with pytest.raises(MessageRefused):
            asking.read_give(packing.encode({"answers": [answer], "receipt": None}))


def test_what_a_device_signs_is_all_of_the_request() -> None:
    one = request.Request("POST", "/1/x/give?y", b"body", PRACTICE, RELAY)
    expected = hashlib.sha256(
        b"POST\0/1/x/give?y\0"
        + hashlib.sha256(b"body").digest()
        + bytes.fromhex(PRACTICE)
        + (7).to_bytes(8, "big")
        + b"n" * 16
        + bytes.fromhex(RELAY)
    ).digest()
    assert one.to_sign(7, b"n" * 16) == expected
    with pytest.raises(ValueError, match="16 bytes"):
        one.to_sign(7, b"n")
    answered = hashlib.sha256(SIGNATURE + (404).to_bytes(2, "big") + hashlib.sha256(b"").digest()).digest()
    assert request.answer_to_sign(SIGNATURE, 404, b"") == answered


def test_headers_are_read_as_they_were_written() -> None:
    asked = request.RequestHeader(DEVICE, 1_770_000_000_000, bytes(range(16)), SIGNATURE)
    assert request.read_request_header(asked.to_text()) == asked
    answered = request.AnswerHeader(RELAY, SIGNATURE)
    assert request.read_answer_header(answered.to_text()) == answered
    text = asked.to_text()
    bad = (
        "",
        text + "0",
        text[1:],
        text.upper(),
        text + "\n",
        text.replace(".", ","),
        text.replace("0", "é"),
    )
    for one in bad:
        with pytest.raises(MessageRefused):
            request.read_request_header(one)
    with pytest.raises(MessageRefused):
        request.read_request_header(replace(asked, time=1 << 48).to_text())
    with pytest.raises(MessageRefused):
        request.read_answer_header(text)
