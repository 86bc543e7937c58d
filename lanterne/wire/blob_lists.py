"""How two holders find out which sealed documents only one of them has, without listing all of them each time.

Law: one sum for each first byte of a name; only names under a first byte whose sums differ are listed. A sum is
no proof: who wants to hide a blob simply does not list it. Source: docs/format/exchange.md, `sums` and `blobs`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from lanterne.wire import packing
from lanterne.wire.asking import MAX_REQUEST
from lanterne.wire.exchange import BlobName, Fields

FIRSTS = 256
SUM_SIZE = 16
MAX_LISTED = 65_536
"""Names in one answer."""
MAX_LIST_BYTES = 4 * 1024 * 1024


class BlobList(NamedTuple):
    """The names, sorted, that begin with the first bytes in `firsts`: those asked for, or fewer of them."""

    firsts: bytes
    names: tuple[BlobName, ...]


def sum_names(names: Iterable[str]) -> bytes:
    """256 sums of 16 bytes: for each first byte, the last 16 bytes of all names that begin with it, by XOR."""
    sums = [0] * FIRSTS
    for name in names:
        sums[int(name[:2], 16)] ^= int(name[-2 * SUM_SIZE :], 16)
    return b"".join(one.to_bytes(SUM_SIZE, "big") for one in sums)


def differing(ours: bytes, theirs: bytes) -> bytes:
    """The first bytes under which two lists of sums differ."""
    return bytes(
        first
        for first in range(FIRSTS)
        if ours[first * SUM_SIZE : (first + 1) * SUM_SIZE]
        != theirs[first * SUM_SIZE : (first + 1) * SUM_SIZE]
    )


def list_names(by_first: Mapping[int, Sequence[str]], firsts: bytes) -> BlobList:
    """What a holder answers to `blobs`: as many of the first bytes asked for as fit, at least one."""
    found: list[BlobName] = []
    answered = bytearray()
    for first in firsts:
        names = sorted(by_first.get(first, ()))[:MAX_LISTED]
        if answered and len(found) + len(names) > MAX_LISTED:
            break
        answered.append(first)
        found += [BlobName(name) for name in names]
    return BlobList(bytes(answered), tuple(found))


def pack_sums(sums: bytes) -> bytes:
    """The answer to `sums`."""
    return packing.encode({"sums": sums})


def read_sums(data: bytes) -> bytes:
    """Raises MessageRefused."""
    return Fields.unpack(data, "sums", at_most=MAX_REQUEST).octets("sums", FIRSTS * SUM_SIZE)


def pack_firsts(firsts: bytes) -> bytes:
    """What `blobs` asks: first bytes of names, rising."""
    return packing.encode({"firsts": firsts})


def read_firsts(data: bytes) -> bytes:
    """Raises MessageRefused."""
    fields = Fields.unpack(data, "blobs", at_most=MAX_REQUEST)
    return _rising(fields, fields.octets("firsts", at_most=FIRSTS))


def pack_list(listed: BlobList) -> bytes:
    """The answer to `blobs`."""
    return packing.encode({"firsts": listed.firsts, "blobs": [bytes.fromhex(name) for name in listed.names]})


def read_list(data: bytes) -> BlobList:
    """Raises MessageRefused, also when a name begins with a byte not answered for, or stands twice."""
    fields = Fields.unpack(data, "blobs", at_most=MAX_LIST_BYTES)
    firsts = _rising(fields, fields.octets("firsts", at_most=FIRSTS))
    names = fields.blobs("blobs", MAX_LISTED)
    if list(names) != sorted(set(names)) or any(int(name[:2], 16) not in firsts for name in names):
        raise fields.refuse("names are not sorted, or not of these first bytes")
    return BlobList(firsts, names)


def _rising(fields: Fields, firsts: bytes) -> bytes:
    if list(firsts) != sorted(set(firsts)):
        raise fields.refuse("first bytes do not rise")
    return firsts
