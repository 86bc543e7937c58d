"""What folding makes of single troubles: conflicts shown, the unknown kept, what does not open counted, what stops healed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lanterne.journal import leaving
from lanterne.practice import folding
from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.chart.commands import MarkEnteredInError
from lanterne.practice.chart.commands import Record as WriteStatement
from lanterne.practice.chart.statements import Statement, one, page, standing, thread
from lanterne.practice.patients import queries
from lanterne.practice.record import Record
from lanterne.practice.recording import record
from lanterne.proof.membership import Standing
from lanterne.wire.names import Compartment, FactId, PatientId, Stream
from lanterne.wire.part import Part
from tests.cast import JEAN_BAPTISTE
from tests.practice import stage
from tests.practice.stage import (
    MADELEINE,
    Clock,
    Machine,
    chart,
    deliver,
    entries,
    fact,
    folded,
    unread,
    write,
)

PENICILLIN = AllergyRecorded(substance="Pénicilline")


def allergies(record_: Record) -> list[Statement[AllergyRecorded]]:
    return standing(chart(record_), AllergyRecorded)


def revoke(garance: Record, who: Record) -> None:
    """Dr Morel revokes a seat at what she knows of it; what it could read is rotated."""
    garance.journal.refresh()
    leaving.revoke(
        garance.journal, garance.keyring.with_membership(garance.journal.membership), who.seat.id, reason="left",
        now_ms=garance.clock_ms(), random=garance.journal.random,
    )  # fmt: skip


def test_two_corrections_at_once_are_a_conflict_and_both_stand(garance: Record) -> None:
    [first] = write(garance, fact(PENICILLIN))
    write(garance, fact(AllergyRecorded(substance="Amoxicilline"), replaces=[first]))
    write(garance, fact(AllergyRecorded(substance="Céfazoline"), replaces=[first]))
    found = allergies(garance)
    assert {item.label for item in found} == {"Amoxicilline", "Céfazoline"}
    assert all(item.conflict and item.live for item in found)
    assert {item.thread for item in found} == {min(first, *(item.id for item in found))}
    assert [item.label for item in thread(chart(garance), found[0].id)] == [
        "Pénicilline",
        "Amoxicilline",
        "Céfazoline",
    ]


def test_settling_a_conflict_is_a_fact(garance: Record) -> None:
    [first] = write(garance, fact(PENICILLIN))
    for name in ("Amoxicilline", "Céfazoline"):
        write(garance, fact(AllergyRecorded(substance=name), replaces=[first]))
    both = tuple(item.id for item in allergies(garance))
    record(garance, WriteStatement(JEAN_BAPTISTE, AllergyRecorded(substance="Les deux"), replaces=both))
    assert [(item.label, item.conflict) for item in allergies(garance)] == [("Les deux", False)]


def test_withdrawing_and_correcting_at_once_leaves_the_correction(garance: Record) -> None:
    """Nobody withdrew what the other wrote: it stands, so that what may harm is not hidden."""
    [first] = write(garance, fact(PENICILLIN))
    write(garance, fact("chart.entered_in_error", {}, replaces=[first]))
    write(garance, fact(AllergyRecorded(substance="Amoxicilline"), replaces=[first]))
    assert [(item.label, item.conflict) for item in allergies(garance)] == [("Amoxicilline", False)]


def test_a_correction_before_what_it_corrects(garance: Record) -> None:
    first = "11" * 16
    write(garance, fact(AllergyRecorded(substance="Juste"), replaces=[first]))
    assert [item.label for item in allergies(garance)] == ["Juste"]
    write(garance, fact(PENICILLIN, id=first))
    assert [item.label for item in allergies(garance)] == ["Juste"]
    assert one(chart(garance), FactId(first)).live is False
    assert allergies(garance)[0].thread == min(first, allergies(garance)[0].id)


@pytest.mark.parametrize("where", ["another chart", "another compartment"])
def test_nobody_withdraws_from_outside(garance: Record, where: str) -> None:
    [first] = write(garance, fact(PENICILLIN))
    if where == "another chart":
        write(garance, fact("chart.entered_in_error", {}, replaces=[first]), patient=MADELEINE)
    else:
        write(garance, fact("patient.retracted", {}, replaces=[first]))
    assert [item.live for item in allergies(garance)] == [True]


def test_a_fact_does_not_replace_itself(garance: Record) -> None:
    write(garance, fact(PENICILLIN, id="12" * 16, replaces=["12" * 16]))
    assert [(item.live, item.conflict) for item in allergies(garance)] == [(True, False)]


def test_a_clock_that_lies_hides_nothing(machine: Machine) -> None:
    """A fact dated thirty years ahead stands beside the others, and a correction by a right clock replaces it."""
    garance, theo = machine.open("Garance"), machine.open("Théo")
    [ahead] = write(garance, fact(PENICILLIN), at_ms=garance.clock_ms() + 30 * 365 * 86_400_000)
    write(theo, fact(AllergyRecorded(substance="Latex")))
    found = {item.label: item for item in allergies(theo)}
    assert found.keys() == {"Pénicilline", "Latex"}
    assert found["Pénicilline"].written_ms > found["Latex"].written_ms + 86_400_000
    record(theo, MarkEnteredInError(JEAN_BAPTISTE, (FactId(ahead),)))
    assert [item.label for item in allergies(garance)] == ["Latex"]


def test_what_a_newer_lanterne_wrote_is_shown_and_kept(machine: Machine) -> None:
    garance = machine.open("Garance")
    [kind] = write(garance, fact("prescription.issued", {"label": "Paracétamol", "lines": [{"dose": 3}]}))
    [version] = write(garance, fact("allergy.recorded", {"agents": ["x"], "label": "Neuf"}, version=2))
    for _ in range(2):
        found = {item.id: item for item in page(chart(garance), [], limit=10)}
        assert (found[FactId(kind)].body, found[FactId(kind)].label) == (None, "Paracétamol")
        assert found[FactId(kind)].raw == {"label": "Paracétamol", "lines": [{"dose": 3}]}
        assert (found[FactId(version)].body, found[FactId(version)].raw["agents"]) == (None, ["x"])
        machine.burn()
        garance = machine.open("Garance")


@pytest.mark.parametrize(
    "body",
    [
        {}, {"label": ["a"]}, {"coding": {"code": 7}}, {"coding": 3, "code": None}, {"components": [1, {"code": []}]},
        {"components": [{"code": "x" * 5000, "label": "y" * 5000}]}, {"substance": "é" * 5000, "code": "\0"},
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "at", [None, "2019", "0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00", "2019-02-31T10:00Z", "2019-99"]
)
def test_folding_refuses_no_body_and_no_date(
    garance: Record, body: dict[str, object], at: str | None
) -> None:
    write(garance, fact("allergy.recorded", body, at=at), fact("measure.recorded", body, at=at))
    found = page(chart(garance), [], limit=10)
    assert len(found) == 2
    assert all(len(item.label) <= 200 and len(item.code) <= 200 for item in found)


def test_a_part_that_does_not_open_is_counted_and_the_rest_goes_on(
    garance: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sealed under a key that is not its epoch's: the entry is valid to whoever has no key."""
    from lanterne.seal.keyring import Keyring

    real = Keyring.seal_part

    def wrong(
        self: Keyring, compartment: Compartment, bound: bytes, plaintext: bytes, random: object
    ) -> object:
        mode, key, sealed = real(self, compartment, bound, plaintext, random)  # type: ignore[arg-type]
        return mode, key, sealed[:-1] + bytes([sealed[-1] ^ 1])

    monkeypatch.setattr(Keyring, "seal_part", wrong)
    write(garance, fact(PENICILLIN))
    monkeypatch.undo()
    write(garance, fact(AllergyRecorded(substance="Latex")))
    assert [item.label for item in allergies(garance)] == ["Latex"]
    [(_, why)] = unread(garance)
    assert why.startswith("E17")


def test_a_fact_sealed_where_it_does_not_belong_is_counted_alone(garance: Record) -> None:
    """E20: an allergy in the office part; its neighbour, in its place, counts."""
    contacts = fact("patient.contacts", {"city": "Rouen"})
    write(garance, contacts, fact(PENICILLIN), compartment=Compartment.OFFICE)
    assert allergies(garance) == []
    [(_, why)] = unread(garance)
    assert why.startswith("E20")
    held = queries.contacts(garance.connection(), JEAN_BAPTISTE)
    assert held is not None
    assert held.body.city == "Rouen"


def test_a_fact_about_nobody_makes_no_patient(garance: Record) -> None:
    garance.catch_up()
    for subject in (None, PatientId("0" * 32)):
        write(
            garance,
            fact("patient.identified", {"birth_name": "Personne", "first_given": "X"}),
            patient=subject,
        )
        write(garance, fact("patient.merged", {"absorbed": JEAN_BAPTISTE}), patient=subject)
        write(garance, fact(PENICILLIN), patient=subject)
    count = "SELECT count(*) FROM patient"
    assert garance.connection().execute(count).fetchone()[0] == 2
    expected = folded(garance)
    garance.folder.rebuild()
    assert garance.tables.read().execute(count).fetchone()[0] == 2
    assert folded(garance) == expected


def test_a_key_that_comes_after_what_it_opens(practice: stage.Practice, tmp_path: Path) -> None:
    """The nurse leaves, everything is rotated, Dr Morel writes on; elsewhere her notes arrive before the news."""
    away, here = practice.machine(tmp_path / "away"), practice.machine(tmp_path / "here")
    garance, reader = away.open("Garance"), here.open("Théo")
    revoke(garance, away.open("Paul"))
    write(garance, fact(PENICILLIN), fact(AllergyRecorded(substance="Latex")))
    write(garance, fact("patient.contacts", {"city": "Rouen"}))
    raws = entries(garance.journal)
    deliver(reader.journal, [raw for raw in raws if raw[6] != Stream.MEMBERS])
    assert allergies(reader) == []
    assert len(unread(reader)) == 2
    deliver(reader.journal, [raw for raw in raws if raw[6] == Stream.MEMBERS])
    assert {item.label for item in allergies(reader)} == {"Pénicilline", "Latex"}
    assert unread(reader) == []
    held = queries.contacts(reader.connection(), JEAN_BAPTISTE)
    assert held is not None
    expected = folded(reader)
    reader.folder.rebuild()
    assert folded(reader) == expected


def test_what_a_revoked_seat_wrote_beyond_the_cut_waits_apart(
    practice: stage.Practice, tmp_path: Path
) -> None:
    """The revocation comes before what Paul wrote on his own, or after: the same."""
    his, hers = practice.machine(tmp_path / "his"), practice.machine(tmp_path / "hers")
    paul, garance = his.open("Paul"), hers.open("Garance")
    write(paul, fact(AllergyRecorded(substance="Connue")))
    deliver(garance.journal, entries(paul.journal))
    revoke(garance, hers.open("Paul"))
    write(paul, fact(AllergyRecorded(substance="Inconnue")))
    early, late = (practice.machine(tmp_path / name).open("Théo") for name in ("early", "late"))
    deliver(early.journal, [*entries(garance.journal), *entries(paul.journal)])
    deliver(late.journal, entries(paul.journal))
    assert {item.label for item in allergies(late)} == {"Connue", "Inconnue"}
    deliver(late.journal, entries(garance.journal))
    for reader in (early, late):
        assert {item.label for item in allergies(reader)} == {"Connue"}
        standings = reader.connection().execute("SELECT standing FROM apart").fetchall()
        assert standings == [(Standing.BEYOND_CUT.value,)]
    assert folded(early) == folded(late)


def test_a_revocation_that_takes_nothing_away_rebuilds_nothing(machine: Machine) -> None:
    """A forgotten passphrase revokes a seat at its newest entry: no minute of folding for that."""
    garance, paul = machine.open("Garance"), machine.open("Paul")
    write(paul, fact(PENICILLIN))
    garance.catch_up()
    generation = garance.tables.path
    revoke(garance, paul)
    assert [item.label for item in allergies(garance)] == ["Pénicilline"]
    assert garance.tables.path == generation
    again = machine.open("Garance")
    again.catch_up()
    assert again.tables.path == generation


def test_a_crash_between_append_and_fold_heals_at_the_next_start(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    garance = machine.open("Garance")
    garance.catch_up()

    class Killed(BaseException):
        pass

    def killed(*_: object, **__: object) -> int:
        raise Killed

    monkeypatch.setattr(folding.Folder, "_step", killed)
    with pytest.raises(Killed):
        record(garance, WriteStatement(JEAN_BAPTISTE, PENICILLIN))
    monkeypatch.undo()
    machine.close()
    assert [item.label for item in allergies(machine.open("Garance"))] == ["Pénicilline"]


def test_a_fold_cut_in_the_middle_leaves_nothing_half_done(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    garance = machine.open("Garance")
    expected_before = folded(garance)
    for number in range(5):
        write(garance, fact(AllergyRecorded(substance=f"S{number}")))
    real = folding.settle

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    monkeypatch.setattr(folding, "settle", killed)
    with pytest.raises(Killed):
        garance.catch_up()
    from lanterne.practice.content import content

    assert content(garance.tables.read(), "medical") == expected_before
    monkeypatch.setattr(folding, "settle", real)
    assert len(allergies(garance)) == 5


def test_many_transactions_give_what_one_gives(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    garance = machine.open("Garance")
    garance.catch_up()
    named = [f"{number:032x}" for number in range(1, 61)]
    for number in range(0, 60, 2):
        corrects = named[max(0, number - 7)]
        write(
            garance,
            fact(AllergyRecorded(substance=f"S{number}"), id=named[number]),
            fact(AllergyRecorded(substance=f"T{number}"), id=named[number + 1], replaces=[corrects]),
        )
    monkeypatch.setattr(folding, "CHUNK_FACTS", 7)
    small = folded(garance)
    garance.folder.rebuild()
    assert folded(garance) == small
    monkeypatch.undo()
    garance.folder.rebuild()
    assert folded(garance) == small


def test_nothing_new_asks_the_journal_and_the_tables_next_to_nothing(garance: Record) -> None:
    """No decryption, no fold, no transaction: a handful of statements a request."""
    garance.catch_up()
    statements: list[str] = []
    connection = garance.tables.read()
    connection.set_trace_callback(statements.append)
    garance.catch_up()
    connection.set_trace_callback(None)
    assert len(statements) <= 3, statements
    assert not any(statement.startswith(("BEGIN", "INSERT", "UPDATE")) for statement in statements)


def test_an_old_image_of_the_journal_under_newer_tables(practice: stage.Practice, tmp_path: Path) -> None:
    """A disk restored from a backup, but for `read/`: the tables tell what this journal does not hold."""
    machine = practice.machine(tmp_path / "machine")
    garance = machine.open("Garance")
    write(garance, fact(AllergyRecorded(substance="Perdue")))
    assert len(allergies(garance)) == 1
    machine.close()
    for name in ("journal", "local"):
        shutil.rmtree(machine.root / name, ignore_errors=True)
        if (practice.root / name).exists():
            shutil.copytree(practice.root / name, machine.root / name)
    restored = machine.open("Garance", clock=Clock(stage.FOUNDED + 2 * 86_400_000))
    assert allergies(restored) == []
    write(restored, fact(AllergyRecorded(substance="Nouvelle")))
    assert [item.label for item in allergies(restored)] == ["Nouvelle"]


def test_an_old_image_that_has_grown_since(practice: stage.Practice, tmp_path: Path) -> None:
    machine = practice.machine(tmp_path / "machine")
    garance = machine.open("Garance")
    write(garance, fact(AllergyRecorded(substance="Perdue")))
    garance.catch_up()
    machine.close()
    read = machine.root / "read"
    read.rename(tmp_path / "kept")
    for name in ("journal", "local"):
        shutil.rmtree(machine.root / name, ignore_errors=True)
        if (practice.root / name).exists():
            shutil.copytree(practice.root / name, machine.root / name)
    restored = machine.open("Garance", clock=Clock(stage.FOUNDED + 2 * 86_400_000))
    for number in range(9):
        write(restored, fact(AllergyRecorded(substance=f"Nouvelle {number}")))
    machine.close()
    shutil.rmtree(read)
    (tmp_path / "kept").rename(read)
    assert {item.label for item in allergies(machine.open("Garance"))} == {
        f"Nouvelle {number}" for number in range(9)
    }


def test_an_entry_healed_by_a_peer_is_not_folded_twice(practice: stage.Practice, tmp_path: Path) -> None:
    """Its first place no longer verifies, it comes again and lies elsewhere: the same facts."""
    machine, peer = practice.machine(tmp_path / "machine"), practice.machine(tmp_path / "peer")
    garance, other = machine.open("Garance"), peer.open("Théo")
    write(garance, fact(AllergyRecorded(substance="Blessée")))
    write(garance, fact(AllergyRecorded(substance="Suivante")))
    deliver(other.journal, entries(garance.journal))
    expected = folded(garance)
    machine.close()
    segment = next((machine.root / "journal" / "care").glob("*.seg"))
    arrived = list(garance.journal.since(Stream.CARE))[-2]
    data = bytearray(segment.read_bytes())
    data[(arrived.position & 0xFFFFFFFF) + 200] ^= 0xFF
    segment.write_bytes(data)
    (machine.root / "journal" / "care" / "index").unlink()
    wounded = machine.open("Garance")
    assert folded(wounded) == expected, (
        "the tables know more than the wounded journal, and it is named damaged"
    )
    assert wounded.journal.damages
    deliver(wounded.journal, entries(other.journal))
    assert folded(wounded) == expected
    wounded.folder.rebuild()
    assert folded(wounded) == expected
    again = machine.open("Théo")
    assert folded(again) == expected


def test_part_of_two_compartments_is_one_entry(garance: Record) -> None:
    garance.catch_up()
    medical, office = fact(PENICILLIN), fact("patient.contacts", {"city": "Rouen"})
    garance.journal.write(
        garance.seat, garance.keyring, stream=Stream.CARE, now_ms=garance.clock_ms(),
        parts=[(Compartment.OFFICE, Part(JEAN_BAPTISTE, (office,))), (Compartment.MEDICAL, Part(JEAN_BAPTISTE, (medical,)))],
    )  # fmt: skip
    assert len(allergies(garance)) == 1
    rows = garance.connection().execute(
        "SELECT count(DISTINCT f.entry) FROM fact f WHERE f.id IN (?, ?)", (bytes.fromhex(medical.id), bytes.fromhex(office.id))
    )  # fmt: skip
    assert rows.fetchone()[0] == 1
