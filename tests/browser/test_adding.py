"""A machine is added over the local network: the administrator's browser on one process, the newcomer's on another.

It ends with the newcomer reading a chart that came by the network.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Sit
from tests.browser.house import GARANCE, SIZES, WAIT_MS, Witness, findings

pytestmark = pytest.mark.browser
LEA, HERS = "Dr Léa Petit", "un phare dans la brume 9"
LONG_MS = 60_000


@dataclass
class Portable:
    """A machine with Lanterne and no practice, and its browser."""

    url: str
    root: Path
    page: Page


@pytest.fixture
def portable(browser: Browser, witness: Witness, tmp_path: Path) -> Iterator[Portable]:
    root = tmp_path / "portable"
    process = subprocess.Popen(
        [sys.executable, "-m", "lanterne", "serve", "--data", str(root), "--port", "0", "--no-browser"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8", cwd=tmp_path,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    context: BrowserContext | None = None
    try:
        assert process.stdout is not None
        url = next(
            found.group() for line in process.stdout if (found := re.search(r"http://127\.0\.0\.1:\d+", line))
        )
        context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="fr-FR")
        context.set_default_timeout(WAIT_MS)
        page = context.new_page()
        witness.watch(page)
        yield Portable(url, root, page)
    finally:
        if context is not None:
            context.close()
        process.terminate()
        process.wait(60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("", 0))
        return int(probe.getsockname()[1])


def looked_at(page: Page) -> None:
    """Nobody is kept out by how it looks, on a desk or in a hand, and nothing is wider than the screen."""
    for width, height in SIZES.values():
        page.set_viewport_size({"width": width, "height": height})
        assert findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    width, height = SIZES["wide"]
    page.set_viewport_size({"width": width, "height": height})


def test_a_machine_is_added_over_the_network_and_its_owner_reads_a_chart(
    sit: Sit, portable: Portable, witness: Witness
) -> None:
    witness.expected.update({422, 503})  # a wrong code; the page that shows the read tables being made
    garance = sit(GARANCE, fresh=True)
    ga, lea = garance.page, portable.page
    garance.go("/equipe")
    ga.get_by_role("link", name="Ajouter un poste").click()
    expect(ga.locator("[name=folder]")).to_be_hidden()
    expect(ga.locator("[name=name]")).to_be_hidden()
    ga.locator("[name=who]").select_option("new")
    ga.locator("[name=name]").fill(LEA)
    ga.locator("[name=port]").fill(str(free_port()))
    ga.locator("[name=passphrase]").fill(garance.house.phrases[GARANCE])
    looked_at(ga)
    ga.get_by_role("button", name="Préparer l’ajout").click()
    expect(ga.locator("#adding .qr img")).to_be_visible()
    assert ga.locator("#adding .qr img").evaluate("img => img.decode().then(() => img.naturalWidth)") > 100
    expect(ga.locator("#adding .banner")).to_have_count(0, timeout=LONG_MS)  # this machine answers by now
    text = ga.locator("#adding .signs").inner_text()
    looked_at(ga)

    lea.goto(portable.url)
    expect(lea).to_have_url(portable.url + "/rejoindre")
    lea.locator("[name=invitation]").fill(text.lower())
    lea.locator("[name=name]").fill(LEA)
    for field in ("passphrase", "again"):
        lea.locator(f"[name={field}]").fill("court")
    lea.get_by_role("button", name="Demander à rejoindre").click()
    expect(lea.locator(".errorlist")).to_contain_text("trop faible")
    looked_at(lea)
    for field in ("passphrase", "again"):
        lea.locator(f"[name={field}]").fill(HERS)
    lea.get_by_role("button", name="Demander à rejoindre").click()

    # The page came by itself to the code; a reload, and a lock in the middle, change nothing.
    expect(ga.locator("[name=code]")).to_be_focused(timeout=LONG_MS)
    garance.lock()
    garance = sit(GARANCE, fresh=True)
    ga = garance.page
    garance.go("/equipe/postes/ajout")
    looked_at(ga)
    code = lea.locator(".signs.large")
    expect(code).to_be_visible(timeout=LONG_MS)
    shown = code.inner_text()
    assert re.fullmatch(r"(?:[2-9A-HJ-NP-Z]{3}-){2}[2-9A-HJ-NP-Z]{3}", shown)
    assert shown not in ga.content()
    looked_at(lea)

    for typed, said in (
        ("222 222 222", "Encore 2 essais"),
        (shown.lower().replace("-", " "), "Le poste est accepté"),
    ):
        ga.locator("[name=code]").fill(typed)
        ga.locator("[name=passphrase]").fill(garance.house.phrases[GARANCE])
        ga.get_by_role("button", name="Accepter ce poste").click()
        expect(ga.locator("#adding")).to_contain_text(said)
    looked_at(ga)

    expect(lea.get_by_text("La première copie est finie")).to_be_visible(timeout=LONG_MS)
    looked_at(lea)
    expect(ga.get_by_text("Le nouveau poste a tout reçu")).to_be_visible(timeout=LONG_MS)
    ga.get_by_role("button", name="Terminer").click()
    row = ga.locator("[aria-labelledby=t-devices] tr", has_text=LEA)
    expect(row).to_contain_text("nouveau")

    lea.get_by_role("link", name="Déverrouiller").click()
    lea.locator("#passphrase").fill(HERS)
    lea.keyboard.press("Enter")
    expect(lea.locator("#search")).to_be_visible(timeout=LONG_MS)
    lea.locator("#search").press_sequentially("bap")
    lea.locator("[data-item]", has_text="BAPTISTE Jean").first.click()
    expect(lea.locator("#band")).to_contain_text("BAPTISTE Jean")
    expect(lea.locator("[aria-labelledby=c-problems]")).to_contain_text("Insuffisance cardiaque")
