"""Text in the charset of Windows in France: a letter it has not (ş, ő) loses its mark, as laboratories write it."""

from __future__ import annotations

import unicodedata


def cp1252(text: str) -> bytes:
    """The text in cp1252."""
    return "".join(map(_written, text)).encode("cp1252")


def _written(sign: str) -> str:
    try:
        sign.encode("cp1252")
    except UnicodeEncodeError:
        return unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode() or "?"
    return sign
