"""A CDA R2 document, from bytes to `Document`.

Law: whatever its kind, a CDA is readable: its header says what it is, its narrative or its file is shown, and what
its entries state is structured where the chart has a place for it. Source: HL7 Clinical Document Architecture,
Release 2 (ISO/HL7 27932); CI-SIS of the French digital health agency.
"""

from __future__ import annotations

from lanterne.intake.cda.gathering import Gathering
from lanterne.intake.cda.header import Header, read_header
from lanterne.intake.cda.media import Media
from lanterne.intake.cda.nodes import bare, children
from lanterne.intake.cda.sections import read_sections
from lanterne.intake.cda.words import Anchors
from lanterne.intake.narrative import Narrative
from lanterne.intake.reading import Document, Limits, Unreadable
from lanterne.intake.xml import Deadline, Node, parse


def _(text: str) -> str:
    """Mark a French msgid for gettext; the sentence is translated at the boundary."""
    return text


SENTENCES: dict[str, str] = {
    "cda_not_one": _("Ce fichier XML n’est pas un document CDA."),
    "cda_too_many": _("Le document contient plus de %(limit)s données : il est refusé."),
}

ROOT = "ClinicalDocument"


def read(content: bytes, limits: Limits) -> Document:
    """Read a CDA R2 document of any kind.

    Raises:
        Unreadable: a code of `lanterne.intake.xml.SENTENCES` or of `SENTENCES`.
    """
    deadline = Deadline(limits.seconds)
    parsed = parse(content, limits, deadline)
    root = _root(parsed.root)
    header = read_header(root)
    anchors = Anchors(root, deadline)
    media = Media(limits)
    into = Gathering(header, anchors, limits, deadline)
    into.notes += parsed.notes
    media.entries(root, anchors)
    for body in children(root, "component/nonXMLBody"):
        media.body(body, header.title)
    narrative = Narrative(media.names, limits.text_characters)
    read_sections(root, into, narrative)
    html = narrative.finish() or media.narrative
    if narrative.full:
        into.notes.append("Le texte est trop long pour être montré en entier : ouvrez l’original.")
    into.notes += media.notes
    return _document(header, into, media, html)


def _root(node: Node) -> Node:
    """The ClinicalDocument, which some wrap in an envelope of their own.

    Raises:
        Unreadable: "cda_not_one".
    """
    bare(node)
    if node.tag == ROOT:
        return node
    found = next(node.iterdescendants(ROOT), None)
    if found is None:
        raise Unreadable("cda_not_one")
    return found


def _document(header: Header, into: Gathering, media: Media, html: str) -> Document:
    negations = into.negations()
    if header.identity is not None and header.identity.matricule and not header.identity.key_agrees:
        into.notes.append(
            "La clé du matricule INS ne correspond pas : il ne sert pas à retrouver le patient."
        )
    if not html and not media.text and not media.attached and not into.statements:
        into.notes.append("Le document n’a ni texte, ni fichier joint.")
    return Document(
        format="cda",
        kind=header.kind,
        title=header.title,
        at=header.at,
        author=header.author,
        identifier=header.identifier,
        set_id=header.set_id,
        version=header.version,
        act=header.act,
        replaces=header.replaces,
        identity=header.identity,
        statements=into.read_statements(),
        negations=negations,
        narrative=html,
        text=media.text,
        attached=tuple(media.attached),
        unread=into.unread(),
    )
