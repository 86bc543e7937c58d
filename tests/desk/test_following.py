"""While a first copy goes on, what came is folded in the background, in pieces."""

from __future__ import annotations

from pathlib import Path

import pytest

from lanterne.desk import following
from lanterne.desk.following import TURN_S, Following
from lanterne.journal.first_copy import First, remove_list, write_list
from lanterne.practice.errors import TablesBehind
from lanterne.wire.names import Stream
from tests.practice import stage
from tests.practice.stage import Clock, deliver, fact, write


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> stage.Practice:
    return stage.found(tmp_path_factory.mktemp("lilas") / "cabinet")


def test_piece_after_piece_until_all_is_folded(
    practice: stage.Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    garance = practice.machine(tmp_path / "garance").open("Garance", clock=Clock(stage.FOUNDED + 86_400_000))
    start = garance.journal.count(Stream.CARE)
    for number in range(30):
        write(garance, fact("allergy.recorded", {"substance": f"s{number}"}))
    raws = [arrived.entry.raw for arrived in garance.journal.since(Stream.CARE)][start:]
    theo = practice.machine(tmp_path / "théo").open("Théo", clock=Clock(stage.FOUNDED + 86_400_000))
    theo.catch_up()
    theo.paced = True
    monkeypatch.setattr(following, "PACE_FACTS", 4)
    follower = Following(theo)
    assert follower.turn() == TURN_S, "nothing goes on"
    write_list(theo.journal.layout, theo.journal.files, First(()), [(theo.journal.heads[0].chain, 1_000)])
    deliver(theo.journal, raws)
    turns = 1
    while follower.turn() < TURN_S:
        turns += 1
        assert turns < 20
    assert turns > 4
    assert not theo.folder.behind()
    # The disk refuses: said by every page, tried again here.
    with monkeypatch.context() as patch:
        patch.setattr(theo, "follow", _refuses)
        assert follower.turn() == TURN_S
    # What is left when the copy is over is folded all the same.
    deliver(theo.journal, raws)
    remove_list(theo.journal.layout, theo.journal.files)
    theo.lagging = True
    follower.turn()
    assert not theo.lagging


def test_much_is_folded_in_bulk_beside_the_tables_in_use(
    practice: stage.Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    garance = practice.machine(tmp_path / "garance").open("Garance", clock=Clock(stage.FOUNDED + 86_400_000))
    start = garance.journal.count(Stream.CARE)
    told = [write(garance, fact("allergy.recorded", {"substance": f"s{number}"}))[0] for number in range(40)]
    raws = [arrived.entry.raw for arrived in garance.journal.since(Stream.CARE)][start:]
    theo = practice.machine(tmp_path / "théo").open("Théo", clock=Clock(stage.FOUNDED + 86_400_000))
    theo.catch_up()
    theo.paced = True
    monkeypatch.setattr(following, "PACE_FACTS", 4)
    monkeypatch.setattr(following, "LARGE", 10)
    write_list(theo.journal.layout, theo.journal.files, First(()), [])
    deliver(theo.journal, raws[:30])
    theo.journal.receive_early(raws[35:])
    write(theo, fact("allergy.recorded", {"substance": "ici"}, replaces=[told[39]]))
    theo.catch_up()
    generation = theo.tables.number()
    assert Following(theo).turn() == TURN_S
    assert theo.tables.number() == generation + 1
    assert not theo.lagging
    shown = {row[0] for row in theo.connection().execute("SELECT label FROM statement WHERE live = 1")}
    assert {"ici", *(f"s{number}" for number in (*range(30), *range(35, 39)))} <= shown
    assert "s39" not in shown
    deliver(theo.journal, raws)
    deliver(garance.journal, [one.entry.raw for one in theo.journal.since(Stream.CARE)])
    theo.paced = False
    assert stage.folded(theo) == stage.folded(garance)


def _refuses(*_: object) -> None:
    raise TablesBehind("medical", "disk full")
