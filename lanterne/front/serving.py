"""`lanterne serve`: a front with the journal's seats and counter, until somebody ends it.

Law: Ctrl-C, SIGTERM and (Windows) Ctrl-Break end the workers in order; anything harder ends them by
closing their input.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from lanterne.front.joining import has_practice
from lanterne.front.pages import SeatShown
from lanterne.front.server import Front
from lanterne.front.settings import FrontSettings
from lanterne.front.workers import DEFAULT_COMMAND
from lanterne.journal.errors import DiskFailed, DiskFull, JournalBusy
from lanterne.journal.files import OsFiles
from lanterne.journal.latest import LatestTime
from lanterne.journal.layout import Layout
from lanterne.journal.unlock_limit import UnlockLimit


def run_front(
    root: Path,
    port: int,
    *,
    list_seats: Callable[[Path], Sequence[SeatShown]],
    on_ready: Callable[[str], None],
    settings: FrontSettings | None = None,
    command: Sequence[str] = DEFAULT_COMMAND,
    companion: Sequence[str] = (),
    joiner: Sequence[str] = (),
) -> None:
    """Serve the practice in `root` until a signal ends it; without one, the pages by which this machine joins one.

    `list_seats` is `lanterne.journal.founding.list_seats`, handed in because that module can open seats
    and this process must not be able to. `port` 0 chooses a free one; `on_ready` is told the address to open.
    `companion`: the command that exchanges in the background (`companion.DEFAULT_COMMAND`); none when empty.

    `joiner`: the command that joins (`joining.DEFAULT_COMMAND`); when empty, a practice must be there.

    Raises FrontError `front.port_taken`, and what `list_seats` raises when there is no practice in `root`.
    """
    layout = Layout(root)
    files = OsFiles()
    if not joiner or has_practice(layout):
        list_seats(root)
        files.make_directories(layout.local)
    front = Front(
        root,
        list_seats=lambda: list_seats(root),
        limit=UnlockLimit(layout.unlock, files),
        port=port,
        settings=settings,
        command=command,
        see_time=_remembering(layout, LatestTime(layout.clock, files)),
        companion=companion,
        joiner=joiner,
    )
    serve(front, on_ready)


def _remembering(layout: Layout, latest: LatestTime) -> Callable[[], None]:
    """Time passes also while nobody is unlocked (store.md S13). A disk that cannot keep it keeps nobody waiting."""

    def see() -> None:
        if not has_practice(layout):
            return
        with contextlib.suppress(DiskFull, DiskFailed, JournalBusy):
            latest.see(time.time_ns() // 1_000_000)

    return see


def serve(front: Front, on_ready: Callable[[str], None]) -> None:
    """Serve until a signal; the signals' former handlers are put back."""

    async def main() -> None:
        loop, ended = asyncio.get_running_loop(), asyncio.Event()

        def end(_number: int, _frame: FrameType | None) -> None:
            loop.call_soon_threadsafe(ended.set)

        # `signal.signal`, because `loop.add_signal_handler` does not exist on Windows.
        names = ("SIGINT", "SIGTERM", "SIGBREAK")
        numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
        former = {number: signal.signal(number, end) for number in numbers}
        try:
            await front.start()
            on_ready(front.url)
            await ended.wait()
        finally:
            await front.stop()
            for number, handler in former.items():
                signal.signal(number, handler)

    asyncio.run(main())
