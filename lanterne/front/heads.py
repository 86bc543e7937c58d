"""Reads the head of a message where it lies: offsets into a slate, nothing copied that need not be.

Why not h11 here: it turns every line into `bytes` objects, which nobody can zero, and heads do carry medical
text (a search in a query, a file name, a message in a cookie). The grammar below is a strict subset of h11's
(RFC 9112); the tests hold the two side by side: what this accepts, h11 accepts, with the same fields.

H1   a head ends with the first CR LF CR LF, within 32 KiB (else 431)
H2   request line: token SP visible ASCII SP HTTP/1.1 CR LF, single spaces (else 400; another version 505)
H3   field line: token, colon at once, value without control characters, CR LF. No bare LF or CR, no folding
H4   at most 100 fields
H5   Transfer-Encoding: 411; together with Content-Length: 400. A worker's answer may not use it either
H6   Content-Length: once, one to twelve digits and nothing else
H7   Host exactly once
H8   a field that decides something comes once: Origin, Referer, Cookie, Sec-Fetch-*, …
H9   Expect: only `100-continue` (else 417)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lanterne.front.errors import HeadRefused, WorkerSilent
from lanterne.front.settings import HEAD_BYTES

_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]"
_REQUEST = re.compile(rb"(" + _TOKEN + rb"{1,20}) ([\x21-\x7e]{1,8192}) HTTP/(\d\.\d)\r\n")
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9])(?: [\t\x20-\x7e\x80-\xff]*)?\r\n")
_FIELD = re.compile(
    rb"(" + _TOKEN + rb"{1,256}):[ \t]*((?:[\x21-\x7e\x80-\xff]+(?:[ \t]+[\x21-\x7e\x80-\xff]+)*)?)[ \t]*\r\n"
)
_LENGTH = re.compile(rb"[0-9]{1,12}")
_MOST_FIELDS = 100

#: H8
_ONCE = frozenset(
    (
        b"host origin referer cookie sec-fetch-site sec-fetch-mode sec-fetch-dest content-type hx-request "
        b"x-lanterne-background expect"
    ).split()
)

#: Between two neighbours only (RFC 9110 §7.6.1).
HOP_BY_HOP = frozenset(
    (
        b"connection keep-alive proxy-connection proxy-authenticate proxy-authorization te trailer "
        b"transfer-encoding upgrade content-length expect http2-settings"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name in lower case, and where its value lies."""

    name: bytes
    start: int
    end: int


@dataclass(slots=True)
class Head:
    """What a request and an answer have in common. `end` is where the body begins."""

    data: bytearray
    view: memoryview
    fields: list[Field]
    end: int

    def value(self, name: bytes) -> bytes | None:
        """A copy of the first field of that name: for what the gate compares, never for medical text."""
        for field in self.fields:
            if field.name == name:
                return bytes(self.view[field.start : field.end])
        return None

    def names_of_connection(self) -> frozenset[bytes]:
        """The fields named by Connection, which end here as well."""
        named = b",".join(bytes(self.view[f.start : f.end]) for f in self.fields if f.name == b"connection")
        return frozenset(word.strip().lower() for word in named.split(b",") if word.strip())


@dataclass(slots=True)
class RequestHead(Head):
    """A request that keeps H1–H9. `target` and `path` are (start, end) offsets."""

    method: bytes
    target: tuple[int, int]
    path: tuple[int, int]
    body_bytes: int
    expects_continue: bool
    keep_alive: bool

    def path_is(self, path: bytes) -> bool:
        """Whether the path, query apart, is exactly that."""
        return self.view[self.path[0] : self.path[1]] == path

    def path_begins(self, prefix: bytes) -> bool:
        """Whether the path begins so."""
        return self.data.startswith(prefix, self.path[0], self.path[1])

    def path_copy(self) -> bytes:
        """The path; for the front's own addresses only."""
        return bytes(self.view[self.path[0] : self.path[1]])

    def has_query(self) -> bool:
        """Whether something follows the path."""
        return self.target[1] > self.path[1]

    def cookie_pairs(self) -> Iterator[tuple[bytes, int, int]]:
        """Each cookie: its name, and where `name=value` lies."""
        for field in self.fields:
            if field.name != b"cookie":
                continue
            start = field.start
            while start < field.end:
                stop = self.data.find(b";", start, field.end)
                stop = field.end if stop < 0 else stop
                first, last = start, stop
                while first < last and self.data[first] in b" \t":
                    first += 1
                while last > first and self.data[last - 1] in b" \t":
                    last -= 1
                equals = self.data.find(b"=", first, last)
                if equals > first:
                    yield bytes(self.view[first:equals]), first, last
                start = stop + 1

    def cookies(self, name: bytes) -> list[bytes]:
        """The values of every cookie of that name."""
        skip = len(name) + 1
        return [bytes(self.view[a + skip : b]) for found, a, b in self.cookie_pairs() if found == name]


@dataclass(slots=True)
class AnswerHead(Head):
    """A worker's answer. `body_bytes` is None when the answer ends with the connection."""

    status: int
    body_bytes: int | None


def end_of_head(data: bytearray, searched: int, filled: int) -> int:
    """Where the head ends (after CR LF CR LF), or 0 when it has not all come. H1.

    `searched` is where an earlier call stopped. Raises HeadRefused when it cannot become a head.
    """
    found = data.find(b"\r\n\r\n", max(0, searched - 3), filled)
    end = found + 4
    if found < 0:
        if data.find(b"\n\n", max(0, searched - 1), filled) >= 0:
            raise HeadRefused(400, "H3", "lines end with CR LF")
        if filled < HEAD_BYTES:
            return 0
        end = HEAD_BYTES + 1
    if end > HEAD_BYTES:
        raise HeadRefused(431, "H1", "head too large")
    return end


def _read_fields(data: bytearray, view: memoryview, at: int, end: int) -> list[Field]:
    """Every field line from `at` to the empty line that ends the head at `end`. H3, H4."""
    fields: list[Field] = []
    last = end - 2
    while at < last:
        found = _FIELD.match(data, at, last)
        if found is None:
            raise HeadRefused(400, "H3", "malformed field")
        if len(fields) == _MOST_FIELDS:
            raise HeadRefused(431, "H4", "too many fields")
        name_start, name_end = found.span(1)
        start, stop = found.span(2)
        fields.append(Field(bytes(view[name_start:name_end]).lower(), start, stop))
        at = found.end()
    return fields


def _content_length(head_view: memoryview, data: bytearray, fields: list[Field]) -> int | None:
    """H6: the length, None when not given."""
    lengths = [field for field in fields if field.name == b"content-length"]
    if not lengths:
        return None
    if len(lengths) > 1 or not _LENGTH.fullmatch(data, lengths[0].start, lengths[0].end):
        raise HeadRefused(400, "H6", "ambiguous length")
    return int(bytes(head_view[lengths[0].start : lengths[0].end]))


def read_request(data: bytearray, view: memoryview, end: int) -> RequestHead:
    """The head of a request lying in `data[:end]`. Raises HeadRefused with the number of the rule broken."""
    line = _REQUEST.match(data, 0, end)
    if line is None:
        raise HeadRefused(400, "H2", "malformed request line")
    if bytes(view[slice(*line.span(3))]) != b"1.1":
        raise HeadRefused(505, "H2", "HTTP/1.1 only")
    fields = _read_fields(data, view, line.end(), end)
    names = [field.name for field in fields]
    if b"transfer-encoding" in names:
        if b"content-length" in names:
            raise HeadRefused(400, "H5", "two ways of telling the length")
        raise HeadRefused(411, "H5", "a length is required")
    length = _content_length(view, data, fields)
    if names.count(b"host") != 1:
        raise HeadRefused(400, "H7", "Host must come once")
    if any(names.count(name) > 1 for name in _ONCE.intersection(names)):
        raise HeadRefused(400, "H8", "a deciding field came twice")
    start, stop = line.span(2)
    query = data.find(b"?", start, stop)
    head = RequestHead(
        data=data,
        view=view,
        fields=fields,
        end=end,
        method=bytes(view[slice(*line.span(1))]),
        target=(start, stop),
        path=(start, stop if query < 0 else query),
        body_bytes=length or 0,
        expects_continue=False,
        keep_alive=True,
    )
    expect = head.value(b"expect")
    if expect is not None and expect.lower() != b"100-continue":
        raise HeadRefused(417, "H9", "unknown expectation")
    head.expects_continue = expect is not None and head.body_bytes > 0
    head.keep_alive = b"close" not in head.names_of_connection()
    return head


def read_answer(data: bytearray, view: memoryview, end: int) -> AnswerHead:
    """The head of a worker's answer lying in `data[:end]`.

    Raises WorkerSilent (502): a worker speaks plain HTTP.
    """
    line = _STATUS.match(data, 0, end)
    if line is None:
        raise WorkerSilent(502, "the worker does not speak HTTP")
    try:
        fields = _read_fields(data, view, line.end(), end)
        length = _content_length(view, data, fields)
    except HeadRefused as refused:
        raise WorkerSilent(502, f"the worker's answer is malformed ({refused.rule})") from refused
    if any(field.name == b"transfer-encoding" for field in fields):
        raise WorkerSilent(502, "the worker's answer is malformed (H5)")
    status = int(bytes(view[slice(*line.span(1))]))
    if status < 200:
        raise WorkerSilent(502, "an interim answer is not expected")
    return AnswerHead(data=data, view=view, fields=fields, end=end, status=status, body_bytes=length)
