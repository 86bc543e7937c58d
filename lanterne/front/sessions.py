"""Which browser is whose: tokens, seats, and why a session ended. Pure; randomness is an argument.

Law: a session belongs to one seat for its whole life. Ending a seat ends all its sessions at once.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

#: A browser that comes back with an ended token is told why; the oldest are forgotten.
_REMEMBERED = 200


def random_token() -> str:
    """32 random bytes in URL-safe base64: 43 characters."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class Session:
    """A browser that unlocked a seat. `word` is what the worker sees of it; it does not reveal the token."""

    token: str
    seat: str
    word: str


class Sessions:
    """Live sessions, and the reasons of those that ended."""

    def __init__(self, make_token: Callable[[], str] = random_token) -> None:
        self._make_token = make_token
        self._live: dict[str, Session] = {}
        self._ended: OrderedDict[str, str] = OrderedDict()

    def __len__(self) -> int:
        return len(self._live)

    def open(self, seat: str) -> Session:
        """A new session of that seat, with a new token: none known before unlocking becomes a session."""
        session = Session(token=self._make_token(), seat=seat, word=self._make_token())
        self._live[session.token] = session
        return session

    def find(self, token: str | None) -> Session | None:
        """The live session of that token."""
        return self._live.get(token) if token is not None else None

    def end(self, token: str, reason: str) -> bool:
        """End one session; True when it was the last of its seat."""
        session = self._live.pop(token, None)
        if session is None:
            return False
        self._remember(token, reason)
        return not any(other.seat == session.seat for other in self._live.values())

    def end_seat(self, seat: str, reason: str) -> int:
        """End every session of a seat; how many there were."""
        tokens = [token for token, session in self._live.items() if session.seat == seat]
        for token in tokens:
            del self._live[token]
            self._remember(token, reason)
        return len(tokens)

    def why_ended(self, token: str | None) -> str | None:
        """The reason word of an ended session, as long as it is remembered."""
        return self._ended.get(token) if token is not None else None

    def _remember(self, token: str, reason: str) -> None:
        self._ended[token] = reason
        while len(self._ended) > _REMEMBERED:
            self._ended.popitem(last=False)


class FormTokens:
    """Tokens given with the unlock form.

    One is accepted only if it was given here: a planted cookie is not.
    """

    def __init__(self, make_token: Callable[[], str] = random_token) -> None:
        self._make_token = make_token
        self._given: OrderedDict[str, None] = OrderedDict()

    def give(self, already: str | None) -> str:
        """The token for a form: the one the browser has when it is ours, so that two tabs agree; else a new
        one.
        """
        if already is not None and already in self._given:
            self._given.move_to_end(already)
            return already
        token = self._make_token()
        self._given[token] = None
        while len(self._given) > _REMEMBERED:
            self._given.popitem(last=False)
        return token

    def agrees(self, cookie: str | None, submitted: bytes | bytearray) -> bool:
        """Whether the form's token and the cookie are one, and ours."""
        if cookie is None or cookie not in self._given:
            return False
        return secrets.compare_digest(cookie.encode(), bytes(submitted))
