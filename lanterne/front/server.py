"""The front: listens on loopback, and puts the gate, the unlock page, the workers and the proxy together.

Law: it holds no key and opens nothing. When it ends, however it ends, the workers end.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import sys
from collections.abc import Callable, Sequence
from http import HTTPStatus
from pathlib import Path

import lanterne
from lanterne.front import gate
from lanterne.front.assets import PREFIX, Assets, default_folders
from lanterne.front.companion import Companion
from lanterne.front.connection import Connection, ReadBody
from lanterne.front.errors import FrontError, HeadRefused, WorkerSilent
from lanterne.front.heads import RequestHead
from lanterne.front.idle import IdleWatch, WakingClock
from lanterne.front.joining import JoinDesk
from lanterne.front.pages import SeatShown, failed_sentence, refusal_sentence, silent_sentence
from lanterne.front.replies import Forward, Reply, encode
from lanterne.front.sessions import Session, Sessions
from lanterne.front.settings import FrontSettings
from lanterne.front.unlock import UnlockDesk, UnlockLimit
from lanterne.front.workers import DEFAULT_COMMAND, Workers
from lanterne.wire.errors import LanterneError

_LOOPBACK = "127.0.0.1"
_BACKLOG = 128
_DYING_S = 1.0


class Front:
    """One practice's front on this device. Also the `Door` its connections ask."""

    def __init__(
        self,
        root: Path,
        *,
        list_seats: Callable[[], Sequence[SeatShown]],
        limit: UnlockLimit,
        port: int = 0,
        settings: FrontSettings | None = None,
        command: Sequence[str] = DEFAULT_COMMAND,
        static_folders: tuple[Path, ...] | None = None,
        clock: Callable[[], float] | None = None,
        see_time: Callable[[], None] | None = None,
        companion: Sequence[str] = (),
        joiner: Sequence[str] = (),
    ) -> None:
        self._settings = settings or FrontSettings()
        self._port = port
        self._clock = clock or WakingClock()
        self._see_time = see_time
        self._idle = IdleWatch(self._settings.idle_s)
        self._sessions = Sessions()
        self._workers = Workers(root, self._settings, command=command, on_crash=self._crashed)
        self._unlock = UnlockDesk(
            workers=self._workers,
            sessions=self._sessions,
            idle=self._idle,
            clock=self._clock,
            list_seats=list_seats,
            limit=limit,
        )
        self._assets = Assets(default_folders() if static_folders is None else static_folders)
        self._companion = Companion(root, self._settings, companion) if companion else None
        self._joining = JoinDesk(root, self._settings, joiner) if joiner else None
        self._hosts: tuple[bytes, ...] = ()
        self._listener: socket.socket | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """The port listened on, once started."""
        return self._port

    @property
    def url(self) -> str:
        """What to open in a browser."""
        return f"http://{_LOOPBACK}:{self._port}/"

    @property
    def workers(self) -> Workers:
        """The processes of the seats unlocked now."""
        return self._workers

    @property
    def companion(self) -> Companion | None:
        """What exchanges in the background, when it is wanted."""
        return self._companion

    async def start(self) -> None:
        """Listen. Raises FrontError `front.port_taken` when another program has the port."""
        self._listener = _listen(self._port)
        self._port = int(self._listener.getsockname()[1])
        self._hosts = gate.own_hosts(self._port)
        works = (self._accept(self._listener), self._watch_idle(), self._remember_time(), self._accompany())
        for work in works:
            self._tasks.add(asyncio.create_task(work))

    async def stop(self) -> None:
        """Stop listening, cut the connections, end workers and companion; returns when their processes are gone."""
        going = self._tasks | self._connections
        for task in going:
            task.cancel()
        await asyncio.gather(*going, return_exceptions=True)
        self._tasks.clear()
        if self._listener is not None:
            self._listener.close()
        for seat in self._workers.seats():
            self._sessions.end_seat(seat, "locked")
        await asyncio.gather(
            self._workers.lock_all(),
            *([self._companion.stop()] if self._companion is not None else []),
            *([self._joining.stop()] if self._joining is not None else []),
        )

    async def lock_idle(self) -> None:
        """Lock every seat in which nobody did anything for `idle_s`."""
        for seat in self._idle.expired(self._clock()):
            await self._unlock.lock(seat, "idle")

    # -- the door
    # -----------------------------------------------------------------------------------------------

    async def enter(self, head: RequestHead, read_body: ReadBody) -> Reply | Forward:
        """The gate first; then our own addresses; then the worker of this browser's session."""
        gate.examine(head, hosts=self._hosts)
        if head.path_begins(PREFIX):
            return self._static(head)
        if self._joining is not None and (
            head.path_is(b"/rejoindre") or head.path_begins(b"/rejoindre/") or self._joining.waits()
        ):
            return await self._joining.enter(head)
        if head.path_is(b"/ouvrir"):
            return await self._open(head, read_body)
        if head.path_is(b"/verrouiller"):
            if head.method != b"POST":
                raise HeadRefused(405, "G2", "method not allowed")
            return await self._unlock.lock_mine(head, read_body)
        session = await self._live_session(head)
        if head.path_is(b"/etat"):
            return self._state(session)
        worker = self._workers.find(session.seat) if session is not None else None
        missing = gate.without_session(head)
        if session is None or worker is None:
            if session is not None:
                await self._crashed(session.seat, self._workers.why_ended(session.seat))
            return Reply(missing.status, missing.fields)
        if gate.is_act(head):
            self._idle.act(session.seat, self._clock())
        return Forward(worker, session.word, missing)

    async def _open(self, head: RequestHead, read_body: ReadBody) -> Reply:
        if head.method != b"POST":
            return await self._unlock.show(head)
        reply = await self._unlock.submit(head, read_body)
        if self._joining is not None and reply.status == HTTPStatus.SEE_OTHER:
            await self._joining.let_go()
        return reply

    def refused(self, error: HeadRefused) -> Reply:
        """A sentence, and the number of the rule for whoever reports it."""
        return Reply(error.status, body=refusal_sentence(error.status, error.rule).encode())

    def failed(self, error: OSError | LanterneError) -> Reply:
        """Said to the user, and on the standard error for whoever repairs."""
        report = {"message": "the front failed", "exception": error}
        asyncio.get_running_loop().call_exception_handler(report)
        return Reply(500, body=failed_sentence().encode())

    async def lost(self, silent: WorkerSilent, forward: Forward) -> Reply:
        """The worker has ended: to the unlock page, which says why. It hangs: a sentence."""
        # A dying process closes its sockets a moment before it is gone.
        if silent.status == 502 and await forward.worker.ends_within(_DYING_S):
            await self._crashed(forward.worker.seat, forward.worker.why_ended)
            return Reply(forward.if_lost.status, forward.if_lost.fields)
        return Reply(silent.status, body=silent_sentence().encode())

    async def _live_session(self, head: RequestHead) -> Session | None:
        """The session of the cookie. Locks first what should have been locked while the PC slept."""
        session = self._sessions.find(gate.session_token(head))
        if session is not None and session.seat in self._idle.expired(self._clock()):
            await self._unlock.lock(session.seat, "idle")
            return None
        return session

    def _static(self, head: RequestHead) -> Reply:
        asset = self._assets.find(head.path_copy()) if head.method != b"POST" else None
        if asset is None:
            return Reply(404, body=refusal_sentence(404, "/static/").encode())
        fields = (("ETag", asset.etag), ("Cache-Control", Assets.cache_control(head.has_query())))
        if head.value(b"if-none-match") == asset.etag.encode():
            return Reply(304, fields)
        return Reply(200, fields, asset.content, asset.content_type)

    def _state(self, session: Session | None) -> Reply:
        remaining = None if session is None else int(self._idle.remaining_s(session.seat, self._clock()))
        state = {
            "unlocked": len(self._workers),
            "version": lanterne.__version__,
            "session": session is not None,
            "locks_in_s": remaining,
        }
        return Reply(200, body=json.dumps(state).encode(), content_type="application/json")

    # -- what goes on beside
    # -------------------------------------------------------------------------------------

    async def _crashed(self, seat: str, why: str) -> None:
        self._sessions.end_seat(seat, why)
        self._idle.forget(seat)

    async def _accompany(self) -> None:
        """The exchange in the background, from when there is a practice here to exchange."""
        if self._companion is not None:
            if self._joining is not None:
                await self._joining.begun()
            self._companion.start()

    async def _watch_idle(self) -> None:
        while True:
            await asyncio.sleep(self._settings.tick_s)
            await self.lock_idle()

    async def _remember_time(self) -> None:
        """Beside the idle lock, which must not wait for whoever holds the data directory."""
        while self._see_time is not None:
            await asyncio.to_thread(self._see_time)
            await asyncio.sleep(self._settings.tick_s)

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                client, _ = await loop.sock_accept(listener)
            except ConnectionError:
                continue  # it left before it was taken
            if len(self._connections) >= self._settings.connections:
                self._turn_away(client)
                continue
            task = asyncio.create_task(Connection(client, self._settings, self).serve())
            self._connections.add(task)
            task.add_done_callback(self._served)

    def _served(self, task: asyncio.Task[None]) -> None:
        self._connections.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            # Our own mistake: the connection is closed and wiped; it must be seen, without the values it
            # held.
            report = {
                "message": "a connection ended on an unforeseen error",
                "exception": error,
                "task": task,
            }
            task.get_loop().call_exception_handler(report)

    def _turn_away(self, client: socket.socket) -> None:
        """G13: one more than we serve."""
        with contextlib.closing(client), contextlib.suppress(OSError):
            client.setblocking(False)
            client.send(
                encode(self.refused(HeadRefused(503, "G13", "too many")), keep_alive=False, with_body=True)
            )


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            # Without it another program may take the port we listen on. Not tested here.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_LOOPBACK, port))
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise FrontError(
            "front.port_taken", f"port {port} cannot be listened on: {error.strerror}", port=port
        ) from error
    return listener
