"""What the screens say of the exchanges, on the real server with a real relay: chosen by its key, silent, closed by its
operator, lying; and what a damaged file does to a page."""

from __future__ import annotations

import io
import re
import secrets
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lanterne.journal.founding import read_device
from lanterne.journal.journal import Journal
from lanterne.practice.record import now_ms
from lanterne.relay.place import publish
from lanterne.sync.alarms import Alarm, Lie, read_alarm
from lanterne.sync.driver import Driver
from lanterne.sync.known import Known
from lanterne.sync.peers.http import Asker
from lanterne.sync.peers.relay import RelayPeer
from lanterne.sync.ways import read_ways
from lanterne.wire.statements import Scope, State
from tests.relay.process import RelayProcess
from tests.system.browser import Answer, Browser
from tests.system.stage import AWA, GARANCE, INES, Practice, Server, phrase_of

WAIT_S = 30.0
HOSTILE = "<script>alert('x')</script> Facture \u202eimpayée\u202c\n\n" + "à payer " * 200
KEY = re.compile(r'fingerprint large">([0-9a-f ]+)<')


@dataclass
class Stage:
    """A server, a relay beside it, and the browsers of three persons."""

    server: Server
    relay: RelayProcess
    folder: Path
    browsers: dict[str, Browser]

    @property
    def url(self) -> str:
        return f"http://{self.relay.address[0]}:{self.relay.address[1]}"

    @property
    def practice(self) -> Practice:
        return self.server.practice

    def exchange(self) -> str:
        """One exchange with the relay, as the process in the background makes it; the code of what went wrong."""
        journal = Journal.open(self.practice.root)
        device, relay = read_device(journal), Known(journal).relay_file()
        assert relay is not None
        asker = Asker(journal.practice, device.id, device, now_ms, secrets.token_bytes)
        peer = RelayPeer(relay, asker, genesis=journal.membership.genesis.raw)
        try:
            error = Driver(journal, device, peer, now_ms=now_ms, random=secrets.token_bytes).run().error
            return error.code if error is not None else ""
        finally:
            peer.close()

    def until(self, who: str, path: str, words: str, *, exchanging: bool = False) -> Answer:
        """The page, once it says so."""
        ends = time.monotonic() + WAIT_S
        while True:
            if exchanging:
                self.exchange()
            shown = self.browsers[who].page(path)
            if words in plain(shown):
                return shown
            assert time.monotonic() < ends, f"{words!r} is never said: {line_of(shown)!r}"
            time.sleep(0.1)


def plain(answer: Answer) -> str:
    """What is read, with ordinary spaces."""
    return answer.text.replace("\u00a0", " ").replace("\u202f", " ").replace("&#x27;", "'")


def tried(browser: Browser, path: str, values: dict[str, str]) -> Answer:
    """The form at `path`, sent: taken or refused."""
    return browser.send(browser.open_form(path), values)


def line_of(answer: Answer) -> str:
    """The line of every page."""
    found = re.search(r"data-exchange-text>([^<]*)<", plain(answer))
    assert found, answer.text[:500]
    return found[1]


def later_path(alarm: Alarm) -> str:
    """The address of an alarm's page, as a banner that leads to it carries it."""
    return f'href="/echanges/alertes/{alarm.name[-32:]}"'


def red(answer: Answer) -> int:
    """How many red banners a page has."""
    return answer.text.count('class="banner danger"')


@pytest.fixture(scope="module")
def stage(shared: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("relay")
    relay = RelayProcess.start(folder, "--open")
    try:
        yield Stage(shared, relay, folder, {who: shared.browser(who) for who in (GARANCE, AWA, INES)})
    finally:
        relay.kill()


def test_alone_nothing_is_red_and_the_line_says_so(stage: Stage) -> None:
    for who, browser in stage.browsers.items():
        shown = browser.page("/")
        assert line_of(shown) == "Enregistré ici · seul poste du cabinet", who
        assert red(shown) == 0
    assert "Ce poste est le seul du cabinet." in plain(stage.browsers[INES].page("/echanges"))


def test_a_relay_is_taken_by_its_key_and_ones_passphrase(stage: Stage) -> None:
    browser, root = stage.browsers[GARANCE], stage.practice.root
    wrong = tried(browser, "/echanges/relais", {"address": "http://127.0.0.1:1"})
    assert (wrong.status, "Personne ne répond" in plain(wrong)) == (422, True)
    assert tried(browser, "/echanges/relais", {"address": "ftp://x"}).status == 422
    shown = tried(browser, "/echanges/relais", {"address": stage.url})
    told = KEY.search(shown.text)
    assert told
    assert told[1].replace(" ", "") == stage.relay.key.hex()
    assert read_ways(Journal.open(root)).relay is None, "nothing is kept before the key was compared"
    form = shown.form("/echanges/relais")
    assert browser.send(form, {"passphrase": "ce n'est pas la bonne"}).status == 422
    impostor = browser.send(form, {"passphrase": phrase_of(GARANCE), "key": "00" * 32})
    assert impostor.status == 422
    assert "Ce n’est plus le même relais" in plain(impostor)
    assert read_ways(Journal.open(root)).relay is None
    assert browser.send(form, {"passphrase": phrase_of(GARANCE)}).status == 303
    kept = read_ways(Journal.open(root)).relay
    assert kept is not None
    assert (kept.url, kept.key) == (stage.url, stage.relay.key)
    for who in (AWA, INES):
        assert stage.browsers[who].page("/echanges").text.count("/echanges/relais") == 0
        assert stage.browsers[who].post("/echanges/relais", {"address": stage.url}).status == 403


def test_what_is_sent_is_said(stage: Stage) -> None:
    shown = stage.until(INES, "/echanges", "tout est envoyé", exchanging=True)
    assert stage.url in shown.text
    assert red(shown) == 0
    asked = stage.browsers[INES].ask("GET", "/echanges/ligne", HX_Request="true", X_Lanterne_Background="1")
    assert asked.status == 200
    same = re.search(r'hx-get="(/echanges/ligne\?[0-9a-f]+)"', asked.text)
    assert same
    ends = time.monotonic() + WAIT_S
    while stage.browsers[INES].ask("GET", same[1], HX_Request="true").status != 204:
        again = re.search(
            r'hx-get="(/echanges/ligne\?[0-9a-f]+)"', stage.browsers[INES].get("/echanges/ligne").text
        )
        assert again
        assert time.monotonic() < ends, "the same words are never told to be the same"
        same = again


def test_the_operators_words_are_shown_as_words(stage: Stage) -> None:
    publish(stage.folder, scope=Scope.ALL, subject=None, state=State.NOTICE, text=HOSTILE)
    shown = stage.until(INES, "/arrivees", "L’opérateur du relais écrit", exchanging=True)
    assert "<script>alert" not in shown.text
    assert "&lt;script&gt;alert" in shown.text
    assert "\u202e" not in shown.text
    assert red(shown) == 0
    assert len(re.findall("à payer", shown.text)) < 60, "a banner is bounded"
    assert "Cela ne concerne que le relais : tout fonctionne ici." in plain(shown)


def test_closed_by_its_operator_everything_goes_on(stage: Stage) -> None:
    practice = stage.practice
    subject = Journal.open(practice.root).practice
    publish(
        stage.folder, scope=Scope.PRACTICE, subject=subject, state=State.SUSPENDED, text="Ordre du 3 mars"
    )
    shown = stage.until(AWA, "/", "fermé à ce cabinet : « Ordre du 3 mars ».", exchanging=True)
    assert "Seul le relais est coupé : tout continue ici." in plain(shown)
    assert red(shown) == 0
    assert stage.exchange() == "peer.suspended"
    patient = next(iter(practice.patients.values()))
    answer = stage.browsers[AWA].write(f"/dossier/{patient}/ajouter/note", {"text": "malgré la coupure"})
    assert answer.acknowledged
    stage.until(AWA, "/", "Relais silencieux depuis")
    publish(stage.folder, scope=Scope.PRACTICE, subject=subject, state=State.RESUMED, text="")
    publish(stage.folder, scope=Scope.ALL, subject=None, state=State.RESUMED, text="")
    stage.until(AWA, "/echanges", "tout est envoyé", exchanging=True)
    assert "L’opérateur du relais" not in plain(stage.browsers[AWA].page("/"))


def test_a_dead_relay_is_no_alarm(stage: Stage) -> None:
    stage.relay.process.kill()
    stage.relay.process.wait()
    patient = next(iter(stage.practice.patients.values()))
    assert stage.browsers[AWA].write(f"/dossier/{patient}/ajouter/note", {"text": "relais mort"}).acknowledged
    stage.exchange()
    shown = stage.until(INES, "/", "Relais silencieux depuis")
    assert re.fullmatch(r"Relais silencieux depuis .+ : \d+ écritures? à envoyer", line_of(shown))
    assert red(shown) == 0
    page = stage.browsers[INES].page("/echanges")
    assert "Personne ne répond à cette adresse." in plain(page)


def test_a_proven_lie_is_red_for_everybody_until_somebody_has_seen_it(stage: Stage) -> None:
    journal = Journal.open(stage.practice.root)
    relay = Known(journal).relay_file()
    assert relay is not None
    alarm = Alarm(Lie.WITHHELD, relay.relay, "48211", "missing", now_ms(), (b"receipt" * 40, b"answer" * 9))
    before = Alarm(Lie.WITHHELD, relay.relay, "48107", "missing", now_ms() - 9_000, (b"receipt", b"answer"))
    assert Known(journal).alarm(alarm)
    assert Known(journal).alarm(before)
    said = "Le relais ne montre pas à ce poste une écriture qu’il a reçue d’un autre poste."
    for who in (GARANCE, AWA, INES):
        for path in ("/", "/equipe", "/reglages", "/arrivees"):
            shown = stage.until(who, path, f"{said} (2 fois)")
            assert red(shown) == 1, (who, path)
    path = f"/echanges/alertes/{alarm.name[-32:]}"
    page = stage.browsers[AWA].page(path)
    assert "envoyez la preuve à l’opérateur du relais" in plain(page)
    packed = stage.browsers[AWA].get(f"{path}/preuve")
    assert packed.get("content-disposition").startswith("attachment;")
    with zipfile.ZipFile(io.BytesIO(packed.body)) as held:
        assert held.namelist() == ["alerte.txt", "alerte.bin", "preuve-1.bin", "preuve-2.bin"]
        assert held.read("preuve-1.bin") == alarm.evidence[0]
        assert read_alarm(held.read("alerte.bin")) == alarm
        assert said in held.read("alerte.txt").decode().replace("\u00a0", " ")
    later = Alarm(Lie.WITHHELD, relay.relay, "48300", "missing", now_ms(), (b"receipt", b"answer"))
    assert Known(journal).alarm(later)
    assert stage.browsers[AWA].send(page.form(f"{path}/vue")).status == 303
    shown = stage.until(GARANCE, "/", f"{said}</span>")
    assert later_path(later) in shown.text, "what came after the page was shown is not marked with it"
    again = f"/echanges/alertes/{later.name[-32:]}"
    assert stage.browsers[AWA].send(stage.browsers[AWA].page(again).form(f"{again}/vue")).status == 303
    ends = time.monotonic() + WAIT_S
    while any(red(stage.browsers[who].page("/")) for who in (GARANCE, INES)):
        assert time.monotonic() < ends, "seen by one, and red for another"
    listed = plain(stage.browsers[INES].page("/echanges"))
    assert said in listed
    assert "vu par Awa Diallo à " in listed
    kept = [one.matter for one in Known(journal).alarms()]
    assert kept == ["48107", "48211", "48300"], "none is ever taken back"
    assert stage.practice.faults() == []
    # Somebody else's later look does not change who saw it first.
    assert stage.browsers[INES].post(f"{path}/vue", stage.browsers[INES].page("/reglages").form(
        "/reglages/phrase-de-passe").values).status == 303  # fmt: skip
    assert "vu par Awa Diallo" in plain(stage.browsers[INES].page("/echanges"))


def test_folders_devices_and_the_port_are_an_administrators(stage: Stage, tmp_path: Path) -> None:
    browser, root = stage.browsers[GARANCE], stage.practice.root
    assert tried(browser, "/echanges/dossier", {"folder": "relatif"}).status == 422
    inside = tried(browser, "/echanges/dossier", {"folder": str(root / "journal")})
    assert (inside.status, "Ce dossier ne peut pas servir à l’échange" in plain(inside)) == (422, True)
    assert tried(browser, "/echanges/dossier", {"folder": str(tmp_path / "clé")}).status == 303
    assert tried(browser, "/echanges/poste", {"address": "sans port"}).status == 422
    assert tried(browser, "/echanges/poste", {"address": "192.0.2.20:8766"}).status == 303
    assert tried(browser, "/echanges/port", {"port": "70000"}).status == 422
    kept = read_ways(Journal.open(root))
    assert (kept.folders, kept.devices, kept.listen) == ((tmp_path / "clé",), ("192.0.2.20:8766",), 0)
    page = stage.until(GARANCE, "/echanges", "192.0.2.20:8766")
    for form in [one for one in page.forms if one.action.endswith("/retirer")]:
        assert browser.send(form).status == 303
    left = read_ways(Journal.open(root))
    assert (left.folders, left.devices) == ((), ())
    for path in ("dossier", "poste", "port", "dossier/retirer", "poste/retirer"):
        values = stage.browsers[AWA].page("/reglages").form("/reglages/phrase-de-passe").values
        assert stage.browsers[AWA].post(f"/echanges/{path}", {**values, "folder": "/x"}).status == 403


def test_a_damaged_file_is_said_and_breaks_no_page(stage: Stage) -> None:
    known = stage.practice.root / "known"
    for path in known.glob("relay-*"):
        path.write_bytes(b"\0" * 400)
    for path in (stage.practice.root / "local").glob("ways*"):
        path.write_bytes(b"\0" * 90)
    shown = stage.until(INES, "/echanges", "est abîmée dans ses deux exemplaires")
    assert shown.status == 200
    assert stage.browsers[AWA].page("/").status == 200
    for path in known.glob("alarm-*"):
        path.write_bytes(b"\0" * 90)
    shown = stage.until(INES, "/echanges", "abîmé")
    assert shown.status == 200
