"""The set-up scripts: a run's figures are kept as they were, and the browser named is the browser driven."""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.house.tree import ROOT, check
from tools import evidence, setup_browser

WHEN = datetime(2026, 11, 22, 7, 25, tzinfo=UTC)


def test_a_row_names_commit_outcome_seed_and_figures() -> None:
    line = evidence.row(WHEN, "abc123", "FAILED (1)", {"seed": 7, "kills": 1000, "lost": 2})
    assert line == "| 2026-11-22 07:25 | abc123 | FAILED (1) | 7 | kills 1000, lost 2 |\n"


def test_rows_are_added_and_none_is_touched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "EVIDENCE", tmp_path)
    evidence.append("kills", "| first |\n")
    before = evidence.append("kills", "| second |\n").read_text(encoding="utf-8")
    after = evidence.append("kills", "| third |\n").read_text(encoding="utf-8")
    assert after == before + "| third |\n"
    assert after.startswith("# Evidence: kills\n")


def test_the_browser_named_is_the_one_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = tmp_path / "my-chromium"
    browser.touch()
    monkeypatch.setenv("LANTERNE_CHROMIUM", str(browser))
    assert setup_browser.find() == browser
    browser.unlink()
    assert setup_browser.find() is None, "a browser named and absent must not be silently replaced by another"


def test_help_lists_every_target() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert phony is not None
    shown = subprocess.run(["make", "help"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    missing = {name for name in phony[1].split() if f"make {name} " not in shown}
    check(missing, "give the target its words after “## ” on its line.")
