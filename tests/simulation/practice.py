"""The practice of the simulation: founded once for each number of devices, then copied to every run.

Dr Garance Morel founded it on the first device; each other device was admitted with a seat of its own. All hold
all that was written so far, and the file of the relay. Keyrings are open: no passphrase is typed anywhere.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lanterne.journal.identity import write_identity
from lanterne.journal.journal import Journal
from lanterne.journal.layout import Layout
from lanterne.journal.small_files import write_twice
from lanterne.practice.commands import NewFact
from lanterne.practice.kinds import Body
from lanterne.practice.opening import compartments_of
from lanterne.practice.patients.facts import PatientIdentified
from lanterne.practice.recording import parts_of
from lanterne.practice.team.facts import PersonDescribed, PracticeDescribed, Role
from lanterne.proof.relay_key import RelayKey
from lanterne.seal.changing import admit_device, admit_seat
from lanterne.seal.device import DeviceKeys
from lanterne.seal.found import make_genesis
from lanterne.seal.keyring import Keyring
from lanterne.seal.seat import SeatKeys
from lanterne.sync.known import Known
from lanterne.sync.relay_file import RelayFile
from lanterne.wire.names import FactId, PatientId, PersonId, PracticeId, Stream
from tests.journal.simulated_disk import SimulatedDisk

FOUNDED = 1_767_225_600_000
"""1 January 2026, UTC, in milliseconds."""
ROOT = Path("/device")
"""Where every simulated disk holds the practice."""
MARK = "Zqlumen"
"""Stands in every text a person writes: nothing outside may hold it."""
URL = "http://relay.invalid"
TEAM: tuple[tuple[str, str, Role, bool], ...] = (
    ("Garance", "Morel", "doctor", True),
    ("Hélène", "Baudry", "doctor", True),
    ("Inès", "Caron", "secretary", False),
    ("Paul", "Roche", "nurse", False),
    ("Awa", "Diallo", "midwife", True),
    ("Théo", "Lambert", "doctor", False),
)
PATIENTS = tuple(PatientId(f"{number:02x}" * 16) for number in range(0xA1, 0xA5))


@dataclass(frozen=True)
class Post:
    """One device and who works at it."""

    name: str
    role: Role
    admin: bool
    person: PersonId
    device: DeviceKeys
    seat: SeatKeys
    disk: SimulatedDisk


@dataclass(frozen=True)
class Template:
    """A practice of some devices, to be copied."""

    practice: PracticeId
    genesis: bytes
    posts: tuple[Post, ...]
    relay: RelayKey
    relay_file: RelayFile


class _Founder:
    """Writes the first days."""

    def __init__(self, chance: random.Random) -> None:
        self.random: Callable[[int], bytes] = chance.randbytes
        self.now = FOUNDED
        self.made = make_genesis(created=FOUNDED, random=self.random)
        self.disk = SimulatedDisk()
        self.journal = bare_journal(self.disk, self.made.genesis, self.made.device, self.random)

    def keyring(self) -> Keyring:
        return Keyring(self.made.seat, self.journal.membership)

    def tick(self) -> int:
        self.now += 1000
        return self.now

    def write(self, patient: PatientId | None, *bodies: Body) -> None:
        facts = [NewFact(body, patient, FactId(self.random(16).hex())) for body in bodies]
        self.journal.write(
            self.made.seat, self.keyring(), stream=Stream.CARE, parts=parts_of(facts), now_ms=self.tick()
        )

    def admit(self, device: DeviceKeys, seat: SeatKeys, person: PersonId, role: Role, admin: bool) -> None:
        places = compartments_of(role, administrator=admin)
        record = seat.record(person=person, device=device.id, compartments=places, admin=admin)
        facts = [admit_device(device.record(), self.random), admit_seat(self.keyring(), record, self.random)]
        self.journal.write_members(self.keyring(), facts, self.tick())


def bare_journal(
    disk: SimulatedDisk, genesis: bytes, device: DeviceKeys, draw: Callable[[int], bytes]
) -> Journal:
    """A data directory that holds the genesis and a device file."""
    layout = Layout(ROOT)
    disk.make_directories(ROOT)
    write_identity(layout, disk, genesis)
    journal = Journal.open(ROOT, files=disk, random=draw)
    write_twice(disk, layout.device, device.to_file(journal.practice))
    return journal


@cache
def template(devices: int) -> Template:
    """The practice with so many devices; the same in every process."""
    chance = random.Random(f"practice/{devices}")
    founder = _Founder(chance)
    relay = RelayKey.new(chance.randbytes)
    relay_file = RelayFile(URL, relay.id, relay.public)
    founder.write(None, PracticeDescribed(name=f"Cabinet {MARK}"))
    joined = []
    for number, (given, family, role, admin) in enumerate(TEAM[:devices]):
        if number == 0:
            device, seat, person = founder.made.device, founder.made.seat, founder.made.person
        else:
            device, seat = DeviceKeys.new(chance.randbytes), SeatKeys.new(chance.randbytes)
            person = PersonId(chance.randbytes(16).hex())
            founder.admit(device, seat, person, role, admin)
        founder.write(
            None,
            PersonDescribed(
                person=person,
                family_name=f"{family} {MARK}",
                given_name=given,
                role=role,
                administrator=admin,
            ),
        )
        joined.append((given, role, admin, person, device, seat))
    for patient in PATIENTS:
        founder.write(patient, PatientIdentified(birth_name=f"{MARK} {patient[:2]}", first_given="Jean"))
    raws = [
        one.entry.raw for stream in (Stream.MEMBERS, Stream.CARE) for one in founder.journal.since(stream)
    ]
    posts = []
    for given, role, admin, person, device, seat in joined:
        disk = founder.disk
        if seat is not founder.made.seat:
            disk = SimulatedDisk()
            journal = bare_journal(disk, founder.made.genesis, device, chance.randbytes)
            journal.receive_many(raws)
        Known(Journal.open(ROOT, files=disk, random=chance.randbytes)).set_relay(relay_file)
        posts.append(Post(given, role, admin, person, device, seat, disk))
    return Template(founder.journal.practice, founder.made.genesis, tuple(posts), relay, relay_file)
