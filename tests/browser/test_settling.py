"""What two devices wrote without knowing each other is settled by keyboard, without a script too, and taken back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from lanterne.journal.journal import Journal, Received
from lanterne.practice.agenda.commands import Book
from lanterne.practice.agenda.facts import ZONE, AppointmentBooked
from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.chart.commands import Record as State
from lanterne.practice.patients.commands import RegisterPatient
from lanterne.practice.patients.facts import PatientIdentified
from lanterne.practice.patients.search import search
from lanterne.practice.record import Record
from lanterne.practice.recording import record
from lanterne.practice.team import queries as team
from lanterne.wire.names import PatientId, SeatId, Stream
from tests.browser.house import (
    GARANCE,
    INES,
    PHRASE,
    SIZES,
    THEO,
    WAIT_MS,
    House,
    Witness,
    findings,
    open_house,
    unlock,
)

pytestmark = pytest.mark.browser

# Pictures for whoever looks at the pages: LANTERNE_PICTURES=folder.
PICTURES = os.environ.get("LANTERNE_PICTURES", "")


def opened(root: Path, name: str, phrase: str) -> Record:
    """Somebody's record, in this process."""
    journal = Journal.open(root)
    for seat in journal.membership.seats:
        try:
            held = Record.open(root, SeatId(seat.id), phrase)
        except Exception as error:  # noqa: BLE001  another person's seat
            del error
            continue
        if held.writer().name == name:
            return held
    raise AssertionError(name)


def write_apart(root: Path, phrases: dict[str, str]) -> None:
    """Dr Morel writes on this device, Dr Lambert on a copy of it; then the entries of the copy come here."""
    copy = root.with_name("other")
    shutil.copytree(root, copy)
    tomorrow = date.today() + timedelta(days=1)  # noqa: DTZ011  the day the server is in
    kept = []
    for place, name, phrase, criticality, hour, given in (
        (root, GARANCE, PHRASE, "high", "19:30", "Chloé"),
        (copy, THEO, phrases[THEO], "low", "19:35", "CHLOE"),
    ):
        held = opened(place, name, phrase)
        connection = held.connection()
        jean = search(connection, "Baptiste Jean", today=tomorrow).hits[0].patient
        doctor = next(one.id for one in team.persons(connection) if one.display_name == GARANCE)
        record(held, State(jean, AllergyRecorded(substance="Kiwi", category="food", criticality=criticality)))  # type: ignore[arg-type]
        record(held, Book(AppointmentBooked(
            practitioner=doctor, start=f"{tomorrow}T{hour}", minutes=15, zone=ZONE, patient=jean, reason="contrôle")))  # fmt: skip
        new = PatientIdentified(
            birth_name="Vasseur", first_given=given, sex="female", birth_date="1991-05-12"
        )
        record(held, RegisterPatient(new, patient=PatientId(held.draw_id())))
        kept.append(held)
    here, there = kept
    raws = [arrived.entry.raw for arrived in there.journal.since(Stream.CARE)]
    for answer in here.journal.receive_many(raws):
        assert isinstance(answer, Received), answer
    for held in kept:
        held.close()


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A practice whose two devices have met."""
    folder = tmp_path_factory.mktemp("met")
    house = open_house(folder, patients=6)
    write_apart(folder / "practice", house.phrases)
    yield house
    house.stop()


def seated(browser: Browser, house: House, name: str, *, scripts: bool = True, size: str = "wide") -> Page:
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="fr-FR", java_script_enabled=scripts
    )
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    unlock(page, house, name, "")
    return page


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def press(page: Page, name: str) -> None:
    """Reach a button or a link by its name, and press Enter."""
    target = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name)).first
    target.focus()
    page.keyboard.press("Enter")


def test_what_is_to_settle(met: House, browser: Browser, witness: Witness) -> None:
    page = seated(browser, met, GARANCE)
    witness.watch(page)
    link = page.get_by_role("navigation", name="Principal").get_by_role("link", name="À régler")
    expect(link).to_contain_text("4")  # Nadia Garnier's, which every demonstration has, among them
    link.click()
    main = page.locator("main")
    expect(main).to_contain_text("BAPTISTE Jean")
    expect(main).not_to_contain_text("Kiwi")  # what a chart says is behind its own opening
    picture(page, "settling")
    for size in SIZES:
        page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))  # type: ignore[arg-type]
        picture(page, f"settling-{size}")
        assert findings(page) == []
    page.set_viewport_size({"width": 1366, "height": 768})

    # The chart says so, and leads there.
    page.locator("body").press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Allergie : 2 valeurs")).to_be_visible()
    expect(main).to_contain_text(THEO)
    expect(main).to_contain_text(GARANCE)
    picture(page, "settling-chart-wide")
    page.set_viewport_size({"width": 390, "height": 844})
    picture(page, "settling-chart-narrow")
    assert findings(page) == []
    page.set_viewport_size({"width": 1366, "height": 768})
    press(page, "Retour au dossier")
    expect(page.locator(".banner.warn")).to_contain_text("plusieurs valeurs")
    page.locator(".banner.warn a").focus()
    page.keyboard.press("Enter")

    # All hold; taken back; one kept; taken back; another written.
    press(page, "Toutes sont justes")
    expect(page.get_by_role("heading", name="À régler", exact=True)).to_be_visible()
    expect(main).to_contain_text("Toutes les valeurs gardées")
    press(page, "Voir")
    press(page, "Annuler Toutes les valeurs gardées")
    expect(page.get_by_role("heading", name="Allergie : 2 valeurs")).to_be_visible()
    press(page, "Garder cette valeur Kiwi, Dr Garance Morel")
    expect(main).to_contain_text("Une valeur choisie")
    press(page, "Voir")
    picture(page, "settling-done-wide")
    press(page, "Annuler Une valeur choisie")
    press(page, "Écrire une autre valeur")
    field = page.get_by_label("Substance")
    expect(field).to_have_value("Kiwi")
    page.wait_for_load_state()  # its script is still to come
    field.fill("Kiwi et noisette")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="À régler", exact=True)).to_be_visible()
    expect(link).to_contain_text("3")


def test_without_a_script_the_secretary_settles_what_is_of_the_office(met: House, browser: Browser) -> None:
    page = seated(browser, met, INES, scripts=False)
    page.goto(f"{met.url}/a-regler")
    main = page.locator("main")
    expect(main).to_contain_text("Deux rendez-vous à la fois")
    expect(main).to_contain_text("VASSEUR Chloé")
    expect(page.locator("#s-charts")).to_have_count(0)
    page.get_by_role("button", name="Les deux sont voulus").click()
    expect(main).not_to_contain_text("Deux rendez-vous à la fois")
    expect(main).to_contain_text("Deux rendez-vous voulus ensemble")
    page.get_by_role("button", name="Annuler Deux rendez-vous voulus ensemble").click()
    expect(main).to_contain_text("Deux rendez-vous à la fois")
    page.get_by_role("link", name="Annuler ce rendez-vous").first.click()
    page.get_by_role("button", name="Annuler le rendez-vous").click()
    page.goto(f"{met.url}/a-regler")
    expect(main).not_to_contain_text("Deux rendez-vous à la fois")

    page.get_by_role("link", name="Ce sont deux personnes").click()
    page.get_by_role("button", name="Ce sont deux personnes").click()
    page.goto(f"{met.url}/a-regler")
    expect(main).to_contain_text("Deux personnes différentes")
    page.get_by_role("button", name="Annuler Deux personnes différentes").click()
    expect(main).to_contain_text("peut-être la même personne")
    page.get_by_role("link", name="Comparer et réunir").click()
    page.get_by_role("button", name="Réunir les deux dossiers").click()
    page.goto(f"{met.url}/a-regler")
    expect(main).to_contain_text("Rien n’est à régler.")
    expect(main).to_contain_text("Dossiers réunis")
