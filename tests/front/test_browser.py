"""The unlock page in a real Chromium, by keyboard, under the policy the front sends."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.front.stage import INES, PHRASES, Stage

pytestmark = pytest.mark.browser


def test_unlocking_by_keyboard_breaks_no_policy(stage: Stage, chromium: Path) -> None:
    """Also the proof that a real browser's Origin, Sec-Fetch and cookie fields pass our own gate."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.goto(stage.front.url)
        assert page.url.endswith("/ouvrir")

        page.keyboard.type("not the passphrase")  # the field has the focus
        page.keyboard.press("Enter")
        page.get_by_text("Phrase de passe incorrecte").wait_for()

        page.get_by_label("Inès Caron").focus()
        page.keyboard.press("Space")
        page.locator("#passphrase").fill(PHRASES[INES.seat])
        page.keyboard.press("Enter")
        page.wait_for_url(stage.front.url)
        assert INES.seat in page.inner_text("body")

        refused = [one for one in said if "Content Security Policy" in one or "Refused" in one]
        assert refused == []
        browser.close()


POST = "{method: 'POST', credentials: 'include', mode: 'no-cors'}"
LOCK = f"url => fetch(url + 'verrouiller', {POST}).catch(() => null)"
READ = "url => fetch(url + 'echo', {credentials: 'include'}).then(got => got.text()).catch(() => 'nothing')"


def test_a_page_of_another_port_can_neither_read_nor_act(stage: Stage, chromium: Path) -> None:
    """Another port of this PC is the « same site »: Strict cookies travel to us, so the gate must stop it."""
    with sync_playwright() as playwright, Stage(stage.root) as elsewhere:
        browser = playwright.chromium.launch(executable_path=str(chromium), args=["--no-sandbox"])
        page = browser.new_context().new_page()
        page.goto(stage.front.url)
        page.get_by_label("Inès Caron").check()
        page.locator("#passphrase").fill(PHRASES[INES.seat])
        page.keyboard.press("Enter")
        page.wait_for_url(stage.front.url)

        attacker = page.context.new_page()
        attack = f"{elsewhere.front.url}attack"
        attacker.route(attack, lambda route: route.fulfill(body="<p>", content_type="text/html"))
        attacker.goto(attack)
        assert attacker.evaluate(READ, stage.front.url) == "nothing"
        attacker.evaluate(LOCK, stage.front.url)
        assert stage.front.workers.seats() == [INES.seat], "still unlocked: the order came from elsewhere"

        # the same two, asked by our own page, work
        assert INES.seat in page.evaluate(READ, stage.front.url)
        page.evaluate(LOCK, stage.front.url)
        assert stage.front.workers.seats() == []
        browser.close()
