"""A network cable on this machine: what comes to its port goes on to another; it can be pulled out, and be slow.

Law: bytes only, in their order, none kept back but by the rate asked for. Pulled out, what is connected is cut and
nobody connects; plugged in, all is as before.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any

PIECE = 4096
HOST = "127.0.0.1"


class Cable:
    """Runs in a thread of its own.

    Args:
        to: the port on this machine where it leads.
        bits_per_second: of each direction; 0: as fast as it goes.
        delay_s: how long bytes take, one way.
    """

    def __init__(self, to: int, *, bits_per_second: int = 0, delay_s: float = 0.0) -> None:
        self._to, self._rate, self._delay_s = to, bits_per_second, delay_s
        self.port = 0
        self.carried = 0
        """Bytes, of both directions."""
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._joined: set[asyncio.Task[Any]] = set()
        self._free: dict[int, float] = {}
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="cable", daemon=True).start()

    def plug(self) -> None:
        """Lead on; at the same port as before."""
        self._wait(self._plugged())

    def pull(self) -> None:
        """Cut what goes on and let nobody in."""
        self._wait(self._pulled())

    def close(self) -> None:
        """Pulled out for good."""
        self.pull()
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _wait(self, doing: Coroutine[Any, Any, None]) -> None:
        done: Future[None] = asyncio.run_coroutine_threadsafe(doing, self._loop)
        done.result(30)

    async def _plugged(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._join, HOST, self.port)
            self.port = int(self._server.sockets[0].getsockname()[1])

    async def _pulled(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in tuple(self._writers):
            writer.transport.abort()
        joined = tuple(self._joined)
        for task in joined:
            task.cancel()
        await asyncio.gather(*joined, return_exceptions=True)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            onward, back = await asyncio.open_connection(HOST, self._to)
        except OSError:
            writer.transport.abort()
            return
        task = asyncio.current_task()
        if task is not None:
            self._joined.add(task)
            task.add_done_callback(self._joined.discard)
        self._writers |= {writer, back}
        try:
            await asyncio.gather(self._carry(reader, back, 0), self._carry(onward, writer, 1))
        except asyncio.CancelledError:
            pass  # pulled out: the server of the streams would complain of a task that ends so
        finally:
            for end in (writer, back):
                end.close()
                self._writers.discard(end)

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, direction: int
    ) -> None:
        """One direction of one connection; all connections share the rate of a direction."""
        try:
            while data := await reader.read(PIECE):
                await self._take_time(len(data), direction)
                self.carried += len(data)
                writer.write(data)
                await writer.drain()
            if writer.can_write_eof():
                writer.write_eof()
        except OSError:
            writer.transport.abort()

    async def _take_time(self, size: int, direction: int) -> None:
        if not self._rate and not self._delay_s:
            return
        now = time.monotonic()
        begins = max(now, self._free.get(direction, now))
        ends = begins + (size * 8 / self._rate if self._rate else 0.0)
        self._free[direction] = ends
        await asyncio.sleep(ends + self._delay_s - now)
