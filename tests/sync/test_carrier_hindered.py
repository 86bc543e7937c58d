"""What hinders the background, in one process so that disk, clock and peers can be bent: told, and it goes on."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lanterne.journal.files import OsFiles
from lanterne.sync import ways
from lanterne.sync.carrying.carrier import CLOCK_BACK, CLOCK_BACK_MS, Carrier
from lanterne.sync.carrying.runner import Runner
from lanterne.sync.carrying.telling import Telling
from lanterne.sync.errors import PeerAway, PeerBusy
from lanterne.sync.going import Going, WayGoing, write_going
from lanterne.sync.peers.port import Peer, Way
from lanterne.sync.ways_open import Destination, Opener
from tests.sync.carriers import going, same, until
from tests.sync.stage import Machine
from tests.sync.test_carrier import troubles

Begin = Callable[[Machine], Carrier]


class Filling(OsFiles):
    """A disk on which nothing new has room while `kind` is set."""

    kind = 0

    def write(self, handle: int, data: bytes | memoryview) -> int:
        if self.kind:
            raise OSError(self.kind, "refused")
        return super().write(handle, data)


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Carriers in this process, ended at the end."""
    begun: list[Carrier] = []

    def one(machine: Machine) -> Carrier:
        opener = Opener(machine.journal, machine.device, machine.now, machine.random)
        begun.append(Carrier(opener, Telling(machine.journal, machine.now)))
        return begun[-1]

    yield one
    for carrier in begun:
        carrier.close()


def looks(carrier: Carrier, true: Callable[[], bool], otherwise: str) -> None:
    """The carrier looks again and again until it is so."""

    def looked() -> bool:
        carrier.look()
        return true()

    until(looked, otherwise)


@pytest.mark.parametrize(
    ("kind", "code"), [(errno.ENOSPC, "carrier.disk_full"), (errno.EIO, "carrier.disk_failed")]
)
def test_a_disk_that_takes_nothing_is_told_and_then_it_goes_on(
    garance: Machine, theo: Machine, tmp_path: Path, begin: Begin, kind: int, code: str
) -> None:
    (tmp_path / "share").mkdir()
    garance.jot("what does not fit")
    assert garance.by_folder(tmp_path / "share").whole
    files = Filling()
    theo.journal = theo.practice.open(files=files, seed=5)
    ways.keep_folder(theo.journal, tmp_path / "share")
    write_going(theo.journal, Going(theo.now()))
    carrier = begin(theo)
    files.kind = kind
    looks(carrier, lambda: {code, "carrier.not_told"} <= troubles(theo), "the full disk is not told")
    files.kind = 0
    looks(carrier, lambda: same(garance, theo), "it did not go on")
    theo.clock[0] += 60_000
    looks(carrier, lambda: not troubles(theo), "what is over is still told")


def test_a_clock_put_back_is_told_and_nothing_stops(
    garance: Machine, theo: Machine, tmp_path: Path, begin: Begin
) -> None:
    (tmp_path / "share").mkdir()
    for machine in (garance, theo):
        ways.keep_folder(machine.journal, tmp_path / "share")
    one, other = begin(garance), begin(theo)

    def met() -> bool:
        one.look()
        other.look()
        return same(garance, theo)

    until(met, "they do not exchange")
    assert CLOCK_BACK not in troubles(garance)
    garance.clock[0] -= CLOCK_BACK_MS + 1
    one.look()
    assert CLOCK_BACK in troubles(garance)
    garance.jot("ten years too early")
    until(met, "nothing goes any more")
    garance.clock[0] += 10 * CLOCK_BACK_MS
    one.look()
    assert CLOCK_BACK in troubles(garance), "said for an hour, or nobody sees it"


def test_a_sleep_wakes_every_way(
    garance: Machine, begin: Begin, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    woken: list[Runner] = []
    monkeypatch.setattr(Runner, "wake", lambda self: woken.append(self))  # noqa: PLW0108  a builtin is no method
    monkeypatch.setattr(Runner, "run", lambda self: None)
    ways.keep_folder(garance.journal, tmp_path / "stick")
    ways.keep_device(garance.journal, "127.0.0.1:9")
    carrier = begin(garance)
    carrier.look()
    mine = set(carrier._runners.values())
    assert len(mine) == 2
    assert not mine & set(woken)
    garance.clock[0] += 3_600_000
    carrier.look()
    assert mine <= set(woken)


def test_a_busy_holder_is_left_alone_as_long_as_it_asks(
    garance: Machine, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even a nudge shortens it."""
    asked: list[str] = []

    def busy(self: Opener, to: Destination, before: object) -> Peer:
        asked.append(to.name)
        raise PeerBusy("later", retry_s=500)

    def nobody(self: Opener, to: Destination, timeout_s: float) -> Peer:
        raise PeerAway("nobody")

    monkeypatch.setattr(Opener, "open", busy)
    monkeypatch.setattr(Opener, "open_news", nobody)
    ways.keep_device(garance.journal, "127.0.0.1:9")
    carrier = begin(garance)

    def told() -> Going:
        return going(garance)

    looks(carrier, lambda: bool(told().ways and told().ways[0].why == "peer.busy"), "not told")
    (way,) = told().ways
    assert way.next_at >= garance.now() + 490_000
    (runner,) = carrier._runners.values()
    runner.wake()
    runner.wrote(10**6)
    garance.jot("more to send")
    carrier.look()
    assert runner._pace.due - runner._pace._last >= 500
    assert asked == ["127.0.0.1:9"]


def test_a_statement_is_made_though_nobody_answers(garance: Machine, begin: Begin) -> None:
    ways.keep_device(garance.journal, "127.0.0.1:9")
    carrier = begin(garance)
    carrier.look()
    first = garance.known.statements()[garance.device.id].value.number
    garance.clock[0] += 10 * 60_000
    carrier._statement_due = 0.0
    carrier.look()
    assert garance.known.statements()[garance.device.id].value.number == first + 1


def test_a_way_that_is_taken_away_is_asked_no_more(garance: Machine, begin: Begin, tmp_path: Path) -> None:
    ways.keep_folder(garance.journal, tmp_path / "stick")
    carrier = begin(garance)
    looks(carrier, lambda: bool(going(garance).ways), "the way is not told")
    (runner,) = carrier._runners.values()
    ways.forget_folder(garance.journal, tmp_path / "stick")
    carrier.look()
    assert going(garance).ways == ()
    runner.join(30)
    assert not runner.is_alive()


def test_a_way_by_which_the_process_fell_rests_and_the_others_go_on(garance: Machine, tmp_path: Path) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.mkdir()
    bad.mkdir()
    for folder in (bad, good):
        ways.keep_folder(garance.journal, folder)
    begun = WayGoing(Way.FOLDER, str(bad), running=True)
    write_going(garance.journal, Going(garance.now(), garance.now(), 0, (begun,), ()))
    opener = Opener(garance.journal, garance.device, garance.now, garance.random)
    carrier = Carrier(opener, Telling(garance.journal, garance.now), fell=9)
    try:
        carrier.look()
        runners = {place.name: runner for place, runner in carrier._runners.items()}
        assert runners[str(good)].goes.wait(60), "the other way goes on"
        assert runners[str(bad)]._pace.due - runners[str(bad)]._pace._last >= 300
        assert not runners[str(bad)].goes.is_set()
    finally:
        carrier.close()
