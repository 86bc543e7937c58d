"""A relay's folder: its key, its database, its documents; one server at a time.

Law: a relay is its key: a folder with a database and no key is refused, never given a new one, since every
practice knows the old.

    DATA/
      relay.key     its id and Ed25519 seed; readable by its owner only
      relay.db      entries, accounts, statements, notices (relay.sqlite_schema)
      blobs/        sealed documents (relay.blob_files)
      lock          held while it serves
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from lanterne.proof.exchange import sign_notice
from lanterne.proof.relay_key import RelayKey, read_relay_key
from lanterne.relay.blob_files import BlobFiles
from lanterne.relay.errors import RelayError
from lanterne.relay.house import House, clock_ms
from lanterne.relay.limits import Load, Quota
from lanterne.relay.registration import Registration
from lanterne.relay.sqlite_store import SqliteStore
from lanterne.wire.statements import OperatorNotice, Scope, State

KEY, DATABASE, BLOBS, LOCK = "relay.key", "relay.db", "blobs", "lock"


def open_key(root: Path, random: Callable[[int], bytes] = secrets.token_bytes) -> RelayKey:
    """The relay's key; a new relay in a folder that is empty or not there yet.

    Raises:
        RelayError: "relay.key_missing", "relay.folder_taken".
        MessageRefused: the key file is damaged.
    """
    path = root / KEY
    if path.exists():
        return read_relay_key(path.read_bytes())
    if (root / DATABASE).exists():
        raise RelayError("relay.key_missing", "the database is there and the key is not", path=str(path))
    if root.exists() and any(one.name not in (LOCK, f"{KEY}.new") for one in root.iterdir()):
        raise RelayError("relay.folder_taken", "the folder holds something else", path=str(root))
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = RelayKey.new(random)
    beside = root / f"{KEY}.new"
    beside.unlink(missing_ok=True)
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(key.to_file())
        stream.flush()
        os.fsync(stream.fileno())
    beside.rename(path)
    return key


def lock(root: Path) -> FileLock:
    """The folder, for one server. Raises RelayError "relay.running"."""
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    held = FileLock(root / LOCK)
    try:
        held.acquire(timeout=0)
    except Timeout as error:
        raise RelayError("relay.running", "another relay serves this folder", path=str(root)) from error
    return held


def open_house(
    root: Path, registration: Registration, *, quota: Quota | None = None, load: Load | None = None
) -> House:
    """The relay in this folder, made when there is none."""
    key = open_key(root)
    store = SqliteStore(root / DATABASE)
    return House(
        store=store, shelf=BlobFiles(root / BLOBS), key=key, registration=registration, quota=quota, load=load
    )


def publish(
    root: Path, *, scope: Scope, subject: str | None, state: State, text: str, now_ms: int | None = None
) -> OperatorNotice:
    """Sign and keep a notice; a relay that runs there follows it within a second.

    Raises:
        RelayError: "relay.none", no relay in this folder.
        MessageRefused: the text is too long.
    """
    if not (root / KEY).exists() or not (root / DATABASE).exists():
        raise RelayError("relay.none", "there is no relay in this folder", path=str(root))
    key = open_key(root)
    time = clock_ms() if now_ms is None else now_ms
    notice = OperatorNotice(key.id, scope, subject, state, text, time)
    signed = sign_notice(notice, key)
    store = SqliteStore(root / DATABASE)
    try:
        store.keep_notice(scope.value, subject or "", signed.raw).result()
    finally:
        store.close()
    return notice
