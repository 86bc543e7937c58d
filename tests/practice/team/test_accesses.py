"""Who has an access where, who is new, and how an access ends: what an administrator may do, and may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from lanterne.practice.errors import NotAllowed, Refusal
from lanterne.practice.record import Record
from lanterne.practice.team import accesses, queries
from lanterne.practice.team.accesses import (
    NEW_MS,
    device_lost,
    devices,
    newcomers,
    person_leaves,
    withdraw,
)
from lanterne.seal.changing import admit_device, admit_seat
from lanterne.seal.device import DeviceKeys
from lanterne.seal.seat import SeatKeys
from lanterne.wire.names import Compartment, DeviceId, PersonId, SeatId
from tests.cast import FOUNDED
from tests.practice import stage
from tests.practice.stage import Clock

DAY = 86_400_000


def laptop(garance: Record, person: PersonId, *, at: int | None = None) -> tuple[SeatId, DeviceId]:
    """A machine of that person's is admitted."""
    device, seat = DeviceKeys.new(garance.journal.random), SeatKeys.new(garance.journal.random)
    record = seat.record(
        person=person,
        device=device.id,
        compartments=(Compartment.OFFICE, Compartment.MEDICAL),
        admin=False,
    )
    ring = garance.keyring.with_membership(garance.journal.membership)
    facts = [
        admit_device(device.record(), garance.journal.random),
        admit_seat(ring, record, garance.journal.random),
    ]
    garance.journal.write_members(ring, facts, garance.clock_ms() if at is None else at)
    return seat.id, device.id


def person_of(machine: stage.Machine, garance: Record, who: str) -> PersonId:
    found = garance.person_of(machine.seats[who].id)
    assert found is not None
    return found


def test_devices_say_who_has_what(machine: stage.Machine, garance: Record) -> None:
    theo = person_of(machine, garance, "Théo")
    _, device = laptop(garance, theo)
    here, there = devices(garance)
    assert (here.here, there.here, there.id) == (True, False, device)
    assert [one.person for one in there.accesses] == [theo]
    assert {one.seat for one in here.accesses} == {keys.id for keys in machine.seats.values()}
    (mine,) = [one for one in here.accesses if one.mine]
    assert mine.last is not None
    assert there.accesses[0].last is None
    assert there.accesses[0].state == ""


def test_a_lost_device_ends_its_accesses_and_no_other(machine: stage.Machine, garance: Record) -> None:
    theo = person_of(machine, garance, "Théo")
    seat, device = laptop(garance, theo)
    assert device_lost(garance, device) == (seat,)
    assert [one.state for one in devices(garance)[1].accesses] == ["revoked"]
    assert not devices(garance)[1].in_force
    assert machine.seats["Théo"].id in garance.journal.membership.persons[theo]
    with pytest.raises(Refusal) as refusal:
        device_lost(garance, devices(garance)[0].id)
    assert refusal.value.code == "device_here"


def test_a_person_leaves_everywhere_and_the_team_says_so(machine: stage.Machine, garance: Record) -> None:
    theo = person_of(machine, garance, "Théo")
    seat, _ = laptop(garance, theo)
    assert set(person_leaves(garance, theo)) == {seat, machine.seats["Théo"].id}
    held = queries.person(garance.connection(), theo)
    assert held is not None
    assert held.body.left
    assert person_leaves(garance, theo) == (), "twice is once"


@pytest.mark.parametrize("who", ["Théo", "Inès", "Paul"])
def test_only_an_administrator(machine: stage.Machine, who: str) -> None:
    record = machine.open(who)
    garance = machine.seats["Garance"].id
    person = record.person_of(garance)
    assert person is not None
    for act in (
        lambda: withdraw(record, garance),
        lambda: person_leaves(record, person),
        lambda: device_lost(record, DeviceId("11" * 16)),
    ):
        with stage.nothing_written(record), pytest.raises(NotAllowed):
            act()


def test_nobody_shuts_themselves_out(machine: stage.Machine, garance: Record) -> None:
    me = garance.person_of(garance.seat.id)
    assert me is not None
    for act, code in (
        (lambda: withdraw(garance, garance.seat.id), "access_own"),
        (lambda: person_leaves(garance, me), "leave_own"),
        (lambda: person_leaves(garance, PersonId("11" * 16)), "person_unknown"),
        (lambda: withdraw(garance, SeatId("11" * 16)), "access_not_in_force"),
    ):
        with stage.nothing_written(garance), pytest.raises(Refusal) as refusal:
            act()
        assert refusal.value.code == code


def test_an_access_is_withdrawn_once(machine: stage.Machine, garance: Record) -> None:
    paul = machine.seats["Paul"].id
    withdraw(garance, paul)
    with pytest.raises(Refusal) as refusal:
        withdraw(garance, paul)
    assert refusal.value.code == "access_not_in_force"


# ------------------------------------------------------------------ 72 hours


@pytest.fixture
def long_after(machine: stage.Machine) -> tuple[Record, Clock]:
    """Inès, a month after everybody was admitted."""
    clock = Clock(FOUNDED + 30 * DAY)
    ines = machine.open("Inès", clock=clock)
    assert newcomers(ines) == []
    return ines, clock


def test_a_new_access_is_shown_for_72_hours(
    machine: stage.Machine, garance: Record, long_after: tuple[Record, Clock]
) -> None:
    ines, clock = long_after
    seat, _ = laptop(garance, person_of(machine, garance, "Théo"))
    ines.journal.refresh()
    assert [one.seat for one in newcomers(ines)] == [seat]
    clock.now += NEW_MS - 60_000
    assert [one.seat for one in newcomers(ines)] == [seat]
    clock.now += 120_000
    assert newcomers(ines) == []


def test_a_date_set_back_hides_nobody(
    machine: stage.Machine, garance: Record, long_after: tuple[Record, Clock]
) -> None:
    """An administrator's clock (or a thief's) says last year: it is new to Inès all the same."""
    ines, _ = long_after
    seat, _ = laptop(garance, person_of(machine, garance, "Théo"), at=FOUNDED - 300 * DAY)
    ines.journal.refresh()
    assert [one.seat for one in newcomers(ines)] == [seat]
    again = machine.open("Inès", clock=Clock(FOUNDED + 31 * DAY))
    assert [one.seat for one in newcomers(again)] == [seat], "remembered across unlocking"


def test_the_first_days_of_a_practice(machine: stage.Machine, garance: Record) -> None:
    """Everybody sees the others' new accesses, not the founder's, not their own."""
    found = {one.seat for one in newcomers(garance)}
    assert found == {keys.id for who, keys in machine.seats.items() if who != "Garance"}
    theo = machine.open("Théo")
    assert machine.seats["Théo"].id not in {one.seat for one in newcomers(theo)}


def test_what_was_seen_damaged_shows_everybody_again(
    machine: stage.Machine, long_after: tuple[Record, Clock]
) -> None:
    ines, _ = long_after
    path = Path(ines.journal.layout.local_of(ines.seat.id)) / accesses._SEEN
    path.write_bytes(path.read_bytes()[:-1])
    assert len(newcomers(ines)) == 2  # Théo and Paul
