"""What the front itself answers: never anything of a chart, so plain bytes will do.

Law: every answer carries the security fields (G9), and is not stored (G10) unless it says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus

from lanterne.front.gate import SECURITY_FIELDS, NoSession
from lanterne.front.workers import Worker

NO_STORE = b"Cache-Control: no-store\r\n"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer made by the front."""

    status: int
    fields: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Forward:
    """Pass the request on to that worker; `word` names the browser's session, `if_lost` is for when the
    worker is gone.
    """

    worker: Worker
    word: str
    if_lost: NoSession


def status_line(status: int) -> bytes:
    """The first line of an answer. The worker's own reason phrase is not repeated."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return f"HTTP/1.1 {status} {phrase}\r\n".encode()


def encode(reply: Reply, *, keep_alive: bool, with_body: bool) -> bytes:
    """The bytes of a reply. `with_body` is false for HEAD."""
    names = {name.lower() for name, _ in reply.fields}
    lines = [status_line(reply.status), f"Date: {formatdate(usegmt=True)}\r\n".encode()]
    lines += [f"{name}: {value}\r\n".encode("latin-1") for name, value in reply.fields]
    lines += [line for name, line in SECURITY_FIELDS if name.decode() not in names]
    if "cache-control" not in names:
        lines.append(NO_STORE)
    if reply.status != 304:
        lines.append(f"Content-Type: {reply.content_type}\r\nContent-Length: {len(reply.body)}\r\n".encode())
    if not keep_alive:
        lines.append(b"Connection: close\r\n")
    lines.append(b"\r\n")
    if with_body and reply.status != 304:
        lines.append(reply.body)
    return b"".join(lines)
