"""The ways this device keeps, and how the exchange in the background goes by them, in French and for programs.

Law: only what the background told lately; its silence is said, never filled in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from lanterne.cli.exchange_words import moment
from lanterne.cli.french import _
from lanterne.cli.sentences import told

if TYPE_CHECKING:
    from lanterne.journal.journal import Journal
    from lanterne.sync.going import WayGoing

WAYS: dict[str, str] = {
    "relay": _("relais {name}"),
    "folder": _("dossier {name}"),
    "device": _("poste à l’adresse {name}"),
}


def ways_told(journal: Journal, now_ms: int) -> dict[str, Any]:
    """What is kept and told, for a program."""
    from lanterne.sync.going import read_going
    from lanterne.sync.ways import read_ways

    ways, going = read_ways(journal), read_going(journal)
    return {
        "ways": {
            "relay": None if ways.relay is None else ways.relay.url,
            "folders": [str(folder) for folder in ways.folders],
            "devices": list(ways.devices),
            "listen": ways.listen,
            "damaged": list(ways.damaged),
        },
        "background": {
            "alive": going.alive(now_ms),
            "listening": going.listening,
            "ways": [{**asdict(one), "way": one.way.value} for one in going.ways],
            "troubles": [asdict(one) for one in going.troubles],
        },
    }


def ways_spoken(journal: Journal, now_ms: int) -> Iterator[str]:
    """The lines for a person; none while no way is kept."""
    from lanterne.sync.going import WayGoing, read_going
    from lanterne.sync.ways import read_ways
    from lanterne.sync.ways_open import destinations

    ways, going = read_ways(journal), read_going(journal)
    if not ways.any and not ways.damaged:
        return
    alive = going.alive(now_ms)
    if alive:
        yield _("L’échange se fait de lui-même, par :")
    else:
        yield _("L’échange se fera de lui-même tant que « lanterne serve » tourne, par :")
    for place in destinations(ways):
        yield "  " + _line(going.of(place.way, place.name) or WayGoing(place.way, place.name), alive)
    if ways.listen:
        yield _("  les autres postes du réseau, qui appellent celui-ci au port {port}").format(
            port=ways.listen
        )
    for trouble in going.troubles if alive else ():
        yield told(trouble.code, {})


def _line(one: WayGoing, alive: bool) -> str:
    name = WAYS[one.way.value].format(name=one.name)
    if alive and one.running:
        return _("{way} : échange en cours").format(way=name)
    if alive and one.why:
        return _("{way} : {why}").format(way=name, why=told(one.why, {}))
    if one.last_whole:
        return _("{way} : dernier échange entier le {when}").format(way=name, when=moment(one.last_whole))
    return _("{way} : pas encore d’échange entier").format(way=name)
