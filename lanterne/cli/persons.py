"""Which person or device of the practice is meant, by a bit of its name: for verbs that have the record open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanterne.cli.access import plain
from lanterne.cli.outcomes import UsageError

if TYPE_CHECKING:
    from lanterne.practice.record import Record
    from lanterne.practice.team.accesses import Device
    from lanterne.practice.team.queries import Person

_SHORTEST_ID = 4


def choose_person(record: Record, wanted: str) -> Person:
    """The person whose name is this, or begins so, or holds such words, or whose number begins so.

    Raises:
        UsageError: nobody, or several.
    """
    from lanterne.practice.team import queries

    everybody = queries.persons(record.connection())
    asked = plain(wanted)
    ways = (
        lambda one: plain(one.display_name) == asked,
        lambda one: plain(one.display_name).startswith(asked),
        lambda one: all(
            any(own.startswith(word) for own in plain(one.display_name).split()) for word in asked.split()
        ),
        lambda one: len(asked) >= _SHORTEST_ID and one.id.startswith(asked),
    )
    found = next((some for way in ways if asked and (some := [one for one in everybody if way(one)])), [])
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"{one.display_name} ({one.id[:8]})" for one in found or everybody)
    raise UsageError("as_ambiguous" if found else "as_unknown", name=wanted, names=names)


def choose_device(record: Record, wanted: str) -> Device:
    """The device whose number begins so. Raises UsageError: none, or several."""
    from lanterne.practice.team.accesses import devices

    held = devices(record)
    asked = wanted.strip().lower()
    found = [one for one in held if len(asked) >= _SHORTEST_ID and one.id.startswith(asked)]
    if len(found) != 1:
        raise UsageError("device_which", typed=wanted, numbers=", ".join(one.id[:8] for one in found or held))
    return found[0]
