"""The stage of the journal's tests: Dr Garance Morel's practice, and what she writes about Jean Baptiste."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from lanterne.journal import founding
from lanterne.journal.files import Files
from lanterne.journal.journal import Journal, Writing, Written
from lanterne.seal.changing import admit_seat
from lanterne.seal.keyring import Keyring
from lanterne.seal.seat import SeatKeys, SheetKeys
from lanterne.wire.names import SEALED_COMPARTMENTS, Compartment, FactId, PatientId, PersonId, SeatId, Stream
from lanterne.wire.part import Fact, Part

PASSPHRASE = "une lanterne dans la nuit"
NOON = 1_770_000_000_000
"""A day of February 2026, in milliseconds."""
BAPTISTE = PatientId("ba" * 16)


def dice(seed: int) -> Callable[[int], bytes]:
    """Randomness that is the same every time."""
    return random.Random(seed).randbytes


@dataclass
class Practice:
    """A founded practice, Garance's seat unlocked."""

    root: Path
    seat: SeatKeys
    keyring: Keyring
    sheet: SheetKeys
    seat_id: SeatId

    def open(self, files: Files | None = None, seed: int = 1) -> Journal:
        return Journal.open(self.root, files=files, random=dice(seed))


def found(root: Path, files: Files | None = None, seed: int = 7) -> Practice:
    """Garance founds her practice."""
    made = founding.found_practice(
        root, label="Dr Garance Morel", passphrase=PASSPHRASE, now_ms=NOON, random=dice(seed), files=files
    )
    journal = Journal.open(root, files=files, random=dice(seed + 1))
    seat, keyring = founding.open_seat(journal, made.seat, PASSPHRASE)
    return Practice(root, seat, keyring, made.sheet, made.seat)


def note(text: str) -> Part:
    """A note about Jean Baptiste; the fact's id is drawn from its text, so that a test can find it again."""
    identifier = FactId(random.Random(text).randbytes(16).hex())
    return Part(BAPTISTE, (Fact(identifier, "note.written", 1, (), None, {"text": text}),))


def jot(
    journal: Journal,
    practice: Practice,
    text: str,
    now_ms: int = NOON,
    stream: Stream = Stream.CARE,
) -> Written:
    """Garance writes a note (or, in the trace stream, that she looked)."""
    place = Compartment.TRACE if stream is Stream.TRACE else Compartment.MEDICAL
    return journal.write(
        practice.seat, practice.keyring, stream=stream, parts=[(place, note(text))], now_ms=now_ms
    )


def jotting(practice: Practice, text: str, now_ms: int = NOON, stream: Stream = Stream.CARE) -> Writing:
    """The same, for `write_many`."""
    place = Compartment.TRACE if stream is Stream.TRACE else Compartment.MEDICAL
    return Writing(practice.seat, practice.keyring, stream, [(place, note(text))], now_ms)


def texts(journal: Journal, practice: Practice, stream: Stream = Stream.CARE) -> list[str]:
    """What can be read, in order of arrival."""
    keyring = practice.keyring.with_membership(journal.membership)
    return [
        str(keyring.open_part(arrived.entry.head, 0, body).facts[0].body["text"])
        for arrived in journal.since(stream)
        if (body := arrived.entry.bodies[0]) is not None
    ]


def admit(
    journal: Journal, practice: Practice, *, seed: int, not_after: int | None = None, admin: bool = False
) -> Practice:
    """Somebody else joins, without a seat file (that costs a passphrase): Théo, Awa, Paul, as the test names
    them.
    """
    seat = SeatKeys.new(dice(seed))
    device = journal.membership.genesis.device.id
    record = seat.record(
        person=PersonId(dice(seed + 1)(16).hex()),
        device=device,
        compartments=SEALED_COMPARTMENTS,
        admin=admin,
        not_after=not_after,
    )
    ring = practice.keyring.with_membership(journal.membership)
    journal.write_members(ring, [admit_seat(ring, record, dice(seed + 2))], NOON)
    return replace(practice, seat=seat, keyring=Keyring(seat, journal.membership), seat_id=seat.id)


def raws(journal: Journal) -> list[bytes]:
    """Every entry held, members first, as a peer would send them."""
    return [
        arrived.entry.raw
        for stream in (Stream.MEMBERS, Stream.CARE, Stream.TRACE)
        for arrived in journal.since(stream)
    ]


def ranks_by_hash(journal: Journal) -> dict[str, int]:
    """What the ranks are, whatever the order of arrival."""
    return {arrived.entry.head.hash: arrived.rank for stream in Stream for arrived in journal.since(stream)}
