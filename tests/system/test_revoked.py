"""Who was revoked reads nothing of what was written by those who knew: with their whole keyring, and all that travels.

A machine is taken; its thief keeps the seat's secrets, and is handed everything a relay holds: every entry, every
document. Written before anybody knew, it reads (which shows that it would); written by who knew, nothing opens.
"""

from __future__ import annotations

import io
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lanterne.journal import founding, pairing
from lanterne.journal.founding import read_device
from lanterne.journal.journal import Journal, Writing
from lanterne.practice.arrivals.commands import ReceiveArrival
from lanterne.practice.arrivals.facts import ArrivalReceived
from lanterne.practice.catalogue import KINDS
from lanterne.practice.documents.commands import FileDocument
from lanterne.practice.documents.facts import DocumentFiled
from lanterne.practice.documents.files import keep, keep_named
from lanterne.practice.record import Record, now_ms
from lanterne.practice.recording import record as door
from lanterne.practice.team import joining
from lanterne.practice.team.accesses import device_lost, person_leaves, withdraw
from lanterne.seal import unlock
from lanterne.seal.blob import open_blob
from lanterne.seal.errors import DoesNotOpen, NotEntitled
from lanterne.seal.keyring import Keyring
from lanterne.seal.secrets import open_sealed
from lanterne.sync.driver import Driver
from lanterne.sync.known import Known
from lanterne.sync.peers.http import Asker
from lanterne.sync.peers.relay import RelayPeer
from lanterne.sync.relay_file import RelayFile
from lanterne.wire.entry import Entry, associated_data
from lanterne.wire.errors import EntryRefused
from lanterne.wire.names import Compartment, DeviceId, FactId, PartMode, PersonId, Stream
from lanterne.wire.part import Part
from tests.cast import JEAN_BAPTISTE
from tests.practice import stage
from tests.relay.asking import Device
from tests.relay.conftest import address_of
from tests.sync.places import relay_at

EXAMPLES = Path(__file__).parent.parent / "vectors" / "facts"
SEALED = (Compartment.OFFICE, Compartment.MEDICAL, Compartment.TRACE)


@dataclass
class Desk:
    """One machine, and the record of who works there."""

    record: Record

    def exchange(self, relay: RelayFile) -> None:
        journal, device = self.record.journal, read_device(self.record.journal)
        Known(journal).set_relay(relay)
        asker = Asker(journal.practice, device.id, device, now_ms, secrets.token_bytes)
        peer = RelayPeer(relay, asker, genesis=journal.membership.genesis.raw)
        done = Driver(journal, device, peer, now_ms=now_ms, random=secrets.token_bytes).run()
        assert done.whole, done.error
        assert done.alarms == ()
        self.record.catch_up()

    def holds(self) -> dict[str, Entry]:
        journal = self.record.journal
        journal.refresh()
        return {one.entry.head.hash: one.entry for stream in Stream for one in journal.since(stream)}


@dataclass
class Play:
    """Garance's machine, where Inès also works; Théo's and Paul's laptops; the relay between them."""

    garance: Desk
    ines: Record
    theo: Desk
    paul: Desk
    relay: RelayFile
    disk: Path

    def paul_is(self) -> tuple[DeviceId, PersonId]:
        seat = self.garance.record.journal.membership.seat(self.paul.record.seat.id)
        assert seat is not None
        return seat.device, seat.person


def laptop(garance: Record, machine: stage.Machine, who: str, root: Path) -> Desk:
    """Somebody who is here already joins with a machine of their own."""
    person = garance.person_of(machine.seats[who].id)
    assert person is not None
    offer = joining.offer_to_person(garance, person)
    joined = pairing.join(
        root, offer, label=who, passphrase=stage.WORDS, now_ms=now_ms(), random=secrets.token_bytes
    )
    asked = joining.take_request(garance, joined.request)
    journal = Journal.open(root)
    assert pairing.finish(journal, asked.reveal).code == asked.code
    welcomed = joining.admit(garance, joined.request, asked.code)
    assert pairing.finish(journal, welcomed.admission).admitted
    seat, keyring = founding.open_seat(journal, joined.seat, stage.WORDS)
    journal.receive_many(stage.entries(garance.journal))
    return Desk(Record(root, journal, seat, keyring.with_membership(journal.membership)))


@pytest.fixture
def play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Play]:
    monkeypatch.setattr(unlock, "ARGON2_MEMORY_KIB", 64)
    machine = stage.found(tmp_path / "lilas").machine(tmp_path / "garance")
    clock: Callable[[], int] = now_ms
    garance = machine.open("Garance", clock=clock)  # type: ignore[arg-type]
    theo, paul = (laptop(garance, machine, who, tmp_path / who) for who in ("Théo", "Paul"))
    with relay_at(tmp_path / "relay") as relay:
        made = Play(Desk(garance), machine.open("Inès", clock=clock), theo, paul, relay, tmp_path / "relay")  # type: ignore[arg-type]
        yield made
    for desk in (theo, paul):
        desk.record.close()
    machine.close()


def examples() -> dict[str, Mapping[str, Any]]:
    """A body of every kind of fact this program writes, at its newest version."""
    found = {}
    for name, kind in KINDS.items():
        told = json.loads((EXAMPLES / f"{name}.v{kind.version}.json").read_text(encoding="utf-8"))
        found[name] = told["body"]
    return found


def write_everything(record: Record, marker: str) -> None:
    """An entry of every kind the seat may write, a document, a file in no chart: all of it says `marker`."""
    ring, writings = record.keyring.with_membership(record.journal.membership), []
    for name, body in examples().items():
        kind = KINDS[name]
        stream = Stream.TRACE if kind.compartment is Compartment.TRACE else Stream.CARE
        said = stage.fact(name, {**body, "marker": marker}, version=kind.version)
        part = Part(JEAN_BAPTISTE if kind.of_a_patient else None, (said,))
        writings.append(Writing(record.seat, ring, stream, [(kind.compartment, part)], now_ms()))
    record.journal.write_many(writings)
    write_files(record, marker)


def write_files(record: Record, marker: str) -> None:
    """A document filed through the door, which a secretary can only deposit, and a file that came."""
    kept = keep(record, f"{marker} courrier".encode() * 40)
    letter = DocumentFiled(
        blob=kept.blob, key=kept.key, size=kept.size, media_type=kept.media_type, title=marker
    )
    door(record, FileDocument(JEAN_BAPTISTE, letter))
    named = keep_named(record, f"{marker} arrivée".encode() * 40, "text/plain")
    arrival = ArrivalReceived(
        outcome="to_attach", digest="ab" * 32, blob=named.blob, key=named.key, size=named.size,
        media_type=named.media_type, why="identity_missing", title=marker,
    )  # fmt: skip
    door(record, ReceiveArrival(arrival, FactId(record.draw_id())))


class Thief:
    """Everything the seat of the taken machine opens, handed everything that travels."""

    def __init__(self, desk: Desk, entries: Mapping[str, Entry], blobs: Mapping[str, bytes]) -> None:
        membership = desk.record.journal.membership.with_entries(
            [one for one in entries.values() if one.head.stream is Stream.MEMBERS]
        )
        self.ring = Keyring(desk.record.seat, membership, known=desk.record.keyring._epochs)
        self.secrets = list(self.ring._epochs.values())
        self.blobs = blobs
        self.keys: set[bytes] = set()

    def opens(self, entry: Entry) -> list[tuple[Compartment, PartMode, bool]]:
        """Of each sealed part: where, how, and whether it opened, by the book or by trying every key there is."""
        found: list[tuple[Compartment, PartMode, bool]] = []
        for index, (part, body) in enumerate(zip(entry.head.parts, entry.bodies, strict=True)):
            if part.compartment is Compartment.CLEAR or body is None:
                continue
            found.append(
                (
                    part.compartment,
                    part.mode,
                    self._by_the_book(entry, index, body) or self._by_force(entry, index, body),
                )
            )
        return found

    def _by_the_book(self, entry: Entry, index: int, body: bytes) -> bool:
        try:
            opened = self.ring.open_part(entry.head, index, body)
        except (NotEntitled, EntryRefused):
            return False
        for fact in opened.facts:
            self.keys |= set(keys_in(fact.body))
        return True

    def _by_force(self, entry: Entry, index: int, body: bytes) -> bool:
        bound = associated_data(entry.head.signed, len(entry.head.parts), index)
        for epoch in self.secrets:
            for attempt in (
                lambda one=epoch: open_sealed(one.part_key, body, bound, "a part"),
                lambda one=epoch: one.open_deposit(body, bound),
            ):
                try:
                    attempt()
                except DoesNotOpen:
                    continue
                return True
        return False

    def opens_blob(self, name: str) -> bool:
        """With any key read anywhere."""
        for key in self.keys:
            try:
                b"".join(open_blob(io.BytesIO(self.blobs[name]), key))
            except DoesNotOpen:
                continue
            return True
        return False


def keys_in(body: object) -> Iterator[bytes]:
    """Whatever might be the key of a document, anywhere in a fact."""
    if isinstance(body, Mapping):
        for value in body.values():
            yield from keys_in(value)
    elif isinstance(body, list | tuple):
        for value in body:
            yield from keys_in(value)
    elif isinstance(body, str) and len(body) == 64:
        try:
            yield bytes.fromhex(body)
        except ValueError:
            return


def travelled(play: Play) -> tuple[dict[str, Entry], dict[str, bytes]]:
    """What the relay hands over, all of it, by hash; the sealed documents on its disk, by name."""
    journal = play.garance.record.journal
    asking = Device(
        address_of(play.relay.url), play.relay.relay, play.relay.key, journal.practice, read_device(journal)
    )
    there, theirs = set(asking.everything().values()), play.garance.holds()
    assert there == {one.raw for one in theirs.values()}, "all there is passed through the relay"
    blobs = {
        path.name: path.read_bytes()
        for path in play.disk.rglob("*")
        if path.is_file() and len(path.name) == 64
    }
    assert set(blobs) >= set(play.garance.record.journal.blobs.names())
    return theirs, blobs


def lost(play: Play) -> None:
    device_lost(play.garance.record, play.paul_is()[0])


def withdrawn(play: Play) -> None:
    withdraw(play.garance.record, play.paul.record.seat.id)


def left(play: Play) -> None:
    person_leaves(play.garance.record, play.paul_is()[1])


@pytest.mark.parametrize("revoke", [lost, withdrawn, left])
def test_the_revoked_read_nothing_of_who_knew(play: Play, revoke: Callable[[Play], None]) -> None:
    write_everything(play.garance.record, "avant")
    for desk in (play.garance, play.theo, play.paul, play.garance):
        desk.exchange(play.relay)
    revoke(play)
    told = set(play.garance.holds())
    write_everything(play.theo.record, "sans savoir")  # Théo is on a visit and has not heard
    ignorant = set(play.theo.holds()) - told
    for desk in (play.theo, play.garance, play.theo):
        desk.exchange(play.relay)
    known_from, blobs_before = set(play.garance.holds()), set(play.garance.record.journal.blobs.names())
    write_everything(play.garance.record, "en sachant")
    write_everything(play.theo.record, "en sachant aussi")
    write_files(play.ines, "en sachant, sans pouvoir lire")
    for desk in (play.theo, play.garance, play.theo):
        desk.exchange(play.relay)
    entries, blobs = travelled(play)
    knowing = {name: one for name, one in entries.items() if name not in known_from}
    thief = Thief(play.paul, entries, blobs)
    read = [thief.opens(entries[name]) for name in sorted(ignorant)]
    assert any(opened for parts in read for _, _, opened in parts), (
        "what was written unknowing is read: this can fail"
    )
    before = [thief.opens(one) for name, one in entries.items() if name in told]
    assert any(opened for parts in before for _, _, opened in parts)
    tried = [(entry, *part) for entry in knowing.values() for part in thief.opens(entry)]
    assert [one for one in tried if one[-1]] == []
    assert {place for _, place, _, _ in tried} == set(SEALED)
    assert {mode for _, _, mode, _ in tried} == {PartMode.EPOCH, PartMode.DEPOSIT}
    assert len(tried) > 2 * len(KINDS)
    assert all(thief.opens_blob(name) for name in blobs_before), "documents of before are read: this can fail"
    new = set(blobs) - blobs_before
    assert len(new) >= 6
    assert [name for name in new if thief.opens_blob(name)] == []
