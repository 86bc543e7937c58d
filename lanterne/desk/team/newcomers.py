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
    """One sentence for each new access, the last ones counted."""
    record = presence.record
    people = build.People(presence)
    found = sorted(newcomers(record), key=lambda one: -one.since)
    team = reverse("team")
    said = []
    for one in found[:MOST_NAMED]:
        words = {
            "name": people.of(one.seat, one.person)[0],
            "device": build.device_of(presence, one.seat),
            "since": build.moment(one.since, record.clock_ms()).text,
        }
        text = (
            _("Nouvel accès, déjà retiré : %(name)s, %(device)s, depuis le %(since)s.")
            if one.state == "revoked"
            else _("Nouvel accès : %(name)s, %(device)s, depuis le %(since)s.")
        )
        said.append(Notice(text % words, "info", _("Voir l’équipe"), team))
    more = len(found) - len(said)
    if more:
        said.append(
            Notice(_("Autres nouveaux accès : %(n)s.") % {"n": more}, "info", _("Voir l’équipe"), team)
        )
    return tuple(said)


def to_review(presence: Presence, writer: Writer) -> tuple[Notice, ...]:
    """For an administrator: how much a revoked or ended access wrote that is not in the record."""
    if Right.MANAGE_TEAM not in writer.rights:
        return ()
    waiting = sum(1 for _one in awaiting_review(presence.record.journal))
    if not waiting:
        return ()
    said = _("Écritures d’un accès retiré ou terminé, hors du dossier : %(n)s.") % {"n": waiting}
    return (Notice(said, "warn", _("À vérifier"), reverse("team-review")),)
