"""A process that writes notes until it is killed: `python writer_process.py DATA NAME COUNT`; secrets on its
input.

Says each number on its output once the note is acknowledged.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from lanterne.journal.journal import Journal
from lanterne.seal.keyring import Keyring
from lanterne.seal.seat import SeatKeys
from lanterne.wire.names import Stream
from tests.journal.stage import Practice, jot


def main() -> None:
    root, name, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    seat = SeatKeys(bytes.fromhex(sys.stdin.readline().strip()))
    journal = Journal.open(root)
    practice = Practice(root, seat, Keyring(seat, journal.membership), None, seat.id)  # type: ignore[arg-type]
    for number in range(count):
        stream = Stream.TRACE if number % 3 == 2 else Stream.CARE
        jot(journal, practice, f"{name}/{number}", int(time.time() * 1000), stream)
        if number % 2:
            journal.local(seat).put("draft", f"{name}/{number}".encode())
        print(number, flush=True)


if __name__ == "__main__":
    main()
