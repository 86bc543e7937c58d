"""Two tabs, two browsers, two clicks: a form writes in its own patient's chart, once; no text is dropped in silence."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest

from lanterne.journal.journal import Journal
from lanterne.wire.names import Stream
from tests.system.browser import Answer, Browser
from tests.system.stage import GARANCE, HUGO, INES, JEAN, LUCIE, Practice, Server, phrase_of

FORMS = {
    "ajouter/allergy": {"substance": "pénicilline"},
    "ajouter/note": {"text": "une note"},
    "consultation": {"text": "une consultation"},
    "documents/classer": {"title_": "un titre"},
    "identite/corriger": {"used_name": "AUTRE"},
    "identite/coordonnees": {"city": "Lille"},
    "identite/medecin-traitant": {"name": "Dr Autre"},
}


def at_once(*works: Callable[[], Answer]) -> list[Answer]:
    """All of them at the same moment, each on a connection of its own."""
    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result() for future in [pool.submit(work) for work in works]]


def entries(practice: Practice) -> int:
    """Entries of the care stream on the disk."""
    return Journal.open(practice.root).count(Stream.CARE)


@pytest.fixture
def garance(server: Server) -> Browser:
    return server.browser(GARANCE)


def test_a_form_of_one_patient_never_writes_in_another_chart(garance: Browser, practice: Practice) -> None:
    """The form of Jean, posted to Lucie's address; and Lucie's address under a page that shows Jean."""
    jean, lucie = practice.patients[JEAN], practice.patients[LUCIE]
    before = entries(practice)
    for path, typed in FORMS.items():
        form = garance.open_form(f"/dossier/{jean}/{path}")
        files = [("files", "a.txt", b"bonjour")] if "documents" in path else []
        form.action = f"/dossier/{lucie}/{path}"
        answer = garance.send(form, typed, files=files)
        assert answer.status == 409, path
        assert "Ce formulaire appartient à un autre patient" in answer.text
        assert "BAPTISTE" in answer.text
        assert "FERRAND" in answer.text
        honest = garance.open_form(f"/dossier/{lucie}/{path}")
        shown_elsewhere = garance.send(honest, typed, files=files, Lanterne_Patient=jean)
        assert shown_elsewhere.status == 409, path
        nobody = garance.send(honest, {**typed, "patient": ""}, files=files)
        assert nobody.status == 409, path
        odd = garance.send(honest, {**typed, "patient": "é" * 32}, files=files)
        assert odd.status == 409, path
    assert entries(practice) == before


def test_a_correction_under_another_patient(garance: Browser, practice: Practice) -> None:
    """The fact corrected, withdrawn or settled must be of the chart the address names."""
    jean, lucie = practice.patients[JEAN], practice.patients[LUCIE]
    allergy = practice.charts[JEAN]["allergy"]
    before = entries(practice)
    for act, typed in (
        ("corriger", {"substance": "x"}),
        ("erreur", {"reason": "x"}),
        ("departager", {"keep": allergy}),
    ):
        form = garance.open_form(f"/dossier/{jean}/element/{allergy}/{act}")
        form.action = f"/dossier/{lucie}/element/{allergy}/{act}"
        assert garance.send(form, {**typed, "patient": lucie}).status == 404, act
        assert garance.send(form, typed).status == 409, act
    assert entries(practice) == before


def test_a_draft_of_one_patient_stays_out_of_the_other_chart(garance: Browser, practice: Practice) -> None:
    jean, lucie = practice.patients[JEAN], practice.patients[LUCIE]
    form = garance.open_form(f"/dossier/{jean}/consultation")
    form.draft_url = f"/dossier/{lucie}/brouillon/consultation"
    assert garance.keep_draft(form, {"text": "au mauvais endroit"}, 1).status == 409
    assert garance.open_form(f"/dossier/{lucie}/consultation").values["text"] == ""


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("together", [False, True], ids=["one after the other", "at the same moment"])
def test_two_clicks_write_once(garance: Browser, practice: Practice, path: str, together: bool) -> None:
    """The same form sent twice: one entry, and nobody is shown an error for it."""
    form = garance.open_form(f"/dossier/{practice.patients[JEAN]}/{path}")
    files = [("files", "a.txt", b"bonjour")] if "documents" in path else []
    before = entries(practice)

    def click() -> Answer:
        return garance.send(form, FORMS[path], files=files)

    first, second = at_once(click, click) if together else (click(), click())
    assert first.acknowledged, first.text[:1500]
    assert second.acknowledged, second.text[:1500]
    assert entries(practice) == before + 1


@pytest.mark.parametrize("together", [False, True], ids=["one after the other", "at the same moment"])
def test_a_patient_registered_by_two_clicks(garance: Browser, practice: Practice, together: bool) -> None:
    form = garance.open_form("/patients/nouveau")
    typed = {
        "birth_name": "NOUVEL",
        "first_given": "Camille",
        "birth_date": "01/02/1990",
        "mobile": "0611223344",
    }
    before = entries(practice)

    def click() -> Answer:
        return garance.send(form, typed)

    first, second = at_once(click, click) if together else (click(), click())
    assert first.acknowledged, first.text[:1500]
    assert second.acknowledged, second.text[:1500]
    assert first.get("location") == second.get("location")
    assert entries(practice) == before + 1


@pytest.mark.parametrize(("path", "field"), [("consultation", "text"), ("ajouter/note", "text")])
def test_other_words_in_a_form_already_written(
    garance: Browser, practice: Practice, path: str, field: str
) -> None:
    """The answer to the first sending was lost, one more line is typed, and saved: it is not dropped in silence."""
    form = garance.open_form(f"/dossier/{practice.patients[JEAN]}/{path}")
    assert garance.send(form, {field: "première ligne"}).acknowledged
    longer = "première ligne et la suite"
    answer = garance.send(form, {field: longer})
    assert not answer.acknowledged
    assert answer.status == 422
    assert "Une première version de ce texte est déjà dans le dossier" in answer.text
    shown = answer.form(form.action)
    assert shown.values[field] == longer
    assert garance.send(shown).acknowledged
    texts = [body.get("text") for _, body in practice.facts().values()]
    assert {"première ligne", longer} <= set(texts)


def test_what_is_typed_after_the_save_is_still_a_draft(garance: Browser, practice: Practice) -> None:
    """The tab stayed open after its form was written, and goes on keeping drafts under the same fact."""
    url = f"/dossier/{practice.patients[JEAN]}/consultation"
    form = garance.open_form(url)
    assert garance.keep_draft(form, {"text": "début"}, 1).status == 204
    assert garance.send(form, {"text": "début"}).acknowledged
    assert garance.open_form(url).values["text"] == ""
    assert garance.keep_draft(form, {"text": "début, puis la suite"}, 2).status == 204
    again = garance.open_form(url)
    assert again.values["text"] == "début, puis la suite"
    assert again.values["fact"] != form.values["fact"]
    assert garance.send(again).acknowledged
    assert sum(body.get("text") == "début, puis la suite" for _, body in practice.facts().values()) == 1


def test_an_older_draft_never_replaces_a_newer_one(garance: Browser, practice: Practice) -> None:
    """In order, out of order, and from twelve requests at the same moment."""
    url = f"/dossier/{practice.patients[JEAN]}/consultation"
    form = garance.open_form(url)
    for number, text in ((5, "cinq"), (3, "trois"), (5, "cinq encore"), (4, "quatre")):
        assert garance.keep_draft(form, {"text": text}, number).status == 204
    assert garance.open_form(url).values["text"] == "cinq encore"

    def keep(number: int) -> Callable[[], Answer]:
        return lambda: garance.keep_draft(form, {"text": f"texte {number}"}, number)

    order = [11, 17, 6, 13, 9, 15, 7, 12, 16, 8, 14, 10]
    assert {answer.status for answer in at_once(*map(keep, order))} == {204}
    assert garance.open_form(url).values["text"] == "texte 17"


def test_a_draft_sent_in_pieces_of_a_form(garance: Browser, practice: Practice) -> None:
    """Multipart, without a number, with an odd number, too large: kept or refused, never an error of ours."""
    form = garance.open_form(f"/dossier/{practice.patients[JEAN]}/consultation")
    form.action = form.draft_url
    form.multipart = True
    assert garance.send(form, {"text": "en morceaux"}).status == 204
    form.multipart = False
    for number in ("", "-1", "dix", "9" * 40, "²"):
        assert garance.send(form, {"text": "numéro"}, Lanterne_Draft=number).status in (204, 400), number
    assert garance.send(form, {"text": "x" * 1_100_000}).status == 413


def test_two_browsers_of_one_doctor(server: Server, garance: Browser, practice: Practice) -> None:
    """They share the record and the drafts, not the form tokens; one lock ends both."""
    url = f"/dossier/{practice.patients[JEAN]}/consultation"
    other = server.browser(GARANCE)
    assert len(server.processes()) == 2, "one worker for one seat"
    here, there = garance.open_form(url), other.open_form(url)
    assert garance.keep_draft(here, {"text": "d'ici"}, 1).status == 204
    assert other.open_form(url).values["text"] == "d'ici"
    assert other.keep_draft(there, {"text": "de là"}, 2).status == 204
    assert garance.open_form(url).values["text"] == "de là"
    assert other.send(here, {"text": "x"}).status == 403
    assert other.send(there, {"text": "de là"}).acknowledged
    assert "de là" in garance.page(f"/dossier/{practice.patients[JEAN]}").text
    other.lock()
    assert garance.get(url).status == 303
    assert len(server.processes()) == 1


def test_two_persons_on_one_chart(server: Server, garance: Browser, practice: Practice) -> None:
    """Each sees what the other wrote, and not the other's drafts; correcting the same thing, the second is told."""
    hugo = server.browser(HUGO)
    url = f"/dossier/{practice.patients[JEAN]}"
    form = garance.open_form(f"{url}/consultation")
    assert garance.keep_draft(form, {"text": "brouillon de Garance"}, 1).status == 204
    assert hugo.open_form(f"{url}/consultation").values["text"] == ""
    correct = f"{url}/element/{practice.charts[JEAN]['allergy']}/corriger"
    mine, theirs = garance.open_form(correct), hugo.open_form(correct)
    assert garance.send(mine, {"substance": "amoxicilline"}).acknowledged
    late = hugo.send(theirs, {"substance": "aspirine"})
    assert not late.acknowledged
    assert "entre-temps" in late.text
    assert late.form(correct).values["substance"] == "aspirine"
    assert "amoxicilline" in hugo.page(url).text


def test_charts_opened_at_the_same_moment(garance: Browser, practice: Practice) -> None:
    """Several tabs opened at once: all of them open."""
    urls = [f"/dossier/{patient}" for patient in practice.patients.values()] * 6

    def reading(url: str) -> Callable[[], Answer]:
        return lambda: garance.get(url)

    assert {answer.status for answer in at_once(*map(reading, urls))} == {200}


def test_an_unlocked_seat_opens_again_with_its_passphrase_only(server: Server, garance: Browser) -> None:
    """A second browser does not profit from the first; nor does the right passphrase of somebody else."""
    practice = server.practice
    stranger = server.browser()
    for phrase in (phrase_of(GARANCE) + "x", phrase_of(INES), " " + phrase_of(GARANCE)):
        answer = stranger.try_unlock(practice.seats[GARANCE], phrase)
        assert answer.status == 403
        assert "Phrase de passe incorrecte" in answer.text
        assert "lanterne" not in stranger.jar
    assert stranger.get("/").status == 303
    assert garance.get("/").status == 200, "a wrong try locks nobody out"
    stranger.unlock(practice.seats[GARANCE], phrase_of(GARANCE))
    assert stranger.jar["lanterne"] != garance.jar["lanterne"]


def test_seats_unlocked_at_the_same_moment(server: Server) -> None:
    """Four persons arrive together: four get in, at once."""
    practice = server.practice

    def coming(who: str) -> Callable[[], Answer]:
        return lambda: server.browser().try_unlock(practice.seats[who], phrase_of(who))

    arrived = at_once(*map(coming, (GARANCE, HUGO, INES, GARANCE)))
    assert {answer.status for answer in arrived} == {303}
    assert len(server.processes()) == 4


def test_the_form_of_another_tab_after_a_lock(garance: Browser, practice: Practice) -> None:
    """What was on screen before the lock is refused after it, in words; a draft kept before is there."""
    url = f"/dossier/{practice.patients[JEAN]}/consultation"
    form = garance.open_form(url)
    assert garance.keep_draft(form, {"text": "avant le verrou"}, 1).status == 204
    garance.lock()
    assert garance.send(form, {"text": "avant le verrou"}).status == 303
    garance.unlock(practice.seats[GARANCE], phrase_of(GARANCE))
    late = garance.ask("POST", form.action, urlencode({**form.values, "text": "x"}).encode())
    assert late.status in (303, 403, 422)
    assert late.status != 403 or "Rechargez la page" in late.text
    assert garance.open_form(url).values["text"] == "avant le verrou" or late.acknowledged
