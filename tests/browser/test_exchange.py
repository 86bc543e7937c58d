"""How things stand with the other devices, on every page: said in passing, refreshed under one's eyes, red for a proven
lie until somebody has seen it; and the same without any script."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from lanterne.journal.journal import Journal
from lanterne.sync.alarms import Alarm, Lie
from lanterne.sync.known import Known
from lanterne.sync.ways import read_ways
from tests.browser.conftest import Sit
from tests.browser.house import INES, SIZES, Desk, House, findings, open_house

pytestmark = pytest.mark.browser
LIE = "Le relais montre moins d’écritures qu’il n’en avait montré"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exchange")


@pytest.fixture(scope="module")
def house(root: Path) -> Iterator[House]:
    """A practice of its own: what is alarmed here would be red on everybody's pages."""
    opened = open_house(root, patients=4)
    yield opened
    opened.stop()


def journal(root: Path) -> Journal:
    return Journal.open(root / "practice")


def ask_again(page: Page) -> None:
    """What the page asks by itself every twenty seconds."""
    page.wait_for_load_state()
    page.evaluate("htmx.trigger(document.body, 'lanterne:written')")


def ask_until_red(page: Page, count: int) -> None:
    """The same, until the page has so many red banners."""
    red = page.locator(".banner.danger")
    for _turn in range(20):
        ask_again(page)
        try:
            expect(red).to_have_count(count, timeout=1_000)
        except AssertionError:
            continue  # the look was taken before, or the page was being changed: ask once more
        return
    expect(red).to_have_count(count)


@pytest.mark.parametrize("size", SIZES)
def test_the_line_is_on_every_page_and_leads_to_its_page(sit: Sit, size: str) -> None:
    desk = sit(INES, size=size)
    for path in ("/", "/arrivees", "/equipe", "/reglages"):
        desk.go(path)
        line = desk.page.locator("#exchange-line")
        expect(line).to_contain_text("Enregistré ici")
        assert desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert desk.page.locator(".banner.danger").count() == 0, "nothing red in an honest practice"
    line.get_by_role("link").click()
    expect(desk.page.get_by_role("heading", name="Échanges entre les postes")).to_be_visible()
    assert findings(desk.page) == []
    assert desk.page.get_by_role("link", name="Ajouter un dossier").count() == 0, "an administrator's"


def test_a_folder_is_added_by_keyboard_and_asked_for_at_once(
    garance: Desk, root: Path, tmp_path: Path
) -> None:
    page = garance.page
    garance.go("/echanges")
    garance.tab_to("a[href='/echanges/dossier']")
    garance.keyboard("Enter")
    garance.dialog()
    garance.witness.expected.add(422)
    garance.type("pas un chemin")
    garance.keyboard("Control+Enter")
    expect(page.locator("#dialog")).to_contain_text("chemin entier")
    garance.write("folder", str(tmp_path / "stick"))
    garance.keyboard("Control+Enter")
    expect(page.locator("#exchange-state")).to_contain_text(str(tmp_path / "stick"))
    assert read_ways(journal(root)).folders == (tmp_path / "stick",)
    page.wait_for_load_state()
    page.get_by_role("button", name="Échanger maintenant").click()
    expect(page.locator("#exchange-state")).to_contain_text(
        re.compile("pas là|pas encore d’échange|en cours")
    )
    assert findings(page) == []


def test_a_proven_lie_comes_up_red_on_open_pages_until_it_is_seen(
    garance: Desk, sit: Sit, root: Path
) -> None:
    ines = sit(INES)
    garance.go("/equipe")
    found = Alarm(Lie.SHRANK, "5f" * 16, "48211", "last", time.time_ns() // 1_000_000, (b"before", b"after"))
    assert Known(journal(root)).alarm(found)
    for desk in (garance, ines):
        ask_until_red(desk.page, 1)
        expect(desk.page.locator(".banner.danger")).to_contain_text(LIE)
    assert findings(garance.page) == []
    garance.page.get_by_role("link", name="Voir et que faire").click()
    expect(garance.page.get_by_role("heading", name="Que faire")).to_be_visible()
    assert findings(garance.page) == []
    with garance.page.expect_download() as coming:
        garance.page.get_by_role("link", name="Télécharger la preuve").click()
    assert coming.value.suggested_filename == f"lanterne-alerte-L4-{found.name[-32:][:8]}.zip"
    assert coming.value.path().read_bytes()[:2] == b"PK"
    garance.page.get_by_role("button", name="J’en ai pris connaissance").click()
    expect(garance.page.locator(".toast")).to_contain_text("Marquée comme vue par vous")
    expect(garance.page.locator(".exchange-alarms")).to_contain_text("vu par Dr Garance Morel")
    assert garance.page.locator(".banner.danger").count() == 0
    ask_until_red(ines.page, 0)


def test_everything_works_without_a_script(garance: Desk, browser: Browser) -> None:
    garance.go("/echanges")
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    context.add_cookies(garance.context.cookies())  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{garance.house.url}/echanges")
    expect(page.locator("#exchange-line")).to_contain_text("Enregistré ici")
    page.get_by_role("link", name="Ajouter un poste").click()
    page.get_by_label("Adresse du poste").fill("192.0.2.7:8766")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#exchange-state")).to_contain_text("192.0.2.7:8766")
    page.get_by_role("button", name="Échanger maintenant").click()
    expect(page.locator(".toast").first).to_contain_text("Échange demandé.")
    page.get_by_role("button", name="Retirer 192.0.2.7:8766").click()
    expect(page.locator("#exchange-state")).not_to_contain_text("192.0.2.7:8766")
    page.get_by_role("link", name="Relais", exact=True).click()
    page.get_by_label("Adresse du relais").fill("http://127.0.0.1:1")
    page.get_by_role("button", name="Continuer").click()
    expect(page.locator("form.sheet")).to_contain_text("Personne ne répond à cette adresse.")
    context.close()


def test_when_nothing_answers_any_more_the_line_says_since_when(garance: Desk, house: House) -> None:
    """The last of the module: the house is stopped."""
    page = garance.context.new_page()
    page.goto(f"{house.url}/echanges")
    expect(page.locator("#exchange-line")).to_contain_text("Enregistré ici")
    page.wait_for_load_state()
    garance.page.close()
    house.stop()
    ask_again(page)
    expect(page.locator("#exchange-line")).to_contain_text(
        re.compile(r"Lanterne ne répond plus sur ce poste depuis \d+\s?h\s?\d\d")
    )
    assert page.locator(".trouble").count() == 0, "nothing was being written"
