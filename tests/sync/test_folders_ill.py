"""A folder that answers with an error, a dying stick or a share that is off, is one that is not there: nothing ends by it."""

from __future__ import annotations

import errno
import threading
from pathlib import Path

import pytest

from lanterne.sync.carrying.folders import there
from lanterne.sync.carrying.runner import Runner
from lanterne.sync.carrying.telling import Telling
from lanterne.sync.errors import FolderUnusable
from lanterne.sync.joining import Joining
from lanterne.sync.peers.port import Way
from lanterne.sync.ways_open import Destination, Opener
from tests.sync.stage import Machine

ILLS = [errno.EIO, errno.EACCES, errno.ESTALE, errno.EHOSTDOWN, errno.ENAMETOOLONG]


@pytest.mark.parametrize("ill", ILLS)
def test_the_way_is_not_there_and_nothing_falls(
    garance: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ill: int
) -> None:
    folder = tmp_path / "share"
    folder.mkdir()
    stat = Path.stat

    def sick(path: Path, **given: bool) -> object:
        if folder == path or folder in path.parents:
            raise OSError(ill, "the share is off")
        return stat(path, **given)

    place = Destination(Way.FOLDER, str(folder))
    telling = Telling(garance.journal, garance.now)
    telling.begin([place])
    opener = Opener(garance.journal, garance.device, garance.now, garance.random)
    runner = Runner(place, opener, telling, threading.BoundedSemaphore(1), lambda _: None)
    assert runner._is_there()
    monkeypatch.setattr(Path, "stat", sick)
    assert not there(folder)
    assert not runner._is_there()
    assert telling.way(place).why == "carrier.unplugged"
    with pytest.raises(FolderUnusable):
        Joining(tmp_path / "new", now_ms=garance.now).begin_by_folder(
            str(folder), name="Dr Léa Petit", passphrase="un phare dans la brume 9"
        )
