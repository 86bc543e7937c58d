"""Every way of being wrong that a check names, with the check that must refuse it."""

from __future__ import annotations

from typing import Any

from lanterne.proof.acts import SEAT_REVOKED
from lanterne.seal import changing
from lanterne.seal.secrets import seal_to
from lanterne.wire import packing
from lanterne.wire.entry import Entry
from lanterne.wire.names import Compartment, FactId, Stream
from lanterne.wire.part import Fact
from tests import cast
from tests.vectors.forge import Forged, ForgedPart, deep, fact, flip, frame, head, zstd
from tests.vectors.scenes import play

MIB = 1024 * 1024
KINDS = {"note.recorded": Compartment.MEDICAL, "act.billed": Compartment.OFFICE}
"""The kinds E20 is tested with."""
JB = bytes.fromhex(cast.JEAN_BAPTISTE)


def good() -> Forged:
    """A right entry of Dr Morel with two parts of one size and two heads, packed by hand."""
    found = cast.founding()
    keyring = cast.garance().keyring
    office = keyring.newest(Compartment.OFFICE)
    medical = keyring.newest(Compartment.MEDICAL)
    assert office is not None
    assert medical is not None
    seat = bytes.fromhex(found.seat.id)
    return Forged(
        practice=bytes.fromhex(found.practice),
        seat=seat,
        stream=1,
        seq=7,
        prev=b"\x11" * 32,
        time=(cast.FOUNDED + 5000) << 16 | 3,
        heads=(head(seat, 2, 4, b"\x22" * 32), head(b"\xff" * 16, 1, 1, b"\x33" * 32)),
        parts=(
            ForgedPart(
                1,
                1,
                bytes.fromhex(office.key_id),
                plaintext=frame(fact(1, "act.billed"), subject=JB),
                part_key=office.part_key,
            ),
            ForgedPart(
                2,
                1,
                bytes.fromhex(medical.key_id),
                plaintext=frame(fact(2, "note.taken"), subject=JB),
                part_key=medical.part_key,
            ),
        ),
        sign=found.seat.sign_entry,
    )


def _fields(raw: bytes) -> list[tuple[str, bytes, str]]:
    """One flipped bit in each field of the good entry, unsigned: who changes a byte cannot sign."""
    places = [
        ("magic", 0, 0, "E1"),
        ("suite", 4, 1, "E2"),
        ("layout", 5, 1, "E3"),
        ("stream to trace", 6, 1, "E4"),
        ("stream to nothing", 6, 6, "E4"),
        ("number of parts", 7, 0, "E4"),
        ("practice", 8, 0, "E6"),
        ("seat", 40, 0, "E7"),
        ("incarnation", 59, 0, "E8"),
        ("seq", 67, 0, "E8"),
        ("header length", 71, 0, "E5"),
        ("header length by a head", 71, 6, "E8"),
        ("body length", 79, 0, "E8"),
        ("body length beyond limit", 72, 0, "E5"),
        ("prev", 80, 0, "E8"),
        ("time", 112, 0, "E8"),
        ("number of heads", 121, 0, "E8"),
        ("reserved", 123, 0, "E8"),
        ("head seat", 124, 0, "E8"),
        ("head seq", 124 + 31, 0, "E8"),
        ("head hash", 124 + 32, 0, "E8"),
        ("part compartment", 124 + 128, 0, "E8"),
        ("part mode", 124 + 129, 0, "E8"),
        ("part key id", 124 + 132, 0, "E8"),
        ("part size", 124 + 151, 0, "E8"),
        ("part hash", 124 + 152, 0, "E8"),
        ("signature", 124 + 128 + 112, 0, "E8"),
        ("signature, last byte", 124 + 128 + 112 + 63, 7, "E8"),
        ("first part", 124 + 128 + 112 + 64, 0, "E11"),
        ("second part", -1, 0, "E11"),
    ]
    return [(f"flipped bit: {name}", flip(raw, at, bit), check) for name, at, bit, check in places]


def _signed(base: Forged) -> list[tuple[str, bytes, str]]:
    """Wrong, and signed by a seat that should have known better."""
    office, medical = base.parts
    seat = base.seat
    mine = head(seat, 2, 4, b"\x22" * 32)
    theirs = head(b"\xff" * 16, 1, 1, b"\x33" * 32)
    ines = cast.seat_of("Inès Caron")
    cases = [
        ("suite 2", base.but(suite=2), "E2"),
        ("layout 2", base.but(layout=2), "E3"),
        ("stream 9", base.but(stream=9), "E4"),
        ("no part", base.but(parts=()), "E4"),
        ("three parts", base.but(parts=(office, medical, office)), "E4"),
        ("seq 0", base.but(seq=0, prev=bytes(32)), "E5"),
        ("body of 4 MiB and 1 byte", base.but(body_size=4 * MIB + 1), "E5"),
        (
            "257 heads",
            base.but(heads=tuple(head(bytes(14) + n.to_bytes(2), 1, 1, bytes(32)) for n in range(257))),
            "E5",
        ),
        ("another practice", base.but(practice=b"\x44" * 32), "E6"),
        ("unknown seat", base.but(seat=b"\x55" * 16), "E7"),
        ("signed by another seat", base.but(sign=ines.sign_entry), "E8"),
        ("heads counted wrong", base.but(heads_count=1), "E9"),
        ("reserved bytes", base.but(reserved=1), "E9"),
        ("heads unsorted", base.but(heads=(theirs, mine)), "E9"),
        ("a head twice", base.but(heads=(mine, mine)), "E9"),
        ("a head of its own chain", base.but(heads=(head(seat, 1, 6, b"\x22" * 32),)), "E9"),
        ("a head of an unknown stream", base.but(heads=(head(seat, 4, 6, b"\x22" * 32),)), "E9"),
        ("a head with seq 0", base.but(heads=(head(seat, 2, 0, b"\x22" * 32),)), "E9"),
        (
            "a head with reserved bytes",
            base.but(heads=(head(seat, 2, 1, b"\x22" * 32, zero=b"\0\1\0"),)),
            "E9",
        ),
        ("prev zero at seq 7", base.but(prev=bytes(32)), "E9"),
        ("prev given at seq 1", base.but(seq=1), "E9"),
        ("parts unsorted", base.but(parts=(medical, office)), "E9"),
        ("a compartment twice", base.but(parts=(medical, medical)), "E9"),
        ("part with reserved bytes", base.but(parts=(_but(office, reserved=b"\1\0"), medical)), "E9"),
        ("trace in care", base.but(parts=(office, _but(medical, compartment=3))), "E10"),
        (
            "clear in care",
            base.but(parts=(_but(office, compartment=0, mode=0, key_id=bytes(16)), medical)),
            "E10",
        ),
        ("mode clear", base.but(parts=(office, _but(medical, mode=0, key_id=bytes(16)))), "E10"),
        ("mode 3", base.but(parts=(office, _but(medical, mode=3))), "E10"),
        ("medical in trace", base.but(stream=2, parts=(medical,), heads=(theirs,)), "E10"),
        ("sealed in members", base.but(stream=3, parts=(medical,)), "E10"),
        ("no key id", base.but(parts=(office, _but(medical, key_id=bytes(16)))), "E10"),
        ("an empty part", base.but(parts=(office, _but(medical, plaintext=None, body=b""))), "E10"),
        ("a part beyond 2 MiB", base.but(parts=(office, _but(medical, size=2 * MIB + 1))), "E10"),
        ("sizes that do not add up", base.but(parts=(_but(office, size=9), medical)), "E10"),
        ("body length that does not add up", base.but(body_size=9), "E10"),
        ("a hash of something else", base.but(parts=(office, _but(medical, digest=b"\x66" * 32))), "E11"),
        ("unknown epoch", base.but(parts=(office, _but(medical, key_id=b"\x77" * 16))), "E16"),
        (
            "epoch of another compartment",
            base.but(parts=(office, _but(medical, key_id=office.key_id))),
            "E16",
        ),
        ("sealed under another key", base.but(parts=(office, _but(medical, part_key=bytes(32)))), "E17"),
        (
            "too short to be sealed",
            base.but(parts=(office, _but(medical, plaintext=None, body=b"\1" * 39))),
            "E17",
        ),
        ("deposit that is not one", base.but(parts=(office, _but(medical, mode=2))), "E17"),
        ("sealed for the number before", base.but(bound_to=base.but(seq=6)), "E17"),
        ("sealed for another time", base.but(bound_to=base.but(time=base.time + 1)), "E17"),
        ("sealed for another practice", base.but(bound_to=base.but(practice=b"\x44" * 32)), "E17"),
        ("sealed for another seat", base.but(bound_to=base.but(seat=bytes.fromhex(ines.id))), "E17"),
        (
            "a kind of the other compartment",
            base.but(parts=(office, _but(medical, plaintext=office.plaintext))),
            "E20",
        ),
    ]
    return [(name, forged.raw(), check) for name, forged, check in cases]


def _but(part: ForgedPart, **changes: Any) -> ForgedPart:
    return ForgedPart(**(part.__dict__ | changes))


def _swapped(base: Forged) -> list[tuple[str, bytes, str]]:
    raw = base.raw()
    office, medical = (len(part.plaintext or b"") + 40 for part in base.parts)
    assert office == medical
    parts = raw[-office - medical : -medical], raw[-medical:]
    swapped_bodies = raw[: -office - medical] + parts[1] + parts[0]
    crossed = base.but(
        parts=tuple(
            _but(part, plaintext=None, body=body)
            for part, body in zip(base.parts, reversed(parts), strict=True)
        )
    )
    return [
        ("parts swapped", swapped_bodies, "E11"),
        ("parts swapped, and signed", crossed.raw(), "E17"),
        ("a deposit moved", _moved_deposit(base), "E17"),
    ]


def _moved_deposit(base: Forged) -> bytes:
    """A deposit taken from one entry into another, signed by the thief."""
    keyring = cast.garance().keyring
    newest = keyring.membership.newest_epoch(Compartment.MEDICAL)
    sealed = seal_to(newest.public, frame(fact(3)), b"another place")
    part = ForgedPart(2, 2, bytes.fromhex(newest.key_id), body=sealed)
    return base.but(parts=(part,)).raw()


def _cut(raw: bytes) -> list[tuple[str, bytes, str]]:
    return [
        ("nothing", b"", "E1"),
        ("79 bytes", raw[:79], "E1"),
        ("preamble alone", raw[:80], "E8"),
        ("cut in the header", raw[:200], "E8"),
        ("cut in the signature", raw[: 124 + 128 + 112 + 63], "E8"),
        ("the head without its parts", raw[: 124 + 128 + 112 + 64], "E10"),
        ("cut in the last part", raw[:-1], "E10"),
        ("a byte too many", raw + b"\0", "E10"),
        ("the entry twice", raw + raw, "E10"),
    ]


def _plain(base: Forged) -> list[tuple[str, bytes, str]]:
    """Well sealed, well signed, and wrong inside."""
    office, medical = base.parts
    return [
        (
            f"sealed: {case['name']}",
            base.but(parts=(office, _but(medical, plaintext=plaintext))).raw(),
            case["expect"],
        )
        for case in parts()["cases"]
        if len(plaintext := bytes.fromhex(case["plaintext"])) < 20_000 and case["expect"] != "opens"
    ]


def entries() -> Any:
    """One entry for each way of being wrong, and the good one they were made from."""
    base = good()
    raw = base.raw()
    cases = [("good", raw, "opens")]
    cases += _fields(raw) + _cut(raw) + _swapped(base) + _signed(base) + _plain(base)
    return {
        "practice": cast.founding().practice,
        "reader_secret": cast.founding().seat.secret_to_store().hex(),
        "members": [play()["admission"].raw.hex()],
        "kinds": {kind: int(place) for kind, place in KINDS.items()},
        "cases": [{"name": name, "entry": data.hex(), "expect": check} for name, data, check in cases],
    }


def parts() -> Any:
    """One plaintext for each way of being wrong, and unknown things that are kept."""
    whole = frame(fact(1), subject=JB)
    packed = packing.encode({"subject": JB, "facts": [fact(1)]})
    bomb = zstd(bytes(9 * MIB))
    cases: list[tuple[str, bytes, str]] = [
        ("good", whole, "opens"),
        ("nobody's", frame(fact(1)), "opens"),
        ("unknown kind", frame(fact(1, "hologram.taken", v=9)), "opens"),
        ("unknown field of a fact", frame(fact(1, colour="blue")), "opens"),
        ("unknown field of a part", frame(fact(1), weather="rain"), "opens"),
        ("body 16 deep", frame(fact(1, body={"a": deep(15)})), "opens"),
        ("not compressed", packed, "E18"),
        ("nothing", b"", "E18"),
        ("cut short", whole[:-1], "E18"),
        ("a byte too many", whole + b"\0", "E18"),
        ("two frames", whole + whole, "E18"),
        ("a skippable frame", bytes.fromhex("502a4d1804000000") + b"abcd", "E18"),
        ("size not declared", zstd(packed, write_content_size=False), "E18"),
        ("decompression bomb", bomb, "E18"),
        ("a lie about the size", bytes([*whole[:5], whole[5] ^ 1, *whole[6:]]), "E18"),
        ("a declared size of nothing", zstd(b""), "E18"),
        ("not MessagePack", zstd(b"\xc1"), "E19"),
        ("trailing bytes", zstd(packed + b"\xc0"), "E19"),
        ("a list", zstd(packing.encode([1])), "E19"),
        ("no facts", frame(), "E19"),
        ("facts missing", zstd(packing.encode({"subject": None})), "E19"),
        ("a subject of 15 bytes", frame(fact(1), subject=JB[:15]), "E19"),
        ("a fact twice", frame(fact(1), fact(1)), "E19"),
        ("a key twice", zstd(packed.replace(b"\xa2at", b"\xa2id", 1)), "E19"),
        (
            "keys unsorted",
            zstd(b"\x82" + packed[packed.index(b"\xa7subject") :] + packed[1 : packed.index(b"\xa7subject")]),
            "E19",
        ),
        ("a number longer than needed", zstd(packed.replace(b"\xa1v\x01", b"\xa1v\xcc\x01")), "E19"),
        ("no id", frame(fact(1, id=...)), "E19"),
        ("no body", frame(fact(1, body=...)), "E19"),
        ("id as text", frame(fact(1, id="00" * 16)), "E19"),
        ("kind of one word", frame(fact(1, "note")), "E19"),
        ("kind like a path", frame(fact(1, "lanterne.Note")), "E19"),
        ("v 0", frame(fact(1, v=0)), "E19"),
        ("v true", frame(fact(1, v=True)), "E19"),
        ("at yesterday", frame(fact(1, at="yesterday")), "E19"),
        ("replaces itself badly", frame(fact(1, replaces=[b"\1"])), "E19"),
        ("body a list", frame(fact(1, body=[])), "E19"),
        ("a float", frame(fact(1, body={"dose": 0.5})), "E19"),
        ("bytes in a body", frame(fact(1, body={"raw": b"\0"})), "E19"),
        ("a number as key", zstd(packed.replace(b"\xa4text", b"\x01")), "E19"),
        ("a timestamp", zstd(packed.replace(b"\xaa2026-01-02", b"\xd6\xff\0\0\0\0")), "E19"),
        ("body 17 deep", frame(fact(1, body={"a": deep(16)})), "E19"),
        ("depth bomb", zstd(b"\x91" * 100_000 + b"\xc0"), "E19"),
        ("a list of four billion", zstd(b"\xdd\xff\xff\xff\xff"), "E19"),
        ("text that is not UTF-8", zstd(packed.replace(b"Note 1", b"Not\xff 1")), "E19"),
    ]
    return {
        "cases": [{"name": name, "plaintext": data.hex(), "expect": check} for name, data, check in cases]
    }


def members() -> Any:
    """Members entries, in no particular order, and the rules the membership says were broken."""
    cases = [
        _members_case("replayed number: a fork, both kept", *_fork(), rules=["E13"]),
        _members_case("broken chain: number 2 without number 1", play()["departure"], rules=["E12"]),
        _members_case("time that does not advance", *_still(), rules=["E14"]),
        _members_case("signed by a seat nobody admitted", _stranger(), rules=["E7"]),
        _members_case("signed by a seat that is not administrator", *_not_admin(), rules=["M3"]),
        _members_case("an unknown kind, kept", _decided(_fact("hat.worn", {})), rules=["M9"]),
        _members_case("an admission without its wraps", *_without_wraps(), rules=["M4"]),
        _members_case("a term that ended before", *_ended(), rules=["M5"]),
        _members_case(
            "a seat nobody knows is revoked",
            _decided(_fact(SEAT_REVOKED, {"seat": bytes(16), "cuts": [], "reason": "lost"})),
            rules=["M6"],
        ),
        _members_case("a rotation that forgets the sheet", *_forgets_sheet(), rules=["M8"]),
        _members_case(
            "a whole play", *(e for e in play().values() if e.head.stream == Stream.MEMBERS), rules=[]
        ),
    ]
    return {"practice": cast.founding().practice, "cases": cases}


def _members_case(name: str, *given: Entry, rules: list[str]) -> Any:
    return {"name": name, "entries": [entry.raw.hex() for entry in given], "expect": rules}


def _fact(kind: str, body: dict[str, Any]) -> Fact:
    return Fact(FactId(cast.randomness(f"{kind} alone")(16).hex()), kind, 1, (), None, body)


def _decided(*facts: Fact) -> Entry:
    return cast.garance().decide(*facts)


def _admission(record: Any, actor: cast.Actor) -> Fact:
    return changing.admit_seat(actor.keyring, record, actor.random)


def _fork() -> tuple[Entry, Entry]:
    one, other = cast.garance(), cast.garance()
    other.random = cast.randomness("the other branch")
    return one.decide(_admission(cast.theo(), one)), other.decide(_admission(cast.awa(), other))


def _still() -> tuple[Entry, Entry]:
    garance = cast.garance()
    first = garance.decide(_admission(cast.theo(), garance), at=cast.FOUNDED + 9)
    return first, garance.decide(_admission(cast.awa(), garance), at=cast.FOUNDED + 9)


def _stranger() -> Entry:
    awa = cast.actor("Awa Diallo")
    return awa.decide(_fact("hat.worn", {}))


def _not_admin() -> tuple[Entry, Entry]:
    garance = cast.garance()
    first = garance.decide(_admission(cast.theo(), garance))
    theo = cast.actor("Théo Lambert").hear(garance)
    theo.now = garance.now
    return first, theo.decide(_fact("hat.worn", {}))


def _without_wraps() -> tuple[Entry]:
    body = {"seat": cast.awa().to_wire(), "wraps": []}
    return (_decided(_fact("seat.admitted", body)),)


def _ended() -> tuple[Entry]:
    garance = cast.garance()
    return (garance.decide(_admission(cast.theo(), garance), at=cast.END_OF_TERM + 1),)


def _forgets_sheet() -> tuple[Entry]:
    garance = cast.garance()
    rotation = changing.rotate_epoch(
        garance.keyring, Compartment.MEDICAL, at=garance.now, random=garance.random
    )
    epoch = rotation.body["epoch"]
    kept = [wrap for wrap in epoch["wraps"] if wrap["to"] != bytes.fromhex(cast.founding().sheet.id)]
    return (garance.decide(rotation._replace(body={"epoch": epoch | {"wraps": kept}})),)
