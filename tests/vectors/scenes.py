"""What goes into the vectors that must open: keys, genesis, a small practice, files, sheet, blobs."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from functools import cache
from typing import Any

from lanterne.proof.membership import Membership
from lanterne.seal import changing
from lanterne.seal.blob import CHUNK, seal_blob
from lanterne.seal.epoch import EpochKeys
from lanterne.seal.local import seal_local
from lanterne.seal.naming import Naming
from lanterne.seal.seat import SeatKeys, SheetKeys
from lanterne.seal.secrets import derive
from lanterne.seal.sheet import write_lines, write_qr
from lanterne.seal.table import wrap_table_key
from lanterne.seal.unlock import write_seat_file
from lanterne.wire.entry import Entry
from lanterne.wire.names import Compartment, Stream
from lanterne.wire.part import Fact, Part
from tests import cast
from tests.vectors.emptying import emptying
from tests.vectors.joining import joining

PASSPHRASE = "cinq lilas au fond du jardin"
SECRET = hashlib.sha256(b"a secret for vectors").digest()


def derivation() -> Any:
    infos = [f"lanterne/{who}/{what}/1" for who in ("seat", "sheet", "epoch") for what in ("mlkem", "x25519")]
    infos += ["lanterne/seat/sign/1", "lanterne/sheet/sign/1", "lanterne/seat/local/1"]
    infos += [f"lanterne/epoch/{what}/1" for what in ("part", "table", "previous")]
    infos += ["lanterne/device/transport/1", "lanterne/device/unlock/1"]
    seat, sheet = SeatKeys(SECRET), SheetKeys(SECRET)
    return {
        "secret": SECRET.hex(),
        "derived": {info: derive(SECRET, info, 64 if "mlkem" in info else 32).hex() for info in infos},
        "seat": {"id": seat.id, "sign": seat.sign_key.hex(), "agree": seat.agree_key.hex()},
        "sheet": {"id": sheet.id, "sign": sheet.sign_key.hex(), "agree": sheet.agree_key.hex()},
        "epochs": {
            place.name.lower(): {
                "key_id": EpochKeys(place, SECRET).key_id,
                "public": EpochKeys(place, SECRET).public.hex(),
            }
            for place in cast.ALL
        },
        "signature": {
            "context": "lanterne/genesis/1\0",
            "message": b"message".hex(),
            "signature": seat.sign(b"lanterne/genesis/1\0", b"message").hex(),
        },
    }


def naming() -> Any:
    """Names drawn from content: ids of pieces, a blob of what is imported."""
    secret = derive(SECRET, "lanterne/epoch/naming/1", 32)
    drawn = Naming(secret)
    pieces: list[list[str]] = [
        ["document", "ab" * 32, ""],
        ["document", "ab" * 32, "0.1"],
        ["statement", "cd" * 16, "é", "1"],
        ["a", "bc"],
        ["ab", "c"],
        [],
    ]
    blobs = []
    for content in (b"", b"****FIN****", bytes(CHUNK + 1)):
        sink = io.BytesIO()
        blob = seal_blob(io.BytesIO(content), sink, drawn.blob_random(content))
        blobs.append(
            {
                "content": content.hex() if len(content) < CHUNK else {"zeros": len(content)},
                "name": blob.name,
                "key": blob.key.hex(),
            }
        )
    return {
        "epoch_secret": SECRET.hex(),
        "naming_key": secret.hex(),
        "ids": [{"pieces": one, "id": drawn.identifier(*one)} for one in pieces],
        "blobs": blobs,
    }


def genesis() -> Any:
    found = cast.found_anew()
    membership = Membership.found(found.genesis)
    size = int.from_bytes(found.genesis[:4])
    packed = found.genesis[4 : 4 + size]
    signature = found.genesis[-64:]
    other = SeatKeys.new(cast.randomness("somebody else"))

    def flipped(at: int) -> str:
        changed = bytearray(found.genesis)
        changed[at] ^= 1
        return changed.hex()

    def signed(packed: bytes) -> str:
        return (len(packed).to_bytes(4) + packed + found.seat.sign(b"lanterne/genesis/1\0", packed)).hex()

    return {
        "genesis": found.genesis.hex(),
        "practice": membership.practice,
        "seat_secret": found.seat.secret_to_store().hex(),
        "sheet_secret": found.sheet.secret_to_store().hex(),
        "seat": found.seat.id,
        "sheet": found.sheet.id,
        "wrong": [
            {"name": "empty", "genesis": "", "expect": "M1"},
            {"name": "cut short", "genesis": found.genesis[:-1].hex(), "expect": "M1"},
            {"name": "a byte too many", "genesis": found.genesis.hex() + "00", "expect": "M1"},
            {"name": "length", "genesis": flipped(3), "expect": "M1"},
            {"name": "a bit of the map", "genesis": flipped(100), "expect": "M1"},
            {"name": "a bit of the signature", "genesis": flipped(len(found.genesis) - 1), "expect": "M1"},
            {
                "name": "signed by another",
                "genesis": (found.genesis[:4] + packed + other.sign(b"lanterne/genesis/1\0", packed)).hex(),
                "expect": "M1",
            },
            {
                "name": "signed under another context",
                "genesis": (
                    found.genesis[:4] + packed + found.seat.sign(b"lanterne/entry/1\0", packed)
                ).hex(),
                "expect": "M1",
            },
            {
                "name": "newer format",
                "genesis": signed(packed.replace(b"\xa6format\x01", b"\xa6format\x02")),
                "expect": "M1",
            },
            {
                "name": "first seat not administrator",
                "genesis": signed(packed.replace(b"\xa5admin\xc3", b"\xa5admin\xc2")),
                "expect": "M2",
            },
            {
                "name": "an epoch twice",
                "genesis": signed(packed.replace(b"\xabcompartment\x02", b"\xabcompartment\x01")),
                "expect": "M2",
            },
            {
                "name": "epoch wrapped to a stranger",
                "genesis": signed(
                    packed.replace(
                        b"\xa2to\xc4\x10" + bytes.fromhex(found.seat.id), b"\xa2to\xc4\x10" + bytes(16), 1
                    )
                ),
                "expect": "M2",
            },
        ],
        "signature": signature.hex(),
    }


@cache
def play() -> dict[str, Entry]:
    """A small practice: Théo, Inès and Paul are admitted, write, and Paul leaves."""
    garance = cast.garance()
    scenes: dict[str, Entry] = {}
    keyring = garance.keyring
    scenes["admission"] = garance.decide(
        changing.admit_seat(keyring, cast.theo(), garance.random),
        changing.admit_seat(keyring, cast.ines(), garance.random),
        changing.admit_seat(keyring, cast.paul(), garance.random),
    )
    ines = cast.actor("Inès Caron").hear(garance)
    letter = Fact(ines.random(16).hex(), "document.filed", 1, (), "2026-01-02", {"title": "Courrier"})  # type: ignore[arg-type]
    visit = ines.fact("appointment.moved", {"to": "2026-01-05T10:20+01:00"})
    scenes["care, office and medical deposited"] = ines.write(
        Stream.CARE,
        {
            Compartment.OFFICE: Part(cast.JEAN_BAPTISTE, (visit,)),
            Compartment.MEDICAL: Part(cast.JEAN_BAPTISTE, (letter,)),
        },
    )
    garance.hear(ines)
    garance.now = ines.now
    act = garance.fact("act.billed", {"code": "G", "amount": "30.00"}, "2026-01-02T09:00+01:00")
    seen = garance.fact(
        "consultation.recorded", {"reason": "toux", "findings": {"text": "RAS", "temp": "37.2"}}
    )
    note = garance.fact(
        "note.recorded", {"text": "à revoir", "days": 8, "urgent": False, "who": None, "l": [1, "é"]}
    )
    scenes["care, medical and office"] = garance.write(
        Stream.CARE,
        {
            Compartment.OFFICE: Part(cast.JEAN_BAPTISTE, (act,)),
            Compartment.MEDICAL: Part(cast.JEAN_BAPTISTE, (seen, note)),
        },
    )
    again = Fact(garance.random(16).hex(), "note.recorded", 1, (note.id,), "2026-01", {"text": "revu"})  # type: ignore[arg-type]
    scenes["care, a correction"] = garance.write(
        Stream.CARE, {Compartment.MEDICAL: Part(cast.JEAN_BAPTISTE, (again,))}
    )
    unknown = Fact(garance.random(16).hex(), "hologram.taken", 7, (), None, {"beams": [[1], {"a": {}}]})  # type: ignore[arg-type]
    scenes["care, an unknown kind"] = garance.write(
        Stream.CARE, {Compartment.MEDICAL: Part(cast.JEAN_BAPTISTE, (unknown,))}
    )
    scenes["trace"] = garance.write(
        Stream.TRACE, {Compartment.TRACE: Part(cast.JEAN_BAPTISTE, (garance.fact("access.opened", {}),))}
    )
    theo = cast.actor("Théo Lambert").hear(garance)
    theo.now = garance.now
    scenes["trace deposited"] = theo.write(
        Stream.TRACE, {Compartment.TRACE: Part(cast.JEAN_BAPTISTE, (theo.fact("access.opened", {}),))}
    )
    paul = cast.actor("Paul Roche").hear(garance)
    paul.now = garance.now
    scenes["care, known when he left"] = paul.note("pansement")
    garance.hear(paul, theo)
    garance.now = theo.now
    scenes["departure"] = garance.decide(
        *changing.person_left(
            garance.keyring,
            cast.person_of("Paul Roche"),
            cuts=garance.cuts(paul.id),
            at=garance.now,
            random=garance.random,
        )
    )
    scenes["care, beyond the cut"] = paul.note("pansement, le lendemain")
    scenes["care, new epoch"] = garance.note("après le départ")
    theo.hear(garance)
    scenes["care, past its term"] = theo.note("un an plus tard", at=cast.END_OF_TERM + cast.DAY)
    return scenes


def entries() -> Any:
    scenes = play()
    reader = cast.garance().hear(scenes.values())
    keyring, membership = reader.keyring, reader.membership
    cases = []
    for name, entry in scenes.items():
        head = entry.head
        opened = [keyring.open_part(head, at, body or b"") for at, body in enumerate(entry.bodies)]
        facts = [
            {
                "id": fact.id,
                "kind": fact.kind,
                "v": fact.version,
                "replaces": list(fact.replaces),
                "at": fact.at,
                "body": None if head.stream == Stream.MEMBERS else fact.body,
            }
            for part in opened
            for fact in part.facts
        ]
        cases.append(
            {
                "name": name,
                "entry": entry.raw.hex(),
                "hash": head.hash,
                "seat": head.seat,
                "stream": int(head.stream),
                "seq": head.seq,
                "time": head.time,
                "heads": [[*map(str, one.chain), one.seq, one.hash] for one in head.heads],
                "parts": [
                    [int(part.compartment), int(part.mode), part.key_id, part.size] for part in head.parts
                ],
                "standing": membership.entitled(head).value,
                "subject": opened[-1].subject,
                "facts": facts,
                "expect": "opens",
            }
        )
    return {
        "practice": membership.practice,
        "reader_secret": cast.founding().seat.secret_to_store().hex(),
        "cases": cases,
    }


def files() -> Any:
    found = cast.founding()
    random = cast.randomness("files")
    seat_file = write_seat_file(
        found.seat,
        practice=found.practice,
        person=found.person,
        label="Dr Garance Morel",
        passphrase=PASSPHRASE,
        device=found.device,
        random=random,
    )
    device_file = found.device.to_file(found.practice)
    table_key = random(32)
    table = wrap_table_key(cast.garance().keyring, "medical", table_key, random)
    return {
        "practice": found.practice,
        "passphrase": PASSPHRASE,
        "seat_file": seat_file.hex(),
        "seat_secret": found.seat.secret_to_store().hex(),
        "device_file": device_file.hex(),
        "device": found.device.id,
        "transport": found.device.transport.hex(),
        "table_file": table.hex(),
        "table_key": table_key.hex(),
        "local_purpose": "draft/note",
        "local_file": seal_local(found.seat, "draft/note", b"brouillon", random).hex(),
        "local_data": b"brouillon".hex(),
    }


def sheet() -> Any:
    found = cast.founding()
    lines = list(write_lines(found.sheet, found.practice))
    typed = [line.lower().replace("-", "  ").replace("0", "o").replace("1", "l") for line in lines]

    def misread(number: int, line: str) -> list[str]:
        return [*lines[: number - 1], line, *lines[number:]]

    first = lines[0]
    third = lines[2]
    swap = third[1] + third[0] + third[2:]
    return {
        "secret": found.sheet.secret_to_store().hex(),
        "practice": found.practice,
        "lines": lines,
        "qr": write_qr(found.sheet, found.practice),
        "typed": typed,
        "wrong": [
            {"lines": misread(2, lines[1][:-1] + ("A" if lines[1][-1] != "A" else "B")), "expect": [2]},
            {"lines": misread(3, swap), "expect": [3]},
            {"lines": misread(1, first[:-1]), "expect": [1]},
            {"lines": misread(1, "U" + first[1:]), "expect": [1]},
            {"lines": [lines[1], lines[0], lines[2], lines[3]], "expect": [1, 2]},
            {"lines": lines[:3], "expect": []},
        ],
    }


def blob() -> Any:
    cases = []
    for size in (0, 5, CHUNK, CHUNK + 3):
        # Long ones are stored by their hashes: the vector stays small, the sealed bytes are still fixed.
        plain = (b"lanterne " * (size // 9 + 1))[:size]
        sink = io.BytesIO()
        sealed = seal_blob(io.BytesIO(plain), sink, cast.randomness(f"blob {size}"))
        case = {"size": size, "random": f"blob {size}", "name": sealed.name, "key": sealed.key.hex()}
        if size < 100:
            case["sealed"] = sink.getvalue().hex()
            case["plain"] = plain.hex()
        cases.append(case)
    return {"cases": cases}


def wrong_entries() -> Any:
    from tests.vectors import wrongs

    return wrongs.entries()


def wrong_parts() -> Any:
    from tests.vectors import wrongs

    return wrongs.parts()


def members() -> Any:
    from tests.vectors import wrongs

    return wrongs.members()


FILES: dict[str, Callable[[], Any]] = {
    "derivation.json": derivation,
    "naming.json": naming,
    "genesis.json": genesis,
    "entries.json": entries,
    "wrong_entries.json": wrong_entries,
    "wrong_parts.json": wrong_parts,
    "members.json": members,
    "emptied.json": emptying,
    "files.json": files,
    "sheet.json": sheet,
    "blob.json": blob,
    "joining.json": joining,
}
