"""What passes between browser and worker arrives whole, and nothing else does."""

from __future__ import annotations

import hashlib
import os
import socket
from pathlib import Path

import pytest

from lanterne.front.gate import SECURITY_FIELDS
from tests.front.stage import GARANCE, INES, Browser, Stage, connect, lines, open_stage, raw, read_answer


def request(browser: Browser, first: str, *fields: str, body: bytes = b"") -> bytes:
    cookie = "; ".join(f"{name}={value}" for name, value in browser.jar.items())
    return lines(
        first,
        f"Host: {browser.host}",
        f"Origin: http://{browser.host}",
        f"Cookie: {cookie}",
        *fields,
        body=body,
    )


class TestWhole:
    @pytest.mark.parametrize("size", [0, 1, 30_000, 65_536, 3_000_001])
    def test_a_body_arrives_byte_for_byte(self, garance: Browser, size: int) -> None:
        body = os.urandom(size)
        told = garance.post("/documents", body).told
        assert (told["size"], told["sha256"]) == (size, hashlib.sha256(body).hexdigest())

    @pytest.mark.parametrize("size", [0, 1, 30_000, 40_000, 70_000, 5_000_000])
    def test_an_answer_arrives_whole(self, garance: Browser, size: int) -> None:
        answer = garance.get(f"/page?{size}")
        assert (answer.status, answer.body) == (200, b"x" * size)

    def test_an_answer_without_length_ends_with_the_connection(self, garance: Browser) -> None:
        answer = garance.get("/endless")
        assert answer.body == b"unlengthened" * 10000
        assert answer.get("connection") == "close"

    def test_head_has_the_length_and_no_body(self, garance: Browser) -> None:
        answer = garance.ask("HEAD", "/page?500")
        assert (answer.status, answer.get("content-length"), answer.body) == (200, "500", b"")

    def test_one_connection_serves_many_requests(self, garance: Browser) -> None:
        with connect(garance.port) as client:
            for size in (10, 70_000, 0, 10):
                client.sendall(request(garance, f"GET /page?{size} HTTP/1.1"))
                assert read_answer(client).body == b"x" * size

    def test_expect_continue_is_answered_before_the_body(self, garance: Browser) -> None:
        with connect(garance.port) as client:
            client.sendall(
                request(garance, "POST /documents HTTP/1.1", "Content-Length: 4", "Expect: 100-continue")
            )
            assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
            client.sendall(b"body")
            assert read_answer(client).told["size"] == 4

    def test_half_a_chart_is_never_shown_as_a_whole_one(self, garance: Browser) -> None:
        """The worker falls in the middle of a page: an error must show, not a shorter list of allergies."""
        with connect(garance.port) as client:
            client.sendall(request(garance, "GET /short HTTP/1.1"))
            with pytest.raises((EOFError, ConnectionResetError)):
                read_answer(client)


class TestNothingElse:
    def test_the_front_vouches_and_nobody_else_can(self, garance: Browser) -> None:
        """X_Lanterne_Front too: a WSGI server makes hyphen and underscore one name."""
        answer = garance.get(
            "/echo",
            **{"X-Lanterne-Front": "forged", "X-Lanterne-Session": "forged", "X-Lanterne-Other": "forged"},
        )
        told = answer.told
        assert "forged" not in str(told)
        assert len(told["sent"]["x-lanterne-front"]) == 43
        assert len(told["sent"]["x-lanterne-session"]) == 43
        with connect(garance.port) as client:
            client.sendall(request(garance, "GET /echo HTTP/1.1", "X_Lanterne_Front: forged"))
            assert "forged" not in read_answer(client).text

    def test_the_session_cookie_stays_in_the_front_and_the_others_pass(self, garance: Browser) -> None:
        sent = Browser(garance.port, {**garance.jar, "csrftoken": "abc", "z": "1"}).get("/echo").told["sent"]
        assert sent["cookie"] == "csrftoken=abc; z=1"

    def test_hop_by_hop_fields_end_here(self, garance: Browser) -> None:
        """Also those that Connection names; the worker is spoken to in HTTP/1.0, one request a connection."""
        fields = {
            "Connection": "keep-alive, X-Secret-Hop",
            "X-Secret-Hop": "1",
            "TE": "trailers",
            "Upgrade": "h2c",
        }
        told = garance.get("/echo", **{**fields, "X-Lanterne-Background": "1"}).told
        assert told["version"] == "HTTP/1.0"
        assert not {"x-secret-hop", "te", "upgrade", "keep-alive"} & set(told["sent"])
        assert told["sent"]["connection"] == "close"
        assert told["sent"]["x-lanterne-background"] == "1"
        assert told["sent"]["host"] == garance.host

    def test_what_follows_the_declared_body_is_dropped_with_the_connection(self, garance: Browser) -> None:
        """A second request hidden behind a short Content-Length must reach nobody."""
        hidden = request(garance, "GET /crash HTTP/1.1")
        with connect(garance.port) as client:
            client.sendall(request(garance, "POST /echo HTTP/1.1", "Content-Length: 2", body=b"ok" + hidden))
            answer = read_answer(client)
            assert (answer.told["size"], answer.get("connection")) == (2, "close")
            assert client.recv(100) == b""
        assert garance.get("/echo").status == 200, "the hidden request was not carried out"

    @pytest.mark.parametrize(
        ("status", "first", "fields"),
        [
            (400, "POST /echo HTTP/1.1", ("Content-Length: 4", "Transfer-Encoding: chunked")),
            (411, "POST /echo HTTP/1.1", ("Transfer-Encoding: chunked",)),
            (400, "POST /echo HTTP/1.1", ("Content-Length: 4", "Content-Length: 5")),
            (400, "GET /echo HTTP/1.1", ("X: a\n b",)),
            (400, "GET /echo HTTP/1.1", ("X: a\r\n b",)),
        ],
    )
    def test_smuggling_is_refused_before_any_worker(
        self, garance: Browser, status: int, first: str, fields: tuple[str, ...]
    ) -> None:
        assert raw(garance.port, request(garance, first, *fields, body=b"0\r\n\r\n")).status == status

    def test_a_worker_cannot_give_a_browser_another_session(self, garance: Browser) -> None:
        answer = garance.get("/plant")
        assert answer.all("set-cookie") == ["csrftoken=kept; Path=/"]

    def test_a_worker_that_does_not_speak_http_is_not_passed_on(self, garance: Browser) -> None:
        answer = garance.get("/nothttp")
        assert answer.status == 502
        assert "SSH" not in answer.text


class TestFieldsOfEveryAnswer:
    @pytest.mark.parametrize(
        "path", ["/echo", "/ouvrir", "/etat", "/nowhere", "/static/desk/lanterne.css", "/static/none"]
    )
    def test_security_fields_are_everywhere(self, garance: Browser, path: str) -> None:
        answer = garance.get(path)
        for name, line in SECURITY_FIELDS:
            assert answer.get(name.decode()) == line.decode().partition(": ")[2].strip(), name

    @pytest.mark.parametrize("path", ["/echo", "/ouvrir", "/etat", "/own-policy"])
    def test_nothing_is_stored_by_the_browser(self, garance: Browser, path: str) -> None:
        """A chart in the browser's disk cache would be plaintext at rest; the worker has no say in this."""
        assert garance.get(path).all("cache-control") == ["no-store"]

    def test_a_worker_may_set_its_own_policy(self, garance: Browser) -> None:
        """The bytes of a document may be framed by our own page."""
        answer = garance.get("/own-policy")
        assert answer.all("content-security-policy") == ["frame-ancestors 'self'"]
        assert answer.all("x-frame-options") == ["SAMEORIGIN"]
        assert answer.get("server") is None

    def test_refusals_carry_them_too(self, garance: Browser) -> None:
        answer = raw(garance.port, b"nonsense\r\n\r\n")
        assert answer.status == 400
        assert answer.get("content-security-policy")


class TestLimits:
    def test_a_body_over_the_limit_is_refused_before_it_is_sent(self, garance: Browser) -> None:
        assert (
            raw(
                garance.port, request(garance, "POST /e HTTP/1.1", f"Content-Length: {64 * 1024**2 + 1}")
            ).status
            == 413
        )

    def test_a_head_over_the_limit_is_refused(self, garance: Browser) -> None:
        assert raw(garance.port, request(garance, "GET / HTTP/1.1", "X: " + "a" * 40_000)).status == 431

    def test_a_slow_head_is_cut(self, tmp_path: Path) -> None:
        """Slowloris: a client that sends a byte now and then holds a connection for ever."""
        with open_stage(tmp_path / "practice", head_s=0.2) as stage, connect(stage.port) as client:
            client.sendall(b"GET / HTTP/1.1\r\nHost:")
            assert read_answer(client).status == 408
            assert client.recv(10) == b""

    def test_a_slow_body_is_cut(self, tmp_path: Path) -> None:
        with open_stage(tmp_path / "practice", body_s=0.2, body_floor_bytes_per_s=10**9) as stage:
            browser = Browser(stage.port)
            browser.unlock(GARANCE)
            with connect(stage.port) as client:
                client.sendall(request(browser, "POST /echo HTTP/1.1", "Content-Length: 100", body=b"one"))
                assert client.recv(10) == b""
            with connect(stage.port) as client:  # one of our own forms
                fields = ("Content-Length: 100", "Content-Type: application/x-www-form-urlencoded")
                client.sendall(request(browser, "POST /ouvrir HTTP/1.1", *fields, body=b"one"))
                assert read_answer(client).status == 408

    def test_an_idle_connection_is_closed(self, tmp_path: Path) -> None:
        with open_stage(tmp_path / "practice", keep_alive_s=0.1) as stage, connect(stage.port) as client:
            assert client.recv(10) == b""

    def test_one_connection_too_many_is_turned_away(self, tmp_path: Path) -> None:
        with open_stage(tmp_path / "practice", connections=2) as stage:
            held = [connect(stage.port) for _ in range(2)]
            for client in held:  # both are served: they get an answer, and stay
                client.sendall(lines("GET /etat HTTP/1.1", f"Host: 127.0.0.1:{stage.port}"))
                assert read_answer(client).status == 200
            with connect(stage.port) as extra:
                assert read_answer(extra).status == 503
            for client in held:
                client.close()

    def test_a_worker_that_hangs_is_told_as_such(self, tmp_path: Path) -> None:
        with open_stage(tmp_path / "practice", answer_s=0.3) as stage:
            browser = Browser(stage.port)
            browser.unlock(GARANCE)
            answer = browser.get("/hang")
            assert answer.status == 504
            assert "vérifiez avant de recommencer" in answer.text

    def test_a_browser_that_leaves_in_the_middle_harms_nobody(self, garance: Browser) -> None:
        with connect(garance.port) as client:
            client.sendall(request(garance, "POST /echo HTTP/1.1", "Content-Length: 1000", body=b"half"))
            client.shutdown(socket.SHUT_WR)
            assert client.recv(10) == b""
        assert garance.get("/echo").status == 200


def test_two_persons_at_once_never_mix(stage: Stage) -> None:
    """The cookie of one never leads to the other's worker, on one connection or on two."""
    garance, ines = Browser(stage.port), Browser(stage.port)
    assert garance.unlock(GARANCE).status == 303
    assert ines.unlock(INES).status == 303
    secrets = set()
    for _ in range(5):
        for browser, seat in ((garance, GARANCE), (ines, INES)):
            told = browser.get("/echo").told
            assert told["seat"] == seat.seat
            secrets.add((told["sent"]["x-lanterne-front"], told["sent"]["x-lanterne-session"]))
    assert len({front for front, _ in secrets}) == 2, "each worker has a secret of its own"
    assert len(secrets) == 2
    with connect(stage.port) as client:
        for browser, seat in ((garance, GARANCE), (ines, INES), (garance, GARANCE)):
            client.sendall(request(browser, "GET /echo HTTP/1.1"))
            assert read_answer(client).told["seat"] == seat.seat
