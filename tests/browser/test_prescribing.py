"""A prescription by keyboard: typed as doctors write, understood on the screen, stopped by an allergy, signed with a reason,
printed; then the whole treatment renewed in one gesture.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.house import Desk, findings

pytestmark = pytest.mark.browser


def line(desk: Desk, number: int, text: str) -> None:
    """Type one line and leave its field: the page then says what it understood."""
    desk.tab_to(f"[name=line-{number}]")
    desk.type(text)
    desk.keyboard("Tab")


def withdraw(desk: Desk) -> None:
    """Take a signed prescription back, by keyboard; the chart is as it was."""
    with desk.page.expect_navigation():
        desk.page.get_by_role("link", name="Saisi par erreur").press("Enter")
    desk.tab_to("[name=reason]")
    desk.type("essai")
    with desk.page.expect_navigation():
        desk.keyboard("Control+Enter")
    expect(desk.page.locator("#timeline")).to_be_visible()


def test_a_prescription_stopped_by_an_allergy_is_signed_with_a_reason(garance: Desk) -> None:
    page = garance.page
    garance.witness.expected = {422}
    garance.find("bap", "BAPTISTE Jean")
    garance.letter_page("o")
    line(garance, 0, "amoxicilline 1 g 3/j 6 j")
    outcome = page.locator("#outcome")
    expect(outcome.locator("ol > li").first).to_contain_text("3 fois par jour, pendant 6 jours")
    expect(outcome.locator(".banner.danger")).to_contain_text("Pénicillines")
    assert findings(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"
    page.set_viewport_size({"width": 1366, "height": 768})

    garance.keyboard("Control+Enter")
    expect(outcome.locator("[role=alert]")).to_contain_text("motif écrit")
    reason = outcome.locator("[name^=reason-]")
    expect(reason).to_be_focused()
    garance.type("Testé en 2025, tolérée")
    with page.expect_navigation():
        garance.keyboard("Control+Enter")
    expect(page.get_by_role("heading", name="Ordonnance")).to_contain_text("amoxicilline")
    expect(page.locator("dl.facts")).to_contain_text("Testé en 2025, tolérée")
    assert findings(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").first.click()
    assert download.value.suggested_filename == "ordonnance-1.pdf"
    withdraw(garance)
    expect(page.locator("section[aria-labelledby=c-treatments]")).not_to_contain_text("amoxicilline")


def test_what_is_not_understood_is_asked_and_signs_nothing(garance: Desk) -> None:
    page = garance.page
    garance.witness.expected = {422}
    garance.find("guér", "GUÉRIN André")
    garance.letter_page("o")
    line(garance, 0, "ibuprofene 3 j")
    outcome = page.locator("#outcome")
    expect(outcome.locator("ol .banner.warn").first).to_be_visible()
    garance.keyboard("Control+Enter")
    expect(outcome.locator("[role=alert]")).to_contain_text("à compléter")
    assert garance.path.endswith("/prescrire")
    expect(page.locator("[name=line-0]")).to_have_value("ibuprofene 3 j")


def test_the_whole_treatment_is_renewed(garance: Desk) -> None:
    page = garance.page
    garance.witness.expected = {422}
    garance.find("bap", "BAPTISTE Jean")
    garance.go(garance.chart() + "/prescrire?tout=1")
    outcome = page.locator("#outcome")
    expect(outcome.locator("ol > li").nth(3)).to_be_visible()
    assert findings(page) == []
    page.locator("[name=renewals]").focus()
    with page.expect_navigation():
        garance.keyboard("Control+Enter")
    expect(page.get_by_role("heading", name="Ordonnance")).to_contain_text("bisoprolol")
    expect(page.locator("dl.facts")).to_contain_text("au long cours")
    withdraw(garance)
    expect(page.locator("section[aria-labelledby=c-treatments]")).to_contain_text("bisoprolol")
