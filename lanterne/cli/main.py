"""`lanterne VERB`: reads the command line, runs the verb, says what went wrong in one French sentence.

Law: `lanterne --help` imports little but argparse; each verb is a module imported when it is asked for.
Every error of ours becomes a sentence and an exit code here; an unforeseen one arrives whole.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

import lanterne
from lanterne.cli import outcomes
from lanterne.cli.french import FrenchParser, NotUnderstood, _
from lanterne.wire.errors import LanterneError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb. Returns the exit code (docs/user/commandes.md)."""
    words = list(sys.argv[1:] if argv is None else argv)
    parser, verbs = _parser()
    verb = next((word for word in words if not word.startswith("-")), None)
    module = None
    if verb in verbs:
        name, sub = verbs[verb]
        module = importlib.import_module(f"lanterne.cli.{name}")
        module.configure(sub)
    try:
        options = parser.parse_args(words)
    except NotUnderstood as error:
        print(f"{error.usage}{error.verb} : {error.why}", file=sys.stderr)
        return _answer("not_understood", error.why, outcomes.USAGE, as_json="--json" in words)
    if module is None or options.verb is None:
        parser.print_help(sys.stderr)
        return outcomes.USAGE
    try:
        return int(module.run(options))
    except LanterneError as error:
        return _complain(error, getattr(options, "json", False))
    except KeyboardInterrupt:
        print(_("Interrompu."), file=sys.stderr)
        return outcomes.INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        return outcomes.REFUSED
    except OSError as error:
        why = _("Le disque ou le système a refusé : {why}").format(why=error)
        print(why, file=sys.stderr)
        return _answer("system_refused", why, outcomes.DISK, as_json=getattr(options, "json", False))


def _parser() -> tuple[FrenchParser, dict[str, tuple[str, FrenchParser]]]:
    parser = FrenchParser(
        prog="lanterne",
        description=_("Le dossier d’un cabinet médical, chiffré sur ses propres machines."),
        epilog=_("« lanterne VERBE --help » dit ce que fait chaque verbe et ses options."),
    )
    parser.options.add_argument(
        "--version",
        action="version",
        version=f"Lanterne {lanterne.__version__}",
        help=_("montre la version"),
    )
    verbs = parser.add_subparsers(
        dest="verb", metavar=_("VERBE"), title=_("Verbes"), parser_class=FrenchParser, prog="lanterne"
    )
    return parser, {
        "demo": ("demo", verbs.add_parser("demo", help=_("crée et ouvre un cabinet fictif, pour essayer"))),
        "init": ("init", verbs.add_parser("init", help=_("crée un cabinet et imprime sa fiche de secours"))),
        "serve": ("serve", verbs.add_parser("serve", help=_("ouvre le cabinet dans le navigateur"))),
        "check": ("check", verbs.add_parser("check", help=_("vérifie tout ce qui est enregistré"))),
        "rebuild": ("rebuild", verbs.add_parser("rebuild", help=_("refait les tables de lecture"))),
        "recover": ("recover", verbs.add_parser("recover", help=_("rouvre un cabinet avec sa fiche de secours"))),
        "import": ("bring", verbs.add_parser("import", help=_("reprend les patients d’un autre logiciel"))),
        "empty": ("empty", verbs.add_parser("empty", help=_("efface des écritures, pour une raison que la loi donne"))),
        "person": ("person", verbs.add_parser("person", help=_("ajoute, liste ou dépanne les personnes du cabinet"))),
        "device": ("device", verbs.add_parser("device", help=_("ajoute un poste, les liste, en déclare un perdu"))),
        "reference": ("reference", verbs.add_parser("reference", help=_("dit et charge les médicaments publiés"))),
        "posology": ("posology", verbs.add_parser("posology", help=_("lit des lignes d’ordonnance tapées"))),
        "relay": ("relay", verbs.add_parser("relay", help=_("transporte les données chiffrées entre postes"))),
        "sync": ("sync", verbs.add_parser("sync", help=_("échange avec le relais, un dossier ou un autre poste"))),
        "passphrase": ("passphrase", verbs.add_parser("passphrase", help=_("change sa phrase de passe"))),
    }  # fmt: skip


def _complain(error: LanterneError, as_json: bool) -> int:
    from lanterne.cli.sentences import sentence

    said = sentence(error)
    print(f"lanterne : {said}", file=sys.stderr)
    return _answer(error.code, said, outcomes.exit_code(error), as_json=as_json)


def _answer(code: str, why: str, ending: int, *, as_json: bool) -> int:
    """The same complaint for a program, on the standard output. Returns the exit code."""
    if as_json:
        from lanterne.cli.output import print_json

        # "error" and "sentence" are the first names of the two: scripts were written with them.
        print_json({"code": code, "why": why, "error": code, "sentence": why})
    return ending
