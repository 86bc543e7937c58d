"""`lanterne empty`: entries are emptied on every device, because the law says so; what was said cannot come back."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from lanterne.cli import access, output
from lanterne.cli.french import FrenchParser, _
from lanterne.cli.outcomes import DONE, UsageError
from lanterne.wire.names import EntryHash, PatientId

if TYPE_CHECKING:
    from lanterne.practice.erasing.commands import Chosen, Emptied
    from lanterne.practice.record import Record

WORD = "effacer"
_REASONS = ("retention", "erasure", "error")


def configure(parser: FrenchParser) -> None:
    """Its options."""
    access.add_data(parser)
    access.add_person(parser)
    parser.options.add_argument(
        "entries",
        nargs="*",
        type=EntryHash,
        metavar=_("ÉCRITURE"),
        help=_("l’identifiant de chaque écriture à effacer (64 chiffres hexadécimaux)"),
    )
    parser.options.add_argument(
        "--patient",
        type=PatientId,
        metavar=_("IDENTIFIANT"),
        help=_("toutes les écritures d’un patient (32 chiffres hexadécimaux)"),
    )
    parser.options.add_argument(
        "--reason",
        choices=_REASONS,
        required=True,
        help=_(
            "pourquoi : durée de conservation dépassée (retention), effacement demandé (erasure), écrit dans le "
            "dossier d’une autre personne (error)"
        ),
    )
    parser.options.add_argument(
        "--confirm",
        metavar=_("MOT"),
        help=_("le mot « effacer », au lieu de le taper quand il est demandé"),
    )
    access.add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Empty. See docs/user/commandes.md."""
    from lanterne.practice.erasing.commands import choose, empty, entries_about

    record = access.open_record(options)
    try:
        entries = list(options.entries)
        if options.patient is not None:
            entries += entries_about(record, options.patient)
        chosen = choose(record, entries)
        _confirm(options, chosen)
        done = empty(record, chosen, options.reason)
        _tell(options, record, done)
    finally:
        record.close()
    return DONE


def _confirm(options: argparse.Namespace, chosen: Chosen) -> None:
    word = options.confirm
    if word is None and sys.stdin.isatty():
        said = _(
            "{entries} écritures et {documents} documents, de {patients} patients, seront effacés de tous les postes. "
            "Cela ne se défait pas.\nTapez « effacer » pour confirmer : "
        )
        word = input(
            said.format(
                entries=len(chosen.heads), documents=len(chosen.blobs), patients=len(chosen.by_patient)
            )
        )
    if word is None or word.strip().lower() != WORD:
        raise UsageError("empty.not_confirmed")


def _tell(options: argparse.Namespace, record: Record, done: Emptied) -> None:
    from lanterne.journal.founding import read_device
    from lanterne.sync.emptied import unconfirmed

    left = unconfirmed(record.journal, read_device(record.journal).id, done.act, record.clock_ms())
    still = len(record.journal.emptier.due()) + len(record.journal.emptier.due_blobs())
    still += len(set(record.journal.blobs.aside()) & set(done.chosen.blobs))
    if options.json:
        output.print_json(
            {
                "entries": len(done.chosen.heads),
                "documents": len(done.chosen.blobs),
                "patients": len(done.chosen.by_patient),
                "act": done.act.hash,
                "not_dropped_yet": still,
                "unconfirmed": list(left),
            }
        )
        return
    print(
        _("Effacé : {entries} écritures, {documents} documents.").format(
            entries=len(done.chosen.heads), documents=len(done.chosen.blobs)
        )
    )
    if still:
        print(_("Le disque en a refusé {count} : ce sera fait au prochain démarrage.").format(count=still))
    for device in left:
        print(
            _("poste {device} : n’a pas encore confirmé, et peut en garder une copie").format(
                device=device[:8]
            )
        )
    print(_("Les sauvegardes faites avant, et les copies hors ligne, gardent ce qu’elles tenaient."))
