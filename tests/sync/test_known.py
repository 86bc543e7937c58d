"""What is known is kept twice, survives damage of one copy, and a flipped bit in it is found."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from lanterne.journal.check import check_store
from lanterne.journal.lock import PATIENCE_S
from lanterne.sync.alarms import Alarm, Lie
from lanterne.sync.known import MOST_ALARMS, Known
from tests.sync.stage import Machine


@pytest.fixture
def met(garance: Machine, theo: Machine, tmp_path: Path) -> Machine:
    """Garance's machine, after a stick came back from Théo."""
    stick = tmp_path / "stick"
    stick.mkdir()
    garance.jot("one")
    theo.jot("two")
    for machine in (garance, theo, garance):
        assert machine.by_folder(stick).whole
    return garance


def test_what_is_known_is_read_again(met: Machine, theo: Machine) -> None:
    met.restart()
    said = met.known.statements()
    assert set(said) == {met.device.id, theo.device.id}
    assert said[theo.device.id].value.heads == tuple(theo.journal.tips)
    assert check_store(met.root).faults == []


def test_one_copy_is_enough_and_the_other_is_healed(met: Machine, theo: Machine) -> None:
    for path in sorted((met.root / "known").glob("statement-*"))[::2]:
        data = bytearray(path.read_bytes())
        data[10] ^= 1
        path.write_bytes(data)
    assert set(met.known.statements()) == {met.device.id, theo.device.id}
    faults = check_store(met.root).faults
    assert [(fault.code, fault.healed) for fault in faults] == [("small_file_damaged", True)] * 2
    assert check_store(met.root).faults == []


@pytest.mark.parametrize("there", [True, False])
def test_a_machine_stopped_between_the_two_copies_is_not_damaged(met: Machine, there: bool) -> None:
    path = met.root / "known" / f"statement-{met.device.id}"
    older, later = path.read_bytes(), path.with_name(path.name + "2")
    met.clock[0] += 600_000
    assert met.known.make_statement(met.device, met.now(), met.random) is not None
    later.write_bytes(older)
    if not there:
        later.unlink()
    assert check_store(met.root).faults == []
    assert later.read_bytes() == path.read_bytes() != older, "brought up to the first"
    path.write_bytes(b"nothing")
    assert [(fault.code, fault.healed) for fault in check_store(met.root).faults] == [
        ("small_file_damaged", True)
    ]


def test_damage_of_both_copies_is_said_and_heals_by_the_next_exchange(
    met: Machine, theo: Machine, tmp_path: Path
) -> None:
    for path in (met.root / "known").glob(f"statement-{theo.device.id}*"):
        path.write_bytes(b"nothing")
    known = met.known
    assert set(known.statements()) == {met.device.id}
    assert known.damaged == {f"statement-{theo.device.id}"}
    assert {fault.healed for fault in check_store(met.root).faults} == {False}
    met.by_folder(tmp_path / "stick")
    assert set(met.known.statements()) == {met.device.id, theo.device.id}
    assert check_store(met.root).faults == []


def test_a_statement_is_made_when_something_moved_or_ten_minutes_passed(met: Machine) -> None:
    known = met.known
    number = known.statements()[met.device.id].value.number
    assert known.make_statement(met.device, met.now(), met.random) is None
    met.clock[0] += 600_000
    assert known.make_statement(met.device, met.now(), met.random) is not None
    met.jot("more")
    known.make_statement(met.device, met.now(), met.random)
    assert known.statements()[met.device.id].value.number == number + 2


def test_threads_that_write_and_say_never_wait_for_each_other(met: Machine) -> None:
    """One journal, several ways at once: the order in which its two locks are taken is the same everywhere."""
    wrong: list[BaseException] = []

    def work(act: Callable[[], object]) -> None:
        try:
            for _ in range(60):
                act()
        except BaseException as error:  # noqa: BLE001  handed to the test's own thread
            wrong.append(error)

    def say() -> None:
        met.known.make_statement(met.device, met.now() + 10**9, met.random)

    acts = (lambda: met.jot("a word"), say, met.journal.refresh)
    threads = [threading.Thread(target=work, args=(act,), daemon=True) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S / 2)
    assert not wrong
    assert not any(thread.is_alive() for thread in threads), "they wait for each other"


def test_who_stole_a_key_fills_no_disk_with_lies_and_hides_nobody_elses(met: Machine) -> None:
    def lie(about: str, number: int, kind: Lie = Lie.STATEMENT) -> Alarm:
        return Alarm(kind, about, str(number), "twice", 1, (b"one", b"other"))

    kept = [met.known.alarm(lie("aa", number)) for number in range(MOST_ALARMS + 10)]
    assert kept == [True] * MOST_ALARMS + [False] * 10
    again = Known(met.journal)
    assert not again.alarm(lie("aa", 1_000)), "after a restart too"
    assert again.alarm(lie("bb", 1))
    assert again.alarm(lie("aa", 1, Lie.FORK))
    assert len(again.alarms()) == MOST_ALARMS + 2
