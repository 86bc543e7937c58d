"""One example of each kind of fact, every field filled: what the frozen files were made from.

Only read when a file is absent. A kind that changes gets a new version, a new example, and a new file beside the old one.
"""

from __future__ import annotations

from lanterne.practice.agenda.facts import (
    AbsenceStated,
    AbsenceWithdrawn,
    AgendaNoteWithdrawn,
    AgendaNoteWritten,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    AttendanceNoted,
    CalendarDescribed,
    HoursDescribed,
    Opening,
    OverlapUnwanted,
    OverlapWanted,
    ServiceDescribed,
)
from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.arrivals.facts import ArrivalReceived, ArrivalSettled, SaidIdentity
from lanterne.practice.chart.facts import EnteredInError, SectionEmpty
from lanterne.practice.conflicts.facts import DistinctionWithdrawn, StatementsDistinct
from lanterne.practice.consultations.facts import ConsultationRecorded
from lanterne.practice.documents.facts import (
    DocumentArrived,
    DocumentFiled,
    DocumentReceived,
    DocumentSeen,
    NotKept,
    Rendition,
)
from lanterne.practice.erasing.facts import ChartEmptied
from lanterne.practice.family.facts import FamilyRecorded
from lanterne.practice.immunizations.facts import ImmunizationRecorded
from lanterne.practice.kinds import Body, Coding
from lanterne.practice.lifestyle.facts import LifestyleRecorded
from lanterne.practice.measures.facts import Component, MeasureRecorded
from lanterne.practice.notes.facts import NoteRecorded
from lanterne.practice.patients.facts import (
    AttendingRecorded,
    ContactsRecorded,
    Ins,
    PatientIdentified,
    PatientRetracted,
    PatientsDistinct,
    PatientsMerged,
    Phone,
    Relative,
)
from lanterne.practice.prescriptions.facts import (
    Edition,
    Fired,
    Line,
    PrescriptionIssued,
    Substance,
    TemplateKept,
    TemplateWithdrawn,
    Unchecked,
)
from lanterne.practice.problems.facts import AldRecorded, ProblemRecorded
from lanterne.practice.procedures.facts import ProcedureRecorded
from lanterne.practice.results.facts import ResultRecorded
from lanterne.practice.tasks.facts import (
    CallAttempted,
    TaskAmended,
    TaskAssigned,
    TaskCompleted,
    TaskCreated,
    TaskDetailed,
    TaskPostponed,
    TaskReopened,
)
from lanterne.practice.team.facts import PersonDescribed, PracticeDescribed
from lanterne.practice.traces.facts import AccessOpened, SeatOpened
from lanterne.practice.treatments.facts import ProposalSettled, TreatmentProposed, TreatmentRecorded

_CIM10 = "http://hl7.org/fhir/sid/icd-10"
_ID = "0123456789abcdef0123456789abcdef"
_BLOB = "ab" * 32

PRESCRIBED = Line(
    typed="ramipril 5 mg 1/2 cp le matin 3 mois NS CIF", substance="ramipril",
    substances=[Substance(name="ramipril", strength="5 mg")], brand="TRIATEC", code="61872508",
    coding=Coding(system="http://www.whocc.no/atc", code="C09AA05"), strength="5 mg", form="comprimé", route="orale",
    posology={
        "drug": "ramipril", "strength": "5 mg", "dose": "0.5", "form": "comprimé", "moments": {"matin": 1},
        "duration": {"value": 3, "unit": "mois"},
    },
    words="un demi-comprimé le matin, pendant 3 mois", quantity="3 boîtes", non_substitutable=True, reason="CIF", ald=True,
    long_term=True, conditions=["liste I"], paper="assimile", treatment=_ID, before="un comprimé le matin",
)  # fmt: skip

# (body, when it happened). The test patient is the one of public examples (DOMAIN 9).
EXAMPLES: tuple[tuple[Body, str | None], ...] = (
    (ChartEmptied(entries=[_BLOB], reason="retention"), None),
    (
        PatientIdentified(
            birth_name="PAT-TROIS", first_given="DOMINIQUE", given_names=["DOMINIQUE", "MARIE-LOUISE"], used_name="MARTIN",
            used_given="Dominique", sex="female", birth_date="1979-03-05", birth_place_code="51215", birth_place="Dormans",
            ins=Ins(matricule="279035121518989", oid="1.2.250.1.213.1.4.10"), status="qualified", deceased="2026-01-02",
        ),
        None,
    ),
    (
        ContactsRecorded(
            phones=[Phone(number="06 39 98 12 34"), Phone(number="02 61 91 00 00", use="home")], email="d.martin@example.org",
            address="12 rue des Lilas", postcode="76000", city="Rouen", comment="Sonner deux fois",
            relatives=[Relative(name="Paul Martin", relation="frère", phone="06 39 98 43 21", trusted=True)],
        ),
        None,
    ),
    (AttendingRecorded(name="Dr Garance Morel", person=_ID, rpps="10001234561", city="Rouen"), None),
    (PatientsMerged(absorbed=_ID), None),
    (PatientsDistinct(other=_ID), None),
    (PatientRetracted(reason="deux personnes"), None),
    (
        PracticeDescribed(
            name="Cabinet des Lilas", address="12 rue des Lilas", postcode="76000", city="Rouen", phone="02 61 91 00 00",
            email="cabinet@example.org", finess="760000000",
        ),
        None,
    ),
    (
        PersonDescribed(
            person=_ID, family_name="Morel", given_name="Garance", title="Dr", role="midwife", administrator=True,
            rpps="10001234561", assurance_maladie="761234567", specialty="Médecine générale", phone="06 39 98 00 00",
            email="g.morel@example.org", letterhead=["Dr Garance Morel", "sur rendez-vous"], signature_blob=_BLOB,
            signature_key=_BLOB, left="2026-08-31",
        ),
        None,
    ),
    (SectionEmpty(section="allergies", comment="dit-elle"), None),
    (EnteredInError(reason="mauvais patient"), None),
    (
        AllergyRecorded(
            substance="Pénicilline", coding=Coding(system="http://snomed.info/sct", code="373270004", display="Penicillin"),
            nature="intolerance", category="food", criticality="high", reaction="œdème de Quincke", clinical="inactive",
            verification="unconfirmed", onset="1980", comment="racontée par sa mère",
        ),
        "1980",
    ),
    (
        ProblemRecorded(
            label="Diabète de type 2", coding=Coding(system=_CIM10, code="E11.9", display="Diabète sucré de type 2"),
            clinical="remission", verification="provisional", onset="2014-05", abatement="2020", comment="perte de 20 kg",
        ),
        "2014-05",
    ),
    (
        AldRecorded(
            label="Diabète de type 2", list_number=8, coding=Coding(system=_CIM10, code="E11"), since="2014-06-01",
            until="2029-05-31", comment="renouvelée",
        ),
        "2014-06-01",
    ),
    (
        ProcedureRecorded(
            label="Appendicectomie", coding=Coding(system="urn:oid:1.2.250.1.213.2.5", code="HHFA016"), performer="CHU de Rouen",
            comment="par laparoscopie",
        ),
        "1996-04",
    ),
    (
        FamilyRecorded(
            relation="mother", label="Infarctus", coding=Coding(system=_CIM10, code="I21"), age_at_onset=61, died_of_it=True,
            comment="fumait",
        ),
        None,
    ),
    (
        TreatmentRecorded(
            substance="Metformine", brand="Glucophage", coding=Coding(system="http://www.whocc.no/atc", code="A10BA02"),
            posology="1000 mg matin et soir", route="orale", as_needed=True, long_term=False, reason="Diabète", prescriber="Dr Morel",
            since="2014-06-01", until="2020-01", status="stopped", stop_reason="troubles digestifs", comment="essayer LP",
        ),
        "2014-06-01",
    ),
    (
        PrescriptionIssued(
            order="medicines", lines=[PRESCRIBED], title="ramipril", prescriber=_ID, duration_d=28, renewals=2, renewal=True,
            weight_kg="72.5", height_cm="176", comment="Contrôle de la kaliémie dans 15 jours",
            base=Edition(dated="2026-11-01", digest=_BLOB, starter=True),
            fired=[
                Fired(
                    check="interaction", severity="contraindicated", lines=[0], subject="aliskirène",
                    code="interaction", params={"a": "ramipril", "b": "aliskirène"}, source="liste de départ, 2026-11",
                    passed="aliskirène arrêté hier",
                )
            ],
            unchecked=[Unchecked(check="kidney", code="creatinine_absent", params={"substance": "ramipril"}, lines=[0])],
        ),
        None,
    ),
    (
        TemplateKept(
            person=_ID, title="HTA", lines=[PRESCRIBED], order="nursing", duration_d=28, renewals=5, comment="à jeun",
        ),
        None,
    ),
    (TemplateWithdrawn(reason="ne sert plus"), None),
    (
        ImmunizationRecorded(
            vaccine="Boostrixtetra", coding=Coding(system="http://www.whocc.no/atc", code="J07CA02"), targets=["dTcaP"],
            dose="rappel", lot="AB123", site="deltoïde gauche", performer="Awa Diallo", status="not-done", reason="fièvre",
            comment="à revoir",
        ),
        "2025-10-14",
    ),
    (
        MeasureRecorded(
            components=[
                Component(code="8480-6", label="Pression artérielle systolique", value="132", unit="mm[Hg]"),
                Component(code="8462-4", label="Pression artérielle diastolique", value="78.5", unit="mm[Hg]"),
            ],
            comment="assise",
        ),
        "2026-01-02T10:20+01:00",
    ),
    (
        ResultRecorded(
            label="Créatinine", value="88.5", code="14682-9", local_code="CREA", comparator="<=", unit="umol/L", low="45",
            high="84", flag="H", panel="Ionogramme", specimen="sérum", method="enzymatique", laboratory="Laboratoire du quai",
            document=_ID, status="corrected", comment="contrôlée",
        ),
        "2026-01-02T07:45:30+01:00",
    ),
    (
        LifestyleRecorded(
            topic="tobacco", label="ancienne fumeuse", quantity="20", unit="paquets-années", at_risk=True, comment="arrêt 2010",
        ),
        "2010",
    ),
    (
        ConsultationRecorded(
            reason="Toux", history="depuis trois jours", findings="auscultation claire", conclusion="rhinopharyngite",
            text="revoir si fièvre", place="remote", problems=[_ID],
        ),
        "2026-01-02T10:20+01:00",
    ),
    (NoteRecorded(text="Préfère les rendez-vous du soir", personal=True, pinned=True), None),
    (
        DocumentFiled(
            blob=_BLOB, key=_BLOB, size=48_213, media_type="application/pdf", document_kind="letter", title="Coloscopie",
            sender="Dr Petit", file_name="scan 12.pdf", comment="à classer", format="cda", part="0", author="Dr Petit",
            renditions=[
                Rendition(blob=_BLOB, key=_BLOB, size=812, media_type="text/html", title="Compte rendu"),
            ],
            identifier="1.2.3^4", set_id="1.2.3^1", set_version=2,
            aliases=["1001-E1^labo"], unread=["La section « Divers » reste du texte."],
            not_kept=[NotKept(place="section 11450-4, entrée 2", code="date_future", params={"value": "2099"})],
            also=[_ID], ins_key_wrong=True, to_read=True, supersedes=["1.2.3^3"],
        ),
        "2025-12-28",
    ),
    (DocumentReceived(document=_ID, blob=_BLOB, blobs=[_BLOB]), None),
    (DocumentArrived(document=_ID, attention="abnormal", person=_ID), None),
    (DocumentSeen(), None),
    (
        ArrivalReceived(
            outcome="to_attach", digest=_BLOB, blob=_BLOB, key=_BLOB, size=9_204, media_type="text/plain",
            why="several_alike", params={"count": "2"}, file_name="labo.hpr", part="0", format="hprim",
            document_kind="lab-report", title="Hémogramme", sender="Laboratoire des Quais",
            identity=SaidIdentity(
                birth_name="PAT-TROIS", used_name="MARTIN", first_given="DOMINIQUE", given_names=["DOMINIQUE", "MARIE"],
                sex="female", birth_date="1979-03-05", birth_place_code="51215", matricule="279035121518989",
                oid="1.2.250.1.213.1.4.10", key_agrees=False,
            ),
            attention="critical", person=_ID,
        ),
        "2026-01-02",
    ),
    (ArrivalSettled(how="attached", document=_ID, reason="vu avec la patiente"), None),
    (
        TreatmentProposed(
            substance="furosémide", brand="LASILIX", coding=Coding(system="http://www.whocc.no/atc", code="C03CA01"),
            posology="1 le matin", route="orale", as_needed=True, long_term=False, reason="œdèmes", prescriber="Dr Petit",
            since="2025-11", until="2026-01", status="stopped", stop_reason="kaliémie", comment="à revoir",
        ),
        "2025-12-28",
    ),
    (ProposalSettled(treatment=_ID), None),
    (AccessOpened(what="document", object=_ID), None),
    (SeatOpened(closed=True), None),
    (
        AppointmentBooked(
            practitioner=_ID, start="2026-11-23T09:15", minutes=20, zone="Europe/Paris", service="visit", patient=_ID,
            name="Mme Dominique Martin", phone="06 39 98 12 34", reason="tension", comment="code 1234",
        ),
        "2026-11-23T09:15+01:00",
    ),
    (
        AppointmentMoved(
            practitioner=_ID, start="2026-07-01T10:00", minutes=15, zone="Indian/Reunion", service="remote", patient=_ID,
            name="Mme Dominique Martin", phone="06 39 98 12 34", reason="résultats", comment="rappeler le matin",
        ),
        "2026-07-01T10:00+04:00",
    ),
    (AppointmentCancelled(by="practice", reason="congés"), None),
    (OverlapWanted(appointments=[_ID, "fedcba9876543210fedcba9876543210"]), None),
    (OverlapUnwanted(reason="l’un des deux a changé d’avis"), None),
    (
        TaskCreated(
            code="recall", description="INR", due="2026-01-16", owner=_ID, role="nurse", patient=_ID,
            caller="Mme Dominique Martin", phone="06 39 98 12 34", priority="urgent", focus=_ID,
            counted_from="2026-01-02", interval="P2W", every="P1M", follows="fedcba9876543210fedcba9876543210",
        ),
        None,
    ),
    (
        TaskAmended(
            code="call", description="rappeler le soir", due="2026-01-16", owner=_ID, role="secretary", patient=_ID,
            caller="M. Martin", phone="3949", priority="urgent", focus=_ID, counted_from="2026-01-09", interval="P1W",
            every="P2M", follows="fedcba9876543210fedcba9876543210",
        ),
        None,
    ),
    (TaskAssigned(task=_ID, owner="fedcba9876543210fedcba9876543210", role="doctor"), None),
    (TaskPostponed(task=_ID, due="2026-01-30", reason="en vacances"), None),
    (TaskCompleted(task=_ID, outcome="called", comment="viendra lundi"), None),
    (TaskReopened(task=_ID, reason="ce n’était pas elle"), None),
    (CallAttempted(task=_ID, outcome="voicemail", comment="rappellera"), None),
    (TaskDetailed(task=_ID, text="vertiges depuis hier"), None),
    (ServiceDescribed(code=_ID, label="Pose de stérilet", minutes=45, offered=False), None),
    (
        HoursDescribed(
            practitioner=_ID,
            openings=[Opening(day=1, start="08:00", end="12:30"), Opening(day=6, start="09:00", end="12:00")],
            on_holidays=True,
        ),
        None,
    ),
    (CalendarDescribed(region="alsace_moselle"), None),
    (
        AbsenceStated(
            practitioner=_ID, first="2026-12-21", last="2027-06-30", weekdays=[3, 5], every=2, start="14:00", end="18:00",
            reason="training", covered_by="fedcba9876543210fedcba9876543210", comment="DU de gériatrie",
        ),
        "2026-12-21",
    ),
    (AbsenceWithdrawn(reason="reporté"), None),
    (AttendanceNoted(appointment=_ID, state="in_progress"), "2026-11-23T09:21+01:00"),
    (AgendaNoteWritten(day="2026-11-23", text="Chaudière en panne", practitioner=_ID), "2026-11-23"),
    (AgendaNoteWithdrawn(reason="réparée"), None),
    (StatementsDistinct(statements=[_ID, "fedcba9876543210fedcba9876543210"]), None),
    (DistinctionWithdrawn(reason="c’était bien le même"), None),
)  # fmt: skip
