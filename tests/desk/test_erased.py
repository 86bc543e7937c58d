"""What the chart page says of what was emptied: how much, when, by whom, why, and who has not confirmed."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest

from tests.desk.stage import engine

engine()

from django.test import RequestFactory  # noqa: E402  Django is set up first
from django.utils import translation  # noqa: E402

from lanterne.desk.chart.views import chart_page  # noqa: E402
from lanterne.desk.opening import opened  # noqa: E402
from lanterne.desk.presence import Presence  # noqa: E402
from lanterne.practice.erasing.commands import choose, empty, entries_about  # noqa: E402
from lanterne.practice.notes.facts import NoteRecorded  # noqa: E402
from lanterne.practice.record import Record  # noqa: E402
from lanterne.seal.changing import admit_device, admit_seat  # noqa: E402
from lanterne.seal.device import DeviceKeys  # noqa: E402
from lanterne.seal.seat import SeatKeys  # noqa: E402
from lanterne.wire.names import SEALED_COMPARTMENTS, PersonId  # noqa: E402
from tests.cast import JEAN_BAPTISTE  # noqa: E402
from tests.practice import stage  # noqa: E402
from tests.practice.conftest import machine, practice  # noqa: E402

__all__ = ["machine", "practice"]


@pytest.fixture(autouse=True)
def french() -> Iterator[None]:
    with translation.override("fr"):
        yield


def shown(record: Record) -> tuple[str, ...]:
    request = RequestFactory().get("/")
    request.presence = Presence(record, "secret")  # type: ignore[attr-defined]
    found = chart_page(opened(request, JEAN_BAPTISTE)).erased
    return tuple(one.replace("\u00a0", " ").replace("\u202f", " ") for one in found)


def another_device(record: Record) -> DeviceKeys:
    device, seat = DeviceKeys.new(secrets.token_bytes), SeatKeys.new(secrets.token_bytes)
    admitted = seat.record(
        person=PersonId("ab" * 16), device=device.id, compartments=SEALED_COMPARTMENTS, admin=False
    )
    ring = record.keyring.with_membership(record.journal.membership)
    facts = [
        admit_device(device.record(), secrets.token_bytes),
        admit_seat(ring, admitted, secrets.token_bytes),
    ]
    record.journal.write_members(ring, facts, record.clock_ms())
    return device


def test_the_chart_says_what_was_emptied(machine: stage.Machine) -> None:
    garance = machine.open("Garance")
    assert shown(garance) == ()
    for number in range(2):
        stage.write(garance, stage.fact(NoteRecorded(text=f"Note {number}.")))
    identity, *notes = entries_about(garance, JEAN_BAPTISTE)
    assert identity
    empty(garance, choose(garance, notes[:1]), "error")
    (said,) = shown(garance)
    assert said.startswith("1 écriture de ce dossier a été effacée le ")
    assert "par Dr Garance Morel (écrit dans le dossier d’une autre personne)." in said
    assert said.endswith("Les sauvegardes faites avant en gardent une copie.")
    assert "confirmé" not in said
    device = another_device(garance)
    (said,) = shown(garance)
    assert f"N’ont pas encore confirmé, et peuvent en garder une copie : poste {device.id[:6]}" in said
    assert "Note 0" not in repr(stage.tables(garance)["fact"])
