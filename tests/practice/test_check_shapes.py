"""The read tables looked at by somebody who has no key: a backup checked on a bare machine, a colleague's set."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2 as sqlite

from lanterne.practice.check import check_record
from lanterne.practice.check_shapes import check_shapes
from lanterne.practice.record import Record
from tests.practice.stage import Machine, folded


def at_rest(machine: Machine) -> Path:
    """The tables of everybody, folded and put down."""
    for who in ("Garance", "Inès"):
        record = machine.open(who)
        folded(record)
        record.close()
    assert check_shapes(machine.root) == []
    return machine.root / "read"


def found(folder: Path) -> list[tuple[str, str]]:
    return [(fault.file, fault.code) for fault in check_shapes(folder.parent)]


@pytest.mark.parametrize("name", ["medical", "office"])
def test_every_flipped_bit_of_a_key_shows(machine: Machine, name: str) -> None:
    folder = at_rest(machine)
    path = folder / f"{name}.key"
    whole = path.read_bytes()
    for bit in range(len(whole) * 8):
        wrong = bytearray(whole)
        wrong[bit // 8] ^= 1 << bit % 8
        path.write_bytes(wrong)
        assert found(folder) == [(f"read/{name}.key", "table_key_damaged")], bit


def test_the_key_of_another_set_shows(machine: Machine) -> None:
    folder = at_rest(machine)
    (folder / "office.key").write_bytes((folder / "medical.key").read_bytes())
    assert found(folder) == [("read/office.key", "table_key_damaged")]


@pytest.mark.parametrize("told", [b"", b"q", b"7", b"-1", b"\xff", b"1234567"])
def test_a_pointer_that_names_nothing_shows(machine: Machine, told: bytes) -> None:
    folder = at_rest(machine)
    (folder / "medical.current").write_bytes(told)
    assert found(folder) == [("read/medical.current", "tables_missing")]


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def in_clear(path: Path) -> None:
    path.unlink()
    with sqlite.connect(path) as connection:
        connection.execute("CREATE TABLE a(b)")
    connection.close()


@pytest.mark.parametrize(
    ("harm", "code"), [(cut, "tables_damaged"), (emptied, "tables_damaged"), (in_clear, "tables_in_clear")]
)
def test_a_file_out_of_shape_shows(machine: Machine, harm: Callable[[Path], None], code: str) -> None:
    folder = at_rest(machine)
    harm(folder / "medical-000001.db")
    assert found(folder) == [("read/medical-000001.db", code)]


def test_tables_not_built_are_no_fault(machine: Machine) -> None:
    folder = at_rest(machine)
    for path in folder.iterdir():
        path.unlink()
    assert found(folder) == []
    folder.rmdir()
    assert found(folder) == []


def test_a_generation_swapped_in_between_two_looks(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rebuild removes the file the pointer named a moment ago."""
    folder = at_rest(machine)
    pointer = folder / "medical.current"
    (folder / "medical-000001.db").rename(folder / "medical-000002.db")
    look = Path.read_bytes

    def slow(path: Path) -> bytes:
        told = look(path)
        if path == pointer:
            pointer.write_bytes(b"2")
        return told

    monkeypatch.setattr(Path, "read_bytes", slow)
    assert found(folder) == []


def test_a_rebuild_leaves_nothing_to_say(garance: Record) -> None:
    garance.folder.rebuild()
    assert check_shapes(garance.root) == []


def test_the_secretary_is_told_that_others_tables_were_not_opened(machine: Machine) -> None:
    at_rest(machine)
    record = machine.open("Inès")
    checked = check_record(machine.root, record.journal, record.seat, record.keyring)
    record.close()
    assert ("read/medical", "tables_not_opened") in [(note.file, note.code) for note in checked.notes]
    assert checked.faults == []
