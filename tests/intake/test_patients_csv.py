"""Inès Caron brings the patients of the old software: what its tables look like, and what is never
guessed."""

from __future__ import annotations

from datetime import date

import pytest

from lanterne.intake.columns import map_columns, simplified
from lanterne.intake.patients_csv import LineRefused, PatientLine, columns_of, patients
from lanterne.intake.sheets import LONGEST_FIELD, SheetUnreadable, read_table

TODAY = date(2026, 11, 22)


def lines(text: str | bytes) -> list[PatientLine | LineRefused]:
    sheet = read_table(text.encode() if isinstance(text, str) else text)
    return list(patients(sheet, columns_of(sheet), today=TODAY))


def one(text: str | bytes) -> PatientLine:
    (line,) = lines(text)
    assert isinstance(line, PatientLine), line
    return line


def codes(line: PatientLine) -> list[str]:
    return [note.code for note in line.notes]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_however_it_was_saved(encoding: str, delimiter: str) -> None:
    table = "Nom;Prénom;Né(e) le\r\nLefèvre;Zoé;3/4/1952\r\n".replace(";", delimiter)
    identity = one(table.encode(encoding)).identity
    assert (identity.birth_name, identity.first_given, identity.birth_date) == (
        "Lefèvre",
        "Zoé",
        "1952-04-03",
    )


def test_bytes_of_no_encoding_are_still_read() -> None:
    assert one(b"Nom;Pr\xe9nom;Divers\nLef\xe8vre;Zo\xe9;\x81\n").identity.birth_name == "Lefèvre"


@pytest.mark.parametrize(
    ("header", "birth_name", "used_name"),
    [
        ("Nom;Prénom", "A", ""),
        ("Nom;Nom de naissance;Prénom", "B", "A"),
        ("Nom;Nom d'usage;Prénom", "A", "B"),
        ("Nom marital;Nom de jeune fille;Prénom", "B", "A"),
        ("NOM D’USAGE;NOM NAISS.;PRENOM", "B", "A"),
        ("Nom usuel;Prénom(s)", "A", ""),
    ],
)
def test_which_name_is_which(header: str, birth_name: str, used_name: str) -> None:
    cells = {2: "A;Zoé", 3: "A;B;Zoé"}[header.count(";") + 1]
    identity = one(f"{header}\n{cells}\n").identity
    assert (identity.birth_name, identity.used_name) == (birth_name, used_name)


def test_a_used_name_left_blank_is_no_birth_name_lost() -> None:
    table = "Nom;Nom de naissance;Prénom\nGarnier;;Nadia\n"
    identity = one(table).identity
    assert (identity.birth_name, identity.used_name) == ("Garnier", "")


@pytest.mark.parametrize(
    "title", ["Né(e) le", "NÉ.E LE", "né_le", "Date  de naissance :", "DDN", "Date naiss."]
)
def test_birth_dates_by_any_name(title: str) -> None:
    assert map_columns([title]).places == {"birth_date": 0}, simplified(title)


@pytest.mark.parametrize(
    ("column", "typed", "sex"),
    [
        ("Sexe", "F", "female"),
        ("Sexe", "H", "male"),
        ("Sexe", "2", "female"),
        ("Civilité", "Mme", "female"),
        ("Civilité", "M.", "male"),
        ("Civ", "Melle", "female"),
        ("Civilité", "Dr", "unknown"),
        ("Civilité", "Enfant", "unknown"),
    ],
)
def test_sex(column: str, typed: str, sex: str) -> None:
    assert one(f"Nom;Prénom;{column}\nMartin;Camille;{typed}\n").identity.sex == sex


def test_a_date_with_its_hour_and_a_date_that_is_none() -> None:
    assert one("Nom;Prénom;Né le\nMartin;Paul;1952-04-03 00:00:00\n").identity.birth_date == "1952-04-03"
    assert one("Nom;Prénom;Né le\nMartin;Paul;00/00/0000\n").identity.birth_date == ""


def test_a_number_is_taken_only_when_it_is_surely_this_persons() -> None:
    table = "Nom;Prénom;Sexe;Né le;N° SS;Clé\n{}\n"
    mine = one(table.format("Pat-Trois;Dominique;F;21/03/1979;2790351215189;89"))
    assert mine.identity.ins is not None
    assert mine.identity.ins.matricule == "279035121518989"
    assert mine.identity.status == "provisional"
    spaced = one("Nom;Prénom;Sexe;Né le;INS\nPat-Trois;Dominique;F;21/03/1979;2 79 03 51 215 189 89\n")
    assert spaced.identity.ins == mine.identity.ins
    parent = one(table.format("Pat-Trois;Zoé;F;1/1/2020;2790351215189;89"))
    assert parent.identity.ins is None
    assert codes(parent) == ["csv_number_other"]
    wrong = one(table.format("Pat-Trois;Dominique;F;21/03/1979;2790351215189;88"))
    assert wrong.identity.ins is None
    assert codes(wrong) == ["csv_number_key"]


def test_what_cannot_be_reached_is_said_and_costs_nothing() -> None:
    line = one(
        "Nom;Prénom;Portable;Mail;CP;Tél\nMartin;Paul;inconnu;pas de mail;9876543;06 39 98 12 34 / 03 53 01 00 10\n"
    )
    assert codes(line) == ["phone_unreadable", "email_shape", "postcode_shape"]
    assert line.contacts is not None
    assert [(phone.use, phone.number) for phone in line.contacts.phones] == [
        ("mobile", "06 39 98 12 34"),
        ("home", "03 53 01 00 10"),
    ]


def test_a_postcode_a_spreadsheet_shortened() -> None:
    contacts = one("Nom;Prénom;CP;Ville\nMartin;Paul;1000;Bourg-en-Bresse\n").contacts
    assert contacts is not None
    assert contacts.postcode == "01000"


def test_lines_keep_the_numbers_an_editor_shows() -> None:
    table = 'Nom;Prénom;Adresse\nMartin;Paul;"3 rue\ndes Lilas"\n\n;Zoé;\nDurand;;x\nPetit;Luc;y;z\n'
    found = lines(table)
    assert isinstance(found[0], PatientLine)
    assert [(line.number, getattr(line, "refusal", None) and line.refusal.code) for line in found[1:]] == [  # type: ignore[union-attr]
        (5, "birth_name_missing"),
        (6, "first_given_missing"),
        (7, "csv_extra_cells"),
    ]


def test_columns_not_understood_are_named() -> None:
    mapping = map_columns(["Nom", "Prénom", "N° dossier", "Groupe sanguin", "Prénom"])
    assert mapping.unknown == ("N° dossier", "Groupe sanguin")
    assert mapping.twice == ("Prénom",)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "csv.empty"),
        (b"\n\n", "csv.empty"),
        (b"%PDF-1.7\x00\x01\x02", "csv.binary"),
        (b"\xef\xbb\xbf\xff\xff", "csv.binary"),
        (b"bonjour\n", "csv.no_header"),
        (b"Ville;CP\nLyon;69001\n", "csv.columns_missing"),
        ('Nom;Prénom\n"Martin;Paul\n'.encode(), "csv.broken"),
        (f"Nom;Prénom\n{'x' * (LONGEST_FIELD + 1)};Paul\n".encode(), "csv.broken"),
    ],
)
def test_what_is_no_table_of_patients_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(SheetUnreadable) as caught:
        lines(content)
    assert caught.value.code == code


def test_given_names_listed() -> None:
    listed = one("Nom;Prénoms\nMartin;Marie, Louise Jeanne\n").identity
    assert (listed.first_given, listed.given_names) == ("Marie", ["Marie", "Louise", "Jeanne"])
    others = one("Nom;Prénom;Autres prénoms\nMartin;Marie;Louise Jeanne\n").identity
    assert others.given_names == ["Marie", "Louise", "Jeanne"]
    compound = one("Nom;Prénom;Prénoms\nMartin;Marie Laure;Marie Laure Jeanne\n").identity
    assert (compound.first_given, compound.given_names) == ("Marie Laure", ["Marie", "Laure", "Jeanne"])
