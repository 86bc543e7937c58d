"""Files from outside are read in another process, so that none can take a session down.

Law: whatever a file does to its reader (crash, loop, eat memory), the session gets a document or a sentence,
within the time of `Limits`. The reading process is spawned, never forked; it gets no key, no environment of
ours but what Python needs, and only ever the bytes of one file at a time; they stay in memory. It is kept
warm from file to file and replaced when it ends, when it is too slow, when it has grown, and after many
files.
"""

from __future__ import annotations

import atexit
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, cast

import lanterne
from lanterne.intake import sandbox_wire as wire
from lanterne.intake.reading import Document, Limits, Unreadable
from lanterne.intake.sandbox_worker import OUT_OF_MEMORY

COMMAND: tuple[str, ...] = (sys.executable, "-P", "-m", "lanterne.intake.sandbox_worker")
# A file of 64 MiB of base64 text, decoded, inflated and carried back, holds some 600 MiB at its worst.
MEMORY_BYTES = 2 * 1024 * 1024 * 1024
# Python gives little memory back: a process that grew past this is replaced after its answer.
GROWN_BYTES = 512 * 1024 * 1024
# Where growth cannot be measured (Windows), and against slow leaks of native libraries.
FILES_PER_PROCESS = 5_000
# Python starting on a cold disk under an antivirus.
_START_SECONDS = 60.0
_ENDS_SECONDS = 2.0
# What Python itself needs to start; nothing else of this process's environment passes.
_PASSED_ON = (
    "PATH",
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "WINDIR",
    "LD_LIBRARY_PATH",
    "LANG",
    "LC_ALL",
    "COVERAGE_PROCESS_START",
)
#: Windows: no console window. Not tested here.
_FLAGS = getattr(subprocess, "CREATE_NO_WINDOW", 0)


def _(text: str) -> str:
    """Mark a French msgid for gettext; the sentence is translated at the boundary."""
    return text


SENTENCES: dict[str, str] = {
    "reader_crashed": _("La lecture de ce fichier a échoué : il est mis de côté."),
    "too_slow": _("La lecture a dépassé %(limit)s secondes : elle est abandonnée."),
    "too_much_memory": _("La lecture de ce fichier demande trop de mémoire : elle est abandonnée."),
    "file_too_large": _("Le fichier pèse plus de %(limit)s Mo : il n’est pas ouvert."),
}


class Sandbox:
    """A pool of reading processes, started when first needed. Usable from several threads.

    Args:
        size: how many files are read at once.
        command: the reading process; the memory it may take, in bytes, is added as its last argument.
        memory_bytes: address space of one process, where the system can bound it.
    """

    def __init__(
        self, size: int = 1, *, command: Sequence[str] = COMMAND, memory_bytes: int = MEMORY_BYTES
    ) -> None:
        self._command = (*command, str(memory_bytes))
        self._places: queue.LifoQueue[_Reader | None] = queue.LifoQueue()
        self._closed = False
        self.size = size
        #: Processes started so far: 1 a place when nothing went wrong.
        self.started = 0
        for _place in range(size):
            self._places.put(None)

    def read(self, content: bytes, name: str = "", limits: Limits | None = None) -> Document:
        """The document in a file, read elsewhere.

        Raises:
            Unreadable: what the reader raised, or a code of `SENTENCES`.
        """
        limits = limits or Limits()
        if len(content) > limits.file_bytes:
            raise Unreadable("file_too_large", limit=str(limits.file_bytes // (1024 * 1024)))
        reader = self._places.get()
        try:
            if reader is None or not reader.alive():
                reader = self._start()
            document, code, params = reader.ask(content, name, limits)
        finally:
            if reader is not None and (self._closed or not reader.fit()):
                reader.end()
                reader = None
            self._places.put(reader)
        if document is None:
            raise Unreadable(code, **params)
        return document

    def read_many(
        self, files: Iterable[tuple[str, bytes]], limits: Limits | None = None
    ) -> Iterator[tuple[str, Document | Unreadable]]:
        """Each file's name with what came of it, in the order given; no more files are held than there are
        processes and one waiting for each.
        """
        waiting: deque[tuple[str, Future[Document | Unreadable]]] = deque()
        with ThreadPoolExecutor(self.size, thread_name_prefix="reading") as threads:
            for name, content in files:
                waiting.append((name, threads.submit(self._tried, content, name, limits)))
                while len(waiting) >= 2 * self.size:
                    first, result = waiting.popleft()
                    yield first, result.result()
            while waiting:
                first, result = waiting.popleft()
                yield first, result.result()

    def _tried(self, content: bytes, name: str, limits: Limits | None) -> Document | Unreadable:
        try:
            return self.read(content, name, limits)
        except Unreadable as error:
            return error

    def close(self) -> None:
        """End the processes that wait; one that is reading ends after its file."""
        self._closed = True
        for _place in range(self._places.qsize()):
            try:
                reader = self._places.get_nowait()
            except queue.Empty:
                return
            if reader is not None:
                reader.end()
            self._places.put(None)

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self) -> _Reader:
        self.started += 1
        return _Reader(self._command)


class _Reader:
    """One reading process. `ask` is for one thread at a time."""

    def __init__(self, command: Sequence[str]) -> None:
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        # Found where this program was, whatever folder it runs in.
        environment |= {"PYTHONPATH": str(Path(lanterne.__file__).parent.parent), "PYTHONUTF8": "1"}
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback may quote the file
            env=environment,
            creationflags=_FLAGS,
        )
        self._to = cast(BinaryIO, self._process.stdin)
        self._from = cast(BinaryIO, self._process.stdout)
        self._late = False
        self._ready = False
        self._files = 0
        self._peak_bytes = 0

    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def fit(self) -> bool:
        """Whether it may read another file."""
        grown = self._peak_bytes > GROWN_BYTES or self._files >= FILES_PER_PROCESS
        return self._ready and not self._late and not grown and self.alive()

    def ask(
        self, content: bytes, name: str, limits: Limits
    ) -> tuple[Document | None, str, dict[str, str | int | float]]:
        """A document, or the code and parameters of an Unreadable."""
        try:
            if not self._ready:
                self._await_ready()
            document, code, params, self._peak_bytes = self._exchange(content, name, limits)
        except (wire.BadFrame, OSError, ValueError):
            self._ready = False
            return None, *self._why(limits)
        self._files += 1
        return document, code, params

    def _await_ready(self) -> None:
        watch = self._watch(_START_SECONDS)
        try:
            if wire.receive(self._from, len(wire.READY)) != wire.READY:
                raise wire.BadFrame
        finally:
            watch.cancel()
        self._ready = True

    def _exchange(
        self, content: bytes, name: str, limits: Limits
    ) -> tuple[Document | None, str, dict[str, str | int | float], int]:
        # Text and markup are each carried once, attachments once; twice for what surrounds them.
        most_bytes = 2 * (limits.inflated_bytes + limits.file_bytes + 8 * limits.text_characters)
        watch = self._watch(limits.seconds)
        try:
            wire.send(self._to, wire.encode_question(name, limits))
            wire.send(self._to, content)
            data = wire.receive(self._from, most_bytes)
        finally:
            watch.cancel()
        return wire.decode_answer(data)

    def _watch(self, seconds: float) -> threading.Timer:
        # A pipe cannot be read with a deadline alike on every system; a process can be killed on all of
        # them, and a
        # killed process closes its pipes.
        watch = threading.Timer(seconds, self._too_late)
        watch.daemon = True
        watch.start()
        return watch

    def _too_late(self) -> None:
        self._late = True
        self._process.kill()

    def _why(self, limits: Limits) -> tuple[str, dict[str, str | int | float]]:
        """Why there is no answer, once the process is over."""
        self._process.kill()
        code = self._process.wait()
        if self._late:
            return "too_slow", {"limit": f"{limits.seconds:g}"}
        return ("too_much_memory" if code == OUT_OF_MEMORY else "reader_crashed"), {}

    def end(self) -> None:
        """Close its input, which ends it; kill it if that does not."""
        for pipe in (self._to, self._from):
            try:
                pipe.close()
            except OSError:
                continue  # bytes it will never read
        try:
            self._process.wait(_ENDS_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


_shared_lock = threading.Lock()
_shared: list[Sandbox] = []


def shared() -> Sandbox:
    """The one sandbox of this process, ended with it."""
    with _shared_lock:
        if not _shared:
            _shared.append(Sandbox())
            atexit.register(_shared[0].close)
        return _shared[0]


def read_safely(content: bytes, name: str, limits: Limits | None = None) -> Document | Unreadable:
    """What a file holds, or why it cannot be read; never raises for what a file does."""
    try:
        return shared().read(content, name, limits)
    except Unreadable as error:
        return error
