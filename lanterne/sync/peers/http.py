"""The requests of an exchange over HTTP: signed, bounded, and answered by who was asked.

Law: nothing is read beyond its limit; an answer without the signature of its holder is not used, but for the
complaints of one that does not know us yet. One connection, opened again once when it was let go. Source:
docs/format/exchange.md, Over HTTP.
"""

from __future__ import annotations

import http.client
import re
import ssl
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar
from urllib.parse import urlsplit

from lanterne.proof.exchange import Signer, check_answer, sign_request
from lanterne.sync.errors import (
    PeerAway,
    PeerBusy,
    PeerError,
    PeerFull,
    PeerImpostor,
    PeerRefuses,
    PeerSuspended,
    PeerUnknown,
    PeerUnreadable,
    PeerUntrusted,
)
from lanterne.sync.peers.paced import Deadline, answers, carrying_s
from lanterne.sync.peers.port import BLOB_PIECE, PeerEntries, PeerGave, PeerHeads, PeerPlaced, Proof, Way
from lanterne.wire.asking import (
    MAX_HEADS_ANSWER,
    AfterRequest,
    Complaint,
    EntriesRequest,
    Range,
    StatementVerdict,
    pack_after,
    pack_entries_request,
    read_complaint,
    read_give,
    read_heads,
    read_held,
    read_news,
    read_state,
)
from lanterne.wire.blob_lists import MAX_LIST_BYTES, BlobList, pack_firsts, read_list, read_sums
from lanterne.wire.exchange import MAX_BATCH, MEDIA_TYPE, HolderId, MessageRefused
from lanterne.wire.framing import frame, read_piece, read_placed
from lanterne.wire.names import DeviceId, PracticeId
from lanterne.wire.request import (
    DEVICE_HEADER,
    HOLDER_HEADER,
    Request,
    RequestHeader,
    read_answer_header,
)

TIMEOUT_S = 60.0
MAX_SMALL = 1024 * 1024
MAX_ENTRIES_ANSWER = MAX_BATCH + MAX_BATCH // 8 + 1024
DONE = frozenset({200, 206, 409})
_RETRY = re.compile(r"[0-9]{1,9}")
_RANGE = re.compile(r"bytes ([0-9]{1,13})-([0-9]{1,13})/([0-9]{1,13})")
T = TypeVar("T")


class Asker(NamedTuple):
    """Who asks: this device, its practice, its clock and its chance."""

    practice: PracticeId
    device: DeviceId
    signer: Signer
    now_ms: Callable[[], int]
    random: Callable[[int], bytes]


class Answer(NamedTuple):
    """What came back, its signature checked."""

    status: int
    body: bytes
    proof: Proof
    ranged: str
    """Its Content-Range; not signed, so it is believed only as far as the hash of the whole goes."""


class Connection:
    """One place that answers HTTP. `tls` is None for plain HTTP; certificates are always verified.

    `timeout_s`: from one byte to the next, and before a pace is kept; `whole_s`: for one answer, where somebody waits.
    """

    def __init__(
        self,
        url: str,
        *,
        tls: ssl.SSLContext | None = None,
        timeout_s: float = TIMEOUT_S,
        whole_s: float | None = None,
    ) -> None:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise PeerAway("this is no address", url=url) from error
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise PeerAway("this is no address", url=url)
        # What could never be sent, or signed: it may come from a file, and ends nobody's process.
        if not parts.path.isascii() or any(sign.isspace() or not sign.isprintable() for sign in url):
            raise PeerAway("this is no address", url=url)
        self.prefix = parts.path.rstrip("/")
        self.sent = self.came = self.asks = 0
        self._made: http.client.HTTPConnection
        if parts.scheme == "https":
            context = tls or ssl.create_default_context()
            self._made = http.client.HTTPSConnection(parts.hostname, port, timeout=timeout_s, context=context)
        else:
            self._made = http.client.HTTPConnection(parts.hostname, port, timeout=timeout_s)
        self._timeout_s, self._deadline = timeout_s, Deadline(timeout_s, whole_s)
        self._made.response_class = answers(self._deadline)

    def ask(
        self, method: str, target: str, body: bytes, headers: dict[str, str], limit: int
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Status, headers and body. Raises PeerAway, PeerUnreadable."""
        try:
            if self._made.sock is None:
                self._made.connect()
            # A request of half a megabyte takes more than a minute on a line of 56 kbit/s, and its answer comes after.
            self._made.sock.settimeout(self._timeout_s + carrying_s(len(body)))
            self._deadline.carries(len(body))
            self._made.request(method, target, body=body or None, headers=headers)
            answer = self._made.getresponse()
            data = answer.read(limit + 1)
        except ssl.SSLCertVerificationError as error:
            self.close()
            raise PeerUntrusted("its certificate does not verify", why=error.verify_message) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            raise PeerAway("nobody answers there", why=type(error).__name__) from error
        self.asks += 1
        # Lines of headers are counted roughly: what a slow line carries, not a bill.
        self.sent += (
            len(method) + len(target) + sum(len(k) + len(v) + 4 for k, v in headers.items()) + len(body) + 64
        )
        self.came += len(data) + sum(len(k) + len(v) + 4 for k, v in answer.headers.items()) + 16
        if len(data) > limit:
            self.close()
            raise PeerUnreadable("the answer is too long", limit=limit)
        return answer.status, answer.headers, data

    def close(self) -> None:
        """Let the connection go."""
        self._made.close()


class HttpPeer:
    """A holder that answers over HTTP, known by its id and key."""

    way = Way.DEVICE

    def __init__(self, connection: Connection, asker: Asker, holder: HolderId, key: bytes) -> None:
        self._connection, self._asker = connection, asker
        self.id: HolderId | None = holder
        self.key: bytes | None = key
        self._holder, self._key = holder, key
        self._ahead_ms = 0

    @property
    def sent(self) -> int:
        """Bytes handed over."""
        return self._connection.sent

    @property
    def came(self) -> int:
        """Bytes received."""
        return self._connection.came

    @property
    def asks(self) -> int:
        """Requests answered: round trips."""
        return self._connection.asks

    # ------------------------------------------------------------------ asking

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        limit: int = MAX_SMALL,
        extra: dict[str, str] | None = None,
    ) -> Answer:
        """One signed request; asked again once when the connection was let go, or the clock was not theirs."""
        target = f"{self._connection.prefix}/1/{self._asker.practice}/{path}"
        for last in (False, False, True):
            request = Request(method, target, body, self._asker.practice, self._holder)
            header = sign_request(
                request,
                device=self._asker.device,
                signer=self._asker.signer,
                time=self._asker.now_ms() + self._ahead_ms,
                nonce=self._asker.random(16),
            )
            headers = {DEVICE_HEADER: header.to_text(), "Content-Type": MEDIA_TYPE, **(extra or {})}
            try:
                status, answered, data = self._connection.ask(method, target, body, headers, limit)
            except PeerAway:
                if last:
                    raise
                continue
            proof = Proof(header.to_text(), answered.get(HOLDER_HEADER, ""), status, data)
            if status in DONE:
                self._check(header, proof)
                return Answer(status, data, proof, answered.get("Content-Range", ""))
            complaint = _complaint(data)
            if complaint.time is not None and not last:
                self._ahead_ms = complaint.time - self._asker.now_ms()
                continue
            raise self._refusal(status, complaint, answered.get("Retry-After", ""))
        raise PeerAway("nobody answers there")

    def _check(self, header: RequestHeader, proof: Proof) -> None:
        try:
            answer = read_answer_header(proof.answer)
            check_answer(
                answer, header, status=proof.status, body=proof.body, holder=self._holder, key=self._key
            )
        except MessageRefused as error:
            raise PeerImpostor("somebody else answered, or the answer was altered") from error

    def _refusal(self, status: int, complaint: Complaint, retry: str) -> PeerError:
        if status == 403 and complaint.notice is not None:
            return PeerSuspended("suspended by the operator", notice=complaint.notice)
        if status == 404:
            return PeerUnknown("it does not know this", check=complaint.check)
        if status == 413:
            return PeerFull("it has no room for this", check=complaint.check)
        if status in (429, 503):
            # Not signed, so anybody's: what is no number of seconds says nothing.
            asked = int(retry) if _RETRY.fullmatch(retry) else None
            return PeerBusy("it asks to come back later", retry_s=asked)
        return PeerRefuses("it refuses", status=status, check=complaint.check)

    def _post(self, request: str, body: bytes = b"", *, limit: int = MAX_SMALL) -> Answer:
        return self._ask("POST", request, body, limit=limit)

    # ------------------------------------------------------------------ the requests

    def heads(self) -> PeerHeads:
        """See Peer."""
        answer = self._post("heads", limit=MAX_HEADS_ANSWER)
        return PeerHeads(_read(read_heads, answer.body), (), answer.proof)

    def entries(self, ranges: Sequence[Range], most_bytes: int) -> PeerEntries:
        """See Peer."""
        asked = pack_entries_request(EntriesRequest(tuple(ranges), most_bytes))
        answer = self._post("entries", asked, limit=MAX_ENTRIES_ANSWER)
        piece = _read(read_piece, answer.body)
        return PeerEntries(piece.entries, piece.more, answer.proof)

    def give(self, raws: Sequence[bytes]) -> PeerGave:
        """See Peer."""
        answer = _read(read_give, self._post("give", frame(raws)).body)
        if len(answer.answers) != len(raws):
            raise PeerUnreadable("it does not answer for every entry")
        return PeerGave(answer.answers, answer.receipt)

    def state(self, statement: bytes) -> StatementVerdict:
        """See Peer."""
        return _read(read_state, self._post("state", statement).body)

    def since(self, after: int, most_bytes: int) -> PeerPlaced:
        """See Peer."""
        asked = pack_after(AfterRequest(after, most_bytes))
        answer = self._post("since", asked, limit=MAX_ENTRIES_ANSWER)
        return PeerPlaced(_read(read_placed, answer.body).entries, answer.proof)

    def news(self, after: int) -> int:
        """Waits at the holder until it holds more than `after` says; what it says now: exchange.md, `news`."""
        return _read(read_news, self._ask("GET", f"news?after={after}").body)

    def sums(self) -> bytes:
        """See Peer."""
        return _read(read_sums, self._post("sums").body)

    def blobs(self, firsts: bytes) -> BlobList:
        """See Peer."""
        listed = _read(read_list, self._post("blobs", pack_firsts(firsts), limit=MAX_LIST_BYTES).body)
        if not listed.firsts or not set(listed.firsts) <= set(firsts):
            raise PeerUnreadable("it lists what was not asked for")
        return listed

    def blob(self, name: str, offset: int) -> tuple[bytes, int]:
        """See Peer."""
        wanted = {"Range": f"bytes={offset}-{offset + BLOB_PIECE - 1}"}
        answer = self._ask("GET", f"blobs/{name}", limit=2 * BLOB_PIECE, extra=wanted)
        return answer.body, _total(answer.ranged, offset, len(answer.body))

    def keep(self, name: str, offset: int, data: bytes, total: int) -> tuple[int, bool]:
        """See Peer."""
        span = f"bytes {offset}-{offset + len(data) - 1}/{total}"
        answer = self._ask("PUT", f"blobs/{name}", data, extra={"Content-Range": span})
        return _read(read_held, answer.body)

    def drop(self, name: str) -> None:
        """See Peer."""
        self._ask("DELETE", f"blobs/{name}")

    def close(self) -> None:
        """See Peer."""
        self._connection.close()


def _complaint(data: bytes) -> Complaint:
    try:
        return read_complaint(data)
    except MessageRefused:
        return Complaint("", "")  # whatever stands between may answer in its own words


def _read(read: Callable[[bytes], T], data: bytes) -> T:
    try:
        return read(data)
    except MessageRefused as error:
        raise PeerUnreadable("its answer cannot be read", check=error.check, why=error.why) from error


def _total(ranged: str, offset: int, size: int) -> int:
    found = _RANGE.fullmatch(ranged)
    if found is None or int(found[1]) != offset or int(found[2]) != offset + size - 1:
        raise PeerUnreadable("it sends another piece than was asked for")
    return int(found[3])
