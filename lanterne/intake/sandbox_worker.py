"""The process that reads files from outside: `python -m lanterne.intake.sandbox_worker`.

Law: it holds no key, opens no connection, writes no file, starts no process; it gets bytes by its standard
input and answers by its standard output, nothing else. A reader that fails in a way nobody foresaw ends it:
the session sees it end, says so, and starts another. The fences here (limits of the system, refused events of
the interpreter) hold against mistakes and against most attacks on parsers written in Python; native code
taken over by an attacker is held by the system's limits only.
"""

from __future__ import annotations

import gc
import importlib
import itertools
import os
import sys
import time
from collections.abc import Callable
from typing import Any, BinaryIO

from lanterne.intake import sandbox_wire as wire
from lanterne.intake.reading import Document, Limits, Unreadable

#: How the process says that memory ran out (any other end is a crash).
OUT_OF_MEMORY = 77

_COLLECT_EVERY = 50

ReadNamed = Callable[[bytes, Limits, str], Document]

_REFUSED = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.spawn", "os.posix_spawn", "os.startfile",
    "os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod", "os.chown",
    "os.kill", "os.putenv", "shutil.", "tempfile.", "urllib.", "http.client.", "ftplib.", "smtplib.", "webbrowser.",
    "sqlite3.", "ctypes.dlopen", "winreg.",
)  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Refused(RuntimeError):
    """A reader tried what no reader needs."""


def main() -> None:
    """Read files with every reader there is, until the input closes."""
    from lanterne.intake import detect

    for place in detect.READERS.values():
        try:
            importlib.import_module(place.partition(":")[0])
        except ImportError:
            continue  # that reader fails its own files only, with its own sentence
    serve(detect.read)


def serve(read: ReadNamed) -> None:
    """Answer questions until the input closes.

    Args:
        read: from bytes, limits and a name to a document; may raise Unreadable.
    """
    questions, answers = _take_pipes()
    memory = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    fence(memory)
    # Documents are trees: the collector finds nothing in them and costs a third of the time. What little does make
    # circles is taken every so many files.
    gc.freeze()
    gc.disable()
    wire.send(answers, wire.READY)
    for number in itertools.count(1):
        if number % _COLLECT_EVERY == 0:
            gc.collect()
        try:
            question = wire.decode_question(wire.receive(questions, 1 << 20))
            content = wire.receive(questions, question.limits.file_bytes)
        except wire.BadFrame:
            return
        _bound_processor(question.limits.seconds)
        try:
            answer = _answer(read, content, question)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        wire.send(answers, answer)
        del content, answer


def _answer(read: ReadNamed, content: bytes, question: wire.Question) -> bytes:
    try:
        document = read(content, question.limits, question.name)
    except Unreadable as error:
        return wire.encode_refusal(error.code, error.params, _peak_bytes())
    return wire.encode_document(document, _peak_bytes())


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The two pipes, out of reach of a library that prints: its words go nowhere."""
    questions = os.fdopen(os.dup(0), "rb", buffering=1 << 16)
    answers = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    return questions, answers


def fence(memory_bytes: int) -> None:
    """Close what no reader needs, for the life of this process. `memory_bytes` of address space, 0 for no
    bound.

    Limits of the system exist on Linux and macOS; Windows has none that a process can set on itself so simply
    (a job object would need a native library): there, time, the interpreter's fence and renewal remain. Not
    tested on Windows here.
    """
    sys.dont_write_bytecode = True
    try:
        import resource
    except ImportError:
        resource = None  # type: ignore[assignment]
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        if memory_bytes and sys.platform != "darwin":
            resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    sys.addaudithook(_audit)


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        mode, flags = arguments[1], arguments[2]
        if (isinstance(mode, str) and set(mode) & set("wax+")) or (
            isinstance(flags, int) and flags & _WRITING
        ):
            raise Refused("open for writing")
    elif event.startswith(_REFUSED):
        raise Refused(event)


def _bound_processor(seconds: float) -> None:
    """Should the session die while this process loops, the system ends it."""
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + seconds) + 10, hard))


def _peak_bytes() -> int:
    try:
        import resource
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    main()
