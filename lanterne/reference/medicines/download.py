"""`lanterne reference download`: the published files, fetched when there is a network, into a folder to be
loaded.

Law: asked for by a person, never on its own; nothing of the practice is sent. Sizes and times are bounded,
a redirection
never leaves HTTPS, and what came is read by `load` as any other folder: hostile. Only public addresses,
dated, in `tables/addresses.tsv`.
"""

from __future__ import annotations

import http.client
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from lanterne.reference import starter
from lanterne.reference.medicines.starter_tables import PACKAGE

Advance = Callable[[int, int], None]
_CHUNK = 64 << 10
_FILE_NAME = re.compile(r"[A-Za-z0-9_]{1,60}\.(?:txt|csv)$")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class NotFetched(OSError):
    """A file could not be fetched. `code` is one of `WHY`; `file` its name."""

    def __init__(self, code: str, file: str, detail: str = "") -> None:
        super().__init__(f"{code}: {file} {detail}".strip())
        self.code, self.file, self.detail = code, file, detail


WHY: dict[str, str] = {
    "unreachable": "l’adresse ne répond pas",
    "refused": "le serveur refuse",
    "too_large": "le fichier dépasse la taille permise",
    "too_slow": "le temps permis est dépassé",
    "cut": "le fichier est arrivé incomplet",
    "not_https": "l’adresse n’est pas en HTTPS",
}
"""Why a file was not fetched, in French."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bytes of a file, seconds without a byte, seconds in all."""

    file_bytes: int = 64 << 20
    silence_s: float = 30.0
    total_s: float = 900.0


@dataclass(frozen=True, slots=True)
class Address:
    """Where one file is published, as known on `dated` (year and month)."""

    file: str
    address: str
    dated: str


def addresses() -> list[Address]:
    """The public addresses of the base of medicines."""
    return [
        Address(line["file"], line["address"], line["dated"])
        for line in starter.rows("addresses", ("dated", "file", "address"), PACKAGE)
    ]


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirection only to where one may go."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if not allowed(newurl):
            raise NotFetched("not_https", urlsplit(newurl).path.rsplit("/", 1)[-1])
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def allowed(address: str) -> bool:
    """HTTPS anywhere; plain HTTP on this machine only."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def download(
    target: Path,
    *,
    wanted: list[Address] | None = None,
    bounds: Bounds | None = None,
    advance: Advance = lambda done, total: None,
    clock: Callable[[], float] = time.monotonic,
) -> list[Path]:
    """Fetch the files into the folder `target`, which exists. Returns them.

    Raises:
        NotFetched: one of them could not be; the others are left where they are, for the caller to remove.
    """
    bounds = bounds or Bounds()
    wanted = addresses() if wanted is None else wanted
    until = clock() + bounds.total_s
    opener = urllib.request.build_opener(urllib.request.ProxyHandler(), _SafeRedirects())
    fetched = []
    for number, one in enumerate(wanted):
        if not _FILE_NAME.fullmatch(one.file):
            raise NotFetched("refused", one.file)
        if not allowed(one.address):
            raise NotFetched("not_https", one.file)
        path = target / one.file
        _fetch(opener, one, path, bounds, lambda: clock() > until)
        fetched.append(path)
        advance(number + 1, len(wanted))
    return fetched


def _fetch(
    opener: urllib.request.OpenerDirector, one: Address, path: Path, bounds: Bounds, late: Callable[[], bool]
) -> None:
    request = urllib.request.Request(one.address, headers={"User-Agent": "Lanterne"})  # noqa: S310 - `allowed`
    try:
        with opener.open(request, timeout=bounds.silence_s) as answer, path.open("wb") as file:
            _copy(answer, file, one, bounds, late, _announced(answer.headers))
    except NotFetched as refused:  # of a redirection, which does not know what was asked
        raise NotFetched(refused.code, one.file, refused.detail) from None
    except urllib.error.HTTPError as error:
        raise NotFetched("refused", one.file, str(error.code)) from None
    except TimeoutError:
        raise NotFetched("too_slow", one.file) from None
    except http.client.HTTPException:
        raise NotFetched("cut", one.file) from None
    except urllib.error.URLError as error:
        slow = isinstance(error.reason, TimeoutError)
        raise NotFetched("too_slow" if slow else "unreachable", one.file, str(error.reason)[:200]) from None


def _announced(headers: Message) -> int | None:
    length = headers.get("Content-Length", "")
    return int(length) if length.isascii() and length.isdigit() and len(length) < 16 else None


def _copy(
    answer: IO[bytes],
    file: IO[bytes],
    one: Address,
    bounds: Bounds,
    late: Callable[[], bool],
    announced: int | None,
) -> None:
    if announced is not None and announced > bounds.file_bytes:
        raise NotFetched("too_large", one.file)
    total = 0
    while chunk := answer.read(_CHUNK):
        total += len(chunk)
        if total > bounds.file_bytes:
            raise NotFetched("too_large", one.file)
        if late():
            raise NotFetched("too_slow", one.file)
        file.write(chunk)
    if announced is not None and total != announced:
        raise NotFetched("cut", one.file)
