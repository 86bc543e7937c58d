"""Files into the record: read in the reading process, matched, filed or put among the arrivals.

    bytes → (sandbox) → Document → leaves → whose → TakeDocument or ReceiveArrival → one batch, one fsync

Law: each file ends as exactly one `Outcome`, and what it says is on the disk before it is told. A file is
told apart by its content: the same file, imported again, stopped half-way or renamed, changes nothing. Only one
that named nobody here is looked at again: its patient may have been registered since.
Nothing of a file that could not be read is applied; its bytes are kept.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lanterne.intake.filing import known
from lanterne.intake.filing.batch import Batch, Planned
from lanterne.intake.filing.files import read_whole
from lanterne.intake.filing.leaves import leaves
from lanterne.intake.filing.outcomes import Outcome, together
from lanterne.intake.reading import Document, Limits, Unreadable
from lanterne.intake.sandbox import Sandbox, shared
from lanterne.journal.errors import BlobMissing
from lanterne.practice.documents.facts import DocumentFiled
from lanterne.practice.documents.files import content_of
from lanterne.practice.errors import Refusal, TablesBehind
from lanterne.practice.record import Record
from lanterne.wire.names import FactId, PatientId

__all__ = ["Filer", "Outcome"]

# Files in one batch: one fsync and one fold for each.
BATCH_FILES = 64
BATCH_BYTES = 64 * 1024 * 1024

File = tuple[str, bytes | Path]
"""A name to tell it by, and its bytes or where they are."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A file on its way: its bytes and digest, and what reading will give; None: it is here already."""

    name: str
    content: bytes
    digest: str
    document: Future[Document | Unreadable] | Unreadable | None


class Filer:
    """Files what arrives, as one person.

    Args:
        record: the record, opened by whoever files.
        create_patients: register, as provisional, the patients nobody here is close to.
        arrived: what is filed waits to be seen; False for the archive of an old software.
    """

    def __init__(
        self,
        record: Record,
        *,
        create_patients: bool = False,
        arrived: bool = True,
        sandbox: Sandbox | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._record = record
        self._batch = Batch(record, create_patients=create_patients, arrived=arrived)
        self._sandbox = sandbox or shared()
        self._limits = limits or Limits()
        self._draw = record.naming.identifier

    def take(self, name: str, content: bytes) -> Outcome:
        """One file.

        Raises:
            NotAllowed: this person files no documents.
            DiskFull, DiskFailed: nothing of it was recorded.
        """
        [outcome] = self.take_many([(name, content)])
        return outcome

    def take_many(self, files: Iterable[File]) -> Iterator[Outcome]:
        """Files in the order given; each outcome is told once it is on the disk. Reading the next ones goes on
        meanwhile.

        Raises:
            NotAllowed, DiskFull, DiskFailed: what was told before stands.
        """
        # One more than reading processes: while one file is put on the disk another is read.
        threads = ThreadPoolExecutor(self._sandbox.size + 1, thread_name_prefix="reading")
        waiting: deque[list[_Read]] = deque()
        try:
            for group in self._groups(files):
                waiting.append([self._begin(threads, name, content) for name, content in group])
                if len(waiting) > 1:
                    yield from self._file(waiting.popleft())
            while waiting:
                yield from self._file(waiting.popleft())
        finally:
            threads.shutdown(cancel_futures=True)

    def attach(self, arrival: FactId, patient: PatientId) -> Outcome:
        """File an arrival that asked whose it is into this chart, and settle it.

        Raises:
            UnknownFact: nothing waits under this id.
            Refusal: "arrival_unreadable": it was put aside, not to be attached.
        """
        return self._attach(arrival, patient)

    def attach_new(self, arrival: FactId) -> Outcome:
        """Register the patient a document names, as a provisional identity, and file it there.

        Raises:
            UnknownFact: nothing waits under this id.
            Refusal: "arrival_unreadable", "identity_missing", or why the identity is refused.
        """
        return self._attach(arrival, None)

    def read_deposits(self) -> list[Outcome]:
        """Take what documents state that were filed by somebody who writes in no chart."""
        outcomes = []
        files: dict[str, tuple[FactId, DocumentFiled]] = {}
        for document, body in known.all_deposits(self._record.connection()):
            files.setdefault(body.blob, (document, body))
        for document, body in files.values():
            name = body.file_name or document
            try:
                content = content_of(self._record, body)
            except BlobMissing:
                outcomes.append(Outcome(name, "document", "not_here_yet", document=document))
                continue
            outcomes += list(self.take_many([(name, content)]))
        return outcomes

    # ------------------------------------------------------------------ one file

    def _attach(self, arrival: FactId, patient: PatientId | None) -> Outcome:
        body, _at = known.arrival(self._record.connection(), arrival)
        if body.outcome != "to_attach":
            raise Refusal("arrival_unreadable")
        content = content_of(self._record, body)
        document = self._tried(content, body.file_name)
        found = [] if isinstance(document, Unreadable) else leaves(document)
        leaf = next((leaf for leaf in found if leaf.part == body.part), None)
        if leaf is None:
            raise Refusal("arrival_unreadable")
        digest = hashlib.sha256(content).hexdigest()
        with self._door():
            [planned] = self._batch.plan(
                body.file_name, content, digest, [leaf], patient=patient, chosen=True
            )
            self._batch.flush()
            outcome = planned.outcome()
            if outcome.document is None:
                raise Refusal(outcome.why, **outcome.params)
            # What was filed meanwhile is a duplicate now; it leaves the list all the same.
            if outcome.outcome != "duplicate":
                self._batch.duplicate(body.file_name, digest, body.part)
                self._batch.flush()
        return outcome

    def _groups(self, files: Iterable[File]) -> Iterator[list[tuple[str, bytes | Unreadable]]]:
        group: list[tuple[str, bytes | Unreadable]] = []
        size = 0
        for name, source in files:
            content = self._content(source)
            group.append((name, content))
            size += len(content) if isinstance(content, bytes) else 0
            if len(group) == BATCH_FILES or size > BATCH_BYTES:
                yield group
                group, size = [], 0
        if group:
            yield group

    def _content(self, source: bytes | Path) -> bytes | Unreadable:
        if isinstance(source, bytes):
            return source
        most = self._limits.file_bytes
        try:
            content = read_whole(source, most)
        except OSError as error:
            return Unreadable("file_not_opened", reason=error.strerror or type(error).__name__)
        if len(content) > most:
            return Unreadable("file_too_large", limit=str(most // (1024 * 1024)))
        return content

    def _begin(self, threads: ThreadPoolExecutor, name: str, content: bytes | Unreadable) -> _Read:
        if isinstance(content, Unreadable):
            return _Read(name, b"", "", content)
        digest = hashlib.sha256(content).hexdigest()
        held = known.filed(self._record.connection(), self._draw, digest, "")
        if held is not None and not (held.to_read and self._batch.structures):
            return _Read(name, b"", digest, None)
        return _Read(name, content, digest, threads.submit(self._prepared, content, name))

    def _prepared(self, content: bytes, name: str) -> Document | Unreadable:
        """The file read, and on the disk with what will be shown of it."""
        found = self._tried(content, name)
        if not isinstance(found, Unreadable):
            self._batch.shelf.prepare(content, leaves(found))
        return found

    def _tried(self, content: bytes, name: str) -> Document | Unreadable:
        try:
            return self._sandbox.read(content, name, self._limits)
        except Unreadable as error:
            return error

    def _file(self, group: list[_Read]) -> list[Outcome]:
        # Read to the end before the door is held: a page must not wait for a slow file.
        read = [
            (one, one.document.result() if isinstance(one.document, Future) else one.document)
            for one in group
        ]
        with self._door():
            planned = [(one.name, self._plan(one, found)) for one, found in read]
            self._batch.flush()
            return [together(name, [part.outcome() for part in parts]) for name, parts in planned]

    @contextmanager
    def _door(self) -> Iterator[None]:
        """From what is looked up to what is written nobody else writes here; what is planned and not carried out
        when something fails is forgotten.

        Raises:
            TablesBehind: the tables lack what was last written; filing by them would double it.
        """
        with self._record.door:
            self._record.connection()
            if self._record.behind:
                raise TablesBehind(self._record.tables.name, "filing waits until they follow")
            try:
                yield
            finally:
                self._batch.drop()

    def _plan(self, one: _Read, found: Document | Unreadable | None) -> list[Planned]:
        if found is None:
            return [self._batch.duplicate(one.name, one.digest, "")]
        if isinstance(found, Unreadable):
            # Of what could not even be taken (too large, gone) nothing is kept: the file stays where it is.
            return [self._batch.quarantine(one.name, one.content if one.digest else None, one.digest, found)]
        return self._batch.plan(one.name, one.content, one.digest, leaves(found))
