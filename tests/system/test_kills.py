"""kill -9 of the front and its workers while several tabs write: what was said to be « enregistré » is there.

A round starts the server, unlocks, checks that every acknowledged draft came back, writes from several tabs (and, one
round in four, from a second seat), and kills everything: in three rounds out of four within half a second of
writing, else at any moment of start-up and unlocking. The moments come from a seed that is printed. A kill takes the
processes away, not the disk's cache: what a power cut takes is the affair of tests/journal (a simulated disk that
forgets what was not fsynced).
"""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lanterne.wire.names import FactId
from tests.system.browser import Answer, Browser, Form
from tests.system.stage import (
    GARANCE,
    HUGO,
    INES,
    JEAN,
    LUCIE,
    WAIT_S,
    Died,
    Practice,
    Server,
    phrase_of,
)

KILLS = int(os.environ.get("LANTERNE_KILLS", "20"))
SEED = int(os.environ.get("LANTERNE_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)
PLAYS = 4
pytestmark = pytest.mark.torture

# Whose chart, which form, which of its fields is typed in.
TABS = (
    (JEAN, "ajouter/allergy", "substance"),
    (JEAN, "consultation", "text"),
    (LUCIE, "ajouter/note", "text"),
)


@dataclass
class Slot:
    """One form of one tab: the last draft acknowledged, and what was sent since without an answer."""

    kept: str = ""
    sent: list[str] = field(default_factory=list)
    writing: FactId | None = None


@dataclass
class Memory:
    """What the server acknowledged, and what it was asked without having answered."""

    written: dict[FactId, str] = field(default_factory=dict)
    asked: dict[FactId, str] = field(default_factory=dict)
    slots: dict[tuple[str, int], Slot] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    number: int = 0
    drafts: int = 0
    recovered: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self) -> int:
        with self.lock:
            self.number += 1
            return self.number

    def slot(self, who: str, tab: int) -> Slot:
        with self.lock:
            return self.slots.setdefault((who, tab), Slot())


class Round:
    """One life of the server."""

    def __init__(self, practice: Practice, memory: Memory, chance: random.Random, folder: Path) -> None:
        self.practice, self.memory = practice, memory
        self.who = (GARANCE, HUGO) if chance.random() < 0.25 else (GARANCE,)
        self.at_start = chance.random() < 0.25
        self.delay_s = chance.uniform(0, 1.3) if self.at_start else chance.uniform(0, 0.5)
        self.workers_first = chance.random() < 0.5
        self.drafts = chance.randrange(1, 4)
        self.dying, self.writing = threading.Event(), threading.Event()
        self.server = Server(practice, folder)
        self.jar: dict[str, str] = {}

    def run(self) -> None:
        """Live, die."""
        threads = [threading.Thread(target=self._safely, args=(self._person, who)) for who in self.who]
        for thread in threads:
            thread.start()
        if not self.at_start:
            assert self.writing.wait(WAIT_S), (
                f"nobody came to write: {self.server.said()} {self.memory.wrong}"
            )
        time.sleep(self.delay_s)  # the moment of the kill, not a wait for something
        self.dying.set()
        self.server.kill(workers_first=self.workers_first)
        for thread in threads:
            thread.join(WAIT_S)
            assert not thread.is_alive()

    def _safely(self, work: Callable[..., None], *arguments: object) -> None:
        """Once the kill has begun, anything may break; before, nothing may."""
        try:
            work(*arguments)
        except (OSError, http.client.HTTPException, AssertionError) as error:
            if not self.dying.is_set():
                said = f"{type(error).__name__}: {error}"[:2000]
                self.memory.wrong.append(f"{said} — {self._locked_because()} — {self.server.said()[-3000:]}")
                self.writing.set()

    def _locked_because(self) -> str:
        """What the unlock page says of a session that ended before its time, and who is still there."""
        browser = Browser(self.server.port, jar=dict(self.jar))
        banner = re.search(r'id="refus">(.*?)</p>', browser.get("/ouvrir").text, re.DOTALL)
        alive = [process.pid for process in self.server.processes()]
        return f"{banner.group(1) if banner else 'no word'}, processes {alive}"

    def _person(self, who: str) -> None:
        browser = self._unlocked(Browser(self.server.ready().port), who)
        self.jar = dict(browser.jar)
        tabs = []
        for tab in range(len(TABS)):
            beside = Browser(browser.port, jar=dict(browser.jar))
            tabs.append(threading.Thread(target=self._safely, args=(self._tab, beside, who, tab)))
        for thread in tabs:
            thread.start()
        for thread in tabs:
            thread.join(WAIT_S)

    def _unlocked(self, browser: Browser, who: str) -> Browser:
        """Unlock as a person does. Tries killed in the middle count (a kill gives nobody a free one), so that after
        five of them in a row the page says how long to wait: wait that long, and try again."""
        seat, phrase = self.practice.seats[who], phrase_of(who)
        while (answer := browser.try_unlock(seat, phrase)).status == 429 and not self.dying.is_set():
            told = re.search(r"Réessayez dans (\d+)\s*s\.", answer.text)
            assert told, f"refused without a moment to come back: {answer.text[:1500]}"
            self.dying.wait(int(told.group(1)))
        return browser.unlocked(answer)

    def _tab(self, browser: Browser, who: str, tab: int) -> None:
        patient, path, typed = TABS[tab]
        url, slot = f"/dossier/{self.practice.patients[patient]}/{path}", self.memory.slot(who, tab)
        form = browser.open_form(url)
        self._check_draft(slot, form, typed)
        self.writing.set()
        while True:
            for _ in range(self.drafts):
                text = f"brouillon {self.memory.next()} de {who}"
                slot.sent.append(text)
                self._expect(browser.keep_draft(form, {typed: text}, self.memory.next()), 204)
                slot.kept, slot.sent = text, []
                self.memory.drafts += 1
            fact, text = FactId(form.values["fact"]), f"ecrit {self.memory.next()} par {who}"
            if fact in self.memory.written:
                self.memory.wrong.append("a form is offered under the number of what is written already")
            self.memory.asked[fact] = text
            slot.writing = fact
            answer = browser.send(form, {typed: text})
            self._expect(answer, 303)
            assert answer.acknowledged
            self.memory.written[fact] = text
            slot.kept, slot.writing = "", None
            form = browser.open_form(url)
            assert form.values[typed] == "", "a draft outlives what was written from it"

    def _expect(self, answer: Answer, status: int) -> None:
        assert answer.status == status, f"{answer.path}: {answer.status} {answer.text[:1500]}"

    def _check_draft(self, slot: Slot, form: Form, typed: str) -> None:
        """Acknowledged and not written since: it must be in the form, or one sent later whose answer was lost."""
        shown = form.values[typed]
        possible = {slot.kept, *slot.sent}
        if slot.writing:
            if slot.writing in self.practice.facts():
                possible = {""}  # it is in the record: no draft of it may come back
                self.memory.written[slot.writing] = self.memory.asked[slot.writing]
            slot.writing = None
        if shown not in possible:
            self.memory.wrong.append(f"the form shows «{shown}», one of {sorted(possible)} was expected")
        self.memory.recovered += shown != ""
        slot.kept, slot.sent = shown, []


@pytest.mark.parametrize("play", range(PLAYS))
def test_kills(play: int, practice: Practice, tmp_path: Path, evidence: Callable[..., None]) -> None:
    """0 entries lost, 0 chains broken, drafts recovered."""
    kills = (KILLS + PLAYS - 1 - play) // PLAYS
    seed = f"{SEED}/{play}"
    print(f"LANTERNE_SEED={SEED} play {play}: {kills} kills")
    chance, memory = random.Random(seed), Memory()
    before = len(practice.facts())
    every = max(1, kills // 20)
    done, wrong = 0, list[str]()
    while done < kills and not wrong:
        Round(practice, memory, chance, tmp_path / "desk").run()
        wrong += memory.wrong + practice.faults()
        if done % every == 0:
            wrong += lost(practice, memory)
        done += 1
    gone, faults = lost(practice, memory), commands_find(practice)
    # A run that went wrong is written down too.
    evidence(
        "kills",
        seed=seed,
        kills=done,
        acknowledged=len(memory.written),
        drafts=memory.drafts,
        drafts_recovered=memory.recovered,
        lost=len(gone),
        faults=len(faults),
        wrong=len(wrong),
    )
    assert not wrong, f"seed {seed}, kill {done}: {wrong}"
    assert gone == [], f"seed {seed}"
    assert faults == [], f"seed {seed}"
    assert len(practice.facts()) > before or not memory.written
    server = Server(practice, tmp_path / "desk").ready()
    page = server.browser(GARANCE).page(f"/dossier/{practice.patients[JEAN]}/resume").text
    shown = [text for text in memory.written.values() if text in page]
    allergies = [body["substance"] for kind, body in practice.facts().values() if kind == "allergy.recorded"]
    assert all(str(one) in page for one in allergies if one in memory.written.values()), shown
    server.stop()


def lost(practice: Practice, memory: Memory) -> list[str]:
    """Acknowledged, and not in the journal as it was acknowledged."""
    facts = practice.facts()
    return [
        text
        for fact, text in memory.written.items()
        if fact not in facts or text not in facts[fact][1].values()
    ]


def commands_find(practice: Practice) -> list[str]:
    """Faults found by `lanterne check`, with Dr Morel's passphrase: read tables and drafts too."""
    done = subprocess.run(
        [sys.executable, "-m", "lanterne", "check", "--data", str(practice.root), "--as", "Garance", "--json"],
        env={**os.environ, "LANTERNE_PASSPHRASE": phrase_of(GARANCE)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout, done.stderr
    return [f"{one['file']} {one['place']}: {one['meaning']}" for one in json.loads(done.stdout)["faults"]]


def test_a_server_that_never_starts_is_seen(practice: Practice, tmp_path: Path) -> None:
    """The stage itself: a server that ends says why, and the test does not wait for it."""
    other = tmp_path / "nowhere"
    other.mkdir()
    (other / "notes.txt").write_text("not a practice", encoding="utf-8")
    missing = Practice(
        other, practice.seats, practice.persons, practice.patients, practice.charts,
        practice.keys, practice.keyring,
    )  # fmt: skip
    with pytest.raises(Died, match="lanterne"):
        Server(missing, tmp_path / "desk").ready()
    assert INES in practice.seats
