"""The page of the exchanges, filled: what is here, sent, received by whom; each way and how it goes; the alarms."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lanterne.desk.exchange import alarms, bar, words
from lanterne.desk.exchange.told import Told
from lanterne.desk.exchange.view import AlarmLine, AlarmPage, ExchangePage, OtherDevice, WayLine
from lanterne.desk.frame.view import Notice
from lanterne.desk.presence import Presence
from lanterne.desk.sentences import sentence
from lanterne.practice.record import Record
from lanterne.practice.rights import Right
from lanterne.practice.team import queries
from lanterne.sync.alarms import Alarm
from lanterne.sync.going import WayGoing
from lanterne.sync.peers.port import Way
from lanterne.sync.raised import Seen
from lanterne.sync.state import DeviceState, SyncState
from lanterne.wire.errors import LanterneError

RUNNING_S, RESTING_S = 2, 10
PAGE_WAIT_S = 2.0
MOST_LINES = 100


def page(presence: Presence, *, wait_s: float = PAGE_WAIT_S) -> ExchangePage:
    """How things stand."""
    told = presence.exchanges.now(wait_s)
    record, now_ms = presence.record, presence.record.clock_ms()
    manages = Right.MANAGE_TEAM in record.writer().rights
    state = told.state
    shown = ExchangePage(
        sentence=words.line(told, now_ms),
        state_url=reverse("exchange-state"),
        every_s=RUNNING_S if told.going.running or told.first is not None else RESTING_S,
        now_url=reverse("exchange-now") if told.ways.any else "",
        at=words.at_moment(told.at_ms or now_ms, now_ms),
        notices=tuple(_notices(told, now_ms)),
        first=_first(told),
        facts=_facts(told, state, now_ms) if state is not None else (),
        ways=tuple(_ways(record, told, now_ms, manages=manages)),
        devices=tuple(_device(record, one, now_ms) for one in state.devices[:MOST_LINES]) if state else (),
        alarms=tuple(_alarm(record, told, one, now_ms) for one in told.alarms.alarms[::-1][:MOST_LINES]),
        relay_url=reverse("exchange-relay") if manages else "",
        folder_url=reverse("exchange-folder") if manages else "",
        device_url=reverse("exchange-device") if manages else "",
        listen_url=reverse("exchange-listen") if manages else "",
        listening=_listening(told),
        readable=state is not None,
    )
    stamp = sha256(repr(shown).encode()).hexdigest()[:16]
    return replace(shown, state_url=f"{shown.state_url}?{stamp}")


def _notices(told: Told, now_ms: int) -> list[Notice]:
    """What hinders, by what it is; the operator's words whole; nothing red."""
    found = [Notice(_unread(told.fault), "warn")] if told.fault is not None else []
    found += [
        Notice(words.why(f"ways.{name}_damaged" if name == "relay" else "ways.damaged"), "warn")
        for name in told.ways.damaged
    ]
    found += [
        Notice(
            _("%(why)s Depuis %(since)s.")
            % {"why": words.why(one.code), "since": words.moment(one.since, now_ms)},
            "warn",
        )
        for one in told.going.troubles
    ]
    found += [Notice(text, "info") for text in bar.operator_whole(told)]
    if told.foreign_notices:
        found.append(
            Notice(
                _("Le relais a transmis un avis que son opérateur n’a pas signé : il n’est pas montré."),
                "warn",
            )
        )
    if told.alarms.damaged:
        found.append(
            Notice(
                ngettext(
                    "%(n)s alerte passée est abîmée et ne se lit plus : « lanterne check » la nomme.",
                    "%(n)s alertes passées sont abîmées et ne se lisent plus : « lanterne check » les nomme.",
                    len(told.alarms.damaged),
                )
                % {"n": len(told.alarms.damaged)},
                "warn",
            )
        )
    if not told.ways.any and told.state is not None and told.state.devices:
        found.append(
            Notice(
                _(
                    "Aucun chemin n’est réglé ici : ce poste n’échange que si un autre l’appelle, "
                    "ou par la commande « lanterne sync »."
                ),
                "info",
            )
        )
    return found


def _unread(fault: LanterneError) -> str:
    """Why the state could not be read; nothing was being written."""
    code = {
        "disk_full": "carrier.disk_full",
        "disk_failed": "carrier.disk_failed",
        "journal_busy": "carrier.busy",
    }
    return words.why(code[fault.code]) if fault.code in code else sentence(fault)


def _first(told: Told) -> tuple[int, int, str] | None:
    """The first copy: done, of how much, in words."""
    if told.first is None or told.first.over:
        return None
    said = "\u202f; ".join(filter(None, (words.first(told), words.first_patients(told))))
    return told.first.held, told.first.total, said


def _facts(told: Told, state: SyncState, now_ms: int) -> tuple[tuple[str, str], ...]:
    stored = words.entries(state.stored)
    if told.documents:
        stored = _("%(entries)s et %(documents)s") % {
            "entries": stored,
            "documents": words.documents(told.documents),
        }
    facts = [(_("Enregistré sur ce poste"), stored)]
    relay = state.relay
    if relay is not None:
        sent = (
            _("tout est envoyé")
            if not relay.to_send
            else _("%(entries)s à envoyer") % {"entries": words.entries(relay.to_send)}
        )
        facts.append((_("Au relais"), sent))
    if state.devices:
        facts.append((_("Aux autres postes"), words.received(state)))
    if state.waiting:
        facts.append(
            (
                _("Arrivé sans ce qui précède"),
                ngettext(
                    "%(n)s écriture attend celle d’avant : elle se montrera alors",
                    "%(n)s écritures attendent celles d’avant : elles se montreront alors",
                    state.waiting,
                )
                % {"n": words.figure(state.waiting)},
            )
        )
    if told.unreadable:
        said = _("%(entries)s, vu %(when)s : le prochain échange les redemande")
        if relay is None and not state.devices:
            said = _("%(entries)s, vu %(when)s : aucun autre poste ne peut les rendre")
        given = {
            "entries": words.entries(told.unreadable),
            "when": words.at_moment(told.unreadable_since, now_ms),
        }
        facts.append((_("Abîmé sur ce disque"), said % given))
    if state.damaged:
        said = ngettext(
            "%(n)s fichier abîmé : ce sera redemandé",
            "%(n)s fichiers abîmés : ce sera redemandé",
            len(state.damaged),
        )
        facts.append((_("Ce que d’autres avaient dit"), said % {"n": len(state.damaged)}))
    return tuple(facts)


# ------------------------------------------------------------------ ways


def _ways(record: Record, told: Told, now_ms: int, *, manages: bool) -> list[WayLine]:
    lines = []
    ways, relay = told.ways, told.state.relay if told.state is not None else None
    if ways.relay is not None:
        waits = words.entries(relay.to_send) if relay is not None and relay.to_send else ""
        heard, silent, code = (
            (relay.heard, relay.silent_since, relay.why) if relay is not None else (0, 0, "")
        )
        lines.append(
            _way(
                told.going.of(Way.RELAY, ways.relay.url), _("Relais"), ways.relay.url, now_ms,
                last=heard, since=silent, code=code, waits=waits,
            )
        )  # fmt: skip
    forget = manages
    lines += [
        _way(
            told.going.of(Way.FOLDER, str(one)),
            _("Dossier"),
            str(one),
            now_ms,
            forget="exchange-folder-forget" if forget else "",
        )
        for one in ways.folders
    ]
    lines += [
        _way(
            told.going.of(Way.DEVICE, one),
            _answering(record, told.going.of(Way.DEVICE, one)),
            one,
            now_ms,
            forget="exchange-device-forget" if forget else "",
        )
        for one in ways.devices
    ]
    return lines


def _answering(record: Record, going: WayGoing | None) -> str:
    """Which device answers at an address, once one did."""
    if going is None or not going.device:
        return _("Poste")
    name = words.device(record, going.device)
    return name[:1].upper() + name[1:]


def _way(
    going: WayGoing | None,
    kind: str,
    name: str,
    now_ms: int,
    *,
    last: int = 0,
    since: int = 0,
    code: str = "",
    waits: str = "",
    forget: str = "",
) -> WayLine:
    """A way as it goes; `last`, `since` and `code` as the relay's memory has them."""
    last = max(last, going.last_whole if going is not None else 0)
    since = since or (going.failing_since if going is not None else 0)
    code = code or (going.why if going is not None else "")
    trouble = ""
    if code:
        trouble = words.why(code)
        if since:
            trouble = _("Silencieux depuis %(when)s. %(why)s") % {
                "when": words.moment(since, now_ms),
                "why": trouble,
            }
    done, total, progress = _progress(going)
    state = _("le dernier est allé au bout") if last else _("pas encore d’échange")
    if going is not None and going.running:
        state = _("en cours")
    elif trouble:
        state = ""
    return WayLine(
        kind=kind,
        name=name,
        last=words.moment(last, now_ms) if last else _("jamais"),
        waits=waits,
        trouble=trouble,
        state=state,
        next_at=words.at_moment(going.next_at, now_ms)
        if going is not None and going.next_at > now_ms and code
        else "",
        done=done,
        total=total,
        progress=progress,
        forget_url=reverse(forget) if forget else "",
        value=name,
    )


def _progress(going: WayGoing | None) -> tuple[int, int, str]:
    """How far an exchange in course is: entries first, then documents."""
    if going is None or not going.running:
        return 0, 0, ""
    whole, blobs = going.to_receive + going.to_give, going.blobs_to_receive + going.blobs_to_give
    done, done_blobs = going.received + going.given, going.blobs_received + going.blobs_given
    if blobs and done >= whole:
        done_blobs = min(done_blobs, blobs)
        return (
            done_blobs,
            blobs,
            _("%(done)s sur %(all)s") % {"done": words.documents(done_blobs), "all": words.figure(blobs)},
        )
    if not whole:
        return 0, 0, ""
    done = min(done, whole)
    return done, whole, _("%(done)s sur %(all)s") % {"done": words.entries(done), "all": words.figure(whole)}


def _listening(told: Told) -> str:
    if not told.ways.listen:
        return _("Ce poste ne répond pas aux autres sur le réseau ; il peut les appeler.")
    if told.going.listening:
        return _("Ce poste répond aux autres sur le port %(port)s.") % {"port": told.going.listening}
    return _("Ce poste répondra aux autres sur le port %(port)s.") % {"port": told.ways.listen}


# ------------------------------------------------------------------ devices, alarms


def _device(record: Record, one: DeviceState, now_ms: int) -> OtherDevice:
    return OtherDevice(
        name=words.device(record, one.device),
        heard=words.heard(one, now_ms),
        lacks=words.entries(one.lacks) if one.lacks else _("rien"),
        ahead=words.entries(one.ahead) if one.ahead else _("rien"),
        whole=bool(one.said) and not one.lacks,
    )


def _alarm(record: Record, told: Told, alarm: Alarm, now_ms: int) -> AlarmLine:
    return AlarmLine(
        text=alarms.said(record, alarm),
        at=words.moment(alarm.time, now_ms),
        url=bar.alarm_url("exchange-alarm", alarm),
        seen=seen_said(record, told.alarms.seen_by(alarm), now_ms),
    )


def seen_said(record: Record, seen: Seen | None, now_ms: int) -> str:
    """ "vu par Dr Morel, hier à 14 h 05"; "" for nobody."""
    if seen is None:
        return ""
    found = queries.person(record.tables.read(), seen.person) if seen.person else None
    name = found.display_name if found is not None else _("accès %(id)s") % {"id": seen.seat[:8]}
    return _("vu par %(name)s %(when)s") % {"name": name, "when": words.at_moment(seen.time, now_ms)}


def alarm_page(presence: Presence, alarm: Alarm, told: Told) -> AlarmPage:
    """One alarm, with its evidence."""
    seen = told.alarms.seen_by(alarm)
    similar = [
        one
        for one in told.alarms.unseen
        if (one.lie, one.about) == (alarm.lie, alarm.about) and one.name != alarm.name
    ][-MOST_LINES:]
    record, now_ms = presence.record, presence.record.clock_ms()
    size = sum(map(len, alarm.evidence))
    return AlarmPage(
        title=_("Alerte sur les échanges"),
        text=alarms.said(record, alarm),
        means=alarms.means(alarm),
        to_do=alarms.to_do(alarm),
        facts=(
            (_("Vue par Lanterne"), words.moment(alarm.time, now_ms)),
            (_("Numéro"), alarm.lie.value),
            (_("De qui"), words.plain(alarm.about, 80)),
            (_("Au sujet de"), words.plain(alarm.matter, 160)),
        ),
        evidence_url=bar.alarm_url("exchange-evidence", alarm),
        evidence=_("%(n)s messages signés, %(size)s ko")
        % {"n": len(alarm.evidence), "size": words.figure(max(1, round(size / 1000)))},
        back_url=reverse("exchange"),
        seen_url="" if seen is not None else bar.alarm_url("exchange-seen", alarm),
        seen=seen_said(record, seen, now_ms),
        similar=tuple(_alarm(record, told, one, now_ms) for one in similar),
        together=" ".join(one.name[-32:] for one in similar),
    )
