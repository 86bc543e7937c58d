"""The readable text of a document, from its StrucDoc markup to HTML that may stand in a page.

Law: two walls. Only what is known is translated (tables, lists, paragraphs, emphasis, notes), and what comes
out goes through nh3 with our own allow-list, so that a mistake in the first is caught by the second. Nothing
is loaded: an image or a link is named. Source: HL7 CDA R2, section 4.3.5 (narrative block) and its NarrativeBlock
schema.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import nh3

from lanterne.intake.reading import Unreadable
from lanterne.intake.xml import Node

TAGS = frozenset({
    "h3", "h4", "h5", "h6", "p", "br", "strong", "em", "u", "del", "ins", "sub", "sup", "ul", "ol", "li", "pre",
    "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "section", "aside",
})  # fmt: skip
ATTRIBUTES = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}}
_SILENT = frozenset({
    "script", "style", "object", "embed", "iframe", "svg", "math", "template", "noscript", "form", "select",
})  # fmt: skip
# Half of what browsers nest; 1,000 nested sections cost their parser no time yet, 50,000 cost minutes.
_DEEPEST = 256
_MOST_TAGS = 400_000
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]{0,40})")
_CLOSED_ALONE = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr", "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup", "option",
    "optgroup", "html", "head", "body",
})  # fmt: skip
_SPANS = frozenset({"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16"})

_SAME = frozenset({
    "table", "thead", "tbody", "tfoot", "tr", "td", "th", "sub", "sup", "p", "ul", "ol", "li", "pre", "strong",
    "em", "u", "del", "ins", "h3", "h4", "h5", "h6",
})  # fmt: skip
_RENAMED = {
    "paragraph": "p", "item": "li", "b": "strong", "i": "em", "div": "p", "h1": "h4", "h2": "h4", "s": "del",
}  # fmt: skip
_APART = frozenset(
    {"br", "td", "th", "tr", "item", "paragraph", "caption", "list", "table", "li", "p", "div"}
)
_STYLES = {
    "bold": ("strong",), "italics": ("em",), "italic": ("em",), "emphasis": ("em",), "underline": ("u",),
    "bolditalics": ("strong", "em"), "bolditalic": ("strong", "em"),
}  # fmt: skip


def local(node: Node) -> str:
    """The name of an element without namespace or undeclared prefix."""
    return node.tag.rpartition("}")[2].rpartition(":")[2]


def clean(markup: str) -> str:
    """HTML of any origin reduced to our allow-list: no script, no style, no link, nothing loaded.

    Raises:
        Unreadable: "too_deep", "too_many_elements".
    """
    _bound(markup)
    return nh3.clean(
        markup,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        clean_content_tags=set(_SILENT),
        strip_comments=True,
        link_rel=None,
        url_schemes=set(),
    )


def _bound(markup: str) -> None:
    """Refuse before it is parsed what the HTML standard's parser takes the square of its length for: elements left
    open in one another. Those it closes by itself (a paragraph by the next) are not counted.
    """
    depth = 0
    for number, found in enumerate(_TAG.finditer(markup)):
        if found[2].lower() not in _CLOSED_ALONE:
            depth = max(depth + (-1 if found[1] else 1), 0)
        if depth > _DEEPEST:
            raise Unreadable("too_deep", limit=str(_DEEPEST))
        if number > _MOST_TAGS:
            raise Unreadable("too_many_elements", limit=str(_MOST_TAGS))


@dataclass(slots=True)
class Narrative:
    """HTML being written. `media` names what renderMultiMedia points at, by its ID."""

    media: Mapping[str, str] = field(default_factory=dict)
    limit: int = 4_000_000
    full: bool = False
    _parts: list[str] = field(default_factory=list)
    _length: int = 0
    _notes: list[str] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)

    def heading(self, title: str, level: int) -> None:
        """A section's title; `level` 0 is the outermost."""
        tag = f"h{min(3 + level, 6)}"
        self._write(f"<{tag}>{html.escape(title)}</{tag}>")

    def block(self, text: Node) -> None:
        """The content of a `text` element, its footnotes below it."""
        self._notes, self._numbers = [], {}
        for number, note in enumerate((n for n in text.iter() if local(n) == "footnote"), 1):
            self._numbers[note.get("ID") or f"#{number}"] = number
        bare = bool((text.text or "").strip()) or any(
            local(child) in ("content", "br", "sub", "sup", "linkHtml") or (child.tail or "").strip()
            for child in text
        )
        self._write("<p>" if bare and not _has_blocks(text) else "")
        self._inside(text)
        self._write("</p>" if bare and not _has_blocks(text) else "")
        if self._notes:
            self._write("<aside>" + "".join(f"<p>{note}</p>" for note in self._notes) + "</aside>")

    def finish(self) -> str:
        """The sanitised whole."""
        return clean("".join(self._parts)) if self._parts else ""

    def _write(self, piece: str) -> None:
        if self.full or not piece:
            return
        self._length += len(piece)
        if self._length > self.limit:
            self.full = True
            return
        self._parts.append(piece)

    def _inside(self, node: Node) -> None:
        self._write(html.escape(node.text or "", quote=False))
        for child in node:
            self._element(child)
            self._write(html.escape(child.tail or "", quote=False))

    def _element(self, node: Node) -> None:
        name = local(node)
        if name in _SILENT or self.full:
            return
        if name == "br":
            self._write("<br>")
        elif name == "renderMultiMedia":
            title = self.media.get(node.get("referencedObject") or "", "")
            self._write(f"<em>[Pièce jointe{html.escape(' : ' + title if title else '')}]</em>")
        elif name == "img":
            self._write(
                f"<em>[Image{html.escape(' : ' + (node.get('alt') or '')) if node.get('alt') else ''}]</em>"
            )
        elif name == "footnote":
            self._footnote(node)
        elif name == "footnoteRef":
            number = self._numbers.get(node.get("IDREF") or "")
            self._write(f"<sup>[{number}]</sup>" if number else "")
        elif name == "list":
            self._list(node)
        elif name == "caption":
            self._wrapped(node, ("caption",) if _parent(node) == "table" else ("strong",))
        elif name in ("linkHtml", "a"):
            self._inside(node)
            target = (node.get("href") or "").strip()
            if target.startswith(("http://", "https://")) and target not in "".join(node.itertext()):
                self._write(f" ({html.escape(target[:300])})")
        elif name == "content":
            self._wrapped(node, _emphasis(node))
        else:
            tag = name if name in _SAME else _RENAMED.get(name, "")
            emphasis = _emphasis(node) if tag in ("td", "th", "p", "li") else ()
            self._wrapped(node, (tag, *emphasis) if tag else ())

    def _wrapped(self, node: Node, tags: tuple[str, ...]) -> None:
        for tag in tags:
            spans = "".join(
                f' {side}="{node.get(side)}"'
                for side in ("colspan", "rowspan")
                if tag in ("td", "th") and node.get(side) in _SPANS
            )
            self._write(f"<{tag}{spans}>")
        self._inside(node)
        for tag in reversed(tags):
            self._write(f"</{tag}>")

    def _list(self, node: Node) -> None:
        tag = "ol" if (node.get("listType") or "").lower() == "ordered" else "ul"
        for child in node:
            if local(child) == "caption":
                self._wrapped(child, ("p", "strong"))
        self._write(f"<{tag}>")
        for child in node:
            if local(child) != "caption":
                self._element(child)
        self._write(f"</{tag}>")

    def _footnote(self, node: Node) -> None:
        number = self._numbers.get(node.get("ID") or "") or len(self._notes) + 1
        self._write(f"<sup>[{number}]</sup>")
        self._notes.append(f"[{number}] {html.escape(plain(node), quote=False)}")


def plain(node: Node, limit: int = 20_000) -> str:
    """The words of an element, spaces made one; cut at `limit` characters with "…"."""
    text = " ".join("".join(_words(node, limit)).split())
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _words(node: Node, limit: int) -> list[str]:
    """The texts below a node in their order, little more than `limit` characters of them."""
    found = [node.text or ""]
    length = len(found[0])
    above: list[tuple[Node, Iterator[Node]]] = [(node, iter(node))]
    while above and length <= 2 * limit:
        parent, children = above[-1]
        child = next(children, None)
        if child is None:
            above.pop()
            if above:
                # Cells, lines and paragraphs are words apart even when nothing is written between them.
                found += (" " if local(parent) in _APART else "", parent.tail or "")
        elif local(child) in _SILENT:
            found.append(child.tail or "")
        else:
            found.append(child.text or "")
            above.append((child, iter(child)))
        length += len(found[-1].strip())
    return found


def _emphasis(node: Node) -> tuple[str, ...]:
    tags: list[str] = []
    for word in (node.get("styleCode") or "").lower().split():
        tags += [tag for tag in _STYLES.get(word, ()) if tag not in tags]
    revised = {"delete": "del", "insert": "ins"}.get((node.get("revised") or "").lower())
    return (*tags, revised) if revised else tuple(tags)


def _has_blocks(node: Node) -> bool:
    return any(local(child) in ("table", "list", "paragraph", "p", "ul", "ol", "div") for child in node)


def _parent(node: Node) -> str:
    above = node.getparent()
    return local(above) if above is not None else ""
