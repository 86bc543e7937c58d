"""The relay of the simulation: its real house, store and application, asked in this process.

Law: nothing of the relay is replaced but the threads that wait for its disk, so that one seed gives one order. Its
clock is the world's. What it keeps lies in a real folder.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec, TypeVar

from lanterne.proof.relay_key import RelayKey
from lanterne.relay.app import make_app
from lanterne.relay.blob_files import BlobFiles
from lanterne.relay.house import House
from lanterne.relay.place import BLOBS, DATABASE, KEY
from lanterne.relay.registration import Registration
from lanterne.relay.sqlite_store import SqliteStore

P = ParamSpec("P")
T = TypeVar("T")


class Answered(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes
    lie: str = ""
    """What was changed of the honest answer."""


class _Inline(House):
    """A house whose work is done at once."""

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """See House."""
        return work(*args, **kwargs)


class Relay:
    """One relay on one folder."""

    def __init__(
        self, root: Path, key: RelayKey, now_ms: Callable[[], int], loop: asyncio.AbstractEventLoop
    ) -> None:
        self.root, self.key, self._now_ms, self._loop = root, key, now_ms, loop
        root.mkdir(parents=True, exist_ok=True)
        (root / KEY).write_bytes(key.to_file())
        self.house: House | None = None
        self.begin()

    def begin(self) -> None:
        """Serve what the folder holds."""
        self.house = _Inline(
            store=SqliteStore(self.root / DATABASE),
            shelf=BlobFiles(self.root / BLOBS),
            key=self.key,
            registration=Registration(open_to=10),
            now_ms=self._now_ms,
        )
        self._app = make_app(self.house)

    def end(self) -> None:
        """Stop; every answer given is on the disk."""
        if self.house is not None:
            self.house.close()
            self.house = None

    def copy(self, root: Path) -> Relay:
        """Another relay under the same key, which holds what this one holds now: two histories begin."""
        self.end()
        shutil.copytree(self.root, root)
        self.begin()
        return Relay(root, self.key, self._now_ms, self._loop)

    def answer(self, method: str, target: str, body: bytes, headers: dict[str, str]) -> Answered:
        """One request through the ASGI application."""
        path, _, query = target.partition("?")
        named = {"content-length": str(len(body)), **{name.lower(): text for name, text in headers.items()}}
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode("latin-1", "replace"),
            "query_string": query.encode("latin-1", "replace"),
            "headers": [(name.encode(), text.encode("latin-1", "replace")) for name, text in named.items()],
            "client": ("127.0.0.1", 1),
            "server": ("relay.invalid", 80),
        }
        coming = [{"type": "http.request", "body": body, "more_body": False}]
        found: dict[str, Any] = {"status": 0, "headers": {}, "body": b""}

        async def receive() -> dict[str, Any]:
            return coming.pop() if coming else {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                found["status"] = message["status"]
                found["headers"] = {
                    name.decode("latin-1"): text.decode("latin-1") for name, text in message["headers"]
                }
            else:
                found["body"] += message.get("body", b"")

        self._loop.run_until_complete(self._app(scope, receive, send))  # type: ignore[arg-type]
        return Answered(found["status"], found["headers"], found["body"])
