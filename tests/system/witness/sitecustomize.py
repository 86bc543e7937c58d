"""Python imports this by its name when its folder is in PYTHONPATH: it writes down every file opened for writing.

For tests/system/test_plaintext.py; the product knows nothing of it. Only opens made by Python are seen here (SQLite
opens its own files; those are looked for in /proc).
"""

from __future__ import annotations

import os
import sys

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def _begin(place: str) -> None:
    log = os.open(place, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        if event.startswith("tempfile."):
            os.write(log, f"{event} {arguments[0]!r}\n".encode())
        elif event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
            path, (mode, flags) = arguments[0], arguments[1:]
            named = isinstance(mode, str) and any(sign in mode for sign in "wax+")
            writes = named or bool(int(str(flags)) & _WRITING)
            if writes:
                os.write(log, f"open {os.fsdecode(path)}\n".encode())

    sys.addaudithook(watch)


if os.environ.get("LANTERNE_WITNESS"):
    _begin(os.environ["LANTERNE_WITNESS"])
