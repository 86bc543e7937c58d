"""`make demo-cut`: real processes, one record in the end; and it says so when something is not so."""

from __future__ import annotations

import subprocess
import sys

import pytest

from lanterne.demo.cut.play import Findings


@pytest.mark.torture
def test_one_record_after_every_cut() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lanterne.demo.cut"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert "FAUX" not in done.stdout
    checked = [line for line in lines if line.startswith("  vérifié")]
    assert lines[-1].startswith(f"{len(checked)} points vérifiés")
    assert sum(line.startswith("Par ") for line in lines) == 2, "each way"


def test_what_is_not_so_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    found = Findings()
    found.check("les deux postes ont le même contenu", so=True)
    found.check("aucune alerte", so=False)
    assert (found.checked, found.wrong) == (2, ["aucune alerte"])
    assert "FAUX : aucune alerte" in capsys.readouterr().out.replace("\u00a0", " ")
