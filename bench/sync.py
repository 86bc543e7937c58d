"""Two devices after four days apart, and the first copy of a practice, through a real relay process.

`python bench/sync.py [entries each] [patients] [facts a patient] [--computed]` (800, 1,500, 200). Wall clock over
loopback; bytes and round trips are counted, and what they take on a line of 56 kbit/s with 150 ms there and back is
computed from them. Then the same again, really throttled: one of the two devices reaches the relay through a line that
carries 56 kbit/s each way and holds every piece back 75 ms (minutes of waiting; --computed leaves it out). The floor of the first copy is what none can avoid: read the entries where they lie, hash every head
and part, follow every chain, verify its last signature, write the bytes with an fsync every 4 MiB. It has no
network, no index, no ranks, no receipts.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from _figures import machine

from lanterne.demo.cut.cable import Cable
from lanterne.journal.files import OsFiles
from lanterne.journal.founding import found_practice, open_seat, read_device
from lanterne.journal.identity import write_identity
from lanterne.journal.journal import Journal, Writing
from lanterne.journal.layout import Layout
from lanterne.journal.small_files import write_twice
from lanterne.seal.changing import admit_device, admit_seat
from lanterne.seal.device import DeviceKeys
from lanterne.seal.keyring import Keyring
from lanterne.seal.seat import SeatKeys
from lanterne.sync.driver import Driver, Exchanged
from lanterne.sync.known import Known
from lanterne.sync.peers.http import Asker
from lanterne.sync.peers.relay import RelayPeer, ask_who
from lanterne.sync.relay_file import RelayFile
from lanterne.wire.entry import ENTRY_CONTEXT, EntryHead
from lanterne.wire.names import SEALED_COMPARTMENTS, Compartment, FactId, PatientId, PersonId, Stream
from lanterne.wire.part import Fact, Part

SEED = 20_261_122
LINE_BITS = 56_000
ROUND_TRIP_S = 0.15
FACTS_AN_ENTRY = 4
PIECE = 4 * 1024 * 1024
WORDS = [
    "toux",
    "fièvre",
    "douleur",
    "lombaire",
    "depuis",
    "trois",
    "jours",
    "sans",
    "irradiation",
    "amélioration",
    "sous",
    "paracétamol",
    "repos",
]


class Device(NamedTuple):
    """One machine and the seat of who writes there."""

    journal: Journal
    keys: DeviceKeys
    seat: SeatKeys
    keyring: Keyring


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def found(root: Path) -> Device:
    made = found_practice(
        root,
        label="Dr Morel",
        passphrase="lampe tempete au bout du quai",
        now_ms=now_ms(),
        random=secrets.token_bytes,
    )
    journal = Journal.open(root)
    seat, keyring = open_seat(journal, made.seat, "lampe tempete au bout du quai")
    return Device(journal, read_device(journal), seat, keyring)


def join(first: Device, root: Path) -> Device:
    """Another machine, which holds the genesis alone."""
    keys, seat = DeviceKeys.new(secrets.token_bytes), SeatKeys.new(secrets.token_bytes)
    record = seat.record(
        person=PersonId(secrets.token_hex(16)), device=keys.id, compartments=SEALED_COMPARTMENTS, admin=False
    )
    ring = first.keyring.with_membership(first.journal.membership)
    facts = [admit_device(keys.record(), secrets.token_bytes), admit_seat(ring, record, secrets.token_bytes)]
    first.journal.write_members(ring, facts, now_ms())
    files, layout = OsFiles(), Layout(root)
    files.make_directories(root)
    write_twice(files, layout.device, keys.to_file(first.journal.practice))
    write_identity(layout, files, first.journal.membership.genesis.raw)
    journal = Journal.open(root)
    return Device(journal, keys, seat, Keyring(seat, journal.membership))


def visits(device: Device, count: int, patients: int, facts: int, chance: random.Random) -> Iterator[Writing]:
    """A note and its measures, of one patient of so many."""
    start = now_ms() - count * 1_000
    for number in range(count):
        patient = PatientId(random.Random(number % patients).randbytes(16).hex())
        body = [
            Fact(
                FactId(chance.randbytes(16).hex()),
                "observation.recorded",
                1,
                (),
                "2026-11-18",
                {
                    "code": "8480-6",
                    "value": str(chance.randrange(90, 180)),
                    "unit": "mm[Hg]",
                    "note": " ".join(chance.choices(WORDS, k=9)),
                },
            )
            for _ in range(facts)
        ]
        yield Writing(
            device.seat,
            device.keyring,
            Stream.CARE,
            [(Compartment.MEDICAL, Part(patient, tuple(body)))],
            start + number * 1_000,
        )


def exchange(device: Device, relay: RelayFile, piece: int = 1024 * 1024) -> tuple[Exchanged, float, int]:
    """The exchange, its seconds and round trips."""
    Known(device.journal).set_relay(relay)
    asker = Asker(device.journal.practice, device.keys.id, device.keys, now_ms, secrets.token_bytes)
    peer = RelayPeer(relay, asker, genesis=device.journal.membership.genesis.raw)
    began = time.perf_counter()
    done = Driver(
        device.journal, device.keys, peer, now_ms=now_ms, random=secrets.token_bytes, piece=piece
    ).run()
    seconds = time.perf_counter() - began
    peer.close()
    if not done.whole or done.alarms or done.tally.refused or done.tally.given_refused:
        raise SystemExit(f"the exchange failed: {done}")
    return done, seconds, peer.asks


def told(name: str, done: Exchanged, seconds: float, asks: int, *, computed: bool = True) -> None:
    slow = (done.sent + done.came) * 8 / LINE_BITS + asks * ROUND_TRIP_S + seconds
    at = f"  at 56 kbit/s {slow:6.0f} s, computed" if computed else "  measured at 56 kbit/s"
    print(
        f"  {name:<28} {seconds:7.2f} s  received {done.tally.received:>6}  given {done.tally.given:>6}"
        f"  out {done.sent / 1024:>8.0f} KiB  in {done.came / 1024:>8.0f} KiB  {asks:>4} requests{at}"
    )


def slowly(folder: Path, relay: RelayFile, each: int) -> None:
    """Théo is on a visit, behind a modem; the practice is not."""
    where = urlsplit(relay.url)
    cable = Cable(where.port or 80, bits_per_second=LINE_BITS, delay_s=ROUND_TRIP_S / 2)
    cable.plug()
    try:
        apart(folder, relay, each, relay._replace(url=f"http://127.0.0.1:{cable.port}"))
        print(f"  carried by the throttled line: {cable.carried / 1024:,.0f} KiB, framing of HTTP included")
    finally:
        cable.close()


def apart(folder: Path, relay: RelayFile, each: int, line: RelayFile | None = None) -> None:
    chance = random.Random(SEED)
    folder.mkdir(exist_ok=True)
    garance = found(folder / "garance")
    theo = join(garance, folder / "theo")
    for device in (garance, theo, garance):
        exchange(device, relay)
    theo = theo._replace(keyring=theo.keyring.with_membership(theo.journal.membership))
    for device in (garance, theo):
        device.journal.write_many(visits(device, each, 300, FACTS_AN_ENTRY, chance))
    how = "" if line is None else f", Théo really at {LINE_BITS / 1000:.0f} kbit/s"
    print(f"Two devices, {each} entries each since they last met ({FACTS_AN_ENTRY} facts an entry){how}:")
    total = 0.0
    for name, device, by in (
        ("Garance gives", garance, relay),
        ("Théo gives and receives", theo, line or relay),
        ("Garance receives", garance, relay),
    ):
        done, seconds, asks = exchange(device, by)
        total += seconds
        told(name, done, seconds, asks, computed=by is relay)
    told("a quiet exchange", *exchange(theo, line or relay), computed=line is None)
    same = all(garance.journal.count(stream) == theo.journal.count(stream) for stream in Stream)
    print(f"  both whole: {same}, {total:.2f} s in all")


def first_copy(folder: Path, relay: RelayFile, patients: int, facts: int) -> None:
    chance = random.Random(SEED + 1)
    office = found(folder / "office")
    entries = patients * facts // FACTS_AN_ENTRY
    new = join(office, folder / "new")
    gc.disable()
    office.journal.write_many(visits(office, entries, patients, FACTS_AN_ENTRY, chance))
    gc.enable()
    print(f"First copy: {patients} patients × {facts} facts, {entries} entries:")
    told("the office gives", *exchange(office, relay, PIECE))
    done, seconds, asks = exchange(new, relay, PIECE)
    told("the new device receives", done, seconds, asks)
    low = min(floor(office.journal, folder / f"floor{turn}") for turn in range(2))
    size = done.came / 1e6
    print(
        f"  {done.tally.received / seconds:.0f} entries/s, {size / seconds:.1f} MB/s; floor {low:.2f} s, {seconds / low:.1f} × the floor"
    )


def floor(journal: Journal, path: Path) -> float:
    began = time.perf_counter()
    newest: dict[object, EntryHead] = {}
    pending: list[bytes] = []
    size = 0
    with path.open("wb") as out:
        for stream in Stream:
            for arrived in journal.since(stream):  # every part is hashed against its header here (E11)
                head = arrived.entry.head
                if hashlib.sha256(ENTRY_CONTEXT + head.signed).hexdigest() != head.hash:
                    raise SystemExit("a hash differs")
                before = newest.get(head.chain)
                if before is not None and before.hash != head.prev:
                    raise SystemExit("a chain is broken")
                newest[head.chain] = head
                pending.append(arrived.entry.raw)
                size += len(arrived.entry.raw)
                if size >= PIECE:
                    out.write(b"".join(pending))
                    out.flush()
                    os.fsync(out.fileno())
                    pending, size = [], 0
        out.write(b"".join(pending))
        out.flush()
        os.fsync(out.fileno())
    for head in newest.values():
        journal.membership.check_signature(head.seat, head.signed, head.signature)
    return time.perf_counter() - began


def main() -> None:
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    each, patients, facts = (*numbers, *(800, 1_500, 200)[len(numbers) :])
    folder = Path(tempfile.mkdtemp(prefix="lanterne-sync-"))
    command = [
        sys.executable,
        "-m",
        "lanterne",
        "relay",
        "--data",
        str(folder / "relay"),
        "--port",
        "0",
        "--open",
        "--json",
    ]
    relay = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        if relay.stdout is None:
            raise SystemExit("the relay says nothing")
        at = ask_who(json.loads(relay.stdout.readline())["url"])
        print(machine())
        apart(folder / "fast", at, each)
        if "--computed" not in sys.argv:
            slowly(folder / "slow", at, each)
        first_copy(folder, at, patients, facts)
    finally:
        relay.terminate()
        relay.wait()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
