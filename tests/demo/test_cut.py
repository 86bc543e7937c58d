"""`make demo-cut`: real processes, one record in the end; and it says so when something is not so."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading

import pytest

from lanterne.demo.cut.cable import Cable
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
    ways = [line.split(":")[0].strip() for line in lines if line.startswith("Par ")]
    assert ways == ["Par le relais seul", "Par un dossier seul", "Par le réseau du cabinet seul"]
    for what in ("deux rendez-vous à la même heure", "les deux valeurs de l’allergie", "rien à départager"):
        assert sum(what in line for line in checked) >= len(ways), what


def test_what_is_not_so_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    found = Findings()
    found.check("les deux postes ont le même contenu", so=True)
    found.check("aucune alerte", so=False)
    assert (found.checked, found.wrong) == (2, ["aucune alerte"])
    assert "FAUX : aucune alerte" in capsys.readouterr().out.replace("\u00a0", " ")


def test_a_cable_pulled_out_carries_nothing_and_then_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as there:
        cable = Cable(int(there.getsockname()[1]), bits_per_second=8_000_000)
        cable.plug()
        try:
            for word in (b"before", b"after"):
                echoing = threading.Thread(target=echo, args=(there,))
                echoing.start()
                with socket.create_connection(("127.0.0.1", cable.port), timeout=30) as end:
                    end.sendall(word)
                    assert end.recv(100) == word
                    cable.pull()
                    assert end.recv(100) == b"", "what was connected is cut"
                echoing.join(30)
                with pytest.raises(ConnectionRefusedError):
                    socket.create_connection(("127.0.0.1", cable.port), timeout=30)
                cable.plug()
            assert cable.carried == 2 * len(b"before" + b"after")
        finally:
            cable.close()


def echo(there: socket.socket) -> None:
    end, _ = there.accept()
    with end:
        try:
            while data := end.recv(100):
                end.sendall(data)
        except OSError:
            return
