"""Dr Léa Petit joins with her own laptop: the patients of the day open before the rest of the practice is there."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from waitress.server import create_server

from lanterne.journal import founding, pairing
from lanterne.journal.check import check_store
from lanterne.journal.first_copy import MAX_NUMBERS, First, FirstCopy
from lanterne.journal.founding import read_device
from lanterne.journal.journal import Journal
from lanterne.journal.pairing_messages import PairingUnreadable, read_answer
from lanterne.practice.agenda.commands import Book
from lanterne.practice.agenda.facts import AppointmentBooked
from lanterne.practice.content import content
from lanterne.practice.reading import Traces, open_chart
from lanterne.practice.record import Record
from lanterne.practice.recording import record as record_command
from lanterne.practice.team import first_copy, joining
from lanterne.seal import unlock
from lanterne.sync.driver import Driver, Exchanged
from lanterne.sync.peers.http import Asker
from lanterne.sync.peers.lan import find_device
from lanterne.sync.server import DeviceServer
from lanterne.wire.asking import Range
from lanterne.wire.names import ChainId, PatientId, SeatId, Stream
from tests.practice.stage import MADELEINE, Clock, fact, write
from tests.sync.test_first_copy import Cut

HERS = "un phare dans la brume 9"
OTHERS = [PatientId(f"{number:02x}" * 16) for number in range(0x60, 0x60 + 12)]


@pytest.fixture(autouse=True)
def light_passphrases() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unlock, "ARGON2_MEMORY_KIB", 64)
        yield


@pytest.fixture
def busy(garance: Record) -> Record:
    """Notes about fourteen patients, an appointment of Madeleine's today."""
    dice = random.Random(3)
    for patient in OTHERS:
        write(
            garance,
            fact(
                "patient.identified",
                {"birth_name": f"Nom{patient[:2]}", "first_given": "Zoé", "birth_date": "1990"},
            ),
            patient=patient,
        )
    for number in range(60):
        patient = dice.choice([*OTHERS, MADELEINE])
        write(garance, fact("allergy.recorded", {"substance": f"s{number}"}), patient=patient)
    day = datetime.fromtimestamp(garance.clock_ms() / 1000, UTC).date().isoformat()
    writer = garance.writer()
    record_command(
        garance,
        Book(
            AppointmentBooked(
                practitioner=writer.person,
                start=f"{day}T10:00",
                zone="Europe/Paris",
                minutes=15,
                patient=MADELEINE,
                reason="tension",
            )
        ),
    )
    return garance


def admit(garance: Record, root: Path) -> tuple[bytes, Record]:
    """Léa joins; her record, open on a machine that holds who belongs to the practice and nothing else."""
    offer = joining.offer_to_newcomer(garance, name="Dr Léa Petit", role="locum")
    now = garance.clock_ms()
    made = pairing.join(
        root, offer, label="Dr Léa Petit", passphrase=HERS, now_ms=now, random=random.Random(1).randbytes
    )
    asked = joining.take_request(garance, made.request)
    journal = Journal.open(root)
    code = pairing.finish(journal, asked.reveal).code
    welcomed = joining.admit(garance, made.request, code)
    pairing.finish(journal, welcomed.admission)
    seat, keyring = founding.open_seat(journal, made.seat, HERS)
    lea = Record(root, journal, seat, keyring, clock_ms=Clock(now + 60_000))
    return welcomed.admission, lea


@contextmanager
def answering(record: Record) -> Iterator[str]:
    journal = Journal.open(record.root)
    app = DeviceServer(journal, read_device(journal), now_ms=record.clock_ms)
    server = create_server(app, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.effective_port}"
    finally:
        server.trigger.pull_trigger(lambda: server.asyncore.close_all(server._map))
        thread.join()
        server.task_dispatcher.shutdown()


def exchange(record: Record, address: str, answers: int = 1 << 30, seed: int = 1) -> Exchanged:
    """By a journal of its own, as the background process does."""
    journal = Journal.open(record.root)
    device = read_device(journal)
    chance = random.Random(seed).randbytes
    asker = Asker(journal.practice, device.id, device, record.clock_ms, chance)
    peer = Cut(find_device(address, asker, journal.membership), answers)
    return Driver(
        journal,
        device,
        peer,
        now_ms=record.clock_ms,
        random=chance,
        piece=8192,  # type: ignore[arg-type]
    ).run()


def labels(record: Record, patient: PatientId) -> set[str]:
    chart = open_chart(record, Traces(), patient)
    rows = chart.connection.execute(
        "SELECT s.label FROM statement s JOIN kind k ON k.no = s.kind"
        f" WHERE s.subject IN ({','.join(map(str, chart.subjects))}) AND k.name = 'allergy.recorded'"
    )
    return {row[0] for row in rows}


def test_the_patients_of_the_day_open_before_the_rest_is_here(
    busy: Record, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(first_copy, "MOST_PATIENTS", 3)
    _, lea = admit(busy, tmp_path / "laptop")
    lea.catch_up()
    with answering(busy) as address:
        seed = 10
        # The line is cut after every piece.
        while FirstCopy(lea.journal).lacking():
            seed += 1
            exchange(lea, address, answers=2, seed=seed)
            lea.journal.refresh()
        progress = FirstCopy(lea.journal).progress()
        assert progress is not None
        assert progress.first_held == progress.first_total > 15
        assert not progress.over
        assert lea.writer().name == "Dr Léa Petit"
        assert labels(lea, MADELEINE) == labels(busy, MADELEINE) != set()
        assert lea.journal.count(Stream.CARE) < busy.journal.count(Stream.CARE)
        # She writes about who is before her.
        written = write(lea, fact("allergy.recorded", {"substance": "latex"}), patient=MADELEINE)
        assert written
        assert "latex" in labels(lea, MADELEINE)
        done = exchange(lea, address, seed=99)
        assert done.whole
        assert done.alarms == ()
    assert FirstCopy(lea.journal).progress() is None
    assert not lea.journal.layout.first.exists()
    busy.journal.refresh()
    for record in (lea, busy):
        record.catch_up()
    assert content(lea.tables.read(), "medical") == content(busy.tables.read(), "medical")
    assert labels(lea, MADELEINE) == labels(busy, MADELEINE) > {"latex"}
    assert check_store(tmp_path / "laptop").faults == []


def test_the_list_holds_the_team_the_day_and_those_seen_lately(busy: Record) -> None:
    first = first_copy.gather(busy)
    named = {(one.chain, seq) for one in first.ranges for seq in range(one.after + 1, (one.to or 0) + 1)}
    connection = busy.connection()
    rows = connection.execute(
        "SELECT e.seat, e.incarnation, e.seq, s.id, k.name FROM fact f JOIN entry e ON e.no = f.entry"
        " JOIN subject s ON s.no = f.subject JOIN kind k ON k.no = f.kind"
    ).fetchall()
    for seat, incarnation, seq, subject, kind in rows:
        place = (ChainId(SeatId(bytes(seat).hex()), incarnation, Stream.CARE), seq)
        if bytes(subject).hex() in (MADELEINE, *OTHERS) or kind == "appointment.booked":
            assert place in named, kind
    ranges = list(first.ranges)
    assert sum((one.to or 0) - one.after for one in ranges) == len(named), "none is named twice"


def test_the_day_comes_before_what_was_seen_lately(busy: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_copy, "TOGETHER", 1)
    monkeypatch.setattr(first_copy, "MOST_PATIENTS", 3)
    first = first_copy.gather(busy)
    connection = busy.connection()
    of_madeleine = {
        row[0]
        for row in connection.execute(
            "SELECT e.seq FROM fact f JOIN entry e ON e.no = f.entry JOIN subject s ON s.no = f.subject WHERE s.id = ?",
            (bytes.fromhex(MADELEINE),),
        )
    }
    order = [seq for one in first.ranges for seq in range(one.after + 1, (one.to or 0) + 1)]
    places = [order.index(seq) for seq in of_madeleine]
    practice = sum(1 for _ in first_copy._of_practice(connection)) + 1
    assert max(places) < practice + len(of_madeleine)


def test_a_list_is_bounded_whatever_the_practice_holds(busy: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_copy, "MOST_ENTRIES", 25)
    named = sum((one.to or 0) - one.after for one in first_copy.gather(busy).ranges)
    assert 0 < named <= 25


def test_an_admission_whose_list_was_made_too_long_says_nothing_first(busy: Record, tmp_path: Path) -> None:
    admission, _ = admit(busy, tmp_path / "laptop")
    assert read_answer(admission).first is not None
    bare = replace_first(admission, None)
    chain = ChainId(busy.seat.id, 0, Stream.CARE)
    long = First((Range(chain, 0, MAX_NUMBERS + 1),))
    assert pairing.name_first(bare, long) == bare
    with pytest.raises(PairingUnreadable):
        read_answer(replace_first(admission, long))
    for spans in ([0, 5, 5], [1, 0, 1], [0, 0], ["a", 0, 1], [0, -1, 1], [0, 0, 1 << 50]):
        tree = read_answer(admission)._replace(first=Spoilt(long, spans))  # type: ignore[arg-type]
        with pytest.raises(PairingUnreadable):
            read_answer(tree.to_bytes())


def replace_first(admission: bytes, first: First | None) -> bytes:
    return read_answer(admission)._replace(first=first).to_bytes()


class Spoilt:
    """A list somebody wrote by hand."""

    def __init__(self, first: First, spans: list[object]) -> None:
        self.first, self.spans = first, spans

    def to_wire(self) -> dict[str, object]:
        return {**self.first.to_wire(), "spans": self.spans}
