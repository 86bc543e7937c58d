"""The hand that writes one chart: one method for each kind of thing written in it.

Law: facts of one act share their moment; a fact is named only after it is written; a patient allergic to a class is
not given it; nothing is dated after `last`, the day before today.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import msgspec

from lanterne.demo import letters
from lanterne.demo.events import Author, Scribe, at_minute, last_working_day, moment, on_duty, working_day
from lanterne.demo.households import Person
from lanterne.demo.illnesses import SHARED_CLASS
from lanterne.demo.physiology import Physiology
from lanterne.practice.consultations.facts import ConsultationRecorded
from lanterne.practice.documents.facts import DocumentFiled, DocumentKind, DocumentReceived
from lanterne.practice.immunizations.facts import ImmunizationRecorded
from lanterne.practice.kinds import Coding
from lanterne.practice.measures.facts import Component, MeasureRecorded
from lanterne.practice.notes.facts import NoteRecorded
from lanterne.practice.problems.facts import AldRecorded, ProblemRecorded
from lanterne.practice.results.facts import ResultRecorded
from lanterne.practice.treatments.facts import TreatmentRecorded
from lanterne.reference import diagnoses, laboratory, measures, substances, vaccines
from lanterne.wire.names import FactId

_SLOT = re.compile(r"<[a-z_0-9]+>")


@dataclass(slots=True)
class Taken:
    """A treatment being taken: its fact, its body, and the step of its line."""

    fact: FactId
    body: TreatmentRecorded
    step: int = 0


class Pen:
    """Writes the chart of one person."""

    def __init__(self, seed: int, person: Person, today: date) -> None:
        self.person = person
        self.rng = random.Random(f"{seed}/person/{person.patient}")
        self.last = last_working_day(today - timedelta(days=1))
        self.today = today
        self.scribe = Scribe(seed, person.patient)
        self.body = Physiology(self.rng, person.sex, person.born)
        self.problems: dict[str, FactId] = {}
        self.taken: dict[str, Taken] = {}
        self.refused: set[str] = set()
        self.slots: dict[str, str] = {}
        self.pdfs = 0
        self.moves = True
        self._previous: datetime | None = None

    # -- when ---------------------------------------------------------------------------------------------------

    def slot(self, day: date) -> datetime:
        """A moment of consultation on a day (moved off week-ends, never after the last day), after the one before."""
        day = min(working_day(day), self.last)
        half = self.rng.random()
        minutes = int(half * 15) * 15 if half < 0.5 else int((half - 0.5) * 38) * 15
        start = 8 * 60 + 30 if half < 0.5 else 14 * 60
        found = moment(day, *divmod(start + minutes, 60))
        if self._previous is not None and found <= self._previous:
            found = self._previous + timedelta(minutes=20)
        self._previous = found
        return found

    def after(self, when: datetime, minutes: int) -> datetime:
        """Some minutes later."""
        return when + timedelta(minutes=minutes)

    def author(self, when: datetime) -> Author:
        """Who sees patients then."""
        return on_duty(when.date())

    def spend_pdf(self) -> bool:
        """Whether the next letter is one of the few made as PDF."""
        if self.pdfs and self.rng.random() < 0.25:
            self.pdfs -= 1
            return True
        return False

    # -- what ---------------------------------------------------------------------------------------------------

    def coding(self, code: str) -> Coding | None:
        """An ICD-10 coding with the label of the table."""
        found = diagnoses.find(code) if code else None
        return Coding(system=diagnoses.SYSTEM, code=code, display=found.label) if found else None

    def problem(
        self,
        key: str,
        when: datetime,
        label: str,
        code: str,
        *,
        onset: str = "",
        clinical: str = "active",
        comment: str = "",
    ) -> FactId:
        """Record a problem under a key of ours."""
        ended = onset if clinical == "resolved" and len(onset) == 4 else ""
        body = ProblemRecorded(
            label=label,
            coding=self.coding(code),
            clinical=clinical,  # type: ignore[arg-type]
            onset=onset,
            abatement=ended,
            comment=comment,
        )
        fact = self.scribe.write(body, when, self.author(when))
        if clinical == "active":
            self.problems[key] = fact
        return fact

    def ald(self, when: datetime, rank: int, label: str, code: str, since: date) -> FactId:
        """Record a long illness covered at 100 %, for ten years."""
        until = f"{since.year + 10}-{since.month:02d}-{min(since.day, 28):02d}"
        body = AldRecorded(
            label=label, list_number=rank, coding=self.coding(code), since=since.isoformat(), until=until
        )
        return self.scribe.write(body, when, self.author(when))

    def refuses(self, atc: str) -> bool:
        """Whether this person may not have a medicine of that ATC code."""
        return any(atc.startswith(prefix) for prefix in self.refused)

    def treat(
        self,
        when: datetime,
        substance: str,
        posology: str,
        *,
        since: str = "",
        days: int = 0,
        reason: str = "",
        prescriber: str = "",
        step: int = 0,
    ) -> FactId | None:
        """Record a treatment, or the next step of one already taken; None when refused or of a class already taken.

        `days` makes it a short one, with its end.
        """
        known = substances.named(substance)
        if self.refuses(known.atc):
            return None
        group = SHARED_CLASS.get(known.family, known.family)
        held = self.taken.get(group)
        replaces: tuple[FactId, ...] = ()
        if held is not None and not days:
            if held.body.substance != substance and not step:
                return None
            replaces = (held.fact,)
        start = since or when.date().isoformat()
        body = TreatmentRecorded(
            substance=substance,
            brand=known.brands[0] if known.brands and self.rng.random() < 0.45 else "",
            coding=Coding(system=substances.SYSTEM, code=known.atc, display=known.name),
            posology=posology,
            as_needed="si besoin" in posology or "demande" in posology or "si douleur" in posology,
            long_term=not days,
            reason=reason,
            prescriber=prescriber,
            since=start,
            until=(when.date() + timedelta(days=days)).isoformat() if days else "",
        )
        fact = self.scribe.write(body, when, self.author(when), replaces=replaces)
        if not days:
            self.taken[group] = Taken(fact, body, step)
        return fact

    def stop(self, when: datetime, group: str, reason: str) -> None:
        """Stop a treatment being taken."""
        held = self.taken.pop(group)
        body = msgspec.structs.replace(
            held.body, status="stopped", until=when.date().isoformat(), stop_reason=reason
        )
        self.scribe.write(body, when, self.author(when), replaces=(held.fact,))

    def measure(
        self,
        when: datetime,
        values: Mapping[str, float],
        *,
        replaces: tuple[FactId, ...] = (),
        comment: str = "",
    ) -> FactId:
        """Record measures taken together: key of lanterne.reference.measures → value in its unit."""
        components = []
        for key, value in values.items():
            known = measures.BY_KEY[key]
            text = f"{value:.{known.decimals}f}"
            components.append(Component(code=known.code, label=known.label, value=text, unit=known.unit))
            self.slots[key] = text.replace(".", ",")
        if "systolic" in values:
            self.slots["pa"] = f"{values['systolic']:.0f}/{values['diastolic']:.0f}"
        return self.scribe.write(
            MeasureRecorded(components=components, comment=comment),
            when,
            self.author(when),
            at=at_minute(when),
            replaces=replaces,
        )

    def consult(
        self,
        when: datetime,
        *,
        reason: str = "",
        history: str = "",
        findings: str = "",
        conclusion: str = "",
        text: str = "",
        place: str = "office",
        problems: Sequence[FactId] = (),
    ) -> FactId:
        """Record a consultation."""
        body = ConsultationRecorded(
            reason=capital(reason),
            history=history,
            findings=findings,
            conclusion=conclusion,
            text=text,
            place=place,  # type: ignore[arg-type]
            problems=list(dict.fromkeys(problems)),
        )
        return self.scribe.write(body, when, self.author(when), at=at_minute(when))

    def note(self, when: datetime, text: str, *, personal: bool = False, pinned: bool = False) -> FactId:
        """Record a note."""
        return self.scribe.write(
            NoteRecorded(text=text, personal=personal, pinned=pinned), when, self.author(when)
        )

    def vaccinate(self, when: datetime, key: str, dose: str, *, on: date | None = None) -> FactId:
        """Record an injection, made then, or on an earlier day as the vaccination record says."""
        known = vaccines.named(key)
        body = ImmunizationRecorded(
            vaccine=self.rng.choice(known.brands) if on is None else known.name,
            coding=Coding(system=vaccines.SYSTEM, code=known.atc, display=known.name),
            targets=list(known.targets),
            dose=dose,
            lot=f"{self.rng.choice('ABCFKU')}{self.rng.randrange(1000, 9999)}{self.rng.choice('ABX')}"
            if on is None
            else "",
            site=("cuisse gauche" if self.body.months(when.date()) < 24 else "deltoïde gauche")
            if on is None
            else "",
            performer="" if on is None else "carnet de vaccination",
        )
        return self.scribe.write(body, when, self.author(when), at=(on or when.date()).isoformat())

    def results(
        self, day: date, keys: Iterable[str], *, filed: bool = False, given: Mapping[str, str] | None = None
    ) -> dict[str, str]:
        """A sample of that day: its report filed by the secretary the next morning when `filed`, its results by the
        doctor.

        Returns the values by key; nothing is written, and nothing returned, when it would come after the last day.
        """
        day = last_working_day(day)
        received = working_day(day + timedelta(days=1))
        if received > self.last:
            return {}
        rng = self.rng
        taken = moment(day, 7, rng.choice((30, 40, 50)))
        at = at_minute(taken)
        values = self.body.draw(
            [key for key in keys if not given or key not in given], day, self.person.age(day)
        )
        if given:
            values.update(given)
        where = letters.LABORATORIES[self.person.home.number % 2]
        made = [self._result(key, value, where) for key, value in values.items()]
        document = ""
        if filed:
            name = f"{received:%Y%m%d}-biologie.txt"
            content = letters.report(self.person, where, taken, made).encode()
            document = self.file(
                moment(received, 8, rng.randrange(5, 55)), "lab-report", "Biologie", where, name, content
            )
        when = moment(received, 12, rng.randrange(30, 59))
        author = self.author(when)
        for result in made:
            self.scribe.write(
                msgspec.structs.replace(result, document=document) if document else result,
                when,
                author,
                at=at,
            )
        self.slots.update({key: value.replace(".", ",") for key, value in values.items()})
        return values

    def _result(self, key: str, value: str, where: str) -> ResultRecorded:
        known = laboratory.named(key)
        low, high = known.usual(self.person.sex)
        if key == "inr":
            low, high = "2.0", "3.0"
        flag = ""
        if low and known.unit and float(value) < float(low):
            flag = "L"
        elif high and known.unit and float(value) > float(high):
            flag = "H"
        elif key == "ecbu" and ">" in value:
            flag = "A"
        return ResultRecorded(
            label=known.label,
            value=value,
            code=known.code,
            unit=known.unit,
            low=low,
            high=high,
            flag=flag,  # type: ignore[arg-type]
            panel=known.panel,
            specimen="urine" if known.panel == "ECBU" or key == "albuminurie" else "sang",
            laboratory=where,
        )

    def file(
        self,
        when: datetime,
        kind: DocumentKind,
        title: str,
        sender: str,
        name: str,
        content: bytes,
        *,
        author: Author = "secretary",
        at: str | None = None,
    ) -> FactId:
        """File a document: what it is (medical) and that it was filed (office), in one act."""
        media = "application/pdf" if name.endswith(".pdf") else "text/plain"
        body = DocumentFiled(
            blob="",
            key="",
            size=0,
            media_type=media,
            document_kind=kind,
            title=title,
            sender=sender,
            file_name=name,
        )
        fact = self.scribe.write(body, when, author, at=at or when.date().isoformat(), content=content)
        self.scribe.write(DocumentReceived(document=fact, blob=""), when, author)
        return fact

    def letter(self, day: date, specialist: str, *, as_pdf: bool = False) -> None:
        """A specialist's letter of that day, filed by the secretary some days later."""
        received = working_day(day + timedelta(days=self.rng.randrange(2, 12)))
        if received > self.last:
            return
        sender, title, text = letters.letter(self.rng, specialist, self.person, day, self.slots)
        when = moment(received, 9, self.rng.randrange(0, 59))
        stem = f"{day:%Y%m%d}-{specialist.replace('é', 'e')}"
        content = letters.pdf(title, text, when) if as_pdf else text.encode()
        kind = letters.SPECIALISTS[specialist].kind
        name = f"{stem}.{'pdf' if as_pdf else 'txt'}"
        self.file(when, kind, title, sender, name, content, at=day.isoformat())


def capital(text: str) -> str:
    """The first letter as a capital."""
    return text[:1].upper() + text[1:]


def said(sentence: str) -> str:
    """A sentence, or nothing when one of its figures is not known yet."""
    return "" if _SLOT.search(sentence) else sentence
