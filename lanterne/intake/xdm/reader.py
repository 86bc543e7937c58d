"""An exchange folder (IHE XDM) to one document a DocumentEntry; any other zip to one a file.

Law: metadata say what a file is called and whose it says it is; the file itself decides what it is. A file
that is not the one described (hash, size) is shown and never read as facts. An archive inside an archive is
kept and never opened. Source: IHE ITI TF-1 section 16, TF-2 3.32 (Distribute Document Set on Media).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from lanterne.intake import xml
from lanterne.intake.cda.kinds import kind_of
from lanterne.intake.reading import Attached, Document, Limits, ReadIdentity, Unreadable
from lanterne.intake.xdm.archive import ZIP_MARKS, Archive, open_archive
from lanterne.intake.xdm.metadata import DocumentEntry, read_metadata
from lanterne.practice.documents.rules import media_type_of


def _(text: str) -> str:
    """Mark a French msgid for gettext; the sentence is translated at the boundary."""
    return text


SENTENCES: dict[str, str] = {
    "zip_broken": _("L’archive zip est abîmée ou incomplète."),
    "zip_encrypted": _(
        "L’archive zip est protégée par un mot de passe : demandez-la sans, ou déposez son contenu."
    ),
    "zip_bomb": _("L’archive zip gonfle démesurément à l’ouverture : elle est refusée."),
    "zip_too_many": _("L’archive zip contient plus de %(limit)s fichiers : elle est refusée."),
    "zip_path": _("L’archive zip contient un nom de fichier qui sort de son dossier : elle est refusée."),
    "zip_link": _("L’archive zip contient un lien au lieu d’un fichier : elle est refusée."),
    "zip_overlap": _("Des fichiers de l’archive zip se chevauchent : elle est refusée."),
    "zip_names_twice": _("L’archive zip contient deux fichiers du même nom : elle est refusée."),
    "zip_method": _("L’archive zip emploie une compression inconnue : elle est refusée."),
    "zip_empty": _("L’archive zip ne contient aucun fichier."),
}

_NOTES = {
    "hash": _(
        "%s : l’empreinte ne correspond pas au descriptif ; le document est montré, rien n’en est tiré."
    ),
    "size": _("%s : la taille ne correspond pas au descriptif ; le document est montré, rien n’en est tiré."),
    "missing": _("%s : décrit mais absent de l’archive."),
    "nested": _("%s : archive dans l’archive, gardée sans être ouverte."),
    "unreadable": _("%s : gardé sans être lu. %s"),
    "undescribed": _("%s : présent sans être décrit ; gardé."),
    "two_persons": _(
        "Le descriptif et le document ne donnent pas le même matricule INS : à vérifier avant de ranger."
    ),
    "key": _("La clé du matricule INS ne correspond pas : il ne sert pas à retrouver le patient."),
    "metadata": _("Le descriptif %s est illisible : les fichiers sont lus sans lui."),
    "plain": _("Archive sans descriptif IHE XDM : les fichiers sont lus un par un."),
}
_METADATA = "metadata.xml"
# Others are given one from their first words or their name.
_SAY_THEIR_TITLE = frozenset({"cda", "fhir", "hl7v2"})
# What the folder says of itself, for a person with a browser (ITI TF-2 3.32.4.1.2): kept, not read.
_PAPERS = frozenset({"readme.txt", "index.htm", "index.html"})


@dataclass(slots=True)
class _Folder:
    archive: Archive
    limits: Limits
    parts: list[Document] = field(default_factory=list)
    attached: list[Attached] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    done: set[str] = field(default_factory=set)


def read(content: bytes, limits: Limits) -> Document:
    """The documents of a zip, as parts of one.

    Raises:
        Unreadable: a code of `SENTENCES`.
    """
    folder = _Folder(open_archive(content, limits), limits)
    names = folder.archive.names
    if not names:
        raise Unreadable("zip_empty")
    identifier = title = ""
    described = [name for name in names if name.rpartition("/")[2].lower() == _METADATA]
    for name in described:
        folder.done.add(name)
        try:
            submission = read_metadata(xml.parse(folder.archive.read(name), limits).root)
        except Unreadable as error:
            if error.code.startswith("zip_"):
                raise
            folder.unread.append(_NOTES["metadata"] % name)
            continue
        identifier, title = identifier or submission.unique_id, title or submission.title
        for entry in submission.entries:
            _described(entry, name.rpartition("/")[0], folder)
    if not described:
        folder.unread.append(_NOTES["plain"])
    _others(folder, bool(folder.parts))
    return Document(
        "xdm",
        title=title,
        identifier=identifier,
        identity=_common([part.identity for part in folder.parts]),
        attached=tuple(folder.attached),
        unread=tuple(folder.unread),
        parts=tuple(folder.parts),
    )


def _described(entry: DocumentEntry, base: str, folder: _Folder) -> None:
    path = unquote(entry.path).replace("\\", "/").removeprefix("./")
    name = folder.archive.find("/".join(filter(None, (base, path)))) if path else ""
    shown = entry.name() or path or entry.unique_id
    if not name or name in folder.done:
        folder.unread.append(_NOTES["missing"] % shown)
        return
    folder.done.add(name)
    content = folder.archive.read(name)
    doubt = ""
    if entry.sha1 and hashlib.sha1(content, usedforsecurity=False).hexdigest() != entry.sha1:
        doubt = _NOTES["hash"] % shown
    elif entry.size >= 0 and entry.size != len(content):
        doubt = _NOTES["size"] % shown
    folder.parts.append(_merged(entry, _inner(content, name, doubt, folder)))


def _inner(content: bytes, name: str, doubt: str, folder: _Folder) -> Document:
    """What a file is by itself; only kept when it may not or cannot be read."""
    shown = name.rpartition("/")[2]
    if not doubt and content.startswith(ZIP_MARKS):
        doubt = _NOTES["nested"] % shown
    if not doubt:
        from lanterne.intake import detect, sentences  # which know this reader too

        try:
            return detect.read(content, folder.limits, shown)
        except Unreadable as error:
            doubt = _NOTES["unreadable"] % (shown, sentences.sentence(error))
    kept = (Attached(content, media_type_of(content), shown),) if content else ()
    return Document("xdm", title=shown, attached=kept, unread=(doubt,))


def _merged(entry: DocumentEntry, inner: Document) -> Document:
    """The document with what its description adds; where both speak, the document does."""
    unread = list(inner.unread)
    identity = inner.identity or entry.identity
    if inner.identity and entry.identity:
        numbers = {inner.identity.matricule, entry.identity.matricule} - {""}
        if len(numbers) > 1:
            unread.append(_NOTES["two_persons"])
            # Two numbers for one person: neither may decide whose it is.
            identity = replace(inner.identity, matricule="", oid="")
    if identity is not None and identity is entry.identity and not identity.key_agrees:
        unread.append(_NOTES["key"])
    replaces = tuple(dict.fromkeys((*inner.replaces, *entry.replaces)))
    titled = inner.title if inner.format in _SAY_THEIR_TITLE else ""
    title = titled or entry.name() or inner.title
    return replace(
        inner,
        kind=inner.kind if inner.kind != "other" else kind_of((entry.type.code, entry.kind.code)),
        title=title,
        at=inner.at or entry.at or None,
        author=inner.author if inner.author.name or inner.author.organisation else entry.author,
        identifier=inner.identifier or entry.unique_id,
        act="replacement" if replaces and inner.act == "initial" else inner.act,
        replaces=replaces,
        identity=identity,
        text=inner.text or entry.comments,
        unread=tuple(unread),
    )


def _others(folder: _Folder, described: bool) -> None:
    """Files no metadata describe: papers of the folder and side files beside described ones, else documents."""
    for name in folder.archive.names:
        if name in folder.done:
            continue
        shown = name.rpartition("/")[2]
        paper = shown.lower() in _PAPERS
        if not (described or paper):
            content = folder.archive.read(name)
            if content:
                folder.parts.append(_inner(content, name, "", folder))
            continue
        content = folder.archive.read(name)
        if content:
            folder.attached.append(Attached(content, media_type_of(content), shown))
        if not paper:
            folder.unread.append(_NOTES["undescribed"] % shown)


def _common(identities: list[ReadIdentity | None]) -> ReadIdentity | None:
    """Whose the folder is, when all its documents say the same."""
    first = identities[0] if identities else None
    return first if first is not None and all(one == first for one in identities) else None
