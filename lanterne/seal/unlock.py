"""The seat file: a seat's secret under a passphrase and this device.

Law: the cost of a guess is a constant of the suite, never read from a file, so nobody lowers it from
outside; the file alone, or without its device, opens nothing. Source: docs/format/keys.md, Seat file.
"""

import itertools
import unicodedata
from typing import Any, NamedTuple

from argon2.low_level import Type, hash_secret_raw

from lanterne.seal.device import DeviceKeys, close_file, read_closed
from lanterne.seal.errors import DoesNotOpen, FileDamaged, WeakPassphrase, WrongPassphrase
from lanterne.seal.seat import SeatKeys
from lanterne.seal.secrets import Random, derive, open_sealed, seal
from lanterne.wire import packing
from lanterne.wire.names import PersonId, PracticeId, SeatId

ARGON2_MEMORY_KIB = 128 * 1024
ARGON2_PASSES = 3
ARGON2_LANES = 1
SALT_SIZE = 16
MIN_PASSPHRASE = 12
"""Characters."""
MIN_DISTINCT = 6
"""Different characters."""
MAX_PASSPHRASE = 1024
_WHAT = "seat file"


class SeatCard(NamedTuple):
    """What a seat file says before it is unlocked; `label` is the name shown on the unlock page."""

    practice: PracticeId
    seat: SeatId
    person: PersonId
    label: str


def check_passphrase(passphrase: str) -> None:
    """Refuse a passphrase too weak to protect a record.

    Raises:
        WeakPassphrase: `why` is "short", "long", "repetitive" or "sequence".
    """
    plain = unicodedata.normalize("NFKC", passphrase)
    if len(plain) < MIN_PASSPHRASE:
        raise WeakPassphrase("short")
    if len(plain) > MAX_PASSPHRASE:
        raise WeakPassphrase("long")
    if len(set(plain.casefold())) < MIN_DISTINCT:
        raise WeakPassphrase("repetitive")
    steps = {ord(after) - ord(before) for before, after in itertools.pairwise(plain)}
    if len(steps) == 1:
        raise WeakPassphrase("sequence")


def write_seat_file(
    seat: SeatKeys,
    *,
    practice: PracticeId,
    person: PersonId,
    label: str,
    passphrase: str,
    device: DeviceKeys,
    random: Random,
) -> bytes:
    """The bytes of a new seat file. Takes the time and memory of one guess (some 0.3 s, 128 MiB).

    Raises:
        WeakPassphrase: see `check_passphrase`.
    """
    check_passphrase(passphrase)
    salt = random(SALT_SIZE)
    tree: dict[str, Any] = {
        "format": 1,
        "practice": bytes.fromhex(practice),
        "seat": bytes.fromhex(seat.id),
        "person": bytes.fromhex(person),
        "label": label,
        "salt": salt,
    }
    key = _unlock_key(passphrase, salt, device)
    tree["sealed"] = seal(key, seat.secret_to_store(), packing.encode(tree), random)
    return close_file(tree)


def read_seat_card(data: bytes) -> SeatCard:
    """Whose seat file this is.

    Raises:
        FileDamaged, FileNewer.
    """
    return _card(_read(data))


def open_seat_file(data: bytes, *, passphrase: str, device: DeviceKeys) -> SeatKeys:
    """Unlock a seat.

    Raises:
        FileDamaged, FileNewer: the file is not whole, or of a newer Lanterne.
        WrongPassphrase: the passphrase is not the one, or the seat belongs to another device.
    """
    tree = _read(data)
    sealed = tree.pop("sealed")
    if len(passphrase) > MAX_PASSPHRASE:
        raise WrongPassphrase
    key = _unlock_key(passphrase, tree["salt"], device)
    try:
        secret = open_sealed(key, sealed, packing.encode(tree), _WHAT)
    except DoesNotOpen as error:
        raise WrongPassphrase from error
    seat = SeatKeys(secret)
    if seat.id != tree["seat"].hex():
        raise FileDamaged(_WHAT)
    return seat


def change_passphrase(data: bytes, *, old: str, new: str, device: DeviceKeys, random: Random) -> bytes:
    """The same seat under another passphrase.

    Raises:
        WrongPassphrase, WeakPassphrase, FileDamaged, FileNewer.
    """
    check_passphrase(new)
    seat = open_seat_file(data, passphrase=old, device=device)
    card = read_seat_card(data)
    return write_seat_file(
        seat,
        practice=card.practice,
        person=card.person,
        label=card.label,
        passphrase=new,
        device=device,
        random=random,
    )


def _unlock_key(passphrase: str, salt: bytes, device: DeviceKeys) -> bytes:
    plain = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")
    stretched = hash_secret_raw(
        plain,
        salt,
        time_cost=ARGON2_PASSES,
        memory_cost=ARGON2_MEMORY_KIB,
        parallelism=ARGON2_LANES,
        hash_len=32,
        type=Type.ID,
    )
    return derive(stretched + device.unlock_key, "lanterne/seat/unlock/1")


def _read(data: bytes) -> dict[str, Any]:
    tree = read_closed(data, _WHAT)
    sizes = {"practice": 32, "seat": 16, "person": 16, "salt": SALT_SIZE}
    whole = all(type(tree.get(name)) is bytes and len(tree[name]) == size for name, size in sizes.items())
    if not whole or type(tree.get("label")) is not str or type(tree.get("sealed")) is not bytes:
        raise FileDamaged(_WHAT)
    return tree


def _card(tree: dict[str, Any]) -> SeatCard:
    return SeatCard(
        PracticeId(tree["practice"].hex()),
        SeatId(tree["seat"].hex()),
        PersonId(tree["person"].hex()),
        tree["label"],
    )
