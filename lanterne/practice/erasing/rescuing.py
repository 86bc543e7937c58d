"""What acts emptied and this device set aside: let go, or kept on under its next name when an entry names it still.

Who empties reads their own tables: an entry they do not hold yet may name the same file, in another chart, since files
that come by themselves are named by their content. The act cannot be taken back and the name is never taken again; so
the fact is restated, naming the same bytes under the name drawn from that act.

Law: what a fact that stands names is never let go. The bytes are on the disk under the new name before the fact that
names it, and that before the old ones go; done again after a crash it ends the same. Two devices that do it write one
fact. What this seat cannot judge, or may not write, stays aside. Source: docs/format/store.md S14.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from lanterne.journal.errors import BlobDamaged, BlobMissing
from lanterne.practice.arrivals.facts import ArrivalReceived
from lanterne.practice.catalogue import KINDS
from lanterne.practice.commands import Look, NewFact
from lanterne.practice.documents.facts import DocumentFiled, DocumentReceived
from lanterne.practice.documents.files import keep_named
from lanterne.practice.documents.replacing import stated_by
from lanterne.practice.erasing.naming import NAMING, named
from lanterne.practice.errors import Refusal
from lanterne.practice.kinds import Body, NewerKind
from lanterne.practice.projection import written_at
from lanterne.practice.record import Record
from lanterne.practice.recording import record as carry_out
from lanterne.practice.recording import unknown_fields
from lanterne.practice.rights import Right
from lanterne.practice.tables import Connection, marks
from lanterne.seal.errors import DoesNotOpen
from lanterne.seal.naming import Naming
from lanterne.wire.names import FactId, PatientId, Stream

_SOUGHT_BY_SQL = 8
"""So many names are sought by the database; more by reading every body once."""
_PURPOSE = "document kept on after its name was emptied"
PATIENCE_MS = 600_000
"""What nothing names stays ten minutes more: an import put it on the disk, perhaps, and is about to file it."""
_decode = msgspec.msgpack.decode


@dataclass(frozen=True, slots=True)
class Looked:
    """What was done with what lay aside: names let go, facts restated, names that stay aside."""

    gone: tuple[str, ...] = ()
    restated: tuple[FactId, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """A fact that names something set aside. `stands`: a statement nothing replaced. `patient` None: the practice."""

    fact: FactId
    kind: str
    version: int
    at: str | None
    body: Mapping[str, Any]
    patient: PatientId | None
    stands: bool
    thread: bytes
    time: int

    @property
    def names(self) -> frozenset[str]:
        """The files it names."""
        return frozenset(named(self.body))


@dataclass(frozen=True, slots=True)
class RestateFile:
    """The fact `replaced`, naming its files as they are named now. `id` is drawn from what it replaces."""

    replaced: FactId
    body: Body
    patient: PatientId | None
    at: str | None
    unknown: dict[str, object]
    id: FactId | None
    right: Right = Right.WRITE_CHART

    def load(self, look: Look) -> bool:
        """Whether what it replaces stands still. See Command.load."""
        row = look.connection.execute(
            "SELECT s.live FROM fact f JOIN statement s ON s.fact = f.no WHERE f.id = ?",
            (bytes.fromhex(self.replaced),),
        ).fetchone()
        return row is not None and bool(row[0])

    def decide(self, known: bool) -> Sequence[NewFact]:
        """See Command.decide."""
        if not known:
            raise Refusal("changed_meanwhile")
        return [NewFact(self.body, self.patient, self.id, self.at, (self.replaced,), self.unknown)]


def look(record: Record, lately: Collection[str] = ()) -> Looked:
    """Look at what is set aside here. Cheap when nothing is; nothing is touched by a seat that reads no chart, or
    while what was received is not all in the tables.

    Args:
        lately: names that stay although nothing names them.

    Raises:
        LanterneError: the disk failed or is full, the tables cannot follow: what was not done is done at the next look.
    """
    blobs = record.journal.blobs
    if not record.reads_medical or not blobs.aside():
        return Looked()
    with record.door:
        record.connection()
        aside = frozenset(blobs.aside()) & record.journal.membership.emptied_blobs.keys()
        if not _all_is_told(record):
            return Looked(left=tuple(sorted(aside)))
        restated = tuple(_restate_all(record, aside))
        connection = record.connection()
        if not _all_is_told(record):
            return Looked((), restated, tuple(sorted(aside)))
        kept = _kept(record, connection, aside, lately)
        gone = tuple(sorted(aside - kept))
        for name in gone:
            blobs.forget_aside(name)
        return Looked(gone, restated, tuple(sorted(kept)))


def _all_is_told(record: Record) -> bool:
    """Whether the tables hold what this device holds, and a first copy is over."""
    return not (record.behind or record.lagging or record.first_copy.going_on())


def _restate_all(record: Record, aside: frozenset[str]) -> Iterator[FactId]:
    emptied = record.journal.membership.emptied_blobs
    standing = [one for one in _mentions(record.connection(), aside) if one.stands]
    if not standing or Right.WRITE_CHART not in record.writer().rights:
        return
    for one in standing:
        names = one.names & emptied.keys()
        # Not a part of its files: whoever filed it has them all, and two devices must not restate it by halves.
        command = _restatement(record, one, names) if names <= aside else None
        if command is None:
            continue
        try:
            yield carry_out(record, command).facts[0]
        except Refusal:
            continue  # somebody replaced it meanwhile: seen at the next look


def _restatement(record: Record, one: Mention, names: Collection[str]) -> RestateFile | None:
    """The command, its files sealed anew and durable; None when this program or this seat cannot."""
    kind = KINDS[one.kind]
    try:
        body = kind.read(one.version, one.body)
    except (msgspec.ValidationError, NewerKind):
        return None
    if not isinstance(body, DocumentFiled | ArrivalReceived):
        return None
    at = one.at
    try:
        anew = _sealed_anew(record, body, names)
    except (BlobDamaged, BlobMissing, DoesNotOpen, ValueError):
        return None
    if isinstance(anew, DocumentFiled):
        # What it stated stays its own, and it keeps its day.
        stated = stated_by(record.connection(), one.thread, one.body)
        anew = msgspec.structs.replace(anew, also=list(dict.fromkeys([*anew.also, *stated])))
        at = at or written_at(one.time)[:10]
    unknown = unknown_fields(one.body, [field.encode_name for field in msgspec.structs.fields(kind.body)])
    return RestateFile(one.fact, anew, one.patient, at, unknown, _identifier(record.naming, one.fact, names))


def _sealed_anew(
    record: Record, body: DocumentFiled | ArrivalReceived, names: Collection[str]
) -> DocumentFiled | ArrivalReceived:
    def now(blob: str, key: str, media_type: str) -> dict[str, str]:
        if blob not in names:
            return {"blob": blob, "key": key}
        content = record.journal.blobs.get_aside(blob, bytes.fromhex(key))
        kept = keep_named(record, content, media_type)
        return {"blob": kept.blob, "key": kept.key}

    anew = msgspec.structs.replace(body, **now(body.blob, body.key, body.media_type))
    if isinstance(anew, DocumentFiled):
        shown = [
            msgspec.structs.replace(one, **now(one.blob, one.key, one.media_type)) for one in anew.renditions
        ]
        anew = msgspec.structs.replace(anew, renditions=shown)
    return anew


def _identifier(naming: Naming, fact: FactId, names: Collection[str]) -> FactId:
    return FactId(naming.identifier(_PURPOSE, fact, *sorted(names)))


def _kept(
    record: Record, connection: Connection, aside: frozenset[str], lately: Collection[str]
) -> frozenset[str]:
    """Those that cannot go yet."""
    # What does not open, or waits for its predecessor, may name any of them.
    if record.journal.waiting or connection.execute("SELECT 1 FROM unread LIMIT 1").fetchone():
        return aside
    held: set[str] = set()
    mentioned: set[str] = set()
    answered: set[str] = set()
    for one in _mentions(connection, aside):
        mentioned |= one.names & aside
        if one.kind == DocumentReceived.KIND:
            # Said where everybody reads; the fact itself is not here, or does not open.
            if not _is_here(connection, one.body.get("document")):
                held |= one.names & aside
            continue
        if one.stands:
            held |= one.names & aside
        else:
            answered |= _answered(connection, record.naming, one)
    # Named by nothing but what was withdrawn, which a chart shows still: not ours to drop.
    return frozenset(held | (mentioned - answered) | (aside.intersection(lately) - mentioned))


def _answered(connection: Connection, naming: Naming, one: Mention) -> set[str]:
    """Names of this fact that one of its replacements restated under another."""
    rows = connection.execute(
        "SELECT f.id, f.body FROM replacement r JOIN fact f ON f.no = r.fact WHERE r.target = ?",
        (bytes.fromhex(one.fact),),
    )
    found: set[str] = set()
    for identifier, raw in rows:
        changed = one.names - set(named(_decode(raw)))
        if changed and bytes(identifier).hex() == _identifier(naming, one.fact, changed):
            found |= changed
    return found


def _is_here(connection: Connection, document: object) -> bool:
    try:
        identifier = bytes.fromhex(str(document))
    except ValueError:
        return False
    return connection.execute("SELECT 1 FROM fact WHERE id = ?", (identifier,)).fetchone() is not None


def _mentions(connection: Connection, aside: frozenset[str]) -> list[Mention]:
    """Every fact here that names one of these, by id."""
    sought = sorted(aside) if len(aside) <= _SOUGHT_BY_SQL else []
    where = f" AND ({' OR '.join('instr(f.body, ?)' for _ in sought)})" if sought else ""
    rows = connection.execute(
        "SELECT f.id, k.name, f.version, f.at, f.body, p.id, s.live, s.thread, e.time"
        " FROM fact f JOIN kind k ON k.no = f.kind JOIN subject p ON p.no = f.subject"
        " JOIN entry e ON e.no = f.entry LEFT JOIN statement s ON s.fact = f.no"
        f" WHERE k.name IN ({marks(NAMING)}){where} ORDER BY f.id",
        (*NAMING, *(name.encode() for name in sought)),
    )
    found = []
    for identifier, kind, version, at, raw, subject, live, thread, time in rows:
        body = _decode(raw)
        if not aside & frozenset(named(body)):
            continue
        whose = PatientId(bytes(subject).hex()) if any(bytes(subject)) else None
        found.append(
            Mention(
                FactId(bytes(identifier).hex()),
                kind,
                int(version),
                at,
                body,
                whose,
                bool(live),
                bytes(thread or b""),
                int(time),
            )
        )
    return found


class Rescuer:
    """Looks again and again, for one record: only when something that matters changed since the last look."""

    def __init__(self, record: Record) -> None:
        self._record = record
        self._seen: object = None
        self._since: dict[str, int] = {}

    def turn(self) -> Looked:
        """One look, or none. Raises as `look`."""
        record = self._record
        aside = tuple(record.journal.blobs.aside()) if record.reads_medical else ()
        if not aside:
            return Looked()
        record.journal.refresh()
        now = record.clock_ms()
        self._since = {name: self._since.get(name, now) for name in aside}
        lately = frozenset(name for name, since in self._since.items() if 0 <= now - since < PATIENCE_MS)
        journal = record.journal
        state = (aside, lately, journal.count(Stream.CARE), journal.membership, journal.waiting)
        if state == self._seen:
            return Looked(left=aside)
        looked = look(record, lately)
        if _all_is_told(record):
            self._seen = state
        return looked
