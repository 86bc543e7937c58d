"""The laboratory of the town writes to Dr Morel: HPRIM médecin as it really comes. All contents here are made up."""

from __future__ import annotations

import pytest

from lanterne.intake.hprim.reader import read
from lanterne.intake.reading import Document, Limits, Unreadable
from lanterne.practice.results.facts import ResultRecorded
from lanterne.practice.results.rules import check

HEADER = (
    "4512\nBAPTISTE\nJEAN\n3 RUE DES LILAS\n\n35000 RENNES\n28/03/1979\n179035121518912\nD20240312\n12/03/2024\n"
    "LAB35 Laboratoire de la Ville\nMOREL Garance\n"
)
ROWS = (
    "****LAB****\n"
    "TEX|                    HEMATOLOGIE\n"
    "TEX|Hémoglobine          13,3 g/dl    12,5 à 15,5\n"
    "RES|Hémoglobine|HB|N|13,3|g/dl|12,5|15,5|N|F\n"
    "TEX|Antériorité 10/01/2023 : 14,1 g/dl\n"
    "TEX|Leucocytes            2.920 /mm3\n"
    "RES|Leucocytes|GB|N|2.920|/mm3|4.000|10.000|L|F\n"
    "TEX\n"
    "TEX|                    BIOCHIMIE\n"
    "TEX|CRP   < 0,12\n"
    "RES|CRP|CRP|A|< 0,12 mg/l|||||F\n"
    "RES|Aspect du sérum|ASP|A|Limpide||||N|F\n"
)
END = "****FIN****\n****FINFICHIER****\n"


def one(text: str, encoding: str = "cp1252") -> Document:
    document = read(text.encode(encoding), Limits())
    assert not document.parts
    return document


def bodies(document: Document) -> list[ResultRecorded]:
    found = [statement.body for statement in document.statements]
    assert all(isinstance(body, ResultRecorded) for body in found)
    return found  # type: ignore[return-value]


def res(row: str) -> ResultRecorded:
    (body,) = bodies(one(f"{HEADER}texte\n****LAB****\n{row}\n{END}"))
    return body


def test_a_whole_message() -> None:
    document = one(HEADER + "Bonjour\n" + ROWS + END)
    assert document.format == "hprim"
    assert document.kind == "lab-report"
    assert document.at == "2024-03-12"
    assert document.author.organisation == "Laboratoire de la Ville"
    identity = document.identity
    assert identity is not None
    assert (identity.birth_name, identity.first_given, identity.birth_date) == (
        "BAPTISTE",
        "JEAN",
        "1979-03-28",
    )
    assert (identity.postcode, identity.city, identity.address) == ("35000", "RENNES", "3 RUE DES LILAS")
    assert ("labo:Laboratoire de la Ville", "4512") in identity.local_ids
    haemoglobin, leucocytes, crp, aspect = bodies(document)
    assert (haemoglobin.value, haemoglobin.unit, haemoglobin.low, haemoglobin.high) == (
        "13.3",
        "g/dl",
        "12.5",
        "15.5",
    )
    assert (haemoglobin.local_code, haemoglobin.code, haemoglobin.panel) == ("HB", "", "HEMATOLOGIE")
    assert (leucocytes.value, leucocytes.low, leucocytes.high, leucocytes.flag) == (
        "2920",
        "4000",
        "10000",
        "L",
    )
    assert (crp.comparator, crp.value, crp.unit, crp.panel) == ("<", "0.12", "mg/l", "BIOCHIMIE")
    assert (aspect.value, aspect.laboratory) == ("Limpide", "Laboratoire de la Ville")
    assert [statement.at for statement in document.statements] == ["2024-03-12"] * 4


def test_what_is_read_passes_the_rules_of_results() -> None:
    for body in bodies(one(HEADER + ROWS + END)):
        check(body, "1979-03-28", 1_760_000_000_000)


def test_text_after_a_result_comments_it() -> None:
    haemoglobin, leucocytes, *_ = bodies(one(HEADER + ROWS + END))
    assert haemoglobin.comment == "Antériorité 10/01/2023 : 14,1 g/dl"
    assert leucocytes.comment == ""


def test_a_short_name_does_not_take_a_comment_away() -> None:
    rows = "RES|Sodium|NA|N|143|mEq/l|||N|F\nTEX|Contrôlé, sans risque\nRES|K|K|N|4,1|mEq/l|||N|F\n"
    sodium, potassium = bodies(one(f"{HEADER}****LAB****\n{rows}{END}"))
    assert (sodium.comment, potassium.comment) == ("Contrôlé, sans risque", "")


def test_the_text_is_whole() -> None:
    document = one(HEADER + "Cher confrère,\n" + ROWS + END + "après la fin\n")
    for said in (
        "Cher confrère,",
        "HEMATOLOGIE",
        "Antériorité 10/01/2023 : 14,1 g/dl",
        "Limpide",
        "après la fin",
    ):
        assert said in document.text


def test_a_text_said_twice_is_shown_once() -> None:
    free = (
        "".join(line[4:] + "\n" for line in ROWS.splitlines() if line.startswith("TEX|"))
        + "Aspect du sérum : Limpide\n"
    )
    text = one(HEADER + free + ROWS + END).text
    assert text.count("Antériorité") == 1


@pytest.mark.parametrize("ends", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1", "mac_roman", "cp850"]
)
def test_line_ends_and_encodings(ends: str, encoding: str) -> None:
    document = one((HEADER + ROWS + END).replace("\n", ends), encoding)
    assert [body.label for body in bodies(document)] == [
        "Hémoglobine",
        "Leucocytes",
        "CRP",
        "Aspect du sérum",
    ]


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(HEADER, id="12 lines"),
        pytest.param(HEADER + "\n", id="13 lines, the last empty"),
        pytest.param("\n\n" + HEADER, id="blank lines before"),
        pytest.param(HEADER.replace("4512\n", "\n", 1), id="no id"),
        pytest.param(
            HEADER.replace("179035121518912\n", "1790351215189\n12\n"), id="13 lines, the key apart"
        ),
        pytest.param(
            HEADER.replace("\n\n35000", "\nBAT B\nRESIDENCE DU PARC\n35000"), id="13 lines, three of address"
        ),
        pytest.param(HEADER.replace("\n\n35000", "\n35000"), id="11 lines, one of address"),
        pytest.param(HEADER.replace("179035121518912", "1 79 03 51 215 189 12"), id="number with spaces"),
        pytest.param(HEADER.replace("179035121518912", ""), id="no number"),
        pytest.param(
            HEADER.replace("28/03/1979", "28/03/79").replace("12/03/2024", "12/03/24"), id="two-digit years"
        ),
    ],
)
def test_headers_as_they_come(header: str) -> None:
    document = one(header + ROWS + END)
    identity = document.identity
    assert identity is not None
    assert (identity.birth_name, identity.first_given, identity.birth_date) == (
        "BAPTISTE",
        "JEAN",
        "1979-03-28",
    )
    assert (identity.postcode, identity.city) == ("35000", "RENNES")
    assert document.at == "2024-03-12"
    assert document.author.organisation == "Laboratoire de la Ville"
    assert len(document.statements) == 4
    if "215" in header:
        assert identity.matricule == "179035121518912"


def key_of(first: str) -> str:
    return f"{97 - int(first) % 97:02}"


def test_a_right_key_is_the_patients_own() -> None:
    number = "1790351215189" + key_of("1790351215189")
    document = one(HEADER.replace("179035121518912", number) + ROWS + END)
    assert document.identity is not None
    assert (document.identity.matricule, document.identity.key_agrees) == (number, True)


def test_a_wrong_key_is_flagged_and_the_message_read() -> None:
    first = "1790351215189"
    wrong = first + f"{int(key_of(first)) % 97 + 1:02}"
    document = one(HEADER.replace("179035121518912", wrong) + ROWS + END)
    assert document.identity is not None
    assert document.identity.matricule == wrong
    assert not document.identity.key_agrees
    assert any("clé" in said for said in document.unread)
    assert len(document.statements) == 4


def test_a_parents_number_is_never_the_childs() -> None:
    number = "1790351215189" + key_of("1790351215189")
    child = HEADER.replace("179035121518912", number).replace("28/03/1979", "05/09/2017")
    document = one(child + ROWS + END)
    assert document.identity is not None
    assert document.identity.matricule == ""
    assert ("nir-assure", number) in document.identity.local_ids


def test_a_number_without_key_is_not_completed() -> None:
    document = one(HEADER.replace("179035121518912", "1790351215189") + ROWS + END)
    assert document.identity is not None
    assert document.identity.matricule == ""
    assert ("nir-incomplet", "1790351215189") in document.identity.local_ids


def test_maiden_name_and_civility() -> None:
    identity = one(HEADER.replace("BAPTISTE", "MME DURAND NEE BAPTISTE") + ROWS + END).identity
    assert identity is not None
    assert (identity.birth_name, identity.used_name, identity.sex) == ("BAPTISTE", "DURAND", "female")


def test_a_year_of_two_digits_that_may_be_a_century_earlier_is_said() -> None:
    document = one(HEADER.replace("28/03/1979", "28/03/20") + ROWS + END)
    assert document.identity is not None
    assert document.identity.birth_date == "2020-03-28"
    assert any("deux chiffres" in said for said in document.unread)


def test_a_birth_date_that_is_none_is_said_not_guessed() -> None:
    document = one(HEADER.replace("28/03/1979", "31/02/1979") + ROWS + END)
    assert document.identity is not None
    assert document.identity.birth_date == ""
    assert any("illisible" in said for said in document.unread)


def test_several_patients_in_one_file() -> None:
    other = HEADER.replace("BAPTISTE", "CARON").replace("4512", "")
    document = read((HEADER + ROWS + "****FIN****\n" + other + ROWS + END).encode(), Limits())
    assert [part.identity and part.identity.birth_name for part in document.parts] == ["BAPTISTE", "CARON"]
    assert [len(part.statements) for part in document.parts] == [4, 4]
    assert document.identity is None
    assert document.statements == ()


def test_several_patients_without_marks_between() -> None:
    other = HEADER.replace("BAPTISTE", "CARON")
    document = read((HEADER + ROWS + other + ROWS + END).encode(), Limits())
    assert [part.identity and part.identity.birth_name for part in document.parts] == ["BAPTISTE", "CARON"]
    assert any("fin manque" in said for said in document.parts[0].unread)


@pytest.mark.parametrize("id_line", ["4513\n", "\n"])
def test_rows_never_join_the_message_before(id_line: str) -> None:
    """A letter without its end mark, then another patient's results."""
    other = HEADER.replace("BAPTISTE", "CARON").replace("4512\n", id_line, 1)
    document = read((HEADER + "Cher confrère,\nTout va bien.\n" + other + ROWS + END).encode(), Limits())
    letter, results = document.parts
    assert letter.statements == ()
    assert results.identity is not None
    assert results.identity.birth_name == "CARON"
    assert len(results.statements) == 4


@pytest.mark.parametrize("end", ["", "****FIN", "****FIN****\n", "****FINFICHIER****"])
def test_missing_and_cut_end_marks(end: str) -> None:
    document = one(HEADER + ROWS + end)
    assert len(document.statements) == 4
    assert any("fin manque" in said for said in document.unread) == (end == "")


def test_rows_without_their_mark() -> None:
    document = one(HEADER + ROWS.replace("****LAB****\n", "") + END)
    assert len(document.statements) == 4


def test_marks_with_blanks_and_few_stars() -> None:
    assert (
        len(one(HEADER + ROWS.replace("****LAB****", "  *** lab ***  ") + " ****FIN****\n").statements) == 4
    )


def test_a_message_without_header_is_read_and_belongs_to_nobody() -> None:
    document = one(ROWS + END)
    assert document.identity is None
    assert len(document.statements) == 4
    assert any("en-tête" in said for said in document.unread)


def test_a_letter_by_hprim_is_a_letter() -> None:
    document = one(HEADER + "Cher confrère,\nJ'ai vu votre patient.\nBien confraternellement\n" + END)
    assert document.kind == "letter"
    assert document.statements == ()
    assert "J'ai vu votre patient." in document.text
    assert any("pas de partie structurée" in said for said in document.unread)


def test_a_table_of_bacteriology_stays_text() -> None:
    table = "TEX|ANTIBIOGRAMME\nTEX|Amoxicilline      R\nTEX|Ofloxacine        S\n"
    document = one(f"{HEADER}****LAB****\n{table}{END}")
    assert document.kind == "lab-report"
    assert "Amoxicilline      R" in document.text
    assert document.statements == ()
    assert any("se lit en texte" in said for said in document.unread)


def test_the_same_test_in_a_second_unit() -> None:
    first, second = bodies(
        one(f"{HEADER}****LAB****\nRES|Créatinine|CR|N|8,3|mg/l|6|11|N|F|73,5|umol/l|53|97\n{END}")
    )
    assert (first.value, first.unit, first.high) == ("8.3", "mg/l", "11")
    assert (second.value, second.unit, second.low, second.label) == ("73.5", "umol/l", "53", "Créatinine")


@pytest.mark.parametrize(
    ("written", "flag"),
    [
        ("N", "N"),
        ("L", "L"),
        ("H", "H"),
        ("LL", "LL"),
        ("HH", "HH"),
        ("+", "H"),
        ("-", "L"),
        ("++", "HH"),
        ("*", "A"),
        ("", ""),
    ],
)
def test_flags(written: str, flag: str) -> None:
    assert res(f"RES|Sodium|NA|N|143|mEq/l|132|146|{written}|F").flag == flag


def test_a_flag_nobody_knows_is_kept_in_words() -> None:
    body = res("RES|Sodium|NA|N|143|mEq/l|132|146|ZZ|F")
    assert body.flag == ""
    assert "ZZ" in body.comment


@pytest.mark.parametrize(
    ("written", "status"),
    [("F", "final"), ("", "final"), ("R", "preliminary"), ("P", "preliminary"), ("C", "corrected")],
)
def test_states(written: str, status: str) -> None:
    assert res(f"RES|Sodium|NA|N|143|mEq/l|132|146|N|{written}").status == status


def test_a_number_beyond_a_bound() -> None:
    body = res("RES|HIV|HIV|N|>1000|copies/ml||20|H|F")
    assert (body.comparator, body.value, body.high) == (">", "1000", "20")


@pytest.mark.parametrize(
    "words",
    [
        "10^5 UFC/ml",
        "3+",
        "++",
        "1/80",
        "12/03/2024",
        "10 - 15",
        "120 000 UFC/ml E. coli",
        "Négatif (0,2)",
        "5 10^9/L",
    ],
)
def test_what_is_more_than_a_number_stays_words(words: str) -> None:
    body = res(f"RES|Numération|NUM|A|{words}|||||F")
    assert (body.value, body.comparator, body.unit, body.flag) == (words, "", "", "")


def test_a_range_in_words_is_kept_in_the_comment() -> None:
    body = res("RES|HCG|HCG|N|12|UI/l|selon|terme|N|F")
    assert (body.low, body.high) == ("", "")
    assert "selon à terme" in body.comment


def test_a_star_in_the_value_is_a_flag() -> None:
    body = res("RES|Potassium|K|N|5,0 *|mEq/l|3,5|4,8||F")
    assert (body.value, body.flag) == ("5.0", "A")


def test_a_doubtful_thousand_is_said() -> None:
    document = one(f"{HEADER}****LAB****\nRES|Ferritine|FER|N|1.250|ng/ml|||H|F\n{END}")
    assert bodies(document)[0].value == "1.250"
    assert any("séparer les milliers" in said for said in document.unread)


def test_the_other_rows_say_what_a_dot_means() -> None:
    rows = "RES|Ferritine|FER|N|1.250|ng/ml|||H|F\nRES|Urée|U|N|0,25|g/l|||N|F\n"
    assert bodies(one(f"{HEADER}****LAB****\n{rows}{END}"))[0].value == "1250"


def test_a_row_without_value_is_said() -> None:
    document = one(f"{HEADER}****LAB****\nRES|Sodium|NA|N||mEq/l|132|146||F\nRES||IGE|A\n{END}")
    assert document.statements == ()
    assert any("2 lignes de résultat sans valeur : Sodium, IGE." in said for said in document.unread)


def test_a_row_without_name_takes_its_code() -> None:
    assert res("RES||NA|N|143|mEq/l|132|146|N|F").label == "NA"


def test_the_date_of_the_sample_in_the_text() -> None:
    document = one(HEADER + "Prélèvement du 11/03/2024 à 08h15\n" + ROWS + END)
    assert document.at == "2024-03-11T08:15"
    assert document.statements[0].at == "2024-03-11T08:15"


def test_an_old_sample_in_the_text_is_not_this_one() -> None:
    assert one(HEADER + "Prélèvement du 11/03/2019 : 14 g/dl\n" + ROWS + END).at == "2024-03-12"


def test_centred_capitals_and_spread_letters_are_chapters() -> None:
    rows = "TEX|             M A R Q U E U R S  -  V I T A M I N E S\nRES|ACE|ACE|N|1,9|ng/ml||5,1|N|F\n"
    assert bodies(one(f"{HEADER}****LAB****\n{rows}{END}"))[0].panel == "MARQUEURS - VITAMINES"


def test_no_identifier_is_made_up() -> None:
    document = one(HEADER + ROWS + END)
    assert (document.identifier, document.set_id, document.act) == ("", "", "initial")


def test_keys_are_the_same_at_a_second_reading() -> None:
    content = (HEADER + ROWS + END).encode()
    assert [s.key for s in read(content, Limits()).statements] == [
        s.key for s in read(content, Limits()).statements
    ]
    assert len({s.key for s in read(content, Limits()).statements}) == 4


def test_limits() -> None:
    content = (HEADER + ROWS + END).encode()
    for limits, code in (
        (Limits(file_bytes=10), "file_too_large"),
        (Limits(text_characters=10), "text_too_long"),
        (Limits(elements=5), "too_many_elements"),
    ):
        with pytest.raises(Unreadable) as caught:
            read(content, limits)
        assert caught.value.code == code
    many = (HEADER + ROWS + "****FIN****\n").encode() * 3
    with pytest.raises(Unreadable) as caught:
        read(many, Limits(entries=2))
    assert caught.value.code == "too_many_parts"
