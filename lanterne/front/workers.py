"""One process per unlocked seat: started, asked, ended.

Law: the front gives a worker the passphrase once and keeps nothing of it; a worker lives no longer than its
standard input, so that none outlives the front, however the front ends.

The talk, one JSON object a line. Front to worker: `{"data", "seat", "front_secret", "passphrase"}`; worker to
front: `{"ok": true, "port": N}` or `{"ok": false, "error": word}`. Later, front to worker:
`{"verify": passphrase}`; worker to front: `{"ok": bool}`. The worker ends when its input closes. A line that
is not a JSON object is ignored.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import secrets
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from lanterne.front.errors import UnlockRefused
from lanterne.front.passphrase import json_line, wipe
from lanterne.front.settings import FrontSettings

DEFAULT_COMMAND: tuple[str, ...] = (sys.executable, "-m", "lanterne.site.worker")
_ERROR_WORD = re.compile(r"[a-z_.]{1,40}")
_LINE_BYTES = 4096
ENDED_CODE = 10
"""Exit code of a worker that ended because its access did."""
#: Windows: no console window for a worker, and Ctrl-C in the front's console is the front's affair. Not
#: tested here.
WINDOWS_FLAGS = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(
    subprocess, "CREATE_NEW_PROCESS_GROUP", 0
)


def _word(answer: dict[str, Any], otherwise: str) -> str:
    """Why a worker refused: the last word of its error's code (of `seal.wrong_passphrase`, the second)."""
    code = answer.get("error")
    if not isinstance(code, str) or not _ERROR_WORD.fullmatch(code):
        return otherwise
    return code.rpartition(".")[2] or otherwise


def environment() -> dict[str, str]:
    """The front's environment without the passphrases a command line may have been given there."""
    given = ("LANTERNE_PASSPHRASE", "LANTERNE_NEW_PASSPHRASE")
    return {name: value for name, value in os.environ.items() if name not in given}


def spawn(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """A process that is spoken with in lines. Raises OSError.

    stderr is the front's own: what it says when it falls must be seen.
    """
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
        env=environment(),
        # Ctrl-C in the terminal reaches the front only, which then ends its workers in order.
        start_new_session=sys.platform != "win32",
        creationflags=WINDOWS_FLAGS,
    )


class Worker:
    """A running worker of one seat. Made by `Workers.unlock` (and, of no seat, by `joining.JoinDesk`)."""

    def __init__(self, seat: str, process: subprocess.Popen[bytes], loop: asyncio.AbstractEventLoop) -> None:
        self.seat = seat
        self.port = 0
        self.front_secret = secrets.token_urlsafe(32)
        self.ended = asyncio.Event()
        self.asking = asyncio.Lock()
        self._process = process
        self._loop = loop
        self._answer: asyncio.Future[dict[str, Any]] | None = None
        # Threads, because pipes of processes cannot be awaited alike on every system. They end with the
        # process.
        for target in (self._read, self._watch):
            threading.Thread(target=target, name=f"worker-{process.pid}", daemon=True).start()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def alive(self) -> bool:
        """Whether the process runs; while it does, its port is nobody else's."""
        return self._process.poll() is None

    @property
    def why_ended(self) -> str:
        """ "ended" when the worker went because its access is over; "crashed" otherwise."""
        return "ended" if self._process.poll() == ENDED_CODE else "crashed"

    async def ends_within(self, seconds: float) -> bool:
        """Whether the process ends in that time."""
        try:
            async with asyncio.timeout(seconds):
                await self.ended.wait()
        except TimeoutError:
            return False
        return True

    async def ask(self, line: bytearray, timeout_s: float) -> dict[str, Any]:
        """Write one line (wiped here), read one object.

        Empty when the worker ends or says nothing in time.
        """
        async with self.asking:
            self._answer = self._loop.create_future()
            try:
                if self.ended.is_set():
                    return {}
                await asyncio.to_thread(self._write, line)
                async with asyncio.timeout(timeout_s):
                    return await self._answer
            except (TimeoutError, OSError):
                return {}
            finally:
                wipe(line)
                self._answer = None

    async def stop(self, grace_s: float) -> None:
        """Close its input, wait, kill. Returns when the process is gone."""
        self._close_input()
        if not await self.ends_within(grace_s):
            self._process.kill()
            await self.ended.wait()

    def kill(self) -> None:
        """End it at once."""
        self._close_input()
        self._process.kill()

    def _close_input(self) -> None:
        if self._process.stdin is not None:
            try:
                self._process.stdin.close()
            except BrokenPipeError:
                return  # it ended first, which is what was wanted

    def _write(self, line: bytearray) -> None:
        """Unbuffered: `write` hands our own memory to the system, no copy stays behind."""
        if self._process.stdin is None or self._process.stdin.closed:
            raise BrokenPipeError
        view = memoryview(line)
        while view:
            view = view[self._process.stdin.write(view) or 0 :]

    def _read(self) -> None:
        if self._process.stdout is None:
            return
        with self._process.stdout as stream:
            while line := stream.readline(_LINE_BYTES):
                self._tell(self._heard, line)

    def _watch(self) -> None:
        self._process.wait()
        self._tell(self._gone)

    def _tell(self, what: Callable[..., None], *arguments: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(what, *arguments)
        except RuntimeError:
            return  # the loop is closed: the front has ended, and the worker with it

    def _heard(self, line: bytes) -> None:
        try:
            found = json.loads(line)
        except ValueError:
            return
        if isinstance(found, dict) and self._answer is not None and not self._answer.done():
            self._answer.set_result(found)

    def _gone(self) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result({})
        self._close_input()
        self.ended.set()


class Workers:
    """The workers of this device, at most one per seat."""

    def __init__(
        self,
        root: Path,
        settings: FrontSettings,
        *,
        command: Sequence[str] = DEFAULT_COMMAND,
        on_crash: Callable[[str, str], Awaitable[None]],
    ) -> None:
        self._root = root
        self._settings = settings
        self._command = tuple(command)
        self._on_crash = on_crash
        self._running: dict[str, Worker] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._watchers: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._running)

    def seats(self) -> list[str]:
        """The seats unlocked now."""
        return list(self._running)

    def why_ended(self, seat: str) -> str:
        """Why the worker of a seat is gone, as far as it is remembered."""
        worker = self._running.get(seat)
        return "crashed" if worker is None else worker.why_ended

    def find(self, seat: str) -> Worker | None:
        """The worker of a seat, when it runs."""
        worker = self._running.get(seat)
        return worker if worker is not None and worker.alive() else None

    async def unlock(self, seat: str, passphrase: bytearray) -> Worker:
        """The seat's worker: a new one, or the running one once it has verified the passphrase.

        Raises UnlockRefused with the worker's word, `wrong_passphrase`, or `not_started`. The caller wipes
        `passphrase`.
        """
        async with self._locks.setdefault(seat, asyncio.Lock()):
            running = self.find(seat)
            if running is not None:
                await self._verify(running, passphrase)
                return running
            return await self._start(seat, passphrase)

    async def lock(self, seat: str) -> None:
        """End a seat's worker; returns when the process is gone. Nothing to do when there is none."""
        async with self._locks.setdefault(seat, asyncio.Lock()):
            worker = self._running.pop(seat, None)
            if worker is not None:
                await worker.stop(self._settings.worker_stop_s)

    async def lock_all(self) -> None:
        """End every worker."""
        await asyncio.gather(*(self.lock(seat) for seat in self.seats()))
        await asyncio.gather(*self._watchers)

    async def _verify(self, worker: Worker, passphrase: bytearray) -> None:
        answer = await worker.ask(
            json_line(b'{"verify": ', passphrase, b"}\n"), self._settings.worker_verify_s
        )
        if answer.get("ok") is not True:
            raise UnlockRefused(_word(answer, "wrong_passphrase" if "ok" in answer else "not_answering"))

    async def _start(self, seat: str, passphrase: bytearray) -> Worker:
        try:
            process = await asyncio.to_thread(spawn, self._command)
        except OSError as error:
            raise UnlockRefused("not_started") from error
        worker = Worker(seat, process, asyncio.get_running_loop())
        told = {"data": str(self._root), "seat": seat, "front_secret": worker.front_secret}
        before = json.dumps(told)[:-1].encode() + b', "passphrase": '
        try:
            answer = await worker.ask(json_line(before, passphrase, b"}\n"), self._settings.worker_start_s)
            port = answer.get("port")
            if answer.get("ok") is not True or type(port) is not int or not 0 < port < 65536:
                raise UnlockRefused(_word(answer, "not_started"))
        except (UnlockRefused, asyncio.CancelledError):
            worker.kill()
            raise
        worker.port = port
        self._running[seat] = worker
        task = asyncio.create_task(self._watch(worker))
        self._watchers.add(task)
        task.add_done_callback(self._watchers.discard)
        return worker

    async def _watch(self, worker: Worker) -> None:
        await worker.ended.wait()
        if self._running.get(worker.seat) is worker:
            del self._running[worker.seat]
            await self._on_crash(worker.seat, worker.why_ended)
