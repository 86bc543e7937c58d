"""What a task must be, and how its day is reckoned. Pure."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from lanterne.practice.errors import Refusal
from lanterne.practice.tasks.facts import Task

TEXT_CHARACTERS = 200
PHONE_CHARACTERS = 50
COMMENT_CHARACTERS = 500
DETAIL_CHARACTERS = 20_000
_YEARS = range(2000, 2100)
# P3D, P2W, P6M, P1Y: one unit, as people say it. Five years is the longest anybody recalls in.
_DURATION = re.compile(r"P([1-9][0-9]{0,3})([DWMY])")
_DAYS = {"D": 1, "W": 7}
_MONTHS = {"M": 1, "Y": 12}
LONGEST_DAYS = 10 * 366


def _(text: str) -> str:
    """Mark a French msgid for gettext."""
    return text


TASK, CALL, MESSAGE, RECALL = "task", "call", "message", "recall"
CODES: dict[str, str] = {
    TASK: _("À faire"),
    CALL: _("À appeler"),
    MESSAGE: _("Message"),
    RECALL: _("Rappel"),
}

# A role and those who hold it: a locum does what the doctor would.
HOLDERS: dict[str, tuple[str, ...]] = {
    "secretary": ("secretary",),
    "doctor": ("doctor", "locum"),
    "nurse": ("nurse",),
    "midwife": ("midwife",),
}
ROLES: dict[str, str] = {
    "secretary": _("Secrétariat"),
    "doctor": _("Médecins"),
    "nurse": _("Infirmiers"),
    "midwife": _("Sages-femmes"),
}

PRIORITIES: dict[str, str] = {"routine": _("normal"), "urgent": _("urgent")}

OUTCOMES: dict[str, str] = {
    "done": _("fait"),
    "called": _("appelé, la personne a été jointe"),
    "unneeded": _("sans objet"),
    "mistake": _("noté par erreur"),
}

ATTEMPTS: dict[str, str] = {
    "no_answer": _("pas de réponse"),
    "voicemail": _("message laissé sur le répondeur"),
    "relative": _("quelqu’un d’autre a répondu"),
    "wrong_number": _("mauvais numéro"),
}

SENTENCES: dict[str, str] = {
    "tasks_empty": _("Dites en quelques mots ce qui est à faire."),
    "tasks_code": _("Ce genre de tâche n’est pas dans la liste."),
    "tasks_due": _("« %(value)s » n’est pas un jour."),
    "tasks_interval": _("« %(value)s » n’est pas un délai."),
    "tasks_nobody": _("Dites pour qui : une personne, ou une fonction (secrétariat, médecins)."),
    "tasks_two_owners": _("Une tâche est pour une personne ou pour une fonction, pas pour les deux."),
    "tasks_owner": _("Cette personne n’est pas du cabinet, ou l’a quitté."),
    "tasks_role": _("Cette fonction n’est pas dans la liste."),
    "tasks_priority": _("Cette priorité n’est pas dans la liste."),
    "tasks_patient": _("Un rappel concerne un patient : dites lequel."),
    "tasks_every": _("Seul un rappel revient de lui-même."),
    "tasks_text_long": _("Ce texte est trop long : %(limit)s caractères au plus."),
    "tasks_outcome": _("Ce résultat n’est pas dans la liste."),
    "tasks_done": _("C’est déjà fait. Rechargez la page."),
    "tasks_open": _("Cette tâche est ouverte. Rechargez la page."),
    "tasks_assigned": _("Quelqu’un a changé de qui c’est l’affaire entre-temps. Rechargez la page."),
    "tasks_changed": _("Cette tâche a été changée entre-temps. Rechargez la page."),
}


def day_of(value: object) -> date | None:
    """A day as facts write it ("2026-12-06"); None for anything else."""
    if not isinstance(value, str) or len(value) != 10:
        return None
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return None
    return found if found.isoformat() == value and found.year in _YEARS else None


def after(start: date, duration: str) -> date:
    """The day a duration later: of months and years the same day, or the month's last when it has no such day.

    Args:
        duration: ISO 8601, one unit ("P10D", "P2W", "P6M", "P1Y").

    Raises:
        Refusal: "tasks_interval": it is none, or longer than ten years.
    """
    match = _DURATION.fullmatch(duration)
    if match is None:
        raise Refusal("tasks_interval", field="due", value=duration)
    count, unit = int(match[1]), match[2]
    if unit in _DAYS:
        days = count * _DAYS[unit]
        if days > LONGEST_DAYS:
            raise Refusal("tasks_interval", field="due", value=duration)
        return start + timedelta(days=days)
    months = count * _MONTHS[unit]
    if months > LONGEST_DAYS // 30:
        raise Refusal("tasks_interval", field="due", value=duration)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(start.day, last))


def owners(owner: object, role: object) -> list[str]:
    """For whom, as rows keep it: "p:" and a person's id, or "r:" and a role; empty for nobody."""
    if isinstance(owner, str) and owner:
        return [f"p:{owner}"]
    return [f"r:{role}"] if isinstance(role, str) and role else []


def check_owner(owner: str, role: str, at_work: frozenset[str]) -> None:
    """Refuse a task for nobody, for somebody who is not here any more, or for two.

    Args:
        at_work: ids of the persons described and not gone.

    Raises:
        Refusal: with the field it is about.
    """
    if owner and role:
        raise Refusal("tasks_two_owners", field="owner")
    if not owner and not role:
        raise Refusal("tasks_nobody", field="owner")
    if owner and owner not in at_work:
        raise Refusal("tasks_owner", field="owner")
    if role and role not in ROLES:
        raise Refusal("tasks_role", field="owner")


def check_due(due: str) -> None:
    """Refuse what is no day.

    Raises:
        Refusal: "tasks_due".
    """
    if day_of(due) is None:
        raise Refusal("tasks_due", field="due", value=due)


def check(body: Task) -> None:
    """Refuse what is no task; for whom it is apart (`check_owner`).

    Raises:
        Refusal: with the field it is about.
    """
    if body.code not in CODES:
        raise Refusal("tasks_code", field="code")
    if not body.description.strip():
        raise Refusal("tasks_empty", field="description")
    if body.priority not in PRIORITIES:
        raise Refusal("tasks_priority", field="priority")
    check_due(body.due)
    if body.interval:
        start = day_of(body.counted_from)
        if start is None or after(start, body.interval).isoformat() != body.due:
            raise Refusal("tasks_interval", field="due", value=body.interval)
    if body.every:
        if body.code != RECALL:
            raise Refusal("tasks_every", field="every")
        after(date(2024, 1, 1), body.every)
    if body.code == RECALL and not body.patient:
        raise Refusal("tasks_patient", field="patient")
    for field, limit in (
        ("description", TEXT_CHARACTERS),
        ("caller", TEXT_CHARACTERS),
        ("phone", PHONE_CHARACTERS),
    ):
        check_text(getattr(body, field), field, limit)


def check_text(text: str, field: str, limit: int) -> None:
    """Refuse what is longer than `limit` characters.

    Raises:
        Refusal: "tasks_text_long".
    """
    if len(text) > limit:
        raise Refusal("tasks_text_long", field=field, limit=str(limit))
