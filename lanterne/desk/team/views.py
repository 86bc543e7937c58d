"""The practice, its persons, and their accesses on this device. Changing any of it belongs to an administrator."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lanterne.desk.forms.fields import PARIS
from lanterne.desk.forms.team import SIGNATURE_BYTES, AccessForm, NewPersonForm, PersonForm, PracticeForm
from lanterne.desk.frame import build
from lanterne.desk.frame.view import FormPage, Notice
from lanterne.desk.opening import dialog_or_page, fact_id, page, presence_of, written
from lanterne.desk.presence import Presence
from lanterne.desk.sentences import sentence
from lanterne.desk.team.newcomers import to_review
from lanterne.desk.team.view import AccessLine, DeviceLine, PersonLine, SeatLine, TeamPage
from lanterne.journal import founding
from lanterne.practice import opening
from lanterne.practice.documents.files import keep
from lanterne.practice.documents.rules import check_content
from lanterne.practice.errors import Refusal
from lanterne.practice.record import Record
from lanterne.practice.recording import record, rehearse
from lanterne.practice.rights import Right
from lanterne.practice.team import queries
from lanterne.practice.team.accesses import Access, accesses, devices, newcomers
from lanterne.practice.team.commands import DescribePerson, DescribePractice
from lanterne.practice.team.queries import Person
from lanterne.practice.team.rules import MISSING, PRESCRIBERS
from lanterne.wire.errors import LanterneError
from lanterne.wire.names import PersonId


@require_GET
def team(request: HttpRequest) -> HttpResponse:
    """Everybody sees who works here; an administrator changes it."""
    presence = presence_of(request)
    writer = presence.record.require(Right.READ_IDENTITY)
    manages = Right.MANAGE_TEAM in writer.rights
    connection = presence.record.tables.read()
    held = queries.practice(connection)
    body = held.body if held else None
    everywhere = accesses(presence.record)
    lines = (
        (_("Adresse"), ", ".join(part for part in (body.address, f"{body.postcode} {body.city}".strip()) if part)),
        (_("Téléphone"), body.phone),
        (_("Courriel"), body.email),
        (_("FINESS"), body.finess),
    ) if body else ()  # fmt: skip
    shown = TeamPage(
        practice=lines,
        persons=tuple(
            _person(presence.record, one, held, everywhere, me=writer.person, manages=manages)
            for one in queries.persons(connection)
        ),
        devices=_devices(presence, manages=manages),
        notices=(*_notices(presence.record), *to_review(presence, writer)),
        edit_url=reverse("practice") if manages else "",
        add_url=reverse("person-add") if manages else "",
        device_url=reverse("device-add") if manages else "",
        review_url=reverse("team-review") if manages else "",
    )
    return page(request, "desk/team/page.html", {"page": shown}, current="team")


def _notices(record_: Record) -> tuple[Notice, ...]:
    due = record_.journal.membership.rotation_due(record_.clock_ms())
    if not due:
        return ()
    return (
        Notice(_("Des clés sont à renouveler : ouvrez Lanterne avec un accès d’administrateur."), "warn"),
    )


def _person(
    record_: Record, one: Person, held: Any, everywhere: list[Access], *, me: PersonId, manages: bool
) -> PersonLine:
    roles = [str(build.ROLES.get(one.role, one.role))] + ([_("administrateur")] if one.administrator else [])
    missing = [_(MISSING[code]) for code in one.missing(held)] if one.role in PRESCRIBERS else []
    mine = [access for access in everywhere if access.person == one.id and access.state != "revoked"]
    leaves = manages and one.id != me and bool(mine or not one.body.left)
    return PersonLine(
        name=one.display_name,
        roles=tuple(roles),
        seats=tuple(_seat(access, manages=manages) for access in mine),
        rpps=one.body.rpps,
        phone=one.body.phone,
        missing=tuple(missing),
        edit_url=reverse("person", args=[one.id]) if manages else "",
        seat_url=reverse("person-seat", args=[one.id]) if manages else "",
        leave_url=reverse("person-leave", args=[one.id]) if leaves else "",
        left=build.maybe(one.body.left),
    )


def _seat(access: Access, *, manages: bool) -> SeatLine:
    return SeatLine(
        device=_("poste %(id)s") % {"id": access.device[:6]},
        since=build.moment(access.since, access.since),
        state=_("terminé") if access.state == "ended" else "",
        ends=build.moment(access.until, access.until) if access.until else None,
        revoke_url=reverse("seat-revoke", args=[access.seat]) if manages and not access.mine else "",
        this_device=access.here,
    )


def _devices(presence: Presence, *, manages: bool) -> tuple[DeviceLine, ...]:
    """Every device, those without any access in force last."""
    people, now = build.People(presence), presence.record.clock_ms()
    new = {one.seat for one in newcomers(presence.record)}
    lines = []
    for device in sorted(devices(presence.record), key=lambda one: not one.in_force):
        held = [one for one in device.accesses if one.state != "revoked" or not device.in_force]
        lines.append(
            DeviceLine(
                name=_("poste %(id)s") % {"id": device.id[:6]},
                here=device.here,
                in_force=device.in_force,
                lost_url=reverse("device-lost", args=[device.id])
                if manages and device.in_force and not device.here
                else "",
                accesses=tuple(
                    AccessLine(
                        person=people.of(one.seat, one.person)[0],
                        since=build.moment(one.since, now),
                        until=build.moment(one.until, one.until) if one.until else None,
                        last=build.moment(one.last, now) if one.last is not None else None,
                        new=one.seat in new,
                        state={"ended": _("terminé"), "revoked": _("retiré")}.get(one.state, ""),
                    )
                    for one in held
                ),
            )
        )
    return tuple(lines)


@require_http_methods(["GET", "POST"])
def practice(request: HttpRequest) -> HttpResponse:
    """Name and address of the practice."""
    presence = presence_of(request)
    presence.record.require(Right.MANAGE_TEAM)
    held = queries.practice(presence.record.tables.read())
    form = PracticeForm(
        request.POST or None, initial=PracticeForm.initial_of(held.body, None) if held else None
    )
    if request.method == "POST" and form.is_valid():
        command = DescribePractice(form.body(), request.POST.get("replaces") or None, fact_id(request))  # type: ignore[arg-type]
        try:
            record(presence.record, command)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _done(request)
    return _form(request, form, "practice", [], held.fact if held else "")


@require_http_methods(["GET", "POST"])
def person(request: HttpRequest, person: str) -> HttpResponse:
    """What printing and rights need to know of somebody."""
    presence = presence_of(request)
    presence.record.require(Right.MANAGE_TEAM)
    held = queries.person(presence.record.tables.read(), PersonId(person))
    if held is None:
        raise Http404
    form = PersonForm(
        request.POST or None, request.FILES or None, initial=PersonForm.initial_of(held.body, None)
    )
    if request.method == "POST" and form.is_valid():
        described = form.described(person, (held.body.signature_blob, held.body.signature_key))
        shown = request.POST.get("replaces") or None
        command = DescribePerson(described, shown, fact_id(request))  # type: ignore[arg-type]
        file = form.cleaned_data.get("signature")
        try:
            if file is not None:
                command = _signed(presence.record, command, file.read())
            record(presence.record, command)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _done(request)
    return _form(request, form, "person", [person], held.fact, files=True)


def _signed(record_: Record, command: DescribePerson, content: bytes) -> DescribePerson:
    """The command with its picture, kept only once nothing else stands against it: what a refused form left on
    the disk would belong to nobody."""
    if len(content) > SIGNATURE_BYTES:
        raise Refusal("file_too_large", field="signature", limit="0,5")
    if not check_content(content).startswith("image/"):
        raise Refusal("signature_not_image", field="signature")
    if rehearse(record_, command) is not None:
        return command  # a form sent twice
    kept = keep(record_, content)
    signed = msgspec.structs.replace(command.person, signature_blob=kept.blob, signature_key=kept.key)
    return replace(command, person=signed)


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Somebody new, with an access on this device."""
    presence = presence_of(request)
    presence.record.require(Right.MANAGE_TEAM)
    form = NewPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        held = form.cleaned_data
        try:
            opening.add_person(
                presence.record, name=held["name"], role=held["role"], passphrase=held["passphrase"],
                administrator=held["administrator"], not_after=end_of(held["until"]),
            )  # fmt: skip
        except LanterneError as error:
            form.add_error("passphrase" if "passphrase" in error.code else None, sentence(error))
        else:
            return _done(request)
    return _form(request, form, "person-add", [], "")


@require_http_methods(["GET", "POST"])
def seat(request: HttpRequest, person: str) -> HttpResponse:
    """Another access for somebody who is here: a forgotten passphrase, an access that ended.

    The accesses they had on this device are withdrawn and what these could read is sealed anew.
    """
    presence = presence_of(request)
    presence.record.require(Right.MANAGE_TEAM)
    held = queries.person(presence.record.tables.read(), PersonId(person))
    if held is None:
        raise Http404
    form = AccessForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _give_access(
                presence.record, held, form.cleaned_data["passphrase"], end_of(form.cleaned_data["until"])
            )
        except LanterneError as error:
            form.add_error("passphrase" if "passphrase" in error.code else None, sentence(error))
        else:
            return _done(request)
    return _form(
        request, form, "person-seat", [person], "", intro=_("Accès de %(name)s") % {"name": held.display_name}
    )


def _give_access(record_: Record, held: Person, passphrase: str, not_after: int | None) -> None:
    membership = record_.journal.membership
    mine = membership.seat(record_.seat.id)
    old = [
        seat_id
        for seat_id in membership.persons.get(held.id, ())
        if seat_id not in membership.revoked and seat_id != record_.seat.id
        and (found := membership.seat(seat_id)) is not None and mine is not None and found.device == mine.device
    ]  # fmt: skip
    if held.id == record_.writer().person:
        raise Refusal("reset_own_seat")
    founding.admit_on_this_device(
        record_.journal,
        record_.keyring,
        label=held.display_name,
        passphrase=passphrase,
        compartments=opening.compartments_of(held.role, administrator=held.administrator),
        admin=held.administrator,
        now_ms=record_.clock_ms(),
        random=secrets.token_bytes,
        not_after=not_after,
        person=held.id,
        replaces=old,
    )


def end_of(until: str) -> int | None:
    """The last millisecond of a day in Paris; None when no end was given."""
    if not until:
        return None
    if len(until) != 10:
        raise Refusal("date_invalid", field="until", value=until)
    last = datetime.fromisoformat(f"{until}T23:59:59").replace(tzinfo=PARIS)
    return int(last.astimezone(UTC).timestamp() * 1000) + 999


def _done(request: HttpRequest) -> HttpResponse:
    response = written(request, reverse("team"))
    if request.headers.get("HX-Request"):
        response.headers["HX-Redirect"] = reverse("team")
    return response


def _form(
    request: HttpRequest,
    form: Any,
    name: str,
    arguments: list[str],
    shown: str,
    *,
    files: bool = False,
    intro: str = "",
) -> HttpResponse:
    if "replaces" in form.fields:
        form.fields["replaces"].initial = request.POST.get("replaces", "") or shown
    context = {
        "form": form,
        "fact": request.POST.get("fact", "") or presence_of(request).record.draw_id(),
        "page": FormPage(
            title=str(form.title),
            action_url=reverse(name, args=arguments),
            back_url=reverse("team"),
            submit=_("Enregistrer"),
            intro=intro,
            files=files,
        ),
    }
    status = 422 if form.errors else 200
    return dialog_or_page(request, "desk/chart/form_dialog.html", "desk/chart/form.html", context, status)
