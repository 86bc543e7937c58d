"""The first copy of a practice on a new device: seconds to the first chart of the day that opens, and to the whole.

`python bench/first_copy.py [patients] [facts a patient] [Mbit/s of the line, 0: loopback]` (1,500, 200, 0). A real relay process;
the new device exchanges in a process of its own (the background of `lanterne serve`), while this one has its record
open as the desk does: every tenth of a second it opens the chart of a patient of the day, as a page would, and says when
the whole chart answers. The line, when one is asked for, is a process between the two that lets so many bits a second
pass, 15 ms each way. Charts hold an identity, allergies, treatments, problems, results and notes.

The floor of the whole, in the same run: read the entries where they lie, hash every head and part, follow every chain,
verify its last signature, write the bytes with an fsync every 4 MiB (as in bench/sync.py), then fold them in bulk.
"""

from __future__ import annotations

import asyncio
import gc
import json
import multiprocessing
import random
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from _figures import machine
from sync import floor

from lanterne.desk.following import Following
from lanterne.journal import founding, pairing
from lanterne.journal.founding import read_device
from lanterne.journal.journal import Journal, Writing
from lanterne.practice.agenda.commands import Book
from lanterne.practice.agenda.facts import AppointmentBooked
from lanterne.practice.catalogue import KINDS
from lanterne.practice.chart.queries import summary
from lanterne.practice.errors import NotAllowed, UnknownPatient
from lanterne.practice.opening import create_practice
from lanterne.practice.reading import Traces, open_chart
from lanterne.practice.record import Record, now_ms
from lanterne.practice.recording import record as carry_out
from lanterne.practice.team import joining
from lanterne.sync.driver import Driver
from lanterne.sync.known import Known
from lanterne.sync.peers.http import Asker
from lanterne.sync.peers.relay import RelayPeer, ask_who
from lanterne.sync.relay_file import RelayFile, read_relay_file
from lanterne.wire.names import FactId, PatientId, Stream
from lanterne.wire.part import Fact, Part

SEED = 20_261_123
WORDS = ["toux", "fièvre", "douleur", "lombaire", "depuis", "trois", "jours", "sans", "sous", "repos"]
FACTS_AN_ENTRY = 4
LATENCY_S = 0.015
PASSPHRASE = "un phare dans la brume 9"
PIECE = 4 * 1024 * 1024


def patient_of(number: int) -> PatientId:
    return PatientId(random.Random(number).randbytes(16).hex())


def day_patient(number: int, patients: int) -> PatientId:
    """One of the twenty of the day: from anywhere in the practice."""
    return patient_of(number * (patients // 20))


def writings(record: Record, patients: int, facts: int) -> Iterator[Writing]:
    """Everybody's identity, then visits, each of one patient after the other: charts lie all over the chain."""
    chance = random.Random(SEED)
    visits = facts // FACTS_AN_ENTRY
    start = now_ms() - (patients * (visits + 1) + 10) * 1_000

    def writing(at: int, patient: PatientId, body: list[Fact]) -> Writing:
        place = KINDS[body[0].kind].compartment
        part = [(place, Part(patient, tuple(body)))]
        return Writing(record.seat, record.keyring, Stream.CARE, part, start + at * 1_000)

    def fact(kind: str, body: dict[str, Any]) -> Fact:
        return Fact(FactId(chance.randbytes(16).hex()), kind, 1, (), "2026-11-18", body)

    for number in range(patients):
        who = {
            "birth_name": f"Nom{number:05d}",
            "first_given": "Zoé",
            "sex": "female",
            "birth_date": "1961-02-03",
        }
        yield writing(number, patient_of(number), [fact("patient.identified", who)])
    kinds = ("allergy.recorded", "treatment.recorded", "problem.recorded", "note.recorded")
    for visit in range(visits):
        for number in range(patients):
            said = " ".join(chance.choices(WORDS, k=9))
            body = [
                fact(kind, {"text": said} if kind == "note.recorded" else {"substance": said, "label": said})
                for kind in kinds[:FACTS_AN_ENTRY]
            ]
            yield writing(patients * (visit + 1) + number, patient_of(number), body)


# ---------------------------------------------------------------------- processes beside this one


def exchange(root: Path, url: str, name: bytes, told: Any) -> None:
    """The new device's exchange, by a relay at `url`, in a process of its own."""
    journal = Journal.open(root)
    device = read_device(journal)
    file = read_relay_file(name)
    Known(journal).set_relay(file)
    asker = Asker(journal.practice, device.id, device, now_ms, secrets.token_bytes)
    began = time.time()
    reached = RelayFile(url, file.relay, file.key)
    peer = RelayPeer(reached, asker, genesis=journal.membership.genesis.raw)
    done = Driver(journal, device, peer, now_ms=now_ms, random=secrets.token_bytes).run()
    if not done.whole or done.alarms:
        raise SystemExit(f"the exchange failed: {done}")
    told.put((began, time.time(), done.sent, done.came, done.tally.first, done.tally.received))


def line(host: str, port: int, bits: float, told: Any) -> None:
    """A line of so many bits a second between a client and `host:port`."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        free = time.monotonic()
        with suppress(ConnectionError):
            while data := await reader.read(16_384):
                free = max(free, time.monotonic()) + len(data) * 8 / bits
                await asyncio.sleep(max(0.0, free + LATENCY_S - time.monotonic() - LATENCY_S))
                writer.write(data)
                await writer.drain()
            writer.close()

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(host, port)
        await asyncio.sleep(2 * LATENCY_S)
        await asyncio.gather(pump(reader, back), pump(there, writer))

    async def serve() -> None:
        server = await asyncio.start_server(met, "127.0.0.1", 0)
        told.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


# ---------------------------------------------------------------------- the play


def office(root: Path, patients: int, facts: int) -> Record:
    opened = create_practice(
        root, practice_name="Cabinet des Lilas", person_name="Dr Garance Morel", passphrase=PASSPHRASE
    )
    record = opened.record
    gc.disable()
    record.journal.write_many(writings(record, patients, facts))
    gc.enable()
    record.catch_up()
    today = datetime.now(UTC).astimezone().date()
    for number in range(20):  # the day's agenda: patients from anywhere in the practice
        hour = f"{today.isoformat()}T{8 + number // 4:02d}:{number % 4 * 15:02d}"
        slot = AppointmentBooked(
            practitioner=opened.person,
            start=hour,
            minutes=15,
            zone="Europe/Paris",
            patient=day_patient(number, patients),
        )
        carry_out(record, Book(slot))
    return record


def added(record: Record, root: Path) -> tuple[Record, float]:
    """Dr Léa Petit's laptop, admitted; the seconds the list of what to fetch first took."""
    offer = joining.offer_to_newcomer(record, name="Dr Léa Petit", role="locum")
    made = pairing.join(
        root, offer, label="Dr Léa Petit", passphrase=PASSPHRASE, now_ms=now_ms(), random=secrets.token_bytes
    )
    asked = joining.take_request(record, made.request)
    journal = Journal.open(root)
    code = pairing.finish(journal, asked.reveal).code
    began = time.perf_counter()
    welcomed = joining.admit(record, made.request, code)
    took = time.perf_counter() - began
    pairing.finish(journal, welcomed.admission)
    seat, keyring = founding.open_seat(journal, made.seat, PASSPHRASE)
    return Record(root, journal, seat, keyring), took


def give(record: Record, relay: RelayFile) -> None:
    Known(record.journal).set_relay(relay)
    device = read_device(record.journal)
    asker = Asker(record.journal.practice, device.id, device, now_ms, secrets.token_bytes)
    peer = RelayPeer(relay, asker, genesis=record.journal.membership.genesis.raw)
    Driver(record.journal, device, peer, now_ms=now_ms, random=secrets.token_bytes, piece=PIECE).run()


def page(lea: Record, traces: Traces, patient: PatientId, today: date) -> int:
    """Statements on the chart's first page; 0 when there is no chart yet."""
    try:
        chart = open_chart(lea, traces, patient)
    except (NotAllowed, UnknownPatient):
        return 0
    summary(chart, today=today)
    row = chart.connection.execute("SELECT count(*) FROM statement WHERE subject = ?", (chart.subjects[0],))
    return int(row.fetchone()[0])


def play(folder: Path, patients: int, facts: int, bits: float) -> None:
    process = subprocess.Popen(
        [
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
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    others: list[Any] = [process]
    try:
        if process.stdout is None:
            raise SystemExit("the relay says nothing")
        url = json.loads(process.stdout.readline())["url"]
        relay = ask_who(url)
        garance = office(folder / "office", patients, facts)
        entries = garance.journal.count(Stream.CARE)
        lea, listing = added(garance, folder / "laptop")
        give(garance, relay)
        spawn = multiprocessing.get_context("spawn")
        told: Any = spawn.Queue()
        through = url
        if bits:
            where = urlsplit(url)
            between = spawn.Process(target=line, args=(where.hostname, where.port, bits, told), daemon=True)
            between.start()
            others.append(between)
            through = f"http://127.0.0.1:{told.get(timeout=30)}"
        print(
            f"First copy: {patients} patients × {facts} facts, {entries} entries, {bits / 1e6 or 'no'} Mbit/s:"
        )
        print(f"  the list of what comes first: {listing:.2f} s on the admitting device", flush=True)
        patient = day_patient(1, patients)
        expected = page(garance, Traces(), patient, datetime.now(UTC).date())
        lea.catch_up()
        lea.paced = True
        threading.Thread(target=Following(lea).run, daemon=True).start()
        traces = Traces()
        copying = spawn.Process(target=exchange, args=(lea.root, through, relay.pack(), told))
        began = time.time()
        copying.start()
        others.append(copying)
        opened, all_of_the_day, pages, done = 0.0, 0.0, [], None
        today = datetime.now(UTC).date()
        while done is None or lea.lagging or lea.folder.behind():
            before = time.time()
            held = page(lea, traces, patient, today)
            pages.append(time.time() - before)
            if held == expected and not opened:
                opened = time.time() - began
                print(f"  the first chart of the day opens after {opened:6.2f} s", flush=True)
            if opened and not all_of_the_day:
                there = [page(lea, traces, day_patient(one, patients), today) for one in range(20)]
                if all(one == expected for one in there):
                    all_of_the_day = time.time() - began
                    print(f"  the twenty of the day open after       {all_of_the_day:6.2f} s", flush=True)
            if done is None and not told.empty():
                done = told.get()
                print(f"  every entry is here after              {done[1] - began:6.2f} s", flush=True)
            time.sleep(0.1)
            if not copying.is_alive() and done is None and told.empty():
                raise SystemExit("the exchange ended without a word")
        folded = time.time() - began
        since, until, sent, came, first, received = done
        print(f"  all is folded after                    {folded:6.2f} s")
        print(f"  {first} entries came first; {since - began:.2f} s of each went to starting a process")
        slow = sorted(pages)
        print(
            f"  a page meanwhile: {statistics.median(slow) * 1000:.0f} ms, one in a hundred {slow[int(len(slow) * 0.99)] * 1000:.0f} ms"
            f" ({len(pages)} pages)"
        )
        print(f"  {received} entries received, in {came / 1e6:.1f} MB, out {sent / 1e6:.2f} MB")
        low = min(floor(garance.journal, folder / f"floor{turn}") for turn in range(2))
        before = time.perf_counter()
        garance.folder.rebuild()
        bulk = time.perf_counter() - before
        wire = came * 8 / bits if bits else 0.0
        print(
            f"  floor: {low:.2f} s to copy and check, {wire:.1f} s on the line, {bulk:.2f} s to fold in bulk;"
            f" entries here at {(until - since) / max(low, wire):.1f} × the larger of the first two"
        )
        if (
            lea.tables.read().execute("SELECT count(*) FROM fact").fetchone()
            != garance.tables.read().execute("SELECT count(*) FROM fact").fetchone()
        ):
            raise SystemExit("the two records differ")
    finally:
        for one in reversed(others):
            one.terminate()
            one.wait() if isinstance(one, subprocess.Popen) else one.join()


def main() -> None:
    numbers = [float(argument) for argument in sys.argv[1:]]
    patients, facts, line_mbit = (*numbers, *(1_500, 200, 0)[len(numbers) :])
    folder = Path(tempfile.mkdtemp(prefix="lanterne-first-copy-"))
    try:
        print(machine())
        play(folder, int(patients), int(facts), line_mbit * 1e6)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
