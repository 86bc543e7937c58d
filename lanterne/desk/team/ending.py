"""An access ends: withdrawn, its person leaves, its device is lost. And what was written beyond, to be reviewed.

Law: an administrator does it, in one action, the passphrase typed again; what it does is said before. What waits for
review is listed by who, when and how much: nothing of it is opened.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.http import require_GET, require_http_methods

from lanterne.desk.frame import build
from lanterne.desk.frame.view import FormPage
from lanterne.desk.opening import dialog_or_page, page, presence_of, written
from lanterne.desk.presence import Presence
from lanterne.desk.reentering import ReenterForm
from lanterne.desk.sentences import sentence
from lanterne.desk.team.view import ReviewLine, ReviewPage
from lanterne.journal.review import awaiting_review
from lanterne.practice.rights import Right
from lanterne.practice.team import accesses, queries
from lanterne.proof.membership import Standing
from lanterne.wire.errors import LanterneError
from lanterne.wire.names import DeviceId, PersonId, SeatId, Stream

MOST_LINES = 500
REASONS = {
    Standing.BEYOND_CUT: noop("écrit par un accès déjà retiré"),
    Standing.EXPIRED: noop("écrit après la fin de l’accès"),
    Standing.UNKNOWN: noop("écrit par un accès jamais accordé"),
}


@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, seat: str) -> HttpResponse:
    """Withdraw an access: it opens nothing more, and what it could read is sealed anew."""
    presence = _managing(request)
    found = presence.record.journal.membership.seat(SeatId(seat))
    if found is None or seat == presence.record.seat.id:
        raise Http404
    name = build.People(presence).of(SeatId(seat), found.person)[0]
    return _act(
        request,
        reverse("seat-revoke", args=[seat]),
        title=_("Retirer un accès"),
        intro=_(
            "L’accès de %(name)s (%(device)s) n’ouvrira plus rien. Ce qui a été écrit reste. Les clés sont renouvelées."
        )
        % {"name": name, "device": build.device_of(presence, SeatId(seat))},
        submit=_("Retirer l’accès"),
        act=lambda: accesses.withdraw(presence.record, SeatId(seat)),
    )


@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, person: str) -> HttpResponse:
    """Somebody leaves the practice: all their accesses end."""
    presence = _managing(request)
    held = queries.person(presence.record.tables.read(), PersonId(person))
    if held is None or held.id == presence.record.writer().person:
        raise Http404
    seats = presence.record.journal.membership.persons.get(held.id, ())
    return _act(
        request,
        reverse("person-leave", args=[person]),
        title=_("Départ de %(name)s") % {"name": held.display_name},
        intro=_(
            "Tous ses accès (%(n)s) sont retirés, sur tous les postes, et les clés renouvelées. Ce qui a été écrit "
            "reste, avec son nom."
        )
        % {"n": len(seats)},
        submit=_("Enregistrer le départ"),
        act=lambda: accesses.person_leaves(presence.record, held.id),
    )


@require_http_methods(["GET", "POST"])
def lost(request: HttpRequest, device: str) -> HttpResponse:
    """A device is lost or stolen: every access on it ends."""
    presence = _managing(request)
    found = next((one for one in accesses.devices(presence.record) if one.id == device), None)
    if found is None or found.here or not found.in_force:
        raise Http404
    people = build.People(presence)
    names = ", ".join(
        dict.fromkeys(people.of(one.seat, one.person)[0] for one in found.accesses if one.state != "revoked")
    )
    return _act(
        request,
        reverse("device-lost", args=[device]),
        title=_("Poste perdu ou volé"),
        intro=_(
            "Tous les accès du poste %(id)s (%(names)s) sont retirés et les clés renouvelées : il ne lira rien de ce "
            "qui s’écrit désormais. Ce qu’il contenait déjà y reste, protégé par les phrases de passe."
        )
        % {"id": device[:6], "names": names},
        submit=_("Déclarer ce poste perdu"),
        act=lambda: accesses.device_lost(presence.record, DeviceId(device)),
    )


@require_GET
def review(request: HttpRequest) -> HttpResponse:
    """What a revoked or ended access wrote, that does not count: who, when, how much."""
    presence = _managing(request)
    people = build.People(presence)
    now = presence.record.clock_ms()
    found = sorted(awaiting_review(presence.record.journal), key=lambda one: -one.written_ms)
    lines = tuple(
        ReviewLine(
            at=build.moment(one.written_ms, now),
            author=people.of(one.seat, presence.record.person_of(one.seat))[0],
            device=build.device_of(presence, one.seat),
            kind=_("ouverture de dossier") if one.stream is Stream.TRACE else _("écriture"),
            size=_("%(n)s ko") % {"n": max(1, round(one.size / 1000))},
            reason=_(REASONS[one.standing]),
        )
        for one in found[:MOST_LINES]
    )
    shown = ReviewPage(lines, len(found) - len(lines), reverse("team"))
    return page(request, "desk/team/review.html", {"page": shown}, current="team")


def _managing(request: HttpRequest) -> Presence:
    presence = presence_of(request)
    presence.record.require(Right.MANAGE_TEAM)
    presence.record.journal.refresh()
    return presence


def _act(
    request: HttpRequest, url: str, *, title: str, intro: str, submit: str, act: Callable[[], object]
) -> HttpResponse:
    """Ask for the passphrase, then do it."""
    record = presence_of(request).record
    form = ReenterForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.opens(record):
        try:
            act()
        except LanterneError as error:
            form.add_error(None, sentence(error))
        else:
            return written(request, reverse("team"), "ended")
    context = {
        "form": form,
        "page": FormPage(title=title, action_url=url, back_url=reverse("team"), submit=submit, intro=intro),
    }
    status = 422 if form.errors else 200
    return dialog_or_page(request, "desk/chart/form_dialog.html", "desk/chart/form.html", context, status)
