"""`lanterne sync`: one exchange now, with the relay, a folder or another device; and which the background keeps.

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
from lanterne.cli.ways_words import ways_spoken, ways_told

if TYPE_CHECKING:
    from lanterne.journal.journal import Journal
    from lanterne.sync.driver import Exchanged
    from lanterne.sync.session import Tally
    from lanterne.sync.state import SyncState
    from lanterne.sync.ways_open import Destination


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
        "--ca",
        type=Path,
        metavar=_("FICHIER"),
        help=_(
            "les certificats (PEM) à croire en plus de ceux du système, pour un relais en https ; retenus"
        ),
    )
    kept = parser.options.add_mutually_exclusive_group()
    kept.add_argument(
        "--keep",
        action="store_true",
        help=_("retient ce dossier ou ce poste : « lanterne serve » échange ensuite avec lui de lui-même"),
    )
    kept.add_argument(
        "--forget", action="store_true", help=_("ne retient plus ce relais, ce dossier ou ce poste")
    )
    parser.options.add_argument(
        "--listen",
        type=_port,
        metavar=_("PORT"),
        help=_("le port où « lanterne serve » répond aux autres postes du réseau (8766 ; 0 : plus aucun)"),
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
    from lanterne.sync.state import read_state
    from lanterne.sync.ways_open import Opener

    journal = Journal.open(options.data)
    device = read_device(journal)
    done = None
    kept_only = _keep(options, journal)
    if not options.state and not kept_only:
        # What lies damaged here is asked for, whoever is met (store.md, S5).
        journal.mender.inspect()
        place = _place(options, journal)
        peer = Opener(journal, device, _now_ms, secrets.token_bytes).open(place)
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
        told = {**_told(done, state), "operator": _operator(journal, state)}
        output.print_json({**told, **ways_told(journal, _now_ms())})
    else:
        _print(done, state)
        for line in (*_operator(journal, state), *ways_spoken(journal, _now_ms())):
            print(line)
    return REFUSED if done is not None and (done.error is not None or done.alarms) else DONE


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


def _keep(options: argparse.Namespace, journal: Journal) -> bool:
    """What is kept or forgotten for the background; whether that was all that was asked."""
    from lanterne.sync import ways

    named = (options.relay, options.folder, options.device) != (None, None, None)
    if (options.keep or options.forget) and not named:
        raise UsageError("sync.no_way")
    if options.forget:
        held = ways.read_ways(journal)
        if options.folder is not None and options.folder.absolute() in held.folders:
            ways.forget_folder(journal, options.folder)
        elif options.device is not None and options.device.strip() in held.devices:
            ways.forget_device(journal, options.device)
        elif options.relay is not None and held.relay and options.relay.rstrip("/") == held.relay.url:
            ways.forget_relay(journal)
        else:
            raise UsageError("sync.not_kept")
    elif options.keep and options.folder is not None:
        ways.keep_folder(journal, options.folder)
    elif options.keep and options.device is not None:
        ways.keep_device(journal, options.device)
    if options.listen is not None:
        ways.keep_listening(journal, options.listen)
    return bool(options.forget or (options.listen is not None and not named))


def _place(options: argparse.Namespace, journal: Journal) -> Destination:
    """The way named, or the relay kept here."""
    from lanterne.sync.authorities import context
    from lanterne.sync.known import Known
    from lanterne.sync.peers.port import Way
    from lanterne.sync.ways_open import Destination, RelayChanged, meet_relay

    if options.folder is not None:
        return Destination(Way.FOLDER, str(options.folder))
    if options.device is not None:
        return Destination(Way.DEVICE, options.device)
    known = Known(journal)
    kept = known.relay_file()
    if options.ca is not None:
        pem = options.ca.read_bytes()
        context(pem)  # what is no certificate is said now, and not kept
        known.set_authorities(pem)
    if options.relay is not None:
        try:
            found = meet_relay(known, options.relay, options.relay_key)
        except RelayChanged as error:
            raise UsageError("sync.relay_changed") from error
        if found != kept:
            known.set_relay(found)
            output.say(_("Relais retenu : {url}").format(url=found.url))
            output.say(
                _("Sa clé publique, à comparer avec celle de son opérateur : {key}").format(
                    key=found.key.hex()
                )
            )
        kept = found
    if kept is None:
        raise UsageError("sync.no_way")
    return Destination(Way.RELAY, kept.url, kept)


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65_535:
        raise ValueError(text)
    return number


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
