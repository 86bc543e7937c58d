"""The exchanges as templates take them. No Django."""

from __future__ import annotations

from dataclasses import dataclass

from lanterne.desk.frame.view import Notice


@dataclass(frozen=True, slots=True)
class WayLine:
    """One way: relay, folder, other device. `done` of `total` while an exchange goes on by it (`total` 0: none
    does); `waits` what it does not have yet; `trouble` why it does not go; `forget_url` takes it off the list.
    """

    kind: str
    name: str
    last: str
    waits: str = ""
    trouble: str = ""
    state: str = ""
    next_at: str = ""
    done: int = 0
    total: int = 0
    progress: str = ""
    forget_url: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class OtherDevice:
    """Another device: when it was heard, what it lacks, what it has that is not here."""

    name: str
    heard: str
    lacks: str
    ahead: str
    whole: bool


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """A provable lie, and who has seen it ("" nobody)."""

    text: str
    at: str
    url: str
    seen: str = ""


@dataclass(frozen=True, slots=True)
class ExchangePage:
    """How things stand. `state_url` is asked in the background every `every_s` seconds for all of it again.

    `first` is the first copy of this device: done, of how much, in words. The last URLs are empty for who may not
    change the ways. Nothing is claimed of ways and devices when the state was not `readable`.
    """

    sentence: str
    state_url: str
    every_s: int
    now_url: str
    at: str
    notices: tuple[Notice, ...] = ()
    first: tuple[int, int, str] | None = None
    facts: tuple[tuple[str, str], ...] = ()
    ways: tuple[WayLine, ...] = ()
    devices: tuple[OtherDevice, ...] = ()
    alarms: tuple[AlarmLine, ...] = ()
    relay_url: str = ""
    folder_url: str = ""
    device_url: str = ""
    listen_url: str = ""
    listening: str = ""
    readable: bool = True


@dataclass(frozen=True, slots=True)
class AlarmPage:
    """One provable lie: what was seen, what it means, what to do, who has seen it.

    `similar` are those not seen yet that say the same of the same one; `together` names them, to be marked with it.
    """

    title: str
    text: str
    means: str
    to_do: str
    facts: tuple[tuple[str, str], ...]
    evidence_url: str
    evidence: str
    back_url: str
    seen_url: str = ""
    seen: str = ""
    similar: tuple[AlarmLine, ...] = ()
    together: str = ""


@dataclass(frozen=True, slots=True)
class RelayPage:
    """The relay being chosen. `key`: the fingerprint to compare, once somebody answered at the address."""

    action_url: str
    back_url: str
    address: str = ""
    key: tuple[str, ...] = ()
    current: str = ""
    current_key: tuple[str, ...] = ()
    changed: bool = False
    none: bool = False
