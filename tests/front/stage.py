"""The stage of the front's tests: a front that runs, browsers that behave, and clients that do not."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import sys
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from lanterne.front.server import Front
from lanterne.front.settings import FrontSettings
from lanterne.journal.files import OsFiles
from lanterne.journal.unlock_limit import UnlockLimit

T = TypeVar("T")
WORKER = (sys.executable, str(Path(__file__).with_name("small_worker.py")))
WAIT_S = 60.0


@dataclass(frozen=True)
class Seat:
    """A person's seat as the unlock page shows it."""

    seat: str
    label: str


GARANCE = Seat("a1" * 16, "Dr Garance Morel")
INES = Seat("b2" * 16, "Inès Caron")
PHRASES = {
    GARANCE.seat: 'lampe "tempête" \\ & sillon 42',
    INES.seat: "trois pommes sur le mur",
}


def limit_of(root: Path) -> UnlockLimit:
    """The journal's own counter, on the disk of the stage."""
    return UnlockLimit(root / "local" / "unlock", OsFiles())


@dataclass
class Clock:
    """A clock moved by hand; seconds."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def practice(folder: Path, seats: dict[str, str] | None = None) -> Path:
    """A data directory the small worker can open."""
    (folder / "local").mkdir(parents=True, exist_ok=True)
    (folder / "phrases.json").write_text(json.dumps({**PHRASES, **(seats or {})}), "utf-8")
    return folder


class Stage:
    """A front running in a thread of this process."""

    def __init__(self, root: Path, *, seats: tuple[Seat, ...] = (GARANCE, INES), **settings: Any) -> None:
        self.clock = Clock()
        self.root = root
        self.front = Front(
            root,
            list_seats=lambda: seats,
            limit=limit_of(root),
            settings=FrontSettings(**settings),
            command=WORKER,
            clock=self.clock,
        )
        self._loop = asyncio.new_event_loop()
        self.faults: list[dict[str, Any]] = []
        self._loop.set_exception_handler(lambda _, context: self.faults.append(context))

    def do(self, what: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the front's loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(WAIT_S)

    @property
    def port(self) -> int:
        return self.front.port

    def pid(self, seat: Seat) -> int:
        worker = self.front.workers.find(seat.seat)
        assert worker is not None, f"{seat.label} is locked"
        return worker.pid

    def __enter__(self) -> Stage:
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.do(self.front.start())
        return self

    def __exit__(self, *_: object) -> None:
        self.do(self.front.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(WAIT_S)
        self._loop.close()
        assert not self.faults, self.faults


@dataclass
class Answer:
    """What came back."""

    status: int
    fields: list[tuple[str, str]]
    body: bytes

    def get(self, name: str) -> str | None:
        return next((value for found, value in self.fields if found.lower() == name.lower()), None)

    def all(self, name: str) -> list[str]:
        return [value for found, value in self.fields if found.lower() == name.lower()]

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def told(self) -> dict[str, Any]:
        """What the small worker says it was sent."""
        found: dict[str, Any] = json.loads(self.body)
        found["sent"] = {name.lower(): value for name, value in found["fields"]}
        return found


def connect(port: int) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=WAIT_S)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client


def read_answer(client: socket.socket, *, head_only: bool = False) -> Answer:
    """One answer; raises EOFError when the connection ended before it was whole."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(client)
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    fields = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    answer = Answer(int(first.split(" ")[1]), fields, body)
    length = answer.get("content-length")
    if head_only or answer.status in (204, 304):
        return answer
    whole = bytearray(body)
    while length is None or len(whole) < int(length):
        piece = client.recv(262_144)
        if not piece and length is None:
            break
        whole += piece or _more(client)
    answer.body = bytes(whole)
    return answer


def _more(client: socket.socket) -> bytes:
    piece = client.recv(65536)
    if not piece:
        raise EOFError("the connection ended before the answer")
    return piece


def raw(port: int, data: bytes) -> Answer:
    """Send bytes as they are on a connection of their own; the first answer."""
    with connect(port) as client:
        client.sendall(data)
        return read_answer(client)


def lines(*each: str, body: bytes = b"") -> bytes:
    """A message from its lines."""
    return "\r\n".join([*each, "", ""]).encode("latin-1") + body


@dataclass
class Browser:
    """A browser that behaves: keeps cookies, tells where a request comes from."""

    port: int
    jar: dict[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, body: bytes = b"", **fields: str | None) -> Answer:
        """One request. A field given as None is left out; underscores stand for hyphens."""
        sent: dict[str, str | None] = {
            "Host": self.host,
            "Accept": "text/html",
            "Sec-Fetch-Site": "same-origin",
        }
        sent |= {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
        if method == "POST":
            sent |= {"Origin": f"http://{self.host}", "Content-Length": str(len(body))}
            sent |= {"Content-Type": "application/x-www-form-urlencoded"}
        if self.jar:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.jar.items())
        sent |= {name.replace("_", "-"): value for name, value in fields.items()}
        head = [f"{name}: {value}" for name, value in sent.items() if value is not None]
        with connect(self.port) as client:
            client.sendall(lines(f"{method} {path} HTTP/1.1", *head, body=body))
            answer = read_answer(client, head_only=method == "HEAD")
        for cookie in answer.all("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.jar[name] = value
            if not value:
                del self.jar[name]
        return answer

    def get(self, path: str, **fields: str | None) -> Answer:
        return self.ask("GET", path, b"", **fields)

    def post(self, path: str, body: bytes = b"", **fields: str | None) -> Answer:
        return self.ask("POST", path, body, **fields)

    def unlock(self, seat: Seat, phrase: str | None = None, **fields: str | None) -> Answer:
        """Open the unlock page and send its form."""
        page = self.get("/ouvrir").text
        token = re.search(r'name="jeton" value="([^"]+)"', page)
        assert token is not None, page
        phrase = PHRASES[seat.seat] if phrase is None else phrase
        form = {"jeton": token.group(1), "seat": seat.seat, "passphrase": phrase}
        return self.post("/ouvrir", urlencode(form).encode(), **fields)


@contextmanager
def open_stage(root: Path, **settings: Any) -> Iterator[Stage]:
    with Stage(practice(root), **settings) as stage:
        yield stage
