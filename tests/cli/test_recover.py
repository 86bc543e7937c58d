"""The worst day: the machine is gone, or nobody knows a passphrase any more. The sheet was in the safe."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import GARANCE, INES, Ended, sheet_of

Run = Callable[..., Ended]
BACK = "revenue apres incendie"


def content(lanterne: Run, root: Path, secret: str, *, who: str = "garance") -> str:
    ended = lanterne("check", "--json", "--as", who, data=root, secret=secret)
    assert ended.code == 0, ended
    return str(ended.json["content"])


def test_on_a_bare_machine_from_an_old_disk(lanterne: Run, practice: Path, tmp_path: Path) -> None:
    before = content(lanterne, practice, GARANCE)
    bare = tmp_path / "bare"
    words = (
        "recover",
        "--sheet",
        str(sheet_of(practice)),
        "--from",
        str(practice),
        "--person",
        "Garance Morel (Dr)",
    )
    ended = lanterne(*words[:-1], "Dr Garance Morel", "--json", data=bare, secret=BACK)
    assert ended.code == 0, ended
    assert ended.json["recognised"] is True
    assert content(lanterne, bare, BACK) == before
    assert [one["name"] for one in lanterne("person", "list", "--json", data=bare).json] == [
        "Dr Garance Morel"
    ]


def test_only_the_sealed_store_is_copied(lanterne: Run, practice: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    words = (
        "recover",
        "--sheet",
        str(sheet_of(practice)),
        "--from",
        str(practice),
        "--person",
        "Garance Morel",
    )
    assert lanterne(*words, data=bare, secret=BACK).code == 0
    assert (bare / "device/key").read_bytes() != (practice / "device/key").read_bytes()
    assert not {path.name for path in (bare / "seats").iterdir()} & {
        path.name for path in (practice / "seats").iterdir()
    }


def test_in_place_when_the_passphrase_is_forgotten(lanterne: Run, practice: Path) -> None:
    words = ("recover", "--sheet", str(sheet_of(practice)), "--person", "dr garance morel")
    ended = lanterne(*words, "--json", data=practice, secret=BACK)
    assert len(ended.json["replaced"]) == 1
    assert lanterne("rebuild", "--as", "garance", data=practice, secret=GARANCE).code == 3
    assert lanterne("rebuild", "--as", "garance", data=practice, secret=BACK).code == 0
    assert lanterne("rebuild", "--as", "ines", data=practice, secret=INES).code == 0


def test_after_a_theft_nobody_else_opens(lanterne: Run, practice: Path) -> None:
    words = ("recover", "--sheet", str(sheet_of(practice)), "--person", "Dr Garance Morel", "--revoke-others")
    assert lanterne(*words, data=practice, secret=BACK).code == 0
    assert [one["name"] for one in lanterne("person", "list", "--json", data=practice).json] == [
        "Dr Garance Morel"
    ]
    content(lanterne, practice, BACK)


def test_letters_typed_on_the_standard_input(
    lanterne: Run, practice: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pypdf

    text = pypdf.PdfReader(sheet_of(practice)).pages[0].extract_text()
    typed = io.TextIOWrapper(io.BytesIO(text.encode()))
    monkeypatch.setattr("sys.stdin", typed)
    assert (
        lanterne("recover", "--sheet", "-", "--person", "Dr Garance Morel", data=practice, secret=BACK).code
        == 0
    )


def test_another_sheet_opens_nothing(lanterne: Run, practice: Path, tmp_path: Path) -> None:
    words = ("init", "--practice", "Autre", "--person", "Awa Diallo")
    assert lanterne(*words, data=tmp_path / "other", secret=GARANCE).code == 0
    words = ("recover", "--sheet", str(sheet_of(tmp_path / "other")), "--person", "Awa Diallo", "--json")
    ended = lanterne(*words, data=practice, secret=BACK)
    assert (ended.code, ended.json["error"]) == (3, "sheet_refused")


def test_a_misread_line_is_named(lanterne: Run, practice: Path, tmp_path: Path) -> None:
    path = tmp_path / "lettres.txt"
    path.write_text("\n".join(["AAAA BBBB CCCC DDDD EE"] * 4))
    ended = lanterne(
        "recover", "--sheet", str(path), "--person", "Dr Garance Morel", data=practice, secret=BACK
    )
    assert ended.code == 3
    assert "ligne" in ended.err


def test_a_full_directory_is_not_overwritten(lanterne: Run, practice: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("mine")
    words = (
        "recover",
        "--sheet",
        str(sheet_of(practice)),
        "--from",
        str(practice),
        "--person",
        "Garance Morel",
    )
    assert lanterne(*words, data=tmp_path / "full", secret=BACK).code == 2
    assert (tmp_path / "full" / "thesis.txt").read_text() == "mine"


def from_backup(sheet: Path, source: Path) -> tuple[str, ...]:
    return ("recover", "--sheet", str(sheet), "--from", str(source), "--person", "Awa Diallo", "--json")


def test_a_wrong_sheet_is_refused_before_anything_is_copied(
    lanterne: Run, practice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("init", "--practice", "Autre", "--person", "Awa Diallo")
    assert lanterne(*words, data=tmp_path / "other", secret=GARANCE).code == 0
    before = {path: path.read_bytes() for path in practice.rglob("*") if path.is_file()}
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    words = from_backup(sheet_of(tmp_path / "other"), practice)
    ended = lanterne(*words, data=tmp_path / "new", secret=BACK)
    assert (ended.code, ended.json["error"]) == (3, "sheet_refused")
    assert not (tmp_path / "new").exists()
    assert not list((tmp_path / "temporary").iterdir())
    assert {path: path.read_bytes() for path in practice.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(("person", "secret"), [("Awa Diallo", "short"), ("1234", BACK)])
def test_a_weak_passphrase_or_no_name_leaves_nothing_behind(
    lanterne: Run, practice: Path, tmp_path: Path, person: str, secret: str
) -> None:
    words = ("recover", "--sheet", str(sheet_of(practice)), "--from", str(practice), "--person", person)
    assert lanterne(*words, data=tmp_path / "new", secret=secret).code == 1
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("stood", [False, True])
def test_a_copy_that_does_not_end_is_taken_away(
    lanterne: Run, practice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stood: bool
) -> None:
    new = tmp_path / "new"
    if stood:
        new.mkdir()
    whole = shutil.copytree

    def torn(source: Path, target: Path, *others: Any) -> None:
        whole(source, target, *others)
        if Path(source).name == "journal":
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copytree", torn)
        ended = lanterne(*from_backup(sheet_of(practice), practice), data=new, secret=BACK)
    assert ended.code == 4
    assert new.exists() is stood
    assert not stood or not list(new.iterdir())
    assert lanterne(*from_backup(sheet_of(practice), practice), data=new, secret=BACK).code == 0


def test_a_backup_without_a_practice_is_said(lanterne: Run, practice: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    words = (
        "recover",
        "--sheet",
        str(sheet_of(practice)),
        "--from",
        str(tmp_path / "empty"),
        "--person",
        "Garance Morel",
    )
    assert lanterne(*words, data=tmp_path / "new", secret=BACK).code == 2
    assert not (tmp_path / "new").exists()


def test_a_lost_index_does_not_keep_us_out(lanterne: Run, practice: Path, tmp_path: Path) -> None:
    before = content(lanterne, practice, GARANCE)
    for path in practice.glob("journal/*/index"):
        path.unlink()
    shutil.rmtree(practice / "read")
    words = ("recover", "--sheet", str(sheet_of(practice)), "--person", "Paul Roche", "--json")
    ended = lanterne(*words, data=practice, secret=BACK)
    assert ended.code == 0
    assert ended.json["recognised"] is False
    assert content(lanterne, practice, BACK, who="paul") != before, "somebody new was described"
