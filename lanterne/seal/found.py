"""Founding a practice: the genesis, its first seat and its recovery sheet.

Law: pure but for HPKE, whose randomness is the library's; writing files is the journal's. M1, M2.
"""

from typing import NamedTuple

from lanterne.proof.genesis import FORMAT, frame, read_genesis
from lanterne.proof.signature import GENESIS_CONTEXT
from lanterne.seal.device import DeviceKeys
from lanterne.seal.epoch import EpochKeys
from lanterne.seal.seat import SeatKeys, SheetKeys
from lanterne.seal.secrets import Random
from lanterne.wire import packing
from lanterne.wire.names import SEALED_COMPARTMENTS, PersonId, PracticeId


class Founding(NamedTuple):
    """A new practice. The secrets are in `seat`, `sheet` and `device`; keep none of them but where keys.md
    says.
    """

    genesis: bytes
    practice: PracticeId
    person: PersonId
    seat: SeatKeys
    sheet: SheetKeys
    device: DeviceKeys


def make_genesis(*, created: int, random: Random) -> Founding:
    """Found a practice with one person, on one device. `created` in milliseconds since 1970 UTC."""
    person = PersonId(random(16).hex())
    device = DeviceKeys.new(random)
    seat = SeatKeys.new(random)
    sheet = SheetKeys.new(random)
    nonce = random(32)
    first = seat.record(person=person, device=device.id, compartments=SEALED_COMPARTMENTS, admin=True)
    epochs = []
    for place in SEALED_COMPARTMENTS:
        keys = EpochKeys.new(place, random)
        wraps = [
            keys.wrap(seat.id, seat.agree_key, nonce),
            keys.wrap(sheet.id, sheet.agree_key, nonce),
        ]
        epochs.append(
            {
                "compartment": int(place),
                "public": keys.public,
                "previous": None,
                "wraps": [{"to": bytes.fromhex(wrap.to), "sealed": wrap.sealed} for wrap in wraps],
            }
        )
    packed = packing.encode(
        {
            "format": FORMAT,
            "nonce": nonce,
            "created": created,
            "sheet": sheet.record().to_wire(),
            "device": device.record().to_wire(),
            "seat": first.to_wire(),
            "epochs": epochs,
        }
    )
    genesis = frame(packed, seat.sign(GENESIS_CONTEXT, packed))
    return Founding(genesis, read_genesis(genesis).practice, person, seat, sheet, device)
