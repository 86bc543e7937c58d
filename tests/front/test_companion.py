"""The process that exchanges, as the front keeps it: started, started again ever later, ended with the front."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from lanterne.front.companion import Companion
from lanterne.front.server import Front
from lanterne.front.settings import FrontSettings
from tests.front.stage import GARANCE, Stage, limit_of, practice
from tests.sync.carriers import until

TOLD = "import sys, pathlib, json; line = sys.stdin.readline(); p = pathlib.Path(json.loads(line)['data'], 'told'); "
FALLS = TOLD + "p.open('a').write(line); sys.exit(7)"
STAYS = TOLD + "p.open('a').write(line); sys.stdin.read()"
DEAF = TOLD + "p.open('a').write(line); import time; time.sleep(600)"


@contextmanager
def keeping(root: Path, program: str, **settings: Any) -> Iterator[tuple[Stage, Companion]]:
    """A front that keeps this program."""
    stage = Stage(practice(root))
    stage.front = Front(
        root,
        list_seats=lambda: (GARANCE,),
        limit=limit_of(root),
        settings=FrontSettings(**settings),
        companion=(sys.executable, "-c", program),
    )
    companion = stage.front.companion
    assert companion is not None
    stage.__enter__()
    try:
        yield stage, companion
    finally:
        stage.do(stage.front.stop())
        stage.faults, faults = [], stage.faults
        stage.__exit__()
        stage.faults = faults


def told(root: Path) -> list[dict[str, Any]]:
    path = root / "told"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_it_is_told_the_folder_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANTERNE_PASSPHRASE", "jamais dans un autre processus")
    with keeping(tmp_path, STAYS) as (stage, companion):
        until(lambda: bool(told(tmp_path)), "it was never started")
        assert told(tmp_path) == [{"data": str(tmp_path), "fell": 0, "fell_at": 0}]
        pid = companion.pid
        assert pid is not None
        assert b"LANTERNE_PASSPHRASE" not in "".join(psutil.Process(pid).environ()).encode()
    assert stage.faults == []
    assert not psutil.pid_exists(pid), "it outlives the front"


def test_what_falls_is_started_again_and_that_is_said(tmp_path: Path) -> None:
    with keeping(tmp_path, FALLS, companion_again_s=0.01, companion_most_s=0.05) as (stage, companion):
        until(lambda: len(told(tmp_path)) >= 4, "it was not started again")
        assert companion.started >= 4
    lines = told(tmp_path)
    assert [line["fell"] for line in lines] == list(range(len(lines)))
    assert all(line["fell_at"] > 0 for line in lines[1:])
    waits = [fault["message"] for fault in stage.faults]
    assert len(waits) >= 3
    assert all("ended (code 7)" in message for message in waits)


def test_a_command_that_does_not_start_keeps_nobody_waiting(tmp_path: Path) -> None:
    with keeping(tmp_path, "", companion_again_s=0.01, companion_most_s=0.05) as (stage, companion):
        companion._command = (str(tmp_path / "no such program"),)
        until(lambda: any("not started" in fault["message"] for fault in stage.faults), "nothing is said")


def test_what_does_not_listen_is_killed(tmp_path: Path) -> None:
    with keeping(tmp_path, DEAF, companion_stop_s=0.1) as (_, companion):
        until(lambda: bool(told(tmp_path)), "it was never started")
        pid = companion.pid
        assert pid is not None
    assert not psutil.pid_exists(pid)
