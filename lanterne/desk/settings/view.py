"""One's own settings: passphrase, theme, and the state of this device. No Django."""

from __future__ import annotations

from dataclasses import dataclass

from lanterne.desk.frame.view import Notice


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """`theme_url` receives `theme` ("", "light", "dark"); `facts` are lines about this device."""

    theme: str
    theme_url: str
    passphrase_url: str
    facts: tuple[tuple[str, str], ...] = ()
    notices: tuple[Notice, ...] = ()
