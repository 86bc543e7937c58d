"""What a verb prints: lines for a person, JSON for a program, progress on the terminal only.

Law: results go to the standard output, everything else to the standard error; with --json the standard
output holds JSON and nothing else.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Advance = Callable[[int, int], None]


def print_json(value: object) -> None:
    """One JSON value on one line, keys in their order, UTF-8."""
    import orjson

    sys.stdout.write(orjson.dumps(value).decode("utf-8") + "\n")
    sys.stdout.flush()


def say(text: str = "") -> None:
    """A line for the person, not part of the result."""
    print(text, file=sys.stderr)


@contextmanager
def progress(title: str) -> Iterator[Advance]:
    """A bar on the terminal; nothing when the standard error is a file. The function given takes (done,
    total)."""
    if not sys.stderr.isatty():
        yield _silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns: tuple[Any, ...] = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=max(total, 1))

        yield advance


def _silent(done: int, total: int) -> None:
    """Nobody looks."""
