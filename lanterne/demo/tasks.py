"""What the fictional practice has to do: messages the secretary took, calls, tasks, recalls; some late, some done.

Law: same seed, same day, same patients, same lists. Most was said yesterday and the days before: a demonstration
opens on lists as a practice finds them in the morning.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from lanterne.demo import places
from lanterne.demo.events import Author, DemoEvent, Scribe, last_working_day, moment
from lanterne.practice.kinds import Body
from lanterne.practice.tasks.facts import (
    CallAttempted,
    TaskAmended,
    TaskAssigned,
    TaskCompleted,
    TaskCreated,
    TaskDetailed,
    TaskPostponed,
    TaskReopened,
)
from lanterne.practice.tasks.rules import CALL, MESSAGE, RECALL, TASK, after
from lanterne.wire.names import FactId, PatientId, PersonId


def lists(
    *, seed: int, today: date, persons: Mapping[Author, PersonId], patients: Sequence[PatientId]
) -> list[DemoEvent]:
    """What was written of tasks, in the order of time. Nothing with fewer than seven patients."""
    if len(patients) < 7:
        return []
    return _Lists(seed, today, persons, patients).events()


class _Lists:
    """Draws the lists."""

    def __init__(
        self, seed: int, today: date, persons: Mapping[Author, PersonId], patients: Sequence[PatientId]
    ) -> None:
        self.rng = random.Random(f"tasks/{seed}/{today}")
        # Another seed than that of the agenda, whose facts concern nobody either: ids follow from the seed.
        self.scribe = Scribe(-1 - seed, None)
        self.today, self.persons = today, persons
        self.whose = iter(self.rng.sample(patients, k=7))

    def events(self) -> list[DemoEvent]:
        """Everything."""
        self._messages()
        self._recalls()
        self._office()
        return sorted(self.scribe.events, key=lambda event: event.when)

    def _before(self, days: int, hour: int) -> datetime:
        """Some days before, when the practice was open; never after this morning."""
        return moment(last_working_day(self.today - timedelta(days=days)), hour, self.rng.randrange(0, 56))

    def _due(self, days: int) -> str:
        return (self.today + timedelta(days=days)).isoformat()

    def _make(
        self, body: TaskCreated, when: datetime, author: Author = "secretary", detail: str = ""
    ) -> FactId:
        made = self.scribe.write(body, when, author)
        if detail:
            self.scribe.write(TaskDetailed(task=made, text=detail), when, author)
        return made

    def _then(self, body: Body, when: datetime, author: Author = "secretary") -> None:
        self.scribe.write(body, when, author)

    def _messages(self) -> None:
        doctor = self.persons["doctor"]
        self._make(
            TaskCreated(
                code=MESSAGE, description="voudrait être rappelée ce matin", due=self._due(0), role="doctor",
                patient=next(self.whose), phone=places.mobile(self.rng), priority="urgent",
            ),
            self._before(1, 17),
            detail="Vertiges depuis deux jours, a sauté deux prises de son traitement de la tension.",
        )  # fmt: skip
        called = self._make(
            TaskCreated(
                code=CALL, description="prendre rendez-vous pour les résultats", due=self._due(-1),
                role="secretary", patient=next(self.whose), phone=places.mobile(self.rng),
            ),
            self._before(3, 11), "doctor",
        )  # fmt: skip
        self._then(CallAttempted(task=called, outcome="voicemail"), self._before(2, 10))
        self._make(
            TaskCreated(
                code=MESSAGE, description="la pharmacie demande de rappeler", due=self._due(0), owner=doctor,
                caller="Pharmacie du Marché", phone=places.mobile(self.rng),
            ),
            self._before(1, 16),
            detail="Rupture de l’amlodipine 5 mg : par quoi la remplacer ?",
        )  # fmt: skip
        heard = self._make(
            TaskCreated(
                code=MESSAGE, description="demande son certificat", due=self._due(-2), owner=doctor,
                patient=next(self.whose), phone=places.mobile(self.rng),
            ),
            self._before(4, 9),
        )  # fmt: skip
        self._then(TaskCompleted(task=heard, outcome="called"), self._before(2, 12), "doctor")

    def _recalls(self) -> None:
        begun = last_working_day(self.today - timedelta(days=14))
        self._make(
            TaskCreated(
                code=RECALL, description="INR", due=after(begun, "P2W").isoformat(), owner=self.persons["doctor"],
                patient=next(self.whose), counted_from=begun.isoformat(), interval="P2W", every="P2W",
            ),
            moment(begun, 11, 12), "doctor",
        )  # fmt: skip
        booster = self._make(
            TaskCreated(
                code=RECALL, description="vaccin : rappel à faire", due=self._due(21), role="secretary",
                patient=next(self.whose),
            ),
            self._before(5, 15), "doctor",
        )  # fmt: skip
        self._then(TaskPostponed(task=booster, due=self._due(35), reason="en vacances"), self._before(2, 15))
        screening = TaskCreated(
            code=RECALL,
            description="mamographie",
            due=self._due(60),
            role="secretary",
            patient=next(self.whose),
        )
        first = self._make(screening, self._before(6, 10), "doctor")
        fields = {name: getattr(screening, name) for name in screening.__struct_fields__}
        amended = TaskAmended(**{**fields, "description": "mammographie de dépistage"})
        self.scribe.write(amended, self._before(5, 10), "doctor", replaces=(first,))

    def _office(self) -> None:
        prescription = self._make(
            TaskCreated(
                code=TASK, description="ordonnance à renouveler, passe la prendre", due=self._due(0),
                owner=self.persons["locum"], patient=next(self.whose),
            ),
            self._before(1, 14),
        )  # fmt: skip
        self._then(TaskAssigned(task=prescription, owner=self.persons["doctor"]), self._before(1, 18))
        ordered = self._make(
            TaskCreated(code=TASK, description="commander des gants", due=self._due(2), role="secretary"),
            self._before(2, 9), "doctor",
        )  # fmt: skip
        done = self.scribe.write(TaskCompleted(task=ordered), self._before(2, 11), "secretary")
        self.scribe.write(TaskReopened(task=ordered), self._before(1, 9), "secretary", replaces=(done,))
