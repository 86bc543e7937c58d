"""An answer handed over piece by piece, to somebody who may not take it.

Law: the server beneath keeps what it was given until it is taken, however long that lasts; so it is given little at a
time, each piece has its time, and what waits together is counted (`Load.answer_bytes`).
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

PIECE = 64 * 1024


class Handed(Response):
    """`held`: let go once the answer was taken, or its reader given up. `silence_s`: for each piece."""

    def __init__(self, *args: Any, silence_s: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = contextlib.ExitStack()
        self._silence_s = silence_s

    @property
    def is_large(self) -> bool:
        """Whether it is more than one piece."""
        return len(self.body) > PIECE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI. An answer that is not taken is broken off, which closes its connection."""
        with self.held:
            await send(
                {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
            )
            size = len(self.body)
            for start in range(0, max(size, 1), PIECE):
                end = min(start + PIECE, size)
                piece = {
                    "type": "http.response.body",
                    "body": bytes(self.body[start:end]),
                    "more_body": end < size,
                }
                try:
                    await asyncio.wait_for(send(piece), self._silence_s)
                except TimeoutError:
                    return
