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
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
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
SHOWN_ID = 8
"""Characters of a seat's number that a person is shown, and may type."""
_SHORTEST_ID = 4


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
        help=_("qui vous êtes, s’il y a plusieurs accès : un bout de nom sans accents, ou de numéro d’accès"),
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
    """The seat meant: the only one, or the one whose name begins so (or holds such words), or whose number
    does.

    Raises:
        UsageError: nobody, several, or none given among several.
        NoPractice: there is no practice here.
    """
    from lanterne.journal.founding import list_seats

    seats = list_seats(root)
    if not seats:
        raise UsageError("nobody_here")
    if wanted is None:
        if len(seats) == 1:
            return seats[0]
        raise UsageError("as_missing", names=_names(root, seats))
    found = _matching(seats, wanted)
    if not found:
        raise UsageError("as_unknown", name=wanted, names=_names(root, seats))
    if len(found) > 1:
        raise UsageError("as_ambiguous", name=wanted, names=_names(root, found))
    return found[0]


def _names(root: Path, seats: Sequence[SeatCard]) -> str:
    """The names, those of one name told apart."""
    apart = told_apart(root, seats)
    return ", ".join(
        f"{card.label} ({apart[card.seat]})" if card.seat in apart else card.label for card in seats
    )


def told_apart(root: Path, seats: Sequence[SeatCard]) -> dict[SeatId, str]:
    """For each seat whose name another bears too: the number to give, what it reads, since when. No key is
    needed; a role is sealed."""
    borne = Counter(plain(card.label) for card in seats)
    same = [card for card in seats if borne[plain(card.label)] > 1]
    if not same:
        return {}
    from lanterne.journal.journal import Journal
    from lanterne.wire.names import Compartment

    membership = Journal.open(root).membership
    said: dict[SeatId, str] = {}
    for card in same:
        held, added = membership.seat(card.seat), membership.admitted_at(card.seat)
        words = [card.seat[:SHOWN_ID]]
        if held is not None:
            reads = Compartment.MEDICAL in held.compartments
            words += [_("lit les dossiers") if reads else _("ne lit pas les dossiers")]
            words += [_("administre")] if held.admin else []
        if added is not None:
            day = datetime.fromtimestamp(added / 1000, UTC).astimezone()
            words.append(_("ajouté le {day}").format(day=day.strftime("%d/%m/%Y %H:%M")))
        said[card.seat] = ", ".join(words)
    return said


def _matching(seats: Sequence[SeatCard], wanted: str) -> list[SeatCard]:
    """The best kind of match that anybody gives: the whole name, its beginning, each word beginning one of its
    own, then the number of the seat or of the person, or its beginning."""
    asked = plain(wanted)
    whole = [card for card in seats if plain(card.label) == asked]
    begins = [card for card in seats if plain(card.label).startswith(asked)]
    words = [
        card
        for card in seats
        if all(any(own.startswith(word) for own in plain(card.label).split()) for word in asked.split())
    ]
    numbers = [card for card in seats if card.seat.startswith(asked) or card.person.startswith(asked)]
    by_number = numbers if len(asked) >= _SHORTEST_ID else []
    return (whole or begins or words or by_number) if asked else []


def plain(text: str) -> str:
    """Words without case, accents or punctuation, to compare names by."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    kept = (sign if sign.isalnum() else " " for sign in apart if not unicodedata.combining(sign))
    return " ".join("".join(kept).split())


def unlock(root: Path, seat: SeatId, secret: str) -> tuple[Journal, SeatKeys, Keyring]:
    """Open a seat, the attempt counted first.

    Raises:
        AccessEnded, AccessPending: it may not be opened, whatever the passphrase.
        WrongPassphrase, TooManyAttempts, SeatMissing, DeviceMissing.
    """
    from lanterne.journal import founding
    from lanterne.journal.access import check_access
    from lanterne.journal.journal import Journal
    from lanterne.journal.unlock_limit import UnlockLimit
    from lanterne.practice.record import now_ms

    journal = Journal.open(root)
    check_access(journal, seat, now_ms())
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
