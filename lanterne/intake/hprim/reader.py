"""The reader of HPRIM files: médecin or santé, one patient or many."""

from __future__ import annotations

from lanterne.intake.charset import decode
from lanterne.intake.hprim.medecin import is_medecin, read_medecin
from lanterne.intake.hprim.sante import is_sante, read_sante
from lanterne.intake.reading import Document, Limits, Unreadable
from lanterne.intake.written.gathering import gathered

_LOOKED_AT = 20_000


def is_hprim(text: str) -> bool:
    """Whether text is HPRIM, médecin or santé, from its beginning."""
    return is_sante(text) or is_medecin(
        text[:_LOOKED_AT].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    )


def read(content: bytes, limits: Limits) -> Document:
    """The document in the file; one with `parts` when it holds several messages or patients.

    Raises:
        Unreadable: "file_too_large", "text_too_long", "too_many_elements", "too_many_parts",
            "segments_separators", "segments_no_header".
    """
    if len(content) > limits.file_bytes:
        raise Unreadable("file_too_large", limit=str(limits.file_bytes // (1024 * 1024)))
    decoded = decode(content)
    if len(decoded.text) > limits.text_characters:
        raise Unreadable("text_too_long", limit=str(limits.text_characters))
    documents = (
        read_sante(decoded.text, limits) if is_sante(decoded.text) else read_medecin(decoded.text, limits)
    )
    return gathered("hprim", documents, exact=decoded.exact)
