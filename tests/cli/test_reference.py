"""`lanterne reference`: what is known, loading a folder, fetching, and how each says what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lanterne.journal.layout import Layout
from lanterne.reference.medicines import download, editions
from tests.cli.conftest import Ended
from tests.reference.medicines import made

Run = Callable[..., Ended]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The published files."""
    return made.published(tmp_path / "files")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """What the command takes for a practice: it opens nothing of it."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "genesis").write_bytes(b"")
    return folder


def test_without_anything_the_starter_list_is_said(lanterne: Run, data: Path) -> None:
    for ended in (lanterne("reference"), lanterne("reference", data=data)):
        assert ended.code == 0
        assert "Liste de départ" in ended.out
    told = lanterne("reference", "--json", data=data).json
    assert told["starter"] is True
    assert told["editions"] == []


def test_a_folder_is_loaded_and_the_report_is_in_french(lanterne: Run, data: Path, files: Path) -> None:
    made.add(files / "CIS_CPD_bdpm.txt", b"pas un code\tliste I\r\n")
    ended = lanterne("reference", "load", str(files), data=data)
    assert ended.code == 0
    assert "Édition du 18/05/2026" in ended.out
    said = ended.out.replace("\xa0", " ")
    assert "ligne 15 : le code n’en est pas un" in said
    assert "groupes génériques : 1 médicaments inconnus" in said
    assert "pamplemousse" in ended.out
    state = lanterne("reference", data=data)
    assert "Base publique du 18/05/2026." in state.out
    assert "médicaments : 11 lignes" in state.out.replace("\xa0", " ")


def test_for_a_program(lanterne: Run, data: Path, files: Path) -> None:
    told = lanterne("reference", "load", str(files), "--dated", "2026-03-01", "--json", data=data).json
    assert (told["dated"], told["dated_by"]) == ("2026-03-01", "asked")
    assert {file["kind"] for file in told["files"]} >= {"medicines", "conditions", "thesaurus"}
    state = lanterne("reference", "--json", data=data).json
    assert state["editions"] == [{"dated": "2026-03-01", "sound": True}]
    assert state["digest"] == told["digest"]


def test_a_damaged_edition_is_said(lanterne: Run, data: Path, files: Path) -> None:
    lanterne("reference", "load", str(files), data=data)
    made.add(next(editions.folder(data).glob("*.sqlite")), b"x")
    ended = lanterne("reference", data=data)
    assert ended.code == 1
    assert "n’est plus ce qui a été chargé" in ended.out


def test_editions_lie_where_the_layout_says(data: Path) -> None:
    assert editions.folder(data) == Layout(data).medicines


@pytest.mark.parametrize(
    ("words", "with_data", "code", "said"),
    [
        (("load", "FILES"), False, 2, "reference.data_missing"),
        (("load", "NOWHERE"), True, 2, "data_not_folder"),
        (("load", "EMPTY"), True, 1, "reference.nothing_there"),
        (("load", "FILES", "--dated", "hier"), True, 2, "not_a_day"),
        (("load", "PARTLY"), True, 1, "reference.incomplete"),
    ],
)
def test_refusals(
    lanterne: Run,
    tmp_path: Path,
    data: Path,
    files: Path,
    words: tuple[str, ...],
    with_data: bool,
    code: int,
    said: str,
) -> None:
    (tmp_path / "EMPTY").mkdir()
    made.published(tmp_path / "PARTLY")
    (tmp_path / "PARTLY" / "CIS_CPD_bdpm.txt").unlink()
    places = {"FILES": str(files)} | {name: str(tmp_path / name) for name in ("NOWHERE", "EMPTY", "PARTLY")}
    ended = lanterne(
        "reference", *(places.get(word, word) for word in words), "--json", data=data if with_data else None
    )
    assert (ended.code, ended.json["code"]) == (code, said)


def test_a_directory_without_a_practice_is_refused(lanterne: Run, tmp_path: Path, files: Path) -> None:
    ended = lanterne("reference", "load", str(files), "--json", data=tmp_path / "elsewhere")
    assert (ended.code, ended.json["code"]) == (1, "no_practice")
    assert not (tmp_path / "elsewhere").exists()


def test_fetching_loads_what_came(
    lanterne: Run, data: Path, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(target: Path, **_: object) -> list[Path]:
        return [
            target / path.name
            for path in files.iterdir()
            if (target / path.name).write_bytes(path.read_bytes())
        ]

    monkeypatch.setattr(download, "download", fetch)
    ended = lanterne("reference", "download", data=data)
    assert ended.code == 0
    assert "Édition du 18/05/2026" in ended.out
    assert [path for path in editions.folder(data).iterdir() if path.is_dir()] == [], (
        "the fetched files are left behind"
    )


def test_what_could_not_be_fetched_is_said_and_changes_nothing(
    lanterne: Run, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(target: Path, **_: object) -> list[Path]:
        raise download.NotFetched("unreachable", "CIS_bdpm.txt")

    monkeypatch.setattr(download, "download", fetch)
    ended = lanterne("reference", "download", "--json", data=data)
    assert (ended.code, ended.json["code"]) == (1, "reference.not_fetched")
    assert "CIS_bdpm.txt" in ended.json["why"]
    assert "ne répond pas" in ended.json["why"]
    assert editions.present(data) == []
