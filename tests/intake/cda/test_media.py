"""Files inside a document: what they are comes from their bytes, and nothing is fetched."""

from __future__ import annotations

import base64
import zlib

import pytest

from lanterne.intake.cda import read
from lanterne.intake.reading import Document, Limits
from tests.intake.cda.writing import document, section

PDF = b"%PDF-1.4\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


def _unstructured(
    content: bytes, *, declared: str = "application/pdf", more: str = "", limits: Limits | None = None
) -> Document:
    text = f'<text mediaType="{declared}" representation="B64"{more}>{base64.encodebytes(content).decode()}</text>'
    return read(document(body=f"<nonXMLBody>{text}</nonXMLBody>", code="11502-2"), limits or Limits())


def test_a_pdf_is_the_document() -> None:
    found = _unstructured(PDF)
    assert [(file.content, file.media_type, file.title) for file in found.attached] == [
        (PDF, "application/pdf", "Un document")
    ]
    assert (found.kind, found.statements, found.narrative, found.unread) == ("lab-report", (), "", ())


def test_the_bytes_say_what_it_is_not_the_declaration() -> None:
    assert _unstructured(PNG, declared="image/jpeg").attached[0].media_type == "image/png"
    assert (
        _unstructured(b"MZ\x90\x00\x03", declared="application/pdf").attached[0].media_type
        == "application/octet-stream"
    )
    assert _unstructured(b"II*\x00....", declared="image/jpeg").attached[0].media_type == "image/tiff"


def test_a_text_is_read_in_its_charset() -> None:
    assert _unstructured("Été à Nîmes".encode(), declared="text/plain").text == "Été à Nîmes"
    windows = _unstructured("Été à Nîmes, l’hôpital".encode("cp1252"), declared="text/plain")
    assert (windows.text, windows.attached[0].media_type) == ("Été à Nîmes, l’hôpital", "text/plain")


def test_a_text_written_plainly() -> None:
    found = read(
        document(body="<nonXMLBody><text mediaType='text/plain'>Cher confrère</text></nonXMLBody>"), Limits()
    )
    assert found.text == "Cher confrère"


def test_an_rtf_can_be_read() -> None:
    found = _unstructured(
        rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}Cher confr\'e8re,\par merci.}", declared="text/rtf"
    )
    assert found.attached[0].media_type == "application/rtf"
    assert found.text.split() == ["Cher", "confrère,", "merci."]


def test_a_page_is_sanitised() -> None:
    found = _unstructured(
        b"<html><script>alert(1)</script><p onclick='x()'>Bonjour</p></html>", declared="text/html"
    )
    assert found.narrative == "<p>Bonjour</p>"


@pytest.mark.parametrize(("name", "window"), [("DF", -15), ("ZL", 15), ("GZ", 31)])
def test_a_compressed_file(name: str, window: int) -> None:
    packer = zlib.compressobj(wbits=window)
    packed = packer.compress(PDF) + packer.flush()
    assert _unstructured(packed, more=f' compression="{name}"').attached[0].content == PDF


def test_a_bomb_is_not_inflated() -> None:
    packed = zlib.compress(b"\x00" * 5_000_000)
    found = _unstructured(packed, more=' compression="ZL"', limits=Limits(inflated_bytes=1_000_000))
    assert found.attached == ()
    assert "trop volumineux" in found.unread[0]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (
            '<text mediaType="application/pdf"><reference value="http://example.org/a.pdf"/></text>',
            "n’est pas là",
        ),
        ('<text mediaType="application/pdf" representation="B64">pas du base64 !</text>', "abîmé (base64)"),
        (
            '<text mediaType="application/pdf" representation="B64" compression="GZ">AAAA</text>',
            "abîmé (compression)",
        ),
        ('<text mediaType="application/pdf" representation="B64"/>', "est vide"),
        ("", "référence d’un fichier"),
    ],
)
def test_a_file_that_is_not_there_is_told(body: str, why: str) -> None:
    found = read(document(body=f"<nonXMLBody>{body}</nonXMLBody>"), Limits())
    assert found.attached == ()
    assert any(why in sentence for sentence in found.unread)


def test_media_of_entries_are_attached_and_named_in_the_text() -> None:
    media = f'<observationMedia classCode="OBS" moodCode="EVN" ID="doc-1"><value mediaType="application/pdf" representation="B64">{base64.b64encode(PDF).decode()}</value></observationMedia>'
    organizer = (
        '<organizer classCode="CLUSTER" moodCode="EVN"><templateId root="1.2.250.1.213.1.1.3.18"/><component>'
        '<observation classCode="OBS" moodCode="EVN"><code code="69764-9"/><value code="55108-5" displayName="Copie du document"/></observation>'
        f"</component><component>{media}</component></organizer>"
    )
    found = read(
        document(section("55108-5", organizer, text='<renderMultiMedia referencedObject="doc-1"/>')), Limits()
    )
    assert [(file.media_type, file.title) for file in found.attached] == [
        ("application/pdf", "Copie du document")
    ]
    assert "[Pièce jointe&nbsp;: Copie du document]" in found.narrative
    assert found.unread == ()
