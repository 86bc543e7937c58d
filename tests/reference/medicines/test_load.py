"""Loading: what is kept, what is put aside and said, what is refused; hostile files; what is carried over."""

from __future__ import annotations

import gzip
import io
import zlib
from datetime import date
from pathlib import Path

import pytest

from lanterne.reference.medicines import edition, editions, opened
from lanterne.reference.medicines.load import Incomplete, NothingThere, load, month_named
from lanterne.reference.medicines.published import limited_to_days
from lanterne.reference.medicines.reading import Bounds, decoded
from lanterne.reference.medicines.report import FILES, WHY, Loaded
from tests.reference.medicines import made
from tests.reference.medicines.conftest import TODAY


def kinds(told: Loaded) -> dict[str, list[str]]:
    """Why lines were put aside, by kind of file."""
    return {file.kind: [one.why for one in file.asides] for file in told.files if file.aside_count}


def loaded(root: Path, *, bounds: Bounds | None = None, dated: date | None = None) -> Loaded:
    """Load `root/files` into `root/data`."""
    return load(root / "files", root / "data", today=TODAY, bounds=bounds, dated=dated)


def test_the_report_says_what_was_read(tmp_path: Path) -> None:
    made.published(tmp_path / "files")
    told = loaded(tmp_path)
    assert {file.kind for file in told.files} == set(FILES)
    assert kinds(told) == {}
    assert told.absent == []
    packs = next(file for file in told.files if file.kind == "packs")
    assert "utf-8" in packs.encodings
    assert packs.line_ends == {"lf": 11}
    assert [(one.file, one.count, one.examples) for one in told.dangling] == [
        ("generics", 1, (made.UNKNOWN,)),
        ("supply", 1, (made.UNKNOWN,)),
    ]
    assert (told.dated, told.dated_by) == (date(2026, 5, 18), "supply")
    assert {part.kind: part.dated for part in told.parts} == {
        "medicines": date(2026, 5, 18),
        "interactions": date(2016, 8, 1),
        "classes": date(2019, 9, 1),
        "diagnoses": None,
    }
    assert told.unlisted == ["pamplemousse (jus et fruit)"]
    assert told.plain()["dated"] == "2026-05-18"


def test_what_is_deduced_of_each_medicine(small: Path) -> None:
    base = opened(small)
    medicine = base.medicine(made.AUGMENTIN)
    assert medicine is not None
    assert (medicine.brand, medicine.strength, medicine.substance) == (
        "AUGMENTIN",
        "1 g/125 mg",
        "amoxicilline et acide clavulanique",
    )
    assert [one.strength for one in medicine.ingredients] == ["1 g", "125 mg"]
    assert medicine.packs[0].cip13 == f"34009{made.AUGMENTIN}"
    assert str(medicine.packs[0].price_eur) == "2.50"
    amoxicillin = base.medicine(made.AMOXICILLINE)
    assert amoxicillin is not None
    assert (amoxicillin.substances, amoxicillin.atc, amoxicillin.list) == (("amoxicilline",), "J01CA04", "I")
    gel = base.medicine(made.KETUM)
    assert gel is not None
    assert (gel.strength, gel.routes) == ("2,5 %", ("cutanée",))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("actiskenan", {"narcotic", "list-1", "duration"}),
        ("tramadol", {"secured", "list-1", "duration"}),
        ("hopital exemple", {"hospital"}),
        ("vieuxnom", {"withdrawn", "not-marketed"}),
        ("ketum", {"list-2"}),
        ("doliprane", set()),
    ],
)
def test_a_line_shows_what_must_be_seen(small: Path, typed: str, expected: set[str]) -> None:
    hit = opened(small).search(typed)[0]
    assert {note.kind for note in hit.notes} == expected


@pytest.mark.parametrize(
    ("conditions", "days"),
    [
        (("liste I", "prescription limitée à 4 semaines"), 28),
        (("prescription limitée à 6 mois",), 180),
        (("prescription limitée à 7 jours", "prescription limitée à 4 semaines"), 7),
        (("prescription limitée à 7 jours ou 28 jours",), None),
        ((), None),
    ],
)
def test_the_legal_length_of_a_prescription(conditions: tuple[str, ...], days: int | None) -> None:
    assert limited_to_days(conditions) == days


def test_the_length_reaches_the_substance(small: Path) -> None:
    morphine, paracetamol = (opened(small).substance(name) for name in ("morphine", "paracétamol"))
    assert morphine is not None
    assert morphine.max_days == 28
    assert paracetamol is not None
    assert paracetamol.max_days is None


def test_a_shortage_of_some_says_how_many_and_since_when(small: Path) -> None:
    hit = opened(small).search("ramipril 5")[0]
    note = next(note for note in hit.notes if note.kind == "shortage")
    assert (note.text, note.dated) == ("1 sur 2", date(2026, 4, 14))
    assert hit.form == "comprimé"
    assert hit.codes_in_all == 2


def test_what_was_given_back_is_kept_in_the_medicine_alone(small: Path) -> None:
    base = opened(small)
    medicine = base.medicine(made.KETUM)
    assert medicine is not None
    assert "back" in [note.kind for note in medicine.notes]
    assert "back" not in [note.kind for note in base.search("ketum")[0].notes]


def test_levels_that_depend_on_a_condition_are_marked(small: Path) -> None:
    found = opened(small).interactions("ramipril", "spironolactone").found
    assert [(one.level, one.conditional) for one in found] == [("discouraged", True)]
    assert "hors hypokaliemie" in found[0].advice


def test_a_class_without_members_is_named(small: Path) -> None:
    answer = opened(small).interactions("simvastatine", "paracétamol")
    assert answer.checked
    assert answer.found == ()
    assert answer.unlisted == ("pamplemousse (jus et fruit)",)


def test_members_listed_beside_a_class_count(small: Path) -> None:
    found = opened(small).interactions("warfarine", "ramipril").found
    assert [one.level for one in found] == ["precaution"]


# ------------------------------------------------------------------ damaged and hostile


def test_lines_that_are_not_lines_are_put_aside_with_their_number(tmp_path: Path) -> None:
    files = made.published(tmp_path / "files")
    made.add(files / "CIS_bdpm.txt", b"60000099\tCOURT\r\n" + b"not a code" + b"\tx" * 11 + b"\r\n")
    made.add(files / "CIS_bdpm.txt", (files / "CIS_bdpm.txt").read_bytes().splitlines(keepends=True)[0])
    made.add(files / "CIS_COMPO_bdpm.txt", b"60000001\tx\tx\t\t\t\tSA\t1\r\n")
    made.add(files / "CIS_CPD_bdpm.txt", b"60000001\tliste\0 II\r\n60000001\t" + b"z" * 7000 + b"\r\n")
    made.add(files / "CIS_CIP_Dispo_Spec.txt", b"60000001\t\t9\tInconnu\t14/04/2026\t18/05/2026\t\t\r\n")
    made.add(files / "thesaurusAout2016.csv", b"A\tB\tsans niveau\t\t\t\t\t\t\n")
    made.add(files / "index_substances092019.csv", b'"unclosed\t"x\n')
    told = loaded(tmp_path)
    assert kinds(told) == {
        "medicines": ["too_few_columns", "not_a_code", "twice"],
        "composition": ["not_a_substance"],
        "conditions": ["nul_byte", "cell_too_long"],
        "supply": ["unknown_state"],
        "thesaurus": ["no_level"],
    }
    aside = next(file for file in told.files if file.kind == "medicines").asides
    assert [one.line for one in aside] == [12, 13, 14]
    assert {why for several in kinds(told).values() for why in several} <= set(WHY)
    assert opened(tmp_path / "data").search("amox 1g")[0].substance == "amoxicilline"


def test_one_wrong_byte_spoils_one_line(tmp_path: Path) -> None:
    files = made.published(tmp_path / "files")
    packs = files / "CIS_CIP_bdpm.txt"
    lines = packs.read_bytes().splitlines(keepends=True)
    lines[1] = lines[1].replace("comprimé".encode(), "comprimé".encode("cp1252"))
    packs.write_bytes(b"".join(lines))
    told = loaded(tmp_path)
    read = next(file for file in told.files if file.kind == "packs")
    assert read.encodings == {"utf-8": 10, "cp1252": 1}
    base = opened(tmp_path / "data")
    for code in (made.AMOXICILLINE, made.DOLIPRANE, made.ACTISKENAN):
        medicine = base.medicine(code)
        assert medicine is not None
        assert medicine.packs[0].label == "plaquette(s) de 8 comprimé(s)"


def test_bytes_no_encoding_knows_do_not_stop_a_line() -> None:
    text, encoding = decoded(b"compr\xe9 \x81\x8d")
    assert (text, encoding) == ("compré \ufffd\ufffd", "cp1252")
    assert decoded("œuf – ’".encode())[0] == "œuf – ’"


def test_a_line_without_end_is_passed_over(tmp_path: Path) -> None:
    files = made.published(tmp_path / "files")
    whole = (files / "CIS_CPD_bdpm.txt").read_bytes()
    (files / "CIS_CPD_bdpm.txt").write_bytes(
        whole + b"60000001\t" + b"x" * 300_000 + b"\r\n60000002\tliste II\r\n"
    )
    told = loaded(tmp_path)
    assert kinds(told) == {"conditions": ["line_too_long"]}
    medicine = opened(tmp_path / "data").medicine(made.DOLIPRANE)
    assert medicine is not None
    assert medicine.list == "II", "the line after the long one was lost"


def test_sizes_are_bounded(tmp_path: Path) -> None:
    files = made.published(tmp_path / "files")
    (files / "enorme.txt").write_bytes(b"60000001\tliste I\r\n" * 20_000)
    told = loaded(tmp_path, bounds=Bounds(file_bytes=100_000, total_bytes=10_000_000))
    assert [(one.name, one.why) for one in told.left_alone] == [("enorme.txt", "too_large")]


def test_a_gzip_bomb_is_cut_short(tmp_path: Path) -> None:
    files = made.published(tmp_path / "files", besides=("thesaurus", "index"))
    (files / "codes.csv.gz").write_bytes(gzip.compress(b"code,long\n" + b"I10,Hypertension\n" * 200_000))
    told = loaded(tmp_path, bounds=Bounds(file_bytes=100_000))
    bomb = next(file for file in told.files if file.kind == "diagnoses")
    assert bomb.cut == "file_too_long"
    assert bomb.lines < 10_000


def test_a_cut_gzip_keeps_what_was_whole(tmp_path: Path) -> None:
    files = made.published(tmp_path / "files", besides=())
    packed = gzip.compress(b"code,long\n" + b"".join(b"A%02d,Titre %d\n" % (n % 100, n) for n in range(100)))
    (files / "codes.csv.gz").write_bytes(packed[: len(packed) * 2 // 3])
    told = loaded(tmp_path)
    cut = next(file for file in told.files if file.kind == "diagnoses")
    assert cut.cut == "damaged"
    assert 0 < cut.kept < 100


def test_what_is_not_known_is_left_alone_and_said(tmp_path: Path) -> None:
    files = made.published(tmp_path / "files")
    (files / "lisez-moi.pdf").write_bytes(b"%PDF-1.7\n" + bytes(range(256)) * 20)
    (files / "vide.txt").write_bytes(b"")
    (files / "page.html").write_text("<html>Le site est en maintenance</html>")
    (files / "sub").mkdir()
    (files / "sub" / "CIS_bdpm.txt").write_bytes((files / "CIS_bdpm.txt").read_bytes())
    told = loaded(tmp_path)
    assert {(one.name, one.why) for one in told.left_alone} == {
        ("lisez-moi.pdf", "unknown"),
        ("page.html", "unknown"),
        ("vide.txt", "unknown"),
        ("sub/CIS_bdpm.txt", "second"),
    }


def test_links_are_not_followed(tmp_path: Path) -> None:
    files = made.published(tmp_path / "files", besides=())
    outside = tmp_path / "outside.csv"
    outside.write_text("code,long\nI10,Hypertension\n")
    try:
        (files / "linked.csv").symlink_to(outside)
    except OSError:
        pytest.skip("this system makes no symbolic links")
    assert "diagnoses" not in {file.kind for file in loaded(tmp_path).files}


@pytest.mark.parametrize(
    "name", ["CIS_CPD_bdpm.txt", "CIS_COMPO_bdpm.txt", "CIS_bdpm.txt", "CIS_CIP_bdpm.txt"]
)
def test_no_edition_without_what_an_ordonnance_needs(tmp_path: Path, name: str) -> None:
    """Without the conditions of prescription, a stupéfiant would look like any other medicine."""
    files = made.published(tmp_path / "files")
    (files / name).unlink()
    with pytest.raises(Incomplete) as refused:
        loaded(tmp_path)
    assert len(refused.value.absent) == 1
    assert editions.present(tmp_path / "data") == []


def test_nor_with_one_of_them_cut(tmp_path: Path) -> None:
    files = made.published(tmp_path / "files")
    packed = gzip.compress((files / "CIS_CPD_bdpm.txt").read_bytes(), compresslevel=0)
    (files / "CIS_CPD_bdpm.txt").write_bytes(packed[:-40])
    with pytest.raises(Incomplete) as refused:
        loaded(tmp_path)
    assert refused.value.absent == ["conditions"]


def test_other_absent_files_are_said(tmp_path: Path) -> None:
    files = made.published(tmp_path / "files")
    (files / "CIS_MITM.txt").unlink()
    assert loaded(tmp_path).absent == ["interest"]


def test_a_folder_of_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "x.txt").write_text("bonjour")
    with pytest.raises(NothingThere):
        loaded(tmp_path)
    assert not (tmp_path / "data").exists()


def test_a_stream_that_lies_about_its_length(tmp_path: Path) -> None:
    """A gzip whose trailer is wrong is damaged, not an edition."""
    files = made.published(tmp_path / "files", besides=())
    buffer = io.BytesIO()
    body = zlib.compressobj(wbits=-15)
    buffer.write(
        b"\x1f\x8b\x08\0\0\0\0\0\0\x03"
        + body.compress(b"code,long\nI10,Hypertension\n")
        + body.flush()
        + b"\0" * 8
    )
    (files / "codes.csv.gz").write_bytes(buffer.getvalue())
    told = loaded(tmp_path)
    assert next(file for file in told.files if file.kind == "diagnoses").cut == "damaged"


# ------------------------------------------------------------------ editions


def test_editions_stay_side_by_side_and_each_answers_for_its_day(tmp_path: Path) -> None:
    files = made.published(tmp_path / "files")
    loaded(tmp_path, dated=date(2026, 3, 1))
    text = (files / "CIS_CPD_bdpm.txt").read_bytes()
    (files / "CIS_CPD_bdpm.txt").write_bytes(text + f"{made.DOLIPRANE}\tliste II\r\n".encode())
    loaded(tmp_path, dated=date(2026, 6, 1))
    data = tmp_path / "data"
    assert [one.dated for one in editions.present(data)] == [date(2026, 6, 1), date(2026, 3, 1)]

    def listed(day: date | None) -> str:
        medicine = edition(data, day).medicine(made.DOLIPRANE)
        return medicine.list if medicine is not None else "none"

    assert listed(None) == listed(date(2026, 6, 1)) == listed(date(2026, 12, 31)) == "II"
    assert listed(date(2026, 5, 31)) == listed(date(2026, 3, 1)) == ""
    assert edition(data, date(2026, 2, 28)).edition.starter, "what was known before the first edition"


def test_the_same_day_again_replaces(tmp_path: Path) -> None:
    files = made.published(tmp_path / "files")
    first = loaded(tmp_path)
    base = opened(tmp_path / "data")
    text = (files / "CIS_CPD_bdpm.txt").read_bytes()
    (files / "CIS_CPD_bdpm.txt").write_bytes(text + f"{made.DOLIPRANE}\tliste II\r\n".encode())
    again = loaded(tmp_path)
    assert (first.replaced, again.replaced) == (False, True)
    assert len(editions.present(tmp_path / "data")) == 1
    medicine = opened(tmp_path / "data").medicine(made.DOLIPRANE)
    assert medicine is not None
    assert medicine.list == "II"
    before = base.medicine(made.DOLIPRANE)
    assert before is not None
    assert before.list == "", "who had it open goes on with what was there"


def test_what_a_folder_does_not_bring_is_carried_over(tmp_path: Path) -> None:
    made.published(tmp_path / "files", besides=("thesaurus", "index", "diagnoses"))
    loaded(tmp_path, dated=date(2026, 3, 1))
    data = tmp_path / "data"
    told = load(made.published(tmp_path / "later", besides=()), data, today=TODAY)
    assert set(told.carried) == {"classes", "diagnoses", "interactions"}
    base = opened(data)
    assert base.edition.dated == date(2026, 5, 18)
    assert base.interactions("ibuprofène", "warfarine").found
    assert [one.code for one in base.diagnoses("hypertension")] == ["I10"]
    part = base.edition.part("interactions")
    assert part is not None
    assert part.dated == date(2016, 8, 1)


def test_interactions_alone_keep_the_index_and_the_medicines(tmp_path: Path) -> None:
    made.published(tmp_path / "files")
    loaded(tmp_path, dated=date(2026, 3, 1))
    data = tmp_path / "data"
    told = load(made.beside(tmp_path / "later", ("thesaurus",)), data, today=TODAY)
    assert (told.dated, told.dated_by) == (TODAY, "today")
    assert set(told.carried) == {"diagnoses", "medicines"}
    base = opened(data)
    assert base.interactions("ibuprofène", "warfarine").found
    assert base.interactions("ibuprofène", "warfarine").checked
    assert base.search("doliprane")[0].substance == "paracétamol"


def test_interactions_without_any_public_base_leave_the_starter_medicines_marked(tmp_path: Path) -> None:
    load(made.beside(tmp_path / "files", ("thesaurus", "index")), tmp_path / "data", today=TODAY)
    base = opened(tmp_path / "data")
    assert not base.edition.starter
    part = base.edition.part("medicines")
    assert part is not None
    assert part.origin == "starter"
    assert "starter" in [note.kind for note in base.search("doliprane")[0].notes]
    told = load(made.published(tmp_path / "later", besides=()), tmp_path / "data", today=TODAY)
    assert "medicines" not in told.carried


@pytest.mark.parametrize(
    ("name", "month"),
    [
        ("thesaurusAout2016.csv", date(2016, 8, 1)),
        ("thesaurus_décembre_2025.csv", date(2025, 12, 1)),
        ("index_substances092019.csv", date(2019, 9, 1)),
        ("index.csv", None),
        ("cim10_2024.csv", None),
    ],
)
def test_a_name_may_tell_its_month(name: str, month: date | None) -> None:
    assert month_named(name) == month


def test_an_association_has_one_name_in_whatever_order_it_is_published(tmp_path: Path) -> None:
    files = made.published(tmp_path / "files")
    for code, order in (("60000020", (1, 2)), ("60000021", (2, 1))):
        made.add(
            files / "CIS_bdpm.txt",
            f"{code}\tDUO{code} 5 mg/5 mg, gélule\tgélule\torale\tAutorisation active\tP\tCommercialisée\t01/02/2003\t\t\t X\tNon\r\n".encode(
                "cp1252"
            ),
        )
        for name, link in zip(("UNESUBSTANCE", "AUTRESUBSTANCE"), order, strict=True):
            line = f"{code}\tgélule\t0000{link}\t{name}\t5 mg\tune gélule\tSA\t{link}\t\r\n"
            made.add(files / "CIS_COMPO_bdpm.txt", line.encode("cp1252"))
    loaded(tmp_path)
    base = opened(tmp_path / "data")
    found = [base.medicine(code) for code in ("60000020", "60000021")]
    assert len({one.substance for one in found if one is not None}) == 1
    hit = base.search("unesubstance")[0]
    assert hit.codes_in_all == 2


def test_folders_with_odd_names(tmp_path: Path) -> None:
    """What an address would read otherwise: spaces, accents, a question mark, a hash, a percent sign."""
    data = tmp_path / "Données du cabinet #1 50%20"
    load(made.published(tmp_path / "files"), data, today=TODAY, dated=date(2026, 3, 1))
    load(made.beside(tmp_path / "later", ("index",)), data, today=TODAY)
    assert opened(data).search("doliprane")[0].substance == "paracétamol"
