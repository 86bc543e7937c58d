"""A front as a process of its own, for the tests that kill it or read its memory. `front_program.py DATA`."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from lanterne.front.serving import run_front  # noqa: E402
from tests.front.stage import GARANCE, INES, WORKER  # noqa: E402


def main() -> None:
    run_front(
        Path(sys.argv[1]),
        0,
        list_seats=lambda _: (GARANCE, INES),
        on_ready=lambda url: print(url, flush=True),
        command=WORKER,
    )
    print("ended", flush=True)


if __name__ == "__main__":
    main()
