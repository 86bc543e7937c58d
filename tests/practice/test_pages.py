"""Every page comes back byte for byte after the read tables were burnt, and on another machine that holds the same facts."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lanterne.practice.reading import Traces
from lanterne.practice.record import Record
from lanterne.practice.team import queries as team
from tests.cast import JEAN_BAPTISTE
from tests.desk.stage import engine
from tests.practice import stage
from tests.practice.stage import MADELEINE, Clock, deliver, entries, fact, write

engine()  # Django is set up once, with the product's settings

from django.test import Client  # noqa: E402

from lanterne.desk import presence  # noqa: E402

SECRET = "front secret"
NOON_MS = 1_767_351_600_000
# What a page draws anew each time it is shown: the token of its forms, the ids its forms will write under.
DRAWN = re.compile(
    rb'name="csrfmiddlewaretoken" value="[^"]+"|"X-CSRFToken"[^}]+|name="(?:id|fact)" value="[0-9a-f]{32}"'
)


class Still:
    """A clock that stands."""

    def __call__(self) -> int:
        return NOON_MS


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """A browser behind the front."""
    from django.conf import settings

    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["127.0.0.1"])
    yield Client(headers={"X-Lanterne-Front": SECRET, "Host": "127.0.0.1"})
    presence._present = None


def serve(record: Record) -> None:
    record.clock_ms = Still()
    record.catch_up()
    begun = presence.begin(record, front_secret=SECRET)
    assert begun.preparation.ready.is_set()
    begun.traces = _Silent()


class _Silent(Traces):
    """Traced already: pages of both readings stand at the same entry."""

    def due(self, key: tuple[str, str, str], now_ms: int) -> bool:
        return False


def pages(desk: Client, record: Record) -> dict[str, bytes]:
    """Every page that can be read, by address."""
    serve(record)
    connection = record.connection()
    facts = [bytes(row[0]).hex() for row in connection.execute(
        "SELECT f.id FROM statement s JOIN fact f ON f.no = s.fact JOIN kind k ON k.no = s.kind WHERE k.name NOT LIKE 'patient.%'"
        " ORDER BY f.id")]  # fmt: skip
    chart = f"/dossier/{JEAN_BAPTISTE}"
    addresses = [
        "/", "/equipe", "/reglages", "/acces", f"{chart}/acces", chart, f"{chart}/resume",
        f"{chart}/histoire", f"{chart}/histoire?genre=result", f"{chart}/identite", f"{chart}/identite/corriger",
        f"/dossier/{MADELEINE}", f"/dossier/{MADELEINE}/identite",
        *(f"/equipe/{person.id}" for person in team.persons(connection)), *(f"{chart}/element/{one}" for one in facts),
    ]  # fmt: skip
    found: dict[str, bytes] = {}
    while addresses:
        address = addresses.pop()
        answer = desk.get(address)
        body = b"".join(answer) if answer.streaming else answer.content
        assert answer.status_code in (200, 303, 404), (address, answer.status_code)
        found[address] = b"%d " % answer.status_code + DRAWN.sub(b"", body)
        following = re.search(rb'"(/dossier/[0-9a-f]+/histoire\?[^"]*apres=[^"]+)"', body)
        if following is not None and following[1].decode().replace("&amp;", "&") not in found:
            addresses.append(following[1].decode().replace("&amp;", "&"))
    return found


def story(record: Record) -> None:
    """Enough for two pages of the story, a conflict, a correction, a withdrawal, something newer, and a merge undone."""
    [first] = write(record, fact("allergy.recorded", {"substance": "Pénicilline", "criticality": "high"}))
    for name in ("Amoxicilline", "Céfazoline"):
        write(record, fact("allergy.recorded", {"substance": name}, replaces=[first]))
    [wrong] = write(record, fact("problem.recorded", {"label": "Asthme"}))
    write(record, fact("chart.entered_in_error", {"reason": "erreur"}, replaces=[wrong]))
    for number in range(30):
        label = ("Hb", "Potassium", "CRP")[number % 3]
        body = {"label": label, "value": f"{number}.5", "unit": "g/L", "high": "9"}
        write(record, fact("result.recorded", body, at="2025-06-01"), fact("note.recorded", {"text": f"Note {number}"}, at="2025-06-01"))  # fmt: skip
    write(
        record,
        fact("prescription.issued", {"label": "À venir"}),
        fact("treatment.recorded", {"substance": "Metformine"}),
    )
    write(record, fact("patient.contacts", {"phones": [{"number": "06 39 98 12 34"}], "city": "Rouen"}))


def different(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    """Addresses whose pages differ, each with where they first do."""
    found = []
    for address in sorted(one.keys() | other.keys()):
        mine, hers = one.get(address, b""), other.get(address, b"")
        if mine != hers:
            at = next((at for at, pair in enumerate(zip(mine, hers, strict=False)) if pair[0] != pair[1]), 0)
            found.append(
                f"{address}: {mine[max(0, at - 80) : at + 80]!r} / {hers[max(0, at - 80) : at + 80]!r}"
            )
    return found


def test_pages_come_back_after_the_tables_were_burnt(machine: stage.Machine, desk: Client) -> None:
    garance = machine.open("Garance")
    story(garance)
    before = pages(desk, garance)
    assert len(before) > 60
    assert any("apres=" in address for address in before), "the story has a second page"
    assert sum(body.startswith(b"200") for body in before.values()) > 50
    machine.burn()
    again = machine.open("Garance")
    again.catch_up()
    again.catch_up_traces()
    assert different(before, pages(desk, again)) == []


def test_pages_are_the_same_wherever_the_facts_came_from(
    practice: stage.Practice, tmp_path: Path, desk: Client
) -> None:
    """Another machine heard the same entries in another order, little by little."""
    garance = practice.machine(tmp_path / "here").open("Garance", clock=Clock(NOON_MS - 3_600_000))
    story(garance)
    there = practice.machine(tmp_path / "there").open("Garance")
    for batch in stage.batches(entries(garance.journal), random.Random(5)):
        deliver(there.journal, batch)
        there.catch_up()
    there.catch_up_traces()
    assert different(pages(desk, garance), pages(desk, there)) == []
