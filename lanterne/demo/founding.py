"""The fictional practice on a disk: founded, its three seats admitted, its events written through the
journal.

Law: written as the real ones write, entry by entry, each by its author's seat at its own moment; only the
clock is told what to say. The facts one person wrote about one patient at one moment are one entry.
"""

from __future__ import annotations

import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

import msgspec

from lanterne.demo import agenda, tasks, team
from lanterne.demo.events import AUTHORS, Author, DemoEvent, moment
from lanterne.demo.generate import first_day, generate, person_ids
from lanterne.demo.mail import week
from lanterne.intake.filing.filer import Filer
from lanterne.journal import founding
from lanterne.journal.files import OsFiles
from lanterne.journal.journal import Journal, Writing
from lanterne.practice.commands import NewFact
from lanterne.practice.documents.facts import DocumentFiled, DocumentReceived
from lanterne.practice.documents.files import Kept, keep
from lanterne.practice.kinds import Body
from lanterne.practice.opening import compartments_of
from lanterne.practice.record import Record
from lanterne.practice.recording import parts_of
from lanterne.practice.team.facts import PersonDescribed
from lanterne.seal.keyring import Keyring
from lanterne.seal.seat import SeatKeys, SheetKeys
from lanterne.wire.names import FactId, PersonId, PracticeId, SeatId, Stream

# Some 80 facts a patient, and M. Baptiste's two thousand: only for the progress bar.
_FACTS_EACH, _FACTS_MORE = 70, 2_000

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Founded:
    """The practice as written: who works there, and how much there is.

    Attributes:
        facts: those of the charts, and those the week's mail stated.
        mail: how many files of the week ended as which word.
    """

    practice: PracticeId
    sheet: SheetKeys
    names: Mapping[Author, str]
    facts: int
    entries: int
    mail: Mapping[str, int]


def found_demo(
    root: Path,
    *,
    patients: int,
    seed: int,
    today: date,
    passphrases: Mapping[Author, str],
    progress: Progress | None = None,
) -> Founded:
    """Write the fictional practice into an empty directory.

    Args:
        today: the day after the last event can be.
        passphrases: of the doctor, the locum and the secretary.
        progress: told (facts written, facts expected).

    Raises:
        PracticeExists, WeakPassphrase, DiskFull, DiskFailed.
    """
    files = _Hurried()
    begun = moment(first_day(today), 8, 0) - timedelta(hours=1)
    begun_ms = int(begun.timestamp() * 1000)
    names = {
        author: _name(person) for author, person in zip(AUTHORS, team.people(person_ids(seed)), strict=True)
    }
    made = founding.found_practice(
        root,
        label=names["doctor"],
        passphrase=passphrases["doctor"],
        now_ms=begun_ms,
        random=secrets.token_bytes,
        files=files,
    )
    journal = Journal.open(root, files=files)
    seats: dict[Author, SeatId] = {"doctor": made.seat}
    persons: dict[Author, PersonId] = {"doctor": made.person}
    keys = {"doctor": founding.open_seat(journal, made.seat, passphrases["doctor"])}
    for author in ("locum", "secretary"):
        admitted = founding.admit_on_this_device(
            journal,
            keys["doctor"][1],
            label=names[author],
            passphrase=passphrases[author],
            compartments=compartments_of(author, administrator=False),
            admin=False,
            now_ms=begun_ms,
            random=secrets.token_bytes,
        )
        seats[author], persons[author] = admitted.seat, admitted.person
        keys[author] = founding.open_seat(journal, admitted.seat, passphrases[author])
    records = {author: Record(root, journal, *held) for author, held in keys.items()}
    writer = _Writer(records["doctor"], keys, patients, progress)
    events = generate(seed=seed, patients=patients, today=today, persons=persons)
    entries = len(journal.write_many(writer.writings(events)))
    records["doctor"].catch_up()  # the locum reads the doctor's set of tables
    comers = agenda.expected(records["doctor"].connection())
    booked = agenda.fortnight(seed=seed, today=today, persons=persons, patients=comers)
    entries += len(journal.write_many(writer.writings(iter(booked))))
    to_do = tasks.lists(seed=seed, today=today, persons=persons, patients=comers)
    entries += len(journal.write_many(writer.writings(iter(to_do))))
    mail = _receive(records["doctor"], patients=patients, seed=seed, today=today)
    journal.close(*(seat for seat, _ in keys.values()))
    records["secretary"].catch_up()
    held = records["doctor"].connection().execute("SELECT count(*) FROM fact").fetchone()[0]
    for record in records.values():
        record.close()
    if hasattr(os, "sync"):  # not on Windows, where the system does it in its own time
        os.sync()
    return Founded(made.practice, made.sheet, names, held, entries, mail)


def _receive(record: Record, *, patients: int, seed: int, today: date) -> Mapping[str, int]:
    """The week's mail, filed by the doctor this morning, through the door everything that arrives takes."""
    morning = int(moment(today, 7, 40).timestamp() * 1000)
    record.clock_ms = lambda: morning
    pieces = week(seed=seed, patients=patients, today=today)
    outcomes = Filer(record).take_many((piece.name, piece.content) for piece in pieces)
    return Counter(outcome.outcome for outcome in outcomes)


class _Hurried(OsFiles):
    """The real file system, made durable once at the end: four hundred letters are four hundred waits
    otherwise. Only for a practice nobody needs; a real one is never written so.
    """

    def fsync(self, handle: int) -> None:
        """Later."""

    def fsync_directory(self, path: Path) -> None:
        """Later."""


class _Writer:
    """Turns events into entries to write."""

    def __init__(
        self,
        record: Record,
        keys: Mapping[str, tuple[SeatKeys, Keyring]],
        patients: int,
        progress: Progress | None,
    ) -> None:
        self._record, self._keys, self._progress = record, keys, progress
        self._expected = patients * _FACTS_EACH + _FACTS_MORE
        self.facts = 0

    def writings(self, events: Iterator[DemoEvent]) -> Iterator[Writing]:
        """One entry for what one author wrote about one patient at one moment."""
        for (when, author, _), group in groupby(events, key=lambda one: (one.when, one.author, one.patient)):
            seat, keyring = self._keys[author]
            facts = self._facts(list(group))
            yield Writing(seat, keyring, Stream.CARE, parts_of(facts), int(when.timestamp() * 1000))
            self.facts += len(facts)
            if self._progress is not None:
                self._progress(self.facts, max(self._expected, self.facts))

    def _facts(self, events: list[DemoEvent]) -> list[NewFact]:
        kept = {one.fact_id: keep(self._record, one.content) for one in events if one.content is not None}
        return [
            NewFact(_with_file(one, kept), one.patient, one.fact_id, one.at, one.replaces) for one in events
        ]


def _with_file(event: DemoEvent, kept: Mapping[FactId, Kept]) -> Body:
    """The body of a document with the name and key its sealed file got."""
    body = event.body
    if isinstance(body, DocumentFiled) and event.fact_id in kept:
        file = kept[event.fact_id]
        return msgspec.structs.replace(
            body, blob=file.blob, key=file.key, size=file.size, media_type=file.media_type
        )
    if isinstance(body, DocumentReceived) and FactId(body.document) in kept:
        return msgspec.structs.replace(body, blob=kept[FactId(body.document)].blob)
    return body


def _name(person: PersonDescribed) -> str:
    return " ".join(filter(None, (person.title, person.given_name, person.family_name)))
