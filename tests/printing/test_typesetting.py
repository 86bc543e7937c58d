"""The file itself: PDF/A-1a, French, its fonts inside, the same bytes again, and nothing written or fetched on the way."""

from __future__ import annotations

import datetime as dt
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typst

import lanterne.printing.typesetting as typesetting
from lanterne.printing.day_lists import print_day_list
from lanterne.printing.errors import SENTENCES, NotPrinted, sentence
from lanterne.printing.letters import print_certificate, print_letter
from lanterne.printing.papers import Appointment, Certificate, Column, DayList, Letter
from lanterne.printing.prescriptions import print_prescription
from tests.printing.made import (
    AMOXICILLIN,
    BAPTISTE,
    DAY,
    DRESSING,
    LEVOTHYROXINE,
    MOREL,
    MORPHINE,
    prescribed,
    reader,
)

LETTER = Letter(
    sender=MOREL,
    recipient=("Dr Petit",),
    made_on=DAY,
    subject="avis",
    body=("Cher confrère,",),
    patient=BAPTISTE,
)
CERTIFICATE = Certificate(
    sender=MOREL, patient=BAPTISTE, made_on=DAY, heading="Certificat", body=("Je certifie.",)
)
DAY_LIST = DayList(
    practice="Maison de santé des Tilleuls",
    day=DAY,
    columns=(
        Column(
            practitioner="Dr Garance Morel",
            appointments=(Appointment(at="09:15", minutes=15, name="BAPTISTE Jean"),),
        ),
    ),
)


def every_paper() -> dict[str, bytes]:
    whole = prescribed(AMOXICILLIN, LEVOTHYROXINE, MORPHINE, DRESSING, without_service=True)
    return {
        **{f"{paper.layout} {paper.subject}": paper.pdf for paper in print_prescription(whole)},
        "letter": print_letter(LETTER).pdf,
        "certificate": print_certificate(CERTIFICATE).pdf,
        "day list": print_day_list(DAY_LIST).pdf,
    }


PAPERS = every_paper()
each = pytest.mark.parametrize("name", sorted(PAPERS))


def test_every_kind_is_here() -> None:
    assert len(PAPERS) == 6


@each
def test_the_same_paper_is_the_same_bytes(name: str) -> None:
    assert every_paper()[name] == PAPERS[name]


@each
def test_it_says_it_is_pdf_a(name: str) -> None:
    catalog: Any = reader(PAPERS[name]).trailer["/Root"]
    metadata = catalog["/Metadata"].get_data().decode("utf-8")
    assert re.search(r"pdfaid:part(?:>|=\")1", metadata)
    assert re.search(r"pdfaid:conformance(?:>|=\")A", metadata)
    assert catalog["/OutputIntents"][0].get_object()["/S"] == "/GTS_PDFA1"
    assert bool(catalog["/MarkInfo"]["/Marked"])
    assert str(catalog["/Lang"]).startswith("fr")
    assert "/StructTreeRoot" in catalog


@each
def test_it_holds_nothing_that_acts(name: str) -> None:
    read = reader(PAPERS[name])
    catalog: Any = read.trailer["/Root"]
    assert not read.is_encrypted
    assert not {"/OpenAction", "/AA", "/AcroForm"} & set(catalog)
    assert "/JavaScript" not in str(catalog.get("/Names", ""))
    assert not [page for page in read.pages if page.get("/Annots") or page.get("/AA")]


@each
def test_it_keeps_to_the_old_profile(name: str) -> None:
    """What PDF/A-1 leaves out: transparency, files inside, and the versions after 1.4."""
    pdf = PAPERS[name]
    assert pdf.startswith(b"%PDF-1.4")
    read = reader(pdf)
    assert len(read.trailer["/ID"]) == 2  # type: ignore[arg-type]
    for number in range(1, int(read.trailer["/Size"])):  # type: ignore[call-overload]
        held = read.get_object(number)
        if isinstance(held, dict):
            assert not {"/SMask", "/EmbeddedFiles", "/EF", "/JS"} & set(held)
            assert held.get("/ca", 1) == 1
            assert held.get("/Type") not in ("/ObjStm", "/XRef")


@each
def test_every_font_is_inside_and_its_text_can_be_selected(name: str) -> None:
    for page in reader(PAPERS[name]).pages:
        fonts: Any = page["/Resources"]["/Font"]  # type: ignore[index]
        assert fonts
        for reference in fonts.values():
            font = reference.get_object()
            below = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(below)
            assert "Libertinus" in below["/FontName"]
            assert "/ToUnicode" in font


@each
def test_it_is_on_a4(name: str) -> None:
    for page in reader(PAPERS[name]).pages:
        assert [round(float(side) * 25.4 / 72) for side in page.mediabox[2:]] == [210, 297]


@each
def test_its_properties_name_nobody(name: str) -> None:
    read = reader(PAPERS[name])
    catalog: Any = read.trailer["/Root"]
    said = f"{read.metadata} {catalog['/Metadata'].get_data().decode('utf-8')}"
    assert read.metadata is not None
    assert read.metadata.title in {"Ordonnance", "Courrier", "Certificat", "Liste du jour"}
    for word in ("Baptiste", "BAPTISTE", "1952", "Amoxicilline", "Morel", "avis"):
        assert word not in said


@each
def test_its_date_is_its_own_day(name: str) -> None:
    metadata = reader(PAPERS[name]).metadata
    assert metadata is not None
    assert metadata.creation_date == dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


NO_FILE = """
import resource, signal, sys
sys.path.insert(0, sys.argv[1])
from tests.printing import test_typesetting as here
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
try:
    open("probe", "wb", buffering=0).write(b"x")
except OSError:
    pass
else:
    sys.exit("a file could be written: this test proves nothing")
made = here.every_paper()
assert made == here.PAPERS
print(len(made))
"""


@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no limit on the size of the files a process writes"
)
def test_not_one_byte_is_written_to_a_file(tmp_path: Path) -> None:
    """Beneath a limit of zero bytes a file, temporary or not; and the empty file it could make is looked for."""
    root = Path(__file__).parents[2]
    place = tmp_path / "temporary"
    place.mkdir()
    names = ("TMPDIR", "TEMP", "TMP", "HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")
    environment = {**os.environ, **dict.fromkeys(names, str(place)), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", NO_FILE, str(root)]
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (0, "6\n", "")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["probe", "temporary"]
    assert not (tmp_path / "probe").read_bytes()


def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    (tmp_path / "letter.typ").write_text(source, encoding="utf-8")
    monkeypatch.setattr(typesetting, "_TEMPLATES", tmp_path)


def test_a_template_reads_nothing_outside_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inside = tmp_path / "templates"
    inside.mkdir()
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    template(inside, monkeypatch, '#set text(lang: "fr")\n#read("../secret.txt")')
    with pytest.raises(NotPrinted):
        typesetting.typeset("letter", {}, day=DAY)


def test_templates_ask_for_no_package_and_hold_no_words() -> None:
    for path in typesetting._TEMPLATES.glob("*.typ"):
        code = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
        assert "@" not in code
        assert re.findall(r'#import "([^"]+)"', code) in ([], ["page.typ"])
        assert not re.search(r"\b(?:read|plugin|eval|image)\(", code)


def test_a_failure_says_nothing_of_what_was_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template(tmp_path, monkeypatch, "#panic(sys.inputs.data)")
    with pytest.raises(NotPrinted) as caught:
        typesetting.typeset("letter", {"name": "BAPTISTE"}, day=DAY)
    assert "BAPTISTE" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert "BAPTISTE" not in sentence(caught.value)


def test_a_panic_of_the_typesetter_is_a_failure_like_another(monkeypatch: pytest.MonkeyPatch) -> None:
    panic = type("PanicException", (BaseException,), {})

    class Compiler:
        def __init__(self, *args: object, **more: object) -> None:
            raise panic("BAPTISTE")

    monkeypatch.setattr(typst, "Compiler", Compiler)
    with pytest.raises(NotPrinted) as caught:
        typesetting.typeset("letter", {}, day=DAY)
    assert "BAPTISTE" not in str(caught.value)


def test_a_stop_asked_for_is_not_taken_for_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    class Compiler:
        def __init__(self, *args: object, **more: object) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr(typst, "Compiler", Compiler)
    with pytest.raises(KeyboardInterrupt):
        typesetting.typeset("letter", {}, day=DAY)


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_refusal_has_a_sentence(code: str) -> None:
    words = dict.fromkeys(re.findall(r"\{(\w+)\}", SENTENCES[code]), 3)
    assert sentence(NotPrinted(code, **words)).endswith(".")
