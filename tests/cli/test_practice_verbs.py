"""init, check, rebuild, person, passphrase: the names, outputs and exit codes that scripts rely on."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import GARANCE, INES, Ended, sheet_of

Run = Callable[..., Ended]


def test_init_asks_nothing_and_says_where_the_sheet_is(lanterne: Run, tmp_path: Path) -> None:
    root = tmp_path / "cabinet"
    ended = lanterne(
        "init", "--practice", "Lilas", "--person", "Dr Garance Morel", "--json", data=root, secret=GARANCE
    )
    assert ended.code == 0
    assert Path(ended.json["sheet"]).read_bytes().startswith(b"%PDF-")
    assert Path(ended.json["sheet"]).parent == tmp_path, (
        "a copy of the data must not carry the key that opens it"
    )
    assert lanterne("check", "--json", data=root, secret=GARANCE).json["faults"] == []


def test_init_writes_the_sheet_where_it_is_told(lanterne: Run, tmp_path: Path) -> None:
    words = (
        "init",
        "--practice",
        "Lilas",
        "--person",
        "Garance Morel",
        "--sheet",
        str(tmp_path / "usb" / "fiche.pdf"),
    )
    assert lanterne(*words, data=tmp_path / "data", secret=GARANCE).code == 0
    assert (tmp_path / "usb" / "fiche.pdf").exists()


def test_init_overwrites_nothing(lanterne: Run, practice: Path, tmp_path: Path) -> None:
    words = ("init", "--practice", "Lilas", "--person", "Garance Morel")
    before = sorted(path for path in practice.rglob("*"))
    assert lanterne(*words, data=practice, secret=GARANCE).code == 2
    assert sorted(path for path in practice.rglob("*")) == before
    sheet_of(tmp_path / "new").write_text("another sheet")
    assert lanterne(*words, data=tmp_path / "new", secret=GARANCE).code == 2
    assert not (tmp_path / "new").exists()


def test_init_refuses_a_weak_passphrase_and_leaves_nothing(lanterne: Run, tmp_path: Path) -> None:
    ended = lanterne("init", "--practice", "L", "--person", "G Morel", data=tmp_path / "data", secret="court")
    assert ended.code == 1
    assert "12 caractères" in ended.err
    assert not list(tmp_path.iterdir())


def test_a_passphrase_by_file(lanterne: Run, practice: Path, tmp_path: Path) -> None:
    path = tmp_path / "secret.txt"
    path.write_text(GARANCE + "\r\n", "utf-8")
    words = ("check", "--json", "--as", "garance", "--passphrase-file", str(path))
    assert lanterne(*words, data=practice).json["content"]
    assert lanterne(*words[:-1], str(tmp_path / "absent"), data=practice).code == 2


def test_check_without_a_passphrase_says_what_it_did_not_look_at(lanterne: Run, practice: Path) -> None:
    ended = lanterne("check", "--json", data=practice)
    assert ended.code == 0
    assert ended.json["entries"] == 3
    assert ended.json["facts"] is None
    assert ended.json["content"] is None
    assert ended.json["faults"] == []


def test_check_looks_at_the_shape_of_the_read_tables_without_a_passphrase(
    lanterne: Run, practice: Path
) -> None:
    """And says a fault once when the passphrase shows it too."""
    path = practice / "read/medical.key"
    wrong = bytearray(path.read_bytes())
    wrong[20] ^= 4
    path.write_bytes(wrong)
    for secret in (None, GARANCE):
        ended = lanterne("check", "--json", data=practice, secret=secret)
        assert ended.code == 1
        assert [(one["file"], one["code"]) for one in ended.json["faults"]] == [
            ("read/medical.key", "table_key_damaged")
        ]


def test_check_with_a_passphrase(lanterne: Run, practice: Path) -> None:
    first = lanterne("check", "--json", "--as", "garance", data=practice, secret=GARANCE).json
    assert first["facts"] == 3
    assert len(first["content"]) == 64
    burnt = practice / "read"
    shutil.rmtree(burnt)
    assert (
        lanterne("check", "--json", "--as", "garance", data=practice, secret=GARANCE).json["content"]
        == first["content"]
    )


@pytest.mark.parametrize("name", ["genesis", "format2", "device/key"])
def test_check_names_the_damaged_file_and_ends_with_1(lanterne: Run, practice: Path, name: str) -> None:
    path = practice / name
    data = bytearray(path.read_bytes())
    data[10] ^= 1
    path.write_bytes(data)
    ended = lanterne("check", "--json", data=practice)
    assert ended.code == 1
    assert [fault["file"] for fault in ended.json["faults"]] == [name]
    assert set(ended.json["faults"][0]) >= {"file", "place", "meaning"}


def test_check_finds_a_flipped_bit_of_the_journal(lanterne: Run, practice: Path) -> None:
    path = practice / "journal/care/00000001.seg"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 64
    path.write_bytes(data)
    for secret in (None, GARANCE):
        ended = lanterne("check", "--json", "--as", "garance", data=practice, secret=secret)
        assert ended.code == 1
        assert "journal/care/00000001.seg" in [fault["file"] for fault in ended.json["faults"]]


def test_a_wrong_passphrase_ends_with_3(lanterne: Run, practice: Path) -> None:
    ended = lanterne("check", "--json", "--as", "garance", data=practice, secret="une autre phrase")
    assert ended.code == 3
    assert ended.json["error"] == "seal.wrong_passphrase"
    assert "une autre phrase" not in ended.out + ended.err


def test_attempts_are_counted_across_commands(lanterne: Run, practice: Path) -> None:
    codes = {
        lanterne("rebuild", "--as", "garance", data=practice, secret="une autre phrase").code
        for _ in range(5)
    }
    assert codes == {3}
    ended = lanterne("rebuild", "--as", "garance", "--json", data=practice, secret=GARANCE)
    assert ended.code == 3
    assert ended.json["error"] == "too_many_attempts"


def test_no_practice_is_said(lanterne: Run, tmp_path: Path) -> None:
    ended = lanterne("check", data=tmp_path)
    assert ended.code == 1
    assert "pas de cabinet" in ended.err


def test_rebuild_gives_the_same_content(lanterne: Run, practice: Path) -> None:
    words = ("check", "--json", "--as", "garance")
    before = lanterne(*words, data=practice, secret=GARANCE).json["content"]
    rebuilt = lanterne("rebuild", "--as", "garance", "--json", data=practice, secret=GARANCE)
    assert rebuilt.json["facts"] == 3
    assert lanterne(*words, data=practice, secret=GARANCE).json["content"] == before


@pytest.mark.parametrize("wanted", ["garance", "MOREL", "dr gar mor", "Dr Garance Morel"])
def test_who_one_is_by_a_bit_of_name(lanterne: Run, practice: Path, wanted: str) -> None:
    assert lanterne("rebuild", "--as", wanted, data=practice, secret=GARANCE).code == 0


def test_several_persons_and_none_said(lanterne: Run, practice: Path) -> None:
    """A passphrase given says who; one that opens nobody leaves the question open."""
    assert lanterne("rebuild", data=practice, secret=GARANCE).code == 0
    ended = lanterne("rebuild", data=practice, secret="une phrase de personne")
    assert ended.code == 2
    assert "Inès Caron" in ended.err


@pytest.fixture
def namesakes(lanterne: Run, practice: Path) -> tuple[Ended, Ended]:
    """Two more of one name, and their passphrases."""
    words = ("person", "add", "--json", "--as", "garance", "--name", "Paul Roche", "--role")
    return (
        lanterne(*words, "nurse", data=practice, secret=GARANCE, new=NAMESAKES[0]),
        lanterne(*words, "secretary", data=practice, secret=GARANCE, new=NAMESAKES[1]),
    )


NAMESAKES = ("une phrase pour le premier", "une phrase pour le second")


def test_two_of_one_name_are_told_apart(
    lanterne: Run, practice: Path, namesakes: tuple[Ended, Ended]
) -> None:
    seats = [ended.json["seat"] for ended in namesakes]
    ended = lanterne("rebuild", "--as", "paul roche", "--json", data=practice, secret=NAMESAKES[0])
    assert (ended.code, ended.json["code"]) == (2, "as_ambiguous")
    said = ended.json["why"]
    assert f"Paul Roche ({seats[0][:8]}, lit les dossiers, ajouté le " in said
    assert f"Paul Roche ({seats[1][:8]}, ne lit pas les dossiers, ajouté le " in said
    assert "Inès Caron," in lanterne("rebuild", "--as", "zoe", data=practice, secret="x").err
    listed = lanterne("person", "list", data=practice).out.splitlines()
    assert [line.startswith("Paul Roche (") for line in listed].count(True) == 2
    assert "Inès Caron" in listed


@pytest.mark.parametrize("of", ["seat", "person"])
def test_each_is_meant_by_a_number(
    lanterne: Run, practice: Path, namesakes: tuple[Ended, Ended], of: str
) -> None:
    for ended, secret, other in zip(namesakes, NAMESAKES, reversed(NAMESAKES), strict=True):
        number = ended.json[of][:8]
        assert lanterne("rebuild", "--as", number, data=practice, secret=secret).code == 0
        assert lanterne("rebuild", "--as", number, data=practice, secret=other).code == 3
        assert lanterne("rebuild", "--as", number[:3], data=practice, secret=secret).code == 2


def test_when_each_was_added_is_listed(lanterne: Run, practice: Path) -> None:
    added = [one["added"] for one in lanterne("person", "list", "--json", data=practice).json]
    assert added[0] < added[1] < time.time() * 1000


def test_a_bare_copy_is_checked_without_opening(lanterne: Run, practice: Path) -> None:
    for folder in ("seats", "device"):
        shutil.rmtree(practice / folder)
    told = lanterne("check", "--json", data=practice, secret=GARANCE).json
    assert told["entries"] > 0
    assert told["content"] is None


def test_no_practice_there_and_nothing_made(lanterne: Run, tmp_path: Path) -> None:
    assert lanterne("check", "--json", data=tmp_path / "nowhere", secret=GARANCE).code != 0
    assert not (tmp_path / "nowhere").exists()


def test_the_secretary_reads_the_office_only(lanterne: Run, practice: Path) -> None:
    assert lanterne("check", "--json", "--as", "ines", data=practice, secret=INES).json["traces"] is None
    listed = lanterne("person", "list", "--json", data=practice).json
    assert {one["name"]: one["reads"] for one in listed} == {
        "Dr Garance Morel": ["office", "medical", "trace"],
        "Inès Caron": ["office"],
    }


def test_the_secretary_admits_nobody(lanterne: Run, practice: Path) -> None:
    words = ("person", "add", "--as", "ines", "--name", "Paul Roche", "--role", "nurse")
    assert lanterne(*words, data=practice, secret=INES, new="une phrase pour paul").code == 3
    assert len(lanterne("person", "list", "--json", data=practice).json) == 2


def test_a_forgotten_passphrase(lanterne: Run, practice: Path) -> None:
    words = ("person", "reset", "--as", "garance", "--name", "ines")
    assert lanterne(*words, data=practice, secret=GARANCE, new="une phrase retenue").code == 0
    assert lanterne("rebuild", "--as", "ines", data=practice, secret=INES).code == 3
    assert lanterne("rebuild", "--as", "ines", data=practice, secret="une phrase retenue").code == 0
    assert len(lanterne("person", "list", "--json", data=practice).json) == 2


def test_one_resets_not_ones_own(lanterne: Run, practice: Path) -> None:
    words = ("person", "reset", "--as", "garance", "--name", "garance")
    assert lanterne(*words, data=practice, secret=GARANCE, new="une phrase retenue").code == 1


def test_changing_ones_passphrase(lanterne: Run, practice: Path) -> None:
    assert (
        lanterne("passphrase", "--as", "ines", data=practice, secret=GARANCE, new="encore une autre").code
        == 3
    )
    assert (
        lanterne("passphrase", "--as", "ines", data=practice, secret=INES, new="encore une autre").code == 0
    )
    assert lanterne("rebuild", "--as", "ines", data=practice, secret=INES).code == 3
    assert lanterne("rebuild", "--as", "ines", data=practice, secret="encore une autre").code == 0
