"""The key of a set of read tables, sealed under the newest epoch of its compartment.

Law: read tables are disposable, so this file may be lost; it opens only to those who read the compartment.
Source: docs/format/keys.md, Read table key.
"""

from lanterne.seal.device import close_file, read_closed
from lanterne.seal.errors import FileDamaged, NotEntitled
from lanterne.seal.keyring import Keyring
from lanterne.seal.secrets import SECRET_SIZE, Random, open_sealed, seal
from lanterne.wire.names import Compartment, KeyId

TABLE_CONTEXT = b"lanterne/table/1\0"
SETS = {"office": Compartment.OFFICE, "medical": Compartment.MEDICAL, "trace": Compartment.TRACE}
_WHAT = "key of the read tables"


def new_table_key(keyring: Keyring, name: str, random: Random) -> tuple[bytes, bytes]:
    """A new key for the set `name`, and the bytes of its file.

    Raises:
        NotEntitled: the newest epoch of the set's compartment does not open here.
    """
    return (key := random(SECRET_SIZE)), wrap_table_key(keyring, name, key, random)


def wrap_table_key(keyring: Keyring, name: str, key: bytes, random: Random) -> bytes:
    """The file of a key already in use, sealed under the newest epoch (after a rotation).

    Raises:
        NotEntitled: as `new_table_key`.
    """
    epoch = keyring.newest(SETS[name])
    if epoch is None:
        raise NotEntitled(name)
    sealed = seal(epoch.table_key, key, _bound(name, epoch.key_id), random)
    tree = {"format": 1, "set": name, "key": bytes.fromhex(epoch.key_id), "sealed": sealed}
    return close_file(tree)


def open_table_key(keyring: Keyring, name: str, data: bytes) -> bytes:
    """The 32-byte key in the file of the set `name`.

    Raises:
        FileDamaged, FileNewer: rebuild the tables.
        NotEntitled: its epoch does not open here.
        DoesNotOpen: the file was moved or altered; rebuild.
    """
    key_id, sealed = _read(name, data)
    epoch = keyring.epoch_keys(key_id)
    if epoch is None or epoch.compartment != SETS[name]:
        raise NotEntitled(name)
    return open_sealed(epoch.table_key, sealed, _bound(name, epoch.key_id), _WHAT)


def check_table_file(name: str, data: bytes) -> None:
    """What needs no key: the file is whole, and of this set.

    Raises:
        FileDamaged, FileNewer: rebuild the tables.
    """
    _read(name, data)


def _read(name: str, data: bytes) -> tuple[KeyId, bytes]:
    tree = read_closed(data, _WHAT)
    key_id, sealed = tree.get("key"), tree.get("sealed")
    if tree.get("set") != name or type(key_id) is not bytes or type(sealed) is not bytes:
        raise FileDamaged(_WHAT)
    return KeyId(key_id.hex()), sealed


def _bound(name: str, key_id: KeyId) -> bytes:
    return TABLE_CONTEXT + name.encode("ascii") + b"\0" + bytes.fromhex(key_id)
