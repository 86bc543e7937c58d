"""Files that came and are in no chart: nobody knows whose they are, or they could not be read.

They concern the practice and are sealed for care-givers: what came may be anything.
"""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from lanterne.practice.documents.facts import DocumentKind
from lanterne.practice.kinds import Body, Concerns, Kind, Shape
from lanterne.wire.names import Compartment


class SaidIdentity(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Whose document it says it is: traits as written, dates ISO at the precision known, empty when absent.

    `key_agrees` is False for a matricule whose key is wrong.
    """

    birth_name: str = ""
    used_name: str = ""
    first_given: str = ""
    given_names: list[str] = []
    sex: Literal["female", "male", "unknown"] = "unknown"
    birth_date: str = ""
    birth_place_code: str = ""
    matricule: str = ""
    oid: str = ""
    key_agrees: bool = True


class ArrivalReceived(Body):
    """One file, or one document inside a file (`part`), in no chart.

    `outcome`: "to_attach" asks whose it is; "quarantined" could not be read and only its bytes are kept.
    `why` and `params` are a code word with a French sentence. `blob`, `key`, `size`, `media_type` as in
    document.filed; `digest` is the SHA-256 of the file. `at` of the fact is the date of the document.
    `person` is who is in charge. An arrival.settled fact ends it.
    """

    KIND: ClassVar[str] = "arrival.received"
    outcome: Literal["to_attach", "quarantined"]
    digest: str
    blob: str
    key: str
    size: int
    media_type: str
    why: str
    params: dict[str, str] = {}
    file_name: str = ""
    part: str = ""
    format: str = ""
    document_kind: DocumentKind = "other"
    title: str = ""
    sender: str = ""
    identity: SaidIdentity | None = None
    attention: Literal["", "abnormal", "critical"] = ""
    person: str = ""


class ArrivalSettled(Body):
    """The arrivals named in `replaces` are settled: "attached" to a chart (`document` is the id of the fact
    there), or "discarded" (`reason` in somebody's words)."""

    KIND: ClassVar[str] = "arrival.settled"
    how: Literal["attached", "discarded"]
    document: str = ""
    reason: str = ""


KINDS = (
    Kind(ArrivalReceived.KIND, 1, Compartment.MEDICAL, Concerns.PRACTICE, Shape.STATEMENT, ArrivalReceived),
    Kind(ArrivalSettled.KIND, 1, Compartment.MEDICAL, Concerns.PRACTICE, Shape.RETRACTION, ArrivalSettled),
)
