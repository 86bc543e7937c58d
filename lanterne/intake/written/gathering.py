"""One file, one document: several messages in it become its parts."""

from __future__ import annotations

from dataclasses import replace

from lanterne.intake.reading import Document

NOT_EXACT = "Quelques caractères de ce fichier sont abîmés : ils sont remplacés par « \ufffd »."


def gathered(format_name: str, documents: tuple[Document, ...], *, exact: bool) -> Document:
    """The document itself when there is one, else one that holds them all as parts.

    Args:
        exact: whether every byte had a letter; else each document says that some had none.
    """
    if not exact:
        documents = tuple(
            replace(document, unread=(*document.unread, NOT_EXACT)) if "\ufffd" in document.text else document
            for document in documents
        )
    if len(documents) == 1:
        return documents[0]
    return Document(
        format=format_name,
        kind=documents[0].kind,
        title=f"{len(documents)} documents",
        at=documents[0].at,
        author=documents[0].author,
        parts=documents,
    )
