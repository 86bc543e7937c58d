"""What arrives without structure: PDF, photos, letters, tables. All contents here are made up."""

from __future__ import annotations

import io
import struct
import zlib

import pypdf
import pytest
from PIL import Image

from lanterne.intake.plain import image, kept, pdf, results_csv, text
from lanterne.intake.plain.guessing import date_of, guess, kind_of_text
from lanterne.intake.plain.rtf import text_of_rtf
from lanterne.intake.reading import Document, Limits, Unreadable
from lanterne.practice.results.facts import ResultRecorded

LETTER = (
    "CENTRE HOSPITALIER DU PORT\nService de cardiologie\nDr Hélène LEROUX\n\nRennes, le 12 mars 2024\n\n"
    "COMPTE RENDU D'HOSPITALISATION\n\nConcerne : M. BAPTISTE Jean, né le 28/03/1979\nCher confrère,\n"
)


def pdf_of(*lines: str, pages: int = 1) -> bytes:
    """A PDF of a few lines a page, written by hand."""
    drawn = " ".join(f"({line}) Tj 0 -14 Td" for line in lines)
    stream = f"BT /F1 12 Tf 40 780 Td {drawn} ET".encode("latin-1")
    kids = " ".join(f"{4 + n} 0 R" for n in range(pages))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {pages}/Kids[{kids}]>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    content = 4 + pages
    objects += [
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents {content} 0 R>>".encode()
    ] * pages
    objects.append(b"<</Length %d>>\nstream\n%s\nendstream" % (len(stream), stream))
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
        + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    )


# ---------------------------------------------------------------- PDF


def test_the_text_of_a_pdf_suggests_what_it_is() -> None:
    document = pdf.read(
        pdf_of("Laboratoire de biologie medicale", "Le 12/03/2024", "Hemoglobine 13,3 g/dl"), Limits()
    )
    assert (document.format, document.kind, document.at) == ("pdf", "lab-report", "2024-03-12")
    assert "Hemoglobine" in document.text
    assert document.author.organisation == "Laboratoire de biologie medicale"
    assert document.identity is None


def test_a_scanned_pdf_says_so() -> None:
    document = pdf.read(pdf_of(), Limits())
    assert document.text == ""
    assert any("numérisé" in said for said in document.unread)


def test_a_locked_pdf_is_kept() -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_of("secret")))
    writer.encrypt("mot de passe", algorithm="RC4-128")
    locked = io.BytesIO()
    writer.write(locked)
    document = pdf.read(locked.getvalue(), Limits())
    assert document.text == ""
    assert any("mot de passe" in said for said in document.unread)


@pytest.mark.parametrize("cut", [9, 60, 300])
def test_a_broken_pdf_is_kept(cut: int) -> None:
    document = pdf.read(pdf_of("bonjour")[:cut], Limits())
    assert document.format == "pdf"
    assert document.unread


def test_only_the_first_pages_are_searched() -> None:
    document = pdf.read(pdf_of("une page", pages=pdf.MOST_PAGES + 5), Limits())
    assert document.text.count("une page") == pdf.MOST_PAGES
    assert any("5 dernières pages" in said for said in document.unread)


# ---------------------------------------------------------------- images


def picture(kind: str = "JPEG", *, camera: bool = False) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    if camera:
        exif[0x010F] = "Boîtier"
        exif.get_ifd(0x8769)[0x9003] = "2024:03:12 08:15:00"
    Image.new("RGB", (40, 30), "white").save(out, kind, **({"exif": exif} if camera else {}))
    return out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"])
def test_images(kind: str) -> None:
    document = image.read(picture(kind), Limits())
    assert (document.format, document.kind) == ("image", "other")


def test_a_photo_bears_the_date_of_its_camera() -> None:
    document = image.read(picture(camera=True), Limits())
    assert (document.kind, document.at) == ("photo", "2024-03-12")


def test_a_cut_image_is_kept_and_said() -> None:
    assert any("manque" in said for said in image.read(picture()[:-5], Limits()).unread)


def test_an_image_made_to_fill_the_memory_is_refused() -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1_000)), (b"IEND", b"")]
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    with pytest.raises(Unreadable) as caught:
        image.read(bomb, Limits())
    assert caught.value.code == "image_too_large"


def test_bytes_that_only_begin_like_an_image_are_refused() -> None:
    with pytest.raises(Unreadable) as caught:
        image.read(b"\x89PNG\r\n\x1a\nrien", Limits())
    assert caught.value.code == "image_broken"


# ---------------------------------------------------------------- texts


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (LETTER, "hospital-report"),
        ("CABINET DE RADIOLOGIE\nÉchographie abdominale du 12/03/2024\nLe foie est normal", "imaging"),
        ("Dr Garance MOREL\nORDONNANCE\nParacétamol 1 g, 3 fois par jour", "prescription"),
        ("Cher confrère,\nJ'ai vu votre patient en consultation.\nBien confraternellement", "letter"),
        ("CERTIFICAT MÉDICAL\nJe soussignée, certifie avoir examiné", "certificate"),
        ("Laboratoire d'analyses de biologie médicale\nHÉMOGRAMME\nHématies 4 450 000 /mm3", "lab-report"),
        ("FACTURE n° 12\nReste à payer", "administrative"),
        ("Bonjour", "other"),
        ("", "other"),
    ],
)
def test_kinds_are_suggested(said: str, kind: str) -> None:
    assert kind_of_text(said) == kind


def test_the_date_of_a_letter_is_not_the_birth_date() -> None:
    assert date_of(LETTER) == "2024-03-12"
    assert date_of("M. BAPTISTE né le 28/03/1979\nFait le 12/03/2024") == "2024-03-12"
    assert date_of("M. BAPTISTE né le 28/03/1979") == ""


def test_a_sender_is_suggested() -> None:
    suggested = guess(LETTER)
    assert suggested.sender == "Hélène LEROUX"
    assert suggested.organisation == "CENTRE HOSPITALIER DU PORT"
    assert suggested.title == "Compte rendu d'hospitalisation"


def test_text_in_any_encoding() -> None:
    for encoding in ("utf-8", "utf-16", "cp1252", "mac_roman"):
        document = text.read(LETTER.encode(encoding), Limits())
        assert document.text == LETTER
        assert document.kind == "hospital-report"


def test_control_characters_are_not_shown() -> None:
    assert text.read(b"a\x08b\x1b[31m", Limits()).text == "a b [31m"


def test_html_loses_its_scripts() -> None:
    document = text.read_html(b"<html><body><p>Bonjour</p><script>alert(1)</script></body></html>", Limits())
    assert "script" not in document.narrative
    assert "alert" not in document.narrative + document.text
    assert "Bonjour" in document.text


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (r"{\rtf1\ansi{\fonttbl{\f0 Arial;}}Cher confr\'e8re,\par oui}", "Cher confrère,\noui"),
        (r"{\rtf1\ansi\u233?t\u233 ?e}", "étée"),
        (r"{\rtf1{\*\generator Word;}{\pict 0102}a\tab b\~c}", "a\tb\u00a0c"),
        (r"{\rtf1\mac \'8e}", "é"),
        (r"{\rtf1 " + "{" * 50_000 + "fin", "fin"),
        (r"{\rtf1 a\\b\{c\}}", "a\\b{c}"),
    ],
)
def test_rtf(source: str, words: str) -> None:
    assert text_of_rtf(source, 1_000_000) == words


def test_rtf_is_bounded() -> None:
    assert len(text_of_rtf(r"{\rtf1 " + "a" * 5_000, 100)) <= 100


def test_what_is_only_kept_says_so() -> None:
    assert kept.read_office(b"PK", Limits()).unread
    assert kept.read_dicom(b"", Limits()).kind == "imaging"


# ---------------------------------------------------------------- tables of results

TABLE = (
    "Date;Examen;Valeur;Unité;Norme;Code LOINC;Machin\n"
    "12/03/2024;Hémoglobine;13,3;g/dl;12,5 - 15,5;718-7;x\n"
    "12/03/2024;CRP;< 0,5;mg/l;< 5;;\n"
    "13/03/2024;Aspect;Limpide;;;;\n"
    "13/03/2024;Urée;;g/l;;;\n"
)


def bodies(document: Document) -> list[ResultRecorded]:
    return [statement.body for statement in document.statements if isinstance(statement.body, ResultRecorded)]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "mac_roman"])
def test_a_table_of_results(delimiter: str, encoding: str) -> None:
    document = results_csv.read(TABLE.replace(";", delimiter).encode(encoding), Limits())
    haemoglobin, crp, aspect = bodies(document)
    assert (haemoglobin.label, haemoglobin.value, haemoglobin.unit) == ("Hémoglobine", "13.3", "g/dl")
    assert (haemoglobin.low, haemoglobin.high, haemoglobin.code) == ("12.5", "15.5", "718-7")
    assert (crp.comparator, crp.value, crp.high) == ("<", "0.5", "5")
    assert aspect.value == "Limpide"
    assert [statement.at for statement in document.statements] == ["2024-03-12", "2024-03-12", "2024-03-13"]
    assert document.identity is None
    assert any("« Machin »" in said for said in document.unread)
    assert any("1 ligne sans examen ou sans valeur" in said for said in document.unread)


def test_a_table_of_several_patients() -> None:
    table = (
        "Nom;Prénom;Date de naissance;Sexe;Date;Analyse;Résultat\n"
        "BAPTISTE;Jean;28/03/1979;M;12/03/2024;Sodium;143\nCARON;Inès;01/02/1990;F;12/03/2024;Sodium;140\n"
        "BAPTISTE;Jean;28/03/1979;M;12/03/2024;Potassium;4,1\n"
    )
    document = results_csv.read(table.encode(), Limits())
    first, second = document.parts
    assert first.identity is not None
    assert (first.identity.birth_name, first.identity.sex, first.identity.birth_date) == (
        "BAPTISTE",
        "male",
        "1979-03-28",
    )
    assert [len(part.statements) for part in (first, second)] == [2, 1]


def test_a_table_that_is_broken_is_refused() -> None:
    with pytest.raises(Unreadable) as caught:
        results_csv.read(b'Examen;Valeur\n"Sodium;143', Limits())
    assert caught.value.code == "csv_broken"


def test_a_table_is_bounded() -> None:
    with pytest.raises(Unreadable) as caught:
        results_csv.read(TABLE.encode(), Limits(elements=2))
    assert caught.value.code == "too_many_elements"
