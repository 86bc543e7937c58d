"""A folder that carries between devices keeps what somebody still needs, and no more: each removes its own files."""

from __future__ import annotations

from pathlib import Path

import pytest

from lanterne.proof.exchange import sign_statement
from lanterne.sync.peers import folder_delivered
from lanterne.sync.peers.folder_files import write_whole
from lanterne.wire.statements import Statement
from tests.sync.stage import Machine, another_machine, content


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def files_of(machine: Machine, stick: Path) -> list[Path]:
    (base,) = stick.iterdir()
    return sorted((base / machine.device.id).glob("*.entries"))


def words(machine: Machine, stick: Path, count: int) -> None:
    for number in range(count):
        machine.jot(f"word {number}")
        assert machine.by_folder(stick).whole


def test_nothing_goes_while_one_device_is_silent_and_all_but_the_newest_once_it_spoke(
    garance: Machine, theo: Machine, stick: Path, tmp_path: Path
) -> None:
    awa = another_machine(garance, tmp_path / "awa", seed=40, empty=True)
    words(garance, stick, 5)
    theo.by_folder(stick)
    held = files_of(garance, stick)
    garance.by_folder(stick)
    assert files_of(garance, stick) == held, "Awa was never heard"
    awa.by_folder(stick)
    assert content(awa.journal) == content(garance.journal)
    garance.by_folder(stick)
    assert files_of(garance, stick) == held[-1:], "the newest stays: names go on rising"
    awa.jot("Awa writes, and hears no more")
    words(garance, stick, 4)
    later = files_of(garance, stick)
    theo.by_folder(stick)
    garance.by_folder(stick)
    assert files_of(garance, stick) == later, "she said nothing since"
    for machine in (awa, theo, garance, awa):
        assert machine.by_folder(stick).whole
    assert len(files_of(garance, stick)) == 1
    assert content(awa.journal) == content(garance.journal) == content(theo.journal)
    late = another_machine(garance, tmp_path / "late", seed=60, empty=True)
    for machine in (garance, late):
        assert machine.by_folder(stick).whole
    assert content(late.journal) == content(garance.journal), "written again for who lacks it"
    assert not garance.known.alarms() + theo.known.alarms() + awa.known.alarms() + late.known.alarms()


def test_a_forged_word_of_another_device_removes_nothing(
    garance: Machine, theo: Machine, stick: Path
) -> None:
    """Somebody who holds the stick writes that Théo has everything, but not with Théo's key."""
    words(garance, stick, 4)
    held = files_of(garance, stick)
    (base,) = stick.iterdir()
    tips = tuple(garance.journal.tips)
    forged = Statement(garance.journal.practice, theo.device.id, 9, garance.now(), tips)
    write_whole(base / theo.device.id / "heads", sign_statement(forged, garance.device).raw)
    garance.by_folder(stick)
    assert files_of(garance, stick) == held
    assert theo.by_folder(stick).whole
    assert content(theo.journal) == content(garance.journal)


def test_a_cut_leaves_the_rest_for_the_next_time(
    garance: Machine, theo: Machine, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words(garance, stick, 6)
    theo.by_folder(stick)
    unlink, cuts = Path.unlink, [2]

    def cut(path: Path, missing_ok: bool = False) -> None:
        if path.suffix == ".entries":
            cuts[0] -= 1
            if cuts[0] < 0:
                raise OSError(5, "taken out")
        unlink(path, missing_ok)

    with monkeypatch.context() as patched:
        patched.setattr(folder_delivered.Path, "unlink", cut)
        assert garance.by_folder(stick).whole, "what is not removed hinders nobody"
    assert 1 < len(files_of(garance, stick)) < 6
    assert garance.by_folder(stick).whole
    assert len(files_of(garance, stick)) == 1
    garance.jot("and it goes on")
    garance.by_folder(stick)
    theo.by_folder(stick)
    assert content(theo.journal) == content(garance.journal)
