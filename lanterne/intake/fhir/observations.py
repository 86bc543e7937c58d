"""Observation to measure, result or lifestyle (https://hl7.org/fhir/R4/observation.html).

Law: what was taken on the body is a measure, what a laboratory found is a result, what was said of a way of
life is lifestyle. The category decides, then the code. One act of measuring is one fact; one line of a report
is one fact.
"""

from __future__ import annotations

from typing import Literal

from lanterne.intake.fhir import lifestyles, measures
from lanterne.intake.fhir.observing import absent, flag_of, loinc, range_of, value_of
from lanterne.intake.fhir.resources import Measured, Observation, Specimen
from lanterne.intake.fhir.saying import first_code, first_moment, label, notes, start
from lanterne.intake.fhir.scope import Kept, Scope
from lanterne.practice.lifestyle.facts import Topic
from lanterne.practice.measures.facts import MeasureRecorded
from lanterne.practice.results.facts import ResultRecorded
from lanterne.reference.measures import BY_CODE

Status = Literal["preliminary", "final", "corrected"]
STATUS: dict[str, Status] = {
    "registered": "preliminary",
    "preliminary": "preliminary",
    "partial": "preliminary",
    "unknown": "preliminary",
    "final": "final",
    "appended": "final",
    "amended": "corrected",
    "corrected": "corrected",
}
_PRESSURES = frozenset({"85354-9", "55284-4"})


def read(resource: Observation, key: str, scope: Scope) -> None:
    """State what was observed.

    Raises:
        Kept: "in_error", "cancelled", "unlabelled", "no_value", "implausible".
    """
    if resource.status == "entered-in-error":
        raise Kept("in_error")
    if resource.status == "cancelled":
        raise Kept("cancelled")
    at = first_moment(
        resource.effective_date_time,
        resource.effective_instant,
        start(resource.effective_period),
        resource.issued,
    )
    categories = {coding.code for concept in resource.category for coding in concept.coding}
    topic = lifestyles.topic_of(resource)
    if topic is not None or "social-history" in categories:
        _lifestyle(resource, key, scope, at, topic or "other")
    elif "vital-signs" in categories or ("laboratory" not in categories and _is_vital(resource)):
        _measure(resource, key, scope, at)
    else:
        _results(resource, key, scope, at)


def _is_vital(resource: Observation) -> bool:
    code = loinc(resource)
    return code in BY_CODE or code in measures.SAME_AS or code in _PRESSURES


def _lifestyle(resource: Observation, key: str, scope: Scope, at: str | None, topic: Topic) -> None:
    body = lifestyles.read(resource, topic)
    if body is None:
        raise Kept("no_value")
    if not body.label:
        raise Kept("unlabelled")
    scope.state(key, body, at)


def _measure(resource: Observation, key: str, scope: Scope, at: str | None) -> None:
    held = [*((resource,) if value_of(resource) is not None else ()), *resource.component]
    try:
        fits = measures.fit_all(held)
    except measures.Unfit as unfit:
        if unfit.implausible:
            raise Kept("implausible") from unfit
        # Words, another unit, a bound: a result can hold it as it is.
        _results(resource, key, scope, at)
        return
    if not fits:
        if resource.has_member:
            return  # a group of others, each of which stands by itself
        raise Kept("no_value")
    comment = notes(resource.note, *(remark for _, remark in fits))
    scope.state(key, MeasureRecorded(components=[component for component, _ in fits], comment=comment), at)


def _results(resource: Observation, key: str, scope: Scope, at: str | None) -> None:
    name = label(resource.code)
    panel = scope.panels.get(key, "")
    stated = False
    own = _result(resource, resource, key, scope, panel)
    if own is not None:
        scope.state(key, own, at)
        stated = True
    for rank, component in enumerate(resource.component, 1):
        part = _result(component, resource, key, scope, name or panel)
        if part is not None:
            scope.state(f"{key}#{rank}", part, at)
            stated = True
    if stated:
        return
    if resource.has_member and name:
        return  # a panel: its name is on its members
    raise Kept("no_value" if name else "unlabelled")


def _result(held: Measured, whole: Observation, key: str, scope: Scope, panel: str) -> ResultRecorded | None:
    name = label(held.code)
    value = value_of(held)
    why_absent = "" if value is not None else absent(held)
    if not name or (value is None and not why_absent):
        return None
    flag, flag_words = flag_of(held)
    low, high, range_words = range_of(held, value.unit if value is not None else "")
    specimen = scope.resolve(whole.specimen, Specimen, whole)
    code = loinc(held)
    return ResultRecorded(
        label=name,
        value=value.text if value is not None else why_absent,
        code=code,
        local_code="" if code else first_code(held.code),
        comparator=value.comparator if value is not None else "",
        unit=value.unit if value is not None else "",
        low=low,
        high=high,
        flag=flag,
        panel="" if panel == name else panel,
        specimen=label(specimen.type) if specimen is not None else "",
        method=label(whole.method),
        laboratory=next(filter(None, (scope.who(one, whole) for one in whole.performer)), "")
        or scope.laboratories.get(key, ""),
        status=STATUS.get(whole.status, "preliminary"),
        comment=notes(
            whole.note if held is whole else (),
            value.doubt if value is not None else "",
            f"Interprétation : {flag_words}" if flag_words else "",
            f"Valeurs de référence : {range_words}" if range_words else "",
        ),
    )
