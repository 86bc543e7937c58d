"""`lanterne sync`: one exchange now, with the relay, a folder or another device.

Law: opens nothing and asks for no passphrase; whatever could be exchanged was, when it says so; every alarm is
shown with its sentence, also those of earlier exchanges that nobody may have seen.
"""

from __future__ import annotations

import argparse
import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lanterne.cli import access, output
from lanterne.cli.exchange_words import alarm_said, operator_said, spoken
from lanterne.cli.french import FrenchParser, _
from lanterne.cli.outcomes import DONE, REFUSED, UsageError
from lanterne.cli.sentences import sentence

if TYPE_CHECKING:
    from lanterne.journal.journal import Journal
    from lanterne.seal.device import DeviceKeys
    from lanterne.sync.driver import Exchanged
    from lanterne.sync.known import Known
    from lanterne.sync.peers.http import Asker
    from lanterne.sync.peers.port import Peer
    from lanterne.sync.session import Tally
    from lanterne.sync.state import SyncState


def configure(parser: FrenchParser) -> None:
    """Its options."""
    access.add_data(parser)
    way = parser.options.add_mutually_exclusive_group()
    way.add_argument(
        "--relay",
        metavar=_("ADRESSE"),
        help=_("le relais, par son adresse (https://…) ; retenu, il n’est plus à redire"),
    )
    way.add_argument(
        "--folder", type=Path, metavar=_("DOSSIER"), help=_("un dossier : clé USB, partage du réseau")
    )
    way.add_argument(
        "--device",
        metavar=_("POSTE:PORT"),
        help=_("un autre poste du cabinet, par son adresse sur le réseau"),
    )
    parser.options.add_argument(
        "--relay-key",
        metavar=_("CLÉ"),
        help=_("la clé publique du relais, comme son opérateur la donne : un autre relais est alors refusé"),
    )
    parser.options.add_argument(
        "--state", action="store_true", help=_("n’échange rien : dit ce qui est envoyé et reçu")
    )
    access.add_json(parser)


def run(options: argparse.Namespace) -> int:
    """One exchange. See docs/user/commandes.md."""
    from lanterne.journal.founding import read_device
    from lanterne.journal.journal import Journal
    from lanterne.sync.driver import Driver
    from lanterne.sync.known import Known
    from lanterne.sync.state import read_state

    journal = Journal.open(options.data)
    device = read_device(journal)
    done = None
    if not options.state:
        # What lies damaged here is asked for, whoever is met (store.md, S5).
        journal.mender.inspect()
        peer = _peer(options, journal, device, Known(journal))
        try:
            with output.progress(_("Échange")) as advance:

                def progress(tally: Tally) -> None:
                    advance(tally.received + tally.given, tally.to_receive + tally.to_give)

                driver = Driver(
                    journal, device, peer, now_ms=_now_ms, random=secrets.token_bytes, progress=progress
                )
                done = driver.run()
        finally:
            peer.close()
    state = read_state(journal, device.id, _now_ms())
    if options.json:
        output.print_json({**_told(done, state), "operator": _operator(journal, state)})
    else:
        _print(done, state)
        for line in _operator(journal, state):
            print(line)
    return REFUSED if done is not None and (done.error is not None or done.alarms) else DONE


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _peer(options: argparse.Namespace, journal: Journal, device: DeviceKeys, known: Known) -> Peer:
    from lanterne.sync.peers.folder import FolderPeer
    from lanterne.sync.peers.http import Asker
    from lanterne.sync.peers.lan import find_device

    asker = Asker(journal.practice, device.id, device, _now_ms, secrets.token_bytes)
    if options.folder is not None:
        statements = known.statements().values()
        return FolderPeer(
            options.folder, journal.membership, device.id, statements=statements, now_ms=_now_ms()
        )
    if options.device is not None:
        return find_device(options.device, asker, journal.membership)
    return _relay(options, asker, journal, known)


def _relay(options: argparse.Namespace, asker: Asker, journal: Journal, known: Known) -> Peer:
    """The relay kept here, or the one named now: who answers at that address must stay the same."""
    from lanterne.sync.peers.relay import RelayPeer, ask_who

    kept = known.relay_file()
    if options.relay is not None and (kept is None or options.relay.rstrip("/") != kept.url):
        found = ask_who(options.relay)
        if kept is not None and found.relay == kept.relay and found.key != kept.key:
            raise UsageError("sync.relay_changed")
        if options.relay_key is not None and options.relay_key.lower() != found.key.hex():
            raise UsageError("sync.relay_changed")
        known.set_relay(found)
        kept = found
        output.say(_("Relais retenu : {url}").format(url=found.url))
        output.say(
            _("Sa clé publique, à comparer avec celle de son opérateur : {key}").format(key=found.key.hex())
        )
    if kept is None:
        raise UsageError("sync.no_way")
    return RelayPeer(kept, asker, genesis=journal.membership.genesis.raw)


def _told(done: Exchanged | None, state: SyncState) -> dict[str, Any]:
    told: dict[str, Any] = {"exchange": None}
    if done is not None:
        tally, error = done.tally, done.error
        told["exchange"] = {
            "with": done.way.value,
            "whole": done.whole,
            "received": tally.received,
            "healed": tally.healed,
            "given": tally.given,
            "waiting": tally.waiting,
            "forks": tally.forks,
            "refused": dict(tally.refused),
            "given_refused": dict(tally.given_refused),
            "documents_received": tally.blobs_received,
            "documents_given": tally.blobs_given,
            "documents_failed": tally.blobs_failed,
            "unfulfilled": len(tally.unfulfilled),
            "bytes_sent": done.sent,
            "bytes_received": done.came,
            "code": error.code if error is not None else None,
            "why": sentence(error) if error is not None else None,
        }
    relay = state.relay
    told["stored"] = state.stored
    told["waiting"] = state.waiting
    told["received_by"] = state.received_by
    told["relay"] = (
        None
        if relay is None
        else {
            "url": relay.url,
            "heard": relay.heard,
            "silent_since": relay.silent_since or None,
            "to_send": relay.to_send,
        }
    )
    told["devices"] = [
        {"device": one.device, "said": one.said or None, "lacks": one.lacks, "ahead": one.ahead}
        for one in state.devices
    ]
    new = {alarm.name for alarm in done.alarms} if done is not None else set()
    told["alarms"] = [
        {
            "lie": alarm.lie.value,
            "about": alarm.about,
            "matter": alarm.matter,
            "why": alarm_said(alarm),
            "code": alarm.why,
            "time": alarm.time,
            "new": alarm.name in new,
        }
        for alarm in state.alarms
    ]
    return told


def _operator(journal: Journal, state: SyncState) -> list[str]:
    """The words of the relay's operator that are in force."""
    from lanterne.sync.known import Known

    relay = Known(journal).relay_file()
    if relay is None or state.relay is None:
        return []
    return [said for raw in state.relay.notices if (said := operator_said(raw, relay))]


def _print(done: Exchanged | None, state: SyncState) -> None:
    for line in spoken(done, state):
        print(line)
