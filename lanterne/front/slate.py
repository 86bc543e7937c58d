"""A slate: memory allocated once, written in place, wiped.

Law: medical text passes through the front only inside slates. Python cannot zero a `bytes` or a `str`, so
nothing is copied out of a slate except what the gate must compare (method, Host, Origin, the session cookie,
lengths).
"""

from __future__ import annotations

from lanterne.front.errors import HeadRefused

_BLANK = memoryview(bytes(128 * 1024))


class Slate:
    """A fixed buffer of `size_bytes` that knows how far it was written, so that wiping costs only what was
    used.
    """

    __slots__ = ("_high", "data", "view")

    def __init__(self, size_bytes: int) -> None:
        if not 0 < size_bytes <= len(_BLANK):
            raise ValueError(f"a slate holds 1 to {len(_BLANK)} bytes")
        self.data = bytearray(size_bytes)
        self.view = memoryview(self.data)
        self._high = 0

    def __len__(self) -> int:
        return len(self.data)

    def written_to(self, end: int) -> None:
        """Remember that bytes before `end` may hold something."""
        self._high = max(self._high, end)

    def wipe(self) -> None:
        """Zero everything written since the last wipe, in place."""
        self.view[: self._high] = _BLANK[: self._high]
        self._high = 0


class Pen:
    """Writes a head into a slate, from constants and from spans of another slate; never through a new object.

    Raises HeadRefused (431) when the slate is full.
    """

    __slots__ = ("_slate", "end")

    def __init__(self, slate: Slate) -> None:
        self._slate = slate
        self.end = 0

    def text(self, words: bytes) -> None:
        """Append constant bytes, which are never medical text."""
        self._put(memoryview(words))

    def span(self, source: memoryview, start: int, end: int) -> None:
        """Append `source[start:end]` by copying memory to memory."""
        self._put(source[start:end])

    def written(self) -> memoryview:
        """What was written so far, to be sent."""
        return self._slate.view[: self.end]

    def _put(self, piece: memoryview) -> None:
        end = self.end + len(piece)
        if end > len(self._slate):
            raise HeadRefused(431, "H1", "head too large")
        # marked first: an interruption between the two lines must not leave an unwiped span
        self._slate.written_to(end)
        self._slate.view[self.end : end] = piece
        self.end = end
