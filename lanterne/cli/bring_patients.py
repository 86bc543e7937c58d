"""`lanterne import` of a table of patients, from an old software.

A dry run comes first. At a terminal its account is shown and a question asked before anything is recorded;
with --apply, --json or without a terminal the sound lines are recorded at once, those refused are said.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lanterne.cli import output
from lanterne.cli.french import _
from lanterne.cli.sentences import sentence, told

if TYPE_CHECKING:
    from lanterne.intake.registering import Taken
    from lanterne.practice.record import Record

_SHOWN = 50
# Two of these at the top of its columns make a table one of patients.
_OF_A_PATIENT = frozenset({"birth_name", "used_name", "first_given", "birth_date", "ins", "nir", "sex"})
_FIELDS = {
    "birth_name": _("nom de naissance"),
    "used_name": _("nom utilisé"),
    "first_given": _("premier prénom"),
    "given_names": _("prénoms"),
    "used_given": _("prénom utilisé"),
    "birth_date": _("date de naissance"),
    "birth_place": _("lieu de naissance"),
    "birth_place_code": _("code INSEE de naissance"),
    "sex": _("sexe"),
    "civility": _("civilité"),
    "ins": _("INS"),
    "nir": _("n° de sécurité sociale"),
    "nir_key": _("clé du numéro"),
    "mobile": _("téléphone portable"),
    "home": _("téléphone"),
    "work": _("téléphone professionnel"),
    "email": _("adresse électronique"),
    "address": _("adresse"),
    "address_2": _("adresse, suite"),
    "address_3": _("adresse, suite"),
    "postcode": _("code postal"),
    "city": _("ville"),
    "attending": _("médecin traitant"),
    "deceased": _("date de décès"),
    "comment": _("commentaire"),
}


def bring(record: Record, path: Path, content: bytes, options: argparse.Namespace) -> dict[str, Any]:
    """The account of one file: of a dry run, then of what was recorded once that is agreed."""
    dry = _take(record, path, content, apply=False)
    if options.dry_run or dry["outcome"] == "quarantined":
        if not options.json:
            output.say(_("Rien n’a été enregistré."))
        return dry
    if not options.apply and not options.json and sys.stdin.isatty():
        print_answer(dry)
        if input(_("Enregistrer ? (o/N) ")).strip().lower() not in ("o", "oui"):
            output.say(_("Rien n’a été enregistré."))
            return dry
    return _take(record, path, content, apply=True)


def _take(record: Record, path: Path, content: bytes, *, apply: bool) -> dict[str, Any]:
    from lanterne.intake.registering import take
    from lanterne.intake.sheets import SheetUnreadable

    try:
        with output.progress(path.name) as advance:
            taken = take(record, content, today=_today(), apply=apply, progress=advance)
    except SheetUnreadable as error:
        return _answer(path, "quarantined", why=sentence(error), code=error.code)
    return _told(path, taken)


def _told(path: Path, taken: Taken) -> dict[str, Any]:
    from lanterne.intake.registering import column_names, unmapped

    outcome = "dry_run" if not taken.applied else "structured" if taken.registered else "duplicate"
    answer = _answer(path, outcome, facts=taken.facts)
    answer["rows"] = {
        "read": taken.read,
        "registered": taken.registered,
        "already": taken.already,
        "refused": len(taken.errors),
    }
    answer["errors"] = [
        {"line": line, "field": refusal.field, "code": refusal.code, "why": sentence(refusal)}
        for line, refusal in taken.errors
    ]
    answer["notes"] = [
        {"line": line, "field": note.field, "code": note.code, "why": told(note.code, note.params)}
        for line, note in taken.notes
    ]
    answer["columns"] = column_names(taken)
    answer["ignored"] = list(unmapped(taken))
    answer["encoding"], answer["delimiter"] = taken.sheet.encoding, taken.sheet.delimiter
    return answer


def _answer(
    path: Path, outcome: str, *, why: str | None = None, code: str | None = None, facts: int = 0
) -> dict[str, Any]:
    return {
        "file": shown(path),
        "outcome": outcome,
        "patient": None,
        "facts": facts,
        "why": why,
        "code": code,
        "rows": {"read": 0, "registered": 0, "already": 0, "refused": 0},
        "errors": [],
        "notes": [],
    }


def shown(path: Path) -> str:
    """A path that can be written: a name that is no text (another system's bytes) loses what is none."""
    return str(path).encode("utf-8", "replace").decode("utf-8")


def is_table(content: bytes) -> bool:
    """Whether a file is a table of patients: one whose columns name who patients are, and no results."""
    from lanterne.intake.columns import map_columns
    from lanterne.intake.detect import format_of
    from lanterne.intake.sheets import SheetUnreadable, read_table

    if format_of(content) != "text":
        return False
    try:
        header = read_table(content).header
    except SheetUnreadable:
        return False
    return len(map_columns(header).places.keys() & _OF_A_PATIENT) > 1


def print_answer(answer: dict[str, Any]) -> None:
    """The account of a table, for a person."""
    print(answer["file"])
    if answer["outcome"] == "quarantined":
        print(_("  Refusé : {why}").format(why=answer["why"]))
        return
    rows = answer["rows"]
    new = _("{count} enregistrés") if answer["outcome"] != "dry_run" else _("{count} à enregistrer")
    counts = (
        _("{count} lignes").format(count=rows["read"]),
        new.format(count=rows["registered"]),
        _("{count} déjà là").format(count=rows["already"]),
        _("{count} refusées").format(count=rows["refused"]),
    )
    print("  " + ", ".join(counts))
    columns = ", ".join(
        f"{title} → {_FIELDS.get(field, field)}" for field, title in answer["columns"].items()
    )
    print(_("  Colonnes comprises : {columns}").format(columns=columns))
    if answer["ignored"]:
        print(_("  Colonnes laissées : {columns}").format(columns=", ".join(answer["ignored"])))
    for kind, title in (("errors", _("refusée")), ("notes", _("à savoir"))):
        for one in answer[kind][:_SHOWN]:
            print(_("  Ligne {line}, {title} : {why}").format(line=one["line"], title=title, why=one["why"]))
        if len(answer[kind]) > _SHOWN:
            print(_("  … et {count} autres (--json les donne tous)").format(count=len(answer[kind]) - _SHOWN))


def _today() -> date:
    return date.today()  # noqa: DTZ011  the day at the practice
