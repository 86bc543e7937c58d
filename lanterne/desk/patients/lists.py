"""Patients in lists: found by search, or opened last by this seat on this device."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from lanterne.desk.frame.build import age_of, day_only, last_day
from lanterne.desk.frame.view import When, when
from lanterne.desk.opening import today
from lanterne.desk.patients.view import Hit
from lanterne.desk.presence import Presence
from lanterne.practice.patients import search
from lanterne.practice.patients.listing import named
from lanterne.wire import packing
from lanterne.wire.names import PatientId

RECENT = "recent-charts"
# As many as fit on a screen; kept sealed to the seat.
RECENT_MOST = 20
LARGEST_BYTES = 16 * 1024
# Two charts opened at the same moment: neither is forgotten, and neither write meets the other's.
_remembering = threading.Lock()


def hits(presence: Presence, found: Iterable[search.Hit]) -> tuple[Hit, ...]:
    """Search results as the list shows them."""
    on = today(presence)
    return tuple(
        Hit(
            name=f"{(one.used_name or one.birth_name).upper()} {one.used_given or one.first_given}",
            sex=one.sex,  # type: ignore[arg-type]
            birth=when(one.birth_date),
            age=age_of(one.birth_date, last_day(one.deceased, on)),
            url=reverse("chart", args=[one.patient]),
            birth_name=one.birth_name if one.used_name and one.used_name != one.birth_name else "",
            phone=one.phone,
            last_seen=_last_seen(presence, one.patient),
            doctor=one.attending,
            why=_("dossier réuni : %(name)s") % {"name": one.found_as} if one.found_as else "",
            deceased=bool(one.deceased),
        )
        for one in found
    )


def recently_opened(presence: Presence) -> tuple[Hit, ...]:
    """The charts this seat opened last on this device, newest first."""
    patients = recent(presence)
    return hits(presence, named(presence.record.connection(), patients))


def recent(presence: Presence) -> list[PatientId]:
    """Ids of the charts opened last."""
    raw = presence.record.local.get(RECENT)
    held = packing.decode(raw, max_bytes=LARGEST_BYTES) if raw is not None else []
    return [PatientId(str(one)) for one in held]


def remember(presence: Presence, patient: PatientId) -> None:
    """Put a chart first among those opened last."""
    with _remembering:
        held = recent(presence)
        if held[:1] == [patient]:
            return
        kept = [patient, *(one for one in held if one != patient)][:RECENT_MOST]
        presence.record.local.put(RECENT, packing.encode(kept))


def _last_seen(presence: Presence, patient: PatientId) -> When | None:
    """The day of the last consultation, for those whose tables hold it."""
    row = (
        presence.record.tables.read()
        .execute(
            "SELECT s.day FROM subject p JOIN statement s ON s.subject = p.no JOIN kind k ON k.no = s.kind"
            " WHERE p.id = ? AND k.name = 'consultation.recorded' AND s.live = 1 ORDER BY s.day DESC LIMIT 1",
            (bytes.fromhex(patient),),
        )
        .fetchone()
    )
    return day_only(str(row[0])) if row is not None else None
