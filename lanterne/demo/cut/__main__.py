"""`python -m lanterne.demo.cut`: plays the cut in a temporary folder. Ends with 0 when all it checked is so, else 1."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from lanterne.demo.cut.french import _
from lanterne.demo.cut.play import play
from lanterne.demo.cut.processes import Broken


def main() -> int:
    """Play it, and say the outcome in one line."""
    with tempfile.TemporaryDirectory(prefix="lanterne-coupure-", ignore_cleanup_errors=True) as folder:
        try:
            found = play(Path(folder))
        except Broken as error:
            print(_("INTERROMPU : {why}").format(why=error), flush=True)
            return 1
    if found.wrong:
        said = _("{wrong} des {count} points vérifiés sont FAUX, en {seconds} secondes : {which}.")
        print(said.format(wrong=len(found.wrong), count=found.checked, seconds=round(found.seconds),
                          which=" ; ".join(found.wrong)))  # fmt: skip
        return 1
    said = _("{count} points vérifiés en {seconds} secondes, tous vrais : un seul dossier, rien de perdu.")
    print(said.format(count=found.checked, seconds=round(found.seconds)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
