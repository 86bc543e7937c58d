"""What is typed about a patient lies nowhere in clear: no file, no log, no header, no address; and nothing is cached.

Every word typed carries a marker drawn for the run. Everything typed is typed through the server's own forms: all the
text fields of a chart, identity, a document's content and name, a draft, searches, forms that are refused. Then
everybody locks, the server stops, and every file it could have written is read: data directory, temporary folders,
working directory, home, its output. The browser's own profile is the browser's.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
import string
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.system.browser import Answer, Browser, Form, encode_multipart
from tests.system.stage import GARANCE, INES, JEAN, Practice, Server, phrase_of, serving

OWN_ADDRESSES = ("/ouvrir", "/verrouiller", "/etat")
QUERY = re.compile(
    r"source=[0-9a-f]{32}|qui=(moi|tous|sans|r%3A[a-z]+|p%3A[0-9a-f]{32})|etat=[0-9-]+|"
    r"(genre|apres|annee|vus|avant|enregistrer|v)=[A-Za-z0-9.:,_~%-]*|filtre=(moi|rattacher|cote)|vue=\d+|[0-9a-f]{16}|(praticien|patient)=[0-9a-f]{32}|rdv=[0-9a-f]{32}|jour=\d{4}-\d\d-\d\d|heure=\d\d:\d\d|tout=1"
)
DAY, MOST_DAYS = re.compile(r"/agenda\b.*\d{4}-\d\d-\d\d"), 6
NUMBERS = {
    "weight": "71", "height": "170", "systolic": "121", "diastolic": "81", "heart_rate": "71", "temperature": "37",
    "spo2": "98", "waist": "91", "head": "55", "pain": "3", "respiratory_rate": "16",
    "capillary_glucose": "1", "peak_flow": "400", "fev1": "3", "mmse": "28", "fundal_height": "18",
    "fetal_heart_rate": "140",
    "gestational_age": "21", "low": "4", "high": "6", "quantity": "12",
    "list_number": "8", "age_at_onset": "61",
}  # fmt: skip
DATES = frozenset({"at", "since", "until", "onset", "abatement"})
PHONES = frozenset({"mobile", "home", "work", "relative_phone1", "relative_phone2", "phone"})
# Checked by rules of their own; a wrong one is typed in the form that is refused.
LEFT_EMPTY = frozenset({"deceased", "matricule", "rpps", "birth_place_code", "postcode", "finess"})
NOUNS = ("allergy", "problem", "ald", "treatment", "measure", "result", "vaccination", "procedure", "family",
         "lifestyle", "note")  # fmt: skip


class Ink:
    """Markers: one word nobody else would type, in every text."""

    def __init__(self) -> None:
        self.word = "zq" + "".join(secrets.choice(string.ascii_lowercase) for _ in range(10))
        self.phone = "06" + "".join(secrets.choice(string.digits) for _ in range(8))
        self.typed = 0

    def __call__(self, name: str) -> str:
        """A word for the field of that name."""
        self.typed += 1
        return f"{self.word}{name.replace('_', '').rstrip(string.digits)}"

    def needles(self) -> list[bytes]:
        """The marker as it could lie in a file: any case, UTF-8 or UTF-16, base64 at any of its three alignments."""
        found = [self.word.encode(), self.word.encode("utf-16-le"), self.phone.encode()]
        for shift in range(3):
            coded = base64.b64encode(b"\0" * shift + self.word.encode() + b"\0" * 3)
            found.append(coded[4:12].lower())
        return found

    def fill(self, form: Form) -> dict[str, str]:
        """A value for every field a person types in."""
        values = {}
        for name in form.fields_typed:
            if name in NUMBERS:
                values[name] = NUMBERS[name]
            elif name in DATES:
                values[name] = "03/04/2019"
            elif name == "birth_date":
                values[name] = "05/06/1961"
            elif name in PHONES:
                values[name] = self.phone
            elif name == "email":
                values[name] = f"{self('courriel')}@exemple.fr"
            elif name not in LEFT_EMPTY:
                values[name] = self(name)
        for name, kind in form.kinds.items():
            if kind == "number":
                values[name] = NUMBERS[name]
        return values


def places(*folders: Path, since: float = 0) -> Iterator[tuple[Path, bytes]]:
    """Every file under these folders written since then, with its bytes in lower case."""
    for folder in folders:
        for at, _, names in os.walk(folder):
            for name in names:
                path = Path(at) / name
                try:
                    if path.is_file() and not path.is_symlink() and path.stat().st_mtime >= since:
                        yield path, path.read_bytes().lower()
                except (FileNotFoundError, PermissionError):
                    continue  # somebody else's, gone meanwhile or closed to us as it would be to a thief


def in_clear(ink: Ink, *folders: Path, since: float = 0) -> list[str]:
    """Files that hold a marker, or bear one in their name."""
    needles = ink.needles()
    return [
        str(path)
        for path, content in places(*folders, since=since)
        if any(needle in content for needle in needles) or ink.word in str(path).lower()
    ]


def write_everything(browser: Browser, ink: Ink, patient: str) -> None:
    """Dr Morel types in every form of a chart and of an identity."""
    chart = f"/dossier/{patient}"
    for noun in NOUNS:
        form = browser.open_form(f"{chart}/ajouter/{noun}")
        answer = browser.send(form, ink.fill(form))
        assert answer.acknowledged, f"{noun}: {answer.text[:3000]}"
    form = browser.open_form(f"{chart}/consultation")
    assert browser.keep_draft(form, ink.fill(form), 1).status == 204
    assert browser.send(form, ink.fill(form)).acknowledged
    for page in ("identite/corriger", "identite/coordonnees", "identite/medecin-traitant"):
        form = browser.open_form(f"{chart}/{page}")
        answer = browser.send(form, ink.fill(form))
        assert answer.acknowledged, f"{page}: {answer.text[:3000]}"
    form = browser.open_form(f"{chart}/documents/classer")
    letter = ("files", f"{ink('fichier')}.txt", f"Cher confrère, {ink('contenu')}".encode() * 50)
    assert browser.send(form, ink.fill(form), files=[letter]).acknowledged
    form = browser.open_form("/equipe/cabinet")
    assert browser.send(form, {**ink.fill(form), "phone": "01 02 03 04 05"}).acknowledged
    # left unfinished: only drafts
    for path in ("consultation", "ajouter/note"):
        form = browser.open_form(f"{chart}/{path}")
        assert browser.keep_draft(form, ink.fill(form), 2).status == 204


def be_refused(browser: Browser, ink: Ink, patient: str, other: str) -> None:
    """Typed, and not written: a wrong field, another patient's form, no token, an address that is none."""
    chart = f"/dossier/{patient}"
    form = browser.open_form(f"{chart}/ajouter/allergy")
    values = ink.fill(form)
    assert browser.send(form, {**values, "onset": ink("date")}).status == 422
    assert browser.send(form, {**values, "patient": other}).status == 409
    assert browser.send(form, {**values, "csrfmiddlewaretoken": "x"}).status == 403
    form.action = f"{chart}/ajouter/rien"
    assert browser.send(form, values).status == 404
    identity = browser.open_form(f"{chart}/identite/corriger")
    assert browser.send(identity, {**ink.fill(identity), "matricule": ink("matricule")}).status == 422


def look(browser: Browser, ink: Ink, patient: str, *, least: int) -> None:
    """Search and read, everywhere a link leads: that many pages at least."""
    token = browser.page("/reglages").form("/reglages/phrase-de-passe").values
    carried = {name: value for name, value in token.items() if name in ("csrfmiddlewaretoken", "seat")}
    for path in ("/recherche", "/recherche/liste", "/references/diagnostics", "/references/examens"):
        assert browser.post(path, {**carried, "q": ink("nom")}).status == 200
    seen: set[str] = set()
    days = 0
    todo = ["/", f"/dossier/{patient}", f"/dossier/{patient}/identite", "/equipe", "/reglages"]
    while todo:
        path = todo.pop()
        answer = browser.get(path)
        assert answer.status < 500, f"{path}: {answer.status}"
        for link in answer.links if "html" in answer.get("content-type") else ():
            if (
                link.startswith("/")
                and not link.startswith(("/static/", *OWN_ADDRESSES))
                and link not in seen
            ):
                seen.add(link)
                # A day of the agenda leads to the next one, without end.
                days += DAY.match(link) is not None
                if days <= MOST_DAYS or DAY.match(link) is None:
                    todo.append(link)
    assert len(seen) >= least, f"few pages were looked at: {sorted(seen)}"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name in ("home", "tmp"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture
def server(practice: Practice, home: Path) -> Iterator[Server]:
    environment = {
        "HOME": str(home / "home"),
        "TMPDIR": str(home / "tmp"),
        "XDG_CACHE_HOME": str(home / "home/cache"),
    }
    yield from serving(practice, home / "desk", environment=environment)


def test_nothing_typed_lies_in_clear(server: Server, practice: Practice, home: Path) -> None:
    ink, answers, began = Ink(), list[Answer](), time.time() - 1
    garance = server.browser(GARANCE, answers)
    form = garance.open_form("/patients/nouveau")
    added = garance.send(form, ink.fill(form))
    assert added.acknowledged, added.text[:3000]
    patient = added.get("location").rpartition("/")[2]
    write_everything(garance, ink, patient)
    be_refused(garance, ink, patient, practice.patients[JEAN])
    look(garance, ink, patient, least=60)
    ines = server.browser(INES, answers)
    letter = ("files", f"{ink('scan')}.pdf", b"%PDF-1.4\n" + ink("scan").encode() * 1000)
    form = ines.open_form(f"/dossier/{patient}/documents/classer")
    assert ines.send(form, ink.fill(form), files=[letter]).acknowledged
    look(ines, ink, patient, least=10)
    assert ink.typed > 100
    assert sum(ink.word in answer.text for answer in answers) > 40, "the pages do show what was typed"
    ines.lock()
    garance.lock()
    server.stop()
    elsewhere = [Path(place) for place in ("/tmp", "/var/tmp", "/dev/shm") if Path(place).is_dir()]
    assert in_clear(ink, practice.root, home, *elsewhere, since=began) == []
    assert [path.name for path in (home / "tmp").iterdir()] == [], "a temporary file was left"
    assert [path.name for path in (home / "home").rglob("*") if path.is_file()] == []
    for secret in (phrase_of(GARANCE), phrase_of(INES)):
        assert not [
            path for path, content in places(practice.root, home) if secret.lower().encode() in content
        ]
    check_answers(answers, ink)


def check_answers(answers: list[Answer], ink: Ink) -> None:
    """Headers and addresses of everything that was answered."""
    from tests.desk.stage import engine

    engine()
    from django.urls import resolve

    bad: set[str] = set()
    for answer in answers:
        if answer.get("cache-control") != "no-store" and not answer.path.startswith("/static/"):
            bad.add(f"{answer.path}: Cache-Control is {answer.get('cache-control')!r}")
        bad.update(
            f"{answer.path}: {name}" for name, value in answer.fields if ink.word in unquote(value).lower()
        )
        links = answer.links if "html" in answer.get("content-type") else []
        for link in [*links, answer.get("location"), answer.get("hx-redirect")]:
            target = urlsplit(link)
            if target.scheme in ("tel", "mailto") or not target.path or target.path in OWN_ADDRESSES:
                continue  # for the telephone and the mail program; the page itself; the front's
            if ink.word in unquote(link).lower() or ink.phone in link or target.scheme or target.netloc:
                bad.add(f"{answer.path}: {link}")
            elif not target.path.startswith("/static/"):
                resolve(target.path)
            if target.query and not all(QUERY.fullmatch(pair) for pair in target.query.split("&")):
                bad.add(f"{answer.path}: {link}")
    assert sorted(bad) == []


def test_the_search_for_markers_finds_them(tmp_path: Path) -> None:
    """A test that cannot fail proves nothing."""
    ink = Ink()
    content = f"x{ink('nom')}".encode()
    for name, written in (
        ("utf8", content.upper()), ("utf16", content.decode().encode("utf-16-le")),
        ("base64", base64.b64encode(b"?" + content)),
        (f"{ink.word}.name", b""), ("phone", ink.phone.encode()),
    ):  # fmt: skip
        (tmp_path / name).write_bytes(written)
    assert len(in_clear(ink, tmp_path)) == 5
    (tmp_path / "other").write_bytes(b"nothing")
    assert len(in_clear(ink, tmp_path)) == 5


def open_for_writing(server: Server, but: Path) -> set[str]:
    """Regular files that the server's processes hold open for writing, outside `but`, unlinked ones included."""
    found = set()
    for process in server.every_process():
        for handle in Path(f"/proc/{process.pid}/fd").iterdir():
            try:
                target, info = (
                    str(handle.readlink()),
                    (handle.parent.parent / "fdinfo" / handle.name).read_text(),
                )
            except FileNotFoundError:
                continue
            flags = int(re.search(r"flags:\s*(\d+)", info).group(1), 8)  # type: ignore[union-attr]
            if target.startswith("/") and flags & os.O_ACCMODE and not target.startswith((str(but), "/dev/")):
                found.add(target)
    return found - {str(server.output), server.environment.get("LANTERNE_WITNESS", "")}


@pytest.mark.parametrize("who", [GARANCE, INES])
def test_an_upload_leaves_no_temporary_file(practice: Practice, home: Path, who: str) -> None:
    """Neither after nor during: 5 MB held back half way while we look, and every open for writing noted."""
    log, witness = home / "opened.log", Path(__file__).with_name("witness")
    path = os.pathsep.join(filter(None, (str(witness), os.environ.get("PYTHONPATH", ""))))
    environment = {"LANTERNE_WITNESS": str(log), "PYTHONPATH": path, "TMPDIR": str(home / "tmp")}
    for server in serving(practice, home / "desk", environment=environment):
        browser, seen = server.browser(who), set[str]()
        form = browser.open_form(f"/dossier/{practice.patients[JEAN]}/documents/classer")
        content = os.urandom(5 * 1024 * 1024)
        content_type, body = encode_multipart(
            {**form.values, "title_": "Scan"}, [("files", "scan.bin", content)]
        )
        ended = threading.Event()

        def watch(server: Server = server, seen: set[str] = seen, ended: threading.Event = ended) -> None:
            while not ended.is_set():
                seen.update(str(one) for one in (home / "tmp").iterdir())

        def half_way(server: Server = server, seen: set[str] = seen) -> None:
            if sys.platform == "linux":
                seen.update(open_for_writing(server, practice.root))

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            answer = browser.ask_in_pieces(form.action, body, content_type, half_way)
        finally:
            ended.set()
            watcher.join()
        assert answer.acknowledged, answer.text[:2000]
        half_way()
        assert seen == set()
    opened = log.read_text("utf-8").splitlines()
    assert any("/blobs/" in line for line in opened), "the witness sees nothing"
    own = (f"open {practice.root}", "open /dev/null")
    assert [line for line in opened if not line.startswith(own)] == []
