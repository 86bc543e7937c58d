"""Who is new, said on everybody's first page for 72 hours; what waits for review, to who may do something about it.

Law: nobody can join unseen: each device counts the hours from when it learnt of the access itself.
"""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from lanterne.desk.frame import build
from lanterne.desk.frame.view import Notice
from lanterne.desk.presence import Presence
from lanterne.journal.review import awaiting_review
from lanterne.practice.record import Writer
from lanterne.practice.rights import Right
from lanterne.practice.team.accesses import newcomers

MOST_NAMED = 3


def first_page(presence: Presence, writer: Writer) -> tuple[Notice, ...]:
    """The notices of the first page."""
    return (*new_accesses(presence), *to_review(presence, writer))


def new_accesses(presence: Presence) -> tuple[Notice, ...]:
    """One banner: the last accesses by name, device and moment, and how many more."""
    record = presence.record
    people = build.People(presence)
    found = sorted(newcomers(record), key=lambda one: -one.since)
    if not found:
        return ()
    said = []
    for one in found[:MOST_NAMED]:
        words = {
            "name": people.of(one.seat, one.person)[0],
            "device": build.device_of(presence, one.seat),
            "since": build.moment(one.since, record.clock_ms()).text,
        }
        form = (
            _("%(name)s, %(device)s, depuis le %(since)s, déjà retiré")
            if one.state == "revoked"
            else _("%(name)s, %(device)s, depuis le %(since)s")
        )
        said.append(form % words)
    more = len(found) - len(said)
    if more:
        said.append(_("et %(n)s de plus") % {"n": more})
    listed = "\u202f; ".join(said)
    text = _("Nouvel accès : %(who)s.") if len(found) == 1 else _("Nouveaux accès : %(who)s.")
    return (Notice(text % {"who": listed}, "info", _("Voir l’équipe"), reverse("team")),)


def to_review(presence: Presence, writer: Writer) -> tuple[Notice, ...]:
    """For an administrator: how much a revoked or ended access wrote that is not in the record."""
    if Right.MANAGE_TEAM not in writer.rights:
        return ()
    waiting = sum(1 for _one in awaiting_review(presence.record.journal))
    if not waiting:
        return ()
    said = _("Écritures d’un accès retiré ou terminé, hors du dossier : %(n)s.") % {"n": waiting}
    return (Notice(said, "warn", _("À vérifier"), reverse("team-review")),)
