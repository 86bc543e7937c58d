"""Which base of medicines answers, how a typed line is read and said back: the same for the door and the screen."""

from __future__ import annotations

from lanterne.practice.commands import Look
from lanterne.practice.prescriptions.carrying import Read
from lanterne.practice.prescriptions.posology.structure import Structure
from lanterne.reference.medicines import opened
from lanterne.reference.medicines.model import Base


def base_of(look: Look) -> Base:
    """The newest edition loaded on this device, else the starter list."""
    return opened(look.root)


def reader(base: Base) -> Read:
    """Reads a typed line with the names of this base. None when it is not understood, or asks something."""

    def read(text: str) -> Structure | None:
        return None

    return read


def say(structure: Structure) -> str:
    """The clear words of a structure."""
    return structure.drug
