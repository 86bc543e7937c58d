"""What a check answers with, and how findings are named so that a written reason passes one and no other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from lanterne.practice.prescriptions.facts import Check, Fired, Severity, Unchecked

GRAVEST_FIRST: tuple[Severity, ...] = ("contraindicated", "discouraged", "precaution", "noted")
FOLDED: frozenset[Severity] = frozenset({"precaution", "noted"})
"""Shown folded: they never stop anybody."""


@dataclass(slots=True)
class Answer:
    """What one check found, and what it did not check."""

    check: Check
    fired: list[Fired] = field(default_factory=list)
    unchecked: list[Unchecked] = field(default_factory=list)

    def fire(
        self,
        severity: Severity,
        code: str,
        lines: Iterable[int],
        subject: str,
        *,
        source: str = "",
        **params: str,
    ) -> None:
        """A finding, said once whatever the number of times it is found."""
        found = Fired(
            check=self.check, severity=severity, lines=sorted(set(lines)), subject=subject, code=code,
            params=params, source=source,
        )  # fmt: skip
        if found not in self.fired:
            self.fired.append(found)

    def skip(self, code: str, lines: Iterable[int], **params: str) -> None:
        """Something was not checked. Lines that lack the same thing are said together."""
        for place, held in enumerate(self.unchecked):
            if held.code == code and held.params == params:
                together = sorted({*held.lines, *lines})
                self.unchecked[place] = msgspec.structs.replace(held, lines=together)
                return
        self.unchecked.append(Unchecked(check=self.check, code=code, params=params, lines=sorted(set(lines))))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What all checks found, gravest first, and what they did not check."""

    fired: tuple[Fired, ...]
    unchecked: tuple[Unchecked, ...]


def key_of(fired: Fired) -> str:
    """The name of a finding: what it says, not where. A reason written for one passes it, and none that says
    anything else: other words, another day of a creatinine, another posology."""
    said = (fired.check, fired.severity, fired.code, fired.subject, *(sorted(fired.params.items())))
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def blocking(fired: Iterable[Fired]) -> list[Fired]:
    """Those that need a written reason."""
    return [one for one in fired if one.severity == "contraindicated" and not one.passed.strip()]
