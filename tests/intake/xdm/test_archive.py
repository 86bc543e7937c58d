"""Zips made to harm: refused as a whole, with a word, before anything is inflated."""

from __future__ import annotations

import io
import os
import random
import stat
import struct
import zipfile

import pytest

from lanterne.intake.reading import Document, Limits, Unreadable
from lanterne.intake.xdm.archive import open_archive
from lanterne.intake.xdm.reader import SENTENCES, read
from tests.intake.xdm.made import Entry, folder, zipped

MUTATIONS = int(os.environ.get("LANTERNE_MUTATIONS", "300"))


def opened(content: bytes, limits: Limits) -> list[bytes]:
    archive = open_archive(content, limits)
    return [archive.read(name) for name in archive.names]


def refused(content: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(Unreadable) as caught:
        opened(content, limits or Limits())
    assert caught.value.code in SENTENCES
    return caught.value.code


@pytest.mark.parametrize(
    "name",
    [
        "../a",
        "/etc/passwd",
        "a/../../b",
        "C:/a",
        "C:\\a",
        "..\\a",
        "a//b",
        "./a",
        "a/./b",
        "a\nb",
        "\\\\host\\a",
    ],
)
def test_a_name_that_leaves_the_folder(name: str) -> None:
    assert refused(zipped({name: b"x"})) == "zip_path"


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_a_link_or_a_device(kind: int) -> None:
    info = zipfile.ZipInfo("link")
    info.create_system = 3
    info.external_attr = (kind | 0o777) << 16
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert refused(held.getvalue()) == "zip_link"


def test_an_encrypted_file_is_refused_with_what_to_do() -> None:
    content = bytearray(zipped({"a": b"secret"}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + place] |= 1
    assert refused(bytes(content)) == "zip_encrypted"
    assert "mot de passe" in SENTENCES["zip_encrypted"]


def test_what_compresses_too_well() -> None:
    assert refused(zipped({"zeroes": bytes(30_000_000)})) == "zip_bomb"


def test_two_hundred_megabytes_declared() -> None:
    content = bytearray(zipped({"a": b"x" * 100}))
    place = content.index(b"PK\x01\x02") + 24
    content[place : place + 4] = struct.pack("<I", 200_000_000)
    assert refused(bytes(content)) == "zip_bomb"
    assert refused(zipped({"a": os.urandom(3_000)}), Limits(inflated_bytes=2_000)) == "zip_bomb"


def test_more_inside_than_declared() -> None:
    content = bytearray(zipped({"a": bytes(range(256)) * 100}))
    place = content.index(b"PK\x01\x02") + 24
    content[place : place + 4] = struct.pack("<I", 10)
    assert refused(bytes(content)) in ("zip_bomb", "zip_broken")


def test_files_over_one_another() -> None:
    """Two entries of the directory on one file: Fifield's bomb in small."""
    content = zipped({"aa": os.urandom(400), "bb": os.urandom(400)})
    directory = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", directory + 4)
    moved = bytearray(content)
    moved[second + 42 : second + 46] = struct.pack("<I", 20)
    assert refused(bytes(moved)) == "zip_overlap"


def test_one_name_twice() -> None:
    assert refused(zipped({"a": b"1", "A": b"2"})) == "zip_names_twice"


def test_too_many_files() -> None:
    assert refused(zipped({str(n): b"" for n in range(30)}), Limits(entries=20)) == "zip_too_many"


def test_an_unknown_compression() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a", b"x" * 100)
    assert refused(held.getvalue()) == "zip_method"


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04", b"PK\x05\x06" + bytes(18), zipped({"a": b"x"})[:-30], b"nothing"],
    ids=["begun", "end without a directory", "cut", "nothing"],
)
def test_what_is_broken(content: bytes) -> None:
    with pytest.raises(Unreadable):
        read(content, Limits())


@pytest.mark.torture
def test_mutations_end_in_a_document_or_in_unreadable() -> None:
    dice = random.Random(20261122)
    seeds = [folder(Entry()), folder(Entry(), Entry(uri="B.TXT", uuid="2")), zipped({"a.txt": b"bonjour"})]
    for _ in range(MUTATIONS):
        content = bytearray(dice.choice(seeds))
        for _change in range(dice.randint(1, 6)):
            place = dice.randrange(len(content))
            if dice.random() < 0.7:
                content[place] = dice.randrange(256)
            else:
                del content[place : place + dice.randint(1, 40)]
        try:
            found = read(bytes(content), Limits())
        except Unreadable:
            continue
        assert isinstance(found, Document)
