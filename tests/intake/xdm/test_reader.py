"""Exchange folders as they should be, and as they come."""

from __future__ import annotations

import pytest

from lanterne.intake.reading import Document, Limits, ReadAuthor, Unreadable
from lanterne.intake.xdm.reader import read
from tests.intake.xdm.made import BASE, TEXT, Entry, folder, metadata, zipped


def one(content: bytes) -> Document:
    document = read(content, Limits())
    assert len(document.parts) == 1, document.unread
    return document.parts[0]


def test_a_document_with_what_its_description_says() -> None:
    document = read(folder(Entry(replaces="urn:uuid:0")), Limits())
    part = document.parts[0]
    assert (document.title, document.identifier) == ("Envoi du 5 janvier", "1.2.3.9")
    assert (part.kind, part.title, part.at, part.identifier) == (
        "letter", "CR de consultation", "2024-01-05T09:30:00+00:00", "1.2.3^1",
    )  # fmt: skip
    assert part.author == ReadAuthor("Dr Garance MOREL", "Cabinet des Halles", "10100000123")
    assert (part.act, part.replaces) == ("replacement", ("urn:uuid:0",))
    assert TEXT.decode() in part.text or any(held.content == TEXT for held in part.attached)
    assert part.identity is not None
    assert document.identity == part.identity


def test_the_identity_of_source_patient_info() -> None:
    identity = one(folder(Entry())).identity
    assert identity is not None
    assert (identity.birth_name, identity.used_name, identity.given_names) == (
        "PAT-TROIS", "MARTIN", ("DOMINIQUE", "MARIE-LOUISE"),
    )  # fmt: skip
    assert (identity.matricule, identity.oid, identity.key_agrees) == (
        "279035121518989",
        "1.2.250.1.213.1.4.10",
        True,
    )
    assert (identity.birth_date, identity.sex) == ("1979-03-28", "female")


def test_a_replaced_document_of_the_same_folder_is_named_by_its_identifier() -> None:
    old = Entry(uuid="urn:uuid:old", unique_id="1.2.3^0", uri="OLD.TXT")
    parts = read(folder(old, Entry(replaces="urn:uuid:old")), Limits()).parts
    assert [part.replaces for part in parts] == [(), ("1.2.3^0",)]


def test_a_type_without_name_has_its_french_one() -> None:
    assert one(folder(Entry(title=""))).title == "CR de consultation"


@pytest.mark.parametrize(("changed", "word"), [({"sha1": "0" * 40}, "empreinte"), ({"size": "3"}, "taille")])
def test_a_file_that_is_not_the_one_described_is_shown_and_never_read(
    changed: dict[str, str], word: str
) -> None:
    part = one(folder(Entry(**changed)))
    assert word in part.unread[0]
    assert part.attached[0].content == TEXT
    assert not part.statements


def test_papers_and_side_files_are_kept() -> None:
    document = read(folder(Entry(), **{f"{BASE}/STYLE.XSL": b"<xsl/>"}), Limits())
    assert {held.title for held in document.attached} == {"README.TXT", "INDEX.HTM", "STYLE.XSL"}
    assert any("STYLE.XSL" in line for line in document.unread)


def test_a_described_document_that_is_not_there_is_said() -> None:
    content = zipped({f"{BASE}/METADATA.XML": metadata(Entry())})
    assert "absent" in read(content, Limits()).unread[0]


def test_names_in_other_case_with_backslashes_are_found() -> None:
    content = zipped(
        {
            "IHE_XDM\\SUBSET01\\METADATA.XML": metadata(Entry(uri="doc0001.txt")),
            "IHE_XDM\\SUBSET01\\DOC0001.TXT": TEXT,
        }
    )
    assert len(read(content, Limits()).parts) == 1


def test_an_archive_inside_is_kept_closed() -> None:
    part = one(folder(Entry(content=zipped({"a": b"b"}), uri="X.ZIP")))
    assert "sans être ouverte" in part.unread[0]
    assert len(part.attached) == 1


def test_broken_metadata_do_not_lose_the_files() -> None:
    document = read(zipped({f"{BASE}/METADATA.XML": b"<broken", f"{BASE}/A.TXT": TEXT}), Limits())
    assert "illisible" in document.unread[0]
    assert len(document.parts) == 1


def test_a_plain_zip_is_read_file_by_file() -> None:
    document = read(zipped({"a.txt": TEXT, "dossier/b.txt": TEXT + b"!"}), Limits())
    assert len(document.parts) == 2
    assert "sans descriptif" in document.unread[0]


def test_an_empty_zip_is_refused() -> None:
    with pytest.raises(Unreadable, match="zip_empty"):
        read(zipped({}), Limits())
