"""`lanterne sync`: one exchange now, with the relay, a folder or another device, or with each that is kept; and which
the background keeps.

Law: opens nothing and asks for no passphrase; whatever could be exchanged was, when it says so; every alarm is
shown with its sentence, also those of earlier exchanges that nobody may have seen.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lanterne.cli import access, output
from lanterne.cli.exchange_words import alarm_said, exchange_spoken, operator_said, spoken
from lanterne.cli.french import FrenchParser, _
from lanterne.cli.outcomes import DONE, REFUSED, UsageError
from lanterne.cli.sentences import told
from lanterne.cli.ways_words import ways_spoken, ways_told

if TYPE_CHECKING:
    from lanterne.cli.exchanging import Turn
    from lanterne.journal.journal import Journal
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
    """One exchange by the way named, or one by each that is kept. See docs/user/commandes.md."""
    from lanterne.cli.exchanging import Turn, by_kept_ways, exchange
    from lanterne.journal.founding import read_device
    from lanterne.journal.journal import Journal
    from lanterne.sync.state import read_state

    journal = Journal.open(options.data)
    device = read_device(journal)
    turns: list[Turn] = []
    kept_only = _keep(options, journal)
    if not options.state and not kept_only:
        # What lies damaged here is asked for, whoever is met (store.md, S5).
        journal.mender.inspect()
        named = _place(options, journal)
        if named is not None:
            turns = [Turn(named, exchange(journal, device, named, _now_ms))]
        else:
            turns = by_kept_ways(journal, device, _kept(journal), _now_ms)
    state = read_state(journal, device.id, _now_ms())
    if options.json:
        told = {**_told(turns, state), "operator": _operator(journal, state)}
        output.print_json({**told, **ways_told(journal, _now_ms())})
    else:
        _print(turns, state)
        for line in (*_operator(journal, state), *ways_spoken(journal, _now_ms())):
            print(line)
    return REFUSED if any(turn.done.error is not None or turn.done.alarms for turn in turns) else DONE


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


def _kept(journal: Journal) -> tuple[Destination, ...]:
    """Every way kept here; what of the list is damaged is said. Raises UsageError "sync.no_way"."""
    from lanterne.sync.ways import read_ways
    from lanterne.sync.ways_open import destinations

    held = read_ways(journal)
    for name in held.damaged:
        output.say(told("ways.relay_damaged" if name == "relay" else "ways.damaged", {}))
    if not held.any:
        raise UsageError("sync.no_way")
    return destinations(held)


def _place(options: argparse.Namespace, journal: Journal) -> Destination | None:
    """The way named; None when none is: then every way kept here is gone."""
    from lanterne.sync.authorities import context
    from lanterne.sync.known import Known
    from lanterne.sync.peers.port import Way
    from lanterne.sync.ways_open import Destination, RelayChanged, meet_relay

    if options.folder is not None:
        return Destination(Way.FOLDER, str(options.folder))
    if options.device is not None:
        return Destination(Way.DEVICE, options.device)
    known = Known(journal)
    if options.ca is not None:
        pem = options.ca.read_bytes()
        context(pem)  # what is no certificate is said now, and not kept
        known.set_authorities(pem)
    if options.relay is None:
        return None
    try:
        found = meet_relay(known, options.relay, options.relay_key)
    except RelayChanged as error:
        raise UsageError("sync.relay_changed") from error
    if found != known.relay_file():
        known.set_relay(found)
        output.say(_("Relais retenu : {url}").format(url=found.url))
        output.say(
            _("Sa clé publique, à comparer avec celle de son opérateur : {key}").format(key=found.key.hex())
        )
    return Destination(Way.RELAY, found.url, found)


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65_535:
        raise ValueError(text)
    return number


def _told(turns: Sequence[Turn], state: SyncState) -> dict[str, Any]:
    from lanterne.cli.exchanging import turn_told

    exchanges = [turn_told(turn) for turn in turns]
    told: dict[str, Any] = {"exchange": exchanges[0] if exchanges else None, "exchanges": exchanges}
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
    new = {alarm.name for turn in turns for alarm in turn.done.alarms}
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


def _print(turns: Sequence[Turn], state: SyncState) -> None:
    for turn in turns:
        if len(turns) > 1:
            print(_("Par {way} :").format(way=turn.title))
        for line in exchange_spoken(turn.done):
            print(line)
    for line in spoken(state):
        print(line)
