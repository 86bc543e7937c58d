"""What is known of names of medicines: are they names, of what, in which strengths, up to how much a day.

Law: nothing is known by omission. `strengths` is None for a name the base does not hold, never an empty list that would
mean "has none". A near name is offered only when it is the only one, one letter away.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from lanterne.practice.prescriptions.posology import spelled
from lanterne.practice.prescriptions.posology.typed import fold, typed
from lanterne.reference.medicines.model import Base, Limit


@dataclass(frozen=True, slots=True)
class Known:
    """One name: as the structure writes it, whether it is a DCI, and the substances it stands for
    (maybe none known)."""

    text: str
    dci: bool
    substances: tuple[str, ...] = ()


class Names(Protocol):
    """What the reader asks about names."""

    def exact(self, folded: str) -> Known | None:
        """The name of these folded words, or None."""
        ...

    def begins(self, folded: str) -> bool:
        """Whether a known name begins with these folded words and has more of them."""
        ...

    def near(self, folded: str) -> tuple[Known, ...]:
        """The names one letter away, or that sound the same."""
        ...

    def abbreviated(self, folded: str) -> tuple[Known, ...]:
        """The names that these letters begin."""
        ...

    def strengths(self, name: str, form: str) -> tuple[str, ...] | None:
        """The strengths of this name in this form ("" for all); None when the base does not hold the name."""
        ...

    def forms(self, name: str) -> tuple[str, ...]:
        """The forms of this name, as the base writes them; empty when not known."""
        ...

    def limits(self, name: str) -> Sequence[Limit]:
        """Usual and greatest doses of what this name stands for; empty when not known."""
        ...


def sound(folded: str) -> str:
    """Letters as they are heard: what misspelled names have in common."""
    text = folded.replace(" ", "")
    for written, heard in (
        ("ph", "f"),
        ("th", "t"),
        ("y", "i"),
        ("z", "s"),
        ("ck", "c"),
        ("k", "c"),
        ("qu", "c"),
        ("ch", "c"),
    ):
        text = text.replace(written, heard)
    text = text.replace("h", "").rstrip("e")
    return re.sub(r"(.)\1+", r"\1", text)


def one_apart(a: str, b: str) -> bool:
    """Whether one letter added, dropped, changed, or two swapped, makes one of the other."""
    if abs(len(a) - len(b)) > 1 or a == b:
        return False
    if len(a) > len(b):
        a, b = b, a
    same = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if len(a) < len(b):
        return a[same:] == b[same + 1 :]
    rest = a[same + 1 :] == b[same + 1 :]
    swapped = a[same : same + 2] == b[same : same + 2][::-1] and a[same + 2 :] == b[same + 2 :]
    return rest or swapped


@dataclass(frozen=True)
class BaseNames:
    """Names over a base of medicines, and the spellings this package knows."""

    base: Base
    _strengths: dict[tuple[str, str], tuple[str, ...] | None] = field(default_factory=dict)

    @cached_property
    def _known(self) -> dict[str, Known]:
        found: dict[str, Known] = {}
        for name in self.base.names():
            dci = name.kind == "substance"
            _put(found, Known(_written(name.text, dci=dci), dci, name.substances))
            for part in name.substances:
                _put(found, Known(_written(part, dci=True), True, (part,)))
        for text in spelled.dci():
            _put(found, Known(text, True))
        for text in spelled.brands():
            _put(found, Known(text, False))
        return found

    @cached_property
    def _begun(self) -> frozenset[str]:
        begun: set[str] = set()
        for folded in self._known:
            words = folded.split()
            begun.update(" ".join(words[:count]) for count in range(1, len(words)))
        return frozenset(begun)

    @cached_property
    def _sounds(self) -> dict[str, list[str]]:
        sounds: dict[str, list[str]] = {}
        for folded in self._known:
            sounds.setdefault(sound(folded), []).append(folded)
        return sounds

    def exact(self, folded: str) -> Known | None:
        """See Names."""
        return self._known.get(folded)

    def begins(self, folded: str) -> bool:
        """See Names."""
        return folded in self._begun

    def near(self, folded: str) -> tuple[Known, ...]:
        """See Names."""
        if len(folded) < 5:
            return ()
        heard = sound(folded)
        found = set(self._sounds.get(heard, ()))
        if len(folded) >= 6:
            for key, keys in self._sounds.items():
                if key[:1] == heard[:1] and one_apart(heard, key):
                    found.update(keys)
        known = {self._known[key] for key in found}
        return tuple(sorted(known, key=lambda one: one.text))

    def abbreviated(self, folded: str) -> tuple[Known, ...]:
        """See Names."""
        return tuple(
            known for key, known in sorted(self._known.items()) if key.startswith(folded) and key != folded
        )

    def strengths(self, name: str, form: str) -> tuple[str, ...] | None:
        """See Names."""
        key = (name, form)
        if key not in self._strengths:
            held = self.base.strengths(name)
            self._strengths[key] = (self.base.strengths(name, form) if form else held) if held else None
        return self._strengths[key]

    def forms(self, name: str) -> tuple[str, ...]:
        """See Names."""
        return self.base.forms(name)

    def limits(self, name: str) -> Sequence[Limit]:
        """See Names."""
        if limits := self.base.limits(name):
            return limits
        substance = self.base.substance(name)
        return self.base.limits(substance.name) if substance is not None else ()


def _written(text: str, *, dci: bool) -> str:
    return " ".join(text.lower().split()) if dci else typed(text).plain.strip()


def _put(found: dict[str, Known], known: Known) -> None:
    key = fold(known.text)
    if len(key) >= 2 and (key not in found or (known.substances and not found[key].substances)):
        found[key] = known


def texts(known: Iterable[Known]) -> str:
    """Their names in a row, for a sentence."""
    return ", ".join(sorted({one.text for one in known})[:4])
