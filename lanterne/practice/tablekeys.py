"""The keys of the read tables (`read/<set>.key`, docs/format/keys.md).

Law: a set of tables is disposable, so its key is too. Made at first need, sealed again when a newer epoch
exists; lost, damaged or sealed for somebody else, it is drawn anew and what it opened is dropped, to be
folded again.
"""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from filelock import FileLock

from lanterne.journal.journal import Journal
from lanterne.seal.errors import SealError
from lanterne.seal.keyring import Keyring
from lanterne.seal.secrets import Random
from lanterne.seal.table import new_table_key, open_table_key, wrap_table_key
from lanterne.wire import packing
from lanterne.wire.names import Compartment

_LOCK_PATIENCE_S = 60.0


def key_path(root: Path, compartment: Compartment) -> Path:
    """Where the key of a set lies."""
    return root / "read" / f"{compartment.name.lower()}.key"


def table_key(
    root: Path,
    compartment: Compartment,
    journal: Journal,
    keyring: Keyring,
    *,
    random: Random = secrets.token_bytes,
) -> bytes:
    """The 32-byte key of a set of read tables.

    Raises:
        NotEntitled: the newest epoch of the compartment does not open for this seat.
        OSError: the file cannot be written.
    """
    path = key_path(root, compartment)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Two seats unlocked at once must not draw two keys for one set.
    with FileLock(path.with_suffix(".lock"), timeout=_LOCK_PATIENCE_S):
        return _table_key(path, compartment, journal, keyring, random)


def _table_key(
    path: Path, compartment: Compartment, journal: Journal, keyring: Keyring, random: Random
) -> bytes:
    name = compartment.name.lower()
    try:
        held = path.read_bytes()
        key = open_table_key(keyring, name, held)
    except (FileNotFoundError, SealError):
        key, held = new_table_key(keyring, name, random)
        drop_generations(path.parent, name)
        _replace(path, held)
        return key
    newest = journal.membership.newest_epoch(compartment).key_id
    if _sealed_under(held) != newest and keyring.newest(compartment) is not None:
        _replace(path, wrap_table_key(keyring, name, key, random))
    return key


def key_fault(root: Path, compartment: Compartment, keyring: Keyring) -> str | None:
    """What is wrong with the key of a set, or None; a set never built has none.

    For `practice.check`, before anything draws a new one.
    """
    path = key_path(root, compartment)
    try:
        open_table_key(keyring, compartment.name.lower(), path.read_bytes())
    except FileNotFoundError:
        return None
    except SealError as error:
        return str(error)
    return None


def drop_generations(folder: Path, name: str) -> None:
    """Remove the files of a set that no key opens any more."""
    for stale in (*folder.glob(f"{name}-[0-9]*.db*"), folder / f"{name}.current"):
        with suppress(
            PermissionError
        ):  # Windows: still open elsewhere; the next rebuild takes another number
            stale.unlink(missing_ok=True)


def _sealed_under(data: bytes) -> str:
    """The key id in a file `open_table_key` has just opened."""
    tree = packing.decode(data[:-32], max_bytes=len(data))
    return bytes(tree["key"]).hex()


def _replace(path: Path, content: bytes) -> None:
    beside = path.with_name(path.name + ".next")
    with beside.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    beside.replace(path)
