"""What the joining process serves: one data directory without a practice, or whose admission is awaited.

Law: it answers its own front and nobody else; it holds no key but for the moment a passphrase is chosen. Nothing of a
practice is read here: there is none yet.
"""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation

from lanterne.sync.joining import Joining

Answer = Callable[[HttpRequest], HttpResponseBase]


@dataclass(slots=True)
class Newcomer:
    """The directory being joined into. `admitted` once that was seen by this process; `turn`: one act at a time."""

    root: Path
    front_secret: str
    joining: Joining
    admitted: bool = False
    turn: threading.Lock = field(default_factory=threading.Lock)


_newcomer: Newcomer | None = None


def begin(root: Path, *, front_secret: str, now_ms: Callable[[], int]) -> None:
    """Serve this directory from now on. Called once a process."""
    global _newcomer  # noqa: PLW0603  a process serves one directory, from its start to its end
    _newcomer = Newcomer(root, front_secret, Joining(root, now_ms=now_ms))


def current() -> Newcomer:
    """Whose screens these are.

    Raises:
        RuntimeError: `begin` was not called.
    """
    if _newcomer is None:
        raise RuntimeError("no directory is being joined into in this process")
    return _newcomer


class Doorway:
    """Outermost: refuses what did not come through the front, forbids caching."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """See class."""
        secret = request.META.get("HTTP_X_LANTERNE_FRONT", "")
        if not hmac.compare_digest(secret.encode(), current().front_secret.encode()):
            return HttpResponse("403", status=403, content_type="text/plain")
        with translation.override(settings.LANGUAGE_CODE):
            response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response
