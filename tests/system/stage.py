"""The whole product on a stage: a practice on the disk, the real `lanterne serve`, and its processes.

The practice is made once (six passphrases, six Argon2id) and copied for each test. The keys of Dr Morel are kept in
the test's own process, so that what is on the disk can be read there without asking the server.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from lanterne.journal.check import check_store
from lanterne.journal.journal import Journal
from lanterne.practice import opening
from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.arrivals.commands import ReceiveArrival
from lanterne.practice.arrivals.facts import ArrivalReceived
from lanterne.practice.chart.commands import Record as Write
from lanterne.practice.consultations.facts import ConsultationRecorded
from lanterne.practice.documents.commands import FileDocument
from lanterne.practice.documents.facts import DocumentArrived, DocumentFiled
from lanterne.practice.documents.files import keep
from lanterne.practice.kinds import Body
from lanterne.practice.measures.facts import Component, MeasureRecorded
from lanterne.practice.notes.facts import NoteRecorded
from lanterne.practice.patients.commands import RegisterPatient
from lanterne.practice.patients.facts import PatientIdentified
from lanterne.practice.problems.facts import AldRecorded, ProblemRecorded
from lanterne.practice.record import Record
from lanterne.practice.recording import record as door
from lanterne.practice.results.facts import ResultRecorded
from lanterne.practice.team.facts import Role
from lanterne.practice.treatments.facts import TreatmentProposed, TreatmentRecorded
from lanterne.seal.keyring import Keyring
from lanterne.seal.seat import SeatKeys
from lanterne.wire.names import FactId, PatientId, Stream
from tests.system.browser import Answer, Browser

WAIT_S = 60.0
GARANCE, HUGO, THEO, AWA, PAUL, INES = "Garance", "Hugo", "Théo", "Awa", "Paul", "Inès"
TEAM: Mapping[str, tuple[str, Role]] = {
    HUGO: ("Dr Hugo Vasseur", "doctor"),
    THEO: ("Dr Théo Lambert", "locum"),
    AWA: ("Awa Diallo", "midwife"),
    PAUL: ("Paul Roche", "nurse"),
    INES: ("Inès Caron", "secretary"),
}
JEAN, LUCIE = "Jean", "Lucie"
# In every medical word of the practice, and nowhere in an identity: what the secretary must never be sent.
MEDICAL = "xylophobie"


def phrase_of(name: str) -> str:
    """Somebody's passphrase."""
    return f"la lampe de {name} au grenier 42"


@dataclass(frozen=True)
class Practice:
    """A practice on the disk. `charts` holds, per patient, the id of one fact of each kind."""

    root: Path
    seats: Mapping[str, str]
    persons: Mapping[str, str]
    patients: Mapping[str, PatientId]
    charts: Mapping[str, Mapping[str, FactId]]
    keys: SeatKeys
    keyring: Keyring

    def copy(self, to: Path) -> Practice:
        """The same practice elsewhere."""
        shutil.copytree(self.root, to)
        return Practice(to, self.seats, self.persons, self.patients, self.charts, self.keys, self.keyring)

    def facts(self) -> dict[FactId, tuple[str, Mapping[str, object]]]:
        """Every fact of the care stream, read from the journal alone: id → kind, body."""
        journal = Journal.open(self.root)
        found: dict[FactId, tuple[str, Mapping[str, object]]] = {}
        for arrived in journal.since(Stream.CARE):
            for index, body in enumerate(arrived.entry.bodies):
                assert body is not None
                for fact in self.keyring.open_part(arrived.entry.head, index, body).facts:
                    found[fact.id] = (fact.kind, fact.body)
        assert journal.damages == []
        return found

    def faults(self) -> list[str]:
        """What `lanterne check` finds wrong without a passphrase: frames, signatures, chains, blobs, files."""
        return [f"{one.file} {one.place}: {one.meaning}" for one in check_store(self.root).faults]

    def open(self) -> Record:
        """The record, open in this process under Dr Morel's seat, without her passphrase."""
        journal = Journal.open(self.root)
        return Record(self.root, journal, self.keys, self.keyring.with_membership(journal.membership))


def make_practice(root: Path) -> Practice:
    """Found it, admit everybody, write two charts."""
    opened = opening.create_practice(
        root, practice_name="Cabinet des Lilas", person_name="Dr Garance Morel", passphrase=phrase_of(GARANCE)
    )
    record = opened.record
    seats: dict[str, str] = {GARANCE: opened.seat}
    persons: dict[str, str] = {GARANCE: opened.person}
    for name, (whole, role) in TEAM.items():
        end = record.clock_ms() + 30 * 86_400_000 if role == "locum" else None
        admitted = opening.add_person(
            record, name=whole, role=role, passphrase=phrase_of(name), not_after=end
        )
        seats[name], persons[name] = admitted.seat, admitted.person
    patients = {
        JEAN: _register(record, "BAPTISTE", "Jean", "12/03/1951", "male"),
        LUCIE: _register(record, "FERRAND", "Lucie", "04/11/1987", "female"),
    }
    loose = _loose(record)
    charts = {name: {**_chart(record, patient, name), "loose": loose} for name, patient in patients.items()}
    keyring = record.keyring
    record.close()
    return Practice(root, seats, persons, patients, charts, record.seat, keyring)


def _register(record: Record, name: str, given: str, born: str, sex: str) -> PatientId:
    patient = PatientId(record.draw_id())
    identity = PatientIdentified(birth_name=name, first_given=given, birth_date=born, sex=sex)  # type: ignore[arg-type]
    door(record, RegisterPatient(identity, patient=patient))
    return patient


def _chart(record: Record, patient: PatientId, name: str) -> dict[str, FactId]:
    def say(word: str) -> str:
        return f"{MEDICAL}-{word}-{name.lower()}"

    bodies: dict[str, Body] = {
        "allergy": AllergyRecorded(substance=say("allergie"), reaction=say("reaction"), criticality="high"),
        "problem": ProblemRecorded(label=say("probleme"), comment=say("commentaire")),
        "ald": AldRecorded(label=say("ald")),
        "treatment": TreatmentRecorded(substance=say("substance"), posology=say("posologie"), long_term=True),
        "result": ResultRecorded(label=say("examen"), value="7.1", unit="mmol/L", low="4", high="6"),
        "measure": MeasureRecorded(
            components=[Component(code="29463-7", label="Poids", value="71", unit="kg")],
            comment=say("mesure"),
        ),
        "note": NoteRecorded(text=say("note"), pinned=True),
        "consultation": ConsultationRecorded(
            reason=say("motif"), text=say("texte"), conclusion=say("conclusion")
        ),
    }
    made = {}
    for noun, body in bodies.items():
        made[noun] = door(record, Write(patient, body)).facts[0]
    kept = keep(record, f"{say('lettre')}\n".encode() * 40)
    letter = DocumentFiled(
        blob=kept.blob, key=kept.key, size=kept.size, media_type=kept.media_type, title=say("titre"),
        sender=say("expediteur"), file_name=f"{say('fichier')}.txt", document_kind="letter",
    )  # fmt: skip
    made["document"] = door(record, FileDocument(patient, letter)).facts[0]
    made["arrived"] = door(record, Write(patient, DocumentArrived(document=made["document"]))).facts[0]
    proposed = TreatmentProposed(substance=say("proposition"), posology=say("prise"))
    made["proposal"] = door(record, Write(patient, proposed)).facts[0]
    return made


def _loose(record: Record) -> FactId:
    """A file nobody's chart takes yet."""
    content = f"{MEDICAL} sans nom\n".encode()
    kept = keep(record, content)
    arrival = ArrivalReceived(
        outcome="to_attach", digest=hashlib.sha256(content).hexdigest(), blob=kept.blob, key=kept.key, size=kept.size,
        media_type=kept.media_type, why="identity_missing", title=f"{MEDICAL}-arrivee", file_name=f"{MEDICAL}.txt",
    )  # fmt: skip
    return door(record, ReceiveArrival(arrival, FactId(record.draw_id()))).facts[0]


class Died(AssertionError):
    """The server ended by itself."""


@dataclass
class Server:
    """`lanterne serve` as a process of its own, in a process group of its own; output goes to a file."""

    practice: Practice
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    prefix: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.output = self.folder / "serve.log"
        self.port = 0
        with self.output.open("ab") as log:
            self._begins = log.tell()
            self._process = subprocess.Popen(
                [*self.prefix, sys.executable, "-m", "lanterne", "serve", "--data", str(self.practice.root),
                 "--port", "0", "--no-browser"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, start_new_session=True,
                env={**os.environ, **self.environment},
            )  # fmt: skip

    @property
    def pid(self) -> int:
        return self._process.pid

    def said(self) -> str:
        """What it and its workers wrote since it was started."""
        return self.output.read_bytes()[self._begins :].decode("utf-8", "replace")

    def ready(self) -> Server:
        """Wait until it listens."""
        end = time.monotonic() + WAIT_S
        while (found := re.search(r"http://127\.0\.0\.1:(\d+)/", self.said())) is None:
            if self._process.poll() is not None:
                raise Died(self.said())
            assert time.monotonic() < end, f"it never listens: {self.said()}"
            time.sleep(0.005)
        self.port = int(found.group(1))
        return self

    def processes(self) -> list[psutil.Process]:
        """The front first, then the workers; not the carrier, which runs whoever is unlocked."""
        return [process for process in self.every_process() if not _carries(process)]

    def every_process(self) -> list[psutil.Process]:
        """The front first, then all it started."""
        try:
            front = psutil.Process(self.pid)
            return [front, *front.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def kill(self, *, workers_first: bool = False) -> None:
        """kill -9 of every process at once; returns when all are gone."""
        doomed = self.every_process()
        for process in reversed(doomed) if workers_first else doomed:
            try:
                process.send_signal(signal.SIGKILL)
            except psutil.NoSuchProcess:
                continue  # a worker whose front died first ends by itself
        self._process.wait(WAIT_S)
        _gone(doomed, "a killed process lives on")

    def stop(self) -> None:
        """End it as Ctrl-C does; every process must be gone."""
        doomed = self.every_process()
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait(WAIT_S)
        _gone(doomed, "a worker outlived the front")

    def browser(self, who: str = "", witness: list[Answer] | None = None) -> Browser:
        """A browser, unlocked by somebody unless nobody is named."""
        browser = Browser(self.port, witness.append if witness is not None else None)
        return browser.unlock(self.practice.seats[who], phrase_of(who)) if who else browser


def _carries(process: psutil.Process) -> bool:
    """Whether it is the one that exchanges in the background."""
    try:
        return "lanterne.sync.carrier" in process.cmdline()
    except psutil.NoSuchProcess:
        return False


def _gone(doomed: list[psutil.Process], otherwise: str) -> None:
    """Wait until they are. A zombie is gone: whoever inherits an orphan may take a second to bury it."""
    end = time.monotonic() + WAIT_S
    for process in doomed:
        while True:
            try:
                if process.status() == psutil.STATUS_ZOMBIE:
                    break
            except psutil.NoSuchProcess:
                break
            assert time.monotonic() < end, otherwise
            time.sleep(0.002)


def serving(practice: Practice, folder: Path, **options: object) -> Iterator[Server]:
    """A server for the time of a test, ended whatever happens."""
    server = Server(practice, folder, **options)  # type: ignore[arg-type]
    try:
        yield server.ready()
    finally:
        if server._process.poll() is None:
            server.stop()
