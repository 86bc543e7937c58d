"""What an exchange did, what is where, and what was seen of lies, in French.

Law: one sentence for each kind of alarm; one without a sentence is shown by its number, never left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lanterne.cli.french import _
from lanterne.cli.sentences import sentence
from lanterne.proof.exchange import check_notice
from lanterne.wire.exchange import SAYABLE_MS, MessageRefused
from lanterne.wire.statements import State, read_notice

if TYPE_CHECKING:
    from lanterne.sync.alarms import Alarm
    from lanterne.sync.driver import Exchanged
    from lanterne.sync.relay_file import RelayFile
    from lanterne.sync.state import SyncState

SHOWN = 8
ALARMS: dict[str, str] = {
    "L1": _(
        "Deux écritures différentes portent le même numéro (accès {about}) : un poste a été copié, ou sa clé "
        "volée. Les deux sont gardées."
    ),
    "L2": _(
        "Le poste {about} s’est contredit sur ce qu’il détient : il a été copié, remis dans un état ancien, ou "
        "sa clé a été volée."
    ),
    "L3": _("Le relais ne rend plus une écriture dont il avait donné reçu à ce poste."),
    "L4": _("Le relais montre moins que ce qu’il avait montré : il cache, ou il a perdu."),
    "L5": _("Le relais ne montre pas à ce poste une écriture dont il a donné reçu à un autre poste."),
    "L6": _("{about} a remis comme écriture quelque chose qui n’en est pas une (contrôle {why})."),
}


def alarm_said(alarm: Alarm) -> str:
    """The sentence of an alarm."""
    text = ALARMS.get(alarm.lie.value, alarm.lie.value + " {about} {why}")
    said = text.format(about=alarm.about[:SHOWN], why=alarm.why)
    if alarm.told_by:
        return _("{said} Vu et prouvé par le poste {device}.").format(said=said, device=alarm.told_by[:SHOWN])
    return said


def moment(ms: int) -> str:
    """A moment on this machine's clock."""
    local = datetime.fromtimestamp(min(ms, SAYABLE_MS) / 1000, UTC).astimezone()
    return local.strftime("%d/%m/%Y %H:%M")


def operator_said(raw: bytes, relay: RelayFile) -> str:
    """What the relay's operator says, as theirs; that it is not theirs, when another key signed it."""
    try:
        signed = read_notice(raw)
        check_notice(signed, relay=relay.relay, key=relay.key)
    except MessageRefused:
        return _("Le relais a remis un avis que son opérateur n’a pas signé.")
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in signed.value.text).split())
    if signed.value.state is State.SUSPENDED:
        return _("L’opérateur du relais l’a fermé ici : « {text} ». Tout le reste continue.").format(
            text=text
        )
    told = signed.value.state is State.NOTICE and text
    return _("L’opérateur du relais écrit : « {text} ».").format(text=text) if told else ""


def spoken(state: SyncState) -> Iterator[str]:
    """How things stand, for a person."""
    yield _("Ici : {count} écritures.").format(count=state.stored)
    if state.relay is not None:
        yield _relay(state)
    others = len(state.devices)
    if others:
        yield _("Tout ce qui est ici est reçu par {count} des {others} autres postes.").format(
            count=state.received_by, others=others
        )
    for one in state.devices:
        yield "  " + _device(one.device, one.said, one.lacks, one.ahead)
    if state.waiting:
        yield _("{count} écritures reçues attendent celle qui les précède.").format(count=state.waiting)
    if state.unreadable:
        yield _(
            "{count} écritures sont abîmées sur ce disque : elles seront redemandées à chaque échange."
        ).format(count=state.unreadable)
    for name in state.damaged:
        yield _("Ce que d’autres avaient dit est abîmé ({name}) : cela leur sera redemandé.").format(
            name=name
        )
    for alarm in state.alarms:
        yield _("ALERTE du {when} : {said}").format(when=moment(alarm.time), said=alarm_said(alarm))


def exchange_spoken(done: Exchanged) -> Iterator[str]:
    """What one exchange did, for a person."""
    tally = done.tally
    yield _("Reçu : {received} écritures, {documents} documents.").format(
        received=tally.received, documents=tally.blobs_received
    )
    yield _("Remis : {given} écritures, {documents} documents.").format(
        given=tally.given, documents=tally.blobs_given
    )
    if tally.healed:
        yield _("Réparé ici : {count} écritures abîmées.").format(count=tally.healed)
    if tally.refused:
        checks = ", ".join(f"{check} × {count}" for check, count in sorted(tally.refused.items()))
        yield _("Refusé ici : {checks}.").format(checks=checks)
    if tally.given_refused:
        checks = ", ".join(f"{check} × {count}" for check, count in sorted(tally.given_refused.items()))
        yield _("Refusé là-bas : {checks}.").format(checks=checks)
    if tally.unfulfilled:
        yield _("Annoncé là-bas et pas obtenu : {count} suites d’écritures.").format(
            count=len(tally.unfulfilled)
        )
    if done.error is not None:
        yield _("Interrompu : {why} Ce qui est reçu est gardé ; la suite viendra.").format(
            why=sentence(done.error)
        )


def _relay(state: SyncState) -> str:
    relay = state.relay
    if relay is None:
        return ""
    if relay.silent_since:
        return _("Le relais ne répond plus depuis le {when} ; {count} écritures l’attendent.").format(
            when=moment(relay.silent_since), count=relay.to_send
        )
    if relay.to_send:
        return _("{count} écritures ne sont pas encore envoyées au relais.").format(count=relay.to_send)
    return _("Tout est envoyé au relais (dernier échange le {when}).").format(when=moment(relay.heard))


def _device(device: str, said: int, lacks: int, ahead: int) -> str:
    short = device[:SHOWN]
    if not said:
        return _("poste {device} : jamais entendu").format(device=short)
    line = _("poste {device} : entendu le {when}").format(device=short, when=moment(said))
    if lacks:
        line += _(", il lui manque {count} écritures").format(count=lacks)
    if ahead:
        line += _(", il en a {count} qui ne sont pas ici").format(count=ahead)
    return line
