"""A paper, a photo, a text: filed by the keyboard or dropped, read in the page, unreadable to whoever may not."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect
from pypdf import PdfWriter

from tests.browser.conftest import Sit
from tests.browser.house import GARANCE, INES, Desk

pytestmark = pytest.mark.browser


def pdf() -> bytes:
    """Two blank pages."""
    writer = PdfWriter()
    for _page in range(2):
        writer.add_blank_page(width=595, height=842)
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


def photo() -> bytes:
    """What a telephone sends."""
    held = io.BytesIO()
    Image.new("RGB", (640, 480), "#7a5a3a").save(held, "JPEG")
    return held.getvalue()


def choose(desk: Desk, file: Path) -> None:
    """The file chooser, opened from the keyboard."""
    desk.tab_to("[data-drop-input]")
    with desk.page.expect_file_chooser() as asked:
        desk.keyboard("Space")
    asked.value.set_files(file)
    expect(desk.page.locator("[data-drop-names]")).to_have_text(file.name)


def drop(desk: Desk, name: str, media_type: str, content: bytes) -> None:
    """The file let go over the zone, once its script is there."""
    desk.page.wait_for_load_state()
    carried = desk.page.evaluate_handle(
        """([name, type, content]) => {
            const held = new DataTransfer();
            held.items.add(new File([Uint8Array.from(atob(content), c => c.charCodeAt(0))], name, {type}));
            return held;
        }""",
        [name, media_type, base64.b64encode(content).decode()],
    )
    for event in ("dragover", "drop"):
        desk.page.locator("[data-drop]").dispatch_event(event, {"dataTransfer": carried})
    expect(desk.page.locator("[data-drop-names]")).to_have_text(name)


def test_a_pdf_is_filed_from_the_keyboard_and_read_in_the_page(garance: Desk, tmp_path: Path) -> None:
    page = garance.page
    garance.find("poirier", "POIRIER Michèle")
    garance.letter_page("d")
    (tmp_path / "compte-rendu.pdf").write_bytes(pdf())
    choose(garance, tmp_path / "compte-rendu.pdf")
    garance.write("title_", "Compte rendu opératoire")
    garance.write("sender", "Clinique des Roses")
    garance.save()
    page.locator("#timeline .row-title", has_text="Compte rendu opératoire").focus()
    with page.expect_response("**/fichier") as told:
        garance.keyboard("Enter")
    assert told.value.headers["content-type"] == "application/pdf"
    assert "frame-ancestors 'self'" in told.value.headers["content-security-policy"]
    expect(page.locator("iframe.paper")).to_be_visible()
    expect(page.locator(".page-head")).to_contain_text("Clinique des Roses")


def test_a_photo_is_dropped_and_seen(garance: Desk) -> None:
    page = garance.page
    garance.find("poirier", "POIRIER Michèle")
    garance.letter_page("d")
    drop(garance, "plaie.jpg", "image/jpeg", photo())
    garance.tab_to("[name=title_]")
    garance.type("Plaie du talon")
    garance.save()
    page.locator("#timeline .row-title", has_text="Plaie du talon").focus()
    garance.keyboard("Enter")
    image = page.locator(".paper img")
    expect(image).to_be_visible()
    assert image.evaluate("async e => { await e.decode(); return e.naturalWidth }") == 640


def test_the_secretary_files_a_document_she_cannot_read(sit: Sit) -> None:
    ines = sit(INES)
    ines.find("poirier", "POIRIER Michèle")
    ines.tab_to("a[href$='/documents/classer']")
    ines.keyboard("Enter")
    expect(ines.page.locator(".banner")).to_contain_text("lisible que par les soignants")
    drop(ines, "biopsie.txt", "text/plain", "Résultat : bénin".encode())
    ines.tab_to("[name=title_]")
    ines.type("Anatomopathologie")
    ines.save()
    assert ines.path.endswith("/identite")
    expect(ines.page.get_by_text("Anatomopathologie")).to_have_count(0)

    garance = sit(GARANCE)
    garance.find("poirier", "POIRIER Michèle")
    row = garance.page.locator("#timeline .row", has_text="Anatomopathologie")
    expect(row).to_contain_text("Inès Caron")
    row.locator("a.row-title").focus()
    garance.keyboard("Enter")
    expect(garance.page.locator("pre.paper")).to_have_text("Résultat : bénin")

    ines.witness.expected.add(403)
    ines.go(garance.path)
    expect(ines.page.get_by_role("heading")).to_have_text("Accès refusé")
