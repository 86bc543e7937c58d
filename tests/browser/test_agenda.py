"""A day of the agenda by keyboard: booked from a name or a chart, refused when taken, moved, cancelled, taken up again;
by pointer; and on two screens at once.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.house import INES, Desk, findings

pytestmark = pytest.mark.browser

# A Sunday long past: nothing of the demonstration is on it.
DAY, TYPED = "2025-06-01", "01/06/2025"


def slots(desk: Desk) -> list[str]:
    return [
        text.split("–")[0].strip()
        for text in desk.page.locator(".agenda-columns .slot-hour").all_inner_texts()
    ]


def answered(desk: Desk) -> None:
    """The answer in the dialog puts the focus in its place: what is typed before that goes elsewhere."""
    expect(desk.page.locator("#dialog :focus")).to_have_count(1)
    # Not wait_for_function: when it has to look twice, the policy of the page forbids it.
    expect(desk.page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)


def test_a_name_typed_that_a_patient_bears_is_asked_about(garance: Desk) -> None:
    garance.witness.expected.add(422)
    page = garance.page
    garance.go(f"/agenda/{DAY}")
    expect(page.get_by_text("Personne n’est inscrit")).to_be_visible()
    garance.letter("r")
    garance.write("name", "Baptiste")
    garance.write("hour", "9h15")
    garance.keyboard("Control+Enter")
    expect(page.locator("#dialog .banner.warn")).to_contain_text("Des patients du cabinet portent ce nom")
    answered(garance)
    garance.tab_to("#dialog [name=chosen]")
    garance.keyboard("Space")
    expect(page.locator("#dialog [name=chosen]:checked")).to_have_count(1)
    garance.keyboard("Control+Enter")
    garance.saved()
    expect(page.locator(".slot-who a")).to_have_text("BAPTISTE Jean")
    assert slots(garance) == ["09:15"]
    assert findings(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert findings(page) == []
    page.set_viewport_size({"width": 1366, "height": 768})

    # The same quarter of an hour again: refused, with who has it; then both wanted.
    garance.go(f"/agenda/nouveau?jour={DAY}")
    garance.write("name", "Mme Toute Nouvelle")
    garance.write("hour", "0920")
    garance.keyboard("Control+Enter")
    expect(page.locator(".banner.warn")).to_contain_text("BAPTISTE Jean est déjà inscrit")
    garance.tab_to("[name=overlap_wanted]")
    garance.keyboard("Space")
    garance.keyboard("Control+Enter")
    garance.saved()
    assert slots(garance) == ["09:15", "09:20"]
    expect(page.locator(".slot.doubtful")).to_have_count(0)

    # Moved (not onto what a third has: that is asked about), cancelled, taken up again.
    garance.go(f"/agenda/nouveau?jour={DAY}")
    garance.write("name", "M. Troisième Venu")
    garance.write("hour", "10h")
    garance.keyboard("Control+Enter")
    garance.saved()
    page.get_by_role("link", name="Déplacer Mme Toute Nouvelle").focus()
    garance.keyboard("Enter")
    garance.dialog()
    garance.write("hour", "10:05")
    garance.keyboard("Control+Enter")
    expect(page.locator("#dialog .banner.warn")).to_contain_text("M. Troisième Venu est déjà inscrit")
    answered(garance)
    garance.write("hour", "14:00")
    garance.keyboard("Control+Enter")
    garance.saved()
    assert slots(garance) == ["09:15", "10:00", "14:00"]
    page.get_by_role("link", name="Annuler Mme Toute Nouvelle").focus()
    garance.keyboard("Enter")
    garance.dialog()
    garance.keyboard("Control+Enter")
    expect(page.locator("[aria-labelledby=a-cancelled]")).to_contain_text("Mme Toute Nouvelle")
    assert slots(garance) == ["09:15", "10:00"]
    page.get_by_role("button", name="Rétablir Mme Toute Nouvelle").focus()
    garance.keyboard("Enter")
    garance.saved()
    assert slots(garance) == ["09:15", "10:00", "14:00"]


def test_the_secretary_walks_the_days(sit: Sit) -> None:
    ines = sit(INES)
    page = ines.page
    ines.go(f"/agenda/{DAY}")
    for key, day in (("s", "lundi 2 juin 2025"), ("p", "dimanche 1 juin 2025")):
        # Until its load event: the keys of a page are heard once its script ran.
        with page.expect_navigation():
            page.locator("body").press(key)
        expect(page.get_by_role("heading", name=day)).to_be_visible()
    ines.write("jour", "03/06/2025")
    ines.keyboard("Enter")
    expect(page.get_by_role("heading", name="mardi 3 juin 2025")).to_be_visible()


# Days of 2090: the demonstration books nobody then, and its hours hold every week.
LATER, TYPED_LATER = "2090-03-06", "06/03/2090"


def test_a_free_slot_fills_the_form_and_a_pointer_moves_what_is_booked(garance: Desk) -> None:
    page = garance.page
    garance.go(f"/agenda/{LATER}")
    assert findings(page) == []
    garance.letter("r")
    answered(garance)
    first = page.locator("#dialog [data-fill]").first
    expect(first).to_contain_text("08:00")
    garance.write("name", "M. Du Créneau")
    garance.tab_to("#dialog [data-fill]")
    garance.keyboard("Enter")
    expect(page.locator("#dialog [name=hour]")).to_have_value("08:00")
    expect(page.locator("#dialog [name=date]")).to_have_value(TYPED_LATER)
    expect(page.locator("#dialog [name=name]")).to_have_value("M. Du Créneau")
    garance.keyboard("Control+Enter")
    garance.saved()
    assert slots(garance) == ["08:00"]
    # Dragged to half past nine: the form that moves it there opens, and writes when it is saved.
    page.locator(".slot").drag_to(page.locator(".gap-start", has_text="09:30"))
    garance.dialog()
    answered(garance)
    expect(page.locator("#dialog [name=hour]")).to_have_value("09:30")
    assert findings(page) == []
    garance.keyboard("Control+Enter")
    garance.saved()
    assert slots(garance) == ["09:30"]
    with page.expect_navigation():
        page.locator("body").press("w")
    expect(page.locator(".week-slot")).to_contain_text("M. Du Créneau")
    page.set_viewport_size({"width": 390, "height": 844})
    assert findings(page) == []
    page.set_viewport_size({"width": 1366, "height": 768})


def test_what_one_writes_the_other_screen_shows(sit: Sit) -> None:
    """Nobody reloads: the page left open follows, and what had the focus keeps it."""
    past = "2025-06-10"
    garance, ines = sit(), sit(INES)
    garance.go(f"/agenda/{past}")
    ines.go(f"/agenda/nouveau?jour={past}")
    ines.write("name", "Mme Sans Dossier")
    ines.write("hour", "9h")
    ines.keyboard("Control+Enter")
    ines.saved()
    expect(garance.page.locator(".slot-who")).to_contain_text("Mme Sans Dossier")
    # With one key in the line: she did not come; and it is taken back.
    button = ines.page.get_by_role("button", name="Non venu Mme Sans Dossier")
    ines.page.get_by_role("link", name="Déplacer Mme Sans Dossier").focus()
    ines.keyboard("x")
    expect(button).to_have_count(0)
    expect(garance.page.locator(".slot .chip", has_text="non venu")).to_be_visible()
    garance.page.get_by_role("button", name="Effacer Mme Sans Dossier").focus()
    garance.keyboard("Enter")
    expect(ines.page.get_by_role("button", name="Non venu Mme Sans Dossier")).to_be_visible()
    expect(ines.page.locator(".slot .chip", has_text="non venu")).to_have_count(0)
