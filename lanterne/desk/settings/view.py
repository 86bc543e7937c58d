"""One's own settings: passphrase, theme, and the state of this device. No Django."""

from __future__ import annotations

from dataclasses import dataclass

from lanterne.desk.frame.view import Notice


@dataclass(frozen=True, slots=True)
class WatchedCard:
    """The watched folder. `state_url` is asked in the background every `every_s` seconds for the lines again.

    `notices` are what a person should act on; `lines` what was found and filed; `done` of `total` files while
    it works (`total` 0: it does not); `files` are (name, why) of those put aside in the last round.
    """

    folder: str
    set_url: str
    now_url: str
    state_url: str
    every_s: int
    working: bool = False
    done: int = 0
    total: int = 0
    notices: tuple[Notice, ...] = ()
    lines: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """`theme_url` receives `theme` ("", "light", "dark"); `facts` are lines about this device."""

    theme: str
    theme_url: str
    passphrase_url: str
    facts: tuple[tuple[str, str], ...] = ()
    notices: tuple[Notice, ...] = ()
    watched: WatchedCard | None = None
