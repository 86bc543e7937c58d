"""A device that speaks to a relay in the tests, by the codec and plain HTTP: what is asked can be bent before it goes."""

from __future__ import annotations

import http.client
import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lanterne.proof.exchange import check_answer, check_receipt, sign_request, sign_statement
from lanterne.seal.device import DeviceKeys
from lanterne.wire import asking
from lanterne.wire.exchange import HolderId, Signed
from lanterne.wire.framing import PlacedPiece, frame, read_piece, read_placed
from lanterne.wire.names import Head, PracticeId
from lanterne.wire.request import (
    DEVICE_HEADER,
    HOLDER_HEADER,
    Request,
    RequestHeader,
    read_answer_header,
)
from lanterne.wire.statements import Receipt, Statement, read_receipt


@dataclass(frozen=True)
class Answer:
    """What came back, its signature checked when the relay signed it."""

    status: int
    body: bytes
    headers: dict[str, str]
    signed: bool

    @property
    def complaint(self) -> asking.Complaint:
        return asking.read_complaint(self.body)


@dataclass
class Device:
    """One device of one practice, at one relay."""

    address: tuple[str, int]
    relay: HolderId
    relay_key: bytes
    practice: PracticeId
    keys: DeviceKeys
    offset_ms: int = 0
    timeout_s: float = 30.0

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000 + self.offset_ms

    # ------------------------------------------------------------ one request

    def header(self, method: str, target: str, body: bytes) -> RequestHeader:
        request = Request(method, target, body, self.practice, self.relay)
        return sign_request(
            request, device=self.keys.id, signer=self.keys, time=self.now_ms(), nonce=secrets.token_bytes(16)
        )

    def send(
        self,
        method: str,
        target: str,
        body: bytes = b"",
        *,
        header: RequestHeader | None = None,
        text: str | None = None,
        extra: dict[str, str] | None = None,
    ) -> Answer:
        """Send a request as it is given; signed anew unless `header` or `text` is."""
        header = header or self.header(method, target, body)
        connection = http.client.HTTPConnection(*self.address, timeout=self.timeout_s)
        try:
            said = {DEVICE_HEADER: header.to_text() if text is None else text, **(extra or {})}
            connection.request(method, target, body=body, headers=said)
            response = connection.getresponse()
            answered = Answer(response.status, response.read(), dict(response.getheaders()), False)
        finally:
            connection.close()
        return self._checked(header, answered)

    def _checked(self, header: RequestHeader, answer: Answer) -> Answer:
        text = {name.lower(): value for name, value in answer.headers.items()}.get(HOLDER_HEADER.lower())
        if text is None:
            return answer
        check_answer(
            read_answer_header(text),
            header,
            status=answer.status,
            body=answer.body,
            holder=self.relay,
            key=self.relay_key,
        )
        return Answer(answer.status, answer.body, answer.headers, True)

    def ask(self, name: str, body: bytes = b"") -> Answer:
        return self.send("POST", f"/1/{self.practice}/{name}", body)

    def sure(self, name: str, body: bytes = b"") -> bytes:
        """The body of an answer that must be 200 and signed."""
        answer = self.ask(name, body)
        assert (answer.status, answer.signed) == (200, True), (answer.status, answer.body)
        return answer.body

    # ------------------------------------------------------------ requests

    def found(self, genesis: bytes) -> int:
        return asking.read_news(self.sure("found", genesis))

    def give(self, raws: Iterable[bytes]) -> tuple[tuple[int, ...], Receipt | None]:
        """What is answered, and the receipt, checked."""
        answer = asking.read_give(self.sure("give", frame(raws)))
        if answer.receipt is None:
            return answer.answers, None
        receipt = read_receipt(answer.receipt)
        check_receipt(receipt, practice=self.practice, relay=self.relay, key=self.relay_key)
        return answer.answers, receipt.value

    def heads(self) -> asking.HeadsAnswer:
        return asking.read_heads(self.sure("heads"))

    def since(self, after: int = 0, most_bytes: int = 1 << 20) -> PlacedPiece:
        return read_placed(self.sure("since", asking.pack_after(asking.AfterRequest(after, most_bytes))))

    def everything(self) -> dict[int, bytes]:
        """Every entry the relay hands over, by position."""
        found: dict[int, bytes] = {}
        more = True
        while more:
            piece = self.since(max(found, default=0))
            found.update(piece.entries)
            more = piece.more
        return found

    def members(self, after: int = 0, most_bytes: int = 1 << 20) -> tuple[bytes, ...]:
        return read_piece(
            self.sure("members", asking.pack_after(asking.AfterRequest(after, most_bytes)))
        ).entries

    def entries(
        self, ranges: Sequence[asking.Range], most_bytes: int = 1 << 20
    ) -> tuple[tuple[bytes, ...], bool]:
        body = asking.pack_entries_request(asking.EntriesRequest(tuple(ranges), most_bytes))
        piece = read_piece(self.sure("entries", body))
        return piece.entries, piece.more

    def news(self, after: int) -> Answer:
        return self.send("GET", f"/1/{self.practice}/news?after={after}")

    def statement(self, heads: Sequence[Head] = (), number: int = 1, time: int = 0) -> Signed[Statement]:
        return sign_statement(Statement(self.practice, self.keys.id, number, time, tuple(heads)), self.keys)

    def state(self, statement: Signed[Statement]) -> asking.StatementVerdict:
        return asking.read_state(self.sure("state", statement.raw))

    def put(self, name: str, data: bytes, offset: int, total: int) -> Answer:
        said = f"bytes {offset}-{offset + len(data) - 1}/{total}"
        return self.send("PUT", f"/1/{self.practice}/blobs/{name}", data, extra={"Content-Range": said})

    def blob(self, name: str, asked: str | None = None) -> Answer:
        extra = {} if asked is None else {"Range": asked}
        return self.send("GET", f"/1/{self.practice}/blobs/{name}", extra=extra)
