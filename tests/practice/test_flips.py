"""One bit flipped anywhere in a whole practice, read tables included: found by the check, never shown as truth, healed.

`-wal`, `-shm` and locks are outside the promise (DESIGN 6): they are checkpointed away before each flip.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlite

from lanterne.journal.check import check_store
from lanterne.journal.journal import Journal
from lanterne.practice import opening
from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.chart import commands
from lanterne.practice.check import check_record
from lanterne.practice.consultations.facts import ConsultationRecorded
from lanterne.practice.content import content
from lanterne.practice.documents.commands import FileDocument
from lanterne.practice.documents.facts import DocumentFiled
from lanterne.practice.documents.files import keep
from lanterne.practice.patients.commands import RegisterPatient
from lanterne.practice.patients.facts import PatientIdentified
from lanterne.practice.reading import Traces, open_chart
from lanterne.practice.record import Record
from lanterne.practice.recording import record
from lanterne.wire.errors import LanterneError
from lanterne.wire.names import PatientId

FLIPS = int(os.environ.get("LANTERNE_FLIPS", "60"))
SEED = int(os.environ.get("LANTERNE_SEED", "20261122"))


def lived_in(root: Path) -> Record:
    """A practice with a little of everything, its tables folded and its journal written down."""
    opened = opening.create_practice(
        root,
        practice_name="Maison des Tilleuls",
        person_name="Dr Garance Morel",
        passphrase="quatre mots sans lien",
    ).record
    patient = PatientId("ba" * 16)
    record(
        opened, RegisterPatient(PatientIdentified(birth_name="Baptiste", first_given="Jean"), patient=patient)
    )
    record(opened, commands.Record(patient, AllergyRecorded(substance="Pénicilline", criticality="high")))
    for number in range(30):
        text = f"Consultation {number}. " + "Examen sans particularité. " * 20
        record(opened, commands.Record(patient, ConsultationRecorded(reason="Suivi", text=text)))
    kept = keep(opened, b"%PDF-1.4 a scanned letter " * 4_000)
    filed = DocumentFiled(
        blob=kept.blob, key=kept.key, size=kept.size, media_type=kept.media_type, title="Courrier"
    )
    record(opened, FileDocument(patient, filed))
    open_chart(opened, Traces(), patient)
    opened.catch_up_traces()
    opened.local.put("draft-1", b"unfinished thoughts")
    opened.journal.close(opened.seat)
    return opened


def settle_down(opened: Record) -> None:
    """Nothing left in a write-ahead log."""
    for tables in (opened.tables, opened.trace_tables):
        if tables is not None:
            tables.read().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    opened.close()


@pytest.mark.torture
def test_every_flipped_bit_is_found_and_none_shown_as_truth(
    tmp_path: Path, evidence: Callable[..., None]
) -> None:
    root = tmp_path / "data"
    opened = lived_in(root)
    truth = content(opened.connection(), "medical")
    settle_down(opened)
    chance = random.Random(SEED)
    healed = 0
    for turn in range(FLIPS):
        victim = tmp_path / f"turn{turn}"
        shutil.copytree(root, victim)
        files = [path for path in sorted(victim.rglob("*")) if path.is_file() and promised(path)]
        sizes = [path.stat().st_size for path in files]
        path = chance.choices(files, weights=sizes)[0] if turn % 3 == 0 else chance.choice(files)
        wrong = bytearray(path.read_bytes())
        bit = chance.randrange(len(wrong) * 8)
        wrong[bit // 8] ^= 1 << bit % 8
        path.write_bytes(wrong)
        name = f"bit {bit} of {path.relative_to(victim).as_posix()} (seed {SEED}, turn {turn})"
        assert check(victim, opened), f"not found: {name}"
        healed += shown(victim, opened, truth, name)
        shutil.rmtree(victim)
    evidence("flips", seed=SEED, flips=FLIPS, found=FLIPS, shown_as_truth=0, healed=healed)
    assert healed > FLIPS // 4


def promised(path: Path) -> bool:
    """Whether a file is within the promise, and has a bit to flip."""
    return (
        path.stat().st_size > 0 and not path.name.endswith(("-wal", "-shm", ".lock")) and path.name != "lock"
    )


def check(root: Path, keys: Record) -> list[str]:
    """Everything `lanterne check` would say with the passphrase, and with a secretary's tables."""
    found = [fault.file for fault in check_store(root).faults]
    try:
        checked = check_record(root, Journal.open(root), keys.seat, keys.keyring)
        found += [fault.file for fault in checked.faults]
    except LanterneError as error:
        found.append(str(error))
    return found


def shown(root: Path, keys: Record, truth: str, name: str) -> bool:
    """Open the flipped practice as a worker does. True when all is back as it was; else something refused to show itself.

    A record that opens and shows a content other than the truth without anybody having been told is what must not be.
    """
    try:
        opened = Record(root, Journal.open(root), keys.seat, keys.keyring)
        try:
            seen = content(opened.connection(), "medical")
        except sqlite.DatabaseError:
            opened.folder.rebuild()  # what a worker does when a page of its tables does not verify
            seen = content(opened.connection(), "medical")
    except LanterneError:
        return False
    damaged = bool(opened.journal.damages) or bool(
        opened.tables.read().execute("SELECT 1 FROM unread").fetchone()
    )
    assert seen == truth or damaged, f"shown as truth: {name}"
    opened.close()
    return seen == truth
