"""The SQLite store of a relay stands behind the contract; and what is its own: groups, failures, versions."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lanterne.relay import sqlite_schema
from lanterne.relay.errors import RelayError, StoreFailed
from lanterne.relay.sqlite_store import SqliteStore
from lanterne.relay.sqlite_writer import Writer
from lanterne.relay.store import Store
from lanterne.wire.errors import LanterneError
from tests.contracts.relay_store import PRACTICE, RelayStoreContract, sure


class TestSqliteStore(RelayStoreContract):
    @pytest.fixture
    def stores(self, tmp_path: Path) -> Iterator[list[SqliteStore]]:
        stores = [SqliteStore(tmp_path / "relay.db")]
        yield stores
        stores[-1].close()

    @pytest.fixture
    def store(self, stores: list[SqliteStore]) -> Store:
        return stores[0]

    @pytest.fixture
    def again(self, stores: list[SqliteStore], tmp_path: Path) -> Callable[[], Store]:
        def reopen() -> Store:
            stores[-1].close()
            stores.append(SqliteStore(tmp_path / "relay.db"))
            return stores[-1]

        return reopen


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    sqlite_schema.prepare(tmp_path / "relay.db")
    one = Writer(tmp_path / "relay.db")
    yield one
    one.close()


def hold(writer: Writer) -> threading.Event:
    """Keep the writer busy until the event is set, so that what comes meanwhile waits together."""
    begun, go = threading.Event(), threading.Event()

    def work(_connection: sqlite3.Connection) -> None:
        begun.set()
        assert go.wait(60)

    writer.submit(b"hold", 1, work)
    assert begun.wait(60)
    return go


def test_what_waits_together_is_committed_together(writer: Writer) -> None:
    go = hold(writer)
    done = [writer.submit(bytes([number]), 1, lambda connection: None) for number in range(50)]
    go.set()
    for one in done:
        sure(one)
    assert writer.commits == 2


def test_one_practice_that_sends_much_waits_for_the_others(writer: Writer) -> None:
    """Its first piece of work goes in the round like everybody's; its hundredth comes after theirs."""
    order: list[bytes] = []
    go = hold(writer)
    greedy = [writer.submit(b"greedy", 1, lambda _c: order.append(b"greedy")) for _ in range(100)]
    modest = [writer.submit(name, 1, lambda _c, name=name: order.append(name)) for name in (b"x", b"y")]
    go.set()
    for one in (*greedy, *modest):
        sure(one)
    assert order[:3] == [b"greedy", b"x", b"y"]


def test_a_refusal_undoes_its_own_work_only(writer: Writer, tmp_path: Path) -> None:
    insert = "INSERT INTO notice VALUES (?, '', x'00')"

    def refused(connection: sqlite3.Connection) -> None:
        connection.execute(insert, ("refused",))
        raise LanterneError("no")

    go = hold(writer)
    good = writer.submit(b"a", 1, lambda connection: connection.execute(insert, ("good",)) and None)
    bad = writer.submit(b"b", 1, refused)
    go.set()
    sure(good)
    with pytest.raises(LanterneError):
        bad.result(60)
    assert writer.commits == 2
    with sqlite3.connect(tmp_path / "relay.db") as connection:
        assert connection.execute("SELECT scope FROM notice").fetchall() == [("good",)]


def test_a_database_that_refuses_acknowledges_nothing_and_goes_on(writer: Writer) -> None:
    go = hold(writer)
    good = writer.submit(b"a", 1, lambda connection: None)
    bad = writer.submit(
        b"b", 1, lambda connection: connection.execute("INSERT INTO nothing VALUES (1)") and None
    )
    go.set()
    for one in (good, bad):
        with pytest.raises(StoreFailed):
            one.result(60)
    sure(writer.submit(b"c", 1, lambda connection: None))


def test_a_closed_store_takes_nothing(writer: Writer) -> None:
    writer.close()
    with pytest.raises(StoreFailed):
        writer.submit(b"a", 1, lambda connection: None)


def test_a_newer_database_and_another_program_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    SqliteStore(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {sqlite_schema.VERSION + 1}")
    with pytest.raises(RelayError) as newer:
        SqliteStore(path)
    assert newer.value.code == "relay.newer"
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("PRAGMA application_id = 7")
    with pytest.raises(RelayError) as foreign:
        SqliteStore(other)
    assert foreign.value.code == "relay.not_ours"


def test_a_database_from_before_the_boxes_gets_them(tmp_path: Path) -> None:
    path = tmp_path / "relay.db"
    store = SqliteStore(path)
    sure(store.found(PRACTICE, b"genesis", 1))
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE box")
        connection.execute("PRAGMA user_version = 1")
    for _ in range(2):
        store = SqliteStore(path)
        assert store.count_practices() == 1
        assert store.boxes_of(PRACTICE) == ()
        store.close()


def test_every_commit_is_fsynced(tmp_path: Path) -> None:
    sqlite_schema.prepare(tmp_path / "relay.db")
    connection = sqlite_schema.connect(tmp_path / "relay.db")
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
