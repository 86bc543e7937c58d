"""Which base of medicines answers, how a typed line is read and said back: the same for the door and the screen."""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec

from lanterne.practice.commands import Look
from lanterne.practice.prescriptions.carrying import Read
from lanterne.practice.prescriptions.posology.names import BaseNames
from lanterne.practice.prescriptions.posology.reading import read
from lanterne.practice.prescriptions.posology.structure import Reading, Structure
from lanterne.practice.prescriptions.posology.words import words
from lanterne.reference.medicines import opened
from lanterne.reference.medicines.model import Base

_lock = threading.Lock()
_names: dict[int, tuple[Base, BaseNames]] = {}
_KEPT = 4
"""Bases whose names are kept: the one in use, and what it replaced."""


def base_of(look: Look) -> Base:
    """The newest edition loaded on this device, else the starter list."""
    return base_at(look.root)


def base_at(root: Path | None) -> Base:
    """The same, for a data directory."""
    return opened(root)


def names_of(base: Base) -> BaseNames:
    """The names of a base, prepared once."""
    with _lock:
        held = _names.get(id(base))
        if held is None or held[0] is not base:
            while len(_names) >= _KEPT:
                _names.pop(next(iter(_names)))
            held = _names[id(base)] = (base, BaseNames(base))
        return held[1]


def reading_of(base: Base, text: str) -> Reading:
    """What becomes of a typed line."""
    return read(text, names_of(base))


def reader(base: Base) -> Read:
    """Reads a typed line with the names of this base. None when it is not understood, or asks something."""

    def understood(text: str) -> Structure | None:
        found = reading_of(base, text)
        return found.structure if found.understood else None

    return understood


_NAMELESS = "x"


def say(structure: Structure) -> str:
    """How it is taken, in clear words: the name, the ALD and the substitution are said elsewhere on a line."""
    how = msgspec.structs.replace(
        structure, drug=_NAMELESS, strength=None, ald=False, non_substitutable=False, nsr=None
    )
    said = words(how)[len(_NAMELESS) :]
    return said.removeprefix("\u00a0: ").removeprefix(", ").removesuffix(".")


def say_lasting(structure: Structure) -> str:
    """The same without how long: what the list of treatments says."""
    return say(msgspec.structs.replace(structure, duration=None, duration_d=None, renewals=None))
