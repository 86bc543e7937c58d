"""The ways between the two machines: a relay that is killed, a stick that is taken away, a cable that is pulled out.

Law: each is the only way while its act lasts.
"""

from __future__ import annotations

import socket

from lanterne.demo.cut.cable import Cable
from lanterne.demo.cut.french import _
from lanterne.demo.cut.play import Play, Way
from lanterne.demo.cut.processes import RelayProcess


def by_relay(play: Play) -> Way:
    """`lanterne relay` in a process of its own, killed and started again on what its disk kept."""
    relay: RelayProcess = play.relay

    def kept() -> None:
        relay.start()
        for machine in play.machines:
            machine.sync("--relay", relay.url)

    def forgotten() -> None:
        for machine in play.machines:
            machine.sync("--relay", relay.url, "--forget")
        relay.kill()

    title = _("Par le relais seul : tué (kill -9), puis relancé.")
    return Way(title, kept, relay.kill, relay.start, forgotten)


def by_folder(play: Play) -> Way:
    """A stick, taken away and put back."""

    def tell(what: str) -> None:
        for machine in play.machines:
            machine.sync("--folder", str(play.stick), what)

    title = _("Par un dossier seul : une clé USB, retirée, puis remise.")
    return Way(
        title,
        lambda: tell("--keep"),
        lambda: rename(play, away=True),
        lambda: rename(play, away=False),
        lambda: tell("--forget"),
    )


def rename(play: Play, *, away: bool) -> None:
    """What a stick that leaves looks like from here."""
    elsewhere = play.stick.with_name("cle-usb-partie")
    (play.stick.rename(elsewhere) if away else elsewhere.rename(play.stick))


def by_network(play: Play) -> Way:
    """Théo's machine knows the address of Garance's; the cable between them is pulled out."""
    garance, theo = play.machines
    port = free_port()
    cable = play.cable = Cable(port)

    def kept() -> None:
        cable.plug()
        garance.sync("--listen", str(port))
        theo.sync("--device", f"127.0.0.1:{cable.port}", "--keep")

    def forgotten() -> None:
        theo.sync("--device", f"127.0.0.1:{cable.port}", "--forget")
        garance.sync("--listen", "0")

    title = _("Par le réseau du cabinet seul : le câble débranché, puis rebranché.")
    return Way(title, kept, cable.pull, cable.plug, forgotten)


def free_port() -> int:
    """A port nobody has now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
