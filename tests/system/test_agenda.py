"""The agenda's screens on the real server: what one person writes, another reads; nothing of a patient leaves by iCalendar."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from icalendar import Calendar
from pypdf import PdfReader

from tests.system.browser import Browser, Form
from tests.system.stage import AWA, GARANCE, HUGO, INES, JEAN, LUCIE, Server

# Days to come and gone, whatever the day of the test: free minutes are shown of days to come alone. Mondays in 2090.


@pytest.fixture(scope="module")
def ines(shared: Server) -> Browser:
    """One server for all of them: each keeps to days of its own."""
    return shared.browser(INES)


@pytest.fixture(scope="module")
def garance(shared: Server) -> Browser:
    return shared.browser(GARANCE)


@pytest.fixture(scope="module")
def hugo(shared: Server) -> Browser:
    return shared.browser(HUGO)


def person(shared: Server, name: str) -> str:
    return shared.practice.persons[name]


def booked(browser: Browser, shared: Server, day: str, hour: str, **more: str) -> str:
    """Take a slot with Dr Morel; the id its line is moved under."""
    before = facts(browser, day)
    path = f"/agenda/nouveau?patient={shared.practice.patients[JEAN]}&jour={day}&praticien={person(shared, GARANCE)}"
    form = browser.page(path).form("/agenda/nouveau")
    answer = browser.send(form, {"hour": hour, **more})
    assert answer.acknowledged, answer.text[:2000]
    (made,) = set(facts(browser, day)) - set(before)
    return made


def facts(browser: Browser, day: str) -> list[str]:
    return re.findall(r'href="/agenda/([0-9a-f]{32})/deplacer"', browser.page(f"/agenda/{day}").text)


def with_hours(ines: Browser, shared: Server) -> None:
    ines.write(
        f"/agenda/horaires/{person(shared, GARANCE)}", {"day_1": "8h-12h 14h-18h30", "day_2": "9:00-10:00"}
    )


def shown(browser: Browser, day: str) -> str:
    """The text of a day, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", browser.page(f"/agenda/{day}").text))


def test_hours_make_free_minutes_and_the_next_free_slot(shared: Server, ines: Browser) -> None:
    day = "2090-03-06"
    nothing = ines.get(f"/agenda/libres?practitioner={person(shared, AWA)}").text
    assert "non renseignés" in nothing
    assert "data-fill" not in nothing
    refused = ines.send(
        ines.open_form(f"/agenda/horaires/{person(shared, GARANCE)}"), {"day_1": "de bonne heure"}
    )
    assert refused.status == 422
    assert "de bonne heure" in refused.text
    with_hours(ines, shared)
    assert "08:00–12:00, 14:00–18:30" in shown(ines, day)
    booked(ines, shared, day, "8h")
    asked = f"/agenda/libres?date=06/03/2090&practitioner={person(shared, GARANCE)}"
    assert re.findall(r'data-hour="([0-9:]+)"', ines.get(asked).text)[:2] == ["08:15", "08:30"]
    assert re.findall(r'data-hour="([0-9:]+)"', ines.get(f"{asked}&period=afternoon").text)[0] == "14:00"
    assert re.findall(r'data-hour="([0-9:]+)"', ines.get(f"{asked}&minutes=270").text)[0] == "14:00"
    for odd in (
        "minutes=99999999",
        "minutes=-4",
        "minutes=%C2%B2",
        "date=31/02/2090",
        "date=x",
        "period=nuit",
        "service=x",
    ):
        assert ines.get(f"/agenda/libres?practitioner={person(shared, GARANCE)}&{odd}").status == 200, odd


def test_who_is_away_and_who_covers(shared: Server, ines: Browser, hugo: Browser) -> None:
    day = "2090-03-13"
    with_hours(ines, shared)
    here = booked(ines, shared, day, "9h")
    ines.write(
        "/agenda/absences/nouvelle",
        {"practitioner": person(shared, GARANCE), "first": "13/03/2090", "last": "14/03/2090",
         "covered_by": person(shared, HUGO), "reason": "leave"},
    )  # fmt: skip
    assert "1 rendez-vous à déplacer" in ines.page("/agenda/reglages").text
    of_hugo = shown(hugo, day)
    # Who covers sees the list of who is away, and receives at those hours.
    assert "Congés : vous remplacez" in of_hugo
    assert "BAPTISTE" in of_hugo
    assert re.search(r"remplace (Dr )?Garance Morel", of_hugo)
    assert "absence : Congés" in of_hugo
    free = ines.get(f"/agenda/libres?date=13/03/2090&practitioner={person(shared, GARANCE)}").text
    assert f'data-practitioner="{person(shared, HUGO)}"' in free
    # Nobody is booked with her meanwhile, unless it is said.
    path = f"/agenda/nouveau?patient={shared.practice.patients[LUCIE]}&jour={day}&praticien={person(shared, GARANCE)}"
    form = ines.page(path).form("/agenda/nouveau")
    refused = ines.send(form, {"hour": "10h"})
    assert refused.status == 422
    assert "Absence à cette heure" in refused.text
    again = refused.form("/agenda/nouveau")
    assert ines.send(again, {"absence_known": "on"}).acknowledged
    moved = ines.send(ines.open_form(f"/agenda/{here}/deplacer"), {"hour": "11h"})
    assert moved.status == 422
    # Withdrawn, she is back.
    link = re.search(r'action="(/agenda/absences/[0-9a-f]{32}/retirer)"', ines.page("/agenda/reglages").text)
    assert link is not None
    assert ines.send(ines.page("/agenda/reglages").form(link[1])).acknowledged
    assert "vous remplacez" not in shown(hugo, day)


def test_kinds_and_public_holidays(shared: Server, ines: Browser) -> None:
    day = "2090-03-20"
    ines.write("/agenda/genres/nouveau", {"label": "Frottis", "minutes": "20", "offered": "on"})
    code = re.search(r'<option value="([0-9a-f]{32})">Frottis', ines.page("/agenda/nouveau").text)
    assert code is not None
    booked(ines, shared, day, "9h", service=code[1])
    assert "–09:20" in shown(ines, day)
    assert "Frottis" in shown(ines, day)
    assert "Jour férié" not in shown(ines, "2090-12-26")
    assert "Jour férié : Noël" in shown(ines, "2090-12-25")
    ines.write("/agenda/feries", {"region": "alsace_moselle"})
    assert "Jour férié" in shown(ines, "2090-12-26")
    for code_of_none in ("closed", "sieste", "0" * 32):
        assert ines.get(f"/agenda/genres/{code_of_none}").status == 404


def test_who_came_is_read_by_the_others(shared: Server, ines: Browser, garance: Browser) -> None:
    past = "2025-06-02"
    here = booked(ines, shared, past, "9h", comment="code 1234")
    assert "code 1234" in shown(garance, past)
    page = ines.page(f"/agenda/{past}")
    form = page.form(f"/agenda/{here}/venue")
    late = {**form.values}
    assert ines.send(form, {"state": "noshow"}).acknowledged
    assert "non venu" in shown(garance, past)
    # The same form again is the same; one shown before is refused.
    assert ines.send(form, {"state": "noshow"}).acknowledged
    fresh = garance.page(f"/agenda/{past}").form(f"/agenda/{here}/venue")
    stale = garance.send(fresh, {"state": "arrived", "shown": late["shown"]})
    assert stale.status == 409
    assert "noté autrement" in stale.text
    path = f"/agenda/nouveau?patient={shared.practice.patients[JEAN]}"
    assert "N’est pas venu(e)" not in ines.page(path).text  # longer ago than a year
    assert ines.send(came(ines, past, here), {"state": "booked"}).acknowledged
    for state in ("arrived", "in_progress", "finished"):
        assert ines.send(came(ines, past, here), {"state": state}).acknowledged
    assert "sorti à" in shown(garance, past)


def came(browser: Browser, day: str, here: str) -> Form:
    """The form of that line that says who came."""
    return browser.page(f"/agenda/{day}").form(f"/agenda/{here}/venue")


def test_a_page_left_open_asks_and_is_told_when_something_changed(
    shared: Server, ines: Browser, garance: Browser
) -> None:
    day = "2090-02-06"
    for path in (f"/agenda/{day}", f"/agenda/{day}/semaine/{person(shared, GARANCE)}"):
        asked = re.search(r'data-follow="([^"]+)"', garance.page(path).text)
        assert asked is not None
        assert garance.get(asked[1], X_Lanterne_Background="1").status == 204
        booked(ines, shared, day, "9h" if "semaine" in path else "10h")
        told = garance.get(asked[1], X_Lanterne_Background="1")
        assert told.status == 200
        assert "BAPTISTE" in told.text
        assert "<html" not in told.text
        again = re.search(r'data-follow="([^"]+)"', told.text)
        assert again is not None
        assert garance.get(again[1], X_Lanterne_Background="1").status == 204


def test_notes_of_the_day(shared: Server, ines: Browser, garance: Browser) -> None:
    day = "2090-02-13"
    ines.write(
        "/agenda/notes/nouvelle",
        {"text": "Chaudière en panne", "day": "13/02/2090"},
    )
    assert "Chaudière en panne" in shown(garance, day)
    link = re.search(r'href="(/agenda/notes/[0-9a-f]{32})"', ines.page(f"/agenda/{day}").text)
    assert link is not None
    ines.write(link[1], {"text": "Réparée"})
    assert "Réparée" in shown(ines, day)
    assert ines.get(link[1]).status == 404  # it stands no more
    link = re.search(r'href="(/agenda/notes/[0-9a-f]{32})"', ines.page(f"/agenda/{day}").text)
    assert link is not None
    assert ines.send(ines.page(link[1]).form(f"{link[1]}/retirer")).acknowledged
    assert "Réparée" not in shown(ines, day)


def test_on_paper_with_the_number_and_in_a_calendar_without_a_name(shared: Server, ines: Browser) -> None:
    day = "2090-02-20"
    patient = shared.practice.patients[JEAN]
    ines.write(f"/dossier/{patient}/identite/coordonnees", {"mobile": "06 39 98 00 11"})
    here = booked(ines, shared, day, "9h", reason="renouvellement")
    page = ines.page(f"/agenda/{day}").text
    assert 'href="tel:0639980011"' in page
    paper = shown(ines, f"{day}/liste")
    for word in ("BAPTISTE", "06 39 98 00 11", "renouvellement"):
        assert word in paper
    text = "".join(
        one.extract_text() for one in PdfReader(BytesIO(ines.get(f"/agenda/{day}/liste.pdf").body)).pages
    )
    assert "BAPTISTE" in text
    assert re.search(r"06\s39\s98\s00\s11", text)
    answer = ines.page(f"/agenda/{day}/calendrier/{person(shared, GARANCE)}")
    assert answer.get("content-type").startswith("text/calendar")
    for secret in ("BAPTISTE", "Jean", "0639980011", "06 39", "renouvellement"):
        assert secret.encode() not in answer.body
    (event,) = Calendar.from_ical(answer.body).walk("VEVENT")
    assert event["summary"] == "Rendez-vous"
    assert event["dtstart"].dt.isoformat() == "2090-02-20T09:00:00+01:00"
    before = event["uid"]
    assert ines.send(ines.open_form(f"/agenda/{here}/deplacer"), {"hour": "10h"}).acknowledged
    (event,) = Calendar.from_ical(ines.page(f"/agenda/{day}/calendrier/{person(shared, GARANCE)}").body).walk(
        "VEVENT"
    )
    assert (event["uid"], event["dtstart"].dt.hour) == (before, 10)
    # The feed has the weeks about today: nothing of 2090; it is asked for with the session, as every page.
    feed = ines.page(f"/agenda/flux/{person(shared, GARANCE)}")
    assert Calendar.from_ical(feed.body).walk("VEVENT") == []
    assert shared.browser().get(f"/agenda/flux/{person(shared, GARANCE)}").status == 303
    for path in (f"/agenda/flux/{'0' * 32}", f"/agenda/{day}/semaine/{'0' * 32}", "/agenda/0001-01-01",
                 "/agenda/2090-02-30/liste"):  # fmt: skip
        assert ines.get(path).status == 404, path


def test_the_consultation_opens_with_the_reason_of_the_appointment(
    shared: Server, ines: Browser, hugo: Browser
) -> None:
    past = "2025-06-10"
    here = booked(ines, shared, past, "9h", reason="renouvellement")
    jean, lucie = shared.practice.patients[JEAN], shared.practice.patients[LUCIE]
    form = hugo.page(f"/dossier/{jean}/consultation?rdv={here}").form(f"/dossier/{jean}/consultation")
    assert form.values["reason"] == "renouvellement"
    other = hugo.page(f"/dossier/{lucie}/consultation?rdv={here}").form(f"/dossier/{lucie}/consultation")
    assert other.values["reason"] == ""
    assert "consultation?rdv" not in ines.page(f"/agenda/{past}").text
