"""The starter tables: a wrong cell is an error with its file and its line, never a shorter list."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest

from lanterne.reference.medicines.starter_tables import PACKAGE, read, tables

TABLES = ("substances", "forms", "limits", "classes", "interactions", "crossings")
Spoil = Callable[[str], str]


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Spoil], str]:
    """`copied("forms", spoil)`: the name of a package that holds the tables, one of them spoiled."""

    def make(table: str, spoil: Spoil) -> str:
        name = f"spoiled_{tmp_path.name.replace('-', '_')}"
        folder = tmp_path / name / "tables"
        folder.mkdir(parents=True)
        (tmp_path / name / "__init__.py").write_text("")
        for one in TABLES:
            text = resources.files(PACKAGE).joinpath("tables", f"{one}.tsv").read_text(encoding="utf-8")
            (folder / f"{one}.tsv").write_text(spoil(text) if one == table else text, encoding="utf-8")
        monkeypatch.syspath_prepend(str(tmp_path))
        monkeypatch.delitem(sys.modules, name, raising=False)
        return name

    return make


def cell(column: str, value: str) -> Spoil:
    """Spoils this cell of the first line."""

    def spoil(text: str) -> str:
        header, first, rest = text.split("\n", 2)
        cells = first.split("\t")
        cells[header.split("\t").index(column)] = value
        return "\n".join((header, "\t".join(cells), rest))

    return spoil


def twice(text: str) -> str:
    """The first line, once more."""
    header, first, rest = text.split("\n", 2)
    return f"{header}\n{first}\n{first}\n{rest}"


def test_the_tables_are_whole(copied: Callable[[str, Spoil], str]) -> None:
    assert read(copied("forms", lambda text: text)).substances == tables().substances


@pytest.mark.parametrize(
    ("table", "spoil", "said"),
    [
        ("substances", lambda text: text.replace("name\t", "nom\t", 1), "columns"),
        ("substances", cell("name", ""), "line 2: name is empty"),
        ("substances", twice, "twice"),
        ("substances", cell("paper", "rose"), "line 2: paper « rose »"),
        ("substances", cell("list", "III"), "line 2: list"),
        ("substances", cell("pregnancy", "peut-être"), "line 2: pregnancy"),
        ("substances", cell("kidney_adapt", "trente"), "line 2: kidney_adapt"),
        ("substances", cell("kidney_stop", "-3"), "not a quantity"),
        ("substances", cell("kidney_stop", "NaN"), "not a quantity"),
        ("substances", cell("max_days", "28.5"), "not whole"),
        ("substances", cell("interactions", "oui?"), "line 2: interactions"),
        ("forms", cell("name", "inconnuline"), "line 2: « inconnuline »"),
        ("forms", cell("form", ""), "line 2: form is empty"),
        ("limits", cell("who", "martien"), "line 2: who"),
        ("limits", cell("unit", ""), "line 2: unit is empty"),
        ("limits", cell("max_day", "0.0001"), "do not rise"),
        ("classes", cell("kind", "ordre"), "line 2: kind"),
        ("classes", twice, "twice"),
        ("interactions", cell("level", "grave"), "line 2: level"),
        ("interactions", cell("a", "inconnuline"), "line 2: « inconnuline »"),
        ("interactions", twice, "twice"),
        ("crossings", cell("text", ""), "line 2: text is empty"),
        ("crossings", lambda text: text + "court\n", "cells instead of"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    copied: Callable[[str, Spoil], str], table: str, spoil: Spoil, said: str
) -> None:
    with pytest.raises(ValueError, match=said) as wrong:
        read(copied(table, spoil))
    assert f"{table}.tsv" in str(wrong.value)


def test_an_empty_cell_is_not_known_rather_than_none() -> None:
    known = tables()
    silent = [
        one for one in known.substances.values() if one.cautions is not None and not one.cautions.kidney_known
    ]
    assert all(one.cautions.kidney_adapt is None for one in silent if one.cautions is not None)
    assert all(key in known.substances for key in known.vouched)
