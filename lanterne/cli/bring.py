"""`lanterne import`: patients of an old software, from a CSV table.

A dry run comes first. At a terminal its account is shown and a question asked before anything is recorded;
with --apply, --json or without a terminal the sound lines are recorded at once, those refused are said.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lanterne.cli import access, output
from lanterne.cli.french import FrenchParser, _
from lanterne.cli.outcomes import DONE, REFUSED, UsageError
from lanterne.cli.sentences import sentence, told

if TYPE_CHECKING:
    from lanterne.intake.registering import Taken
    from lanterne.practice.record import Record

_SHOWN = 50
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


def configure(parser: FrenchParser) -> None:
    """Its options."""
    access.add_data(parser)
    access.add_person(parser)
    parser.options.add_argument(
        "--dry-run", action="store_true", help=_("dit ce qui serait fait et n’enregistre rien")
    )
    parser.options.add_argument("--apply", action="store_true", help=_("enregistre sans poser de question"))
    access.add_json(parser)
    parser.arguments.add_argument(
        "paths", nargs="+", type=Path, metavar=_("FICHIER"), help=_("un tableau de patients au format CSV")
    )


def run(options: argparse.Namespace) -> int:
    """Import. See docs/user/commandes.md."""
    record = access.open_record(options)
    worst = DONE
    for path in options.paths:
        answer = _take_or_ask(record, path, options)
        if answer["outcome"] == "refused" or answer["rows"]["refused"]:
            worst = REFUSED
        if options.json:
            output.print_json(answer)
        else:
            _print(answer)
    record.close()
    return worst


def _take_or_ask(record: Record, path: Path, options: argparse.Namespace) -> dict[str, Any]:
    """The account of one file: of a dry run, then of what was recorded once that is agreed."""
    dry = _take(record, path, apply=False)
    if options.dry_run or dry["outcome"] == "refused":
        if not options.json:
            output.say(_("Rien n’a été enregistré."))
        return dry
    if not options.apply and not options.json and sys.stdin.isatty():
        _print(dry)
        if input(_("Enregistrer ? (o/N) ")).strip().lower() not in ("o", "oui"):
            output.say(_("Rien n’a été enregistré."))
            return dry
    return _take(record, path, apply=True)


def _take(record: Record, path: Path, *, apply: bool) -> dict[str, Any]:
    from lanterne.intake.registering import take
    from lanterne.intake.sheets import SheetUnreadable

    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError("file_unreadable", path=str(path), why=error.strerror or str(error)) from error
    try:
        with output.progress(path.name) as advance:
            taken = take(record, content, today=_today(), apply=apply, progress=advance)
    except SheetUnreadable as error:
        return _answer(path, "refused", why=sentence(error), code=error.code)
    return _told(path, taken)


def _told(path: Path, taken: Taken) -> dict[str, Any]:
    from lanterne.intake.registering import column_names, unmapped

    outcome = "dry_run" if not taken.applied else "imported" if taken.registered else "nothing_new"
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
        "file": str(path),
        "outcome": outcome,
        "patient": None,
        "facts": facts,
        "why": why,
        "code": code,
        "rows": {"read": 0, "registered": 0, "already": 0, "refused": 0},
        "errors": [],
        "notes": [],
    }


def _print(answer: dict[str, Any]) -> None:
    print(answer["file"])
    if answer["outcome"] == "refused":
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
