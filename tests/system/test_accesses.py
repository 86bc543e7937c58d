"""Two machines of one practice and the whole product: who is new is said, a term ends, a machine is lost."""

from __future__ import annotations

import secrets
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from lanterne.journal import pairing
from lanterne.journal.files import OsFiles
from lanterne.journal.journal import Journal
from lanterne.journal.latest import LatestTime
from lanterne.journal.layout import Layout
from lanterne.practice.chart.commands import Record as Write
from lanterne.practice.notes.facts import NoteRecorded
from lanterne.practice.record import Record, now_ms
from lanterne.practice.recording import record as door
from lanterne.practice.team import joining
from lanterne.wire.names import PersonId, SeatId, Stream
from tests.system.browser import Browser
from tests.system.stage import (
    AWA,
    GARANCE,
    INES,
    JEAN,
    MEDICAL,
    PAUL,
    THEO,
    WAIT_S,
    Practice,
    Server,
    phrase_of,
)

DAY = 86_400_000
LAPTOP = "un portable dans le train"
ENDED = "Cet accès a pris fin"


class Laptop(NamedTuple):
    """Paul's own machine: what it wrote is not known to the practice yet."""

    root: Path
    device: str
    seat: SeatId


def raws(journal: Journal) -> list[bytes]:
    return [
        arrived.entry.raw for stream in (Stream.MEMBERS, Stream.CARE) for arrived in journal.since(stream)
    ]


@pytest.fixture
def laptop(practice: Practice, tmp_path: Path) -> Laptop:
    """Paul joins with a second machine, by the four messages."""
    record = practice.open()
    offer = joining.offer_to_person(record, PersonId(practice.persons[PAUL]))
    root = tmp_path / "laptop"
    joined = pairing.join(
        root, offer, label="Paul Roche", passphrase=LAPTOP, now_ms=now_ms(), random=secrets.token_bytes
    )
    asked = joining.take_request(record, joined.request)
    his = Journal.open(root)
    assert pairing.finish(his, asked.reveal).code == asked.code
    welcomed = joining.admit(record, joined.request, asked.code)
    assert pairing.finish(his, welcomed.admission).admitted
    his.receive_many(raws(record.journal))
    held = his.membership.seat(joined.seat)
    assert held is not None
    record.close()
    return Laptop(root, held.device, joined.seat)


def sent_away(browser: Browser) -> str:
    """Wait until the session has ended; the unlock page it is sent to."""
    end = time.monotonic() + WAIT_S
    while browser.get("/").status != 303:
        assert time.monotonic() < end, "the session never ends"
        time.sleep(0.1)
    return browser.page("/ouvrir").text


def test_a_term_ends_an_open_session_whatever_the_clock_says(server: Server) -> None:
    """This machine has seen next month; its clock was put back to today."""
    practice = server.practice
    theo, garance = server.browser(THEO), server.browser(GARANCE)
    LatestTime(Layout(practice.root).clock, OsFiles()).see(now_ms() + 31 * DAY)
    assert ENDED in sent_away(theo)
    again = theo.try_unlock(practice.seats[THEO], phrase_of(THEO))
    assert again.status == 403
    assert ENDED in again.text
    assert garance.get("/").status == 200, "an access without a term has none"
    assert server.browser(INES).get("/").status == 200


def test_an_access_withdrawn_ends_its_session(server: Server) -> None:
    practice = server.practice
    paul, garance = server.browser(PAUL), server.browser(GARANCE)
    address = f"/equipe/acces/{practice.seats[PAUL]}/retirer"
    form = garance.open_form(address)
    before = Journal.open(practice.root).count(Stream.MEMBERS)
    for wrong in ("", "une autre phrase de passe"):
        refused = garance.send(form, {"passphrase": wrong})
        assert refused.status == 422, wrong
    assert paul.get("/").status == 200
    assert Journal.open(practice.root).count(Stream.MEMBERS) == before
    done = garance.send(form, {"passphrase": phrase_of(GARANCE)})
    assert (done.status, done.get("location")) == (303, "/equipe")
    assert ENDED in sent_away(paul)
    assert Journal.open(practice.root).membership.rotation_due(now_ms()) == ()


def test_a_departure_ends_every_access(laptop: Laptop, practice: Practice, server: Server) -> None:
    garance = server.browser(GARANCE)
    address = f"/equipe/{practice.persons[PAUL]}/depart"
    assert "(2)" in garance.page(address).text
    done = garance.send(garance.open_form(address), {"passphrase": phrase_of(GARANCE)})
    assert done.status == 303, done.text[:2000]
    team = garance.page("/equipe").text
    assert "parti(e) le" in team
    assert Journal.open(practice.root).membership.left == {PersonId(practice.persons[PAUL])}
    assert garance.get(address).status == 200, "a departure told twice changes nothing"
    assert garance.get(f"/equipe/{practice.persons[GARANCE]}/depart").status == 404


def test_everybody_is_told_of_a_new_machine(laptop: Laptop, practice: Practice, server: Server) -> None:
    """On the first page of each, until 72 hours after their own machine learnt of it."""
    for who in (GARANCE, AWA, INES):
        home = server.browser(who).page("/").text
        assert f"Paul Roche, poste {laptop.device[:6]}" in home, who
    team = server.browser(GARANCE).page("/equipe").text
    assert f"poste {laptop.device[:6]}" in team
    assert "nouveau" in team


def test_a_machine_lost_and_what_it_wrote_unknown_to_us(
    laptop: Laptop, practice: Practice, server: Server
) -> None:
    garance, awa = server.browser(GARANCE), server.browser(AWA)
    address = f"/equipe/postes/{laptop.device}/perdu"
    assert awa.get(address).status == 403
    assert "Paul Roche" in garance.page(address).text
    done = garance.send(garance.open_form(address), {"passphrase": phrase_of(GARANCE)})
    assert done.status == 303, done.text[:2000]
    assert garance.get(address).status == 404, "there is nothing left to lose"
    # It was not lost for everybody: somebody writes with it, then it meets another machine.
    his = Record.open(laptop.root, laptop.seat, LAPTOP)
    door(his, Write(practice.patients[JEAN], NoteRecorded(text=f"{MEDICAL}-apres")))
    ours = Journal.open(practice.root)
    ours.receive_many(raws(his.journal))
    his.close()
    shown = garance.page("/equipe/a-verifier").text
    assert "écrit par un accès déjà retiré" in shown
    assert "Paul Roche" in shown
    assert MEDICAL not in shown
    assert "À vérifier" in garance.page("/").text
    assert "hors du dossier" not in awa.page("/").text
    assert f"{MEDICAL}-apres" not in garance.page(f"/dossier/{practice.patients[JEAN]}/histoire").text
    # The revocation reaches it: it opens no more.
    back = Journal.open(laptop.root)
    back.receive_many(raws(ours))
    from lanterne.journal.access import AccessEnded

    with pytest.raises(AccessEnded):
        Record.open(laptop.root, laptop.seat, LAPTOP)
    assert practice.faults() == []
