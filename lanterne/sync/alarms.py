"""Provable lies and losses: L1–L6, each with its evidence.

Law: an alarm says what was seen and keeps what shows it; it is raised once for one matter and never taken
back by a program. Source: docs/format/exchange.md, "What is known never shrinks".
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum

from lanterne.wire import packing
from lanterne.wire.exchange import FORMAT, MOMENT_LIMIT, Fields

MAX_ALARM_BYTES = 48 * 1024 * 1024


class Lie(Enum):
    """What was seen. The value is its number in docs/format/exchange.md."""

    FORK = "L1"
    STATEMENT = "L2"
    RECEIPT = "L3"
    SHRANK = "L4"
    WITHHELD = "L5"
    NO_ENTRY = "L6"


TOLD = {lie.value: lie for lie in (Lie.RECEIPT, Lie.SHRANK, Lie.WITHHELD, Lie.NO_ENTRY)}
"""Lies whose proof stays with the device that saw them: it says so in its statements. Forks and statements travel."""
TOLD_WHY = "told"


@dataclass(frozen=True, slots=True)
class Alarm:
    """One provable lie or loss.

    Attributes:
        about: whose it is, as a person would look it up: a device, a relay, a seat (hex).
        matter: what it is about, so that it is raised once: a number, a position, a hash.
        why: a stable word: "twice", "shrank", "old_image", "missing", "other", "last", "heads", "fork", the
            number of the check an entry failed, or "told": another device holds the proof, and said so.
        time: milliseconds since 1970-01-01 UTC by this device's clock.
        evidence: signed bytes that show it, in the order the paper names them.
    """

    lie: Lie
    about: str
    matter: str
    why: str
    time: int
    evidence: tuple[bytes, ...]

    @property
    def told_by(self) -> str:
        """The device that holds the proof and said so; empty when it is here."""
        return self.matter.partition("/")[0] if self.why == TOLD_WHY else ""

    @property
    def name(self) -> str:
        """What it is kept under: the same matter has the same name."""
        digest = hashlib.sha256(f"{self.lie.value}/{self.about}/{self.matter}/{self.why}".encode())
        return f"alarm-{self.lie.value}-{digest.hexdigest()[:32]}"

    def pack(self) -> bytes:
        """As it is kept."""
        return packing.encode(
            {
                "format": FORMAT,
                "lie": self.lie.value,
                "about": self.about,
                "matter": self.matter,
                "why": self.why,
                "time": self.time,
                "evidence": list(self.evidence),
            }
        )


def read_alarm(data: bytes) -> Alarm:
    """Raises MessageRefused."""
    fields = Fields.unpack(data, "alarm", at_most=MAX_ALARM_BYTES)
    fields.format()
    try:
        lie = Lie(fields.text("lie", 8))
    except ValueError as error:
        raise fields.refuse("no lie we know") from error
    return Alarm(
        lie,
        fields.text("about", 200),
        fields.text("matter", 400),
        fields.text("why", 64),
        fields.integer("time", MOMENT_LIMIT),
        fields.signed("evidence", 8, MAX_ALARM_BYTES),
    )
