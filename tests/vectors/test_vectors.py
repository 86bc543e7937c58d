"""The frozen vectors say what they said when they were made."""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any

import pytest

from lanterne.journal.pairing_messages import (
    PairingUnreadable,
    read_answer,
    read_offer,
    read_request,
    short_code,
)
from lanterne.journal.receiving import check_apart
from lanterne.proof import signature
from lanterne.proof.genesis import read_genesis
from lanterne.proof.membership import Membership
from lanterne.proof.records import MembershipRefused
from lanterne.seal.blob import open_blob, seal_blob
from lanterne.seal.device import read_device_file
from lanterne.seal.epoch import EpochKeys
from lanterne.seal.errors import SheetMisread
from lanterne.seal.keyring import Keyring
from lanterne.seal.local import open_local
from lanterne.seal.naming import Naming
from lanterne.seal.seat import SeatKeys, SheetKeys
from lanterne.seal.secrets import derive
from lanterne.seal.sheet import read_lines, read_text, write_lines, write_qr
from lanterne.seal.table import open_table_key
from lanterne.seal.unlock import open_seat_file
from lanterne.wire.entry import Entry, emptied, read_entry, read_head
from lanterne.wire.errors import EntryRefused, UnknownLayout, UnknownSuite
from lanterne.wire.names import Compartment, EntryHash, PracticeId, Stream
from lanterne.wire.part import decode_part
from tests import cast
from tests.vectors import make, scenes


def load(name: str) -> Any:
    return json.loads((make.HERE / name).read_text(encoding="utf-8"))


def named(cases: list[Any]) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in cases]


GENESIS = load("genesis.json")
ENTRIES = load("entries.json")
WRONG = load("wrong_entries.json")
PARTS = load("wrong_parts.json")
MEMBERS = load("members.json")
EMPTIED = load("emptied.json")


def unverified(data: str) -> Entry:
    """A members entry whose signer may not be known yet: the membership checks E8 itself."""
    practice = PracticeId(GENESIS["practice"])
    return read_entry(bytes.fromhex(data), practice=practice, key_of=lambda _seat: b"", verify=False)


def membership_of(entries: list[str]) -> Membership:
    return Membership.found(bytes.fromhex(GENESIS["genesis"])).with_entries(map(unverified, entries))


def play_membership() -> Membership:
    members = [case["entry"] for case in ENTRIES["cases"] if case["stream"] == Stream.MEMBERS]
    return membership_of(members)


def test_derivation() -> None:
    frozen = load("derivation.json")
    secret = bytes.fromhex(frozen["secret"])
    for info, expected in frozen["derived"].items():
        assert derive(secret, info, len(expected) // 2).hex() == expected, info
    seat, sheet = SeatKeys(secret), SheetKeys(secret)
    for keys, expected in ((seat, frozen["seat"]), (sheet, frozen["sheet"])):
        assert [keys.id, keys.sign_key.hex(), keys.agree_key.hex()] == [*expected.values()]
    for name, expected in frozen["epochs"].items():
        epoch = EpochKeys(Compartment[name.upper()], secret)
        assert [epoch.key_id, epoch.public.hex()] == [*expected.values()]
    signed = frozen["signature"]
    context, message = signed["context"].encode(), bytes.fromhex(signed["message"])
    assert seat.sign(context, message).hex() == signed["signature"]
    assert signature.verifies(seat.sign_key, context, message, bytes.fromhex(signed["signature"]))
    assert not signature.verifies(seat.sign_key, b"other\0", message, bytes.fromhex(signed["signature"]))


def test_naming() -> None:
    frozen = load("naming.json")
    epoch = EpochKeys(Compartment.OFFICE, bytes.fromhex(frozen["epoch_secret"]))
    assert epoch.naming_key.hex() == frozen["naming_key"]
    drawn = Naming(epoch.naming_key)
    for one in frozen["ids"]:
        assert drawn.identifier(*one["pieces"]) == one["id"]
    assert len({one["id"] for one in frozen["ids"]}) == len(frozen["ids"])
    for one in frozen["blobs"]:
        told = one["content"]
        content = bytes.fromhex(told) if isinstance(told, str) else bytes(told["zeros"])
        sealed = io.BytesIO()
        blob = seal_blob(io.BytesIO(content), sealed, drawn.blob_random(content))
        assert (blob.name, blob.key.hex()) == (one["name"], one["key"])
        assert b"".join(open_blob(io.BytesIO(sealed.getvalue()), blob.key)) == content


def test_joining() -> None:
    """The same bytes, and the same code, from every version (exchange.md, A new device)."""
    frozen = load("joining.json")
    names = ("offer", "request", "reveal", "admission", "admission_first")
    raw = {name: bytes.fromhex(frozen[name]) for name in names}
    offer, request = read_offer(raw["offer"]), read_request(raw["request"])
    reveal, admission = read_answer(raw["reveal"]), read_answer(raw["admission"])
    for name, message in (
        ("offer", offer),
        ("request", request),
        ("reveal", reveal),
        ("admission", admission),
        ("admission_first", read_answer(raw["admission_first"])),
    ):
        assert message.to_bytes() == raw[name], name
    assert (reveal.members, admission.members) == (None, ())
    assert offer.grant.agrees(request.seat)
    nonce = bytes.fromhex(frozen["nonce"])
    assert offer.commit == hashlib.sha256(nonce).digest()
    hashes = [hashlib.sha256(raw[name]).digest() for name in ("offer", "request")]
    assert (request.offer, reveal.request) == tuple(hashes)
    assert short_code(frozen["practice"], nonce, *hashes) == frozen["code"]


@pytest.mark.parametrize("case", load("joining.json")["wrong"], ids=lambda case: case["why"])
def test_a_wrong_message_of_a_pairing(case: dict[str, str]) -> None:
    read = {"offer": read_offer, "request": read_request}.get(case["as"], read_answer)
    with pytest.raises(PairingUnreadable):
        read(bytes.fromhex(case["message"]))


def test_genesis() -> None:
    membership = Membership.found(bytes.fromhex(GENESIS["genesis"]))
    assert membership.practice == GENESIS["practice"]
    assert membership.sheet.id == GENESIS["sheet"]
    for keys in (
        SeatKeys(bytes.fromhex(GENESIS["seat_secret"])),
        SheetKeys(bytes.fromhex(GENESIS["sheet_secret"])),
    ):
        keyring = Keyring(keys, membership)
        assert keyring.unopened == ()
        assert all(keyring.newest(place) is not None for place in cast.ALL)


@pytest.mark.parametrize("case", named(GENESIS["wrong"]))
def test_wrong_genesis(case: Any) -> None:
    with pytest.raises(MembershipRefused) as caught:
        read_genesis(bytes.fromhex(case["genesis"]))
    assert caught.value.check == case["expect"]


@pytest.mark.parametrize("case", named(ENTRIES["cases"]))
def test_entry(case: Any) -> None:
    membership = play_membership()
    entry = read_entry(
        bytes.fromhex(case["entry"]),
        practice=membership.practice,
        key_of=membership.sign_key,
        check_signature=membership.check_signature,
    )
    head = entry.head
    assert (head.hash, head.seat, head.stream, head.seq, head.time) == (
        case["hash"],
        case["seat"],
        case["stream"],
        case["seq"],
        case["time"],
    )
    assert [[*map(str, one.chain), one.seq, one.hash] for one in head.heads] == case["heads"]
    assert [[int(part[0]), int(part[1]), *part[2:4]] for part in head.parts] == case["parts"]
    assert membership.entitled(head).value == case["standing"]
    keyring = Keyring(SeatKeys(bytes.fromhex(ENTRIES["reader_secret"])), membership)
    parts = [keyring.open_part(head, at, body or b"") for at, body in enumerate(entry.bodies)]
    assert parts[-1].subject == case["subject"]
    facts = [fact for part in parts for fact in part.facts]
    assert [(fact.id, fact.kind, fact.version, list(fact.replaces), fact.at) for fact in facts] == [
        (fact["id"], fact["kind"], fact["v"], fact["replaces"], fact["at"]) for fact in case["facts"]
    ]
    if head.stream != Stream.MEMBERS:
        assert [fact.body for fact in facts] == [fact["body"] for fact in case["facts"]]
    kept = read_head(
        head.raw,
        practice=membership.practice,
        key_of=membership.sign_key,
        check_signature=membership.check_signature,
    )
    assert kept == head
    assert emptied(kept).bodies == (None,) * len(head.parts)


@pytest.mark.parametrize("case", named(WRONG["cases"]))
def test_wrong_entry(case: Any) -> None:
    membership = membership_of(WRONG["members"])
    kinds = {kind: Compartment(place) for kind, place in WRONG["kinds"].items()}
    keyring = Keyring(SeatKeys(bytes.fromhex(WRONG["reader_secret"])), membership, kinds=kinds)

    def read() -> None:
        entry = read_entry(
            bytes.fromhex(case["entry"]),
            practice=membership.practice,
            key_of=membership.sign_key,
            check_signature=membership.check_signature,
        )
        for at, body in enumerate(entry.bodies):
            keyring.open_part(entry.head, at, body or b"")

    if case["expect"] == "opens":
        read()
        return
    with pytest.raises(EntryRefused) as caught:
        read()
    assert caught.value.check == case["expect"]
    assert isinstance(caught.value, UnknownSuite) == (case["expect"] == "E2")
    assert isinstance(caught.value, UnknownLayout) == (case["expect"] == "E3")


@pytest.mark.parametrize("case", named(PARTS["cases"]))
def test_part(case: Any) -> None:
    plaintext = bytes.fromhex(case["plaintext"])
    if case["expect"] == "opens":
        assert decode_part(plaintext).facts
        return
    with pytest.raises(EntryRefused) as caught:
        decode_part(plaintext)
    assert caught.value.check == case["expect"]


@pytest.mark.parametrize("case", named(MEMBERS["cases"]))
def test_members(case: Any) -> None:
    for entries in (case["entries"], case["entries"][::-1]):
        assert [notice.rule for notice in membership_of(entries).notices] == case["expect"]


def test_emptied() -> None:
    members = membership_of([EMPTIED["act"]])
    why = members.emptied[EntryHash(EMPTIED["hash"])]
    assert (why.by, why.at_ms, why.reason) == (EMPTIED["by"], EMPTIED["at_ms"], EMPTIED["reason"])
    assert list(members.emptied_blobs) == [EMPTIED["blob"]]
    for form in ("entry", "kept"):
        data = bytes.fromhex(EMPTIED[form])
        entry = check_apart(data, members)
        assert (entry.head.hash, entry.raw.hex()) == (EMPTIED["hash"], EMPTIED["kept"])
        assert set(entry.bodies) == {None}
    with pytest.raises(EntryRefused) as caught:
        check_apart(bytes.fromhex(EMPTIED["kept"]), membership_of([]))
    assert caught.value.check == "E21"


@pytest.mark.parametrize("case", named(EMPTIED["wrong"]))
def test_an_act_that_empties_nothing(case: Any) -> None:
    members = membership_of([case["entry"]])
    assert [notice.rule for notice in members.notices] == [case["expect"]]
    assert (members.emptied, members.emptied_blobs) == ({}, {})


def test_files() -> None:
    frozen = load("files.json")
    device = read_device_file(bytes.fromhex(frozen["device_file"]), frozen["practice"])
    assert (device.id, device.transport.hex()) == (frozen["device"], frozen["transport"])
    seat = open_seat_file(bytes.fromhex(frozen["seat_file"]), passphrase=frozen["passphrase"], device=device)
    assert seat.secret_to_store().hex() == frozen["seat_secret"]
    keyring = Keyring(seat, Membership.found(cast.genesis()))
    assert (
        open_table_key(keyring, "medical", bytes.fromhex(frozen["table_file"])).hex() == frozen["table_key"]
    )
    opened = open_local(seat, frozen["local_purpose"], bytes.fromhex(frozen["local_file"]))
    assert opened.hex() == frozen["local_data"]


def test_sheet() -> None:
    frozen = load("sheet.json")
    keys = SheetKeys(bytes.fromhex(frozen["secret"]))
    practice = PracticeId(frozen["practice"])
    assert list(write_lines(keys, practice)) == frozen["lines"]
    assert write_qr(keys, practice) == frozen["qr"]
    for letters in (
        read_lines(frozen["lines"]),
        read_lines(frozen["typed"]),
        read_text(frozen["qr"]),
        read_text("\n".join(frozen["typed"])),
    ):
        assert letters.keys.secret_to_store().hex() == frozen["secret"]
        assert letters.belongs_to(practice)
    for case in frozen["wrong"]:
        with pytest.raises(SheetMisread) as caught:
            read_lines(case["lines"])
        assert list(caught.value.lines) == case["expect"]


@pytest.mark.parametrize("case", load("blob.json")["cases"], ids=lambda case: f"{case['size']} bytes")
def test_blob(case: Any) -> None:
    plain = (b"lanterne " * (case["size"] // 9 + 1))[: case["size"]]
    sink = io.BytesIO()
    sealed = seal_blob(io.BytesIO(plain), sink, cast.randomness(case["random"]))
    assert (sealed.name, sealed.key.hex(), sealed.size) == (case["name"], case["key"], case["size"])
    assert sealed.sealed_size == len(sink.getvalue())
    if "sealed" in case:
        assert sink.getvalue().hex() == case["sealed"]
    assert b"".join(open_blob(io.BytesIO(sink.getvalue()), bytes.fromhex(case["key"]))) == plain


def test_every_file_is_made_by_the_script() -> None:
    assert {path.name for path in make.HERE.glob("*.json")} == set(scenes.FILES)


def test_the_script_touches_nothing_that_is_there() -> None:
    before = {path.name: path.stat().st_mtime_ns for path in make.HERE.glob("*.json")}
    assert make.main() == 0
    assert {path.name: path.stat().st_mtime_ns for path in make.HERE.glob("*.json")} == before


def test_the_cast_has_the_frozen_secrets() -> None:
    found = cast.founding()
    assert found.seat.secret_to_store().hex() == GENESIS["seat_secret"]
    assert found.sheet.secret_to_store().hex() == GENESIS["sheet_secret"]
