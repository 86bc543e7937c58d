"""Screens: nothing inline (the CSP would refuse it), every text through gettext, French typography."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.house.tree import check, named, parsed, under
from tools import typography as mender

# Blocks that fill an attribute, by convention: {% block layout %}narrow{% endblock %}.
CLASSES = re.compile(r"\{%\s*block\s+\w*(?:layout|class|classes)\s*%\}[\w -]*\{%\s*endblock[^%]*%\}")
COMMENTS = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}", re.DOTALL)
BLOCKS = re.compile(r"\{%\s*blocktrans(?:late)?\b[^%]*%\}(.*?)\{%\s*endblocktrans(?:late)?\s*%\}", re.DOTALL)
TAGS = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
QUOTED = re.compile(
    r"""\{%\s*trans(?:late)?\s+("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|_\(\s*("[^"]*"|'[^']*')\s*\)"""
)
WORD = re.compile(r"[^\W\d_]{2,}")
SPOKEN_ATTRIBUTES = {"alt", "aria-label", "aria-description", "label", "placeholder", "title"}

SILENT = {"script", "style", "kbd"}  # names of keys are what is printed on the keyboard

# The same in every language: units, codes and the product's name.
NEUTRAL = {
    "Lanterne",
    "mmHg",
    "kg",
    "cm",
    "mm",
    "bpm",
    "kPa",
    "mL",
    "min",
    "INS",
    "RPPS",
    "PDF",
    "nbsp",
    "CIM",
    "LOINC",
    "ATC",
}


class Page(HTMLParser):
    """Collects what breaks a rule in one template whose Django tags were blanked out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.inline: list[str] = []
        self.untranslated: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        line = self.getpos()[0]
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(f"{line}: <{tag}>")
        for name, value in given.items():
            if name == "style" or re.match(r"on[a-z]+$|hx-on", name):
                self.inline.append(f"{line}: {name}=")
            if re.match(r"\s*(javascript|js):", value, re.IGNORECASE):
                self.inline.append(f"{line}: {name}={value}")
            if name in SPOKEN_ATTRIBUTES or (name == "value" and given.get("type") in {"submit", "button"}):
                self._spoken(line, value)
        if tag in SILENT:
            self._silent += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._spoken(self.getpos()[0], data)

    def _spoken(self, line: int, text: str) -> None:
        if [word for word in WORD.findall(text) if word not in NEUTRAL]:
            self.untranslated.append(f"{line}: {text.strip()}")


def blank(match: re.Match[str]) -> str:
    """Nothing, on as many lines, so that positions stay true."""
    return "\n" * match.group().count("\n")


def page(text: str) -> Page:
    """The template's HTML, looked at."""
    for pattern in (COMMENTS, CLASSES, BLOCKS, TAGS):
        text = pattern.sub(blank, text)
    seen = Page()
    seen.feed(text)
    seen.close()
    return seen


def sentences(text: str) -> Iterator[str]:
    """The msgids of a template."""
    text = COMMENTS.sub(blank, text)
    yield from (unescape(TAGS.sub("x", match)) for match in BLOCKS.findall(text))
    for quoted, called in QUOTED.findall(text):
        yield unescape((quoted or called)[1:-1])


GETTEXT = {
    "_",
    "gettext",
    "gettext_lazy",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "npgettext",
}


# A breaking space, or none, before a double sign; a breaking space inside « ». A colon may
# follow a digit or a format's brace directly (10:30, {x:.1f}).
TYPOGRAPHY = (
    (re.compile(r" [;:?!»](?!\w)"), "an ordinary space before ; : ? ! or »"),
    (re.compile(r"« "), "an ordinary space after «"),
    (re.compile(r"[^\W\d_][;?!](?=\s|$)|[^\W\d_]:(?=\s|$)"), "no space before ; : ? or !"),
    (re.compile(r"«[^\u00a0\u202f\s]|[^\u00a0\u202f\s]»"), "no space inside « »"),
    (re.compile(r"\d [€%]"), "an ordinary space before € or %"),
)


def typography(text: str) -> Iterator[str]:
    """What is wrong in one sentence."""
    for pattern, wrong in TYPOGRAPHY:
        found = pattern.search(text)
        if found:
            yield f"{wrong}: {text[max(0, found.start() - 20) : found.end() + 10]!r}"


def templates() -> list[Path]:
    return [path for path in under("lanterne", ".html", ".svg") if "templates" in path.parts]


def test_nothing_is_inline() -> None:
    found = [f"{named(p)}:{what}" for p in templates() for what in page(p.read_text(encoding="utf-8")).inline]
    check(found, "put it in a static file: the page's CSP refuses inline style, script and on…= attributes.")


def test_every_text_goes_through_gettext() -> None:
    found = [
        f"{named(p)}:{what}" for p in templates() for what in page(p.read_text(encoding="utf-8")).untranslated
    ]
    check(
        found,
        'write {% translate "…" %} or {% blocktranslate %}; a unit or code goes to NEUTRAL in this test.',
    )


def test_french_typography() -> None:
    found = [
        f"{named(path)}: {wrong}"
        for path in templates()
        for sentence in sentences(path.read_text(encoding="utf-8"))
        for wrong in typography(sentence)
    ]
    found += [
        f"{named(path)}:{node.lineno}: {wrong}"
        for path in under("lanterne", ".py")
        for node in mender.spoken(parsed(path))
        for wrong in typography(str(node.value))
    ]
    check(
        found,
        "run `make format`: it puts U+202F before ; ! ? and U+00A0 before : € % and inside « ».",
    )


@pytest.mark.parametrize(
    ("html", "inline", "untranslated"),
    [
        ('<p style="color:red"></p>', 1, 0),
        ("<script>x()</script>", 1, 0),
        ('<script src="{% static "a.js" %}"></script>', 0, 0),
        ('<a onclick="x()" href="javascript:x()"></a>', 2, 0),
        ("<p>Bonjour</p>", 0, 1),
        ('<p>{% translate "Bonjour" %} {{ name }}</p>', 0, 0),
        ("<p>{% blocktranslate %}Bonjour {{ name }}{% endblocktranslate %}</p>", 0, 0),
        ('<input placeholder="Nom">', 0, 1),
        ('<input placeholder="{% translate "Nom" %}">', 0, 0),
        ("<td>{{ value }} mmHg</td>", 0, 0),
        ("{# note à nous #}", 0, 0),
    ],
)
def test_the_rules_see_what_they_claim(html: str, inline: int, untranslated: int) -> None:
    seen = page(html)
    assert (len(seen.inline), len(seen.untranslated)) == (inline, untranslated)


@pytest.mark.parametrize(
    ("text", "wrongs"),
    [
        ("Enregistrer ?", 1),
        ("Enregistrer?", 1),
        ("Enregistrer\u202f?", 0),
        ("Né le\u00a0: %(date)s à 10:30", 0),
        ("Nom: x", 1),
        ("« oui »", 2),
        ("«\u00a0oui\u00a0»", 0),
        ("100 %", 1),
        ("100\u00a0%", 0),
    ],
)
def test_the_typography_rules_see_what_they_claim(text: str, wrongs: int) -> None:
    assert len(list(typography(text))) == wrongs


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{% translate "Quitter ?" %} a ?', '{% translate "Quitter\u202f?" %} a ?'),
        (
            "{% blocktranslate %}« {{ x }} » : 3 %{% endblocktranslate %}",
            "{% blocktranslate %}«\u00a0{{ x }}\u00a0»\u00a0: 3\u00a0%{% endblocktranslate %}",
        ),
    ],
)
def test_the_mender_writes_what_the_rule_wants(before: str, after: str) -> None:
    assert mender.template(before) == after


def test_the_mender_touches_only_msgids_in_code() -> None:
    before = 'x = "é ?"\ny = _("Né le : %(d)s", "a ?")\nz = {"a" : 1}\n'
    assert mender.module(before) == 'x = "é ?"\ny = _("Né le\u00a0: %(d)s", "a\u202f?")\nz = {"a" : 1}\n'


# One thing, one name: the word somebody knows from a screen is the one printed on the paper in the safe.
NAMES = {"feuille de secours": "fiche de secours"}
WRITTEN = (".py", ".html", ".js", ".md", ".typ", ".po")


def test_one_thing_has_one_name() -> None:
    offences = (
        f"{named(path)}: {wrong} → {right}"
        for folder in ("lanterne", "docs")
        for path in under(folder, *WRITTEN)
        for wrong, right in NAMES.items()
        if wrong in " ".join(path.read_text(encoding="utf-8").casefold().split())
    )
    check(offences, "write the name of docs/glossary.md.")
