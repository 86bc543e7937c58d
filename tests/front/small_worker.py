"""A worker for the front's tests: a real process, a real HTTP server, no record.

It keeps the front's talk (lanterne/front/workers.py), refuses whoever lacks the front's secret, and says
what it was sent. Started as `python small_worker.py`; passphrases and markers are read from files in the
data directory.
"""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

PAGE = 256 * 1024
state: dict[str, Any] = {}


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers by path; HTTP/1.0, as the front speaks."""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def _answer(self) -> None:
        if self.headers.get("X-Lanterne-Front") != state["front_secret"]:
            self.send_error(403)
            return
        length = int(self.headers.get("Content-Length") or 0)
        digest, size = hashlib.sha256(), 0
        while size < length:
            piece = self.rfile.read(min(PAGE, length - size))
            if not piece:
                return
            digest.update(piece)
            size += len(piece)
        path = self.path.partition("?")[0]
        if path == "/crash":
            os._exit(3)
        if path == "/hang":
            time.sleep(600)
        if path == "/short":  # promises more than it gives
            self._say(b"half a chart", [], length=1000)
        elif path == "/endless":  # no length: ends with the connection
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"unlengthened" * 10000)
        elif path == "/nothttp":
            self.wfile.write(b"SSH-2.0-surprise\r\n\r\n")
        elif path == "/marker":  # a chart: medical text in the body and in the head
            marker = (Path(state["data"]) / "marker").read_text("utf-8")
            self._say((marker * 4000).encode(), [("Content-Disposition", f'inline; filename="{marker}.pdf"')])
        elif path == "/own-policy":
            fields = [
                ("Content-Security-Policy", "frame-ancestors 'self'"),
                ("X-Frame-Options", "SAMEORIGIN"),
            ]
            self._say(b"a document", [*fields, ("Cache-Control", "public, max-age=99"), ("Server", "x")])
        elif path == "/plant":
            self._say(
                b"", [("Set-Cookie", "lanterne=planted; Path=/"), ("Set-Cookie", "csrftoken=kept; Path=/")]
            )
        elif path == "/page":
            self._say(b"x" * int(self.path.partition("?")[2] or 8000), [])
        else:
            told = {
                "seat": state["seat"],
                "method": self.command,
                "path": self.path,
                "version": self.request_version,
                "fields": [[name, value] for name, value in self.headers.items()],
                "size": size,
                "sha256": digest.hexdigest(),
            }
            self._say(json.dumps(told).encode(), [("Content-Type", "application/json")])

    def _say(self, body: bytes, fields: list[tuple[str, str]], length: int | None = None) -> None:
        self.send_response(200)
        for name, value in fields:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *args: Any) -> None:  # type: ignore[override]
        """Silent: an access log would hold addresses."""


def say(told: dict[str, Any]) -> None:
    print(json.dumps(told), flush=True)


def main() -> None:
    state.update(json.loads(sys.stdin.readline()))
    phrases = json.loads((Path(state["data"]) / "phrases.json").read_text("utf-8"))
    wanted = phrases[state["seat"]]
    if wanted == "!stubborn":  # opens, and stays when its input closes
        threading.Thread(target=lambda: time.sleep(600)).start()
    elif wanted.startswith("!"):  # a seat that cannot open, and the word it says
        say({"ok": False, "error": wanted[1:]})
        return
    elif state.pop("passphrase") != wanted:
        say({"ok": False, "error": "wrong_passphrase"})
        return
    if "LANTERNE_PASSPHRASE" in os.environ:
        say({"ok": False, "error": "passphrase_in_environment"})
        return
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print("a stray line some library printed", flush=True)
    say({"ok": True, "port": server.server_port})
    for line in sys.stdin:
        say({"ok": json.loads(line)["verify"] == wanted})


if __name__ == "__main__":
    main()
