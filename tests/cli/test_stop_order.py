"""A stop order to everything: every verb of the command line, and each of its actions, works as before.

The verbs are found by looking at the parser: one that is added and not walked fails here.
"""

from __future__ import annotations

import importlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from lanterne.cli.french import FrenchParser
from lanterne.cli.main import _parser
from lanterne.journal.founding import list_seats
from lanterne.practice.record import Record
from lanterne.reference.medicines import download
from lanterne.wire.statements import Scope
from tests.cli.conftest import GARANCE, INES, Ended, sheet_of
from tests.cli.test_posology import Input
from tests.reference.medicines import made
from tests.reference.medicines.test_download import Publisher
from tests.reference.medicines.test_download import content as answering
from tests.relay.stopping import WORDS, StopOrder, relay_for

Run = Callable[..., Ended]
THEO, NEW = "un vélo sous la pluie", "une phrase toute neuve ici"
TABLE = "Nom;Prénom;Né(e) le;Sexe\nSuspendu;Jules;3/4/1952;M\n"


def every_verb() -> set[tuple[str, ...]]:
    """Every verb with each of its actions."""
    found: set[tuple[str, ...]] = set()
    for verb, (module, parser) in _parser()[1].items():
        importlib.import_module(f"lanterne.cli.{module}").configure(parser)
        actions = _actions(parser)
        found |= {(verb, action) for action in actions}
        if not actions or verb == "relay":
            found.add((verb,))
    return found


def _actions(parser: FrenchParser) -> list[str]:
    return [
        name
        for action in parser._actions
        if action.dest == "action" and isinstance(action.choices, dict)
        for name in action.choices
    ]


class Walk:
    """Runs verbs, and remembers which."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.done: set[tuple[str, ...]] = set()
        self._every = every_verb()

    def __call__(self, *words: str, data: Path, secret: str | None = None, new: str | None = None) -> Ended:
        self.done.add(words[:2] if words[:2] in self._every else words[:1])
        told = () if words[0] == "passphrase" else ("--json",)
        ended = self._run(*words, *told, data=data, secret=secret, new=new)
        assert ended.code == 0, (words, ended)
        return ended

    def mark(self, *verb: str) -> None:
        """Walked otherwise."""
        self.done.add(verb)


def content(walk: Walk, root: Path, who: str, secret: str) -> str:
    told = walk("check", "--as", who, data=root, secret=secret).json
    assert told["faults"] == []
    return str(told["content"])


def test_every_verb_works(lanterne: Run, practice: Path, tmp_path: Path) -> None:
    walk = Walk(lanterne)
    with relay_for(tmp_path / "relay", practice) as order:
        order.close(*Scope)
        exchange(lanterne, walk, order, practice, tmp_path)
        office(walk, practice, tmp_path)
        another_machine(walk, practice, tmp_path)
        beginnings(walk, practice, tmp_path)
        medicines(walk, practice, tmp_path)
        serve(practice)
        walk.mark("serve")
        operator(walk, order, practice)
    assert sorted(every_verb() - walk.done) == [], "a verb that no stop order was tried on: walk it here"


def exchange(lanterne: Run, walk: Walk, order: StopOrder, practice: Path, tmp_path: Path) -> None:
    """By the relay: its operator is heard. By a folder: as ever."""
    by_relay = lanterne("sync", "--json", data=practice)
    assert (by_relay.code, by_relay.json["exchange"]["code"]) == (1, "peer.suspended")
    assert by_relay.json["alarms"] == []
    said = lanterne("sync", data=practice)
    assert WORDS in said.out
    assert "Tout le reste continue" in said.out
    stick = tmp_path / "cle"
    stick.mkdir()
    assert walk("sync", "--folder", str(stick), data=practice).json["exchange"]["whole"]
    assert walk("sync", "--state", data=practice).json["stored"] > 0


def office(walk: Walk, practice: Path, tmp_path: Path) -> None:
    """Persons, passphrases, files that come, tables made anew."""
    garance = {"data": practice, "secret": GARANCE}
    paul = ("person", "add", "--as", "garance", "--name", "Paul Roche", "--role", "nurse")
    walk(*paul, data=practice, secret=GARANCE, new=THEO)
    walk("person", "list", data=practice)
    walk("passphrase", "--as", "Inès", data=practice, secret=INES, new=NEW)
    walk("person", "reset", "--as", "garance", "--name", "ines", data=practice, secret=GARANCE, new=INES)
    walk("person", "leave", "--as", "garance", "--name", "paul", **garance)  # type: ignore[arg-type]
    table = tmp_path / "patients.csv"
    table.write_text(TABLE, "utf-8")
    done = walk("import", "--as", "garance", "--apply", str(table), **garance).json  # type: ignore[arg-type]
    assert done["rows"]["registered"] == 1
    emptied = ("--patient", registered(practice), "--reason", "erasure", "--confirm", "effacer")
    walk("empty", "--as", "garance", *emptied, **garance)  # type: ignore[arg-type]
    before = content(walk, practice, "garance", GARANCE)
    walk("rebuild", "--as", "garance", **garance)  # type: ignore[arg-type]
    assert content(walk, practice, "garance", GARANCE) == before


def registered(root: Path) -> str:
    """The one patient there is."""
    card = next(card for card in list_seats(root) if "Garance" in card.label)
    record = Record.open(root, card.seat, GARANCE)
    ((found,),) = record.connection().execute("SELECT p.id FROM patient r JOIN subject p ON p.no = r.subject")
    record.close()
    return bytes(found).hex()


def another_machine(walk: Walk, practice: Path, tmp_path: Path) -> None:
    """Théo joins by a stick, has everything, and his machine is lost."""
    there = tmp_path / "portable"
    offer, request, answer, entries = (
        str(tmp_path / name) for name in ("offre", "demande", "reponse", "journal")
    )
    whom = ("--name", "Dr Théo Lambert", "--role", "locum", "--until", "2099-08-31")
    walk("device", "offer", "--as", "garance", "--out", offer, *whom, data=practice, secret=GARANCE)
    asked = ("--offer", offer, "--request", request, "--name", "Dr Théo Lambert")
    walk("device", "join", *asked, data=there, secret=THEO)
    admit = ("device", "admit", "--as", "garance", "--request", request, "--out", answer)
    walk(*admit, data=practice, secret=GARANCE)
    code = walk("device", "finish", "--admission", answer, data=there).json["code"]
    walk(*admit, "--code", code, "--entries", entries, data=practice, secret=GARANCE)
    done = walk("device", "finish", "--admission", answer, "--entries", entries, data=there).json
    assert (done["admitted"], done["lacking"]) == (True, 0)
    assert content(walk, there, "theo", THEO) == content(walk, practice, "garance", GARANCE)
    listed = walk("device", "list", "--as", "garance", data=practice, secret=GARANCE).json
    (number,) = [one["device"] for one in listed if not one["here"]]
    walk("device", "lost", "--as", "garance", "--device", number[:12], data=practice, secret=GARANCE)


def beginnings(walk: Walk, practice: Path, tmp_path: Path) -> None:
    """A practice begun, a fictional one, and one reopened with its sheet."""
    new = tmp_path / "nouveau"
    walk("init", "--practice", "Glycines", "--person", "Dr Awa Diallo", data=new, secret=GARANCE)
    walk("demo", "--no-serve", "--patients", "2", "--today", "2026-11-22", data=tmp_path / "demo")
    bare, sheet = tmp_path / "bare", str(sheet_of(practice))
    words = ("recover", "--sheet", sheet, "--from", str(practice), "--person", "Dr Garance Morel")
    assert walk(*words, data=bare, secret=NEW).json["recognised"] is True


def medicines(walk: Walk, practice: Path, tmp_path: Path) -> None:
    """What is published is loaded and fetched, and a prescription line is read."""
    files = made.published(tmp_path / "published", besides=())
    assert walk("reference", "load", str(files), data=practice).json["dated"]
    publisher, names = Publisher(), sorted(path.name for path in files.iterdir())
    try:
        for name in names:
            publisher.answers[f"/{name}"] = answering((files / name).read_bytes())
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(download, "addresses", lambda: [publisher.address(f"/{name}") for name in names])
            assert walk("reference", "download", data=practice).json["dated"]
    finally:
        publisher.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", Input(b"amoxicilline 1 g 3/j 6 j\n"))
        assert walk("posology", data=practice).json["understood"] is True


def serve(practice: Path) -> None:
    """The desk opens; its pages are walked in tests/system/test_stop_order.py."""
    words = ("serve", "--data", str(practice), "--port", "0", "--no-browser")
    server = subprocess.Popen(
        [sys.executable, "-m", "lanterne", *words],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
    )  # fmt: skip
    try:
        assert server.stdout is not None
        assert re.search(r"http://127\.0\.0\.1:\d+/", server.stdout.readline())
    finally:
        server.send_signal(signal.SIGTERM if os.name == "nt" else signal.SIGINT)
        server.communicate(timeout=60)


def operator(walk: Walk, order: StopOrder, practice: Path) -> None:
    """The operator's own verbs; opened again, everything written meanwhile reaches the relay."""
    for action in ("suspend", "notice"):
        walk("relay", action, "--practice", "ab" * 32, "--text", WORDS, data=order.folder)
    walk("relay", "resume", "--practice", "ab" * 32, data=order.folder)
    walk.mark("relay")  # it is running in a process of its own
    order.open(*Scope)
    told = walk("sync", data=practice).json
    assert told["exchange"]["whole"]
    assert (told["relay"]["to_send"], told["relay"]["silent_since"], told["operator"]) == (0, None, [])
