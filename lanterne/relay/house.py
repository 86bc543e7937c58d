"""One relay, put together: what it keeps, what it remembers, who waits, what its operator said.

Law: everything that can block runs in a bounded pool of threads, so that the loop which listens never waits
for a disk.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from lanterne.proof.relay_key import RelayKey
from lanterne.relay.limits import Load, Quota
from lanterne.relay.news import News
from lanterne.relay.nonces import Callers
from lanterne.relay.practices import Practices
from lanterne.relay.registration import Registration
from lanterne.relay.store import BlobShelf, Store
from lanterne.relay.suspensions import Notices
from lanterne.relay.turns import Budget, Turns

P = ParamSpec("P")
T = TypeVar("T")


def clock_ms() -> int:
    """Milliseconds since 1970-01-01 UTC."""
    return time.time_ns() // 1_000_000


class House:
    """Made once, before the loop runs; used from the loop."""

    def __init__(
        self,
        *,
        store: Store,
        shelf: BlobShelf,
        key: RelayKey,
        registration: Registration,
        quota: Quota | None = None,
        load: Load | None = None,
        now_ms: Callable[[], int] = clock_ms,
    ) -> None:
        """Raises MessageRefused: a notice in the store was not signed by this relay."""
        self.store, self.shelf, self.key, self.registration = store, shelf, key, registration
        self.quota, self.load, self.now_ms = quota or Quota(), load or Load(), now_ms
        load = self.load
        self.practices = Practices(store, load.memberships)
        self.callers = Callers(devices=load.devices, nonces_each=load.nonces_each)
        self.news = News(most=load.polls, each=load.polls_each, retry_s=load.retry_s)
        self.writes = Turns(
            running=load.writes,
            each=1,
            waiting=load.waiting,
            waiting_each=load.waiting_each,
            retry_s=load.retry_s,
        )
        self.reads = Turns(
            running=load.reads,
            each=load.reads_each,
            waiting=load.waiting,
            waiting_each=load.waiting_each,
            retry_s=load.retry_s,
        )
        self.looks = Turns(
            running=load.threads,
            each=1,
            waiting=load.polls,
            waiting_each=load.polls_each,
            retry_s=load.retry_s,
        )
        """Of polls, which are bounded already: that many may look at once what is new."""
        self.bodies = Budget(most=load.body_bytes, each=load.body_bytes_each, retry_s=load.retry_s)
        self.answers = Budget(most=load.answer_bytes, each=load.answer_bytes_each, retry_s=load.retry_s)
        self.notices = self.read_notices()
        self.trouble: str | None = None
        """Why the disk last refused, until it takes something again."""
        self.closing = False
        """Polls are answered at once, since the relay stops."""
        self._pool = ThreadPoolExecutor(load.threads, thread_name_prefix="relay")

    def read_notices(self) -> Notices:
        """The notices in force, as the store has them now."""
        return Notices.read(self.store.notices(), relay=self.key.id, key=self.key.public)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`work` in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, lambda: work(*args, **kwargs))

    async def durable(self, done: Future[None]) -> None:
        """Wait until it is on the disk; whoever asked going away does not undo it."""
        await asyncio.shield(asyncio.wrap_future(done))
        self.trouble = None

    def close(self) -> None:
        """End what runs, then the store."""
        self._pool.shutdown(wait=True)
        self.store.close()
