"""The thread of an unlocked seat: relieves the folder, alone on its machine, and says what it could not do."""

from __future__ import annotations

from pathlib import Path

import pytest
from filelock import FileLock

from lanterne.desk import watch as watching
from lanterne.desk.presence import Presence
from lanterne.desk.watch import Watch
from lanterne.intake import watched
from lanterne.intake.watching import PUT_AWAY, SETTLED_S, WatchedFolder
from lanterne.journal.errors import DiskFull
from lanterne.journal.layout import Layout
from lanterne.practice.record import Record
from tests.intake.watching.reports import report
from tests.practice import stage
from tests.practice.conftest import machine, practice

__all__ = ["machine", "practice"]


@pytest.fixture
def dropped(tmp_path: Path) -> Path:
    folder = tmp_path / "arrivee"
    folder.mkdir()
    return folder


def watch_of(record: Record, folder: Path | None = None) -> Watch:
    """The watch of an unlocked seat, its thread not begun: the test takes its turns."""
    presence = Presence(record, "secret")
    presence.preparation.ready.set()
    if folder is not None:
        watched.choose(record.root, str(folder))
    return Watch(presence)


def results(record: Record) -> int:
    return int(
        record.connection()
        .execute("SELECT count(*) FROM fact f JOIN kind k ON k.no = f.kind WHERE k.name = 'result.recorded'")
        .fetchone()[0]
    )


def test_a_turn_files_what_is_whole_and_says_so(machine: stage.Machine, dropped: Path) -> None:
    record = machine.open("Garance")
    watch = watch_of(record, dropped)
    (dropped / "a.hpr").write_bytes(report("4,1", reference="A"))
    (dropped / "b.hpr").write_bytes(report("4,2", reference="B", end=""))
    before = results(record)
    assert watch.turn(0.0) == SETTLED_S  # something is still being written: soon again
    state = watch.state()
    assert (state.done, state.total, state.working, state.fault) == (1, 1, False, None)
    assert state.looked is not None
    assert (len(state.looked.ready), state.looked.settling) == (0, 1)
    assert [dict(one.counts) for one in state.rounds] == [{"structured": 1}]
    watch.turn(SETTLED_S)
    assert results(record) == before + 2
    assert len(list((dropped / PUT_AWAY).rglob("*.hpr"))) == 2
    assert watch.turn(2 * SETTLED_S) == watching.LOOK_S


def test_no_folder_no_turn(machine: stage.Machine) -> None:
    watch = watch_of(machine.open("Garance"))
    assert watch.turn(0.0) == watching.LOOK_S
    assert watch.state().looked is None


def test_one_process_of_the_machine_at_a_time(machine: stage.Machine, dropped: Path) -> None:
    record = machine.open("Garance")
    watch = watch_of(record, dropped)
    (dropped / "a.hpr").write_bytes(report())
    with FileLock(Layout(record.root).watching):
        watch.turn(0.0)
        assert watch.state().elsewhere
        assert (dropped / "a.hpr").exists()
    watch.turn(1.0)
    assert not watch.state().elsewhere
    assert not (dropped / "a.hpr").exists()


def test_two_seats_of_one_machine_file_each_file_once(machine: stage.Machine, dropped: Path) -> None:
    garance, ines = machine.open("Garance"), machine.open("Inès")
    hers, other = watch_of(garance, dropped), watch_of(ines)
    (dropped / "a.hpr").write_bytes(report())
    other.turn(0.0)
    hers.turn(0.0)
    assert [dict(one.counts) for one in other.state().rounds] == [{"document": 1}]
    assert hers.state().rounds == other.state().rounds


def test_the_doctors_watch_reads_what_the_secretary_dropped(machine: stage.Machine, dropped: Path) -> None:
    garance = machine.open("Garance")
    before = results(garance)
    (dropped / "a.hpr").write_bytes(report())
    watch_of(machine.open("Inès"), dropped).turn(0.0)
    assert results(garance) == before
    watch_of(garance).turn(0.0)
    assert results(garance) == before + 1


def test_stopped_it_waits_to_be_asked(machine: stage.Machine, dropped: Path) -> None:
    watch = watch_of(machine.open("Garance"), dropped)
    watch.halt()
    (dropped / "a.hpr").write_bytes(report())
    watch.turn(0.0)
    assert watch.state().halted
    assert (dropped / "a.hpr").exists()
    watch.relieve_now()
    watch.turn(1.0)
    assert not (dropped / "a.hpr").exists()


def test_a_full_disk_is_said_and_nothing_leaves_its_place(
    machine: stage.Machine, dropped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watch = watch_of(machine.open("Garance"), dropped)
    (dropped / "a.hpr").write_bytes(report())

    def full(*_: object, **__: object) -> None:
        raise DiskFull("full")

    with monkeypatch.context() as patch:
        patch.setattr("lanterne.intake.filing.batch.record_many", full)
        watch.turn(0.0)
    fault = watch.state().fault
    assert fault is not None
    assert fault.code == "disk_full"
    assert (dropped / "a.hpr").exists()
    watch.turn(1.0)
    assert watch.state().fault is None
    assert not (dropped / "a.hpr").exists()


def test_a_folder_unplugged_is_said_until_it_is_back(machine: stage.Machine, dropped: Path) -> None:
    watch = watch_of(machine.open("Garance"), dropped)
    elsewhere = dropped.rename(dropped.with_name("ailleurs"))
    watch.turn(0.0)
    fault = watch.state().fault
    assert fault is not None
    assert fault.code == "watched_gone"
    elsewhere.rename(dropped)
    watch.turn(1.0)
    assert watch.state().fault is None


def test_a_fault_of_the_program_is_said_without_its_words(
    machine: stage.Machine, dropped: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    watch = watch_of(machine.open("Garance"), dropped)

    def wrong(*_: object) -> None:
        raise KeyError("DUPONT Jean.pdf")

    monkeypatch.setattr(WatchedFolder, "look", wrong)
    with pytest.raises(SystemExit) as ended:
        watch.run()
    fault = watch.state().fault
    assert fault is not None
    assert (fault.code, fault.params) == ("watched_broken", {"kind": "KeyError"})
    assert "DUPONT" not in str(ended.value) + str(fault) + capsys.readouterr().err
