"""The fictional practice as a stream of events, in the order of time.

Law: same seed, same day, same practice; patient n is the same whatever the number asked for. Nothing reads a clock.

    for event in generate(seed=1, patients=150, today=date(2026, 11, 22), persons=ids): …

A whole practice in the order of time must be held to be sorted. So the stream goes cohort by cohort: the events of
COHORT patients are held, sorted and given, then the next. Up to COHORT patients (the demo and the 1,500 of the
benches) the order of time is that of the whole practice; beyond, it holds within a cohort.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from operator import attrgetter

from lanterne.demo import cast, households, padding, team
from lanterne.demo.events import AUTHORS, Author, DemoEvent, digest, working_day
from lanterne.demo.households import HISTORY_DAYS, Person
from lanterne.demo.identity import Matricules
from lanterne.demo.life import Life
from lanterne.demo.pen import Pen
from lanterne.wire.names import PersonId

COHORT = 1_500
RECENT_EVERY = 12
"""One patient in twelve of the first 150 has a visit in the last week."""
PDF_EVERY = 14
SHOWN = 150


def person_ids(seed: int) -> dict[Author, PersonId]:
    """Ids for the three of the practice, when the caller has none."""
    return {author: PersonId(digest("person", seed, author)) for author in AUTHORS}


def first_day(today: date) -> date:
    """The day the practice begins to write."""
    return working_day(today - timedelta(days=HISTORY_DAYS))


def generate(
    *,
    seed: int,
    patients: int = 150,
    today: date,
    persons: Mapping[Author, PersonId] | None = None,
    facts_per_patient: int | None = None,
    cohort: int = COHORT,
) -> Iterator[DemoEvent]:
    """Yield the events of the practice, in the order of time within each cohort.

    Args:
        seed: what everything is drawn from.
        patients: how many records, those of the cast first (duplicates count).
        today: the day after the last event can be; ages and "last week" refer to it.
        persons: membership ids of the three authors; drawn from the seed when absent.
        facts_per_patient: for benches: each patient has exactly that many facts, shortened or padded with measures
        and
            results. M. Baptiste keeps his two thousand.
        cohort: how many patients are held and sorted together.

    Raises:
        ValueError: `patients` is negative, or `facts_per_patient` or `cohort` is not positive.
    """
    if patients < 0 or cohort < 1 or (facts_per_patient is not None and facts_per_patient < 1):
        raise ValueError("patients, cohort and facts_per_patient must be positive")
    ids = persons if persons is not None else person_ids(seed)
    yield from team.describe(seed, ids, first_day(today))
    held: list[DemoEvent] = []
    count = 0
    for rank, events in enumerate(_charts(seed, patients, today, ids, facts_per_patient)):
        events.sort(key=attrgetter("when"))
        if facts_per_patient is not None and rank > 0:
            held += padding.exactly(events, facts_per_patient, seed=seed, today=today)
        else:
            held += events
        count += 1
        if count == cohort:
            held.sort(key=attrgetter("when"))
            yield from held
            held, count = [], 0
    held.sort(key=attrgetter("when"))
    yield from held


def _charts(
    seed: int, patients: int, today: date, ids: Mapping[Author, PersonId], enough: int | None
) -> Iterator[list[DemoEvent]]:
    numbers = Matricules()
    stage = cast.Stage(seed, today, ids, numbers)
    for rank in range(min(patients, len(cast.CASES))):
        yield cast.tell(stage, rank)
    rank = len(cast.CASES)
    household = 0
    while rank < patients:
        members = households.draw(seed, household, today)
        household += 1
        for person in members[: patients - rank]:
            yield _chart(seed, person, members, today, ids, numbers, rank, enough)
            rank += 1


def _chart(
    seed: int,
    person: Person,
    members: list[Person],
    today: date,
    ids: Mapping[Author, PersonId],
    numbers: Matricules,
    rank: int,
    enough: int | None,
) -> list[DemoEvent]:
    pen = Pen(seed, person, today)
    pen.pdfs = 1 if rank < SHOWN and rank % PDF_EVERY == 0 else 0
    children = [other for other in members if other.mother is person]
    Life(pen, children).tell(ids, numbers, recent=rank < SHOWN and rank % RECENT_EVERY == 0, enough=enough)
    return pen.scribe.events
