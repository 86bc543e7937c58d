"""`lanterne passphrase`: change one's own passphrase."""

from __future__ import annotations

import argparse
import secrets

from lanterne.cli import access
from lanterne.cli.french import FrenchParser, _
from lanterne.cli.outcomes import DONE


def configure(parser: FrenchParser) -> None:
    """Its options."""
    access.add_data(parser)
    access.add_person(parser)
    access.add_new_passphrase(parser)


def run(options: argparse.Namespace) -> int:
    """Change it. See docs/user/commandes.md."""
    from lanterne.journal.founding import change_passphrase

    card = access.choose_seat(options.data, options.person)
    old = access.passphrase(options, whom=card.label)
    access.unlock(
        options.data, card.seat, old
    )  # counts the attempt, and refuses before the new one is asked for
    change_passphrase(
        options.data, card.seat, old=old, new=access.new_passphrase(options), random=secrets.token_bytes
    )
    print(_("La phrase de passe de {name} est changée.").format(name=card.label))
    return DONE
