"""The documents of a file, one by one: what is filed, each in its own entry.

Law: a document with parts and nothing of its own is their envelope: it is not filed, and what it says is
added to its first part. `part` names a document inside its file for good, by its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lanterne.intake.reading import Document
from lanterne.practice.chart.queries import out_of_range
from lanterne.practice.documents.facts import Attention
from lanterne.practice.results.facts import ResultRecorded


@dataclass(frozen=True, slots=True)
class Leaf:
    """One document to file.

    Attributes:
        part: its place in the file, "" when it is the whole file.
        message: text of the message that carried it, to be read beside.
        aliases: other names it goes by.
    """

    part: str
    document: Document
    message: str = ""
    aliases: tuple[str, ...] = ()


def leaves(document: Document, part: str = "") -> list[Leaf]:
    """The documents to file, in the order of the file."""
    if not document.parts:
        return [Leaf(part, document)]
    within = list(_within(document, part))
    if not _is_envelope(document):
        return [Leaf(part, replace(document, parts=())), *within]
    if within:
        first = within[0]
        own = tuple(name for name in (document.identifier, document.set_id) if name)
        within[0] = replace(
            first,
            message="\n\n".join(filter(None, (document.text, first.message))),
            document=replace(first.document, unread=(*document.unread, *first.document.unread)),
            aliases=tuple(dict.fromkeys((*own, *first.aliases))) if len(within) == 1 else first.aliases,
        )
    return within


def _within(document: Document, part: str) -> Iterator[Leaf]:
    for place, inner in enumerate(document.parts):
        named = replace(
            inner,
            identity=inner.identity or document.identity,
            author=inner.author if inner.author.name or inner.author.organisation else document.author,
            at=inner.at or document.at,
        )
        yield from leaves(named, f"{part}.{place}" if part else str(place))


def _is_envelope(document: Document) -> bool:
    return not (document.statements or document.negations or document.narrative or document.attached)


def attention(document: Document) -> Attention:
    """What the results of a document ask for: "critical" as the laboratory marked one, else "abnormal"."""
    flags = {
        out_of_range(stated.body) for stated in document.statements if isinstance(stated.body, ResultRecorded)
    }
    if flags & {"LL", "HH", "AA"}:
        return "critical"
    return "abnormal" if flags - {"N", ""} else ""
