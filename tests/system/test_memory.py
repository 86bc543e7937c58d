"""With only the secretary unlocked, the memory of all our processes holds no medical text.

Two plays. A doctor reads and writes, locks, the secretary unlocks on the same running server: nothing of what the
doctor saw is left. And the secretary alone from a cold start, on a practice full of charts she may not read, whatever
she does.

The letter she files herself passes through her own worker, in clear: somebody must seal it. It stays there until that
memory is used again or her access is locked; this is measured and bounded by the lock, not by a promise about Python.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.front.test_memory import occurrences
from tests.system.browser import Browser
from tests.system.stage import GARANCE, INES, JEAN, LUCIE, MEDICAL, Practice, Server
from tests.system.test_plaintext import NOUNS, Ink, look

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/mem").exists(), reason="reading the memory of another process needs Linux's /proc"
)


def held(server: Server, words: str) -> dict[int, int]:
    """Process → how often the words lie in its memory, as UTF-8 or as Python keeps wider text (UTF-16, UTF-32)."""
    codings = ("utf-8", "utf-16-le", "utf-32-le")
    return {
        process.pid: sum(occurrences(process.pid, words.encode(coding)) for coding in codings)
        for process in server.every_process()
    }


def nobody_holds(server: Server, *words: str) -> None:
    for word in words:
        found = held(server, word)
        assert len(found) >= 3, "the front, a worker and the carrier"
        assert not any(found.values()), f"{word}: {found}"


def secretary_at_work(browser: Browser, practice: Practice, ink: Ink) -> None:
    """Search, identities, everything she has a link to, and what she may not open."""
    for patient in (practice.patients[JEAN], practice.patients[LUCIE]):
        look(browser, ink, patient, least=10)
        for page in ("resume", "histoire", f"element/{practice.charts[JEAN]['allergy']}", "consultation"):
            assert browser.get(f"/dossier/{patient}/{page}").status in (403, 404)


def test_what_the_doctor_saw_is_gone_with_her(server: Server, practice: Practice) -> None:
    typed, garance = Ink(), server.browser(GARANCE)
    chart = f"/dossier/{practice.patients[JEAN]}"
    for noun in NOUNS:
        form = garance.open_form(f"{chart}/ajouter/{noun}")
        assert garance.send(form, typed.fill(form)).acknowledged, noun
    form = garance.open_form(f"{chart}/consultation")
    assert garance.keep_draft(form, typed.fill(form), 1).status == 204
    letter = ("files", f"{typed('fichier')}.txt", typed("lettre").encode() * 30_000)
    garance.write(f"{chart}/documents/classer", {"title_": typed("titre")}, files=[letter])
    look(garance, typed, practice.patients[JEAN], least=40)
    # What waits in no chart is read again by a process of its own, the worker's child: it must be gone as well.
    front, worker, _reading = (process.pid for process in server.processes())
    assert held(server, MEDICAL)[worker] > 0, "the reading works: her worker has seen charts"
    assert held(server, typed.word)[worker] > 0
    assert held(server, MEDICAL)[front] == 0, "what passes through the front does not stay there"
    assert held(server, typed.word)[front] == 0
    garance.lock()
    ines = server.browser(INES)
    nobody_holds(server, MEDICAL, typed.word)
    secretary_at_work(ines, practice, Ink())
    nobody_holds(server, MEDICAL, typed.word)


def test_the_secretary_alone(server: Server, practice: Practice) -> None:
    """From a cold start. Her searches hold identities, which she may read."""
    ines = server.browser(INES)
    secretary_at_work(ines, practice, Ink())
    assert "BAPTISTE" in ines.page(f"/dossier/{practice.patients[JEAN]}/identite").text
    assert any(held(server, "BAPTISTE").values()), "the reading works: identities are there"
    nobody_holds(server, MEDICAL)


def test_the_letter_she_files(server: Server, practice: Practice, evidence: Callable[..., None]) -> None:
    """In her worker while she files it, in no other process ever, and nowhere once she has locked."""
    ines = server.browser(INES)
    marker = f"lettre{secrets.token_hex(8)}"
    url = f"/dossier/{practice.patients[JEAN]}/documents/classer"
    content = f"{marker} ".encode() * 50_000
    ines.write(url, {"title_": "Courrier"}, files=[("files", "courrier.txt", content)])
    front, worker = (process.pid for process in server.processes())
    at_once = held(server, marker)
    for _ in range(30):
        ines.page(f"/dossier/{practice.patients[LUCIE]}/identite")
    later = held(server, marker)
    assert at_once[front] == later[front] == 0
    print(
        f"copies of her own letter in her worker: {at_once[worker]} at once, {later[worker]} after 30 pages"
    )
    evidence("memory", at_once=at_once[worker], after_30_pages=later[worker], of=50_000)
    ines.lock()
    assert [process.pid for process in server.processes()] == [front]
    again = server.browser(INES)
    assert again.get("/").status == 200
    nobody_holds(server, marker)
