"""What arrives may be anything: it is shown as words, never as what it claims to be, and nothing leaves unseen."""

from __future__ import annotations

import pytest

from tests.desk.stage import engine, render

engine()

from lanterne.desk.arrivals import view  # noqa: E402  Django is set up first
from lanterne.desk.arrivals.loose import EXTRACT_BYTES, extract  # noqa: E402
from lanterne.desk.arrivals.page import after, why_text  # noqa: E402
from lanterne.desk.documents.page import looks  # noqa: E402
from lanterne.desk.documents.serving import sent  # noqa: E402
from lanterne.desk.frame.view import when  # noqa: E402
from lanterne.desk.sentences import code_sentence, reason_text, section_name  # noqa: E402
from lanterne.practice.arrivals.queries import Item  # noqa: E402
from lanterne.practice.documents.facts import DocumentFiled, Rendition  # noqa: E402
from lanterne.wire.names import FactId  # noqa: E402

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"
PDF, PAGE = b"%PDF-1.7 made up", b"<h3>Titre</h3><script>alert(1)</script><p onclick='x()'>Mots</p>"


def item(letter: str) -> Item:
    return Item((FactId(letter * 32),), "filed", 0)


def test_the_next_one_is_below_else_above_else_none() -> None:
    a, b, c = (item(letter) for letter in "abc")
    assert after([a, b, c], a.arrivals[0]) is b
    assert after([a, b, c], b.arrivals[0]) is c
    assert after([a, b, c], c.arrivals[0]) is b
    assert after([a], a.arrivals[0]) is None
    assert after([], a.arrivals[0]) is None
    # Somebody else has settled it meanwhile: on from the top, nothing is passed over.
    assert after([b, c], a.arrivals[0]) is b


def test_the_beginning_of_a_broken_file_is_words_or_figures() -> None:
    assert extract("Résultat : bénin".encode()) == "Résultat : bénin"
    assert extract(b"\x00\x01PK<b>").startswith("000000  00 01 50 4b 3c 62 3e")
    assert extract(b"\x00\x01PK<b>").endswith("..PK<b>")
    whole = extract(b"a" * (EXTRACT_BYTES + 1))
    assert whole == "a" * EXTRACT_BYTES + "…"
    assert extract(bytes(EXTRACT_BYTES * 3)).count("\n") == EXTRACT_BYTES // 16


def test_what_a_broken_file_holds_is_text_on_the_page() -> None:
    line = view.Line("a" * 32, "quarantined", "/x", HOSTILE, HOSTILE, "", when("2026-01-01"), why=HOSTILE)
    loose = view.Loose(HOSTILE, ((HOSTILE, HOSTILE),), "other", "1 o", HOSTILE, "/x", extract=HOSTILE)
    shown = view.Preview(line, view.Acts(discard="/y"), loose=loose)
    html = render("desk/arrivals/preview.html", {"preview": shown})
    html += render("desk/arrivals/line.html", {"line": line})
    html += render("desk/arrivals/left.html", {"left": [view.Left(HOSTILE, HOSTILE, HOSTILE, "warn")]})
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("&lt;script&gt;") >= 8


def test_what_waits_in_no_chart_cannot_be_classed_as_seen() -> None:
    line = view.Line("a" * 32, "to_attach", "/x", "", "Titre", "", when("2026-01-01"))
    loose = view.Loose("Pourquoi", (), "text", "1 o", "a.txt", "/x", text="mots")
    html = render(
        "desk/arrivals/preview.html", {"preview": view.Preview(line, view.Acts(attach="/r"), loose=loose)}
    )
    assert 'data-key="r"' in html
    assert 'data-key="c"' not in html


def test_markup_is_cleaned_again_and_served_where_nothing_runs() -> None:
    answer = sent(PAGE, "text/html", "document")
    assert b"<h3>Titre</h3>" in answer.content
    assert b"<p>Mots</p>" in answer.content
    assert b"script" not in answer.content
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PAGE, "application/pdf"),
        (PDF, "image/png"),
        (PDF, "text/plain"),
        (PAGE, "image/svg+xml"),
        (b"MZ\x00", "text/html5"),
    ],
)
def test_bytes_that_are_not_what_is_said_are_only_saved(content: bytes, media_type: str) -> None:
    answer = sent(content, media_type, "document")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_pdf_is_shown_and_saved_when_asked() -> None:
    assert sent(PDF, "application/pdf", "d").headers["Content-Disposition"] == 'inline; filename="d.pdf"'
    saved = sent(PDF, "application/pdf", "d", save=True)
    assert saved.headers["Content-Type"] == "application/octet-stream"
    assert saved.headers["Content-Disposition"] == 'attachment; filename="d.pdf"'


def test_a_sentence_survives_words_that_are_missing_or_unknown() -> None:
    """The fact may come from another device."""
    assert "several_alike" in why_text("several_alike", {})
    assert "5 patients" in why_text("several_alike", {"count": "5"})
    assert "no_such_word" in why_text("no_such_word", {})
    assert "…" in code_sentence("text_too_long", {})
    assert "no_such_word" in code_sentence("no_such_word", {"a": "b"})
    assert reason_text("withdrawn_by_sender") == "L’expéditeur l’a retiré."
    assert reason_text("doublon") == "doublon"
    assert (section_name("allergies"), section_name("autre")) == ("Allergies", "autre")


def test_what_was_drawn_from_a_file_is_shown_before_it() -> None:
    plain = DocumentFiled(blob="a", key="b", size=1, media_type="application/octet-stream", title="t")
    page, pdf, zipped = (
        Rendition(blob=letter, key="k", size=1, media_type=kind)
        for letter, kind in (("p", "text/html"), ("q", "application/pdf"), ("z", "application/zip"))
    )
    assert [one.blob for one in looks(plain)] == ["a"]

    def shown(body: DocumentFiled) -> list[tuple[int | None, str]]:
        return [(one.number, one.blob) for one in looks(body)]

    read = DocumentFiled(
        blob="a", key="b", size=1, media_type="application/octet-stream", renditions=[zipped, page, pdf]
    )
    assert shown(read) == [(1, "p"), (2, "q")]
    assert shown(replace_type(read, "application/pdf"))[-1] == (None, "a")


def replace_type(body: DocumentFiled, media_type: str) -> DocumentFiled:
    values = {name: getattr(body, name) for name in body.__struct_fields__}
    return DocumentFiled(**{**values, "media_type": media_type})


def test_the_secretary_is_told_no_more_than_that_it_was_left() -> None:
    page = view.ArrivalsPage(
        False,
        "/arrivees/deposer",
        1_000,
        left=(view.Left("a.hpr", "déposé", "Un soignant le classera.", "ok"),),
    )
    from tests.desk import jean_baptiste as cast

    html = render("desk/arrivals/blind.html", {"page": page, "frame": cast.FRAME})
    assert "Un soignant le classera." in html
    assert "data-list" not in html.partition("<main")[2].partition("</main>")[0]
