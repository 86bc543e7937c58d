"""A real practice behind a real browser: `lanterne demo` in a process of its own, and a person at the keyboard."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Cookie, Locator, Page, expect

GARANCE, THEO, INES = "Dr Garance Morel", "Dr Théo Lambert", "Inès Caron"
PHRASE = "la lampe du grenier 42"
SIZES: Mapping[str, tuple[int, int]] = {"wide": (1366, 768), "narrow": (390, 844)}
# A fixed day: the picture of the README and what is above the fold do not change with the calendar.
TODAY = "2026-11-20"
WAIT_MS = 8_000


@dataclass
class House:
    """The server: its address, everybody's passphrase, and who is unlocked already (cookies, by person)."""

    url: str
    phrases: dict[str, str]
    process: subprocess.Popen[str]
    unlocked: dict[str, list[Cookie]] = field(default_factory=dict)

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        self.process.terminate()
        self.process.wait(60)


def open_house(folder: Path, patients: int) -> House:
    """Make the fictional practice and serve it on a free port."""
    data = folder / "practice"
    process = subprocess.Popen(
        [sys.executable, "-m", "lanterne", "demo", "--data", str(data), "--patients", str(patients), "--today", TODAY,
         "--port", "0", "--no-browser"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8", cwd=folder,
        env={**os.environ, "LANTERNE_PASSPHRASE": PHRASE, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert process.stdout is not None
    said: list[str] = []
    for line in process.stdout:
        said.append(line)
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            kept = (folder / "practice-phrases.txt").read_text("utf-8").splitlines()
            phrases = dict(pair.split("\t", 1) for pair in kept if "\t" in pair)
            return House(found.group(), phrases, process)
    raise AssertionError("".join(said))


@dataclass
class Witness:
    """What consoles said and what pages threw. Refusals a test provokes are named beforehand, by their status."""

    said: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)

    def watch(self, page: Page) -> None:
        """Listen to a page."""
        page.on("console", lambda message: self.hear(message.type, message.text))
        page.on("pageerror", lambda error: self.said.append(f"pageerror: {error}"))

    def hear(self, kind: str, text: str) -> None:
        """Keep a warning or an error unless it only tells of an expected status."""
        if kind not in ("error", "warning"):
            return
        told = re.search(r"status of (\d+)|Status Error Code (\d+)", text)
        if not told or int(told[1] or told[2]) not in self.expected:
            self.said.append(f"{kind}: {text}")


@dataclass
class Desk:
    """One person's browser."""

    house: House
    browser: Browser
    witness: Witness
    context: BrowserContext
    page: Page

    @property
    def keyboard(self) -> Callable[[str], None]:
        """Press one key."""
        return self.page.keyboard.press

    def type(self, text: str) -> None:
        """Type where the focus is."""
        self.page.keyboard.type(text)

    def write(self, name: str, text: str) -> None:
        """Go to a field by Tab and type in it (what it held is selected first, as Tab does)."""
        self.tab_to(f"[name={name}]")
        self.keyboard("Control+a")
        self.type(text)

    def tab_to(self, selector: str, *, most: int = 120) -> Locator:
        """Press Tab until what has the focus matches."""
        for _turn in range(most):
            if self.page.evaluate("s => document.activeElement?.matches(s) ?? false", selector):
                return self.page.locator(":focus")
            self.keyboard("Tab")
        raise AssertionError(f"{selector} is not reached by {most} Tabs")

    def go(self, path: str) -> None:
        """Open an address of the house."""
        self.page.goto(self.house.url + path)

    def find(self, typed: str, name: str) -> None:
        """Search as one types, walk to the line, open it. By keyboard alone."""
        self.keyboard("Control+k")
        self.type(typed)
        self.keyboard("ArrowDown")
        expect(self.page.locator("[data-item]:focus")).to_have_count(1)
        while name not in self.page.locator(":focus").inner_text():
            here = self.page.evaluate("document.activeElement.textContent")
            self.keyboard("ArrowDown")
            assert self.page.evaluate("document.activeElement.textContent") != here, (
                f"{name} is not in the list"
            )
        self.keyboard("Enter")
        expect(self.page.locator("#band")).to_contain_text(name)
        self.page.wait_for_load_state()

    def letter(self, key: str) -> Locator:
        """Press a letter; the dialog it opens."""
        self.page.evaluate("document.activeElement.blur()")
        self.keyboard(key)
        return self.dialog()

    def letter_page(self, key: str) -> None:
        """Press a letter that opens a page of its own."""
        self.page.evaluate("document.activeElement.blur()")
        with self.page.expect_navigation():
            self.keyboard(key)
        expect(self.page.locator("form[data-submit]")).to_be_visible()

    def beside(self) -> Desk:
        """Another tab of the same browser."""
        page = self.context.new_page()
        self.witness.watch(page)
        page.goto(self.house.url)
        return Desk(self.house, self.browser, self.witness, self.context, page)

    def dialog(self) -> Locator:
        """The dialog, once it is open with something in it."""
        expect(self.page.locator("#dialog[open] .dialog-body")).to_be_visible()
        return self.page.locator("#dialog")

    def save(self) -> None:
        """Ctrl-Enter, and wait until it is said to be kept and the dialog has gone."""
        self.keyboard("Control+Enter")
        self.saved()

    def saved(self) -> None:
        """It was said; the toast is put away, so that the next one is not mistaken for it."""
        toast = self.page.locator(".toast", has_text="Enregistré")
        expect(toast.first).to_be_visible()
        expect(self.page.locator("#dialog[open]")).to_have_count(0)
        self.page.wait_for_load_state()  # said by the page that came after the write, its script is still to come
        toast.first.locator("[data-close-toast]").click()
        expect(toast).to_have_count(0)

    def lock(self) -> None:
        """Ctrl-Alt-L."""
        self.keyboard("Control+Alt+l")
        expect(self.page.locator("#passphrase")).to_be_visible()
        self.house.unlocked.clear()

    @property
    def path(self) -> str:
        """Where the page is."""
        return urlsplit(self.page.url).path

    def chart(self) -> str:
        """The address of the chart being shown."""
        return "/".join(self.path.split("/")[:3])


def unlock(page: Page, house: House, name: str, phrase: str = "") -> None:
    """At the unlock page, by keyboard: choose oneself, type the passphrase, Enter."""
    page.goto(house.url)
    page.get_by_label(name).focus()
    page.keyboard.press("Space")
    page.locator("#passphrase").focus()
    page.keyboard.type(phrase or house.phrases[name])
    page.keyboard.press("Enter")
    expect(page.locator("#search")).to_be_visible(timeout=60_000)
    page.wait_for_load_state()


# What a thumb must hit (WCAG 2.2, 2.5.8) is not in axe's default set.
AXE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}


def findings(page: Page, within: str | None = None) -> list[str]:
    """axe-core's serious and critical findings, as lines. Run by the debugger, outside the policy."""
    return [
        f"{violation['id']}: {node['html'][:160]} {[found['message'] for found in node['any'][:1]]}"
        for violation in Axe().run(page, context=within, options=AXE).response["violations"]
        if violation["impact"] in {"serious", "critical"}
        for node in violation["nodes"]
    ]
