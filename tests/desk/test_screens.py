"""The pages in a real Chromium under the product's own policy.

They fit, they obey the keyboard, axe finds nothing serious.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.desk import jean_baptiste as cast
from tests.desk.pages import every_page
from tests.desk.preview import SIZES, Stage, findings, theatre

pytestmark = pytest.mark.browser
PAGES = [name for name in every_page() if not name.startswith("~")]


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def house() -> Iterator[tuple[str, type[Stage]]]:
    with theatre() as served:
        yield served


class Visit:
    """A page of the house in a window, and what its console said."""

    def __init__(self, browser: Browser, base: str, stage: type[Stage]) -> None:
        self.browser, self.base, self.stage = browser, base, stage
        self.said: list[str] = []

    def open(self, name: str, size: str = "wide", theme: str = "light") -> Page:
        width, height = SIZES[size]
        page = self.browser.new_page(
            viewport={"width": width, "height": height},
            color_scheme="dark" if theme == "dark" else "light",
        )
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.goto(f"{self.base}/{name}", wait_until="networkidle")
        return page


@pytest.fixture
def visit(browser: Browser, house: tuple[str, type[Stage]]) -> Iterator[Visit]:
    visitor = Visit(browser, *house)
    visitor.stage.posted.clear()
    yield visitor
    for context in browser.contexts:
        context.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_no_serious_finding_and_a_silent_console(visit: Visit, name: str, size: str) -> None:
    page = visit.open(name, size)
    assert findings(page) == []
    assert visit.said == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page scrolls sideways"


@pytest.mark.parametrize("name", ["home", "chart", "form", "team"])
def test_no_serious_finding_in_the_dark(visit: Visit, name: str) -> None:
    assert findings(visit.open(name, theme="dark")) == []


def test_the_summary_lies_above_the_fold(visit: Visit) -> None:
    page = visit.open("chart")
    box = page.locator("#summary").bounding_box()
    assert box
    assert box["y"] + box["height"] <= 768
    for text in ("BAPTISTE Jean", "Pénicilline", "Warfarine", "Prédiabète", "INR", "152/88", "DFG"):
        assert page.get_by_text(text).first.bounding_box()["y"] < 768, text  # type: ignore[index]


@pytest.mark.parametrize("size", SIZES)
def test_the_patient_stays_on_screen_at_the_foot_of_the_page(visit: Visit, size: str) -> None:
    page = visit.open("chart", size)
    page.locator(".more a").scroll_into_view_if_needed()
    assert page.evaluate("scrollY") > 0
    for part in (".band-name", ".band-allergies"):
        box = page.locator(part).bounding_box()
        assert box
        assert 0 <= box["y"] < 200


def test_keys_search_and_walk_the_list(visit: Visit) -> None:
    page = visit.open("chart")
    page.keyboard.press("/")
    page.keyboard.type("bap")
    page.wait_for_selector("#results .hit")
    path, _headers, body = visit.stage.posted[-1]
    assert path == "/patients/liste"
    assert parse_qs(body)["q"] == ["bap"]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert "BAPTISTA" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    assert page.locator("#search").input_value() == "", (
        "the name looked for must not stay beside another chart"
    )


def test_a_letter_opens_a_form_about_this_patient_and_escape_keeps_typed_text(visit: Visit) -> None:
    page = visit.open("chart")
    page.keyboard.press("a")
    page.wait_for_selector("dialog[open] form")
    assert "BAPTISTE Jean" in page.locator("#dialog").inner_text()
    assert page.locator("#dialog input[name=patient]").input_value() == cast.PATIENT
    page.keyboard.type("Iode a")
    assert page.locator("#dialog input[name=substance]").input_value() == "Iode a", (
        "letters typed are not shortcuts"
    )
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 1
    page.locator("#dialog .actions-end [data-close-dialog]").click()
    assert page.locator("dialog[open]").count() == 0


def test_a_result_shows_its_curve(visit: Visit) -> None:
    page = visit.open("chart")
    page.get_by_role("link", name="INR").first.click()
    page.wait_for_selector("dialog[open] svg.curve")
    assert findings(page) == []
    assert visit.said == []


def test_who_wrote_it_is_one_click_away(visit: Visit) -> None:
    page = visit.open("chart")
    page.locator("details.who summary").nth(1).click()
    card = page.locator("details.who[open] .who-card")
    assert "Dr Garance Morel" in card.inner_text()
    assert "Cabinet 1" in card.inner_text()
    assert card.get_by_role("link", name="Saisi par erreur").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("details.who[open]").count() == 0


def test_typed_text_is_posted_as_a_draft_with_its_patient(visit: Visit) -> None:
    page = visit.open("consultation")
    with page.expect_response("**/brouillon"):
        page.locator("textarea[name=findings]").fill("Crépitants des bases")
    page.wait_for_selector("[data-draft-status].kept")
    path, headers, body = visit.stage.posted[-1]
    assert path.endswith("/brouillon")
    sent = parse_qs(body)
    assert sent["findings"] == ["Crépitants des bases"]
    assert sent["patient"] == [cast.PATIENT]
    assert headers["Lanterne-Patient"] == cast.PATIENT
    assert int(headers["Lanterne-Draft"]) > 0
    assert "X-Lanterne-Background" not in headers, "typing is an act: it keeps the session awake"


def test_a_draft_that_was_not_kept_says_so(visit: Visit) -> None:
    page = visit.open("consultation")
    page.route("**/brouillon", lambda route: route.abort())
    page.locator("textarea[name=findings]").fill("Crépitants")
    page.wait_for_selector("[data-draft-status].lost")
    assert "NON gardé" in page.locator("[data-draft-status]").inner_text()
    page.unroute("**/brouillon")
    page.wait_for_selector("[data-draft-status].kept")


def test_words_not_kept_when_the_seat_locks_are_covered_not_lost(visit: Visit) -> None:
    page = visit.open("consultation")
    page.route("**/brouillon", lambda route: route.fulfill(status=401, headers={"HX-Redirect": "/ouvrir"}))
    page.locator("textarea[name=findings]").fill("Crépitants")
    page.wait_for_selector("#curtain[open]")
    assert page.locator("[data-curtain-link]").get_attribute("href") == "/ouvrir"
    page.unroute("**/brouillon")
    page.evaluate("dispatchEvent(new Event('focus'))")
    page.wait_for_selector("#curtain[open]", state="detached")
    assert parse_qs(visit.stage.posted[-1][2])["findings"] == ["Crépitants"]


def test_a_form_of_another_patient_does_not_leave(visit: Visit) -> None:
    page = visit.open("consultation")
    page.evaluate(f"document.querySelector('form[data-submit] [name=patient]').value = '{cast.OTHER}'")
    page.get_by_role("button", name="Enregistrer").click()
    page.wait_for_selector(".trouble")
    assert "autre patient" in page.locator(".trouble").inner_text()
    assert not [path for path, _headers, _body in visit.stage.posted if path.endswith("/consultation")]


def test_an_answer_that_does_not_come_says_that_nothing_was_stored(visit: Visit) -> None:
    page = visit.open("consultation")
    page.route(
        "**/consultation",
        lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
    )
    page.keyboard.press("Control+Enter")
    page.locator("input[name=reason]").press("Control+Enter")
    page.wait_for_selector(".trouble")
    assert "Rien n’a été enregistré" in page.locator(".trouble").first.inner_text()
    assert page.locator("input[name=reason]").input_value() == "Résultat d’INR à 4,8"


def test_control_alt_l_locks(visit: Visit) -> None:
    page = visit.open("chart")
    with page.expect_request("**/verrouiller") as locked:
        page.keyboard.press("Control+Alt+l")
    assert locked.value.method == "POST"


def test_the_browser_keeps_nothing(visit: Visit) -> None:
    page = visit.open("chart")
    with page.expect_response("**/histoire?genre=*"):
        page.locator(".tabs a").nth(1).click()
    expect(page.locator("#timeline")).to_have_count(1)
    expect(page.locator("article.row")).to_have_count(len(cast.timeline().rows))
    # htmx notes the address it is at, which holds opaque ids only; never a page
    assert page.evaluate("Object.keys(localStorage).length") == 0
    assert set(page.evaluate("Object.keys(sessionStorage)")) <= {"htmx-current-path-for-history"}
    assert "BAPTISTE" not in page.evaluate("JSON.stringify(sessionStorage)")
    assert page.evaluate("caches.keys().then(keys => keys.length)") == 0
