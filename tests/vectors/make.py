"""Makes the frozen vectors that are absent, and touches none that is there.

Run as `python -m tests.vectors.make`. A vector is never made again: a format that changes gets new files.
What the cases mean and expect is decided in `scenes.py` and `wrongs.py`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def write(name: str, make: Callable[[], Any]) -> bool:
    """Write one file if it is absent; whether it was."""
    path = HERE / name
    if path.exists():
        return False
    path.write_text(json.dumps(make(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    return True


def main() -> int:
    from tests.vectors import scenes

    # The genesis first: the cast reads it.
    made = [name for name, make in scenes.FILES.items() if write(name, make)]
    for name in made:
        sys.stdout.write(f"made {name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
