"""Saying better what a document is: what was read of it goes with it, however much there is."""

from __future__ import annotations

import pytest

from lanterne.practice.chart.statements import one, standing
from lanterne.practice.documents.commands import ClassifyDocument
from lanterne.practice.documents.facts import DocumentFiled, NotKept, Rendition
from lanterne.practice.errors import NotAllowed, Refusal
from lanterne.practice.record import Record
from lanterne.practice.recording import record
from lanterne.wire.names import FactId
from tests.cast import JEAN_BAPTISTE
from tests.practice.stage import MADELEINE, Machine, chart, fact, nothing_written, write

READ = DocumentFiled(
    blob="ab" * 32, key="cd" * 32, size=10, media_type="application/pdf", title="Document", format="cda",
    renditions=[Rendition(blob="ef" * 32, key="cd" * 32, size=5, media_type="text/html")] * 3,
    unread=[f"phrase {n}" for n in range(150)], not_kept=[NotKept(place="ici", code="date_future")] * 150,
    also=[f"{n:032x}" for n in range(500)], ins_key_wrong=True, set_id="lot", set_version=2,
)  # fmt: skip


@pytest.fixture
def filed(garance: Record) -> FactId:
    return FactId(write(garance, fact(READ, at="2025-12-01", version=2))[0])


def described(title: str) -> DocumentFiled:
    values = {name: getattr(READ, name) for name in READ.__struct_fields__}
    return DocumentFiled(**{**values, "title": title, "document_kind": "letter"})


def test_everything_read_goes_with_the_new_description(garance: Record, filed: FactId) -> None:
    record(garance, ClassifyDocument(JEAN_BAPTISTE, filed, described("Lettre de cardiologie"), "2025-12-02"))
    [item] = standing(chart(garance), DocumentFiled)
    assert item.body == described("Lettre de cardiologie")
    assert (item.at, item.replaces) == ("2025-12-02", (filed,))
    assert not one(chart(garance), filed).live


def test_what_somebody_types_is_checked(garance: Record, filed: FactId) -> None:
    with nothing_written(garance), pytest.raises(Refusal) as told:
        record(garance, ClassifyDocument(JEAN_BAPTISTE, filed, described("  ")))
    assert told.value.field == "title"
    with nothing_written(garance), pytest.raises(Refusal, match="other_patient"):
        record(garance, ClassifyDocument(MADELEINE, filed, described("Lettre")))


def test_twice_from_two_screens_is_refused_the_second_time(garance: Record, filed: FactId) -> None:
    record(garance, ClassifyDocument(JEAN_BAPTISTE, filed, described("Lettre")))
    with nothing_written(garance), pytest.raises(Refusal, match="changed_meanwhile"):
        record(garance, ClassifyDocument(JEAN_BAPTISTE, filed, described("Courrier")))


def test_the_secretary_classifies_nothing(machine: Machine, filed: FactId) -> None:
    with pytest.raises(NotAllowed):
        record(machine.open("Inès"), ClassifyDocument(JEAN_BAPTISTE, filed, described("Lettre")))
