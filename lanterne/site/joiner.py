"""The process of a machine that joins a practice: serves « Rejoindre un cabinet », ends with its front.

The talk with the front is one JSON object a line (front/joining.py): it is told where the data go and its secret, and
says its port. When its input closes it ends at once: what was asked lies on the disk.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import IO

from lanterne.journal.pairing_messages import MAX_LARGE

IN_MEMORY_BYTES = MAX_LARGE + 1024 * 1024
THREADS = 4
LINE_BYTES = 64 * 1024


def main(commands: IO[bytes], answers: IO[bytes]) -> int:
    """Serve until `commands` closes. Returns the exit code."""
    order = json.loads(commands.readline(LINE_BYTES) or b"{}")
    if not isinstance(order, dict) or not isinstance(order.get("data"), str):
        return 2
    os.environ["DJANGO_SETTINGS_MODULE"] = "lanterne.site.joining"
    import django

    django.setup()
    from django.core.handlers.wsgi import WSGIHandler
    from waitress.server import create_server

    from lanterne.desk.joining import process

    process.begin(Path(order["data"]), front_secret=str(order["front_secret"]), now_ms=_now_ms)
    server = create_server(
        WSGIHandler(), host="127.0.0.1", port=0, threads=THREADS, ident=None, expose_tracebacks=False,
        inbuf_overflow=IN_MEMORY_BYTES, outbuf_overflow=IN_MEMORY_BYTES, max_request_body_size=IN_MEMORY_BYTES,
    )  # fmt: skip
    threading.Thread(target=_listen, args=(commands,), daemon=True).start()
    answers.write(json.dumps({"ok": True, "port": int(server.effective_port)}).encode() + b"\n")
    answers.flush()
    server.run()
    return 0


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _listen(commands: IO[bytes]) -> None:
    while commands.readline(LINE_BYTES):
        continue  # nothing more is asked of it
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.stdin.buffer, sys.stdout.buffer))
