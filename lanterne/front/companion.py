"""The process that exchanges in the background, kept running beside the front.

Law: it is told where the practice lies and no secret, and lives no longer than its standard input, so that it never
outlives the front, however the front ends. When it falls it is started again, ever later, and that is said: here, and
by itself to the screens. Nobody waits for it: the front works without.

One JSON object on one line is all it is told: `{"data": folder, "fell": n, "fell_at": ms}`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from lanterne.front.settings import FrontSettings
from lanterne.front.workers import WINDOWS_FLAGS, environment

DEFAULT_COMMAND: tuple[str, ...] = (sys.executable, "-m", "lanterne.sync.carrier")


class Companion:
    """Used from the front's event loop. `started` counts how often it was."""

    def __init__(self, root: Path, settings: FrontSettings, command: Sequence[str]) -> None:
        self._root, self._settings, self._command = root, settings, tuple(command)
        self._process: subprocess.Popen[bytes] | None = None
        self._task: asyncio.Task[None] | None = None
        self.started = 0

    @property
    def pid(self) -> int | None:
        """Its process id; None while it does not run."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> None:
        """Keep it running from now on. Returns at once."""
        self._task = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """Close its input, wait, kill; returns when its process is gone."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._process is not None:
            await asyncio.to_thread(_end, self._process, self._settings.companion_stop_s)

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        wait_s, fell, fell_at = self._settings.companion_again_s, 0, 0
        while True:
            began = time.monotonic()
            code = await self._live(loop, {"data": str(self._root), "fell": fell, "fell_at": fell_at})
            if time.monotonic() - began > self._settings.companion_well_s:
                wait_s = self._settings.companion_again_s
            fell, fell_at = fell + 1, time.time_ns() // 1_000_000
            loop.call_exception_handler(
                {"message": f"the exchange in the background ended ({code}); again in {wait_s:.0f} s"}
            )
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, self._settings.companion_most_s)

    async def _live(self, loop: asyncio.AbstractEventLoop, told: dict[str, object]) -> str:
        """Start it and wait until it ends; how it did."""
        gone = asyncio.Event()
        try:
            # Not in a thread: cancelled meanwhile, a process would be started that nobody holds.
            self._process = process = self._spawn()
        except OSError as error:
            return f"not started: {error.strerror}"
        self.started += 1
        threading.Thread(target=_wait, args=(process, loop, gone), name="companion", daemon=True).start()
        if process.stdin is not None:
            with contextlib.suppress(OSError):  # it ended already, which is seen below
                process.stdin.write(json.dumps(told).encode() + b"\n")
        await gone.wait()
        if process.stdin is not None:
            process.stdin.close()
        return f"code {process.returncode}"

    def _spawn(self) -> subprocess.Popen[bytes]:
        """stderr is the front's own: what it says when it falls must be seen."""
        return subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            bufsize=0,
            env=environment(),
            start_new_session=sys.platform != "win32",
            creationflags=WINDOWS_FLAGS,
        )


def _wait(process: subprocess.Popen[bytes], loop: asyncio.AbstractEventLoop, gone: asyncio.Event) -> None:
    process.wait()
    with contextlib.suppress(
        RuntimeError
    ):  # the loop is closed: the front has ended, and its companion with it
        loop.call_soon_threadsafe(gone.set)


def _end(process: subprocess.Popen[bytes], grace_s: float) -> None:
    if process.stdin is not None:
        with contextlib.suppress(BrokenPipeError):  # it ended first, which is what was wanted
            process.stdin.close()
    try:
        process.wait(grace_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
