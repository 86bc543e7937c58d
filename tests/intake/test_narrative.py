"""The readable text: what may stand in a page, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lanterne.intake.narrative import TAGS, Narrative, clean, plain
from lanterne.intake.reading import Limits
from lanterne.intake.xml import parse


def _html(inside: str, **media: str) -> str:
    narrative = Narrative(media)
    narrative.block(parse(f"<text xmlns='urn:hl7-org:v3'>{inside}</text>".encode(), Limits()).root)
    return narrative.finish()


@pytest.mark.parametrize(
    ("markup", "html"),
    [
        ("Bonjour", "<p>Bonjour</p>"),
        ("a &lt; b<br/>c", "<p>a &lt; b<br>c</p>"),
        (
            "<paragraph>Un</paragraph><paragraph styleCode='Bold'>Deux</paragraph>",
            "<p>Un</p><p><strong>Deux</strong></p>",
        ),
        ("<list><item>a</item><item>b</item></list>", "<ul><li>a</li><li>b</li></ul>"),
        (
            "<list listType='ordered'><caption>Titre</caption><item>a</item></list>",
            "<p><strong>Titre</strong></p><ol><li>a</li></ol>",
        ),
        ("<content styleCode='Italics Underline' ID='x'>a</content>", "<p><em><u>a</u></em></p>"),
        ("<content revised='delete'>a</content>", "<p><del>a</del></p>"),
        ("CO<sub>2</sub> m<sup>2</sup>", "<p>CO<sub>2</sub> m<sup>2</sup></p>"),
        ("<linkHtml href='http://a.fr'>site</linkHtml>", "<p>site (http://a.fr)</p>"),
        ("<linkHtml href='javascript:x()'>site</linkHtml>", "<p>site</p>"),
        ("<renderMultiMedia referencedObject='m1'/>", "<em>[Pièce jointe&nbsp;: Radio]</em>"),
        ("<renderMultiMedia referencedObject='m2'/>", "<em>[Pièce jointe]</em>"),
        ("<unknown>mot</unknown>", "mot"),
    ],
)
def test_markup_in_html(markup: str, html: str) -> None:
    assert _html(markup, m1="Radio") == html


def test_a_table_keeps_its_shape() -> None:
    table = (
        "<table border='0' onclick='x()'><caption>Bilan</caption><thead><tr><th colspan='2' styleCode='Bold'>Test</th></tr></thead>"
        "<tbody><tr><td rowspan='99999'>a</td><td align='left'>b</td></tr></tbody></table>"
    )
    assert _html(table) == (
        '<table><caption>Bilan</caption><thead><tr><th colspan="2"><strong>Test</strong></th></tr></thead>'
        "<tbody><tr><td>a</td><td>b</td></tr></tbody></table>"
    )


def test_footnotes_stand_below() -> None:
    html = _html("TSH<footnote ID='n1'>à jeun</footnote> et T4<footnoteRef IDREF='n1'/>")
    assert html == "<p>TSH<sup>[1]</sup> et T4<sup>[1]</sup></p><aside><p>[1] à jeun</p></aside>"


@pytest.mark.parametrize(
    "markup",
    ["<script>alert(1)</script>", "<style>p{}</style>", "<iframe src='http://x'/>", "<object data='x'/>", "<svg><script>1</script></svg>",
     "<img src='http://x/y.png' onerror='alert(1)'/>", "<a href='javascript:alert(1)'>x</a>", "<paragraph onload='x()' style='a:b'>x</paragraph>",
     "&lt;script&gt;alert(1)&lt;/script&gt;", "<content ID='&quot;&gt;&lt;script&gt;'>x</content>", "<form action='http://x'><input/></form>"],
)  # fmt: skip
def test_nothing_that_runs_or_loads(markup: str) -> None:
    html = _html(f"avant {markup} après")
    for sign in (
        "<script",
        "<style",
        "<iframe",
        "<object",
        "<svg",
        "<img",
        "<a ",
        "<form",
        "onerror",
        "onload",
        "src=",
        "href=",
        "style=",
    ):
        assert sign not in html
    assert "avant" in html
    assert "après" in html


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300))
def test_whatever_is_cleaned_is_within_the_list(markup: str) -> None:
    once = clean(markup)
    assert clean(once) == once
    opened = {part.split(">")[0].split()[0].strip("/") for part in once.split("<")[1:] if part[:1].isalpha()}
    assert opened <= TAGS


def test_a_text_too_long_stops_and_says_so() -> None:
    narrative = Narrative(limit=100)
    narrative.block(parse(b"<text>" + b"<paragraph>mot</paragraph>" * 100 + b"</text>", Limits()).root)
    assert narrative.full
    assert len(narrative.finish()) < 150


def test_plain_words() -> None:
    node = parse(
        b"<text><table><tr><td>a</td><td>b</td></tr></table><list><item>c</item><item>d</item></list></text>",
        Limits(),
    ).root
    assert plain(node) == "a b c d"
    assert plain(node, 3) == "a …"
