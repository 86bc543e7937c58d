"""A first copy: entries folded ahead of those they stand on give the same record in the end, and its charts meanwhile."""

from __future__ import annotations

import os
import random
import threading
from pathlib import Path

import pytest

from lanterne.journal.first_copy import First, write_list
from lanterne.journal.journal import Journal
from lanterne.practice import reordering
from lanterne.practice.check import check_record
from lanterne.practice.cursors import cursor_of
from lanterne.practice.record import Record
from lanterne.practice.settling import settle_all
from lanterne.wire.names import Stream
from tests.cast import JEAN_BAPTISTE
from tests.practice import stage
from tests.practice.stage import MADELEINE, Clock, deliver, entries, fact, folded, unread, write
from tests.practice.test_any_order import Story

SEEDS = range(int(os.environ.get("LANTERNE_SEEDS", "2")))


def ahead_of(journal: Journal, raws: list[bytes]) -> None:
    """Entries come ahead, those of members in their order."""
    deliver(journal, [raw for raw in raws if raw[6] == Stream.MEMBERS])
    journal.receive_early(raw for raw in raws if raw[6] != Stream.MEMBERS)


def small(raws: list[bytes], dice: random.Random) -> list[list[bytes]]:
    """The entries in any order, in small batches: many come long before what they stand on."""
    shuffled = list(raws)
    dice.shuffle(shuffled)
    cuts = sorted(dice.sample(range(1, len(shuffled)), 25))
    return [shuffled[start:end] for start, end in zip([0, *cuts], [*cuts, len(shuffled)], strict=True)]


def rows_ahead(record: Record) -> int:
    return int(record.tables.read().execute("SELECT count(*) FROM entry WHERE position < 0").fetchone()[0])


@pytest.mark.parametrize("seed", SEEDS)
def test_any_order_ahead_or_not_gives_the_same_record(
    practice: stage.Practice, tmp_path: Path, seed: int
) -> None:
    story = Story(practice, tmp_path, seed)
    raws = story.everything()
    at_once = story.reader("at once")
    deliver(at_once.journal, raws)
    expected, shown = folded(at_once), stage.tables(at_once)
    most = 0
    for order in range(3):
        dice = random.Random(f"{seed}/{order}")
        reader = story.reader(f"order {order}")
        reader.catch_up()
        for batch in small(raws, dice):
            if dice.random() < 0.6:
                ahead_of(reader.journal, batch)
            else:
                deliver(reader.journal, batch)
            if dice.random() < 0.6:
                reader.catch_up()
                most = max(most, rows_ahead(reader))
            if dice.random() < 0.05:
                reader.folder.rebuild()
        deliver(reader.journal, raws)
        got = folded(reader)
        assert rows_ahead(reader) == 0
        assert stage.tables(reader) == shown
        assert got == expected
        assert unread(reader) == []
        with reader.tables.transaction() as connection:
            settle_all(connection)
        assert folded(reader) == expected
        reader.folder.rebuild()
        assert folded(reader) == expected
        found = check_record(reader.root, reader.journal, reader.seat, reader.keyring)
        assert found.faults == []
    assert most > 5, "the play is set up so that rows came ahead"


def test_while_it_goes_on_the_tables_are_what_the_entries_here_say(
    practice: stage.Practice, tmp_path: Path
) -> None:
    """Folded piece by piece or from nothing, ahead or not: the same at any moment, and no fault."""
    story = Story(practice, tmp_path, 11)
    dice = random.Random(11)
    reader = story.reader("reader")
    raws = story.everything()
    deliver(reader.journal, [raw for raw in raws if raw[6] == Stream.MEMBERS])
    for batch in list(small(raws, dice))[:12]:
        ahead_of(reader.journal, batch)
        now = folded(reader)
        reader.folder.rebuild()
        assert folded(reader) == now
    assert rows_ahead(reader) > 3
    assert check_record(reader.root, reader.journal, reader.seat, reader.keyring).faults == []


def test_a_chart_opens_before_what_it_stands_on_is_here(practice: stage.Practice, tmp_path: Path) -> None:
    garance = practice.machine(tmp_path / "garance").open("Garance", clock=Clock(stage.FOUNDED + 86_400_000))
    start = garance.journal.count(Stream.CARE)
    for number in range(30):
        write(
            garance,
            fact("allergy.recorded", {"substance": f"s{number}"}),
            patient=(JEAN_BAPTISTE, MADELEINE)[number % 2],
        )
    raws = [arrived.entry.raw for arrived in garance.journal.since(Stream.CARE)][start:]
    theo = practice.machine(tmp_path / "théo").open("Théo", clock=Clock(stage.FOUNDED + 86_400_000))
    theo.catch_up()
    theo.journal.receive_early(raws[3::2])  # Madeleine's, but for her first two
    of_madeleine = _labels(theo, MADELEINE)
    assert of_madeleine == {f"s{number}" for number in range(3, 30, 2)}
    assert _labels(theo, JEAN_BAPTISTE) == set()
    assert stage.chart(theo, MADELEINE).patient == MADELEINE
    deliver(theo.journal, raws)
    assert _labels(theo, MADELEINE) == {f"s{number}" for number in range(1, 30, 2)}
    assert _labels(theo, JEAN_BAPTISTE) == {f"s{number}" for number in range(0, 30, 2)}


def _labels(record: Record, patient: str) -> set[str]:
    rows = record.connection().execute(
        "SELECT s.label FROM statement s JOIN subject p ON p.no = s.subject WHERE p.id = ? AND s.live = 1",
        (bytes.fromhex(patient),),
    )
    return {row[0] for row in rows} - {""}


def test_what_is_written_meanwhile_stands_afterwards(practice: stage.Practice, tmp_path: Path) -> None:
    """Théo corrects and withdraws what came ahead, while the rest is still on its way."""
    garance = practice.machine(tmp_path / "garance").open("Garance", clock=Clock(stage.FOUNDED + 86_400_000))
    start = garance.journal.count(Stream.CARE)
    told = []
    for number in range(20):
        told += write(garance, fact("treatment.recorded", {"substance": f"s{number}"}))
        # Garance's clock is a minute fast: what Théo says after her must count after her all the same.
        write(
            garance,
            fact("patient.contacts", {"phones": [], "city": f"ville {number}"}),
            at_ms=garance.clock_ms() + 60_000,
        )
    care = [arrived.entry.raw for arrived in garance.journal.since(Stream.CARE)][start:]
    theo = practice.machine(tmp_path / "théo").open("Théo", clock=Clock(stage.FOUNDED + 86_400_000 + 30_000))
    theo.catch_up()
    theo.journal.receive_early(care[20:])
    theo.catch_up()
    heads_before = theo.journal.heads
    write(theo, fact("treatment.recorded", {"substance": "corrigé"}, replaces=[told[15]]))
    write(theo, fact("chart.entered_in_error", {"reason": "erreur"}, replaces=[told[17]]))
    write(theo, fact("patient.contacts", {"phones": [], "city": "Théo"}))
    assert [head for head in theo.journal.heads if head.chain.seat != theo.seat.id] == heads_before
    for arrived in theo.journal.since(Stream.CARE):
        if arrived.entry.head.seat == theo.seat.id:
            named = {head.chain: head.seq for head in arrived.entry.head.heads}
            assert all(seq <= theo.journal.tallest(chain) for chain, seq in named.items()), (
                "an entry names what its device holds in order, no more"
            )
    assert {"corrigé"} <= _labels(theo, JEAN_BAPTISTE)
    assert not {"s15", "s17"} & _labels(theo, JEAN_BAPTISTE)
    assert _city(theo) == "Théo"
    deliver(theo.journal, care)
    deliver(garance.journal, [one.entry.raw for one in theo.journal.since(Stream.CARE)])
    third = practice.machine(tmp_path / "third").open("Paul", clock=Clock())
    deliver(third.journal, entries(garance.journal))
    assert folded(theo) == folded(garance) == folded(third)
    assert _city(theo) == "Théo"
    assert not {"s15", "s17"} & _labels(theo, JEAN_BAPTISTE)


def _city(record: Record) -> str:
    row = record.connection().execute(
        "SELECT city FROM patient r JOIN subject s ON s.no = r.subject WHERE s.id = ?",
        (bytes.fromhex(JEAN_BAPTISTE),),
    )
    return str(row.fetchone()[0])


def test_an_entry_that_has_no_place_is_folded_without(
    practice: stage.Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    garance = practice.machine(tmp_path / "garance").open("Garance", clock=Clock(stage.FOUNDED + 86_400_000))
    start = garance.journal.count(Stream.CARE)
    for number in range(6):
        write(garance, fact("allergy.recorded", {"substance": f"s{number}"}))
    raws = [arrived.entry.raw for arrived in garance.journal.since(Stream.CARE)][start:]
    theo = practice.machine(tmp_path / "théo").open("Théo", clock=Clock(stage.FOUNDED + 86_400_000))
    expected = folded(theo)
    theo.journal.receive_early(raws[4:])
    assert folded(theo) != expected
    # As after E14: let go, and in no chain.
    theo.journal.ahead.taken(theo.journal.ahead.heads())
    assert folded(theo) == expected
    assert rows_ahead(theo) == 0


def test_paced_a_chart_is_read_and_written_while_the_rest_waits(
    practice: stage.Practice, tmp_path: Path
) -> None:
    """The desk folds what came piece by piece: what was written here is there at once all the same."""
    garance = practice.machine(tmp_path / "garance").open("Garance", clock=Clock(stage.FOUNDED + 86_400_000))
    start = garance.journal.count(Stream.CARE)
    told = [write(garance, fact("allergy.recorded", {"substance": f"s{number}"}))[0] for number in range(40)]
    raws = [arrived.entry.raw for arrived in garance.journal.since(Stream.CARE)][start:]
    theo = practice.machine(tmp_path / "théo").open("Théo", clock=Clock(stage.FOUNDED + 86_400_000))
    theo.catch_up()
    write_list(theo.journal.layout, theo.journal.files, First(()), [(theo.journal.heads[0].chain, 10_000)])
    theo.paced = True
    deliver(theo.journal, raws)
    write(theo, fact("allergy.recorded", {"substance": "ici"}, replaces=[told[38]]))
    seen = _labels(theo, JEAN_BAPTISTE)
    assert "ici" in seen
    assert len(seen) == 1
    theo.follow(5)
    assert len(_labels(theo, JEAN_BAPTISTE)) in range(4, 9)
    assert theo.lagging
    assert not theo.behind
    # Ranks that rise, a rebuild in the middle, another process without a pace: nothing is folded twice.
    theo.folder.follow_ranks()
    for _ in range(20):
        theo.follow(5)
        if not theo.lagging:
            break
    assert not theo.lagging
    assert _labels(theo, JEAN_BAPTISTE) == {f"s{number}" for number in range(40)} - {"s38"} | {"ici"}
    held = theo.tables.read()
    cursor = cursor_of(held, Stream.CARE)
    assert not reordering.may_have_risen(held, Stream.CARE, theo.journal, cursor)
    got = folded(theo)
    theo.folder.rebuild()
    assert folded(theo) == got
    deliver(garance.journal, [one.entry.raw for one in theo.journal.since(Stream.CARE)])
    assert folded(garance) == got


@pytest.mark.parametrize("seed", SEEDS)
def test_paced_or_not_any_order_gives_the_same_record(
    practice: stage.Practice, tmp_path: Path, seed: int
) -> None:
    story = Story(practice, tmp_path, seed + 40)
    raws = story.everything()
    at_once = story.reader("at once")
    deliver(at_once.journal, raws)
    expected = folded(at_once)
    dice = random.Random(seed)
    reader = story.reader("paced")
    reader.catch_up()
    reader.paced = True
    write_list(reader.journal.layout, reader.journal.files, First(()), [])
    for batch in small(raws, dice):
        if dice.random() < 0.4:
            ahead_of(reader.journal, batch)
        else:
            deliver(reader.journal, batch)
        reader.catch_up()
        if dice.random() < 0.5:
            reader.follow(dice.randint(1, 9))
    deliver(reader.journal, raws)
    reader.catch_up()
    assert reader.lagging
    while reader.lagging:
        reader.follow(7)
    assert folded(reader) == expected
    reader.folder.rebuild()
    assert folded(reader) == expected


def test_a_page_does_not_wait_for_who_folds_beside_it(practice: stage.Practice, tmp_path: Path) -> None:
    """Another thread is in the middle of a piece; what came ahead since is waited for, nothing else."""
    garance = practice.machine(tmp_path / "garance").open("Garance", clock=Clock(stage.FOUNDED + 86_400_000))
    start = garance.journal.count(Stream.CARE)
    for number in range(20):
        write(garance, fact("allergy.recorded", {"substance": f"s{number}"}))
    raws = [arrived.entry.raw for arrived in garance.journal.since(Stream.CARE)][start:]
    theo = practice.machine(tmp_path / "théo").open("Théo", clock=Clock(stage.FOUNDED + 86_400_000))
    theo.catch_up()
    write_list(theo.journal.layout, theo.journal.files, First(()), [])
    theo.paced = True
    deliver(theo.journal, raws[:10])
    theo.follow(3)
    assert theo.lagging
    working, page = threading.Event(), threading.Event()

    def fold() -> None:
        with theo._folding:
            working.set()
            page.wait(timeout=30)

    thread = threading.Thread(target=fold)
    thread.start()
    working.wait(timeout=30)
    seen = _labels(theo, JEAN_BAPTISTE)  # would wait for ever
    assert seen < {f"s{number}" for number in range(10)}
    theo.journal.receive_early(raws[15:])
    waits = threading.Thread(target=theo.connection)
    waits.start()
    waits.join(timeout=0.2)
    assert waits.is_alive(), "what came ahead is waited for"
    page.set()
    thread.join()
    waits.join()
    assert {f"s{number}" for number in range(15, 20)} <= _labels(theo, JEAN_BAPTISTE)


def test_no_page_is_made_of_tables_folded_anew_without_what_came_ahead(
    practice: stage.Practice, tmp_path: Path
) -> None:
    """They were put in place in bulk; the thread that goes on from there has not looked yet."""
    garance = practice.machine(tmp_path / "garance").open("Garance", clock=Clock(stage.FOUNDED + 86_400_000))
    start = garance.journal.count(Stream.CARE)
    for number in range(20):
        write(garance, fact("allergy.recorded", {"substance": f"s{number}"}))
    raws = [arrived.entry.raw for arrived in garance.journal.since(Stream.CARE)][start:]
    theo = practice.machine(tmp_path / "théo").open("Théo", clock=Clock(stage.FOUNDED + 86_400_000))
    theo.catch_up()
    write_list(theo.journal.layout, theo.journal.files, First(()), [])
    theo.paced = True
    theo.journal.receive_early(raws[15:])
    deliver(theo.journal, raws[:10])
    theo.follow(3)
    assert theo.lagging
    theo.fold_anew()
    working, page = threading.Event(), threading.Event()

    def fold() -> None:
        with theo._folding:
            working.set()
            page.wait(timeout=30)

    thread = threading.Thread(target=fold)
    thread.start()
    working.wait(timeout=30)
    assert not theo._is_followed()
    page.set()
    thread.join()
    assert {f"s{number}" for number in range(15, 20)} <= _labels(theo, JEAN_BAPTISTE)
