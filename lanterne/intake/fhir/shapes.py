"""FHIR R4 data types, as much of them as the chart can use.

Law: a value of another type than FHIR says makes the resource stay text; nothing is half read. Fields not
named here are not lost: the resource's source stays beside (`readable`). Decimals keep their digits ("7.40"
is not 7.4: FHIR R4, decimal). Source: https://hl7.org/fhir/R4/datatypes.html.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec


# Values are trees read once and dropped: the collector has nothing to find in them.
class Element(msgspec.Struct, gc=False, kw_only=True, rename="camel"):
    """Base of every data type; names in FHIR's spelling outside, Python's inside."""


class Coding(Element):
    system: str = ""
    code: str = ""
    display: str = ""
    user_selected: bool = False


class Concept(Element):
    """CodeableConcept."""

    coding: tuple[Coding, ...] = ()
    text: str = ""


class Quantity(Element):
    """Quantity, Age, Duration: `code` is UCUM when `system` says so."""

    value: Decimal | None = None
    comparator: str = ""
    unit: str = ""
    system: str = ""
    code: str = ""


class Range(Element):
    low: Quantity | None = None
    high: Quantity | None = None


class Ratio(Element):
    numerator: Quantity | None = None
    denominator: Quantity | None = None


class Period(Element):
    start: str = ""
    end: str = ""


class Identifier(Element):
    use: str = ""
    type: Concept | None = None
    system: str = ""
    value: str = ""


class Reference(Element):
    reference: str = ""
    type: str = ""
    identifier: Identifier | None = None
    display: str = ""


class Extension(Element):
    url: str = ""
    value_string: str = ""
    value_code: str = ""
    value_coding: Coding | None = None
    value_address: Address | None = None
    extension: tuple[Extension, ...] = ()


class HumanName(Element):
    use: str = ""
    text: str = ""
    family: str = ""
    given: tuple[str | None, ...] = ()
    prefix: tuple[str | None, ...] = ()
    extension: tuple[Extension, ...] = ()


class ContactPoint(Element):
    system: str = ""
    value: str = ""
    use: str = ""


class Address(Element):
    use: str = ""
    text: str = ""
    line: tuple[str | None, ...] = ()
    city: str = ""
    postal_code: str = ""
    country: str = ""
    extension: tuple[Extension, ...] = ()


class Attachment(Element):
    """`data` is base64; `hash` the base64 SHA-1 of what it decodes to; `url` where it lies otherwise."""

    content_type: str = ""
    data: str = ""
    url: str = ""
    title: str = ""
    hash: str = ""


class Annotation(Element):
    text: str = ""


class Narrative(Element):
    status: str = ""
    div: str = ""


class Meta(Element):
    version_id: str = ""
    last_updated: str = ""
    profile: tuple[str, ...] = ()


class Repeat(Element):
    """Timing.repeat: `frequency` times every `period` `period_unit` (s, min, h, d, wk, mo, a)."""

    bounds_duration: Quantity | None = None
    bounds_period: Period | None = None
    count: int | None = None
    frequency: int | None = None
    frequency_max: int | None = None
    period: Decimal | None = None
    period_max: Decimal | None = None
    period_unit: str = ""
    day_of_week: tuple[str, ...] = ()
    time_of_day: tuple[str, ...] = ()
    when: tuple[str, ...] = ()


class Timing(Element):
    repeat: Repeat | None = None
    code: Concept | None = None


class DoseAndRate(Element):
    dose_quantity: Quantity | None = None
    dose_range: Range | None = None
    rate_quantity: Quantity | None = None
    rate_ratio: Ratio | None = None


class Dosage(Element):
    text: str = ""
    additional_instruction: tuple[Concept, ...] = ()
    patient_instruction: str = ""
    timing: Timing | None = None
    as_needed_boolean: bool = False
    as_needed_codeable_concept: Concept | None = None
    route: Concept | None = None
    dose_and_rate: tuple[DoseAndRate, ...] = ()


class ReferenceRange(Element):
    low: Quantity | None = None
    high: Quantity | None = None
    text: str = ""
