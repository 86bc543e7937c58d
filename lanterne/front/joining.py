"""A machine without a practice, or whose admission is awaited: its browser is led to « Rejoindre un cabinet ».

Law: the front asks no key and reads nothing: it looks whether files are there, starts the process that joins (told
where the data go, no secret of anybody's) and passes requests on to it through the same gate as to any worker. That
process lives no longer than its standard input.

The talk, one JSON object a line. Front to process: `{"data", "front_secret"}`; process to front: `{"ok": true,
"port": N}`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from lanterne.front import gate
from lanterne.front.gate import NoSession
from lanterne.front.heads import RequestHead
from lanterne.front.pages import joiner_sentence
from lanterne.front.replies import Forward, Reply
from lanterne.front.settings import FrontSettings
from lanterne.front.workers import Worker, spawn
from lanterne.journal.layout import Layout, second

DEFAULT_COMMAND: tuple[str, ...] = (sys.executable, "-m", "lanterne.site.joiner")
PATH = "/rejoindre"


def has_practice(layout: Layout) -> bool:
    """Whether a practice was founded in this directory, or joined. Looks at names only."""
    return layout.genesis.exists() or second(layout.genesis).exists()


class JoinDesk:
    """/rejoindre, and what a machine answers that has nothing to unlock yet. Used from the front's event loop."""

    def __init__(self, root: Path, settings: FrontSettings, command: Sequence[str] = DEFAULT_COMMAND) -> None:
        self._layout, self._settings, self._command = Layout(root), settings, tuple(command)
        self._process: Worker | None = None
        self._starting = asyncio.Lock()

    def waits(self) -> bool:
        """Whether there is no practice here yet, or its admission is awaited. Looks at names only."""
        return self._layout.joining.exists() or not has_practice(self._layout)

    async def begun(self) -> None:
        """Return once there is a practice here that this device was admitted to, or that was founded here."""
        while self.waits():
            await asyncio.sleep(self._settings.joined_s)

    async def enter(self, head: RequestHead) -> Reply | Forward:
        """A request below /rejoindre, or any while there is nothing to unlock; already examined."""
        ours = head.path_is(PATH.encode()) or head.path_begins(PATH.encode() + b"/")
        if not ours:
            return self.lead_to(head, PATH)
        if not self.waits() and (self._process is None or not self._process.alive()):
            return self.lead_to(head, gate.UNLOCK_PATH)
        process = await self._running()
        if process is None:
            return Reply(503, body=joiner_sentence().encode())
        return Forward(process, "", NoSession(303, (("Location", PATH),)))

    @staticmethod
    def lead_to(head: RequestHead, path: str) -> Reply:
        """A page is led there; anything else is refused."""
        missing = gate.without_session(head)
        fields = tuple(
            (name, path if name in ("Location", "HX-Redirect") else value) for name, value in missing.fields
        )
        return Reply(missing.status, fields)

    async def let_go(self) -> None:
        """Somebody unlocks: there is nothing to join any more."""
        if self._process is not None and not self.waits():
            await self.stop()

    async def stop(self) -> None:
        """End the process; returns when it is gone."""
        process, self._process = self._process, None
        if process is not None:
            await process.stop(self._settings.worker_stop_s)

    async def _running(self) -> Worker | None:
        async with self._starting:
            if self._process is not None and self._process.alive():
                return self._process
            try:
                process = Worker(
                    "", await asyncio.to_thread(spawn, self._command), asyncio.get_running_loop()
                )
            except OSError:
                return None
            told = {"data": str(self._layout.root), "front_secret": process.front_secret}
            answer = await process.ask(
                bytearray(json.dumps(told).encode() + b"\n"), self._settings.worker_start_s
            )
            port = answer.get("port")
            if answer.get("ok") is not True or type(port) is not int or not 0 < port < 65536:
                process.kill()
                return None
            process.port = port
            self._process = process
            return process
