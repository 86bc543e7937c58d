"""What every page says of the exchanges: the one line, lies proven and not yet seen, the operator's words, a first
copy in course.

Law: red only for what was proven, and for a chart that may lack something; away from the others is no alarm.
"""

from __future__ import annotations

from hashlib import sha256

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from lanterne.desk.exchange import alarms, words
from lanterne.desk.exchange.told import WAIT_S, Told
from lanterne.desk.frame.view import ExchangeLine, Notice
from lanterne.desk.presence import Presence
from lanterne.sync.alarms import Alarm, Lie
from lanterne.wire.statements import OperatorNotice, Scope, State

MOST_ALARMS = 3
MOST_NOTICES = 3
MOST_TEXT = 2_000
END = (".", "!", "?", "…")
CLOSED = {
    Scope.ALL: noop("L’opérateur du relais l’a fermé à tous"),
    Scope.PRACTICE: noop("L’opérateur du relais l’a fermé à ce cabinet"),
    Scope.DEVICE: noop("L’opérateur du relais l’a fermé à ce poste"),
    Scope.SEAT: noop("L’opérateur du relais l’a fermé à un accès de ce poste"),
}


def line(presence: Presence, *, wait_s: float = WAIT_S) -> ExchangeLine:
    """For the frame of a page; waits at most `wait_s` seconds for a fresh look."""
    told = presence.exchanges.now(wait_s)
    now_ms = presence.record.clock_ms()
    text = words.line(told, now_ms)
    notices = (
        *_alarms(presence, told),
        *_first_copy(presence, told),
        *_damaged(told, now_ms),
        *_operator(told),
    )
    stamp = sha256(repr((text, notices)).encode()).hexdigest()[:16]
    return ExchangeLine(text, reverse("exchange"), f"{reverse('exchange-line')}?{stamp}", notices=notices)


def _alarms(presence: Presence, told: Told) -> tuple[Notice, ...]:
    """The newest first, those that say the same of the same one together; the others by their number."""
    groups: dict[tuple[Lie, str], list[Alarm]] = {}
    for alarm in told.alarms.unseen[::-1]:
        groups.setdefault((alarm.lie, alarm.about), []).append(alarm)
    shown = [
        Notice(
            said_times(alarms.said(presence.record, same[0]), len(same)),
            "danger",
            _("Voir et que faire"),
            alarm_url("exchange-alarm", same[0]),
        )
        for same in list(groups.values())[:MOST_ALARMS]
    ]
    more = sum(map(len, list(groups.values())[MOST_ALARMS:]))
    if more:
        said = ngettext(
            "Et %(n)s autre alerte sur les échanges.", "Et %(n)s autres alertes sur les échanges.", more
        )
        shown.append(Notice(said % {"n": more}, "danger", _("Voir les alertes"), reverse("exchange")))
    return tuple(shown)


def said_times(said: str, times: int) -> str:
    """A sentence, and how many times it holds."""
    return said if times == 1 else _("%(said)s (%(n)s fois)") % {"said": said, "n": times}


def alarm_url(name: str, alarm: Alarm) -> str:
    """An address about an alarm: by the 32 hex digits of its name."""
    return reverse(name, args=[alarm.name[-32:]])


def _first_copy(presence: Presence, told: Told) -> tuple[Notice, ...]:
    if not presence.lacking and (told.first is None or told.first.over):
        return ()
    so_far = [words.first(told) or _("Ce poste n’a pas encore tout reçu"), words.first_patients(told)]
    text = _("%(so_far)s. Des dossiers peuvent manquer ou être incomplets : la suite vient d’un autre poste.")
    return (
        Notice(
            text % {"so_far": "\u202f; ".join(filter(None, so_far))},
            "danger",
            _("Voir les échanges"),
            reverse("exchange"),
        ),
    )


def _damaged(told: Told, now_ms: int) -> tuple[Notice, ...]:
    text = words.damaged(told, now_ms)
    return (Notice(text, "warn", _("Voir les échanges"), reverse("exchange")),) if text else ()


def _operator(told: Told) -> tuple[Notice, ...]:
    said = [text for text in map(operator_said, told.notices) if text]
    return tuple(
        Notice(text, "info", _("Voir les échanges"), reverse("exchange")) for text in said[:MOST_NOTICES]
    )


def operator_whole(told: Told) -> list[str]:
    """What the operator said at more length than the banner of every page shows."""
    said = [(operator_said(one), operator_said(one, MOST_TEXT)) for one in told.notices]
    said = [(short, whole) for short, whole in said if whole]
    return [whole for at, (short, whole) in enumerate(said) if at >= MOST_NOTICES or short != whole]


def operator_said(notice: OperatorNotice, most: int = words.MOST_SIGNS) -> str:
    """The operator's words, as theirs, and what they change here: nothing but the relay. "" when nothing is said."""
    text = words.plain(notice.text, most)
    quoted = _("« %(text)s »") % {"text": text} + ("" if text[-1:] in END else ".")
    if notice.state is State.SUSPENDED:
        said = _(CLOSED[notice.scope])
        said = _("%(said)s : %(quoted)s") % {"said": said, "quoted": quoted} if text else f"{said}."
        return said + " " + _("Seul le relais est coupé : tout continue ici.")
    if notice.state is State.NOTICE and text:
        said = _("L’opérateur du relais écrit : %(quoted)s") % {"quoted": quoted}
        return said + " " + _("Cela ne concerne que le relais : tout fonctionne ici.")
    return ""
