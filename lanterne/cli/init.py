"""`lanterne init`: a new practice, its first person doctor and administrator, its recovery sheet on paper."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from lanterne.cli import access, output
from lanterne.cli.french import FrenchParser, _
from lanterne.cli.outcomes import DONE, UsageError


def configure(parser: FrenchParser) -> None:
    """Its options."""
    access.add_data(parser)
    parser.options.add_argument("--practice", required=True, metavar=_("NOM"), help=_("le nom du cabinet"))
    parser.options.add_argument(
        "--person",
        required=True,
        metavar=_("NOM"),
        help=_("la première personne, médecin et administratrice : « Dr Garance Morel »"),
    )
    parser.options.add_argument(
        "--sheet",
        type=Path,
        metavar=_("FICHIER"),
        help=_("où écrire la fiche de secours (sinon à côté du dossier : DOSSIER-fiche-de-secours.pdf)"),
    )
    access.add_passphrase(parser)
    access.add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Found it. See docs/user/commandes.md."""
    root: Path = options.data
    sheet = options.sheet or default_sheet(root)
    refuse_not_empty(root)
    if sheet.resolve().is_relative_to(root.resolve()):
        raise UsageError("sheet_inside", path=str(sheet))
    if sheet.exists():
        raise UsageError("sheet_exists", path=str(sheet))
    secret = access.chosen_passphrase(access.given_passphrase(options))

    from lanterne.practice.opening import create_practice
    from lanterne.sheet.printing import print_sheet

    # Before the practice: nothing makes another sheet for one whose sheet could not be written.
    write_sheet(sheet, b"")
    try:
        opened = create_practice(
            root, practice_name=options.practice, person_name=options.person, passphrase=secret
        )
    except BaseException:
        sheet.unlink()
        raise
    opened.record.close()
    pdf = print_sheet(
        opened.sheet,
        opened.practice,
        practice_name=options.practice,
        made_on=date.today(),  # noqa: DTZ011
    )
    write_sheet(sheet, pdf, again=True)
    if options.json:
        output.print_json(
            {"practice": opened.practice, "person": opened.person, "seat": opened.seat, "sheet": str(sheet)}
        )
    else:
        print(_("Le cabinet « {name} » est créé dans {path}.").format(name=options.practice, path=root))
        print(_("Fiche de secours : {path}").format(path=sheet))
    output.say(
        _(
            "Imprimez la fiche de secours, rangez-la dans un coffre hors du cabinet, puis supprimez le "
            "fichier."
        )
    )
    output.say(_("Sans elle, sans ce poste et sans sauvegarde, les dossiers seraient perdus."))
    return DONE


def default_sheet(root: Path) -> Path:
    """Beside the data directory, never inside: a copy of the data must not carry the key that opens it."""
    whole = root.resolve()
    return whole.with_name(f"{whole.name}-fiche-de-secours.pdf")


def refuse_not_empty(root: Path) -> None:
    """A practice is founded in a directory of its own."""
    if root.exists() and not root.is_dir():
        raise UsageError("data_not_folder", path=str(root))
    if root.exists() and any(root.iterdir()):
        raise UsageError("data_not_empty", path=str(root))


def write_sheet(path: Path, pdf: bytes, *, again: bool = False) -> None:
    """Write the sheet for its owner alone; it replaces nothing, but with `again` what this wrote before."""
    import os

    path.parent.mkdir(parents=True, exist_ok=True)
    how = os.O_TRUNC if again else os.O_CREAT | os.O_EXCL
    handle = os.open(path, os.O_WRONLY | how | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(pdf)
        stream.flush()
        os.fsync(stream.fileno())
