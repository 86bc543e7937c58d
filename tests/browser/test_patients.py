"""Patients registered, suspected to be one, put together and apart again: at the keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.house import Desk

pytestmark = pytest.mark.browser


def register(desk: Desk, **traits: str) -> None:
    """Fill the form of a new patient and send it."""
    desk.go("/patients/nouveau")
    for name, text in traits.items():
        desk.write(name, text)
    desk.keyboard("Control+Enter")


def test_somebody_who_looks_alike_is_shown_before_a_second_record_is_made(garance: Desk) -> None:
    garance.witness.expected.add(422)
    page = garance.page
    register(garance, birth_name="GUERIN", first_given="André", birth_date="13/07/1955")
    expect(page.locator(".banner.warn").first).to_contain_text("GUÉRIN André")
    expect(page.locator("[name=birth_name]")).to_have_value("GUERIN")
    garance.tab_to("[name=confirmed_new]")
    garance.keyboard("Space")
    garance.save()
    expect(page.locator(".band-name")).to_have_text("GUERIN André")

    # Suspected from then on, put together, apart again, and said to be two.
    garance.go(garance.chart() + "/identite")
    doubles = page.locator("[aria-labelledby=i-doubles]")
    expect(doubles).to_contain_text("GUÉRIN André")
    garance.tab_to("[aria-labelledby=i-doubles] a.button")
    garance.keyboard("Enter")
    expect(page.get_by_role("heading", name="Est-ce la même personne")).to_be_visible()
    garance.tab_to("main .button.primary")
    garance.keyboard("Enter")
    garance.saved()
    merged = page.locator("[aria-labelledby=i-merges]")
    expect(merged).to_be_visible()
    garance.tab_to("[aria-labelledby=i-merges] a.button")
    garance.keyboard("Enter")
    garance.dialog()
    garance.tab_to("#dialog .button.primary")
    garance.keyboard("Enter")
    garance.saved()
    expect(merged).to_have_count(0)

    garance.tab_to("[aria-labelledby=i-doubles] a.button")
    garance.keyboard("Enter")
    expect(page.get_by_role("heading", name="Est-ce la même personne")).to_be_visible()
    page.get_by_role("link", name="Ce sont deux personnes").focus()
    garance.keyboard("Enter")
    page.get_by_role("button", name="Ce sont deux personnes").focus()
    garance.keyboard("Enter")
    garance.saved()
    expect(page.locator("[aria-labelledby=i-doubles]")).to_have_count(0)


def test_a_telephone_and_a_name_are_corrected_and_the_page_shows_it(garance: Desk) -> None:
    page = garance.page
    garance.find("roussel", "ROUSSEL Chloé")
    garance.go(garance.chart() + "/identite")
    garance.tab_to("a[href$='/coordonnees']")
    garance.keyboard("Enter")
    garance.dialog()
    garance.write("mobile", "06 39 98 11 22")
    garance.save()
    expect(page.locator("[aria-labelledby=i-contacts]")).to_contain_text("06 39 98 11 22")
    garance.tab_to("a[href$='/identite/corriger']")
    garance.keyboard("Enter")
    garance.dialog()
    garance.write("used_given", "Clo")
    garance.save()
    expect(page.locator(".band-name")).to_have_text("ROUSSEL Clo")
    trait = page.locator("[aria-labelledby=i-traits] div", has_text="Prénom utilisé").first
    expect(trait).to_contain_text("Clo")


def test_nobody_found_is_said_and_the_name_leads_to_a_new_patient(garance: Desk) -> None:
    garance.keyboard("Control+k")
    garance.type("zzyzx")
    expect(garance.page.locator("#results")).to_contain_text("Aucun patient ne correspond à")
    garance.keyboard("Escape")
    expect(garance.page.locator("#search")).to_have_value("")
