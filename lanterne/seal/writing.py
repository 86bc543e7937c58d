"""Making an entry: parts sealed, head signed, in one call.

Law: what is written is read back before it is handed over (wire.build_entry); a writer that writes what a
reader refuses would lose what it acknowledged.
"""

from collections.abc import Mapping, Sequence

from lanterne.seal.keyring import Keyring
from lanterne.seal.secrets import Random
from lanterne.wire.entry import Entry, build_entry
from lanterne.wire.names import ChainId, Compartment, EntryHash, Head
from lanterne.wire.part import Part, encode_part, pack_part


def seal_entry(
    keyring: Keyring,
    *,
    chain: ChainId,
    seq: int,
    prev: EntryHash,
    time: int,
    heads: Sequence[Head],
    parts: Mapping[Compartment, Part],
    random: Random,
) -> Entry:
    """Seal and sign `parts` as number `seq` of `chain`.

    `time` is hybrid (milliseconds in the upper 48 bits); `heads` are those of other chains that moved
    since `prev`.

    Raises:
        EntryRefused: the entry could not be read back (too large, a compartment that has no place in the
        stream, …). PackingError: a body holds what is not written.
    """
    if chain.seat != keyring.keys.id:
        raise ValueError("a seat writes only in its own chains")
    places = sorted(parts)
    plaintexts = [
        pack_part(parts[place]) if place == Compartment.CLEAR else encode_part(parts[place])
        for place in places
    ]

    def seal(index: int, bound: bytes) -> bytes:
        return keyring.seal_part(places[index], bound, plaintexts[index], random)[2]

    return build_entry(
        chain=chain,
        practice=keyring.membership.practice,
        seq=seq,
        prev=prev,
        time=time,
        heads=heads,
        parts=[keyring.plan_part(place, len(text)) for place, text in zip(places, plaintexts, strict=True)],
        seal=seal,
        sign=keyring.keys.sign_entry,
    )
