"""A device being added whose notes or box are damaged on the disk: said where it can be, and never without a way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from lanterne.journal.boxes import Boxes, box_of
from lanterne.journal.errors import DiskFailed, PracticeExists
from lanterne.journal.files import OsFiles
from lanterne.journal.pairing import PairingSpent, offered
from lanterne.practice.record import Record
from lanterne.practice.team import adding
from lanterne.practice.team.adding import Stage
from lanterne.practice.team.mirrors import Carriage, FolderMirror
from tests.practice.team.test_adding import HERS, LEA, light_passphrases, newcomer, seen, to_lea

__all__ = ["light_passphrases"]


def spoil(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def asked(record: Record, root: Path) -> bytes:
    """A machine whose request was carried here by hand and taken."""
    adding.begin(record, to_lea(record), Carriage.FILES)
    new = newcomer(root)
    new.begin_by_file(adding.message_to_carry(record) or b"", name=LEA, passphrase=HERS)
    request = new.request() or b""
    adding.bring_request(record, request)
    assert seen(record).stage is Stage.CODE
    return request


@pytest.mark.parametrize("note", ["pairing", "pairing-way"])
def test_a_damaged_note_is_begun_anew(garance: Record, tmp_path: Path, note: str) -> None:
    asked(garance, tmp_path / "portable")
    spoil(garance.journal.layout.local_of(garance.seat.id) / note)
    found = adding.look(garance)
    assert (found is None) == (note == "pairing")
    adding.cancel(garance)
    adding.begin(garance, to_lea(garance), Carriage.FILES)
    assert seen(garance).stage is Stage.REQUEST


def test_another_request_in_the_place_of_a_damaged_one_is_let_go(garance: Record, tmp_path: Path) -> None:
    """The first was taken; its file was damaged, and a stranger laid his there. The right one comes again."""
    request = asked(garance, tmp_path / "portable")
    stranger = newcomer(tmp_path / "stranger")
    held = offered(garance.journal, garance.seat)
    assert held is not None
    boxes, box = Boxes.of(garance.journal.layout, OsFiles()), box_of(held.offer)
    stranger.begin_by_file(boxes.offer(box, garance.clock_ms()) or b"", name="Dr Autre Nom", passphrase=HERS)
    spoil(boxes._folder / f"{box}.request")
    boxes.ask(box, stranger.request() or b"")
    found = seen(garance)
    assert isinstance(found.trouble, PairingSpent)
    boxes.ask(box, request)
    assert seen(garance).stage is Stage.CODE
    adding.cancel(garance)
    assert adding.look(garance) is None


def test_a_folder_that_cannot_be_written_keeps_no_page_from_being_shown(
    garance: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    box = adding.begin(garance, to_lea(garance), Carriage.FOLDER, where=str(stick))
    Boxes.carried(stick, OsFiles()).ask(box, b"no request")

    def fixed(*_: object) -> None:
        raise DiskFailed("it cannot be written")

    monkeypatch.setattr(FolderMirror, "refuse", fixed)
    for _ in range(2):
        found = seen(garance)
        assert found.stage is Stage.REQUEST
        assert found.trouble is not None


def test_two_programs_join_in_one_directory(
    garance: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both found it empty. The second is told; what the first asked stands."""
    adding.begin(garance, to_lea(garance), Carriage.FILES)
    offer = adding.message_to_carry(garance) or b""
    root = tmp_path / "portable"
    first, second = newcomer(root), newcomer(root)
    first.begin_by_file(offer, name=LEA, passphrase=HERS)
    monkeypatch.setattr(second, "check_empty", lambda: None)
    monkeypatch.setattr(second, "_clear", lambda: None)  # it looked before there was anything
    with pytest.raises(PracticeExists):
        second.begin_by_file(offer, name=LEA, passphrase=HERS)
    monkeypatch.undo()
    assert newcomer(root).begun()
    adding.bring_request(garance, first.request() or b"")
    assert seen(garance).stage is Stage.CODE
