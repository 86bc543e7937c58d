"""XML from outside: whatever is hostile is refused with its reason, whatever is only clumsy is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from lanterne.intake import xml
from lanterne.intake.reading import Limits, Unreadable
from lanterne.intake.xml import parse


def _refused(content: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(Unreadable) as raised:
        parse(content, limits or Limits())
    assert raised.value.code in xml.SENTENCES
    assert xml.SENTENCES[raised.value.code] % raised.value.params
    return raised.value.code


LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha">' + b"".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(9)
) + b"]><a>&j;</a>"  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<?xml version="1.0"?>\n<!-- <a/> --><?p x?><!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>',
        b"<!doctype html><html/>",
        LAUGHS,
        '<!DOCTYPE a [<!ENTITY x "y">]><a b="&x;"/>'.encode("utf-16"),
        b"\xef\xbb\xbf  <!DOCTYPE a><a/>",
    ],
)
def test_any_doctype_is_refused(content: bytes) -> None:
    assert _refused(content) == "xml_doctype"


def test_nothing_is_read_from_the_disk(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("42")
    include = f'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{secret.as_uri()}" parse="text"/></a>'
    root = parse(include.encode(), Limits()).root
    assert "".join(root.itertext()) == ""


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "xml_empty"),
        (b" \n\x00", "xml_empty"),
        (b"<?xml version='1.0'?>", "xml_empty"),
        (b"<a><b></a>", "xml_broken"),
        (b"<a>&nbsp;</a>", "xml_broken"),
        (b"<a/><b/>", "xml_broken"),
        (b"<a", "xml_broken"),
        (b"pas du tout", "xml_charset"),
        (b"<a>" * 70 + b"</a>" * 70, "xml_too_deep"),
        (b"<a>" * 100_000, "xml_too_deep"),
        (b'<a b="' + b"x" * 70_000 + b'"/>', "xml_attribute"),
    ],
)
def test_what_is_broken_or_beyond_bounds(content: bytes, code: str) -> None:
    assert _refused(content) == code


def test_size_elements_and_time_are_bounded() -> None:
    assert _refused(b"<a>" + b" " * 2_000 + b"</a>", Limits(file_bytes=1_000)) == "file_too_large"
    assert _refused(b"<a>" + b"<b/>" * 200 + b"</a>", Limits(elements=100)) == "xml_too_many"
    assert _refused(b"<a/>", Limits(seconds=-1)) == "too_slow"


def test_a_file_of_200_megabytes_is_refused_unread() -> None:
    assert _refused(b"<a>" + bytes(200 * 1024 * 1024)) == "file_too_large"


def test_a_text_of_many_megabytes_is_read() -> None:
    # A scanned letter in base64: libxml2 refuses texts above 10 MB unless told otherwise.
    root = parse(b"<a>" + b"QUJD" * 4_000_000 + b"</a>", Limits()).root
    assert len(root.text or "") == 16_000_000


@pytest.mark.parametrize(
    ("declared", "written", "read", "lied"),
    [
        ("UTF-8", "utf-8", "utf-8", False), ("ISO-8859-1", "latin-1", "cp1252", False), ("windows-1252", "cp1252", "cp1252", False),
        ("ISO-8859-15", "iso8859-15", "iso8859-15", False), ("UTF-8", "cp1252", "cp1252", True), ("UTF-16", "utf-8", "utf-8", True),
        ("US-ASCII", "utf-8", "utf-8", False), ("unicode_escape", "utf-8", "utf-8", True), ("macintosh", "mac-roman", "mac-roman", False),
    ],
)  # fmt: skip
def test_charsets(declared: str, written: str, read: str, lied: bool) -> None:
    content = (
        f'<?xml version="1.0" encoding="{declared}"?><a>Élévation créée à l\'hôpital, déjà réglée</a>'.encode(
            written
        )
    )
    found = parse(content, Limits())
    assert found.root.text == "Élévation créée à l'hôpital, déjà réglée"
    assert found.charset == read
    assert bool(found.notes) is lied


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_marks_and_utf_16(charset: str) -> None:
    assert parse('<?xml version="1.0" encoding="UTF-16"?><a>é</a>'.encode(charset), Limits()).root.text == "é"


def test_clumsy_files_are_read_and_said_to_be() -> None:
    # What went wrong with one file must not be held against the next one.
    _refused(b"<a><b></a>")
    found = parse(b"<a>un\x0bdeux</a>\n\x00\x1a", Limits())
    assert found.root.text == "undeux"
    assert len(found.notes) == 1
    found = parse(b'<a xsi:type="CD"><b/></a>', Limits())
    assert len(found.root) == 1
    assert len(found.notes) == 1
