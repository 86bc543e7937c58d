"""Fills what every page shows around its subject: the frame, the patient band, who wrote what."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lanterne.desk.exchange import bar
from lanterne.desk.forms.fields import PARIS
from lanterne.desk.frame.view import (
    BandAllergies,
    Earlier,
    Frame,
    InsStatus,
    NavLink,
    Notice,
    PatientBand,
    Provenance,
    SourceLink,
    When,
    age_text,
    when,
)
from lanterne.desk.presence import Presence
from lanterne.practice.agenda.rules import minute_at
from lanterne.practice.arrivals import queries as arrivals
from lanterne.practice.chart.queries import Summary
from lanterne.practice.chart.statements import Statement
from lanterne.practice.conflicts import queries as conflicts
from lanterne.practice.patients.queries import Identity
from lanterne.practice.record import Writer
from lanterne.practice.rights import Right
from lanterne.practice.tables import Connection
from lanterne.practice.tasks import queries as tasks
from lanterne.practice.tasks.rules import MESSAGE
from lanterne.practice.team import queries as team
from lanterne.wire.exchange import SAYABLE_MS
from lanterne.wire.names import FactId, PatientId, PersonId, SeatId

ROLES = {
    "doctor": _("médecin"),
    "locum": _("remplaçant"),
    "midwife": _("sage-femme"),
    "nurse": _("infirmier"),
    "secretary": _("secrétariat"),
}

# A fact dated more than this ahead of its receipt is "heure douteuse" (docs/format/entry.md, Order).
DOUBTFUL_MS = 10 * 60 * 1000


def moment(written_ms: int, now_ms: int) -> When:
    """When something was written, in Paris time; doubtful when its author's clock ran ahead of ours."""
    local = datetime.fromtimestamp(min(written_ms, SAYABLE_MS) / 1000, UTC).astimezone(PARIS)
    doubtful = written_ms - now_ms > DOUBTFUL_MS
    received = (
        datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(PARIS).strftime("%d/%m/%Y %H:%M")
        if doubtful
        else ""
    )
    return when(local.strftime("%Y-%m-%dT%H:%M"), doubtful=doubtful, received=received)


def day(value: str) -> When:
    """A chart's day (UTC moment or partial date) for a French reader."""
    if value.endswith("Z"):
        local = datetime.fromisoformat(value).astimezone(PARIS)
        return when(local.strftime("%Y-%m-%dT%H:%M"))
    return when(value)


def day_only(value: str) -> When:
    """The same without the hour."""
    return when(day(value).iso[:10])


def maybe(value: str) -> When | None:
    """A date that may be empty."""
    return when(value) if value else None


class People:
    """Names and roles of persons, looked up once a page."""

    def __init__(self, presence: Presence) -> None:
        self.presence = presence
        self._known: dict[str, tuple[str, str]] = {}
        # Documents that state the facts of this page (desk.chart.sourcing fills it, in one query).
        self.documents: dict[FactId, tuple[SourceLink, ...]] = {}

    def of(self, seat: SeatId, person: PersonId | None) -> tuple[str, str]:
        """(name, role) of who wrote; a person not described is shown by what identifies the seat."""
        key = person or seat
        if key not in self._known:
            found = team.person(self.presence.record.tables.read(), person) if person else None
            name = found.display_name if found else _("accès %(id)s") % {"id": seat[:8]}
            self._known[key] = (name, ROLES.get(found.role, "") if found else "")
        return self._known[key]

    def provenance(
        self, item: Statement[Any], patient: PatientId, *, may_write: bool, earlier: tuple[Earlier, ...] = ()
    ) -> Provenance:
        """Who wrote a statement, and what may be done about it."""
        name, role = self.of(item.seat, item.person)
        document = str(item.raw.get("document", ""))
        correctable = may_write and item.live and item.body is not None
        return Provenance(
            fact=item.id,
            author=name,
            role=role,
            device=device_of(self.presence, item.seat),
            recorded=moment(item.written_ms, self.presence.record.clock_ms()),
            source=_("document joint") if document else "",
            correct_url=reverse("item-correct", args=[patient, item.id]) if correctable else "",
            mistake_url=reverse("item-mistake", args=[patient, item.id]) if may_write and item.live else "",
            earlier=earlier,
            documents=self.documents.get(item.id, ()),
        )


def device_of(presence: Presence, seat: SeatId) -> str:
    """A device's name as shown: its short id, and whether it is this one."""
    record = presence.record
    held = record.journal.membership.seat(seat)
    mine = record.journal.membership.seat(record.seat.id)
    if held is None:
        return ""
    if mine is not None and held.device == mine.device:
        return _("ce poste")
    return _("poste %(id)s") % {"id": held.device[:6]}


def frame(
    presence: Presence, writer: Writer, *, current: str = "", saved: tuple[str, ...] = (), theme: str = ""
) -> Frame:
    """The frame of a page."""
    record = presence.record
    connection = record.tables.read()
    practice = team.practice(connection)
    links = [NavLink(_("Patients"), reverse("home"), "search", current == "home")]
    links.append(NavLink(_("Agenda"), reverse("agenda"), "calendar", current == "agenda"))
    links.append(_arrivals(connection, writer, current=current == "arrivals"))
    links.append(_to_do(presence, writer, current=current == "tasks"))
    links += _to_settle(presence, writer, current=current == "settling")
    links.append(NavLink(_("Équipe"), reverse("team"), "user", current == "team", minor=True))
    if Right.READ_TRACES in writer.rights:
        links.append(NavLink(_("Accès"), reverse("traces"), "eye", current == "traces", minor=True))
    links.append(NavLink(_("Réglages"), reverse("settings"), "gear", current == "settings", minor=True))
    now = datetime.fromtimestamp(record.clock_ms() / 1000, UTC).astimezone(PARIS)
    return Frame(
        practice=practice.body.name if practice else "Lanterne",
        device=_("ce poste"),
        person=writer.name or _("accès %(id)s") % {"id": writer.seat[:8]},
        role=ROLES.get(writer.role, ""),
        home_url=reverse("home"),
        search_url=reverse("search"),
        results_url=reverse("results"),
        lock_url="/verrouiller",
        session_url=reverse("awake"),
        theme=theme if theme in ("light", "dark") else "",  # type: ignore[arg-type]
        nav=tuple(links),
        notices=notices(presence),
        printed=now.strftime("%d/%m/%Y %H:%M"),
        saved=saved,
        exchange=bar.line(presence),
        message_url=f"{reverse('task-new')}?genre={MESSAGE}" if Right.KEEP_TASKS in writer.rights else "",
    )


def _to_do(presence: Presence, writer: Writer, *, current: bool) -> NavLink:
    """One's own tasks due by today, with those of nobody who is here: a number tells nothing of anybody."""
    record = presence.record
    today = datetime.fromtimestamp(record.clock_ms() / 1000, UTC).astimezone(PARIS).date()
    here = tasks.staff(record, today)
    due = tasks.count(record.tables.read(), here, here.mine(writer.person, writer.role), today)
    return NavLink(_("À faire"), reverse("tasks"), "todo", current, due)


def _to_settle(presence: Presence, writer: Writer, *, current: bool) -> list[NavLink]:
    """What two devices wrote without knowing each other: in the bar while there is some."""
    record = presence.record
    medical = Right.READ_CHART in writer.rights and record.reads_medical
    waiting = conflicts.count(record.tables.read(), minute_at(record.clock_ms()), medical=medical)
    return (
        [NavLink(_("À régler"), reverse("settling"), "scales", current, waiting)]
        if waiting or current
        else []
    )


def _arrivals(connection: Connection, writer: Writer, *, current: bool) -> NavLink:
    """What waits, counted for those who may read it: a number is no look at the list, and writes no trace."""
    if Right.READ_CHART in writer.rights:
        return NavLink(_("Arrivées"), reverse("arrivals"), "inbox", current, arrivals.count(connection))
    return NavLink(_("Déposer"), reverse("arrivals"), "upload", current)


def notices(presence: Presence) -> tuple[Notice, ...]:
    """Sentences that stay on screen until their cause is gone."""
    found = []
    if presence.record.behind:
        found.append(
            Notice(
                _(
                    "Le disque est plein : les dernières écritures sont gardées mais pas encore affichées."
                    " Libérez de la place."
                ),
                "danger",
            )
        )
    if presence.traces.gap_looks:
        since = moment(presence.traces.gap_since_ms, presence.traces.gap_since_ms).text
        found.append(
            Notice(
                _(
                    "Le disque est plein : les ouvertures de dossiers ne sont plus tracées depuis le %(since)s."
                    " Libérez de la place."
                )
                % {"since": since},
                "danger",
            )
        )
    row = presence.record.tables.read().execute("SELECT count(*) FROM unread").fetchone()
    if row[0]:
        found.append(
            Notice(
                _("%(n)s écritures ne s’ouvrent pas sur ce poste : lancez « lanterne check ».")
                % {"n": row[0]},
                "warn",
            )
        )
    return tuple(found)


def band(
    presence: Presence, identity: Identity, summary: Summary | None, *, allergies_in_doubt: bool = False
) -> PatientBand:
    """The strip that says whose chart this is; the allergy line only for those who may know.

    Args:
        allergies_in_doubt: two statements of one allergy were written without knowing each other.
    """
    today = datetime.fromtimestamp(presence.record.clock_ms() / 1000, UTC).astimezone(PARIS).date()
    return PatientBand(
        id=identity.patient,
        name=display_name(identity),
        sex=identity.sex,  # type: ignore[arg-type]
        birth=when(identity.birth_date),
        age=age_of(identity.birth_date, last_day(identity.deceased, today)),
        ins=_INS[identity.status],
        chart_url=reverse("chart", args=[identity.patient]),
        identity_url=reverse("identity", args=[identity.patient]),
        birth_name=identity.birth_name
        if identity.used_name and identity.used_name != identity.birth_name
        else "",
        ald=tuple(item.label for item in summary.ald if item.live and not _ended(item, today))
        if summary
        else (),
        allergies=_allergies(summary, identity.patient, in_doubt=allergies_in_doubt) if summary else None,
        deceased=maybe(identity.deceased),
        homonym=identity.homonym,
    )


_INS: dict[str, InsStatus] = {
    "provisional": "provisoire",
    "retrieved": "recuperee",
    "validated": "validee",
    "qualified": "qualifiee",
}


def display_name(identity: Identity) -> str:
    """ "BAPTISTE Jean": the name used in capitals, then the first name used."""
    family = (identity.used_name or identity.birth_name).upper()
    return f"{family} {identity.used_given or identity.first_given}"


def age_of(birth_date: str, today: date) -> str:
    """Age in words; from a year alone when the day is unknown; empty without a date."""
    try:
        return age_text(date.fromisoformat(birth_date), today)
    except ValueError:
        return f"≈ {today.year - int(birth_date[:4])} ans" if birth_date[:4].isdigit() else ""


def last_day(deceased: str, today: date) -> date:
    """The day an age is counted to: the day of the death when it is known whole."""
    try:
        return date.fromisoformat(deceased)
    except ValueError:
        return today


def _ended(item: Statement[Any], today: date) -> bool:
    until = str(item.raw.get("until", ""))
    return bool(until) and until < today.isoformat()[: len(until)]


def _allergies(summary: Summary, patient: PatientId, *, in_doubt: bool) -> BandAllergies:
    high = tuple(
        dict.fromkeys(item.label for item in summary.allergies if item.raw.get("criticality") == "high")
    )
    others = tuple(dict.fromkeys(item.label for item in summary.allergies if item.label not in high))
    return BandAllergies(
        high=high,
        others=others,
        conflict=in_doubt or any(item.conflict for item in summary.allergies),
        settle_url=reverse("settling-chart", args=[patient]),
        none_known=not summary.allergies and "allergies" in summary.empty_sections,
    )
