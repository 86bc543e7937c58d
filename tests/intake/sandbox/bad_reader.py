"""A reader that does what files make bad readers do, asked by the first word of the file. Run as a process by the tests."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from lanterne.intake.reading import Document, Limits, ReadStatement, Unreadable
from lanterne.intake.sandbox_worker import Refused, serve
from lanterne.practice.documents.facts import DocumentFiled

HELD: list[bytearray] = []


def read(content: bytes, limits: Limits, name: str) -> Document:
    """Do what the file says."""
    word, _, rest = content.decode().partition(" ")
    if word in ATTEMPTS:
        try:
            ATTEMPTS[word](rest)
        except (Refused, OSError) as error:
            return Document("text", text=f"held: {type(error).__name__}")
        return Document("text", text="done")
    if word in ANSWERS:
        return ANSWERS[word]()
    if word == "recurse":
        return read(content, limits, name)
    if word in HARM:
        HARM[word]()
    return Document("text", text=rest, title=name)


def loop() -> None:
    while True:
        pass


def eat() -> None:
    while True:
        HELD.append(bytearray(64 * 1024 * 1024))


def fail() -> None:
    raise KeyError("name of a patient")


def refuse() -> None:
    raise Unreadable("file_empty", limit="3")


def babble() -> None:
    print("what a library prints")
    sys.stdout.flush()
    os.write(1, b"\xff" * 100)


FILED = ReadStatement("1", DocumentFiled(blob="", key="", size=1, media_type=""))
HARM = {
    "exit": lambda: os._exit(3),
    "loop": loop,
    "sleep": lambda: time.sleep(600),
    "eat": eat,
    "raise": fail,
    "refuse": refuse,
    "print": babble,
}
ANSWERS = {
    "lie": lambda: Document("text", statements=(FILED,)),
    "wrong": lambda: Document("text", kind="no such kind"),  # type: ignore[arg-type]
    "environment": lambda: Document("text", text=" ".join(sorted(os.environ))),
    "pid": lambda: Document("text", text=str(os.getpid())),
}
ATTEMPTS = {
    "write": lambda path: Path(path).write_bytes(b"x"),
    "append": lambda path: os.open(path, os.O_WRONLY | os.O_CREAT),
    "connect": lambda _: socket.create_connection(("127.0.0.1", 9), timeout=1),
    "spawn": lambda _: subprocess.run([sys.executable, "-c", ""], check=False),
    "system": lambda _: os.system("true"),  # noqa: S605
    "fork": lambda _: os.fork() if hasattr(os, "fork") else os.system("true"),  # noqa: S605
    "remove": os.remove,
    "library": lambda _: ctypes.CDLL("libc.so.6"),
}

if __name__ == "__main__":
    serve(read)
