"""`lanterne check`: is everything that was recorded still there, whole, and shown as it was written?"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from lanterne.cli import access, output
from lanterne.cli.findings import in_french
from lanterne.cli.french import FrenchParser, _
from lanterne.cli.outcomes import DONE, REFUSED
from lanterne.journal.report import Fault, Note
from lanterne.wire.errors import LanterneError

if TYPE_CHECKING:
    from lanterne.practice.check import Checked

_SHOWN = 200


def configure(parser: FrenchParser) -> None:
    """Its options."""
    access.add_data(parser)
    access.add_person(parser)
    parser.options.add_argument(
        "--no-passphrase",
        action="store_true",
        help=_("vérifie sans rien ouvrir, même si une phrase de passe est donnée"),
    )
    access.add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Check. See docs/user/commandes.md."""
    from lanterne.journal.check import check_store
    from lanterne.journal.errors import NoPractice
    from lanterne.practice.check_shapes import check_shapes

    if not any((options.data / name).exists() for name in ("genesis", "genesis2", "journal")):
        raise NoPractice("there is no practice in this directory")
    # Before anything is opened: opening heals what can be healed, and nothing would be left to report.
    report = check_store(options.data)
    faults, notes = [*report.faults, *check_shapes(options.data)], list(report.notes)
    opens = not options.no_passphrase and (access.given_passphrase(options) is not None or _asks(options))
    checked = None
    if not opens or (options.person is None and not _anybody(options)):
        notes.append(Note("", "", "no_passphrase", "checked without a passphrase"))
    else:
        try:
            checked = _inside(options)
        except LanterneError as error:
            if not faults:
                raise
            # A broken file keeps us out: that is already said, and this is why the rest was not looked at.
            notes.append(Note("", "", "not_opened", str(error)))
    if checked is not None:
        said = {(one.file, one.code) for one in faults}
        faults += [one for one in checked.faults if (one.file, one.code) not in said]
        notes += checked.notes
    result: dict[str, Any] = {
        "entries": report.entries,
        "facts": checked.facts if checked is not None else None,
        "faults": [_told(one) for one in faults],
        "content": checked.content if checked is not None else None,
        "traces": checked.traces if checked is not None else None,
        "blobs": report.blobs,
        "notes": [_told(one) for one in notes],
    }
    if options.json:
        output.print_json(result)
    else:
        _print(result)
    return REFUSED if faults else DONE


def _told(one: Fault | Note) -> dict[str, Any]:
    told = {
        "file": one.file,
        "place": one.place,
        "meaning": in_french(one.code, one.meaning),
        "code": one.code,
        "detail": one.meaning,
    }
    return {**told, "healed": one.healed} if isinstance(one, Fault) else told


def _asks(options: argparse.Namespace) -> bool:
    """Whether to ask at the terminal: only somebody who named a person wants the inside checked."""
    import sys

    return sys.stdin.isatty() and options.person is not None


def _anybody(options: argparse.Namespace) -> bool:
    """Whether somebody has a seat here: a bare copy is checked without opening anything."""
    from lanterne.journal.founding import list_seats

    try:
        return bool(list_seats(options.data))
    except LanterneError:
        return False  # the genesis is damaged: that is already said


def _inside(options: argparse.Namespace) -> Checked:
    from lanterne.practice.check import check_record

    journal, keys, keyring = access.unlock_meant(options)
    with output.progress(_("Vérification")) as advance:
        return check_record(options.data, journal, keys, keyring, advance)


def _print(result: dict[str, Any]) -> None:
    print(_("Écritures : {count}").format(count=result["entries"]))
    if result["facts"] is not None:
        print(_("Faits : {count}").format(count=result["facts"]))
        print(_("Contenu : {content}").format(content=result["content"]))
    for note in result["notes"]:
        print(_("À savoir : {what}").format(what=_line(note)))
    faults = result["faults"]
    if not faults:
        print(_("Aucun défaut."))
        return
    print(_("Défauts : {count}").format(count=len(faults)))
    for fault in faults[:_SHOWN]:
        print("  " + _line(fault))
    if len(faults) > _SHOWN:
        print(_("  … et {count} autres (--json les donne tous)").format(count=len(faults) - _SHOWN))


def _line(one: dict[str, Any]) -> str:
    place = ", ".join(filter(None, (one["file"], one["place"])))
    healed = _(" [réparé]") if one.get("healed") else ""
    return (
        _("{place} : {meaning}").format(place=place, meaning=one["meaning"]) + healed
        if place
        else one["meaning"]
    )
