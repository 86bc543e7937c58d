"""Who is this, and what must I not miss: read by keyboard alone, in the real product."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.house import GARANCE, Desk

pytestmark = pytest.mark.browser
TITLES = ("Allergies et intolérances", "Problèmes actifs", "Antécédents", "Traitements au long cours", "Vaccinations",
          "Dernière consultation", "Derniers résultats hors normes", "Dernières mesures")  # fmt: skip


def test_m_baptiste_is_found_in_three_letters_and_everything_is_above_the_fold(garance: Desk) -> None:
    page = garance.page
    assert page.evaluate("document.activeElement.id") == "search", "the first page is ready to search"
    garance.find("bap", "BAPTISTE Jean")
    box = page.locator("#summary").bounding_box()
    assert box
    assert box["y"] + box["height"] <= 768
    assert page.evaluate("scrollY") == 0
    for title in TITLES:
        expect(page.get_by_role("heading", name=title)).to_be_in_viewport()


def test_the_allergy_is_red_in_the_band_and_in_the_chart(garance: Desk) -> None:
    garance.find("bap", "BAPTISTE Jean")
    band = garance.page.locator(".band-allergies")
    expect(band).to_contain_text("Pénicillines")
    for shown, what in (
        (band, "backgroundColor"),
        (garance.page.locator(".allergy.high .item-body > strong"), "color"),
    ):
        red, green, blue = shown.evaluate(
            f"e => getComputedStyle(e).{what}.match(/\\d+/g).slice(0, 3).map(Number)"
        )
        assert red > 140, what
        assert max(green, blue) < 40, what


def test_the_curve_of_the_inr_opens_and_closes_by_keyboard(garance: Desk) -> None:
    garance.find("bap", "BAPTISTE Jean")
    garance.tab_to("a.result-open")
    garance.keyboard("Enter")
    dialog = garance.dialog()
    expect(dialog.get_by_role("heading", name="INR")).to_be_visible()
    expect(dialog.locator("svg.curve polyline")).to_be_visible()
    assert dialog.locator("tbody tr").count() > 100
    garance.keyboard("Escape")
    expect(garance.page.locator("#dialog[open]")).to_have_count(0)


def test_versions_that_contradict_each_other_are_all_shown_until_somebody_settles(garance: Desk) -> None:
    page = garance.page
    garance.find("garnier", "GARNIER Nadia")
    conflict = page.locator(".conflict")
    expect(conflict).to_contain_text("2 versions à départager")
    expect(conflict).to_contain_text("écartée")
    expect(conflict).to_contain_text("gravité élevée")
    garance.tab_to(".conflict a.button")
    garance.keyboard("Enter")
    expect(garance.dialog()).to_contain_text("Certitude")
    garance.tab_to("[name=keep]")
    garance.keyboard("ArrowDown")
    garance.tab_to("#dialog .button.primary")
    garance.keyboard("Enter")
    garance.saved()
    expect(conflict).to_have_count(0)


def test_the_story_is_filtered_and_goes_on(garance: Desk) -> None:
    page = garance.page
    garance.find("bap", "BAPTISTE Jean")
    expect(page.locator("#timeline .row")).to_have_count(50)
    garance.tab_to("#timeline .more a", most=400)
    garance.keyboard("Enter")
    expect(page.locator("#timeline .row")).to_have_count(100)
    page.locator("#timeline .tabs a", has_text="Vaccinations").focus()
    garance.keyboard("Enter")
    expect(page.locator("#timeline .tabs [aria-current]")).to_contain_text("Vaccinations")
    kinds = page.locator("#timeline .row-kind").all_inner_texts()
    assert kinds
    assert set(kinds) == {"Vaccination"}


@pytest.mark.parametrize(("theme", "scheme"), [("dark", "dark"), ("light", "light")])
def test_the_theme_is_chosen_and_kept(sit: Sit, theme: str, scheme: str) -> None:
    garance = sit(GARANCE, dark=scheme == "light")
    garance.go("/reglages")
    garance.tab_to("[name=theme]")
    while garance.page.evaluate("document.activeElement.value") != theme:
        garance.keyboard("ArrowDown")
    garance.keyboard("Enter")
    expect(garance.page.locator("html")).to_have_attribute("data-theme", theme)
    garance.go("/equipe")
    assert garance.page.evaluate("getComputedStyle(document.documentElement).colorScheme") == scheme
