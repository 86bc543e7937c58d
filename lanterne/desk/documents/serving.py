"""The bytes of a file from outside, sent to the browser: typed by what they are, under a policy that runs nothing.

Law: a file is shown only when its bytes are of a kind that is; anything else is offered to be saved. What names the
bytes may have come from another device: what is not the name of a file, or not a key, is a damaged document.
"""

from __future__ import annotations

from django.http import HttpResponse

from lanterne.intake.narrative import clean
from lanterne.practice.documents.rules import SHOWN, media_type_of
from lanterne.practice.record import Record
from lanterne.wire.errors import LanterneError

# The bytes of a document run nothing and load nothing; only our own viewer may frame them.
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
)
SANDBOXED = POLICY + "; sandbox"
EXTENSIONS = {
    "application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp",
    "text/plain": ".txt", "text/html": ".html",
}  # fmt: skip


def bytes_of(record: Record, blob: str, key: str) -> bytes:
    """A sealed file, verified and open.

    Raises:
        LanterneError: missing, damaged, or named by something that is no name.
    """
    try:
        secret = bytes.fromhex(key)
    except ValueError as error:
        raise LanterneError("blob_damaged") from error
    return record.journal.blobs.get(blob, secret)


def sent(content: bytes, media_type: str, name: str, *, save: bool = False) -> HttpResponse:
    """The answer that carries a file.

    Args:
        media_type: what its fact says it is; its bytes must agree, or it is only saved.
        name: of the file saved, without extension; says nothing of a patient.
        save: offered to be saved, whatever it is.
    """
    if media_type == "text/html" and not save:
        # Ours, or a peer's: cleaned again, and served as a page that can do nothing.
        content = b"<!doctype html><meta charset=utf-8>" + clean(content.decode("utf-8", "replace")).encode()
        shown = True
    else:
        shown = not save and media_type in SHOWN and media_type_of(content) == media_type
    response = HttpResponse(content, content_type=media_type if shown else "application/octet-stream")
    if shown and media_type.startswith("text/"):
        response.headers["Content-Type"] = f"{media_type}; charset=utf-8"
    extension = EXTENSIONS.get(media_type, ".bin") if shown or media_type in SHOWN else ".bin"
    disposition = "inline" if shown else "attachment"
    response.headers["Content-Disposition"] = f'{disposition}; filename="{name}{extension}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    # Chromium's PDF viewer does not start in a sandbox; a PDF runs nothing of ours.
    response.headers["Content-Security-Policy"] = POLICY if media_type == "application/pdf" else SANDBOXED
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
