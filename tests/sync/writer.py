"""A process that writes notes and documents until it is killed: `python -m tests.sync.writer DATA NAME`; secret on its input.

Says on its output what is acknowledged: `entry HASH`, `blob NAME`, each once it is on the disk and not before.
"""

from __future__ import annotations

import random
import secrets
import sys
import time
from pathlib import Path

from lanterne.journal.journal import Journal
from lanterne.seal.keyring import Keyring
from lanterne.seal.seat import SeatKeys
from lanterne.wire.names import Stream
from tests.journal.stage import Practice, jot


def main() -> None:
    root, name = Path(sys.argv[1]), sys.argv[2]
    seat = SeatKeys(bytes.fromhex(sys.stdin.readline().strip()))
    journal = Journal.open(root)
    chance = random.Random()
    number = 0
    while True:
        number += 1
        # What came meanwhile may be a change of the membership.
        journal.refresh()
        practice = Practice(root, seat, Keyring(seat, journal.membership), None, seat.id)  # type: ignore[arg-type]
        stream = Stream.TRACE if number % 5 == 4 else Stream.CARE
        text = f"{name}/{number}/{secrets.token_hex(4)}"
        written = jot(journal, practice, text, time.time_ns() // 1_000_000, stream)
        print("entry", written.hash, flush=True)
        if number % 8 == 0:
            print(
                "blob", journal.blobs.put(secrets.token_bytes(chance.randrange(1, 60_000))).name, flush=True
            )
        time.sleep(chance.uniform(0, 0.05))


if __name__ == "__main__":
    main()
