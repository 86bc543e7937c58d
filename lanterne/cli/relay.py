"""`lanterne relay`: carries sealed entries between the devices of practices; suspends, resumes, says
something."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from lanterne.cli import access, output
from lanterne.cli.french import FrenchParser, _
from lanterne.cli.outcomes import DONE, UsageError
from lanterne.wire.statements import Scope, State

if TYPE_CHECKING:
    from lanterne.relay.house import House

PORT = 8790
MOST_OPEN = 1_000
_SIZES = {"practice": 64, "device": 32, "seat": 32}
_STATES = {"suspend": State.SUSPENDED, "resume": State.RESUMED, "notice": State.NOTICE}


def configure(parser: FrenchParser) -> None:
    """Its options, and its actions."""
    _add_data(parser)
    parser.options.add_argument(
        "--host",
        default="127.0.0.1",
        metavar=_("ADRESSE"),
        help=_("l’adresse où il écoute (127.0.0.1 ; :: ou 0.0.0.0 pour toutes)"),
    )
    parser.options.add_argument(
        "--port", type=_port, default=PORT, metavar=_("PORT"), help=_("le port (8790 ; 0 : un port libre)")
    )
    parser.options.add_argument(
        "--tls-cert",
        type=Path,
        metavar=_("FICHIER"),
        help=_("répond en https avec ce certificat, suivi de ceux qui le signent (PEM)"),
    )
    parser.options.add_argument(
        "--tls-key",
        type=Path,
        metavar=_("FICHIER"),
        help=_("la clé de ce certificat (PEM, sans mot de passe)"),
    )
    who = parser.options.add_mutually_exclusive_group()
    who.add_argument(
        "--practices",
        type=Path,
        metavar=_("FICHIER"),
        help=_("les cabinets qui peuvent commencer ici : un identifiant par ligne, relu quand il change"),
    )
    who.add_argument(
        "--open",
        type=_count,
        nargs="?",
        const=MOST_OPEN,
        default=0,
        metavar=_("NOMBRE"),
        help=_("tout cabinet peut commencer ici, jusqu’à ce nombre (1000)"),
    )
    access.add_json(parser)
    actions = parser.add_subparsers(
        dest="action", metavar=_("ACTION"), title=_("Actions"), parser_class=FrenchParser
    )
    words = {
        "suspend": _("ferme ce relais à un accès, un poste, un cabinet ou à tous ; rien d’autre ne change"),
        "resume": _("le rouvre"),
        "notice": _("dit quelque chose, sans rien fermer"),
    }
    for name, text in words.items():
        _configure_notice(actions.add_parser(name, help=text), name)


def _add_data(parser: FrenchParser) -> None:
    parser.options.add_argument(
        "--data", type=Path, default=argparse.SUPPRESS, metavar=_("DOSSIER"), help=_("le dossier du relais")
    )


def _configure_notice(parser: FrenchParser, name: str) -> None:
    _add_data(parser)
    whom = parser.options.add_mutually_exclusive_group(required=True)
    whom.add_argument("--all", action="store_true", help=_("tous ceux qui passent par ce relais"))
    helps = {
        "practice": _("un cabinet (64 chiffres hexadécimaux)"),
        "device": _("un poste (32)"),
        "seat": _("un accès (32)"),
    }
    for scope, text in helps.items():
        whom.add_argument(f"--{scope}", type=_identifier(scope), metavar=_("IDENTIFIANT"), help=text)
    parser.options.add_argument(
        "--text",
        required=name != "resume",
        default="",
        metavar=_("TEXTE"),
        help=_("ce que les postes montrent, signé par ce relais"),
    )
    parser.options.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help=_("écrit le résultat en JSON")
    )


def run(options: argparse.Namespace) -> int:
    """See docs/user/commandes.md."""
    if not hasattr(options, "data"):
        raise UsageError("relay.data_missing")
    if options.action is not None:
        return _say(options)
    return _serve(options)


def _serve(options: argparse.Namespace) -> int:
    from lanterne.relay.registration import Registration
    from lanterne.relay.serving import Certificate, serve

    if (options.tls_cert is None) != (options.tls_key is None):
        raise UsageError("relay.half_a_certificate")
    tls = None if options.tls_cert is None else Certificate(options.tls_cert, options.tls_key)
    registration = Registration(options.practices, options.open)
    registration.listed()  # a list that cannot be read is said now, not to the first practice

    def ready(url: str, house: House) -> None:
        relay, key = house.key.id, house.key.public.hex()
        if options.json:
            output.print_json({"url": url, "relay": relay, "key": key})
            return
        print(_("Le relais est prêt : {url}").format(url=url), flush=True)
        print(_("Identifiant : {relay}").format(relay=relay))
        print(_("Clé publique : {key}").format(key=key))
        print(_("Ctrl-C pour l’arrêter ; les postes continuent sans lui."), flush=True)

    serve(
        options.data,
        host=options.host,
        port=options.port,
        registration=registration,
        on_ready=ready,
        tls=tls,
    )
    return DONE


def _say(options: argparse.Namespace) -> int:
    from lanterne.relay.place import publish

    scope, subject = _whom(options)
    notice = publish(
        options.data, scope=scope, subject=subject, state=_STATES[options.action], text=options.text
    )
    if options.json:
        output.print_json(
            {
                "scope": scope.value,
                "id": subject,
                "state": notice.state.value,
                "text": notice.text,
                "time": notice.time,
            }
        )
        return DONE
    said = {
        "suspend": _("Suspendu : ce relais répond par cet avis, et rien d’autre ne change."),
        "resume": _("Rouvert."),
        "notice": _("L’avis est remis aux postes à leur prochain échange."),
    }
    print(said[options.action])
    return DONE


def _whom(options: argparse.Namespace) -> tuple[Scope, str | None]:
    for scope in (Scope.PRACTICE, Scope.DEVICE, Scope.SEAT):
        subject = getattr(options, scope.value)
        if subject is not None:
            return scope, str(subject)
    return Scope.ALL, None


def _identifier(scope: str) -> Callable[[str], str]:
    pattern = re.compile(f"[0-9a-f]{{{_SIZES[scope]}}}")

    def identifier(text: str) -> str:
        if pattern.fullmatch(text) is None:
            raise ValueError(text)
        return text

    return identifier


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65_535:
        raise ValueError(text)
    return number


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1_000_000:
        raise ValueError(text)
    return number
