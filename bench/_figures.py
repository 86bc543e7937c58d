"""How every bench says what it measured, and on what."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable

from sqlcipher3 import dbapi2 as sqlite


def machine() -> str:
    """One line: cores, Python, SQLite, system."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{os.cpu_count()} cores{load}, Python {platform.python_version()}, SQLite {sqlite.sqlite_version} (SQLCipher),"
        f" {platform.system()} {platform.machine()}"
    )


def timed(act: Callable[[], object], times: int, *, warm: int = 3) -> tuple[float, float]:
    """(p50, p99) in milliseconds of `times` runs after `warm` ones."""
    for _ in range(warm):
        act()
    taken = []
    for _ in range(times):
        before = time.perf_counter()
        act()
        taken.append((time.perf_counter() - before) * 1000)
    taken.sort()
    return statistics.median(taken), taken[min(len(taken) - 1, int(len(taken) * 0.99))]
