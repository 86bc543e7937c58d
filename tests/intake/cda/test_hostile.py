"""Hostile and broken documents: refused with a sentence, or read within their bounds; never anything else."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from lxml import etree

from lanterne.intake import xml
from lanterne.intake.cda import SENTENCES, read
from lanterne.intake.reading import Document, Limits, Unreadable
from tests.intake.cda.writing import (
    ICD10,
    PCC,
    cd,
    comment,
    document,
    laboratory,
    medicine,
    problem,
    reading,
    result,
    section,
)

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples" / "cda"
# Mutations of each document; LANTERNE_MUTATIONS makes it a night's work.
MUTATIONS = int(os.environ.get("LANTERNE_MUTATIONS", "40"))

OURS = [
    document(
        section(
            "11450-4",
            problem(cd("value", "I10", ICD10, "Hypertension"), inside=comment("suivi")),
            text="<table><tr><td>a</td></tr></table>",
        ),
        section(
            "10160-0", medicine(cd("code", "1", "1.2", "PLAVIX"), inside='<doseQuantity value="1" unit="g"/>')
        ),
        section("11369-6", medicine(cd("code", "1", "1.2", "REVAXIS"), template=f"{PCC}.4.12")),
    ),
    document(
        section("18719-5", laboratory(result("1-1", '<value xsi:type="PQ" value="7" unit="g/L"/>'))),
        code="11502-2",
    ),
    document(
        body='<nonXMLBody><text representation="B64" compression="ZL" mediaType="text/rtf">eJwDAAAAAAE=</text></nonXMLBody>'
    ),
]
# Bytes that mean something to a parser, or that files of the field go wrong by.
SPICE = [b"<", b">", b"&", b'"', b"]]>", b"<!--", b"<!DOCTYPE a>", b"<![CDATA[", b"\x00", b"\xff", b"\xc3", b"\xe2\x80\x99", b"&#0;",
         b"nullFlavor=\"NI\"", b"9" * 400, b"-", b"xmlns=\"\"", b"<section>", b"</section>", b"1e999", b"NaN", b"\xed\xa0\x80", b"%s{}"]  # fmt: skip


def _tried(content: bytes, limits: Limits) -> Document | None:
    """The document, or None when it is refused as it must be."""
    try:
        return read(content, limits)
    except Unreadable as refusal:
        sentences = {**xml.SENTENCES, **SENTENCES}
        assert refusal.code in sentences
        assert sentences[refusal.code] % refusal.params
        return None


def _mutated(content: bytes, dice: random.Random) -> bytes:
    data = bytearray(content)
    for _ in range(dice.randint(1, 8)):
        place = dice.randrange(len(data))
        turn = dice.randrange(8)
        if turn == 0:
            data[place] = dice.randrange(256)
        elif turn == 1:
            data[place:place] = dice.choice(SPICE)
        elif turn == 2:
            del data[place : place + dice.randint(1, 300)]
        elif turn == 3:
            data[place:place] = data[place : place + dice.randint(1, 2_000)]
        elif turn == 4 and dice.random() < 0.2:
            del data[place:]
        elif turn == 5:
            # A value for another: codes, dates and numbers out of their place.
            data[place : place + 4] = dice.choice([b"0000", b"true", b"    ", b"2.16", b'="" '])
        elif turn == 6:
            start = data.find(b'value="', place)
            if start >= 0:
                end = data.find(b'"', start + 7)
                data[start + 7 : end] = dice.choice(
                    [b"", b"-1", b"99999999999999999999", b"20239999", b"1e9", b"0", b"NaN", b"#"]
                )
        else:
            start = data.find(b"<", place)
            end = data.find(b">", start)
            if start >= 0 and end >= 0:
                del data[start : end + 1]
        if not data:
            return b"<"
    return bytes(data)


def _sources() -> list[object]:
    found = [pytest.param(content, id=f"ours-{number}") for number, content in enumerate(OURS)]
    if SAMPLES.is_dir():
        found += [pytest.param(path.read_bytes(), id=path.stem) for path in sorted(SAMPLES.glob("*.xml"))]
    else:
        skipped = pytest.mark.skip(reason="the public sample documents are not beside the repository")
        found.append(pytest.param(b"", id="samples", marks=skipped))
    return found


@pytest.mark.parametrize("content", _sources())
def test_mutations_are_refused_with_a_sentence_or_read(content: bytes) -> None:
    dice = random.Random(len(content))
    limits = Limits()
    read_at_all = 0
    for _ in range(MUTATIONS):
        mutated = _mutated(content, dice)
        found = _tried(mutated, limits)
        read_at_all += found is not None
        if found is not None:
            keys = [statement.key for statement in found.statements]
            assert len(keys) == len(set(keys))
            assert "<script" not in found.narrative
    assert read_at_all, "every mutation was refused: the mutations try nothing"


@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"<", b"<a/>", b"\xff\xfe", b"<?xml?>", b"%PDF-1.4", b"<ClinicalDocument>"]
)
def test_what_is_no_document_is_refused(content: bytes) -> None:
    assert _tried(content, Limits()) is None


@pytest.mark.parametrize("cut", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_document_is_refused(cut: float) -> None:
    assert _tried(OURS[0][: int(len(OURS[0]) * cut)], Limits()) is None


def test_a_script_in_the_narrative_and_in_a_title() -> None:
    inside = '<paragraph onclick="x()">a<script>alert(1)</script></paragraph><html:script xmlns:html="http://www.w3.org/1999/xhtml">2</html:script>'
    found = reading(section("11348-0", title="&lt;script&gt;alert(1)&lt;/script&gt;", text=inside))
    assert "<script" not in found.narrative
    assert "alert(1)</" not in found.narrative.replace("&lt;/", "</").replace(
        "&lt;script&gt;alert(1)</script&gt;", ""
    )
    assert "onclick" not in found.narrative


def test_null_flavours_everywhere() -> None:
    text = OURS[0].decode()
    for name in (
        "effectiveTime",
        "value",
        "code",
        "id",
        "statusCode",
        "name",
        "birthTime",
        "telecom",
        "patientRole",
        "text",
        "title",
    ):
        nulled = text.replace(f"<{name}>", f'<{name} nullFlavor="UNK">').replace(
            f"<{name} ", f'<{name} nullFlavor="NI" '
        )
        found = _tried(nulled.replace('nullFlavor="NI" nullFlavor', "nullFlavor").encode(), Limits())
        assert found is not None, name


@pytest.mark.parametrize(
    "name",
    [
        "recordTarget",
        "author",
        "effectiveTime",
        "code",
        "title",
        "id",
        "statusCode",
        "templateId",
        "text",
        "consumable",
    ],
)
def test_parts_that_are_missing(name: str) -> None:
    root = etree.fromstring(OURS[0])
    for node in list(root.iter("{urn:hl7-org:v3}" + name)):
        node.getparent().remove(node)
    found = _tried(etree.tostring(root), Limits())
    assert found is not None
    assert found.title


def test_too_many_entries_are_refused() -> None:
    many = document(section("11450-4", *[problem(cd("value", "I10", ICD10, "HTA"))] * 60))
    with pytest.raises(Unreadable) as raised:
        read(many, Limits(entries=100))
    assert raised.value.code == "cda_too_many"


def test_time_runs_out_in_the_middle() -> None:
    with pytest.raises(Unreadable) as raised:
        read(OURS[0], Limits(seconds=-1))
    assert raised.value.code == "too_slow"


def test_many_references_to_one_long_text_are_read_once() -> None:
    long = "mot " * 100_000
    value = '<value xsi:type="CD"><originalText><reference value="#long"/></originalText></value>'
    found = reading(
        section(
            "11450-4",
            *[problem(value, ident=f"p{n}") for n in range(500)],
            text=f'<paragraph ID="long">{long}</paragraph>',
        )
    )
    assert len(found.statements) == 500


def test_the_same_entry_ten_thousand_times_keeps_distinct_keys() -> None:
    found = reading(section("11450-4", *[problem(cd("value", "I10", ICD10, "HTA"))] * 2_000))
    assert len({statement.key for statement in found.statements}) == 2_000


def test_utf_16_and_a_charset_that_lies() -> None:
    plain = document(section("11348-0", text="Épilepsie à l’adolescence")).decode()
    wide = read(plain.replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16"), Limits())
    assert "Épilepsie à l’adolescence" in wide.narrative
    lying = read(plain.encode("cp1252"), Limits())
    assert "Épilepsie à l’adolescence" in lying.narrative
    assert any("se dit en utf-8" in sentence for sentence in lying.unread)
