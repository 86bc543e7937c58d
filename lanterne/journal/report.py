"""What a check found.

Law: a fault names its file, its place in it, and what it means; a note is something to know that needs no
repair.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is not as it was written.

    Attributes:
        file: path under the data directory, with slashes.
        place: where in the file, such as "offset 4096"; empty when the whole file is meant.
        code: stable word the screens translate, such as "frame_damaged".
        meaning: an English sentence.
        healed: another copy was whole, and replaced this one.
    """

    file: str
    place: str
    code: str
    meaning: str
    healed: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """Something to know: an unfinished write set aside, an entry that waits, a membership fact without
    effect.
    """

    file: str
    place: str
    code: str
    meaning: str


@dataclass(slots=True)
class Report:
    """What `check_store` found. `entries`: how many distinct entries lie in the three streams."""

    entries: int = 0
    blobs: int = 0
    faults: list[Fault] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether there is no fault, healed ones included."""
        return not self.faults

    def fault(self, file: str, place: str, code: str, meaning: str, *, healed: bool = False) -> None:
        """Add a fault."""
        self.faults.append(Fault(file, place, code, meaning, healed))

    def note(self, file: str, place: str, code: str, meaning: str) -> None:
        """Add a note."""
        self.notes.append(Note(file, place, code, meaning))
