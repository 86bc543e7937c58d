"""The appointments of a day on paper, with the phone numbers: what a practice lacks first when its screens are dark."""

from __future__ import annotations

from typing import Any

from lanterne.practice.patients import phones
from lanterne.printing.errors import NotPrinted
from lanterne.printing.letters import Written
from lanterne.printing.papers import Appointment, Column, DayList
from lanterne.printing.said import NBSP, Saying, day_of_birth, lower_first, upper_first
from lanterne.printing.typesetting import typeset
from lanterne.printing.words import _
from lanterne.sheet.printing import french_date

MOST_APPOINTMENTS = 500
_WEEKDAYS = (
    _("lundi"), _("mardi"), _("mercredi"), _("jeudi"), _("vendredi"), _("samedi"), _("dimanche"),
)  # fmt: skip
# Columns are narrow: a name of one endless word is broken rather than run over its neighbour.
_NARROW = 20


def print_day_list(day_list: DayList) -> Written:
    """The list as PDF/A-1a, one table a practitioner.

    Raises:
        NotPrinted: no practitioner at all, more than 500 appointments, or the typesetter gave up.
    """
    count = sum(len(column.appointments) for column in day_list.columns)
    if not day_list.columns:
        raise NotPrinted("printing_empty")
    if count > MOST_APPOINTMENTS:
        raise NotPrinted("printing_too_many", count=count, most=MOST_APPOINTMENTS)
    say = Saying()
    day = f"{_WEEKDAYS[day_list.day.weekday()]} {french_date(day_list.day)}"
    data = {
        "title": _("Liste du jour"),
        "heading": upper_first(day),
        "made": _("Imprimée {when}").format(when=say.line(day_list.made_at)) if day_list.made_at else "",
        "practice": say.line(day_list.practice),
        "labels": [_("Heure"), _("Patient"), _("Téléphone"), _("Rendez-vous"), _("À noter")],
        "columns": [_column(column, say) for column in day_list.columns],
        "warning": _(
            "Liste nominative : à garder hors de la vue des patients, et à détruire quand elle ne sert plus."
        ),
        "running": say.line(_("Rendez-vous du {day}").format(day=day)),
        "running_who": say.line(day_list.practice),
        "page": _("Page {number}/{total}"),
    }
    return Written(typeset("day_list", data, day=day_list.day), tuple(sorted(say.lost)))


def _column(column: Column, say: Saying) -> dict[str, Any]:
    count = len(column.appointments)
    counted = {0: _("Aucun rendez-vous"), 1: _("1 rendez-vous")}.get(
        count, _("{count} rendez-vous").format(count=count)
    )
    return {
        "practitioner": say.line(column.practitioner),
        "count": counted,
        "remark": say.text(column.remark),
        "rows": [_row(one, say) for one in column.appointments],
    }


def _row(one: Appointment, say: Saying) -> dict[str, Any]:
    birth = day_of_birth(one.birth_date)
    return {
        "at": say.line(one.at, longest=8),
        "minutes": f"{one.minutes}{NBSP}min",
        "name": say.line(one.name, longest=_NARROW),
        "birth": say.line(_("né(e) {on}").format(on=lower_first(birth))) if birth else "",
        "phones": [
            said for phone in one.phones[:4] if (said := say.line(phones.shown(phone), longest=_NARROW))
        ],
        "kind": say.line(one.kind, longest=_NARROW),
        "reason": say.text(one.reason),
        "remark": say.text(one.remark),
    }
