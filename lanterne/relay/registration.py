"""Which practices may begin here: the operator's list, or anybody up to a number.

Law: the list decides about beginning only; a practice once begun is cut by a notice, which tells it why. The
file is read again when it changed, so that the operator adds a practice without stopping the relay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from lanterne.relay.errors import RelayError
from lanterne.wire.names import PracticeId

MOST_OPEN = 1_000
_PRACTICE = re.compile(r"[0-9a-f]{64}")


@dataclass(slots=True)
class Registration:
    """`list_file`: one practice id a line (64 hex digits), what follows `#` is a remark. `open_to`: how many
    practices anybody may begin; 0 for none beyond the list.
    """

    list_file: Path | None = None
    open_to: int = 0
    _read_at: tuple[int, int] | None = field(default=None, init=False)
    _listed: frozenset[PracticeId] = field(default=frozenset(), init=False)

    def takes(self, practice: PracticeId, begun: int) -> bool:
        """Whether `practice` may begin when `begun` have. Raises RelayError, OSError: the list is not readable."""
        return begun < self.open_to or practice in self.listed()

    def listed(self) -> frozenset[PracticeId]:
        """The practices on the list now."""
        if self.list_file is None:
            return frozenset()
        about = self.list_file.stat()
        mark = (about.st_mtime_ns, about.st_size)
        if mark != self._read_at:
            self._listed = read_list(self.list_file)
            self._read_at = mark
        return self._listed


def read_list(path: Path) -> frozenset[PracticeId]:
    """The practices in a list. Raises RelayError "relay.list_line" with the line that is none."""
    found = set()
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        said = line.partition("#")[0].strip().lower()
        if not said:
            continue
        if _PRACTICE.fullmatch(said) is None:
            raise RelayError("relay.list_line", "a line is not a practice", path=str(path), line=number)
        found.add(PracticeId(said))
    return frozenset(found)
