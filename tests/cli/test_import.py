"""`lanterne import`: any file ends in one of five words; of a table a dry run first, errors by line; nothing twice."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from lanterne.cli.main import main
from lanterne.intake import registering
from lanterne.practice.batching import record_many
from tests.cli.conftest import GARANCE, INES, Ended
from tests.intake.filing.made import JEAN, ZOE, analyses, cda, hprim, problems
from tests.intake.plain.test_plain import pdf_of

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
    assert (done["outcome"], done["facts"], done["rows"]) == ("structured", dry["facts"], dry["rows"])
    assert facts(lanterne, practice) == before + done["facts"]
    _, again = brought(lanterne, practice, path, "--apply")
    assert (again["outcome"], again["facts"], again["rows"]["already"]) == ("duplicate", 0, 3)
    assert facts(lanterne, practice) == before + done["facts"]


def test_the_secretary_may_do_it(lanterne: Run, practice: Path, tmp_path: Path) -> None:
    _, done = brought(lanterne, practice, given(tmp_path), "--apply", secret=INES, who="ines")
    assert done["rows"]["registered"] == 2


def lines(ended: Ended) -> list[Any]:
    return [orjson.loads(line) for line in ended.out.splitlines()]


def told(*found: Any) -> list[tuple[str, str]]:
    return [(one["outcome"], one["code"]) for one in found]


@pytest.fixture
def mail(tmp_path: Path) -> Path:
    """A folder as a practice's computer has one: a table, documents, what systems leave, what is hidden."""
    folder = tmp_path / "courrier"
    (folder / "labo" / ".corbeille").mkdir(parents=True)
    given(folder, "Nom;Prénom;Né le;Sexe\nBaptiste;Jean;3/4/1952;M\n")
    files = {
        "labo/jean.hpr": hprim(JEAN, ("Hémoglobine", "13,3", "g/dl")),
        "labo/zoe.hpr": hprim(ZOE, ("Hémoglobine", "12,1", "g/dl")),
        "z.xml": cda(JEAN, analyses(c718_7="13.3"), problems("I10")),
        "labo/casse.xml": b"<?xml version='1.0'?><ClinicalDocument xmlns='urn:hl7-org:v3'><id",
        "lettre.pdf": pdf_of("Bonjour"),
        "labo/Thumbs.db": b"x",
        "labo/.corbeille/a.hpr": hprim(JEAN, ("Glycémie", "5", "g/l")),
        ".cache": b"x",
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def test_a_folder_is_walked_and_every_file_ends_in_one_word(
    lanterne: Run, practice: Path, mail: Path
) -> None:
    before = facts(lanterne, practice)
    ended = lanterne("import", "--json", "--as", "garance", str(mail), data=practice, secret=GARANCE)
    assert ended.code == 0, ended.err
    found = {Path(one["file"]).name: one for one in lines(ended)}
    assert {name: (one["outcome"], one["facts"]) for name, one in found.items()} == {
        "patients.csv": ("structured", 1),
        "jean.hpr": ("structured", 1),
        "zoe.hpr": ("to_attach", 0),
        "casse.xml": ("quarantined", 0),
        "lettre.pdf": ("to_attach", 0),
        "z.xml": ("structured", 2),
    }
    keys = {
        "file",
        "outcome",
        "patient",
        "facts",
        "why",
        "code",
        "created",
        "not_kept",
        "document",
        "arrival",
        "remarks",
    }
    assert keys == found["z.xml"].keys()
    assert found["z.xml"]["patient"] == found["jean.hpr"]["patient"] != found["zoe.hpr"]["patient"] is None
    assert all(one["why"].endswith(".") for name, one in found.items() if name != "patients.csv")
    after = facts(lanterne, practice)
    assert after > before
    again = lanterne("import", "--json", "--as", "garance", str(mail), data=practice, secret=GARANCE)
    assert again.code == 0
    assert {one["outcome"] for one in lines(again)} == {"duplicate", "quarantined"}
    assert facts(lanterne, practice) == after


def test_patients_are_created_when_told(lanterne: Run, practice: Path, mail: Path) -> None:
    file = str(mail / "labo" / "zoe.hpr")
    code, asked = brought(lanterne, practice, file)
    assert (code, asked["outcome"], asked["created"]) == (0, "to_attach", 0)
    code, done = brought(lanterne, practice, "--create-patients", file)
    assert (code, done["outcome"], done["created"], done["facts"]) == (0, "structured", 1, 1)
    assert brought(lanterne, practice, "--create-patients", file)[1]["outcome"] == "duplicate"


def test_an_archive_waits_for_nobody(lanterne: Run, practice: Path, mail: Path) -> None:
    table, file = str(mail / "patients.csv"), str(mail / "labo" / "jean.hpr")
    lanterne("import", "--as", "garance", "--archive", "--apply", table, file, data=practice, secret=GARANCE)
    listed = lanterne("check", "--json", "--as", "garance", data=practice, secret=GARANCE).json
    assert listed["faults"] == []
    from lanterne.cli import access
    from lanterne.practice.arrivals.queries import count
    from lanterne.practice.record import Record

    record = Record(practice, *access.unlock(practice, access.choose_seat(practice, "garance").seat, GARANCE))
    assert count(record.connection()) == 0
    record.close()


def test_a_dry_run_of_documents(lanterne: Run, practice: Path, mail: Path) -> None:
    before = facts(lanterne, practice)
    ended = lanterne(
        "import", "--json", "--as", "garance", "--dry-run", str(mail), data=practice, secret=GARANCE
    )
    assert ended.code == 0
    assert {one["outcome"] for one in lines(ended)} == {"dry_run"}
    read = {Path(one["file"]).name: (one["code"], one["facts"]) for one in lines(ended) if "rows" not in one}
    assert read == {
        "jean.hpr": ("read", 1),
        "zoe.hpr": ("read", 1),
        "z.xml": ("read", 2),
        "lettre.pdf": ("read", 0),
        "casse.xml": ("xml_broken", 0),
    }
    assert facts(lanterne, practice) == before


def test_what_a_person_reads(lanterne: Run, practice: Path, mail: Path) -> None:
    ended = lanterne("import", "--as", "garance", str(mail), data=practice, secret=GARANCE)
    assert "à rattacher" in ended.out
    assert "mis de côté" in ended.out
    assert "6 fichiers" in ended.err


def test_a_bad_file_costs_the_others_nothing(lanterne: Run, practice: Path, tmp_path: Path) -> None:
    bad = tmp_path / "letter.pdf"
    bad.write_bytes(b"%PDF-1.7\x00\x00")
    good = given(tmp_path, "Nom;Prénom\nRoche;Paul\n")
    ended = lanterne(
        "import", "--json", "--as", "garance", "--apply", str(bad), good, data=practice, secret=GARANCE
    )
    table, document = lines(ended)  # tables first: they register those whom documents are about
    assert ended.code == 0
    assert (table["outcome"], table["rows"]["registered"]) == ("structured", 1)
    assert (document["file"], document["outcome"]) == (str(bad), "to_attach")


def test_lines_refused_in_a_table_end_with_1(lanterne: Run, practice: Path, mail: Path) -> None:
    given(mail)
    ended = lanterne("import", "--json", "--as", "garance", str(mail), data=practice, secret=GARANCE)
    assert ended.code == 1


def test_names_no_text_can_hold(lanterne: Run, practice: Path, tmp_path: Path) -> None:
    """A name left by a system that wrote latin-1."""
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/r\xe9sultat.hpr")).write_bytes(
            hprim(ZOE, ("Hb", "1", "g/l"))
        )
    except OSError:
        pytest.skip("this file system takes names of text only")
    for words in (("--json",), (), ("--dry-run",)):
        ended = lanterne("import", "--as", "garance", *words, str(tmp_path), data=practice, secret=GARANCE)
        assert ended.code == 0, ended.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_what_is_no_file_is_said(lanterne: Run, practice: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "tuyau")
    code, told_ = brought(lanterne, practice, str(tmp_path / "tuyau"))
    assert (code, *told(told_)) == (0, ("quarantined", "file_not_opened"))


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="whoever is root opens every folder"
)
def test_a_folder_that_does_not_open_is_said(lanterne: Run, practice: Path, tmp_path: Path) -> None:
    closed = tmp_path / "a" / "closed"
    closed.mkdir(parents=True)
    closed.chmod(0)
    _, told_ = brought(lanterne, practice, str(tmp_path / "a"))
    closed.chmod(0o700)
    assert told(told_) == [("quarantined", "file_not_opened")]


def test_the_secretary_files_too(lanterne: Run, practice: Path, mail: Path) -> None:
    words = ("import", "--json", "--as", "ines", "--apply", str(mail))
    ended = lanterne(*words, data=practice, secret=INES)
    found = {Path(one["file"]).name: one for one in lines(ended)}
    assert (found["z.xml"]["outcome"], found["z.xml"]["code"], found["z.xml"]["facts"]) == (
        "document",
        "needs_care_giver",
        0,
    )


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
