"""The relay over HTTP or HTTPS: the requests of any holder, and its order of arrival.

Law: a practice that the relay does not know yet is founded there, once, by the device its genesis names.
Source: docs/format/exchange.md, Requests and Relay.
"""

from __future__ import annotations

import json
import ssl

from lanterne.sync.errors import PeerUnknown, PeerUnreadable
from lanterne.sync.peers.http import MAX_SMALL, TIMEOUT_S, Asker, Connection, HttpPeer
from lanterne.sync.peers.port import PeerHeads, Way
from lanterne.sync.relay_file import RelayFile
from lanterne.wire.exchange import HolderId
from lanterne.wire.pairing_box import EMPTY, BoxName


class RelayPeer(HttpPeer):
    """A relay, by the file that names it.

    Args:
        genesis: handed over when the relay does not know the practice and this device may found it there.
        tls: for tests; the system's authorities otherwise.
        connection: how it is reached, when not by a connection of our own to its address.
    """

    way = Way.RELAY

    def __init__(
        self,
        relay: RelayFile,
        asker: Asker,
        *,
        genesis: bytes | None = None,
        tls: ssl.SSLContext | None = None,
        connection: Connection | None = None,
    ) -> None:
        super().__init__(connection or Connection(relay.url, tls=tls), asker, relay.relay, relay.key)
        self._genesis = genesis

    def heads(self) -> PeerHeads:
        """See Peer; founds the practice there when it must."""
        try:
            return super().heads()
        except PeerUnknown:
            if self._genesis is None:
                raise
            self._post("found", self._genesis)
            return super().heads()

    # ------------------------------------------------------------------ boxes of pairings

    def open_box(self, box: BoxName, offer: bytes, ends: int) -> None:
        """Lay an offer down until `ends` (milliseconds); nothing changes when it lies there. Raises PeerError."""
        self._ask("PUT", f"pairing/{box}/offer", ends.to_bytes(8) + offer)

    def box_request(self, box: BoxName) -> bytes | None:
        """The request that came. Raises PeerUnknown: there is no such box, and as any request."""
        try:
            return self._ask("GET", f"pairing/{box}/request").body
        except PeerUnknown as unknown:
            if unknown.params.get("check") == EMPTY:
                return None
            raise

    def refuse_box(self, box: BoxName) -> None:
        """Let a request go that is none. Raises PeerError."""
        self._ask("DELETE", f"pairing/{box}/request")

    def answer_box(self, box: BoxName, answer: bytes) -> None:
        """Lay the newest answer down. Raises PeerError."""
        self._ask("PUT", f"pairing/{box}/answer", answer)

    def close_box(self, box: BoxName) -> None:
        """Let the box go. Raises PeerError."""
        self._ask("DELETE", f"pairing/{box}/offer")


def ask_who(url: str, *, tls: ssl.SSLContext | None = None, timeout_s: float = TIMEOUT_S) -> RelayFile:
    """Who answers at this address, as it says itself: to be shown to a person and then kept.

    Raises PeerAway, PeerImpostor, PeerUnreadable.
    """
    connection = Connection(url, tls=tls, timeout_s=timeout_s, whole_s=2 * timeout_s)
    try:
        status, _, data = connection.ask("GET", f"{connection.prefix}/status.json", b"", {}, MAX_SMALL)
        told = json.loads(data) if status == 200 else None
    except (ValueError, RecursionError) as error:  # the second: brackets within brackets
        raise PeerUnreadable("this is no relay") from error
    finally:
        connection.close()
    relay, key = (told.get("relay"), told.get("key")) if isinstance(told, dict) else (None, None)
    if not _is_hex(relay, 16) or not _is_hex(key, 32):
        raise PeerUnreadable("this is no relay")
    return RelayFile(url.rstrip("/"), HolderId(str(relay)), bytes.fromhex(str(key)))


def _is_hex(value: object, size: int) -> bool:
    return isinstance(value, str) and len(value) == 2 * size and set(value) <= set("0123456789abcdef")
