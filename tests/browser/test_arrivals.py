"""A morning's mail: dropped, looked through, classed, attached, put aside, all by the keyboard; and where a fact of the
chart comes from."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Sit
from tests.browser.house import GARANCE, INES, THEO, Desk, House, findings, open_house
from tests.intake.cda.writing import ICD10, cd, document, medicine, problem, section
from tests.intake.plain.test_plain import pdf_of

pytestmark = pytest.mark.browser

BROKEN = b'<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3"><title><script>alert(1)</script>'


def hprim(family: str, given: str, born: str, *rows: str, title: str = "BIOCHIMIE") -> bytes:
    """A laboratory's report, as laboratories send them."""
    french = "/".join(reversed(born.split("-")))
    heading = f"4512\n{family}\n{given}\n3 RUE DES LILAS\n\n35000 RENNES\n{french}\n\nD20261118\n18/11/2026\n"
    told = "\n".join(f"RES|{row}|F" for row in rows)
    return (
        f"{heading}LAB35 Laboratoire de la Ville\nMOREL Garance\nCher confrère,\n****LAB****\nTEX|   {title}\n{told}\n"
        "****FIN****\n****FINFICHIER****\n"
    ).encode("cp1252")


def letter(family: str, given: str, born: str) -> bytes:
    """A letter that states a problem and proposes two treatments, one of them without its dosage."""
    patient = (
        '<recordTarget><patientRole><id root="1.2.250.1.213.1.4.10" extension=""/><patient>'
        f'<name><family qualifier="BR">{family}</family><given>{given}</given><given qualifier="BR">{given}</given></name>'
        '<administrativeGenderCode code="M" codeSystem="2.16.840.1.113883.5.1"/>'
        f'<birthTime value="{born.replace("-", "")}"/></patient></patientRole></recordTarget>'
    )
    twice = '<doseQuantity value="2" unit="{tablet}"/>'
    product = ("1.2.250.1.213.2.3.2", "PLAVIX 75 mg"), ("1.2.250.1.213.2.3.2", "KARDEGIC 75 mg")
    medicines = [
        medicine(cd("code", f"340093001811{at}", system, name), inside=inside, ident=f"m{at}")
        for at, ((system, name), inside) in enumerate(zip(product, (twice, ""), strict=True))
    ]
    return document(
        section("10160-0", *medicines, text="Plavix et Kardégic"),
        section(
            "11450-4",
            problem(cd("value", "M05.9", ICD10, "Polyarthrite"), ident="p9"),
            text="<table><tr><th>Problème</th></tr><tr><td>Polyarthrite débutante</td></tr></table>",
        ),
        patient=patient,
        code="11488-4",
    )


def born(desk: Desk, typed: str, name: str) -> str:
    """A patient's birth date, as the chart has it."""
    desk.find(typed, name)
    return str(desk.page.locator("#band .band-birth time").get_attribute("datetime"))


def let_go(desk: Desk, files: Mapping[str, bytes]) -> Locator:
    """Files let go over the zone; each one's answer, once the last is there."""
    page = desk.page
    page.wait_for_load_state()
    carried = page.evaluate_handle(
        """files => {
            const held = new DataTransfer();
            for (const [name, content] of files) {
                held.items.add(new File([Uint8Array.from(atob(content), c => c.charCodeAt(0))], name));
            }
            return held;
        }""",
        [[name, base64.b64encode(content).decode()] for name, content in files.items()],
    )
    for event in ("dragover", "drop"):
        page.locator("[data-drop]").dispatch_event(event, {"dataTransfer": carried})
    expect(page.locator("[data-drop-names]")).to_have_text("Dépôt terminé.", timeout=60_000)
    return page.locator("#left li")


def waiting(desk: Desk) -> list[str]:
    """The lines of the list, in their order."""
    return [" ".join(line.split()) for line in desk.page.locator(".letter").all_inner_texts()]


def opens(desk: Desk, name: str) -> None:
    """Something is open beside the list, under this name."""
    expect(desk.page.locator(".reading .band-name")).to_have_text(name)
    desk.page.wait_for_load_state()


def press(desk: Desk, key: str) -> None:
    """A letter that leads to the next document."""
    with desk.page.expect_navigation():
        desk.keyboard(key)
    desk.page.wait_for_load_state()


def clear(desk: Desk) -> None:
    """Everything that waits is classed, or put away: the list is empty."""
    desk.go("/arrivees")
    while desk.page.locator(".letter").count():
        if not desk.page.locator(".reading").count():
            desk.page.locator(".letter-open").first.focus()
            press(desk, "Enter")
        if desk.page.locator("[data-key=c]").count():
            press(desk, "c")
        else:
            desk.letter("x")
            desk.type("pour commencer")
            with desk.page.expect_navigation():
                desk.keyboard("Control+Enter")
            desk.page.wait_for_load_state()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A practice of its own: what is filed here would change the charts others look at."""
    opened = open_house(tmp_path_factory.mktemp("arrivals"), patients=12)
    yield opened
    opened.stop()


def test_the_mail_of_the_morning_by_keyboard(garance: Desk) -> None:
    page = garance.page
    clear(garance)
    jean, michele = born(garance, "bap", "BAPTISTE Jean"), born(garance, "poirier", "POIRIER Michèle")
    garance.go("/arrivees")
    told = let_go(
        garance,
        {
            "lettre.xml": letter("BAPTISTE", "JEAN", jean),
            "scan.pdf": pdf_of("Le 12/03/2024"),
            "casse.xml": BROKEN,
            "labo.hpr": hprim(
                "BAPTISTE",
                "JEAN",
                jean,
                "Sodium|NA|N|138|mmol/l|135|145|N",
                "Potassium|K|N|6,4|mmol/l|3,5|5,1|HH",
            ),
            "proche.hpr": hprim("POIRIER", "MICHELLE", michele, "Calcium|CA|N|2,4|mmol/l|2,2|2,6|N"),
        },
    )
    words = ["repris au dossier", "à rattacher", "mis de côté", "repris au dossier", "à rattacher"]
    for line, word in zip(told.all(), words, strict=True):
        expect(line.locator(".chip")).to_have_text(word)
    expect(told.nth(0).get_by_role("link")).to_have_text("BAPTISTE Jean")
    expect(page.locator("a[href='/arrivees'] .nav-count")).to_have_text("5")

    # What cannot wait comes first, what was only put aside last.
    garance.go("/arrivees")
    lines = waiting(garance)
    assert [re.sub(r" \d\d/.*| critique.*| à rattacher.*| mis de.*", "", line) for line in lines] == [
        "BAPTISTE Jean", "Patient non nommé", "POIRIER MICHELLE", "BAPTISTE Jean", "Patient non nommé"
    ]  # fmt: skip
    assert "critique" in lines[0]
    assert "mis de côté" in lines[4]
    assert findings(page) == []

    # The first line has the focus: Enter opens it beside the list, with whose it is and what is out of range.
    expect(page.locator(".letter-open:focus")).to_contain_text("critique")
    press(garance, "Enter")
    opens(garance, "BAPTISTE Jean")
    expect(page.locator(".reading .band-allergies")).to_contain_text("Pénicillines")
    expect(page.locator(".paper-flags")).to_contain_text("Potassium 6,4 mmol/l")
    expect(page.locator(".stated .item")).to_have_count(2)
    assert findings(page) == []

    # C: seen, and the next one comes up; what was seen stays in the chart.
    press(garance, "c")
    expect(page.locator(".toast")).to_contain_text("Classé")
    expect(page.locator("a[href='/arrivees'] .nav-count")).to_have_text("4")
    opens(garance, "Patient non nommé")
    expect(page.locator("iframe.paper")).to_be_visible()

    # J and K walk; R asks whose it is: suggested first, with why and what differs.
    garance.go("/arrivees?filtre=rattacher")
    assert len(waiting(garance)) == 2
    garance.keyboard("j")
    expect(page.locator(".letter-open:focus")).to_contain_text("POIRIER MICHELLE")
    press(garance, "Enter")
    opens(garance, "POIRIER MICHELLE")
    garance.letter("r")
    suggested = page.locator("#candidates .choice")
    expect(suggested).to_have_count(1)
    expect(suggested).to_contain_text("même date de naissance, noms proches")
    expect(suggested).to_contain_text("prénom MICHELLE")
    expect(suggested).to_be_focused()
    assert findings(page) == []
    press(garance, "Enter")
    opens(garance, "POIRIER Michèle")
    expect(page.locator(".toast")).to_contain_text("Rattaché")
    press(garance, "c")

    # The scan names nobody: found by typing.
    garance.go("/arrivees?filtre=rattacher")
    press(garance, "Enter")
    opens(garance, "Patient non nommé")
    garance.letter("r")
    garance.type("poirier")
    expect(suggested).to_contain_text(["POIRIER Michèle"])
    garance.keyboard("ArrowDown")
    expect(suggested.first).to_be_focused()
    press(garance, "Enter")
    opens(garance, "POIRIER Michèle")
    press(garance, "c")

    # The letter, then the broken file, of which nothing is ever rendered.
    garance.go("/arrivees")
    press(garance, "Enter")
    opens(garance, "BAPTISTE Jean")
    expect(page.locator(".narrative")).to_contain_text("Polyarthrite débutante")
    expect(page.locator(".stated .item")).to_have_count(3)
    press(garance, "c")
    expect(page.locator(".reading")).to_contain_text("mis de côté, dans aucun dossier")
    expect(page.locator(".extract")).to_contain_text("<script>alert(1)</script>")
    assert page.locator(".reading script, .reading iframe").count() == 0
    assert findings(page) == []
    garance.letter("x")
    garance.type("envoyé par erreur")
    with page.expect_navigation():
        garance.keyboard("Control+Enter")
    expect(page.locator(".mail .empty")).to_contain_text("Tout est classé.")
    expect(page.locator("a[href='/arrivees'] .nav-count")).to_have_count(0)


def unfold(desk: Desk) -> None:
    """Proposals beyond two are folded: they do not push what must be seen below the fold."""
    for more in desk.page.locator(".proposals-more:not([open]) > summary").all():
        more.click()


def test_a_proposed_treatment_is_accepted_and_its_source_opened(garance: Desk) -> None:
    page = garance.page
    garance.find("bap", "BAPTISTE Jean")
    proposals = page.locator(".proposals .item")
    plavix, kardegic = (proposals.filter(has_text=name) for name in ("PLAVIX", "KARDEGIC"))
    expect(plavix).to_have_count(1)
    unfold(garance)
    assert findings(page, "#summary") == []
    # One key when nothing is missing.
    plavix.get_by_role("button", name="Accepter").focus()
    garance.keyboard("Enter")
    garance.saved()
    listed = page.locator("section[aria-labelledby=c-treatments] > .items > .item", has_text="PLAVIX")
    expect(listed).to_have_count(1)
    expect(plavix).to_have_count(0)
    unfold(garance)
    # The other one lacks its dosage: its form opens, prefilled.
    kardegic.get_by_role("link", name="Compléter").focus()
    garance.keyboard("Enter")
    expect(garance.dialog().locator("[name=substance]")).to_have_value("KARDEGIC 75 mg")
    garance.write("posology", "1 par jour")
    garance.save()
    expect(kardegic).to_have_count(0)
    # Its source is beside it, named on hover, one click away.
    source = listed.locator("a.source")
    expect(source).to_have_attribute("title", re.compile(r"Un document · .*05/01/2024"))
    source.focus()
    with page.expect_navigation():
        garance.keyboard("Enter")
    expect(page.locator(".page-head h1")).to_have_text("Un document")
    expect(page.locator(".stated")).to_contain_text("PLAVIX")
    assert findings(page) == []


def test_a_result_of_the_story_opens_its_report(garance: Desk) -> None:
    page = garance.page
    garance.find("bap", "BAPTISTE Jean")
    row = page.locator("#timeline .row", has_text="6,4 mmol/L").first
    expect(row.locator("a.source")).to_have_attribute("title", re.compile("Laboratoire de la Ville"))
    row.locator(".row-title").focus()
    garance.keyboard("Enter")
    link = garance.dialog().locator("a.sourced")
    expect(link).to_contain_text("Laboratoire de la Ville")
    link.focus()
    with page.expect_navigation():
        garance.keyboard("Enter")
    expect(page.locator(".paper.text")).to_contain_text("Potassium")


def test_it_is_passed_to_a_colleague_who_finds_it(sit: Sit) -> None:
    garance = sit(GARANCE)
    clear(garance)
    born_on = born(garance, "poirier", "POIRIER Michèle")
    garance.go("/arrivees")
    let_go(garance, {"autre.hpr": hprim("VASSEUR", "MICHELE", born_on, "Fer|FE|N|9|µmol/l|11|29|L")})
    garance.go("/arrivees")
    press(garance, "Enter")
    opens(garance, "POIRIER Michèle")
    dialog = garance.letter("p")
    choices = dialog.locator(".choice")
    at = next(place for place, text in enumerate(choices.all_inner_texts()) if THEO in text)
    for _step in range(at):
        garance.keyboard("ArrowDown")
    expect(choices.nth(at)).to_be_focused()
    press(garance, "Enter")
    expect(garance.page.locator(".letter-person")).to_contain_text(THEO)
    garance.go("/arrivees")

    theo = sit(THEO)
    theo.go("/arrivees?filtre=moi")
    assert len(waiting(theo)) == 1
    press(theo, "Enter")
    opens(theo, "POIRIER Michèle")
    press(theo, "c")
    expect(theo.page.locator(".mail .empty")).to_be_visible()
    # Garance's list is from before: she is told.
    expect(garance.page.locator(".letter-open:focus")).to_be_visible()
    press(garance, "Enter")
    expect(garance.page.locator(".toast")).to_contain_text("Quelqu’un s’en est occupé")
    assert garance.path == "/arrivees"


def test_the_secretary_leaves_files_and_reads_none(sit: Sit) -> None:
    ines, garance = sit(INES), sit(GARANCE)
    clear(garance)
    born_on = born(garance, "poirier", "POIRIER Michèle")
    ines.go("/arrivees")
    expect(ines.page.locator(".letter")).to_have_count(0)
    assert findings(ines.page) == []
    told = let_go(ines, {"depot.hpr": hprim("VASSEUR", "MICHELE", born_on, "Zinc|ZN|N|3|µmol/l|11|19|LL")})
    expect(told).to_contain_text("Un soignant le classera.")
    assert "POIRIER" not in ines.page.content()
    assert "Zinc" not in ines.page.content()
    garance.go("/arrivees")
    assert len(waiting(garance)) == 1


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_whose_it_is_stays_on_screen(sit: Sit, size: str, dark: bool) -> None:
    garance = sit(GARANCE, size=size, dark=dark)
    garance.go("/arrivees")
    let_go(
        garance,
        {"a.hpr": hprim("DUPUIS", "NINA", "1990-01-01", f"Fer|FE|N|{10 + dark}|µmol/l|11|2{len(size)}|L")},
    )
    garance.go("/arrivees")
    garance.page.locator(".letter-open").first.focus()
    press(garance, "Enter")
    band = garance.page.locator(".reading .band-name")
    expect(band).to_be_visible()
    garance.page.locator(".reading > *").last.scroll_into_view_if_needed()
    expect(band).to_be_in_viewport()
    assert garance.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert findings(garance.page) == []
