"""The front's limits, in one place. Everything that arrives is hostile until the gate has seen it.

Law: no limit is unbounded, and each has its unit in its name.
"""

from __future__ import annotations

from dataclasses import dataclass

HEAD_BYTES = 32 * 1024
SLATE_BYTES = 64 * 1024
#: the outgoing head: what came in, and what we add (the security fields are under 2 KiB)
OUT_BYTES = HEAD_BYTES + 8 * 1024


@dataclass(frozen=True, slots=True)
class FrontSettings:
    """How long and how much. Times in seconds, sizes in bytes."""

    #: a PDF of 60 pages scanned at 300 dpi in colour weighs some 40 MiB
    body_bytes: int = 64 * 1024 * 1024
    #: what the front's own forms may weigh
    own_body_bytes: int = 8 * 1024
    connections: int = 128
    #: between two requests of one connection
    keep_alive_s: float = 75.0
    #: for a whole head, from its first byte: a slow client is cut (slowloris)
    head_s: float = 10.0
    #: for a whole body: this, plus one second for each `body_floor_bytes_per_s`
    body_s: float = 30.0
    body_floor_bytes_per_s: int = 64 * 1024
    #: for one buffer of an answer to be taken by the browser
    send_s: float = 60.0
    #: for the worker to begin its answer
    answer_s: float = 120.0
    #: without an act of the user, a seat is locked
    idle_s: float = 900.0
    #: Argon2id at 128 MiB takes 0.3 to 2 s; Django imports in 1 to 3 s; a first catch-up of the read tables
    #: is longer
    worker_start_s: float = 120.0
    worker_verify_s: float = 30.0
    #: between closing the worker's input and killing it
    worker_stop_s: float = 5.0
    #: how often it is looked whether a machine that joins a practice was admitted
    joined_s: float = 0.5
    #: between closing the input of the exchange in the background and killing it
    companion_stop_s: float = 5.0
    #: before it is started again when it fell: at first, and at most; as at first once it lived so long
    companion_again_s: float = 1.0
    companion_most_s: float = 60.0
    companion_well_s: float = 60.0
    #: the core of the idle lock runs at least this often, so that a PC waking from sleep locks soon
    tick_s: float = 5.0
