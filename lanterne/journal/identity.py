"""Which practice this directory holds: the files `format` and `genesis`, two copies each.

Law: the practice's id is the hash of its genesis (M1), and `format` repeats it, so each vouches for the
other. Source: docs/format/store.md, S9.
"""

from __future__ import annotations

from lanterne.journal.errors import SmallFileDamaged
from lanterne.journal.files import Files
from lanterne.journal.layout import Layout
from lanterne.journal.small_files import heal, write_twice
from lanterne.proof.genesis import read_genesis
from lanterne.wire.names import PracticeId


def format_text(practice: PracticeId) -> bytes:
    """The bytes of the file `format`."""
    return f"lanterne 1\n{practice}\n".encode("ascii")


def write_identity(layout: Layout, files: Files, genesis: bytes) -> None:
    """Write both files, the genesis last: a directory with a genesis is a practice.

    Raises DiskFull, DiskFailed.
    """
    write_twice(files, layout.format, format_text(read_genesis(genesis).practice))
    write_twice(files, layout.genesis, genesis)


def read_genesis_file(layout: Layout, files: Files) -> bytes | None:
    """The genesis after M1 and M2, healed where a copy is damaged; None when there is none.

    Raises:
        SmallFileDamaged: damaged in both copies, or the format says another practice or a newer format.
    """
    found = heal(files, layout.genesis, read_genesis)
    if found is None:
        return None
    expected = format_text(read_genesis(found.data).practice)

    def check(data: bytes) -> None:
        if data != expected:
            raise ValueError("another practice, or a newer format")

    try:
        heal(files, layout.format, check)
    except SmallFileDamaged as error:
        raise SmallFileDamaged(
            "this directory was written by a newer Lanterne, or is damaged", file="format"
        ) from error
    return found.data
