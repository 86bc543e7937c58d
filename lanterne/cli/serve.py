"""`lanterne serve`: the practice in a browser, on this machine only."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from lanterne.cli import access, output
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
    """Run the front; over an empty directory, the pages by which this machine joins a practice.

    Raises FrontError "front.port_taken", NoPractice.
    """
    from lanterne.front import companion, joining
    from lanterne.front.serving import run_front
    from lanterne.front.settings import FrontSettings
    from lanterne.journal.founding import list_seats
    from lanterne.journal.layout import Layout

    layout = Layout(root)
    empty = not joining.has_practice(layout) and (
        layout.joining.exists() or not root.exists() or (root.is_dir() and not any(root.iterdir()))
    )
    if empty:
        output.say(_("Il n’y a pas de cabinet dans {path} : la page qui s’ouvre permet d’en rejoindre un.").format(
            path=root))  # fmt: skip
        output.say(_("Pour en fonder un : Ctrl-C, puis « lanterne init »."))
    run_front(
        root,
        port,
        list_seats=list_seats,
        on_ready=on_ready,
        settings=FrontSettings(idle_s=float(idle_minutes * _SECONDS)),
        companion=companion.DEFAULT_COMMAND,
        joiner=joining.DEFAULT_COMMAND if empty or layout.joining.exists() else (),
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
