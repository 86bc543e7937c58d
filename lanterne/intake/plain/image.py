"""Images: checked, dated by their camera, shown.

Law: nothing is decoded at full size before its number of pixels is known. Source of the date: Exif 2.3, tag
36867.
"""

from __future__ import annotations

import io
import struct
import warnings

from PIL import Image, UnidentifiedImageError

from lanterne.intake.reading import Document, Limits, Unreadable
from lanterne.intake.written.dates import first_date

# A 48-megapixel phone picture fits; an image made to fill the memory does not.
MOST_PIXELS = 120_000_000
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP")
_CAMERA, _DATE, _ORIGINAL_DATE, _EXIF = 0x010F, 0x0132, 0x9003, 0x8769
_BROKEN = (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, struct.error, EOFError)


def read(content: bytes, limits: Limits) -> Document:
    """The document: a photo when a camera made it.

    Raises:
        Unreadable: "file_too_large", "image_broken", "image_too_large".
    """
    if len(content) > limits.file_bytes:
        raise Unreadable("file_too_large", limit=str(limits.file_bytes // (1024 * 1024)))
    try:
        with warnings.catch_warnings():
            # Our own count of pixels decides, below; Pillow also warns of each flaw in what cameras write.
            warnings.simplefilter("ignore")
            return _read(content)
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        code = "image_too_large" if isinstance(error, Image.DecompressionBombError) else "image_broken"
        raise Unreadable(code, limit=str(MOST_PIXELS // 1_000_000)) from error
    except _BROKEN as error:
        raise Unreadable("image_broken", limit="") from error


def _read(content: bytes) -> Document:
    with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise Unreadable("image_too_large", limit=str(MOST_PIXELS // 1_000_000))
        # Nothing may be read between opening and verifying: Pillow then needs the file afresh.
        image.verify()
    with Image.open(io.BytesIO(content), formats=_FORMATS) as image:
        camera, taken = _exif(image)
    unread: tuple[str, ...] = ("Une image se regarde : rien n’y est structuré.",)
    if _cut(content):
        unread = (*unread, "La fin de cette image manque.")
    return Document(
        format="image",
        kind="photo" if camera else "other",
        title="Photo" if camera else "Image",
        at=taken or None,
        unread=unread,
    )


def _exif(image: Image.Image) -> tuple[bool, str]:
    try:
        exif = image.getexif()
        original = exif.get_ifd(_EXIF).get(_ORIGINAL_DATE) or exif.get(_DATE) or ""
        return bool(exif.get(_CAMERA)), first_date(str(original)[:10].replace(":", "-"))
    except _BROKEN:
        return False, ""


def _cut(content: bytes) -> bool:
    """Whether a JPEG or a PNG ends before its end mark (what follows the mark is no matter)."""
    if content.startswith(b"\xff\xd8"):
        return b"\xff\xd9" not in content[-65_536:]
    if content.startswith(b"\x89PNG"):
        return b"IEND" not in content[-65_536:]
    return False
