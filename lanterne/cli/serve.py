"""`lanterne serve`: the practice in a browser, on this machine only."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from lanterne.cli import access
from lanterne.cli.french import FrenchParser, _
from lanterne.cli.outcomes import DONE

PORT = 8765
_SECONDS = 60


def configure(parser: FrenchParser) -> None:
    """Its options."""
    access.add_data(parser)
    add_port(parser)
    parser.options.add_argument(
        "--idle-minutes",
        type=_minutes,
        default=15,
        metavar=_("MINUTES"),
        help=_("verrouille un accès sans activité depuis ce temps (15 minutes, 240 au plus)"),
    )


def add_port(parser: FrenchParser) -> None:
    """--port and --no-browser."""
    parser.options.add_argument(
        "--port",
        type=_port,
        default=PORT,
        metavar=_("PORT"),
        help=_("le port, sur 127.0.0.1 (8765 ; 0 : un port libre)"),
    )
    parser.options.add_argument("--no-browser", action="store_true", help=_("n’ouvre pas le navigateur"))


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C. See docs/user/commandes.md."""
    serve(
        options.data, options.port, idle_minutes=options.idle_minutes, on_ready=announce(options.no_browser)
    )
    return DONE


def serve(root: Path, port: int, *, idle_minutes: int, on_ready: Callable[[str], None]) -> None:
    """Run the front. Raises FrontError "front.port_taken", NoPractice."""
    from lanterne.front.companion import DEFAULT_COMMAND
    from lanterne.front.serving import run_front
    from lanterne.front.settings import FrontSettings
    from lanterne.journal.founding import list_seats

    settings = FrontSettings(idle_s=float(idle_minutes * _SECONDS))
    run_front(
        root, port, list_seats=list_seats, on_ready=on_ready, settings=settings, companion=DEFAULT_COMMAND
    )


def announce(no_browser: bool) -> Callable[[str], None]:
    """Prints the address once it answers, and opens the browser unless told not to."""

    def ready(url: str) -> None:
        print(_("Lanterne est prête : {url}").format(url=url), flush=True)
        print(_("Ctrl-C pour l’arrêter ; tout est alors verrouillé."), flush=True)
        if not no_browser:
            import webbrowser

            webbrowser.open(url)

    return ready


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65_535:
        raise ValueError(text)
    return number


def _minutes(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 240:
        raise ValueError(text)
    return number
