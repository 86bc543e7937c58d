"""From what the chart room says to what the chart page shows. Texts of values only: the templates hold the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from lanterne.desk.chart import view
from lanterne.desk.chart.curve import Curve, Sample, curve
from lanterne.desk.chart.sourcing import learn
from lanterne.desk.forms.figures import unit_text
from lanterne.desk.frame.build import day, day_only, maybe
from lanterne.desk.frame.view import Provenance
from lanterne.desk.opening import Opened, today
from lanterne.practice.allergies.facts import AllergyRecorded
from lanterne.practice.chart.queries import Calculated, Latest, out_of_range
from lanterne.practice.chart.queries import curve as points_of
from lanterne.practice.chart.statements import Statement, standing
from lanterne.practice.consultations.facts import ConsultationRecorded
from lanterne.practice.measures.facts import Component
from lanterne.practice.problems.facts import AldRecorded, ProblemRecorded
from lanterne.practice.results.facts import ResultRecorded
from lanterne.practice.treatments.facts import TreatmentProposed, TreatmentRecorded
from lanterne.practice.treatments.queries import proposed
from lanterne.reference import measures

FLAGS: dict[str, view.Flag] = {
    "L": "low", "LL": "critical-low", "H": "high", "HH": "critical-high", "A": "high", "AA": "critical-high"
}  # fmt: skip

CRITICAL = ("LL", "HH", "AA")
SHOWN_PROBLEMS = 12
SHOWN_TREATMENTS = 14
SHOWN_RESULTS = 4
LABEL_CHARACTERS = 18


def provenance(opened: Opened, item: Statement[Any]) -> Provenance:
    """Who wrote it, and what the reader may do about it. A proposal is accepted or declined, not corrected."""
    may_write = opened.may_write and item.kind != TreatmentProposed.KIND
    return opened.people.provenance(item, opened.chart.patient, may_write=may_write)


def decimal(value: str) -> str:
    """A decimal as French readers write it."""
    return value.replace(".", ",")


def newer(item: Statement[Any]) -> str:
    """What is shown of a statement this program does not understand."""
    return _("%(label)s (écrit par une version plus récente de Lanterne)") % {"label": item.label}


def allergies(opened: Opened) -> view.Section[view.Allergy]:
    """Allergies, those that may kill first; several values of one shown as several."""
    items, conflicts = _split(opened, opened.must_know.allergies, _allergy_text)
    order = {"high": 0, "unable-to-assess": 1, "low": 2}
    shown = [_allergy(opened, item) for item in items]
    shown.sort(key=lambda one: order[one.criticality])
    return _section(opened, tuple(shown), conflicts, "allergies", "allergy")


def _allergy(opened: Opened, item: Statement[AllergyRecorded]) -> view.Allergy:
    body = item.body
    if body is None:
        return view.Allergy(newer(item), "unable-to-assess", "allergy", provenance(opened, item))
    return view.Allergy(
        substance=body.substance,
        criticality=body.criticality,
        type=body.nature,
        provenance=provenance(opened, item),
        reaction=body.reaction,
        since=maybe(body.onset),
        unconfirmed=body.verification == "unconfirmed",
    )


def _allergy_text(item: Statement[Any]) -> str:
    body = item.body
    if not isinstance(body, AllergyRecorded):
        return newer(item)
    words = {
        "high": _("gravité élevée"),
        "low": _("gravité faible"),
        "unable-to-assess": _("gravité non évaluée"),
    }
    states = {
        "refuted": _("écartée"),
        "unconfirmed": _("non confirmée"),
        "inactive": _("inactive"),
        "resolved": _("résolue"),
    }
    parts = [body.substance, states.get(body.verification, ""), states.get(body.clinical, "")]
    parts += [words[body.criticality], body.reaction, body.comment]
    return ", ".join(part for part in parts if part)


def problems(opened: Opened) -> view.Section[view.Problem]:
    """Active problems; those of a long illness at 100 % are marked."""
    on = today(opened.presence)
    covered = {item.code for item in opened.must_know.ald if item.code and not _ended(item.body, on)}
    items, conflicts = _split(opened, opened.must_know.problems, _problem_text)
    shown = tuple(_problem(opened, item, covered) for item in items[:SHOWN_PROBLEMS])
    return _section(opened, shown, conflicts, "problems", "problem", len(items) - len(shown))


def _problem(opened: Opened, item: Statement[ProblemRecorded], covered: set[str]) -> view.Problem:
    body = item.body
    if body is None:
        return view.Problem(newer(item), provenance(opened, item))
    return view.Problem(
        label=body.label,
        provenance=provenance(opened, item),
        code=item.code,
        since=maybe(body.onset),
        ald=bool(item.code) and item.code in covered,
        note=body.comment,
    )


def _problem_text(item: Statement[Any]) -> str:
    body = item.body
    if not isinstance(body, ProblemRecorded):
        return newer(item)
    states = {
        "active": _("actif"),
        "recurrence": _("récidive"),
        "remission": _("en rémission"),
        "inactive": _("inactif"),
        "resolved": _("résolu"),
    }
    refuted = _("écarté") if body.verification == "refuted" else ""
    return ", ".join(part for part in (body.label, states[body.clinical], refuted, body.comment) if part)


def _ended(body: AldRecorded | None, on: date) -> bool:
    return body is not None and bool(body.until) and body.until < on.isoformat()[: len(body.until)]


def ald(opened: Opened, on: date) -> view.Section[view.Ald]:
    """Long illnesses at 100 %: what for and until when."""
    shown = tuple(_ald(opened, item, on) for item in opened.must_know.ald)
    return view.Section(items=shown, add_url=_add(opened, "ald"))


def _ald(opened: Opened, item: Statement[AldRecorded], on: date) -> view.Ald:
    body = item.body
    if body is None:
        return view.Ald(newer(item), None, provenance(opened, item))
    ended = _ended(body, on)
    number = str(body.list_number) if body.list_number else ""
    return view.Ald(body.label, maybe(body.until), provenance(opened, item), number=number, expired=ended)


def treatments(opened: Opened) -> view.Section[view.Treatment]:
    """Treatments taken now."""
    items, conflicts = _split(opened, opened.must_know.treatments, _treatment_text)
    shown = tuple(_treatment(opened, item) for item in items[:SHOWN_TREATMENTS])
    return _section(opened, shown, conflicts, "treatments", "treatment", len(items) - len(shown))


def _treatment(opened: Opened, item: Statement[TreatmentRecorded]) -> view.Treatment:
    body = item.body
    if body is None:
        return view.Treatment(newer(item), "", provenance(opened, item))
    label, dosage = _prescribed(body)
    return view.Treatment(
        label, dosage, provenance(opened, item), since=maybe(body.since), reason=body.reason
    )


def _prescribed(body: TreatmentRecorded | TreatmentProposed) -> tuple[str, str]:
    """(what, how) of a treatment."""
    label = (
        f"{body.substance} ({body.brand})" if body.brand and body.substance else body.substance or body.brand
    )
    states = {"on-hold": _("suspendu"), "stopped": _("arrêté"), "completed": _("terminé")}
    marks = [states[body.status]] if body.status in states else []
    marks += [_("si besoin")] if body.as_needed else []
    return label, ", ".join(part for part in (body.posology, *marks) if part)


def proposals(opened: Opened) -> tuple[view.Proposal, ...]:
    """Treatments documents propose, in the order of the newest document."""
    found = proposed(opened.chart)
    learn(opened, found)
    return tuple(_proposal(opened, item) for item in found if item.body is not None)


def _proposal(opened: Opened, item: Statement[TreatmentProposed]) -> view.Proposal:
    body = item.body
    label, dosage = _prescribed(body) if body is not None else (newer(item), "")
    named = [opened.chart.patient, item.id]
    return view.Proposal(
        label=label or _("sans nom"),
        dosage=dosage,
        provenance=provenance(opened, item),
        accept_url=reverse("proposal-accept", args=named) if opened.may_write else "",
        decline_url=reverse("proposal-decline", args=named) if opened.may_write else "",
        whole=body is not None and bool(body.substance and body.posology),
        fact=opened.presence.record.draw_id(),
    )


def _treatment_text(item: Statement[Any]) -> str:
    body = item.body
    if not isinstance(body, TreatmentRecorded):
        return newer(item)
    states = {"on-hold": _("suspendu"), "stopped": _("arrêté"), "completed": _("terminé")}
    said = (body.substance, body.posology, states.get(body.status, ""), body.stop_reason, body.comment)
    return ", ".join(part for part in said if part)


def results(opened: Opened) -> view.Section[view.Observation]:
    """Tests whose newest result is out of range: those said critical first, then by day, then the farthest out."""
    newest = sorted(opened.must_know.out_of_range, key=_distance, reverse=True)
    newest.sort(key=lambda item: item.day[:10], reverse=True)
    items = sorted(newest, key=lambda item: item.body is not None and out_of_range(item.body) not in CRITICAL)
    shown = tuple(result(opened, item, spark=True) for item in items[:SHOWN_RESULTS])
    last = [] if items else standing(opened.chart, ResultRecorded, limit=1)
    return view.Section(
        items=shown,
        looked_for=replace(provenance(opened, last[0]), recorded=day_only(last[0].day)) if last else None,
        hidden=len(items) - len(shown),
        all_url=_filtered(opened, "result"),
        add_url=_add(opened, "result"),
    )


def _distance(item: Statement[ResultRecorded]) -> Decimal:
    """How far out of its range a result lies, as a share of the bound it passed; 0 when that cannot be said."""
    body = item.body
    value = _number(body.value) if body is not None else None
    if body is None or value is None:
        return Decimal(0)
    low, high = _number(body.low), _number(body.high)
    over = (value - high) / high if high else Decimal(0)
    under = (low - value) / low if low else Decimal(0)
    return max(over, under, Decimal(0))


def result(opened: Opened, item: Statement[ResultRecorded], *, spark: bool = False) -> view.Observation:
    """One result, with its curve when it has a number."""
    body = item.body
    if body is None:
        return view.Observation(newer(item), "", "", day_only(item.day), provenance(opened, item))
    flag = out_of_range(body)
    number = _number(body.value)
    signs = {"<": "< ", ">": "> ", "<=": "≤ ", ">=": "≥ ", "": ""}
    return view.Observation(
        label=body.label,
        value=signs[body.comparator] + decimal(body.value),
        unit=unit_text(body.unit),
        at=day_only(item.day),
        provenance=provenance(opened, item),
        flag=FLAGS.get(flag, ""),
        range_text=range_text(body),
        curve_url=reverse("curve", args=[opened.chart.patient, item.id]) if number is not None else "",
        spark=drawing(opened, item, plain=True) if spark and number is not None else None,
    )


def range_text(body: ResultRecorded) -> str:
    """The laboratory's range in words."""
    low, high = decimal(body.low), decimal(body.high)
    if low and high:
        return _("%(low)s à %(high)s") % {"low": low, "high": high}
    return f"≥ {low}" if low else f"≤ {high}" if high else ""


def drawing(opened: Opened, item: Statement[ResultRecorded], *, plain: bool = False) -> Curve | None:
    """The curve of one test in one unit; None with fewer than two points."""
    body = item.body
    if body is None:
        return None
    points = points_of(opened.chart, item.code, item.label, body.unit)
    samples = [
        Sample(_date(one.day), float(value), decimal(one.body.value), out_of_range(one.body) != "N")
        for one, value in points
        if one.body is not None and len(one.day) >= 10
    ]
    if len(samples) < 2:
        return None
    shape = {"width": 96, "height": 24} if plain else {}
    low, high = _number(body.low), _number(body.high)
    return curve(
        samples, label=body.label, unit=unit_text(body.unit), plain=plain, range_text=range_text(body),
        low=float(low) if low is not None else None, high=float(high) if high is not None else None, **shape,
    )  # fmt: skip


def measures_of(opened: Opened) -> view.Section[view.Observation]:
    """The newest of each measure, pressure as one line, then what is computed, shown as such."""
    newest = {one.component.code: one for one in opened.must_know.latest_measures}
    shown = list(_pressure(opened, newest))
    shown += [_measure(opened, one) for one in newest.values()]
    shown += [_calculated(opened, one) for one in opened.must_know.calculated]
    return view.Section(
        items=tuple(shown), all_url=_filtered(opened, "measure"), add_url=_add(opened, "measure")
    )


def _pressure(opened: Opened, newest: dict[str, Latest]) -> Iterable[view.Observation]:
    systolic = newest.get(measures.BY_KEY["systolic"].code)
    diastolic = newest.get(measures.BY_KEY["diastolic"].code)
    if systolic is None or diastolic is None or systolic.statement.id != diastolic.statement.id:
        return
    del newest[systolic.component.code], newest[diastolic.component.code]
    high = (
        float(systolic.component.value) >= 140 or float(diastolic.component.value) >= 90
    )  # HAS 2016, in the office
    yield view.Observation(
        label=_("Pression artérielle"),
        value=f"{decimal(systolic.component.value)}/{decimal(diastolic.component.value)}",
        unit="mmHg",
        at=day_only(systolic.statement.day),
        provenance=provenance(opened, systolic.statement),
        flag="high" if high else "",
    )


def _measure(opened: Opened, one: Latest) -> view.Observation:
    return view.Observation(
        label=_short(one.component),
        value=decimal(one.component.value),
        unit=unit_text(one.component.unit),
        at=day_only(one.statement.day),
        provenance=provenance(opened, one.statement),
    )


def _short(component: Component) -> str:
    """The usual short form of a label too long for its box."""
    known = measures.BY_CODE.get(component.code)
    return known.short if known is not None and len(component.label) > LABEL_CHARACTERS else component.label


def _calculated(opened: Opened, one: Calculated) -> view.Observation:
    newest = one.of[0]
    low = one.measure.usual_low
    flag: view.Flag = "low" if one.measure is measures.EGFR and low is not None and one.value < low else ""
    return view.Observation(
        label=one.measure.short,
        value=decimal(f"{one.value:.{one.measure.decimals}f}"),
        unit=unit_text(one.measure.unit),
        at=day_only(newest.day),
        provenance=opened.people.provenance(newest, opened.chart.patient, may_write=False),
        flag=flag,
        computed=True,
        basis=one.source,
    )


def last_consultation(opened: Opened) -> view.ConsultationBrief | None:
    """The newest consultation, in short."""
    item = opened.must_know.last_consultation
    if item is None or not isinstance(item.body, ConsultationRecorded):
        return None
    name, _role = opened.people.of(item.seat, item.person)
    return view.ConsultationBrief(
        at=day(item.day),
        author=name,
        reason=item.body.reason,
        conclusion=item.body.conclusion or item.body.text,
        provenance=provenance(opened, item),
        findings=item.body.findings,
        url=reverse("item", args=[opened.chart.patient, item.id]),
    )


def _split(
    opened: Opened, found: Sequence[Statement[Any]], text: Any
) -> tuple[list[Statement[Any]], tuple[view.Conflict, ...]]:
    """Statements that stand alone, and threads where several do: never the last one instead of the others."""
    alone = [item for item in found if not item.conflict]
    threads: dict[str, list[Statement[Any]]] = {}
    for item in found:
        if item.conflict:
            threads.setdefault(item.thread, []).append(item)
    conflicts = tuple(
        view.Conflict(
            title=items[0].label,
            claims=tuple(view.Claim(text(item), provenance(opened, item)) for item in items),
            settle_url=reverse("item-settle", args=[opened.chart.patient, items[0].id])
            if opened.may_write
            else "",
        )
        for items in threads.values()
    )
    return alone, conflicts


def _section(
    opened: Opened,
    items: tuple[Any, ...],
    conflicts: tuple[view.Conflict, ...],
    section: str,
    noun: str,
    hidden: int = 0,
) -> view.Section[Any]:
    empty = opened.must_know.empty_sections.get(section)  # type: ignore[call-overload]
    return view.Section(
        items=items,
        conflicts=conflicts,
        looked_for=provenance(opened, empty) if empty is not None and not items else None,
        hidden=max(hidden, 0),
        all_url=_filtered(opened, noun),
        add_url=_add(opened, noun),
        none_url=reverse("section-none", args=[opened.chart.patient, section]) if opened.may_write else "",
    )


def _add(opened: Opened, noun: str) -> str:
    return reverse("item-add", args=[opened.chart.patient, noun]) if opened.may_write else ""


def _filtered(opened: Opened, noun: str) -> str:
    return reverse("timeline", args=[opened.chart.patient]) + f"?genre={noun}"


def _number(value: str) -> Decimal | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _date(value: str) -> date:
    return date.fromisoformat(value[:10])
