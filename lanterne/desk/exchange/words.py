"""The exchanges in words: moments, counts, devices by who works there, and the one line every page shows.

Law: short, plain, and true of the moment it is given for; away from the others is a normal state, said without
alarm. What comes from another machine is shown without its control signs, cut to a length.
"""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lanterne.desk.exchange.told import Told
from lanterne.desk.forms.fields import PARIS
from lanterne.desk.sentences import code_sentence
from lanterne.practice.record import Record
from lanterne.practice.team import queries
from lanterne.sync.state import DeviceState, RelayState, SyncState
from lanterne.wire.exchange import SAYABLE_MS

NARROW = "\u202f"
LARGE = 100
"""Entries from which an exchange in course is worth a word on every page."""
STALE_MS = 180_000
"""A look this old is shown with its moment: the disk, or something else, keeps newer ones from being taken."""
MOST_NAMED = 3
MOST_SIGNS = 400


def moment(at_ms: int, now_ms: int) -> str:
    """ "14 h 05" today, "hier à 14 h 05", "le 3 novembre à 14 h 05", with the year when it is another."""
    at, now = (
        datetime.fromtimestamp(min(ms, SAYABLE_MS) / 1000, UTC).astimezone(PARIS) for ms in (at_ms, now_ms)
    )
    hour = f"{at.hour}\u00a0h\u00a0{at.minute:02}"
    days = (now.date() - at.date()).days
    if days == 0:
        return hour
    if days == 1:
        return _("hier à %(hour)s") % {"hour": hour}
    day = date_format(at, "j F" if at.year == now.year else "j F Y")
    return _("le %(day)s à %(hour)s") % {"day": day, "hour": hour}


def at_moment(at_ms: int, now_ms: int) -> str:
    """The same where French wants « à » before an hour of today."""
    said = moment(at_ms, now_ms)
    return _("à %(hour)s") % {"hour": said} if said[:1].isdigit() else said


def figure(count: int) -> str:
    """ "12 000", with a narrow no-break space."""
    return f"{count:,}".replace(",", NARROW)


def entries(count: int) -> str:
    """ "12 écritures"."""
    return ngettext("%(n)s écriture", "%(n)s écritures", count) % {"n": figure(count)}


def documents(count: int) -> str:
    """ "12 documents"."""
    return ngettext("%(n)s document", "%(n)s documents", count) % {"n": figure(count)}


def why(code: str) -> str:
    """The sentence of a code word kept in a file: of any code."""
    return code_sentence(code, {}) if code else ""


def plain(text: str, most: int = MOST_SIGNS) -> str:
    """A text of somebody else's: one line, without signs that hide or turn what follows, at most `most` long."""
    kept = "".join(
        " " if unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp", "Co", "Cn") else sign for sign in text
    )
    line = " ".join(kept.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def device(record: Record, device_id: str) -> str:
    """ "poste 3f2a1c (Dr Garance Morel, Inès Caron)": its short id, and who has an access on it."""
    name = _("poste %(id)s") % {"id": device_id[:6]}
    membership, connection = record.journal.membership, record.tables.read()
    seats = [seat for seat in membership.seats if seat.device == device_id]
    active = [seat for seat in seats if seat.id not in membership.revoked] or seats
    people = []
    for person in dict.fromkeys(seat.person for seat in active):
        found = queries.person(connection, person)
        if found is not None:
            people.append(found.display_name)
    if not people:
        return name
    more = [_("et %(n)s autres") % {"n": len(people) - MOST_NAMED}] if len(people) > MOST_NAMED + 1 else []
    shown = people[:MOST_NAMED] if more else people
    return _("%(device)s (%(people)s)") % {"device": name, "people": ", ".join((*shown, *more))}


# ------------------------------------------------------------------ the one line


def line(told: Told, now_ms: int) -> str:
    """How things stand, in one short sentence; with its moment when it is no longer fresh."""
    if told.state is None:
        if told.fault is not None:
            return _("État des échanges illisible")
        return _("Enregistré ici")
    said = first(told) or _in_course(told) or _standing(told, told.state, now_ms)
    if told.unreadable:
        said += " · " + _("%(entries)s à réparer ici") % {"entries": entries(told.unreadable)}
    if abs(now_ms - told.at_ms) > STALE_MS:
        return _("Vu %(when)s : %(said)s") % {"when": at_moment(told.at_ms, now_ms), "said": said}
    return said


def first(told: Told) -> str:
    """How far the first copy of this device is; nothing when none is going on."""
    if told.first is None or told.first.over:
        return ""
    return _("Copie en cours : %(done)s sur %(all)s") % {
        "done": entries(told.first.held),
        "all": figure(told.first.total),
    }


def first_patients(told: Told) -> str:
    """Whether the patients of the day are here already; "" when nobody said which these are."""
    if told.first is None or not told.first.first_total:
        return ""
    if told.first.first_held >= told.first.first_total:
        return _("les patients du jour sont là")
    return _("les patients du jour arrivent")


def damaged(told: Told, now_ms: int) -> str:
    """What lies damaged here, that the rest goes on, and who is asked; "" when nothing does."""
    if told.state is None or not told.unreadable:
        return ""
    said = ngettext(
        "%(n)s écriture est abîmée sur le disque de ce poste (vu %(when)s) : un dossier peut être incomplet ici.",
        "%(n)s écritures sont abîmées sur le disque de ce poste (vu %(when)s) : des dossiers peuvent être "
        "incomplets ici.",
        told.unreadable,
    ) % {"n": figure(told.unreadable), "when": at_moment(told.unreadable_since, now_ms)}
    if told.state.devices or told.state.relay is not None:
        rest = _("Tout le reste se lit et s’écrit ; le prochain échange les redemande aux autres.")
    else:
        rest = _(
            "Tout le reste se lit et s’écrit. Aucun autre poste ne peut les rendre : « lanterne check » les nomme."
        )
    return f"{said} {rest}"


def _in_course(told: Told) -> str:
    for way in told.going.ways:
        whole = way.to_receive + way.to_give
        if way.running and whole >= LARGE:
            return _("Échange en cours : %(done)s sur %(all)s") % {
                "done": entries(min(way.received + way.given, whole)),
                "all": figure(whole),
            }
    return ""


def _standing(told: Told, state: SyncState, now_ms: int) -> str:
    relay, others = state.relay, state.devices
    if told.ways.any and told.going.told and not told.going.alive(now_ms):
        return _("Échanges arrêtés depuis %(when)s") % {"when": moment(told.going.told, now_ms)}
    if relay is not None and relay.silent_since:
        return _silent(relay, now_ms)
    if relay is not None and relay.to_send:
        return _("Enregistré ici · %(entries)s à envoyer") % {"entries": entries(relay.to_send)}
    if not others:
        if relay is not None:
            return _("Rien n’attend : tout est envoyé au relais")
        return _("Enregistré ici · seul poste du cabinet")
    if state.received_by == len(others):
        if len(others) == 1:
            return _("Rien n’attend : tout est reçu par l’autre poste")
        return _("Rien n’attend : tout est reçu par les %(n)s autres postes") % {"n": len(others)}
    where = _("Envoyé au relais") if relay is not None else _("Enregistré ici")
    return where + " · " + received(state)


def _silent(relay: RelayState, now_ms: int) -> str:
    said = {"when": moment(relay.silent_since, now_ms), "entries": entries(relay.to_send)}
    if relay.to_send:
        return _("Relais silencieux depuis %(when)s : %(entries)s à envoyer") % said
    return _("Relais silencieux depuis %(when)s : rien à envoyer") % said


def received(state: SyncState) -> str:
    """By how many of the other devices everything here is received."""
    others, by = len(state.devices), state.received_by
    if by:
        return ngettext(
            "reçu par %(by)s poste sur %(others)s", "reçu par %(by)s postes sur %(others)s", by
        ) % {
            "by": by,
            "others": others,
        }
    heard = [one for one in state.devices if one.said]
    if not heard:
        return ngettext(
            "l’autre poste n’a pas encore été entendu",
            "aucun des %(n)s autres postes n’a été entendu",
            others,
        ) % {"n": others}
    lacks = min(one.lacks for one in heard)
    return ngettext(
        "%(n)s écriture à recevoir par un autre poste", "%(n)s écritures à recevoir par un autre poste", lacks
    ) % {"n": figure(lacks)}


def heard(one: DeviceState, now_ms: int) -> str:
    """When a device last said what it holds, by its own clock."""
    return moment(one.said, now_ms) if one.said else _("jamais entendu")
