"""The door in, for many commands at once: same rights, same decisions, one fsync for hundreds of entries.

Law: each command still makes its own entry. Commands of a batch do not see each other: who sends them makes
sure that they do not depend on one another. What is returned as recorded is on the disk.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from lanterne.journal.journal import Writing
from lanterne.practice.commands import Command, Look
from lanterne.practice.errors import Refusal
from lanterne.practice.record import Record, Writer
from lanterne.practice.recording import Recorded, parts_of, with_id
from lanterne.practice.rights import Right
from lanterne.wire.names import FactId, Stream


@contextmanager
def _uncollected() -> Iterator[None]:
    """Hundreds of entries make a hundred thousand values and no cycle; the collector, walking them again and again,
    takes a tenth of the time of an import (bench/intake.py).
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@_uncollected()
def record_many(record: Record, commands: Sequence[Command[Any]]) -> list[Recorded | Refusal]:
    """Carry out commands; a refusal stands in the place of its answer and costs the others nothing.

    Raises:
        NotAllowed: the person's role does not give one of the rights; nothing was written.
        DiskFull, DiskFailed: `params["written"]` says how many, from the first not refused, were recorded.
    """
    writers: dict[Right, Writer] = {}
    for command in commands:
        if command.right not in writers:
            writers[command.right] = record.require(command.right)
    connection = record.connection()
    moment = record.clock_ms()
    answers: list[Recorded | Refusal | int] = []
    writings: list[Writing] = []
    ids: list[tuple[FactId, ...]] = []
    for command in commands:
        look = Look(connection, writers[command.right].person, moment, record.draw_id, record.root)
        try:
            facts = [with_id(fact, record) for fact in command.decide(command.load(look))]
        except Refusal as refusal:
            answers.append(refusal)
            continue
        answers.append(len(writings))
        ids.append(tuple(FactId(str(fact.id)) for fact in facts))
        writings.append(Writing(record.seat, record.keyring, Stream.CARE, parts_of(facts), moment))
    written = record.journal.write_many(writings)
    record.catch_up()
    done: list[Recorded | Refusal] = []
    for answer in answers:
        if isinstance(answer, int):
            entry = written[answer]
            done.append(Recorded(entry.hash, ids[answer], entry.time >> 16))
        else:
            done.append(answer)
    return done
