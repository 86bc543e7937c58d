"""The picture of the README: taken at each run; written to docs/images/ when LANTERNE_PICTURE is set."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.house import GARANCE

pytestmark = pytest.mark.browser
PLACE = Path(__file__).resolve().parents[2] / "docs" / "images" / "chart.png"
LARGEST_BYTES = 300_000


def test_the_chart_of_m_baptiste_as_the_readme_shows_it(sit: Sit, tmp_path: Path) -> None:
    garance = sit(GARANCE)
    garance.find("bap", "BAPTISTE Jean")
    page = garance.page
    expect(page.locator("#summary")).to_be_visible()
    page.evaluate("document.activeElement.blur()")
    taken = tmp_path / "chart.png"
    page.screenshot(path=taken)
    with Image.open(taken) as shown:
        assert shown.size == (1366, 768)
    assert taken.stat().st_size <= LARGEST_BYTES
    if os.environ.get("LANTERNE_PICTURE"):
        PLACE.parent.mkdir(parents=True, exist_ok=True)
        PLACE.write_bytes(taken.read_bytes())
