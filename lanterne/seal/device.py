"""The device's own file: a transport key, and half of what unlocks its seats.

Law: it opens nothing by itself, and without it no seat of this device opens. Source: docs/format/keys.md,
Device file.
"""

import hashlib
from typing import Any

from lanterne.proof.records import DeviceRecord
from lanterne.seal.errors import FileDamaged, FileNewer
from lanterne.seal.secrets import SECRET_SIZE, Hidden, Random, SignKey, derive
from lanterne.wire import packing
from lanterne.wire.errors import PackingError
from lanterne.wire.names import DeviceId, PracticeId

FORMAT = 1
MAX_BYTES = 64 * 1024


class DeviceKeys(Hidden):
    """The secrets of one machine."""

    __slots__ = ("_secret", "_transport", "id", "unlock_key")

    def __init__(self, device: DeviceId, secret: bytes) -> None:
        self.id = device
        self._secret = secret
        self._transport = SignKey(derive(secret, "lanterne/device/transport/1"))
        self.unlock_key = derive(secret, "lanterne/device/unlock/1")

    @classmethod
    def new(cls, random: Random) -> "DeviceKeys":
        return cls(DeviceId(random(16).hex()), random(SECRET_SIZE))

    @property
    def transport(self) -> bytes:
        """The public transport key, 32 bytes."""
        return self._transport.public

    def sign(self, context: bytes, message: bytes) -> bytes:
        """Ed25519 under the transport key."""
        return self._transport.sign(context, message)

    def record(self) -> DeviceRecord:
        return DeviceRecord(self.id, self.transport)

    def to_file(self, practice: PracticeId) -> bytes:
        """The bytes of `device/key`."""
        tree = {
            "format": FORMAT,
            "practice": bytes.fromhex(practice),
            "device": bytes.fromhex(self.id),
            "secret": self._secret,
        }
        return close_file(tree)


def read_device_file(data: bytes, practice: PracticeId) -> DeviceKeys:
    """The keys in `device/key`.

    Raises:
        FileDamaged: not whole, or of another practice.
        FileNewer: a format this program does not know.
    """
    tree = read_closed(data, "device file")
    device, secret = tree.get("device"), tree.get("secret")
    if (
        type(device) is not bytes
        or len(device) != 16
        or type(secret) is not bytes
        or len(secret) != SECRET_SIZE
        or tree.get("practice") != bytes.fromhex(practice)
    ):
        raise FileDamaged("device file")
    return DeviceKeys(DeviceId(device.hex()), secret)


def close_file(tree: dict[str, Any]) -> bytes:
    """A small file of keys: MessagePack followed by its SHA-256."""
    packed = packing.encode(tree)
    return packed + hashlib.sha256(packed).digest()


def read_closed(data: bytes, what: str) -> dict[str, Any]:
    """The map of `close_file`, its format checked."""
    packed, check = data[:-32], data[-32:]
    if len(data) > MAX_BYTES or hashlib.sha256(packed).digest() != check:
        raise FileDamaged(what)
    try:
        tree = packing.decode(packed, max_bytes=MAX_BYTES)
    except PackingError as error:
        raise FileDamaged(what) from error
    if type(tree) is not dict or type(tree.get("format")) is not int:
        raise FileDamaged(what)
    if tree["format"] != FORMAT:
        raise FileNewer(what)
    return tree
