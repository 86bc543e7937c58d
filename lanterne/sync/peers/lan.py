"""Another device of the practice, by its address on the network.

Law: it must be a device of the practice and prove it in every answer; who answers otherwise is nobody. Plain
HTTP: what travels is sealed and signed, sizes and moments are seen by the network it crosses. Source:
docs/format/exchange.md, Over HTTP (`holder`).
"""

from __future__ import annotations

from lanterne.proof.membership import Membership
from lanterne.sync.errors import PeerError, PeerImpostor, PeerUnknown, PeerUnreadable
from lanterne.sync.peers.http import MAX_SMALL, TIMEOUT_S, Asker, Connection, HttpPeer
from lanterne.wire.exchange import Fields, HolderId, MessageRefused
from lanterne.wire.names import DeviceId

DEFAULT_PORT = 8766


def find_device(
    address: str, asker: Asker, membership: Membership, *, timeout_s: float = TIMEOUT_S
) -> HttpPeer:
    """The device at `HOST:PORT` (or a URL). `timeout_s`: for each answer.

    Raises:
        PeerAway: nobody answers. PeerUnknown: another practice. PeerUnreadable: no Lanterne.
        PeerImpostor: it is no device of this practice.
    """
    url = address if "://" in address else f"http://{address}"
    connection = Connection(url, timeout_s=timeout_s)
    try:
        return _met(connection, asker, membership)
    except PeerError:
        connection.close()
        raise


def _met(connection: Connection, asker: Asker, membership: Membership) -> HttpPeer:
    target = f"{connection.prefix}/1/{asker.practice}/holder"
    status, _, data = connection.ask("GET", target, b"", {}, MAX_SMALL)
    if status == 404:
        raise PeerUnknown("there is another practice at this address")
    try:
        holder = Fields.unpack(data, "holder", at_most=MAX_SMALL).id("holder")
    except MessageRefused as error:
        raise PeerUnreadable("nothing at this address answers as a device does") from error
    record = membership.devices.get(DeviceId(holder))
    if record is None:
        raise PeerImpostor("who answers is no device of this practice", holder=holder)
    return HttpPeer(connection, asker, HolderId(holder), record.transport)
