"""What the command line says: French everywhere, a sentence for every error, help that costs nothing."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import lanterne as lanterne_package
from lanterne.cli.findings import MEANINGS
from lanterne.cli.french import french
from lanterne.cli.outcomes import exit_code
from lanterne.cli.sentences import SENTENCES, sentence
from lanterne.journal.errors import DiskFull
from lanterne.seal.errors import SheetMisread, WeakPassphrase, WrongPassphrase
from lanterne.wire.errors import LanterneError
from tests.cli.conftest import Ended

Run = Callable[..., Ended]
VERBS = ("demo", "init", "serve", "check", "rebuild", "recover", "import", "person", "device", "passphrase")
ENGLISH = re.compile(r"\b(show this|positional|optional|usage:|options:|the following|invalid|required)\b")


@pytest.mark.parametrize("verb", VERBS)
def test_help_is_french(lanterne: Run, verb: str) -> None:
    ended = lanterne(verb, "--help")
    assert ended.code == 0
    assert ended.out.startswith("Usage\u00a0: lanterne " + verb)
    assert not ENGLISH.search(ended.out)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("check",),
        ("nonsense",),
        ("check", "--data"),
        ("check", "--data", "x", "--nonsense"),
        ("serve", "--data", "x", "--port", "many"),
        ("person", "--data", "x"),
        ("person", "add", "--data", "x", "--name", "A B", "--role", "king"),
        ("demo", "--data", "x", "--patients", "0"),
    ],
)
def test_a_command_not_understood_ends_with_2_in_french(lanterne: Run, words: tuple[str, ...]) -> None:
    ended = lanterne(*words)
    assert ended.code == 2
    assert ended.out == ""
    assert not ENGLISH.search(ended.err)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("check", "--json"), "il manque : --data"),
        (("check", "--data", "x", "--json", "--nonsense"), "option inconnue : --nonsense"),
        (("nonsense", "--json"), "nonsense"),
        (("person", "add", "--json", "--data", "x", "--name", "A B", "--role", "king"), "king"),
        (("demo", "--data", "x", "--json", "--patients", "0"), "ne convient pas"),
    ],
)
def test_a_command_not_understood_is_said_in_json_too(
    lanterne: Run, words: tuple[str, ...], said: str
) -> None:
    ended = lanterne(*words)
    assert ended.code == 2
    assert ended.json["code"] == "not_understood"
    assert said in ended.json["why"].replace("\u00a0", " ")
    assert ended.json["why"] in ended.err


def test_what_the_command_lacks_is_said_in_json_too(lanterne: Run, practice: Path) -> None:
    ended = lanterne("rebuild", "--json", "--as", "nobody", data=practice, secret="x")
    assert (ended.code, ended.json["code"]) == (2, "as_unknown")
    assert "Inès Caron" in ended.json["why"]


def test_what_the_system_refuses_is_said_in_json_too(lanterne: Run, practice: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    sheet = str(tmp_path / "file" / "sheet.pdf")
    words = ("init", "--json", "--practice", "L", "--person", "G Morel", "--sheet", sheet)
    ended = lanterne(*words, data=tmp_path / "new", secret="lilas blanc du matin")
    assert (ended.code, ended.json["code"]) == (4, "system_refused")
    assert not (tmp_path / "new").exists(), "a practice without a sheet"


def test_what_is_not_known_is_shown_as_it_is() -> None:
    assert french("something argparse never said") == "something argparse never said"


def test_help_imports_neither_django_nor_secrets() -> None:
    code = (
        "import sys\nfrom lanterne.cli.main import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'django', 'cryptography', 'nacl', 'rich', 'typst', 'sqlcipher3', 'msgspec'} & "
        "set(sys.modules)\nsys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def below() -> Iterator[type[LanterneError]]:
    """Every error class of the floors a command meets."""
    for name in ("proof.records", "seal.errors", "journal.errors", "journal.founding", "journal.local",
                 "journal.access", "journal.leaving", "journal.pairing", "journal.pairing_messages", "journal.unlock_limit", "front.errors", "practice.errors", "intake.sheets"):  # fmt: skip
        module = importlib.import_module(f"lanterne.{name}")
        for item in vars(module).values():
            if (
                isinstance(item, type)
                and issubclass(item, LanterneError)
                and item.__module__ == module.__name__
            ):
                yield item


def test_every_error_with_a_word_has_a_sentence() -> None:
    words = {item.word for item in below() if isinstance(getattr(item, "word", None), str)}
    assert len(words) > 15
    # "journal" names a family, never raised itself.
    assert words - {"journal"} <= set(SENTENCES)


SOURCES = (
    "journal/check.py",
    "journal/check_streams.py",
    "practice/check.py",
    "practice/check_shapes.py",
)
REPORTS = {"fault", "note", "_fault", "_note", "Fault", "Note"}


def reported(path: Path) -> Iterator[str]:
    """The code given to every fault and note: the argument before the meaning."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in REPORTS and len(node.args) > 2 and isinstance(node.args[-2], ast.Constant):
                yield str(node.args[-2].value)


def test_every_finding_of_the_checks_has_a_sentence() -> None:
    package = Path(lanterne_package.__file__).parent
    codes = {code for name in SOURCES for code in reported(package / name)}
    assert len(codes) > 15, codes
    assert codes <= set(MEANINGS)


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (WrongPassphrase(), 3, "n’est pas la bonne"),
        (WeakPassphrase("short"), 1, "12 caractères"),
        (SheetMisread((2, 3), "x"), 3, "ligne 2, 3"),
        (SheetMisread((), "x"), 3, "quatre lignes"),
        (DiskFull("disk full while writing", doing="writing"), 4, "disque est plein"),
        (LanterneError("nobody.knows.it"), 1, "nobody.knows.it"),
    ],
)
def test_sentences_and_exit_codes(error: LanterneError, code: int, said: str) -> None:
    assert exit_code(error) == code
    assert said in sentence(error)
    assert error.code


def test_a_sentence_lacking_a_parameter_still_arrives() -> None:
    assert sentence(LanterneError("front.port_taken")) == "Le port."
