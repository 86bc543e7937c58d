"""The bytes of a file on the disk, sealed, and what of it is shown in the page.

Law: the original is kept as it came, whole; what is shown beside it (narrative, text, what it encloses) is
drawn from it and goes with it. Names and keys come from the content: the same file is one blob.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from unicodedata import category

from lanterne.intake.filing.leaves import Leaf
from lanterne.practice.documents.facts import DocumentFiled, DocumentKind, Rendition
from lanterne.practice.documents.files import Kept, keep_named
from lanterne.practice.documents.rules import media_type_of
from lanterne.practice.record import Record

TITLE_CHARACTERS = 300
NAME_CHARACTERS = 200
MOST_RENDITIONS = 50
# Files put lately; one forgotten is put again, to the same effect.
MOST_REMEMBERED = 4_096
MOST_UNREAD = 90
MOST_NAMES = 50
REMARK_CHARACTERS = 1_000
WORD_CHARACTERS = 30
ID_CHARACTERS = 500


def _(text: str) -> str:
    """Mark a French msgid for gettext; a title is kept as it is written here."""
    return text


# What a document without a title is found by.
_TITLES: Mapping[DocumentKind, str] = {
    "lab-report": _("Résultats de laboratoire"),
    "imaging": _("Compte rendu d’imagerie"),
    "letter": _("Courrier"),
    "hospital-report": _("Compte rendu d’hospitalisation"),
    "prescription": _("Ordonnance"),
    "certificate": _("Certificat"),
    "administrative": _("Document administratif"),
    "photo": _("Photo"),
    "other": _("Document"),
}
_FORMAT_TITLES: Mapping[str, str] = {"fhir": _("Dossier reçu d’un autre logiciel")}


def title_of(leaf: Leaf, name: str) -> str:
    """What the document is called: its own title, else its kind, else the file's name."""
    document = leaf.document
    if document.title.strip():
        return _line(document.title)[:TITLE_CHARACTERS]
    if document.kind == "other" and document.format in _FORMAT_TITLES:
        return _FORMAT_TITLES[document.format]
    if document.kind == "other" and name:
        return file_name(name).rpartition(".")[0] or file_name(name)
    return _TITLES[document.kind]


def file_name(name: str) -> str:
    """The last part of a path of any system, one line, bounded; what cannot be written or hides is replaced."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(
        " " if sign.isspace() else "\ufffd" if category(sign)[0] == "C" else sign for sign in last
    )
    return _line(shown)[:NAME_CHARACTERS]


def names_of(names: tuple[str, ...]) -> list[str]:
    """Names of documents, bounded as they are written."""
    return [name[:ID_CHARACTERS] for name in names[:MOST_NAMES]]


class Shelf:
    """What was put on the disk of the files at hand, so that none is put twice. Reading threads put while the door
    files others: most of an import's time is the disk.
    """

    def __init__(self, record: Record) -> None:
        self._record = record
        self._kept: dict[tuple[bytes, str], Kept] = {}

    def original(self, content: bytes) -> Kept:
        """The file as it came."""
        return self.keep(content, media_type_of(content))

    def keep(self, content: bytes, media_type: str) -> Kept:
        """A sealed file; on the disk when this returns.

        Raises:
            LanterneError: the disk failed or is full.
        """
        name = hashlib.sha256(content).digest(), media_type
        kept = self._kept.get(name)
        if kept is None:
            if len(self._kept) > MOST_REMEMBERED:
                self._kept.clear()
            kept = self._kept[name] = keep_named(self._record, content, media_type)
        return kept

    def prepare(self, content: bytes, found: Sequence[Leaf]) -> None:
        """Put what filing these documents will name. Of what names nobody only the file: it may never be filed.

        Raises:
            LanterneError: the disk failed or is full.
        """
        self.original(content)
        for leaf in found:
            if leaf.document.identity is not None:
                for shown, media_type, _title in _shown(leaf):
                    self.keep(shown, media_type)


def filed(shelf: Shelf, leaf: Leaf, original: Kept, name: str) -> DocumentFiled:
    """The body of a document.filed fact; what is shown is on the disk when this returns."""
    document = leaf.document
    author = document.author
    sender = _line(author.organisation or author.name)[:NAME_CHARACTERS]
    return DocumentFiled(
        blob=original.blob, key=original.key, size=original.size, media_type=original.media_type,
        document_kind=document.kind, title=title_of(leaf, name) or _TITLES["other"], sender=sender,
        author=_line(author.name)[:NAME_CHARACTERS], file_name=file_name(name),
        format=document.format[:WORD_CHARACTERS], part=leaf.part, renditions=_renditions(shelf, leaf, original),
        identifier=document.identifier[:ID_CHARACTERS], set_id=document.set_id[:ID_CHARACTERS],
        set_version=document.version, aliases=names_of(leaf.aliases), unread=_told(document.unread),
        ins_key_wrong=bool(document.identity and document.identity.matricule and not document.identity.key_agrees),
    )  # fmt: skip


def _shown(leaf: Leaf) -> list[tuple[bytes, str, str]]:
    """What is shown of a document: its bytes, media type and title."""
    document = leaf.document
    shown: list[tuple[bytes, str, str]] = []
    if document.narrative:
        shown.append((document.narrative.encode(), "text/html", ""))
    if document.text.strip():
        shown.append((document.text.encode(), "text/plain", ""))
    shown += [(one.content, one.media_type, _line(one.title)[:TITLE_CHARACTERS]) for one in document.attached]
    if leaf.message.strip():
        shown.append((leaf.message.encode(), "text/plain", _("Message")))
    return shown[:MOST_RENDITIONS]


def _renditions(shelf: Shelf, leaf: Leaf, original: Kept) -> list[Rendition]:
    found = []
    for content, media_type, title in _shown(leaf):
        kept = shelf.keep(content, media_type)
        # A PDF or image that is the file itself is shown from the original.
        if kept.blob != original.blob:
            found.append(
                Rendition(blob=kept.blob, key=kept.key, size=kept.size, media_type=media_type, title=title)
            )
    return found


def _told(unread: tuple[str, ...]) -> list[str]:
    unread = tuple(one[:REMARK_CHARACTERS] for one in unread)
    if len(unread) <= MOST_UNREAD:
        return list(unread)
    more = _("… et {count} autres remarques.").format(count=len(unread) - MOST_UNREAD)
    return [*unread[:MOST_UNREAD], more]


def _line(text: str) -> str:
    return " ".join(text.split())
