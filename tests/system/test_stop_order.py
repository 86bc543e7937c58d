"""A stop order to everything: the relay is closed to the seats, the machine, the practice and to all; all local work goes on.

Walked: every command of the record and every address of the desk, both found by looking, so that a new one that is not
walked fails here; files that come, documents, drafts, lock and unlock, check. The command line is walked in
tests/cli/test_stop_order.py.
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from pathlib import Path

import pytest

from lanterne.journal.journal import Journal
from lanterne.proof.exchange import check_notice
from lanterne.sync.known import Known
from lanterne.wire.names import Stream
from lanterne.wire.statements import Scope, State, read_notice
from tests.relay.stopping import WORDS, StopOrder, relay_for
from tests.system.every_command import Walk, undone
from tests.system.stage import GARANCE, INES, JEAN, Practice, Server, serving
from tests.system.test_rights import MATRIX, address, ask, expected


@pytest.fixture(scope="module")
def stopped(
    template: Practice, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Practice, StopOrder]]:
    """The practice, whose relay is closed to everything."""
    folder = tmp_path_factory.mktemp("stopped")
    practice = template.copy(folder / "practice")
    with relay_for(folder / "relay", practice.root) as order:
        order.close(*Scope)
        yield practice, order


@pytest.fixture(scope="module")
def desk(stopped: tuple[Practice, StopOrder], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from serving(stopped[0], tmp_path_factory.mktemp("desk"))


def test_every_command_is_carried_out(stopped: tuple[Practice, StopOrder]) -> None:
    practice, order = stopped
    record = practice.open()
    before = sum(record.journal.count(stream) for stream in Stream)
    walk = Walk(record)
    walk.all()
    assert list(undone(walk)) == [], "a command that no stop order was tried on: add it to every_command.py"
    held = {one.entry.head.hash for stream in Stream for one in record.journal.since(stream)}
    assert {one.entry for one in walk.written} <= held
    assert len(held) >= before + len(walk.written)
    record.close()
    assert practice.faults() == []
    done = order.exchange()
    assert done.error is not None
    assert done.error.code == "peer.suspended", "it is closed all the same"
    assert done.tally.given == 0


def plain(text: str) -> str:
    """With ordinary spaces where French typography has others."""
    return html.unescape(text).replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize("who", [GARANCE, INES])
def test_every_address_of_the_desk_answers_as_ever(desk: Server, who: str) -> None:
    browser, practice, wrong = desk.browser(who), desk.practice, []
    patient = practice.patients[JEAN]
    for line in MATRIX:
        answer = ask(browser, line, address(line, practice, patient=patient, chart=JEAN), patient)
        if answer.status != expected(line, who):
            wrong.append(f"{line.name}: {answer.status}, expected {expected(line, who)}")
    assert wrong == []


def test_what_is_typed_and_filed_at_the_desk_is_recorded(desk: Server) -> None:
    practice, browser = desk.practice, desk.browser(GARANCE)
    chart = f"/dossier/{practice.patients[JEAN]}"
    before = practice.facts()
    for path, typed in (
        ("ajouter/allergy", {"substance": "Arachide"}),
        ("ajouter/note", {"text": "Le relais est fermé."}),
        ("consultation", {"text": "Vue malgré tout."}),
    ):
        form = browser.open_form(f"{chart}/{path}")
        assert browser.keep_draft(form, typed, 1).status == 204
        assert browser.send(form, typed).acknowledged, path
    letter = b"Compte rendu, relais ferme. " * 20
    form = browser.open_form(f"{chart}/documents/classer")
    sent = browser.send(form, {"title_": "Lettre"}, files=[("files", "lettre.txt", letter)])
    assert sent.acknowledged, sent.text[:2000]
    new = {
        fact: body
        for fact, (kind, body) in practice.facts().items()
        if fact not in before and kind == "document.filed"
    }
    (document,) = new
    assert browser.get(f"{chart}/documents/{document}/fichier").body == letter
    assert practice.faults() == []


def test_the_operator_is_heard_and_nothing_else_changes(
    stopped: tuple[Practice, StopOrder], desk: Server
) -> None:
    practice, _ = stopped
    journal = Journal.open(practice.root)
    known = Known(journal)
    relay = known.relay_file()
    assert relay is not None
    memory = known.relay(relay.relay)
    (raw,) = memory.notices
    signed = read_notice(raw)
    check_notice(signed, relay=relay.relay, key=relay.key)
    assert signed.value.text == WORDS
    assert memory.why == "peer.suspended"
    assert known.alarms() == [], "an order is no lie"
    for who in (GARANCE, INES):
        browser = desk.browser(who)
        for page in ("/", "/echanges"):
            shown = browser.page(page).text
            assert WORDS.rstrip(".") in shown, f"{page} of {who} does not say what the operator says"
            assert "Seul le relais est coupé : tout continue ici." in plain(shown)


def test_each_order_alone_then_lifted_loses_nothing(template: Practice, tmp_path: Path) -> None:
    practice = template.copy(tmp_path / "practice")
    with relay_for(tmp_path / "relay", practice.root) as order:
        for scope in Scope:
            order.close(scope)
            record = practice.open()
            walk = Walk(record)
            walk.patients()
            record.close()
            order.open(scope)
            assert order.exchange().whole
            journal = Journal.open(practice.root)
            known = Known(journal)
            relay = known.relay_file()
            assert relay is not None
            held = known.relay(relay.relay)
            assert set(journal.tips) <= set(held.holds), f"{scope}: what was written meanwhile is there"
            assert State.SUSPENDED not in {read_notice(raw).value.state for raw in held.notices}
            assert held.silent_since == 0
