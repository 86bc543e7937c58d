"""Heads are read where they lie, strictly: what could be read in two ways is refused, not guessed.

Request smuggling lives on two readers who disagree on where a request ends. So each ambiguity has its test
here, and everything accepted is read a second time by h11, a library made for strictness, which must see
the same message.
"""

from __future__ import annotations

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanterne.front.errors import HeadRefused, WorkerSilent
from lanterne.front.heads import RequestHead, end_of_head, read_answer, read_request
from lanterne.front.settings import HEAD_BYTES
from tests.front.stage import lines

HOST = "Host: 127.0.0.1:8765"


def read(data: bytes) -> RequestHead:
    buffer = bytearray(data)
    return read_request(buffer, memoryview(buffer), end_of_head(buffer, 0, len(buffer)))


def refused(data: bytes) -> tuple[int, str]:
    with pytest.raises(HeadRefused) as caught:
        read(data)
    return caught.value.status, caught.value.rule


def test_a_plain_request_is_read_in_place() -> None:
    head = read(
        lines(
            "POST /patients/7f?tab=1 HTTP/1.1", HOST, "Content-Length: 12", "X-Two:  a b \t", body=b"x" * 12
        )
    )
    assert (head.method, head.path_copy(), head.body_bytes, head.keep_alive) == (
        b"POST",
        b"/patients/7f",
        12,
        True,
    )
    assert head.has_query()
    assert head.value(b"x-two") == b"a b"
    assert bytes(head.view[head.end :]) == b"x" * 12


@pytest.mark.parametrize(
    ("why", "data", "expected"),
    [
        (
            "length told twice, in two ways: the classic smuggling (CL.TE)",
            lines(
                "POST / HTTP/1.1", HOST, "Content-Length: 4", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"
            ),
            (400, "H5"),
        ),
        (
            "chunked alone: we do not read chunks",
            lines("POST / HTTP/1.1", HOST, "Transfer-Encoding: chunked"),
            (411, "H5"),
        ),
        (
            "a coding hidden behind a tab, which some readers overlook",
            lines("POST / HTTP/1.1", HOST, "Transfer-Encoding:\tchunked", "Content-Length: 3"),
            (400, "H5"),
        ),
        (
            "two different lengths: one reader takes the first, another the last",
            lines("POST / HTTP/1.1", HOST, "Content-Length: 4", "Content-Length: 40"),
            (400, "H6"),
        ),
        (
            "two equal lengths: allowed by the RFC, needed by nobody",
            lines("POST / HTTP/1.1", HOST, "Content-Length: 4", "content-length: 4"),
            (400, "H6"),
        ),
        ("a list of lengths", lines("POST / HTTP/1.1", HOST, "Content-Length: 4, 4"), (400, "H6")),
        ("a signed length", lines("POST / HTTP/1.1", HOST, "Content-Length: +4"), (400, "H6")),
        ("an empty length", lines("POST / HTTP/1.1", HOST, "Content-Length:"), (400, "H6")),
        ("a length in hexadecimal", lines("POST / HTTP/1.1", HOST, "Content-Length: 0x10"), (400, "H6")),
        (
            "a length no memory holds",
            lines("POST / HTTP/1.1", HOST, "Content-Length: " + "9" * 30),
            (400, "H6"),
        ),
        ("a bare LF ends a line for some readers", b"GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", (400, "H3")),
        ("a head of bare LFs", b"GET / HTTP/1.1\nHost: a\n\n", (400, "H3")),
        ("a bare CR", b"GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", (400, "H3")),
        ("a folded line (obs-fold)", b"GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n", (400, "H3")),
        ("a fold right after the request line", b"GET / HTTP/1.1\r\n Host: a\r\n\r\n", (400, "H3")),
        ("a space before the colon", lines("GET / HTTP/1.1", HOST, "Content-Length : 4"), (400, "H3")),
        ("a NUL in a value", lines("GET / HTTP/1.1", HOST, "X: a\0b"), (400, "H3")),
        ("a line without a colon", lines("GET / HTTP/1.1", HOST, "nonsense"), (400, "H3")),
        ("an empty name", lines("GET / HTTP/1.1", HOST, ": b"), (400, "H3")),
        ("101 fields", lines("GET / HTTP/1.1", HOST, *(f"X-{n}: 1" for n in range(100))), (431, "H4")),
        ("no Host", lines("GET / HTTP/1.1"), (400, "H7")),
        (
            "two Hosts: which one did the gate check?",
            lines("GET / HTTP/1.1", HOST, "Host: evil.example"),
            (400, "H7"),
        ),
        ("two Origins", lines("GET / HTTP/1.1", HOST, "Origin: a", "Origin: b"), (400, "H8")),
        ("two Cookie lines", lines("GET / HTTP/1.1", HOST, "Cookie: a=1", "Cookie: b=2"), (400, "H8")),
        ("HTTP/1.0", lines("GET / HTTP/1.0", HOST), (505, "H2")),
        ("HTTP/2 by prior knowledge", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (505, "H2")),
        ("HTTP/0.9", b"GET /\r\n\r\n", (400, "H2")),
        ("two spaces", lines("GET  / HTTP/1.1", HOST), (400, "H2")),
        ("a control character in the target", lines("GET /\x01 HTTP/1.1", HOST), (400, "H2")),
        ("a raw accent in the target", lines("GET /é HTTP/1.1", HOST), (400, "H2")),
        ("an empty line first", b"\r\n" + lines("GET / HTTP/1.1", HOST), (400, "H2")),
        ("TLS on the plain port", b"\x16\x03\x01\x02\x00\r\n\r\n", (400, "H2")),
        ("an expectation nobody knows", lines("GET / HTTP/1.1", HOST, "Expect: miracles"), (417, "H9")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_ambiguity_is_refused(why: str, data: bytes, expected: tuple[int, str]) -> None:
    assert refused(data) == expected, why


def test_a_head_over_32_kib_is_refused_whether_it_ends_or_not() -> None:
    """A head without end would fill the memory; one that just fits the limit passes."""
    start = lines("GET / HTTP/1.1", HOST, "X: ")[:-4]
    fits = start + b"a" * (HEAD_BYTES - len(start) - 4) + b"\r\n\r\n"
    assert read(fits).end == HEAD_BYTES
    assert refused(start + b"a" * (HEAD_BYTES - len(start) - 3) + b"\r\n\r\n") == (431, "H1")
    assert refused(start + b"a" * 60000) == (431, "H1")


def test_the_end_is_found_wherever_the_pieces_were_cut() -> None:
    """The end may come split over two receptions; searching again from the start each time would be
    quadratic.
    """
    data = bytearray(lines("GET / HTTP/1.1", HOST, body=b"body"))
    whole = len(data) - 4
    for cut in range(1, len(data)):
        first = end_of_head(data, 0, cut)
        assert (first or end_of_head(data, cut, len(data))) == whole


def test_cookies_are_told_apart_without_copying_their_values() -> None:
    head = read(lines("GET / HTTP/1.1", HOST, "Cookie: a=1; lanterne=x=y;lanterne=z ; =b; c; lanternes=no"))
    assert head.cookies(b"lanterne") == [b"x=y", b"z"]
    assert [name for name, _, _ in head.cookie_pairs()] == [b"a", b"lanterne", b"lanterne", b"lanternes"]


TOKENS = st.text(st.sampled_from("ABCxyz09!#$%&'*+-.^_`|~"), min_size=1, max_size=12)
NOISE = st.text(st.characters(min_codepoint=0, max_codepoint=255), max_size=30)
FIELD_LINES = st.one_of(
    st.builds("{}:{}{}".format, TOKENS, st.sampled_from(["", " ", "\t", "  "]), NOISE),
    st.sampled_from(
        ["Content-Length: 3", "Content-Length: 03", "Connection: close", "Cookie: a=b", " fold", "a : b"]
    ),
    NOISE,
)


@given(method=TOKENS, target=NOISE.map(lambda text: "/" + text), fields=st.lists(FIELD_LINES, max_size=5))
def test_what_we_accept_h11_accepts_alike(method: str, target: str, fields: list[str]) -> None:
    """Two strict readers, one message: same method, target, fields and length, or ours refuses."""
    data = lines(f"{method} {target} HTTP/1.1", HOST, *fields)
    try:
        ours = read(data)
    except HeadRefused:
        return
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=64 * 1024)
    connection.receive_data(data[: ours.end])
    theirs = connection.next_event()
    assert isinstance(theirs, h11.Request)
    assert (theirs.method, theirs.target) == (ours.method, bytes(ours.view[slice(*ours.target)]))
    assert list(theirs.headers) == [
        (field.name, bytes(ours.view[field.start : field.end])) for field in ours.fields
    ]
    framing = [int(value) for name, value in theirs.headers if name == b"content-length"]
    assert ours.body_bytes == sum(framing)


@pytest.mark.parametrize(
    "data",
    [
        b"SSH-2.0-x\r\n\r\n",
        lines("HTTP/1.1 200 OK", "Transfer-Encoding: chunked"),
        lines("HTTP/1.1 200 OK", "Content-Length: 1", "Content-Length: 2"),
        lines("HTTP/1.1 100 Continue"),
        b"HTTP/1.1 200 OK\r\nX: a\r\n folded\r\n\r\n",
    ],
)
def test_a_worker_that_speaks_unclearly_is_not_passed_on(data: bytes) -> None:
    """An answer split by the browser otherwise than by us would let one page say the fields of another."""
    buffer = bytearray(data)
    with pytest.raises(WorkerSilent):
        read_answer(buffer, memoryview(buffer), len(buffer))
