"""What is in doubt, to rows: the only writer of `declared_distinct`, `twin`, `patient_twin`, and the last word on
`statement.conflict`.

All is a function of the set of facts and of what their entries knew: any order of arrival gives the same, and
`refresh` of what a few facts touch the same as `rebuild`.

- Several live versions of one thread are a conflict, unless they say the same, or somebody declared them distinct.
- Two live statements of one chart in two threads are twins when they name one thing (rules.one_thing), differ, and
  either was written without knowing how the other began. What a person saw and wrote beside is no doubt.
- Two records are twins when each was registered without knowing the other and they may be one person: same birth date
  or matricule, and names close enough (patients.duplicates). Older suspicions stay on the page of the identity.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import msgspec

from lanterne.practice.alike import said
from lanterne.practice.conflicts.facts import StatementsDistinct
from lanterne.practice.conflicts.knowing import PLACES, Place, apart
from lanterne.practice.conflicts.rules import TWINNED, differ, key, one_thing
from lanterne.practice.patients import duplicates
from lanterne.practice.patients.duplicates import Traits, birth_dates_to_compare
from lanterne.practice.patients.facts import PatientIdentified
from lanterne.practice.tables import Connection, marks
from lanterne.wire.names import is_id

_decode = msgspec.msgpack.decode

# More statements than anybody declares distinct in one fact.
NAMED_MOST = 50


class _Live(NamedTuple):
    """A live statement."""

    number: int
    id: bytes
    subject: int
    kind: str
    thread: bytes
    code: str
    label: str


_LIVE = """SELECT s.fact, f.id, s.subject, k.name, s.thread, s.code, s.label FROM statement s
    JOIN fact f ON f.no = s.fact JOIN kind k ON k.no = s.kind WHERE s.live = 1"""


def refresh(
    connection: Connection, first: int, next_fact: int, patients: Collection[int], *, late: bool
) -> None:
    """Bring up to date what facts numbered first … next_fact − 1 touch, once they are settled.

    Args:
        patients: local row numbers of subjects whose rows were renewed.
        late: see Heard.late.
    """
    several_hands = _several_hands(connection)
    tied = _touched(connection, first, next_fact)
    for thread in tied:
        _settle_thread(connection, thread)
        if several_hands:
            _twins_of_thread(connection, thread)
    if several_hands:
        _twins_of_new(connection, first, next_fact, tied)
    refresh_patients(connection, patients)
    if late:
        _forget_known(connection)


def rebuild(connection: Connection) -> None:
    """Everything from nothing; `statement.conflict` has been set by counting (settling)."""
    for table in ("declared_distinct", "twin", "patient_twin"):
        connection.execute(f"DELETE FROM {table}")
    for number, body in connection.execute(
        "SELECT f.no, f.body FROM statement s JOIN fact f ON f.no = s.fact"
        " WHERE s.live = 1 AND s.kind = (SELECT no FROM kind WHERE name = ?)",
        (StatementsDistinct.KIND,),
    ).fetchall():
        _declare(connection, number, body)
    for (thread,) in connection.execute(
        "SELECT DISTINCT thread FROM statement WHERE conflict = 1"
    ).fetchall():
        _settle_thread(connection, bytes(thread))
    if not _several_hands(connection):
        return
    _all_twins(connection)
    _all_patient_twins(connection)


def _several_hands(connection: Connection) -> bool:
    """Whether more than one chain is known: one hand knew all that it had written."""
    return bool(connection.execute("SELECT count(*) > 1 FROM chain").fetchone()[0])


# ---------------------------------------------------------------------- versions of one statement


def _touched(connection: Connection, first: int, next_fact: int) -> set[bytes]:
    """Threads that these facts tie or speak of. Most facts do neither, and cost one look."""
    threads: set[bytes] = set()
    rows = connection.execute(
        "SELECT f.id, f.replaces, s.thread, k.name FROM fact f JOIN kind k ON k.no = f.kind"
        " LEFT JOIN statement s ON s.fact = f.no WHERE f.no >= ? AND f.no < ? AND (f.replaces IS NOT NULL"
        " OR k.name = ? OR EXISTS (SELECT 1 FROM replacement r WHERE r.target = f.id))",
        (first, next_fact, StatementsDistinct.KIND),
    ).fetchall()
    for identifier, replaces, thread, kind in rows:
        if thread is not None:
            threads.add(bytes(thread))
        packed = bytes(replaces or b"")
        named = [packed[place : place + 16] for place in range(0, len(packed), 16)]
        threads |= _threads_of(connection, named)
        said_so = [bytes(identifier)] if kind == StatementsDistinct.KIND else _declarations(connection, named)
        for one in said_so:
            threads |= _renew_declared(connection, one)
    # Statements that come after somebody declared them distinct from others.
    named_before = connection.execute(
        "SELECT b.target FROM fact f JOIN declared_distinct a ON a.target = f.id"
        " JOIN declared_distinct b ON b.fact = a.fact WHERE f.no >= ? AND f.no < ?",
        (first, next_fact),
    )
    return threads | _threads_of(connection, [bytes(row[0]) for row in named_before.fetchall()])


def _declarations(connection: Connection, facts: Iterable[bytes]) -> list[bytes]:
    """Of these facts, those that declare statements distinct."""
    query = "SELECT 1 FROM fact f JOIN kind k ON k.no = f.kind WHERE f.id = ? AND k.name = ?"
    return [
        one
        for one in facts
        if connection.execute(query, (one, StatementsDistinct.KIND)).fetchone() is not None
    ]


def _renew_declared(connection: Connection, identifier: bytes) -> set[bytes]:
    """Write a declaration's rows anew; the threads it speaks of."""
    row = connection.execute(
        "SELECT f.no, s.live, f.body FROM fact f JOIN statement s ON s.fact = f.no WHERE f.id = ?",
        (identifier,),
    ).fetchone()
    if row is None:
        return set()
    number, live, body = row
    connection.execute("DELETE FROM declared_distinct WHERE fact = ?", (number,))
    named = _declare(connection, number, body) if live else _named(body)
    return _threads_of(connection, named)


def _declare(connection: Connection, number: int, body: bytes) -> list[bytes]:
    named = _named(body)
    connection.executemany(
        "INSERT OR IGNORE INTO declared_distinct VALUES (?, ?)", [(one, number) for one in named]
    )
    return named


def _named(body: bytes) -> list[bytes]:
    raw = _decode(body)
    named = raw.get("statements") if isinstance(raw, dict) else None
    return [bytes.fromhex(one) for one in named[:NAMED_MOST] if is_id(one)] if isinstance(named, list) else []


def _threads_of(connection: Connection, facts: Iterable[bytes]) -> set[bytes]:
    found = set()
    for one in facts:
        row = connection.execute(
            "SELECT s.thread FROM fact f JOIN statement s ON s.fact = f.no WHERE f.id = ?", (one,)
        ).fetchone()
        if row is not None:
            found.add(bytes(row[0]))
    return found


def _live(connection: Connection, condition: str, values: Sequence[object]) -> list[_Live]:
    rows = connection.execute(f"{_LIVE} {condition} ORDER BY f.id", tuple(values)).fetchall()
    return [
        _Live(int(row[0]), bytes(row[1]), int(row[2]), str(row[3]), bytes(row[4]), str(row[5]), str(row[6]))
        for row in rows
    ]


def _settle_thread(connection: Connection, thread: bytes) -> None:
    """Which live versions of a thread are in doubt with another."""
    live = _live(connection, "AND s.thread = ?", (thread,))
    if not live:
        return
    doubtful: set[int] = set()
    if len(live) > 1:
        bodies = {held.number: _raw(connection, held.number) for held in live}
        words = {held.number: said(held.kind, bodies[held.number]) for held in live}
        for one, other in combinations(live, 2):
            if words[one.number] != words[other.number] and not _told_apart(connection, one, other):
                doubtful |= {one.number, other.number}
    connection.executemany(
        "UPDATE statement SET conflict = ? WHERE fact = ?",
        [(int(held.number in doubtful), held.number) for held in live],
    )


def _raw(connection: Connection, number: int) -> dict[str, Any]:
    raw = _decode(connection.execute("SELECT body FROM fact WHERE no = ?", (number,)).fetchone()[0])
    return raw if isinstance(raw, dict) else {}


# A statement with everything it came from by corrections.
_LINE = """WITH RECURSIVE line(id) AS (
      VALUES (?1) UNION
      SELECT r.target FROM line l JOIN fact f ON f.id = l.id JOIN replacement r ON r.fact = f.no)
    SELECT d.fact, l.id FROM line l JOIN declared_distinct d ON d.target = l.id"""


def _told_apart(connection: Connection, one: _Live, other: _Live) -> bool:
    """Whether somebody declared these two distinct, or what they were corrected from."""
    if connection.execute("SELECT 1 FROM declared_distinct LIMIT 1").fetchone() is None:
        return False
    named: list[dict[int, set[bytes]]] = []
    for held in (one, other):
        of: dict[int, set[bytes]] = defaultdict(set)
        for fact, identifier in connection.execute(_LINE, (held.id,)):
            of[int(fact)].add(bytes(identifier))
        named.append(of)
    # Two corrections of one named statement are not told apart by it.
    return any(named[0][fact] != named[1][fact] for fact in named[0].keys() & named[1].keys())


# ---------------------------------------------------------------------- two statements of one thing


def _twins_of_thread(connection: Connection, thread: bytes) -> None:
    every = [
        (number,)
        for (number,) in connection.execute("SELECT fact FROM statement WHERE thread = ?", (thread,))
    ]
    connection.executemany("DELETE FROM twin WHERE one = ?", every)
    connection.executemany("DELETE FROM twin WHERE other = ?", every)
    for held in _live(connection, f"AND s.thread = ? AND k.name IN ({marks(TWINNED)})", (thread, *TWINNED)):
        _compare(connection, held)


def _twins_of_new(connection: Connection, first: int, next_fact: int, but: Collection[bytes]) -> None:
    """Twins of statements that come now and are tied to none: nothing is known of them yet."""
    rows = connection.execute(
        "SELECT s.fact, s.subject, k.name, s.thread, s.code, s.label FROM statement s"
        " CROSS JOIN kind k ON k.no = s.kind"
        f" WHERE s.fact >= ? AND s.fact < ? AND s.live = 1 AND k.name IN ({marks(TWINNED)})",
        (first, next_fact, *TWINNED),
    ).fetchall()
    for number, subject, kind, thread, code, label in rows:
        if bytes(thread) not in but:
            _compare(connection, _Live(number, bytes(thread), subject, kind, bytes(thread), code, label))


def _compare(connection: Connection, held: _Live) -> None:
    """Look for twins of a live statement among those of its chart and kind: most name another thing."""
    rows = connection.execute(
        "SELECT fact, thread, code, label FROM statement WHERE subject = ?"
        " AND kind = (SELECT no FROM kind WHERE name = ?) AND live = 1",
        (held.subject, held.kind),
    ).fetchall()
    for number, thread, code, label in rows:
        if bytes(thread) != held.thread and one_thing(held.kind, (held.code, held.label), (code, label)):
            other = _Live(number, b"", held.subject, held.kind, bytes(thread), code, label)
            _twin(connection, held, _with_id(connection, other))


def _all_twins(connection: Connection) -> None:
    several: dict[tuple[int, str], list[_Live]] = {}
    for kind in TWINNED:
        # Most things are said once in a chart: no list is made for them.
        once: dict[tuple[int, str], _Live] = {}
        rows = connection.execute(
            "SELECT s.fact, s.subject, s.thread, s.code, s.label FROM statement s"
            " WHERE s.live = 1 AND s.kind = (SELECT no FROM kind WHERE name = ?)",
            (kind,),
        )
        for number, subject, thread, code, label in rows:
            found = _Live(number, b"", subject, kind, bytes(thread), code, label)
            for word in {f"c {code}" if code else "", f"l {key(kind, label)}"} - {"", "l "}:
                first = once.setdefault((subject, word), found)
                if first is not found:
                    several.setdefault((subject, f"{kind} {word}"), [first]).append(found)
    for bucket in several.values():
        for one, other in combinations(bucket, 2):
            if one.thread != other.thread:
                _twin(connection, _with_id(connection, one), _with_id(connection, other))


def _with_id(connection: Connection, held: _Live) -> _Live:
    row = connection.execute("SELECT id FROM fact WHERE no = ?", (held.number,)).fetchone()
    return held._replace(id=bytes(row[0]))


def _twin(connection: Connection, one: _Live, other: _Live) -> None:
    if not one_thing(one.kind, (one.code, one.label), (other.code, other.label)):
        return
    if not _written_apart(connection, one, other):
        return
    if differ(one.kind, _raw(connection, one.number), _raw(connection, other.number)) and not _told_apart(
        connection, one, other
    ):
        pair = sorted((one.number, other.number))
        connection.execute("INSERT OR IGNORE INTO twin VALUES (?, ?)", pair)


def _written_apart(connection: Connection, one: _Live, other: _Live) -> bool:
    """Whether either was written, or began, without knowing how the other began."""
    here, there = _place(connection, one.number), _place(connection, other.number)
    began, also = _beginnings(connection, one.thread), _beginnings(connection, other.thread)
    pairs = [
        *((first, second) for first in began for second in also),
        *((here, second) for second in also),
        *((first, there) for first in began),
    ]
    return any(first[0] != second[0] and apart(connection, first, second) for first, second in set(pairs))


def _place(connection: Connection, number: int) -> Place:
    row = connection.execute(f"{PLACES} WHERE f.no = ?", (number,)).fetchone()
    return int(row[1]), int(row[2])


def _beginnings(connection: Connection, thread: bytes) -> list[Place]:
    rows = connection.execute(
        f"{PLACES} JOIN statement s ON s.fact = f.no WHERE s.thread = ? AND f.replaces IS NULL", (thread,)
    ).fetchall()
    return [(int(row[1]), int(row[2])) for row in rows]


# ---------------------------------------------------------------------- two records of one person


_TRAITS = """SELECT subject, birth_name, first_given, used_name, used_given, given_names, sex, birth_date,
    birth_place_code, ins, ins_oid FROM patient"""


def refresh_patients(connection: Connection, patients: Collection[int]) -> None:
    """Look again for doubles of these records."""
    if not _several_hands(connection):
        return
    for subject in patients:
        connection.execute("DELETE FROM patient_twin WHERE one = ?", (subject,))
        connection.execute("DELETE FROM patient_twin WHERE other = ?", (subject,))
        row = connection.execute(f"{_TRAITS} WHERE subject = ?", (subject,)).fetchone()
        if row is None:
            continue
        traits = Traits(*row[1:])
        registered = _registered(connection, subject)
        found: dict[int, Traits] = {}
        for day in birth_dates_to_compare(traits.birth_date):
            rows = connection.execute(f"{_TRAITS} WHERE birth_date = ? AND birth_date <> ''", (day,))
            found.update((int(other[0]), Traits(*other[1:])) for other in rows)
        if traits.ins:
            rows = connection.execute(f"{_TRAITS} WHERE ins = ? AND ins <> ''", (traits.ins,))
            found.update((int(other[0]), Traits(*other[1:])) for other in rows)
        found.pop(subject, None)
        for other, beside in found.items():
            _patient_twin(connection, (subject, traits, registered), (other, beside, None))


def _patient_twin(
    connection: Connection,
    one: tuple[int, Traits, list[Place] | None],
    other: tuple[int, Traits, list[Place] | None],
) -> None:
    places = [
        _registered(connection, number) if held is None else held for number, _traits, held in (one, other)
    ]
    if any(first[0] == second[0] for first in places[0] for second in places[1]):
        return
    if not any(apart(connection, first, second) for first in places[0] for second in places[1]):
        return
    if duplicates.suspect(one[1], other[1]) is not None:
        connection.execute("INSERT OR IGNORE INTO patient_twin VALUES (?, ?)", sorted((one[0], other[0])))


def _registered(connection: Connection, subject: int) -> list[Place]:
    """Where a record began: its identities that correct none."""
    rows = connection.execute(
        f"{PLACES} WHERE f.subject = ? AND f.kind = (SELECT no FROM kind WHERE name = ?) AND f.replaces IS NULL",
        (subject, PatientIdentified.KIND),
    ).fetchall()
    return [(int(row[1]), int(row[2])) for row in rows]


def _all_patient_twins(connection: Connection) -> None:
    registered: dict[int, list[Place]] = defaultdict(list)
    for subject, chain, seq in connection.execute(
        "SELECT f.subject, c.no, e.seq FROM fact f JOIN entry e ON e.no = f.entry"
        " JOIN chain c ON c.seat = e.seat AND c.incarnation = e.incarnation"
        " WHERE f.kind = (SELECT no FROM kind WHERE name = ?) AND f.replaces IS NULL",
        (PatientIdentified.KIND,),
    ):
        registered[subject].append((chain, seq))
    if len({place[0] for places in registered.values() for place in places}) < 2:
        return
    filed: dict[str, list[tuple[int, Traits]]] = defaultdict(list)
    for row in connection.execute(_TRAITS):
        traits = Traits(*row[1:])
        born = traits.birth_date
        if born:
            filed[min(birth_dates_to_compare(born))].append((int(row[0]), traits))
        if traits.ins:
            filed[traits.ins].append((int(row[0]), traits))
    for bucket in filed.values():
        for (one, traits), (other, beside) in combinations(bucket, 2):
            _patient_twin(
                connection, (one, traits, registered.get(one, [])), (other, beside, registered.get(other, []))
            )


# ---------------------------------------------------------------------- what was known after all


def _forget_known(connection: Connection) -> None:
    """An entry came after a later one of its chain, and says what that one knew: knowing only grows, so pairs can
    only be known after all.
    """
    for one, other in connection.execute("SELECT one, other FROM twin").fetchall():
        pair = _live(connection, "AND s.fact IN (?, ?)", (one, other))
        if len(pair) == 2 and not _written_apart(connection, *pair):
            connection.execute("DELETE FROM twin WHERE one = ? AND other = ?", (one, other))
    for one, other in connection.execute("SELECT one, other FROM patient_twin").fetchall():
        places = _registered(connection, one), _registered(connection, other)
        if not any(apart(connection, first, second) for first in places[0] for second in places[1]):
            connection.execute("DELETE FROM patient_twin WHERE one = ? AND other = ?", (one, other))
