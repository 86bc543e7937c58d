"""Every kind of fact this program knows, gathered from the rooms. A kind not here is kept and shown as newer."""

from __future__ import annotations

from lanterne.practice.agenda import facts as agenda
from lanterne.practice.allergies import facts as allergies
from lanterne.practice.arrivals import facts as arrivals
from lanterne.practice.chart import facts as chart
from lanterne.practice.conflicts import facts as conflicts
from lanterne.practice.consultations import facts as consultations
from lanterne.practice.documents import facts as documents
from lanterne.practice.erasing import facts as erasing
from lanterne.practice.family import facts as family
from lanterne.practice.immunizations import facts as immunizations
from lanterne.practice.kinds import Kind
from lanterne.practice.lifestyle import facts as lifestyle
from lanterne.practice.measures import facts as measures
from lanterne.practice.notes import facts as notes
from lanterne.practice.patients import facts as patients
from lanterne.practice.prescriptions import facts as prescriptions
from lanterne.practice.problems import facts as problems
from lanterne.practice.procedures import facts as procedures
from lanterne.practice.results import facts as results
from lanterne.practice.tasks import facts as tasks
from lanterne.practice.team import facts as team
from lanterne.practice.traces import facts as traces
from lanterne.practice.treatments import facts as treatments

ROOMS = (
    patients,
    team,
    chart,
    allergies,
    problems,
    procedures,
    family,
    treatments,
    prescriptions,
    immunizations,
    measures,
    results,
    lifestyle,
    consultations,
    notes,
    documents,
    arrivals,
    agenda,
    tasks,
    conflicts,
    erasing,
    traces,
)

KINDS: dict[str, Kind] = {kind.name: kind for room in ROOMS for kind in room.KINDS}

# Statements that wait for somebody (the `inbox` table), until another fact ends or replaces them.
WAITING = frozenset({documents.DocumentArrived.KIND, arrivals.ArrivalReceived.KIND})
