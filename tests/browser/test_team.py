"""Who may open what: somebody new, a passphrase changed, the screen locked, nothing left behind it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.house import GARANCE, THEO, Desk

pytestmark = pytest.mark.browser
NEW = "quatre mots pour Awa Diallo"


def test_somebody_new_is_added_and_unlocks_with_her_own_passphrase(sit: Sit) -> None:
    garance = sit(GARANCE)
    page = garance.page
    garance.go("/equipe")
    garance.tab_to("a[href='/equipe/ajouter']")
    garance.keyboard("Enter")
    dialog = garance.dialog()
    garance.write("name", "Awa Diallo")
    garance.tab_to("[name=role]")
    garance.type("Sage")
    expect(dialog.locator("[name=role]")).to_have_value("midwife")
    garance.write("passphrase", NEW)
    garance.write("again", NEW)
    garance.save()
    row = page.locator("[aria-labelledby=t-persons] tr", has_text="Awa Diallo")
    expect(row).to_contain_text("sage-femme")
    expect(row).to_contain_text("depuis le ")

    row.locator("a", has_text="Modifier").focus()
    garance.keyboard("Enter")
    garance.dialog()
    garance.write("phone", "03 53 01 22 33")
    garance.save()

    awa = sit("Awa Diallo", phrase=NEW, fresh=True)
    expect(awa.page.locator(".me")).to_contain_text("Awa Diallo")
    awa.find("roussel", "ROUSSEL")
    expect(awa.page.locator("[aria-labelledby=c-problems]")).to_contain_text("Grossesse")


def test_a_forgotten_passphrase_is_given_anew_by_an_administrator(sit: Sit) -> None:
    garance = sit(GARANCE)
    garance.go("/equipe")
    garance.page.locator("[aria-labelledby=t-persons] tr", has_text=THEO).locator(
        "a", has_text="Donner un accès"
    ).focus()
    garance.keyboard("Enter")
    garance.dialog()
    garance.write("passphrase", "encore une lampe neuve 7")
    garance.write("again", "encore une lampe neuve 7")
    garance.save()
    garance.house.unlocked.pop(THEO, None)
    theo = sit(THEO, phrase="encore une lampe neuve 7", fresh=True)
    expect(theo.page.locator(".me")).to_contain_text(THEO)

    theo.go("/reglages")
    for name, text in (("current", "encore une lampe neuve 7"), ("new", "phrase choisie par Théo"),
                       ("again", "phrase choisie par Théo")):  # fmt: skip
        theo.write(name, text)
    theo.save()
    theo.lock()
    theo.house.phrases[THEO] = "phrase choisie par Théo"
    changed = sit(THEO, phrase="phrase choisie par Théo", fresh=True)
    expect(changed.page.locator(".me")).to_contain_text(THEO)


def test_locked_means_that_back_shows_nothing(sit: Sit) -> None:
    garance = sit(GARANCE, fresh=True)
    garance.witness.expected.add(401)
    garance.find("bap", "BAPTISTE Jean")
    address = garance.page.url
    garance.lock()
    garance.page.go_back()
    expect(garance.page.locator("#passphrase")).to_be_visible()
    garance.page.goto(address)
    expect(garance.page.locator("#passphrase")).to_be_visible()
    assert "BAPTISTE" not in garance.page.content()
    garance.page.locator("#passphrase").focus()


def test_openings_are_traced_with_the_name_of_who_opened(garance: Desk) -> None:
    garance.find("bap", "BAPTISTE Jean")
    garance.go("/acces")
    rows = garance.page.locator("tbody tr", has_text="BAPTISTE Jean").filter(has_text=GARANCE)
    expect(rows.filter(has_text="dossier").first).to_be_visible()
