"""kill -9 of `lanterne import` at any moment, then the same command to its end: the record is what it would have been.

500 files of every format, some hostile, several of one patient, several versions of one document, in an order drawn from
a seed. The import is killed again and again until it comes to its end by itself; moments come from the seed, which is
printed. Then `lanterne check --json` gives the content of a practice that imported them undisturbed. A kill takes the
process away, not the disk's cache: see tests/intake/filing/test_full_disk.py and tests/journal.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.intake.filing import made
from tests.intake.filing.made import (
    Said,
    allergies,
    analyses,
    cda,
    condition,
    fhir,
    hprim,
    letter,
    obx,
    oru,
    problems,
    treatments,
)
from tests.intake.plain.test_plain import pdf_of, picture
from tests.intake.xdm.made import Entry, folder, zipped
from tests.system.stage import GARANCE, WAIT_S, Practice, phrase_of

FILES = 500
SEED = int(os.environ.get("LANTERNE_SEED", "0")) or random.SystemRandom().randrange(1, 1_000_000)
# How many imports are killed to their end: each takes several kills.
IMPORTS = int(os.environ.get("LANTERNE_IMPORTS", "1"))
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">'
    + b"".join(b'<!ENTITY b%d "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">' % n for n in range(9))
    + b']><ClinicalDocument xmlns="urn:hl7-org:v3"><title>&b;</title></ClinicalDocument>'
)

pytestmark = pytest.mark.torture


def mail(dice: random.Random) -> list[bytes]:
    """What a practice may receive, most of it about forty people, half of whom are nobody here yet."""
    people = [
        Said(f"PATIENT{chr(65 + n // 26)}{chr(65 + n % 26)}".replace("PATIENT", "DUVAL"), ("LUC", "EVE")[n % 2], f"19{40 + n}-0{1 + n % 9}-1{n % 9}",
             "MF"[n % 2])
        for n in range(40)
    ]  # fmt: skip
    people += [
        made.renamed(people[0], family="DUVALAAA"),
        Said("BAPTISTE", "JEAN", "1951-03-12"),
        Said("FERRAND", "LUCIE", "1987-11-04", "F"),
    ]
    found: list[bytes] = []
    while len(found) < FILES:
        who, n = dice.choice(people), len(found)
        value = str(dice.randrange(1, 200) / 10)
        series = dice.randrange(12)
        kind = dice.randrange(12)
        if kind <= 2:
            rows = [(label, value, "g/l") for label in dice.sample(("Hb", "CRP", "TSH", "Fer", "HDL"), 3)]
            found.append(hprim(who, *rows, day=f"{1 + n % 28:02}/03/2024", dossier=str(n)))
        elif kind == 3:
            found.append(
                cda(
                    who,
                    problems(dice.choice(("I10", "J45", "E11"))),
                    allergies(*dice.choice(((), ("Pénicilline",)))),
                    name=f"d{n}",
                )
            )
        elif kind == 4:
            found.append(cda(who, treatments("Bisoprolol 2,5 mg"), name=f"l{n}", code="11490-0"))
        elif kind == 5:
            # Versions of one document, as they come.
            said = people[series]
            number = dice.randrange(1, 6)
            found.append(
                cda(
                    said,
                    analyses(c718_7=value),
                    name=f"s{series}v{number}n{n}",
                    set_id=f"s{series}",
                    version=number,
                )
            )
        elif kind == 6:
            found.append(oru(who, f"{obx(1, '718-7', value)}\r{obx(2, '1988-5', value)}", order=f"F{n % 30}"))
        elif kind == 7:
            found.append(
                oru(
                    who,
                    cda(who, analyses(c718_7=value), name=f"i{n}"),
                    order=f"G{n}",
                    status=dice.choice("FFFC"),
                )
            )
        elif kind == 8:
            found.append(fhir(who, condition("J45", "Asthme"), condition(f"I{n % 90}", f"Maladie {n}")))
        elif kind == 9:
            found.append(dice.choice((letter(who), picture(), pdf_of(f"Courrier {n}"), b"Bonjour\n" * n)))
        elif kind == 10:
            found.append(
                folder(
                    Entry(content=cda(who, analyses(c718_7=value), name=f"x{n}")),
                    Entry(uri="B.TXT", uuid="urn:uuid:2"),
                )
            )
        else:
            found.append(
                dice.choice(
                    (
                        BOMB,
                        b"<ClinicalDocument",
                        zipped({"../../a": b"x"}),
                        os.path.sep.encode() * n,
                        b"",
                        found[n // 2] if found else b"",
                    )
                )
            )
    return found


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The mail of one seed, in a folder."""
    place = tmp_path_factory.mktemp("courrier")
    for number, content in enumerate(mail(random.Random(SEED))):
        (place / f"{number:03}.bin").write_bytes(content)
    return place


class Import:
    """`lanterne import` of a folder into a practice, as a process of its own."""

    def __init__(self, practice: Practice, files: Path, place: Path) -> None:
        self.told, self.wrong = place / "told", place / "wrong"
        with self.told.open("wb") as out, self.wrong.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "lanterne", "import", "--json", "--create-patients", "--as", GARANCE, "--data",
                 str(practice.root), str(files)],
                stdin=subprocess.DEVNULL, stdout=out, stderr=errors, start_new_session=True,
                env={**os.environ, "LANTERNE_PASSPHRASE": phrase_of(GARANCE)},
            )  # fmt: skip

    def killed_within(self, seconds: float) -> bool:
        """Kill it after so long; False when it had come to its end."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(WAIT_S)
            return True
        return False

    def killed_once_said(self, lines: int) -> bool:
        """Kill it as soon as it has told of so many files; False when it had come to its end."""
        while self.told.read_bytes().count(b"\n") < lines:
            try:
                self._process.wait(0.005)
            except subprocess.TimeoutExpired:
                continue
            return False
        return self.killed_within(0)

    def finished(self) -> list[dict[str, Any]]:
        """What it told, once it ended by itself."""
        assert self._process.wait(600) == 0, self.wrong.read_text()
        return [json.loads(line) for line in self.told.read_text().splitlines()]

    def said(self) -> list[dict[str, Any]]:
        """What it told before it was killed."""
        whole = self.told.read_text().rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines()]


def checked(practice: Practice) -> dict[str, Any]:
    """What `lanterne check` finds."""
    done = subprocess.run(
        [sys.executable, "-m", "lanterne", "check", "--data", str(practice.root), "--as", GARANCE, "--json"],
        env={**os.environ, "LANTERNE_PASSPHRASE": phrase_of(GARANCE)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["faults"] == []
    return found


@pytest.fixture(scope="module")
def undisturbed(template: Practice, files: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, int]:
    """The content without a kill, and how many facts."""
    place = tmp_path_factory.mktemp("undisturbed")
    practice = template.copy(place / "practice")
    told = Import(practice, files, place).finished()
    assert len(told) == FILES
    words = {one["outcome"] for one in told}
    assert words == {"structured", "document", "duplicate", "to_attach", "quarantined"}
    found = checked(practice)
    assert len(Import(practice, files, place).finished()) == FILES
    again = checked(practice)
    assert (again["content"], again["facts"]) == (found["content"], found["facts"]), "twice is not once"
    return found["content"], int(found["facts"])


@pytest.mark.parametrize("number", range(IMPORTS))
def test_killed_again_and_again(
    number: int, undisturbed: tuple[Any, int], practice: Practice, files: Path, tmp_path: Path, evidence: Callable[..., None]
) -> None:  # fmt: skip
    print(f"LANTERNE_SEED={SEED}, import {number}")
    dice = random.Random(f"{SEED}/{number}")
    kills = 0
    promised: dict[str, str] = {}
    # The first is killed in the middle, whatever the machine; then whenever the dice say, each somewhat later than the
    # one before, since a start takes a while before it files anything.
    while True:
        running = Import(practice, files, tmp_path)
        if kills == 0:
            killed = running.killed_once_said(dice.randint(1, FILES // 2))
        else:
            killed = running.killed_within(dice.uniform(0.2, 3.5) + kills * 0.2)
        if not killed:
            break
        kills += 1
        for one in running.said():
            if one["document"]:
                promised[one["file"]] = one["document"]
    told = {one["file"]: one for one in running.finished()}
    found = checked(practice)
    content, facts = undisturbed
    evidence(
        "import-kills",
        seed=f"{SEED}/{number}",
        files=FILES,
        kills=kills,
        facts=int(found["facts"]),
        same=int(found["content"] == content),
    )
    assert (found["content"], found["facts"]) == (content, facts), f"seed {SEED}/{number}, {kills} kills"
    assert kills > 0
    # What was told before a kill was on the disk.
    held = practice.facts()
    assert [file for file, document in promised.items() if document not in held] == []
    assert len(told) == FILES
