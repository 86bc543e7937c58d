"""Task facts to rows: the only writer of `task`, `task_owner` and `task_word`.

The rows are a function of `statement`, `replacement` and `fact` alone: any order of arrival gives the same, and
`refresh` of what a few facts touch the same as `rebuild`. Called in the folder's transaction, once `statement` is
settled. What is said of a task names the id of any of its versions.

- Done on one device is done, whatever else was written; done twice is done once.
- For whom: the assignments that stand, all of them; without any, as it was written.
- By when: the earliest day of the postponements that stand; without any, of the versions that stand.
- A task made by the completion of another goes when that completion is taken back, and comes when it is done again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from lanterne.practice.alike import said
from lanterne.practice.tables import Connection, marks
from lanterne.practice.tasks.facts import (
    CallAttempted,
    TaskAmended,
    TaskAssigned,
    TaskCompleted,
    TaskCreated,
    TaskDetailed,
    TaskPostponed,
)
from lanterne.practice.tasks.rules import day_of, owners
from lanterne.wire.names import is_id

TASKS = (TaskCreated.KIND, TaskAmended.KIND)
WORDS = (
    TaskAssigned.KIND,
    TaskPostponed.KIND,
    TaskCompleted.KIND,
    CallAttempted.KIND,
    TaskDetailed.KIND,
)
_ALL = (*TASKS, *WORDS)
_PRACTICE = "(SELECT no FROM subject WHERE id = zeroblob(16))"
# What no day says is due at once rather than never.
_NO_DAY = "0000-00-00"

_decode = msgspec.msgpack.decode


class Word(NamedTuple):
    """A statement about a task, or a version of it, that stands: its row, id, kind and body, and when it counts."""

    number: int
    id: bytes
    kind: str
    body: dict[str, Any]
    day: str


Told = tuple[Word, bool]
"""A word, and whether it stands."""


class Standing(NamedTuple):
    """What a thread of facts says of one task.

    Attributes:
        root: id by which what is said of it names it: that of the fact that created it.
        versions: those that stand, each meaning once, in the order of ids. live: ids of all that stand.
        words: what stands about it, in the order of ids.
        owners: as rules.owners, sorted; more than one: several are in charge. due: ISO. ended: empty while open.
        reopened: that it was done was said, and taken back.
    """

    root: bytes
    versions: tuple[Word, ...]
    words: tuple[Word, ...]
    owners: tuple[str, ...]
    due: str
    ended: str
    live: tuple[bytes, ...]
    reopened: bool


def refresh(connection: Connection, first: int, next_fact: int) -> None:
    """Bring up to date what facts numbered first … next_fact − 1 touch."""
    rows = connection.execute(
        # Of any kind: one that a newer Lanterne writes may replace a task too.
        f"SELECT f.id, f.replaces FROM fact f WHERE f.no >= ? AND f.no < ? AND f.subject = {_PRACTICE}",
        (first, next_fact),
    ).fetchall()
    threads: set[bytes] = set()
    for identifier, replaces in rows:
        packed = bytes(replaces or b"")
        for named in (bytes(identifier), *(packed[i : i + 16] for i in range(0, len(packed), 16))):
            threads |= _touched(connection, named)
    if threads:
        _renew(connection, threads | _followers(connection, threads))


def rebuild(connection: Connection) -> None:
    """Everything from nothing."""
    for table in ("task", "task_owner", "task_word"):
        connection.execute(f"DELETE FROM {table}")
    versions: dict[bytes, list[Told]] = defaultdict(list)
    words: dict[bytes, list[Told]] = defaultdict(list)
    threads: dict[bytes, bytes] = {}
    for number, identifier, kind, body, day, live, thread in connection.execute(
        "SELECT f.no, f.id, k.name, f.body, s.day, s.live, s.thread FROM statement s JOIN fact f ON f.no = s.fact"
        f" JOIN kind k ON k.no = s.kind WHERE s.kind IN (SELECT no FROM kind WHERE name IN ({marks(_ALL)}))"
        f" AND s.subject = {_PRACTICE} ORDER BY f.id",
        _ALL,
    ).fetchall():
        word = Word(int(number), bytes(identifier), kind, _body(body), day)
        target = _name(connection, word.number, kind, word.body)
        if kind in TASKS:
            threads[word.id] = bytes(thread)
            versions[bytes(thread)].append((word, bool(live)))
        elif target is not None:
            words[target].append((word, bool(live)))
    held = {
        thread: _read(every, [told for version, _live in every for told in words.get(version.id, ())])
        for thread, every in versions.items()
    }
    for thread, one in held.items():
        if one is not None:
            before = held.get(threads.get(_followed(one) or b"", b""))
            _insert(connection, thread, one, before)


def _body(packed: bytes) -> dict[str, Any]:
    raw = _decode(packed)
    return raw if isinstance(raw, dict) else {}


def _name(connection: Connection, number: int, kind: str, raw: dict[str, Any]) -> bytes | None:
    """Remember which task a fact names: the one it speaks of, or the one it follows."""
    named = raw.get("follows" if kind in TASKS else "task")
    if not is_id(named):
        return None
    target = bytes.fromhex(str(named))
    connection.execute("INSERT OR IGNORE INTO task_word VALUES (?, ?)", (target, number))
    return target


def _touched(connection: Connection, identifier: bytes) -> set[bytes]:
    """Threads of the tasks a fact is a version of, or speaks of."""
    row = connection.execute(
        "SELECT f.no, k.name, f.body, s.thread FROM fact f JOIN statement s ON s.fact = f.no"
        f" JOIN kind k ON k.no = s.kind WHERE f.id = ? AND k.name IN ({marks(_ALL)}) AND f.subject = {_PRACTICE}",
        (identifier, *_ALL),
    ).fetchone()
    if row is None:
        return set()
    number, kind, body, thread = row
    target = _name(connection, number, kind, _body(body))
    if kind in TASKS:
        return {bytes(thread)}
    return _thread_of(connection, target) if target is not None else set()


def _thread_of(connection: Connection, identifier: bytes) -> set[bytes]:
    row = connection.execute(
        "SELECT s.thread FROM fact f JOIN statement s ON s.fact = f.no JOIN kind k ON k.no = s.kind"
        f" WHERE f.id = ? AND k.name IN ({marks(TASKS)}) AND f.subject = {_PRACTICE}",
        (identifier, *TASKS),
    ).fetchone()
    return {bytes(row[0])} if row is not None else set()


def _followers(connection: Connection, threads: Collection[bytes]) -> set[bytes]:
    """Threads of the tasks that the completion of these made: whether they are there depends on it."""
    found: set[bytes] = set()
    for thread in threads:
        rows = connection.execute(
            "SELECT n.thread FROM statement s JOIN fact f ON f.no = s.fact JOIN task_word w ON w.target = f.id"
            " JOIN statement n ON n.fact = w.fact JOIN kind k ON k.no = n.kind"
            f" WHERE s.thread = ? AND k.name IN ({marks(TASKS)})",
            (thread, *TASKS),
        )
        found.update(bytes(row[0]) for row in rows)
    return found


def _renew(connection: Connection, threads: Collection[bytes]) -> None:
    for thread in threads:
        # A thread that came to be one with another had a row of its own.
        for (number,) in connection.execute(
            "SELECT fact FROM statement WHERE thread = ?", (thread,)
        ).fetchall():
            connection.execute("DELETE FROM task WHERE fact = ?", (number,))
            connection.execute("DELETE FROM task_owner WHERE task = ?", (number,))
    for thread in threads:
        held = standing(connection, thread)
        if held is None:
            continue
        named = _followed(held)
        before = next(iter(_thread_of(connection, named)), None) if named is not None else None
        _insert(connection, thread, held, standing(connection, before) if before is not None else None)


def _followed(held: Standing) -> bytes | None:
    named = held.versions[0].body.get("follows")
    return bytes.fromhex(str(named)) if is_id(named) else None


def _insert(connection: Connection, thread: bytes, held: Standing, before: Standing | None) -> None:
    """The rows of a task; none for one whose cause, the completion of `before`, was taken back."""
    if before is not None and before.reopened and not before.ended and not held.ended:
        return
    shown = held.versions[0]
    patient, focus = (
        bytes.fromhex(str(one)) if is_id(one) else None
        for one in (shown.body.get("patient"), shown.body.get("focus"))
    )
    connection.execute(
        "INSERT OR REPLACE INTO task VALUES (?,?,?,?,?,?)",
        (shown.number, thread, patient, held.due, held.ended, focus),
    )
    if not held.ended:
        connection.executemany(
            "INSERT OR IGNORE INTO task_owner VALUES (?,?,?)",
            [(held.due, shown.number, owner) for owner in held.owners or ("",)],
        )


def standing(connection: Connection, thread: bytes) -> Standing | None:
    """What a thread says; None when no version stands."""
    rows = connection.execute(
        "SELECT f.no, f.id, k.name, f.body, s.day, s.live FROM statement s JOIN fact f ON f.no = s.fact"
        f" JOIN kind k ON k.no = s.kind WHERE s.thread = ? AND k.name IN ({marks(TASKS)})"
        f" AND s.subject = {_PRACTICE} ORDER BY f.id",
        (thread, *TASKS),
    ).fetchall()
    every = [
        (Word(int(number), bytes(identifier), kind, _body(body), day), bool(live))
        for number, identifier, kind, body, day, live in rows
    ]
    return _read(every, _words(connection, [version.id for version, _live in every]))


def _read(every: Sequence[Told], told: Iterable[Told]) -> Standing | None:
    """The versions of a task in the order of ids, and what was said of it, as they stand."""
    alike: dict[bytes, Word] = {}
    for version, live in every:
        if live:
            alike.setdefault(said(TaskCreated.KIND, version.body), version)
    if not alike:
        return None
    versions = tuple(alike.values())
    said_of = sorted(told, key=lambda one: one[0].id)
    words = tuple(word for word, live in said_of if live)
    root = next((version.id for version, _live in every if version.kind == TaskCreated.KIND), every[0][0].id)
    assigned = [word for word in words if word.kind == TaskAssigned.KIND] or list(versions)
    dues = [word for word in words if word.kind == TaskPostponed.KIND] or list(versions)
    return Standing(
        root,
        versions,
        words,
        tuple(sorted({one for word in assigned for one in owners(word.body.get("owner"), word.body.get("role"))})),
        min(day.isoformat() if day else _NO_DAY for day in (day_of(word.body.get("due")) for word in dues)),
        min((word.day for word in words if word.kind == TaskCompleted.KIND), default=""),
        tuple(version.id for version, live in every if live),
        any(not live and word.kind == TaskCompleted.KIND for word, live in said_of),
    )  # fmt: skip


def _words(connection: Connection, named: Iterable[bytes]) -> Iterator[Told]:
    """What was said of a task by any of these ids, and whether it stands."""
    for identifier in named:
        for number, word, kind, body, day, live in connection.execute(
            "SELECT f.no, f.id, k.name, f.body, s.day, s.live FROM task_word w JOIN statement s ON s.fact = w.fact"
            f" JOIN fact f ON f.no = s.fact JOIN kind k ON k.no = s.kind"
            f" WHERE w.target = ? AND k.name IN ({marks(WORDS)})",
            (identifier, *WORDS),
        ):
            yield Word(int(number), bytes(word), kind, _body(body), day), bool(live)
