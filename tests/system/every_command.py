"""Every command of the record, carried out once, through the one door: found by looking, so that none is forgotten."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any, TypeVar

import lanterne.practice
from lanterne.practice.agenda import arranging
from lanterne.practice.agenda import commands as agenda
from lanterne.practice.agenda.facts import (
    ZONE,
    AbsenceStated,
    AgendaNoteWritten,
    AppointmentBooked,
    AppointmentMoved,
    CalendarDescribed,
    HoursDescribed,
    Opening,
    ServiceDescribed,
)
from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.arrivals.commands import HandOver, ReceiveArrival, SeeDocument, SettleArrival
from lanterne.practice.arrivals.facts import ArrivalReceived
from lanterne.practice.chart.commands import MarkEnteredInError, StateNoneKnown
from lanterne.practice.chart.commands import Record as State
from lanterne.practice.commands import Command
from lanterne.practice.conflicts.commands import TellApart, UndoTellApart, Unsettle, restored_id
from lanterne.practice.consultations.commands import RecordConsultation
from lanterne.practice.consultations.facts import ConsultationRecorded
from lanterne.practice.documents.commands import ClassifyDocument, FileDocument
from lanterne.practice.documents.facts import DocumentArrived, DocumentFiled
from lanterne.practice.documents.files import content_of, keep, keep_named
from lanterne.practice.documents.taking import TakeDocument
from lanterne.practice.erasing.rescuing import RestateFile
from lanterne.practice.patients import queries
from lanterne.practice.patients.commands import (
    CorrectIdentity,
    RecordAttending,
    RecordContacts,
    RecordDeath,
    RegisterPatient,
)
from lanterne.practice.patients.facts import AttendingRecorded, ContactsRecorded, PatientIdentified
from lanterne.practice.patients.tying import DeclareDistinct, MergePatients, UndoDistinct, UndoMerge
from lanterne.practice.prescriptions.commands import Prescribe, Withdraw
from lanterne.practice.prescriptions.facts import Line, TemplateKept
from lanterne.practice.prescriptions.renewing import Renew, StopTreatment
from lanterne.practice.prescriptions.templates import KeepTemplate, WithdrawTemplate
from lanterne.practice.record import Record
from lanterne.practice.recording import Recorded
from lanterne.practice.recording import record as door
from lanterne.practice.tasks import commands as tasks
from lanterne.practice.tasks.facts import TaskAmended, TaskCreated
from lanterne.practice.team import queries as team
from lanterne.practice.team.commands import DescribePerson, DescribePractice
from lanterne.practice.treatments.commands import AcceptProposal, DeclineProposal
from lanterne.practice.treatments.facts import TreatmentProposed, TreatmentRecorded
from lanterne.wire.names import FactId, PatientId

C = TypeVar("C")


def every_command() -> set[type]:
    """Every class of the rooms that decides which facts to write."""
    found: set[type] = set()
    for module in pkgutil.walk_packages(lanterne.practice.__path__, "lanterne.practice."):
        for _, one in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if one.__module__.startswith("lanterne.practice") and not one.__name__.startswith("_"):
                whole = all(callable(getattr(one, name, None)) for name in ("load", "decide"))
                if whole and one is not Command and not inspect.isabstract(one):
                    found.add(one)
    return found


class Walk:
    """One seat, which does everything once."""

    def __init__(self, record: Record) -> None:
        self.record = record
        self.done: set[type] = set()
        self.written: list[Recorded] = []

    def do(self, command: Command[Any]) -> FactId:
        """Through the door. Returns the id of the first fact written."""
        self.done.add(type(command))
        self.written.append(door(self.record, command))
        return self.written[-1].facts[0]

    def all(self) -> None:
        """Each room after the other."""
        jean, other = self.patients()
        self._tying(jean, other)
        self._chart(jean)
        self._prescriptions(jean)
        self._documents(jean)
        self._arrivals(jean)
        self._agenda(jean)
        self._tasks(jean)
        self._team()

    def _shown(self, patient: PatientId, body: type[Any]) -> FactId:
        connection = self.record.connection()
        group = queries.group_of(connection, patient)
        assert group is not None
        return queries.versions(connection, group, body)[0].fact

    def patients(self) -> tuple[PatientId, PatientId]:
        made = []
        for given in ("Jules", "Julie"):
            patient = PatientId(self.record.draw_id())
            identity = PatientIdentified(
                birth_name="Suspendu", first_given=given, birth_date="1970-05-04", sex="male"
            )
            self.do(RegisterPatient(identity, patient=patient, confirmed_new=True))
            made.append(patient)
        jules, julie = made
        right = PatientIdentified(
            birth_name="Suspendue", first_given="Julie", birth_date="1970-05-04", sex="female"
        )
        self.do(CorrectIdentity(julie, self._shown(julie, PatientIdentified), right))
        self.do(RecordDeath(julie, self._shown(julie, PatientIdentified), "2020-02-01"))
        self.do(RecordContacts(jules, None, ContactsRecorded(city="Rouen")))
        self.do(RecordAttending(jules, None, AttendingRecorded(name="Dr Morel")))
        return jules, julie

    def _tying(self, jules: PatientId, julie: PatientId) -> None:
        his, hers = (self._shown(one, PatientIdentified) for one in (jules, julie))
        self.do(UndoMerge(jules, self.do(MergePatients(jules, julie, his, hers))))
        self.do(UndoDistinct(jules, self.do(DeclareDistinct(jules, julie))))

    def _chart(self, jules: PatientId) -> None:
        self.do(StateNoneKnown(jules, "allergies"))
        allergy = self.do(State(jules, AllergyRecorded(substance="Latex")))
        self.do(MarkEnteredInError(jules, (allergy,)))
        self._in_doubt(jules)
        self.do(RecordConsultation(jules, ConsultationRecorded(reason="Toux", text="Vu sans relais.")))
        for settle in (AcceptProposal, DeclineProposal):
            proposal = self.do(State(jules, TreatmentProposed(substance=f"Substance {settle.__name__}")))
            if settle is AcceptProposal:
                self.do(AcceptProposal(jules, proposal, TreatmentRecorded(substance="Substance")))
            else:
                self.do(DeclineProposal(jules, proposal))

    def _prescriptions(self, jules: PatientId) -> None:
        posology = {"drug": "bisoprolol", "strength": "5 mg", "moments": {"matin": 1}}
        line = Line(
            typed="bisoprolol 5 mg le matin",
            substance="bisoprolol",
            strength="5 mg",
            posology=posology,
            long_term=True,
        )
        issued = self.do(Prescribe(jules, (line,), duration_d=90))
        treatment = self.written[-1].facts[1]
        self.do(Renew(jules, duration_d=90))
        self.do(StopTreatment(jules, treatment, "malaises", intolerance=True))
        self.do(Withdraw(jules, issued))
        template = self.do(KeepTemplate(TemplateKept(person="", title="HTA", lines=[line])))
        self.do(WithdrawTemplate((template,)))

    def _in_doubt(self, jules: PatientId) -> None:
        one, other = (
            self.do(State(jules, AllergyRecorded(substance=f"Latex {word}"))) for word in ("a", "b")
        )
        self.do(UndoTellApart(jules, self.do(TellApart(jules, (one, other)))))
        settled = self.do(State(jules, AllergyRecorded(substance="Latex"), replaces=(one, other)))
        self.do(Unsettle(settled, jules, restored_id(self.record, settled)))

    def _documents(self, jules: PatientId) -> None:
        content = b"Compte rendu, relais ferme. " * 40
        kept = keep(self.record, content)
        body = DocumentFiled(
            blob=kept.blob, key=kept.key, size=kept.size, media_type=kept.media_type, title="Lettre"
        )
        filed = self.do(FileDocument(jules, body))
        assert content_of(self.record, body) == content
        filed = self.do(RestateFile(filed, body, jules, None, {}, None))
        self.do(ClassifyDocument(jules, filed, body))
        arrived = self.do(State(jules, DocumentArrived(document=filed)))
        self.do(SeeDocument(jules, arrived))
        named = keep_named(self.record, b"%PDF-1.4 une analyse", "application/pdf")
        taken = DocumentFiled(
            blob=named.blob, key=named.key, size=named.size, media_type=named.media_type, title="Bio"
        )
        self.do(TakeDocument(jules, taken, "2024-01-05", FactId("ac" * 16), self.record.naming.identifier))

    def _arrivals(self, jules: PatientId) -> None:
        named = keep_named(self.record, b"un fichier de personne", "text/plain")
        arrival = ArrivalReceived(
            outcome="to_attach", digest="ad" * 32, blob=named.blob, key=named.key, size=named.size,
            media_type=named.media_type, why="identity_missing",
        )  # fmt: skip
        waits = self.do(ReceiveArrival(arrival, FactId(self.record.draw_id())))
        handed = self.do(HandOver((waits,), self.record.writer().person))
        self.do(SettleArrival(handed, reason="publicité"))

    def _agenda(self, jules: PatientId) -> None:
        slot = {"practitioner": self.record.writer().person, "minutes": 20, "zone": ZONE, "patient": jules}
        first = self.do(agenda.Book(AppointmentBooked(start="2031-03-03T09:00", **slot)))  # type: ignore[arg-type]
        moved = self.do(agenda.Move((first,), AppointmentMoved(start="2031-03-03T10:00", **slot)))  # type: ignore[arg-type]
        cancelled = self.do(agenda.Cancel((moved,)))
        assert cancelled
        again = self.do(agenda.Restore(moved))
        beside = self.do(agenda.Book(AppointmentBooked(start="2031-03-03T11:00", **slot)))  # type: ignore[arg-type]
        wanted = self.do(agenda.WantOverlap((again, beside)))
        self.do(agenda.UnwantOverlap(wanted))
        self.do(arranging.NoteAttendance(again, "arrived"))
        self._arranging(self.record.writer().person)

    def _arranging(self, who: str) -> None:
        self.do(arranging.DescribeService(ServiceDescribed(code="visit", label="Visite", minutes=40)))
        week = HoursDescribed(practitioner=who, openings=[Opening(day=1, start="08:00", end="12:00")])
        self.do(arranging.DescribeHours(week))
        self.do(arranging.DescribeCalendar(CalendarDescribed(region="alsace_moselle")))
        away = AbsenceStated(practitioner=who, first="2031-08-01", last="2031-08-15")
        self.do(arranging.WithdrawAbsence((self.do(arranging.StateAbsence(away)),)))
        note = AgendaNoteWritten(day="2031-03-03", text="Sans relais")
        self.do(arranging.WithdrawNote((self.do(arranging.WriteNote(note)),)))

    def _tasks(self, jules: PatientId) -> None:
        made = self.do(
            tasks.CreateTask(
                TaskCreated(code="call", description="Rappeler", due="2031-03-03", role="doctor"),
                "sans relais",
            )
        )
        self.do(tasks.Attempt(made))
        self.do(tasks.Postpone(made, "2031-03-04"))
        self.do(tasks.Assign(made, owner=self.record.writer().person))
        amended = TaskAmended(code="recall", description="Rappeler", due="", patient=jules)
        self.do(tasks.AmendTask((made,), amended))
        self.do(tasks.Complete(made))
        self.do(tasks.Reopen(made))

    def _team(self) -> None:
        connection = self.record.connection()
        practice = team.practice(connection)
        assert practice is not None
        self.do(DescribePractice(practice.body, practice.fact))
        held = team.person(self.record.connection(), self.record.writer().person)
        assert held is not None
        self.do(DescribePerson(held.body, held.fact))


def undone(walk: Walk) -> Iterator[str]:
    """The commands the walk does not know."""
    yield from sorted(f"{one.__module__}.{one.__name__}" for one in every_command() - walk.done)
