"""The command line as a person or a script meets it: words in, lines and an exit code out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from lanterne.cli.main import main
from lanterne.seal import unlock

GARANCE = "lilas blanc du matin"
INES = "verger voilier source"


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, when one JSON value."""
        return json.loads(self.out)


@pytest.fixture(autouse=True)
def light_passphrases() -> Iterator[None]:
    """What a guess costs is tested where it is decided (tests/seal). Undone after each test: others run in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unlock, "ARGON2_MEMORY_KIB", 64)
        yield


@pytest.fixture
def lanterne(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ended]:
    """`lanterne("check", "--json", data=path, secret="…")`."""
    monkeypatch.delenv("LANTERNE_PASSPHRASE", raising=False)
    monkeypatch.delenv("LANTERNE_NEW_PASSPHRASE", raising=False)

    def run(
        *words: str, data: Path | None = None, secret: str | None = None, new: str | None = None
    ) -> Ended:
        with monkeypatch.context() as patch:
            if secret is not None:
                patch.setenv("LANTERNE_PASSPHRASE", secret)
            if new is not None:
                patch.setenv("LANTERNE_NEW_PASSPHRASE", new)
            given = [*words, *(["--data", str(data)] if data is not None else [])]
            try:
                code = main(given)
            except SystemExit as ended:
                code = int(ended.code or 0)
        captured = capsys.readouterr()
        return Ended(code, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice with Dr Garance Morel and Inès Caron, made once; its sheet lies beside."""
    root = tmp_path_factory.mktemp("founded") / "data"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unlock, "ARGON2_MEMORY_KIB", 64)
        patch.setenv("LANTERNE_PASSPHRASE", GARANCE)
        patch.setenv("LANTERNE_NEW_PASSPHRASE", INES)
        assert main(["init", "--data", str(root), "--practice", "Lilas", "--person", "Dr Garance Morel"]) == 0
        words = ["person", "add", "--data", str(root), "--name", "Inès Caron", "--role", "secretary"]
        assert main(words) == 0
    return root


@pytest.fixture
def practice(founded: Path, tmp_path: Path) -> Path:
    """A copy of it, to be broken at will."""
    shutil.copytree(founded, tmp_path / "data")
    shutil.copy(sheet_of(founded), sheet_of(tmp_path / "data"))
    return tmp_path / "data"


def sheet_of(root: Path) -> Path:
    """Where init puts the recovery sheet."""
    return root.with_name(f"{root.name}-fiche-de-secours.pdf")
