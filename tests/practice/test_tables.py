"""Read tables: burnt and rebuilt with nothing changed, shared by processes and threads, and never believed when damaged."""

from __future__ import annotations

import multiprocessing
import random
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2 as sqlite

from lanterne.journal.errors import DiskFull
from lanterne.practice import folding, schema, tables
from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.chart.queries import summary
from lanterne.practice.chart.statements import count_by_kind, page, standing, thread
from lanterne.practice.content import content
from lanterne.practice.errors import TablesBehind, TablesDamaged
from lanterne.practice.patients import queries
from lanterne.practice.patients.search import search
from lanterne.practice.record import Record
from lanterne.practice.tables import Tables
from lanterne.practice.team import queries as team
from lanterne.practice.traces.queries import accesses
from tests.cast import JEAN_BAPTISTE
from tests.practice.stage import MADELEINE, Machine, chart, fact, folded, write

TODAY = date(2026, 3, 2)


def story(record: Record) -> None:
    """Ten entries of everything, corrections and a conflict among them."""
    [first] = write(record, fact(AllergyRecorded(substance="Pénicilline")), at_ms=record.clock_ms())
    for name in ("Amoxicilline", "Céfazoline"):
        write(record, fact(AllergyRecorded(substance=name), replaces=[first]))
    for number in range(5):
        results = [
            fact("result.recorded", {"label": label, "code": code, "value": f"{number}.5", "unit": "g/L", "high": "3"}, at="2025-06-01")
            for code, label in (("718-7", "Hb"), ("2160-0", "Créatinine"))
        ]  # fmt: skip
        write(record, *results)
    write(record, fact("prescription.issued", {"label": "à venir"}))
    write(record, fact("patient.merged", {"absorbed": MADELEINE}))


def shown(record: Record) -> list[Any]:
    """Every query of the practice, as values."""
    seen = chart(record)
    connection = seen.connection
    everything = page(seen, [], limit=1_000, live=False)
    return [
        summary(seen, today=TODAY), everything, count_by_kind(seen), [thread(seen, item.id) for item in everything],
        queries.identity(connection, JEAN_BAPTISTE), queries.merges(connection, JEAN_BAPTISTE),
        queries.suspected(connection, JEAN_BAPTISTE), search(connection, "bapt", today=TODAY),
        search(connection, "1948", today=TODAY), team.persons(connection), team.practice(connection),
    ]  # fmt: skip


def test_burnt_and_rebuilt_every_query_answers_the_same(machine: Machine) -> None:
    garance = machine.open("Garance")
    story(garance)
    before, traces, hash_before = shown(garance), accesses(garance), folded(garance)
    machine.burn()
    again = machine.open("Garance")
    assert shown(again) == before
    assert accesses(again)[1:] == traces, "all but the look that was just traced"
    assert folded(again) == hash_before


def test_a_rebuild_leaves_one_generation_and_moves_the_number(garance: Record) -> None:
    garance.catch_up()
    first = garance.tables.path
    garance.folder.rebuild()
    assert garance.tables.path != first
    assert [path.name for path in garance.tables.folder.glob("medical-*.db")] == [garance.tables.path.name]


@pytest.mark.parametrize("where", ["settle_all", "insert"])
def test_a_rebuild_cut_short_leaves_the_old_tables(
    garance: Record, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    story(garance)
    before, generation = shown(garance), garance.tables.path

    class Killed(BaseException):
        pass

    def killed(*_: object, **__: object) -> None:
        raise Killed

    monkeypatch.setattr(folding, where, killed)
    with pytest.raises(Killed):
        garance.folder.rebuild()
    monkeypatch.undo()
    assert garance.tables.path == generation
    assert shown(garance) == before
    garance.folder.rebuild()
    assert shown(garance) == before
    left = [path.name for path in garance.tables.folder.glob("medical-*")]
    assert all(name.startswith(garance.tables.path.name) for name in left), (
        "what the cut one left is swept away"
    )


def test_a_full_disk_at_the_swap_leaves_the_old_tables(
    garance: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    story(garance)
    before = shown(garance)

    def full(*_: object) -> None:
        raise DiskFull("no space")

    monkeypatch.setattr(tables, "replace_small_file", full)
    with pytest.raises(DiskFull):
        garance.folder.rebuild()
    monkeypatch.undo()
    assert shown(garance) == before


@pytest.mark.parametrize("what", ["a table changed", "a kind learnt"])
def test_another_program_folds_anew(machine: Machine, what: str) -> None:
    garance = machine.open("Garance")
    story(garance)
    before, generation = shown(garance), garance.tables.path
    with garance.tables.transaction() as connection:
        connection.execute("UPDATE meta SET value = 'another' WHERE name = 'schema'")
    assert not garance.tables.ready()
    assert shown(garance) == before
    assert garance.tables.path != generation
    assert "note.recorded" in repr(schema._KINDS), what


def test_tables_gone_under_an_open_record_are_built_again(garance: Record) -> None:
    story(garance)
    before = shown(garance)
    garance.tables.path.unlink()
    assert shown(garance) == before


@pytest.mark.parametrize("content_", [b"", b"abc", b"\xff\xfe", b"999999999999", b"-3"])
def test_a_pointer_that_is_none_is_built_again(machine: Machine, content_: bytes) -> None:
    garance = machine.open("Garance")
    story(garance)
    before = shown(garance)
    machine.close()
    (machine.root / "read" / "medical.current").write_bytes(content_)
    assert shown(machine.open("Garance")) == before


def test_every_flipped_bit_is_found(garance: Record) -> None:
    story(garance)
    garance.tables.read().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert garance.tables.verify() == []
    garance.close()
    path, dice = garance.tables.path, random.Random(7)
    whole = path.read_bytes()
    for _ in range(40):
        wounded = bytearray(whole)
        wounded[dice.randrange(len(whole))] ^= 1 << dice.randrange(8)
        path.write_bytes(wounded)
        assert garance.tables.verify(), "a flipped bit was not found"
        garance.tables.close()
    others = {
        "cut": whole[:-1], "half": whole[: len(whole) // 2], "longer": whole + bytes(4096), "empty": b"", "twice": whole * 2,
    }  # fmt: skip
    for name, other in others.items():
        path.write_bytes(other)
        assert garance.tables.verify(), name
        garance.tables.close()
    path.write_bytes(whole)
    assert garance.tables.verify() == []


def test_damaged_tables_are_never_shown_and_heal_from_the_journal(machine: Machine) -> None:
    garance = machine.open("Garance")
    story(garance)
    before = shown(garance)
    path = garance.tables.path
    machine.close()
    data = bytearray(path.read_bytes())
    for offset in range(4096 + 40, len(data), 4096):
        data[offset] ^= 1
    path.write_bytes(data)
    assert shown(machine.open("Garance")) == before


def test_a_page_damaged_under_an_open_record(garance: Record) -> None:
    """The query fails, nothing of it is shown; the desk then has everything folded anew (desk.presence)."""
    story(garance)
    before = shown(garance)
    garance.close()
    data = bytearray(garance.tables.path.read_bytes())
    for offset in range(4096 * 2 + 40, len(data), 4096):
        data[offset] ^= 1
    garance.tables.path.write_bytes(data)
    with pytest.raises((sqlite.DatabaseError, TablesDamaged)):
        content(garance.tables.read(), "medical")
    garance.folder.rebuild()
    assert shown(garance) == before


def test_tables_under_another_key_do_not_open(garance: Record) -> None:
    garance.catch_up()
    other = Tables(garance.tables.folder, "medical", bytes(32))
    with pytest.raises(TablesDamaged):
        other.read()
    assert not other.ready()


def test_a_locked_database_is_said_in_words(garance: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    garance.catch_up()

    def locked(*_: object) -> int:
        raise sqlite.OperationalError("database is locked")

    monkeypatch.setattr(garance.folder, "catch_up", locked)
    with pytest.raises(TablesBehind) as said:
        garance.catch_up()
    assert said.value.code == "tables.behind"


# ---------------------------------------------------------------------- threads and processes


def test_each_thread_has_its_connection_and_takes_it_along(garance: Record) -> None:
    garance.catch_up()
    seen: dict[int, int] = {}

    def look() -> None:
        garance.catch_up()
        connection = garance.tables.read()
        assert garance.tables.read() is connection
        seen[threading.get_ident()] = id(connection)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert id(garance.tables.read()) not in seen.values()
    del threads, one
    assert len(garance.tables._opened) == 1, "the connections of threads that ended are closed"


def test_threads_write_and_read_at_once(garance: Record) -> None:
    garance.catch_up()
    faults: list[BaseException] = []

    def work(who: int) -> None:
        try:
            for number in range(6):
                write(garance, fact(AllergyRecorded(substance=f"S{who}-{number}")))
                assert len(standing(chart(garance), AllergyRecorded)) > 0
        except BaseException as error:  # noqa: BLE001  carried to the test's own thread
            faults.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread_ in threads:
        thread_.start()
    for thread_ in threads:
        thread_.join()
    assert faults == []
    assert len(standing(chart(garance), AllergyRecorded)) == 24
    expected = folded(garance)
    garance.folder.rebuild()
    assert folded(garance) == expected


def test_a_chart_stays_readable_while_the_tables_are_swapped_under_it(garance: Record) -> None:
    story(garance)
    seen = chart(garance)
    before = page(seen, [], limit=100)
    garance.folder.rebuild()
    assert garance.tables.read() is not seen.connection
    assert page(seen, [], limit=100) == before


def test_another_process_swaps_a_generation_in(machine: Machine) -> None:
    """Two records stand for two workers: one rebuilds, the other follows at its next request."""
    garance, theo = machine.open("Garance"), machine.open("Théo")
    story(garance)
    expected = folded(theo)
    garance.folder.rebuild()
    assert not theo.tables.path.exists()
    assert folded(theo) == expected
    assert theo.tables.path == garance.tables.path


def test_a_generation_swapped_in_between_two_looks(machine: Machine) -> None:
    """Between following the pointer and opening the file, another process swapped: no empty file takes its place."""
    garance, theo = machine.open("Garance"), machine.open("Théo")
    expected = folded(garance)
    theo.tables.follow()
    garance.folder.rebuild()
    connection = theo.tables.read()
    assert content(connection, "medical") == expected


def _work(root: str, who: str, secret: bytes, number: int, start: Any, answers: Any) -> None:
    """One worker: opens, writes and reads, rebuilds once."""
    from lanterne.journal.journal import Journal
    from lanterne.seal.keyring import Keyring
    from lanterne.seal.seat import SeatKeys

    keys = SeatKeys(secret)
    journal = Journal.open(Path(root))
    record = Record(Path(root), journal, keys, Keyring(keys, journal.membership))
    start.wait()
    for step in range(15):
        write(record, fact(AllergyRecorded(substance=f"{who}-{number}-{step}")))
        record.catch_up()
        if step == 7:
            record.folder.rebuild()
    record.catch_up()
    answers.put(record.tables.read().execute("SELECT count(*) FROM fact").fetchone()[0])
    record.close()


def test_processes_fold_one_database(machine: Machine) -> None:
    """Real processes, spawned as on Windows; nobody has built the tables yet."""
    spawn = multiprocessing.get_context("spawn")
    start, answers = spawn.Barrier(3), spawn.Queue()
    seats = [(who, machine.seats[who].secret_to_store()) for who in ("Garance", "Théo", "Paul")]
    workers = [
        spawn.Process(target=_work, args=(str(machine.root), who, secret, number, start, answers))
        for number, (who, secret) in enumerate(seats)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    garance = machine.open("Garance")
    assert len(standing(chart(garance), AllergyRecorded)) == 45
    got = folded(garance)
    garance.folder.rebuild()
    assert folded(garance) == got
