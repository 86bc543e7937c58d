"""Time passes for the device while nobody is unlocked; an access that ended is said to have ended."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

from lanterne.front.pages import ended_sentence
from lanterne.front.server import Front
from lanterne.front.workers import ENDED_CODE, Worker


def test_a_worker_that_ends_with_its_access_says_so() -> None:
    async def ended_with(code: int) -> str:
        process = subprocess.Popen(
            [sys.executable, "-c", f"import os; os._exit({code})"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        worker = Worker("5e" * 16, process, asyncio.get_running_loop())
        await worker.ended.wait()
        return worker.why_ended

    assert asyncio.run(ended_with(ENDED_CODE)) == "ended"
    for code in (0, 1, 3):
        assert asyncio.run(ended_with(code)) == "crashed"
    assert "pris fin" in ended_sentence("ended")[1]


def test_the_time_is_seen_without_anybody_unlocked(tmp_path: Path) -> None:
    """And a disk that keeps the front waiting for it keeps nobody waiting at the door."""
    seen, held = threading.Event(), threading.Event()

    def see() -> None:
        seen.set()
        held.wait(30)

    class Nobody:
        def attempt(self, seat: object, now_ms: int) -> None: ...

        def succeeded(self, seat: object) -> None: ...

    async def run() -> None:
        front = Front(tmp_path, list_seats=list, limit=Nobody(), static_folders=(), see_time=see)
        await front.start()
        try:
            await asyncio.to_thread(seen.wait, 30)
            reader, writer = await asyncio.open_connection("127.0.0.1", front.port)
            writer.write(f"GET /ouvrir HTTP/1.1\r\nHost: 127.0.0.1:{front.port}\r\n\r\n".encode())
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
            writer.close()
        finally:
            held.set()
            await front.stop()

    asyncio.run(run())
    assert seen.is_set()
