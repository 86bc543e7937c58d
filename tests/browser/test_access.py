"""Every real page and dialog, both sizes: axe-core finds nothing serious, nothing scrolls sideways, silent console."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.house import GARANCE, INES, SIZES, Desk, findings

pytestmark = pytest.mark.browser
DIALOGS = "amtrpvifhn"


def pages(desk: Desk) -> Iterator[str]:
    """Goes to each page; its name."""
    yield "home"
    desk.find("bap", "BAPTISTE Jean")
    chart = desk.chart()
    yield "chart"
    first = desk.page.locator("#timeline .row-title").first.get_attribute("href")
    curve = desk.page.locator("a.result-open").first.get_attribute("href")
    assert first
    assert curve
    for path in (
        f"{chart}/consultation", f"{chart}/prescrire", f"{chart}/documents/classer", f"{chart}/identite", f"{chart}/histoire?genre=result",
        f"{chart}/ajouter/allergy", f"{first}", f"{first}/erreur", curve, f"{chart}/identite/corriger",
        f"{chart}/identite/coordonnees", f"{chart}/identite/medecin-traitant", "/patients/nouveau", "/equipe",
        "/equipe/ajouter", "/equipe/cabinet", "/acces", "/reglages",
    ):  # fmt: skip
        desk.go(path)
        yield path
    desk.go(f"{chart}/histoire?genre=document")
    desk.page.locator(".row-title").first.click()
    expect(desk.page.locator(".paper")).to_be_visible()
    yield "document"
    desk.find("dupont", "DUPONT-MERCIER Marie-Claude")
    desk.go(desk.chart() + "/identite")
    yield "identity with a double"
    desk.page.get_by_role("link", name="Comparer").first.click()
    expect(desk.page.get_by_role("heading", name="Est-ce la même personne")).to_be_visible()
    yield "merge"


def dialogs(desk: Desk) -> Iterator[str]:
    """Opens each dialog of a chart; its name."""
    desk.find("guér", "GUÉRIN André")
    for letter in DIALOGS:
        desk.letter(letter)
        yield f"dialog {letter}"
        desk.page.keyboard.press("Escape")
        expect(desk.page.locator("#dialog[open]")).to_have_count(0)
    for name, opener in (
        ("curve", "a.result-open"),
        ("item", "#timeline a.row-title"),
        ("card", "details.who summary"),
    ):
        desk.page.locator(opener).first.focus()
        desk.keyboard("Enter")
        expect(desk.page.locator("#dialog[open] .dialog-body, details.who[open]")).to_be_visible()
        yield name
        desk.keyboard("Escape")
    desk.keyboard("?")
    expect(desk.page.locator("#shortcuts[open]")).to_be_visible()
    yield "shortcuts"


def refusals(desk: Desk) -> Iterator[str]:
    """Pages that say no."""
    desk.witness.expected.update({403, 404})
    for path in ("/nulle-part", "/acces"):
        desk.go(path)
        yield path


def look(desk: Desk, shown: Iterator[str], within: str | None = None) -> None:
    """Nothing serious, nothing wider than the window, on each of them."""
    wrong = []
    for name in shown:
        wrong += [f"{name}: {found}" for found in findings(desk.page, within)]
        if desk.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.append(f"{name}: scrolls sideways")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("size", SIZES)
def test_every_page_of_the_doctor(sit: Sit, size: str) -> None:
    desk = sit(GARANCE, size=size)
    look(desk, pages(desk))


@pytest.mark.parametrize("size", SIZES)
def test_every_dialog_of_a_chart(sit: Sit, size: str) -> None:
    desk = sit(GARANCE, size=size)
    look(desk, dialogs(desk), "dialog[open], details[open]")


def test_the_chart_and_its_dialogs_in_the_dark(sit: Sit) -> None:
    desk = sit(GARANCE, dark=True)
    desk.find("bap", "BAPTISTE Jean")
    look(desk, iter(["chart"]))
    desk.go("/")
    look(desk, dialogs(desk), "dialog[open], details[open]")


def test_the_secretarys_pages_and_refusals(sit: Sit) -> None:
    desk = sit(INES)
    look(desk, refusals(desk))
    desk.go("/")
    desk.find("bap", "BAPTISTE Jean")
    look(desk, iter(["identity"]))
    desk.go(desk.chart() + "/documents/classer")
    look(desk, iter(["deposit"]))


def test_the_unlock_page(sit: Sit) -> None:
    desk = sit(GARANCE)
    for size in SIZES.values():
        desk.page.set_viewport_size({"width": size[0], "height": size[1]})
        desk.context.clear_cookies()
        desk.page.goto(desk.house.url)
        expect(desk.page.locator("#passphrase")).to_be_visible()
        look(desk, iter(["unlock"]))
