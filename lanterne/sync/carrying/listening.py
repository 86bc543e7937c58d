"""Where other devices of the network reach this one: its server, behind bounded threads and connections.

Law: who is no device of the practice gets no more than `DeviceServer` gives to anybody, and can take no more than
what is bounded here: so many connections, so long a body, so many seconds of silence. A port that is taken is told,
and tried again. Source: docs/threat-model.md.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from typing import Any

from waitress.server import create_server

from lanterne.sync.carrying.telling import Telling
from lanterne.sync.server import MAX_BODY, DeviceServer
from lanterne.sync.ways_open import Opener

HOST = "0.0.0.0"  # noqa: S104  every network of this machine: that is what listening is for
THREADS = 8
CONNECTIONS = 24
"""Each may hold one body of MAX_BODY in a temporary file; what it holds is sealed."""
SILENT_S = 120
HEADER_BYTES = 16 * 1024
TRIED_AGAIN_S = 20.0
PORT_TAKEN = "carrier.port_taken"
FAILED = "carrier.failed"


class _Faults(logging.Handler):
    """What the server's threads met that nobody foresaw: told, and its trace on the standard error for whoever repairs.

    The lines themselves would name who asked and are dropped; so is what a connection does that breaks off.
    """

    def __init__(self, telling: Telling) -> None:
        super().__init__(logging.ERROR)
        self._telling = telling

    def emit(self, record: logging.LogRecord) -> None:
        """See class."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and not isinstance(error, OSError):
            traceback.print_exception(error)
            self._telling.trouble(FAILED)


class Listening:
    """Used by one thread."""

    def __init__(self, opener: Opener, telling: Telling) -> None:
        self._telling = telling
        self._app = DeviceServer(opener.journal, opener.device, now_ms=opener.now_ms, random=opener.random)
        self._server: Any = None
        self._sockets: dict[int, Any] = {}
        self._thread: threading.Thread | None = None
        self._port = 0
        self._not_before = 0.0
        log = logging.getLogger("waitress")
        log.handlers[:], log.propagate = [_Faults(telling)], False

    def at(self, port: int) -> None:
        """Listen there and nowhere else; 0: nowhere. Nothing changes when it does already."""
        if port != self._port:
            self.close()
            self._port, self._not_before = port, 0.0
        if port and self._server is None and time.monotonic() >= self._not_before:
            self._open(port)

    def _open(self, port: int) -> None:
        self._sockets = {}
        try:
            self._server = create_server(
                self._app,
                map=self._sockets,
                host=HOST,
                port=port,
                threads=THREADS,
                connection_limit=CONNECTIONS,
                channel_timeout=SILENT_S,
                max_request_body_size=MAX_BODY,
                max_request_header_size=HEADER_BYTES,
                ident=None,
                expose_tracebacks=False,
            )
        except OSError:
            for begun in tuple(self._sockets.values()):
                begun.close()  # what it made before it met the port
            self._not_before = time.monotonic() + TRIED_AGAIN_S
            self._telling.trouble(PORT_TAKEN)
            return
        self._thread = threading.Thread(target=self._server.run, name="listening", daemon=True)
        self._thread.start()
        self._telling.clear(PORT_TAKEN)
        self._telling.listens(port)

    def close(self) -> None:
        """Answer nobody any more."""
        server, self._server = self._server, None
        self._telling.clear(PORT_TAKEN)
        if server is None or self._thread is None:
            return
        server.trigger.pull_trigger(lambda: server.asyncore.close_all(self._sockets))
        self._thread.join()
        # Threads that hold news open end by themselves: nobody waits for them here.
        server.task_dispatcher.shutdown(timeout=0.2)
        self._telling.listens(0)
