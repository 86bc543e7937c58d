"""Ways to forge, alter, replay and misdirect what is said to a relay, each the same again for the same dice."""

from __future__ import annotations

import random
from collections.abc import Callable

from lanterne.wire.entry import PREAMBLE_SIZE

Dice = random.Random
Bend = Callable[[bytes, Dice, bytes], bytes]


def flip(data: bytes, dice: Dice, _other: bytes) -> bytes:
    """One bit."""
    at = dice.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << dice.randrange(8))]) + data[at + 1 :]


def flip_early(data: bytes, dice: Dice, other: bytes) -> bytes:
    """One bit where the preamble and the header are."""
    size = min(len(data), PREAMBLE_SIZE + 120)
    return flip(data[:size], dice, other) + data[size:]


def overwrite(data: bytes, dice: Dice, _other: bytes) -> bytes:
    """Some bytes in a row."""
    at = dice.randrange(len(data))
    size = dice.choice((1, 2, 4, 8, 16, 32))
    return data[:at] + dice.choice((bytes(size), b"\xff" * size, dice.randbytes(size))) + data[at + size :]


def cut(data: bytes, dice: Dice, _other: bytes) -> bytes:
    """The end is missing."""
    return data[: dice.randrange(len(data))]


def lengthen(data: bytes, dice: Dice, _other: bytes) -> bytes:
    """Something follows."""
    return data + dice.randbytes(dice.randrange(1, 200))


def splice(data: bytes, dice: Dice, other: bytes) -> bytes:
    """The beginning of one, the rest of another."""
    at = dice.randrange(1, min(len(data), len(other)))
    return data[:at] + other[at:]


def transplant(data: bytes, dice: Dice, other: bytes) -> bytes:
    """A field's worth of another, in its place."""
    at = dice.randrange(min(len(data), len(other)) - 32)
    size = dice.choice((1, 4, 8, 16, 32))
    return data[:at] + other[at : at + size] + data[at + size :]


def repeat(data: bytes, dice: Dice, _other: bytes) -> bytes:
    """A piece twice."""
    at = dice.randrange(len(data))
    end = dice.randrange(at, len(data)) + 1
    return data[:end] + data[at:]


def swap(data: bytes, dice: Dice, _other: bytes) -> bytes:
    """Two pieces exchanged."""
    size = dice.choice((1, 8, 16))
    one, two = sorted(dice.sample(range(len(data) - size), 2))
    if two < one + size:
        two = one
    return (
        data[:one]
        + data[two : two + size]
        + data[one + size : max(two, one + size)]
        + data[one : one + size] * (two != one)
        + data[two + size if two != one else one + size :]
    )


def nothing_like(_data: bytes, dice: Dice, _other: bytes) -> bytes:
    """Noise."""
    return dice.randbytes(dice.randrange(400))


BENDS: tuple[Bend, ...] = (
    flip,
    flip_early,
    overwrite,
    cut,
    lengthen,
    splice,
    transplant,
    repeat,
    swap,
    nothing_like,
)
