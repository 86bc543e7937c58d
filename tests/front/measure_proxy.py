"""What the proxy costs, printed: `python -m tests.front.measure_proxy`. Not a test: machines differ.

One connection, requests one after the other; the same small worker asked directly (one connection a request,
as the front asks it) and through the front, alternately: both see the same machine.
"""

from __future__ import annotations

import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.front.stage import GARANCE, Browser, connect, lines, practice, read_answer

ROUNDS, REQUESTS = 5, 300
BIG_BYTES = 64 * 1024 * 1024


def direct(port: int, secret: str, path: str) -> float:
    """Seconds for a round of requests straight to the worker."""
    asked = lines(f"GET {path} HTTP/1.0", f"X-Lanterne-Front: {secret}")
    start = time.perf_counter()
    for _ in range(REQUESTS):
        with connect(port) as client:
            client.sendall(asked)
            read_answer(client)
    return time.perf_counter() - start


def through(client: socket.socket, browser: Browser, path: str) -> float:
    """Seconds for a round of requests through the front, on one kept connection."""
    cookie = f"Cookie: lanterne={browser.jar['lanterne']}"
    asked = lines(f"GET {path} HTTP/1.1", f"Host: {browser.host}", cookie)
    start = time.perf_counter()
    for _ in range(REQUESTS):
        client.sendall(asked)
        read_answer(client)
    return time.perf_counter() - start


def measure(process: subprocess.Popen[str], browser: Browser) -> None:
    front = psutil.Process(process.pid)
    (worker,) = front.children()
    port = next(one.laddr.port for one in worker.net_connections("tcp4") if one.status == psutil.CONN_LISTEN)
    secret = browser.get("/echo").told["sent"]["x-lanterne-front"]
    with connect(browser.port) as client:
        for size in (200, 8_000, 100_000):
            path = f"/page?{size}"
            through(client, browser, path)
            cpu_before = sum(front.cpu_times()[:2])
            pairs = [(direct(port, secret, path), through(client, browser, path)) for _ in range(ROUNDS)]
            cpu = (sum(front.cpu_times()[:2]) - cpu_before) / (ROUNDS * REQUESTS)
            straight, passed = (
                statistics.median(column) / REQUESTS * 1e6 for column in zip(*pairs, strict=True)
            )
            print(
                f"{size:>9,} bytes: direct {straight:6.0f} µs, through the front {passed:6.0f} µs, "
                f"difference {passed - straight:+5.0f} µs, its processor time {cpu * 1e6:5.0f} µs a request"
            )
    start = time.perf_counter()
    assert len(browser.get(f"/page?{BIG_BYTES}").body) == BIG_BYTES
    down = time.perf_counter() - start
    body = bytes(BIG_BYTES)
    start = time.perf_counter()
    assert browser.post("/documents", body).told["size"] == BIG_BYTES
    up = time.perf_counter() - start
    print(
        f"64 MiB: down {64 / down:.0f} MiB/s, up {64 / up:.0f} MiB/s (client and worker in Python included)"
    )
    print(f"front: {front.memory_info().rss / 2**20:.0f} MiB resident, Python {platform.python_version()}")


def main() -> None:
    program = Path(__file__).with_name("front_program.py")
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        command = [sys.executable, str(program), str(practice(Path(folder)))]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            browser = Browser(int(process.stdout.readline().strip().rstrip("/").rpartition(":")[2]))
            print(
                f"started in {(time.perf_counter() - began) * 1000:.0f} ms (interpreter and imports included)"
            )
            assert browser.unlock(GARANCE).status == 303
            measure(process, browser)
            process.terminate()
            process.stdout.read()


if __name__ == "__main__":
    main()
