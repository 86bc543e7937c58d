"""Adding a device from the screen of one that is trusted: for whom, how it is carried, the code, then its first copy.

Law: an administrator does it; the passphrase is typed again for the offer and for the admission; the code is typed
here and never shown here: what is shown is copied. Everything lies on the disk, so a reload or a lock changes nothing.
"""

from __future__ import annotations

import io
import json

import segno
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lanterne.desk.forms.pairing import NEW, CodeForm, DeviceForm, MessageForm
from lanterne.desk.frame import build
from lanterne.desk.frame.view import FormPage, Notice
from lanterne.desk.opening import page, presence_of, said_there
from lanterne.desk.presence import Presence
from lanterne.desk.sentences import sentence
from lanterne.desk.team.pairing_view import AddingPage
from lanterne.desk.team.views import end_of
from lanterne.journal.pairing import MAX_TRIES, CodesDiffer
from lanterne.journal.pairing_messages import MAX_SMALL
from lanterne.practice.record import Record
from lanterne.practice.rights import Right
from lanterne.practice.team import adding, joining, queries
from lanterne.practice.team.adding import Adding, Stage
from lanterne.practice.team.mirrors import Carriage
from lanterne.sync.going import read_going
from lanterne.sync.invitation import SCHEME, invite, own_addresses
from lanterne.sync.ways import read_ways
from lanterne.wire.errors import LanterneError
from lanterne.wire.names import PersonId

WAITING_S = 2
COPYING_S = 3
QR_SCALE = 5


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """For whom, and how it is carried; the passphrase again."""
    presence = _managing(request)
    record = presence.record
    if adding.look(record) is not None:
        return HttpResponseRedirect(reverse("device-adding"))
    persons = tuple(queries.persons(record.tables.read()))
    ways = read_ways(record.journal)
    form = DeviceForm(
        request.POST or None,
        persons=persons,
        relay=ways.relay.url if ways.relay is not None else "",
        initial={"port": ways.listen or None},
    )
    if request.method == "POST" and form.opens(record):
        try:
            _begin(record, form)
        except LanterneError as error:
            field = "folder" if error.code.startswith(("ways.folder", "peer.folder")) else None
            form.add_error(field, sentence(error))
        else:
            return HttpResponseRedirect(reverse("device-adding"), status=303)
    shown = FormPage(
        title=_("Ajouter un poste"),
        action_url=reverse("device-add"),
        back_url=reverse("team"),
        submit=_("Préparer l’ajout"),
        intro=_(
            "L’autre machine garde une copie entière du dossier, scellée, et travaille seule quand il le faut. Ayez-la "
            "près de vous, Lanterne installée : son écran montrera un code, à taper ici."
        ),
    )
    context = {"form": form, "page": shown}
    return page(
        request, "desk/team/device_add.html", context, current="team", status=422 if form.errors else 200
    )


def _begin(record: Record, form: DeviceForm) -> None:
    held = form.cleaned_data
    until = end_of(held["until"])

    def offer(relay: bytes | None) -> bytes:
        if held["who"] == NEW:
            return joining.offer_to_newcomer(
                record,
                name=held["name"],
                role=held["role"],
                administrator=held["administrator"],
                not_after=until,
                relay=relay,
            )
        return joining.offer_to_person(record, PersonId(held["who"]), not_after=until, relay=relay)

    adding.begin(record, offer, Carriage(held["way"]), where=held["folder"], port=held["port"] or 0)


@require_GET
def state(request: HttpRequest) -> HttpResponse:
    """How far it is: the page, or the part of it that changes when the page itself asks."""
    presence = _managing(request)
    found = adding.look(presence.record)
    if request.headers.get("HX-Request"):
        if found is None:
            answer = HttpResponse(status=204)
            answer.headers["HX-Redirect"] = reverse("device-adding")
            return answer
        return render(request, "desk/team/device_adding_state.html", _context(presence, found))
    if found is None:
        return _lapsed(request)
    return page(request, "desk/team/device_adding.html", _context(presence, found), current="team")


def _lapsed(request: HttpRequest, status: int = 200) -> HttpResponse:
    return page(request, "desk/team/device_none.html", {"add_url": reverse("device-add")}, current="team",
                status=status)  # fmt: skip


@require_POST
def code(request: HttpRequest) -> HttpResponse:
    """The code of the new machine, and one's own passphrase: it is admitted, or the code was not that one."""
    presence = _managing(request)
    record = presence.record
    found = adding.look(record)
    if found is None:
        return _lapsed(request, 409)
    form = CodeForm(request.POST)
    if form.opens(record):
        try:
            adding.admit(record, form.cleaned_data["code"])
        except CodesDiffer as error:
            left = error.params.get("left")
            if not left:
                return _void(request)
            form.add_error("code", _tries(int(str(left))))
        except LanterneError as error:
            form.add_error(None, sentence(error))
        else:
            return HttpResponseRedirect(reverse("device-adding"), status=303)
    context = _context(presence, adding.look(record) or found, code_form=form)
    return page(request, "desk/team/device_adding.html", context, current="team", status=422)


def _tries(left: int) -> str:
    told = ngettext(
        "Ce code n’est pas le bon. Encore %(n)s essai.",
        "Ce code n’est pas le bon. Encore %(n)s essais.",
        left,
    ) % {"n": left}
    return told + " " + _("S’il est bien celui de l’autre écran, annulez : quelqu’un s’est interposé.")


def _void(request: HttpRequest) -> HttpResponse:
    said = _(
        "%(n)s codes faux : l’ajout est annulé, aucun poste n’a été accepté. Si le code tapé était bien celui de "
        "l’autre écran, quelqu’un s’est interposé : recommencez par un autre moyen."
    ) % {"n": MAX_TRIES}
    context = {"add_url": reverse("device-add"), "notices": (Notice(said, "danger"),)}
    return page(request, "desk/team/device_none.html", context, current="team", status=422)


@require_POST
def bring(request: HttpRequest) -> HttpResponse:
    """The request, carried by hand."""
    presence = _managing(request)
    form = MessageForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            adding.bring_request(presence.record, form.cleaned_data["message"].read(MAX_SMALL + 1))
        except LanterneError as error:
            form.add_error("message", sentence(error))
        else:
            return HttpResponseRedirect(reverse("device-adding"), status=303)
    found = adding.look(presence.record)
    if found is None:
        return _lapsed(request, 409)
    context = _context(presence, found, message_form=form)
    return page(request, "desk/team/device_adding.html", context, current="team", status=422)


@require_GET
def carry(request: HttpRequest) -> HttpResponse:
    """The message to carry by hand: the offer, then each answer."""
    presence = _managing(request)
    found = adding.look(presence.record)
    message = adding.message_to_carry(presence.record) if found is not None else None
    if message is None or found is None:
        raise Http404
    name = _("lanterne-invitation") if found.stage is Stage.REQUEST else _("lanterne-reponse")
    answer = HttpResponse(message, content_type="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@require_GET
def qr(request: HttpRequest) -> HttpResponse:
    """The invitation as a QR code (ISO/IEC 18004), with nothing the page's policy would refuse."""
    presence = _managing(request)
    found = adding.look(presence.record)
    text = _invitations(presence.record, found) if found is not None else ()
    if not text:
        raise Http404
    drawn = io.BytesIO()
    segno.make(SCHEME + text[0], error="m", micro=False).save(
        drawn, kind="svg", scale=QR_SCALE, border=4, dark="#000", light="#fff", xmldecl=False
    )
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Cancelled, or over."""
    presence = _managing(request)
    found = adding.look(presence.record)
    adding.cancel(presence.record)
    answer = HttpResponseRedirect(reverse("team"), status=303)
    admitted = found is not None and found.stage in (Stage.COPY, Stage.DONE)
    return said_there(answer, "device_added" if admitted else "device_cancelled") if found else answer


def _managing(request: HttpRequest) -> Presence:
    presence = presence_of(request)
    presence.record.require(Right.MANAGE_TEAM)
    return presence


def _context(
    presence: Presence,
    found: Adding,
    *,
    code_form: CodeForm | None = None,
    message_form: MessageForm | None = None,
) -> dict[str, object]:
    return {
        "page": _shown(presence, found),
        "code_form": code_form or CodeForm(),
        "message_form": message_form or MessageForm(label_suffix=""),
    }


def _shown(presence: Presence, found: Adding) -> AddingPage:
    record = presence.record
    now = record.clock_ms()
    invitations = _invitations(record, found)
    # A file that was chosen would go with the part of the page that is shown anew.
    waits = found.stage is Stage.REQUEST and found.carriage is not Carriage.FILES
    copies = found.stage is Stage.COPY
    held = max(0, found.stored - found.lacks)
    grant = found.offered.grant
    return AddingPage(
        stage=found.stage.value,
        carriage=found.carriage.value,
        whom=_whom(record, found),
        ends=build.moment(found.offered.ends, found.offered.ends),
        state_url=reverse("device-adding"),
        end_url=reverse("device-adding-end"),
        code_url=reverse("device-adding-code"),
        request_url=reverse("device-adding-request"),
        file_url=reverse("device-adding-file"),
        qr_url=reverse("device-adding-qr"),
        back_url=reverse("team"),
        invitation=invitations[0] if invitations else "",
        others=invitations[1:],
        where=found.where,
        signs=invite("", found.box).rpartition("/")[2],
        every_s=WAITING_S if waits else COPYING_S if copies else 0,
        percent=100 * held // found.stored if copies and found.said and found.stored else None,
        lacks=found.lacks,
        until=build.moment(grant.not_after, grant.not_after) if grant.not_after else None,
        notices=tuple(_notices(record, found, now)),
    )


def _whom(record: Record, found: Adding) -> str:
    """Somebody new is named by what was noted with the offer."""
    held = queries.person(record.tables.read(), found.offered.grant.person)
    if held is not None:
        return held.display_name
    about = json.loads(found.offered.about) if found.offered.about else {}
    return str(about.get("name", ""))


def _invitations(record: Record, found: Adding) -> tuple[str, ...]:
    """The texts to type on the new machine, without the scheme: one an address of this machine."""
    ways = read_ways(record.journal)
    if found.carriage is Carriage.RELAY and ways.relay is not None:
        return (invite(ways.relay.url, found.box).removeprefix(SCHEME),)
    if found.carriage is not Carriage.NETWORK:
        return ()
    port = read_going(record.journal).listening or ways.listen
    return tuple(invite(f"{address}:{port}", found.box).removeprefix(SCHEME) for address in own_addresses())


def _notices(record: Record, found: Adding, now_ms: int) -> list[Notice]:
    told = []
    if found.trouble is not None:
        told.append(Notice(sentence(found.trouble), "warn"))
    if found.carriage is Carriage.NETWORK and found.stage is not Stage.DONE:
        going = read_going(record.journal)
        if not (going.listening and going.alive(now_ms)):
            why = [sentence(LanterneError(one.code, one.code)) for one in going.troubles]
            told.append(
                Notice(
                    " ".join([_("Ce poste ne répond pas encore sur le réseau : un instant."), *why]), "warn"
                )
            )
    return told
