"""Files kept without being read: word processors, spreadsheets, DICOM. They can be saved and opened
elsewhere.
"""

from __future__ import annotations

from lanterne.intake.reading import Document, Limits, Unreadable

_WHAT = {
    "office": (
        "Document de bureautique",
        "Ce fichier de traitement de texte ou tableur est gardé sans être lu.",
    ),
    "dicom": (
        "Image DICOM",
        "Cette image médicale (DICOM) est gardée : elle s’ouvre dans un logiciel d’imagerie.",
    ),
}


def read_office(content: bytes, limits: Limits) -> Document:
    """A word processor's or spreadsheet's file. Raises Unreadable "file_too_large"."""
    return _kept("office", content, limits)


def read_dicom(content: bytes, limits: Limits) -> Document:
    """A DICOM file. Raises Unreadable "file_too_large"."""
    return _kept("dicom", content, limits)


def _kept(name: str, content: bytes, limits: Limits) -> Document:
    if len(content) > limits.file_bytes:
        raise Unreadable("file_too_large", limit=str(limits.file_bytes // (1024 * 1024)))
    title, why = _WHAT[name]
    return Document(format=name, kind="imaging" if name == "dicom" else "other", title=title, unread=(why,))
