"""What a chart says of what was emptied: how much, when, by whom, why, and where copies may remain."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from lanterne.desk.exchange.words import device as device_words
from lanterne.desk.frame.build import moment
from lanterne.desk.opening import Opened
from lanterne.practice.erasing.queries import Erased, erased
from lanterne.sync.emptied import relay_confirmed, unconfirmed

REASONS = {
    "retention": gettext_noop("durée de conservation dépassée"),
    "erasure": gettext_noop("effacement demandé"),
    "error": gettext_noop("écrit dans le dossier d’une autre personne"),
}


def erased_lines(seen: Opened) -> tuple[str, ...]:
    """One sentence for each act that emptied something of this chart, the newest first."""
    return tuple(_line(seen, one) for one in erased(seen.chart, seen.presence.record.journal.membership))


def _line(seen: Opened, one: Erased) -> str:
    record = seen.presence.record
    name, _role = seen.people.of(one.seat, one.person)
    said = ngettext(
        "%(count)s écriture de ce dossier a été effacée le %(when)s par %(who)s (%(why)s).",
        "%(count)s écritures de ce dossier ont été effacées le %(when)s par %(who)s (%(why)s).",
        one.count,
    ) % {
        "count": one.count,
        "when": moment(one.at_ms, record.clock_ms()).text,
        "who": name,
        "why": _(REASONS.get(one.reason, one.reason)),
    }
    mine = record.journal.membership.seat(record.seat.id)
    own = mine.device if mine is not None else record.journal.membership.genesis.device.id
    others = unconfirmed(record.journal, own, one.act, record.clock_ms())
    left = [device_words(record, device) for device in others]
    if not relay_confirmed(record.journal, one.act):
        left.append(_("le relais"))
    if left:
        said += " " + _("N’ont pas encore confirmé, et peuvent en garder une copie : %(left)s.") % {
            "left": ", ".join(left)
        }
    return said + " " + _("Les sauvegardes faites avant en gardent une copie.")
