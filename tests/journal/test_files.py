"""Documents, drafts and small files: whole or not there."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from lanterne.journal.errors import BlobDamaged, BlobMissing, DiskFailed, DiskFull, LocalFileDamaged
from lanterne.journal.files import OsFiles, replace_small_file
from lanterne.journal.layout import Layout
from lanterne.journal.local import MAX_LOCAL, LocalTooLong
from lanterne.seal.errors import DoesNotOpen
from tests.journal.simulated_disk import FaultyFiles
from tests.journal.stage import Practice, dice


@pytest.mark.parametrize("size", [0, 1, 1024 * 1024, 3 * 1024 * 1024 + 17])
def test_a_document_comes_back_as_it_was(practice: Practice, size: int) -> None:
    blobs = practice.open().blobs
    content = dice(size)(size)
    blob = blobs.put(io.BytesIO(content))
    assert blobs.get(blob.name, blob.key) == content
    assert list(blobs.names()) == [blob.name]
    assert content[:64] not in Layout(practice.root).blob(blob.name).read_bytes() or size == 0
    with pytest.raises(DoesNotOpen):
        blobs.get(blob.name, bytes(32))


def test_a_damaged_or_missing_document_is_said(practice: Practice) -> None:
    blobs = practice.open().blobs
    blob = blobs.put(b"letter")
    path = Layout(practice.root).blob(blob.name)
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(BlobDamaged):
        blobs.get(blob.name, blob.key)
    path.unlink()
    for name in (blob.name, "../genesis", "", "ZZ" * 32):
        assert not blobs.has(name)
        with pytest.raises(BlobMissing):
            blobs.get(name, blob.key)


@pytest.mark.parametrize("call", ["write", "fsync", "rename"])
def test_a_document_that_could_not_be_kept_leaves_nothing(practice: Practice, call: str) -> None:
    files = FaultyFiles(OsFiles())
    blobs = practice.open(files).blobs
    files.fail(call, 1, "full")  # type: ignore[arg-type]
    with pytest.raises(DiskFull):
        blobs.put(b"letter")
    assert [path for path in Layout(practice.root).blobs.rglob("*") if path.is_file()] == []


def test_a_draft_is_sealed_and_survives(practice: Practice) -> None:
    drafts = practice.open().local(practice.seat)
    drafts.put("chart-1", "fièvre depuis trois jours".encode())
    drafts.put("chart-1", "fièvre depuis quatre jours".encode())
    again = practice.open().local(practice.seat)
    assert again.get("chart-1") == "fièvre depuis quatre jours".encode()
    assert again.names() == ["chart-1"]
    raw = (Layout(practice.root).local_of(practice.seat_id) / "chart-1").read_bytes()
    assert "fièvre".encode() not in raw
    again.remove("chart-1")
    assert again.get("chart-1") is None


def test_a_damaged_or_swapped_draft_is_said(practice: Practice) -> None:
    drafts = practice.open().local(practice.seat)
    drafts.put("one", b"1")
    drafts.put("two", b"2")
    folder = Layout(practice.root).local_of(practice.seat_id)
    (folder / "one").write_bytes((folder / "two").read_bytes())
    (folder / "two").write_bytes(b"short")
    for name in ("one", "two"):
        with pytest.raises(LocalFileDamaged):
            drafts.get(name)
    with pytest.raises(LocalTooLong):
        drafts.put("three", bytes(MAX_LOCAL + 1))
    for name in ("../x", "Jean Baptiste", ""):
        with pytest.raises(ValueError, match="local name"):
            drafts.put(name, b"")


@pytest.mark.parametrize("call", ["write", "fsync", "rename"])
def test_a_small_file_is_replaced_whole_or_stands(tmp_path: Path, call: str) -> None:
    path = tmp_path / "small"
    replace_small_file(OsFiles(), path, b"old")
    files = FaultyFiles(OsFiles())
    files.fail(call, 1, "error")  # type: ignore[arg-type]
    with pytest.raises(DiskFailed):
        replace_small_file(files, path, b"new")
    assert path.read_bytes() == b"old"
    replace_small_file(files, path, b"new")
    assert path.read_bytes() == b"new"
    assert [one.name for one in tmp_path.iterdir()] == ["small"]
