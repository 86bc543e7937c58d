"""A folder exchanged by after every word: its files stay few, and what was read is not read again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lanterne.sync.driver import Exchanged
from lanterne.sync.peers import folder_gathering
from lanterne.sync.peers.folder import FolderPeer, ReadBefore
from lanterne.sync.peers.folder_files import read_whole
from lanterne.sync.peers.folder_gathering import gather
from lanterne.wire.framing import read_framed
from tests.sync.stage import Machine, another_machine, content

MOST = 8


@pytest.fixture
def stick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(folder_gathering, "MOST_SMALL", MOST)
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def often(machine: Machine, stick: Path, before: dict[Path, ReadBefore]) -> tuple[Exchanged, FolderPeer]:
    """As the background does: what was read the last time is kept."""
    peer = FolderPeer(
        stick,
        machine.journal.membership,
        machine.device.id,
        statements=machine.known.statements().values(),
        now_ms=machine.now(),
        before=before,
    )
    return machine.exchange(peer), peer


def files_of(machine: Machine, stick: Path) -> list[Path]:
    (base,) = stick.iterdir()
    return sorted((base / machine.device.id).glob("*.entries"))


def test_files_stay_few_and_everything_arrives(
    garance: Machine, theo: Machine, stick: Path, tmp_path: Path
) -> None:
    before: dict[Path, ReadBefore] = {}
    for number in range(5 * MOST):
        garance.jot(f"word {number}")
        assert often(garance, stick, before)[0].whole
        assert len(files_of(garance, stick)) <= MOST + 1
        if number % 7 == 0:
            theo.by_folder(stick)
    theo.by_folder(stick)
    assert content(theo.journal) >= content(garance.journal)
    assert theo.known.alarms() == []
    late = another_machine(garance, tmp_path / "late", seed=60, empty=True)
    garance.by_folder(stick)
    late.by_folder(stick)
    assert content(late.journal) == content(garance.journal), "a device that comes later finds all of it"


def test_what_was_read_is_not_read_again(garance: Machine, theo: Machine, stick: Path) -> None:
    for number in range(3):
        garance.jot(f"a word {number} " + "x" * 20_000)
        garance.by_folder(stick)
    before: dict[Path, ReadBefore] = {}
    first, _ = often(theo, stick, before)
    assert first.tally.received == 3
    _, again = often(theo, stick, before)
    assert again.came < 10_000, "statements only"
    assert set(before) == set(files_of(garance, stick)) | set(files_of(theo, stick))
    garance.jot("one more")
    garance.by_folder(stick)
    done, more = often(theo, stick, before)
    assert done.tally.received == 1
    assert more.came < 20_000
    # A file that is another one now is read again, and what left is forgotten.
    victim = files_of(garance, stick)[0]
    victim.write_bytes(os.urandom(500))
    _, damaged = often(theo, stick, before)
    assert damaged.unread == 1
    victim.unlink()
    _, gone = often(theo, stick, before)
    assert gone.unread == 0
    assert victim not in before


def test_who_is_not_known_yet_is_looked_at_again(garance: Machine, stick: Path, tmp_path: Path) -> None:
    """An entry of a seat admitted later: what was read of it then is not taken for read."""
    early = another_machine(garance, tmp_path / "early", seed=61)
    awa = another_machine(garance, tmp_path / "awa", seed=62)
    awa.jot("before anybody heard of her")
    awa.by_folder(stick)
    before: dict[Path, ReadBefore] = {}
    done, _ = often(early, stick, before)
    assert done.whole
    often(early, stick, before)
    assert content(early.journal) >= content(awa.journal)


def test_cut_while_gathering_nothing_is_missing(
    garance: Machine, theo: Machine, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(MOST):
        garance.jot(f"word {number}")
        garance.by_folder(stick)
    place = files_of(garance, stick)[0].parent
    entries = {
        raw for path in files_of(garance, stick) for raw in read_framed(read_whole(path, 1 << 24) or b"")
    }
    monkeypatch.setattr(folder_gathering, "MOST_SMALL", 2)
    removed: list[Path] = []

    def cut(self: Path, *, missing_ok: bool = False) -> None:
        if len(removed) == 3:
            raise OSError("pulled out")
        removed.append(self)
        os.unlink(self)  # noqa: PTH108  Path.unlink is what is bent here

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", cut)
        with pytest.raises(OSError, match="pulled out"):
            gather(place)
    left = {raw for path in files_of(garance, stick) for raw in read_framed(read_whole(path, 1 << 24) or b"")}
    assert left == entries
    gather(place)
    assert len(files_of(garance, stick)) <= 2
    theo.by_folder(stick)
    assert content(theo.journal) >= content(garance.journal)
