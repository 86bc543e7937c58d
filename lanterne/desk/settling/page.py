"""From what is to settle to what the pages show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lanterne.desk.agenda.page import Lines, name_of
from lanterne.desk.chart import sourcing, story
from lanterne.desk.chart.detail import lines
from lanterne.desk.frame.build import People, device_of, moment
from lanterne.desk.frame.view import When, when
from lanterne.desk.opening import Opened
from lanterne.desk.presence import Presence
from lanterne.desk.settling import view
from lanterne.practice.agenda.queries import Meeting
from lanterne.practice.agenda.rules import minute_at
from lanterne.practice.chart.statements import Statement
from lanterne.practice.conflicts import queries
from lanterne.practice.conflicts.queries import Doubt, Settled
from lanterne.practice.conflicts.rules import LISTED
from lanterne.practice.consultations.facts import ConsultationRecorded
from lanterne.practice.patients.duplicates import REASONS
from lanterne.practice.patients.listing import named
from lanterne.practice.patients.queries import Suspect
from lanterne.practice.reading import open_doubts
from lanterne.practice.record import Writer
from lanterne.practice.rights import Right
from lanterne.wire.names import FactId, PatientId, SeatId

_DAY_MS = 86_400_000

DONE: dict[str, str] = {
    "statement": _("Une valeur choisie"),
    "distinct": _("Toutes les valeurs gardées"),
    "moved": _("Une heure choisie"),
    "overlap": _("Deux rendez-vous voulus ensemble"),
    "merged": _("Dossiers réunis"),
    "two_persons": _("Deux personnes différentes"),
}


def settling_page(presence: Presence, reader: Writer) -> view.SettlingPage:
    """The list. For those who read charts, traced once."""
    record = presence.record
    medical = Right.READ_CHART in reader.rights and record.reads_medical
    connection = record.connection()
    charts = None
    if medical:
        opened = open_doubts(record, presence.traces)
        charts = tuple(_chart_line(presence, line) for line in queries.charts(opened))
    found = queries.office(connection, minute_at(record.clock_ms()))
    shown = _Office(presence, reader)
    return view.SettlingPage(
        agenda=(
            *(shown.overlap(pair.one, pair.other) for pair in found.overlaps),
            *(shown.moved(one.versions) for one in found.moved),
        ),
        doubles=tuple(shown.double(pair) for pair in found.doubles),
        charts=charts,
        done=tuple(shown.done(one) for one in queries.settled(connection, since(presence), medical=medical)),
        days=queries.SETTLED_DAYS,
    )


def since(presence: Presence) -> int:
    """From when on what was settled is shown, milliseconds since 1970 UTC."""
    return max(presence.record.clock_ms() - queries.SETTLED_DAYS * _DAY_MS, 0)


def _chart_line(presence: Presence, line: queries.ChartLine) -> view.ChartLine:
    hit = next(iter(named(presence.record.tables.read(), [line.patient])), None)
    return view.ChartLine(
        name=name_of(hit) if hit else _("patient pas encore reçu"),
        birth=when(hit.birth_date if hit else ""),
        kinds=tuple(_(LISTED[kind]) for kind in line.kinds),
        at=moment(line.written_ms, presence.record.clock_ms()),
        url=reverse("settling-chart", args=[line.patient]),
    )


class _Office:
    """What everybody sees: appointments, doubles, what was settled."""

    def __init__(self, presence: Presence, reader: Writer) -> None:
        self.presence = presence
        self.may_write = Right.KEEP_AGENDA in reader.rights
        self.lines = Lines(presence, reader)
        self.people = People(presence)

    def _slot(self, held: Meeting, *, chooses: bool = False) -> view.Slot:
        keep = reverse("settling-hour", args=[held.fact]) if chooses and self.may_write else ""
        return view.Slot(
            self.lines.line(held), when(held.body.start[:10]), device_of(self.presence, held.seat), keep
        )

    def overlap(self, one: Meeting, other: Meeting) -> view.AgendaDoubt:
        """Two appointments of one practitioner at once."""
        return view.AgendaDoubt(
            title=_("Deux rendez-vous à la fois : %(who)s") % {"who": self._practitioner(one)},
            sides=(self._slot(one), self._slot(other)),
            ids=f"{one.fact},{other.fact}",
            both_url=reverse("settling-both") if self.may_write else "",
        )

    def moved(self, versions: Sequence[Meeting]) -> view.AgendaDoubt:
        """One appointment moved on two devices at once."""
        return view.AgendaDoubt(
            title=_("Un rendez-vous déplacé deux fois à la fois : %(who)s")
            % {"who": self._practitioner(versions[0])},
            sides=tuple(self._slot(held, chooses=True) for held in versions),
            ids=",".join(held.fact for held in versions),
        )

    def _practitioner(self, held: Meeting) -> str:
        return self.people.of(held.seat, held.practitioner)[0]

    def double(self, pair: queries.Double) -> view.DoubleDoubt:
        """Two records that may be one person."""
        one, other = pair.one.patient, pair.other.patient
        reasons = ", ".join(_(REASONS[reason]) for reason in pair.one.suspicion.reasons)
        return view.DoubleDoubt(
            sides=(
                self._record(pair.one, *pair.registered[0]),
                self._record(pair.other, *pair.registered[1]),
            ),
            why=reasons,
            merge_url=reverse("merge", args=[one, other]),
            distinct_url=reverse("distinct", args=[one, other]),
        )

    def _record(self, suspect: Suspect, seat: SeatId, written_ms: int) -> view.Record:
        hit = self.lines.patient(suspect.patient)
        author, device, at = self._who(seat, written_ms)
        return view.Record(
            name=name_of(hit) if hit else suspect.traits.birth_name,
            birth=when(suspect.traits.birth_date),
            author=author,
            device=device,
            registered=at,
            url=reverse("identity", args=[suspect.patient]),
        )

    def _who(self, seat: SeatId, written_ms: int) -> tuple[str, str, When]:
        record = self.presence.record
        author, _role = self.people.of(seat, record.person_of(seat))
        return author, device_of(self.presence, seat), moment(written_ms, record.clock_ms())

    def done(self, one: Settled) -> view.Done:
        """Something settled."""
        author, _device, at = self._who(one.seat, one.written_ms)
        whose = " · ".join(filter(None, (self._name(one.patient), self._name(one.other))))
        text = _(DONE[one.what])
        if one.what in ("statement", "distinct") and one.patient:
            text = f"{_(LISTED[one.kind])} : {text}" if one.kind in LISTED else text
            url = reverse("settling-chart", args=[one.patient])
            return view.Done(text, whose, author, at, url, undo_posts=False)
        if one.what == "merged" and one.patient:
            url = reverse("merge-undo", args=[one.patient, one.fact])
            return view.Done(text, whose, author, at, url, undo_posts=False)
        if one.what == "two_persons" and one.patient:
            url = reverse("settling-two-undo", args=[one.patient, one.fact])
        else:
            url = reverse("settling-hour-undo", args=[one.fact])
        return view.Done(text, whose, author, at, url if self.may_write else "", patient=one.patient or "")

    def _name(self, patient: PatientId | None) -> str:
        hit = self.lines.patient(patient) if patient else None
        return name_of(hit) if hit else ""


def chart_page(seen: Opened) -> view.ChartSettling:
    """A chart's doubts, with what was settled in it lately."""
    doubts = queries.of_chart(seen.chart)
    done = queries.settled_in(seen.chart, since(seen.presence))
    sourcing.learn(seen, [side for doubt in doubts for side in doubt.sides])
    return view.ChartSettling(
        band=seen.band,
        doubts=tuple(_doubt(seen, doubt) for doubt in doubts),
        done=tuple(_done(seen, one, told) for one, told in done),
        list_url=reverse("settling"),
    )


def _doubt(seen: Opened, doubt: Doubt) -> view.ChartDoubt:
    patient, first = seen.chart.patient, doubt.ids[0]
    told = [lines(side) for side in doubt.sides]
    common = {line for line in told[0] if all(line in other for other in told)}

    def url(name: str, fact: FactId) -> str:
        return reverse(name, args=[patient, fact]) if seen.may_write else ""

    return view.ChartDoubt(
        kind=_(LISTED[doubt.kind]),
        sides=tuple(
            view.Side(
                fact=side.id,
                title=story.row(seen, side).title,
                lines=tuple(line for line in said if line not in common) or tuple(said),
                who=seen.people.provenance(side, patient, may_write=False),
                keep_url=url("settling-keep", side.id) if side.body is not None else "",
            )
            for side, said in zip(doubt.sides, told, strict=True)
        ),
        ids=",".join(doubt.ids),
        apart_url=url("settling-apart", first),
        # A consultation is written in its own page: the kept one is corrected there.
        third_url="" if doubt.kind == ConsultationRecorded.KIND else url("settling-third", first),
    )


def _done(seen: Opened, one: Settled, told: Sequence[Statement[Any]]) -> view.ChartDone:
    record = seen.presence.record
    texts = _apart(seen, told)
    kept = texts[:1] if one.what == "statement" else texts
    return view.ChartDone(
        text=_(DONE[one.what]),
        kept=tuple(kept),
        before=tuple(text for text in texts[len(kept) :] if text not in kept),
        author=seen.people.of(one.seat, record.person_of(one.seat))[0],
        at=moment(one.written_ms, record.clock_ms()),
        undo_url=reverse("settling-undo", args=[seen.chart.patient, one.fact]) if seen.may_write else "",
    )


def _apart(seen: Opened, told: Sequence[Statement[Any]]) -> list[str]:
    """Each in a few words: its title, and what it says that another does not."""
    said = [lines(item) for item in told]
    common = {line for line in said[0] if all(line in other for other in said)} if said else set()
    found = []
    for item, own in zip(told, said, strict=True):
        title = story.row(seen, item).title
        apart = [
            f"{label}\u00a0: {value}"
            for label, value in own
            if (label, value) not in common and value != title
        ]
        found.append(" · ".join((title, *apart)))
    return found
