"""One practice, a browser for each module; a window of somebody for each test, and a witness."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.browser.house import GARANCE, SIZES, WAIT_MS, Desk, House, Witness, open_house, unlock

Sit = Callable[..., Desk]


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    opened = open_house(tmp_path_factory.mktemp("house"), patients=12)
    yield opened
    opened.stop()


# One a module: Playwright allows one of itself in a process, and other folders start their own.
@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def witness() -> Iterator[Witness]:
    """Nothing may be said in a console: no error, no broken policy."""
    heard = Witness()
    yield heard
    assert heard.said == []


@pytest.fixture
def sit(house: House, browser: Browser, witness: Witness) -> Iterator[Sit]:
    """`sit(GARANCE)`: her browser, unlocked, on the first page. The session is taken up again from test to test."""
    contexts: list[BrowserContext] = []

    def seated(
        name: str = GARANCE, *, phrase: str = "", size: str = "wide", dark: bool = False, fresh: bool = False
    ) -> Desk:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            locale="fr-FR",
        )
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        page = context.new_page()
        if fresh or name not in house.unlocked:
            house.unlocked.pop(name, None)
            unlock(page, house, name, phrase)
            if not fresh:
                house.unlocked[name] = context.cookies()  # type: ignore[assignment]
        else:
            context.add_cookies(house.unlocked[name])  # type: ignore[arg-type]
            page.goto(house.url)
        witness.watch(page)
        return Desk(house, browser, witness, context, page)

    yield seated
    for context in contexts:
        context.close()


@pytest.fixture
def garance(sit: Sit) -> Desk:
    return sit(GARANCE)
