"""Which reader: by what the bytes are, whatever they are called."""

from __future__ import annotations

import io
import zipfile

import pytest

from lanterne.intake import detect
from lanterne.intake.reading import Limits, Unreadable

HPRIM = (
    b"1\nBAPTISTE\nJEAN\nRUE\n\n35000 RENNES\n28/03/1979\n\n2\n12/03/2024\nLABO\nMOREL\ntexte\n****FIN****\n"
)


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"%PDF-1.4\n", "pdf"),
        (b"\n\n%PDF-1.4\n", "pdf"),
        (b"\x89PNG\r\n\x1a\n", "image"),
        (b"\xff\xd8\xff\xe0", "image"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image"),
        (b"MSH|^~\\&|A|B\r", "hl7v2"),
        (b"\x0bMSH|^~\\&|A|B\r", "hl7v2"),
        (b"\xef\xbb\xbfMSH|^~\\&|A|B\r", "hl7v2"),
        (b"MSH#$!@%#A#B\r", "hl7v2"),
        (b"FHS|^~\\&|A\rMSH|^~\\&|A\r", "hl7v2"),
        (b"H|~^\\&|A.HPR||L\rP|1\r", "hprim"),
        (HPRIM, "hprim"),
        (HPRIM.replace(b"\n", b"\r\n"), "hprim"),
        (HPRIM.decode().encode("utf-16"), "hprim"),
        (b"****LAB****\nRES|Na|NA|N|143\n****FIN****\n", "hprim"),
        (b"<?xml version='1.0'?><!-- x --><ClinicalDocument xmlns='urn:hl7-org:v3'/>", "cda"),
        (b"<n1:ClinicalDocument xmlns:n1='urn:hl7-org:v3'/>", "cda"),
        (b"\xef\xbb\xbf<ClinicalDocument/>", "cda"),
        ("<ClinicalDocument/>".encode("utf-16"), "cda"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><ClinicalDocument/>", "cda"),
        (b'<Bundle xmlns="http://hl7.org/fhir"/>', "fhir"),
        (b'<Patient xmlns="http://hl7.org/fhir"/>', "fhir"),
        (b'{"resourceType": "Bundle"}', "fhir"),
        (b'{"resourceType":"Patient"}\n{"resourceType":"Observation"}', "fhir"),
        (b"{\\rtf1 a}", "rtf"),
        (b"<!DOCTYPE html><html></html>", "html"),
        (b"<note>bonjour</note>", "text"),
        (b"Date;Examen;Valeur\n12/03/2024;Sodium;143\n", "csv"),
        (b"Nom;Ville\nBAPTISTE;Rennes\n", "text"),
        (b"Bonjour", "text"),
        (b"{}", "text"),
        (zipped("IHE_XDM/SUBSET01/METADATA.XML"), "xdm"),
        (zipped("[Content_Types].xml", "word/document.xml"), "office"),
        (b"PK\x03\x04 cut", "xdm"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
        (b"\x00" * 128 + b"DICM", "dicom"),
        (b"MZ\x90\x00\x03\x00", "unknown"),
    ],
)
def test_content_decides(content: bytes, name: str) -> None:
    assert detect.format_of(content) == name


@pytest.mark.parametrize("called", ["lettre.pdf", "photo.jpg", "resultats.hpr", "x.xml"])
def test_a_name_decides_nothing(called: str) -> None:
    assert detect.format_of(b"Bonjour", called) == "text"
    assert detect.format_of(b"%PDF-1.4", called) == "pdf"


@pytest.mark.parametrize(("content", "code"), [(b"", "file_empty"), (b"MZ\x90\x00", "format_unknown")])
def test_what_is_nothing_known_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as caught:
        detect.read(content, Limits())
    assert caught.value.code == code


def test_a_file_too_large_is_refused_before_it_is_looked_at() -> None:
    with pytest.raises(Unreadable) as caught:
        detect.read(HPRIM, Limits(file_bytes=10))
    assert caught.value.code == "file_too_large"


def test_the_reader_is_called() -> None:
    assert detect.read(HPRIM, Limits(), "x.pdf").format == "hprim"


@pytest.mark.parametrize("name", sorted(set(detect.READERS) - {"cda", "fhir", "xdm"}))
def test_every_reader_of_this_part_exists(name: str) -> None:
    assert callable(detect.reader_of(name))
