"""The documents of a file, one by one: what is filed, each in its own entry.

Law: a document with parts and nothing of its own is their envelope: it is not filed, and what it says is
added to its first part. So is one that names nobody and only carries files beside its parts (the papers of an
exchange folder): they go with its first part, unless its parts are about several persons; then they stay in
the original, and that is said. `part` names a document inside its file for good, by its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from lanterne.intake.reading import Document
from lanterne.practice.chart.queries import out_of_range
from lanterne.practice.documents.facts import Attention
from lanterne.practice.patients.names import strict
from lanterne.practice.results.facts import ResultRecorded


def _(text: str) -> str:
    """Mark a French msgid for gettext; a remark is kept as it is written here."""
    return text


LEFT_BESIDE = _("Les fichiers joints à l’envoi concernent plusieurs personnes : ils restent dans l’original.")


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
        alone = len({_person(leaf.document) for leaf in within}) == 1
        beside = document.attached if alone else ()
        unread = (*document.unread, *([LEFT_BESIDE] if document.attached and not alone else []))
        own = tuple(name for name in (document.identifier, document.set_id) if name)
        within[0] = replace(
            first,
            message="\n\n".join(filter(None, (document.text, first.message))),
            document=replace(
                first.document,
                unread=(*unread, *first.document.unread),
                attached=(*first.document.attached, *beside),
            ),
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
    if document.statements or document.negations or document.narrative:
        return False
    return not document.attached or document.identity is None


def _person(document: Document) -> tuple[str, str, str]:
    said = document.identity
    if said is None:
        return "", "", ""
    return strict(said.birth_name or said.used_name), strict(said.first_given), said.birth_date


def attention(document: Document) -> Attention:
    """What the results of a document ask for: "critical" as the laboratory marked one, else "abnormal"."""
    flags = {
        out_of_range(stated.body) for stated in document.statements if isinstance(stated.body, ResultRecorded)
    }
    if flags & {"LL", "HH", "AA"}:
        return "critical"
    return "abnormal" if flags - {"N", ""} else ""
