"""From what waits to what the page shows. Every word of it may come from outside, or from another device."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from lanterne.desk.arrivals import view
from lanterne.desk.forms.document import KINDS
from lanterne.desk.forms.fields import french
from lanterne.desk.frame.build import day_only, display_name, moment
from lanterne.desk.opening import presence_of
from lanterne.desk.presence import Presence
from lanterne.desk.tasks.page import of_sources as tasks_of_sources
from lanterne.desk.tasks.page import thread_of_statement
from lanterne.intake.filing.outcomes import Outcome, Word
from lanterne.intake.filing.outcomes import sentence as outcome_sentence
from lanterne.practice.arrivals.facts import SaidIdentity
from lanterne.practice.arrivals.queries import Item
from lanterne.practice.patients import queries as patients
from lanterne.practice.reading import OpenInbox
from lanterne.practice.team import queries as team
from lanterne.wire.names import PatientId, PersonId

# What one screen of a morning holds; the rest comes up as these go.
MOST_LINES = 150

# (word of the address, French msgid, what belongs to it)
FILTERS: tuple[tuple[str, str, Callable[[Item, PersonId], bool]], ...] = (
    ("", _("Tout"), lambda item, me: True),
    ("moi", _("À moi"), lambda item, me: me in item.persons),
    ("rattacher", _("À rattacher"), lambda item, me: item.state == "to_attach"),
    ("cote", _("Mis de côté"), lambda item, me: item.state == "quarantined"),
)

_WORDS: dict[Word, tuple[str, str]] = {
    "structured": (_("repris au dossier"), "ok"),
    "document": (_("classé au dossier"), "ok"),
    "duplicate": (_("déjà connu"), ""),
    "to_attach": (_("à rattacher"), "warn"),
    "quarantined": (_("mis de côté"), "warn"),
}


def why_text(code: str, params: Mapping[str, str]) -> str:
    """Why something waits or was refused; a sentence whose words are missing is named by its code."""
    try:
        return outcome_sentence(code, params, _)
    except (KeyError, ValueError, TypeError):
        return _("Ce fichier n’a pas été repris (%(code)s).") % {"code": code}


def filter_of(request: HttpRequest) -> str:
    """The filter of an address; everything for a word that is none."""
    word = request.GET.get("filtre", "")
    return word if word in {key for key, _label, _belongs in FILTERS} else ""


def chosen(inbox: OpenInbox, items: Sequence[Item], word: str) -> list[Item]:
    """What a filter keeps."""
    belongs = next(test for key, _label, test in FILTERS if key == word)
    return [item for item in items if belongs(item, inbox.reader.person)]


def after(items: Sequence[Item], arrival: str) -> Item | None:
    """What comes next once this one is gone: the one below it, else the one above."""
    place = next((number for number, item in enumerate(items) if arrival in item.arrivals), None)
    if place is None:
        return items[0] if items else None
    rest = [*items[place + 1 :], *reversed(items[:place])]
    return rest[0] if rest else None


def address(item: Item | None, word: str, name: str = "arrival") -> str:
    """Where an item is open in the list, under a filter."""
    url = reverse("arrivals") if item is None else reverse(name, args=[item.arrivals[0]])
    return f"{url}?{urlencode({'filtre': word})}" if word else url


class Lines:
    """Makes lines, looking up each patient and each person once."""

    def __init__(self, presence: Presence, inbox: OpenInbox, word: str) -> None:
        self.presence = presence
        self.inbox = inbox
        self.word = word
        self._patients: dict[PatientId, tuple[str, str]] = {}
        self._persons: dict[PersonId, str] = {}
        self._tasks = tasks_of_sources(presence, inbox.connection)

    def _to_do(self, item: Item) -> tuple[str, ...]:
        """What somebody is to do about an item: about the document, or about what arrived, by any of its versions."""
        named = [*item.arrivals, *([item.document] if item.document else [])]
        threads = {thread_of_statement(self.inbox.connection, one) for one in named} if self._tasks else set()
        return tuple(said for thread in sorted(threads) for said in self._tasks.get(thread, ()))

    def line(self, item: Item, *, current: bool = False) -> view.Line:
        """One item as a line."""
        name, born = self._named(item)
        held = item.arrival
        return view.Line(
            id=item.arrivals[0],
            state=item.state,
            url=address(item, self.word),
            name=name,
            born=born,
            said=item.patient is None,
            attention=item.attention,
            title=item.title or (held.file_name if held else "") or _("sans titre"),
            kind=str(dict(KINDS).get(item.kind, "")) if item.kind != "other" else "",
            sender=item.sender,
            at=day_only(item.at) if item.at else None,
            received=moment(item.received_ms, self.presence.record.clock_ms()),
            persons=tuple(self.person(one) for one in item.persons),
            mine=self.inbox.reader.person in item.persons,
            withdrawn=item.withdrawn,
            why=why_text(held.why, held.params) if held else "",
            current=current,
            to_do=self._to_do(item),
        )

    def person(self, person: PersonId) -> str:
        """Somebody's name."""
        if person not in self._persons:
            found = team.person(self.inbox.connection, person)
            self._persons[person] = found.display_name if found else _("quelqu’un d’autre")
        return self._persons[person]

    def _named(self, item: Item) -> tuple[str, str]:
        if item.patient is None:
            identity = item.arrival.identity if item.arrival else None
            return said_name(identity), said_born(identity)
        if item.patient not in self._patients:
            found = patients.identity(self.inbox.connection, item.patient)
            self._patients[item.patient] = (
                (display_name(found), french(found.birth_date)) if found else (_("patient inconnu"), "")
            )
        return self._patients[item.patient]


def said_name(said: SaidIdentity | None) -> str:
    """The name a document gives, as the list writes names; empty when it gives none."""
    if said is None:
        return ""
    given = said.first_given or " ".join(said.given_names[:1])
    return " ".join(filter(None, ((said.used_name or said.birth_name).upper(), given)))


def said_born(said: SaidIdentity | None) -> str:
    """The birth date a document gives, in French."""
    return french(said.birth_date) if said is not None else ""


def said_lines(said: SaidIdentity | None) -> tuple[tuple[str, str], ...]:
    """Whose document it says it is, trait by trait."""
    if said is None:
        return ()
    sexes = {"female": _("Femme"), "male": _("Homme")}
    traits = (
        (_("Nom de naissance"), said.birth_name),
        (_("Nom utilisé"), said.used_name if said.used_name != said.birth_name else ""),
        (_("Prénoms"), " ".join(said.given_names) or said.first_given),
        (_("Naissance"), french(said.birth_date)),
        (_("Sexe"), sexes.get(said.sex, "")),
        (_("Matricule"), said.matricule),
    )
    return tuple((label, value) for label, value in traits if value)


def filters(inbox: OpenInbox, items: Sequence[Item], word: str) -> tuple[view.Filter, ...]:
    """The tabs, with how many wait under each."""
    here = reverse("arrivals")
    return tuple(
        view.Filter(
            key, label, len(chosen(inbox, items, key)), f"{here}?filtre={key}" if key else here, key == word
        )
        for key, label, _belongs in FILTERS
    )


def left(request: HttpRequest, outcomes: Sequence[Outcome], *, reads: bool) -> tuple[view.Left, ...]:
    """What became of files, for who left them: a secretary reads no patient of a document, nor what is in it."""
    return tuple(_left(request, one, reads=reads) for one in outcomes)


def _left(request: HttpRequest, outcome: Outcome, *, reads: bool) -> view.Left:
    word, tone = _WORDS[outcome.outcome]
    if not reads:
        known = outcome.outcome in ("duplicate", "quarantined")
        return view.Left(
            file=outcome.file,
            word=_(word) if known else _("déposé"),
            why=why_text(outcome.why, outcome.params) if known else _("Un soignant le classera."),
            tone="ok" if not known else tone,  # type: ignore[arg-type]
        )
    name, url = "", ""
    if outcome.patient is not None:
        found = patients.identity(presence_of(request).record.tables.read(), outcome.patient)
        name = display_name(found) if found else ""
        url = reverse("chart", args=[outcome.patient])
        if outcome.document is not None:
            url = reverse("document", args=[outcome.patient, outcome.document])
    elif outcome.arrival is not None:
        url = reverse("arrival", args=[outcome.arrival])
    return view.Left(
        file=outcome.file,
        word=_(word),
        why=why_text(outcome.why, outcome.params),
        tone=tone,  # type: ignore[arg-type]
        name=name,
        url=url,
        facts=outcome.facts,
        not_kept=outcome.not_kept,
    )
