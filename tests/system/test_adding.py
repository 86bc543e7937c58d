"""Two machines as they are: the practice's, and one that has none yet and opens « Rejoindre un cabinet ».

A shared folder carries here; the local network in tests/browser/test_adding.py. Both sides are ended in the middle.
"""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lanterne.journal.layout import Layout
from lanterne.practice.record import now_ms
from lanterne.sync.joining import Joining
from tests.system.browser import Answer, Browser
from tests.system.stage import (
    GARANCE,
    INES,
    JEAN,
    MEDICAL,
    WAIT_S,
    Practice,
    Server,
    phrase_of,
    serving,
)

LEA, HERS = "Dr Léa Petit", "un phare dans la brume 9"


@pytest.fixture
def newcomer(practice: Practice, tmp_path: Path) -> Iterator[Server]:
    """A machine with Lanterne and nothing else; `practice` of it is only its directory."""
    yield from serving(replace(practice, root=tmp_path / "portable", seats={}), tmp_path / "portable-desk")


@pytest.fixture(scope="module")
def nobody(template: Practice, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The same for tests that only refuse: nothing is ever written there."""
    folder = tmp_path_factory.mktemp("nobody")
    yield from serving(replace(template, root=folder / "portable", seats={}), folder / "desk")


def restarted(server: Server) -> Server:
    """It falls, and is started again."""
    server.kill()
    return Server(server.practice, server.folder).ready()


def waits_for(browser: Browser, path: str, words: str) -> Answer:
    """Until the page says so."""
    end = time.monotonic() + WAIT_S
    while words not in (answer := browser.get(path)).text:
        assert time.monotonic() < end, f"{words} never comes: {answer.status} {answer.text[:3000]}"
        time.sleep(0.05)
    return answer


def begin(garance: Browser, stick: Path) -> None:
    form = garance.open_form("/equipe/postes/ajouter")
    wrong = garance.send(
        form, {"who": "new", "name": LEA, "way": "folder", "folder": str(stick), "passphrase": "x" * 12}
    )
    assert wrong.status == 422
    assert not list(stick.glob("lanterne-ajout/*.*"))
    asked = {
        "who": "new",
        "name": LEA,
        "way": "folder",
        "folder": str(stick),
        "passphrase": phrase_of(GARANCE),
    }
    assert garance.send(form, asked).status == 303
    assert "Se trouver" in garance.page("/equipe/postes/ajout").text


def join(browser: Browser, stick: Path) -> Answer:
    form = browser.page("/rejoindre").form("/rejoindre")
    held = {"way": "folder", "folder": str(stick), "name": LEA, "passphrase": HERS, "again": HERS}
    return browser.send(form, held)


def test_a_machine_joins_by_a_shared_folder_with_both_sides_ended_in_the_middle(
    server: Server, newcomer: Server, tmp_path: Path
) -> None:
    stick = tmp_path / "partage"
    stick.mkdir()
    garance, hers = server.browser(GARANCE), newcomer.browser()
    begin(garance, stick)
    assert join(hers, stick).status == 303
    waiting = hers.page("/rejoindre")
    assert hers.send(waiting.form("/rejoindre/abandon")).status == 303
    assert "Demander à rejoindre" in hers.page("/rejoindre").text
    assert not any(path.is_file() for path in newcomer.practice.root.rglob("*"))
    waits_for(garance, "/equipe/postes/ajout", "Le code de l’autre écran")  # of the request that was given up
    assert garance.post("/equipe/postes/ajout/fin", own(garance)).status == 303
    assert not list(stick.glob("lanterne-ajout/*.*"))

    begin(garance, stick)
    assert join(hers, stick).status == 303
    hers.page("/rejoindre")
    newcomer = restarted(newcomer)
    server = restarted(server)
    try:
        hers, garance = newcomer.browser(), server.browser(GARANCE)
        assert "code à comparer s’affichera" in hers.page("/rejoindre").text
        waits_for(garance, "/equipe/postes/ajout", "Le code de l’autre écran")
        shown = waits_for(hers, "/rejoindre", "Code à comparer").text
        found = re.search(r"[2-9A-Z]{3}-[2-9A-Z]{3}-[2-9A-Z]{3}", shown)
        assert found is not None
        code = found.group()
        assert code not in garance.page("/equipe/postes/ajout").text  # what is shown is copied
        form = garance.page("/equipe/postes/ajout").form("/equipe/postes/ajout/code")
        no_phrase = garance.send(form, {"code": code, "passphrase": "pas la sienne du tout"})
        assert no_phrase.status == 422
        assert "Le poste est accepté" not in garance.page("/equipe/postes/ajout").text
        assert garance.send(form, {"code": code, "passphrase": phrase_of(GARANCE)}).status == 303
        assert "Le poste est accepté" in garance.page("/equipe/postes/ajout").text

        waits_for(hers, "/rejoindre", "fait partie du cabinet")
        waits_for(hers, "/rejoindre", "La première copie est finie")
        waits_for(garance, "/equipe/postes/ajout", "Le nouveau poste a tout reçu")
        assert garance.post("/equipe/postes/ajout/fin", own(garance)).status == 303

        seat = re.search(r'name="seat" value="([0-9a-f]{32})"', hers.page("/ouvrir").text)
        assert seat is not None
        hers.unlock(seat[1], HERS)
        chart = hers.page(f"/dossier/{server.practice.patients[JEAN]}")
        assert f"{MEDICAL}-probleme-jean" in chart.text
        assert (hers.get("/rejoindre").status, hers.get("/rejoindre").get("location")) == (303, "/ouvrir")
    finally:
        newcomer.stop()
        server.stop()


def own(browser: Browser) -> dict[str, str]:
    shown = browser.page("/reglages").form("/reglages/phrase-de-passe").values
    return {name: value for name, value in shown.items() if name in ("csrfmiddlewaretoken", "seat")}


def test_a_machine_without_a_practice_has_one_page(nobody: Server) -> None:
    browser = nobody.browser()
    for path in ("/", "/ouvrir", "/equipe", "/dossier/" + "0" * 32, "/verrouiller", "/etat"):
        answer = browser.get(path)
        assert (answer.status, answer.get("location"), answer.body) == (303, "/rejoindre", b""), path
    assert browser.get("/", Accept="*/*", Sec_Fetch_Mode="cors").status == 401
    assert browser.get("/", HX_Request="true").get("hx-redirect") == "/rejoindre"
    shown = browser.page("/rejoindre")
    assert "Rejoindre un cabinet" in shown.text
    assert "script-src 'self'" in shown.get("content-security-policy")
    assert shown.get("cache-control") == "no-store"
    assert "<script" not in shown.text
    for path in ("/rejoindre/demande", "/rejoindre/x", "/rejoindre/../etat"):
        assert browser.get(path).status == 404, path
    assert not nobody.practice.root.exists()  # looking writes nothing


def test_the_gate_holds_there_too(nobody: Server, tmp_path: Path) -> None:
    browser = nobody.browser()
    form = browser.page("/rejoindre").form("/rejoindre")
    held = {"way": "folder", "folder": str(tmp_path), "name": LEA, "passphrase": HERS, "again": HERS}
    for origin in ("http://evil.example", "null", f"http://localhost:{browser.port}", None):
        assert browser.send(form, held, Origin=origin).status == 403, origin
    assert browser.send(form, held, Host="evil.example").status == 421
    assert browser.send(form, held, Sec_Fetch_Site="cross-site").status == 403
    assert browser.send(form, {**held, "csrfmiddlewaretoken": "a" * 64}).status == 403
    for path in ("/rejoindre", "/rejoindre/reponse", "/rejoindre/abandon"):
        assert browser.post(path, held).status == 403, path
        assert browser.ask("PUT", path).status == 405, path
    assert not nobody.practice.root.exists()

    process = nobody.processes()[1]
    (port,) = {one.laddr.port for one in process.net_connections("tcp") if one.status == "LISTEN"}
    assert {one.laddr.ip for one in process.net_connections("tcp") if one.status == "LISTEN"} == {"127.0.0.1"}
    for fields in ({}, {"X-Lanterne-Front": "x" * 43}, {"X-Lanterne-Front": ""}):
        straight = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        straight.request("GET", "/rejoindre", headers=fields)
        answer = straight.getresponse()
        assert (answer.status, answer.read()) == (403, b"403")
        straight.close()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"way": "network", "invitation": "bonjour"}, "Ce n’est pas le texte montré"),
        ({"way": "network", "invitation": ""}, "Ce champ est à remplir"),
        (
            {"way": "network", "invitation": "127.0.0.1:1/59TF-J46G-P4SA"},
            "Personne ne répond à cette adresse",
        ),
        ({"way": "folder", "folder": "relatif"}, "le chemin entier"),
        ({"way": "folder", "folder": "/nowhere/at/all"}, "Ce dossier n’est pas là"),
        ({"way": "folder", "folder": "{here}"}, "ne connaît pas cette invitation"),
        ({"way": "files"}, "Ce champ est à remplir"),
        ({"way": "sorcery"}, "sorcery"),
        (
            {"way": "network", "invitation": "h:1/59TF-J46G-P4SA", "again": "une autre phrase 4"},
            "Les deux ne sont pas les mêmes",
        ),
        ({"way": "network", "invitation": "h:1/59TF-J46G-P4SA", "name": "\u0007"}, "prénom et votre nom"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_writes_nothing(
    nobody: Server, tmp_path: Path, typed: dict[str, str], said: str
) -> None:
    browser = nobody.browser()
    form = browser.page("/rejoindre").form("/rejoindre")
    here = {name: value.format(here=tmp_path) for name, value in typed.items()}
    answer = browser.send(form, {"name": LEA, "passphrase": HERS, "again": HERS, **here})
    assert answer.status == 422
    assert said in answer.text.replace("\u00a0", " ").replace("\u202f", " ")
    assert HERS not in answer.text
    assert not any(path.is_file() for path in nobody.practice.root.rglob("*"))


def test_a_file_that_is_no_invitation(nobody: Server) -> None:
    browser = nobody.browser()
    form = browser.page("/rejoindre").form("/rejoindre")
    held = {"way": "files", "name": LEA, "passphrase": HERS, "again": HERS}
    for content in (b"junk", b"\x81\xa6format\x01", b"x" * 3_000_000):
        answer = browser.send(form, held, files=[("offer", "invitation", content)])
        assert answer.status == 422
        assert "pas celui attendu" in answer.text
    assert not any(path.is_file() for path in nobody.practice.root.rglob("*"))


def test_only_an_administrator_sees_any_of_it(server: Server, tmp_path: Path) -> None:
    """The matrix has the addresses with nothing under way; here an addition is. The name of who is added is sealed to
    the administrator's seat; boxes hold what travels anyway.
    """
    stick = tmp_path / "partage"
    stick.mkdir()
    begin(server.browser(GARANCE), stick)
    browser = server.browser(INES)
    assert "Ajouter un poste" not in browser.page("/equipe").text
    for path in ("ajouter", "ajout", "ajout/fichier", "ajout/qr"):
        assert browser.get(f"/equipe/postes/{path}").status == 403, path
    for path in ("ajouter", "ajout/code", "ajout/demande", "ajout/fin"):
        assert browser.post(f"/equipe/postes/{path}", own(browser)).status == 403, path
    assert list(stick.rglob("*.offer"))
    boxed = list(Layout(server.practice.root).boxes.iterdir())
    assert boxed
    for path in (*boxed, *server.practice.root.rglob("local/*/*"), *stick.rglob("*.*")):
        assert b"Petit" not in path.read_bytes(), path

    garance = server.browser(GARANCE)
    assert garance.post("/equipe/postes/ajout/fin", own(garance)).status == 303
    form = garance.open_form("/equipe/postes/ajouter")
    assert (
        garance.send(
            form, {"who": "new", "name": LEA, "way": "files", "passphrase": phrase_of(GARANCE)}
        ).status
        == 303
    )
    shown = garance.page("/equipe/postes/ajout")
    assert 'id="adding"' in shown.text
    assert '/equipe/postes/ajout" hx-trigger' not in shown.text  # a file that was chosen must stay chosen
    offer = garance.get("/equipe/postes/ajout/fichier")
    assert offer.get("content-disposition").startswith("attachment")
    brought = garance.send(
        shown.form("/equipe/postes/ajout/demande"), files=[("message", "demande", offer.body)]
    )
    assert brought.status == 422
    assert "pas celui attendu" in brought.text
    assert garance.get("/equipe/postes/ajout/qr").status == 404

    hers = Joining(tmp_path / "hers", now_ms=now_ms)
    hers.begin_by_file(offer.body, name=LEA, passphrase=HERS)
    request = hers.request()
    assert request is not None
    asked = shown.form("/equipe/postes/ajout/demande")
    assert garance.send(asked, files=[("message", "demande", request)]).status == 303
    typed = garance.page("/equipe/postes/ajout").form("/equipe/postes/ajout/code")
    for said in ("Encore 2 essais", "Encore 1 essai", "3 codes faux"):
        wrong = garance.send(typed, {"code": "222-222-222", "passphrase": phrase_of(GARANCE)})
        assert wrong.status == 422
        assert said in wrong.text
    assert "Aucun ajout n’est en cours" in garance.page("/equipe/postes/ajout").text
