"""The process of one unlocked seat: holds that seat's keys and no others, ends at lock.

The talk with the front is one JSON object a line (front/workers.py): it gives the passphrase once on the
standard input and reads the port; when the input closes, this process ends at once, so none outlives its
front.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from pathlib import Path
from typing import IO

from lanterne.front.workers import ENDED_CODE
from lanterne.practice.record import Record
from lanterne.wire.errors import LanterneError
from lanterne.wire.names import SeatId

# Bodies stay in memory however large they are: waitress would put the overflow in a temporary file, in clear.
IN_MEMORY_BYTES = 128 * 1024 * 1024
THREADS = 4
LINE_BYTES = 64 * 1024


def main(commands: IO[bytes], answers: IO[bytes]) -> int:
    """Serve until `commands` closes. Returns the exit code."""
    order = json.loads(commands.readline(LINE_BYTES))
    root, seat = Path(order["data"]), SeatId(order["seat"])
    # Argon2 leaves the interpreter free for a third of a second: enough to import every page.
    pages = threading.Thread(target=_import_pages)
    pages.start()
    try:
        record = Record.open(root, seat, order.pop("passphrase"))
    except LanterneError as error:
        _say(answers, {"ok": False, "error": error.code})
        pages.join()
        return 3
    pages.join()
    from django.core.handlers.wsgi import WSGIHandler
    from waitress.server import create_server

    from lanterne.desk import following, presence, vigil, watch
    from lanterne.reference import diagnoses

    diagnoses.use(root)
    record.paced = True
    present = presence.begin(record, front_secret=order["front_secret"])
    following.begin(present)
    watch.begin(present)
    vigil.begin(present, lambda: _end(record, ENDED_CODE))
    server = create_server(
        WSGIHandler(), host="127.0.0.1", port=0, threads=THREADS, ident=None, expose_tracebacks=False,
        inbuf_overflow=IN_MEMORY_BYTES, outbuf_overflow=IN_MEMORY_BYTES, max_request_body_size=IN_MEMORY_BYTES,
    )  # fmt: skip
    threading.Thread(target=_listen, args=(commands, answers, record), daemon=True).start()
    _say(answers, {"ok": True, "port": int(server.effective_port)})
    server.run()
    return 0


def _import_pages() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "lanterne.site.settings"
    import django

    django.setup()
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018 - imports every view


def _listen(commands: IO[bytes], answers: IO[bytes], record: Record) -> None:
    """Answer verifications; when the front closes our input, end without ceremony: what was acknowledged is
    on the disk."""
    from lanterne.journal import founding
    from lanterne.journal.access import check_access

    while line := commands.readline(LINE_BYTES):
        order = json.loads(line)
        if "verify" in order:
            try:
                check_access(record.journal, record.seat.id, record.clock_ms())
                founding.open_seat(record.journal, record.seat.id, order.pop("verify"))
                _say(answers, {"ok": True})
            except LanterneError as error:
                _say(answers, {"ok": False, "error": error.code})
    _end(record, 0)


def _end(record: Record, code: int) -> None:
    """The lock: write down the highest number acknowledged (store.md S11), then end; nothing else is owed."""
    with contextlib.suppress(LanterneError):
        record.journal.close(record.seat)
    os._exit(code)


def _say(answers: IO[bytes], value: dict[str, object]) -> None:
    answers.write(json.dumps(value).encode() + b"\n")
    answers.flush()


if __name__ == "__main__":
    sys.exit(main(sys.stdin.buffer, sys.stdout.buffer))
