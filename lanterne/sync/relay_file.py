"""The file that names the practice's relay: where it is, who it is, what it signs with.

Law: who answers there under another key is not the relay. Source: docs/format/exchange.md, Relay.
"""

from __future__ import annotations

from typing import NamedTuple

from lanterne.wire import packing
from lanterne.wire.exchange import Fields, HolderId

MAX_URL = 500
MAX_BYTES = 4096


class RelayFile(NamedTuple):
    """`url` without a slash at its end; `key` 32 bytes."""

    url: str
    relay: HolderId
    key: bytes

    def pack(self) -> bytes:
        """The bytes handed on and kept."""
        return packing.encode({"url": self.url, "relay": bytes.fromhex(self.relay), "key": self.key})


def read_relay_file(data: bytes) -> RelayFile:
    """Raises MessageRefused (X1)."""
    fields = Fields.unpack(data, "relay file", at_most=MAX_BYTES)
    return RelayFile(fields.text("url", MAX_URL), HolderId(fields.id("relay")), fields.octets("key", 32))
