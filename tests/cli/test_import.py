"""`lanterne import`: a dry run first, errors by line, nothing twice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from lanterne.cli.main import main
from lanterne.intake import registering
from lanterne.practice.batching import record_many
from tests.cli.conftest import GARANCE, INES, Ended

Run = Callable[..., Ended]
TABLE = """Nom;Prénom;Né(e) le;Sexe;Portable;Ville;Médecin traitant
Baptiste;Jean;3/4/1952;M;06 39 98 12 34;Lilas;Dr Morel
Diallo;Awa;31/02/1980;F;;;
Caron;Inès;12/5/1990;F;xx;;
Baptiste;Jean;03.04.1952;M;;;
"""


def given(tmp_path: Path, table: str = TABLE) -> str:
    path = tmp_path / "patients.csv"
    path.write_text(table, "utf-8")
    return str(path)


def brought(
    lanterne: Run, practice: Path, *words: str, secret: str = GARANCE, who: str = "garance"
) -> tuple[int, Any]:
    ended = lanterne("import", "--json", "--as", who, *words, data=practice, secret=secret)
    return ended.code, orjson.loads(ended.out)


def facts(lanterne: Run, practice: Path) -> int:
    return int(lanterne("check", "--json", "--as", "garance", data=practice, secret=GARANCE).json["facts"])


def test_a_dry_run_writes_nothing_and_says_what_it_would(
    lanterne: Run, practice: Path, tmp_path: Path
) -> None:
    before = facts(lanterne, practice)
    code, told = brought(lanterne, practice, given(tmp_path), "--dry-run")
    assert code == 1
    assert (told["outcome"], told["facts"]) == ("dry_run", 4)
    assert told["rows"] == {"read": 4, "registered": 2, "already": 0, "refused": 2}
    assert [(one["line"], one["code"]) for one in told["errors"]] == [
        (3, "birth_date_impossible"),
        (5, "csv_same_identity"),
    ]
    assert [(one["line"], one["code"]) for one in told["notes"]] == [(4, "phone_unreadable")]
    assert facts(lanterne, practice) == before


def test_what_the_dry_run_says_is_what_is_done_and_twice_is_once(
    lanterne: Run, practice: Path, tmp_path: Path
) -> None:
    path = given(tmp_path)
    before = facts(lanterne, practice)
    _, dry = brought(lanterne, practice, path, "--dry-run")
    _, done = brought(lanterne, practice, path)
    assert (done["outcome"], done["facts"], done["rows"]) == ("imported", dry["facts"], dry["rows"])
    assert facts(lanterne, practice) == before + done["facts"]
    _, again = brought(lanterne, practice, path, "--apply")
    assert (again["outcome"], again["facts"], again["rows"]["already"]) == ("nothing_new", 0, 3)
    assert facts(lanterne, practice) == before + done["facts"]


def test_the_secretary_may_do_it(lanterne: Run, practice: Path, tmp_path: Path) -> None:
    _, done = brought(lanterne, practice, given(tmp_path), "--apply", secret=INES, who="ines")
    assert done["rows"]["registered"] == 2


def test_one_json_object_a_line_and_a_bad_file_costs_the_others_nothing(
    lanterne: Run, practice: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "letter.pdf"
    bad.write_bytes(b"%PDF-1.7\x00\x00")
    good = given(tmp_path, "Nom;Prénom\nRoche;Paul\n")
    ended = lanterne(
        "import", "--json", "--as", "garance", "--apply", str(bad), good, data=practice, secret=GARANCE
    )
    first, second = map(orjson.loads, ended.out.splitlines())
    assert ended.code == 1
    assert (first["file"], first["outcome"], first["code"]) == (str(bad), "refused", "csv.binary")
    assert (second["outcome"], second["rows"]["registered"]) == ("imported", 1)
    assert {"file", "outcome", "patient", "facts", "why"} <= set(first)


def test_a_name_corrected_since_is_not_registered_again(
    lanterne: Run, practice: Path, tmp_path: Path
) -> None:
    from lanterne.cli import access
    from lanterne.practice.patients.commands import CorrectIdentity
    from lanterne.practice.patients.facts import PatientIdentified
    from lanterne.practice.record import Record
    from lanterne.practice.recording import record as write

    path = given(tmp_path, "Nom;Prénom;Né le\nBatiste;Jean;3/4/1952\n")
    brought(lanterne, practice, path, "--apply")
    record = Record(practice, *access.unlock(practice, access.choose_seat(practice, "garance").seat, GARANCE))
    row = (
        record.connection()
        .execute(
            "SELECT s.id, f.id FROM fact f JOIN kind k ON k.no = f.kind JOIN subject s ON s.no = f.subject"
            " WHERE k.name = 'patient.identified'"
        )
        .fetchone()
    )
    patient, fact = (bytes(value).hex() for value in row)
    identity = PatientIdentified(birth_name="Baptiste", first_given="Jean", birth_date="1952-04-03")
    write(record, CorrectIdentity(patient, fact, identity))  # type: ignore[arg-type]
    record.close()
    _, again = brought(lanterne, practice, path, "--apply")
    assert again["rows"] == {"read": 1, "registered": 0, "already": 1, "refused": 0}


def test_stopped_in_the_middle_it_goes_on(
    lanterne: Run, practice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = "Nom;Prénom;Né le\n" + "".join(f"Martin;P{chr(97 + i)};1/1/{1950 + i}\n" for i in range(10))
    path = given(tmp_path, table)
    monkeypatch.setattr(registering, "BATCH", 4)
    calls = iter(range(100))

    def stop_at_the_third(*args: Any) -> Any:
        if next(calls) == 2:
            raise KeyboardInterrupt
        return record_many(*args)

    before = facts(lanterne, practice)
    monkeypatch.setattr(registering, "record_many", stop_at_the_third)
    ended = lanterne("import", "--as", "garance", "--apply", path, data=practice, secret=GARANCE)
    assert ended.code == 130
    assert facts(lanterne, practice) == before + 8
    _, rest = brought(lanterne, practice, path, "--apply")
    assert rest["rows"] == {"read": 10, "registered": 2, "already": 8, "refused": 0}


def test_a_file_that_is_not_there(lanterne: Run, practice: Path) -> None:
    assert lanterne("import", "--as", "garance", "/nowhere.csv", data=practice, secret=GARANCE).code == 2


def test_main_is_what_the_command_runs() -> None:
    with pytest.raises(SystemExit) as ended:
        main(["import", "--help"])
    assert ended.value.code == 0
