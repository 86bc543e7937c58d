"""The check that needs a passphrase: every part this seat reads opens, and the read tables are what the
facts give.

Law: it repairs nothing and hides nothing. Facts are folded anew into a scratch set beside, under a key
nobody keeps; the tables in use must verify page by page and hash to the same content. What needs no key is
in `journal.check`, and in `practice.check_shapes` for the read tables.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from lanterne.journal.errors import LocalFileDamaged
from lanterne.journal.journal import Journal
from lanterne.journal.report import Fault, Note
from lanterne.practice.content import content
from lanterne.practice.documents.rules import blobs_of
from lanterne.practice.errors import TablesDamaged
from lanterne.practice.folding import Folder, Progress
from lanterne.practice.tablekeys import key_fault, key_path, table_key
from lanterne.practice.tables import Connection, Tables
from lanterne.seal.keyring import Keyring
from lanterne.seal.seat import SeatKeys
from lanterne.seal.table import SETS
from lanterne.wire.names import Compartment, Stream

# How often to wait for both folds to stand at the same entry while others write.
_TRIES = 20

# What names a sealed file: documents, by the fact everybody at the practice reads.
_NAMING = """
    SELECT f.body, s.live FROM fact f JOIN kind k ON k.no = f.kind LEFT JOIN statement s ON s.fact = f.no
    WHERE k.name IN ('document.filed', 'document.received', 'arrival.received')"""

_ENTRY = "SELECT e.stream, e.position FROM entry e WHERE e.hash = ?"


@dataclass(slots=True)
class Checked:
    """What was found.

    Attributes:
        facts: facts of the record this seat reads.
        traces: accesses it reads; None when it reads none.
        content: the content hash of its widest set, 64 hex digits.
        notes: what is no fault and is said all the same.
    """

    facts: int = 0
    traces: int | None = None
    content: str = ""
    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def check_record(
    root: Path, journal: Journal, seat: SeatKeys, keyring: Keyring, progress: Progress | None = None
) -> Checked:
    """Check everything one seat can read: its drafts, the parts, the documents they name, the read tables.

    Raises:
        LanterneError: the seat opens nothing, or the disk failed while folding.
    """
    found = Checked()
    journal.refresh()
    keyring = keyring.with_membership(journal.membership)
    for key_id in keyring.unopened:
        found.faults.append(
            Fault(
                "journal/members",
                f"key {key_id}",
                "key_unopened",
                "M8: a key meant for this seat does not open",
            )
        )
    widest = Compartment.MEDICAL if keyring.can_read(Compartment.MEDICAL) else Compartment.OFFICE
    _check_local(journal, seat, found)
    checker = _Checker(root, journal, keyring, found, progress)
    found.facts, found.content = checker.check(widest, Stream.CARE)
    if widest is not Compartment.OFFICE:
        checker.verify(Compartment.OFFICE)
    if keyring.can_read(Compartment.TRACE):
        found.traces, _ = checker.check(Compartment.TRACE, Stream.TRACE)
    for name, compartment in SETS.items():
        if not keyring.can_read(compartment) and key_path(root, compartment).exists():
            found.notes.append(
                Note(f"read/{name}", "", "tables_not_opened", "of others: only their shape was checked")
            )
    return found


class _Checker:
    def __init__(
        self, root: Path, journal: Journal, keyring: Keyring, found: Checked, progress: Progress | None
    ) -> None:
        self._root, self._journal, self._keyring = root, journal, keyring
        self._found, self._progress = found, progress
        self._folder = root / "read"

    def _fault(self, path: Path, place: str, code: str, meaning: str) -> None:
        self._found.faults.append(Fault(path.relative_to(self._root).as_posix(), place, code, meaning))

    def _note(self, name: str, code: str, meaning: str) -> None:
        self._found.notes.append(Note(f"read/{name}", "", code, meaning))

    def check(self, compartment: Compartment, stream: Stream) -> tuple[int, str]:
        """(facts, content) of one set, folded anew; faults are added."""
        name = compartment.name.lower()
        held = self._tables_in_use(compartment, name)
        with _scratch(self._folder) as tables:
            scratch = Folder(tables, self._journal, self._keyring, (stream,))
            scratch.rebuild(self._progress)
            self._unread(tables.read())
            self._documents(tables.read())
            if held is None:
                return _count(tables.read()), content(tables.read(), name)
            try:
                return self._compare(
                    name, held, Folder(held, self._journal, self._keyring, (stream,)), scratch
                )
            finally:
                held.close()

    def verify(self, compartment: Compartment) -> None:
        """A set others use on this machine: every page verifies. It is folded anew when they check."""
        if key_path(self._root, compartment).exists():
            tables = self._tables_in_use(compartment, compartment.name.lower())
            if tables is not None:
                tables.close()

    def _tables_in_use(self, compartment: Compartment, name: str) -> Tables | None:
        """The set in use when it can be compared; what keeps it from being so is a fault, or a note."""
        damage = key_fault(self._root, compartment, self._keyring)
        if damage is not None:
            self._fault(key_path(self._root, compartment), "", "table_key_damaged", damage)
            return None
        if not key_path(self._root, compartment).exists():
            self._not_built(name)
            return None
        tables = Tables(self._folder, name, table_key(self._root, compartment, self._journal, self._keyring))
        pointer = self._folder / f"{name}.current"
        if not tables.path.exists():
            if not pointer.exists() and not list(self._folder.glob(f"{name}-[0-9]*.db")):
                self._not_built(name)
                return None
            self._fault(pointer, "", "tables_missing", "names read tables that are not there")
            return None
        wrong = tables.verify()
        if wrong:
            for line in wrong[:20]:
                self._fault(tables.path, line, "tables_damaged", "the file does not verify")
            tables.close()
            return None
        if not tables.ready():
            self._note(name, "tables_of_other_version", "of another version of the program")
            tables.close()
            return None
        return tables

    def _not_built(self, name: str) -> None:
        self._note(name, "tables_not_built", "not built yet")

    def _unread(self, connection: Connection) -> None:
        for identifier, compartment, why in connection.execute("SELECT hash, compartment, why FROM unread"):
            row = connection.execute(_ENTRY, (identifier,)).fetchone()
            stream, position = Stream(int(row[0])), int(row[1])
            layout = self._journal.layout
            path = layout.early if position < 0 else layout.segment(stream, position >> 32)
            part = Compartment(int(compartment)).name.lower()
            self._fault(path, f"offset {position & 0xFFFFFFFF}", "part_does_not_open", f"{why} ({part} part)")

    def _documents(self, connection: Connection) -> None:
        """Every file a fact of the practice names is on this disk; that it is whole was checked without a
        key."""
        named: dict[str, bool] = {}
        for body, stands in connection.execute(_NAMING):
            for name in blobs_of(msgspec.msgpack.decode(body)):
                named[name] = named.get(name, False) or bool(stands)
        emptied, aside = self._journal.membership.emptied_blobs, set(self._journal.blobs.aside())
        for name, stands in named.items():
            if name in emptied and (name in aside or not stands):
                continue  # emptied: it waits to be kept on, or what named it was restated (practice.erasing.rescuing)
            if not self._journal.blobs.has(name):
                self._fault(
                    self._journal.layout.blob(name), "", "blob_missing", "a document of a chart is missing"
                )

    def _compare(self, name: str, held: Tables, folder: Folder, scratch: Folder) -> tuple[int, str]:
        """Hash both at the same entry, others writing meanwhile or not."""
        for _ in range(_TRIES):
            self._journal.refresh()
            try:
                for one in (folder, scratch):
                    one.follow_ranks()
                    one.catch_up()
                mine, anew = held.read(), scratch.tables.read()
                with _snapshot(mine), _snapshot(anew):
                    if _cursors(mine) != _cursors(anew):
                        continue
                    count, expected, found = _count(anew), content(anew, name), content(mine, name)
            except TablesDamaged as error:
                self._fault(held.path, "", "tables_damaged", str(error))
                break
            if found != expected:
                self._fault(held.path, "content", "tables_differ", "differ from what the facts give")
            return count, expected
        else:
            self._note(name, "tables_not_compared", "written too often to be compared")
        return _count(scratch.tables.read()), content(scratch.tables.read(), name)


def _check_local(journal: Journal, seat: SeatKeys, found: Checked) -> None:
    local = journal.local(seat)
    for name in local.names():
        try:
            local.get(name)
        except (LocalFileDamaged, ValueError) as error:
            found.faults.append(Fault(f"local/{seat.id}/{name}", "", "local_file_damaged", str(error)))


@contextmanager
def _scratch(folder: Path) -> Iterator[Tables]:
    """An empty set under a random name and key, removed afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"check-{secrets.token_hex(8)}"
    tables = Tables(folder, name, secrets.token_bytes(32))
    try:
        yield tables
    finally:
        tables.close()
        for path in folder.glob(f"{name}*"):
            with suppress(PermissionError):  # Windows, a scanner at work: it holds nothing readable
                path.unlink(missing_ok=True)


@contextmanager
def _snapshot(connection: Connection) -> Iterator[None]:
    """One read transaction: what others write meanwhile is not seen."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def _cursors(connection: Connection) -> list[tuple[str, int]]:
    return connection.execute(
        "SELECT name, value FROM meta WHERE name LIKE 'cursor.%' ORDER BY name"
    ).fetchall()


def _count(connection: Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM fact").fetchone()[0])
