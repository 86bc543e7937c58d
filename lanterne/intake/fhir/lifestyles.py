"""Which Observations speak of lifestyle, and of what (FHIR category social-history).

Source: LOINC and SNOMED CT codes of the IPS and of US Core; status codes of tobacco use are those of the IPS.
"""

from __future__ import annotations

from lanterne.intake.fhir.observing import value_of
from lanterne.intake.fhir.resources import Observation
from lanterne.intake.fhir.saying import label, notes
from lanterne.practice.lifestyle.facts import LifestyleRecorded, Topic

_CODES: dict[Topic, tuple[str, ...]] = {
    "tobacco": (
        "72166-2", "11366-2", "11367-0", "8663-7", "8664-5", "63640-7", "67741-9", "39240-7", "401201003", "229819007",
        "365980008", "365981007",
    ),
    "alcohol": (
        "74013-4", "11330-4", "11331-6", "68518-0", "68519-8", "68520-6", "75626-2", "160573003", "897148007",
    ),
    "drugs": ("11342-9", "11343-7"),
    "activity": ("68516-4", "68515-6", "77592-4", "77593-2", "82290-8", "89555-7"),
    "occupation": ("85658-3", "86188-0", "87729-0", "74165-2", "67875-5", "21847-9", "14679004"),
    "household": ("63512-8", "71802-3", "75274-1"),
}  # fmt: skip
TOPIC_OF: dict[str, Topic] = {code: topic for topic, codes in _CODES.items() for code in codes}

# "Smokes": every day, some days, light, heavy, unspecified (SNOMED CT; LOINC answers of 72166-2).
_SMOKES = frozenset({
    "449868002", "428041000124106", "428061000124105", "428071000124103", "77176002", "230059006", "230060001",
    "230062009", "230063004", "230064005", "230065006", "65568007", "LA18976-3", "LA18977-1", "LA18981-3", "LA18982-1",
})  # fmt: skip


def topic_of(resource: Observation) -> Topic | None:
    """The topic its codes name; None for other observations."""
    for coding in resource.code.coding if resource.code is not None else ():
        if coding.code in TOPIC_OF:
            return TOPIC_OF[coding.code]
    return None


def read(resource: Observation, topic: Topic) -> LifestyleRecorded | None:
    """What was said on a topic; None when nothing was."""
    name = label(resource.code)
    value = value_of(resource)
    said = notes(resource.note)
    if value is None:
        parts = [
            f"{label(part.code)} : {found.text} {found.unit}".rstrip()
            for part in resource.component
            if (found := value_of(part)) is not None
        ]
        if not parts:
            return None
        return LifestyleRecorded(
            topic=topic, label=name or ", ".join(parts), comment=notes(resource.note, *parts)
        )
    if value.numeric and not value.comparator:
        return LifestyleRecorded(
            topic=topic,
            label=name,
            quantity=value.text,
            unit=value.unit,
            comment=notes(resource.note, value.doubt),
        )
    words = f"{value.comparator} {value.text} {value.unit}".strip()
    concept = resource.value_codeable_concept
    smokes = topic == "tobacco" and any(
        coding.code in _SMOKES for coding in (concept.coding if concept else ())
    )
    return LifestyleRecorded(
        topic=topic, label=f"{name} : {words}" if name else words, at_risk=smokes, comment=said
    )
