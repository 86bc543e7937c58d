"""`lanterne device`: another machine of the practice: add it in four steps, list them, declare one lost.

Law: nobody is admitted before the code of the new machine was typed on the trusted one, which never shows it.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path
from typing import Any, get_args

from lanterne.cli import access, carried, output
from lanterne.cli.french import FrenchParser, _
from lanterne.cli.init import refuse_not_empty
from lanterne.cli.outcomes import DONE, UsageError
from lanterne.cli.person import day, end_of
from lanterne.practice.team.facts import Role

_ROLES = get_args(Role)


def configure(parser: FrenchParser) -> None:
    """Its actions and their options."""
    words = {
        "offer": _("1. sur un poste du cabinet : prépare l’ajout d’un poste (un administrateur le fait)"),
        "join": _("2. sur le nouveau poste : répond à l’offre, la personne choisit sa phrase de passe"),
        "admit": _(
            "3. sur le poste du cabinet : révèle le code, puis accepte le poste une fois le code tapé"
        ),
        "finish": _("4. sur le nouveau poste : montre le code, puis termine l’ajout"),
        "list": _("dit quels postes et quels accès a le cabinet"),
        "lost": _("un poste perdu ou volé : retire tous ses accès et renouvelle les clés"),
    }
    actions = parser.add_subparsers(
        dest="action", required=True, metavar=_("ACTION"), title=_("Actions"), parser_class=FrenchParser
    )
    parsers = {name: actions.add_parser(name, help=text) for name, text in words.items()}
    for name, sub in parsers.items():
        access.add_data(sub)
        if name in ("offer", "admit", "list", "lost"):
            access.add_person(sub)
        access.add_json(sub)
    _configure_offer(parsers["offer"])
    joining = parsers["join"]
    _file(joining, "--offer", _("l’offre apportée du poste du cabinet"))
    _file(joining, "--request", _("où écrire la demande, à rapporter au poste du cabinet"))
    joining.options.add_argument(
        "--name", required=True, metavar=_("NOM"), help=_("le nom à montrer pour déverrouiller ce poste")
    )
    access.add_passphrase(joining)
    admitting = parsers["admit"]
    _file(admitting, "--request", _("la demande apportée du nouveau poste"))
    _file(
        admitting, "--out", _("où écrire la réponse, à porter au nouveau poste : deux fois, sous le même nom")
    )
    admitting.options.add_argument(
        "--code", metavar=_("CODE"), help=_("le code que montre le nouveau poste (sinon demandé au terminal)")
    )
    _file(admitting, "--entries", _("écrit aussi tout le journal, pour une première copie"), required=False)
    finishing = parsers["finish"]
    _file(finishing, "--admission", _("la réponse apportée du poste du cabinet"))
    finishing.options.add_argument(
        "--entries", type=Path, nargs="+", default=[], metavar=_("FICHIER"), help=_("le journal apporté")
    )
    parsers["lost"].options.add_argument(
        "--device", required=True, metavar=_("NUMÉRO"), help=_("le poste : le début de son numéro")
    )


def _configure_offer(parser: FrenchParser) -> None:
    _file(parser, "--out", _("où écrire l’offre, à porter au nouveau poste"))
    options = parser.options
    options.add_argument(
        "--person", dest="whom", metavar=_("NOM"), help=_("pour quelqu’un du cabinet : un bout de nom suffit")
    )
    options.add_argument(
        "--name", metavar=_("NOM"), help=_("pour quelqu’un de nouveau : « Dr Théo Lambert »")
    )
    options.add_argument("--role", choices=_ROLES, help=_("la fonction de qui est nouveau"))
    options.add_argument(
        "--admin", action="store_true", help=_("qui est nouveau administre aussi le cabinet")
    )
    options.add_argument(
        "--until",
        type=day,
        metavar=_("JOUR"),
        help=_("dernier jour de son accès, pour un remplaçant : 2026-08-31"),
    )


def _file(parser: FrenchParser, name: str, text: str, *, required: bool = True) -> None:
    parser.options.add_argument(name, type=Path, required=required, metavar=_("FICHIER"), help=text)


def run(options: argparse.Namespace) -> int:
    """See docs/user/commandes.md."""
    acts = {"offer": _offer, "join": _join, "admit": _admit, "finish": _finish, "list": _list, "lost": _lost}
    return acts[options.action](options)


def _offer(options: argparse.Namespace) -> int:
    from lanterne.cli.persons import choose_person
    from lanterne.practice.team import joining
    from lanterne.sync.ways import offered_relay

    newcomer = options.name is not None and options.role is not None
    if newcomer == (options.whom is not None) or (options.name is None) != (options.role is None):
        raise UsageError("offer_to_whom")
    until = end_of(options.until) if options.until is not None else None
    record = access.open_record(options)
    relay = offered_relay(record.journal)
    if newcomer:
        offer = joining.offer_to_newcomer(
            record,
            name=options.name,
            role=options.role,
            administrator=options.admin,
            not_after=until,
            relay=relay,
        )
        whom = options.name
    else:
        person = choose_person(record, options.whom)
        offer = joining.offer_to_person(record, person.id, not_after=until, relay=relay)
        whom = person.display_name
    record.close()
    carried.write_message(options.out, offer)
    _told(
        options, {"offer": str(options.out), "for": whom}, _("Offre pour {name} : {path}"), whom, options.out
    )
    output.say(_("Portez-la sur le nouveau poste, puis là-bas : lanterne device join. Elle vaut 72 heures."))
    return DONE


def _join(options: argparse.Namespace) -> int:
    from lanterne.practice.opening import parse_name

    root: Path = options.data
    name = parse_name(options.name)
    refuse_not_empty(root)
    offer = carried.read_message(options.offer)
    secret = access.chosen_passphrase(access.given_passphrase(options))
    joined = _joined(root, offer, name.shown, secret)
    carried.write_message(options.request, joined.request)
    told = {"practice": joined.practice, "seat": joined.seat, "request": str(options.request)}
    _told(options, told, _("Demande de {name} : {path}"), name.shown, options.request)
    output.say(_("Rapportez-la au poste du cabinet, puis là-bas : lanterne device admit."))
    return DONE


def _joined(root: Path, offer: bytes, label: str, secret: str) -> Any:
    """Join; what was refused leaves nothing behind."""
    import secrets

    from lanterne.journal.pairing import join
    from lanterne.practice.record import now_ms

    before = root.exists()
    try:
        return join(root, offer, label=label, passphrase=secret, now_ms=now_ms(), random=secrets.token_bytes)
    except BaseException:
        if root.exists():
            for path in root.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            if not before:
                root.rmdir()
        raise


def _admit(options: argparse.Namespace) -> int:
    from lanterne.practice.team import joining

    request = carried.read_message(options.request)
    record = access.open_record(options)
    asked = joining.take_request(record, request)
    code = options.code
    if code is None:
        carried.write_message(options.out, asked.reveal)
        output.say(_("Réponse : {path}").format(path=options.out))
        output.say(
            _("Portez-la au nouveau poste, puis là-bas : lanterne device finish. Il montrera un code.")
        )
        if not sys.stdin.isatty():
            output.say(_("Relancez ensuite cette commande avec --code."))
            if options.json:
                output.print_json({"admitted": False, "answer": str(options.out)})
            return DONE
        print(_("Le code que montre le nouveau poste : "), end="", file=sys.stderr, flush=True)
        code = sys.stdin.readline()
    welcomed = joining.admit(record, request, code)
    carried.write_message(options.out, welcomed.admission)
    entries = None
    if options.entries is not None:
        entries = carried.write_entries(options.entries, _everything(record))
    record.close()
    told = {
        "admitted": True,
        "answer": str(options.out),
        "person": welcomed.person,
        "seat": welcomed.seat,
        "entries": entries,
    }
    _told(options, told, _("Le poste est accepté : {path}"), "", options.out)
    output.say(_("Portez cette réponse au nouveau poste, puis là-bas, encore : lanterne device finish."))
    return DONE


def _everything(record: Any) -> Any:
    from lanterne.wire.names import Stream

    for stream in (Stream.MEMBERS, Stream.CARE, Stream.TRACE):
        for arrived in record.journal.since(stream):
            yield arrived.entry.raw


def _finish(options: argparse.Namespace) -> int:
    from lanterne.journal import pairing
    from lanterne.journal.journal import Journal
    from lanterne.sync.ways import keep_offered_relay
    from lanterne.wire.errors import EntryRefused

    journal = Journal.open(options.data)
    done = pairing.finish(journal, carried.read_message(options.admission))
    if not done.admitted:
        _told(options, {"code": done.code, "admitted": False}, _("Code : {name}"), done.code, None)
        output.say(_("Tapez ce code sur le poste du cabinet, et nulle part ailleurs."))
        return DONE
    relay = keep_offered_relay(journal, done.relay)
    received = refused = 0
    for path in options.entries:
        for answer in journal.receive_many(carried.read_entries(path)):
            refused += isinstance(answer, EntryRefused)
            received += not isinstance(answer, EntryRefused)
    lacking = len(pairing.lacking(journal))
    told = {
        "admitted": True,
        "practice": journal.practice,
        "seat": done.seat,
        "received": received,
        "refused": refused,
        "lacking": lacking,
        "relay": None if relay is None else relay.url,
    }
    _told(options, told, _("Ce poste fait partie du cabinet. Écritures reçues : {name}"), str(received), None)
    if refused:
        output.say(_("{n} écritures apportées ont été refusées : le fichier a été altéré.").format(n=refused))
    if relay is not None:
        output.say(_("Le relais du cabinet est retenu ici : {url}").format(url=relay.url))
    if lacking:
        output.say(_("Il n’a pas encore tout reçu : la suite viendra d’un échange avec un autre poste."))
    return DONE if not refused else 1


def _list(options: argparse.Namespace) -> int:
    from lanterne.practice.team import queries
    from lanterne.practice.team.accesses import devices

    record = access.open_record(options)
    connection = record.connection()
    found: list[dict[str, Any]] = []
    for device in devices(record):
        held = []
        for one in device.accesses:
            person = queries.person(connection, one.person)
            held.append(
                {
                    "seat": one.seat,
                    "person": one.person,
                    "name": person.display_name if person is not None else "",
                    "added": one.since,
                    "not_after": one.until,
                    "last": one.last,
                    "state": one.state or "active",
                    "administrator": one.admin,
                    "reads": [place.name.lower() for place in one.reads],
                }
            )
        found.append({"device": device.id, "here": device.here, "accesses": held})
    record.close()
    if options.json:
        output.print_json(found)
        return DONE
    states = {"active": "", "ended": _("accès terminé"), "revoked": _("retiré")}
    for shown in found:
        print(_("poste {id}").format(id=shown["device"][:8]) + (_(" (ce poste)") if shown["here"] else ""))
        for one in shown["accesses"]:
            state = states[one["state"]]
            print(f"  {one['name'] or one['seat'][:8]}" + (f" ({state})" if state else ""))
    return DONE


def _lost(options: argparse.Namespace) -> int:
    from lanterne.cli.persons import choose_device
    from lanterne.practice.team.accesses import device_lost

    record = access.open_record(options)
    device = choose_device(record, options.device)
    ended = device_lost(record, device.id)
    due = [place.name.lower() for place in record.journal.membership.rotation_due(record.clock_ms())]
    record.close()
    told = {"device": device.id, "ended": list(ended), "rotation_due": due}
    _told(options, told, _("Accès retirés : {name}. Les clés sont renouvelées."), str(len(ended)), None)
    if due:
        output.say(
            _("Il reste des clés à renouveler : un administrateur qui lit les dossiers le fera en ouvrant.")
        )
    return DONE


def _told(
    options: argparse.Namespace, value: dict[str, Any], said: str, name: str, path: Path | None
) -> None:
    if options.json:
        output.print_json(value)
    else:
        print(said.format(name=name, path=path))
