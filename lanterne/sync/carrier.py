"""The process that exchanges in the background: `python -m lanterne.sync.carrier`, started by the front.

Law: it opens nothing and is told no secret: it signs as this device and carries what is sealed. One a data
directory; it ends when its standard input closes, however its front ended. The front tells it one JSON object on one
line: `{"data": folder, "fell": n, "fell_at": ms}`: how often the one before fell, and when it did last.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO

from filelock import FileLock

from lanterne.journal.errors import DiskFailed, DiskFull, JournalBusy
from lanterne.journal.files import disk_errors
from lanterne.journal.founding import read_device
from lanterne.journal.journal import Journal
from lanterne.journal.layout import Layout
from lanterne.sync.carrying.carrier import LOOK_S, Carrier
from lanterne.sync.carrying.telling import Telling
from lanterne.sync.ways_open import Opener
from lanterne.wire.errors import LanterneError

LINE_BYTES = 64 * 1024
LOCK_POLL_S = 0.2
KEY_AGAIN_S = 3.0
FELL_SAID_S = 3600.0
FELL = "carrier.fell"
KEY_MISSING = "carrier.key_missing"
GRACE_S = 2.0
"""From the end of the input to the end of the process, at most."""
FALLEN = 70
"""Exit code when an error nobody foresaw ended it."""


def main(orders: IO[bytes]) -> int:
    """Exchange until `orders` closes. Returns the exit code."""
    order = json.loads(orders.readline(LINE_BYTES) or b"{}")
    if not isinstance(order, dict) or not isinstance(order.get("data"), str):
        return 2
    threading.excepthook = _fall
    ended = threading.Event()
    threading.Thread(target=_listen, args=(orders, ended), name="orders", daemon=True).start()
    root = Path(order["data"])
    with disk_errors("preparing the exchange"):
        Layout(root).local.mkdir(mode=0o700, exist_ok=True)
    lock = FileLock(Layout(root).carrying, timeout=-1, poll_interval=LOCK_POLL_S, thread_local=False)
    # Whoever holds it is another front's, or ends now: this one waits, and ends with its front meanwhile.
    with lock:
        _carry(root, order, ended)
    return 0


def _carry(root: Path, order: dict[str, object], ended: threading.Event) -> None:
    journal = Journal.open(root)
    telling = Telling(journal, _now_ms)
    said_until = time.monotonic() + FELL_SAID_S
    fell = order.get("fell")
    if fell:
        at = order.get("fell_at")
        telling.trouble(FELL, at if isinstance(at, int) else None)
    opener = _opener(journal, telling, ended)
    if opener is not None:
        # Once a start: what lies damaged on this disk is asked for by every way (store.md, S5).
        with suppress(DiskFull, DiskFailed, JournalBusy):
            journal.mender.inspect()
        carrier = Carrier(opener, telling, fell=fell if isinstance(fell, int) else 0)
        while not ended.is_set():
            carrier.look()
            if time.monotonic() > said_until:
                telling.clear(FELL)
            ended.wait(LOOK_S)
        telling.end()
        carrier.close()


def _opener(journal: Journal, telling: Telling, ended: threading.Event) -> Opener | None:
    """This device's transport key; asked for again while it is not there. None when the process is to end."""
    while not ended.is_set():
        try:
            device = read_device(journal)
        except LanterneError:
            telling.trouble(KEY_MISSING)
            telling.write()
            ended.wait(KEY_AGAIN_S)
            continue
        telling.clear(KEY_MISSING)
        return Opener(journal, device, _now_ms, secrets.token_bytes)
    return None


def _listen(orders: IO[bytes], ended: threading.Event) -> None:
    """When the front closes our input, or is gone, end: what came is on the disk."""
    while orders.readline(LINE_BYTES):
        pass
    ended.set()
    time.sleep(GRACE_S)
    os._exit(0)


def _fall(what: threading.ExceptHookArgs) -> None:
    """A thread met an error nobody foresaw: it is shown, and the process falls whole, to be started again."""
    trace: TracebackType | None = what.exc_traceback
    if what.exc_value is not None:
        sys.excepthook(what.exc_type, what.exc_value, trace)
    os._exit(FALLEN)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


if __name__ == "__main__":
    sys.exit(main(sys.stdin.buffer))
