"""Small files of one seat on one device: drafts, counters. Sealed to the seat, outside the journal.

Law: the purpose is associated data, so a draft put in the place of another does not open. Source:
docs/format/keys.md, Local files.
"""

from lanterne.seal.seat import SeatKeys
from lanterne.seal.secrets import Random, open_sealed, seal

LOCAL_CONTEXT = b"lanterne/local/1\0"


def seal_local(seat: SeatKeys, purpose: str, data: bytes, random: Random) -> bytes:
    """Seal `data`; `purpose` says what it is and what it belongs to, such as "draft/<patient id>"."""
    return seal(seat.local_key, data, _bound(seat, purpose), random)


def open_local(seat: SeatKeys, purpose: str, sealed: bytes) -> bytes:
    """The data sealed for that purpose.

    Raises:
        DoesNotOpen: damaged, of another seat, or of another purpose.
    """
    return open_sealed(seat.local_key, sealed, _bound(seat, purpose), "a local file")


def _bound(seat: SeatKeys, purpose: str) -> bytes:
    return LOCAL_CONTEXT + bytes.fromhex(seat.id) + purpose.encode("utf-8")
