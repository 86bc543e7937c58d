"""What the house rules look at: the files of the repository and its modules, read without importing them."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "lanterne"
SKIPPED_DIRS = {".git", ".venv", "build", "dist", "demo-data", "data", "node_modules", "__pycache__"}


@cache
def files() -> tuple[Path, ...]:
    """Every file git keeps or would keep; outside a git checkout, every file not in a working directory."""
    if shutil.which("git") and (ROOT / ".git").exists():
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = (
            subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
        )
        return tuple(sorted({ROOT / name for name in listed if name and (ROOT / name).is_file()}))
    return tuple(sorted(_walk()))


def _walk() -> Iterator[Path]:
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in SKIPPED_DIRS and not name.startswith(".m")]
        yield from (Path(folder) / name for name in names)


def under(folder: str, *suffixes: str) -> list[Path]:
    """Files below `folder` ("" for all) whose name ends in one of `suffixes`."""
    place = ROOT / folder
    return [path for path in files() if path.is_relative_to(place) and path.name.endswith(suffixes or ("",))]


def named(path: Path) -> str:
    """The path as a failure message shows it."""
    return path.relative_to(ROOT).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    """The module's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def check(offences: Iterable[str], advice: str) -> None:
    """Fail with one line per offence, then with what to do."""
    found = sorted(offences)
    assert not found, "\n".join(["", *found, "", f"What to do: {advice}"])


def check_waivers(offences: Iterable[str], waived: dict[str, str], advice: str) -> None:
    """Like `check`, for a rule with waivers. A waiver no longer needed fails: the list may only shrink."""
    found = set(offences)
    spent = [
        f"{name}: waived ({reason}), but nothing there breaks the rule"
        for name, reason in waived.items()
        if name not in found
    ]
    check(found - waived.keys(), advice)
    check(spent, "take these lines out of tests/house/waivers.py; the list may only shrink.")
