"""Sentences with alternatives: "{Va bien|RAS}. PA <pa>." gives one of two, with its slots filled.

Law: the same random generator in the same state says the same words.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

_CHOICE = re.compile(r"\{([^{}]*)\}")
_SLOT = re.compile(r"<([a-z_0-9]+)>")


@lru_cache(maxsize=4096)
def _pieces(template: str) -> tuple[tuple[str, ...], ...]:
    pieces: list[tuple[str, ...]] = []
    end = 0
    for found in _CHOICE.finditer(template):
        pieces.append((template[end : found.start()],))
        pieces.append(tuple(found.group(1).split("|")))
        end = found.end()
    pieces.append((template[end:],))
    return tuple(pieces)


def say(rng: random.Random, template: str, slots: Mapping[str, str] | None = None) -> str:
    """One reading of a template. An unknown slot is left as it is, so that a test sees it."""
    text = "".join(
        piece[0] if len(piece) == 1 else piece[int(rng.random() * len(piece))] for piece in _pieces(template)
    )
    if slots and "<" in text:
        return _SLOT.sub(lambda found: slots.get(found[1], found[0]), text)
    return text


def pick(rng: random.Random, templates: Sequence[str], slots: Mapping[str, str] | None = None) -> str:
    """One reading of one of several templates; empty when there is none."""
    return say(rng, templates[int(rng.random() * len(templates))], slots) if templates else ""


def join(parts: Sequence[str]) -> str:
    """Sentences one after the other, without the empty ones."""
    return " ".join(part for part in parts if part)
