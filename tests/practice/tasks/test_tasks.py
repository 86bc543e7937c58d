"""Tasks, calls, messages and recalls: what is refused, whose it is, what two devices say at once, and nothing falls
between two.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from lanterne.practice.errors import Refusal, UnknownFact, UnknownPatient
from lanterne.practice.patients import queries as patients
from lanterne.practice.patients.tying import MergePatients
from lanterne.practice.reading import OpenTasks, Traces, open_tasks
from lanterne.practice.record import Record
from lanterne.practice.recording import record
from lanterne.practice.tasks import queries
from lanterne.practice.tasks.commands import (
    AmendTask,
    Assign,
    Attempt,
    Complete,
    CreateTask,
    Postpone,
    Reopen,
    next_pieces,
)
from lanterne.practice.tasks.facts import TaskAmended, TaskCreated
from lanterne.practice.tasks.folding import rebuild
from lanterne.practice.tasks.queries import Item
from lanterne.practice.tasks.rules import after
from lanterne.practice.team import accesses
from lanterne.practice.team import queries as team
from lanterne.wire.names import FactId, PatientId, PersonId
from tests.cast import JEAN_BAPTISTE
from tests.practice import stage
from tests.practice.stage import MADELEINE, Clock, deliver, entries, fact, nothing_written, write

# The stage's clock: 2 January 2026.
TODAY = date(2026, 1, 2)
ALWAYS = date(2099, 12, 31)


def person(held: Record, name: str = "Morel") -> PersonId:
    held.catch_up()
    return next(one.id for one in team.persons(held.tables.read()) if name in one.display_name)


def task(held: Record, description: str = "Rappeler", **more: Any) -> TaskCreated:
    if "owner" not in more and "role" not in more:
        more["owner"] = person(held)
    fields = {"code": "task", "due": TODAY.isoformat(), "patient": JEAN_BAPTISTE, **more}
    return TaskCreated(description=description, **fields)


def make(held: Record, description: str = "Rappeler", *, detail: str = "", **more: Any) -> FactId:
    return record(held, CreateTask(task(held, description, **more), detail)).facts[0]


def look(held: Record) -> tuple[OpenTasks, queries.Staff]:
    tasks = open_tasks(held, Traces())
    return tasks, queries.staff(held, TODAY)


def one(held: Record, identifier: FactId) -> Item:
    return queries.one(*look(held), identifier)


def listed(held: Record, who: str = "", until: date = ALWAYS) -> list[str]:
    """What is on a person's list, "" for everybody's."""
    tasks, here = look(held)
    found = next((each for each in team.persons(tasks.connection) if who and who in each.display_name), None)
    owners = here.mine(found.id, found.role) if found else None
    return [item.body.description for item in queries.listed(tasks, here, owners, last=until).items]


def complete(held: Record, identifier: FactId, **more: Any) -> FactId:
    drawn = FactId(held.naming.identifier(*next_pieces(one(held, identifier).task)))
    return record(held, Complete(identifier, next_id=drawn, **more)).facts[0]


def exchange(*held: Record) -> None:
    raws = entries(*(each.journal for each in held))
    for each in held:
        deliver(each.journal, raws)
        each.catch_up()


def two(practice: stage.Practice, place: Path, other: str = "Inès") -> tuple[Record, Record]:
    return practice.machine(place / "one").open("Garance"), practice.machine(place / "other").open(other)


def test_each_is_on_the_list_of_whose_it_is_most_overdue_first(garance: Record) -> None:
    theo = person(garance, "Lambert")
    make(garance, "aujourd’hui")
    make(garance, "en retard", due="2025-12-20")
    make(garance, "urgent", priority="urgent")
    make(garance, "plus tard", due="2026-02-01")
    make(garance, "de Théo", owner=theo)
    make(garance, "des médecins", role="doctor")
    make(garance, "du secrétariat", role="secretary")
    mine = ["en retard", "urgent", "aujourd’hui", "des médecins"]
    assert listed(garance, "Morel", TODAY) == mine
    assert listed(garance, "Morel") == [*mine, "plus tard"]
    assert listed(garance, "Lambert") == ["de Théo", "des médecins"]  # a locum does what the doctor would
    assert listed(garance, "Inès") == ["du secrétariat"]
    assert len(listed(garance)) == 7
    tasks, here = look(garance)
    names = here.mine(person(garance), "doctor")
    assert queries.count(tasks.connection, here, names, TODAY) == len(mine)
    assert queries.counts(tasks.connection, here, TODAY) == (
        {f"p:{person(garance)}": 3, f"p:{theo}": 1, "r:doctor": 1, "r:secretary": 1},
        0,
    )
    tomorrow = TODAY + timedelta(days=1)
    assert [item.body.description for item in queries.listed(tasks, here, names, tomorrow).items] == [
        "plus tard"
    ]
    # A long list is cut, and says how long it is; of one day the urgent come first all the same.
    cut = queries.listed(tasks, here, names, most=2)
    assert ([item.body.description for item in cut.items], cut.total) == ([*mine[:2]], 5)


def test_a_message_is_of_the_office_and_what_was_said_of_medicine_is_not(
    machine: stage.Machine, garance: Record
) -> None:
    ines = machine.open("Inès")
    message = make(
        ines, "demande à être rappelée", code="message", caller="Mme Rivière", phone="06 39 98 00 01",
        patient=MADELEINE, owner=person(ines), detail="douleur dans la poitrine depuis ce matin",
    )  # fmt: skip
    hers = one(ines, message)
    assert (hers.body.caller, hers.body.phone, hers.details) == ("Mme Rivière", "06 39 98 00 01", ())
    assert [said.text for said in one(garance, message).details] == [
        "douleur dans la poitrine depuis ce matin"
    ]
    office = ines.tables.read().execute("SELECT body FROM fact").fetchall()
    assert not [row for row in office if b"poitrine" in bytes(row[0])]
    record(ines, Attempt(message, "voicemail", "rappellera ce soir"))
    (attempt,) = one(garance, message).attempts
    assert (attempt.word, attempt.text) == ("voicemail", "rappellera ce soir")
    assert listed(garance, "Morel") == ["demande à être rappelée"]
    complete(garance, message, outcome="called")
    assert listed(ines, "Morel") == []
    tasks, here = look(ines)
    assert [item.task for item in queries.ended(tasks, here, None, TODAY, 10)] == [message]


def test_looking_at_the_list_is_traced_for_who_reads_charts(machine: stage.Machine, garance: Record) -> None:
    before = stage.counted(garance.journal)["TRACE"]
    traces = Traces()
    open_tasks(garance, traces)
    open_tasks(garance, traces)
    assert stage.counted(garance.journal)["TRACE"] == before + 1
    ines = machine.open("Inès")
    with nothing_written(ines):
        open_tasks(ines, Traces())


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"description": "  "}, "tasks_empty"),
        ({"description": "x" * 201}, "tasks_text_long"),
        ({"caller": "x" * 201}, "tasks_text_long"),
        ({"phone": "0" * 51}, "tasks_text_long"),
        ({"code": "sieste"}, "tasks_code"),
        ({"priority": "hier"}, "tasks_priority"),
        ({"due": "2026-02-30"}, "tasks_due"),
        ({"due": "2026-02"}, "tasks_due"),
        ({"due": "1926-02-01"}, "tasks_due"),
        ({"owner": "", "role": ""}, "tasks_nobody"),
        ({"owner": "ab" * 16}, "tasks_owner"),
        ({"role": "secretary"}, "tasks_two_owners"),
        ({"owner": "", "role": "patronne"}, "tasks_role"),
        ({"code": "recall", "patient": ""}, "tasks_patient"),
        ({"every": "P3M"}, "tasks_every"),
        ({"code": "recall", "every": "P3H"}, "tasks_interval"),
        ({"code": "recall", "every": "P11Y"}, "tasks_interval"),
        ({"code": "recall", "every": "P9999D"}, "tasks_interval"),
        ({"interval": "P2W", "counted_from": "2026-01-02"}, "tasks_interval"),
        ({"interval": "P2W"}, "tasks_interval"),
    ],
)
def test_what_is_no_task_is_refused(garance: Record, changed: dict[str, str], code: str) -> None:
    right = task(garance)
    wrong = TaskCreated(**{**{name: getattr(right, name) for name in right.__struct_fields__}, **changed})
    with nothing_written(garance), pytest.raises(Refusal, match=code):
        record(garance, CreateTask(wrong))
    record(garance, CreateTask(right))


def test_a_long_detail_and_a_patient_of_nowhere_are_refused(garance: Record) -> None:
    with nothing_written(garance), pytest.raises(Refusal, match="tasks_text_long"):
        make(garance, detail="x" * 20_001)
    with nothing_written(garance), pytest.raises(UnknownPatient):
        make(garance, patient="cd" * 16)
    with nothing_written(garance), pytest.raises(UnknownFact):
        record(garance, Complete(FactId("cd" * 16)))
    with nothing_written(garance), pytest.raises(UnknownFact):
        record(garance, Postpone(FactId("x"), "2026-02-01"))


def test_the_same_form_twice_makes_one(garance: Record) -> None:
    command = CreateTask(task(garance), id=FactId("ab" * 16))
    first = record(garance, command)
    with nothing_written(garance):
        assert record(garance, command) == first


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-01-02", "P2W", "2026-01-16"),
        ("2026-01-02", "P10D", "2026-01-12"),
        ("2026-08-31", "P6M", "2027-02-28"),
        ("2027-08-31", "P6M", "2028-02-29"),
        ("2024-02-29", "P1Y", "2025-02-28"),
        ("2026-12-15", "P1M", "2027-01-15"),
        ("2026-01-02", "P10Y", "2036-01-02"),
    ],
)
def test_a_delay_is_reckoned_as_people_do(start: str, duration: str, end: str) -> None:
    assert after(date.fromisoformat(start), duration).isoformat() == end


def test_put_off_and_taken_by_somebody_else(garance: Record) -> None:
    made = make(garance, "ordonnance")
    record(garance, Postpone(made, "2026-01-20", "le médecin est absent"))
    assert (one(garance, made).due, one(garance, made).postponed) == ("2026-01-20", True)
    record(garance, Postpone(made, "2026-01-09"))
    assert one(garance, made).due == "2026-01-09"
    with nothing_written(garance), pytest.raises(Refusal, match="tasks_due"):
        record(garance, Postpone(made, "demain"))
    record(garance, Assign(made, owner=person(garance, "Lambert")))
    assert (listed(garance, "Morel"), listed(garance, "Lambert")) == ([], ["ordonnance"])
    # A form shown before that is refused: somebody has it now.
    with nothing_written(garance), pytest.raises(Refusal, match="tasks_assigned"):
        record(garance, Assign(made, role="secretary"))
    record(garance, Assign(made, role="secretary", shown=one(garance, made).assigned))
    assert (listed(garance, "Lambert"), listed(garance, "Inès")) == ([], ["ordonnance"])
    shown = one(garance, made).assigned
    with nothing_written(garance), pytest.raises(Refusal, match="tasks_nobody"):
        record(garance, Assign(made, shown=shown))


def test_other_words_another_patient_and_whose_it_is_stays(garance: Record) -> None:
    made = make(garance, "raplr", detail="vu en ville")
    record(garance, Postpone(made, "2026-01-09"))
    shown = one(garance, made)
    words = TaskAmended(
        code="call", description="rappeler", due="2000-01-01", patient=MADELEINE, phone="3949"
    )
    record(garance, AmendTask(shown.versions, words, "et le soir"))
    now = one(garance, made)
    assert (now.body.description, now.patient, now.due, now.owners) == (
        "rappeler",
        MADELEINE,
        "2026-01-09",
        shown.owners,
    )
    assert [said.text for said in now.details] == ["vu en ville", "et le soir"]
    with nothing_written(garance), pytest.raises(Refusal, match="tasks_changed"):
        record(garance, AmendTask(shown.versions, words))
    assert one(garance, now.versions[0]) == now  # by any of its versions


def test_done_once_and_taken_back(garance: Record) -> None:
    made = make(garance)
    with nothing_written(garance), pytest.raises(Refusal, match="tasks_open"):
        record(garance, Reopen(made))
    complete(garance, made, comment="c’est fait")
    for again in (Complete(made), Postpone(made, "2026-02-01"), Attempt(made), Assign(made, role="nurse")):
        with nothing_written(garance), pytest.raises(Refusal, match="tasks_done"):
            record(garance, again)
    assert [(said.word, said.text) for said in one(garance, made).done] == [("done", "c’est fait")]
    record(garance, Reopen(made))
    with nothing_written(garance), pytest.raises(Refusal, match="tasks_outcome"):
        record(garance, Complete(made, "mangé"))
    assert one(garance, made).done == ()
    complete(garance, made, outcome="unneeded")
    assert [said.word for said in one(garance, made).done] == ["unneeded"]


def test_a_recall_that_comes_again_makes_the_next_from_the_day_it_was_done(garance: Record) -> None:
    made = make(garance, "INR", code="recall", every="P2W", due="2025-12-28", detail="sous AVK")
    record(garance, Assign(made, role="nurse"))
    complete(garance, made)
    assert listed(garance, "Paul") == ["INR"]
    tasks, here = look(garance)
    (again,) = queries.listed(tasks, here, None).items
    assert (again.due, again.owners, again.body.follows, again.body.every) == (
        "2026-01-16",
        ("r:nurse",),
        made,
        "P2W",
    )
    # Taken back: the next goes with it, and comes back with its day when it is done after all.
    record(garance, Reopen(made))
    assert [item.task for item in queries.listed(tasks, here, None).items] == [made]
    garance.clock_ms = Clock(stage.FOUNDED + 5 * 86_400_000)
    complete(garance, made)
    (back,) = queries.listed(open_tasks(garance, Traces()), here, None).items
    assert (back.task, back.due) == (again.task, "2026-01-20")
    complete(garance, back.task, outcome="unneeded")  # that one ends it
    assert listed(garance) == []


def test_one_whose_person_is_gone_is_on_everybodys_list(practice: stage.Practice, tmp_path: Path) -> None:
    machine = practice.machine(tmp_path / "one")
    garance = machine.open("Garance")
    make(garance, "de Paul", owner=person(garance, "Roche"))
    make(garance, "des infirmiers", role="nurse")
    make(garance, "des sages-femmes", role="midwife")  # nobody is one here
    assert listed(garance, "Morel") == ["des sages-femmes"]
    ines = machine.open("Inès")
    assert listed(ines, "Inès") == ["des sages-femmes"]
    seat = machine.seats["Paul"].id
    accesses.withdraw(garance, seat)
    assert (
        listed(garance, "Morel") == listed(ines, "Inès") == ["de Paul", "des infirmiers", "des sages-femmes"]
    )
    tasks, here = look(garance)
    assert [item.orphan for item in queries.orphans(tasks, here).items] == [True] * 3
    assert queries.count(tasks.connection, here, here.mine(person(garance), "doctor"), TODAY) == 3
    assert queries.counts(tasks.connection, here, TODAY)[1] == 3
    taken = queries.orphans(tasks, here).items[0]
    record(garance, Assign(taken.task, owner=person(garance)))
    assert listed(ines, "Inès") == ["des infirmiers", "des sages-femmes"]


def test_a_locum_whose_term_is_over_leaves_nothing_behind(machine: stage.Machine) -> None:
    garance = machine.open("Garance", clock=Clock(stage.FOUNDED + 86_400_000))
    make(garance, "de Théo", owner=person(garance, "Lambert"))
    assert listed(garance, "Inès") == []
    accesses.person_leaves(garance, person(garance, "Lambert"))
    tasks, _here = look(garance)
    later = queries.staff(garance, date(2026, 1, 4))
    assert [item.body.description for item in queries.orphans(tasks, later).items] == ["de Théo"]


def test_two_devices_complete_one_and_two_give_it_to_two(practice: stage.Practice, tmp_path: Path) -> None:
    garance, ines = two(practice, tmp_path)
    made = make(garance, "INR", code="recall", every="P1M")
    call = make(garance, "rappeler", code="call")
    exchange(garance, ines)
    for held, who in ((garance, "Lambert"), (ines, "Roche")):
        complete(held, made)
        record(held, Assign(call, owner=person(held, who)))
        record(held, Postpone(call, "2026-01-20" if who == "Roche" else "2026-01-10"))
    exchange(garance, ines)
    for held in (garance, ines):
        tasks, here = look(held)
        assert len(one(held, made).done) == 2
        found = queries.listed(tasks, here, None).items
        assert [item.body.description for item in found] == ["rappeler", "INR"]  # and one next, not two
        assert len(found[0].owners) == 2
        assert found[0].due == "2026-01-10"
        assert listed(held, "Lambert") == listed(held, "Paul") == ["rappeler"]
    shown = one(garance, call)
    with pytest.raises(Refusal, match="tasks_assigned"):
        record(garance, Assign(call, owner=person(garance, "Lambert"), shown=shown.assigned[:1]))
    record(garance, Assign(call, owner=person(garance, "Lambert"), shown=shown.assigned))
    record(garance, Reopen(made))
    exchange(garance, ines)
    assert one(ines, call).owners == (f"p:{person(ines, 'Lambert')}",)
    assert len(listed(ines)) == 2
    assert one(ines, made).done == ()


def test_words_changed_on_two_devices_are_both_shown_until_one_is_written(
    practice: stage.Practice, tmp_path: Path
) -> None:
    garance, ines = two(practice, tmp_path)
    made = make(garance, "raplr")
    exchange(garance, ines)
    for held, words in ((garance, "rappeler avant midi"), (ines, "rappeler le soir")):
        amended = TaskAmended(code="call", description=words, due="", patient=JEAN_BAPTISTE)
        record(held, AmendTask(one(held, made).versions, amended))
    exchange(garance, ines)
    both = {"rappeler avant midi", "rappeler le soir"}
    for held in (garance, ines):
        item = one(held, made)
        assert {body.description for body in (item.body, *item.others)} == both
        assert len(listed(held)) == 1
    assert one(garance, made) == one(ines, made)
    amended = TaskAmended(code="call", description="rappeler", due="", patient=JEAN_BAPTISTE)
    record(ines, AmendTask(one(ines, made).versions, amended))
    exchange(garance, ines)
    assert (one(garance, made).body.description, one(garance, made).others) == ("rappeler", ())


def test_a_chart_and_what_it_comes_from(garance: Record) -> None:
    source = record_allergy(garance)
    made = make(garance, "appeler", code="call", focus=source)
    make(garance, "autre", patient=MADELEINE)
    tasks, here = look(garance)
    chart = stage.chart(garance)
    assert [item.task for item in queries.of_chart(chart, here)] == [made]
    (found,) = queries.of_sources(tasks.connection).values()
    assert found == [("call", (f"p:{person(garance)}",))]
    connection = garance.tables.read()
    both = [patients.identity(connection, PatientId(who)) for who in (JEAN_BAPTISTE, MADELEINE)]
    assert both[0]
    assert both[1]
    record(garance, MergePatients(JEAN_BAPTISTE, MADELEINE, both[0].fact, both[1].fact))
    assert len(queries.of_chart(stage.chart(garance), here)) == 2  # of the records brought into one
    complete(garance, made)
    assert queries.of_sources(garance.tables.read()) == {}


def record_allergy(held: Record) -> str:
    return write(held, fact("allergy.recorded", {"substance": "Latex"}))[0]


def test_what_another_program_wrote_never_breaks_a_page(garance: Record) -> None:
    bodies: list[dict[str, object]] = [
        {},
        {"code": "danse", "description": "à venir", "due": "2026-01-02"},
        {"code": 7, "description": ["x"], "due": {"at": 1}, "owner": 3, "role": [1], "patient": 7},
        {"description": "sans jour", "due": "bientôt", "owner": person(garance), "follows": "x"},
    ]
    for body in bodies:
        write(garance, fact("task.created", body), patient=None)
    write(garance, fact("task.created", {**bodies[1], "follows": "ab" * 16}, id="ab" * 16), patient=None)
    made = make(garance)
    for kind in ("task.assigned", "task.postponed", "call.attempted"):
        for named in (made, 7, "x" * 32, "ab" * 16):
            write(garance, fact(kind, {"task": named, "owner": 4, "due": [], "outcome": {}}), patient=None)
    write(garance, fact("task.detailed", {"task": made, "text": 8}), patient=None)
    # Sealed for a chart, it says nothing of the practice.
    write(garance, fact("task.completed", {"task": made}), patient=JEAN_BAPTISTE)
    tasks, here = look(garance)
    found = queries.listed(tasks, here, None).items
    assert len(found) == len(bodies) + 2  # one that follows itself is not lost
    assert one(garance, made).done == ()
    for item in found:
        assert one(garance, item.task) == item
    folded = rows(garance)
    with garance.tables.transaction() as connection:
        rebuild(connection)
    assert rows(garance) == folded


def rows(held: Record) -> dict[str, list[tuple[object, ...]]]:
    """The tables of the tasks by ids, as two devices can compare them."""
    connection = held.tables.read()
    return {
        "task": connection.execute(
            "SELECT f.id, t.thread, t.patient, t.due, t.ended, t.focus FROM task t JOIN fact f ON f.no = t.fact"
            " ORDER BY f.id"
        ).fetchall(),
        "owner": connection.execute(
            "SELECT f.id, o.due, o.owner FROM task_owner o JOIN fact f ON f.no = o.task ORDER BY 1, 2, 3"
        ).fetchall(),
        "word": connection.execute(
            "SELECT w.target, f.id FROM task_word w JOIN fact f ON f.no = w.fact ORDER BY 1, 2"
        ).fetchall(),
    }


@pytest.mark.parametrize("seed", range(4))
def test_any_order_gives_the_same_lists(practice: stage.Practice, tmp_path: Path, seed: int) -> None:
    """Three devices say everything that can be said of tasks without hearing each other; delivered in any order."""
    dice = random.Random(f"tasks/{seed}")
    clock = Clock(stage.FOUNDED + 86_400_000)
    writers = [practice.machine(tmp_path / who).open(who, clock=clock) for who in ("Garance", "Inès", "Théo")]
    people = [person(writers[0]), person(writers[0], "Lambert")]
    known: list[str] = []
    for _step in range(70):
        held = dice.choice(writers)
        told = dice.sample(known, k=min(len(known), dice.choice((1, 1, 2))))
        named = dice.choice(known) if known and dice.random() < 0.9 else f"{dice.getrandbits(128):032x}"
        body: dict[str, object] = {
            "code": dice.choice(("task", "recall")),
            "description": f"w{dice.randrange(3)}",
            "due": f"2026-01-{dice.randrange(1, 28):02}",
            "owner": dice.choice(people),
            "patient": dice.choice((JEAN_BAPTISTE, MADELEINE, "")),
        }
        again = dice.choice(known) if known and dice.random() < 0.1 else ""
        match dice.randrange(9):
            case 0 | 1:
                said = fact("task.created", body, id=again)
            case 2:
                said = fact("task.created", {**body, "follows": named}, id=again)
            case 3:
                said = fact("task.amended", body, id=again, replaces=told)
            case 4:
                said = fact("task.assigned", {"task": named, "owner": dice.choice(people)}, replaces=told)
            case 5:
                said = fact("task.postponed", {"task": named, "due": body["due"]}, replaces=told)
            case 6:
                said = fact("task.completed", {"task": named}, replaces=told if dice.random() < 0.2 else ())
            case 7:
                said = fact("task.reopened", {"task": named}, replaces=told)
            case _:
                said = fact("task.detailed", {"task": named, "text": "x"})
        write(held, said, patient=None)
        known.append(said.id)
    raws = entries(*(held.journal for held in writers))
    expected: dict[str, list[tuple[object, ...]]] = {}
    for number in range(4):
        bare = practice.machine(tmp_path / f"bare{number}").open("Garance", clock=clock)
        for batch in stage.batches(raws, dice):
            deliver(bare.journal, batch)
            if dice.random() < 0.5:
                bare.catch_up()
        bare.catch_up()
        expected = expected or rows(bare)
        assert len(expected["task"]) > 3
        assert rows(bare) == expected
        bare.folder.rebuild()
        assert rows(bare) == expected
