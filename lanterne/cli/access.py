"""Which practice, which person, which passphrase: the options every verb shares.

Law: a passphrase is never an argument (a process list shows arguments). It comes from a file, the
environment, or the terminal, in that order; every attempt is counted, on disk, before it is made.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lanterne.cli.french import FrenchParser, _
from lanterne.cli.outcomes import UsageError

if TYPE_CHECKING:
    from lanterne.journal.journal import Journal
    from lanterne.practice.record import Record
    from lanterne.seal.keyring import Keyring
    from lanterne.seal.seat import SeatKeys
    from lanterne.seal.unlock import SeatCard
    from lanterne.wire.names import SeatId

VARIABLE = "LANTERNE_PASSPHRASE"
NEW_VARIABLE = "LANTERNE_NEW_PASSPHRASE"
_LONGEST_FILE = 4096


def add_data(parser: FrenchParser) -> None:
    """--data."""
    parser.options.add_argument(
        "--data", type=Path, required=True, metavar=_("DOSSIER"), help=_("le dossier du cabinet")
    )


def add_passphrase(parser: FrenchParser) -> None:
    """--passphrase-file."""
    parser.options.add_argument(
        "--passphrase-file",
        type=Path,
        metavar=_("FICHIER"),
        help=_(
            "un fichier dont la première ligne est la phrase de passe (sinon LANTERNE_PASSPHRASE, sinon "
            "demandée)"
        ),
    )


def add_new_passphrase(parser: FrenchParser) -> None:
    """--new-passphrase-file."""
    parser.options.add_argument(
        "--new-passphrase-file",
        type=Path,
        metavar=_("FICHIER"),
        help=_(
            "un fichier dont la première ligne est la nouvelle phrase (sinon LANTERNE_NEW_PASSPHRASE, "
            "sinon demandée)"
        ),
    )


def add_person(parser: FrenchParser) -> None:
    """--as and --passphrase-file."""
    parser.options.add_argument(
        "--as",
        dest="person",
        metavar=_("PERSONNE"),
        help=_("qui vous êtes, s’il y a plusieurs accès : un bout de nom suffit, sans accents"),
    )
    add_passphrase(parser)


def add_json(parser: FrenchParser) -> None:
    """--json."""
    parser.options.add_argument("--json", action="store_true", help=_("écrit le résultat en JSON"))


# ------------------------------------------------------------------ passphrases


def given_passphrase(options: argparse.Namespace) -> str | None:
    """The passphrase given by file or environment, None when it is to be asked for."""
    return _given(options.passphrase_file, VARIABLE)


def passphrase(options: argparse.Namespace, *, whom: str = "") -> str:
    """The passphrase of somebody who has one, asked for at the terminal when it was not given."""
    given = given_passphrase(options)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise UsageError("passphrase_missing")
    return getpass.getpass(
        _("Phrase de passe de {name} : ").format(name=whom) if whom else _("Phrase de passe : ")
    )


def chosen_passphrase(given: str | None, *, missing: str = "passphrase_missing") -> str:
    """A new passphrase, asked for twice at the terminal when it was not given."""
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise UsageError(missing)
    first = getpass.getpass(_("Nouvelle phrase de passe (12 caractères au moins) : "))
    if getpass.getpass(_("La même, encore une fois : ")) != first:
        raise UsageError("passphrases_differ")
    return first


def new_passphrase(options: argparse.Namespace) -> str:
    """The new passphrase of a change: its own file and variable."""
    given = _given(options.new_passphrase_file, NEW_VARIABLE)
    return chosen_passphrase(given, missing="new_passphrase_missing")


def _given(path: Path | None, variable: str) -> str | None:
    if path is not None:
        try:
            with path.open("rb") as stream:
                content = stream.read(_LONGEST_FILE)
            lines = content.decode("utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else _("ce n’est pas du texte")
            raise UsageError("passphrase_file", why=why) from error
        if not lines or not lines[0]:
            raise UsageError("passphrase_file", why=_("sa première ligne est vide"))
        return lines[0]
    return os.environ.get(variable) or None


# ------------------------------------------------------------------ persons


def choose_seat(root: Path, wanted: str | None) -> SeatCard:
    """The seat meant: the only one, or the one whose name begins so (or holds such words).

    Raises:
        UsageError: nobody, several, or none given among several.
        NoPractice: there is no practice here.
    """
    from lanterne.journal.founding import list_seats

    seats = list_seats(root)
    if not seats:
        raise UsageError("nobody_here")
    names = ", ".join(card.label for card in seats)
    if wanted is None:
        if len(seats) == 1:
            return seats[0]
        raise UsageError("as_missing", names=names)
    found = _matching(seats, wanted)
    if not found:
        raise UsageError("as_unknown", name=wanted, names=names)
    if len(found) > 1:
        raise UsageError("as_ambiguous", name=wanted, names=", ".join(card.label for card in found))
    return found[0]


def _matching(seats: Sequence[SeatCard], wanted: str) -> list[SeatCard]:
    """The best kind of match that anybody gives: the whole name, its beginning, then each word beginning one
    of its own."""
    asked = _plain(wanted)
    whole = [card for card in seats if _plain(card.label) == asked or card.seat == wanted]
    begins = [card for card in seats if _plain(card.label).startswith(asked)]
    words = [
        card
        for card in seats
        if all(any(own.startswith(word) for own in _plain(card.label).split()) for word in asked.split())
    ]
    return (whole or begins or words) if asked else []


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    kept = (sign if sign.isalnum() else " " for sign in apart if not unicodedata.combining(sign))
    return " ".join("".join(kept).split())


def unlock(root: Path, seat: SeatId, secret: str) -> tuple[Journal, SeatKeys, Keyring]:
    """Open a seat, the attempt counted first.

    Raises:
        WrongPassphrase, TooManyAttempts, SeatMissing, DeviceMissing.
    """
    from lanterne.journal import founding
    from lanterne.journal.journal import Journal
    from lanterne.journal.unlock_limit import UnlockLimit
    from lanterne.practice.record import now_ms

    journal = Journal.open(root)
    limit = UnlockLimit(journal.layout.unlock, journal.files)
    limit.attempt(seat, now_ms())
    keys, keyring = founding.open_seat(journal, seat, secret)
    limit.succeeded(seat)
    return journal, keys, keyring


def unlock_meant(options: argparse.Namespace) -> tuple[Journal, SeatKeys, Keyring]:
    """Open the seat meant: the one named by --as, the only one, or the one a given passphrase opens.

    Raises:
        UsageError, WrongPassphrase, TooManyAttempts, SeatMissing, DeviceMissing.
    """
    given = given_passphrase(options)
    if options.person is None and given is not None:
        seat = _opened_by(options.data, given)
        if seat is not None:
            return unlock(options.data, seat, given)
    card = choose_seat(options.data, options.person)
    return unlock(options.data, card.seat, passphrase(options, whom=card.label))


def _opened_by(root: Path, secret: str) -> SeatId | None:
    """Among several seats, the one this passphrase opens; None when there is one seat, or none opens.

    Not counted as attempts: they would make others wait for a slip of one. Whoever can run this can copy
    the files, and meets Argon2 alone either way (threat model).
    """
    from lanterne.journal import founding
    from lanterne.journal.journal import Journal
    from lanterne.seal.errors import WrongPassphrase

    seats = founding.list_seats(root)
    if len(seats) < 2:
        return None
    journal = Journal.open(root)
    for card in seats:
        try:
            founding.open_seat(journal, card.seat, secret)
        except WrongPassphrase:
            continue
        return card.seat
    return None


def open_record(options: argparse.Namespace) -> Record:
    """The record, open under the person meant."""
    from lanterne.practice.record import Record

    return Record(options.data, *unlock_meant(options))
