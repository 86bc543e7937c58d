"""`lanterne rebuild`: burns the read tables and folds them anew from the journal."""

from __future__ import annotations

import argparse
import time

from lanterne.cli import access, output
from lanterne.cli.french import FrenchParser, _
from lanterne.cli.outcomes import DONE


def configure(parser: FrenchParser) -> None:
    """Its options."""
    access.add_data(parser)
    access.add_person(parser)
    access.add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Rebuild what this person reads. See docs/user/commandes.md."""
    record = access.open_record(options)
    begun = time.monotonic()
    record.journal.refresh()
    with output.progress(_("Tables de lecture")) as advance:
        facts = record.folder.rebuild(advance)
    traces = None
    if record.trace_folder is not None:
        with output.progress(_("Traces")) as advance:
            traces = record.trace_folder.rebuild(advance)
    record.close()
    seconds = round(time.monotonic() - begun, 2)
    if options.json:
        output.print_json({"facts": facts, "traces": traces, "seconds": seconds})
    else:
        print(_("Tables refaites : {facts} faits en {seconds} s.").format(facts=facts, seconds=seconds))
    return DONE
