"""`lanterne posology`: prescription lines from the standard input, read into structures, one answer a line, in order.

Law: what comes in is hostile: a line too long or that is not UTF-8 gets its answer like the others, and the next one is
read. Nothing is written to disk, nothing is kept.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from lanterne.cli import access, output
from lanterne.cli.french import FrenchParser, _
from lanterne.cli.outcomes import DONE

if TYPE_CHECKING:
    from lanterne.practice.prescriptions.posology.structure import Point, Reading

MOST_BYTES = 4096
"""A longer line is not held in memory: it is passed over to its end, and said."""


def configure(parser: FrenchParser) -> None:
    """Its options."""
    parser.options.add_argument(
        "--data",
        type=Path,
        default=None,
        metavar=_("DOSSIER"),
        help=_("le dossier du cabinet, pour les médicaments qui y sont chargés"),
    )
    access.add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Read the lines. See docs/user/commandes.md."""
    from lanterne.practice.prescriptions.posology.names import BaseNames
    from lanterne.practice.prescriptions.posology.reading import read
    from lanterne.practice.prescriptions.posology.structure import Point, Reading
    from lanterne.reference.medicines import opened

    names = BaseNames(opened(options.data))
    for line in _lines(sys.stdin.buffer):
        if line is None:
            reading = Reading(False, None, ask=(Point("line_too_long", {"limit": str(MOST_BYTES)}),))
            text = "…"
        else:
            try:
                text = line.decode("utf-8").lstrip("\ufeff")
                reading = read(text, names)
            except UnicodeDecodeError:
                text = line.decode("utf-8", errors="replace")
                reading = Reading(False, None, ask=(Point("not_utf8"),))
        if options.json:
            output.print_json(_plain(reading))
        else:
            _print(text, reading)
    return DONE


def _lines(stream: IO[bytes]) -> Iterator[bytes | None]:
    """Each line without its end; None for one that is too long."""
    while chunk := stream.readline(MOST_BYTES + 2):
        if len(chunk.rstrip(b"\r\n")) <= MOST_BYTES:
            yield chunk.rstrip(b"\r\n")
            continue
        while chunk and not chunk.endswith(b"\n"):
            chunk = stream.readline(MOST_BYTES)
        yield None


def _plain(reading: Reading) -> dict[str, Any]:
    from lanterne.practice.prescriptions.posology.structure import to_plain

    return {
        "understood": reading.understood,
        "structure": to_plain(reading.structure) if reading.structure is not None else None,
        "warnings": [_told(point) for point in reading.warnings],
        "ask": [_told(point) for point in reading.ask],
        "unchecked": [_told(point) for point in reading.unchecked],
    }


def _told(point: Point) -> dict[str, str]:
    from lanterne.practice.prescriptions.posology.sentences import sentence

    return {"code": point.code, "why": sentence(point, _)}


def _print(text: str, reading: Reading) -> None:
    from lanterne.practice.prescriptions.posology.sentences import sentence
    from lanterne.practice.prescriptions.posology.words import words

    shown = "".join(one if one.isprintable() else "\ufffd" for one in text.strip())
    print(_("« {text} »").format(text=shown))
    if reading.structure is not None:
        print(f"  {words(reading.structure)}")
    else:
        print(_("  Pas compris :"))
    for point in reading.warnings:
        print(_("  ATTENTION : {why}").format(why=sentence(point, _)))
    for point in (*reading.ask, *reading.unchecked):
        print(f"  - {sentence(point, _)}")
