"""The same facts in any order of arrival give the same record: what a machine shows is a function of a set.

Garance, Théo and Paul write on three machines, hear of each other now and then, and everything they wrote is delivered
to bare machines in any order, in batches of any size, folded between them. The story is drawn from a seed; every kind of
trouble is in it: corrections that come before what they correct, several of one fact at once, withdrawals beside them, one
fact id in two entries, clocks that lie, kinds and versions of a Lanterne to come, facts about nobody, a nurse who leaves and
writes on, keys that come after what they open.
"""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from lanterne.journal import leaving
from lanterne.practice.check import check_record
from lanterne.practice.record import Record
from lanterne.practice.settling import settle_all
from lanterne.wire.names import Compartment, FactId, PatientId, Stream
from lanterne.wire.part import Fact
from tests.cast import JEAN_BAPTISTE
from tests.practice import stage
from tests.practice.stage import MADELEINE, Clock, deliver, entries, fact, folded, unread, write

SEEDS = range(int(os.environ.get("LANTERNE_SEEDS", "6")))
ORDERS = 4
STEPS = 90
NEWCOMER = PatientId("77" * 16)
FAR_MS = 86_400_000 * 365 * 30


class Story:
    """What three people write, drawn from a seed."""

    def __init__(self, practice: stage.Practice, place: Path, seed: int) -> None:
        self.dice = random.Random(seed)
        self.practice, self.place = practice, place
        self.clocks = {
            who: Clock(stage.FOUNDED + 86_400_000 + skew)
            for who, skew in zip(("Garance", "Théo", "Paul"), (0, 45_000, -7_200_000), strict=True)
        }
        self.at = {
            who: practice.machine(place / who).open(who, clock=clock) for who, clock in self.clocks.items()
        }
        self.known: list[Fact] = []
        for step in range(STEPS):
            who = self.dice.choice(list(self.at))
            self.speak(self.at[who])
            if step % 11 == 10 and (who != "Paul" or step < STEPS // 2):
                self.hear(self.at[who])  # the nurse who left hears nothing more
            if step == STEPS // 2:
                self.part_with_paul()

    def speak(self, record: Record) -> None:
        """One entry."""
        patient = self.dice.choice((JEAN_BAPTISTE, JEAN_BAPTISTE, JEAN_BAPTISTE, MADELEINE, NEWCOMER))
        ahead = FAR_MS if self.dice.random() < 0.05 else 0
        said = [self.say() for _ in range(self.dice.choice((1, 1, 2, 3)))]
        first = said[0]
        said = [one for one in said if stage.compartment_of([one]) is stage.compartment_of([first])]
        said = list({one.id: one for one in said}.values())
        of_nobody = self.dice.random() < 0.04
        write(record, *said, patient=None if of_nobody else patient, at_ms=record.clock_ms() + ahead)
        self.known += said

    def say(self) -> Fact:
        """One fact, of any kind; often about another."""
        dice = self.dice
        word = f"w{dice.randrange(10_000)}"
        # Often one of the first few: several correct it without knowing of each other.
        pool = self.known[:8] if dice.random() < 0.5 else self.known
        told = [one.id for one in dice.sample(pool, k=min(len(pool), dice.choice((1, 1, 2))))]
        # Named before it was ever written: it may come, or not.
        unborn = f"{dice.getrandbits(128):032x}"
        about = told if dice.random() < 0.9 else [unborn]
        id_ = (
            dice.choice(self.known).id
            if self.known and dice.random() < 0.08
            else f"{dice.getrandbits(128):032x}"
        )
        match dice.randrange(12):
            case 0 | 1:
                return fact(
                    "allergy.recorded",
                    {"substance": word},
                    id=id_,
                    at=dice.choice((None, "2019", "2019-04-03")),
                )
            case 2 | 3:
                return fact("treatment.recorded", {"substance": word}, id=id_, replaces=about)
            case 4:
                return fact("allergy.recorded", {"substance": word}, id=id_, replaces=about)
            case 5:
                return fact("chart.entered_in_error", {"reason": word}, id=id_, replaces=about)
            case 6:
                return fact(
                    "patient.identified",
                    {"birth_name": word, "first_given": "Zoé", "birth_date": "1990"},
                    id=id_,
                )
            case 7:
                return fact(
                    "patient.contacts", {"phones": [{"number": "06 39 98 12 34"}], "city": word}, id=id_
                )
            case 8:
                other = dice.choice((JEAN_BAPTISTE, MADELEINE, NEWCOMER))
                kind, name = dice.choice((("patient.merged", "absorbed"), ("patient.distinct", "other")))
                return fact(kind, {name: other}, id=id_)
            case 9:
                return fact("patient.retracted", {"reason": word}, id=id_, replaces=about)
            case 10:
                return fact(
                    "prescription.issued", {"label": word, "lines": [{"dose": 3}]}, id=id_, replaces=about[:1]
                )
            case _:
                body: dict[str, object] = {"substance": {"code": word}, "code": 12, "components": "?"}
                return fact(
                    "allergy.recorded", body, id=id_, version=dice.choice((1, 7)), at="0001-01-01T00:00+14:00"
                )

    def hear(self, record: Record) -> None:
        """One of them hears what one other holds."""
        other = self.dice.choice([one for one in self.at.values() if one is not record])
        raws = entries(other.journal)
        record.journal.receive_many(sorted(raws, key=lambda raw: raw[6] != 3))

    def part_with_paul(self) -> None:
        """Garance revokes the nurse at what she knows of him; he does not know, and writes on."""
        garance, paul = self.at["Garance"], self.at["Paul"]
        leaving.revoke(
            garance.journal, garance.keyring.with_membership(garance.journal.membership), paul.seat.id, reason="left",
            now_ms=garance.clock_ms(), random=garance.journal.random,
        )  # fmt: skip

    def everything(self) -> list[bytes]:
        """What anybody holds."""
        return entries(*(record.journal for record in self.at.values()))

    def reader(self, name: str) -> Record:
        """Dr Morel on a machine that has heard nothing yet."""
        return self.practice.machine(self.place / name).open("Garance", clock=Clock())


@pytest.mark.parametrize("seed", SEEDS)
def test_any_order_gives_the_same_record(practice: stage.Practice, tmp_path: Path, seed: int) -> None:
    story = Story(practice, tmp_path, seed)
    raws = story.everything()
    at_once = story.reader("at once")
    deliver(at_once.journal, raws)
    expected, shown = folded(at_once), stage.tables(at_once)
    assert len(shown["fact"]) > STEPS // 2
    assert unread(at_once) == []
    for order in range(ORDERS):
        dice = random.Random(f"{seed}/{order}")
        reader = story.reader(f"order {order}")
        reader.catch_up()
        for batch in stage.batches(raws, dice):
            deliver(reader.journal, batch)
            if dice.random() < 0.6:
                reader.catch_up()
        got = folded(reader)
        assert stage.tables(reader) == shown
        assert got == expected
        assert unread(reader) == []
        # From nothing as well, and settled as a whole as well as by pieces.
        with reader.tables.transaction() as connection:
            settle_all(connection)
        assert folded(reader) == expected
        reader.folder.rebuild()
        assert folded(reader) == expected
    found = check_record(reader.root, reader.journal, reader.seat, reader.keyring)
    assert found.faults == []
    assert found.content == expected


def test_the_stories_hold_what_they_promise(practice: stage.Practice, tmp_path: Path) -> None:
    """Stories without trouble would prove nothing."""
    queries = {
        "conflicts": "SELECT count(*) FROM statement WHERE conflict = 1",
        "replaced": "SELECT count(*) FROM statement WHERE live = 0",
        "kept apart": "SELECT count(*) FROM apart",
        "never born": "SELECT count(*) FROM replacement WHERE target NOT IN (SELECT id FROM fact)",
        "newer kinds": "SELECT count(*) FROM kind WHERE name = 'prescription.issued'",
        "written twice": "SELECT count(*) FROM again",
        "merged": "SELECT count(*) FROM patient WHERE merged_into <> 0",
        "of nobody": "SELECT count(*) FROM fact JOIN subject s ON s.no = subject WHERE s.id = zeroblob(16)",
    }
    found = dict.fromkeys(queries, 0)
    for seed in list(SEEDS)[:6]:
        story = Story(practice, tmp_path / str(seed), seed)
        reader = story.reader("reader")
        deliver(reader.journal, story.everything())
        reader.catch_up()
        for name, query in queries.items():
            found[name] += int(reader.tables.read().execute(query).fetchone()[0])
    assert all(found.values()), found


def test_ranks_that_rise_after_they_were_folded(practice: stage.Practice, tmp_path: Path) -> None:
    """Théo, whose clock is two hours slow, corrects an identity he knows from Garance; his entry arrives before hers."""
    garance = practice.machine(tmp_path / "garance").open("Garance", clock=Clock(stage.FOUNDED + 86_400_000))
    theo = practice.machine(tmp_path / "théo").open(
        "Théo", clock=Clock(stage.FOUNDED + 86_400_000 - 7_200_000)
    )
    for number in range(3):
        write(garance, fact("patient.identified", {"birth_name": f"Tard{number}", "first_given": "Jean"}))
    deliver(theo.journal, entries(garance.journal))
    write(theo, fact("patient.identified", {"birth_name": "Juste", "first_given": "Jean"}))
    reader = practice.machine(tmp_path / "reader").open("Garance", clock=Clock())
    deliver(reader.journal, entries(theo.journal)[-1:])
    every = {arrived.entry.head.seat: arrived.entry.raw for arrived in theo.journal.since(Stream.CARE)}
    deliver(reader.journal, [every[theo.seat.id]])
    reader.catch_up()
    deliver(reader.journal, [arrived.entry.raw for arrived in garance.journal.since(Stream.CARE)])
    before = reader.journal.reranks
    assert before > 0, "the play is set up so that a rank rises"
    name = "SELECT birth_name FROM patient r JOIN subject s ON s.no = r.subject WHERE s.id = ?"
    assert reader.connection().execute(name, (bytes.fromhex(JEAN_BAPTISTE),)).fetchone()[0] == "Juste"
    expected = folded(reader)
    reader.folder.rebuild()
    assert folded(reader) == expected


def test_ranks_that_rose_in_another_process(practice: stage.Practice, tmp_path: Path) -> None:
    """The same, folded by a process that closes before the rank rises; the next one notices at its start."""
    garance = practice.machine(tmp_path / "garance").open("Garance", clock=Clock(stage.FOUNDED + 86_400_000))
    theo = practice.machine(tmp_path / "théo").open(
        "Théo", clock=Clock(stage.FOUNDED + 86_400_000 - 7_200_000)
    )
    for number in range(3):
        write(garance, fact("patient.identified", {"birth_name": f"Tard{number}", "first_given": "Jean"}))
    deliver(theo.journal, entries(garance.journal))
    write(theo, fact("patient.identified", {"birth_name": "Juste", "first_given": "Jean"}))
    raws = [arrived.entry.raw for arrived in theo.journal.since(Stream.CARE)]
    machine = practice.machine(tmp_path / "reader")
    first, second = machine.open("Garance", clock=Clock()), machine.open("Théo", clock=Clock())
    deliver(first.journal, raws[-1:])
    first.catch_up()
    machine.close()
    deliver(second.journal, raws)  # no read tables of this one are caught up
    third = machine.open("Garance", clock=Clock())
    got = folded(third)
    third.folder.rebuild()
    assert got == folded(third)


def test_the_order_decides_in_which_entry_a_fact_counts(practice: stage.Practice, tmp_path: Path) -> None:
    """One fact id, two entries, and a rank that rises between them afterwards."""
    garance = practice.machine(tmp_path / "garance").open("Garance", clock=Clock(stage.FOUNDED + 86_400_000))
    theo = practice.machine(tmp_path / "théo").open(
        "Théo", clock=Clock(stage.FOUNDED + 86_400_000 - 7_200_000)
    )
    paul = practice.machine(tmp_path / "paul").open(
        "Paul", clock=Clock(stage.FOUNDED + 86_400_000 - 3_600_000)
    )
    write(garance, fact("note.recorded", {"text": "d’abord"}))
    deliver(theo.journal, entries(garance.journal))
    one = FactId("5a" * 16)
    write(theo, fact("note.recorded", {"text": "Théo"}, id=one))
    write(paul, fact("note.recorded", {"text": "Paul"}, id=one))
    raws = {
        arrived.entry.head.seat: arrived.entry.raw
        for journal in (garance.journal, theo.journal, paul.journal)
        for arrived in list(journal.since(Stream.CARE))[-1:]
    }
    answers = set()
    for order in ([0, 1, 2], [1, 2, 0], [2, 1, 0], [1, 0, 2], [2, 0, 1], [0, 2, 1]):
        reader = practice.machine(tmp_path / f"reader {order}").open("Garance", clock=Clock())
        for place in order:
            deliver(reader.journal, [raws[(garance, theo, paul)[place].seat.id]])
            reader.catch_up()
        [label] = reader.connection().execute(
            "SELECT s.label FROM statement s JOIN fact f ON f.no = s.fact WHERE f.id = ?", (bytes.fromhex(one),)
        ).fetchone()  # fmt: skip
        answers.add((label, folded(reader)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == "Paul", (
        "Théo’s clock is slow, but he knew what Garance wrote an hour later"
    )


def test_the_office_is_the_same_in_any_order_too(practice: stage.Practice, tmp_path: Path) -> None:
    story = Story(practice, tmp_path, 1)
    raws = story.everything()
    hashes = set()
    for order in range(3):
        ines = practice.machine(tmp_path / f"inès {order}").open("Inès", clock=Clock())
        for batch in stage.batches(raws, random.Random(order)):
            deliver(ines.journal, batch)
            ines.catch_up()
        hashes.add(folded(ines))
        assert not ines.keyring.can_read(Compartment.MEDICAL)
    assert len(hashes) == 1
