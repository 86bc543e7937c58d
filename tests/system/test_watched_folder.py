"""The watched folder on the real server: set from the page, relieved by the worker, never without an unlocked seat."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from lanterne.intake.watching import PUT_AWAY
from tests.system.browser import Browser
from tests.system.stage import GARANCE, INES, Practice, Server, serving

WAIT_S = 60.0
REPORT = (
    "4512\nBAPTISTE\nJEAN\n3 RUE DES LILAS\n\n35000 RENNES\n12/03/1951\n\n{reference}\n12/12/2025\n"
    "LAB35 Laboratoire de la Ville\nMOREL Garance\n"
    "****LAB****\nRES|Potassium|K|N|4,1|mmol/l|3,5|5,0|N|F\n****FIN****\n****FINFICHIER****\n"
)


def drop(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_bytes(REPORT.format(reference=name).encode("cp1252"))
    return path


def until(true: Callable[[], bool], otherwise: str) -> None:
    end = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < end, otherwise
        time.sleep(0.02)


def choose(browser: Browser, folder: str) -> int:
    page = browser.page("/reglages")
    return browser.send(page.form("/reglages/dossier-surveille"), {"folder": folder}).status


def documents(practice: Practice) -> int:
    return sum(kind == "document.filed" for kind, _ in practice.facts().values())


def test_set_from_the_page_and_relieved_while_a_seat_is_unlocked(
    server: Server, practice: Practice, tmp_path: Path
) -> None:
    folder = tmp_path / "arrivee"
    folder.mkdir()
    before = documents(practice)
    browser = server.browser(GARANCE)
    assert choose(browser, str(tmp_path / "nulle-part")) == 422
    assert choose(browser, str(practice.root)) == 422
    assert choose(browser, str(folder)) == 303
    first = drop(folder, "BAPTISTE Jean.hpr")
    browser.send(browser.page("/reglages").form("/reglages/releve"), {})
    until(lambda: not first.exists(), "the worker never filed it")
    assert len(list((folder / PUT_AWAY).rglob("*.hpr"))) == 1
    until(lambda: "1 repris" in browser.get("/reglages/releve/etat").text, "the page never says so")
    assert documents(practice) == before + 1
    # Nobody's name in what the server says.
    assert "BAPTISTE" not in server.said()
    # Locked: what comes waits. Nothing may be read, so nothing is filed.
    assert browser.lock().status in (200, 204, 303)
    until(lambda: len(server.processes()) == 1, "the worker outlived its lock")
    second = drop(folder, "second.hpr")
    assert second.exists()
    # The secretary of the same device relieves the same folder.
    server.browser(INES)
    until(lambda: not second.exists(), "her worker never filed it")
    until(lambda: documents(practice) == before + 2, "it was moved before it was filed")


def test_a_folder_that_holds_files_is_confirmed_first(
    server: Server, practice: Practice, tmp_path: Path
) -> None:
    folder = tmp_path / "bureau"
    folder.mkdir()
    (folder / "vacances.txt").write_text("la plage")
    browser = server.browser(GARANCE)
    asked = browser.send(
        browser.page("/reglages").form("/reglages/dossier-surveille"), {"folder": str(folder)}
    )
    assert asked.status == 422
    assert "1 fichier" in asked.text
    assert (folder / "vacances.txt").exists()
    confirmed = browser.send(asked.form("/reglages/dossier-surveille"), {})
    assert confirmed.status == 303
    until(lambda: not (folder / "vacances.txt").exists(), "never relieved")


def test_killed_in_the_middle_each_file_is_filed_once(practice: Practice, tmp_path: Path) -> None:
    folder = tmp_path / "arrivee"
    folder.mkdir()
    before = documents(practice)
    first = Server(practice, tmp_path / "first").ready()
    assert choose(first.browser(GARANCE), str(folder)) == 303
    for number in range(60):
        drop(folder, f"{number}.hpr")
    until(lambda: any((folder / PUT_AWAY).rglob("*.hpr")), "nothing was filed")
    first.kill()
    left = len(list(folder.glob("*.hpr")))
    for server in serving(practice, tmp_path / "second"):
        server.browser(GARANCE)
        until(lambda: not list(folder.glob("*.hpr")), f"{left} were left, and not all were filed")
    assert documents(practice) == before + 60
    assert practice.faults() == []
    put = [path.read_bytes() for path in (folder / PUT_AWAY).rglob("*.hpr")]
    # A crash may leave the empty place of a file that was about to be moved; none is lost.
    assert len({content for content in put if content}) == 60
