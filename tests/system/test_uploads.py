"""What comes back of a document: its bytes, under a type decided from them, unable to run anything.

Whatever a file says it is (its name, the browser's type), a page or a drawing with a script is only ever saved.
"""

from __future__ import annotations

import re
import struct
import zlib

import pytest

from tests.system.browser import Browser, encode_multipart
from tests.system.stage import GARANCE, INES, JEAN, Practice, Server

SCRIPT = "<script>document.title='pwned'</script>"
HOSTILE = {
    "page.html": f"<!doctype html><html>{SCRIPT}</html>".encode(),
    "bom.html": b"\xef\xbb\xbf<html>" + SCRIPT.encode(),
    "blank.html": b" \r\n\t\n<html>" + SCRIPT.encode(),
    "comment.html": b"<!-- x --><html>" + SCRIPT.encode(),
    "utf16.html": b"\xff\xfe" + f"<html>{SCRIPT}</html>".encode("utf-16-le"),
    "utf16be.html": b"\xfe\xff" + f"<html>{SCRIPT}</html>".encode("utf-16-be"),
    "utf7.txt": b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-\x00",
    "drawing.svg": f'<svg xmlns="http://www.w3.org/2000/svg">{SCRIPT}</svg>'.encode(),
    "drawing.png": f'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg">{SCRIPT}</svg>'.encode(),
    "late.pdf": b"\n\n<html>" + SCRIPT.encode() + b"%PDF-1.4",
    "page.mht": b"MIME-Version: 1.0\x00\r\n" + SCRIPT.encode(),
    "applet.swf": b"CWS\x08" + bytes(40),
    "archive.zip": b"PK\x03\x04" + bytes(40),
    "letter.doc": b"\xd0\xcf\x11\xe0" + bytes(40),
    "program.exe": b"MZ" + bytes(60),
    "empty-looking.bin": bytes(16),
}
# Shown as text, in a sandbox, whatever they would be elsewhere: text is text.
WORDS = {
    "script.js": b"alert('pwned')",
    "late.html": b"Bonjour <script>alert(1)</script>",
    "style.css": b"body { background: url(/reglages) }",
    "page.xhtml": b"texte <html xmlns='http://www.w3.org/1999/xhtml'/>",
    "letter.txt": "Cher confrère, à bientôt.".encode(),
}


def png() -> bytes:
    """One grey point."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\x80"))
        + chunk(b"IEND", b"")
    )


SHOWN = {
    "scan.pdf": (b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF", "application/pdf"),
    "photo.jpg": (b"\xff\xd8\xff\xe0" + bytes(40), "image/jpeg"),
    "point.png": (png(), "image/png"),
    "moving.gif": (b"GIF89a" + bytes(30), "image/gif"),
    "photo.webp": (b"RIFF\x20\0\0\0WEBPVP8 " + bytes(30), "image/webp"),
    # a page by its name, a picture by its bytes
    "page.html": (png() + SCRIPT.encode(), "image/png"),
}


@pytest.fixture(scope="module")
def garance(shared: Server) -> Browser:
    return shared.browser(GARANCE)


def filed(browser: Browser, practice: Practice, name: str, content: bytes) -> str:
    """File it in Jean's chart; the address of its page."""
    before = set(practice.facts())
    browser.write(
        f"/dossier/{practice.patients[JEAN]}/documents/classer",
        {"title_": name},
        files=[("files", name, content)],
    )
    (fact,) = (
        fact
        for fact, (kind, _) in practice.facts().items()
        if kind == "document.filed" and fact not in before
    )
    return f"/dossier/{practice.patients[JEAN]}/documents/{fact}"


def policy(answer_policy: str) -> dict[str, str]:
    """Directive → value."""
    pairs = (part.strip().partition(" ") for part in answer_policy.split(";"))
    return {name: value for name, _, value in pairs if name}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_could_run_is_only_saved(shared: Server, garance: Browser, name: str) -> None:
    url = filed(garance, shared.practice, name, HOSTILE[name])
    for address in (f"{url}/fichier", f"{url}/fichier?enregistrer=1", f"{url}/fichier?enregistrer=0"):
        answer = garance.page(address)
        assert answer.body == HOSTILE[name]
        assert answer.get("content-type") == "application/octet-stream"
        assert re.fullmatch(
            r'attachment; filename="document-[0-9a-f]{8}\.bin"', answer.get("content-disposition")
        )
        check_closed(answer.fields)
        assert "sandbox" in policy(answer.get("content-security-policy"))
    page = garance.page(url).text
    assert SCRIPT not in page
    assert "<iframe" not in page
    assert "<object" not in page
    assert "<embed" not in page


@pytest.mark.parametrize("name", WORDS)
def test_words_are_shown_as_words(shared: Server, garance: Browser, name: str) -> None:
    url = filed(garance, shared.practice, name, WORDS[name])
    answer = garance.page(f"{url}/fichier")
    assert answer.body == WORDS[name]
    assert answer.get("content-type") == "text/plain; charset=utf-8"
    check_closed(answer.fields)
    assert "sandbox" in policy(answer.get("content-security-policy"))
    page = garance.page(url).text
    assert "<script>alert" not in page, "the words are escaped in the page that shows them"


@pytest.mark.parametrize("name", SHOWN)
def test_pictures_and_pdf_are_shown(shared: Server, garance: Browser, name: str) -> None:
    content, media_type = SHOWN[name]
    url = filed(garance, shared.practice, name, content)
    answer = garance.page(f"{url}/fichier")
    assert answer.body == content
    assert answer.get("content-type") == media_type
    assert answer.get("content-disposition").startswith("inline; ")
    assert name not in answer.get("content-disposition"), "the name may tell who the patient is"
    check_closed(answer.fields)
    # Chromium's own PDF viewer does not start in a sandbox
    assert ("sandbox" in policy(answer.get("content-security-policy"))) == (media_type != "application/pdf")
    saved = garance.page(f"{url}/fichier?enregistrer=1")
    assert saved.get("content-disposition").startswith("attachment; ")
    assert saved.get("content-type") == "application/octet-stream"
    assert saved.body == content


def check_closed(fields: tuple[tuple[str, str], ...]) -> None:
    """The fields that keep a document in its place: once each, whatever front and worker both say."""
    held: dict[str, list[str]] = {}
    for name, value in fields:
        held.setdefault(name.lower(), []).append(value)
    assert held["x-content-type-options"] == ["nosniff"]
    assert held["cache-control"] == ["no-store"]
    assert held["x-frame-options"] == ["SAMEORIGIN"]
    assert held["cross-origin-resource-policy"] == ["same-origin"]
    (stated,) = held["content-security-policy"]
    directives = policy(stated)
    assert directives["default-src"] == "'none'"
    assert directives["frame-ancestors"] == "'self'"
    assert not {"script-src", "connect-src", "form-action", "worker-src"} & directives.keys()
    assert "sandbox" not in directives or directives["sandbox"] == "", "a sandbox that allows nothing"


def test_names_of_files_are_taken_as_they_are(shared: Server, garance: Browser) -> None:
    """Paths, quotes, controls, very long, empty: a title at most, never a path, never a header."""
    for name in (
        "../../etc/passwd",
        "C:\\\\Users\\\\a.txt",
        'a%22; filename="x.html',
        "n" * 250 + ".txt",
        "é😀.txt",
    ):
        url = filed(garance, shared.practice, name, b"bonjour")
        answer = garance.page(f"{url}/fichier")
        assert re.fullmatch(
            r'inline; filename="document-[0-9a-f]{8}\.txt"', answer.get("content-disposition")
        )
        assert not list(shared.practice.root.rglob("*passwd*"))
    url = f"/dossier/{shared.practice.patients[JEAN]}/documents/classer"
    nameless = garance.send(garance.open_form(url), files=[("files", ".", b"bonjour")])
    assert "Choisissez un fichier" in nameless.text
    answer = garance.send(garance.open_form(url), files=[("files", "n" * 3000, b"bonjour")])
    assert answer.status == 400
    assert "n’a pas pu être lu" in answer.text


@pytest.mark.parametrize("who", [GARANCE, INES])
def test_too_large(shared: Server, who: str) -> None:
    """65 MB: refused with a sentence, nothing is written, the server goes on."""
    browser, practice = shared.browser(who), shared.practice
    url = f"/dossier/{practice.patients[JEAN]}/documents/classer"
    form, before = browser.open_form(url), practice.facts().keys()
    content_type, body = encode_multipart(
        {**form.values, "title_": "Trop"}, [("files", "film.bin", bytes(65 * 1024 * 1024))]
    )
    answer = browser.ask_in_pieces(url, body, content_type, lambda: None)
    assert answer.status == 413
    assert "trop volumineux" in answer.text
    assert practice.facts().keys() == before
    assert browser.get(url).status == 200


def test_as_large_as_allowed(shared: Server, garance: Browser) -> None:
    """Just under 64 MiB passes, and comes back whole."""
    content = b"%PDF-1.4\n" + bytes(63 * 1024 * 1024)
    url = filed(garance, shared.practice, "grand.pdf", content)
    assert garance.page(f"{url}/fichier").body == content


def test_nothing_and_empty(shared: Server, garance: Browser) -> None:
    """No file, an empty file: refused in words, nothing written."""
    practice = shared.practice
    url = f"/dossier/{practice.patients[JEAN]}/documents/classer"
    before = practice.facts().keys()
    form = garance.open_form(url)
    assert "Choisissez un fichier" in garance.send(form, {"title_": "x"}).text
    answer = garance.send(form, {"title_": "x"}, files=[("files", "vide.txt", b"")])
    assert answer.status == 422
    assert "Ce fichier est vide" in answer.text
    assert practice.facts().keys() == before


def blobs(practice: Practice) -> set[str]:
    return {path.name for path in (practice.root / "blobs").rglob("*") if path.is_file()}


def test_a_refused_signature_leaves_no_file_behind(server: Server, practice: Practice) -> None:
    """Not when the picture is none, nor when the rest of the form is refused; one file when it is taken."""
    browser = server.browser(GARANCE)
    form = browser.open_form(f"/equipe/{practice.persons[GARANCE]}")
    before = blobs(practice)
    wrong = (
        ({}, b"%PDF-1.4 not a picture"),
        ({}, b""),
        ({"rpps": "10003456789"}, png()),
        ({"left": "01/01/2020"}, png()),  # the last administrator
        ({"replaces": "ab" * 16}, png()),  # changed meanwhile
    )
    for typed, content in wrong:
        answer = browser.send(form, typed, files=[("signature", "signature.png", content)])
        assert answer.status == 422, (typed, answer.status)
        assert blobs(practice) == before, typed
    picture = [("signature", "signature.png", png())]
    assert browser.send(form, files=picture).acknowledged
    (kept,) = blobs(practice) - before
    browser.send(form, files=picture)
    assert blobs(practice) == {*before, kept}, "a form sent twice"
    described = [body for kind, body in practice.facts().values() if kind == "person.described"]
    assert kept in [body.get("signature_blob") for body in described]
