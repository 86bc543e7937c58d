"""The relay: appends a second, one practice among many, polls held, memory, and what overload does to the others.

`python bench/relay.py [practices] [polls] [--entries N]`: 30,000 practices and 3,000 polls unless said. The store is measured by
itself, then the relay in a process of its own over loopback by clients on the same machine, which therefore pay half
of it. Entries are real and signed; the small practices of the store hold three entries of 1 KiB each. The floor of an
append is a write and an fsync of as many bytes to a file beside. CPU and disk are shared with whatever else runs.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import secrets
import sys
import tempfile
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path

import psutil
from _figures import machine, timed

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from lanterne.relay.accepting import accept  # noqa: E402
from lanterne.relay.limits import Quota  # noqa: E402
from lanterne.relay.practices import Practices  # noqa: E402
from lanterne.relay.sqlite_store import SqliteStore  # noqa: E402
from lanterne.relay.store import Batch, NewEntry  # noqa: E402
from lanterne.wire.asking import read_give  # noqa: E402
from lanterne.wire.framing import frame, read_framed  # noqa: E402
from lanterne.wire.names import PracticeId  # noqa: E402
from tests import cast  # noqa: E402
from tests.relay.asking import Device  # noqa: E402
from tests.relay.process import Elsewhere, RelayProcess  # noqa: E402

KIB = 1024
MIB = 1024 * 1024


def line(what: str, figure: str) -> None:
    print(f"  {what:<58} {figure}", flush=True)


@contextlib.contextmanager
def lasting() -> Iterator[Callable[[], float]]:
    began = time.perf_counter()
    yield lambda: time.perf_counter() - began


def notes(actor: cast.Actor, count: int, size: int) -> list[NewEntry]:
    """Entries about so long: random text of twice as many letters, which is what sealing makes half of it again."""
    made = [actor.note(secrets.token_hex(size - 500)) for _ in range(count)]
    return [NewEntry(one.head, one.raw, False) for one in made]


def floor(folder: Path, size: int, count: int) -> float:
    """Writes with fsync a second."""
    data = os.urandom(size)
    with (folder / "floor").open("wb", buffering=0) as stream, lasting() as took:
        for _ in range(count):
            stream.write(data)
            os.fsync(stream.fileno())
        return count / took()


def store_appends(folder: Path, size: int, count: int) -> None:
    garance = cast.garance()
    entries = notes(garance, count, size)
    mean = sum(len(new.raw) for new in entries) // count
    store = SqliteStore(folder / f"append-{size}.db")
    practices = [PracticeId(f"{number:064x}") for number in range(65)]
    for practice in practices:
        store.found(practice, b"genesis", 1).result()
    with lasting() as took:
        for number, new in enumerate(entries):
            store.append(Batch(practices[0], number, [new])).result()
        alone = count / took()
    before = store.commits
    with lasting() as took:
        for number, new in enumerate(entries):
            waiting = [store.append(Batch(practice, number, [new])) for practice in practices[1:]]
            for one in waiting:
                one.result()
        grouped = count * 64 / took()
    groups = store.commits - before
    store.close()
    line(
        f"store, {mean / KIB:.1f} KiB, one by one",
        f"{alone:,.0f} appends/s (floor {floor(folder, mean, 300):,.0f} fsyncs/s)",
    )
    line(
        f"store, {mean / KIB:.1f} KiB, 64 practices at once",
        f"{grouped:,.0f} appends/s, {count * 64 / groups:.0f} to a commit",
    )


def checking(folder: Path) -> None:
    garance = cast.garance()
    raws = [new.raw for new in notes(garance, 500, 1000)]
    store = SqliteStore(folder / "checking.db")
    practice = cast.founding().practice
    store.found(practice, cast.genesis(), 1).result()
    account, membership = store.account(practice), Practices(store, 100).membership(practice)
    assert account is not None
    assert membership is not None
    with lasting() as took:
        accepted = accept(raws, account=account, membership=membership, store=store, quota=Quota())
        each = took() / len(raws)
    assert set(accepted.answers) == {0}
    store.close()
    line("checks E1 to E15 of an entry of 1 KiB, without the disk", f"{each * 1e6:,.0f} µs")


def many_practices(path: Path, count: int) -> list[PracticeId]:
    """A store of small practices."""
    store = SqliteStore(path)
    entries = notes(cast.garance(), 3, 1000)
    practices = [PracticeId(secrets.token_hex(32)) for _ in range(count)]
    with lasting() as took:
        waiting: list[Future[None]] = []
        for practice in practices:
            waiting += [store.found(practice, cast.genesis(), 1), store.append(Batch(practice, 0, entries))]
            if len(waiting) > 4000:
                for one in waiting:
                    one.result()
                waiting = []
        for one in waiting:
            one.result()
        line(
            f"store, {count:,} practices of 3 entries begun",
            f"{count / took():,.0f} practices/s, {path.stat().st_size / MIB:,.0f} MiB",
        )
    read = iter(secrets.SystemRandom().choices(practices, k=3000))
    p50, p99 = timed(lambda: store.since(next(read), 0, MIB), 2000)
    line(f"store, one practice among {count:,}: since", f"p50 {p50:.2f} ms, p99 {p99:.2f} ms")
    store.close()
    return practices


def resident(relay: RelayProcess) -> float:
    return psutil.Process(relay.process.pid).memory_info().rss / MIB


def over_http(relay: RelayProcess, clients: int, rounds: int) -> None:
    """Each client a practice of its own."""
    actors = [Elsewhere(cast.found_anew(f"client {clients}/{number}"), "x") for number in range(clients)]
    devices = [relay.device(actor.founding.device, actor.founding.practice) for actor in actors]
    for device, actor in zip(devices, actors, strict=True):
        device.found(actor.founding.genesis)
    bodies = [[frame([new.raw]) for new in notes(actor, rounds, 1000)] for actor in actors]

    def work(device: Device, mine: list[bytes]) -> None:
        for body in mine:
            device.sure("give", body)

    threads = [threading.Thread(target=work, args=pair) for pair in zip(devices, bodies, strict=True)]
    process = psutil.Process(relay.process.pid)
    before = sum(process.cpu_times()[:2])
    with lasting() as took:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = took()
    used = sum(process.cpu_times()[:2]) - before
    line(
        f"HTTP, 1 KiB a request, {clients} practice{'s' if clients > 1 else ''} at once",
        f"{clients * rounds / seconds:,.0f} appends/s, {used / clients / rounds * 1e3:.2f} ms of the relay's processor each",
    )
    if clients == 1:
        p50, p99 = timed(devices[0].heads, 100)
        line("HTTP, heads", f"p50 {p50:.1f} ms, p99 {p99:.1f} ms (a connection each, client included)")
        body = [frame([new.raw for new in notes(actors[0], 500, 1000)])]
        with lasting() as took:
            work(devices[0], body)
            line("HTTP, 500 entries of 1 KiB in one request", f"{500 / took():,.0f} entries/s")


async def polls(relay: RelayProcess, count: int) -> None:
    """Held open on as many connections, 50 to a practice; then every practice hears news at once."""
    founders = [cast.found_anew(f"poll {number}") for number in range(-(-count // 50))]
    devices = [relay.device(one.device, one.practice) for one in founders]
    for device, one in zip(devices, founders, strict=True):
        device.found(one.genesis)
    before = resident(relay)
    open_polls = []
    with lasting() as took:
        for number in range(count):
            device = devices[number % len(devices)]
            target = f"/1/{device.practice}/news?after=0"
            reader, writer = await asyncio.open_connection(*relay.address)
            header = device.header("GET", target, b"").to_text()
            writer.write(f"GET {target} HTTP/1.1\r\nHost: x\r\nLanterne-Device: {header}\r\n\r\n".encode())
            open_polls.append((reader, writer))
        await asyncio.sleep(2)
        line("polls opened", f"{count / (took() - 2):,.0f}/s")
    held = resident(relay)
    line(
        f"{count:,} polls held",
        f"{held - before:,.0f} MiB more, {(held - before) * KIB / count:.0f} KiB each; {held:,.0f} MiB in all",
    )
    process = psutil.Process(relay.process.pid)
    process.cpu_percent()
    await asyncio.sleep(3)
    line("processor while they are held", f"{process.cpu_percent():.1f} %")
    given = [frame([Elsewhere(one, "x").note("news").raw]) for one in founders]
    with lasting() as took:
        await asyncio.gather(
            *(
                asyncio.to_thread(device.sure, "give", body)
                for device, body in zip(devices, given, strict=True)
            )
        )
        answers = await asyncio.gather(*(reader.readuntil(b"\r\n\r\n") for reader, _ in open_polls))
        line(f"{len(devices)} practices told, {count:,} polls answered", f"{took():.2f} s")
    assert all(answer.startswith(b"HTTP/1.1 200") for answer in answers), Counter(
        answer[:12] for answer in answers
    )
    for _, writer in open_polls:
        writer.close()


def overload(relay: RelayProcess, seconds: float) -> None:
    """One practice asks with 60 connections at once; another, modest, gives one entry after the other."""
    greedy, modest = (Elsewhere(cast.found_anew(name), "x") for name in ("greedy", "modest"))
    devices = [relay.device(one.founding.device, one.founding.practice) for one in (greedy, modest)]
    for device, one in zip(devices, (greedy, modest), strict=True):
        device.found(one.founding.genesis)
    pressed = [new.raw for new in notes(greedy, 3_000, 1000)]
    batches = [frame(pressed[at : at + 20]) for at in range(0, len(pressed), 20)]
    given = [new.raw for new in notes(modest, 400, 1000)]
    mine = iter([frame([raw]) for raw in given])
    p50, p99 = timed(lambda: devices[1].sure("give", next(mine)), 100)
    line("modest practice alone: one entry kept", f"p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    ends = time.monotonic() + seconds
    statuses: Counter[int] = Counter()
    asked: Counter[str] = Counter()
    kept: set[bytes] = set()
    turns = deque(batches)

    def press() -> None:
        while time.monotonic() < ends:
            try:
                body = turns.popleft()
            except IndexError:
                time.sleep(0.05)
                continue
            answer = devices[0].ask("give", body)
            statuses[answer.status] += 1
            if answer.status != 200:
                turns.appendleft(body)
                asked[answer.headers.get("retry-after", "nothing")] += 1
                time.sleep(0.2)
                continue
            codes = read_give(answer.body).answers
            raws = read_framed(body, most_entries=20)
            kept.update(raw for raw, code in zip(raws, codes, strict=True) if code < 2)
            turns.append(body)

    threads = [threading.Thread(target=press) for _ in range(60)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    p50, p99 = timed(lambda: devices[1].sure("give", next(mine)), 100)
    for thread in threads:
        thread.join()
    said = ", ".join(f"{status}: {count:,}" for status, count in sorted(statuses.items()))
    line(
        "modest practice beside a greedy one: one entry kept",
        f"p50 {p50:.1f} ms, p99 {p99:.1f} ms, none refused",
    )
    line("greedy practice, answers", said)
    told = ", ".join(f"{after} s × {count:,}" for after, count in sorted(asked.items()))
    line("told to come back after", told or "nobody was")
    lost = [len(kept - set(devices[0].everything().values()))]
    lost.append(len(set(given[:206]) - set(devices[1].everything().values())))
    line("acknowledged, and handed over afterwards", f"{len(kept):,} and 206; lost {lost[0]} and {lost[1]}")
    assert set(statuses) <= {200, 429, 503}
    assert "nothing" not in asked, "a refusal for overload that does not say when to come back"
    assert lost == [0, 0]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("practices", type=int, nargs="?", default=30_000)
    parser.add_argument("polls", type=int, nargs="?", default=3_000)
    parser.add_argument("--entries", type=int, default=200)
    options = parser.parse_args()
    with contextlib.suppress(ImportError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store_appends(folder, 1000, options.entries)
        store_appends(folder, 64 * KIB, options.entries)
        checking(folder)
        root = folder / "relay"
        relay = RelayProcess.start(root, "--open", "1000000")
        relay.kill()
        many_practices(root / "relay.db", options.practices)
        relay = RelayProcess.start(root, "--open", "1000000")
        try:
            line("relay at rest", f"{resident(relay):,.0f} MiB")
            over_http(relay, 1, 200)
            over_http(relay, 16, 40)
            overload(relay, 8)
            asyncio.run(polls(relay, options.polls))
            line("relay afterwards", f"{resident(relay):,.0f} MiB")
        finally:
            relay.kill()


if __name__ == "__main__":
    main()
