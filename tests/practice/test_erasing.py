"""Emptied entries: their facts go from the tables of every device, and the chart says what, when, by whom."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest

from lanterne.practice.documents.commands import FileDocument
from lanterne.practice.documents.facts import DocumentFiled
from lanterne.practice.documents.files import Kept, content_of, keep, keep_named
from lanterne.practice.erasing.commands import choose, empty, entries_about
from lanterne.practice.erasing.queries import erased
from lanterne.practice.errors import NotAllowed, Refusal
from lanterne.practice.notes.facts import NoteRecorded
from lanterne.practice.record import Record
from lanterne.practice.recording import record as record_command
from lanterne.seal.changing import revoke_seat
from lanterne.sync.emptied import unconfirmed
from lanterne.wire.names import DeviceId, EntryHash, Stream
from tests.cast import JEAN_BAPTISTE
from tests.practice.stage import MADELEINE, Practice, chart, deliver, entries, fact, folded, tables, write


def texts(record: Record) -> list[bytes]:
    record.catch_up()
    return [row[5] for row in tables(record)["fact"] if row[3] == "note.recorded"]


def hash_of(record: Record, identifier: str) -> EntryHash:
    row = (
        record.connection()
        .execute(
            "SELECT e.hash FROM fact f JOIN entry e ON e.no = f.entry WHERE f.id = ?",
            (bytes.fromhex(identifier),),
        )
        .fetchone()
    )
    return EntryHash(bytes(row[0]).hex())


def test_the_facts_go_from_the_tables_and_the_chart_says_so(practice: Practice, tmp_path: Path) -> None:
    here, there = practice.machine(tmp_path / "here"), practice.machine(tmp_path / "there")
    garance = here.open("Garance")
    (kept,) = write(garance, fact(NoteRecorded(text="Il reste.")))
    (gone,) = write(garance, fact(NoteRecorded(text="À effacer.")))
    named = hash_of(garance, gone)
    elsewhere = there.open("Paul")
    deliver(elsewhere.journal, entries(garance.journal))
    assert len(texts(elsewhere)) == len(texts(garance)) == 2
    done = empty(garance, choose(garance, [named]), "erasure")
    assert [b"Il reste." in one for one in texts(garance)] == [True]
    deliver(elsewhere.journal, entries(garance.journal))
    assert texts(elsewhere) == texts(garance)
    assert folded(elsewhere) == folded(garance)
    # Whoever never had the parts, or folds from nothing, shows the same.
    here.burn()
    assert folded(here.open("Garance")) == folded(elsewhere)
    assert kept
    for record in (here.open("Garance"), elsewhere):
        (said,) = erased(chart(record), record.journal.membership)
        assert (said.count, said.reason, said.seat) == (1, "erasure", garance.seat.id)
        assert said.act == done.act
        assert said.at_ms > 0
        assert erased(chart(record, MADELEINE), record.journal.membership) == ()


def test_a_document_goes_with_the_last_entry_that_names_it(practice: Practice, tmp_path: Path) -> None:
    garance = practice.machine(tmp_path / "here").open("Garance")
    blob = keep(garance, b"%PDF-1.4 a letter")
    filed = DocumentFiled(
        blob=blob.blob, key=blob.key, size=blob.size, media_type=blob.media_type, title="Courrier"
    )
    first = record_command(garance, FileDocument(JEAN_BAPTISTE, filed)).entry
    second = record_command(garance, FileDocument(MADELEINE, filed)).entry
    chosen = choose(garance, [first])
    assert chosen.blobs == ()
    empty(garance, chosen, "error")
    assert garance.journal.blobs.has(blob.blob)
    chosen = choose(garance, [second])
    assert chosen.blobs == (blob.blob,)
    empty(garance, chosen, "retention")
    assert not garance.journal.blobs.has(blob.blob)


def test_a_whole_chart(practice: Practice, tmp_path: Path) -> None:
    garance = practice.machine(tmp_path / "here").open("Garance")
    write(garance, fact(NoteRecorded(text="De Madeleine.")), patient=MADELEINE)
    about = entries_about(garance, MADELEINE)
    assert len(about) == 2
    empty(garance, choose(garance, about), "retention")
    assert all(
        one.bodies[0] is None
        for one in (a.entry for a in garance.journal.since(Stream.CARE))
        if one.head.hash in about
    )
    assert b"Rivi" not in repr(tables(garance)).encode()


def test_who_may_and_what_may(practice: Practice, tmp_path: Path) -> None:
    machine = practice.machine(tmp_path / "here")
    garance = machine.open("Garance")
    (note,) = write(garance, fact(NoteRecorded(text="Une note.")))
    named = hash_of(garance, note)
    for who in ("Théo", "Inès", "Paul"):
        with pytest.raises(NotAllowed):
            choose(machine.open(who), [named])
    practice_wide = next(
        one.entry.head.hash for one in garance.journal.since(Stream.CARE)
    )  # who Garance is, and the name of the practice
    for wrong, code in (
        ([], "nothing_to_empty"),
        ([EntryHash("ab" * 32)], "entry_unknown"),
        ([EntryHash("not a hash")], "entry_unknown"),
        ([practice_wide], "entry_of_practice"),
    ):
        with pytest.raises(Refusal) as refused:
            choose(garance, wrong)
        assert refused.value.code == code


def test_devices_that_never_said_so_have_not_confirmed(practice: Practice, tmp_path: Path) -> None:
    garance = practice.machine(tmp_path / "here").open("Garance")
    (note,) = write(garance, fact(NoteRecorded(text="Une note.")))
    done = empty(garance, choose(garance, [hash_of(garance, note)]), "erasure")
    own = garance.journal.membership.genesis.device.id
    assert unconfirmed(garance.journal, own, done.act, garance.clock_ms()) == ()
    other = DeviceId("cd" * 16)
    assert unconfirmed(garance.journal, other, done.act, garance.clock_ms()) == (own,)


def test_parts_that_come_back_are_folded(practice: Practice, tmp_path: Path) -> None:
    """The act fell: its signer was revoked where it was not known (here, by itself, on a copy of the machine)."""
    here, there = practice.machine(tmp_path / "here"), practice.machine(tmp_path / "there")
    garance, elsewhere = here.open("Garance"), there.open("Garance")
    (note,) = write(garance, fact(NoteRecorded(text="À effacer.")))
    everything = entries(garance.journal)
    deliver(elsewhere.journal, everything)
    empty(garance, choose(garance, [hash_of(garance, note)]), "erasure")
    assert texts(garance) == []
    ring = elsewhere.keyring.with_membership(elsewhere.journal.membership)
    facts = revoke_seat(
        ring, garance.seat.id, cuts=[], reason="stolen", at=garance.clock_ms(), random=secrets.token_bytes
    )
    elsewhere.journal.write_members(ring, facts, garance.clock_ms())
    paul = here.open("Paul")
    assert texts(paul) == []
    deliver(paul.journal, entries(elsewhere.journal))
    assert paul.journal.membership.emptied == {}
    assert [b"effacer" in one for one in texts(paul)] == [True]
    paul.folder.rebuild()
    assert [b"effacer" in one for one in texts(paul)] == [True]


def test_a_file_filed_again_after_it_was_emptied_stays(practice: Practice, tmp_path: Path) -> None:
    """Filed in the wrong chart, emptied there, imported again: its name comes from its content."""
    here, there = practice.machine(tmp_path / "here"), practice.machine(tmp_path / "there")
    garance = here.open("Garance")
    content, kind = b"%PDF-1.4 of another patient", "application/pdf"
    wrong = keep_named(garance, content, kind)

    def named(held: Kept) -> FileDocument:
        body = DocumentFiled(blob=held.blob, key=held.key, size=held.size, media_type=kind, title="Courrier")
        return FileDocument(MADELEINE, body)

    entry = record_command(garance, named(wrong)).entry
    for _ in range(2):
        before = wrong
        empty(garance, choose(garance, [entry]), "error")
        right = keep_named(garance, content, kind)
        entry = record_command(garance, named(right)).entry
        assert not garance.journal.blobs.any_of(before.blob)
        assert keep_named(garance, content, kind) == right
        wrong = right
    garance = here.open("Garance")  # what is due to be dropped is dropped at the start
    assert content_of(garance, right) == content
    # Every device that knows the acts draws the same name.
    elsewhere = there.open("Paul")
    deliver(elsewhere.journal, entries(garance.journal))
    assert keep_named(elsewhere, content, kind) == right
