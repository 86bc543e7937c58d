"""`lanterne import`: what a practice receives, and what an old software gave back.

Folders are walked. A table of patients is taken as such (bring_patients); any other file is read, matched and
filed, and ends as exactly one outcome. Stopped in the middle, what was said is recorded, and the same command
goes on.
"""

from __future__ import annotations

import argparse
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lanterne.cli import access, output
from lanterne.cli.bring_patients import shown
from lanterne.cli.french import FrenchParser, _
from lanterne.cli.outcomes import DONE, REFUSED, UsageError

if TYPE_CHECKING:
    from lanterne.intake.filing.filer import Filer, Outcome
    from lanterne.practice.record import Record

# What systems leave in folders.
_LEFTOVERS = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db"})
# A table of patients larger than this is none (lanterne.intake.sheets refuses it).
_LOOKED_AT = 256 * 1024 * 1024
_REMARKS = 3
_WORDS = {
    "structured": _("repris"),
    "document": _("classé"),
    "duplicate": _("déjà là"),
    "to_attach": _("à rattacher"),
    "quarantined": _("mis de côté"),
    "dry_run": _("lu, non enregistré"),
}


def configure(parser: FrenchParser) -> None:
    """Its options."""
    access.add_data(parser)
    access.add_person(parser)
    parser.options.add_argument(
        "--create-patients",
        action="store_true",
        help=_("crée, en identité provisoire, les patients que personne ici ne rappelle"),
    )
    parser.options.add_argument(
        "--archive", action="store_true", help=_("reprise d’archives : rien n’attend d’être vu")
    )
    parser.options.add_argument(
        "--dry-run", action="store_true", help=_("dit ce qui serait fait et n’enregistre rien")
    )
    parser.options.add_argument(
        "--apply", action="store_true", help=_("enregistre un tableau de patients sans poser de question")
    )
    access.add_json(parser)
    parser.arguments.add_argument(
        "paths", nargs="+", type=Path, metavar=_("FICHIER"), help=_("des fichiers ou des dossiers")
    )


def run(options: argparse.Namespace) -> int:
    """Import. See docs/user/commandes.md."""
    for path in options.paths:
        if not path.exists():
            raise UsageError("file_unreadable", path=str(path), why=_("il n’existe pas"))
    record = access.open_record(options)
    try:
        return _bring(record, options)
    finally:
        record.close()


def _bring(record: Record, options: argparse.Namespace) -> int:
    from lanterne.cli import bring_patients
    from lanterne.intake.filing.filer import Filer

    worst = DONE
    files = list(_walk(options.paths))
    counts: dict[str, int] = {}
    documents: list[Path] = []
    with output.progress(_("Reprise")) as advance:

        def count(answer: dict[str, Any]) -> None:
            counts[answer["outcome"]] = counts.get(answer["outcome"], 0) + 1
            advance(sum(counts.values()), len(files))

        # Tables first: they register those whom the documents are about.
        for path in files:
            table = _table(path)
            if table is None:
                documents.append(path)
                continue
            answer = bring_patients.bring(record, path, table, options)
            count(answer)
            if answer["rows"]["refused"]:
                worst = REFUSED
            if options.json:
                output.print_json(answer)
            else:
                bring_patients.print_answer(answer)
        filer = Filer(record, create_patients=options.create_patients, arrived=not options.archive)
        for answer in _documents(filer, documents, options):
            count(answer)
            _tell(answer, options)
    if len(files) > 1:
        told = ", ".join(f"{count} {_WORDS[word]}" for word, count in sorted(counts.items()))
        output.say(_("{count} fichiers : {told}.").format(count=len(files), told=told))
    return worst


def _documents(filer: Filer, paths: list[Path], options: argparse.Namespace) -> Iterator[dict[str, Any]]:
    if options.dry_run:
        yield from (_dry(path) for path in paths)
        return
    for outcome in filer.take_many([(shown(path), path) for path in paths]):
        yield _answer(outcome)


def _dry(path: Path) -> dict[str, Any]:
    """What a file would be read as."""
    from lanterne.intake.filing.files import read_whole
    from lanterne.intake.filing.leaves import leaves
    from lanterne.intake.filing.outcomes import sentence
    from lanterne.intake.reading import Limits, Unreadable
    from lanterne.intake.sandbox import read_safely

    answer = {
        "file": shown(path),
        "outcome": "dry_run",
        "patient": None,
        "facts": 0,
        "why": "",
        "code": "read",
    }
    try:
        found = read_safely(read_whole(path, Limits().file_bytes), path.name)
    except OSError as error:
        found = Unreadable("file_not_opened", reason=error.strerror or type(error).__name__)
    if isinstance(found, Unreadable):
        params = {name: str(value) for name, value in found.params.items()}
        return {**answer, "code": found.code, "why": sentence(found.code, params, _)}
    documents = [leaf.document for leaf in leaves(found)]
    answer["facts"] = sum(len(document.statements) for document in documents)
    told = _("{format}, {documents} document(s), {facts} élément(s)")
    answer["why"] = told.format(format=found.format, documents=len(documents), facts=answer["facts"])
    return answer


def _answer(outcome: Outcome) -> dict[str, Any]:
    from lanterne.intake.filing.outcomes import sentence

    told = [sentence(outcome.why, outcome.params, _), *outcome.remarks[:_REMARKS]]
    if outcome.not_kept and outcome.why != "none_kept":
        told.insert(
            1, _("{count} éléments refusés : le document dit lesquels.").format(count=outcome.not_kept)
        )
    return {
        "file": outcome.file,
        "outcome": outcome.outcome,
        "patient": outcome.patient,
        "facts": outcome.facts,
        "why": " ".join(told),
        "code": outcome.why,
        "created": outcome.created,
        "not_kept": outcome.not_kept,
        "document": outcome.document,
        "arrival": outcome.arrival,
        "remarks": list(outcome.remarks),
    }


def _tell(answer: dict[str, Any], options: argparse.Namespace) -> None:
    if options.json:
        output.print_json(answer)
        return
    facts = _(" ({count} éléments)").format(count=answer["facts"]) if answer["facts"] else ""
    print(f"{answer['file']}\n  {_WORDS[answer['outcome']]}{facts} : {answer['why']}")


def _table(path: Path) -> bytes | None:
    """The bytes of a table of patients; None for anything else."""
    from lanterne.cli import bring_patients
    from lanterne.intake.filing.files import read_whole

    try:
        content = read_whole(path, _LOOKED_AT)
    except OSError:
        return None  # said by the filer, which meets it too
    return content if len(content) <= _LOOKED_AT and bring_patients.is_table(content) else None


def _walk(paths: list[Path]) -> Iterator[Path]:
    """Regular files, in the order of their names; links are not followed, hidden files are left. A folder that does
    not open is given itself, so that it is said.
    """
    closed: list[Path] = []
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, folders, names in os.walk(
            path, onerror=lambda error: closed.append(Path(error.filename))
        ):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                file = Path(folder) / name
                if name.startswith(".") or name.lower() in _LEFTOVERS:
                    continue
                if _is_file(file):
                    yield file
    yield from closed


def _is_file(path: Path) -> bool:
    """A regular file; what went away meanwhile was one, and is said not to open."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return True
