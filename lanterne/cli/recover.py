"""`lanterne recover`: with the recovery sheet, a practice opens again on this machine, whatever was lost.

Law: what can be refused is refused before anything is copied; a copy that did not end is taken away.
"""

from __future__ import annotations

import argparse
import secrets
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lanterne.cli import access, output
from lanterne.cli.french import FrenchParser, _
from lanterne.cli.init import refuse_not_empty
from lanterne.cli.outcomes import DONE, UsageError

if TYPE_CHECKING:
    from lanterne.journal.founding import Admitted
    from lanterne.practice.record import Record
    from lanterne.seal.seat import SheetKeys
    from lanterne.seal.sheet import SheetLetters

# What a machine needs of another's: the sealed store. Its keys, drafts and read tables stay where they are.
_COPIED = ("format", "format2", "genesis", "genesis2")
_FOLDERS = ("journal", "blobs")
# Who may do what, and which sheet is in force: all that judging a sheet takes.
_MEMBERS = ("journal/members",)


def configure(parser: FrenchParser) -> None:
    """Its options."""
    access.add_data(parser)
    parser.options.add_argument(
        "--sheet",
        required=True,
        metavar=_("FICHIER"),
        help=_("la fiche de secours : son PDF, un texte de ses quatre lignes, ou « - » pour les taper"),
    )
    parser.options.add_argument(
        "--person", required=True, metavar=_("NOM"), help=_("qui revient : « Dr Garance Morel »")
    )
    parser.options.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar=_("DOSSIER"),
        help=_("copie d’abord les données scellées d’une sauvegarde ou d’un ancien disque"),
    )
    parser.options.add_argument(
        "--revoke-others",
        action="store_true",
        help=_("retire tous les autres accès (un vol) : chacun en recevra un nouveau"),
    )
    access.add_passphrase(parser)
    access.add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Recover. See docs/user/commandes.md."""
    root: Path = options.data
    sheet = _letters(options.sheet)

    from lanterne.journal import founding
    from lanterne.journal.journal import Journal
    from lanterne.practice.opening import describe_recovered, parse_name, person_named
    from lanterne.practice.record import Record, now_ms
    from lanterne.seal.keyring import Keyring
    from lanterne.seal.unlock import check_passphrase

    name = parse_name(options.person)
    if options.source is not None:
        refuse_not_empty(root)
        _try_sheet(options.source, sheet.keys)
    else:
        founding.check_sheet(Journal.open(root), sheet.keys)
    secret = access.chosen_passphrase(access.given_passphrase(options))
    check_passphrase(secret)
    if options.source is not None:
        copy_store(options.source, root)
    journal = Journal.open(root)
    known = person_named(journal, Keyring(sheet.keys, journal.membership), options.person)
    admitted = founding.recover_with_sheet(
        root,
        sheet.keys,
        label=name.shown,
        passphrase=secret,
        now_ms=now_ms(),
        random=secrets.token_bytes,
        person=known,
        revoke_others=options.revoke_others,
    )
    journal.refresh()
    keys, keyring = founding.open_seat(journal, admitted.seat, secret)
    record = Record(root, journal, keys, keyring)
    if known is None:
        describe_recovered(record, admitted.person, options.person)
    replaced = _revoke_forgotten(record, admitted)
    with output.progress(_("Tables de lecture")) as advance:
        record.catch_up(advance)
    facts = int(record.tables.read().execute("SELECT count(*) FROM fact").fetchone()[0])
    record.close()
    if options.json:
        output.print_json(
            {
                "practice": journal.practice,
                "person": admitted.person,
                "seat": admitted.seat,
                "recognised": known is not None,
                "replaced": replaced,
                "facts": facts,
            }
        )
    else:
        print(
            _("Le cabinet est rouvert : {facts} faits lisibles par {name}.").format(
                facts=facts, name=name.shown
            )
        )
    if known is None:
        output.say(
            _("Personne de ce nom n’était connu au cabinet : un nouvel accès, d’administrateur, a été créé.")
        )
    if replaced:
        output.say(
            _("Votre ancien accès sur ce poste est retiré : sa phrase de passe n’ouvre plus rien de nouveau.")
        )
    if not options.revoke_others:
        output.say(_("Les autres accès valent toujours. En cas de vol, relancez avec --revoke-others."))
    return DONE


def _revoke_forgotten(record: Record, admitted: Admitted) -> list[str]:
    """The seats this person had on this machine: whoever comes back with the sheet does not know how to open
    them."""
    from lanterne.journal import founding, leaving

    mine = [
        card.seat
        for card in founding.list_seats(record.root)
        if card.person == admitted.person and card.seat != admitted.seat
    ]
    membership = record.journal.membership
    in_force = [seat for seat in mine if membership.seat(seat) is not None and seat not in membership.revoked]
    for seat in in_force:
        leaving.revoke(
            record.journal,
            record.keyring,
            seat,
            reason=founding.FORGOTTEN,
            now_ms=record.clock_ms(),
            random=secrets.token_bytes,
        )
    return [str(seat) for seat in in_force]


def _try_sheet(source: Path, sheet: SheetKeys) -> None:
    """Judge the sheet by the source's membership, copied aside: opening a journal writes in its directory, and
    the source may be all that is left.

    Raises:
        UsageError: "from_missing".
        SheetRefused, SmallFileDamaged.
    """
    from lanterne.journal import founding
    from lanterne.journal.journal import Journal

    with tempfile.TemporaryDirectory(prefix="lanterne-") as aside:
        _copy(source, Path(aside), _MEMBERS)
        founding.check_sheet(Journal.open(Path(aside)), sheet)


def copy_store(source: Path, root: Path) -> None:
    """Copy the sealed store of another data directory into an empty one, durably enough to be checked
    afterwards.

    Raises:
        UsageError: "from_missing", "data_not_empty".
        OSError: it could not be copied whole; what was copied is taken away.
    """
    refuse_not_empty(root)
    stood = root.exists()
    try:
        _copy(source, root, _FOLDERS)
    except OSError:  # shutil.Error is one
        for path in root.iterdir() if root.is_dir() else ():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        if not stood and root.is_dir():
            root.rmdir()
        raise


def _copy(source: Path, root: Path, folders: Sequence[str]) -> None:
    if not (source / "genesis").exists() and not (source / "genesis2").exists():
        raise UsageError("from_missing", path=str(source))
    root.mkdir(parents=True, exist_ok=True)
    for folder in folders:
        if (source / folder).is_dir():
            shutil.copytree(source / folder, root / folder)
    for name in _COPIED:  # the genesis last: a directory with a genesis is a practice
        if (source / name).exists():
            shutil.copy2(source / name, root / name)


def _letters(place: str) -> SheetLetters:
    """The sheet at a path, or typed."""
    from lanterne.sheet.reading import read_sheet

    if place != "-":
        try:
            return read_sheet(Path(place).read_bytes())
        except OSError as error:
            raise UsageError("sheet_file", why=error.strerror or str(error)) from error
    if sys.stdin.isatty():
        output.say(_("Tapez les quatre lignes de la fiche :"))
        lines = [input(f"{number} : ") for number in range(1, 5)]
        return read_sheet("\n".join(lines).encode())
    return read_sheet(sys.stdin.buffer.read(1 << 20))
