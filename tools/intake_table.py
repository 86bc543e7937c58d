"""Write docs/intake.md: what is read of each format, and what becomes of each public sample, as the readers say.

    python tools/intake_table.py            writes docs/intake.md from ../shared/samples
    python tools/intake_table.py --print    prints it

Law: nothing in the table is typed by hand. Of the samples it gives names of files, kinds and numbers, and the
readers' own sentences without what they quote of the content; never a value.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lanterne.intake import detect
from lanterne.intake.reading import Document, Limits, ReadIdentity, Unreadable
from lanterne.intake.sentences import sentence

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT.parent / "shared" / "samples"
TARGET = ROOT / "docs" / "intake.md"
FOLDERS = ("cda", "hprim", "hl7v2", "fhir")

OPENING = """\
# What is read of a document

Made by `tools/intake_table.py` from the public samples; a test fails when it differs from what the readers do. A reader
is a pure function from bytes to `lanterne.intake.reading.Document`; `lanterne.intake.detect` chooses it by the bytes,
never by the name, and `lanterne.intake.sandbox` runs it in a process of its own, within
`lanterne.intake.reading.Limits`. What is refused is refused with a sentence of `lanterne.intake.sentences`.

## By format

**CDA R2, structured.** Follows HL7 CDA R2 (ISO/HL7 27932); CI-SIS VSM, IPS-FR, CR-BIO, TROD, VAC, eP-MED-DM, LDL and
the child's certificates; IHE PCC, IHE PaLM (XD-LAB), IHE PHARM; HL7 IPS.
- Structured: the header (kind, date, author, set and version, what it replaces, identity); problems and past
  illnesses, acts, devices, allergies, adverse reactions, family, habits, exposures, autonomy, pregnancies, measures,
  treatments (proposals unless the document is a synthesis), vaccinations done and not done, laboratory results with
  panel, sample, method, range, flag, germ and antibiogram; sections said empty.
- Readable: the narrative, cleaned, always. As text, with a sentence: what is planned, denied by name, cancelled,
  about somebody else, a former result recalled, a section the chart has no room for. A `nullFlavor` is as good as
  absent.

**CDA R2, unstructured.** Follows HL7 CDA R2 (nonXMLBody), CI-SIS level 1. Structured: the header. Readable: the PDF,
image, text or RTF inside.

**CNAM reimbursement history.** Follows CI-SIS HR 2021.01. Structured: medicines, vaccines and CCAM acts, all as
proposals (a payment does not say that a thing was done). Readable: consultations, laboratory work, devices, stays.

**HPRIM médecin.** Follows H.PR.I.M. Médecins 3.0 (1997), and what laboratories write: 12 or 13 header lines, any line
ends, four charsets, missing end marks, two-digit years, dotted thousands. Structured: RES rows as results. Readable:
the whole text; rows without value are counted and named.

**HPRIM santé.** Follows H.PR.I.M. santé 2.1 (H, P, OBR, OBX, C, A, L). Structured: OBX results, by patient. Readable:
the text; segments not understood and files announced but not enclosed are named.

**HL7 v2.** Follows HL7 v2.5 (ORU, MDM), IHE PAM France, CI-SIS “transmission d’un document CDA-R2 en HL7 v2” 2.1.
Structured: discrete OBX as results; the CDA, FHIR or XDM inside by its own reader; initial, replacement, deletion.
Readable: flags of routing, texts, files enclosed.

**FHIR R4.** Follows HL7 FHIR 4.0.1 in JSON, XML or NDJSON, and HL7 IPS; a document per patient. Structured: problems,
allergies, medicines, vaccinations, acts, observations (results, measures, habits) with their reports, family,
encounters, files. Readable: every other resource, by type and number; what is in error, cancelled, planned or not R4.

**IHE XDM and other zips.** Follows IHE ITI TF-1 16 and TF-2 3.32. Structured: a document for each DocumentEntry, by
the reader of what it is, with the metadata of its envelope. Readable: files not described, files whose hash or size
differs; an archive inside the archive is kept, not opened.

**CSV of results.** Structured: a result a line, when the header names a test and a value. Readable: lines without
value (counted), columns not understood (named).

**PDF, image, text, RTF, HTML, office files, DICOM.** Structured: nothing; kind, title and date are suggested from the
text. Readable: all of it, or kept to be saved and opened elsewhere (office files, DICOM).

## The public samples

Counted by the readers; `tools/count_entries.py` counts CDA entries again without them
(`tests/intake/cda/test_counts.py`). A part is a document inside the file. The five strict traits are birth name, first
given name, birth date, sex and birth place.

"""

_AFTER = "dit absent|absence partielle|concerne une autre personne|sans valeur|n’est pas dans le message"
# What a sentence quotes of the content: "(dit absent : …)", "sans valeur : ….".
QUOTED = re.compile(rf"({_AFTER})[ \u00a0]: [^)]*?(?=\)|\.$)")
STRICT = {
    "birth_name": "birth name", "first_given": "first given name", "birth_date": "birth date", "sex": "sex",
    "birth_place_code": "birth place",
}  # fmt: skip
OTHERS = {
    "given_names": "all given names", "used_name": "used name", "local_ids": "local ids", "phones": "phones",
    "address": "address", "postcode": "postcode", "city": "city",
}  # fmt: skip


def general(said: str) -> str:
    """A reader's sentence without what it quotes of the content."""
    return QUOTED.sub(r"\1", said)


def identity(found: ReadIdentity | None) -> str:
    """Which traits there are, never their values; and whether the key of the matricule is right."""
    if found is None:
        return "none"
    missing = [word for name, word in STRICT.items() if getattr(found, name) in ("", "unknown")]
    traits = [f"strict traits but {', '.join(missing)}" if missing else "5 strict traits"]
    if found.matricule:
        traits.append("matricule, key right" if found.key_agrees else "matricule, **key wrong**")
    return ", ".join([*traits, *(word for name, word in OTHERS.items() if getattr(found, name))])


def stated(document: Document) -> str:
    """How many statements of each kind, proposals among them."""
    counts = Counter(one.body.KIND.removesuffix(".recorded") for one in document.statements)
    said = [f"{number} {kind}" for kind, number in sorted(counts.items())]
    proposals = sum(one.proposal for one in document.statements)
    said += [f"of which {proposals} proposed"] if proposals else []
    said += [f"none known: {', '.join(document.negations)}"] if document.negations else []
    return "; ".join(said) or "–"


def attached(document: Document) -> str:
    """The files inside, by media type."""
    counts = Counter(one.media_type for one in document.attached)
    return ", ".join(f"{number} {name}" for name, number in sorted(counts.items())) or "–"


def rows(document: Document, name: str, level: int = 0) -> Iterator[str]:
    """A row of the table for a document, then for each part."""
    act = "" if document.act == "initial" else f", {document.act}"
    unread = "<br>".join(general(said).replace("|", "\\|") for said in document.unread) or "–"
    if document.narrative or document.text:
        unread = f"readable whole.<br>{unread}" if document.unread else "readable whole."
    cells = (
        name, f"{document.format}: {document.kind}{act}", identity(document.identity), stated(document),
        attached(document), unread,
    )  # fmt: skip
    yield f"| {' | '.join(cells)} |"
    for number, part in enumerate(document.parts, 1):
        yield from rows(part, f"{'– ' * (level + 1)}part {number}", level + 1)


def table() -> Iterator[str]:
    """The samples, folder by folder."""
    for folder in FOLDERS:
        yield f"### {folder}"
        yield ""
        yield "| file | format: kind | identity: traits found | structured | files inside | stayed text, and why |"
        yield "|---|---|---|---|---|---|"
        for path in sorted((SAMPLES / folder).iterdir()):
            try:
                document = detect.read(path.read_bytes(), Limits(), path.name)
            except Unreadable as error:
                yield f"| {path.name} | refused | – | – | – | {sentence(error)} |"
                continue
            yield from rows(document, path.name)
        yield ""


def written() -> str:
    """The whole document."""
    return OPENING + "\n".join(table()).rstrip() + "\n"


if __name__ == "__main__":
    if "--print" in sys.argv[1:]:
        sys.stdout.write(written())
    else:
        TARGET.write_text(written(), encoding="utf-8")
