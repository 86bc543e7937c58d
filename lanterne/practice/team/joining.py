"""A device joins the practice: for somebody who is here, or somebody new, with what their role reads.

Law: keys are journal.pairing's; here is who it is for. A seat is admitted first, then its person is described, as
when a person is added on this device (practice.opening). Source: docs/format/exchange.md, "A new device".
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import get_args

from lanterne.journal import pairing
from lanterne.journal.pairing import Asked, Welcomed
from lanterne.journal.pairing_messages import Grant
from lanterne.practice.errors import Refusal
from lanterne.practice.opening import compartments_of, describe_new, parse_name
from lanterne.practice.record import Record
from lanterne.practice.rights import Right
from lanterne.practice.team import first_copy, queries
from lanterne.practice.team.facts import Role
from lanterne.wire.names import PersonId

Random = Callable[[int], bytes]


def offer_to_person(
    record: Record,
    person: PersonId,
    *,
    not_after: int | None = None,
    relay: bytes | None = None,
    random: Random = secrets.token_bytes,
) -> bytes:
    """The offer of another device to somebody who is here already: same person, same role.

    Args:
        not_after: end of term, milliseconds since 1970 UTC.
        relay: the file that names the relay.

    Raises:
        NotAllowed: the record is open under somebody who does not manage the team.
        Refusal: "person_unknown".
        DiskFull, DiskFailed: no offer was made.
    """
    record.require(Right.MANAGE_TEAM)
    held = queries.person(record.connection(), person)
    if held is None:
        raise Refusal("person_unknown")
    places = compartments_of(held.role, administrator=held.administrator)
    grant = Grant(person, tuple(sorted(places)), held.administrator, not_after)
    return _offer(record, grant, "", relay, random)


def offer_to_newcomer(
    record: Record,
    *,
    name: str,
    role: Role,
    administrator: bool = False,
    not_after: int | None = None,
    relay: bytes | None = None,
    random: Random = secrets.token_bytes,
) -> bytes:
    """The offer of a device to somebody new. Nothing is written of them before they are admitted.

    Raises:
        NotAllowed, DiskFull, DiskFailed: as `offer_to_person`.
        Refusal: "name_unreadable".
    """
    record.require(Right.MANAGE_TEAM)
    parse_name(name)
    places = compartments_of(role, administrator=administrator)
    grant = Grant(PersonId(random(16).hex()), tuple(sorted(places)), administrator, not_after)
    return _offer(record, grant, json.dumps({"name": name, "role": role}), relay, random)


def take_request(record: Record, request: bytes) -> Asked:
    """Take the new device's request. Raises NotAllowed, and what journal.pairing.take_request raises."""
    record.require(Right.MANAGE_TEAM)
    return pairing.take_request(record.journal, record.seat, request, now_ms=record.clock_ms())


def admit(record: Record, request: bytes, code: str, *, random: Random = secrets.token_bytes) -> Welcomed:
    """Admit the device whose code was typed, and write who its person is. Asked again, finishes what was begun.

    Raises NotAllowed, and what journal.pairing.admit_request raises.
    """
    record.require(Right.MANAGE_TEAM)
    welcomed = pairing.admit_request(
        record.journal,
        record.seat,
        record.keyring,
        request,
        code,
        now_ms=record.clock_ms(),
        random=random,
    )
    if welcomed.about and queries.person(record.connection(), welcomed.person) is None:
        about = json.loads(welcomed.about)
        role: Role = about["role"] if about["role"] in get_args(Role) else "secretary"
        seat = record.journal.membership.seat(welcomed.seat)
        describe_new(
            record, welcomed.person, about["name"], role, administrator=seat is not None and seat.admin
        )
    record.catch_up()
    # After the person was described: their own device must know at once who they are.
    return welcomed._replace(admission=pairing.name_first(welcomed.admission, first_copy.gather(record)))


def _offer(record: Record, grant: Grant, about: str, relay: bytes | None, random: Random) -> bytes:
    return pairing.make_offer(
        record.journal,
        record.seat,
        grant,
        now_ms=record.clock_ms(),
        random=random,
        relay=relay,
        about=about,
    )
