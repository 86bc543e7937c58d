"""Every way there is, opened: the relay, a folder, another device; for the command line and the background alike.

Law: who answers at a relay's address must stay the same; whoever has another key is refused, and nothing is
exchanged. Opens nothing sealed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from lanterne.journal.journal import Journal
from lanterne.seal.device import DeviceKeys
from lanterne.sync.authorities import kept_context
from lanterne.sync.errors import PeerError
from lanterne.sync.known import Known
from lanterne.sync.peers.folder import FolderPeer, ReadBefore
from lanterne.sync.peers.http import Asker, Connection, HttpPeer
from lanterne.sync.peers.lan import find_device
from lanterne.sync.peers.port import Peer, Way
from lanterne.sync.peers.relay import RelayPeer, ask_who
from lanterne.sync.relay_file import RelayFile
from lanterne.sync.ways import Ways


class RelayChanged(PeerError):
    """Who answers at this address has not the key expected: it is not that relay."""

    word = "sync.relay_changed"


class Destination(NamedTuple):
    """One way. `name` as in `Ways`; `relay` for a relay only."""

    way: Way
    name: str
    relay: RelayFile | None = None


def destinations(ways: Ways) -> tuple[Destination, ...]:
    """Each way of a device, in the order they are shown."""
    relay = [] if ways.relay is None else [Destination(Way.RELAY, ways.relay.url, ways.relay)]
    folders = [Destination(Way.FOLDER, str(folder)) for folder in ways.folders]
    return (*relay, *folders, *(Destination(Way.DEVICE, address) for address in ways.devices))


class Opener(NamedTuple):
    """Who exchanges. `now_ms` is the machine's clock in milliseconds, `random(n)` n unpredictable bytes."""

    journal: Journal
    device: DeviceKeys
    now_ms: Callable[[], int]
    random: Callable[[int], bytes]

    def open(self, to: Destination, before: dict[Path, ReadBefore] | None = None) -> Peer:
        """The peer there. A device is asked who it is; a relay and a folder are met at their first request.

        `before`: what was read of this folder, for who comes back to it often.

        Raises:
            PeerAway, PeerUnknown, PeerUnreadable, PeerImpostor: as `find_device`.
        """
        journal = self.journal
        journal.refresh()
        if to.way is Way.FOLDER:
            statements = Known(journal).statements().values()
            return FolderPeer(
                Path(to.name),
                journal.membership,
                self.device.id,
                statements=statements,
                now_ms=self.now_ms(),
                before=before,
            )
        if to.relay is not None:
            tls = kept_context(Known(journal))
            return RelayPeer(to.relay, self._asker(), genesis=journal.membership.genesis.raw, tls=tls)
        return find_device(to.name, self._asker(), journal.membership)

    def open_news(self, to: Destination, timeout_s: float) -> HttpPeer:
        """The same peer on a connection that waits longer. Raises as `open`; there is none for a folder."""
        if to.relay is not None:
            tls = kept_context(Known(self.journal))
            connection = Connection(to.relay.url, timeout_s=timeout_s, tls=tls)
            return HttpPeer(connection, self._asker(), to.relay.relay, to.relay.key)
        return find_device(to.name, self._asker(), self.journal.membership, timeout_s=timeout_s)

    def _asker(self) -> Asker:
        return Asker(self.journal.practice, self.device.id, self.device, self.now_ms, self.random)


def meet_relay(known: Known, url: str, key: str | None = None) -> RelayFile:
    """The relay kept here if it is the one at `url`; otherwise who answers there now, not kept yet.

    Args:
        key: its public key in hex, as its operator gives it; None when it is not known beforehand.

    Raises:
        RelayChanged: it has another key than this one, or than the relay of that id kept here.
        PeerAway, PeerImpostor, PeerUnreadable: as `ask_who`.
    """
    kept = known.relay_file()
    if kept is not None and url.rstrip("/") == kept.url and key in (None, kept.key.hex()):
        return kept
    found = ask_who(url, tls=kept_context(known))
    if kept is not None and found.relay == kept.relay and found.key != kept.key:
        raise RelayChanged("this relay had another key before", relay=found.relay)
    if key is not None and key.strip().lower() != found.key.hex():
        raise RelayChanged("this relay has another key than the one given", relay=found.relay)
    return found
