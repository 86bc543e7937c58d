"""Writing in a chart by keyboard alone: every letter, corrections, mistakes, a consultation that survives."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.house import GARANCE, INES, THEO, Desk, unlock

pytestmark = pytest.mark.browser

# letter → (field → what is typed), where it must then be read in the chart
LETTERS = {
    "a": ({"substance": "Kiwi", "reaction": "prurit buccal"}, "[aria-labelledby=c-allergies]", "Kiwi"),
    "t": ({"substance": "lévothyroxine", "posology": "1 cp"}, "[aria-labelledby=c-treatments]", "lévothyroxine"),
    "m": ({"systolic": "131", "diastolic": "77"}, "[aria-labelledby=c-measures]", "131/77"),
    "r": ({"label": "TSH", "value": "9,1", "unit": "mUI/L", "high": "4"}, "[aria-labelledby=c-results]", "9,1"),
    "v": ({"vaccine": "Boostrixtetra", "at": "03/2026"}, "[aria-labelledby=c-vaccines]", "Boostrixtetra"),
    "i": ({"label": "Ménisectomie droite", "at": "1999"}, "[aria-labelledby=c-past]", "Ménisectomie droite (1999)"),
    "f": ({"label": "Glaucome", "age_at_onset": "61"}, "[aria-labelledby=c-past]", "Glaucome (61"),
    "h": ({"label": "ne fume plus depuis juin"}, "[aria-labelledby=c-past]", "ne fume plus depuis juin"),
    "n": ({"text": "Appeler sa fille avant toute visite."}, "#timeline", "Appeler sa fille"),
}  # fmt: skip


def test_each_letter_writes_its_kind_and_the_chart_shows_it_at_once(garance: Desk) -> None:
    page = garance.page
    garance.find("guer", "GUÉRIN André")
    for letter, (typed, where, read) in LETTERS.items():
        dialog = garance.letter(letter)
        expect(dialog.locator(".dialog-patient")).to_contain_text("GUÉRIN André")
        for name, text in typed.items():
            garance.write(name, text)
        garance.save()
        expect(page.locator(where)).to_contain_text(read)
    expect(page.locator(".band-allergies")).to_contain_text("Kiwi")


def test_a_problem_takes_the_code_of_the_suggestion_chosen(garance: Desk) -> None:
    garance.find("guer", "GUÉRIN André")
    dialog = garance.letter("p")
    with garance.page.expect_response("**/references/diagnostics"):
        garance.type("migr")
    expect(dialog.locator("datalist option").first).to_be_attached()
    chosen = dialog.locator("datalist option").first.get_attribute("value")
    assert chosen
    garance.keyboard("Control+a")
    garance.type(chosen)
    garance.save()
    row = garance.page.locator("[aria-labelledby=c-problems] .item", has_text=chosen)
    expect(row.locator(".item-body")).to_contain_text("G43.9")


def test_what_was_refused_is_said_beside_its_field_and_nothing_typed_is_lost(garance: Desk) -> None:
    garance.witness.expected.add(422)
    garance.find("guer", "GUÉRIN André")
    dialog = garance.letter("a")
    garance.write("substance", "Latex")
    garance.write("onset", "31/02/2019")
    garance.keyboard("Control+Enter")
    expect(dialog.locator("[aria-invalid=true]")).to_have_value("31/02/2019")
    expect(dialog.locator("[name=substance]")).to_have_value("Latex")
    expect(dialog.locator("[role=alert]")).to_contain_text("Rien n’est enregistré")
    garance.keyboard("Escape")
    expect(dialog.locator("[name=substance]")).to_be_visible()  # Escape never throws typed text away


def test_a_form_left_in_haste_comes_back_and_cancel_forgets_it(garance: Desk) -> None:
    page = garance.page
    garance.find("guer", "GUÉRIN André")
    dialog = garance.letter("n")
    garance.type("Une note à moitié")
    expect(dialog.locator("[data-draft-status]")).to_contain_text("Brouillon gardé")
    page.reload()
    dialog = garance.letter("n")
    expect(dialog.locator("[name=text]")).to_have_value("Une note à moitié")
    expect(dialog).to_contain_text("repris")
    with page.expect_response("**/brouillon/**") as told:
        dialog.locator("[data-discard-draft]").focus()
        garance.keyboard("Enter")
    assert told.value.status == 204
    expect(garance.letter("n").locator("[name=text]")).to_have_value("")


def test_a_correction_keeps_the_earlier_version_one_click_away(garance: Desk) -> None:
    page = garance.page
    garance.find("monique", "BAPTISTE Monique")
    garance.letter("a")
    garance.write("substance", "Iode")
    garance.save()
    page.locator("[aria-labelledby=c-allergies] .item", has_text="Iode").locator("summary").focus()
    garance.keyboard("Enter")
    garance.tab_to("details[open] .who-actions a")
    garance.keyboard("Enter")
    garance.dialog()
    garance.write("substance", "Produits de contraste iodés")
    garance.save()
    card = page.locator("[aria-labelledby=c-allergies]")
    expect(card).to_contain_text("Produits de contraste iodés")
    expect(card.locator(".item strong").get_by_text("Iode", exact=True)).to_have_count(0)
    page.locator("#timeline .row-title", has_text="Produits de contraste iodés").first.focus()
    garance.keyboard("Enter")
    versions = garance.dialog().locator("ol > li")
    expect(versions).to_have_count(2)
    expect(versions.last).to_contain_text("Iode")
    expect(versions.last).to_contain_text("Dr Garance Morel")


def test_what_was_entered_in_error_leaves_the_chart_and_stays_reachable(garance: Desk) -> None:
    page = garance.page
    garance.find("monique", "BAPTISTE Monique")
    garance.letter("t")
    garance.write("substance", "méthotrexate 10 mg")
    garance.save()
    treatments = page.locator("[aria-labelledby=c-treatments]")
    treatments.locator(".item", has_text="méthotrexate").locator("summary").focus()
    garance.keyboard("Enter")
    page.locator("details[open] .who-actions a", has_text="Saisi par erreur").focus()
    garance.keyboard("Enter")
    expect(garance.dialog()).to_contain_text("méthotrexate")
    garance.write("reason", "mauvais patient")
    garance.keyboard("Enter")
    expect(page.locator(".toast")).to_contain_text("Retiré")
    expect(treatments.get_by_text("méthotrexate")).to_have_count(0)
    page.locator("#timeline .tabs a", has_text="Retirés").focus()
    garance.keyboard("Enter")
    row = page.locator("#timeline .row.struck", has_text="méthotrexate")
    expect(row).to_contain_text("saisi par erreur")
    row.locator("a.row-title").focus()
    garance.keyboard("Enter")
    expect(garance.dialog()).to_contain_text("mauvais patient")


def test_nothing_found_and_never_asked_differ_and_one_key_says_none(garance: Desk) -> None:
    page = garance.page
    garance.go("/patients/nouveau")
    for name, text in {"birth_name": "LEBLANC", "first_given": "Anouk", "birth_date": "09/08/2019"}.items():
        garance.write(name, text)
    garance.save()
    expect(page.locator("#band")).to_contain_text("LEBLANC Anouk")
    expect(page.locator(".band-allergies")).to_contain_text("non renseigné")
    garance.tab_to("[aria-labelledby=c-allergies] .none-form button")
    garance.keyboard("Enter")
    garance.saved()
    expect(page.locator("[aria-labelledby=c-allergies] .empty.none")).to_contain_text(
        "Aucune allergie connue"
    )
    expect(page.locator(".band-allergies")).to_contain_text("Aucune allergie connue")
    expect(page.locator("[aria-labelledby=c-problems]")).to_contain_text("Non renseigné")
    results = page.locator("[aria-labelledby=c-results]")
    expect(results).to_contain_text("Aucun résultat dans ce dossier")
    garance.letter("r")
    for name, text in {
        "label": "Ferritine",
        "value": "48",
        "unit": "µg/L",
        "low": "15",
        "high": "150",
    }.items():
        garance.write(name, text)
    garance.save()
    expect(results).to_contain_text("Aucun résultat hors normes")


def test_a_consultation_survives_the_browser_and_is_recorded_once(sit: Sit) -> None:
    garance = sit(GARANCE)
    garance.find("poirier", "POIRIER Michèle")
    garance.letter_page("c")
    garance.write("reason", "Toux depuis trois semaines")
    garance.write("findings", "Auscultation libre. SpO2 98 %.")
    status = garance.page.locator("[data-draft-status]")
    expect(status).to_contain_text("Brouillon gardé")
    garance.type(" Encore")  # these letters are being typed when the browser goes
    garance.context.close()

    again = sit(GARANCE)
    again.find("poirier", "POIRIER Michèle")
    expect(again.page.locator(".banner", has_text="Une consultation est commencée")).to_be_visible()
    again.letter_page("c")
    expect(again.page.locator("[name=reason]")).to_have_value("Toux depuis trois semaines")
    assert again.page.locator("[name=findings]").input_value().startswith("Auscultation libre. SpO2 98 %.")
    again.write("conclusion", "Radiographie demandée")
    again.write("systolic", "128")
    again.write("diastolic", "74")
    again.save()
    page = again.page
    expect(page.locator("[aria-labelledby=c-last]")).to_contain_text("Toux depuis trois semaines")
    expect(page.locator("[aria-labelledby=c-measures]")).to_contain_text("128/74")
    expect(page.locator(".banner", has_text="Une consultation est commencée")).to_have_count(0)
    assert page.locator("#timeline .row-title", has_text="Toux depuis trois semaines").count() == 1


def test_what_is_added_beside_a_consultation_is_shown_beside_it(garance: Desk) -> None:
    page = garance.page
    garance.find("poirier", "POIRIER Michèle")
    garance.letter_page("c")
    garance.write("reason", "Renouvellement")
    garance.tab_to("aside .card-add")
    garance.keyboard("Enter")
    garance.dialog()
    garance.write("substance", "oméprazole 20 mg")
    garance.save()
    expect(page.locator("aside")).to_contain_text("oméprazole")
    expect(page.locator("[name=reason]")).to_have_value("Renouvellement")


def test_a_draft_never_goes_into_another_persons_session(sit: Sit) -> None:
    garance = sit(GARANCE, fresh=True)
    garance.witness.expected.update({401, 409})
    garance.find("monique", "BAPTISTE Monique")
    garance.letter_page("c")
    chart = garance.chart()
    other = garance.context.new_page()
    other.goto(garance.house.url)
    garance.house.unlocked.clear()
    other.keyboard.press("Control+Alt+l")
    expect(other.locator("#passphrase")).to_be_visible()
    unlock(other, garance.house, THEO)

    with garance.page.expect_response(lambda answer: "/brouillon/" in answer.url) as told:
        garance.write("reason", "mots de Garance")
    assert told.value.status == 409
    expect(garance.page.locator("[data-draft-status]")).to_contain_text("autre personne")
    other.goto(garance.house.url + chart + "/consultation")
    expect(other.locator("[name=reason]")).to_have_value("")


def test_two_tabs_on_two_patients_never_mix(garance: Desk) -> None:
    garance.witness.expected.add(409)
    garance.find("guer", "GUÉRIN André")
    garance.letter("a")
    garance.write("substance", "Céleri")
    beside = garance.beside()
    beside.find("monique", "BAPTISTE Monique")
    beside.letter("a")
    beside.write("substance", "Moutarde")
    beside.save()
    garance.save()
    expect(garance.page.locator(".band-name")).to_have_text("GUÉRIN André")
    expect(garance.page.locator(".band-allergies")).to_contain_text("Céleri")
    expect(garance.page.locator(".band-allergies")).not_to_contain_text("Moutarde")
    expect(beside.page.locator(".band-allergies")).not_to_contain_text("Céleri")

    # A form whose patient was changed under it does not leave the page; sent all the same, it is refused.
    garance.letter("a")
    garance.write("substance", "Sésame")
    stranger = beside.chart().rpartition("/")[2]
    garance.page.locator("#dialog [name=patient]").evaluate("(field, id) => { field.value = id }", stranger)
    garance.keyboard("Control+Enter")
    expect(garance.page.locator(".toast.trouble")).to_contain_text("autre patient")
    sent = """async url => (await fetch(url, {method: "POST", body: new URLSearchParams(
              new FormData(document.querySelector("#dialog form")))})).status"""
    assert garance.page.evaluate(sent, garance.chart() + "/ajouter/allergy") == 409
    for desk in (garance, beside):
        desk.page.reload()
        expect(desk.page.locator(".band-name")).to_be_visible()
        expect(desk.page.get_by_text("Sésame")).to_have_count(0)


def test_the_secretary_sees_no_medicine_and_is_told_why(sit: Sit) -> None:
    ines = sit(INES)
    ines.witness.expected.add(403)
    ines.find("bap", "BAPTISTE Jean")
    assert ines.path.endswith("/identite")
    for word in ("Pénicilline", "warfarine", "Allergies", "Affections de longue durée"):
        expect(ines.page.get_by_text(word)).to_have_count(0)
    ines.go(ines.chart() + "/histoire")
    expect(ines.page.get_by_role("heading")).to_have_text("Accès refusé")
