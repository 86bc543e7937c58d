"""`lanterne recover`: with the recovery sheet, a practice opens again on this machine, whatever was lost."""

from __future__ import annotations

import argparse
import secrets
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from lanterne.cli import access, output
from lanterne.cli.french import FrenchParser, _
from lanterne.cli.init import refuse_not_empty
from lanterne.cli.outcomes import DONE, UsageError

if TYPE_CHECKING:
    from lanterne.journal.founding import Admitted
    from lanterne.practice.record import Record
    from lanterne.seal.sheet import SheetLetters

# What a machine needs of another's: the sealed store. Its keys, drafts and read tables stay where they are.
_COPIED = ("format", "format2", "genesis", "genesis2")
_FOLDERS = ("journal", "blobs")


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
    if options.source is not None:
        copy_store(options.source, root)

    from lanterne.journal import founding
    from lanterne.journal.journal import Journal
    from lanterne.practice.opening import describe_recovered, parse_name, person_named
    from lanterne.practice.record import Record, now_ms
    from lanterne.seal.keyring import Keyring

    name = parse_name(options.person)
    journal = Journal.open(root)
    if sheet.keys.id not in {one.id for one in journal.membership.sheets}:
        from lanterne.journal.errors import SheetRefused

        raise SheetRefused("this recovery sheet is not the one in force for this practice")
    secret = access.chosen_passphrase(access.given_passphrase(options))
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
    from lanterne.journal import founding

    mine = [
        card.seat
        for card in founding.list_seats(record.root)
        if card.person == admitted.person and card.seat != admitted.seat
    ]
    membership = record.journal.membership
    in_force = [seat for seat in mine if membership.seat(seat) is not None and seat not in membership.revoked]
    for seat in in_force:
        founding.revoke(
            record.journal,
            record.keyring,
            seat,
            reason=founding.FORGOTTEN,
            now_ms=record.clock_ms(),
            random=secrets.token_bytes,
        )
    return [str(seat) for seat in in_force]


def copy_store(source: Path, root: Path) -> None:
    """Copy the sealed store of another data directory into an empty one, durably enough to be checked
    afterwards.

    Raises:
        UsageError: "from_missing", "data_not_empty".
    """
    if not (source / "genesis").exists() and not (source / "genesis2").exists():
        raise UsageError("from_missing", path=str(source))
    refuse_not_empty(root)
    root.mkdir(parents=True, exist_ok=True)
    for folder in _FOLDERS:
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
