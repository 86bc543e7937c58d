"""Treatments that documents propose and nobody has looked at; and which proposal a treatment on the list came from."""

from __future__ import annotations

import msgspec

from lanterne.practice.chart.statements import Statement, standing
from lanterne.practice.reading import OpenChart
from lanterne.practice.treatments.facts import ProposalSettled, TreatmentProposed
from lanterne.wire.names import FactId

_decode = msgspec.msgpack.decode


def proposed(chart: OpenChart) -> list[Statement[TreatmentProposed]]:
    """What waits beside the list of treatments, newest document first."""
    return standing(chart, TreatmentProposed)


def proposals_of(chart: OpenChart) -> dict[FactId, FactId]:
    """For each treatment that was accepted from a document, the proposal it came from: the document states that."""
    if not chart.medical:
        return {}
    found: dict[FactId, FactId] = {}
    for body, replaces in chart.connection.execute(
        f"SELECT f.body, f.replaces FROM fact f WHERE f.subject IN ({','.join('?' * len(chart.subjects))})"
        " AND f.kind = (SELECT no FROM kind WHERE name = ?)",
        (*chart.subjects, ProposalSettled.KIND),
    ):
        treatment = _decode(body).get("treatment")
        if isinstance(treatment, str) and treatment:
            found[FactId(treatment)] = FactId(bytes(replaces or b"")[:16].hex())
    return found
