"""`lanterne demo`: a fictional practice to try everything with. Created when it is not there, then served."""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from lanterne.cli import access, output
from lanterne.cli.french import FrenchParser, _
from lanterne.cli.init import default_sheet, refuse_not_empty, write_sheet
from lanterne.cli.outcomes import DONE, UsageError
from lanterne.cli.serve import add_port, announce, serve

SEED = 1
PATIENTS = 150
_MOST_PATIENTS = 200_000
_IDLE_MINUTES = 60
# A demonstration is unlocked many times an hour: words that are typed without looking.
_WORDS = (
    "abeille acajou amande argile aurore balise bambou brise bruyere cabane cerise colline corail "
    "crayon dune ecorce etoile fenouil fougere galet genet girafe goeland hibou jardin lavande "
    "lilas loutre marelle meleze mesange miel mousse noisette olive orage panier pivoine platane "
    "plume prairie renard riviere romarin sable sapin sentier serpolet source tilleul tourterelle "
    "trefle vague verger violette voilier"
)


def configure(parser: FrenchParser) -> None:
    """Its options."""
    access.add_data(parser)
    parser.options.add_argument(
        "--patients", type=_count, default=PATIENTS, metavar="N", help=_("combien de patients (150)")
    )
    parser.options.add_argument(
        "--seed", type=int, default=SEED, metavar="N", help=_("le même nombre donne le même cabinet (1)")
    )
    parser.options.add_argument(
        "--today",
        type=date.fromisoformat,
        metavar=_("JOUR"),
        help=_("le jour où s’arrête l’histoire (aujourd’hui)"),
    )
    add_port(parser)
    parser.options.add_argument("--no-serve", action="store_true", help=_("crée le cabinet et s’arrête là"))
    access.add_json(parser)


def run(options: argparse.Namespace) -> int:
    """Create it if need be, say the passphrases, serve. See docs/user/commandes.md."""
    root: Path = options.data
    _forget_unfinished(root)
    created = not (root / "genesis").exists()
    figures = _create(options) if created else {}
    persons = _read_passphrases(root)
    _tell(options, persons, created, figures)
    _say_unused(persons, created=created)
    if not options.no_serve:
        ready = announce(options.no_browser)
        serve(root, options.port, idle_minutes=_IDLE_MINUTES, on_ready=ready)
    return DONE


def _create(options: argparse.Namespace) -> dict[str, Any]:
    root: Path = options.data
    refuse_not_empty(root)
    passphrases = {
        "doctor": os.environ.get(access.VARIABLE) or _readable(),
        "locum": _readable(),
        "secretary": _readable(),
    }
    from lanterne.seal.unlock import check_passphrase

    check_passphrase(passphrases["doctor"])

    from lanterne.demo.founding import found_demo
    from lanterne.demo.team import PRACTICE_NAME
    from lanterne.sheet.printing import print_sheet

    today = options.today or date.today()  # noqa: DTZ011  the day at the practice
    root.parent.mkdir(parents=True, exist_ok=True)
    _unfinished(root).touch()
    with output.progress(_("Création du cabinet fictif")) as advance:
        made = found_demo(
            root,
            patients=options.patients,
            seed=options.seed,
            today=today,
            passphrases=passphrases,  # type: ignore[arg-type]
            progress=advance,
        )
    sheet = default_sheet(root)
    sheet.unlink(missing_ok=True)
    write_sheet(sheet, print_sheet(made.sheet, made.practice, practice_name=PRACTICE_NAME, made_on=today))
    _write_passphrases(root, made.names, passphrases)
    _unfinished(root).unlink()
    return {
        "facts": made.facts,
        "entries": made.entries,
        "arrived": sum(made.mail.values()),
        "mail": dict(made.mail),
        "sheet": str(sheet),
    }


def passphrase_file(root: Path) -> Path:
    """Where the demonstration's passphrases are kept: beside the data, which hold nothing in clear."""
    whole = root.resolve()
    return whole.with_name(f"{whole.name}-phrases.txt")


def _unfinished(root: Path) -> Path:
    whole = root.resolve()
    return whole.with_name(f"{whole.name}-en-construction")


def _forget_unfinished(root: Path) -> None:
    """A demonstration stopped while it was being made is begun again: nothing of it is real."""
    if _unfinished(root).exists():
        shutil.rmtree(root, ignore_errors=True)
        _unfinished(root).unlink()


def _write_passphrases(root: Path, names: Mapping[Any, str], passphrases: Mapping[str, str]) -> None:
    lines = [
        _(
            "# Cabinet fictif : aucun de ces patients n’existe. Un vrai cabinet n’a pas de fichier comme "
            "celui-ci."
        ),
        *(f"{names[author]}\t{passphrases[author]}" for author in passphrases),
    ]
    path = passphrase_file(root)
    path.unlink(missing_ok=True)
    write_sheet(path, "\n".join([*lines, ""]).encode())


def _read_passphrases(root: Path) -> list[tuple[str, str]]:
    """(name, passphrase) of each person, empty when the file is gone."""
    try:
        lines = passphrase_file(root).read_text("utf-8").splitlines()
    except FileNotFoundError:
        raise UsageError("not_a_demo", path=str(root)) from None
    pairs = (line.split("\t", 1) for line in lines if line and not line.startswith("#"))
    return [(pair[0], pair[1]) for pair in pairs if len(pair) == 2]


def _tell(
    options: argparse.Namespace, persons: list[tuple[str, str]], created: bool, figures: dict[str, Any]
) -> None:
    if options.json:
        told = [{"name": name, "passphrase": secret} for name, secret in persons]
        output.print_json({"data": str(options.data), "created": created, **figures, "persons": told})
        return
    if created:
        print(_("Cabinet fictif créé dans {path} : {patients} patients, {facts} faits.").format(
            path=options.data, patients=options.patients, facts=figures["facts"]))  # fmt: skip
        print(_("{count} fichiers sont arrivés cette semaine : ils attendent d’être vus.").format(
            count=figures["arrived"]))  # fmt: skip
    else:
        print(_("Cabinet fictif déjà dans {path}.").format(path=options.data))
    print(_("Phrases de passe (fictives) :"))
    width = max((len(name) for name, _secret in persons), default=0)
    for name, secret in persons:
        print(f"  {name:<{width}}  {secret}")


def _say_unused(persons: list[tuple[str, str]], *, created: bool) -> None:
    """A passphrase given for a practice that stands already is not the doctor's: nobody must believe it is."""
    given = os.environ.get(access.VARIABLE)
    if not created and given and persons and persons[0][1] != given:
        output.say(
            _(
                "LANTERNE_PASSPHRASE n’a rien changé : ce cabinet existait déjà, et la phrase de {name} reste la "
                "sienne. « lanterne passphrase » la change ; un dossier neuf prendrait celle-ci."
            ).format(name=persons[0][0])
        )


def _readable() -> str:
    return " ".join(secrets.choice(_WORDS.split()) for _turn in range(4))


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= _MOST_PATIENTS:
        raise ValueError(text)
    return number
