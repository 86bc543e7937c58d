"""Who gets what: every address of the desk × everybody who works here, as one table, read on the real server.

Each address is asked about a patient (own), with a fact of another patient's chart (other), and with ids nobody has
(unknown). An address added to `lanterne.site.urls` without a line here fails the first test. Nothing the secretary is
ever answered holds a medical word.
"""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.system.browser import Answer, Browser
from tests.system.stage import (
    AWA,
    GARANCE,
    HUGO,
    INES,
    JEAN,
    LUCIE,
    MEDICAL,
    PAUL,
    THEO,
    Practice,
    Server,
    phrase_of,
)

UNKNOWN = "0" * 31 + "1"
CARERS = (HUGO, THEO, AWA, PAUL)


class Line(NamedTuple):
    """One address. Answers to a GET: the administrator (a doctor), care-givers, the secretary.

    `path`: {a} is an arrival waiting in this chart, {b} one in another patient's, {l} one in none.
    `fact`: the kind of fact its address names. `posts`: POST only (the answers are those of an empty POST with its
    token). `other`: what an administrator gets when the fact is another patient's; everybody else the same or 403.
    """

    name: str
    path: str
    administrator: int
    carers: int
    secretary: int
    fact: str = ""
    posts: bool = False


# fmt: off
MATRIX = (
    #    name                   path                                        admin carers secretary
    Line("home",                "",                                         200, 200, 200),
    Line("search",              "recherche",                                200, 200, 200, posts=True),
    Line("results",             "recherche/liste",                          200, 200, 200, posts=True),
    Line("patient-new",         "patients/nouveau",                         200, 200, 200),
    Line("arrivals",            "arrivees",                                 200, 200, 200),
    Line("arrivals-deposit",    "arrivees/deposer",                         200, 200, 200, posts=True),
    Line("arrivals-deposits",   "arrivees/depots",                          200, 200, 403, posts=True),
    Line("arrival",             "arrivees/{a}",                             200, 200, 403),
    Line("arrival-file",        "arrivees/{l}/fichier",                     200, 200, 403),
    Line("arrival-see",         "arrivees/{b}/vu",                          409, 409, 403, posts=True),
    Line("arrival-hand",        "arrivees/{a}/confier",                     200, 200, 403),
    Line("arrival-attach",      "arrivees/{l}/rattacher",                   200, 200, 403),
    Line("arrival-find",        "arrivees/{l}/rattacher/chercher",          200, 200, 403, posts=True),
    Line("arrival-discard",     "arrivees/{l}/ecarter",                     200, 200, 403),
    Line("chart",               "dossier/{p}",                              200, 200, 303),
    Line("summary",             "dossier/{p}/resume",                       200, 200, 403),
    Line("timeline",            "dossier/{p}/histoire",                     200, 200, 403),
    Line("curve",               "dossier/{p}/courbe/{f}",                   200, 200, 403, "result"),
    Line("item",                "dossier/{p}/element/{f}",                  200, 200, 403, "allergy"),
    Line("item-correct",        "dossier/{p}/element/{f}/corriger",         200, 200, 403, "allergy"),
    Line("item-mistake",        "dossier/{p}/element/{f}/erreur",           200, 200, 403, "allergy"),
    Line("item-settle",         "dossier/{p}/element/{f}/departager",       200, 200, 403, "allergy"),
    Line("item-add",            "dossier/{p}/ajouter/allergy",              200, 200, 403),
    Line("section-none",        "dossier/{p}/rien/procedures",              303, 303, 403, posts=True),
    Line("proposal-accept",     "dossier/{p}/propose/{f}/accepter",         200, 200, 403, "proposal"),
    Line("proposal-decline",    "dossier/{p}/propose/{f}/ecarter",          404, 404, 403, "treatment", posts=True),
    Line("draft",               "dossier/{p}/brouillon/consultation",       204, 204, 403, posts=True),
    Line("consultation-new",    "dossier/{p}/consultation",                 200, 200, 403),
    Line("consultation-correct", "dossier/{p}/consultation/{f}",            200, 200, 403, "consultation"),
    Line("prescribe",           "dossier/{p}/prescrire",                    200, 200, 403),
    Line("prescribe-look",      "dossier/{p}/prescrire/verifier",           200, 200, 403, posts=True),
    # No prescription has the id of an allergy; tests/browser/test_prescribing.py signs and prints real ones.
    Line("prescription",        "dossier/{p}/ordonnance/{f}",               404, 404, 403, "allergy"),
    Line("prescription-print",  "dossier/{p}/ordonnance/{f}/papier/0",      404, 404, 403, "allergy"),
    Line("document-add",        "dossier/{p}/documents/classer",            200, 200, 200),
    Line("document",            "dossier/{p}/documents/{f}",                200, 200, 403, "document"),
    Line("document-file",       "dossier/{p}/documents/{f}/fichier",        200, 200, 403, "document"),
    Line("document-rendition",  "dossier/{p}/documents/{f}/vue/0",          404, 404, 403, "document"),
    Line("document-classify",   "dossier/{p}/documents/{f}/genre",          200, 200, 403, "document"),
    Line("chart-traces",        "dossier/{p}/acces",                        200, 403, 403),
    Line("identity",            "dossier/{p}/identite",                     200, 200, 200),
    Line("identity-correct",    "dossier/{p}/identite/corriger",            200, 200, 200),
    Line("contacts",            "dossier/{p}/identite/coordonnees",         200, 200, 200),
    Line("attending",           "dossier/{p}/identite/medecin-traitant",    200, 200, 200),
    Line("merge",               "dossier/{p}/identite/reunir/{o}",          200, 200, 200),
    Line("merge-undo",          "dossier/{p}/identite/separer/{f}",         404, 404, 404, "allergy"),
    Line("distinct",            "dossier/{p}/identite/distinct/{o}",        200, 200, 200),
    Line("agenda",              "agenda",                                   200, 200, 200),
    Line("agenda-day",          "agenda/2026-11-23",                        200, 200, 200),
    Line("appointment-new",     "agenda/nouveau",                           200, 200, 200),
    Line("agenda-free",         "agenda/libres",                            200, 200, 200),
    Line("agenda-feed",         "agenda/flux/{who}",                        200, 200, 200),
    Line("agenda-settings",     "agenda/reglages",                          200, 200, 200),
    Line("agenda-hours",        "agenda/horaires/{who}",                    200, 200, 200),
    Line("agenda-service-new",  "agenda/genres/nouveau",                    200, 200, 200),
    Line("agenda-service",      "agenda/genres/visit",                      200, 200, 200),
    Line("agenda-holidays",     "agenda/feries",                            200, 200, 200),
    Line("agenda-absence-new",  "agenda/absences/nouvelle",                 200, 200, 200),
    Line("agenda-absence",      "agenda/absences/{f}",                      404, 404, 404, "allergy"),
    Line("agenda-absence-withdraw", "agenda/absences/{f}/retirer",          404, 404, 404, "allergy", posts=True),
    Line("agenda-note-new",     "agenda/notes/nouvelle",                    200, 200, 200),
    Line("agenda-note",         "agenda/notes/{f}",                         404, 404, 404, "allergy"),
    Line("agenda-note-withdraw", "agenda/notes/{f}/retirer",                404, 404, 404, "allergy", posts=True),
    Line("agenda-print",        "agenda/2026-11-23/liste",                  200, 200, 200),
    Line("agenda-list",         "agenda/2026-11-23/liste.pdf",              200, 200, 200),
    Line("agenda-week",         "agenda/2026-11-23/semaine/{who}",          200, 200, 200),
    Line("agenda-calendar",     "agenda/2026-11-23/calendrier/{who}",       200, 200, 200),
    # No appointment has the id of an allergy; tests/browser/test_agenda.py moves and cancels real ones.
    Line("appointment-move",    "agenda/{f}/deplacer",                      404, 404, 404, "allergy"),
    Line("appointment-cancel",  "agenda/{f}/annuler",                       404, 404, 404, "allergy"),
    Line("appointment-state",   "agenda/{f}/venue",                         404, 404, 404, "allergy", posts=True),
    Line("appointment-restore", "agenda/{f}/retablir",                      404, 404, 404, "allergy", posts=True),
    Line("tasks",               "a-faire",                                  200, 200, 200),
    Line("tasks-lines",         "a-faire/liste",                            200, 200, 200),
    Line("task-new",            "a-faire/nouveau",                          200, 200, 200),
    Line("task-find",           "a-faire/nouveau/patients",                 200, 200, 200, posts=True),
    # No task has the id of an allergy; tests/browser/test_tasks.py does what these do with real ones.
    Line("task-done",           "a-faire/{f}/fait",                         404, 404, 404, "allergy", posts=True),
    Line("task-say",            "a-faire/{f}/dire",                         404, 404, 404, "allergy"),
    Line("task-attempt",        "a-faire/{f}/appel",                        404, 404, 404, "allergy"),
    Line("task-postpone",       "a-faire/{f}/reporter",                     404, 404, 404, "allergy"),
    Line("task-assign",         "a-faire/{f}/passer",                       404, 404, 404, "allergy"),
    Line("task-amend",          "a-faire/{f}/modifier",                     404, 404, 404, "allergy"),
    Line("task-reopen",         "a-faire/{f}/reprendre",                    404, 404, 404, "allergy", posts=True),
    Line("settling",            "a-regler",                                 200, 200, 200),
    Line("settling-chart",      "a-regler/dossier/{p}",                     200, 200, 403),
    # Nothing is in doubt in this practice; tests/browser/test_settling.py settles what is.
    Line("settling-keep",       "a-regler/dossier/{p}/garder/{f}",          409, 409, 403, "allergy", posts=True),
    Line("settling-apart",      "a-regler/dossier/{p}/distincts/{f}",       409, 409, 403, "allergy", posts=True),
    Line("settling-third",      "a-regler/dossier/{p}/autre/{f}",           409, 409, 403, "allergy"),
    Line("settling-undo",       "a-regler/dossier/{p}/annuler/{f}",         409, 409, 403, "allergy", posts=True),
    Line("settling-both",       "a-regler/voulus",                          409, 409, 409, posts=True),
    Line("settling-hour",       "a-regler/rendez-vous/{f}/garder",          404, 404, 404, "allergy", posts=True),
    Line("settling-hour-undo",  "a-regler/rendez-vous/{f}/annuler",         404, 404, 404, "allergy", posts=True),
    Line("settling-two-undo",   "a-regler/patients/{p}/deux/{f}",           404, 404, 404, "allergy", posts=True),
    Line("team",                "equipe",                                   200, 200, 200),
    Line("practice",            "equipe/cabinet",                           200, 403, 403),
    Line("person-add",          "equipe/ajouter",                           200, 403, 403),
    Line("person",              "equipe/{who}",                             200, 403, 403),
    Line("person-seat",         "equipe/{who}/acces",                       200, 403, 403),
    Line("person-leave",        "equipe/{who}/depart",                      200, 403, 403),
    # The only device here is the one in use, which nobody declares lost; tests/system/test_accesses.py has two.
    Line("device-lost",         "equipe/postes/{seat}/perdu",               404, 403, 403),
    Line("device-add",          "equipe/postes/ajouter",                    200, 403, 403),
    # None is being added: tests/system/test_adding.py has one.
    Line("device-adding",       "equipe/postes/ajout",                      200, 403, 403),
    Line("device-adding-code",  "equipe/postes/ajout/code",                 409, 403, 403, posts=True),
    Line("device-adding-request", "equipe/postes/ajout/demande",            409, 403, 403, posts=True),
    Line("device-adding-file",  "equipe/postes/ajout/fichier",              404, 403, 403),
    Line("device-adding-qr",    "equipe/postes/ajout/qr",                   404, 403, 403),
    Line("device-adding-end",   "equipe/postes/ajout/fin",                  303, 403, 403, posts=True),
    Line("team-review",         "equipe/a-verifier",                        200, 403, 403),
    Line("seat-revoke",         "equipe/acces/{seat}/retirer",              200, 403, 403),
    Line("exchange",            "echanges",                                 200, 200, 200),
    Line("exchange-state",      "echanges/etat",                            200, 200, 200),
    Line("exchange-line",       "echanges/ligne",                           200, 200, 200),
    Line("exchange-now",        "echanges/maintenant",                      303, 303, 303, posts=True),
    # Nobody lied here: tests/system/test_exchange.py has an alarm.
    Line("exchange-alarm",      "echanges/alertes/{f}",                     404, 404, 404),
    Line("exchange-evidence",   "echanges/alertes/{f}/preuve",              404, 404, 404),
    Line("exchange-seen",       "echanges/alertes/{f}/vue",                 404, 404, 404, posts=True),
    Line("exchange-relay",      "echanges/relais",                          200, 403, 403),
    Line("exchange-folder",     "echanges/dossier",                         200, 403, 403),
    Line("exchange-folder-forget", "echanges/dossier/retirer",              303, 403, 403, posts=True),
    Line("exchange-device",     "echanges/poste",                           200, 403, 403),
    Line("exchange-device-forget", "echanges/poste/retirer",                303, 403, 403, posts=True),
    Line("exchange-listen",     "echanges/port",                            200, 403, 403),
    Line("traces",              "acces",                                    200, 403, 403),
    Line("settings",            "reglages",                                 200, 200, 200),
    Line("passphrase",          "reglages/phrase-de-passe",                 422, 422, 422, posts=True),
    Line("theme",               "reglages/apparence",                       303, 303, 303, posts=True),
    Line("watched",             "reglages/dossier-surveille",               303, 303, 303, posts=True),
    Line("watched-relieve",     "reglages/releve",                          303, 303, 303, posts=True),
    Line("watched-state",       "reglages/releve/etat",                     200, 200, 200),
    Line("awake",               "reglages/eveil",                           204, 204, 204),
    Line("reference-diagnoses", "references/diagnostics",                   200, 200, 200, posts=True),
    Line("reference-tests",     "references/examens",                       200, 200, 200, posts=True),
)
# fmt: on


def address(line: Line, practice: Practice, *, patient: str, chart: str, known: bool = True) -> str:
    """Its address: about `patient`, naming a fact of `chart`."""
    fact = practice.charts[chart].get(line.fact, UNKNOWN) if known else UNKNOWN
    other = LUCIE if patient == practice.patients[JEAN] else JEAN
    waits = {"a": (chart, "arrived"), "b": (other, "arrived"), "l": (chart, "loose")}
    arrivals = {key: practice.charts[of][noun] if known else UNKNOWN for key, (of, noun) in waits.items()}
    seat, person = (practice.seats[THEO], practice.persons[THEO]) if known else (UNKNOWN * 2, UNKNOWN)
    return "/" + line.path.format(
        p=patient,
        f=fact,
        o=practice.patients[other] if known else UNKNOWN,
        who=person,
        seat=seat[:32],
        **arrivals,
    )


@pytest.fixture(scope="module")
def everybody(shared: Server) -> dict[str, Browser]:
    """A browser unlocked by each, and one by nobody."""
    return {name: shared.browser(name) for name in (GARANCE, *CARERS, INES)} | {"": shared.browser()}


def expected(line: Line, who: str) -> int:
    return {GARANCE: line.administrator, INES: line.secretary}.get(who, line.carers)


def ask(browser: Browser, line: Line, path: str, patient: str = "") -> Answer:
    """GET, or for a POST-only address an empty form of that patient's with a token taken from a page."""
    if not line.posts:
        return browser.get(path)
    return browser.post(path, {**own_form(browser), "patient": patient})


def own_form(browser: Browser) -> dict[str, str]:
    """What every form of this browser's pages carries: its token, and whose access it was shown under."""
    shown = browser.page("/reglages").form("/reglages/phrase-de-passe").values
    return {name: value for name, value in shown.items() if name in ("csrfmiddlewaretoken", "seat")}


def test_every_address_has_its_line() -> None:
    from tests.desk.stage import engine

    engine()
    from lanterne.site.urls import urlpatterns

    names = sorted(str(pattern.name) for pattern in urlpatterns)
    assert names == sorted(line.name for line in MATRIX)
    for pattern in urlpatterns:
        line = next(one for one in MATRIX if one.name == pattern.name)
        example = line.path.format(**dict.fromkeys(("p", "f", "o", "who", "seat", "a", "b", "l"), UNKNOWN))
        assert pattern.resolve(example), f"{line.name}: {example} is not its address"


@pytest.mark.parametrize("who", [GARANCE, *CARERS, INES])
def test_own(shared: Server, everybody: dict[str, Browser], who: str) -> None:
    """A patient of the practice, with a fact of that patient."""
    practice, wrong = shared.practice, []
    patient = practice.patients[JEAN]
    for line in MATRIX:
        answer = ask(everybody[who], line, address(line, practice, patient=patient, chart=JEAN), patient)
        if answer.status != expected(line, who):
            wrong.append(f"{line.name}: {answer.status}, expected {expected(line, who)}")
        if who == INES and MEDICAL in answer.text:
            wrong.append(f"{line.name}: a medical word for the secretary")
        if (
            who != INES
            and line.name in ("chart", "summary", "timeline", "item")
            and MEDICAL not in answer.text
        ):
            wrong.append(f"{line.name}: the chart is empty, the test would prove nothing")
    assert wrong == []


@pytest.mark.parametrize("who", [GARANCE, AWA, INES])
def test_a_fact_of_another_patient(shared: Server, everybody: dict[str, Browser], who: str) -> None:
    """Named under the wrong patient, a fact does not exist; nothing of it is shown."""
    practice, wrong = shared.practice, []
    patient = practice.patients[JEAN]
    for line in (one for one in MATRIX if one.fact):
        answer = ask(everybody[who], line, address(line, practice, patient=patient, chart=LUCIE), patient)
        if answer.status != (403 if expected(line, who) == 403 else 404):
            wrong.append(f"{line.name}: {answer.status}")
        if f"{MEDICAL}-" in answer.text and "-lucie" in answer.text:
            wrong.append(f"{line.name}: shows the other patient's")
    assert wrong == []


@pytest.mark.parametrize("who", [GARANCE, AWA, INES])
@pytest.mark.parametrize("whose", ["patient", "fact"])
def test_an_unknown_id(shared: Server, everybody: dict[str, Browser], who: str, whose: str) -> None:
    """404, or 403 for who may not ask; never a 500, never another answer than for what exists elsewhere."""
    practice, wrong = shared.practice, []
    patient = practice.patients[JEAN] if whose == "fact" else UNKNOWN
    named = ("{p}",) if whose == "patient" else ("{f}", "{o}", "{who}", "{seat}", "{a}", "{b}", "{l}")
    for line in (one for one in MATRIX if any(part in one.path for part in named)):
        path = address(line, practice, patient=patient, chart=JEAN, known=whose == "patient")
        answer = ask(everybody[who], line, path, patient)
        if answer.status != (403 if expected(line, who) == 403 else 404):
            wrong.append(f"{line.name}: {answer.status}")
    assert wrong == []


def test_nobody_unlocked(shared: Server, everybody: dict[str, Browser]) -> None:
    """A page is sent to the unlock page, htmx is told to go there, anything else gets 401: for every address."""
    practice, browser = shared.practice, everybody[""]
    for line in MATRIX:
        path = address(line, practice, patient=practice.patients[JEAN], chart=JEAN)
        answer = browser.get(path)
        assert (answer.status, answer.get("location"), answer.body) == (303, "/ouvrir", b""), line.name
        posted = browser.post(path, {"patient": practice.patients[JEAN]})
        assert (posted.status, posted.get("location"), posted.body) == (303, "/ouvrir", b""), line.name
        htmx = browser.get(path, HX_Request="true")
        assert (htmx.status, htmx.get("hx-redirect")) == (401, "/ouvrir"), line.name
        assert browser.get(path, Accept="*/*", Sec_Fetch_Mode="cors").status == 401, line.name


def test_post_only_addresses_refuse_a_get(shared: Server, everybody: dict[str, Browser]) -> None:
    for line in (one for one in MATRIX if one.posts):
        path = address(line, shared.practice, patient=shared.practice.patients[JEAN], chart=JEAN)
        assert everybody[GARANCE].get(path).status == 405, line.name


def test_only_the_methods_of_the_desk(shared: Server, everybody: dict[str, Browser]) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        assert everybody[GARANCE].ask(method, "/").status == 405, method
    for line in (
        one for one in MATRIX if not one.posts and one.name in ("home", "chart", "item", "document-file")
    ):
        path = address(line, shared.practice, patient=shared.practice.patients[JEAN], chart=JEAN)
        assert everybody[GARANCE].post(path, own_form(everybody[GARANCE])).status == 405, line.name


def tokens(shared: Server, everybody: dict[str, Browser]) -> Iterator[tuple[str, dict[str, str]]]:
    """What does not stand for the form's own token."""
    own = own_form(everybody[GARANCE])
    own.pop("csrfmiddlewaretoken")
    yield "no token", own
    yield "an invented token", {**own, "csrfmiddlewaretoken": "a" * 64}
    yield (
        "another session's token",
        own | {"csrfmiddlewaretoken": own_form(everybody[HUGO])["csrfmiddlewaretoken"]},
    )


def test_a_form_without_its_token_writes_nothing(shared: Server, everybody: dict[str, Browser]) -> None:
    """Every address that writes, as the administrator, who may do all of it."""
    practice, browser = shared.practice, everybody[GARANCE]
    before = practice.facts()
    patient = practice.patients[JEAN]
    for named, fields in tokens(shared, everybody):
        for line in MATRIX:
            if line.name in ("home", "chart", "summary", "timeline", "curve", "item", "document", "document-file",
                             "document-rendition", "arrivals", "arrival", "arrival-file", "chart-traces", "identity",
                             "agenda", "agenda-day", "agenda-free", "agenda-feed", "agenda-settings", "agenda-print", "agenda-list",
                             "agenda-week", "agenda-calendar", "settling", "settling-chart", "team", "team-review", "device-adding", "device-adding-file", "device-adding-qr", "exchange", "exchange-state", "exchange-line",
                             "exchange-alarm", "exchange-evidence", "traces", "settings", "watched-state", "awake"):  # fmt: skip
                continue
            path = address(line, practice, patient=patient, chart=JEAN)
            answer = browser.post(path, {**fields, "patient": patient})
            assert answer.status == 403, f"{line.name} with {named}: {answer.status}"
            assert "Ce formulaire ne vient pas de cette page" in answer.text
    assert practice.facts().keys() == before.keys()


def test_another_origin_writes_nothing(shared: Server, everybody: dict[str, Browser]) -> None:
    browser, path = everybody[GARANCE], f"/dossier/{shared.practice.patients[JEAN]}/ajouter/note"
    form = browser.open_form(path)
    for origin in ("http://evil.example", "null", f"http://localhost:{browser.port}", None):
        assert browser.send(form, {"text": "x"}, Origin=origin).status == 403, origin
    assert browser.send(form, {"text": "x"}, Host="evil.example").status == 421
    assert browser.send(form, {"text": "x"}, Sec_Fetch_Site="cross-site").status == 403


def test_the_workers_port_answers_its_front_alone(shared: Server, everybody: dict[str, Browser]) -> None:
    """Straight to the worker, with the browser's own cookies: 403 and not a word, whatever is asked."""
    practice = shared.practice
    _, *workers = shared.processes()
    assert len(workers) == 1 + len(CARERS) + 1
    for worker in workers:
        (port,) = {one.laddr.port for one in worker.net_connections("tcp") if one.status == "LISTEN"}
        assert {one.laddr.ip for one in worker.net_connections("tcp") if one.status == "LISTEN"} == {
            "127.0.0.1"
        }
        jar = "; ".join(f"{name}={value}" for name, value in everybody[GARANCE].jar.items())
        for fields in ({}, {"Cookie": jar}, {"X-Lanterne-Front": "x" * 43}, {"X-Lanterne-Front": ""}):
            straight = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            straight.request("GET", f"/dossier/{practice.patients[JEAN]}", headers=fields)
            answer = straight.getresponse()
            assert (answer.status, answer.read()) == (403, b"403")
            straight.close()


def test_a_session_is_of_one_seat(shared: Server, everybody: dict[str, Browser]) -> None:
    """Fields a page may not set: saying that one is the front, or another session, changes nothing."""
    word = {"X_Lanterne_Session": "garance", "X_Lanterne_Front": "x" * 43, "X_Lanterne_Role": "doctor"}
    answer = everybody[INES].get(f"/dossier/{shared.practice.patients[JEAN]}/resume", **word)
    assert answer.status == 403
    assert MEDICAL not in answer.text


def test_the_secretary_writes_no_chart(shared: Server, everybody: dict[str, Browser]) -> None:
    """Her own token, forms made by hand: refused, and nothing is written."""
    practice, browser = shared.practice, everybody[INES]
    before = practice.facts().keys()
    patient = practice.patients[JEAN]
    typed = {**own_form(browser), "patient": patient, "text": "x", "substance": "x", "reason": "x"}
    allergy, note, document = (practice.charts[JEAN][noun] for noun in ("allergy", "note", "document"))
    for path in (
        "ajouter/note",
        "ajouter/allergy",
        "consultation",
        "rien/family",
        "brouillon/consultation",
        f"element/{allergy}/corriger",
        f"element/{note}/erreur",
        f"element/{allergy}/departager",
        f"documents/{document}/genre",
    ):
        answer = browser.post(f"/dossier/{patient}/{path}", typed)
        assert answer.status == 403, path
        assert MEDICAL not in answer.text
    assert practice.facts().keys() == before


def test_only_an_administrator_changes_the_team(shared: Server, everybody: dict[str, Browser]) -> None:
    practice = shared.practice
    before = practice.facts().keys()
    for who in (*CARERS, INES):
        browser = everybody[who]
        typed = {**own_form(browser), "name": "Intrus Unique", "role": "doctor", "administrator": "on",
                 "passphrase": phrase_of("x"), "again": phrase_of("x"), "family_name": "X"}  # fmt: skip
        for path in ("ajouter", "cabinet", practice.persons[who], f"{practice.persons[who]}/acces",
                     f"{practice.persons[who]}/depart", f"{practice.persons[GARANCE]}/depart",
                     f"acces/{practice.seats[GARANCE]}/retirer"):  # fmt: skip
            assert browser.post(f"/equipe/{path}", typed).status == 403, f"{who} {path}"
    assert practice.facts().keys() == before
