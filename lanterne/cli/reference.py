"""`lanterne reference`: which medicines, interactions and diagnoses this device knows; load the published
files, or fetch them.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lanterne.cli import access, output
from lanterne.cli.french import FrenchParser, _
from lanterne.cli.outcomes import DONE, REFUSED, UsageError
from lanterne.wire.errors import LanterneError

if TYPE_CHECKING:
    from lanterne.reference.medicines.model import Part
    from lanterne.reference.medicines.report import Loaded

_SHOWN = 3


class ReferenceRefused(LanterneError):
    """The published files could not be loaded; `code` says why."""


def configure(parser: FrenchParser) -> None:
    """Its options, and its two actions."""
    _add_data(parser)
    access.add_json(parser)
    actions = parser.add_subparsers(
        dest="action", metavar=_("ACTION"), title=_("Actions"), parser_class=FrenchParser
    )
    words = {
        "load": _("charge les fichiers publics d’un dossier"),
        "download": _("va chercher la base publique des médicaments, et la charge"),
    }
    for name, text in words.items():
        action = actions.add_parser(name, help=text)
        if name == "load":
            action.arguments.add_argument(
                "folder", type=Path, metavar=_("FICHIERS"), help=_("le dossier où ils sont")
            )
        _add_data(action)
        action.options.add_argument(
            "--dated",
            metavar=_("JOUR"),
            help=_("de quand sont ces fichiers (2026-05-18) ; sinon d’après ce qu’ils disent"),
        )
        action.options.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help=_("écrit le résultat en JSON")
        )


def _add_data(parser: FrenchParser) -> None:
    parser.options.add_argument(
        "--data", type=Path, default=argparse.SUPPRESS, metavar=_("DOSSIER"), help=_("le dossier du cabinet")
    )


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError("not_a_day", typed=text) from None


def run(options: argparse.Namespace) -> int:
    """See docs/user/commandes.md."""
    data: Path | None = getattr(options, "data", None)
    if data is not None and not (data / "genesis").exists() and not (data / "genesis2").exists():
        from lanterne.journal.errors import NoPractice

        raise NoPractice("there is no practice in this directory")
    if options.action is None:
        return _state(data, options)
    if data is None:
        raise UsageError("reference.data_missing")
    _day(options.dated)  # said before anything is fetched
    if options.action == "load":
        if not options.folder.is_dir():
            raise UsageError("data_not_folder", path=str(options.folder))
        return _load(options.folder, data, options)
    return _download(data, options)


# ------------------------------------------------------------------ what is known


def _state(data: Path | None, options: argparse.Namespace) -> int:
    from lanterne.reference.medicines import editions, opened

    edition = opened(data).edition
    found = editions.present(data) if data is not None else []
    told = {
        "starter": edition.starter,
        "dated": edition.dated.isoformat(),
        "digest": edition.digest,
        "parts": [_part(part) for part in edition.parts],
        "editions": [{"dated": one.dated.isoformat(), "sound": one.sound} for one in found],
        "damaged": list(edition.damaged),
    }
    if options.json:
        output.print_json(told)
        return REFUSED if edition.damaged else DONE
    if edition.starter:
        print(_("Liste de départ, écrite pour Lanterne ({date}) : la base publique n’est pas chargée.").format(
            date=_french(edition.dated)
        ))  # fmt: skip
    else:
        print(_("Base publique du {date}.").format(date=_french(edition.dated)))
    _print_parts(edition.parts)
    for one in found:
        if one.sound and (edition.starter or one.dated != edition.dated):
            print(_("Aussi gardée : celle du {date}.").format(date=_french(one.dated)))
    for name in edition.damaged:
        print(
            _("{name} n’est plus ce qui a été chargé : ce fichier n’est pas utilisé. Rechargez-le.").format(
                name=name
            )
        )
    return REFUSED if edition.damaged else DONE


def _part(part: Part) -> dict[str, Any]:
    return {
        "kind": part.kind,
        "origin": part.origin,
        "dated": part.dated.isoformat() if part.dated else None,
        "lines": part.lines,
    }


def _print_parts(parts: tuple[Part, ...]) -> None:
    from lanterne.reference.medicines.report import PARTS

    for part in parts:
        when = _french(part.dated) if part.dated else _("date inconnue")
        origin = _("liste de départ") if part.origin == "starter" else _("publié")
        print(_("- {what} : {lines} lignes, {origin}, {when}").format(
            what=PARTS[part.kind], lines=part.lines, origin=origin, when=when
        ))  # fmt: skip


def _french(day: date) -> str:
    return f"{day:%d/%m/%Y}"


# ------------------------------------------------------------------ loading


def _load(folder: Path, data: Path, options: argparse.Namespace) -> int:
    from lanterne.reference.medicines import editions, load

    today = datetime.now().astimezone().date()
    try:
        with output.progress(_("Chargement")) as advance:
            told = load.load(folder, data, today=today, dated=_day(options.dated), advance=advance)
    except load.Incomplete as refused:
        from lanterne.reference.medicines.report import FILES

        missing = ", ".join(FILES[kind] for kind in refused.absent)
        raise ReferenceRefused("reference.incomplete", missing=missing) from None
    except load.NothingThere:
        raise ReferenceRefused("reference.nothing_there", path=str(folder)) from None
    except editions.Busy:
        raise ReferenceRefused("reference.busy") from None
    if options.json:
        output.print_json(told.plain())
    else:
        _print(told)
    return DONE


def _print(told: Loaded) -> None:
    from lanterne.reference.medicines.report import FILES, PARTS, WHY

    assert told.dated is not None  # noqa: S101 - a load that ends has dated what it wrote
    why = {
        "asked": "",
        "supply": _(" (d’après la dernière mise à jour des ruptures)"),
        "today": _(" (le jour du chargement : les fichiers ne disent pas le leur)"),
    }[told.dated_by]
    print(_("Édition du {date}{why} : chargée.").format(date=_french(told.dated), why=why))
    if told.replaced:
        print(_("Elle remplace celle du même jour."))
    _print_parts(told.parts)
    if told.carried:
        kinds = ", ".join(PARTS[kind] for kind in told.carried)
        print(_("Repris de l’édition précédente : {kinds}.").format(kinds=kinds))
    for kind in told.absent:
        print(_("Absent de ce dossier : {what}.").format(what=FILES[kind]))
    for file in told.files:
        if not file.cut and not file.aside_count:
            continue
        print(_("{file} : {kept} lignes gardées, {aside} mises de côté.").format(
            file=file.name, kept=file.kept, aside=file.aside_count
        ))  # fmt: skip
        if file.cut:
            print(f"  {WHY[file.cut]}")
        for one in file.asides[:_SHOWN]:
            print(
                _("  ligne {line} : {why} : « {begins} »").format(
                    line=one.line, why=WHY[one.why], begins=one.begins[:60]
                )
            )
    for dangling in told.dangling:
        print(_("{what} : {count} médicaments inconnus de la base (par exemple {examples}).").format(
            what=FILES[dangling.file], count=dangling.count, examples=", ".join(dangling.examples[:_SHOWN])
        ))  # fmt: skip
    if told.unlisted:
        names = " ; ".join(told.unlisted)
        print(
            _("Interactions qui ne pourront pas être vérifiées, faute de liste : {names}.").format(
                names=names
            )
        )
    for left in told.left_alone[:_SHOWN]:
        print(_("{file} : laissé, {why}.").format(file=left.name, why=WHY[left.why]))
    if len(told.left_alone) > _SHOWN:
        print(_("… et {count} autres fichiers laissés.").format(count=len(told.left_alone) - _SHOWN))


def _download(data: Path, options: argparse.Namespace) -> int:
    from lanterne.reference.medicines import download, editions

    where = editions.folder(data)
    where.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=where, prefix="download-") as folder:
        try:
            with output.progress(_("Téléchargement")) as advance:
                download.download(Path(folder), advance=advance)
        except download.NotFetched as error:
            raise ReferenceRefused(
                "reference.not_fetched", file=error.file, why=download.WHY[error.code], detail=error.detail
            ) from None
        return _load(Path(folder), data, options)
