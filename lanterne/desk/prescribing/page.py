"""From what the room says to what the pages of prescribing show."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _

from lanterne.desk.chart import drafts
from lanterne.desk.frame.build import day_only
from lanterne.desk.opening import Opened
from lanterne.desk.prescribing import view
from lanterne.desk.prescribing.asking import DAYS, Asked, Read, fields_to_show
from lanterne.desk.sentences import sentence
from lanterne.practice.errors import Refusal
from lanterne.practice.prescriptions.checks.answers import FOLDED, key_of
from lanterne.practice.prescriptions.checks.answers import Outcome as Checked
from lanterne.practice.prescriptions.checks.sentences import (
    CHECKS,
    SEVERITIES,
    fired_sentence,
    unchecked_sentence,
    with_french_days,
)
from lanterne.practice.prescriptions.facts import Fired, Line
from lanterne.practice.prescriptions.gathering import Held
from lanterne.practice.prescriptions.queries import last_change, preview
from lanterne.practice.prescriptions.rules import ORDERS
from lanterne.practice.prescriptions.understanding import base_at
from lanterne.reference.medicines.model import Edition
from lanterne.wire.names import FactId

SLOT = "prescription"
UNITS = {"jours": _("jours"), "semaines": _("semaines"), "mois": _("mois")}


def page_of(
    seen: Opened,
    fields: Mapping[str, str],
    renewable: list[tuple[Held, Line]],
    outcome: view.Outcome,
    kept: drafts.Draft | None = None,
) -> view.PrescribingPage:
    """The whole page, its fields as typed."""
    patient = seen.chart.patient
    url = reverse("prescribe", args=[patient])
    return view.PrescribingPage(
        action_url=url,
        look_url=reverse("prescribe-look", args=[patient]),
        back_url=reverse("chart", args=[patient]),
        draft_url=reverse("draft", args=[patient, SLOT]),
        draft_kept=kept.kept if kept else None,
        fact=fields.get("fact", "") or seen.presence.record.draw_id(),
        renewables=tuple(_renewable(seen, one, line, fields) for one, line in renewable),
        renew_all_url=f"{url}?tout=1" if renewable else "",
        fields=tuple(
            view.Field(number, fields.get(f"line-{number}", "")) for number in fields_to_show(fields)
        ),
        orders=tuple(view.Choice(one, _(text), fields.get("order") == one) for one, text in ORDERS.items()),
        units=tuple(view.Choice(one, UNITS[one], fields.get("unit", "mois") == one) for one in DAYS),
        length=fields.get("length", ""),
        renewals=fields.get("renewals", ""),
        comment=fields.get("comment", ""),
        measures=bool(fields.get("measures")),
        outcome=outcome,
    )


def outcome_of(seen: Opened, asked: Asked, fields: Mapping[str, str]) -> view.Outcome:
    """What is understood and what the door would say, now."""
    base = _base_name(base_at(seen.presence.record.root).edition)
    open_points = tuple(_shown_read(read) for read in asked.reads)
    command = asked.command or asked.so_far
    if asked.fault or command is None:
        return view.Outcome(lines=open_points, fault=asked.fault, base=base)
    try:
        found = preview(seen.chart, seen.presence.record, command)
    except Refusal as refusal:
        return view.Outcome(lines=open_points, fault=sentence(refusal), base=base)
    warned = {read.typed: read.warned for read in asked.reads}
    lines = tuple(_shown_line(line, warned.get(line.typed, ())) for line in found.lines)
    waiting = tuple(_shown_read(read) for read in asked.reads if read.line is None)
    outcome = checked((*lines, *waiting), found.outcome, fields, base=base)
    # What is understood is checked at once; what is not is said to be unchecked, never passed over.
    unread = (_("Non vérifié : « %(line)s », à compléter.") % {"line": one.typed} for one in waiting)
    return replace(outcome, unchecked=(*unread, *outcome.unchecked))


def checked(
    lines: Iterable[view.Shown],
    outcome: Checked,
    fields: Mapping[str, str],
    *,
    base: str = "",
    fault: str = "",
) -> view.Outcome:
    """Findings by gravity: those that need a reason, those shown, those folded."""
    alerts = [(one.severity, _alert(one, fields)) for one in outcome.fired]
    found = view.Outcome(
        lines=tuple(lines),
        stopping=tuple(alert for severity, alert in alerts if severity == "contraindicated"),
        seen=tuple(alert for severity, alert in alerts if severity == "discouraged"),
        folded=tuple(alert for severity, alert in alerts if severity in FOLDED),
        unchecked=tuple(dict.fromkeys(unchecked_sentence(one, _) for one in outcome.unchecked)),
        fault=fault,
        base=base,
    )
    return replace(found, seen_word=to_see(found))


def to_see(outcome: view.Outcome) -> str:
    """The name of what must have been on the screen before anybody signs; empty when there is nothing."""
    said = [text for line in outcome.lines for text in line.warned]
    said += [alert.text for alert in (*outcome.stopping, *outcome.seen)]
    return hashlib.sha256("\n".join(sorted(said)).encode()).hexdigest()[:16] if said else ""


def _renewable(seen: Opened, one: Held, line: Line, fields: Mapping[str, str]) -> view.Renewable:
    changed = last_change(seen.chart, FactId(one.id))
    return view.Renewable(
        id=one.id,
        name=one.body.substance or one.body.brand,
        dosage=one.body.posology or line.words,
        kept=bool(fields.get(f"keep-{one.id}")),
        text=fields.get(f"text-{one.id}", ""),
        stop=fields.get(f"stop-{one.id}", ""),
        since_change=day_only(changed.day) if changed else None,
        before=changed.before if changed else "",
    )


def _shown_read(read: Read) -> view.Shown:
    if read.line is not None:
        return _shown_line(read.line, read.warned)
    return view.Shown(name=read.typed, words="", typed=read.typed, asked=read.asked, warned=read.warned)


def _shown_line(line: Line, warned: tuple[str, ...]) -> view.Shown:
    name = " ".join(part for part in (line.substance or line.brand or line.typed, line.strength) if part)
    if line.brand and line.substance:
        name = f"{name} ({line.brand})"
    marks = [_("au long cours")] if line.long_term else []
    marks += [_("ALD")] if line.ald else []
    marks += (
        [_("non substituable (%(reason)s)") % {"reason": line.reason or "?"}]
        if line.non_substitutable
        else []
    )
    marks += [_("papier sécurisé")] if line.paper else []
    return view.Shown(name, line.words, line.typed, tuple(marks), (), warned)


def _alert(one: Fired, fields: Mapping[str, str]) -> view.Alert:
    key = key_of(one) if one.severity == "contraindicated" else ""
    return view.Alert(
        severity=_(SEVERITIES[one.severity]), check=_(CHECKS[one.check]), text=fired_sentence(one, _),
        source=with_french_days(one.source), key=key, reason=fields.get(f"reason-{key}", "") if key else "",
    )  # fmt: skip


def _base_name(edition: Edition) -> str:
    said = {"day": edition.dated.strftime("%d/%m/%Y")}
    if edition.starter:
        return _("Liste de départ de Lanterne, incomplète (%(day)s)") % said
    return _("Base publique des médicaments du %(day)s ; doses et précautions : liste de départ") % said
