"""`lanterne person`: who has an access on this device: add somebody, list them, reset a forgotten
passphrase."""

from __future__ import annotations

import argparse
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, get_args

from lanterne.cli import access, output
from lanterne.cli.french import FrenchParser, _
from lanterne.cli.outcomes import DONE, UsageError
from lanterne.practice.team.facts import Role

_ROLES = get_args(Role)


def configure(parser: FrenchParser) -> None:
    """Its actions and their options."""
    access_words = {
        "add": _("donne un accès à quelqu’un (un administrateur le fait)"),
        "list": _("dit qui a un accès sur ce poste"),
        "leave": _(
            "quelqu’un s’en va : retire tous ses accès, sur tous les postes (un administrateur le fait)"
        ),
        "reset": _("redonne un accès à qui a oublié sa phrase de passe (un autre administrateur le fait)"),
    }
    actions = parser.add_subparsers(
        dest="action", required=True, metavar=_("ACTION"), title=_("Actions"), parser_class=FrenchParser
    )
    parsers = {name: actions.add_parser(name, help=text) for name, text in access_words.items()}
    for name, sub in parsers.items():
        access.add_data(sub)
        if name != "list":
            access.add_person(sub)
        if name in ("add", "reset"):
            access.add_new_passphrase(sub)
        access.add_json(sub)
    adding = parsers["add"].options
    adding.add_argument("--name", required=True, metavar=_("NOM"), help=_("la personne : « Inès Caron »"))
    adding.add_argument("--role", required=True, choices=_ROLES, help=_("sa fonction"))
    adding.add_argument("--admin", action="store_true", help=_("administre aussi le cabinet"))
    adding.add_argument(
        "--until",
        type=day,
        metavar=_("JOUR"),
        help=_("dernier jour de son accès, pour un remplaçant : 2026-08-31"),
    )
    parsers["leave"].options.add_argument(
        "--name", required=True, metavar=_("NOM"), help=_("qui s’en va : un bout de nom suffit")
    )
    parsers["reset"].options.add_argument(
        "--name", required=True, metavar=_("NOM"), help=_("qui a oublié : un bout de nom suffit")
    )


def run(options: argparse.Namespace) -> int:
    """See docs/user/commandes.md."""
    return {"add": _add, "list": _list, "leave": _leave, "reset": _reset}[options.action](options)


def _list(options: argparse.Namespace) -> int:
    from lanterne.journal.founding import list_seats
    from lanterne.journal.journal import Journal
    from lanterne.practice.record import now_ms

    journal = Journal.open(options.data)
    found: list[dict[str, Any]] = []
    cards = list_seats(options.data)
    for card in cards:
        held = journal.membership.seat(card.seat)
        found.append(
            {
                "name": card.label,
                "person": card.person,
                "seat": card.seat,
                "administrator": bool(held and held.admin),
                "reads": [place.name.lower() for place in held.compartments] if held else [],
                "active": journal.membership.is_active(card.seat, now_ms()),
                "not_after": held.not_after if held else None,
                "added": journal.membership.admitted_at(card.seat),
            }
        )
    if options.json:
        output.print_json(found)
        return DONE
    apart = access.told_apart(options.data, cards)
    for one in found:
        alone = [_("administre")] if one["administrator"] else []
        marks = [apart[one["seat"]]] if one["seat"] in apart else alone
        marks += [] if one["active"] else [_("accès terminé")]
        print(one["name"] + (f" ({', '.join(marks)})" if marks else ""))
    return DONE


def _add(options: argparse.Namespace) -> int:
    from lanterne.practice.opening import add_person

    record = access.open_record(options)
    secret = access.new_passphrase(options)
    admitted = add_person(
        record,
        name=options.name,
        role=options.role,
        passphrase=secret,
        administrator=options.admin,
        not_after=end_of(options.until) if options.until is not None else None,
    )
    record.close()
    _told(
        options,
        admitted.person,
        admitted.seat,
        _("{name} a un accès sur ce poste.").format(name=options.name),
    )
    return DONE


def _leave(options: argparse.Namespace) -> int:
    from lanterne.cli.persons import choose_person
    from lanterne.practice.team.accesses import person_leaves

    record = access.open_record(options)
    person = choose_person(record, options.name)
    ended = person_leaves(record, person.id)
    due = [place.name.lower() for place in record.journal.membership.rotation_due(record.clock_ms())]
    record.close()
    if options.json:
        output.print_json({"person": person.id, "ended": list(ended), "rotation_due": due})
    else:
        print(
            _("{name} n’a plus d’accès. Accès retirés : {n}.").format(name=person.display_name, n=len(ended))
        )
    if due:
        output.say(
            _("Il reste des clés à renouveler : un administrateur qui lit les dossiers le fera en ouvrant.")
        )
    return DONE


def _reset(options: argparse.Namespace) -> int:
    from lanterne.practice.opening import reset_passphrase

    forgetful = access.choose_seat(options.data, options.name)
    record = access.open_record(options)
    admitted = reset_passphrase(record, forgetful.seat, passphrase=access.new_passphrase(options))
    record.close()
    said = _("{name} a un nouvel accès ; l’ancien n’ouvre plus rien de nouveau.").format(name=forgetful.label)
    _told(options, admitted.person, admitted.seat, said)
    return DONE


def _told(options: argparse.Namespace, person: str, seat: str, said: str) -> None:
    if options.json:
        output.print_json({"person": person, "seat": seat})
    else:
        print(said)


def day(text: str) -> date:
    """A day typed as an option: 2026-08-31."""
    return date.fromisoformat(text)


def end_of(day: date) -> int:
    """The last millisecond of a day, anywhere in France (Wallis-et-Futuna ends it first, Polynésie last:
    UTC−10)."""
    if day <= datetime.now(UTC).date():
        raise UsageError("not_a_day", typed=day.isoformat())
    end = datetime.combine(day + timedelta(days=1), time(10), tzinfo=UTC)
    return int(end.timestamp() * 1000) - 1
