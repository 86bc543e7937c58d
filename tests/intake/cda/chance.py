"""What chance decides in a document made for a test: ids, codes that name something, nulls, times."""

from __future__ import annotations

import random

from tests.intake.cda.writing import ICD10, SNOMED, cd, templates

_NULL = ("UNK", "NI", "NA", "ASKU", "MSK", "NAV")


class Chance:
    """Chance, and ids that are never given twice; the narrative the entries refer to."""

    def __init__(self, seed: int | str) -> None:
        self.dice = random.Random(seed)
        self.texts: list[str] = []
        self._number = 0

    def number(self) -> int:
        """One more."""
        self._number += 1
        return self._number

    def ident(self) -> str:
        """An id, now and then none or a null one."""
        turn = self.dice.randrange(6)
        return (
            ""
            if turn == 0
            else '<id nullFlavor="UNK"/>'
            if turn == 1
            else f'<id root="1.9.{self.number()}"/>'
        )

    def templates(self, *roots: str) -> str:
        """The templates an entry says it follows; software forgets some, and the section then says what it is."""
        return templates(*roots) if self.dice.random() < 0.8 else ""

    def negation(self) -> str:
        """`negationInd`, as the schema allows it to be written."""
        return f' negationInd="{self.dice.choice(("true", "1"))}"'

    def null(self, tag: str, inside: str = "") -> str:
        """An element that says it is unknown."""
        kind = ' xsi:type="CD"' if tag == "value" else ""
        return f'<{tag}{kind} nullFlavor="{self.dice.choice(_NULL)}">{inside}</{tag}>'

    def coded(self, tag: str) -> str:
        """A code that names something: by its label, the author's words, a place in the narrative, a translation."""
        label, turn = f"Chose {self.number()}", self.dice.randrange(5)
        if turn == 0:
            return cd(tag, "X1", SNOMED, label, "<qualifier/>" if self.dice.random() < 0.2 else "")
        if turn == 1:
            return self.null(tag, f"<originalText>{label}</originalText>")
        if turn == 2:
            return self.null(tag, f'<originalText><reference value="#{self.told(label)}"/></originalText>')
        if turn == 3:
            return self.null(tag, cd("translation", "A00.0", ICD10, label))
        return cd(tag, "I10", ICD10, label)

    def told(self, words: str) -> str:
        """The ID of words in the narrative."""
        name = f"t{self.number()}"
        self.texts.append(f'<content ID="{name}">{words}</content>')
        return name

    def when(self) -> str:
        """A time, sometimes unknown."""
        chosen = self.dice.randrange(4)
        if chosen == 0:
            return self.null("effectiveTime")
        if chosen == 1:
            return '<effectiveTime value="2021"/>'
        return f'<effectiveTime><low value="201{self.dice.randrange(10)}0{self.dice.randint(1, 9)}"/></effectiveTime>'
