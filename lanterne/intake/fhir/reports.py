"""DiagnosticReport: what gathers results under one name, its conclusion and its files.

Law: a report adds no results of its own; it names those of others, so that each is stated once. Source:
https://hl7.org/fhir/R4/diagnosticreport.html.
"""

from __future__ import annotations

from lanterne.intake.fhir import files, observations
from lanterne.intake.fhir.observations import STATUS
from lanterne.intake.fhir.resources import DiagnosticReport, Observation
from lanterne.intake.fhir.saying import first_code, first_moment, label, labels, start
from lanterne.intake.fhir.scope import Kept, Scope
from lanterne.intake.fhir.source import Entry, NotR4
from lanterne.practice.results.facts import ResultRecorded


def gather(entries: list[Entry], scope: Scope) -> None:
    """Note for each Observation the report or panel it belongs to, before they are read."""
    for kind in ("Observation", "DiagnosticReport"):  # a report's name prevails over a panel's
        for entry in entries:
            if entry.type != kind:
                continue
            try:
                resource = entry.typed()
            except NotR4:
                continue
            name, signed = "", ""
            if isinstance(resource, DiagnosticReport):
                members, name = resource.result, label(resource.code)
                signed = next(filter(None, (scope.who(one, resource) for one in resource.performer)), "")
            elif isinstance(resource, Observation) and resource.has_member:
                members, name = resource.has_member, label(resource.code)
            else:
                continue
            for reference in members:
                member = scope.index.find(reference.reference)
                if member is not None and member.type == "Observation":
                    scope.panels.setdefault(member.key, name)
                    if kind == "DiagnosticReport":
                        scope.panels[member.key] = name or scope.panels[member.key]
                        scope.laboratories[member.key] = signed


def read(resource: DiagnosticReport, key: str, scope: Scope) -> None:
    """State the conclusion of a report and keep its files.

    Raises:
        Kept: "in_error", "cancelled", "unlabelled", "elsewhere", "not_base64".
    """
    if resource.status == "entered-in-error":
        raise Kept("in_error")
    if resource.status == "cancelled":
        raise Kept("cancelled")
    files.read_forms(resource, scope)
    conclusion = "\n".join(filter(None, (resource.conclusion.strip(), labels(resource.conclusion_code))))
    name = label(resource.code)
    contained = [held for held in resource.result if held.reference.startswith("#")]
    at = first_moment(resource.effective_date_time, start(resource.effective_period), resource.issued)
    signed = next(filter(None, (scope.who(one, resource) for one in resource.performer)), "")
    if conclusion:
        body = ResultRecorded(
            label=f"Conclusion : {name}" if name else "Conclusion",
            value=conclusion,
            local_code=first_code(resource.code),
            panel=name,
            laboratory=signed,
            status=STATUS.get(resource.status, "preliminary"),
        )
        scope.state(key, body, at)
    for reference in contained:
        inside = scope.resolve(reference, Observation, resource)
        if inside is None:
            raise Kept("contained_results")
        part = f"{key}{reference.reference}"
        scope.panels[part], scope.laboratories[part] = name, signed
        observations.read(inside, part, scope)
    if not (conclusion or resource.result or resource.presented_form):
        raise Kept("no_value")
