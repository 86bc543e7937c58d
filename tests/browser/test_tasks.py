"""A phone message noted over any page by one key, found again in the list, passed on and done by one key each; what was
said of medicine is not for the front desk.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Sit
from tests.browser.house import INES, Desk, findings

pytestmark = pytest.mark.browser

WORDS, SAID = "demande le résultat de la radio", "tousse depuis trois semaines"


def answered(desk: Desk) -> None:
    """The answer in the dialog puts the focus in its place: what is typed before that goes elsewhere."""
    expect(desk.page.locator("#dialog :focus")).to_have_count(1)
    # Not wait_for_function: when it has to look twice, the policy of the page forbids it.
    expect(desk.page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)


def open_lines(desk: Desk) -> Locator:
    """Lines of this message that are still to be done."""
    return desk.page.locator("section.card .task-open", has_text=WORDS)


def test_a_message_by_one_key_and_done_by_one_key(garance: Desk, sit: Sit) -> None:
    page = garance.page
    garance.go("/reglages")
    garance.letter("g")
    answered(garance)
    # One input, one answer: none comes later and takes the choice away.
    page.locator("#dialog [name=who]").fill("Fontaine Léa")
    expect(page.locator("#who-found label").first).to_contain_text("FONTAINE Léa")
    answered(garance)
    garance.tab_to("#who-found input")
    garance.keyboard("Space")
    expect(page.locator("#who-found input:checked")).to_have_count(1)
    garance.write("description", WORDS)
    garance.write("detail", SAID)
    assert findings(page) == []
    garance.keyboard("Control+Enter")
    garance.saved()
    assert garance.path == "/reglages"  # what was being done there stays

    garance.go("/a-faire")
    expect(open_lines(garance)).to_have_count(1)
    line = page.locator("section.card .task", has_text=WORDS)
    expect(line).to_contain_text("FONTAINE Léa")
    expect(line).to_contain_text(SAID)
    assert findings(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert findings(page) == []
    page.set_viewport_size({"width": 1366, "height": 768})

    # P passes it to the secretary: it leaves one's own list, and the secretary's does not hold what was said.
    open_lines(garance).focus()
    garance.keyboard("p")
    garance.dialog()
    answered(garance)
    page.locator("#dialog [name=to]").select_option(label="Secrétariat")
    garance.keyboard("Control+Enter")
    garance.saved()
    expect(open_lines(garance)).to_have_count(0)
    ines = sit(INES)
    ines.go("/a-faire")
    expect(open_lines(ines)).to_have_count(1)
    expect(ines.page.locator("main")).not_to_contain_text(SAID)
    open_lines(ines).focus()
    ines.keyboard("f")
    ines.saved()
    expect(open_lines(ines)).to_have_count(0)

    # The list of the doctor follows, without being asked; taken up again, it is back.
    garance.go("/a-faire?qui=tous")
    expect(open_lines(garance)).to_have_count(0)
    done = page.locator(".tasks-done .task", has_text=WORDS)
    expect(done).to_have_count(1)
    page.locator(".tasks-done > summary").click()
    done.get_by_role("button", name="Reprendre").click()
    garance.saved()
    expect(open_lines(garance)).to_have_count(1)
    expect(open_lines(ines)).to_have_count(1)
    # In the chart as well, where it is done for good.
    page.locator("section.card .task", has_text=WORDS).get_by_role("link", name="FONTAINE Léa").click()
    card = page.locator("[aria-labelledby=c-tasks] .task", has_text=WORDS)
    expect(card).to_contain_text(SAID)
    page.wait_for_load_state()
    card.get_by_role("button", name="Fait").click()
    garance.saved()
    expect(card).to_have_count(0)


def test_a_document_to_call_about_says_so_in_the_arrivals(garance: Desk) -> None:
    page = garance.page
    garance.go("/arrivees")
    page.locator("a.letter-open").first.focus()
    with page.expect_navigation():
        garance.keyboard("Enter")
    garance.letter("a")
    answered(garance)
    garance.write("description", "donner le résultat")
    with page.expect_navigation():
        garance.keyboard("Control+Enter")
    expect(page.locator(".letter.current .letter-todo")).to_contain_text("À appeler")
    assert findings(page) == []
    # It is the secretary's, and leads back to the document those who may read it.
    garance.go("/a-faire?qui=tous")
    line = page.locator("section.card .task", has_text="donner le résultat")
    expect(line).to_contain_text("Secrétariat")
    expect(line.get_by_role("link", name="d’où cela vient")).to_be_visible()
