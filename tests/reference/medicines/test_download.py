"""Fetching the published files, against a real HTTP server on this machine: sizes, times, cuts, redirections."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lanterne.reference.medicines.download import (
    WHY,
    Address,
    Bounds,
    NotFetched,
    addresses,
    allowed,
    download,
)
from tests.reference.medicines import made

Answer = Callable[[BaseHTTPRequestHandler], None]


class Publisher:
    """A server whose answers are told by path; what it was asked is kept."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                publisher.asked.append((self.path, dict(self.headers)))
                answer = publisher.answers.get(self.path)
                if answer is None:
                    self.send_error(404)
                else:
                    answer(self)

            def log_message(self, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def address(self, path: str) -> Address:
        return Address(path.strip("/"), f"http://127.0.0.1:{self.server.server_port}{path}", "2026-05")

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    one = Publisher()
    yield one
    one.close()


def content(body: bytes, *, length: int | None = None) -> Answer:
    """Answers with this body, announcing this length (its own by default)."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def to(address: str) -> Answer:
    """Sends elsewhere."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", address)
        handler.end_headers()

    return answer


def test_what_is_published_comes_whole_and_nothing_of_ours_goes(publisher: Publisher, tmp_path: Path) -> None:
    files = made.published(tmp_path / "files", besides=())
    names = sorted(path.name for path in files.iterdir())
    for name in names:
        publisher.answers[f"/{name}"] = content((files / name).read_bytes())
    target = tmp_path / "target"
    target.mkdir()
    seen = []
    fetched = download(
        target,
        wanted=[publisher.address(f"/{name}") for name in names],
        advance=lambda done, total: seen.append((done, total)),
    )
    assert [path.name for path in fetched] == names
    assert all((target / name).read_bytes() == (files / name).read_bytes() for name in names)
    assert seen[-1] == (8, 8)
    headers = {name.lower(): value for _, each in publisher.asked for name, value in each.items()}
    assert set(headers) <= {"accept-encoding", "host", "user-agent", "connection"}
    assert headers["user-agent"] == "Lanterne"


def endless(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in itertools.count():
            handler.wfile.write(b"x" * 65_536)
    except OSError:
        pass  # who reads has had enough: that is the test


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (None, "refused"),
        (content(b"x" * 100, length=10**9), "too_large"),
        (content(b"x" * 100, length=5000), "cut"),
        (endless, "too_large"),
        (to("http://example.invalid/CIS_bdpm.txt"), "not_https"),
        (to("file:///etc/hostname"), "refused"),
        (to("ftp://127.0.0.1/x"), "not_https"),
    ],
    ids=[
        "404",
        "announced too large",
        "cut",
        "endless",
        "redirected off https",
        "redirected to a file",
        "to ftp",
    ],
)
def test_what_goes_wrong_is_said(
    publisher: Publisher, tmp_path: Path, answer: Answer | None, code: str
) -> None:
    if answer is not None:
        publisher.answers["/CIS_bdpm.txt"] = answer
    with pytest.raises(NotFetched) as error:
        download(tmp_path, wanted=[publisher.address("/CIS_bdpm.txt")], bounds=Bounds(file_bytes=1_000_000))
    assert error.value.code == code
    assert error.value.file == "CIS_bdpm.txt"
    assert code in WHY


def test_the_time_is_bounded(publisher: Publisher, tmp_path: Path) -> None:
    publisher.answers["/CIS_bdpm.txt"] = endless
    ticks = itertools.count(step=100.0)
    with pytest.raises(NotFetched) as error:
        download(
            tmp_path,
            wanted=[publisher.address("/CIS_bdpm.txt")],
            bounds=Bounds(total_s=250.0),
            clock=lambda: next(ticks),
        )
    assert error.value.code == "too_slow"


def test_silence_is_bounded(publisher: Publisher, tmp_path: Path) -> None:
    gone = threading.Event()

    def silent(handler: BaseHTTPRequestHandler) -> None:
        gone.wait(60)

    publisher.answers["/CIS_bdpm.txt"] = silent
    try:
        with pytest.raises(NotFetched) as error:
            download(tmp_path, wanted=[publisher.address("/CIS_bdpm.txt")], bounds=Bounds(silence_s=0.05))
    finally:
        gone.set()
    assert error.value.code == "too_slow"


def test_nobody_there(tmp_path: Path) -> None:
    closed = Publisher()
    address = closed.address("/CIS_bdpm.txt")
    closed.close()
    with pytest.raises(NotFetched) as error:
        download(tmp_path, wanted=[address])
    assert error.value.code == "unreachable"


@pytest.mark.parametrize("name", ["../evil.txt", "CIS bdpm.txt", "a/b.txt", ".txt", "x.exe"])
def test_a_file_name_is_a_file_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFetched):
        download(tmp_path, wanted=[Address(name, "https://x.example/x", "2026-05")])
    assert list(tmp_path.iterdir()) == []


def test_addresses_are_public_dated_and_in_https() -> None:
    known = addresses()
    assert len(known) == 8
    assert all(one.address.startswith("https://base-donnees-publique.medicaments.gouv.fr/") for one in known)
    assert all(one.dated for one in known)
    assert not allowed("http://base-donnees-publique.medicaments.gouv.fr/CIS_bdpm.txt")
