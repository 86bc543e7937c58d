"""Favourites and ordonnances-types: one person's own. Kept, changed and withdrawn by that person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from lanterne.practice.commands import Look, NewFact
from lanterne.practice.errors import Refusal
from lanterne.practice.kinds import NewerKind
from lanterne.practice.prescriptions.facts import KINDS, TemplateKept, TemplateWithdrawn
from lanterne.practice.prescriptions.rules import check_template
from lanterne.practice.recording import unknown_fields
from lanterne.practice.rights import Right
from lanterne.practice.tables import Connection
from lanterne.wire.names import FactId, PersonId

_KIND = next(kind for kind in KINDS if kind.name == TemplateKept.KIND)


@dataclass(frozen=True, slots=True)
class Template:
    """A template as it stands. `unknown`: fields this program does not know."""

    id: FactId
    body: TemplateKept
    unknown: dict[str, object]


@dataclass(frozen=True, slots=True)
class KeepTemplate:
    """Keep a template, new or in place of those shown (`replaces`; two, when two devices changed it at once)."""

    template: TemplateKept
    replaces: tuple[FactId, ...] = ()
    id: FactId | None = None
    right: Right = Right.PRESCRIBE

    def load(self, look: Look) -> tuple[PersonId, tuple[Template, ...]]:
        """See Command.load."""
        return look.person, _own(look, self.replaces)

    def decide(self, known: tuple[PersonId, tuple[Template, ...]]) -> Sequence[NewFact]:
        """See Command.decide."""
        person, replaced = known
        lines = [msgspec.structs.replace(line, treatment="", before="") for line in self.template.lines]
        body = msgspec.structs.replace(self.template, person=person, lines=lines)
        check_template(body)
        unknown = {name: value for one in replaced for name, value in one.unknown.items()}
        return [NewFact(body, None, self.id, None, self.replaces, unknown)]


@dataclass(frozen=True, slots=True)
class WithdrawTemplate:
    """Offer a template no more."""

    templates: tuple[FactId, ...]
    reason: str = ""
    id: FactId | None = None
    right: Right = Right.PRESCRIBE

    def load(self, look: Look) -> tuple[Template, ...]:
        """See Command.load."""
        return _own(look, self.templates)

    def decide(self, known: tuple[Template, ...]) -> Sequence[NewFact]:
        """See Command.decide."""
        if not known:
            raise Refusal("template_gone")
        withdrawn = TemplateWithdrawn(reason=self.reason.strip())
        return [NewFact(withdrawn, None, self.id, None, tuple(one.id for one in known))]


def templates_of(connection: Connection, person: PersonId) -> list[Template]:
    """The templates of somebody that stand, by title. They hold no patient: no trace is due."""
    rows = connection.execute(
        "SELECT f.id, f.version, f.body FROM statement s JOIN fact f ON f.no = s.fact"
        " WHERE s.live = 1 AND s.kind = (SELECT no FROM kind WHERE name = ?)",
        (TemplateKept.KIND,),
    ).fetchall()
    found = [
        one for one in (_template(*row) for row in rows) if one is not None and one.body.person == person
    ]
    return sorted(found, key=lambda one: (one.body.title.casefold(), one.id))


def _own(look: Look, named: Sequence[FactId]) -> tuple[Template, ...]:
    """Templates of who asks.

    Raises:
        Refusal: "template_gone"; "template_of_another".
    """
    found = []
    for one in named:
        try:
            identifier = bytes.fromhex(one)
        except ValueError as error:
            raise Refusal("template_gone") from error
        row = look.connection.execute(
            "SELECT f.id, f.version, f.body FROM statement s JOIN fact f ON f.no = s.fact"
            " WHERE f.id = ? AND s.live = 1 AND s.kind = (SELECT no FROM kind WHERE name = ?)",
            (identifier, TemplateKept.KIND),
        ).fetchone()
        held = _template(*row) if row is not None else None
        if held is None:
            raise Refusal("template_gone")
        if held.body.person != look.person:
            raise Refusal("template_of_another")
        found.append(held)
    return tuple(found)


def _template(identifier: bytes, version: int, packed: bytes) -> Template | None:
    raw = msgspec.msgpack.decode(packed)
    try:
        body = _KIND.read(int(version), raw)
    except (NewerKind, msgspec.ValidationError):
        return None
    if not isinstance(body, TemplateKept):
        return None
    fields = (field.encode_name for field in msgspec.structs.fields(TemplateKept))
    return Template(FactId(bytes(identifier).hex()), body, unknown_fields(raw, fields))
