"""A disk that is full, or fails, at any write of an import: the error arrives, nothing is half applied, and the same
files imported again once there is room end as if nothing had happened.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from lanterne.intake.filing.outcomes import Outcome
from lanterne.intake.sandbox import Sandbox
from lanterne.journal.check import check_store
from lanterne.journal.errors import DiskFailed, DiskFull
from lanterne.journal.files import OsFiles
from lanterne.journal.journal import Journal
from lanterne.practice.errors import TablesBehind
from lanterne.practice.record import Record
from lanterne.practice.tables import Tables
from lanterne.seal.keyring import Keyring
from tests.cast import FOUNDED
from tests.intake.filing.made import JEAN, ZOE, analyses, cda, hprim, letter, problems
from tests.intake.filing.stage import Desk
from tests.journal.simulated_disk import Call, FaultyFiles, How
from tests.practice import stage
from tests.practice.stage import Clock

FILES = (
    cda(JEAN, analyses(c718_7="13.3"), problems("I10")),
    hprim(JEAN, ("Leucocytes", "2.920", "/mm3")),
    cda(ZOE, problems("J45"), name="doc-2"),
    letter(JEAN),
    b"<?xml version='1.0'?><ClinicalDocument xmlns='urn:hl7-org:v3'><id",
)


class Faulty(Desk):
    """Dr Morel at a desk whose disk fails when told to."""

    def __init__(self, practice: stage.Practice, place: Path, sandbox: Sandbox) -> None:
        self.root = practice.machine(place).root
        self.disk = FaultyFiles(OsFiles())
        journal = Journal.open(self.root, files=self.disk)
        keys = practice.seats["Garance"]
        record = Record(
            self.root, journal, keys, Keyring(keys, journal.membership), clock_ms=Clock(FOUNDED + 86_400_000)
        )
        super().__init__(record, sandbox)
        record.catch_up()

    def whole(self) -> None:
        """Every document in a chart has its blobs, and what it states; every entry opens."""
        assert check_store(self.root).faults == []
        for body in self.bodies("document.filed"):
            for name in (body["blob"], *(one["blob"] for one in body.get("renditions", ()))):
                assert self.record.journal.blobs.has(name)
        for body in self.bodies("arrival.received"):
            assert self.record.journal.blobs.has(body["blob"])


@pytest.fixture(scope="module")
def whole(
    practice: stage.Practice, tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox
) -> Iterator[tuple[Faulty, dict[Call, int]]]:
    """An import nothing disturbs, and how many calls of the disk it takes."""
    desk = Faulty(practice, tmp_path_factory.mktemp("whole") / "m", sandbox)
    desk.disk.fail("write", 10**9, "full")
    outcomes = desk.take_all(*FILES, create_patients=True)
    assert [one.outcome for one in outcomes] == ["structured"] * 3 + ["to_attach", "quarantined"]
    yield desk, dict(desk.disk.calls)
    desk.record.close()


@pytest.mark.parametrize(
    ("call", "how"), [("write", "full"), ("write", "short"), ("fsync", "error"), ("rename", "full")]
)
def test_at_every_call(
    whole: tuple[Faulty, dict[Call, int]], practice: stage.Practice, tmp_path: Path, sandbox: Sandbox, call: Call, how: How
) -> None:  # fmt: skip
    done, calls = whole
    assert calls[call] > 5
    for nth in range(1, calls[call] + 1):
        desk = Faulty(practice, tmp_path / f"{nth}", sandbox)
        before = desk.facts()
        desk.disk.fail(call, nth, how)
        told: list[Outcome] = []
        try:
            filer = desk.filer(create_patients=True)
            told += filer.take_many(names())
        except (DiskFull, DiskFailed) as error:
            assert isinstance(error, DiskFailed if how == "error" else (DiskFull, DiskFailed))
        else:
            # What is only written to spare work at the next start may fail unseen.
            assert [one.outcome for one in told] == ["structured"] * 3 + ["to_attach", "quarantined"]
        assert desk.disk.failed
        desk.whole()
        # Each entry is there whole or not at all.
        assert (desk.facts() - before) <= done.facts()
        for entry in entries_of(desk):
            assert entry <= desk.facts()
        again = desk.take_all(*FILES, create_patients=True)
        assert {one.outcome for one in again} <= {"structured", "to_attach", "quarantined", "duplicate"}
        assert desk.facts() == done.facts()
        assert desk.live() == done.live()
        desk.whole()
        desk.record.close()


def names() -> list[tuple[str, bytes | Path]]:
    """The files under the names `Desk.take_all` gives them."""
    return [(f"{sha256(content).hexdigest()[:8]}.bin", content) for content in FILES]


def entries_of(desk: Desk) -> list[set[str]]:
    """The facts of each entry that filed a document."""
    rows = desk.record.connection().execute(
        "SELECT f.entry, f.id FROM fact f WHERE f.entry IN (SELECT d.entry FROM fact d JOIN kind k ON k.no = d.kind"
        " WHERE k.name = 'document.filed')"
    )
    found: dict[int, set[str]] = {}
    for entry, identifier in rows:
        found.setdefault(entry, set()).add(bytes(identifier).hex())
    return list(found.values())


def test_a_filer_that_met_a_full_disk_goes_on(
    practice: stage.Practice, tmp_path: Path, sandbox: Sandbox
) -> None:
    """What was planned and not carried out does not come out later under another name."""
    desk = Faulty(practice, tmp_path / "m", sandbox)
    filer = desk.filer()
    desk.disk.fail("write", 1, "full")
    with pytest.raises(DiskFull):
        filer.take("a.xml", FILES[0])
    [outcome] = filer.take_many([("b.hpr", FILES[1])])
    assert outcome.outcome == "structured"
    assert desk.results() == {"Leucocytes": "2920"}
    desk.record.close()


def test_read_tables_that_cannot_follow(
    practice: stage.Practice, tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entries are on the disk and the tables are not: it is said, and nothing is written twice."""
    desk = Faulty(practice, tmp_path / "m", sandbox)
    with monkeypatch.context() as patch:
        patch.setattr(Tables, "transaction", full)
        with pytest.raises(TablesBehind):
            desk.take_all(*FILES)
    again = desk.take_all(*FILES)
    assert again[0].outcome == "duplicate"
    assert desk.results() == {"718-7": "13.3", "Leucocytes": "2920"}
    desk.record.close()


def full(*_: object) -> None:
    """A transaction on a full disk."""
    from sqlcipher3 import dbapi2 as sqlite

    raise sqlite.OperationalError("database or disk is full")
